//! `cronwright anomalies`: what has become otherwise about workflows, with one incident told once.

mod cluster;
#[cfg(test)]
mod tests;

use std::{io::Write, process::ExitCode};

use clap::Args;

use super::{
    inventory,
    page::{self, Content, Format, Page},
    recorded::StoreArgs,
    source::{Source, SourceArgs},
};
use crate::report::{
    Anomalies, Found, Told,
    anomalies::{day, word},
};

/// Arguments of `cronwright anomalies`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright anomalies --store sqlite://history.db\n  cronwright anomalies acme/payments\n  cronwright anomalies --checkout .\n  cronwright anomalies --context production -A\n  cronwright anomalies --format json | jq '.alarms[] | select(.incident) | .summary'\n\nWhat is told, how certain it is and when it ends: docs/anomalies.md."
)]
pub struct AnomaliesArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// How it is printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// Prints what has become otherwise.
///
/// # Errors
/// When the source cannot be read or knows no workflow.
pub async fn run(args: &AnomaliesArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    match args.source.open(&args.store).await? {
        Source::Store(store) => {
            let told = Anomalies::of(&inventory::read(&store).await?);
            page::print(out, args.format, &told, || page(&told))?;
        }
        Source::Statuses(statuses) => {
            let told = statuses.anomalies();
            page::print(out, args.format, &told, || cluster::page(&told))?;
        }
    }
    Ok(ExitCode::SUCCESS)
}

fn page(told: &Anomalies) -> Page {
    let page = sections(told)
        .into_iter()
        .fold(Page::new(title(told)), |page, (heading, content)| {
            page.with(heading, content)
        });
    if told.over.is_empty() {
        return page;
    }
    page.with("Over", table(&told.over))
}

fn title(told: &Anomalies) -> String {
    let shared = told.alarms.iter().filter(|one| one.incident).count();
    let shared = match shared {
        0 => String::new(),
        shared => format!(", {shared} shared by many workflows"),
    };
    match told.alarms.len() {
        0 => "Anomalies: none".to_owned(),
        1 => format!("Anomalies: 1 alarm{shared}"),
        all => format!("Anomalies: {all} alarms{shared}"),
    }
}

/// What holds, as sections of a page; none where nothing does.
fn sections(told: &Anomalies) -> Vec<(&'static str, Content)> {
    if told.alarms.is_empty() {
        return Vec::new();
    }
    vec![
        ("Alarms", alarms(&told.alarms)),
        ("By workflow", table(&told.holding)),
    ]
}

/// Alarms as a table.
pub(super) fn alarms(alarms: &[Told]) -> Content {
    let row = |one: &Told| {
        vec![
            day(one.alarm.since),
            word(one.alarm.kind),
            one.alarm.workflows.len().to_string(),
            one.summary.clone(),
        ]
    };
    Content::Table {
        header: vec!["since (UTC)", "kind", ">workflows", "what"],
        rows: alarms.iter().map(row).collect(),
    }
}

fn table(found: &[Found]) -> Content {
    let row = |one: &Found| {
        let run = one.anomaly.run;
        vec![
            day(one.anomaly.since),
            one.workflow.clone(),
            one.change.clone(),
            run.map_or_else(|| "-".to_owned(), |run| run.0.to_string()),
            one.anomaly.evidence.to_string(),
            one.outcome(),
        ]
    };
    Content::Table {
        header: vec![
            "since (UTC)",
            "workflow",
            "what",
            "from run",
            ">evidence",
            "outcome",
        ],
        rows: found.iter().map(row).collect(),
    }
}
