//! Bad objects are refused by the API server, each for one reason that says what to write instead; the standalone
//! shell, which has no API server, says the same.

use cronwright::api::{GitHubConnection, WorkflowSchedule, WorkflowScheduleSet};
use kube::{
    Api,
    api::{Patch, PatchParams, PostParams},
};
use serde_json::json;

use super::{
    control_plane::shared,
    verdict::{all_are_accepted, all_are_refused, causes, example},
};

#[tokio::test]
async fn a_repository_that_is_not_owner_and_name_is_refused() {
    const SAID: &str = "spec.repository: repository must be owner/name, for example acme/payments";
    let refusals = [
        ("repository: payments", SAID),
        ("repository: acme/", SAID),
        ("repository: /payments", SAID),
        ("repository: acme/payments/nightly", SAID),
        ("repository: acme/..", SAID),
        ("repository: 'acme/pay ments'", SAID),
        ("repository: https://github.com/acme/payments", SAID),
    ];
    all_are_refused::<WorkflowSchedule>("not-owner-and-name", &refusals).await;
}

#[tokio::test]
async fn a_workflow_that_is_no_file_name_is_refused() {
    const SLASH: &str =
        "spec.workflow: workflow must be a file name below .github/workflows, without a slash";
    const ENDING: &str = "spec.workflow: workflow must end in .yml or .yaml";
    let refusals = [
        ("workflow: .github/workflows/nightly.yml", SLASH),
        ("workflow: sub/nightly.yaml", SLASH),
        ("workflow: nightly", ENDING),
        ("workflow: nightly.json", ENDING),
        ("workflow: .yml", ENDING),
        ("workflow: nightly.yml.bak", ENDING),
    ];
    all_are_refused::<WorkflowSchedule>("no-file-name", &refusals).await;
}

#[tokio::test]
async fn a_set_that_means_nothing_is_refused() {
    const PATTERNS: &str = "spec.repositories.exclude: exclude must hold patterns of names such as svc-*, without a slash";
    const FILES: &str = "spec.workflows.exclude: exclude must hold patterns of names such as svc-*, without a slash";
    let refusals = [
        (
            "owner: acme/app",
            "spec.owner: owner must be the login of an organisation or account, for example acme",
        ),
        ("repositories: {exclude: [acme/app]}", PATTERNS),
        ("workflows: {exclude: [sub/a.yml]}", FILES),
        (
            "repositories: {topics: []}",
            "spec.repositories.topics: topics must not be empty; leave it out where topics do not matter",
        ),
        (
            "limits: {pullRequestsPerHour: -1}",
            "spec.limits.pullRequestsPerHour: pullRequestsPerHour must be from 0 to 500",
        ),
        (
            "template: {spec: {timing: {cron: ['17 2 * * *'], every: 1d}}}",
            "spec.template.spec.timing: cron and every exclude each other: pin the schedule, or say how often",
        ),
    ];
    all_are_refused::<WorkflowScheduleSet>("senseless-sets", &refusals).await;
}

#[tokio::test]
async fn a_set_that_says_much_or_little_is_accepted() {
    let specs = [
        "{}",
        "{repositories: {include: ['svc-*'], exclude: ['*-old'], topics: [web], forks: true}, workflows: {include: ['*.yml']}}",
        "{limits: {openPullRequests: 0, windows: [{from: '09:00', to: '16:00'}], timeZone: Europe/Berlin}}",
        "{template: {metadata: {labels: {team: web}, annotations: {a: b}}, spec: {policy: {mode: PullRequest}, suspend: true}}}",
    ];
    all_are_accepted::<WorkflowScheduleSet>("good-sets", &specs).await;
}

