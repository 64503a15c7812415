//! A report as values: made from what a store knows, and serialized as it is.
//!
//! Invariants: every workflow is counted once and stands in one group; equal stores give equal reports.

use serde::Serialize;

use super::{
    anomalies::{Anomalies, Told},
    inventory::{Inventory, Known, Planned},
    spent::Spent,
};
use crate::{
    domain::{Forecast, Located, Percent, Permille, Quantiles, Schedule, Seconds, Timestamp},
    plan::{Action, Conflict, Impact, Line, Load, Reason},
    track::{Demotion, accuracy},
};

/// Everything a report tells.
#[derive(Debug, Serialize)]
pub(crate) struct Report {
    pub(crate) inventory: Counts,
    pub(crate) timetables: Vec<Source>,
    /// The mean confidence of those that have a forecast.
    pub(crate) average_confidence: Option<Percent>,
    pub(crate) impact: Impacts,
    pub(crate) groups: Groups,
    pub(crate) workflows: Vec<Entry>,
    /// What has become otherwise and is not over, with what is one incident told once.
    pub(crate) alarms: Vec<Told>,
    /// Workflows of which no run was started by cron.
    pub(crate) manual_only: Vec<String>,
    /// What the runs cost, where that was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cost: Option<Spent>,
}

/// How many workflows there are.
#[derive(Debug, Serialize)]
pub(crate) struct Counts {
    pub(crate) total: usize,
    /// Those with a schedule, by a timetable or by a run that it started.
    pub(crate) schedulable: usize,
    /// Those whose recorded runs were all started otherwise.
    pub(crate) manual_only: usize,
    /// Those of the schedulable ones that nothing is forecast of.
    pub(crate) without_forecast: usize,
}

/// A timetable that the report rests on, with the load of its week.
#[derive(Debug, Serialize)]
pub(crate) struct Source {
    pub(crate) connection: String,
    pub(crate) made_at: Timestamp,
    pub(crate) digest: String,
    pub(crate) now: Load,
    pub(crate) after: Load,
}

/// How many workflows weigh how much.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Impacts {
    pub(crate) high: usize,
    pub(crate) medium: usize,
    pub(crate) low: usize,
}

/// Names of workflows by what is to be done.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Groups {
    pub(crate) ready_to_apply: Vec<String>,
    pub(crate) needs_review: Vec<String>,
    pub(crate) more_data_needed: Vec<String>,
    pub(crate) nothing_to_do: Vec<String>,
}

/// In which group a workflow stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Group {
    ReadyToApply,
    NeedsReview,
    MoreDataNeeded,
    NothingToDo,
}

impl Group {
    /// Where a workflow stands by what to do about it, whether its forecasts are distrusted, and whether there is one.
    pub(super) const fn of(action: Action, is_distrusted: bool, is_forecast: bool) -> Self {
        match action {
            // It is recommended, and nobody acts on it.
            Action::Apply if is_distrusted => Self::NeedsReview,
            Action::Apply => Self::ReadyToApply,
            Action::Review => Self::NeedsReview,
            Action::NeedsData => Self::MoreDataNeeded,
            // Nothing can be said of it yet, and more runs would change that.
            Action::None if !is_forecast => Self::MoreDataNeeded,
            Action::None => Self::NothingToDo,
        }
    }
}

/// One workflow that runs by cron.
#[derive(Debug, Serialize)]
pub(crate) struct Entry {
    #[serde(skip)]
    pub(crate) id: Located,
    pub(crate) workflow: String,
    /// Whose timetable has it; none where no timetable does.
    pub(crate) connection: Option<String>,
    pub(crate) group: Group,
    pub(crate) action: Action,
    pub(crate) current: Vec<Schedule>,
    /// As many as there are current ones; the same where nothing moves.
    pub(crate) proposed: Vec<Schedule>,
    pub(crate) confidence: Option<Percent>,
    pub(crate) duration: Option<Quantiles>,
    pub(crate) success: Option<Permille>,
    pub(crate) impact: Option<Impact>,
    pub(crate) samples: u32,
    pub(crate) reasons: Vec<String>,
    pub(crate) violations: Vec<String>,
    pub(crate) conflicts: Vec<Conflict>,
    /// The overlap that the move saves in a week.
    pub(crate) saves: Seconds,
    /// Since when nothing is done by its forecasts, and why; a pinned cron rests on none.
    pub(crate) demotion: Option<Demotion>,
}

impl Report {
    /// What a store's inventory comes to.
    pub(crate) fn of(inventory: &Inventory) -> Self {
        let (mut workflows, mut manual_only) = (Vec::new(), Vec::new());
        for (id, known) in &inventory.workflows {
            let lines = inventory.planned.iter();
            let lines = lines.filter_map(|planned| Some((planned, planned.line(id)?)));
            let before = workflows.len();
            workflows.extend(lines.map(|(planned, line)| Entry::planned(planned, line, known)));
            if workflows.len() > before {
                continue;
            }
            if known.scheduled > 0 || known.runs == 0 {
                workflows.push(Entry::unplanned(id, known));
            } else {
                manual_only.push(id.to_string());
            }
        }
        let forecasts = inventory.workflows.values();
        let forecasts = forecasts.filter_map(|known| known.forecast.as_ref());
        let confidence = average_confidence(forecasts.map(|forecast| forecast.confidence));
        Self {
            timetables: inventory.planned.iter().map(Source::of).collect(),
            alarms: Anomalies::of(inventory).alarms,
            ..Self::of_entries(
                inventory.workflows.len(),
                confidence,
                workflows,
                manual_only,
            )
        }
    }

