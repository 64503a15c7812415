//! The load to come, as far as statuses tell: what their crons will start, each run as one job on any runner.

use super::{Statuses, Told, parse};
use crate::{
    api::condition,
    domain::{Permille, Schedule, Timestamp},
    load::{Coming, JobShape, Workload},
    report::{
        LoadAhead,
        load::{Sources, delivered},
        week::UNSEEN,
    },
};

/// What no status holds, and who does.
pub(crate) const NOT_TOLD: &str = "A status does not hold past runs, nor how many jobs a run has and on which runners: each run that a cron \
    will start counts as one job, and runs of other events are missing. The dashboard tells by kind of runner, and so does the same command \
    on the controller's store (--store).";

/// Conditions, and their reasons, of workflows whose crons start nothing.
const STARTS_NOTHING: [(&str, &str); 7] = [
    (condition::STALLED, "Archived"),
    (condition::STALLED, "NoSchedule"),
    (condition::STALLED, "NotFound"),
    (condition::STALLED, "Unreadable"),
    (condition::STALLED, "WorkflowMissing"),
    (condition::ON_TIME, "Disabled"),
    (condition::ON_TIME, "DisabledByInactivity"),
];

impl Statuses {
    /// The runs at once of so many hours from an instant on; none where no status holds a schedule and a forecast.
    pub(crate) fn load(&self, now: Timestamp, hours: u32) -> Option<LoadAhead> {
        let [before, after] = [false, true].map(|moved| self.workloads(moved));
        if before.is_empty() {
            return None;
        }
        let sources = Sources {
            by_cron: before.len(),
            by_past_runs: 0,
            unknown: self.acting().count() - before.len(),
        };
        let mut load = LoadAhead::by_cron(&before, &after, sources, now, hours);
        // Nobody knows of any kind of runner.
        load.pools.truncate(1);
        Some(load)
    }

    fn workloads(&self, moved: bool) -> Vec<Workload> {
        let workload = |told: &Told| {
            Some(Workload {
                name: told.workflow.id.to_string(),
                jobs: vec![JobShape::whole(UNSEEN)],
                past: [].into(),
                coming: Some(told.coming(moved)?),
            })
        };
        let starts = self.acting().filter(|told| told.starts());
        starts.filter_map(workload).collect()
    }
}

impl Told {
    /// Whether its crons start anything.
    fn starts(&self) -> bool {
        let says = |(kind, reason): &(&str, &str)| {
            let found = condition::find(&self.status.conditions, kind);
            found.is_some_and(|found| found.reason == *reason)
        };
        !STARTS_NOTHING.iter().any(says)
    }

    fn coming(&self, moved: bool) -> Option<Coming> {
        let forecast = self.forecast()?;
        Some(Coming {
            schedules: self.schedules(moved)?,
            lateness: forecast.lateness,
            duration: forecast.duration,
            delivered: self.delivered(),
        })
    }

    /// The schedules that the file has, or would have after the proposed move.
    fn schedules(&self, moved: bool) -> Option<Vec<Schedule>> {
        let current = parse::schedules(&self.status.current);
        let recommendation = self.status.recommendation.as_ref().filter(|_| moved);
        let proposed = recommendation.map(|one| parse::schedules(&one.schedule));
        let schedules = proposed.filter(|proposed| !proposed.is_empty());
        Some(schedules.unwrap_or(current)).filter(|schedules| !schedules.is_empty())
    }

    /// How many fires were served by a run of their own.
    fn delivered(&self) -> Permille {
        self.status.delivery.as_ref().map_or_else(
            || delivered(0, 0),
            |told| delivered(told.on_time + told.late, told.fires),
        )
    }
}
