//! What the statuses of a cluster tell of anomalies, as a page.

use crate::{
    cli::page::{Content, Page},
    report::{AnomaliesOfStatuses, Holding, Incident, anomalies::day},
};

/// What no status holds, and who does.
const NOT_TOLD: &str = "A status does not hold what is over, nor on how many runs an anomaly rests: the dashboard shows it, and so does \
    the same command on the controller's store (--store).";

/// The page of a cluster's anomalies.
pub(super) fn page(told: &AnomaliesOfStatuses) -> Page {
    let mut page = Page::new(title(told));
    if !told.incidents.is_empty() {
        page = page.with(
            "Incidents",
            Content::Table {
                header: vec!["since (UTC)", "kind", ">workflows", "connection", "what"],
                rows: told.incidents.iter().map(incident).collect(),
            },
        );
    }
    if !told.holding.is_empty() {
        page = page.with(
            "By workflow",
            Content::Table {
                header: vec!["since (UTC)", "workflow", "kind", "what", "from run"],
                rows: told.holding.iter().map(holding).collect(),
            },
        );
    }
    page.with("Not told", Content::Lines(vec![NOT_TOLD.to_owned()]))
}

fn title(told: &AnomaliesOfStatuses) -> String {
    let incidents = match told.incidents.len() {
        0 => String::new(),
        1 => ", 1 incident of many workflows".to_owned(),
        number => format!(", {number} incidents of many workflows"),
    };
    match told.holding.len() {
        0 => format!("Anomalies: none{incidents}"),
        1 => format!("Anomalies: 1 holds{incidents}"),
        number => format!("Anomalies: {number} hold{incidents}"),
    }
}

fn incident(one: &Incident) -> Vec<String> {
    vec![
        day(one.since),
        one.kind.clone(),
        one.workflows.to_string(),
        one.connection.clone(),
        one.summary.clone(),
    ]
}

fn holding(one: &Holding) -> Vec<String> {
    vec![
        day(one.since),
        one.workflow.clone(),
        one.kind.clone(),
        one.change.clone(),
        one.run
            .map_or_else(|| "-".to_owned(), |run| run.to_string()),
    ]
}
