//! Names of metrics in a PromQL expression.

use std::collections::BTreeSet;

use cronwright::metrics::TABLE;

/// The names of our metrics that an expression reads.
pub fn ours(expression: &str) -> BTreeSet<String> {
    let words = expression
        .split(|letter: char| !letter.is_alphanumeric() && letter != '_' && letter != ':');
    words
        .filter(|word| word.starts_with("cronwright_"))
        .map(ToOwned::to_owned)
        .collect()
}

/// Every name that a query may use.
pub fn declared() -> BTreeSet<String> {
    TABLE
        .iter()
        .flat_map(cronwright::metrics::Row::series)
        .collect()
}

/// Fails when an expression reads a metric that nobody tells, or none of ours.
///
/// # Panics
/// When it does.
pub fn expect_declared(place: &str, expression: &str) {
    let ours = ours(expression);
    let declared = declared();
    let unknown: Vec<_> = ours.difference(&declared).collect();
    assert!(
        unknown.is_empty(),
        "{place} reads {unknown:?}, which nobody tells: {expression}"
    );
}

/// Fails when an expression names a label that neither our metrics have nor a scrape adds.
///
/// # Panics
/// When it does.
pub fn expect_labels(place: &str, expression: &str) {
    let added = ["namespace", "job", "pod", "instance", "le"];
    let known =
        |label: &str| added.contains(&label) || TABLE.iter().any(|row| row.labels.contains(&label));
    for label in labels(expression) {
        assert!(
            known(&label),
            "{place} names the label {label}, which nothing has: {expression}"
        );
    }
}

/// The queries of a page, each a line of a block that says so.
pub fn of_page(text: &str) -> Vec<String> {
    let blocks = text.split("```promql").skip(1);
    let blocks = blocks.filter_map(|rest| rest.split("```").next());
    let lines = blocks.flat_map(str::lines).map(str::trim);
    lines
        .filter(|line| !line.is_empty())
        .map(ToOwned::to_owned)
        .collect()
}

/// Label matchers and groupings of an expression that name a label: `name=`, `by (name)`.
pub fn labels(expression: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for part in expression.split('{').skip(1) {
        let matchers = part.split('}').next().unwrap_or_default();
        let names = matchers
            .split(',')
            .filter_map(|matcher| matcher.split(['=', '!']).next());
        found.extend(
            names
                .map(|name| name.trim().to_owned())
                .filter(|name| !name.is_empty()),
        );
    }
    for part in expression
        .split("by (")
        .skip(1)
        .chain(expression.split("by(").skip(1))
    {
        let names = part.split(')').next().unwrap_or_default();
        found.extend(names.split(',').map(|name| name.trim().to_owned()));
    }
    found
}

#[test]
fn names_and_labels_of_an_expression_are_found_wherever_they_stand() {
    let expression = "sum by (kind, le) (rate(cronwright_rounds_total{job=\"x\", result!=\"ok\"}[5m])) / up{a=~\"b\"}";
    let set = |names: &[&str]| {
        names
            .iter()
            .map(ToString::to_string)
            .collect::<BTreeSet<_>>()
    };

    assert_eq!(ours(expression), set(&["cronwright_rounds_total"]));
    assert_eq!(
        labels(expression),
        set(&["a", "job", "kind", "le", "result"])
    );
}
