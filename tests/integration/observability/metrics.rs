//! The metrics of a run: as declared, all of them, bounded, and without a secret.

use std::collections::BTreeSet;

use cronwright::{
    metrics::{Kind, Row, TABLE},
    simulate::DEMO_TOKEN,
};

use super::{
    exposition::{Family, families},
    promtool,
    run::SCRAPED,
};

/// What a run without a cluster, webhooks and failures never tells.
const ELSEWHERE: [&str; 1] = ["cronwright_webhook_deliveries"];

/// How many series a run may have: the table's, not the fleet's. A histogram has nineteen for each of its labels' values.
const MOST_SERIES: usize = 600;

fn names(labels: &[(String, String)]) -> Vec<&str> {
    let names = labels.iter().map(|(name, _)| name.as_str());
    names.filter(|name| *name != "le").collect()
}

fn expect_as_declared(row: &Row, family: &Family) {
    let name = row.family();
    assert_eq!(family.kind, row.kind.to_string(), "{name}");
    assert_eq!(family.unit.as_deref(), row.unit(), "{name}");
    assert_eq!(family.help.trim_end_matches('.'), row.help, "{name}");
    let series = row.series();
    for sample in &family.samples {
        assert!(series.contains(&sample.name), "{}", sample.name);
        assert_eq!(names(&sample.labels), row.labels, "{}", sample.name);
        assert!(!sample.value.is_nan(), "{}", sample.name);
    }
}

#[test]
fn a_run_tells_every_declared_metric_as_it_is_declared_and_no_other() {
    let told = families(&SCRAPED);
    for row in TABLE {
        let name = row.family();
        match told.get(&name) {
            Some(family) => expect_as_declared(row, family),
            None => assert!(
                ELSEWHERE.contains(&name.as_str()),
                "{name} is not told:\n{}",
                *SCRAPED
            ),
        }
    }
    let declared: BTreeSet<_> = TABLE.iter().map(Row::family).collect();
    let told: BTreeSet<_> = told.into_keys().collect();
    assert_eq!(
        told.difference(&declared).collect::<Vec<_>>(),
        Vec::<&String>::new()
    );
}

#[test]
fn labels_are_words_of_the_program_and_their_number_is_bounded() {
    let told = families(&SCRAPED);
    let samples: Vec<_> = told.values().flat_map(|family| &family.samples).collect();
    for sample in &samples {
        for (name, value) in &sample.labels {
            let is_word =
                |letter: char| letter.is_ascii_alphanumeric() || "_./{}+-".contains(letter);
            assert!(value.chars().all(is_word), "{name}={value}");
            let named = ["acme", "payments", "nightly", "yml", "ci/"]
                .iter()
                .any(|part| value.contains(part));
            assert!(!named, "{name}={value} names an object");
        }
    }
    assert!(samples.len() <= MOST_SERIES, "{} series", samples.len());
}

#[test]
fn a_scrape_holds_no_secret() {
    assert!(!SCRAPED.contains(DEMO_TOKEN) && !SCRAPED.contains("Bearer"));
}

#[test]
fn what_a_run_tells_agrees_with_what_happened() {
    let told = families(&SCRAPED);
    let sum = |family: &str, label: Option<(&str, &str)>| -> f64 {
        let fits = |labels: &[(String, String)]| {
            label.is_none_or(|(name, value)| {
                labels
                    .iter()
                    .any(|one| (one.0.as_str(), one.1.as_str()) == (name, value))
            })
        };
        let samples = told[family]
            .samples
            .iter()
            .filter(|sample| fits(&sample.labels));
        samples.map(|sample| sample.value).sum()
    };
    assert!(sum("cronwright_rounds", Some(("kind", "WorkflowSchedule"))) > 100.0);
    assert!(
        sum("cronwright_github_cache_lookups", Some(("result", "hit")))
            > sum("cronwright_github_cache_lookups", Some(("result", "miss")))
    );
    assert!(sum("cronwright_forecasts", None) > 0.0 && sum("cronwright_scores", None) > 0.0);
    assert!(sum("cronwright_comparisons", None) > 0.0);
    for share in ["accuracy_score", "coverage", "github_budget_left"] {
        let value = sum(&format!("cronwright_{share}_ratio"), None);
        assert!(value > 0.0 && value <= 1.0, "{share} is {value}");
    }
    assert!(sum("cronwright_pull_requests", Some(("state", "open"))) > 0.0);
    assert!(
        sum(
            "cronwright_plan_overlap_seconds",
            Some(("timetable", "planned"))
        ) < sum(
            "cronwright_plan_overlap_seconds",
            Some(("timetable", "current"))
        )
    );
    assert!(sum("cronwright_fires", Some(("delivery", "on_time"))) > 0.0);
}

/// The scrape in Prometheus' older text format, which promtool reads: there a counter's family ends in `_total`.
fn classic() -> String {
    let counters: BTreeSet<_> = TABLE
        .iter()
        .filter(|row| row.kind == Kind::Counter)
        .map(Row::family)
        .collect();
    let mut text = String::new();
    for line in SCRAPED.lines() {
        let mut words = line.splitn(4, ' ');
        let told = (words.next(), words.next(), words.next());
        match told {
            (Some("#"), Some(what @ ("HELP" | "TYPE")), Some(name)) if counters.contains(name) => {
                let rest = words.next().unwrap_or_default();
                text.push_str(&format!("# {what} {name}_total {rest}\n"));
            }
            _ => text.push_str(&format!("{line}\n")),
        }
    }
    text
}

#[test]
fn prometheus_own_judge_has_nothing_to_say_about_the_metrics() {
    promtool::agrees(&["check", "metrics"], &classic());
}