#[tokio::test]
async fn a_timing_that_contradicts_itself_is_refused() {
    const EVERY: &str =
        "spec.timing: cron and every exclude each other: pin the schedule, or say how often";
    const WINDOWS: &str = "spec.timing: cron and windows exclude each other: a pinned schedule cannot be moved into a window";
    const EMPTY: &str = "spec.timing.windows[0]: window is empty: from and to are the same; leave windows out to allow the whole day";
    let refusals = [
        ("timing: {cron: ['17 2 * * *'], every: 1d}", EVERY),
        (
            "timing: {cron: ['17 2 * * *'], windows: [{from: '00:00', to: '06:00'}]}",
            WINDOWS,
        ),
        ("timing: {windows: [{from: '02:00', to: '02:00'}]}", EMPTY),
        (
            "timing: {windows: []}",
            "spec.timing.windows: windows must not be empty; leave it out to allow any time",
        ),
        (
            "timing: {windows: [{days: [], from: '02:00', to: '04:00'}]}",
            "spec.timing.windows[0].days: days must not be empty; leave it out to mean every day",
        ),
        (
            "timing: {cron: []}",
            "spec.timing.cron: cron must not be empty; leave it out and say every, or nothing at all",
        ),
    ];
    all_are_refused::<WorkflowSchedule>("contradictions", &refusals).await;
}

#[tokio::test]
async fn a_text_that_is_no_time_is_refused() {
    const ZONE: &str =
        "spec.timing.timeZone: timeZone must be an IANA name such as Europe/Berlin or UTC";
    const EVERY: &str = "spec.timing.every: every must be a duration of at least 5m in d, h, m and s, largest first, for example 12h or 1d";
    const INTERVAL: &str = "spec.interval: interval must be a duration above zero in d, h, m and s, largest first, for example 1h30m";
    const FINISH: &str = "spec.timing.finishBy: finishBy must be a time of day from 00:00 to 23:59, for example 06:30";
    let refusals = [
        ("timing: {timeZone: +02:00}", ZONE),
        ("timing: {timeZone: Europe Berlin}", ZONE),
        ("timing: {timeZone: ''}", ZONE),
        ("timing: {every: daily}", EVERY),
        ("timing: {every: 4m}", EVERY),
        ("timing: {every: 299s}", EVERY),
        ("interval: ''", INTERVAL),
        ("interval: '5'", INTERVAL),
        ("interval: 30s5m", INTERVAL),
        ("interval: 0s", INTERVAL),
        ("interval: -5m", INTERVAL),
        ("interval: 1.5h", INTERVAL),
        ("timing: {finishBy: '24:00'}", FINISH),
        ("timing: {finishBy: 6 am}", FINISH),
        (
            "timing: {windows: [{from: '2:00', to: '04:00'}]}",
            "spec.timing.windows[0].from: from must be a time of day from 00:00 to 23:59, for example 06:30",
        ),
        (
            "timing: {after: [{name: export, slack: soon}]}",
            "spec.timing.after[0].slack: slack must be a duration in d, h, m and s, largest first, for example 1h30m",
        ),
    ];
    all_are_refused::<WorkflowSchedule>("no-time", &refusals).await;
}

#[tokio::test]
async fn a_policy_outside_its_range_is_refused() {
    const CONFIDENCE: &str =
        "spec.policy.minConfidence: minConfidence must be a percentage from 0 to 100";
    const CHANGES: &str = "spec.policy.maxChangesPerWeek: maxChangesPerWeek must be from 0 to 100";
    let refusals = [
        ("policy: {minConfidence: 101}", CONFIDENCE),
        ("policy: {minConfidence: -1}", CONFIDENCE),
        ("policy: {maxChangesPerWeek: -1}", CHANGES),
        ("policy: {maxChangesPerWeek: 101}", CHANGES),
    ];
    all_are_refused::<WorkflowSchedule>("policy-range", &refusals).await;
}

