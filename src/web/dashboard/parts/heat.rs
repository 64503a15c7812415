//! A week as a map: the most jobs at once in each hour of each day, as a number and as a shade; full runners are marked.

use askama::{Template, filters::HtmlSafe};

use crate::report::{Hour, Hours};

/// How many shades there are above none.
const SHADES: u32 = 6;
/// The side of an hour, in the picture's own units; the names of the days stand to the left.
const SIDE: usize = 34;
const LEFT: usize = 44;
const TOP: usize = 20;
const DAYS: [&str; 7] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

/// A week as a map.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/heat.html")]
pub(in crate::web::dashboard) struct Heat {
    says: String,
    cells: Vec<HeatCell>,
}

impl HtmlSafe for Heat {}

#[derive(Clone, Debug)]
struct HeatCell {
    x: usize,
    y: usize,
    shade: u32,
    jobs: u32,
    is_full: bool,
    says: String,
}

impl Heat {
    /// The week of some runners, with shades that mean the same up to `most` jobs.
    pub(in crate::web::dashboard) fn of(name: &str, hours: &Hours, most: u32) -> Self {
        let cell = |day: usize, hour: usize, of: Hour| HeatCell {
            x: LEFT + hour * SIDE,
            y: TOP + day * SIDE,
            shade: (of.jobs * SHADES).div_ceil(most.max(1)),
            jobs: of.jobs,
            is_full: of.is_full,
            says: format!(
                "{} {hour:02}:00: {} jobs at once{}",
                DAYS[day],
                of.jobs,
                if of.is_full { ", full" } else { "" }
            ),
        };
        let all = || hours.iter().flatten();
        let full = all().filter(|hour| hour.is_full).count();
        let peak = all().map(|hour| hour.jobs).max().unwrap_or(0);
        Self {
            says: format!("{name}: at most {peak} jobs at once; full in {full} hours of the week"),
            cells: hours
                .iter()
                .enumerate()
                .flat_map(|(day, row)| (0..24).map(move |hour| (day, hour, row[hour])))
                .map(|(day, hour, of)| cell(day, hour, of))
                .collect(),
        }
    }

    fn days(&self) -> Vec<(usize, &'static str)> {
        let day = |(at, name): (usize, &'static str)| (TOP + at * SIDE + SIDE / 2, name);
        DAYS.into_iter().enumerate().map(day).collect()
    }

    fn hours(&self) -> Vec<(usize, String)> {
        let hour = |hour: usize| (LEFT + hour * SIDE + SIDE / 2, format!("{hour:02}"));
        (0..24).map(hour).collect()
    }
}
