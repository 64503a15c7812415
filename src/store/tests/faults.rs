//! Crashes, full disks and files that are not what they should be.

use super::*;
use crate::store::{Recorded, StoreError};

/// Every file of a store with its bytes, the shared index aside: it is no content and is made anew by every opener.
fn bytes_of(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let paths = std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().path());
    let kept = paths.filter(|path| !path.to_string_lossy().ends_with("-shm"));
    let mut files: Vec<_> = kept
        .map(|path| (path.clone(), std::fs::read(&path).unwrap()))
        .collect();
    files.retain(|(path, bytes)| !(bytes.is_empty() && path.to_string_lossy().ends_with("-wal")));
    files.sort();
    files
}

/// What a kill leaves on the disk: the file and its log as they stand now.
fn crashed(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for (file, bytes) in bytes_of(folder) {
        std::fs::write(copy.path().join(file.file_name().unwrap()), bytes).unwrap();
    }
    copy
}

async fn filled(path: &Path) {
    let store = open(path).await.unwrap();
    let runs: Vec<_> = (0..2_000).map(|id| run(id, 0)).collect();
    store
        .record_runs(&repository(), &runs, None, seen())
        .await
        .unwrap();
    store.close().await;
}

/// What a later cronwright leaves behind that older ones cannot live with.
async fn pretend_newer(store: &Store) {
    for sql in [
        "INSERT INTO _sqlx_migrations VALUES (99, 'later', '', TRUE, x'00', 0)",
        "UPDATE compatibility SET least = 99",
    ] {
        statement(sql).execute(store.writer()).await.unwrap();
    }
}

/// Opens what must be refused, and holds that no byte changed.
async fn refusal(folder: &Path, path: &Path) -> StoreError {
    let before = bytes_of(folder);
    let error = open(path).await.unwrap_err();
    assert_eq!(
        bytes_of(folder),
        before,
        "a refused file must stay as it is"
    );
    error
}

#[tokio::test]
async fn a_file_of_another_program_is_refused_and_left_as_it_is() {
    let (folder, path) = place();
    let foreign = sqlx::sqlite::SqliteConnectOptions::new()
        .filename(&path)
        .create_if_missing(true);
    let pool = sqlx::SqlitePool::connect_with(foreign).await.unwrap();
    sqlx::raw_sql("CREATE TABLE theirs (x)")
        .execute(&pool)
        .await
        .unwrap();
    pool.close().await;

    let error = refusal(folder.path(), &path).await;

    assert!(matches!(error, StoreError::Foreign { .. }), "{error:?}");
}

#[tokio::test]
async fn garbage_is_refused_and_left_as_it_is() {
    for garbage in [
        b"x".to_vec(),
        b"not a database".repeat(1000),
        b"SQLite format 3\0".to_vec(),
    ] {
        let (folder, path) = place();
        std::fs::write(&path, garbage).unwrap();

        let error = refusal(folder.path(), &path).await;

        assert!(matches!(error, StoreError::Foreign { .. }), "{error:?}");
        assert!(
            error.to_string().contains("not a cronwright store"),
            "{error}"
        );
    }
}

#[tokio::test]
async fn a_truncated_store_is_refused_and_left_as_it_is() {
    for share in [8, 2] {
        let (folder, path) = place();
        filled(&path).await;
        let length = std::fs::metadata(&path).unwrap().len();
        std::fs::File::options()
            .write(true)
            .open(&path)
            .unwrap()
            .set_len(length / share)
            .unwrap();

        let error = refusal(folder.path(), &path).await;

        assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
    }
}

#[tokio::test]
async fn a_store_with_overwritten_pages_is_refused_and_left_as_it_is() {
    let (folder, path) = place();
    filled(&path).await;
    let mut bytes = std::fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle..middle + 20_000].fill(0xa5);
    std::fs::write(&path, bytes).unwrap();

    let error = refusal(folder.path(), &path).await;

    assert!(matches!(error, StoreError::Corrupt { .. }), "{error:?}");
}

#[tokio::test]
async fn a_store_of_a_newer_cronwright_is_refused_and_left_as_it_is() {
    let (folder, path) = place();
    let store = open(&path).await.unwrap();
    pretend_newer(&store).await;
    store.close().await;

    let error = refusal(folder.path(), &path).await;

    assert!(
        matches!(error, StoreError::Newer { found: 99, .. }),
        "{error:?}"
    );
}

