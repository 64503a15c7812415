//! What simpler planners get wrong: hours in place of intervals, hours in use in place of all, lost shapes.

use super::support::*;
use crate::domain::Seconds;
use crate::plan::{Action, JobDemand, MIN_GAIN, Pool, Reason};

#[test]
fn five_workflows_that_want_three_at_night_are_not_planned_onto_each_other() {
    let items: Vec<_> = (0..5)
        .map(|n| {
            let mut item = item(&format!("w{n}"), &["0 3 * * *"], 1_800);
            item.intent.windows = vec![window(&[], "03:00", "06:00")];
            item
        })
        .collect();

    let timetable = planned(&items, &[pool(1)]);

    assert!(timetable.before.overlap_seconds.0 > 0);
    assert_eq!(timetable.after.overlap_seconds.0, 0);
    assert_eq!(timetable.after.peaks[0].peak_jobs, 1);
}

#[test]
fn the_quietest_time_is_found_though_nobody_uses_it_yet() {
    // Every hour but 13h is busy with something that cannot move.
    let mut items: Vec<_> = (0..24)
        .filter(|hour| *hour != 13)
        .map(|hour| {
            let mut item = item(
                &format!("busy{hour:02}"),
                &[&format!("0 {hour} * * *")],
                3_600,
            );
            item.movable = false;
            item
        })
        .collect();
    items.push(item("guest", &["0 2 * * *"], 3_000));

    let timetable = planned(&items, &[pool(1)]);

    let to = &line(&timetable, "guest").proposed[0].cron;
    assert_eq!(to.hours(), [13], "{to}");
    assert_eq!(timetable.after.overlap_seconds.0, 0);
}

#[test]
fn a_three_hour_overlap_is_found_across_start_hours() {
    let items = [
        item("long", &["0 1 * * *"], 6 * 3_600),
        item("short", &["0 4 * * *"], 3 * 3_600),
    ];

    let timetable = planned(&items, &[pool(1)]);

    let conflict = &line(&timetable, "long").conflicts[0];
    assert_eq!(
        (&conflict.with, conflict.overlap_seconds.0),
        (&id("short"), 7 * 3 * 3_600)
    );
    assert_eq!(timetable.after.overlap_seconds.0, 0);
    let moved = timetable
        .lines
        .values()
        .filter(|line| !line.moves.is_empty())
        .count();
    assert_eq!(moved, 1, "one move is enough");
}

#[test]
fn a_three_hour_overlap_is_found_where_no_pool_is_declared() {
    let items = [
        item("long", &["0 1 * * *"], 6 * 3_600),
        item("short", &["0 4 * * *"], 3 * 3_600),
    ];

    let timetable = planned(&items, &[]);

    assert_eq!(
        line(&timetable, "short").conflicts[0].overlap_seconds.0,
        7 * 3 * 3_600
    );
    assert_eq!(timetable.before.overlap_seconds.0, 7 * 3 * 3_600 / 4);
    assert!(timetable.after.overlap_seconds < MIN_GAIN);
}

#[test]
fn two_short_jobs_in_one_hour_do_not_conflict() {
    let items = [
        item("a", &["0 3 * * *"], 10),
        item("b", &["57 3 * * *"], 10),
    ];

    let timetable = planned(&items, &[pool(1)]);

    for line in timetable.lines.values() {
        assert_eq!(
            (line.action, &line.reasons[..]),
            (Action::None, &[Reason::NoConflict][..])
        );
        assert!(line.conflicts.is_empty());
    }
}

#[test]
fn a_half_hourly_cron_stays_half_hourly() {
    let items = [
        item("a", &["*/30 * * * *"], 600),
        item("b", &["*/30 * * * *"], 600),
    ];

    let timetable = planned(&items, &[pool(1)]);

    assert_eq!(timetable.after.overlap_seconds.0, 0);
    for line in timetable.lines.values() {
        let cron = &line.proposed[0].cron;
        let minutes = cron.minutes();
        assert_eq!((minutes.len(), cron.hours().len()), (2, 24), "{cron}");
        assert_eq!(minutes[1] - minutes[0], 30, "{cron}");
    }
}

#[test]
fn a_weekly_cron_keeps_its_day() {
    let items = [
        item("a", &["0 23 * * MON"], 3_600),
        item("b", &["0 23 * * MON"], 3_600),
    ];

    let timetable = planned(&items, &[pool(1)]);

    assert_eq!(timetable.after.overlap_seconds.0, 0);
    for line in timetable.lines.values() {
        assert!(
            line.proposed[0].cron.as_str().ends_with(" * * MON"),
            "{}",
            line.proposed[0]
        );
    }
}

