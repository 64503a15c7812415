//! Whether a document has the shape of its kind, told field by field: what `kubectl apply` asks the API server for, without one.
//!
//! A misspelt field must never be dropped: the brakes (`suspend`, `policy.mode`) are fields like any other. Mistakes are told by their
//! place, and with the field or value that was probably meant.

use k8s_openapi::apiextensions_apiserver::pkg::apis::apiextensions::v1::JSONSchemaProps;
use serde_json::{Map, Value};

use super::walk::below;

/// How like a name must be to be told as probably meant, from 0 to 1: two letters off in eight are, another word is not.
const LIKE: f64 = 0.7;

/// What every object has, whatever its kind.
const HEAD: [&str; 3] = ["apiVersion", "kind", "metadata"];

/// What is misshapen at one place, one `path: message` each.
pub(super) fn mistakes(path: &str, schema: &JSONSchemaProps, value: &Value) -> Vec<String> {
    // As the API server does: a field without a value is as one that is left out. An item of a list is none.
    if value.is_null() {
        let item = path
            .ends_with(']')
            .then(|| format!("{path}: must not be empty"));
        return item.into_iter().collect();
    }
    if let Some(mistake) = of_type(schema, value).or_else(|| of_choice(schema, value)) {
        return vec![format!("{path}: {mistake}")];
    }
    let fields = value.as_object();
    fields.map_or_else(Vec::new, |fields| of_fields(path, schema, fields))
}

fn of_fields(path: &str, schema: &JSONSchemaProps, fields: &Map<String, Value>) -> Vec<String> {
    let known = names(schema);
    let is_closed = schema.properties.is_some()
        && schema.additional_properties.is_none()
        && schema.x_kubernetes_preserve_unknown_fields != Some(true);
    let is_unknown = |name: &&String| {
        let is_head = path.is_empty() && HEAD.contains(&name.as_str());
        is_closed && !is_head && !known.contains(&name.as_str())
    };
    let unknown = fields.keys().filter(is_unknown).map(|name| {
        let meant = meant(name, &known);
        format!("{}: there is no such field{meant}", below(path, name))
    });
    let is_missing = |name: &&String| fields.get(*name).is_none_or(Value::is_null);
    let missing = schema.required.iter().flatten().filter(is_missing);
    let missing = missing.map(|name| format!("{}: must be given", below(path, name)));
    unknown.chain(missing).collect()
}

/// The names of the fields that a schema has.
fn names(schema: &JSONSchemaProps) -> Vec<&str> {
    let known = schema.properties.iter().flatten();
    known.map(|(name, _)| name.as_str()).collect()
}

fn of_type(schema: &JSONSchemaProps, value: &Value) -> Option<String> {
    let wanted = schema.type_.as_deref()?;
    let (is_so, called) = match wanted {
        "object" => (value.is_object(), "fields of its own"),
        "array" => (value.is_array(), "a list"),
        "string" => (value.is_string(), "a text"),
        "boolean" => (value.is_boolean(), "true or false"),
        "integer" => (value.is_i64() || value.is_u64(), "a whole number"),
        "number" => (value.is_number(), "a number"),
        _ => return None,
    };
    let is_either = schema.x_kubernetes_int_or_string == Some(true);
    if is_so || is_either {
        return None;
    }
    let known = names(schema);
    let hint = match (wanted, value) {
        ("object", _) if !known.is_empty() => format!(": {}", known.join(", ")),
        ("array", Value::String(text)) => format!(", for example ['{text}']"),
        ("string", Value::Number(number)) => format!(": write '{number}'"),
        _ => String::new(),
    };
    Some(format!("must be {called}, not {}{hint}", name_of(value)))
}

fn of_choice(schema: &JSONSchemaProps, value: &Value) -> Option<String> {
    let choices = schema.enum_.as_ref()?;
    if choices.iter().any(|choice| choice.0 == *value) {
        return None;
    }
    let texts: Vec<&str> = choices
        .iter()
        .filter_map(|choice| choice.0.as_str())
        .collect();
    let given = value.as_str().unwrap_or_default();
    Some(format!(
        "'{given}' is none of {}{}",
        texts.join(", "),
        meant(given, &texts)
    ))
}

