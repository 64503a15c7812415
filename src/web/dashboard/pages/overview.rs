//! The first page: whether the forecasts can be lived by, what waits for a person, and what it would bring.

use askama::Template;
use axum::{extract::State, response::Response};

use super::{answer, cost};
use crate::{
    domain::{Percent, Seconds},
    report::{
        Compared, Entry, Group, Source, Told,
        anomalies::word,
        distrusted,
        words::{dash, or_dash, schedules},
    },
    track::Health,
    web::dashboard::{
        Pull,
        fresh::{Fresh, Shown},
        parts::{Bars, Cell, Frame, Tab, Table, day, minute, named, to_workflow},
        picture::Picture,
    },
};

/// How many moves are named; the plan has all of them.
const READY: usize = 10;
/// How long the other lists are, and how many connections are told of, so that no fleet makes this page a heavy one.
const LISTED: usize = 20;
const CONNECTIONS: usize = 8;
/// How much advice is listed: a sentence each, and what spares most comes first.
const SPARE: usize = 5;

/// Answers with the overview.
pub(in crate::web::dashboard) async fn overview(State(fresh): State<Fresh>) -> Response {
    answer(&Overview::of(&fresh.shown()))
}

#[derive(Template)]
#[template(path = "overview.html")]
struct Overview {
    frame: Frame,
    is_empty: bool,
    cards: Vec<Card>,
    has_alarms: bool,
    alarms: Table,
    ready: Table,
    more: usize,
    has_pulls: bool,
    pulls: Table,
    sources: Vec<Week>,
    more_sources: usize,
    latest: Table,
    demoted: Table,
    spare: Table,
}

/// One figure.
pub(super) struct Card {
    pub(super) name: &'static str,
    pub(super) value: String,
    pub(super) note: String,
    pub(super) tone: &'static str,
}

/// What all moves of a connection bring.
struct Week {
    connection: String,
    digest: String,
    made: String,
    now: String,
    after: String,
    bars: Bars,
    peaks: Table,
}

impl Overview {
    fn of(shown: &Shown) -> Self {
        let picture = &shown.picture;
        let sources = &picture.report.timetables;
        let mut ready: Vec<&Entry> = picture
            .report
            .workflows
            .iter()
            .filter(|entry| entry.group == Group::ReadyToApply)
            .collect();
        ready.sort_by_key(|entry| std::cmp::Reverse(entry.saves));
        let shown_moves = ready.len().min(READY);
        Self {
            frame: Frame::of(shown, Some(Tab::Overview), "Overview"),
            is_empty: picture.inventory.workflows.is_empty(),
            cards: vec![
                health(picture),
                coverage(picture),
                delivery(picture),
                pull_requests(shown),
                savings(picture),
                waiting(picture),
                cost::card(&picture.spent),
            ],
            has_alarms: !picture.report.alarms.is_empty(),
            alarms: alarms(&picture.report.alarms),
            more: ready.len() - shown_moves,
            ready: moves(&ready[..shown_moves]),
            has_pulls: !shown.pulls.is_empty(),
            pulls: pulls(&shown.pulls),
            sources: sources.iter().take(CONNECTIONS).map(Week::of).collect(),
            more_sources: sources.len().saturating_sub(CONNECTIONS),
            latest: latest(picture.worth.as_ref().map_or(&[], |worth| &worth.latest)),
            demoted: demoted(picture),
            spare: cost::spare(&picture.spent).at_most(SPARE),
        }
    }
}

fn health(picture: &Picture) -> Card {
    let told = &picture.health;
    let (value, tone) = match told.health {
        None => ("Too early to tell", ""),
        Some(Health::Good) => ("Good", "good"),
        Some(Health::Warning) => ("Warning", "warn"),
        Some(Health::Critical) => ("Critical", "bad"),
    };
    let note = told.close_share.as_ref().map_or_else(
        || "No forecast was compared yet.".to_owned(),
        |score| {
            format!(
                "{score} of {} forecasts within 25% of the actual",
                told.comparisons
            )
        },
    );
    Card {
        name: "Health",
        value: value.to_owned(),
        note,
        tone,
    }
}

