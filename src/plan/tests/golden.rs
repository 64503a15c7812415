//! A plan as its readers see it.

use super::support::*;
use crate::plan::{Action, report};

#[test]
fn a_report_reads_well() {
    let mut night = item("payments", &["0 0 * * *"], 3_600);
    night.intent.windows = vec![window(&[], "22:00", "06:00")];
    let mut late = item("ledger", &["0 12 * * 1-5"], 5_400);
    late.forecast.as_mut().unwrap().confidence.0 = 61;
    late.intent.windows = vec![window(&[], "02:00", "04:00")];
    let mut stuck = item("archive", &["0 5 * * *"], 8 * 3_600);
    stuck.intent.windows = vec![window(&[], "00:00", "06:00")];
    stuck.intent.finish_by = Some(time("06:30"));
    stuck.jobs.clear();
    let mut fixed = item("legacy", &["0 0 * * *"], 3_000);
    fixed.movable = false;

    let timetable = planned(&[night, late, stuck, fixed], &[pool(1)]);

    insta::assert_snapshot!(report(&timetable), @r"
    4 workflows, 2 to move

    Apply
      acme/payments/nightly.yml: 0 0 * * * -> 51 0 * * * (confidence 90%, impact High)
        it overlaps with acme/legacy/nightly.yml by 5h50m of job time beyond capacity a week
        saves 5h50m a week

    Review
      acme/ledger/nightly.yml: 0 12 * * 1-5 -> 56 3 * * 1-5 (confidence 61%, impact High)
        it fires outside its windows

    Stay
      acme/archive/nightly.yml: 0 5 * * * (confidence 90%, impact High)
        no other time breaks less of its intent
        cannot: it needs 8h and cannot end by 06:30
      acme/legacy/nightly.yml: 0 0 * * * (confidence 90%, impact High)
        it may not be moved

    load of a week          before     after
      overlap                 5h50m        0s
      peak big of 1               2         1
      starts 00h UTC             14        14
      starts 03h UTC              0         5
      starts 05h UTC              7         7
      starts 12h UTC              5         0
    ");
}

#[test]
fn forty_nightlies_at_midnight_fit_a_pool_of_ten() {
    let items: Vec<_> = (0..40)
        .map(|n| item(&format!("w{n:02}"), &["0 0 * * *"], 2_700))
        .collect();

    let timetable = planned(&items, &[pool(10)]);

    assert_eq!(timetable.before.peaks[0].peak_jobs, 40);
    assert_eq!(timetable.after.peaks[0].peak_jobs, 10);
    assert_eq!(timetable.after.overlap_seconds.0, 0);
    let stay = timetable
        .lines
        .values()
        .filter(|line| line.action == Action::None)
        .count();
    assert_eq!(stay, 10, "as many as the pool holds stay where they are");
}
