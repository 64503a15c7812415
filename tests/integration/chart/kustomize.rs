//! `deploy/kustomize` is the chart's rendering without Helm's own marks: written by `BLESS=1`, compared by every run, and
//! put together by kustomize into the same objects.

use std::{collections::BTreeMap, env, fs, path::Path};

use serde_json::Value;

use super::render::{parsed, run, template};

const FOLDER: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/kustomize");

/// What Helm adds for itself: lines of labels, and the annotation that keeps a claim when a release goes.
const HELMS_LINES: [&str; 3] = [
    "app.kubernetes.io/managed-by: Helm",
    "helm.sh/chart: ",
    "# Source: ",
];
const HELMS_ANNOTATION: &str = "  annotations:\n    \
     # The history outlives the release; it cannot be had again.\n    helm.sh/resource-policy: keep\n";

/// Folders, the values they are rendered with, and the templates they take.
const FILES: &[(&str, &[&str], &[&str])] = &[
    (
        "base",
        &[],
        &[
            "deployment",
            "networkpolicy",
            "persistentvolumeclaim",
            "poddisruptionbudget",
            "service",
            "serviceaccount",
        ],
    ),
    ("overlays/cluster", &[], &["rbac"]),
    ("overlays/namespaced", NAMESPACED, &["rbac"]),
    (
        "components/monitoring",
        MONITORED,
        &["servicemonitor", "prometheusrule"],
    ),
    ("components/webhooks", RECEIVING, &["webhooks"]),
];
const NAMESPACED: &[&str] = &["--set=watchNamespace=cronwright,rbac.secretNames={github}"];
const MONITORED: &[&str] =
    &["--set=metrics.serviceMonitor.enabled=true,metrics.prometheusRule.enabled=true"];
const RECEIVING: &[&str] = &["--set=webhooks.enabled=true"];

/// One template's text without what is Helm's.
fn plain(values: &[&str], name: &str) -> String {
    let only = format!("--show-only=templates/{name}.yaml");
    let text = template(&[values, &[only.as_str()]].concat()).expect_success();
    let text = text.replace(HELMS_ANNOTATION, "");
    let is_helms = |line: &&str| HELMS_LINES.iter().any(|mark| line.trim().starts_with(mark));
    let mut lines: Vec<_> = text.lines().filter(|line| !is_helms(line)).collect();
    lines.retain(|line| !line.trim().is_empty());
    let text = lines.join("\n");
    format!("{}\n", text.trim_start_matches("---\n"))
}

/// What kustomize makes of a folder below ours, without the namespace that Helm's user makes.
fn built(overlay: &str) -> BTreeMap<String, Value> {
    built_in(&format!("{FOLDER}/{overlay}"))
}

/// What kustomize makes of an overlay of somebody's own: the one that watches all namespaces, with a component.
fn built_with(component: &str) -> BTreeMap<String, Value> {
    let folder = tempfile::tempdir_in(env!("CARGO_TARGET_TMPDIR")).unwrap();
    // It takes no paths that are absolute.
    let up = "../".repeat(folder.path().components().count() - 1);
    let ours = format!("{up}{}", FOLDER.trim_start_matches('/'));
    let text = format!(
        "resources: [{ours}/overlays/cluster]\ncomponents: [{ours}/components/{component}]\n"
    );
    fs::write(folder.path().join("kustomization.yaml"), text).unwrap();
    built_in(&folder.path().display().to_string())
}

fn built_in(folder: &str) -> BTreeMap<String, Value> {
    let out = run("kubectl", "", &["kustomize", folder]).expect_success();
    let mut objects = named(&parsed(&out));
    assert!(objects.remove("Namespace cronwright").is_some());
    objects
}

/// What Helm installs, without its own marks and without the test of `helm test`.
fn installed(values: &[&str]) -> BTreeMap<String, Value> {
    let out = template(&[values, &["--no-hooks"]].concat()).expect_success();
    let mut objects = named(&parsed(&out));
    for object in objects.values_mut() {
        without_marks(&mut object["metadata"]);
        if object["kind"] == "Deployment" {
            without_marks(&mut object["spec"]["template"]["metadata"]);
        }
    }
    objects
}

fn without_marks(metadata: &mut Value) {
    let marks = [
        "app.kubernetes.io/managed-by",
        "helm.sh/chart",
        "helm.sh/resource-policy",
    ];
    for part in ["labels", "annotations"] {
        if let Some(texts) = metadata.get_mut(part).and_then(Value::as_object_mut) {
            texts.retain(|name, _| !marks.contains(&name.as_str()));
            if texts.is_empty() {
                metadata.as_object_mut().unwrap().remove(part);
            }
        }
    }
}

fn named(objects: &[Value]) -> BTreeMap<String, Value> {
    let name = |one: &Value| {
        let text = |value: &Value| value.as_str().unwrap().to_owned();
        format!("{} {}", text(&one["kind"]), text(&one["metadata"]["name"]))
    };
    objects.iter().map(|one| (name(one), one.clone())).collect()
}

#[test]
fn files_of_kustomize_are_the_charts_rendering() {
    for (folder, values, templates) in FILES {
        for name in *templates {
            let path = Path::new(FOLDER).join(folder).join(format!("{name}.yaml"));
            let expected = plain(values, name);
            if env::var_os("BLESS").is_some() {
                fs::write(&path, &expected).unwrap();
            }
            let found = fs::read_to_string(&path).unwrap_or_default();
            let difference = similar::TextDiff::from_lines(&found, &expected);
            let difference = difference.unified_diff().to_string();
            let path = path.display();
            assert!(
                difference.is_empty(),
                "{path}: run `make bless`\n{difference}"
            );
        }
    }
}

#[test]
fn both_overlays_are_the_objects_that_helm_installs() {
    assert_eq!(built("overlays/cluster"), installed(&[]));
    assert_eq!(built("overlays/namespaced"), installed(NAMESPACED));
}

#[test]
fn each_component_makes_of_an_overlay_what_its_values_make_of_the_chart() {
    assert_eq!(built_with("monitoring"), installed(MONITORED));
    assert_eq!(built_with("webhooks"), installed(RECEIVING));
}
