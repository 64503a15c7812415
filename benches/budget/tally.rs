//! Requests, counted as GitHub's limits count them.

use std::collections::BTreeMap;

use cronwright::{domain::Timestamp, simulate::Request};

/// What GitHub grants an hour: a token or an App's installation, and one on Enterprise Cloud.
const HOURLY: [u64; 2] = [5_000, 15_000];
/// What it grants a minute, in points.
const POINTS_A_MINUTE: u64 = 900;

/// What an hour had.
#[derive(Clone, Copy, Debug, Default)]
struct Hour {
    free: u64,
    charged: u64,
}

/// What was asked.
pub struct Tally {
    begin: Timestamp,
    hours: BTreeMap<i64, Hour>,
    /// Points by second.
    seconds: BTreeMap<i64, u64>,
    /// By route, what was charged.
    routes: BTreeMap<String, u64>,
}

impl Tally {
    /// Nothing yet.
    pub fn of(begin: Timestamp) -> Self {
        Self {
            begin,
            hours: BTreeMap::new(),
            seconds: BTreeMap::new(),
            routes: BTreeMap::new(),
        }
    }

    /// Counts.
    pub fn add(&mut self, requests: Vec<Request>) {
        for request in requests {
            let second = (request.at - self.begin).num_seconds();
            let hour = self.hours.entry(second.div_euclid(3_600)).or_default();
            if request.status == 304 {
                hour.free += 1;
            } else {
                hour.charged += 1;
                let route = request.template.unwrap_or("unknown");
                let of = format!("{} {route}", request.method);
                *self.routes.entry(of).or_default() += 1;
            }
            let points = if request.method == "GET" { 1 } else { 5 };
            *self.seconds.entry(second).or_default() += points;
        }
    }

    /// Prints the table.
    pub fn print(&self) {
        println!("| hour | requests | free (304) | charged |");
        println!("|---|---|---|---|");
        for (hour, told) in &self.hours {
            let begins = self.begin + chrono::TimeDelta::hours(*hour);
            let (free, charged) = (told.free, told.charged);
            println!(
                "| {} | {} | {free} | {charged} |",
                begins.format("%H:%M"),
                free + charged
            );
        }
        let fullest = self.hours.values().map(|hour| hour.charged).max();
        let fullest = fullest.unwrap_or_default();
        for limit in HOURLY {
            let percent = percent(fullest, limit);
            println!("fullest hour: {fullest} charged, {percent:.0} % of {limit}");
        }
        let minute = self.fullest_minute();
        let of = percent(minute, POINTS_A_MINUTE);
        println!("fullest minute: {minute} points, {of:.0} % of {POINTS_A_MINUTE}");
        println!("charged by route:");
        for (route, count) in &self.routes {
            println!("  {count:6} {route}");
        }
    }

    /// The most points of any sixty seconds.
    fn fullest_minute(&self) -> u64 {
        let of = |first: &i64| self.seconds.range(*first..first + 60).map(|(_, n)| n).sum();
        self.seconds.keys().map(of).max().unwrap_or_default()
    }
}

#[allow(clippy::cast_precision_loss, reason = "counts far below 2^52")]
fn percent(part: u64, of: u64) -> f64 {
    part as f64 * 100.0 / of as f64
}
