//! The cache of GitHub's answers and its two bounds.

use super::*;
use crate::store::{CacheLimits, StoredResponse};

/// An answer whose body cannot be made smaller.
fn answer(size: usize) -> StoredResponse {
    // Knuth's generator: its high bits have no pattern that deflating finds.
    let next = |state: &u64| {
        Some(
            state
                .wrapping_mul(6_364_136_223_846_793_005)
                .wrapping_add(1),
        )
    };
    let noise = std::iter::successors(Some(1_u64), next).skip(1);
    StoredResponse {
        etag: "\"e\"".to_owned(),
        link: Some("<u>; rel=next".to_owned()),
        body: noise
            .take(size)
            .map(|state| state.to_be_bytes()[0])
            .collect(),
    }
}

async fn kept(store: &Store, keys: &[&str]) -> Vec<bool> {
    let mut kept = Vec::new();
    for key in keys {
        let query = statement("SELECT 1 FROM responses WHERE key = $1");
        let query = query.bind(format!("deflated {key}"));
        let found = query.fetch_optional(store.reader()).await.unwrap();
        kept.push(found.is_some());
    }
    kept
}

#[rstest]
#[tokio::test]
async fn an_answer_comes_back_as_it_was_and_a_new_one_takes_its_place(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    store.put_response("a", &answer(10)).await.unwrap();

    store.put_response("a", &answer(20)).await.unwrap();

    assert_eq!(store.response("a").await.unwrap(), Some(answer(20)));
    assert_eq!(store.response("b").await.unwrap(), None);
}

#[rstest]
#[tokio::test]
async fn the_least_recently_used_answer_goes_first(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let store = store.with_cache_limits(CacheLimits {
        entries: 3,
        bytes: 1_000_000,
    });
    for key in ["a", "b", "c"] {
        store.put_response(key, &answer(1)).await.unwrap();
    }
    store.response("a").await.unwrap();

    store.put_response("d", &answer(1)).await.unwrap();

    assert_eq!(
        kept(&store, &["a", "b", "c", "d"]).await,
        [true, false, true, true]
    );
}

#[rstest]
#[tokio::test]
async fn the_cache_stays_within_its_bytes(#[values(Kind::Sqlite, Kind::Postgres)] kind: Kind) {
    let Some(store) = kind.store().await else {
        return;
    };
    let store = store.with_cache_limits(CacheLimits {
        entries: 100,
        bytes: 1_000,
    });
    for key in ["a", "b", "c"] {
        store.put_response(key, &answer(300)).await.unwrap();
    }
    store.put_response("d", &answer(600)).await.unwrap();
    assert_eq!(
        kept(&store, &["a", "b", "c", "d"]).await,
        [false, false, true, true]
    );

    store.put_response("d", &answer(2_000)).await.unwrap();

    assert_eq!(kept(&store, &["c", "d"]).await, [true, false]);
    let wrong = "SELECT COUNT(*) AS n FROM response_totals
        WHERE entries <> (SELECT COUNT(*) FROM responses) OR bytes <> (SELECT SUM(size) FROM responses)";
    assert_eq!(number(&store, wrong).await, 0);
}

#[rstest]
#[tokio::test]
async fn an_answer_of_an_earlier_program_is_used_until_a_new_one_takes_its_place(
    #[values(Kind::Sqlite, Kind::Postgres)] kind: Kind,
) {
    let Some(store) = kind.store().await else {
        return;
    };
    let mut transaction = store.begin().await.unwrap();
    for sql in [
        "INSERT INTO responses (key, etag, link, body, size, used) VALUES ('a', 'old', NULL, $1, 4, 1)",
        "UPDATE response_totals SET entries = entries + 1, bytes = bytes + 4 WHERE $1 = $1",
    ] {
        let query = statement(sql).bind(&b"{}"[..]);
        query.execute(&mut transaction).await.unwrap();
    }
    transaction.commit().await.unwrap();
    let old = store.response("a").await.unwrap().unwrap();
    assert_eq!(
        (old.etag.as_str(), old.body.as_slice()),
        ("old", &b"{}"[..])
    );

    store.put_response("a", &answer(20)).await.unwrap();

    assert_eq!(store.response("a").await.unwrap(), Some(answer(20)));
    assert_eq!(
        number(&store, "SELECT COUNT(*) AS n FROM responses").await,
        1
    );
    assert_eq!(
        number(&store, "SELECT entries AS n FROM response_totals").await,
        1
    );
}
