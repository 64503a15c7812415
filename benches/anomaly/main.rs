//! How soon a change is noticed, and how often for nothing: our rules next to three sigma and to EWMA.
//!
//! `--runs FILE` takes recorded runs (`.csv` or `.csv.gz`, as `cronwright backtest` does); without, histories are made up. False
//! alarms are counted on the same histories shuffled, in which nothing changes; alarms on them as they were recorded are told
//! beside that, and are partly true. Then each history is changed from some run on, and whoever alarms within thirty runs, and
//! would not have without the change, has noticed it.
//!
//! Figures go to the standard output; nothing here passes or fails.

#![allow(clippy::print_stdout, clippy::unwrap_used, missing_docs)]
#![allow(clippy::cast_precision_loss)] // Counts far below 2^52.

mod charts;
mod history;
mod ours;

use history::{Histories, Numbers};

/// A judge of a series: at which values it alarms, and whether upwards.
type Judge = fn(&[f64]) -> Vec<(usize, bool)>;

/// How many runs are known before a change, at least and at most, and how many after it count.
const BEFORE: usize = 45;
const KNOWN: usize = 100;
const AFTER: usize = 30;
/// How often each history is changed, at another run each time.
const CHANGES: usize = 6;
/// As many runs as a look reads.
const LOOK: usize = 300;
/// Before so many runs nobody alarms.
const LEAST: usize = 20;

