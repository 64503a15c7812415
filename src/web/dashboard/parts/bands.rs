//! Hours with a band: from p10 to p90 as a pale bar, p50 as a line across it.

use askama::{Template, filters::HtmlSafe};

use crate::report::HourAhead;

/// The height of the highest band, in the picture's own units.
const HEIGHT: u32 = 120;
/// From one hour to the next, and the width of a bar.
const STEP: usize = 30;

/// The hours of a day to come.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/bands.html")]
pub(in crate::web::dashboard) struct Bands {
    /// What the picture tells, in one sentence.
    says: String,
    most: u32,
    /// Where the runners are full, if that is in the picture.
    full: Option<u32>,
    bars: Vec<BandBar>,
}

impl HtmlSafe for Bands {}

#[derive(Clone, Debug)]
struct BandBar {
    x: usize,
    hour: String,
    top: u32,
    height: u32,
    middle: u32,
    is_full: bool,
    says: String,
}

impl Bands {
    /// Of the jobs at once on some runners.
    pub(in crate::web::dashboard) fn of(
        pool: &str,
        hours: &[HourAhead],
        capacity: Option<u32>,
    ) -> Self {
        let most = hours.iter().map(|hour| hour.jobs.p90).max().unwrap_or(0);
        let down = |jobs: u32| HEIGHT - (jobs * HEIGHT).div_ceil(most.max(1));
        let bar = |(at, hour): (usize, &HourAhead)| {
            let jobs = hour.jobs;
            BandBar {
                x: at * STEP,
                hour: hour.begins.format("%H").to_string(),
                top: down(jobs.p90),
                height: down(jobs.p10) - down(jobs.p90),
                middle: down(jobs.p50),
                is_full: hour.is_full,
                says: format!(
                    "{}: half up to {} jobs at once, nine in ten up to {}{}",
                    hour.begins.format("%A %H:%M"),
                    jobs.p50,
                    jobs.p90,
                    if hour.is_full {
                        ", more than run at once"
                    } else {
                        ""
                    }
                ),
            }
        };
        Self {
            says: format!(
                "Jobs at once on {pool} in each hour: nine in ten up to {most} in the fullest"
            ),
            most,
            full: capacity.filter(|capacity| *capacity <= most).map(down),
            bars: hours.iter().enumerate().map(bar).collect(),
        }
    }
}
