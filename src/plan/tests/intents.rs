//! What owners ask for, and what they are told when it cannot be.

use super::support::*;
use crate::domain::{Percent, Seconds};
use crate::plan::{Action, After, Fault, Reason, Violation, Weekday, check, plan};

#[test]
fn a_pinned_cron_is_proposed_though_it_conflicts() {
    let mut pinned = item("pinned", &["0 1 * * *"], 3_600);
    pinned.intent.pinned = Some(vec!["17 2 * * *".parse().unwrap()]);
    pinned.forecast = None;
    let mut other = item("other", &["17 2 * * *"], 3_600);
    other.movable = false;

    let timetable = planned(&[pinned, other], &[pool(1)]);

    let line = line(&timetable, "pinned");
    assert_eq!(line.proposed[0].to_string(), "17 2 * * *");
    assert_eq!(
        (line.action, &line.reasons[..]),
        (Action::Apply, &[Reason::Pinned][..])
    );
}

#[test]
fn a_pinned_cron_that_fires_alike_keeps_the_text_of_the_file() {
    let mut pinned = item("pinned", &["00 2 * * 0"], 3_600);
    pinned.intent.pinned = Some(vec!["0 2 * * SUN".parse().unwrap()]);

    let timetable = planned(&[pinned], &[]);

    assert_eq!(line(&timetable, "pinned").reasons, [Reason::AsPinned]);
}

#[test]
fn pinning_another_number_of_crons_is_named_and_changes_nothing() {
    let mut pinned = item("pinned", &["0 1 * * *", "0 2 * * *"], 60);
    pinned.intent.pinned = Some(vec!["17 2 * * *".parse().unwrap()]);

    let timetable = planned(&[pinned], &[]);

    let line = line(&timetable, "pinned");
    assert_eq!(
        line.violations,
        [Violation::PinnedCount { pinned: 1, file: 2 }]
    );
    assert_eq!(line.action, Action::None);
}

#[test]
fn a_fire_outside_its_window_moves_into_it_by_local_time_all_year() {
    let mut item = item("a", &["0 12 * * *"], 600);
    item.intent.time_zone = zone("Europe/Berlin");
    item.intent.windows = vec![window(&[], "02:00", "04:00")];

    let timetable = planned(&[item], &[]);

    let line = line(&timetable, "a");
    let minute = {
        let cron = &line.proposed[0].cron;
        u32::from(cron.hours()[0]) * 60 + u32::from(cron.minutes()[0])
    };
    // 01:00 to 03:00 UTC in winter, 00:00 to 02:00 in summer: only the second hour holds in both.
    assert!((60..120).contains(&minute), "{}", line.proposed[0]);
    assert_eq!(
        (line.action, &line.reasons[..]),
        (Action::Apply, &[Reason::OutsideWindow][..])
    );
    assert!(line.violations.is_empty());
}

#[test]
fn a_window_that_only_half_of_the_year_can_hold_is_named() {
    let mut item = item("a", &["0 12 * * *"], 600);
    item.intent.time_zone = zone("Europe/Berlin");
    item.intent.windows = vec![window(&[], "02:00", "02:30")];

    let timetable = planned(&[item], &[]);

    let line = line(&timetable, "a");
    assert_eq!(
        (line.action, &line.violations[..]),
        (Action::None, &[Violation::Window][..])
    );
}

#[test]
fn a_window_in_the_time_zone_of_the_cron_may_lie_in_the_hour_that_spring_skips() {
    let mut item = item("a", &["0 12 * * *"], 600);
    item.schedules = vec![schedule("0 12 * * *", "Europe/Berlin")];
    item.intent.time_zone = zone("Europe/Berlin");
    item.intent.windows = vec![window(&[], "02:00", "02:30")];

    let timetable = planned(&[item], &[]);

    assert!(line(&timetable, "a").violations.is_empty());
    assert!(proposed(&timetable, "a").ends_with(" 2 * * * Europe/Berlin"));
}

#[test]
fn a_window_that_wraps_midnight_is_one_window() {
    let mut item = item("a", &["0 12 * * 2-6"], 600);
    item.intent.windows = vec![window(
        &[
            Weekday::Mon,
            Weekday::Tue,
            Weekday::Wed,
            Weekday::Thu,
            Weekday::Fri,
        ],
        "23:00",
        "01:00",
    )];

    let timetable = planned(&[item], &[]);

    let cron = &line(&timetable, "a").proposed[0].cron;
    // Saturday's fire can only lie in Friday's window, so all lie after midnight.
    assert_eq!(cron.hours(), [0], "{cron}");
}