#[tokio::test]
async fn a_day_that_stands_twice_is_refused() {
    let refusals = [
        (
            "timing: {windows: [{days: [Mon, Tue, Mon], from: '02:00', to: '04:00'}]}",
            "spec.timing.windows[0].days[2]: Duplicate value: \"Mon\"",
        ),
        (
            "timing: {after: [{name: export}, {name: export, slack: 5m}]}",
            "spec.timing.after[1]: Duplicate value: {\"name\":\"export\"}",
        ),
    ];
    all_are_refused::<WorkflowSchedule>("duplicates", &refusals).await;
}

#[tokio::test]
async fn a_connection_that_cannot_be_used_is_refused() {
    const PRICE: &str = "spec.prices[0].perMinute: perMinute must be US dollars with at most six digits behind the point, for example \"0.006\"";
    const ONE: &str = "spec.credentials: credentials need exactly one of tokenSecretRef and app";
    const URL: &str = "spec.url: url must be an http(s) address without user, query or fragment, for example https://api.github.com";
    let refusals = [
        ("credentials: {}", ONE),
        (
            "credentials: {tokenSecretRef: {name: a, key: b}, app: {appId: 1, privateKeySecretRef: {name: a, key: b}}}",
            ONE,
        ),
        ("url: https://me:secret@github.example.test/api/v3", URL),
        ("url: github.example.test", URL),
        ("url: ftp://github.example.test", URL),
        ("url: 'https://github.example.test/?a=b'", URL),
        (
            "formerWebhookSecretRef: {name: hook, key: former}",
            "spec: formerWebhookSecretRef needs webhookSecretRef, the secret that comes after it",
        ),
        (
            "budgetPercent: 0",
            "spec.budgetPercent: budgetPercent must be from 1 to 100",
        ),
        (
            "interval: often",
            "spec.interval: interval must be a duration above zero in d, h, m and s, largest first, for example 1h30m",
        ),
        ("prices: [{label: gpu, perMinute: '-1'}]", PRICE),
        ("prices: [{label: gpu, perMinute: 7c}]", PRICE),
        ("prices: [{label: gpu, perMinute: '.5'}]", PRICE),
        ("prices: [{label: gpu, perMinute: '0.0000001'}]", PRICE),
    ];
    all_are_refused::<GitHubConnection>("bad-connections", &refusals).await;
}

#[tokio::test]
async fn a_connection_by_token_or_by_app_on_any_host_is_accepted() {
    let specs = [
        "url: https://api.github.com",
        "url: https://github.example.test/api/v3",
        "url: http://127.0.0.1:8080",
        "prices: [{label: acme-gpu, perMinute: '0.07'}, {label: self-hosted, perMinute: '1'}]",
        "credentials: {app: {appId: 7, installationId: 8, privateKeySecretRef: {name: app, key: key.pem}}}",
        "webhookSecretRef: {name: hook, key: secret}",
        "{webhookSecretRef: {name: hook, key: secret}, formerWebhookSecretRef: {name: hook, key: former}}",
    ];
    all_are_accepted::<GitHubConnection>("good-connections", &specs).await;
}

#[tokio::test]
async fn repository_and_workflow_cannot_be_changed_after_creation() {
    let api: Api<WorkflowSchedule> = shared().namespace("immutable").await.api();
    let object = example("nightly", "{}");
    api.create(&PostParams::default(), &object)
        .await
        .expect("a good object");

    for (change, expected) in [
        (
            json!({"spec": {"repository": "acme/other"}}),
            "spec.repository: repository cannot be changed; make a new WorkflowSchedule",
        ),
        (
            json!({"spec": {"workflow": "other.yml"}}),
            "spec.workflow: workflow cannot be changed; make a new WorkflowSchedule",
        ),
    ] {
        let patched = api
            .patch("nightly", &PatchParams::default(), &Patch::Merge(change))
            .await;
        let Err(kube::Error::Api(status)) = patched else {
            panic!("{expected}: the API server said {patched:?}");
        };
        assert_eq!(causes(&status), [expected]);
    }
}
