//! That proposals stay what they were while little changes, and change when much does.

use super::support::*;
use crate::domain::{Quantiles, Seconds};
use crate::plan::{Action, Item, JobDemand, Pool, Timetable, plan};

/// How often a fleet is planned anew.
const REPLANS: usize = 10;

/// Numbers that look random and are the same every time (the generator of Numerical Recipes, chapter 7).
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self
            .0
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// Within a tenth.
    fn near(&mut self, seconds: Seconds) -> Seconds {
        Seconds(seconds.0 * (900 + self.below(201)) / 1_000)
    }
}

/// A company's nights: most at midnight, some at other hours, of all lengths and confidences, half of them on a pool.
fn fleet(numbers: &mut Numbers) -> Vec<Item> {
    let crons = [
        "0 0 * * *",
        "0 0 * * *",
        "0 0 * * 1-5",
        "0 2 * * *",
        "30 5 * * *",
        "0 6 * * 1",
        "0 */6 * * *",
    ];
    (0..24)
        .map(|n| {
            let cron = crons[numbers.below(crons.len() as u64) as usize];
            let mut item = item(&format!("w{n:02}"), &[cron], 300 + numbers.below(5_400));
            let forecast = item.forecast.as_mut().unwrap();
            forecast.duration.p90.0 += numbers.below(1_800);
            forecast.lateness = Quantiles {
                p50: Seconds(numbers.below(900)),
                p90: Seconds(900 + numbers.below(900)),
            };
            forecast.confidence.0 = 20 + numbers.below(80) as u8;
            item.jobs = vec![JobDemand {
                labels: vec![["big", "hosted"][n % 2].to_owned()],
                count: 1 + numbers.below(3) as u32,
            }];
            item
        })
        .collect()
}

/// The same fleet a day later: every forecast has moved by up to a tenth.
fn a_day_later(items: &[Item], of: impl Fn(&Item) -> bool, numbers: &mut Numbers) -> Vec<Item> {
    let mut items = items.to_vec();
    for item in items.iter_mut().filter(|item| of(item)) {
        let forecast = item.forecast.as_mut().unwrap();
        for span in [&mut forecast.duration, &mut forecast.lateness] {
            span.p50 = numbers.near(span.p50);
            span.p90 = numbers.near(span.p90).max(span.p50);
        }
    }
    items
}

/// Per mille of the proposals that stay from one plan to the next.
fn steadiness(of: impl Fn(&Item) -> bool + Copy) -> usize {
    let (mut kept, mut all) = (0, 0);
    for seed in 1..=4 {
        let mut numbers = Numbers(seed);
        let fleet = fleet(&mut numbers);
        let mut last = plan(&fleet, &[pool(6)], now());
        for _ in 0..REPLANS {
            let later = asked(&a_day_later(&fleet, of, &mut numbers), &last);
            let next = plan(&later, &[pool(6)], now());
            let measured = fleet.iter().filter(|item| item.acts() || of(item));
            all += measured.clone().count();
            kept += measured
                .filter(|item| next.lines[&item.id].proposed == last.lines[&item.id].proposed)
                .count();
            last = next;
        }
    }
    kept * 1_000 / all
}

#[test]
fn forecasts_that_move_by_a_tenth_leave_nearly_every_proposal_alone() {
    let kept = steadiness(|_| true);

    assert!(kept >= 950, "{kept} of 1000 proposals stayed");
}

#[test]
fn forecasts_of_who_does_not_act_hardly_move_who_does() {
    let kept = steadiness(|item| !item.acts());

    assert!(kept >= 950, "{kept} of 1000 proposals stayed");
}

#[test]
fn who_is_trusted_is_not_pushed_by_a_recommendation() {
    // Two of little confidence crowd at midnight; the places that are recommended to them are not theirs yet.
    let mut crowd = vec![
        item("a", &["0 0 * * *"], 3_600),
        item("b", &["0 0 * * *"], 3_600),
        item("c", &["0 0 * * *"], 3_600),
    ];
    for item in &mut crowd {
        item.forecast.as_mut().unwrap().confidence.0 = 20;
    }
    let trusted = item("trusted", &["0 2 * * *"], 3_600);
    crowd.push(trusted);

    let timetable = planned(&crowd, &[pool(1)]);

    assert_eq!(line(&timetable, "trusted").action, Action::None);
    assert_eq!(timetable.after.overlap_seconds.0, 0);
}

/// A guest that shares so many seconds a week with a host that cannot move, and what it was asked before.
fn guest(shared_seconds: u64, asked: &[&str]) -> Timetable {
    let mut host = item("host", &["0 0 * * 1"], shared_seconds);
    host.movable = false;
    let mut guest = item("guest", &["0 0 * * 1"], 3_600);
    guest.asked = asked.iter().map(|cron| schedule(cron, "UTC")).collect();
    planned(&[guest, host], &[pool(1)])
}

#[test]
fn a_move_that_was_asked_for_stays_though_another_is_nearer() {
    let fresh = guest(3_600, &[]);
    let kept = guest(3_600, &["0 5 * * 1"]);

    assert_ne!(proposed(&fresh, "guest"), "0 5 * * 1");
    assert_eq!(proposed(&kept, "guest"), "0 5 * * 1");
}

#[test]
fn a_move_that_was_asked_for_needs_half_of_the_gain_of_a_new_one() {
    // Five minutes earn a new move.
    assert!(line(&guest(280, &[]), "guest").moves.is_empty());
    assert_eq!(proposed(&guest(280, &["0 5 * * 1"]), "guest"), "0 5 * * 1");
    assert_eq!(proposed(&guest(160, &["0 5 * * 1"]), "guest"), "0 5 * * 1");
    assert!(line(&guest(140, &["0 5 * * 1"]), "guest").moves.is_empty());
}

#[test]
fn what_was_asked_for_another_shape_is_forgotten() {
    let mut guest = item("guest", &["0 0 * * *"], 3_600);
    guest.asked = vec![schedule("7 5 * * 1-5", "UTC")];

    let timetable = planned(&[guest], &[pool(1)]);

    assert!(line(&timetable, "guest").moves.is_empty());
}

#[test]
fn a_place_that_is_taken_now_is_left() {
    let mut host = item("host", &["0 5 * * *"], 3_600);
    host.movable = false;
    let mut other = item("other", &["0 0 * * *"], 3_600);
    other.movable = false;
    let mut guest = item("guest", &["0 0 * * *"], 3_600);
    guest.asked = vec![schedule("0 5 * * *", "UTC")];

    let timetable = planned(&[guest, host, other], &[] as &[Pool]);

    assert_eq!(timetable.after.overlap_seconds.0, 0);
    assert_eq!(line(&timetable, "guest").action, Action::Apply);
}
