//! One workflow: how long it took and what was said before, how it ended, why it is recommended what it is, and its history.

use askama::Template;
use axum::{
    extract::{Path, State},
    response::Response,
};

use super::{
    accuracy::interval,
    answer, cost,
    message::{unknown, unread},
};
use crate::{
    anomaly::Anomaly,
    domain::{Located, Run, Score, Timestamp},
    report::{
        Explained, Proposal, Step,
        words::{error, or_dash, schedules},
    },
    store::{Deed, StoreError},
    track::{SCORES, accuracy},
    web::dashboard::{
        Pull,
        fresh::{Fresh, Shown},
        parts::{Cell, Dot, Frame, Strip, Tab, Table, day, minute},
    },
};

/// How many comparisons are drawn: half a year of nightlies.
const DRAWN: usize = 200;
/// How many runs are marked, and how many of them are listed.
const RUNS: u32 = 60;
const LISTED: usize = 20;
/// Up to so many rows a table is not folded away.
const FEW: usize = 10;

/// Answers with the page of a workflow.
pub(in crate::web::dashboard) async fn workflow(
    State(fresh): State<Fresh>,
    Path(parts): Path<Vec<(String, String)>>,
) -> Response {
    let shown = fresh.shown();
    let none = || unknown(&shown, "The store knows no workflow of this name.");
    let parts: Vec<String> = parts.into_iter().map(|(_, part)| part).collect();
    let Ok(id) = parts.join("/").parse::<Located>() else {
        return none();
    };
    // The name as it was written where it was declared.
    let Some((id, _)) = shown.picture.inventory.workflows.get_key_value(&id) else {
        return none();
    };
    match Recorded::read(&fresh, id).await {
        Ok(recorded) => answer(&Page::of(&shown, id, &recorded)),
        Err(error) => unread(&shown, &error),
    }
}

/// What a store has of one workflow, oldest first.
struct Recorded {
    scores: Vec<Score>,
    runs: Vec<Run>,
    deeds: Vec<Deed>,
}

impl Recorded {
    async fn read(fresh: &Fresh, id: &Located) -> Result<Self, StoreError> {
        let (store, id) = (fresh.store.of(&id.host), &id.id);
        Ok(Self {
            scores: store.scores(id, SCORES).await?,
            runs: store.history(id, RUNS).await?,
            deeds: store.deeds_since(id, Timestamp::UNIX_EPOCH).await?,
        })
    }
}

