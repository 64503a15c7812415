//! Whole owners on a real API server: made, yielded, explained, and taken along by Kubernetes.

use std::collections::BTreeSet;

use cronwright::{
    api::{
        SET, WorkflowSchedule, WorkflowScheduleSet, WorkflowScheduleSetStatus, condition::READY,
        condition::find,
    },
    simulate::NewRepository,
};
use kube::{ResourceExt, api::ListParams};

use super::{
    super::wait,
    rights,
    stage::{Stage, TOKEN, schedule},
};

pub(super) const SET_OF_ACME: &str = "apiVersion: cronwright.dev/v1alpha1\nkind: WorkflowScheduleSet\nmetadata: {name: acme}\n\
    spec: {connectionRef: {name: acme}, owner: acme, interval: 1s, \
    template: {metadata: {labels: {team: web}}, spec: {interval: 1s, timing: {cron: ['40 2 * * *']}, policy: {mode: PullRequest}}}}\n";

/// The workflows that have an object of the set.
async fn managed(stage: &Stage) -> Vec<String> {
    let selector = ListParams::default().labels(&format!("{SET}=acme,team=web"));
    let found = stage.scope.api::<WorkflowSchedule>().list(&selector).await;
    let mut names: Vec<_> = found
        .unwrap()
        .iter()
        .filter(|one| one.metadata.deletion_timestamp.is_none())
        .map(|one| format!("{}/{}", one.spec.repository, one.spec.workflow))
        .collect();
    names.sort();
    names
}

/// Adds a second repository with one scheduled workflow.
pub(super) fn add_web(stage: &Stage) {
    add(stage, "acme/web");
}

/// Adds a repository with one scheduled workflow.
pub(super) fn add(stage: &Stage, name: &str) {
    let text = "on: {schedule: [{cron: '0 0 * * *'}]}\njobs: {}\n";
    let name = name.parse().unwrap();
    let repository = NewRepository::new(name, &[(".github/workflows/e2e.yml", text)]);
    stage.with_world(|world| world.add_repository(repository).unwrap());
}

/// Nothing was forbidden, and nothing is allowed that nobody needs.
fn assert_every_right_was_used(stage: &Stage) {
    stage.assert_within_rights();
    let deeds = stage.plane.deeds(&stage.account).into_iter();
    let done: BTreeSet<_> = deeds.map(|(deed, _)| deed).collect();
    let granted = rights::granted();
    assert_eq!(
        done, granted,
        "a right that the main jobs do not use is too much"
    );
}

/// The names of all WorkflowSchedules.
async fn all_of(stage: &Stage) -> Vec<String> {
    let api = stage.scope.api::<WorkflowSchedule>();
    let found = api.list(&ListParams::default()).await.unwrap();
    found.iter().map(ResourceExt::name_any).collect()
}

/// Waits until the set's status is as wished.
async fn until(stage: &Stage, what: &str, holds: fn(&WorkflowScheduleSetStatus) -> bool) {
    let holds = move |set: Option<&WorkflowScheduleSet>| {
        set.and_then(|set| set.status.as_ref()).is_some_and(holds)
    };
    wait::until(&stage.scope.api(), "acme", what, holds).await;
}

/// Waits until exactly these workflows have an object of the set.
pub(super) async fn until_managed(stage: &Stage, expected: &[&str]) {
    let what = format!("the set manages {expected:?}");
    let all = async || (managed(stage).await == expected).then_some(());
    wait::poll(&what, all).await;
}

fn reasons(status: &WorkflowScheduleSetStatus) -> Vec<&str> {
    status
        .unmanaged_workflows
        .iter()
        .map(|one| one.reason.as_str())
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_makes_objects_yields_to_hands_explains_and_goes_with_all_it_made_and_every_right_is_used()
 {
    let stage = Stage::set("sets").await;
    add_web(&stage);
    let _controller = stage.controller().await;
    stage.apply_connection(TOKEN);
    stage.apply(SET_OF_ACME);

    let all = [
        "acme/app/import.yml",
        "acme/app/nightly.yml",
        "acme/web/e2e.yml",
    ];
    until_managed(&stage, &all).await;
    until(&stage, "three are told", |status| {
        let ready = find(&status.conditions, READY);
        status.managed == 3 && ready.is_some_and(|ready| ready.reason == "Managed")
    })
    .await;
    // One of two in a repository, and two an hour.
    until(
        &stage,
        "two pull requests are open and one waits",
        |status| (status.pull_requests.open, status.pull_requests.waiting) == (2, 1),
    )
    .await;
    let table = stage.kubectl(&["get", "wfss"]).expect_success();
    assert!(table.contains("acme") && table.contains("True"), "{table}");

    stage.apply(&schedule("mine", "nightly.yml", "policy: {mode: Observe}"));
    until_managed(&stage, &["acme/app/import.yml", "acme/web/e2e.yml"]).await;
    until(&stage, "the one by hand is told", |status| {
        reasons(status) == ["ByHand"]
    })
    .await;
    stage.until_ready("mine").await;

    let archived = "acme/web".parse().unwrap();
    stage.with_world(|world| world.archive(&archived, true).unwrap());
    until_managed(&stage, &["acme/app/import.yml"]).await;
    until(&stage, "the archived one is told", |status| {
        reasons(status) == ["ByHand", "Archived"]
    })
    .await;
    let events = stage
        .kubectl(&["events", "--for=wfss/acme"])
        .expect_success();
    for words in ["was made by hand", "the repository is archived"] {
        assert!(events.contains(words), "{events}");
    }

    stage
        .kubectl(&["delete", "wfss/acme", "--timeout=60s"])
        .expect_success();
    until_managed(&stage, &[]).await;
    let only_mine = async || {
        let left = all_of(&stage).await;
        (left == ["mine"]).then_some(())
    };
    wait::poll("only the one by hand is left", only_mine).await;
    assert!(
        stage.pulls().iter().all(|pull| !pull.open),
        "closed with their objects"
    );
    assert_every_right_was_used(&stage);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_set_at_rest_writes_nothing_and_an_object_that_somebody_changes_is_put_right() {
    let stage = Stage::set("sets-rest").await;
    let controller = stage.controller().await;
    stage.apply_connection(TOKEN);
    stage.apply(&SET_OF_ACME.replace("PullRequest", "Observe"));
    until_managed(&stage, &["acme/app/import.yml", "acme/app/nightly.yml"]).await;
    until(&stage, "two are told", |status| status.managed == 2).await;
    let name = all_of(&stage).await.remove(0);
    let writes = || {
        let deeds = stage.plane.deeds(&stage.account).into_iter();
        let apply = "patch cronwright.dev/workflowschedules";
        deeds.filter(|(deed, _)| deed == apply).count()
    };
    stage
        .patch(&name, serde_json::json!({"spec": {"suspend": true}}))
        .await;

    let right = |object: Option<&WorkflowSchedule>| object.is_some_and(|one| !one.spec.suspend);
    wait::until(&stage.scope.api(), &name, "it is put right", right).await;
    controller.more_rounds(3).await;
    // The audit log is written a little later.
    let three = async || (writes() == 3).then_some(());
    wait::poll("two were made and one was put right", three).await;
    stage.assert_within_rights();
}
