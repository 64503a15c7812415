//! What forecasts were worth: over time, as told and come, by model, and of whom they are best and worst.

use askama::Template;
use axum::{extract::State, response::Response};

use super::answer;
use crate::{
    report::{
        Bin, Calibration, Compared, Worth, WorthOf,
        words::{error, figures, percent},
    },
    track::Accuracy,
    web::dashboard::{
        fresh::{Fresh, Shown},
        parts::{Cell, Curve, Frame, Tab, Table, day, named},
        picture::Picture,
    },
};

/// How many of the best and of the worst workflows are named.
const EXTREMES: usize = 5;

/// Answers with the page of accuracy.
pub(in crate::web::dashboard) async fn accuracy(State(fresh): State<Fresh>) -> Response {
    answer(&Page::of(&fresh.shown()))
}

#[derive(Template)]
#[template(path = "accuracy.html")]
struct Page {
    frame: Frame,
    told: Option<Told>,
}

struct Told {
    facts: Vec<(String, String)>,
    weeks: Table,
    curve: Curve,
    success: Table,
    durations: Table,
    models: Table,
    best: Table,
    worst: Table,
    latest: Table,
}

impl Page {
    fn of(shown: &Shown) -> Self {
        let picture = &shown.picture;
        Self {
            frame: Frame::of(shown, Some(Tab::Accuracy), "Accuracy"),
            told: picture.worth.as_ref().map(|worth| Told::of(picture, worth)),
        }
    }
}

impl Told {
    fn of(picture: &Picture, worth: &Worth) -> Self {
        let calibration = &picture.calibration;
        let ranked = worth.ranked();
        let number = ranked.len().min(EXTREMES);
        let worst: Vec<&WorthOf> = ranked.iter().rev().take(number).copied().collect();
        Self {
            facts: figures(&worth.overall),
            weeks: weeks(calibration),
            curve: curve(&calibration.success),
            success: success(&calibration.success),
            durations: durations(calibration),
            models: models(calibration),
            best: workflows("Best forecast workflows", &ranked[..number]),
            worst: workflows("Worst forecast workflows", &worst),
            latest: Table::new(
                "Latest comparisons",
                &[
                    "ended (UTC)",
                    "workflow",
                    ">forecast",
                    ">actual",
                    ">error",
                    "interval",
                ],
                "None.",
            )
            .with(worth.latest.iter().filter_map(compared)),
        }
    }
}

/// The figures that tables of accuracy share.
fn cells(accuracy: &Accuracy) -> [Cell; 5] {
    [
        Cell::text(accuracy.comparisons.to_string()),
        Cell::text(accuracy.close_share()),
        Cell::text(format!("{}%", accuracy.median_error)),
        Cell::text(accuracy.coverage.to_string()),
        Cell::text(percent(accuracy.skill)),
    ]
}

fn table(caption: &'static str, first: &'static str) -> Table {
    let header = [
        first,
        ">compared",
        ">within 25%",
        ">median error",
        ">covered",
        ">skill",
    ];
    Table::new(caption, &header, "Nothing was compared yet.")
}

/// A row that begins with a name.
fn row(first: Cell, accuracy: &Accuracy) -> Vec<Cell> {
    std::iter::once(first).chain(cells(accuracy)).collect()
}

fn weeks(calibration: &Calibration) -> Table {
    let rows = calibration.weeks.iter();
    table("Accuracy by week", "week of")
        .with(rows.map(|(week, accuracy)| row(Cell::text(day(*week)), accuracy)))
}

fn models(calibration: &Calibration) -> Table {
    let rows = calibration.models.iter();
    table("Accuracy by model", "model")
        .with(rows.map(|(model, accuracy)| row(Cell::code(model), accuracy)))
}

fn workflows(caption: &'static str, workflows: &[&WorthOf]) -> Table {
    table(caption, "workflow").with(
        workflows
            .iter()
            .map(|one| row(named(&one.workflow), &one.accuracy)),
    )
}

fn curve(bins: &[Bin]) -> Curve {
    let shares: Vec<(u32, f64, f64)> = bins
        .iter()
        .map(|bin| (bin.runs, bin.told.share(), bin.came.share()))
        .collect();
    let says =
        "Share of runs that succeeded, by the probability that was told before them".to_owned();
    Curve::of(says, &shares)
}

fn success(bins: &[Bin]) -> Table {
    let row = |bin: &Bin| {
        vec![
            Cell::text(format!("{} to {}%", bin.from, bin.from + 10)),
            Cell::text(bin.runs.to_string()),
            Cell::text(bin.told.to_string()),
            Cell::text(bin.came.to_string()),
        ]
    };
    let header = ["told between", ">runs", ">told on average", ">succeeded"];
    Table::new(
        "Success as told and as it came",
        &header,
        "Nothing was compared yet.",
    )
    .with(bins.iter().map(row))
}

fn durations(calibration: &Calibration) -> Table {
    let row = |one: &crate::report::Quantile| {
        vec![
            Cell::text(one.promise),
            Cell::text(one.told.to_string()),
            Cell::text(one.came.to_string()),
            Cell::text(one.runs.to_string()),
        ]
    };
    let header = ["a run", ">told", ">came", ">runs"];
    Table::new(
        "Durations as told and as they came",
        &header,
        "Nothing was compared yet.",
    )
    .with(calibration.durations.iter().map(row))
}

/// A comparison as a row; none where no duration was compared.
pub(super) fn compared(one: &Compared) -> Option<Vec<Cell>> {
    let duration = one.score.duration?;
    let (interval, tone) = interval(duration.covered);
    Some(vec![
        Cell::text(one.score.finished_at.format("%Y-%m-%d %H:%M").to_string()),
        named(&one.workflow),
        Cell::text(duration.p50.to_string()),
        Cell::text(duration.actual.to_string()),
        Cell::text(error(duration.error_permille)),
        Cell::text(interval).toned(tone),
    ])
}

/// Whether an interval held the outcome, in a word and a tone.
pub(super) const fn interval(covered: bool) -> (&'static str, &'static str) {
    if covered {
        ("inside", "")
    } else {
        ("outside", "warn")
    }
}
