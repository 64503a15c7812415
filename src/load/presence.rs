//! Jobs at once, minute by minute.

use crate::domain::Timestamp;

/// Minutes of a day.
pub(super) const DAY: usize = 1_440;
const HOUR: usize = 60;

/// How many jobs are there at each full minute of a span.
#[derive(Clone, Debug)]
pub(super) struct Presence {
    /// The first minute, counted since 1970.
    from: i64,
    /// By how much the number changes at each minute, and at the end of the last.
    changes: Vec<i32>,
}

impl Presence {
    /// A span without jobs.
    pub(super) fn new(from: Timestamp, minutes: usize) -> Self {
        Self {
            from: from.timestamp().div_euclid(60),
            changes: vec![0; minutes + 1],
        }
    }

    /// Adds jobs that are there from one second to another, which is no longer theirs.
    pub(super) fn add(&mut self, start: i64, end: i64, jobs: i32) {
        let last = self.changes.len() - 1;
        let minute = |second: i64| {
            let minute = second.div_euclid(60) + i64::from(second.rem_euclid(60) > 0);
            usize::try_from(minute - self.from).map_or(0, |minute| minute.min(last))
        };
        let (start, end) = (minute(start), minute(end));
        if start < end {
            self.changes[start] += jobs;
            self.changes[end] -= jobs;
        }
    }

    /// The number at each minute.
    pub(super) fn levels(&self) -> Vec<i32> {
        let minutes = &self.changes[..self.changes.len() - 1];
        let mut level = 0;
        let at = |change: &i32| {
            level += change;
            level
        };
        minutes.iter().map(at).collect()
    }
}

/// An hour as it was, or as it would be.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Lived {
    /// The most jobs at once.
    pub(super) most: u32,
    /// The minutes of all its jobs together.
    pub(super) job_minutes: u32,
}

/// The hours of levels that add up.
pub(super) fn hours(levels: &[i32], more: &[i32]) -> Vec<Lived> {
    let pairs: Vec<(i32, i32)> = levels.iter().copied().zip(more.iter().copied()).collect();
    let hour = |minutes: &[(i32, i32)]| {
        let jobs = minutes
            .iter()
            .map(|(one, other)| u32::try_from(one + other).unwrap_or(0));
        Lived {
            most: jobs.clone().max().unwrap_or(0),
            job_minutes: jobs.sum(),
        }
    };
    pairs.chunks(HOUR).map(hour).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_there_from_their_start_until_their_end_and_outside_of_the_span_nowhere() {
        let from: Timestamp = "2026-09-14T00:00:00Z".parse().expect("an instant");
        let at = |minutes: i64| from.timestamp() + minutes * 60;
        let mut presence = Presence::new(from, 120);
        presence.add(at(-5), at(10), 2);
        presence.add(at(9), at(70), 1);
        presence.add(at(119), at(500), 4);
        presence.add(at(-9), at(-3), 8);
        presence.add(at(30) + 1, at(30) + 59, 16);
        let hours = hours(&presence.levels(), &vec![0; 120]);
        assert_eq!(
            hours.iter().map(|hour| hour.most).collect::<Vec<_>>(),
            [3, 4]
        );
        assert_eq!(hours[0].job_minutes, 2 * 10 + 51);
        assert_eq!(hours[1].job_minutes, 10 + 4);
    }
}
