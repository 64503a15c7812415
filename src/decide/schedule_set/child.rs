//! The WorkflowSchedule that a set makes for a workflow: its name, its labels, its spec, and whether one is that already.

use std::collections::BTreeMap;

use serde_json::Value;

use super::{seen::Child, wish::SetWish};
use crate::{
    api::{LocalReference, SET, TEMPLATE, WorkflowScheduleSpec},
    domain::{Digest, WorkflowId},
};

/// A WorkflowSchedule as it shall be.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wanted {
    /// Its name.
    pub name: String,
    /// The uid of the one that is changed; none where one is made.
    pub uid: Option<String>,
    /// Its labels.
    pub labels: BTreeMap<String, String>,
    /// Its annotations.
    pub annotations: BTreeMap<String, String>,
    /// Its spec.
    pub spec: WorkflowScheduleSpec,
}

/// How long the words of a name may be: with the digest it stays below the 63 characters of a label.
const LONGEST_WORDS: usize = 48;
/// The longest value of a label (Kubernetes).
const LONGEST_LABEL: usize = 63;

/// The name of the WorkflowSchedule that a set makes for a workflow.
///
/// # Guarantees
/// Always the same, a DNS label, and another one for every set, repository and file: its end digests all three, since words
/// alone are the same for `a.b` and `a-b`.
#[must_use]
pub fn child_name(set: &str, workflow: &WorkflowId) -> String {
    let file = workflow.file.as_str();
    let repository = workflow.repository.key();
    let parts = [set.as_bytes(), repository.as_bytes(), file.as_bytes()];
    let stem = file.rsplit_once('.').map_or(file, |(stem, _)| stem);
    let words = words(&format!("{}-{stem}", workflow.repository.name()));
    format!("{words}-{}", Digest::of(parts).short())
}

/// A text as lower-case words with single hyphens between them.
fn words(text: &str) -> String {
    let mut words = String::new();
    for letter in text.chars() {
        if letter.is_ascii_alphanumeric() {
            words.push(letter.to_ascii_lowercase());
        } else if !words.is_empty() && !words.ends_with('-') {
            words.push('-');
        }
    }
    words.truncate(LONGEST_WORDS);
    let words = words.trim_end_matches('-');
    if words.is_empty() { "workflow" } else { words }.to_owned()
}

/// The value of the label by which a set's WorkflowSchedules are found: its name, or what stands for a long one.
#[must_use]
pub fn set_label(set: &str) -> String {
    if set.len() <= LONGEST_LABEL {
        return set.to_owned();
    }
    let digest = Digest::of([set.as_bytes()]);
    let head = set.get(..LONGEST_WORDS).unwrap_or("set");
    format!("{head}-{}", digest.short())
}

/// The spec that a template makes for a workflow.
pub(super) fn spec(wish: &SetWish, workflow: &WorkflowId) -> WorkflowScheduleSpec {
    let template = wish.template.spec.clone();
    WorkflowScheduleSpec {
        connection_ref: LocalReference {
            name: wish.connection.clone(),
        },
        repository: workflow.repository.to_string(),
        workflow: workflow.file.to_string(),
        timing: template.timing,
        policy: template.policy,
        pull_request: template.pull_request,
        interval: template.interval,
        suspend: template.suspend,
    }
}

/// The WorkflowSchedule for a workflow; what it is called already, it stays.
pub(super) fn wanted(
    set: &str,
    wish: &SetWish,
    workflow: &WorkflowId,
    present: Option<&Child>,
) -> Wanted {
    let mut spec = spec(wish, workflow);
    if let Some(present) = present {
        // GitHub does not tell letter case apart, and a repository cannot be changed.
        spec.repository.clone_from(&present.spec.repository);
    }
    let mut labels = wish.template.metadata.labels.clone();
    labels.insert(SET.to_owned(), set_label(set));
    let mut annotations = wish.template.metadata.annotations.clone();
    annotations.insert(TEMPLATE.to_owned(), digest(&labels, &annotations, &spec));
    let name = present.map_or_else(|| child_name(set, workflow), |child| child.name.clone());
    Wanted {
        name,
        uid: present.map(|child| child.uid.clone()),
        labels,
        annotations,
        spec,
    }
}

/// What tells that a field was taken out of the template: what is left of it cannot.
fn digest(
    labels: &BTreeMap<String, String>,
    annotations: &BTreeMap<String, String>,
    spec: &WorkflowScheduleSpec,
) -> String {
    let text = serde_json::to_string(&(labels, annotations, spec))
        .expect("a template holds text, numbers and lists only");
    Digest::of([text.as_bytes()]).short().to_owned()
}

/// Whether an object is as it shall be. What somebody added that the template is silent about is theirs.
pub(super) fn is_as_wanted(child: &Child, wanted: &Wanted) -> bool {
    let within = |wanted: &BTreeMap<String, String>, has: &BTreeMap<String, String>| {
        wanted
            .iter()
            .all(|(key, value)| has.get(key) == Some(value))
    };
    child.owned
        && within(&wanted.labels, &child.labels)
        && within(&wanted.annotations, &child.annotations)
        && holds(&json(&child.spec), &json(&wanted.spec))
}

fn json(spec: &WorkflowScheduleSpec) -> Value {
    serde_json::to_value(spec).expect("a spec holds text, numbers and lists only")
}

/// Whether a value says everything that another one says.
fn holds(has: &Value, wanted: &Value) -> bool {
    match (has, wanted) {
        (Value::Object(has), Value::Object(wanted)) => wanted
            .iter()
            .all(|(key, wanted)| has.get(key).is_some_and(|has| holds(has, wanted))),
        (has, wanted) => has == wanted,
    }
}
