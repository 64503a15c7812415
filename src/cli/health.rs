//! `cronwright health`: whether the forecasts in a store can be lived by, as an exit code and as figures.

use std::{io::Write, process::ExitCode};

use clap::Args;
use serde::Serialize;

use super::{
    inventory::{self, Inventory, Known},
    page::{self, Content, Format, Page},
    recorded::StoreArgs,
};
use crate::{
    domain::{Percent, Score},
    track::{Accuracy, Demotion, Distrust, Health, accuracy},
};

/// From this confidence on a forecast counts as trusted.
const HIGH_CONFIDENCE: Percent = Percent(70);

/// Arguments of `cronwright health`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright health --store sqlite://history.db\n  cronwright health || echo 'do not trust the forecasts'\n  cronwright health --format json | jq .accuracy_score\n\nExit codes: 0 healthy, or too early to tell; 1 critical (fewer than 60% of the forecasts landed within 25% of the actual), or the store cannot be read."
)]
pub struct HealthArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
}

/// How well the system does.
#[derive(Debug, Serialize)]
struct Told {
    /// How the accuracy is judged; none while nothing was compared.
    health: Option<Health>,
    /// Workflows that run by cron.
    schedulable: usize,
    /// How many of them have a forecast.
    forecast: usize,
    forecast_coverage: Percent,
    /// The share of forecasts within 25% of the actual.
    accuracy_score: Option<Percent>,
    #[serde(skip)]
    close_share: Option<String>,
    comparisons: u32,
    /// The share of forecasts whose confidence is 70% or more.
    high_confidence: Percent,
    /// By how much the median error of the newer half lies below that of the older half, in percent.
    improvement: Option<i32>,
    /// By how much the errors lie below those of repeating the last value, in percent.
    skill: Option<i32>,
    /// The share of outcomes inside the 90% interval.
    interval_coverage: Option<Percent>,
    /// Runs whose times cannot be: from the future, backwards, of no duration, or longer than GitHub lets a run last.
    impossible_runs: u64,
    demoted: Vec<Demoted>,
}

/// A workflow whose forecasts are not acted on.
#[derive(Debug, Serialize)]
struct Demoted {
    workflow: String,
    #[serde(flatten)]
    demotion: Demotion,
}

/// Prints how well the system does.
///
/// # Errors
/// When the store cannot be read or knows no workflow.
pub async fn run(args: &HealthArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let told = Told::of(&inventory::read(&args.store).await?);
    page::print(out, args.format, &told, || page(&told))?;
    Ok(ExitCode::from(u8::from(told.is_critical())))
}

impl Told {
    fn of(inventory: &Inventory) -> Self {
        let schedulable = inventory
            .workflows
            .iter()
            .filter(|(id, known)| inventory.is_schedulable(id) || known.forecast.is_some());
        let schedulable: Vec<&Known> = schedulable.map(|(_, known)| known).collect();
        let forecasts: Vec<_> = schedulable
            .iter()
            .filter_map(|known| known.forecast.as_ref())
            .collect();
        let high = forecasts
            .iter()
            .filter(|forecast| forecast.confidence >= HIGH_CONFIDENCE);
        let scores: Vec<Score> = inventory
            .workflows
            .values()
            .flat_map(|known| known.scores.clone())
            .collect();
        let overall = accuracy(&scores);
        let overall = overall.as_ref();
        let demoted = inventory.workflows.iter().filter_map(|(id, known)| {
            Some(Demoted {
                workflow: id.to_string(),
                demotion: accuracy(&known.scores)?.demotion?,
            })
        });
        Self {
            health: overall.map(|overall| overall.health),
            schedulable: schedulable.len(),
            forecast: forecasts.len(),
            forecast_coverage: share(forecasts.len(), schedulable.len()),
            accuracy_score: overall.map(|overall| overall.score),
            close_share: overall.map(Accuracy::close_share),
            comparisons: overall.map_or(0, |overall| overall.comparisons),
            high_confidence: share(high.count(), forecasts.len()),
            improvement: overall.and_then(|overall| overall.improvement),
            skill: overall.and_then(|overall| overall.skill),
            interval_coverage: overall.map(|overall| overall.coverage),
            impossible_runs: inventory
                .workflows
                .values()
                .map(|known| known.impossible)
                .sum(),
            demoted: demoted.collect(),
        }
    }

