//! What such forecasts would have been worth: made anew for days that are known by now, next to the same hour last week.
//!
//! Of runs only what had ended by then is used. All else is of today: crons, how late their runs come, how many fires are
//! served, what a run asks of runners, and how long one takes where none was seen. So a day before a move is told worse than
//! it was, and one of a workflow that has changed a little better than anybody could have told it.

use chrono::TimeDelta;
use serde::Serialize;

use super::{
    band::Band,
    days::{DAYS_BACK, midnight},
    forecast::{Horizon, forecast},
    presence::{DAY, Presence, hours},
    workload::Workload,
};
use crate::domain::Timestamp;

/// Hours of a week.
const WEEK: usize = 168;
/// Of how many weeks the same hour is averaged.
const WEEKS: usize = 5;

/// Days that are held out at most.
const MOST_DAYS: u32 = 366;

/// How close one way of forecasting came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct Compared {
    /// The mean error of an hour's most jobs at once.
    pub error_jobs: f64,
    /// The mean pinball loss of its p90.
    pub pinball_p90: f64,
    /// The share of hours at or below the p90.
    pub below_p90: f64,
    /// The share of hours from p10 to p90.
    pub inside_band: f64,
    /// The mean error of a day's most jobs at once.
    pub day_error_jobs: f64,
    /// The share of days at or below their p90; of forecasts that tell one.
    pub day_below_p90: f64,
}

/// Forecasts held against what came, each next to simple ones.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize)]
pub struct LoadWorth {
    /// How many hours were compared.
    pub hours: u32,
    /// Ours.
    pub ours: Compared,
    /// The same hour of the week before, with the quantiles of its own past errors.
    pub last_week: Compared,
    /// The mean of the same hour of up to five weeks, likewise.
    pub same_hours: Compared,
}

/// Forecasts the load of all runners from the beginning of each of the last so many days, so many days ahead, and compares.
///
/// None where fewer than two weeks are known before them, so that nothing simple could be said.
#[must_use]
pub fn worth(
    workloads: &[Workload],
    since: Timestamp,
    until: Timestamp,
    held_out_days: u32,
    ahead_days: u32,
) -> Option<LoadWorth> {
    let held_out_days = held_out_days.min(MOST_DAYS);
    let from = midnight(since + TimeDelta::days(1) - TimeDelta::seconds(1));
    let until = midnight(until);
    let first = until - TimeDelta::days(i64::from(held_out_days));
    if first < from + TimeDelta::weeks(2) {
        return None;
    }
    let was = was(workloads, from, until);
    let mut tally = Tally::default();
    for day in 0..held_out_days {
        let now = first + TimeDelta::days(i64::from(day));
        let horizon = Horizon {
            since: from,
            now,
            hours: ahead_days.min(held_out_days - day) * 24,
        };
        let told = forecast(workloads, &horizon).all;
        let known = usize::try_from((now - from).num_hours()).unwrap_or(0);
        let ours: Vec<Band> = told.hours.iter().map(|hour| hour.jobs).collect();
        let days: Vec<Band> = told.days.iter().map(|day| day.jobs).collect();
        tally.add(0, &was[known..], &ours, &days);
        for (column, way) in [(1, Simple::LastWeek), (2, Simple::SameHours)] {
            let bands = way.bands(&was, known, ours.len());
            let days: Vec<Band> = bands.chunks(24).map(fullest).collect();
            tally.add(column, &was[known..], &bands, &days);
        }
    }
    Some(tally.worth())
}

/// The band of a day as its hours have it.
fn fullest(hours: &[Band]) -> Band {
    let most = |of: fn(&Band) -> u32| hours.iter().map(of).max().unwrap_or(0);
    Band {
        p10: most(|band| band.p10),
        p50: most(|band| band.p50),
        p90: most(|band| band.p90),
    }
}

/// The most jobs at once in every hour.
fn was(workloads: &[Workload], from: Timestamp, until: Timestamp) -> Vec<u32> {
    let days = usize::try_from((until - from).num_days()).unwrap_or(0);
    let mut presence = Presence::new(from, days * DAY);
    for workload in workloads {
        for run in workload.past.iter() {
            let (start, end) = (run.start.timestamp(), run.end.timestamp());
            for job in &workload.jobs {
                let at = |permille: u16| start + (end - start) * i64::from(permille) / 1_000;
                presence.add(at(job.from.0), at(job.to.0), 1);
            }
        }
    }
    let levels = presence.levels();
    let none = vec![0; levels.len()];
    hours(&levels, &none).iter().map(|hour| hour.most).collect()
}

