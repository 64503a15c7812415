//! Large fleets: a plan of all of them in one go.

use super::support::*;
use crate::plan::plan;

#[test]
fn a_large_fleet_is_planned_as_well_as_a_small_one() {
    let items: Vec<_> = (0..400)
        .map(|n| {
            let mut item = item(
                &format!("w{n:05}"),
                &[["0 0 * * *", "0 3 * * 1-5", "*/30 * * * *"][n % 3]],
                600 + 60 * (n as u64 % 20),
            );
            item.forecast.as_mut().unwrap().lateness.p90.0 = 3_600;
            item
        })
        .collect();

    let timetable = plan(&items, &[pool(200)], now());

    assert!(
        timetable.after.overlap_seconds.0 * 20 < timetable.before.overlap_seconds.0,
        "{:?}",
        (
            timetable.before.overlap_seconds,
            timetable.after.overlap_seconds
        )
    );
}
