//! The crons that the API server takes and those that it refuses, with what is wrong about each.

use cronwright::api::WorkflowSchedule;

use super::{
    control_plane::shared,
    verdict::{all_are_accepted, all_are_refused, example, said_to},
};

const FIELDS: &str =
    "must have five fields, minute hour day-of-month month day-of-week, for example '17 2 * * *'";
const FOREIGN: &str =
    "uses L, W, # or ?, which GitHub does not know; use numbers, names, *, lists, ranges and steps";
const MINUTE: &str = "has a wrong minute: write 0-59, *, lists, ranges or steps";
const HOUR: &str = "has a wrong hour: write 0-23, *, lists, ranges or steps";
const DAY: &str = "has a wrong day-of-month: write 1-31, *, lists, ranges or steps";
const MONTH: &str = "has a wrong month: write 1-12 or JAN-DEC, *, lists, ranges or steps";
const WEEKDAY: &str = "has a wrong day-of-week: write 0-7 or SUN-SAT, *, lists, ranges or steps";

/// Crons that GitHub does not take, and what is said about each.
const WRONG: [(&str, &str); 21] = [
    (
        "@daily",
        "is a nickname that GitHub does not know; write its five fields, for example '0 0 * * *'",
    ),
    ("0 0 2 * * *", FIELDS),
    ("0 2 * *", FIELDS),
    ("every night", FIELDS),
    ("", FIELDS),
    ("0 0 L * *", FOREIGN),
    ("0 0 15W * *", FOREIGN),
    ("0 0 LW * *", FOREIGN),
    ("0 0 * * 5L", FOREIGN),
    ("0 0 * * 5#2", FOREIGN),
    ("0 0 ? * *", FOREIGN),
    ("60 2 * * *", MINUTE),
    ("*/0 2 * * *", MINUTE),
    ("0 24 * * *", HOUR),
    ("0 1, * * *", HOUR),
    ("0 0 0 * *", DAY),
    ("0 0 32 * *", DAY),
    ("0 0 * 13 *", MONTH),
    ("0 0 * FOO *", MONTH),
    ("0 0 * * 8", WEEKDAY),
    ("0 0 * * noon", WEEKDAY),
];

/// Crons that GitHub takes and does not serve as often as they say.
const FAST: [&str; 7] = [
    "* * * * *",
    "*/3 * * * *",
    "0/4 * * * *",
    "0,3 * * * *",
    "30,7,03 * * * *",
    "0-10 * * * *",
    "0-10/2 4 * * *",
];

/// Crons that GitHub takes and serves.
const GOOD: [&str; 14] = [
    "17 2 * * *",
    "*/15 * * * *",
    "5/15 * * * *",
    "*/5 * * * *",
    "0-30/10 * * * *",
    "0 4,16 * * MON-FRI",
    "0 0 1 JAN *",
    "0 0 1-7 jul,AUG wed",
    "30 5 * * 0",
    "30 5 * * 7",
    "0,30 * * * *",
    "5,5 * * * *",
    "05 02 01 01 *",
    " 17   2 * * * ",
];

/// A timing with a good cron and another, and the refusal of the other.
fn refusal(cron: &str, said: &str) -> (String, String) {
    let timing = format!("timing: {{cron: ['17 2 * * *', '{cron}']}}");
    (timing, format!("spec.timing.cron[1]: cron '{cron}' {said}"))
}

#[tokio::test]
async fn a_cron_that_github_does_not_take_is_refused_with_what_is_wrong_about_it() {
    let refusals = WRONG.map(|(cron, said)| refusal(cron, said));
    all_are_refused::<WorkflowSchedule>("wrong-crons", &refusals).await;
}

#[tokio::test]
async fn a_cron_that_fires_more_often_than_github_does_is_refused() {
    let said = "fires more often than every 5 minutes, which GitHub does not do";
    let refusals = FAST.map(|cron| refusal(cron, said));
    all_are_refused::<WorkflowSchedule>("fast-crons", &refusals).await;
}

#[tokio::test]
async fn a_cron_that_github_takes_is_accepted() {
    let specs = GOOD.map(|cron| format!("timing: {{cron: ['{cron}']}}"));
    all_are_accepted::<WorkflowSchedule>("good-crons", &specs).await;
}

#[tokio::test]
async fn a_cron_with_a_line_break_is_refused_by_the_api_server() {
    let object: WorkflowSchedule = example("bad", "timing: {cron: [\"0 0 * * *\\n\"]}");
    let api = shared().namespace("line-break").await.api();

    let said = said_to(&api, &object).await;

    assert_eq!(said.len(), 1, "{said:?}");
    assert!(
        said[0].ends_with("cron must have five fields on one line, for example '17 2 * * *'"),
        "{said:?}"
    );
}
