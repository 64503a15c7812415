//! The first day of a timetable as bars: when each workflow begins and how long it is expected to run, now and after every move.

use chrono::{DurationRound as _, TimeDelta};

use crate::{
    cli::page::{Bar, Content, Group},
    domain::{Schedule, Timestamp},
    report::{Entry, Report},
};

/// How many workflows are drawn; the heaviest, since a picture of hundreds shows nothing.
const WORKFLOWS: usize = 25;

/// The bars of the day after the newest timetable was made; none without one, or where nothing moves.
pub(super) fn gantt(report: &Report) -> Option<Content> {
    let made_at = report
        .timetables
        .iter()
        .map(|source| source.made_at)
        .max()?;
    let day = made_at.duration_trunc(TimeDelta::days(1)).ok()? + TimeDelta::days(1);
    let mut entries: Vec<&Entry> = report
        .workflows
        .iter()
        .filter(|entry| entry.moves())
        .collect();
    entries.sort_by_key(|entry| std::cmp::Reverse(entry.duration.map(|duration| duration.p50)));
    entries.truncate(WORKFLOWS);
    let group = |name: &str, schedules: fn(&Entry) -> &[Schedule]| {
        let mut bars: Vec<Bar> = entries
            .iter()
            .filter_map(|entry| bar(entry, schedules(entry), day))
            .collect();
        bars.sort_by(|a, b| (a.start, &a.name).cmp(&(b.start, &b.name)));
        Group {
            name: name.to_owned(),
            bars,
        }
    };
    let groups = vec![
        group("Now", |entry| &entry.current),
        group("After every move", |entry| &entry.proposed),
    ];
    groups
        .iter()
        .any(|group| !group.bars.is_empty())
        .then_some(Content::Gantt(groups))
}

/// The first run of the day; workflows that run less often may have none.
fn bar(entry: &Entry, schedules: &[Schedule], day: Timestamp) -> Option<Bar> {
    let just_before = day - TimeDelta::seconds(1);
    let fires = schedules
        .iter()
        .filter_map(|schedule| schedule.fires(just_before).next());
    let start = fires
        .min()
        .filter(|start| *start < day + TimeDelta::days(1))?;
    Some(Bar {
        name: entry.workflow.clone(),
        start,
        length: entry.duration?.p50,
    })
}