fn coverage(picture: &Picture) -> Card {
    let told = &picture.health;
    let skill = told.skill.map_or_else(
        || "not yet held against the last value".to_owned(),
        |skill| format!("{skill}% better than repeating the last value"),
    );
    Card {
        name: "Inside the 90% interval",
        value: or_dash(told.interval_coverage),
        note: format!("{skill}; {} of forecasts are trusted", told.high_confidence),
        tone: "",
    }
}

fn delivery(picture: &Picture) -> Card {
    let sum = |of: fn(&crate::store::Served) -> u32| {
        picture.served.values().map(of).map(u64::from).sum::<u64>()
    };
    let (on_time, late) = (sum(|one| one.on_time), sum(|one| one.late));
    let (coalesced, missed) = (sum(|one| one.coalesced), sum(|one| one.missed));
    let fires = on_time + late + coalesced + missed;
    let tone = if missed > 0 { "warn" } else { "" };
    Card {
        name: "Fires served on time",
        value: share(on_time, fires),
        note: format!("of {fires} in 30 days; {late} late, {coalesced} coalesced, {missed} missed"),
        tone: if fires == 0 { "" } else { tone },
    }
}

/// A share in whole percent, or a dash of nothing.
#[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
fn share(part: u64, whole: u64) -> String {
    if whole == 0 {
        return dash();
    }
    Percent::from_share(part as f64 / whole as f64).to_string()
}

fn pull_requests(shown: &Shown) -> Card {
    let opened = shown.picture.opened.len();
    let open = shown.pulls.iter().filter(|pull| pull.is_open()).count();
    let note = format!("{opened} opened in 30 days");
    if shown.pulls.is_empty() {
        return Card {
            name: "Pull requests",
            value: opened.to_string(),
            note,
            tone: "",
        };
    }
    Card {
        name: "Pull requests waiting",
        value: open.to_string(),
        note,
        tone: "",
    }
}

fn savings(picture: &Picture) -> Card {
    let sum = |of: fn(&Source) -> Seconds| {
        let each = picture.report.timetables.iter().map(of);
        each.fold(Seconds::ZERO, Seconds::saturating_add)
    };
    let now = sum(|source| source.now.overlap_seconds);
    let after = sum(|source| source.after.overlap_seconds);
    let saved = Seconds(now.0.saturating_sub(after.0));
    Card {
        name: "Overlap saved a week",
        value: saved.rounded().to_string(),
        note: format!(
            "{} now, {} after every move",
            now.rounded(),
            after.rounded()
        ),
        tone: if saved > Seconds::ZERO { "good" } else { "" },
    }
}

fn waiting(picture: &Picture) -> Card {
    let groups = &picture.report.groups;
    Card {
        name: "Ready to apply",
        value: groups.ready_to_apply.len().to_string(),
        note: format!(
            "{} need review, {} need more data, {} have nothing to do",
            groups.needs_review.len(),
            groups.more_data_needed.len(),
            groups.nothing_to_do.len()
        ),
        tone: "",
    }
}

fn alarms(alarms: &[Told]) -> Table {
    let row = |one: &Told| {
        let alarm = &one.alarm;
        let first = alarm
            .workflows
            .first()
            .filter(|_| alarm.workflows.len() == 1);
        vec![
            Cell::text(minute(alarm.since)),
            Cell::text(word(alarm.kind)).toned("warn"),
            Cell::text(alarm.workflows.len().to_string()),
            first.map_or_else(
                || Cell::text(&one.summary),
                |id| Cell::link(&one.summary, to_workflow(id)),
            ),
        ]
    };
    Table::new(
        "What has become otherwise",
        &["since (UTC)", "kind", ">workflows", "what"],
        "Nothing has.",
    )
    .with(alarms.iter().map(row))
    .at_most(LISTED)
}

