//! Where a value stands in a workflow, as far as that tells what becomes of it.

use std::collections::BTreeMap;

use super::{locate::Located, tree::NodeId};

/// What the runner does with a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// The value of `if`: it is read as a condition.
    Condition,
    /// The name of a step or a run, or a concurrency group: it is shown or compared with itself.
    Name,
    /// A script, or anything else.
    Other,
}

/// The places of all values that are not [`Place::Other`], by event.
pub(super) fn places(file: &Located<'_>) -> BTreeMap<usize, Place> {
    let mut places = BTreeMap::new();
    for holder in 0..file.tree.nodes.len() {
        for (key, value) in file.tree.pairs(holder) {
            if let Some(place) = place(file, holder, *key, *value) {
                places.insert(file.tree.node(*value).event, place);
            }
        }
    }
    places
}

/// The place of one value of a mapping.
fn place(file: &Located<'_>, holder: NodeId, key: NodeId, value: NodeId) -> Option<Place> {
    let text = |id: NodeId| {
        file.parsed
            .scalar(file.tree.node(id).event)
            .map(|(text, _)| text)
    };
    let has = |key| file.tree.child(&file.parsed, holder, key).is_some();
    let is_root = file.tree.root() == Some(holder);
    if file.tree.is_shared(value) {
        return None;
    }
    match text(key)? {
        "if" => Some(Place::Condition),
        "run-name" if is_root => Some(Place::Name),
        "name" if has("run") || has("uses") => Some(Place::Name),
        "concurrency" if is_root || has("runs-on") || has("uses") => Some(Place::Name),
        "group" if is_concurrency(file, holder) => Some(Place::Name),
        _ => None,
    }
}

/// Whether a mapping is the value of a `concurrency` of the workflow or of a job.
fn is_concurrency(file: &Located<'_>, mapping: NodeId) -> bool {
    let of = |holder| file.tree.child(&file.parsed, holder, "concurrency") == Some(mapping);
    let Some(root) = file.tree.root() else {
        return false;
    };
    let jobs = file.tree.child(&file.parsed, root, "jobs");
    let jobs = jobs.map_or(&[][..], |jobs| file.tree.pairs(jobs));
    of(root) || jobs.iter().any(|(_, job)| of(*job))
}
