//! The reference page of the metrics, written from the table.

use std::fmt::Write as _;

use super::declared::{Row, TABLE};

const OPENING: &str = "\
# Metrics

Written by `make generate` from the table in `src/metrics/declared.rs`; a test compares it.

`/metrics` of the admin server (port 8080, `--admin-address`) tells them in the OpenMetrics text format. Labels are words of the
program with few values: no object, repository, workflow, person or secret is ever one, so that the number of series does not
grow with the fleet. A series appears with its first value. `increase()` and `rate()` are for what ends in `_total`, `_sum`,
`_count` and `_bucket`; what concerns all objects together is counted anew with every scrape, and told by the replica that leads.

| series | type | labels | tells |
|---|---|---|---|
";

const CLOSING: &str = "
Alerts over them stand in the chart (`metrics.prometheusRule`), each with a page in [runbooks](runbooks/); dashboards in
`deploy/grafana`.
";

/// The page `docs/metrics.md`.
#[must_use]
pub fn reference() -> String {
    let mut page = OPENING.to_owned();
    for row in TABLE {
        write_row(&mut page, row);
    }
    page.push_str(CLOSING);
    page
}

fn write_row(page: &mut String, row: &Row) {
    let series = row.series();
    // A histogram's three series differ in their suffix alone.
    let name = match series.as_slice() {
        [one] => format!("`{one}`"),
        _ => format!("`{}_{{bucket,sum,count}}`", row.family()),
    };
    let labels: Vec<_> = row
        .labels
        .iter()
        .map(|label| format!("`{label}`"))
        .collect();
    let labels = if labels.is_empty() {
        "–".to_owned()
    } else {
        labels.join(", ")
    };
    // Writing to a String cannot fail.
    let _ = writeln!(page, "| {name} | {} | {labels} | {} |", row.kind, row.help);
}
