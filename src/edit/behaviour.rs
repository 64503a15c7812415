//! What a workflow does with an event beyond its schedule: whether it can be dispatched, and what that would meet.

use std::sync::LazyLock;

use regex::Regex;

use super::{locate::Located, tree::NodeId};

/// Reads of the event's name: the context in both spellings, and the runner's variable.
static EVENT_NAME: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r#"(?i)\bgithub\s*(?:\.\s*event_name|\[\s*["']+event_name)|\bGITHUB_EVENT_NAME\b"#)
        .expect("a constant pattern compiles")
});

/// What makes a concurrency group differ between a scheduled and a dispatched run.
static OWN_GROUP: LazyLock<Regex> = LazyLock::new(|| {
    Regex::new(r"(?i)event_name|run_id|run_number|\bevent\b").expect("a constant pattern compiles")
});

/// Whether `on` names `workflow_dispatch`: as a key, in a list, or alone.
pub(super) fn has_workflow_dispatch(file: &Located<'_>) -> bool {
    let Some(on) = file.on else { return false };
    let keys = file.tree.pairs(on).iter().map(|(key, _)| *key);
    let names = keys.chain(file.tree.items(on).iter().copied()).chain([on]);
    names
        .into_iter()
        .any(|id| text(file, id) == Some("workflow_dispatch"))
}

/// Whether any value reads the name of the event.
pub(super) fn branches_on_event(file: &Located<'_>) -> bool {
    file.parsed
        .scalars()
        .any(|(_, value)| EVENT_NAME.is_match(value))
}

/// Whether the workflow's or a job's concurrency group may cancel a run in progress.
///
/// An expression counts as yes. A group that carries the event or the run's own number is not shared.
pub(super) fn concurrency_cancels(file: &Located<'_>) -> bool {
    let Some(root) = file.tree.root() else {
        return false;
    };
    let jobs = file.tree.child(&file.parsed, root, "jobs");
    let jobs = jobs
        .map_or(&[][..], |jobs| file.tree.pairs(jobs))
        .iter()
        .map(|(_, job)| *job);
    std::iter::once(root)
        .chain(jobs)
        .any(|holder| cancels(file, holder))
}

/// Whether the `concurrency` of one holder cancels.
fn cancels(file: &Located<'_>, holder: NodeId) -> bool {
    let Some(concurrency) = file.tree.child(&file.parsed, holder, "concurrency") else {
        return false;
    };
    let value = |key| {
        file.tree
            .child(&file.parsed, concurrency, key)
            .and_then(|id| text(file, id))
    };
    let cancels = value("cancel-in-progress").is_some_and(|text| !matches!(text, "false" | ""));
    cancels && !value("group").is_some_and(|group| OWN_GROUP.is_match(group))
}

/// A scalar's value.
fn text<'a>(file: &'a Located<'_>, id: NodeId) -> Option<&'a str> {
    file.parsed
        .scalar(file.tree.node(id).event)
        .map(|(value, _)| value)
}
