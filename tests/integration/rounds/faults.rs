//! GitHub's bad days: whatever goes wrong, afterwards there is exactly one pull request and rest.

use std::time::Duration;

use cronwright::simulate::{Fault, FaultKind};

use super::town::{FILE, NIGHTLY, PINNED, Town};

/// Every endpoint that a round asks, as part of `METHOD /path`.
const READS: [&str; 8] = [
    "GET /user",
    "GET /repos/acme/app",
    "GET /repos/acme/app/actions/workflows",
    "GET /repos/acme/app/actions/runs",
    "GET /repos/acme/app/contents",
    "GET /repos/acme/app/pulls",
    "GET /repos/acme/app/git/ref/heads",
    "GET /repos/acme/app/git/commits",
];
const WRITES: [&str; 7] = [
    "POST /repos/acme/app/git/blobs",
    "POST /repos/acme/app/git/trees",
    "POST /repos/acme/app/git/commits",
    "POST /repos/acme/app/git/refs",
    "POST /repos/acme/app/pulls",
    "POST /repos/acme/app/issues",
    "requested_reviewers",
];

/// Opens the pull request while one kind of fault strikes one endpoint twice.
async fn opens_in_spite_of(endpoint: &str, kind: FaultKind) {
    let mut town = Town::new().await;
    town.wait_at_most(Duration::from_millis(250));
    town.fault(Fault {
        matching: endpoint.to_owned(),
        times: 2,
        kind: kind.clone(),
    });
    town.declare("nightly", PINNED);
    town.rest().await;
    assert_eq!(town.pulls().len(), 1, "{endpoint} {kind:?}");
    assert_eq!(town.open_pulls().len(), 1, "{endpoint} {kind:?}");
    assert_eq!(
        town.condition("nightly", "Ready"),
        "True/Observed",
        "{endpoint} {kind:?}"
    );
    let branch = &town.pulls()[0].head_branch;
    assert_eq!(
        town.file(branch, FILE),
        NIGHTLY.replace("0 3 * * *", "17 2 * * *")
    );
}

async fn opens_in_spite_of_all(kind: &FaultKind) {
    for endpoint in READS.iter().chain(&WRITES) {
        opens_in_spite_of(endpoint, kind.clone()).await;
    }
}

#[tokio::test]
async fn answers_of_5xx_on_any_endpoint_delay_and_duplicate_nothing() {
    opens_in_spite_of_all(&FaultKind::Status {
        status: 503,
        retry_after_seconds: None,
    })
    .await;
}

#[tokio::test]
async fn garbage_on_any_endpoint_delays_and_duplicates_nothing() {
    opens_in_spite_of_all(&FaultKind::Garbage).await;
}

#[tokio::test]
async fn answers_cut_off_on_any_endpoint_delay_and_duplicate_nothing() {
    opens_in_spite_of_all(&FaultKind::Cut).await;
}

#[tokio::test]
async fn lost_answers_to_writes_that_happened_duplicate_nothing() {
    for endpoint in WRITES {
        opens_in_spite_of(endpoint, FaultKind::LostAnswer).await;
    }
}

#[tokio::test]
async fn a_github_that_hangs_ends_a_round_in_time_and_duplicates_nothing() {
    for endpoint in [
        "GET /repos/acme/app/actions/runs",
        "POST /repos/acme/app/git/refs",
        "POST /repos/acme/app/pulls",
    ] {
        opens_in_spite_of(endpoint, FaultKind::Hang).await;
    }
}

#[tokio::test]
async fn a_closing_that_is_cut_short_anywhere_is_taken_up_and_said_once() {
    let steps = [
        "GET /repos/acme/app/issues/1/comments",
        "POST /repos/acme/app/issues/1/comments",
        "PATCH /repos/acme/app/pulls/1",
        "POST /graphql",
    ];
    let server_error = FaultKind::Status {
        status: 500,
        retry_after_seconds: None,
    };
    for step in steps {
        for kind in [FaultKind::LostAnswer, server_error.clone()] {
            let mut town = Town::new().await;
            town.declare("nightly", PINNED);
            town.rest().await;
            let branch = town.pulls()[0].head_branch.clone();
            town.once(step, kind.clone());
            town.delete("nightly");
            town.rest().await;
            let [pull] = &town.pulls()[..] else { panic!() };
            assert!(town.residents.is_empty() && !pull.open, "{step} {kind:?}");
            assert_eq!(pull.comments.len(), 1, "{step} {kind:?}");
            assert!(
                pull.body.contains(" withdrawn by=ada -->"),
                "{step} {kind:?}"
            );
            assert!(!town.has_branch(&branch), "{step} {kind:?}");
        }
    }
}

#[tokio::test]
async fn an_update_that_is_cut_short_anywhere_ends_with_the_new_plan_under_the_same_number() {
    let steps = [
        "POST /repos/acme/app/git/commits",
        "PATCH /repos/acme/app/git/refs",
        "PATCH /repos/acme/app/pulls/1",
    ];
    for step in steps {
        let mut town = Town::new().await;
        town.declare("nightly", PINNED);
        town.rest().await;
        town.once(step, FaultKind::LostAnswer);
        town.declare("nightly", &PINNED.replace("17 2", "41 4"));
        town.rest().await;
        let [pull] = &town.pulls()[..] else { panic!() };
        assert!(
            pull.open && pull.title.contains("41 4"),
            "{step}: {}",
            pull.title
        );
        assert!(
            town.file(&pull.head_branch, FILE).contains("'41 4 * * *'"),
            "{step}"
        );
    }
}

#[tokio::test]
async fn a_plan_that_changes_between_branch_and_pull_request_leaves_nothing_in_the_way() {
    let mut town = Town::new().await;
    town.once(
        "POST /repos/acme/app/pulls",
        FaultKind::Status {
            status: 500,
            retry_after_seconds: None,
        },
    );
    town.declare("nightly", PINNED);
    town.round().await;
    town.declare("nightly", &PINNED.replace("17 2", "41 4"));
    town.rest().await;
    assert_eq!(town.open_pulls().len(), 1);
    town.declare("nightly", PINNED);
    town.rest().await;
    assert_eq!(town.pulls().len(), 1);
    let branch = &town.pulls()[0].head_branch;
    assert!(town.file(branch, FILE).contains("'17 2 * * *'"));
}
