//! Dashboards: each panel reads what is told, in its unit, from the data source that is chosen.

use std::{collections::BTreeSet, env, fs, path::Path};

use serde_json::Value;

use super::{promtool, query};
use crate::{
    architecture::files,
    chart::render::{objects, run},
};

/// Where people take them from, and the chart's own copy, since a chart is packed alone.
const FOLDER: &str = "deploy/grafana";
const COPY: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/charts/cronwright/dashboards");

/// The schemas that Grafana 10 and newer read and bring up to date by themselves.
const SCHEMAS: std::ops::RangeInclusive<u64> = 36..=41;

/// The kinds of panels, and the units that values come in.
const KINDS: [&str; 4] = ["row", "stat", "timeseries", "piechart"];
const UNITS: [&str; 6] = ["none", "s", "percentunit", "ops", "reqps", "currencyUSD"];

fn boards() -> Vec<(String, Value)> {
    let read = |path: &std::path::PathBuf| {
        let text = fs::read_to_string(path).unwrap();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        (name, serde_json::from_str(&text).unwrap())
    };
    files(FOLDER, ".json").iter().map(read).collect()
}

fn list<'a>(value: &'a Value, field: &str) -> &'a [Value] {
    value[field]
        .as_array()
        .map(Vec::as_slice)
        .unwrap_or_default()
}

/// Every panel that shows something, with a name for messages.
fn panels(boards: &[(String, Value)]) -> Vec<(String, &Value)> {
    let named =
        |(file, board): &'_ (String, Value)| -> String { format!("{file} {}", board["title"]) };
    boards
        .iter()
        .flat_map(|one| {
            list(&one.1, "panels")
                .iter()
                .map(move |panel| (format!("{}: {}", named(one), panel["title"]), panel))
        })
        .filter(|(_, panel)| panel["type"] != "row")
        .collect()
}

#[test]
fn grafanas_own_schema_has_nothing_to_say_about_the_dashboards() {
    for (name, board) in boards() {
        run("grafana", &board.to_string(), &[]).expect_success();
        let told = board.to_string().replace("\"graphMode\"", "\"graphMood\"");
        let said = run("grafana", &told, &[]);
        assert!(
            !said.success && said.err.contains("graphMood"),
            "{name}: {}",
            said.err
        );
    }
}

#[test]
fn dashboards_have_a_name_of_their_own_and_choose_their_data_source() {
    let boards = boards();
    assert_eq!(boards.len(), 2);
    let mut uids = BTreeSet::new();
    for (name, board) in &boards {
        assert!(
            uids.insert(board["uid"].as_str().unwrap().to_owned()),
            "{name}"
        );
        assert!(
            SCHEMAS.contains(&board["schemaVersion"].as_u64().unwrap()),
            "{name}"
        );
        assert!(board.get("id").is_none(), "{name} has one server's number");
        let variables = list(&board["templating"], "list");
        let source = variables
            .iter()
            .find(|one| one["name"] == "datasource")
            .unwrap();
        assert_eq!(
            (&source["type"], &source["query"]),
            (&"datasource".into(), &"prometheus".into())
        );
        let mut ids = BTreeSet::new();
        for panel in list(board, "panels") {
            assert!(
                ids.insert(panel["id"].as_u64().unwrap()),
                "{name}: {} twice",
                panel["id"]
            );
            assert!(
                KINDS.contains(&panel["type"].as_str().unwrap()),
                "{name}: {}",
                panel["type"]
            );
        }
    }
}

