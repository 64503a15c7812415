//! Alerts: each reads what is told, fires when it should, and leads to a page.

use std::{fs, path::Path};

use serde_json::{Value, json};

use super::{promtool, query};
use crate::{
    architecture::files,
    chart::render::{objects, parsed, template},
};

/// The chart's rules as it comes, for a release `cronwright`.
fn usual() -> Value {
    let out = template(&["--set=metrics.prometheusRule.enabled=true"]).expect_success();
    groups(&parsed(&out))
}

fn groups(all: &[Value]) -> Value {
    let rule = all.iter().find(|one| one["kind"] == "PrometheusRule");
    rule.expect("a PrometheusRule")["spec"].clone()
}

fn alerts(spec: &Value) -> Vec<&Value> {
    let rules = spec["groups"][0]["rules"].as_array().unwrap();
    rules
        .iter()
        .filter(|rule| rule["alert"].is_string())
        .collect()
}

fn text<'a>(rule: &'a Value, path: &str) -> &'a str {
    rule.pointer(path)
        .and_then(Value::as_str)
        .unwrap_or_else(|| panic!("{path} of {rule}"))
}

#[test]
fn alerts_read_metrics_that_are_told_and_labels_that_they_have() {
    let spec = groups(&objects("everything"));
    let alerts = alerts(&spec);
    assert!(alerts.len() >= 16, "{}", alerts.len());
    for rule in alerts {
        let (name, expression) = (text(rule, "/alert"), text(rule, "/expr"));
        query::expect_declared(name, expression);
        query::expect_labels(name, expression);
        assert!(
            expression.contains("namespace=\"cronwright\", job=\"planner\""),
            "{name} reads other releases' series"
        );
    }
}

#[test]
fn every_alert_leads_to_its_page_and_every_page_belongs_to_an_alert() {
    let spec = groups(&objects("everything"));
    let mut named: Vec<_> = alerts(&spec)
        .into_iter()
        .map(|rule| {
            let page = format!("{}.md", text(rule, "/alert"));
            let url = text(rule, "/annotations/runbook_url");
            assert_eq!(url, format!("https://runbooks.example/cronwright/{page}"));
            page
        })
        .collect();
    named.push("README.md".to_owned());
    named.sort();
    let pages = files("docs/runbooks", ".md");
    let names = pages
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned());
    let mut pages: Vec<_> = names.collect();
    pages.sort();
    assert_eq!(pages, named);
}

#[test]
fn an_alert_names_its_page_within_the_source_where_nobody_said_where_pages_are_read() {
    let spec = usual();
    for rule in alerts(&spec) {
        let page = text(rule, "/annotations/runbook_url");
        assert_eq!(page, format!("docs/runbooks/{}.md", text(rule, "/alert")));
        let page = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        assert!(page.is_file(), "{}", page.display());
    }
}

#[test]
fn a_page_says_what_is_seen_what_it_means_where_to_look_and_what_to_do() {
    for path in files("docs/runbooks", ".md") {
        let text = fs::read_to_string(&path).unwrap();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if name == "README" {
            continue;
        }
        let parts = [
            format!("# {name}\n"),
            "## Symptom".into(),
            "## Meaning".into(),
            "## Look at".into(),
            "## Way out".into(),
        ];
        for part in parts {
            assert!(text.contains(&part), "{name} lacks {part}");
        }
        for query in query::of_page(&text) {
            query::expect_declared(&name, &query);
            query::expect_labels(&name, &query);
        }
    }
}

/// The series of one alert, minute by minute, and the minutes at which it is quiet and at which it fires.
struct Case {
    alert: &'static str,
    series: &'static [(&'static str, &'static str)],
    quiet: u32,
    fires: u32,
    /// Whether the alert keeps the labels of the scrape.
    keeps: bool,
    /// The label that it sums up by, and its value.
    by: Option<(&'static str, &'static str)>,
}

/// A case whose alert sums up, and so keeps no label.
const fn case(
    alert: &'static str,
    series: &'static [(&'static str, &'static str)],
    quiet: u32,
    fires: u32,
) -> Case {
    Case {
        alert,
        series,
        quiet,
        fires,
        keeps: false,
        by: None,
    }
}

