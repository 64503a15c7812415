//! Pairs of bars along the hours of a day: now and after.

use askama::{Template, filters::HtmlSafe};

/// The height of the highest bar, in the picture's own units.
const HEIGHT: u32 = 120;
/// From one hour to the next, and the width of a bar.
const STEP: u32 = 30;
const WIDTH: u32 = 12;

/// Two bars for each hour.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/bars.html")]
pub(in crate::web::dashboard) struct Bars {
    /// What the picture tells, in one sentence.
    says: String,
    most: u32,
    bars: Vec<Bar>,
}

impl HtmlSafe for Bars {}

#[derive(Clone, Debug)]
struct Bar {
    x: u32,
    y: u32,
    height: u32,
    /// `now` or `after`.
    kind: &'static str,
    says: String,
}

impl Bars {
    /// Of `what` in each hour, now and after every move.
    pub(in crate::web::dashboard) fn of(what: &str, now: &[u32; 24], after: &[u32; 24]) -> Self {
        let most = now.iter().chain(after).copied().max().unwrap_or(0);
        let bar = |hour: u32, count: u32, kind, of: &str| {
            let height = (count * HEIGHT).div_ceil(most.max(1));
            Bar {
                x: hour * STEP + if kind == "now" { 2 } else { 2 + WIDTH },
                y: HEIGHT - height,
                height,
                kind,
                says: format!("{hour:02}:00 {of}: {count}"),
            }
        };
        let both = (0_u32..).zip(now.iter().zip(after));
        let bars = both.flat_map(|(hour, (now, after))| {
            [
                bar(hour, *now, "now", "now"),
                bar(hour, *after, "after", "after every move"),
            ]
        });
        let highest = |hours: &[u32; 24]| hours.iter().max().copied().unwrap_or(0);
        Self {
            says: format!(
                "{what} by hour of the day in UTC: at most {} now and {} after every move",
                highest(now),
                highest(after)
            ),
            most,
            bars: bars.filter(|bar| bar.height > 0).collect(),
        }
    }

    /// Every third hour, with its place.
    fn hours(&self) -> Vec<(u32, String)> {
        (0..24)
            .step_by(3)
            .map(|hour| (hour * STEP, format!("{hour:02}")))
            .collect()
    }
}