    /// What entries come to where no timetable is known whole.
    pub(super) fn of_entries(
        total: usize,
        average_confidence: Option<Percent>,
        workflows: Vec<Entry>,
        manual_only: Vec<String>,
    ) -> Self {
        let without = |entry: &&Entry| entry.duration.is_none();
        Self {
            inventory: Counts {
                total,
                schedulable: total - manual_only.len(),
                manual_only: manual_only.len(),
                without_forecast: workflows.iter().filter(without).count(),
            },
            timetables: Vec::new(),
            average_confidence,
            impact: Impacts::of(&workflows),
            groups: Groups::of(&workflows),
            workflows,
            alarms: Vec::new(),
            manual_only,
            cost: None,
        }
    }

    /// The report with what the runs cost.
    pub(crate) fn with_costs(self, spent: Spent) -> Self {
        Self {
            cost: Some(spent),
            ..self
        }
    }
}

/// The mean, rounded; none of nothing.
pub(super) fn average_confidence(each: impl Iterator<Item = Percent>) -> Option<Percent> {
    let each: Vec<u64> = each.map(|confidence| confidence.0.into()).collect();
    let number = u64::try_from(each.len())
        .ok()
        .filter(|number| *number > 0)?;
    let mean = (each.iter().sum::<u64>() + number / 2) / number;
    u8::try_from(mean).ok().map(Percent)
}

impl Source {
    fn of(planned: &Planned) -> Self {
        Self {
            connection: planned.connection.clone(),
            made_at: planned.made_at,
            digest: planned.digest.short().to_owned(),
            now: planned.timetable.before.clone(),
            after: planned.timetable.after.clone(),
        }
    }
}

impl Impacts {
    fn of(workflows: &[Entry]) -> Self {
        let count = |impact| {
            let weighs = |entry: &&Entry| entry.impact == Some(impact);
            workflows.iter().filter(weighs).count()
        };
        Self {
            high: count(Impact::High),
            medium: count(Impact::Medium),
            low: count(Impact::Low),
        }
    }
}

impl Groups {
    fn of(workflows: &[Entry]) -> Self {
        let named = |group| {
            let inside = workflows.iter().filter(|entry| entry.group == group);
            inside.map(|entry| entry.workflow.clone()).collect()
        };
        Self {
            ready_to_apply: named(Group::ReadyToApply),
            needs_review: named(Group::NeedsReview),
            more_data_needed: named(Group::MoreDataNeeded),
            nothing_to_do: named(Group::NothingToDo),
        }
    }
}

impl Entry {
    fn planned(planned: &Planned, (id, line): (Located, &Line), known: &Known) -> Self {
        let is_pinned = line.reasons.contains(&Reason::Pinned);
        let demotion = accuracy(&known.scores).and_then(|accuracy| accuracy.demotion);
        let demotion = demotion.filter(|_| !is_pinned);
        Self {
            connection: Some(planned.connection.clone()),
            group: Group::of(line.action, demotion.is_some(), known.forecast.is_some()),
            action: line.action,
            current: line.current.clone(),
            proposed: line.proposed.clone(),
            impact: line.impact.or_else(|| impact(known)),
            reasons: line.reasons.iter().map(ToString::to_string).collect(),
            violations: line.violations.iter().map(ToString::to_string).collect(),
            conflicts: line.conflicts.clone(),
            saves: line.improvement,
            demotion,
            ..Self::unplanned(&id, known)
        }
    }

    /// A workflow that nobody plans, because no object declares it.
    fn unplanned(id: &Located, known: &Known) -> Self {
        let forecast: Option<&Forecast> = known.forecast.as_ref();
        Self {
            id: id.clone(),
            workflow: id.to_string(),
            connection: None,
            group: Group::of(Action::None, false, forecast.is_some()),
            action: Action::None,
            current: Vec::new(),
            proposed: Vec::new(),
            confidence: forecast.map(|forecast| forecast.confidence),
            duration: forecast.map(|forecast| forecast.duration),
            success: forecast.map(|forecast| forecast.success),
            impact: impact(known),
            samples: forecast.map_or(0, |forecast| forecast.samples),
            reasons: vec![
                "no timetable has it: no WorkflowSchedule declares it, or none was planned yet"
                    .to_owned(),
            ],
            violations: Vec::new(),
            conflicts: Vec::new(),
            saves: Seconds::ZERO,
            demotion: None,
        }
    }

    /// Whether a move is proposed.
    pub(crate) fn moves(&self) -> bool {
        self.current != self.proposed
    }
}

fn impact(known: &Known) -> Option<Impact> {
    known
        .forecast
        .as_ref()
        .map(|forecast| Impact::of(forecast.duration.p50))
}
