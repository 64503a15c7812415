//! Whether a set's limits let one of its WorkflowSchedules open a pull request now.
//!
//! All that want to open one stand in a row: who has been out of sync for longer comes first, then who comes first by name.
//! From the front, as many are let through as there is room for, and of one repository no more than it may have. Who is not
//! counted in that row cannot take a place from those who are.
//!
//! Invariant: whoever asks with the same tally, no more are let through than there is room for.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike as _, NaiveTime, TimeDelta, TimeZone as _, Timelike as _};

use super::wish::{self, Problem};
use crate::{
    api::{
        ConditionStatus, WorkflowScheduleStatus,
        condition::{self, IN_SYNC, READY},
        workflow_schedule_set as api,
    },
    domain::{TimeZone, Timestamp, WorkflowId},
    plan::{Weekday, Window},
};

/// A set's limits, checked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Limits {
    /// How many pull requests may be open at once.
    pub open: usize,
    /// How many may be opened in sixty minutes.
    pub per_hour: usize,
    /// How many may be open at once in one repository.
    pub per_repository: usize,
    /// When one may be opened; none means at any time.
    pub windows: Vec<Window>,
    /// The time zone of the windows.
    pub time_zone: TimeZone,
}

/// What a set's limits are held against.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Tally {
    /// The workflows of the set.
    pub members: BTreeSet<WorkflowId>,
    /// Those whose pull request is open, as far as their statuses tell.
    pub open: BTreeSet<WorkflowId>,
    /// Those that wait for the limits, with the instant since which they are out of sync.
    pub waiting: BTreeSet<(Timestamp, WorkflowId)>,
    /// What was opened lately, as the store remembers it.
    pub opened: Vec<(Timestamp, WorkflowId)>,
}

/// What a set grants its WorkflowSchedules.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Ration {
    /// The limits; none where there is no set that could say them, and nothing is granted.
    pub limits: Option<Limits>,
    /// What they are held against.
    pub tally: Tally,
}

/// Why a pull request may not be opened now; its names are condition reasons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr)]
pub enum Throttle {
    /// There is no set that could grant it.
    WaitsForSet,
    /// As many are open as the set may have.
    WaitsForOpenPullRequests(usize),
    /// As many are open in the repository as it may have.
    WaitsForRepository(usize),
    /// As many were opened in the last hour as may be; when the next may.
    WaitsForHour(usize, Option<Timestamp>),
    /// It is not the time; when it is.
    WaitsForWindow(Option<Timestamp>),
    /// Others come first.
    WaitsForTurn,
}

/// How long what was opened counts as open whatever statuses tell: they trail a deed, by their failures even for minutes.
const STATUS_TRAILS: TimeDelta = TimeDelta::minutes(10);
/// How far back the store is asked.
pub const LOOK_BACK: TimeDelta = TimeDelta::hours(1);

/// Whether a condition's reason says that an object waits for its set's limits.
#[must_use]
pub fn is_waiting(reason: &str) -> bool {
    let all = [
        Throttle::WaitsForSet,
        Throttle::WaitsForOpenPullRequests(0),
        Throttle::WaitsForRepository(0),
        Throttle::WaitsForHour(0, None),
        Throttle::WaitsForWindow(None),
        Throttle::WaitsForTurn,
    ];
    all.into_iter().any(|one| <&str>::from(one) == reason)
}

/// Whether a WorkflowSchedule's pull request is open.
#[must_use]
pub fn has_open_pull(status: &WorkflowScheduleStatus) -> bool {
    let pull = status.pull_request.as_ref();
    pull.is_some_and(|pull| pull.state == "Open")
}

/// Since when a WorkflowSchedule that is well is out of sync because of its set's limits.
#[must_use]
pub fn waits_since(status: &WorkflowScheduleStatus) -> Option<Timestamp> {
    let ready = condition::find(&status.conditions, READY)?;
    let in_sync = condition::find(&status.conditions, IN_SYNC)?;
    let waits = ready.status == ConditionStatus::True && is_waiting(&in_sync.reason);
    waits.then_some(in_sync.last_transition_time)
}

impl Limits {
    /// Reads the limits of a spec.
    ///
    /// # Errors
    /// The first field that means nothing.
    pub fn read(limits: &api::Limits) -> Result<Self, Problem> {
        let number = |field: &str, number: i32| {
            usize::try_from(number)
                .map_err(|_| wish::problem(&format!("limits.{field}"), "must not be negative"))
        };
        let windows = limits.windows.iter().flatten();
        Ok(Self {
            open: number("openPullRequests", limits.open_pull_requests)?,
            per_hour: number("pullRequestsPerHour", limits.pull_requests_per_hour)?,
            per_repository: number("perRepository", limits.per_repository)?,
            windows: windows
                .map(|window| wish::window("limits.windows", window))
                .collect::<Result<_, _>>()?,
            time_zone: wish::optional("limits.timeZone", limits.time_zone.as_deref())?
                .unwrap_or(TimeZone::UTC),
        })
    }
}

impl Ration {
    /// What is granted to those whose set is not there.
    #[must_use]
    pub fn nothing() -> Self {
        Self {
            limits: None,
            tally: Tally::default(),
        }
    }

