//! `cronwright store migrate`: a history moves from one store into another.

use std::{
    io::{IsTerminal as _, Write},
    process::ExitCode,
};

use clap::Args;
use serde::Serialize;

use super::bar::Bar;
use crate::{
    cli::page::{self, Content, Format, Page},
    store::{Moved, Store, StoreError},
};

/// Arguments of `cronwright store migrate`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright store migrate --from sqlite://history.db --to 'postgres://cronwright@db/cronwright?sslmode=verify-full'\n  cronwright store migrate --from \"$CRONWRIGHT_STORE\" --to sqlite://copy.db --format json\n\nStop every controller that uses either store first. The target must be empty, or hold the beginning of this very history: a move that broke off goes on where it ended. Nothing in the source is removed. Both are read again in the end and compared. A password is better given in PGPASSWORD than in an argument."
)]
pub struct MigrateArgs {
    /// The store with the history; it stays as it is.
    #[arg(long, value_name = "URL")]
    from: String,
    /// The store to move it into; a file that is not there is made, a database must exist.
    #[arg(long, value_name = "URL")]
    to: String,
    /// How what was moved is told.
    #[arg(long, value_enum, default_value_t)]
    format: Format,
}

/// What was moved.
#[derive(Debug, Serialize)]
struct Told {
    from: String,
    to: String,
    rows: u64,
    written: u64,
    tables: Vec<Moved>,
}

/// Moves the history.
///
/// # Errors
/// When a store cannot be used, the target holds something else, or the two differ in the end.
pub async fn run(
    args: &MigrateArgs,
    out: &mut dyn Write,
    err: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let from = source(&args.from).await?;
    let to = Store::open(&args.to).await?;
    anyhow::ensure!(
        !is_same(from.name(), to.name()),
        "--from and --to are one store, {}: name another one to move into",
        from.name()
    );
    let mut bar = Bar::new(err, std::io::stderr().is_terminal());
    let tables = from.move_into(&to, |step| bar.draw(step)).await?;
    let told = Told {
        from: from.name().to_owned(),
        to: to.name().to_owned(),
        rows: tables.iter().map(|table| table.rows).sum(),
        written: tables.iter().map(|table| table.written).sum(),
        tables,
    };
    from.close().await;
    to.close().await;
    page::print(out, args.format, &told, || told.page())?;
    Ok(ExitCode::SUCCESS)
}

/// Whether two names are of one store: of one database, or of one file by whatever way.
fn is_same(one: &str, other: &str) -> bool {
    let file = |name: &str| std::fs::canonicalize(name).ok();
    one == other || file(one).is_some_and(|path| Some(path) == file(other))
}

/// The store with the history, which must be there. One of an older version is brought up to date first: a row is moved as
/// this version knows it.
async fn source(url: &str) -> Result<Store, StoreError> {
    match Store::open_to_report(url).await {
        Ok((store, _)) => Ok(store),
        Err(StoreError::Older { .. }) => Store::open(url).await,
        Err(error) => Err(error),
    }
}

impl Told {
    fn page(&self) -> Page {
        let row = |table: &Moved| {
            vec![
                table.table.to_owned(),
                table.rows.to_string(),
                table.written.to_string(),
                table.digest.chars().take(16).collect(),
            ]
        };
        let facts = [
            ("from", self.from.clone()),
            ("to", self.to.clone()),
            ("written", format!("{} of {} rows", self.written, self.rows)),
        ];
        let facts = facts.map(|(name, value)| (name.to_owned(), value));
        Page::new("The history was moved; both stores hold the same")
            .with("", Content::Facts(facts.to_vec()))
            .with(
                "Tables",
                Content::Table {
                    header: vec!["table", ">rows", ">written", "digest"],
                    rows: self.tables.iter().map(row).collect(),
                },
            )
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Run, RunId, RunStatus, Timestamp};

    /// A store with two runs, and what moving it tells.
    async fn told(format: Format) -> String {
        let folder = tempfile::tempdir().unwrap();
        let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
        let store = Store::open(&url("from.db")).await.unwrap();
        let made = |id| Run {
            id: RunId(id),
            attempt: 1,
            workflow: "nightly.yml".parse().unwrap(),
            event: "schedule".to_owned(),
            status: RunStatus::Completed,
            conclusion: Some(crate::domain::Conclusion::Success),
            created_at: Timestamp::UNIX_EPOCH,
            started_at: Timestamp::UNIX_EPOCH,
            updated_at: Timestamp::UNIX_EPOCH,
            head_branch: None,
            head_sha: "0f".to_owned(),
        };
        let (repository, runs) = ("acme/app".parse().unwrap(), [made(1), made(2)]);
        let recorded = store.record_runs(&repository, &runs, None, Timestamp::UNIX_EPOCH);
        recorded.await.unwrap();
        store.close().await;
        let args = MigrateArgs {
            from: url("from.db"),
            to: url("to.db"),
            format,
        };
        let (mut out, mut err) = (Vec::new(), Vec::new());
        run(&args, &mut out, &mut err).await.unwrap();
        let out = String::from_utf8(out).unwrap();
        out.replace(&folder.path().display().to_string(), "FOLDER")
    }

    #[tokio::test]
    async fn a_move_tells_every_table_with_its_rows_and_its_digest() {
        insta::assert_snapshot!(told(Format::Text).await);
    }

    #[tokio::test]
    async fn a_move_as_data_holds_whole_digests() {
        let told: serde_json::Value = serde_json::from_str(&told(Format::Json).await).unwrap();
        assert_eq!(told["written"], 2);
        assert_eq!(told["tables"][1]["digest"].as_str().map(str::len), Some(64));
    }

    #[tokio::test]
    async fn a_store_is_not_moved_into_itself_by_whatever_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("from.db").display().to_string();
        let aside = folder
            .path()
            .join(".")
            .join("from.db")
            .display()
            .to_string();
        Store::open(&format!("sqlite://{path}"))
            .await
            .unwrap()
            .close()
            .await;
        for to in [path.clone(), aside] {
            let args = MigrateArgs {
                from: format!("sqlite://{path}"),
                to: format!("sqlite://{to}"),
                format: Format::Text,
            };
            let error = run(&args, &mut Vec::new(), &mut Vec::new())
                .await
                .unwrap_err();
            assert!(error.to_string().contains("are one store"), "{error}");
        }
    }

    #[tokio::test]
    async fn a_source_that_is_not_there_is_not_made() {
        let folder = tempfile::tempdir().unwrap();
        let url = |name: &str| format!("sqlite://{}", folder.path().join(name).display());
        let args = MigrateArgs {
            from: url("from.db"),
            to: url("to.db"),
            format: Format::Text,
        };
        let error = run(&args, &mut Vec::new(), &mut Vec::new()).await;
        assert!(error.unwrap_err().to_string().contains("there is no store"));
        assert!(!folder.path().join("to.db").exists());
    }
}
