//! One history for each kind, and how each ends.

use chrono::TimeDelta;

use super::super::{Amount, Ended, History, Kind, find};
use super::{around, found, night, nights, run, told, waited};
use crate::domain::{Conclusion, Run, Seconds, Timestamp};

#[test]
fn a_workflow_that_becomes_slower_is_told_from_the_first_slow_run_on() {
    let anomalies = found(&nights(&[(720, 40), (1_260, 4)]));
    assert_eq!(told(&anomalies), [(Kind::Slower, 41)]);
    let one = &anomalies[0];
    assert!(one.holds());
    assert_eq!((one.since, one.after), (night(40), night(39)));
    assert_eq!(
        one.sentence(),
        "runs by schedule take 22m instead of 12m since 2026-02-10 02:00 UTC, from run 41 on"
    );
}

#[test]
fn a_workflow_that_becomes_faster_is_told_as_such() {
    assert_eq!(
        told(&found(&nights(&[(720, 40), (400, 4)]))),
        [(Kind::Faster, 41)]
    );
}

#[test]
fn a_slow_spell_ends_when_the_old_level_is_back_and_a_new_level_becomes_usual() {
    let end = |runs: &[Run]| found(runs)[0].end;
    let returned = end(&nights(&[(720, 40), (1_260, 8), (720, 8)])).expect("an end");
    assert_eq!(
        (returned.how, returned.at.date_naive()),
        (Ended::Returned, night(50).date_naive())
    );
    let adapted = end(&nights(&[(720, 40), (1_260, 20)])).expect("an end");
    assert_eq!(
        (adapted.how, adapted.at.date_naive()),
        (Ended::Adapted, night(59).date_naive())
    );
    assert_eq!(end(&nights(&[(720, 40), (1_260, 19)])), None);
}

#[test]
fn a_new_level_that_became_usual_is_what_the_next_change_is_measured_against() {
    let anomalies = found(&nights(&[(720, 40), (1_260, 30), (720, 5)]));
    assert_eq!(told(&anomalies), [(Kind::Slower, 41), (Kind::Faster, 71)]);
    assert!(anomalies[1].from > Amount::Time(Seconds::minutes(20)));
}

#[test]
fn one_outlier_is_no_anomaly_however_large() {
    assert_eq!(
        told(&found(&nights(&[(720, 40), (70_000, 1), (720, 20)]))),
        []
    );
}

#[test]
fn a_change_of_a_few_seconds_concerns_nobody() {
    assert_eq!(told(&found(&nights(&[(10, 40), (16, 10)]))), []);
}

#[test]
fn durations_that_scatter_more_are_more_variable_and_not_slower() {
    let mut runs = nights(&[(1_000, 50)]);
    let swings = [700, 1_500, 650, 1_450, 800, 1_600, 620, 1_380, 690, 1_550];
    runs.extend(
        (50..)
            .zip(swings)
            .map(|(number, seconds)| run(number, seconds)),
    );
    assert_eq!(told(&found(&runs)), [(Kind::MoreVariable, 51)]);
}

#[test]
fn first_attempts_that_fail_more_often_drop_success() {
    let mut runs = nights(&[(720, 60)]);
    for failed in [50, 51, 53, 54] {
        runs[failed].conclusion = Some(Conclusion::Failure);
    }
    let anomalies = found(&runs[..55]);
    assert_eq!(told(&anomalies), [(Kind::SuccessDropping, 51)]);
    assert_eq!(
        anomalies[0].change(),
        "25% of runs by schedule succeed at their first attempt instead of 100%"
    );
}

#[test]
fn runs_that_turn_green_when_run_again_are_flaky() {
    let mut runs = nights(&[(720, 60)]);
    for red in [50, 51, 53, 55] {
        let again = Run {
            attempt: 2,
            updated_at: runs[red].updated_at + TimeDelta::minutes(20),
            ..runs[red].clone()
        };
        runs[red].conclusion = Some(Conclusion::Failure);
        runs.push(again);
    }
    let is_flaky = |runs: &[Run]| found(runs).iter().any(|one| one.kind == Kind::Flaky);
    assert!(is_flaky(&runs));

    // Whoever runs a success again, or what was cancelled, had no flaky run.
    for first in runs.iter_mut().filter(|run| run.attempt == 1) {
        first.conclusion = Some(Conclusion::Cancelled);
    }
    assert!(!is_flaky(&runs));
}

