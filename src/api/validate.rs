//! What the API server would refuse, said without one.
//!
//! Reads the same definition that `crds/` holds: its CEL rules through kube's evaluator, and the bounds of its schema.
//! Whether a document has the shape of its kind (`shape`) is asked before it is read as one.

use std::{collections::BTreeMap, sync::OnceLock};

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::{
    CustomResourceDefinition, JSONSchemaProps,
};
use kube::{
    CustomResourceExt,
    core::cel::{CompiledSchema, Validator, compile_schema},
};
use serde::Serialize;
use serde_json::Value;

use super::{crds, shape, walk::walk};

/// Tells what the API server would refuse about a new object, one `path: message` for each mistake, ordered;
/// empty for a good one.
///
/// Guarantees: the same messages as the API server for every rule of ours; bounds are told in words of our own. Caveats:
/// rules on changes (a repository cannot be changed) need the object before and are not asked here.
#[must_use]
pub fn validate<K: CustomResourceExt + Serialize>(object: &K) -> Vec<String> {
    let Some(definition) = definitions().get(K::crd_name()) else {
        return vec![format!("{} is no kind of cronwright", K::crd_name())];
    };
    match serde_json::to_value(object) {
        Ok(value) => definition.errors(&value),
        Err(error) => vec![format!("the object cannot be written as JSON: {error}")],
    }
}

/// Tells what about a document is not as its kind has it, one `path: message` for each mistake: fields that there are none of, values of
/// another type, choices that are none, and what is missing; empty for a good one.
#[must_use]
pub fn misshapen<K: CustomResourceExt>(document: &Value) -> Vec<String> {
    let Some(definition) = definitions().get(K::crd_name()) else {
        return vec![format!("{} is no kind of cronwright", K::crd_name())];
    };
    let mut errors = Vec::new();
    walk(
        "",
        &definition.schema,
        document,
        &mut |path, schema, value| {
            let told = errors.len();
            errors.extend(shape::mistakes(path, schema, value));
            // What is below a value of another type, or of none, is nobody's field.
            !value.is_null() && (errors.len() == told || value.is_object())
        },
    );
    errors
}

/// A kind's schema and the rules in it, read once: reading them takes longer than asking them.
struct Definition {
    schema: JSONSchemaProps,
    rules: CompiledSchema,
}

/// Every kind's definition, by the name of its CustomResourceDefinition.
fn definitions() -> &'static BTreeMap<String, Definition> {
    static DEFINITIONS: OnceLock<BTreeMap<String, Definition>> = OnceLock::new();
    DEFINITIONS.get_or_init(|| {
        let definition = |crd: CustomResourceDefinition| {
            let schema = crd
                .spec
                .versions
                .into_iter()
                .next()?
                .schema?
                .open_api_v3_schema?;
            let rules = compile_schema(&serde_json::to_value(&schema).ok()?);
            Some((crd.metadata.name?, Definition { schema, rules }))
        };
        crds::all().into_iter().filter_map(definition).collect()
    })
}

impl Definition {
    fn errors(&self, object: &Value) -> Vec<String> {
        let mut errors = Vec::new();
        walk("", &self.schema, object, &mut |path, schema, value| {
            errors.extend(bounds(path, schema, value));
            true
        });
        // As the API server does: rules may rely on the bounds.
        if errors.is_empty() {
            let failed = Validator::new()
                .validate_compiled(&self.rules, object, None)
                .err();
            errors.extend(failed.into_iter().flatten().map(|error| error.to_string()));
            // The evaluator walks a hash map.
            errors.sort();
        }
        errors
    }
}

/// What is outside the schema's bounds at one place.
fn bounds(path: &str, schema: &JSONSchemaProps, value: &Value) -> Vec<String> {
    let own = match value {
        Value::String(text) => length(schema, text.chars().count()),
        Value::Array(items) => count(schema, items.len()),
        Value::Number(number) => range(schema, number.as_f64()),
        Value::Object(fields) => fields_count(schema, fields.len()),
        Value::Null | Value::Bool(_) => None,
    };
    let own = own.map(|message| format!("{path}: {message}"));
    let items = value.as_array().map_or(&[][..], Vec::as_slice);
    own.into_iter()
        .chain(duplicates(path, schema, items))
        .collect()
}

/// The items that stand twice in a list whose merge strategy forbids it, each told as the API server does.
fn duplicates(path: &str, schema: &JSONSchemaProps, items: &[Value]) -> Vec<String> {
    let identity = |item: &Value| match schema.x_kubernetes_list_type.as_deref() {
        Some("set") => Some(item.clone()),
        Some("map") => schema.x_kubernetes_list_map_keys.as_ref().map(|keys| {
            keys.iter()
                .map(|key| (key.clone(), item[key].clone()))
                .collect()
        }),
        _ => None,
    };
    let identities: Vec<_> = items.iter().filter_map(identity).collect();
    let repeated = identities
        .iter()
        .enumerate()
        .filter(|(index, identity)| identities[..*index].contains(identity));
    repeated
        .map(|(index, identity)| format!("{path}[{index}]: Duplicate value: {identity}"))
        .collect()
}

fn length(schema: &JSONSchemaProps, length: usize) -> Option<String> {
    if exceeds(length, schema.max_length) {
        return schema
            .max_length
            .map(|most| format!("may not be longer than {most} characters"));
    }
    falls_short(length, schema.min_length).then(|| "must not be empty".to_owned())
}

fn count(schema: &JSONSchemaProps, count: usize) -> Option<String> {
    let most = schema
        .max_items
        .filter(|_| exceeds(count, schema.max_items));
    most.map(|most| format!("may not have more than {most} items"))
}

