//! What a cluster's statuses tell: in the same words as the store that they were made from, where they hold it.

use kube::{
    Error,
    core::{ObjectMeta, Status},
};
use serde_json::{Value, json};

use super::refusal::Asked;
use crate::{
    api::{
        GitHubConnection, LocalReference, WorkflowSchedule, WorkflowScheduleSpec,
        WorkflowScheduleStatus,
        condition::{self, Condition, ConditionStatus},
        workflow_schedule::{
            Policy,
            status::{ConflictStatus, PullRequestStatus, RecommendationStatus},
        },
    },
    decide::status,
    domain::{Located, Percent, WorkflowId},
    plan::Line,
    report::{
        Explained, Inventory, Report, Statuses, SystemHealth,
        sample::{self, id},
    },
    track::accuracy,
};

/// The objects of a sample's timetable, with the statuses that a controller gives them.
fn statuses(inventory: &Inventory) -> Statuses {
    let lines = &inventory.planned[0].timetable.lines;
    let objects = lines.iter().map(|(id, line)| object(inventory, id, line));
    Statuses::of(objects.collect(), &[], |_| true)
}

fn object(inventory: &Inventory, id: &WorkflowId, line: &Line) -> WorkflowSchedule {
    let known = &inventory.workflows[&Located::from(id.clone())];
    let schedules = |schedules| status::schedules(schedules);
    let moves = line.current != line.proposed;
    let conflict = |one: &crate::plan::Conflict| ConflictStatus {
        with: one.with.to_string(),
        overlap: one.overlap_seconds.to_string(),
        beyond_capacity: one.beyond_capacity,
    };
    let accuracy = accuracy(&known.scores);
    let ready = condition(condition::READY, ConditionStatus::True, "Ready", "");
    let distrust = accuracy.as_ref().and_then(|accuracy| accuracy.demotion);
    let distrust = distrust.map(|demotion| {
        let reason = demotion.distrust.into();
        condition(condition::ACCURATE, ConditionStatus::False, reason, "")
    });
    let spec = WorkflowScheduleSpec {
        connection_ref: LocalReference {
            name: "acme".to_owned(),
        },
        repository: id.repository.to_string(),
        workflow: id.file.as_str().to_owned(),
        timing: None,
        policy: Policy::default(),
        pull_request: None,
        interval: "5m".to_owned(),
        suspend: false,
    };
    let recommendation = RecommendationStatus {
        action: line.action.to_string(),
        cron: moves.then(|| status::one_line(&line.proposed)),
        schedule: if moves {
            schedules(&line.proposed)
        } else {
            Vec::new()
        },
        reasons: line.reasons.iter().map(ToString::to_string).collect(),
        violations: line.violations.iter().map(ToString::to_string).collect(),
        conflicts: line.conflicts.iter().map(conflict).collect(),
        digest: None,
    };
    WorkflowSchedule {
        metadata: ObjectMeta {
            namespace: Some("ci".to_owned()),
            name: Some(id.to_string().replace(['/', '.'], "-")),
            ..ObjectMeta::default()
        },
        spec,
        status: Some(WorkflowScheduleStatus {
            current: schedules(&line.current),
            prediction: known.forecast.as_ref().map(status::prediction),
            accuracy: accuracy.as_ref().map(status::accuracy),
            recommendation: Some(recommendation),
            conditions: [ready].into_iter().chain(distrust).collect(),
            ..WorkflowScheduleStatus::default()
        }),
    }
}

fn condition(kind: &str, status: ConditionStatus, reason: &str, message: &str) -> Condition {
    Condition {
        kind: kind.to_owned(),
        status,
        reason: reason.to_owned(),
        message: message.to_owned(),
        last_transition_time: sample::now(),
        observed_generation: None,
    }
}

/// The sample with comparisons, as far as timetables know it: what nobody declares, no object tells.
fn declared() -> Inventory {
    let mut inventory = sample::inventory();
    let lines = inventory.planned[0].timetable.lines.clone();
    inventory
        .workflows
        .retain(|workflow, _| lines.contains_key(&workflow.id));
    let known = inventory
        .workflows
        .get_mut(&id("acme/app/nightly.yml").into());
    known.expect("a workflow of the sample").scores = sample::scores(40, 900);
    inventory
}

#[test]
fn a_report_of_statuses_says_what_that_of_their_store_says_and_nothing_that_they_do_not_hold() {
    let inventory = declared();
    let of_store = serde_json::to_value(Report::of(&inventory)).unwrap();

    let of_cluster = statuses(&inventory).report().data();

    for same in ["inventory", "groups", "impact", "average_confidence"] {
        assert_eq!(of_cluster[same], of_store[same], "{same}");
    }
    assert_eq!(of_cluster.get("timetables"), None);
    let entries = |data: &Value| data["workflows"].as_array().unwrap().clone();
    let pairs = entries(&of_cluster).into_iter().zip(entries(&of_store));
    for (told, known) in pairs {
        for (name, value) in told.as_object().unwrap() {
            let partly = ["conflicts", "connection"];
            if !partly.contains(&name.as_str()) {
                assert_eq!(*value, known[name], "{name} of {}", known["workflow"]);
            }
        }
        assert_eq!(told.get("saves"), None);
    }
}

