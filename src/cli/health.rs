//! `cronwright health`: whether the forecasts in a store can be lived by, as an exit code and as figures.

use std::{io::Write, process::ExitCode};

use clap::Args;

use super::{
    inventory,
    page::{self, Content, Format, Page},
    recorded::StoreArgs,
    source::{Source, SourceArgs},
};
use crate::report::{
    Demoted, HIGH_CONFIDENCE, NOT_TOLD, SystemHealth as Told, distrusted,
    words::{or_dash, percent},
};

/// Arguments of `cronwright health`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright health --store sqlite://history.db\n  cronwright health --context production -A\n  cronwright health || echo 'do not trust the forecasts'\n  cronwright health --format json | jq .accuracy_score\n\nExit codes: 0 healthy, or too early to tell; 1 critical (fewer than 60% of the forecasts landed within 25% of the actual), or the source cannot be read."
)]
pub struct HealthArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// How the figures are printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// Prints how well the system does.
///
/// # Errors
/// When the store cannot be read or knows no workflow.
pub async fn run(args: &HealthArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let told = match args.source.open(&args.store).await? {
        Source::Store(store) => {
            let told = Told::of(&inventory::read(&store).await?);
            page::print(out, args.format, &told, || page(&told))?;
            told
        }
        Source::Statuses(statuses) => {
            let told = statuses.health();
            let data = told.data_of_statuses();
            let page = || page(&told).with("Not told", Content::Lines(vec![NOT_TOLD.to_owned()]));
            page::print(out, args.format, &data, page)?;
            told
        }
    };
    Ok(ExitCode::from(u8::from(told.is_critical())))
}

fn page(told: &Told) -> Page {
    let health = told.health.map_or("too early to tell", <&str>::from);
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
        ("inside the 90% interval", or_dash(told.interval_coverage)),
        (
            "runs with impossible times",
            format!(
                "{} (no duration is learned from them)",
                or_dash(told.impossible_runs)
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
    vec![
        demoted.workflow.clone(),
        demoted.demotion.since.format("%Y-%m-%d").to_string(),
        distrusted(demoted.demotion.distrust).to_owned(),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        domain::Percent,
        report::sample::{self, id},
    };

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
