//! Moves go no farther than they must.

use chrono::Timelike as _;

use super::support::*;
use crate::domain::{Quantiles, Seconds};
use crate::plan::{Item, Timetable};

fn fixed(name: &str, cron: &str, duration_seconds: u64) -> Item {
    Item {
        movable: false,
        ..item(name, &[cron], duration_seconds)
    }
}

/// How many minutes after midnight the only schedule would fire.
fn minutes(timetable: &Timetable, name: &str) -> u32 {
    let fire = line(timetable, name).proposed[0].fires(now()).next();
    let fire = fire.unwrap();
    fire.hour() * 60 + fire.minute()
}

#[test]
fn a_place_that_is_nearly_as_good_is_not_passed_by() {
    // Free from 01:00 on, but for two minutes on Sundays; the evening before is taken.
    let items = [
        fixed("evening", "0 18 * * *", 6 * 3_600),
        fixed("midnight", "0 0 * * *", 3_600),
        fixed("sundays", "10 1 * * 0", 120),
        item("nightly", &["0 0 * * *"], 3_600),
    ];

    let timetable = planned(&items, &[pool(1)]);

    let minutes = minutes(&timetable, "nightly");
    assert!((60..70).contains(&minutes), "{minutes} after midnight");
}

#[test]
fn the_wait_in_a_crowd_is_left_behind_with_the_crowd() {
    let items = ["a", "b", "c", "d"].map(|name| {
        let mut item = item(name, &["0 3 * * *"], 1_800);
        item.forecast.as_mut().unwrap().queue = Quantiles {
            p50: Seconds::hours(2),
            p90: Seconds::hours(4),
        };
        item
    });

    let timetable = planned(&items, &[pool(1)]);

    assert_eq!(timetable.after.overlap_seconds, Seconds::ZERO);
    for name in ["a", "b", "c", "d"] {
        let far = minutes(&timetable, name).abs_diff(3 * 60);
        assert!(far <= 75, "{name} moved by {far} minutes");
    }
}