/// A forecast that anybody could make.
#[derive(Clone, Copy)]
enum Simple {
    LastWeek,
    SameHours,
}

impl Simple {
    /// What it says of the hours that follow those that are known.
    fn bands(self, was: &[u32], known: usize, hours: usize) -> Vec<Band> {
        let errors = self.errors(was, known);
        let band = |at| errors.around(self.point(was, at, known));
        (known..known + hours).map(band).collect()
    }

    /// What it says of an hour when so many hours are known.
    fn point(self, was: &[u32], at: usize, known: usize) -> f64 {
        let weeks = match self {
            Self::LastWeek => 1,
            Self::SameHours => WEEKS,
        };
        let same = (1..=weeks + 1).filter_map(|week| at.checked_sub(week * WEEK));
        let values: Vec<f64> = same
            .filter(|at| *at < known)
            .take(weeks)
            .map(|at| f64::from(was[at]))
            .collect();
        #[allow(clippy::cast_precision_loss)] // Five at most.
        let number = values.len().max(1) as f64;
        values.iter().sum::<f64>() / number
    }

    /// How far it was off, over the last weeks that are known.
    fn errors(self, was: &[u32], known: usize) -> Errors {
        let reach = usize::try_from(DAYS_BACK).unwrap_or(0) * 24;
        let from = known.saturating_sub(reach).max(WEEK);
        let error = |at: usize| f64::from(was[at]) - self.point(was, at, at);
        let mut errors: Vec<f64> = (from..known).map(error).collect();
        errors.sort_by(f64::total_cmp);
        Errors(errors)
    }
}

/// Errors in order.
struct Errors(Vec<f64>);

impl Errors {
    /// A band around a point.
    fn around(&self, point: f64) -> Band {
        let at = |tenths: usize| {
            self.0
                .get(self.0.len() * tenths / 10)
                .copied()
                .unwrap_or(0.0)
        };
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // The cast saturates.
        let jobs = |value: f64| value.round().max(0.0) as u32;
        let p50 = jobs(point);
        Band {
            p10: jobs(point + at(1)).min(p50),
            p50,
            p90: jobs(point + at(9)).max(p50),
        }
    }
}

/// Sums of three ways to forecast.
#[derive(Default)]
struct Tally {
    sums: [Compared; 3],
    hours: [u32; 3],
    days: [u32; 3],
}

impl Tally {
    /// Adds what was told of some hours and of the days that they make.
    fn add(&mut self, column: usize, was: &[u32], hours: &[Band], days: &[Band]) {
        for (was, band) in was.iter().zip(hours) {
            self.hour(column, *was, *band);
        }
        for (was, band) in was.chunks(24).zip(days) {
            self.day(column, was.iter().copied().max().unwrap_or(0), *band);
        }
    }

    fn hour(&mut self, way: usize, was: u32, band: Band) {
        let sum = &mut self.sums[way];
        sum.error_jobs += f64::from(was.abs_diff(band.p50));
        let off = f64::from(was) - f64::from(band.p90);
        sum.pinball_p90 += if off > 0.0 { 0.9 * off } else { -0.1 * off };
        sum.below_p90 += f64::from(u8::from(was <= band.p90));
        sum.inside_band += f64::from(u8::from((band.p10..=band.p90).contains(&was)));
        self.hours[way] += 1;
    }

    fn day(&mut self, way: usize, was: u32, band: Band) {
        let sum = &mut self.sums[way];
        sum.day_error_jobs += f64::from(was.abs_diff(band.p50));
        sum.day_below_p90 += f64::from(u8::from(was <= band.p90));
        self.days[way] += 1;
    }

    fn worth(&self) -> LoadWorth {
        let mean = |way: usize| {
            let sum = &self.sums[way];
            let (hours, days) = (
                f64::from(self.hours[way].max(1)),
                f64::from(self.days[way].max(1)),
            );
            // What lies below a thousandth says nothing.
            let of = |sum: f64, number: f64| (sum / number * 1_000.0).round() / 1_000.0;
            Compared {
                error_jobs: of(sum.error_jobs, hours),
                pinball_p90: of(sum.pinball_p90, hours),
                below_p90: of(sum.below_p90, hours),
                inside_band: of(sum.inside_band, hours),
                day_error_jobs: of(sum.day_error_jobs, days),
                day_below_p90: of(sum.day_below_p90, days),
            }
        };
        LoadWorth {
            hours: self.hours[0],
            ours: mean(0),
            last_week: mean(1),
            same_hours: mean(2),
        }
    }
}