#[test]
fn a_list_of_hours_moves_together() {
    let items = [
        item("a", &["0 3,15 * * *"], 3_600),
        item("b", &["0 3,15 * * 1-5"], 3_600),
    ];

    let timetable = planned(&items, &[pool(1)]);

    assert_eq!(timetable.after.overlap_seconds.0, 0);
    for line in timetable.lines.values() {
        let hours = line.proposed[0].cron.hours();
        assert_eq!((hours.len(), hours[1] - hours[0]), (2, 12));
    }
}

#[test]
fn only_the_schedule_that_conflicts_moves() {
    let items = [item("two", &["0 3 * * *", "0 15 * * *"], 3_600), {
        let mut fixed = item("fixed", &["0 3 * * *"], 3_600);
        fixed.movable = false;
        fixed
    }];

    let timetable = planned(&items, &[pool(1)]);

    let moves = &line(&timetable, "two").moves;
    assert_eq!((moves.len(), moves[0].index), (1, 0));
}

#[test]
fn other_pools_do_not_conflict() {
    let mut other = item("other", &["0 3 * * *"], 3_600);
    other.jobs[0].labels = vec!["small".to_owned()];
    let items = [item("a", &["0 3 * * *"], 3_600), other];

    let timetable = planned(&items, &[pool(1)]);

    assert!(
        timetable
            .lines
            .values()
            .all(|line| line.action == Action::None)
    );
}

#[test]
fn late_starts_move_the_overlap_to_where_it_really_is() {
    // Three hours late, so it meets the one that starts three hours after it, and not its neighbour.
    let mut late = item("late", &["0 1 * * *"], 3_600);
    let forecast = late.forecast.as_mut().unwrap();
    forecast.lateness.p50.0 = 3 * 3_600;
    forecast.lateness.p90.0 = 3 * 3_600;
    let items = [
        late,
        item("neighbour", &["0 1 * * *"], 3_600),
        item("four", &["0 4 * * *"], 3_600),
    ];

    let timetable = planned(&items, &[pool(1)]);

    assert_eq!(line(&timetable, "late").conflicts[0].with, id("four"));
    assert!(line(&timetable, "neighbour").conflicts.is_empty());
}

#[test]
fn a_gain_too_small_for_a_pull_request_is_left() {
    // They share 280 seconds of a slot, once a week.
    let items = [
        item("a", &["0 3 * * 1"], 290),
        item("b", &["0 3 * * 1"], 290),
    ];

    let timetable = planned(&items, &[pool(1)]);

    assert_eq!(timetable.before.overlap_seconds.0, 280);
    for line in timetable.lines.values() {
        let reason = Reason::GainTooSmall {
            saved: Seconds(280),
        };
        assert_eq!(
            (line.action, &line.reasons[..]),
            (Action::None, &[reason][..])
        );
    }
}

#[test]
fn a_cron_with_restricted_days_does_not_cross_midnight() {
    // Right after midnight would be nearest.
    let mut fixed = item("fixed", &["30 22 * * MON"], 6_900);
    fixed.movable = false;
    let items = [fixed, item("guest", &["30 23 * * MON"], 3_600)];

    let timetable = planned(&items, &[pool(1)]);

    let cron = &line(&timetable, "guest").proposed[0].cron;
    assert!((19..=21).contains(&cron.hours()[0]), "{cron}");
}

#[test]
fn a_move_that_would_raise_another_pools_peak_is_not_made() {
    // It conflicts on one pool, and anywhere else it would be one job too many for today's peak of the other.
    let small = |count| JobDemand {
        labels: vec!["small".to_owned()],
        count,
    };
    let mut both = item("both", &["0 3 * * *"], 3_600);
    both.jobs.push(small(5));
    let mut rival = item("rival", &["0 3 * * *"], 3_600);
    rival.movable = false;
    let mut others = item("others", &["0 4 * * *"], 23 * 3_600);
    others.jobs = vec![small(1)];
    others.movable = false;
    let roomy = Pool {
        labels: vec!["small".to_owned()],
        capacity: 100,
    };

    let timetable = planned(&[both, rival, others], &[pool(1), roomy]);

    assert_eq!(line(&timetable, "both").action, Action::None);
}
