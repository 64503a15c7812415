//! Why what a plan says is steady: a line whose figures hardly moved is told as it was told before.
//!
//! Overlaps are sums over a whole fleet, so that one new forecast moves thousands of them a little. Nobody decides otherwise
//! for that, and every line that changes is a status that is written. Invariant: what a line proposes, and why, is never kept
//! from the past; only figures are, and those are at most [`TOLD_WITHIN`] off.

use super::{
    reason::Reason,
    timetable::{Conflict, Line, Timetable},
};
use crate::domain::{Percent, Seconds};

/// By what share of the larger one two figures may differ and still be told as the earlier of them.
///
/// A choice: when a first forecast came in a simulated fleet of 10,000, what others save moved by less than 3 % for nine in
/// ten of the lines that it moved at all, and by more than a tenth for one in seventy.
pub const TOLD_WITHIN: Percent = Percent(10);

impl Timetable {
    /// The same plan, with every line as it was told before that differs from it in figures alone, and in those by no more
    /// than [`TOLD_WITHIN`].
    #[must_use]
    pub fn told_like(mut self, before: &Self) -> Self {
        for (id, line) in &mut self.lines {
            if let Some(former) = before.lines.get(id)
                && says_the_same(former, line)
            {
                line.clone_from(former);
            }
        }
        self
    }
}

fn says_the_same(former: &Line, line: &Line) -> bool {
    let near = |(a, b): (&Seconds, &Seconds)| is_near(*a, *b);
    let (former_rest, former_figures) = apart(former);
    let (rest, figures) = apart(line);
    rest == former_rest
        && figures.len() == former_figures.len()
        && figures.iter().zip(&former_figures).all(near)
}

fn is_near(a: Seconds, b: Seconds) -> bool {
    let (apart, larger) = (a.0.abs_diff(b.0), a.0.max(b.0));
    u128::from(apart) * 100 <= u128::from(larger) * u128::from(TOLD_WITHIN.0)
}

/// A line without its figures, and those in an order of their own: by how much two conflicts differ decides which of them is
/// named first, which is no more news than the figures are.
fn apart(line: &Line) -> (Line, Vec<Seconds>) {
    let mut rest = line.clone();
    let mut figures = vec![std::mem::take(&mut rest.improvement)];
    for reason in &mut rest.reasons {
        if let Reason::Conflicts {
            overlap: figure, ..
        }
        | Reason::GainTooSmall { saved: figure } = reason
        {
            figures.push(std::mem::take(figure));
        }
    }
    let key = |conflict: &Conflict| (conflict.with.clone(), conflict.pool.clone());
    rest.conflicts.sort_by_key(key);
    for conflict in &mut rest.conflicts {
        figures.push(std::mem::take(&mut conflict.overlap_seconds));
    }
    (rest, figures)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use proptest::prelude::*;

    use super::*;
    use crate::{
        domain::{Schedule, WorkflowId},
        plan::{Action, Load, Move},
    };

    fn id(name: &str) -> WorkflowId {
        WorkflowId {
            repository: "acme/app".parse().unwrap(),
            file: name.parse().unwrap(),
        }
    }

    fn schedule(cron: &str) -> Schedule {
        crate::plan::tests::support::schedule(cron, "UTC")
    }

    fn line(saved: u64, overlaps: [u64; 2]) -> Line {
        let conflict = |(name, seconds): (&str, u64)| Conflict {
            with: id(name),
            overlap_seconds: Seconds(seconds),
            pool: "ubuntu-latest".to_owned(),
            beyond_capacity: false,
        };
        let mut conflicts: Vec<_> = ["a.yml", "b.yml"]
            .into_iter()
            .zip(overlaps)
            .map(conflict)
            .collect();
        conflicts.sort_by_key(|conflict| std::cmp::Reverse(conflict.overlap_seconds));
        Line {
            current: vec![schedule("0 0 * * *")],
            proposed: vec![schedule("0 0 * * *")],
            moves: Vec::new(),
            action: Action::None,
            reasons: vec![Reason::GainTooSmall {
                saved: Seconds(saved),
            }],
            conflicts,
            violations: Vec::new(),
            confidence: Percent(80),
            impact: None,
            improvement: Seconds(0),
        }
    }

    fn table(line: Line) -> Timetable {
        Timetable {
            lines: BTreeMap::from([(id("nightly.yml"), line)]),
            before: Load::default(),
            after: Load::default(),
        }
    }

    fn told(before: &Line, after: &Line) -> Line {
        let told = table(after.clone()).told_like(&table(before.clone()));
        told.lines.into_values().next().unwrap()
    }

    #[test]
    fn figures_that_moved_by_a_tenth_are_told_as_they_were_and_others_as_they_are() {
        let before = line(1_000, [600, 590]);
        for near in [
            line(1_000, [600, 590]),
            line(1_100, [650, 540]),
            line(910, [590, 600]),
        ] {
            assert_eq!(told(&before, &near), before, "{near:?}");
        }
        for far in [
            line(1_120, [600, 590]),
            line(1_000, [600, 500]),
            line(0, [600, 590]),
        ] {
            assert_eq!(told(&before, &far), far);
        }
    }

    #[test]
    fn whatever_else_changes_is_told_at_once() {
        let before = line(1_000, [600, 590]);
        let changes: [fn(&mut Line); 5] = [
            |line| line.confidence = Percent(81),
            |line| line.action = Action::Review,
            |line| line.reasons.push(Reason::OutsideWindow),
            |line| drop(line.conflicts.pop()),
            |line| {
                let to = schedule("5 1 * * *");
                let from = std::mem::replace(&mut line.proposed, vec![to.clone()]).remove(0);
                line.moves.push(Move { index: 0, from, to });
            },
        ];
        for change in changes {
            let mut after = line(1_010, [601, 590]);
            change(&mut after);
            assert_eq!(told(&before, &after), after);
        }
    }

    proptest! {
        #[test]
        fn what_is_told_again_and_again_is_never_farther_off_than_a_tenth(saved in proptest::collection::vec(1_000_u64..1_400, 1..40)) {
            let mut last = line(1_000, [600, 590]);
            for saved in saved {
                let after = line(saved, [600, 590]);
                last = told(&last, &after);
                let [Reason::GainTooSmall { saved: said }] = last.reasons.as_slice() else {
                    panic!("{last:?}");
                };
                prop_assert!(is_near(*said, Seconds(saved)));
                prop_assert_eq!(told(&last, &after), last.clone());
            }
        }
    }
}