/// What was probably meant, as the end of a message.
fn meant(given: &str, known: &[&str]) -> String {
    let given = given.to_lowercase();
    let like = |name: &&&str| strsim::jaro_winkler(&given, &name.to_lowercase());
    let nearest = known
        .iter()
        .max_by(|one, other| like(one).total_cmp(&like(other)));
    match nearest.filter(|name| like(name) >= LIKE) {
        Some(name) => format!("; did you mean {name}?"),
        None => format!("; known are {}", known.join(", ")),
    }
}

const fn name_of(value: &Value) -> &'static str {
    match value {
        Value::Null => "nothing",
        Value::Bool(_) => "true or false",
        Value::Number(_) => "a number",
        Value::String(_) => "a text",
        Value::Array(_) => "a list",
        Value::Object(_) => "fields",
    }
}

#[cfg(test)]
mod tests {
    use crate::api::{GitHubConnection, WorkflowSchedule, WorkflowScheduleSet, misshapen};

    fn told(spec: &str) -> Vec<String> {
        let text = format!(
            "{{apiVersion: cronwright.dev/v1alpha1, kind: WorkflowSchedule, metadata: {{name: a}}, spec: {spec}}}"
        );
        misshapen::<WorkflowSchedule>(&serde_saphyr::from_str(&text).expect("YAML"))
    }

    #[test]
    fn a_document_of_its_kind_has_no_mistakes() {
        let good = "{connectionRef: {name: acme}, repository: acme/app, workflow: a.yml, suspend: null, timing: {cron: ['0 1 * * *']}}";
        assert_eq!(told(good), [""; 0]);
    }

    #[test]
    fn a_misspelt_field_is_told_with_the_one_that_was_meant() {
        let bad = "{connectionRef: {name: acme}, repository: acme/app, workflow: a.yml, suspned: true, policy: {minConfidance: 80}}";
        let told = told(bad);
        assert!(
            told.contains(
                &"spec.suspned: there is no such field; did you mean suspend?".to_owned()
            ),
            "{told:?}"
        );
        let confidence =
            "spec.policy.minConfidance: there is no such field; did you mean minConfidence?";
        assert!(told.contains(&confidence.to_owned()), "{told:?}");
    }

    #[test]
    fn what_is_missing_is_told_beside_what_was_written_instead() {
        assert_eq!(
            told("{connectionRef: {name: acme}, repo: acme/app, workflow: a.yml}"),
            [
                "spec.repo: there is no such field; did you mean repository?",
                "spec.repository: must be given",
            ]
        );
    }

    #[test]
    fn a_value_of_another_type_or_of_no_choice_is_told_with_what_to_write() {
        let bad = "{connectionRef: acme, repository: 7, workflow: a.yml, policy: {mode: Recomend}, timing: {cron: '0 1 * * *'}}";
        let told = told(bad);
        for words in [
            "spec.connectionRef: must be fields of its own, not a text: name",
            "spec.repository: must be a text, not a number: write '7'",
            "; did you mean Recommend?",
            "spec.timing.cron: must be a list, not a text, for example ['0 1 * * *']",
        ] {
            assert!(
                told.iter().any(|one| one.contains(words)),
                "{words}: {told:#?}"
            );
        }
        assert_eq!(told.len(), 4, "{told:#?}");
    }

    #[test]
    fn fields_of_a_template_are_known_and_labels_are_free() {
        let of = |template: &str| {
            let text = format!(
                "{{spec: {{connectionRef: {{name: acme}}, owner: acme, template: {template}}}}}"
            );
            misshapen::<WorkflowScheduleSet>(&serde_saphyr::from_str(&text).expect("YAML"))
        };
        assert_eq!(
            of("{metadata: {labels: {team: web}}, spec: {policy: {mode: Observe}}}"),
            [""; 0]
        );
        let told = of("{spec: {polcy: {mode: Observe}}}");
        assert_eq!(
            told,
            ["spec.template.spec.polcy: there is no such field; did you mean policy?"]
        );
    }

    #[test]
    fn something_else_altogether_is_told_without_a_guess() {
        let text = "{spec: {credentials: {zzz: 1}}}";
        let told = misshapen::<GitHubConnection>(&serde_saphyr::from_str(text).expect("YAML"));
        assert!(
            told[0].starts_with("spec.credentials.zzz: there is no such field; known are "),
            "{told:?}"
        );
    }
}