fn moves(entries: &[&Entry]) -> Table {
    let row = |entry: &&Entry| {
        vec![
            Cell::link(&entry.workflow, to_workflow(&entry.id)),
            Cell::code(schedules(&entry.current)),
            Cell::code(schedules(&entry.proposed)),
            Cell::text(or_dash(entry.confidence)),
            Cell::text(or_dash(
                entry.duration.map(|duration| duration.p50.rounded()),
            )),
            Cell::text(entry.saves.rounded().to_string()),
            Cell::text(or_dash(entry.impact)),
        ]
    };
    Table::new(
        "Moves that are ready to apply",
        &[
            "workflow",
            "now",
            "proposed",
            ">confidence",
            ">p50",
            ">saves a week",
            "impact",
        ],
        "No move is ready to apply.",
    )
    .with(entries.iter().map(row))
}

fn pulls(pulls: &[Pull]) -> Table {
    let row = |pull: &Pull| {
        let name = format!("{}#{}", pull.workflow.id.repository, pull.number);
        vec![
            pull.link()
                .map_or_else(|| Cell::text(&name), |link| Cell::link(&name, link)),
            Cell::link(pull.workflow.to_string(), to_workflow(&pull.workflow)),
            Cell::text(&pull.state),
        ]
    };
    let header = ["pull request", "workflow", "state"];
    let (open, done): (Vec<&Pull>, Vec<&Pull>) = pulls.iter().partition(|pull| pull.is_open());
    Table::new("Pull requests", &header, "None.")
        .with(open.into_iter().chain(done).map(row))
        .at_most(LISTED)
}

fn latest(latest: &[Compared]) -> Table {
    Table::new(
        "Latest comparisons",
        &["ended (UTC)", "workflow", ">forecast", ">actual", ">error", "interval"],
        "No forecast was compared yet; that happens when a run ends that was forecast before it began.",
    )
    .with(latest.iter().filter_map(super::accuracy::compared))
}

fn demoted(picture: &Picture) -> Table {
    let row = |one: &crate::report::Demoted| {
        vec![
            named(&one.workflow),
            Cell::text(day(one.demotion.since)),
            Cell::text(distrusted(one.demotion.distrust)).toned("warn"),
        ]
    };
    Table::new(
        "Forecasts that are not acted on",
        &["workflow", "since", "why"],
        "None.",
    )
    .with(picture.health.demoted.iter().map(row))
    .at_most(LISTED)
}

impl Week {
    fn of(source: &Source) -> Self {
        let (now, after) = (&source.now, &source.after);
        let peak = |(now, after): (&crate::plan::PoolPeak, &crate::plan::PoolPeak)| {
            let cell = |jobs: u32| {
                let cell = Cell::text(jobs.to_string());
                let is_over = now.capacity.is_some_and(|capacity| jobs > capacity);
                if is_over { cell.toned("warn") } else { cell }
            };
            vec![
                Cell::text(&now.pool),
                Cell::text(or_dash(now.capacity)),
                cell(now.peak_jobs),
                cell(after.peak_jobs),
            ]
        };
        let peaks = Table::new(
            "Most jobs at once, as scheduled runs usually go",
            &["runners", ">capacity", ">now", ">after every move"],
            "No runners are known yet.",
        );
        Self {
            connection: source.connection.clone(),
            digest: source.digest.clone(),
            made: minute(source.made_at),
            now: now.overlap_seconds.rounded().to_string(),
            after: after.overlap_seconds.rounded().to_string(),
            bars: Bars::of("Starts", &now.starts_per_hour, &after.starts_per_hour),
            peaks: peaks
                .with(now.peaks.iter().zip(&after.peaks).map(peak))
                .at_most(LISTED),
        }
    }
}
