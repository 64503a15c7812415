//! The times to which a cron can move without losing its shape.
//!
//! A shift moves every fire by the same number of minutes. It is legal when minutes and hours still are one list
//! each, and when no fire of a cron with restricted days crosses midnight. So the number of fires a day, the
//! distances between them and the days stay what they are.

use super::week::{DAY, SLOT_MINUTES};
use crate::domain::Cron;

/// What of a cron decides which shifts are legal.
#[derive(Clone, Copy, Debug)]
pub(super) struct Shape {
    minutes: (i32, i32),
    hours: (i32, i32),
    all_hours: bool,
    days_restricted: bool,
}

impl Shape {
    /// Reads the shape of a cron.
    pub(super) fn of(cron: &Cron) -> Self {
        let span = |numbers: &[u8]| {
            let ends = numbers.first().zip(numbers.last());
            ends.map_or((0, 0), |(first, last)| {
                (i32::from(*first), i32::from(*last))
            })
        };
        let hours = cron.hours();
        Self {
            minutes: span(&cron.minutes()),
            hours: span(&hours),
            all_hours: hours.len() == 24,
            days_restricted: cron.days_restricted(),
        }
    }

    /// The legal shifts other than none whose first minute lies on the grid of this phase, nearest first.
    ///
    /// With `later_first` all later times come before all earlier ones: who waits for another should wait longer
    /// today, not until the evening.
    pub(super) fn shifts(self, phase: u32, later_first: bool) -> impl Iterator<Item = i32> {
        // Half a day either way reaches every time of an every-day cron; the others cannot pass midnight.
        let farthest = if self.days_restricted { DAY } else { DAY / 2 }.cast_signed();
        let nearest = move |step: i32| match (later_first, step <= farthest) {
            (false, _) if step % 2 == 0 => -step / 2,
            (false, _) => (step + 1) / 2,
            (true, true) => step,
            (true, false) => farthest - step,
        };
        let on_grid = move |by: &i32| {
            (self.minutes.0 + by).rem_euclid(SLOT_MINUTES.cast_signed()) == phase.cast_signed()
        };
        (1..=2 * farthest)
            .map(nearest)
            .filter(on_grid)
            .filter(move |by| self.carry(*by).is_some())
    }

    /// How many hours and minutes a legal shift adds to each number of the lists.
    fn carry(self, by: i32) -> Option<(i32, i32)> {
        let (hours, minutes) = (by.div_euclid(60), by.rem_euclid(60));
        let hours = match (self.minutes.0 + minutes, self.minutes.1 + minutes) {
            (_, last) if last < 60 => hours,
            (first, _) if first >= 60 => hours + 1,
            _ => return None,
        };
        let stays_in_day = self.hours.0 + hours >= 0 && self.hours.1 + hours <= 23;
        let legal = if self.all_hours {
            hours == 0
        } else {
            !self.days_restricted || stays_in_day
        };
        legal.then_some((hours, minutes))
    }
}

/// The nearest legal shift that turns one cron into another; nothing when there is none.
pub(super) fn between(from: &Cron, to: &Cron) -> Option<i32> {
    let first = |cron: &Cron| cron.minutes().first().copied().map(i32::from);
    let minutes = first(to)? - first(from)?;
    let hours = (0..=24).flat_map(|hours| [hours, -hours]);
    let shifts = hours.map(|hours| minutes + 60 * hours);
    // Minutes before an hour are nearer than those after the next one, which the order of hours does not tell.
    shifts
        .filter(|by| shifted(from, *by).is_some_and(|cron| cron == *to))
        .min_by_key(|by| (by.abs(), *by))
}

/// The cron moved by a legal shift; an illegal one gives nothing.
pub(super) fn shifted(cron: &Cron, by: i32) -> Option<Cron> {
    if by == 0 {
        return Some(cron.clone());
    }
    let (hours, minutes) = Shape::of(cron).carry(by)?;
    let add = |numbers: Vec<u8>, add: i32, modulus: i32| {
        let mut sum: Vec<u8> = numbers
            .into_iter()
            .filter_map(|number| u8::try_from((i32::from(number) + add).rem_euclid(modulus)).ok())
            .collect();
        sum.sort_unstable();
        sum
    };
    cron.at(
        &add(cron.minutes(), minutes, 60),
        &add(cron.hours(), hours, 24),
    )
    .ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_shift_between_two_crons_is_the_one_that_was_made() {
        for text in [
            "0 0 * * *",
            "30 3 * * 1-5",
            "*/20 * * * *",
            "15 3,15 * * *",
            "45 23 * * 0",
        ] {
            let cron: Cron = text.parse().unwrap();
            for by in Shape::of(&cron).shifts(2, false) {
                let moved = shifted(&cron, by).unwrap();
                let found = between(&cron, &moved).unwrap();
                assert_eq!(shifted(&cron, found), Some(moved), "{text} by {by}");
                assert!(found.abs() <= by.abs(), "{text} by {by}, found {found}");
            }
        }
    }

    #[test]
    fn crons_of_different_days_have_no_shift_between_them() {
        let [one, other] = ["0 3 * * 1", "0 4 * * 2"].map(|cron| cron.parse().unwrap());

        assert_eq!(between(&one, &other), None);
    }
}
