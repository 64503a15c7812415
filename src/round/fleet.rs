//! What all objects of a shell together look like, for metrics: statuses summed up.

use std::sync::Arc;

use crate::{
    anomaly::{Alarm, Kind},
    api::{
        Condition, GitHubConnectionStatus, WorkflowScheduleSetStatus, WorkflowScheduleStatus,
        condition::{self, ConditionStatus},
        workflow_schedule::status::{AccuracyStatus, CostStatus, DeliveryStatus},
    },
    domain::Money,
    metrics::Fleet,
    observe::Observatory,
};

/// Sums up the objects of a shell: each status, or none before the first round.
#[must_use]
pub fn fleet<'a>(
    schedules: impl IntoIterator<Item = Option<&'a WorkflowScheduleStatus>>,
    connections: impl IntoIterator<Item = Option<&'a GitHubConnectionStatus>>,
    observatories: impl IntoIterator<Item = Arc<Observatory>>,
) -> Fleet {
    let mut fleet = Fleet::default();
    for status in schedules {
        let conditions = status.map(|status| status.conditions.as_slice());
        count(&mut fleet, "WorkflowSchedule", conditions);
        if let Some(status) = status {
            add_schedule(&mut fleet, status);
        }
    }
    for status in connections {
        let conditions = status.map(|status| status.conditions.as_slice());
        count(&mut fleet, "GitHubConnection", conditions);
    }
    for observatory in observatories {
        add_observatory(&mut fleet, &observatory);
    }
    fleet
}

/// Adds the WorkflowScheduleSets of a shell that has them.
pub fn add_sets<'a>(
    fleet: &mut Fleet,
    sets: impl IntoIterator<Item = Option<&'a WorkflowScheduleSetStatus>>,
) {
    for status in sets {
        let conditions = status.map(|status| status.conditions.as_slice());
        count(fleet, "WorkflowScheduleSet", conditions);
    }
}

fn count(fleet: &mut Fleet, kind: &'static str, conditions: Option<&[Condition]>) {
    let state = conditions.map_or("unknown", state);
    *fleet.objects.entry((kind, state)).or_default() += 1;
}

/// Where an object stands by its conditions; what is stalled is that before all else.
fn state(conditions: &[Condition]) -> &'static str {
    let holds = |kind| {
        condition::find(conditions, kind).is_some_and(|one| one.status == ConditionStatus::True)
    };
    let ready = condition::find(conditions, condition::READY);
    if holds(condition::STALLED) {
        "stalled"
    } else if ready.is_some_and(|ready| ready.reason == "Suspended") {
        "suspended"
    } else if holds(condition::RECONCILING) {
        "reconciling"
    } else if holds(condition::READY) {
        "ready"
    } else {
        "unknown"
    }
}

fn add_schedule(fleet: &mut Fleet, status: &WorkflowScheduleStatus) {
    if let Some(accuracy) = &status.accuracy {
        add_accuracy(fleet, accuracy);
    }
    if let Some(delivery) = &status.delivery {
        add_delivery(fleet, delivery);
    }
    if let Some(cost) = &status.cost {
        add_cost(fleet, cost);
    }
    let recommended = status.recommendation.as_ref();
    if let Some(action) = recommended.and_then(|one| action(&one.action)) {
        *fleet.recommendations.entry(action).or_default() += 1;
    }
    let pull = status.pull_request.as_ref();
    if let Some(state) = pull.and_then(|pull| pull_state(&pull.state)) {
        *fleet.pull_requests.entry(state).or_default() += 1;
    }
}

fn add_accuracy(fleet: &mut Fleet, accuracy: &AccuracyStatus) {
    let AccuracyStatus {
        comparisons,
        distribution,
        coverage,
        skill,
        demoted_since,
        ..
    } = accuracy;
    let weight = f64::from(u32::try_from(*comparisons).unwrap_or_default());
    fleet.comparisons += positive(*comparisons);
    fleet.within_a_quarter += positive(distribution.excellent) + positive(distribution.good);
    fleet.covered += f64::from(*coverage) / 100.0 * weight;
    if let Some(skill) = skill {
        fleet.skill.add(f64::from(*skill) / 100.0, weight);
    }
    fleet.demoted += u64::from(demoted_since.is_some());
}

fn add_delivery(fleet: &mut Fleet, delivery: &DeliveryStatus) {
    let parts = [
        ("on_time", delivery.on_time),
        ("late", delivery.late),
        ("coalesced", delivery.coalesced),
        ("missed", delivery.missed),
    ];
    for (label, count) in parts {
        *fleet.fires.entry(label).or_default() += positive(count);
    }
}

