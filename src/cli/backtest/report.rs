//! The figures of a backtest, for people and for programs.

use std::{collections::BTreeMap, io::Write};

use serde::Serialize;

use super::{Scored, forecaster::Stopwatch};
use crate::{
    predict::MODEL,
    track::{Figures, Settings, figures},
};

/// How many of the worst workflows the text names.
const WORST: usize = 10;

/// All figures of a backtest.
#[derive(Serialize)]
pub(super) struct Report {
    model: &'static str,
    settings: Settings,
    /// Rows of the file that are no run.
    refused_rows: u64,
    /// Learning one run and making one forecast, together.
    microseconds_per_update_and_forecast: f64,
    overall: Figures,
    per_source: BTreeMap<String, Figures>,
    per_workflow: Vec<Workflow>,
}

#[derive(Serialize)]
struct Workflow {
    source: String,
    repository: String,
    workflow: String,
    level: String,
    #[serde(flatten)]
    figures: Figures,
}

impl Report {
    pub(super) fn new(
        settings: Settings,
        scored: &[Scored],
        refused_rows: u64,
        times: [&Stopwatch; 2],
    ) -> Self {
        let mut sources: BTreeMap<String, Vec<&Scored>> = BTreeMap::new();
        for one in scored {
            sources
                .entry(one.series.source.clone())
                .or_default()
                .push(one);
        }
        let of_source = |(source, scored): (String, Vec<&Scored>)| {
            (source, figures(scored.iter().map(|one| &one.replayed)))
        };
        Self {
            model: MODEL,
            settings,
            refused_rows,
            microseconds_per_update_and_forecast: times
                .iter()
                .map(|time| time.microseconds())
                .sum(),
            overall: figures(scored.iter().map(|one| &one.replayed)),
            per_source: sources.into_iter().map(of_source).collect(),
            per_workflow: scored.iter().map(Workflow::of).collect(),
        }
    }

    /// Prints tables.
    pub(super) fn text(&self, out: &mut dyn Write) -> std::io::Result<()> {
        self.overview(out)?;
        self.calibration(out)?;
        self.cold_start(out)?;
        self.sources(out)?;
        self.worst(out)
    }

    fn overview(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let Figures {
            series,
            forecasts,
            outcomes,
            ..
        } = self.overall;
        let all = &self.overall;
        writeln!(
            out,
            "Backtest of {}: {forecasts} forecasts of {series} series, the last {} runs of each after at least {}\n",
            self.model, self.settings.last, self.settings.min_history
        )?;
        let bands = &all.distribution;
        let skill = all.brier_skill.map_or_else(
            || "none".to_owned(),
            |skill| format!("{:.1} %", 100.0 * skill),
        );
        let mae = all
            .mae_to_last_value
            .map_or_else(|| "none".to_owned(), |ratio| format!("{ratio:.3}"));
        for (name, value) in [
            (
                "within 25 % of the actual",
                format!("{:.2} %", all.within_25_percent),
            ),
            ("median error", format!("{:.2} %", all.median_error_percent)),
            ("mean error", format!("{:.1} %", all.mean_error_percent)),
            ("MAE / last value", mae),
            (
                "within 10 / 25 / 50 % / beyond",
                format!(
                    "{} / {} / {} / {}",
                    bands.excellent, bands.good, bands.fair, bands.poor
                ),
            ),
            (
                "pinball loss at p50 / p90",
                format!(
                    "{:.2} / {:.2} %",
                    all.pinball_50_percent, all.pinball_90_percent
                ),
            ),
            (
                "coverage of the 90 % interval",
                format!("{:.2} %", all.coverage_percent),
            ),
            (
                "series covered 85 to 95 %",
                format!("{:.1} %", all.series_in_band_percent),
            ),
            (
                "median width / p50",
                format!("{:.3}", all.median_relative_width),
            ),
            (
                "Brier score of success",
                format!("{:.4} over {outcomes} outcomes", all.brier),
            ),
            ("its skill against the running rate", skill),
            (
                "time of one run and forecast",
                format!("{:.0} µs", self.microseconds_per_update_and_forecast),
            ),
            ("rows refused", self.refused_rows.to_string()),
        ] {
            writeln!(out, "  {name:<36} {value}")?;
        }
        Ok(())
    }

    fn calibration(&self, out: &mut dyn Write) -> std::io::Result<()> {
        writeln!(
            out,
            "\nConfidence said and kept\n\n  said        forecasts   mean said   within 25 %"
        )?;
        for row in &self.overall.calibration {
            writeln!(
                out,
                "  {:>2} to {:>3} %  {:>8}   {:>7.1} %   {:>9.1} %",
                row.from_percent,
                row.from_percent + 10,
                row.forecasts,
                row.confidence_percent,
                row.within_25_percent
            )?;
        }
        Ok(())
    }

    fn cold_start(&self, out: &mut dyn Write) -> std::io::Result<()> {
        writeln!(
            out,
            "\nYoung histories, next to the running median\n\n  runs known   forecasts   within 25 %          median error"
        )?;
        for row in &self.overall.cold_start {
            writeln!(
                out,
                "  {:>10}   {:>9}   {:>5.1} % ({:>5.1} %)   {:>5.2} % ({:>5.2} %)",
                row.history,
                row.forecasts,
                row.within_25_percent,
                row.running_median_within_25_percent,
                row.median_error_percent,
                row.running_median_median_error_percent
            )?;
        }
        Ok(())
    }

    fn sources(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let widest = self.per_source.keys().map(String::len).max().unwrap_or(0);
        writeln!(
            out,
            "\nBy source\n\n  {:<widest$}   series   forecasts   within 25 %   median error   MAE / last   coverage",
            "source"
        )?;
        for (source, row) in &self.per_source {
            writeln!(
                out,
                "  {source:<widest$}   {:>6}   {:>9}   {:>9.1} %   {:>10.2} %   {:>10}   {:>6.1} %",
                row.series,
                row.forecasts,
                row.within_25_percent,
                row.median_error_percent,
                ratio(row.mae_to_last_value),
                row.coverage_percent
            )?;
        }
        Ok(())
    }

    fn worst(&self, out: &mut dyn Write) -> std::io::Result<()> {
        let mut worst: Vec<&Workflow> = self.per_workflow.iter().collect();
        worst.sort_by(|a, b| {
            a.figures
                .within_25_percent
                .total_cmp(&b.figures.within_25_percent)
        });
        writeln!(
            out,
            "\nHardest to forecast\n\n  within 25 %   median error   MAE / last   series"
        )?;
        for one in worst.into_iter().take(WORST) {
            writeln!(
                out,
                "  {:>9.1} %   {:>10.2} %   {:>10}   {} {} ({})",
                one.figures.within_25_percent,
                one.figures.median_error_percent,
                ratio(one.figures.mae_to_last_value),
                one.repository,
                one.workflow,
                one.level
            )?;
        }
        Ok(())
    }
}

impl Workflow {
    fn of(scored: &Scored) -> Self {
        Self {
            source: scored.series.source.clone(),
            repository: scored.series.repository.clone(),
            workflow: scored.series.workflow.clone(),
            level: scored.series.level.clone(),
            figures: figures([&scored.replayed]),
        }
    }
}

fn ratio(value: Option<f64>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| format!("{value:.3}"))
}