#[derive(Template)]
#[template(path = "workflow.html")]
struct Page {
    frame: Frame,
    facts: Vec<(&'static str, String)>,
    drift: Option<Drift>,
    anomalies: Vec<Otherwise>,
    compared: Vec<Compared>,
    compared_number: usize,
    compared_few: bool,
    success: String,
    strip: Strip,
    runs: Table,
    steps: Vec<Step>,
    would_change: Vec<String>,
    history: Table,
    pulls: Table,
    cost: Vec<(&'static str, String)>,
    runners: Table,
    advice: Vec<String>,
}

/// When the level of the durations shifted.
struct Drift {
    seconds: i64,
    day: String,
}

/// Something that became otherwise.
struct Otherwise {
    seconds: i64,
    since: String,
    change: String,
    outcome: String,
}

/// One run beside its forecast: as text, and as numbers for the chart.
struct Compared {
    x: i64,
    p50_seconds: u64,
    p90_seconds: u64,
    actual_seconds: u64,
    ended: String,
    p50: String,
    p90: String,
    actual: String,
    error: String,
    interval: &'static str,
}

impl Page {
    fn of(shown: &Shown, id: &Located, recorded: &Recorded) -> Self {
        let picture = &shown.picture;
        let explained = Explained::with(&picture.inventory, id, accuracy(&recorded.scores));
        let forecast = explained.forecast.as_ref();
        let drift = forecast.and_then(|forecast| forecast.drift_since);
        // The newest first, as in every table; the chart puts them in order.
        let compared: Vec<Compared> = recorded
            .scores
            .iter()
            .rev()
            .filter_map(Compared::of)
            .take(DRAWN)
            .collect();
        Self {
            frame: Frame::of(shown, Some(Tab::Workflows), id.to_string()),
            facts: facts(shown, id, &explained),
            drift: drift.map(|at| Drift {
                seconds: at.timestamp(),
                day: day(at),
            }),
            anomalies: anomalies(shown, id),
            compared_number: compared.len(),
            compared_few: compared.len() <= FEW,
            compared,
            success: success(&explained),
            strip: Strip::of(recorded.runs.iter().map(dot).collect()),
            runs: runs(&recorded.runs),
            steps: explained.steps,
            would_change: explained.would_change,
            history: history(picture.proposals.get(id).map_or(&[], Vec::as_slice)),
            pulls: pulls(id, &recorded.deeds, &shown.pulls),
            cost: cost::facts(&picture.spent, id),
            runners: cost::runners(&picture.spent, id),
            advice: cost::advice(&picture.spent, id),
        }
    }
}

fn facts(shown: &Shown, id: &Located, explained: &Explained) -> Vec<(&'static str, String)> {
    let picture = &shown.picture;
    let forecast = explained.forecast.as_ref();
    let served = picture.served.get(id);
    let delivered = served.map(|one| {
        format!(
            "{} on time, {} late, {} coalesced, {} missed",
            one.on_time, one.late, one.coalesced, one.missed
        )
    });
    let between = forecast.map(|forecast| {
        let (lower, upper) = (forecast.interval.lower, forecast.interval.upper);
        format!("{} to {}", lower.rounded(), upper.rounded())
    });
    vec![
        ("schedule", schedules(picture.schedules(id))),
        (
            "next run, p50",
            or_dash(forecast.map(|forecast| forecast.duration.p50.rounded())),
        ),
        (
            "next run, p90",
            or_dash(forecast.map(|forecast| forecast.duration.p90.rounded())),
        ),
        ("nine in ten", or_dash(between)),
        (
            "confidence",
            or_dash(forecast.map(|forecast| forecast.confidence)),
        ),
        (
            "success",
            or_dash(forecast.map(|forecast| forecast.success)),
        ),
        (
            "late, p50",
            or_dash(forecast.map(|forecast| forecast.lateness.p50.rounded())),
        ),
        (
            "waits, p90",
            or_dash(forecast.map(|forecast| forecast.queue.p90.rounded())),
        ),
        ("fires of 30 days", or_dash(delivered)),
        ("model", or_dash(forecast.map(|forecast| &forecast.model))),
    ]
}

/// What became otherwise, the newest first.
fn anomalies(shown: &Shown, id: &Located) -> Vec<Otherwise> {
    let known = shown.picture.inventory.workflows.get(id);
    let found = known.map_or(&[][..], |known| &known.anomalies);
    let told = |one: &Anomaly| Otherwise {
        seconds: one.since.timestamp(),
        since: minute(one.since),
        change: one.change(),
        outcome: one.end.map_or_else(
            || "it holds".to_owned(),
            |end| format!("over at {}: {}", minute(end.at), end.how.words()),
        ),
    };
    found.iter().rev().map(told).collect()
}

impl Compared {
    fn of(score: &Score) -> Option<Self> {
        let duration = score.duration?;
        Some(Self {
            x: score.finished_at.timestamp(),
            p50_seconds: duration.p50.0,
            p90_seconds: duration.p90.0,
            actual_seconds: duration.actual.0,
            ended: minute(score.finished_at),
            p50: duration.p50.to_string(),
            p90: duration.p90.to_string(),
            actual: duration.actual.to_string(),
            error: error(duration.error_permille),
            interval: interval(duration.covered).0,
        })
    }
}

fn success(explained: &Explained) -> String {
    explained.forecast.as_ref().map_or_else(
        || "Nothing is forecast yet.".to_owned(),
        |forecast| {
            let interval = forecast.success_interval;
            format!(
                "The next run is expected to succeed with {}; nine times in ten that lies between {} and {}.",
                forecast.success, interval.lower, interval.upper
            )
        },
    )
}

/// How a run ended, as a mark.
fn dot(run: &Run) -> Dot {
    let verdict = run.conclusion.filter(|end| end.is_verdict());
    let kind = match verdict {
        Some(crate::domain::Conclusion::Success) => "good",
        Some(_) => "bad",
        None => "none",
    };
    Dot {
        kind,
        says: format!("{}: {}", minute(run.created_at), ended(run)),
    }
}

fn ended(run: &Run) -> &'static str {
    run.conclusion.map_or("unknown", <&str>::from)
}

fn runs(runs: &[Run]) -> Table {
    let row = |run: &Run| {
        let tone = match dot(run).kind {
            "good" => "good",
            "bad" => "bad",
            _ => "",
        };
        vec![
            Cell::text(minute(run.created_at)),
            Cell::text(run.id.0.to_string()),
            Cell::text(run.attempt.to_string()),
            Cell::text(&run.event),
            Cell::text(or_dash(run.head_branch.as_ref())),
            Cell::text(or_dash(run.duration_seconds())),
            Cell::text(ended(run)).toned(tone),
        ]
    };
    Table::new(
        "The last runs",
        &[
            "created",
            ">run",
            ">attempt",
            "event",
            "branch",
            ">took, waiting included",
            "ended",
        ],
        "No run was observed yet.",
    )
    .with(runs.iter().rev().take(LISTED).map(row))
}

fn history(proposals: &[Proposal]) -> Table {
    let row = |one: &Proposal| {
        vec![
            Cell::text(minute(one.since)),
            Cell::code(schedules(&one.current)),
            if one.current == one.proposed {
                Cell::text("as it is")
            } else {
                Cell::code(schedules(&one.proposed))
            },
        ]
    };
    Table::new(
        "What was proposed over time",
        &["since", "in its file", "proposed"],
        "No timetable that is kept has it.",
    )
    .with(proposals.iter().rev().map(row))
}

fn pulls(id: &Located, deeds: &[Deed], pulls: &[Pull]) -> Table {
    let row = |deed: &Deed| {
        let number = deed.pull?;
        let now = pulls.iter().find(|pull| {
            pull.workflow == *id && u64::try_from(pull.number).is_ok_and(|one| one == number)
        });
        let name = format!("{}#{number}", id.id.repository);
        Some(vec![
            Cell::text(minute(deed.at)),
            now.and_then(Pull::link)
                .map_or_else(|| Cell::text(&name), |link| Cell::link(&name, link)),
            Cell::text(or_dash(now.map(|pull| &pull.state))),
            Cell::code(deed.digest.short()),
        ])
    };
    Table::new(
        "Pull requests that were opened",
        &["opened", "pull request", "state", "change"],
        "No pull request was opened for it.",
    )
    .with(deeds.iter().rev().filter_map(row))
}