#[test]
fn a_run_that_would_end_late_starts_earlier() {
    let mut item = item("a", &["0 5 * * *"], 3 * 3_600);
    item.intent.windows = vec![window(&[], "00:00", "06:00")];
    item.intent.finish_by = Some(time("06:30"));

    let timetable = planned(&[item], &[]);

    let line = line(&timetable, "a");
    assert_eq!(
        line.reasons,
        [Reason::MissesDeadline {
            finish_by: time("06:30")
        }]
    );
    assert_eq!(
        line.proposed[0].cron.hours(),
        [3],
        "the nearest that ends in time"
    );
    assert!(line.proposed[0].cron.minutes()[0] <= 30);
}

#[test]
fn a_deadline_that_no_start_can_meet_is_named() {
    let mut item = item("a", &["0 5 * * *"], 8 * 3_600);
    item.intent.windows = vec![window(&[], "00:00", "06:00")];
    item.intent.finish_by = Some(time("06:30"));

    let timetable = planned(&[item], &[]);

    let violation = Violation::Deadline {
        finish_by: time("06:30"),
        needs: Seconds::hours(8),
    };
    assert_eq!(line(&timetable, "a").violations, [violation]);
    assert_eq!(line(&timetable, "a").action, Action::None);
}

#[test]
fn a_workflow_waits_for_the_end_of_the_one_before() {
    let mut report = item("report", &["0 1 * * *"], 600);
    report.intent.after = vec![After {
        id: id("export"),
        slack: Seconds::minutes(10),
    }];

    let timetable = planned(&[report, item("export", &["0 2 * * *"], 3_600)], &[]);

    let cron = &line(&timetable, "report").proposed[0].cron;
    assert_eq!(cron.hours(), [3], "{cron}");
    assert!(cron.minutes()[0] >= 10, "{cron}");
    assert_eq!(
        line(&timetable, "report").reasons,
        [Reason::AfterDependency { id: id("export") }]
    );
    assert_eq!(
        line(&timetable, "export").action,
        Action::None,
        "who is waited for stays"
    );
}

#[test]
fn a_chain_keeps_its_order_when_its_head_moves() {
    let mut head = item("head", &["0 12 * * *"], 1_800);
    head.intent.windows = vec![window(&[], "03:00", "04:00")];
    let mut middle = item("middle", &["0 2 * * *"], 1_800);
    middle.intent.after = vec![After {
        id: id("head"),
        slack: Seconds::ZERO,
    }];
    let mut tail = item("tail", &["0 2 * * *"], 1_800);
    tail.intent.after = vec![After {
        id: id("middle"),
        slack: Seconds::ZERO,
    }];

    let timetable = planned(&[tail, head, middle], &[pool(1)]);

    assert!(
        timetable
            .lines
            .values()
            .all(|line| line.violations.is_empty()),
        "{timetable:#?}"
    );
}

#[test]
fn circles_and_self_references_are_named_and_do_not_hang() {
    let wait = |name: &str, on: &str| {
        let mut item = item(name, &["0 1 * * *"], 600);
        item.intent.after = vec![After {
            id: id(on),
            slack: Seconds::ZERO,
        }];
        item
    };

    let timetable = planned(
        &[
            wait("a", "b"),
            wait("b", "a"),
            wait("self", "self"),
            wait("late", "a"),
        ],
        &[],
    );

    assert_eq!(
        line(&timetable, "a").violations,
        [Violation::OrderCycle { id: id("b") }]
    );
    assert_eq!(
        line(&timetable, "self").violations,
        [Violation::OrderCycle { id: id("self") }]
    );
    assert!(
        line(&timetable, "late").violations.is_empty(),
        "who waits for a member of a circle still can"
    );
    assert_eq!(line(&timetable, "late").action, Action::Apply);
}

#[test]
fn waiting_for_nobody_known_is_named() {
    let mut item = item("a", &["0 1 * * *"], 600);
    item.intent.after = vec![After {
        id: id("ghost"),
        slack: Seconds::ZERO,
    }];

    let timetable = planned(&[item], &[]);

    assert_eq!(
        line(&timetable, "a").violations,
        [Violation::UnknownDependency { id: id("ghost") }]
    );
}

