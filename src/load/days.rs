//! Like days: which past days stand for a coming one, and how much each counts.

use chrono::{Datelike as _, NaiveTime, TimeDelta, Weekday};

use crate::domain::Timestamp;

/// How many days back a like day may lie. With 70 the error of an hour is the same, and that of a
/// day's peak is larger by a hundredth.
pub const DAYS_BACK: i64 = 35;

/// A like day counts half when it lies so many days further back: 7 to 14 differ by a hundredth in every figure.
const HALF_LIFE_DAYS: f64 = 10.0;

/// A past day that stands for a coming one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Like {
    /// How many days before the coming one it was.
    pub(super) back: i64,
    /// How much it counts.
    pub(super) weight: f64,
}

/// The past days that stand for a coming day: those of its kind that were over at `now` and lie wholly after `since`.
///
/// A day without a like day is stood for by every day that is known; without any there is one of no use, whose past is
/// empty, so that what crons start is told all the same.
pub(super) fn like(day: Timestamp, now: Timestamp, since: Timestamp) -> Vec<Like> {
    let known = |back: &i64| {
        let begins = day - TimeDelta::days(*back);
        begins >= since && begins + TimeDelta::days(1) <= now
    };
    let ahead = (day - midnight(now)).num_days();
    let all: Vec<i64> = (1..=DAYS_BACK + ahead).filter(known).collect();
    let alike = |back: &i64| is_weekend(day - TimeDelta::days(*back)) == is_weekend(day);
    let mut backs: Vec<i64> = all.iter().copied().filter(alike).collect();
    if backs.is_empty() {
        backs = all;
    }
    if backs.is_empty() {
        backs = vec![DAYS_BACK + ahead];
    }
    #[allow(clippy::cast_precision_loss)] // Tens of days.
    let like = |back: i64| Like {
        back,
        weight: 0.5_f64.powf(back as f64 / HALF_LIFE_DAYS),
    };
    backs.into_iter().map(like).collect()
}

/// The beginning of an instant's day, in UTC.
pub(super) fn midnight(at: Timestamp) -> Timestamp {
    at.date_naive().and_time(NaiveTime::MIN).and_utc()
}

fn is_weekend(day: Timestamp) -> bool {
    [Weekday::Sat, Weekday::Sun].contains(&day.weekday())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("an instant")
    }

    fn backs(day: &str, now: &str, since: &str) -> Vec<i64> {
        let like = like(at(day), at(now), at(since));
        assert!(like.iter().all(|one| one.weight > 0.0));
        like.into_iter().map(|one| one.back).collect()
    }

    #[test]
    fn a_monday_is_like_workdays_that_are_over_and_a_sunday_like_weekends() {
        let since = "2026-09-05T12:00:00Z";
        // 2026-09-14 is a Monday; of Saturday the 5th only a half is known.
        let monday = backs("2026-09-14T00:00:00Z", "2026-09-14T06:00:00Z", since);
        assert_eq!(monday, [3, 4, 5, 6, 7]);
        let sunday = backs("2026-09-20T00:00:00Z", "2026-09-14T06:00:00Z", since);
        assert_eq!(sunday, [7, 8, 14]);
    }

    #[test]
    fn a_day_of_a_kind_that_nobody_has_seen_is_like_every_day_that_is_known() {
        let saturday = backs(
            "2026-09-19T00:00:00Z",
            "2026-09-17T06:00:00Z",
            "2026-09-14T00:00:00Z",
        );
        assert_eq!(saturday, [3, 4, 5]);
    }

    #[test]
    fn a_like_day_lies_five_weeks_back_at_most() {
        let day = "2026-09-14T00:00:00Z";
        let all = backs(day, day, "2020-01-01T00:00:00Z");
        assert_eq!((all.len(), all.last()), (25, Some(&35)));
    }
}
