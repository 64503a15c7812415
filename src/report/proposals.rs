//! What was proposed for each workflow over time, as far back as a store keeps timetables.

use std::collections::BTreeMap;

use crate::{
    domain::{Host, Located, Schedule, Timestamp},
    observe::kept,
    plan::Timetable,
    store::{Store, StoreError},
};

/// What a timetable said of a workflow, from an instant on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Proposal {
    /// Since when.
    pub(crate) since: Timestamp,
    /// What its file had.
    pub(crate) current: Vec<Schedule>,
    /// What it should have.
    pub(crate) proposed: Vec<Schedule>,
}

/// Reads what was proposed for every workflow, oldest first; what repeats is told once.
///
/// # Errors
/// See [`StoreError`].
pub(crate) async fn proposals(
    store: &Store,
) -> Result<BTreeMap<Located, Vec<Proposal>>, StoreError> {
    let mut proposals = BTreeMap::new();
    for (connection, _) in store.timetables().await? {
        for stored in store.timetables_kept(&connection).await? {
            if let Some((host, timetable)) = kept::timetable(&stored.body_json) {
                carry_on(&mut proposals, &host, timetable, stored.made_at);
            }
        }
    }
    Ok(proposals)
}

fn carry_on(
    proposals: &mut BTreeMap<Located, Vec<Proposal>>,
    host: &Host,
    timetable: Timetable,
    since: Timestamp,
) {
    for (id, line) in timetable.lines {
        let host = host.clone();
        let before = proposals.entry(Located { host, id }).or_default();
        let repeats = before
            .last()
            .is_some_and(|last| (&last.current, &last.proposed) == (&line.current, &line.proposed));
        if !repeats {
            before.push(Proposal {
                since,
                current: line.current,
                proposed: line.proposed,
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{domain::Percent, report::sample};

    #[tokio::test]
    async fn what_repeats_is_told_once_and_what_changes_is_told_with_its_date() {
        let store = Store::open("sqlite::memory:").await.expect("a store");
        let mut timetable = sample::crowd(Percent(90)).planned.remove(0).timetable;
        let moves =
            |(_, line): &(&crate::domain::WorkflowId, &crate::plan::Line)| !line.moves.is_empty();
        let (id, _) = timetable.lines.iter().find(moves).expect("one moves");
        let (id, number) = (id.clone(), timetable.lines.len());
        let day = |day| sample::now() + chrono::TimeDelta::days(day);
        for at in 0..4 {
            let line = timetable.lines.get_mut(&id).expect("a line of the sample");
            // Something else changes every day, this workflow's line on the third.
            timetable.after.overlap_seconds.0 += 1;
            if at == 2 {
                line.current.clone_from(&line.proposed);
            }
            sample::put(&store, "ci/acme", &timetable, day(at)).await;
        }

        let proposals = proposals(&store).await.expect("proposals");

        let since: Vec<_> = proposals[&Located::from(id)]
            .iter()
            .map(|one| one.since)
            .collect();
        assert_eq!(since, [day(0), day(2)]);
        let changes: usize = proposals.values().map(Vec::len).sum();
        assert_eq!(changes, number + 1);
    }
}