#[test]
fn another_cadence_gets_a_cron_of_its_own() {
    for (from, every, to) in [
        ("17 2 * * *", Seconds::hours(12), "17 2,14 * * *"),
        ("17 2 * * 1-5", Seconds::hours(6), "17 2,8,14,20 * * 1-5"),
        ("17 2 * * *", Seconds::minutes(30), "17,47 * * * *"),
        ("17 2 * * *", Seconds::hours(1), "17 * * * *"),
        ("17 2 * * THU", Seconds::days(1), "17 2 * * *"),
        ("17 2 * * 4-5", Seconds::days(7), "17 2 * * 4"),
        ("*/30 * * * *", Seconds::days(1), "0 0 * * *"),
    ] {
        let mut item = item("a", &[from], 60);
        item.intent.every = Some(every);

        let timetable = planned(&[item], &[]);

        let cron = &line(&timetable, "a").proposed[0].cron;
        assert!(
            cron.fires_like(&to.parse().unwrap()),
            "{from} every {every}: {cron}, not {to}"
        );
        assert_eq!(cron.cadence(), every);
        assert!(matches!(
            line(&timetable, "a").reasons[..],
            [Reason::CadenceChanged { .. }]
        ));
    }
}

#[test]
fn a_cadence_that_no_cron_has_is_named() {
    let mut item = item("a", &["17 2 * * *"], 60);
    item.intent.every = Some(Seconds::minutes(7));

    let timetable = planned(&[item], &[]);

    assert_eq!(
        line(&timetable, "a").violations,
        [Violation::CadenceImpossible {
            every: Seconds::minutes(7)
        }]
    );
    assert_eq!(line(&timetable, "a").action, Action::None);
}

#[test]
fn confidence_decides_between_apply_review_and_more_data() {
    for (confidence, action) in [
        (90, Action::Apply),
        (70, Action::Apply),
        (69, Action::Review),
        (50, Action::Review),
        (49, Action::NeedsData),
    ] {
        let mut item = item("a", &["0 12 * * *"], 600);
        item.forecast.as_mut().unwrap().confidence = Percent(confidence);
        item.intent.windows = vec![window(&[], "02:00", "04:00")];

        assert_eq!(
            line(&planned(&[item], &[]), "a").action,
            action,
            "{confidence}"
        );
    }
}

#[test]
fn a_move_without_a_forecast_needs_data() {
    let mut item = item("a", &["0 12 * * *"], 600);
    item.forecast = None;
    item.intent.windows = vec![window(&[], "02:00", "04:00")];

    let timetable = planned(&[item], &[]);

    let line = line(&timetable, "a");
    assert_eq!(line.action, Action::NeedsData);
    assert_eq!(line.reasons, [Reason::OutsideWindow, Reason::NoForecast]);
}

#[test]
fn what_may_not_move_stays_and_says_what_it_breaks() {
    let mut item = item("a", &["0 12 * * *"], 600);
    item.movable = false;
    item.intent.windows = vec![window(&[], "02:00", "04:00")];

    let timetable = planned(&[item], &[]);

    let line = line(&timetable, "a");
    assert_eq!(
        (line.action, &line.reasons[..]),
        (Action::None, &[Reason::NotMovable][..])
    );
    assert_eq!(line.violations, [Violation::Window]);
}

#[test]
fn the_check_finds_what_a_bad_plan_would_break() {
    let mut one = item("a", &["0 3 * * 1-5"], 600);
    one.intent.windows = vec![window(&[], "02:00", "04:00")];
    let items = [one, item("b", &["0 3 * * *"], 600)];
    let good = plan(&items, &[], now());
    for (cron, zone, fault) in [
        ("0 3 * * *", "UTC", Fault::Days { index: 0 }),
        ("0 3,4 * * 1-5", "UTC", Fault::Cadence { index: 0 }),
        ("*/2 3 * * 1-5", "UTC", Fault::TooOften { index: 0 }),
        ("0 5 * * 1-5", "UTC", Fault::Window),
        ("0 3 * * 1-5", "Asia/Tokyo", Fault::Zone { index: 0 }),
    ] {
        let mut bad = good.clone();
        bad.lines.get_mut(&id("a")).unwrap().proposed = vec![schedule(cron, zone)];
        let faults: Vec<Fault> = check(&items, &bad, now())
            .into_iter()
            .map(|finding| finding.fault)
            .collect();
        assert!(faults.contains(&fault), "{cron} {zone}: {faults:?}");
    }
    let mut bad = good;
    bad.lines.remove(&id("b"));
    assert_eq!(check(&items, &bad, now())[0].fault, Fault::Missing);
}