/// Every kind is told, so that one that begins is seen to begin.
fn add_alarms(fleet: &mut Fleet, alarms: &[Alarm]) {
    for kind in Kind::all() {
        fleet.anomalies.entry(kind.label()).or_default();
        for scope in SCOPES {
            fleet.alarms.entry((kind.label(), scope)).or_default();
        }
    }
    for alarm in alarms {
        let (kind, scope) = (alarm.kind.label(), SCOPES[usize::from(alarm.is_shared())]);
        *fleet.anomalies.entry(kind).or_default() += alarm.workflows.len() as u64;
        *fleet.alarms.entry((kind, scope)).or_default() += 1;
    }
}

/// Whose affair an alarm is: a workflow's own, or many workflows'.
const SCOPES: [&str; 2] = ["workflow", "incident"];

fn add_cost(fleet: &mut Fleet, cost: &CostStatus) {
    let bounds = [
        ("low", &cost.low_usd),
        ("likely", &cost.usd),
        ("high", &cost.high_usd),
    ];
    for (bound, dollars) in bounds {
        // A status by another version may hold any text.
        let money: Money = dollars.parse().unwrap_or_default();
        let sum = fleet.cost.entry(bound).or_default();
        *sum = *sum + money;
    }
    fleet.unpriced_minutes += positive(cost.unpriced_minutes);
}

fn add_observatory(fleet: &mut Fleet, observatory: &Observatory) {
    if let Some((left, limit)) = observatory.budget().filter(|(_, limit)| *limit > 0) {
        let share = ratio(left, limit);
        let least = fleet.budget_left.map_or(share, |other| other.min(share));
        fleet.budget_left = Some(least);
    }
    add_alarms(fleet, &observatory.alarms());
    if let Some((current, planned)) = observatory.overlap() {
        let (sum, planned_sum) = fleet.overlap.unwrap_or_default();
        fleet.overlap = Some((sum + current.0, planned_sum + planned.0));
    }
}

/// A recommended action as a label; a status by another version may hold any text.
fn action(text: &str) -> Option<&'static str> {
    let labels = [
        ("Apply", "apply"),
        ("Review", "review"),
        ("NeedsData", "needs_data"),
        ("None", "none"),
    ];
    label(&labels, text)
}

fn pull_state(text: &str) -> Option<&'static str> {
    let labels = [
        ("Open", "open"),
        ("Merged", "merged"),
        ("Declined", "declined"),
        ("Withdrawn", "withdrawn"),
    ];
    label(&labels, text)
}