#[test]
fn forecasts_health_and_accuracy_of_statuses_are_those_of_their_store() {
    let inventory = declared();
    let statuses = statuses(&inventory);

    for (workflow, mut forecast) in statuses.forecasts() {
        let known = &inventory.workflows[&workflow.parse::<Located>().unwrap()];
        let known = known.forecast.clone().unwrap();
        forecast.made_at = known.made_at;
        assert_eq!(forecast, known, "{workflow}");
    }
    let of_store = serde_json::to_value(SystemHealth::of(&inventory)).unwrap();
    let health = statuses.health();
    assert!(health.is_critical());
    for (name, value) in health.data_of_statuses().as_object().unwrap() {
        assert_eq!(*value, of_store[name], "{name}");
    }
    let worth = statuses.worth().unwrap();
    let scores = &inventory.workflows[&id("acme/app/nightly.yml").into()].scores;
    let known = accuracy(scores).unwrap();
    assert_eq!(worth.workflows[0].accuracy.median_error, known.median_error);
    assert_eq!(worth.workflows[0].accuracy.demotion, known.demotion);
    assert_eq!(worth.data()["overall"].get("median_error"), None);
    assert_eq!(worth.overall().score, known.score);
}

#[test]
fn an_explanation_of_a_status_begins_as_that_of_its_store() {
    let inventory = declared();
    let workflow: Located = id("acme/app/nightly.yml").into();
    let of_store = Explained::of(&inventory, &workflow);

    let of_cluster = statuses(&inventory).explained(&workflow).unwrap();

    let titles = |one: &Explained| {
        let steps = one.steps.iter();
        steps.map(|step| step.title).collect::<Vec<_>>()
    };
    assert!(titles(&of_store).starts_with(&titles(&of_cluster)));
    assert_eq!(of_cluster.steps[0], of_store.steps[0]);
    assert_eq!(of_cluster.steps[1], of_store.steps[1]);
    assert_eq!(of_cluster.would_change, of_store.would_change);
    let mut out = Vec::new();
    let data = of_cluster.data_of_statuses();
    assert_eq!(
        (data.get("line"), data["forecast"].get("made_at")),
        (None, None)
    );
    serde_json::to_writer_pretty(&mut out, &data["steps"]).unwrap();
    insta::assert_snapshot!(String::from_utf8(out).unwrap());
}

#[test]
fn what_only_a_cluster_knows_is_told_and_a_duplicate_counts_once() {
    let inventory = sample::crowd(Percent(90));
    let lines = &inventory.planned[0].timetable.lines;
    let (first, line) = lines.iter().next().unwrap();
    let mut acting = object(&inventory, first, line);
    let mut other = acting.clone();
    other.metadata.name = Some("second".to_owned());
    let stalled = other.status.as_mut().unwrap();
    stalled.conditions = vec![
        condition(
            condition::READY,
            ConditionStatus::False,
            "Duplicate",
            "ci/first is older",
        ),
        condition(
            condition::STALLED,
            ConditionStatus::True,
            "Duplicate",
            "ci/first is older",
        ),
    ];
    acting.status.as_mut().unwrap().pull_request = Some(PullRequestStatus {
        number: 7,
        url: "https://github.com/acme/a/pull/7".to_owned(),
        state: "Open".to_owned(),
        label: "#7 open".to_owned(),
        digest: "d".to_owned(),
    });
    let mut new = object(&inventory, first, line);
    new.metadata.name = Some("new".to_owned());
    new.spec.connection_ref.name = "ghe".to_owned();
    new.status = None;
    let ghe = json!({
        "metadata": {"namespace": "ci", "name": "ghe"},
        "spec": {"url": "https://ghe.example/api/v3", "credentials": {"tokenSecretRef": {"name": "x", "key": "y"}}},
    });
    let ghe: GitHubConnection = serde_json::from_value(ghe).unwrap();

    let statuses = Statuses::of(vec![other, new, acting], &[ghe], |_| true);

    let told = statuses.report().data();
    assert_eq!(told["inventory"]["total"], 2);
    assert_eq!(told["pull_requests"][0]["label"], "#7 open");
    assert_eq!(
        told["workflows"][1]["workflow"],
        format!("ghe.example/{first}")
    );
    assert_eq!(
        told["workflows"][1]["reasons"][0],
        "no controller has looked at it yet"
    );
    let reasons = [
        &told["not_ready"][0]["reason"],
        &told["not_ready"][1]["reason"],
    ];
    assert_eq!(reasons, ["Duplicate", "NotYetSeen"]);
}

#[test]
fn what_a_cluster_refuses_is_told_with_what_to_do_and_the_servers_own_words() {
    let asked = Asked {
        plural: "workflowschedules",
        place: "namespace ci of context prod",
        server: "https://10.0.0.1:6443/",
        is_everywhere: false,
    };
    let told = |code: u16, message: &str| {
        let status = Status {
            code,
            message: message.to_owned(),
            ..Status::default()
        };
        format!("{:#}", asked.refused(Error::Api(Box::new(status))))
    };
    assert_eq!(
        told(403, "workflowschedules is forbidden"),
        "you may not list workflowschedules in namespace ci of context prod: the right is 'list' on workflowschedules of the group cronwright.dev (workflowschedules is forbidden)"
    );
    assert!(told(404, "no such").contains("'cronwright crds | kubectl apply -f -' adds its kinds"));
    assert!(told(401, "Unauthorized").contains("log in again"));
    assert!(told(500, "etcd").contains("did not list workflowschedules (etcd)"));
    let away = asked.refused(Error::Service("connection refused".into()));
    assert!(format!("{away:#}").contains("does not answer at https://10.0.0.1:6443/"));
}
