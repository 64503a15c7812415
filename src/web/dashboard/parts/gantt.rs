//! A day as lanes: when each workflow is expected to run, now and after every move.

use askama::{Template, filters::HtmlSafe};

use crate::{
    domain::{Schedule, Seconds, Timestamp},
    report::Usual,
};

/// A day's width, in the picture's own units; names stand to the left.
const WIDTH: u64 = 960;
const LEFT: u64 = 280;
/// A lane's height, and that of a heading.
const LANE: u64 = 26;
const HEADING: u64 = 30;
const TOP: u64 = 24;
/// The longest name that fits to the left.
const NAME: usize = 38;
/// The most runs of a day that are drawn one by one; more are a band.
const RUNS: usize = 12;
const DAY: Seconds = Seconds::days(1);

/// A day as lanes.
#[derive(Clone, Debug, Template)]
#[template(path = "parts/gantt.html")]
pub(in crate::web::dashboard) struct Gantt {
    says: String,
    height: u64,
    rows: Vec<Row>,
}

impl HtmlSafe for Gantt {}

/// The runs of one workflow.
#[derive(Clone, Debug)]
pub(in crate::web::dashboard) struct Lane {
    /// Below which heading it stands.
    pub(in crate::web::dashboard) group: String,
    pub(in crate::web::dashboard) name: String,
    pub(in crate::web::dashboard) link: String,
    /// With how many others it overlaps now.
    pub(in crate::web::dashboard) conflicts: usize,
    pub(in crate::web::dashboard) moves: bool,
    pub(in crate::web::dashboard) now: Runs,
    pub(in crate::web::dashboard) after: Runs,
}

/// The runs of a day.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::web::dashboard) struct Runs {
    bars: Vec<Span>,
    /// How many there are where they are too many to be drawn one by one.
    band: Option<usize>,
}

/// A run, in the picture's units from the beginning of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Span {
    x: u64,
    p50: u64,
    p90: u64,
}

#[derive(Clone, Debug)]
enum Row {
    Heading { y: u64, name: String },
    Lane { y: u64, name: String, lane: Lane },
}

impl Runs {
    /// The runs of a day that begins at an instant, if each goes as usual; what the day before left over is among them.
    pub(in crate::web::dashboard) fn of(
        schedules: &[Schedule],
        usual: Usual,
        begins: Timestamp,
    ) -> Self {
        let first = begins - DAY.to_delta();
        let ends = begins + DAY.to_delta();
        let fires = schedules
            .iter()
            .flat_map(|schedule| schedule.fires(first).take_while(|fire| *fire < ends));
        let mut bars: Vec<Span> = fires
            .filter_map(|fire| Span::of(fire + usual.late.to_delta(), usual, begins))
            .collect();
        bars.sort_by_key(|bar| bar.x);
        let number = bars.len();
        if number > RUNS {
            return Self {
                bars: Vec::new(),
                band: Some(number),
            };
        }
        Self { bars, band: None }
    }
}

impl Span {
    fn of(start: Timestamp, usual: Usual, begins: Timestamp) -> Option<Self> {
        let from_day = |at: Timestamp| Seconds::between(begins, at).0.min(DAY.0) * WIDTH / DAY.0;
        let end = start + usual.p50.to_delta();
        let late_end = (start + usual.p90.to_delta()).max(end);
        let ends = begins + DAY.to_delta();
        if start >= ends || end <= begins {
            return None;
        }
        let x = from_day(start);
        // A short run is seen, too.
        let p50 = (from_day(end) - x).max(3);
        Some(Self {
            x,
            p50,
            p90: (from_day(late_end) - x).max(p50),
        })
    }
}

impl Gantt {
    /// Lanes in their order, with a heading wherever the group changes.
    pub(in crate::web::dashboard) fn of(says: String, lanes: Vec<Lane>) -> Self {
        let (mut rows, mut y, mut group) = (Vec::new(), TOP, None);
        for lane in lanes {
            if group.as_ref() != Some(&lane.group) {
                rows.push(Row::Heading {
                    y,
                    name: lane.group.clone(),
                });
                y += HEADING;
                group = Some(lane.group.clone());
            }
            let name = shortened(&lane.name);
            rows.push(Row::Lane { y, name, lane });
            y += LANE;
        }
        Self {
            says,
            height: y + 4,
            rows,
        }
    }

    /// Every third hour, with its place.
    fn hours(&self) -> Vec<(u64, String)> {
        let hour = |hour: u64| (LEFT + hour * WIDTH / 24, format!("{hour:02}:00"));
        (0..=24).step_by(3).map(hour).collect()
    }
}

/// The end of a long name tells more than its beginning.
fn shortened(name: &str) -> String {
    let length = name.chars().count();
    if length <= NAME {
        return name.to_owned();
    }
    let end: String = name.chars().skip(length - NAME + 1).collect();
    format!("…{end}")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::TimeZone;

    fn runs(cron: &str, late: u64, p50: u64, p90: u64) -> Runs {
        let schedule = Schedule {
            cron: cron.parse().unwrap(),
            time_zone: TimeZone::UTC,
        };
        let usual = Usual {
            late: Seconds(late),
            p50: Seconds(p50),
            p90: Seconds(p90),
        };
        Runs::of(&[schedule], usual, "2026-09-15T00:00:00Z".parse().unwrap())
    }

    #[test]
    fn a_run_is_a_bar_from_its_usual_start_with_its_long_end() {
        let day = runs("0 6 * * *", 1_800, 3_600, 5_400);
        let bar = Span {
            x: 260,
            p50: 40,
            p90: 60,
        };
        assert_eq!((day.bars, day.band), (vec![bar], None));
    }

    #[test]
    fn a_run_of_the_day_before_reaches_into_the_day_and_one_of_midnight_ends_with_it() {
        let left_over = runs("30 23 * * *", 0, 3_600, 3_600);
        let spans: Vec<_> = left_over.bars.iter().map(|bar| (bar.x, bar.p50)).collect();
        assert_eq!(spans, [(0, 20), (940, 20)]);
    }

    #[test]
    fn many_runs_are_a_band() {
        let often = runs("*/5 * * * *", 0, 60, 60);
        assert_eq!((often.bars.len(), often.band), (0, Some(288)));
    }

    #[test]
    fn a_long_name_keeps_its_end() {
        let long = format!("acme/{}/nightly.yml", "x".repeat(60));
        let name = shortened(&long);
        assert_eq!(name.chars().count(), NAME);
        assert!(name.starts_with('…') && name.ends_with("x/nightly.yml"));
    }
}