fn label(labels: &[(&str, &'static str)], text: &str) -> Option<&'static str> {
    let found = labels.iter().find(|(said, _)| *said == text);
    found.map(|(_, label)| *label)
}

fn positive(count: i64) -> u64 {
    u64::try_from(count).unwrap_or_default()
}

#[allow(clippy::cast_precision_loss, reason = "no budget comes near 2^53")]
fn ratio(part: u64, whole: u64) -> f64 {
    part as f64 / whole as f64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::workflow_schedule::status::{PullRequestStatus, RecommendationStatus},
        decide::PullState,
        domain::Timestamp,
        plan::Action,
    };

    fn condition(kind: &str, status: ConditionStatus, reason: &str) -> Condition {
        Condition {
            kind: kind.to_owned(),
            status,
            reason: reason.to_owned(),
            message: String::new(),
            last_transition_time: Timestamp::UNIX_EPOCH,
            observed_generation: None,
        }
    }

    #[test]
    fn an_object_is_counted_once_in_the_state_that_matters_most() {
        use ConditionStatus::{False, True};
        let stalled = [
            condition(condition::READY, False, "NotFound"),
            condition(condition::STALLED, True, "NotFound"),
        ];
        let retrying = [
            condition(condition::READY, False, "GitHubUnavailable"),
            condition(condition::RECONCILING, True, "Retrying"),
        ];
        assert_eq!(state(&stalled), "stalled");
        assert_eq!(state(&retrying), "reconciling");
        let suspended = [condition(condition::READY, False, "Suspended")];
        assert_eq!(state(&suspended), "suspended");
        let ready = [condition(condition::READY, True, "Observed")];
        assert_eq!(state(&ready), "ready");
        assert_eq!(state(&[]), "unknown");
    }

    #[test]
    fn every_action_and_every_state_of_a_pull_request_has_a_label() {
        for each in [
            Action::Apply,
            Action::Review,
            Action::NeedsData,
            Action::None,
        ] {
            assert!(action(each.into()).is_some(), "{each}");
        }
        for each in [
            PullState::Open,
            PullState::Merged,
            PullState::Declined,
            PullState::Withdrawn,
        ] {
            let text: &str = each.into();
            assert!(pull_state(text).is_some(), "{text}");
        }
    }

    #[test]
    fn schedules_weigh_by_their_comparisons_and_unknown_words_are_left_out() {
        let accuracy = |comparisons, coverage, skill| AccuracyStatus {
            comparisons,
            mean_error: 0,
            median_error: 0,
            distribution: crate::api::workflow_schedule::status::ErrorDistribution {
                excellent: comparisons / 2,
                ..Default::default()
            },
            score: 50,
            health: "Critical".to_owned(),
            coverage,
            skill: Some(skill),
            improvement: None,
            demoted_since: None,
        };
        let status = |accuracy, action: &str| WorkflowScheduleStatus {
            accuracy: Some(accuracy),
            recommendation: Some(RecommendationStatus {
                action: action.to_owned(),
                cron: None,
                schedule: Vec::new(),
                reasons: Vec::new(),
                violations: Vec::new(),
                conflicts: Vec::new(),
                digest: None,
            }),
            pull_request: Some(PullRequestStatus {
                number: 1,
                url: String::new(),
                state: "acme/payments".to_owned(),
                label: String::new(),
                digest: String::new(),
            }),
            ..WorkflowScheduleStatus::default()
        };
        let (large, small) = (
            status(accuracy(30, 100, 40), "Apply"),
            status(accuracy(10, 60, 0), "Apply"),
        );
        let sum = fleet([Some(&large), Some(&small), None], [], []);
        assert_eq!((sum.comparisons, sum.within_a_quarter), (40, 20));
        assert!((sum.covered - 36.0).abs() < 1e-9, "{}", sum.covered);
        assert_eq!(sum.recommendations, [("apply", 2)].into());
        assert_eq!(sum.pull_requests, [].into());
        let unknown = ("WorkflowSchedule", "unknown");
        assert_eq!(sum.objects, [(unknown, 3)].into());
    }

    #[test]
    fn an_incident_is_one_alarm_of_many_workflows() {
        let alarm = |workflows: &[&str]| Alarm {
            kind: Kind::Slower,
            host: crate::domain::Host::default(),
            owner: "acme".to_owned(),
            since: Timestamp::UNIX_EPOCH,
            workflows: workflows.iter().map(|name| name.parse().unwrap()).collect(),
        };
        let names = ["acme/a/n.yml", "acme/b/n.yml", "acme/c/n.yml"];
        let mut sum = Fleet::default();
        add_alarms(&mut sum, &[alarm(&names), alarm(&names[..1])]);
        let of = |scope| sum.alarms[&("slower", scope)];
        assert_eq!((of("incident"), of("workflow")), (1, 1));
        assert_eq!((sum.anomalies["slower"], sum.anomalies["flaky"]), (4, 0));
    }

    #[test]
    fn costs_of_all_schedules_add_up_by_their_bounds() {
        let status = |usd: &str, high: &str| WorkflowScheduleStatus {
            cost: Some(CostStatus {
                usd: usd.to_owned(),
                low_usd: "0.10".to_owned(),
                high_usd: high.to_owned(),
                billed_minutes: 40,
                unpriced_minutes: 7,
                measured: 90,
                advice: Vec::new(),
            }),
            ..WorkflowScheduleStatus::default()
        };
        let (one, two) = (status("1.20", "1.30"), status("0.20", "no number"));

        let sum = fleet([Some(&one), Some(&two), None], [], []);

        let cents = |bound| sum.cost[bound];
        assert_eq!(cents("low"), Money::cents(20));
        assert_eq!(cents("likely"), Money::cents(140));
        assert_eq!(cents("high"), Money::cents(130));
        assert_eq!(sum.unpriced_minutes, 14);
        assert_eq!(fleet([None], [], []).cost, [].into());
    }

    #[test]
    fn sets_are_counted_by_their_state_too() {
        let mut sum = Fleet::default();
        let status = WorkflowScheduleSetStatus {
            conditions: vec![condition(
                condition::STALLED,
                ConditionStatus::True,
                "ManyGoneAtOnce",
            )],
            ..WorkflowScheduleSetStatus::default()
        };
        add_sets(&mut sum, [Some(&status), None]);
        let of = |state| (("WorkflowScheduleSet", state), 1);
        assert_eq!(sum.objects, [of("stalled"), of("unknown")].into());
    }
}
