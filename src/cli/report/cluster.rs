//! A report from the statuses of a cluster as a page: that of a store, and what only a cluster knows.

use super::page;
use crate::{
    cli::page::{Content, Page},
    report::{NOT_TOLD, NotReady, Otherwise, PullRequest, ReportOfStatuses},
};

/// The page of a report.
pub(super) fn page(told: &ReportOfStatuses) -> Page {
    let mut page = page::page(&told.report);
    if !told.anomalies.is_empty() {
        let row = |one: &Otherwise| {
            vec![
                one.anomaly.since.format("%Y-%m-%d").to_string(),
                one.workflow.clone(),
                one.anomaly.kind.clone(),
                one.anomaly.event.clone().unwrap_or_default(),
                one.anomaly.from.clone(),
                one.anomaly.to.clone(),
            ]
        };
        page = page.with(
            "Has become otherwise",
            Content::Table {
                header: vec!["since (UTC)", "workflow", "kind", "event", "from", "to"],
                rows: told.anomalies.iter().map(row).collect(),
            },
        );
    }
    if !told.pull_requests.is_empty() {
        let row =
            |one: &PullRequest| vec![one.workflow.clone(), one.label.clone(), one.url.clone()];
        page = page.with(
            "Pull requests",
            Content::Table {
                header: vec!["workflow", "pull request", "address"],
                rows: told.pull_requests.iter().map(row).collect(),
            },
        );
    }
    if !told.not_ready.is_empty() {
        let row =
            |one: &NotReady| vec![one.object.clone(), one.reason.clone(), one.message.clone()];
        page = page.with(
            "Not ready",
            Content::Table {
                header: vec!["object", "reason", "why"],
                rows: told.not_ready.iter().map(row).collect(),
            },
        );
    }
    page.with("Not told", Content::Lines(vec![NOT_TOLD.to_owned()]))
}
