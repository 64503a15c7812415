//! JSON Schemas for kubeconform from what the test control plane's API server publishes (OpenAPI v3), our kinds included.
//!
//! Strict: an object whose fields are named takes no other. A file a kind, which carries all definitions it refers to.

use std::{
    fs,
    path::{Path, PathBuf},
    sync::LazyLock,
};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

use crate::cluster::control_plane::shared;

/// The groups of everything that the chart renders and people declare.
const GROUPS: [&str; 8] = [
    "api/v1",
    "apis/apps/v1",
    "apis/policy/v1",
    "apis/networking.k8s.io/v1",
    "apis/rbac.authorization.k8s.io/v1",
    "apis/coordination.k8s.io/v1",
    "apis/apiextensions.k8s.io/v1",
    "apis/cronwright.dev/v1alpha1",
];

/// The folder with a file `kind-group-version.json` for each kind.
pub fn folder() -> &'static Path {
    static FOLDER: LazyLock<TempDir> = LazyLock::new(|| {
        let folder = tempfile::tempdir().unwrap();
        for group in GROUPS {
            write(group, folder.path());
        }
        folder
    });
    FOLDER.path()
}

fn write(group: &str, folder: &Path) {
    let path = format!("/openapi/v3/{group}");
    let text = shared().kubectl(&["get", "--raw", &path]).expect_success();
    let mut document: Value = serde_json::from_str(&text).unwrap();
    let mut schemas = document["components"]["schemas"].take();
    strict(&mut schemas);
    for (name, schema) in schemas.as_object().unwrap() {
        for kind in kinds(schema) {
            let content = json!({
                "allOf": [{"$ref": format!("#/components/schemas/{name}")}],
                "components": {"schemas": schemas},
            });
            fs::write(folder.join(kind), content.to_string()).unwrap();
        }
    }
}

/// The files of a definition that is a kind, named as kubeconform asks for them: the core group by its version.
fn kinds(schema: &Value) -> Vec<PathBuf> {
    let kinds = schema["x-kubernetes-group-version-kind"].as_array();
    let kinds = kinds.into_iter().flatten().map(|kind| {
        let text = |name: &str| kind[name].as_str().unwrap().to_lowercase();
        let (kind, group, version) = (text("kind"), text("group"), text("version"));
        let group = if group.is_empty() { &version } else { &group };
        PathBuf::from(format!("{kind}-{group}-{version}.json"))
    });
    kinds.collect()
}

/// Closes every object whose fields are named, unless it says itself what else it takes.
fn strict(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(strict),
        Value::Object(fields) => {
            if is_open(fields) {
                fields.insert("additionalProperties".to_owned(), Value::Bool(false));
            }
            fields.values_mut().for_each(strict);
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

fn is_open(schema: &Map<String, Value>) -> bool {
    schema.get("properties").is_some_and(Value::is_object)
        && schema.get("type").is_some_and(|kind| kind == "object")
        && !schema.contains_key("additionalProperties")
        && !schema.contains_key("x-kubernetes-preserve-unknown-fields")
}

#[test]
fn objects_with_named_fields_are_closed_and_maps_stay_open() {
    let mut schema = json!({
        "type": "object",
        "properties": {"labels": {"type": "object", "additionalProperties": {"type": "string"}}},
    });
    strict(&mut schema);
    assert_eq!(schema["additionalProperties"], false);
    let labels = &schema["properties"]["labels"]["additionalProperties"];
    assert_eq!(labels["type"], "string");
}