#[tokio::test]
async fn a_newer_store_that_older_programs_can_use_is_opened() {
    let (_folder, path) = place();
    let store = open(&path).await.unwrap();
    pretend_newer(&store).await;
    let usable = statement("UPDATE compatibility SET least = 10");
    usable.execute(store.writer()).await.unwrap();
    store.close().await;

    let reopened = open(&path).await.unwrap();

    assert_eq!(
        reopened.counts().await.unwrap(),
        crate::store::Counts::default()
    );
}

#[tokio::test]
async fn a_refused_store_keeps_the_log_of_its_crash() {
    let (folder, path) = place();
    let store = open(&path).await.unwrap();
    pretend_newer(&store).await;
    let copy = crashed(folder.path());

    let error = refusal(copy.path(), &copy.path().join("store.db")).await;

    assert!(
        matches!(error, StoreError::Newer { found: 99, .. }),
        "{error:?}"
    );
    assert_eq!(bytes_of(copy.path()).len(), 2, "the file and its log");
}

#[tokio::test]
async fn a_missing_folder_is_named_and_not_made() {
    let (folder, path) = place();
    let missing = folder.path().join("missing").join("store.db");

    let error = open(&missing).await.unwrap_err();

    assert!(matches!(error, StoreError::Folder { .. }), "{error:?}");
    assert!(!missing.parent().unwrap().exists() && !path.exists());
}

#[tokio::test]
async fn a_crash_keeps_what_was_committed_and_nothing_of_what_was_not() {
    let (folder, path) = place();
    let store = open(&path).await.unwrap();
    store
        .record_runs(&repository(), &[run(1, 0)], None, seen())
        .await
        .unwrap();
    let mut half_done = store.begin().await.unwrap();
    statement("INSERT INTO cursors (repository, created_from) VALUES ('acme/payments', 5)")
        .execute(&mut half_done)
        .await
        .unwrap();

    let copy = crashed(folder.path());
    let reopened = open(&copy.path().join("store.db")).await.unwrap();

    assert_eq!(reopened.history(&nightly(), 10).await.unwrap(), [run(1, 0)]);
    assert_eq!(reopened.listed(&repository()).await.unwrap().cursor, None);
    let again = reopened
        .record_runs(&repository(), &[run(1, 0)], None, seen())
        .await
        .unwrap();
    assert_eq!(again, Recorded::default());
}

#[tokio::test]
async fn a_full_disk_loses_nothing_and_is_recovered_from() {
    let (_folder, path) = place();
    filled(&path).await;
    let store = open(&path).await.unwrap();
    let many: Vec<_> = (10_000..14_000).map(|id| run(id, 0)).collect();
    store.limit_pages(1).await;

    let error = store
        .record_runs(&repository(), &many, None, seen())
        .await
        .unwrap_err();

    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    assert_eq!(store.counts().await.unwrap().runs, 2_000);
    store.limit_pages(1_000_000).await;
    let recorded = store
        .record_runs(&repository(), &many, None, seen())
        .await
        .unwrap();
    assert_eq!(recorded.new, 4_000);
}

#[tokio::test]
async fn a_transaction_that_the_full_disk_undid_does_not_bar_the_next_one() {
    let (_folder, path) = place();
    let store = open(&path).await.unwrap();
    store.limit_pages(1).await;
    let mut undone = store.begin().await.unwrap();
    // One row and no trigger: SQLite keeps no journal of such a statement, so it undoes all that came before as well.
    let too_much =
        statement("INSERT INTO views VALUES ('ci/acme', 'acme/app', hex(zeroblob(1000000)), 0)");

    let error = too_much.execute(&mut undone).await.unwrap_err();

    let error = StoreError::from_database("store.db", "keep a view".to_owned(), error);
    assert!(matches!(error, StoreError::Full { .. }), "{error:?}");
    drop(undone);
    let recorded = store
        .record_runs(&repository(), &[run(1, 0)], None, seen())
        .await
        .unwrap();
    assert_eq!(recorded.new, 1);
}

#[tokio::test]
async fn an_empty_file_becomes_a_store_and_opens_again() {
    let (_folder, path) = place();
    std::fs::write(&path, b"").unwrap();

    open(&path).await.unwrap().close().await;

    assert_eq!(
        open(&path).await.unwrap().counts().await.unwrap(),
        crate::store::Counts::default()
    );
}
