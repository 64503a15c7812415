//! Asks the API server, and the standalone shell's check that needs none, what they say to an object.

use std::fmt::Debug;

use cronwright::api::{GitHubConnection, WorkflowSchedule, WorkflowScheduleSet, validate};
use futures::future::join_all;
use k8s_openapi::NamespaceResourceScope;
use kube::{Api, CustomResourceExt, Resource, api::PostParams};
use serde::{Serialize, de::DeserializeOwned};
use serde_json::{Value, json};

use super::control_plane::shared;

/// A kind with a good spec to spoil.
pub trait Example:
    CustomResourceExt
    + Resource<Scope = NamespaceResourceScope, DynamicType = ()>
    + Clone
    + Debug
    + Serialize
    + DeserializeOwned
{
    /// A spec that is accepted.
    fn spec() -> Value;
}

impl Example for WorkflowSchedule {
    fn spec() -> Value {
        json!({"connectionRef": {"name": "acme"}, "repository": "acme/payments", "workflow": "nightly.yml"})
    }
}

impl Example for GitHubConnection {
    fn spec() -> Value {
        json!({"credentials": {"tokenSecretRef": {"name": "github", "key": "token"}}})
    }
}

impl Example for WorkflowScheduleSet {
    fn spec() -> Value {
        json!({"connectionRef": {"name": "acme"}, "owner": "acme"})
    }
}

/// The good object with parts of its spec replaced.
pub fn example<K: Example>(name: &str, changes: &str) -> K {
    let mut spec = K::spec();
    let changes: Value = serde_saphyr::from_str(changes).expect("a YAML mapping");
    for (field, value) in changes.as_object().expect("a YAML mapping") {
        spec[field] = value.clone();
    }
    let object = json!({
        "apiVersion": K::api_version(&()),
        "kind": K::kind(&()),
        "metadata": {"name": name},
        "spec": spec,
    });
    serde_json::from_value(object).expect("an object of the kind")
}

/// What the API server says to a new object, `field: message` for each cause; empty when it is accepted.
pub async fn said_to<K: Example>(api: &Api<K>, object: &K) -> Vec<String> {
    let trial = PostParams {
        dry_run: true,
        ..PostParams::default()
    };
    match api.create(&trial, object).await {
        Ok(_) => Vec::new(),
        Err(kube::Error::Api(status)) => causes(&status),
        Err(error) => panic!("the API server did not answer: {error}"),
    }
}

/// The causes of a refusal, `field: message` each.
pub fn causes(status: &kube::core::Status) -> Vec<String> {
    let causes = status.details.iter().flat_map(|details| &details.causes);
    causes
        .map(|cause| without_value(&cause.field, &cause.message))
        .collect()
}

/// A cause without the value that the API server repeats before the message of a rule.
fn without_value(field: &str, message: &str) -> String {
    let told = message.strip_prefix("Invalid value: ").unwrap_or(message);
    // A text stands in quotes and a number alone; a list or a mapping is left out.
    let text = told
        .strip_prefix('"')
        .and_then(|told| told.split_once("\": "));
    let number = told
        .split_once(": ")
        .filter(|(value, _)| value.parse::<i64>().is_ok());
    format!(
        "{field}: {}",
        text.or(number).map_or(told, |(_, message)| message)
    )
}

/// Asserts that each object is refused for one cause, with the same words online and offline.
///
/// `refusals` is what is wrong, as YAML that replaces parts of a good spec, and the `field: message` that tells it.
pub async fn all_are_refused<K: Example>(
    namespace: &str,
    refusals: &[(impl AsRef<str>, impl AsRef<str>)],
) {
    let api: Api<K> = shared().namespace(namespace).await.api();
    let judged = join_all(refusals.iter().map(async |(changes, expected)| {
        let object: K = example("bad", changes.as_ref());
        let said = said_to(&api, &object).await;
        (changes.as_ref(), expected.as_ref(), said, validate(&object))
    }));
    for (changes, expected, online, offline) in judged.await {
        assert_eq!(online, [expected], "the API server about {changes}");
        assert_eq!(offline, [expected], "without an API server about {changes}");
    }
}

/// Asserts that each object is accepted, online and offline.
pub async fn all_are_accepted<K: Example>(namespace: &str, specs: &[impl AsRef<str>]) {
    let api: Api<K> = shared().namespace(namespace).await.api();
    let judged = join_all(specs.iter().map(async |changes| {
        let object: K = example("good", changes.as_ref());
        (
            changes.as_ref(),
            said_to(&api, &object).await,
            validate(&object),
        )
    }));
    for (changes, online, offline) in judged.await {
        assert_eq!(online, [""; 0], "the API server about {changes}");
        assert_eq!(offline, [""; 0], "without an API server about {changes}");
    }
}
