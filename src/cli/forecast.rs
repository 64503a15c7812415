//! `cronwright forecast`: what is expected of each workflow's next run.

use std::{io::Write, process::ExitCode};

use clap::Args;
use serde::Serialize;

use super::{
    page::{self, Content, Format, Page},
    recorded::{self, Recorded, StoreArgs},
    source::{Source, SourceArgs},
};
use crate::{
    domain::Forecast,
    report::{Statuses, without},
};

/// Arguments of `cronwright forecast`.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cronwright forecast --store sqlite://history.db\n  cronwright forecast --checkout .\n  cronwright forecast --context production -A\n  cronwright forecast acme/payments --format json | jq '.[].duration.p90'"
)]
pub struct ForecastArgs {
    #[command(flatten)]
    pub(super) store: StoreArgs,
    /// How the forecasts are printed.
    #[arg(long, value_enum, default_value_t)]
    pub(super) format: Format,
    #[command(flatten)]
    pub(super) source: SourceArgs,
}

/// A forecast as data.
#[derive(Serialize)]
struct Entry<'a> {
    workflow: String,
    #[serde(flatten)]
    forecast: &'a Forecast,
}

/// Prints the newest forecast of each workflow.
///
/// # Errors
/// When the store cannot be read or holds no forecast.
pub async fn run(args: &ForecastArgs, out: &mut dyn Write) -> anyhow::Result<ExitCode> {
    let store = match args.source.open(&args.store).await? {
        Source::Store(store) => store,
        Source::Statuses(statuses) => return of_statuses(args, &statuses, out),
    };
    let recorded = recorded::read(&store).await?;
    let entry = |recorded: &'_ Recorded| -> Option<(String, Forecast)> {
        Some((recorded.workflow.to_string(), recorded.forecast.clone()?))
    };
    let forecasts: Vec<(String, Forecast)> = recorded.iter().filter_map(entry).collect();
    page::print(out, args.format, &data(&forecasts), || page(&forecasts))?;
    Ok(ExitCode::SUCCESS)
}

/// The same from the statuses of a cluster, which do not tell when a forecast was made.
fn of_statuses(
    args: &ForecastArgs,
    statuses: &Statuses,
    out: &mut dyn Write,
) -> anyhow::Result<ExitCode> {
    let forecasts = statuses.forecasts();
    anyhow::ensure!(
        !forecasts.is_empty(),
        "no status holds a forecast yet; there is one once runs of its workflow were observed"
    );
    let data = without(&data(&forecasts), &["made_at"]);
    page::print(out, args.format, &data, || page(&forecasts))?;
    Ok(ExitCode::SUCCESS)
}

fn data(forecasts: &[(String, Forecast)]) -> Vec<Entry<'_>> {
    let each = forecasts.iter();
    each.map(|(workflow, forecast)| Entry {
        workflow: workflow.clone(),
        forecast,
    })
    .collect()
}

fn page(forecasts: &[(String, Forecast)]) -> Page {
    let row = |(workflow, forecast): &(String, Forecast)| {
        vec![
            workflow.clone(),
            forecast.duration.p50.to_string(),
            forecast.duration.p90.to_string(),
            format!("{} to {}", forecast.interval.lower, forecast.interval.upper),
            forecast.confidence.to_string(),
            forecast.success.to_string(),
            format!(
                "{} to {}",
                forecast.success_interval.lower, forecast.success_interval.upper
            ),
            forecast.lateness.p50.to_string(),
            forecast.queue.p90.to_string(),
            forecast.samples.to_string(),
            forecast
                .drift_since
                .map_or_else(|| "-".to_owned(), |at| at.format("%Y-%m-%d").to_string()),
        ]
    };
    let title = match forecasts.len() {
        1 => "Forecast of the next run of 1 workflow".to_owned(),
        number => format!("Forecasts of the next runs of {number} workflows"),
    };
    Page::new(title).with(
        "",
        Content::Table {
            header: vec![
                "workflow",
                ">p50",
                ">p90",
                ">nine in ten",
                ">confidence",
                ">success",
                ">success within",
                ">late p50",
                ">queue p90",
                ">runs",
                "drift since",
            ],
            rows: forecasts.iter().map(row).collect(),
        },
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{Interval, Percent, Permille, ProbabilityInterval, Quantiles, Seconds};

    #[test]
    fn a_forecast_reads_at_a_glance() {
        let span = |p50, p90| Quantiles {
            p50: Seconds(p50),
            p90: Seconds(p90),
        };
        let forecast = Forecast {
            made_at: "2026-09-14T06:00:00Z".parse().expect("an instant"),
            model: "m/1".into(),
            duration: span(750, 900),
            interval: Interval {
                lower: Seconds(700),
                upper: Seconds(960),
            },
            queue: span(10, 60),
            lateness: span(600, 1_200),
            success: Permille(973),
            success_interval: ProbabilityInterval {
                lower: Permille(912),
                upper: Permille(995),
            },
            confidence: Percent(88),
            samples: 41,
            drift_since: None,
        };
        let mut out = Vec::new();
        let told = [("acme/payments/nightly.yml".to_owned(), forecast)];
        page::print(&mut out, Format::Text, &(), || page(&told)).expect("memory takes it");
        insta::assert_snapshot!(String::from_utf8(out).expect("text"), @r"
        Forecast of the next run of 1 workflow

          WORKFLOW                       P50   P90     NINE IN TEN   CONFIDENCE   SUCCESS   SUCCESS WITHIN   LATE P50   QUEUE P90   RUNS   DRIFT SINCE
          acme/payments/nightly.yml   12m30s   15m   11m40s to 16m          88%     97.3%   91.2% to 99.5%        10m          1m     41   -
        ");
    }
}