#[test]
fn panels_read_metrics_that_are_told_and_show_them_in_a_unit() {
    let boards = boards();
    let panels = panels(&boards);
    assert!(panels.len() >= 30, "{}", panels.len());
    for (name, panel) in panels {
        let unit = panel["fieldConfig"]["defaults"]["unit"].as_str().unwrap();
        assert!(UNITS.contains(&unit), "{name} in {unit}");
        assert_eq!(panel["datasource"]["uid"], "${datasource}", "{name}");
        assert!(!list(panel, "targets").is_empty(), "{name}");
        for target in list(panel, "targets") {
            let expression = target["expr"].as_str().unwrap();
            assert_eq!(target["datasource"]["uid"], "${datasource}", "{name}");
            query::expect_declared(&name, expression);
            query::expect_labels(&name, expression);
            for metric in query::ours(expression) {
                let chosen = format!("{metric}{{namespace=~\"$namespace\", job=~\"$job\"");
                assert!(
                    expression.contains(&chosen),
                    "{name} reads {metric} of every release"
                );
                let seconds = metric.contains("_seconds") && !metric.ends_with("_count");
                assert!(!seconds || unit == "s", "{name} shows seconds in {unit}");
                assert!(
                    !metric.ends_with("_ratio") || unit == "percentunit",
                    "{name} shows a ratio in {unit}"
                );
            }
        }
    }
}

#[test]
fn every_metric_is_seen_on_a_dashboard() {
    let boards = boards();
    let shown: BTreeSet<_> = panels(&boards)
        .into_iter()
        .flat_map(|(_, panel)| list(panel, "targets"))
        .flat_map(|target| query::ours(target["expr"].as_str().unwrap()))
        .collect();
    for row in cronwright::metrics::TABLE {
        assert!(
            row.series().iter().any(|series| shown.contains(series)),
            "{} is on no dashboard",
            row.family()
        );
    }
}

#[test]
fn panels_lie_beside_each_other_and_not_upon_each_other() {
    for (name, board) in boards() {
        let mut taken = BTreeSet::new();
        for panel in list(&board, "panels") {
            let at = |field: &str| panel["gridPos"][field].as_u64().unwrap();
            assert!(at("x") + at("w") <= 24, "{name}: {}", panel["title"]);
            for x in at("x")..at("x") + at("w") {
                for y in at("y")..at("y") + at("h") {
                    assert!(
                        taken.insert((x, y)),
                        "{name}: {} lies on another",
                        panel["title"]
                    );
                }
            }
        }
    }
}

#[test]
fn the_chart_carries_the_same_dashboards_and_ships_them_when_asked() {
    for path in files(FOLDER, ".json") {
        let copy = Path::new(COPY).join(path.file_name().unwrap());
        if env::var_os("BLESS").is_some() {
            fs::copy(&path, &copy).unwrap();
        }
        assert_eq!(
            fs::read(&path).unwrap(),
            fs::read(&copy).unwrap_or_default(),
            "{}: run `make bless`",
            copy.display()
        );
    }
    let all = objects("everything");
    let shipped = all.iter().filter(|one| one["kind"] == "ConfigMap");
    let shipped: Vec<_> = shipped
        .filter(|one| one["metadata"]["labels"]["grafana_dashboard"] == "yes")
        .collect();
    assert_eq!(shipped.len(), boards().len());
    for (name, board) in boards() {
        let text = shipped
            .iter()
            .find_map(|one| one["data"][&name].as_str())
            .unwrap();
        let shipped: Value = serde_json::from_str(text).unwrap();
        assert_eq!(shipped, board, "{name}");
    }
    assert!(
        objects("default")
            .iter()
            .all(|one| one["kind"] != "ConfigMap")
    );
}

#[test]
fn expressions_of_dashboards_and_runbooks_are_understood_by_prometheus_own_judge() {
    let boards = boards();
    let targets = panels(&boards)
        .into_iter()
        .flat_map(|(_, panel)| list(panel, "targets"));
    let of_boards = targets.map(|target| {
        target["expr"]
            .as_str()
            .unwrap()
            .replace("$__rate_interval", "5m")
    });
    let of_pages = files("docs/runbooks", ".md")
        .into_iter()
        .flat_map(|path| query::of_page(&fs::read_to_string(path).unwrap()));
    let rules: Vec<_> = of_boards
        .chain(of_pages)
        .enumerate()
        .map(|(number, expression)| serde_json::json!({"record": format!("expression:{number}"), "expr": expression}))
        .collect();
    assert!(rules.len() > 50, "{}", rules.len());
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("rules.yaml");
    let text = serde_json::json!({"groups": [{"name": "all", "rules": rules}]}).to_string();
    fs::write(&path, text).unwrap();
    promtool::agrees(&["check", "rules", &path.to_string_lossy()], "");
}