const CASES: &[Case] = &[
    case("CronwrightDown", &[("up", "1x10 0x40")], 15, 30),
    case(
        "CronwrightNoLeader",
        &[
            ("cronwright_leader{pod=\"a\"}", "1x10 0x40"),
            ("cronwright_leader{pod=\"b\"}", "0x50"),
        ],
        12,
        20,
    ),
    case(
        "CronwrightRoundsFail",
        &[
            ("cronwright_rounds_total{result=\"ok\"}", "0+80x120"),
            (
                "cronwright_rounds_total{result=\"write\"}",
                "0+0x30 0+20x90",
            ),
        ],
        40,
        90,
    ),
    Case {
        keeps: true,
        ..case(
            "CronwrightRoundPanics",
            &[("cronwright_round_panics_total", "0x20 1x40")],
            15,
            25,
        )
    },
    case(
        "CronwrightRoundsLate",
        &[
            ("cronwright_round_queue", "0x20 400x60"),
            (
                "cronwright_objects{kind=\"WorkflowSchedule\", state=\"ready\"}",
                "1000x80",
            ),
        ],
        25,
        45,
    ),
    case(
        "CronwrightConnectionNotReady",
        &[(
            "cronwright_objects{kind=\"GitHubConnection\", state=\"stalled\"}",
            "0x20 1x60",
        )],
        30,
        45,
    ),
    case(
        "CronwrightSchedulesStalled",
        &[(
            "cronwright_objects{kind=\"WorkflowSchedule\", state=\"stalled\"}",
            "3x100",
        )],
        50,
        70,
    ),
    case(
        "CronwrightSetsStalled",
        &[(
            "cronwright_objects{kind=\"WorkflowScheduleSet\", state=\"stalled\"}",
            "0x20 1x60",
        )],
        30,
        45,
    ),
    case(
        "CronwrightGitHubBudgetLow",
        &[("cronwright_github_budget_left_ratio", "0.5x20 0.05x60")],
        25,
        40,
    ),
    case(
        "CronwrightGitHubRequestsFail",
        &[
            (
                "cronwright_github_requests_total{outcome=\"unchanged\"}",
                "0+50x90",
            ),
            (
                "cronwright_github_requests_total{outcome=\"timeout\"}",
                "0+0x20 0+10x70",
            ),
            (
                "cronwright_github_requests_total{outcome=\"rate_limited\"}",
                "0+50x90",
            ),
        ],
        25,
        70,
    ),
    case(
        "CronwrightActsFail",
        &[
            ("cronwright_effects_total{outcome=\"failed\"}", "0+1x400"),
            (
                "cronwright_effects_total{outcome=\"done\"}",
                "0+1x60 60x340",
            ),
        ],
        120,
        300,
    ),
    case(
        "CronwrightStoreFails",
        &[(
            "cronwright_store_call_duration_seconds_count{result=\"failed\"}",
            "0x20 1+1x60",
        )],
        22,
        45,
    ),
    case(
        "CronwrightStoreSlow",
        &[
            (
                "cronwright_store_call_duration_seconds_bucket{le=\"1.024\"}",
                "0+9x90",
            ),
            (
                "cronwright_store_call_duration_seconds_bucket{le=\"+Inf\"}",
                "0+10x90",
            ),
        ],
        10,
        40,
    ),
    case(
        "CronwrightForecastsUnreliable",
        &[
            ("cronwright_coverage_ratio", "0.7x500"),
            ("cronwright_comparisons", "500x500"),
        ],
        300,
        400,
    ),
    Case {
        by: Some(("kind", "slower")),
        ..case(
            "CronwrightIncident",
            &[
                (
                    "cronwright_anomaly_alarms{kind=\"slower\", scope=\"incident\"}",
                    "0x20 1x40",
                ),
                (
                    "cronwright_anomaly_alarms{kind=\"flaky\", scope=\"workflow\"}",
                    "7x60",
                ),
                (
                    "cronwright_anomaly_alarms{kind=\"faster\", scope=\"incident\"}",
                    "1x60",
                ),
            ],
            30,
            40,
        )
    },
    case(
        "CronwrightFiresMissed",
        &[
            ("cronwright_missed_fires_total", "0x60 0+1x100"),
            ("cronwright_fires{delivery=\"on_time\"}", "3000x200"),
        ],
        60,
        120,
    ),
    case(
        "CronwrightWebhooksRefused",
        &[(
            "cronwright_webhook_deliveries_total{event=\"push\", outcome=\"unsigned\"}",
            "0x30 0+1x60",
        )],
        30,
        60,
    ),
];

/// A series as a scrape of the release has it.
fn scraped(series: &str) -> String {
    let scrape = "namespace=\"cronwright\", job=\"cronwright\"";
    match series.split_once('{') {
        Some((name, labels)) => format!("{name}{{{scrape}, {labels}"),
        None => format!("{series}{{{scrape}}}"),
    }
}

/// A case as promtool reads it, with the annotations that the alert has.
fn expected(case: &Case, rules: &Value) -> Value {
    let rule = alerts(rules)
        .into_iter()
        .find(|rule| rule["alert"] == case.alert);
    let rule = rule.unwrap_or_else(|| panic!("no alert {}", case.alert));
    let mut labels = rule["labels"].clone();
    if case.keeps {
        labels["namespace"] = "cronwright".into();
        labels["job"] = "cronwright".into();
    }
    if let Some((label, value)) = case.by {
        labels[label] = value.into();
    }
    let series = case.series.iter();
    let series: Vec<_> = series
        .map(|(name, values)| json!({"series": scraped(name), "values": values}))
        .collect();
    let fired = json!([{"exp_labels": labels, "exp_annotations": rule["annotations"]}]);
    let at = |minutes: u32, alerts: Value| json!({"eval_time": format!("{minutes}m"), "alertname": case.alert, "exp_alerts": alerts});
    json!({
        "interval": "1m",
        "input_series": series,
        "alert_rule_test": [at(case.quiet, json!([])), at(case.fires, fired)],
    })
}

/// Writes rules and cases as files of Prometheus; JSON is YAML.
fn written(rules: &Value) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let tests: Vec<_> = CASES.iter().map(|case| expected(case, rules)).collect();
    let tests = json!({"rule_files": ["rules.yaml"], "evaluation_interval": "1m", "tests": tests});
    for (name, content) in [("rules.yaml", rules), ("tests.yaml", &tests)] {
        let text = serde_json::to_string_pretty(content).unwrap();
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn judged(command: &str, file: &str) {
    let folder = written(&usual());
    let path = folder.path().join(file);
    promtool::agrees(&[command, "rules", &path.to_string_lossy()], "");
}

#[test]
fn prometheus_own_judge_reads_the_rules() {
    judged("check", "rules.yaml");
}

#[test]
fn alerts_fire_when_they_should_and_not_before() {
    for rule in alerts(&usual()) {
        let name = text(rule, "/alert");
        assert!(
            CASES.iter().any(|case| case.alert == name),
            "{name} has no case"
        );
    }
    judged("test", "tests.yaml");
}