    fn is_critical(&self) -> bool {
        self.health == Some(Health::Critical)
    }
}

/// A share in whole percent; of nothing it is zero.
#[allow(clippy::cast_precision_loss)] // Counts far below 2^52.
fn share(part: usize, whole: usize) -> Percent {
    Percent::from_share(part as f64 / whole.max(1) as f64)
}

fn page(told: &Told) -> Page {
    let health = told.health.map_or("too early to tell", <&str>::from);
    let percent =
        |value: Option<i32>| value.map_or_else(|| "-".to_owned(), |value| format!("{value}%"));
    let share =
        |value: Option<Percent>| value.map_or_else(|| "-".to_owned(), |value| value.to_string());
    let facts = [
        (
            "accuracy score",
            format!(
                "{} of {} forecasts (good above 80%, warning from 60%, critical below)",
                told.close_share.as_deref().unwrap_or("-"),
                told.comparisons
            ),
        ),
        (
            "workflows with a forecast",
            format!(
                "{} ({} of {} that run by cron)",
                told.forecast_coverage, told.forecast, told.schedulable
            ),
        ),
        (
            "forecasts with high confidence",
            format!("{} ({HIGH_CONFIDENCE} or more)", told.high_confidence),
        ),
        ("median error fell by", percent(told.improvement)),
        ("better than the last value by", percent(told.skill)),
        ("inside the 90% interval", share(told.interval_coverage)),
        (
            "runs with impossible times",
            format!(
                "{} (no duration is learned from them)",
                told.impossible_runs
            ),
        ),
        ("not acted on", format!("{} workflows", told.demoted.len())),
    ];
    let facts = facts.map(|(name, value)| (name.to_owned(), value)).into();
    let page = Page::new(format!("Health: {health}")).with("", Content::Facts(facts));
    if told.demoted.is_empty() {
        return page;
    }
    page.with(
        "Forecasts that are not acted on",
        Content::Table {
            header: vec!["workflow", "since", "why"],
            rows: told.demoted.iter().map(row).collect(),
        },
    )
}

fn row(demoted: &Demoted) -> Vec<String> {
    let why = match demoted.demotion.distrust {
        Distrust::NoSkill => "repeating the last value did better",
        Distrust::LowCoverage => "too many runs outside of their intervals",
    };
    vec![
        demoted.workflow.clone(),
        demoted.demotion.since.format("%Y-%m-%d").to_string(),
        why.to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::sample::{self, id};

    fn scored(newest_error_permille: u32) -> Told {
        let mut inventory = sample::inventory();
        for name in ["acme/app/nightly.yml", "acme/docs/links.yml"] {
            let known = inventory.workflows.get_mut(&id(name).into());
            known.expect("a workflow of the sample").scores =
                sample::scores(40, newest_error_permille);
        }
        Told::of(&inventory)
    }

    fn printed(told: &Told) -> String {
        let mut out = Vec::new();
        page::print(&mut out, Format::Text, told, || page(told)).expect("memory takes it");
        String::from_utf8(out).expect("text")
    }

    #[test]
    fn health_tells_coverage_accuracy_confidence_and_improvement() {
        insta::assert_snapshot!(printed(&scored(90)));
    }

    #[test]
    fn forecasts_that_miss_are_critical_and_named() {
        let told = scored(900);
        assert!(told.is_critical());
        insta::assert_snapshot!(printed(&told));
    }

    #[test]
    fn without_a_comparison_it_is_too_early_to_tell_and_no_alarm() {
        let told = Told::of(&sample::inventory());
        assert!(!told.is_critical());
        assert_eq!((told.schedulable, told.forecast), (6, 5));
        assert_eq!(told.forecast_coverage, Percent(83));
        assert!(printed(&told).starts_with("Health: too early to tell\n"));
    }
}
