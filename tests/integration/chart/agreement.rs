//! Things that are said in several places and must be the same: versions, values and their schema, the image.

use std::{collections::BTreeSet, fs};

use serde_json::Value;

use super::render::{CHART, objects, parsed};

const DOCKERFILE: &str = include_str!(concat!(env!("CARGO_MANIFEST_DIR"), "/deploy/Dockerfile"));

fn chart(file: &str) -> String {
    fs::read_to_string(format!("{CHART}/{file}")).unwrap()
}

fn yaml(text: &str) -> Value {
    parsed(text).remove(0)
}

/// The paths of all values, and of what a schema describes, with dots; maps that are open end a path.
fn value_paths(values: &Value, schema: &Value, at: &str, found: &mut BTreeSet<String>) {
    let is_closed = |schema: &Value| schema["additionalProperties"] == false;
    let Some(fields) = values.as_object().filter(|_| is_closed(schema)) else {
        found.insert(at.to_owned());
        return;
    };
    if fields.is_empty() {
        found.insert(at.to_owned());
    }
    for (name, value) in fields {
        let below = &schema["properties"][name];
        value_paths(value, below, &format!("{at}.{name}"), found);
    }
}

fn schema_paths(schema: &Value, values: &Value, at: &str, found: &mut BTreeSet<String>) {
    let fields = schema["properties"].as_object();
    let Some(fields) = fields.filter(|_| values.as_object().is_some_and(|map| !map.is_empty()))
    else {
        found.insert(at.to_owned());
        return;
    };
    for (name, below) in fields {
        schema_paths(below, &values[name], &format!("{at}.{name}"), found);
    }
}

#[test]
fn crate_chart_and_image_have_one_version() {
    let version = env!("CARGO_PKG_VERSION");
    let chart = yaml(&chart("Chart.yaml"));
    assert_eq!(chart["version"], version);
    assert_eq!(chart["appVersion"], version);
    let argument = format!("\nARG VERSION={version}\n");
    assert!(
        DOCKERFILE.contains(&argument),
        "deploy/Dockerfile has another version"
    );
}

#[test]
fn every_value_has_a_schema_and_every_schema_a_value_with_a_comment() {
    let text = chart("values.yaml");
    let values = yaml(&text);
    let schema: Value = serde_json::from_str(&chart("values.schema.json")).unwrap();
    let (mut from_values, mut from_schema) = (BTreeSet::new(), BTreeSet::new());
    value_paths(&values, &schema, "", &mut from_values);
    schema_paths(&schema, &values, "", &mut from_schema);
    // Helm's own, and a field of Kubernetes that has no default.
    for more in [".global", ".resources.claims"] {
        assert!(from_schema.remove(more), "{more}");
    }
    let shallow = |paths: &BTreeSet<String>| -> BTreeSet<String> {
        let below =
            |path: &&String| !path.starts_with(".resources") && !path.starts_with(".affinity");
        paths.iter().filter(below).cloned().collect()
    };
    assert_eq!(shallow(&from_values), shallow(&from_schema));
    let lines: Vec<_> = text.lines().collect();
    let bare = |pair: &[&str]| {
        let starts_a_block = pair[0].is_empty() && !pair[1].is_empty();
        starts_a_block && !pair[1].starts_with('#')
    };
    let known = [
        "image:",
        "log:",
        "rbac:",
        "serviceAccount:",
        "podAnnotations: {}",
        "metrics:",
    ];
    for pair in lines.windows(2).filter(|pair| bare(pair)) {
        assert!(known.contains(&pair[1]), "{} has no comment", pair[1]);
    }
}

/// What the program includes from outside of `src`, by its path in the sources.
fn included_from_outside() -> Vec<String> {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR"));
    let mut folders = vec![root.join("src")];
    let mut found = Vec::new();
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let text = fs::read_to_string(&path).unwrap_or_default();
            for rest in text.split("include_str!(\"").skip(1) {
                let (named, _) = rest.split_once('"').unwrap();
                let file = path.parent().unwrap().join(named).canonicalize().unwrap();
                let file = file.strip_prefix(root).unwrap().display().to_string();
                if !file.starts_with("src/") {
                    found.push(file);
                }
            }
        }
    }
    found
}

#[test]
fn the_image_is_built_with_everything_that_the_program_includes() {
    let ignored = include_str!("../../../deploy/Dockerfile.dockerignore");
    let outside = included_from_outside();
    assert!(!outside.is_empty());
    for file in outside {
        let (folder, ending) = (
            file.split('/').next().unwrap(),
            file.rsplit('.').next().unwrap(),
        );
        let copied = format!("COPY {folder}/*.{ending} {folder}/\n");
        assert!(DOCKERFILE.contains(&copied), "{file}");
        assert!(
            ignored.contains(&format!("!{folder}/*.{ending}\n")),
            "{file}"
        );
    }
}

#[test]
fn the_image_is_nothing_but_a_static_binary_that_is_not_root() {
    let last = DOCKERFILE.rsplit("\nFROM ").next().unwrap();
    assert!(last.starts_with("scratch\n"), "{last}");
    assert!(last.contains("\nUSER 65532:65532\n") && last.contains("ENTRYPOINT [\"/cronwright\"]"));
    assert!(DOCKERFILE.contains("-C target-feature=+crt-static"));
    for label in ["licenses", "revision", "version", "created"] {
        assert!(
            last.contains(&format!("org.opencontainers.image.{label}=")),
            "{label}"
        );
    }
    let deployment = objects("default");
    let deployment = deployment.iter().find(|one| one["kind"] == "Deployment");
    let context = &deployment.unwrap()["spec"]["template"]["spec"]["securityContext"];
    assert_eq!(context["runAsUser"], 65532);
}