fn fields_count(schema: &JSONSchemaProps, count: usize) -> Option<String> {
    let most = schema
        .max_properties
        .filter(|_| exceeds(count, schema.max_properties));
    most.map(|most| format!("may not have more than {most} entries"))
}

fn range(schema: &JSONSchemaProps, number: Option<f64>) -> Option<String> {
    let least = schema
        .minimum
        .filter(|least| number.is_some_and(|number| number < *least));
    least.map(|least| format!("must be at least {least}"))
}

fn exceeds(size: usize, most: Option<i64>) -> bool {
    most.is_some_and(|most| i64::try_from(size).unwrap_or(i64::MAX) > most)
}

fn falls_short(size: usize, least: Option<i64>) -> bool {
    least.is_some_and(|least| i64::try_from(size).unwrap_or(i64::MAX) < least)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::{GitHubConnection, WorkflowSchedule, WorkflowScheduleSet};

    fn schedule(spec: &str) -> WorkflowSchedule {
        let head = "apiVersion: cronwright.dev/v1alpha1\nkind: WorkflowSchedule\nmetadata: {name: nightly}\n";
        serde_saphyr::from_str(&format!("{head}spec: {spec}")).expect("a manifest of the kind")
    }

    fn timed(timing: &str) -> WorkflowSchedule {
        schedule(&format!(
            "{{connectionRef: {{name: acme}}, repository: acme/payments, workflow: nightly.yml, timing: {timing}}}"
        ))
    }

    #[test]
    fn a_good_schedule_has_nothing_to_refuse() {
        let good = timed("{cron: ['17 2 * * *', '0,30 4 * JUL MON-FRI']}");

        assert_eq!(validate(&good), [""; 0]);
    }

    #[test]
    fn every_mistake_of_a_schedule_is_told_with_its_place() {
        let bad = schedule(
            "{connectionRef: {name: acme}, repository: payments, workflow: nightly.yml, timing: {cron: ['0 1 * * *', '@daily']}}",
        );

        assert_eq!(
            validate(&bad),
            [
                "spec.repository: repository must be owner/name, for example acme/payments",
                "spec.timing.cron[1]: cron '@daily' is a nickname that GitHub does not know; write its five fields, for example '0 0 * * *'",
            ]
        );
    }

    #[test]
    fn a_value_outside_its_bounds_is_told_before_any_rule_is_asked() {
        let long = format!("a/{}", "b".repeat(140));
        let bad = schedule(&format!(
            "{{connectionRef: {{name: ''}}, repository: {long}, workflow: none}}"
        ));

        assert_eq!(
            validate(&bad),
            [
                "spec.connectionRef.name: must not be empty",
                "spec.repository: may not be longer than 140 characters",
            ]
        );
    }

    #[test]
    fn a_list_of_too_many_is_told() {
        let bad = timed(&format!("{{cron: [{}]}}", ["'0 1 * * *'"; 11].join(", ")));

        assert_eq!(
            validate(&bad),
            ["spec.timing.cron: may not have more than 10 items"]
        );
    }

    #[test]
    fn a_connection_is_held_to_its_own_rules() {
        let bad: GitHubConnection = serde_saphyr::from_str(
            "{apiVersion: cronwright.dev/v1alpha1, kind: GitHubConnection, metadata: {name: acme}, \
             spec: {url: 'https://me:secret@example.test', credentials: {}}}",
        )
        .expect("a manifest of the kind");

        let errors = validate(&bad);

        assert_eq!(errors.len(), 2, "{errors:?}");
        assert!(errors[0].starts_with("spec.credentials: credentials need exactly one of"));
        assert!(errors[1].starts_with("spec.url: url must be an http(s) address without user"));
    }

    fn set(spec: &str) -> WorkflowScheduleSet {
        let head = "apiVersion: cronwright.dev/v1alpha1\nkind: WorkflowScheduleSet\nmetadata: {name: acme}\n";
        serde_saphyr::from_str(&format!("{head}spec: {spec}")).expect("a manifest of the kind")
    }

    #[test]
    fn a_set_of_an_owner_and_nothing_else_is_good() {
        let good = set("{connectionRef: {name: acme}, owner: acme}");

        assert_eq!(validate(&good), [""; 0]);
        let limits = good.spec.limits;
        let numbers = (
            limits.open_pull_requests,
            limits.pull_requests_per_hour,
            limits.per_repository,
        );
        assert_eq!(numbers, (10, 2, 1));
    }

    #[test]
    fn every_mistake_of_a_set_is_told_with_its_place() {
        let bad = set(
            "{connectionRef: {name: acme}, owner: acme/app, repositories: {include: [], exclude: [a/b]}, \
             limits: {perRepository: -1}, template: {spec: {timing: {cron: ['@daily']}}}}",
        );

        assert_eq!(
            validate(&bad),
            [
                "spec.limits.perRepository: perRepository must be from 0 to 100",
                "spec.owner: owner must be the login of an organisation or account, for example acme",
                "spec.repositories.exclude: exclude must hold patterns of names such as svc-*, without a slash",
                "spec.repositories.include: include must not be empty; leave it out to take every name",
                "spec.template.spec.timing.cron[0]: cron '@daily' is a nickname that GitHub does not know; write its five fields, for example '0 0 * * *'",
            ]
        );
    }

    #[test]
    fn labels_of_a_template_are_bounded() {
        let long = "x".repeat(64);
        let bad = set(&format!(
            "{{connectionRef: {{name: acme}}, owner: acme, template: {{metadata: {{labels: {{team: {long}}}}}}}}}"
        ));

        let told = ["spec.template.metadata.labels.team: may not be longer than 63 characters"];
        assert_eq!(validate(&bad), told);
    }
}
