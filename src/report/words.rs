//! The words and figures that reports share, whatever they are printed on.

use super::summary::Group;
use crate::{domain::Schedule, track::Accuracy};

/// What stands where nothing is known.
pub(crate) fn dash() -> String {
    "-".to_owned()
}

/// A value, or a dash.
pub(crate) fn or_dash(value: Option<impl ToString>) -> String {
    value.map_or_else(dash, |value| value.to_string())
}

/// A figure in percent that may lie below zero, or a dash.
pub(crate) fn percent(value: Option<i32>) -> String {
    value.map_or_else(dash, |value| format!("{value}%"))
}

/// An error relative to the actual, in percent with one decimal.
pub(crate) fn error(permille: u32) -> String {
    format!("{}.{}%", permille / 10, permille % 10)
}

/// Schedules in one cell.
pub(crate) fn schedules(schedules: &[Schedule]) -> String {
    if schedules.is_empty() {
        return dash();
    }
    let each: Vec<String> = schedules.iter().map(ToString::to_string).collect();
    each.join(" | ")
}

impl Group {
    /// The groups in order of what a person does first.
    pub(crate) const ALL: [Self; 4] = [
        Self::ReadyToApply,
        Self::NeedsReview,
        Self::MoreDataNeeded,
        Self::NothingToDo,
    ];

    /// What it is called.
    pub(crate) const fn heading(self) -> &'static str {
        match self {
            Self::ReadyToApply => "Ready to apply",
            Self::NeedsReview => "Needs review",
            Self::MoreDataNeeded => "More data needed",
            Self::NothingToDo => "Nothing to do",
        }
    }
}

/// The figures that are sums and weighed means of those of the workflows, where nothing else is known.
pub(crate) fn summed(all: &Accuracy) -> Vec<(String, String)> {
    let told = [
        "health",
        "within 25% of the actual",
        "within 10 / 25 / 50% / beyond",
        "inside the 90% interval",
    ];
    let mut facts = figures(all);
    facts.retain(|(name, _)| told.contains(&name.as_str()));
    facts.insert(3, ("mean error".to_owned(), format!("{}%", all.mean_error)));
    facts
}

/// What all forecasts together were worth, figure by figure.
pub(crate) fn figures(all: &Accuracy) -> Vec<(String, String)> {
    let health: &str = all.health.into();
    let bands = &all.distribution;
    let facts = [
        (
            "health",
            format!("{health} (Good above 80%, Warning from 60%, Critical below)"),
        ),
        ("within 25% of the actual", all.close_share()),
        (
            "within 10 / 25 / 50% / beyond",
            format!(
                "{} / {} / {} / {}",
                bands.excellent, bands.good, bands.fair, bands.poor
            ),
        ),
        ("median error", format!("{}%", all.median_error)),
        (
            "mean error",
            format!("{}% ± {}%", all.mean_error, all.standard_deviation),
        ),
        (
            "smallest to largest",
            format!("{}% to {}%", all.min_error, all.max_error),
        ),
        ("inside the 90% interval", all.coverage.to_string()),
        ("better than the last value by", percent(all.skill)),
        ("median error fell by", percent(all.improvement)),
        (
            "Brier score of success",
            format!("{:.3}", all.brier.share()),
        ),
    ];
    facts.map(|(name, value)| (name.to_owned(), value)).into()
}