    /// Whether this workflow's pull request may be opened now.
    ///
    /// # Errors
    /// What it waits for.
    pub fn admits(&self, workflow: &WorkflowId, now: Timestamp) -> Result<(), Throttle> {
        let Self { limits, tally } = self;
        let limits = limits.as_ref().ok_or(Throttle::WaitsForSet)?;
        if !limits.windows.is_empty() && !is_open(limits, now) {
            return Err(Throttle::WaitsForWindow(next_opening(limits, now)));
        }
        let held = tally.held(now);
        let mut in_repository: BTreeMap<String, usize> = BTreeMap::new();
        for one in &held {
            *in_repository.entry(one.repository.key()).or_default() += 1;
        }
        let own = in_repository.get(&workflow.repository.key());
        if own.copied().unwrap_or(0) >= limits.per_repository {
            return Err(Throttle::WaitsForRepository(limits.per_repository));
        }
        let free = limits.open.saturating_sub(held.len());
        if free == 0 {
            return Err(Throttle::WaitsForOpenPullRequests(limits.open));
        }
        let lately = tally.lately(now);
        let left = limits.per_hour.saturating_sub(lately.len());
        if left == 0 {
            let first = lately.get(lately.len().saturating_sub(limits.per_hour));
            let until = first.map(|at| *at + TimeDelta::hours(1));
            return Err(Throttle::WaitsForHour(limits.per_hour, until));
        }
        let mut room = free.min(left);
        for next in tally.row(workflow, now) {
            let count = in_repository.entry(next.repository.key()).or_default();
            if *count >= limits.per_repository {
                continue;
            }
            if room == 0 {
                break;
            }
            if next == workflow {
                return Ok(());
            }
            room -= 1;
            *count += 1;
        }
        Err(Throttle::WaitsForTurn)
    }
}

impl Tally {
    /// The workflows whose pull request is open, or was opened so lately that nobody can tell.
    fn held(&self, now: Timestamp) -> BTreeSet<&WorkflowId> {
        let fresh =
            |(at, _): &&(Timestamp, WorkflowId)| now.signed_duration_since(*at) < STATUS_TRAILS;
        let fresh = self.opened.iter().filter(fresh).map(|(_, one)| one);
        self.open.iter().chain(fresh).collect()
    }

    /// When pull requests were opened in the last hour, oldest first.
    fn lately(&self, now: Timestamp) -> Vec<Timestamp> {
        let within = |at: &Timestamp| now.signed_duration_since(*at) < TimeDelta::hours(1);
        let mut lately: Vec<_> = self
            .opened
            .iter()
            .map(|(at, _)| *at)
            .filter(within)
            .collect();
        lately.sort_unstable();
        lately
    }

    /// Those who want to open one, in order; who asks is among them.
    fn row<'a>(
        &'a self,
        asks: &'a WorkflowId,
        now: Timestamp,
    ) -> impl Iterator<Item = &'a WorkflowId> {
        let others = self.waiting.iter().filter(move |(_, one)| one != asks);
        let since = self.waiting.iter().find(|(_, one)| one == asks);
        let since = since.map_or(now, |(since, _)| *since);
        let mut row: Vec<_> = others.map(|(since, one)| (*since, one)).collect();
        row.push((since, asks));
        row.sort_unstable();
        row.into_iter().map(|(_, one)| one)
    }
}

fn is_open(limits: &Limits, at: Timestamp) -> bool {
    let local = at.with_timezone(&limits.time_zone.0);
    let day = weekday(local.weekday());
    let before = weekday(local.weekday().pred());
    let time = local.time();
    let holds = |window: &Window| {
        let on = |day| window.days.is_empty() || window.days.contains(&day);
        if window.from < window.to {
            on(day) && window.from <= time && time < window.to
        } else {
            on(day) && window.from <= time || on(before) && time < window.to
        }
    };
    limits.windows.iter().any(holds)
}

/// The next instant, to the minute, at which a window is open; none within eight days.
fn next_opening(limits: &Limits, now: Timestamp) -> Option<Timestamp> {
    let zone = limits.time_zone.0;
    let today = now.with_timezone(&zone).date_naive();
    let openings = limits.windows.iter().map(|window| window.from);
    let mut times: Vec<NaiveTime> = openings.collect();
    times.sort_unstable();
    let days = (0..=8).filter_map(|days| today.checked_add_signed(TimeDelta::days(days)));
    let instants = days.flat_map(|day| times.iter().map(move |time| day.and_time(*time)));
    // An hour that the clock skips has no such instant; the next day's has.
    let instants = instants.filter_map(|local| zone.from_local_datetime(&local).earliest());
    let mut instants = instants.map(|at| at.to_utc());
    instants.find(|at| *at > now && at.second() == 0 && is_open(limits, *at))
}

fn weekday(day: chrono::Weekday) -> Weekday {
    match day {
        chrono::Weekday::Mon => Weekday::Mon,
        chrono::Weekday::Tue => Weekday::Tue,
        chrono::Weekday::Wed => Weekday::Wed,
        chrono::Weekday::Thu => Weekday::Thu,
        chrono::Weekday::Fri => Weekday::Fri,
        chrono::Weekday::Sat => Weekday::Sat,
        chrono::Weekday::Sun => Weekday::Sun,
    }
}