/// A change, and whether it is upwards.
type Change = (&'static str, bool, fn(&mut [f64], f64));

fn main() {
    let mut arguments = std::env::args();
    let file = arguments.find(|argument| argument == "--runs");
    let file = file.and_then(|_| arguments.next());
    let whole = file.is_some() || std::env::args().any(|argument| argument == "--bench");
    let histories = match &file {
        Some(path) => Histories::read(path),
        None => Histories::simulated(if whole { 120 } else { 2 }),
    };
    let judges: [(&str, Judge); 5] = [
        ("ours", ours::durations),
        ("3 sigma", charts::three_sigma),
        ("EWMA", charts::ewma),
        ("sigma, as rare", charts::rare_sigma),
        ("EWMA, as rare", charts::rare_ewma),
    ];
    let durations: [Change; 4] = [
        ("x1.3", true, |after, _| scale(after, 1.3)),
        ("x1.5", true, |after, _| scale(after, 1.5)),
        ("x2", true, |after, _| scale(after, 2.0)),
        ("x0.6", false, |after, _| scale(after, 0.6)),
    ];
    table("Durations", &histories.durations, &judges, &durations);
    let spread: [(&str, Judge); 1] = [("ours", ours::spread)];
    let spreads: [Change; 2] = [
        ("spread x3", true, |after, centre| widen(after, centre, 3.0)),
        ("spread x5", true, |after, centre| widen(after, centre, 5.0)),
    ];
    table(
        "Spread of durations",
        &histories.durations,
        &spread,
        &spreads,
    );
    let success: [(&str, Judge); 1] = [("ours", ours::success)];
    let failures: [Change; 2] = [
        ("half fail", true, |after, _| fail(after, 2)),
        ("all fail", true, |after, _| fail(after, 1)),
    ];
    table("Success", &histories.failures, &success, &failures);
    let waits: [(&str, Judge); 3] = [
        ("ours", ours::waits),
        ("3 sigma", charts::three_sigma),
        ("EWMA", charts::ewma),
    ];
    let longer: [Change; 2] = [
        ("+5 min", true, |after, _| add(after, 300.0)),
        ("+15 min", true, |after, _| add(after, 900.0)),
    ];
    table("Waits for a runner", &histories.waits, &waits, &longer);
    let flaky: [(&str, Judge); 1] = [("ours", ours::flaky)];
    let reruns: [Change; 2] = [
        ("every third", true, |after, _| fail(after, 3)),
        ("every second", true, |after, _| fail(after, 2)),
    ];
    table("Flaky runs (made up)", &histories.reruns, &flaky, &reruns);
    let costs: [(&str, Judge); 1] = [("ours", ours::costs)];
    let more: [Change; 2] = [
        ("x2", true, |after, _| scale(after, 2.0)),
        ("x3", true, |after, _| scale(after, 3.0)),
    ];
    table("Costs, in days", &histories.costs, &costs, &more);
    println!(
        "\n{LOOK} runs watched for everything: {:?}",
        ours::time(LOOK)
    );
}

fn table(name: &str, all: &[Vec<f64>], judges: &[(&str, Judge)], changes: &[Change]) {
    let runs: usize = all.iter().map(Vec::len).sum();
    println!("\n{name}: {} histories, {runs} runs", all.len());
    let mut numbers = Numbers::new(1);
    let shuffled: Vec<Vec<f64>> = all.iter().map(|one| numbers.shuffled(one)).collect();
    for (judge_name, judge) in judges {
        let (flat, recorded) = (rate(&shuffled, *judge), rate(all, *judge));
        println!(
            "{judge_name:14} alarms per 1,000 runs: {flat:.2} shuffled, {recorded:.2} as recorded"
        );
        for (change_name, upwards, change) in changes {
            let (soon, ever, delay) = noticed(all, *judge, *upwards, *change);
            println!(
                "{judge_name:14}   {change_name:10} noticed within 10 runs {soon:3.0}%, within {AFTER} {ever:3.0}%, median delay {delay} runs"
            );
        }
    }
}

/// Alarms for each thousand runs, a look's worth at a time.
fn rate(all: &[Vec<f64>], judge: Judge) -> f64 {
    let looks = || {
        all.iter()
            .flat_map(|one| one.chunks(LOOK))
            .filter(|look| look.len() > LEAST)
    };
    let alarms: usize = looks().map(|look| judge(look).len()).sum();
    let judged: usize = looks().map(|look| look.len() - LEAST).sum();
    1000.0 * alarms as f64 / judged.max(1) as f64
}

/// The share of changes that are noticed within ten runs and at all, in percent, and the median of how many runs that took.
fn noticed(
    all: &[Vec<f64>],
    judge: Judge,
    upwards: bool,
    change: fn(&mut [f64], f64),
) -> (f64, f64, usize) {
    let mut numbers = Numbers::new(7);
    let (mut tried, mut delays) = (0, Vec::new());
    let long = all.iter().filter(|one| one.len() >= BEFORE + AFTER);
    for one in long.flat_map(|one| std::iter::repeat_n(one, CHANGES)) {
        let at = BEFORE + numbers.below(one.len() - BEFORE - AFTER + 1);
        let from = at.saturating_sub(KNOWN);
        let before = &one[from..at + AFTER];
        let onset = at - from;
        let mut after = before.to_vec();
        change(
            &mut after[onset..],
            history::median(&before[onset - 40..onset]),
        );
        tried += 1;
        let alarm = |alarm: &&(usize, bool)| alarm.0 >= onset && alarm.1 == upwards;
        let Some(found) = judge(&after).iter().find(alarm).copied() else {
            continue;
        };
        if !judge(before)
            .iter()
            .any(|one| alarm(&one) && one.0 <= found.0)
        {
            delays.push(found.0 - onset + 1);
        }
    }
    delays.sort_unstable();
    let share = |count: usize| 100.0 * count as f64 / f64::from(tried.max(1));
    let soon = delays.iter().filter(|delay| **delay <= 10).count();
    (
        share(soon),
        share(delays.len()),
        delays.get(delays.len() / 2).copied().unwrap_or(0),
    )
}

fn scale(after: &mut [f64], factor: f64) {
    after
        .iter_mut()
        .for_each(|value| *value = (*value + factor.ln()).max(0.0));
}

fn widen(after: &mut [f64], centre: f64, factor: f64) {
    let wide = |value: f64| (centre + factor * (value - centre)).max(0.0);
    after.iter_mut().for_each(|value| *value = wide(*value));
}

fn fail(after: &mut [f64], every: usize) {
    after
        .iter_mut()
        .step_by(every)
        .for_each(|value| *value = 1.0);
}

fn add(after: &mut [f64], seconds: f64) {
    let longer = |value: f64| (value.exp() + seconds).ln();
    after.iter_mut().for_each(|value| *value = longer(*value));
}
