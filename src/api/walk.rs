//! A walk through a value and its schema together, for those who ask something about each place.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    JSONSchemaProps, JSONSchemaPropsOrArray, JSONSchemaPropsOrBool,
};
use serde_json::Value;

/// Visits a value and, as long as the visitor says so, what is below it, each with its path and its schema. Fields that the schema does
/// not have are not visited.
pub(super) fn walk(
    path: &str,
    schema: &JSONSchemaProps,
    value: &Value,
    visit: &mut dyn FnMut(&str, &JSONSchemaProps, &Value) -> bool,
) {
    if !visit(path, schema, value) {
        return;
    }
    for (name, value) in value.as_object().into_iter().flatten() {
        if let Some(schema) = of_field(schema, name) {
            walk(&below(path, name), schema, value, visit);
        }
    }
    if let Some(JSONSchemaPropsOrArray::Schema(schema)) = &schema.items {
        for (index, item) in value.as_array().into_iter().flatten().enumerate() {
            walk(&format!("{path}[{index}]"), schema, item, visit);
        }
    }
}

/// The schema of a field; none where there is no such field, or nothing is said of it.
pub(super) fn of_field<'a>(schema: &'a JSONSchemaProps, name: &str) -> Option<&'a JSONSchemaProps> {
    let named = schema.properties.as_ref().and_then(|known| known.get(name));
    match &schema.additional_properties {
        Some(JSONSchemaPropsOrBool::Schema(any)) => named.or(Some(any)),
        Some(JSONSchemaPropsOrBool::Bool(_)) | None => named,
    }
}

/// The path of a field.
pub(super) fn below(path: &str, name: &str) -> String {
    match path {
        "" => name.to_owned(),
        path => format!("{path}.{name}"),
    }
}