#[test]
fn waits_that_grow_are_told_and_seconds_are_not() {
    let waits = |later| -> Vec<_> {
        (0..45)
            .map(|number| {
                waited(
                    number,
                    if number < 40 {
                        5 + u64::from(number % 7)
                    } else {
                        later
                    },
                )
            })
            .collect()
    };
    let told = |later| {
        let waits = waits(later);
        let found = find(&History {
            runs: &[],
            spans: &[],
            waits: &waits,
        });
        found.iter().map(super::Anomaly::change).collect::<Vec<_>>()
    };
    assert_eq!(told(540), ["runs wait 9m for a runner instead of 8s"]);
    assert_eq!(told(40), [""; 0]);
}

#[test]
fn a_day_that_takes_many_times_as_much_is_a_runaway_cost() {
    let mut runs: Vec<Run> = (0..46)
        .map(|number| run(number, around(3_600, number)))
        .collect();
    let mut id = 1_000;
    for day in 40..45 {
        for hour in 1..8 {
            let start = night(day) + TimeDelta::hours(hour);
            id += 1;
            runs.push(Run {
                id: crate::domain::RunId(id),
                event: "push".to_owned(),
                created_at: start,
                started_at: start,
                updated_at: start + TimeDelta::minutes(50),
                ..runs[0].clone()
            });
        }
    }
    let anomalies = found(&runs);
    assert_eq!(told(&anomalies), [(Kind::CostRunaway, 0)]);
    assert_eq!(anomalies[0].since.date_naive(), night(40).date_naive());
    assert_eq!(anomalies[0].run, None);
}

#[test]
fn what_a_day_costs_does_not_depend_on_whose_jobs_are_known() {
    let spans = nights(&[(3_600, 40)]);
    let mut runs = spans.clone();
    for unknown in &mut runs[..30] {
        unknown.started_at = unknown.updated_at;
    }
    let found = find(&History {
        runs: &runs,
        spans: &spans,
        waits: &[],
    });
    assert_eq!(told(&found), []);
}

#[test]
fn nothing_is_told_before_there_are_twenty_runs_to_compare_with() {
    assert_eq!(told(&found(&nights(&[(720, 19), (2_400, 1)]))), []);
    assert_eq!(told(&found(&[])), []);
}

#[test]
fn an_event_is_compared_with_itself() {
    let mut runs = nights(&[(3_600, 40)]);
    for (number, one) in runs
        .iter_mut()
        .enumerate()
        .filter(|(number, _)| number % 2 == 1)
    {
        one.event = "push".to_owned();
        one.updated_at =
            one.started_at + TimeDelta::seconds(around(300, u32::try_from(number).unwrap()));
    }
    assert_eq!(told(&found(&runs)), []);
}

fn heard(runs: &[Run], now: Timestamp) -> Vec<(Kind, Option<Ended>)> {
    let ends: Vec<Timestamp> = runs.iter().map(|run| run.updated_at).collect();
    let told = found(runs)
        .into_iter()
        .map(|one| one.heard_until(&ends, now));
    told.map(|one| (one.kind, one.end.map(|end| end.how)))
        .collect()
}

#[test]
fn what_a_workflow_became_that_runs_no_more_is_over_after_the_longest_wait_of_a_monthly_one() {
    let runs = nights(&[(600, 40), (1_200, 6)]);
    let after = |days| runs.last().unwrap().updated_at + TimeDelta::days(days);
    assert_eq!(heard(&runs, after(34)), [(Kind::Slower, None)]);
    assert_eq!(
        heard(&runs, after(35)),
        [(Kind::Slower, Some(Ended::Silent))]
    );

    let back = nights(&[(600, 40), (1_200, 6), (600, 20)]);
    assert_eq!(
        heard(&back, night(500)),
        [(Kind::Slower, Some(Ended::Returned))]
    );
}

#[test]
fn runs_that_come_after_a_silence_do_not_bring_back_what_was_told_to_be_over() {
    let mut runs = nights(&[(600, 40), (1_200, 10)]);
    for run in &mut runs[46..] {
        let later = TimeDelta::days(60);
        run.created_at += later;
        run.started_at += later;
        run.updated_at += later;
    }
    let now = runs.last().unwrap().updated_at;
    assert_eq!(heard(&runs, now), [(Kind::Slower, Some(Ended::Silent))]);
}
