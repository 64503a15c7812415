//! The groups of a report, as a choice and as words.

use crate::{
    report::{Entry, Group},
    web::dashboard::parts::Cell,
};

/// The name that an address has for a group.
const fn name(group: Group) -> &'static str {
    match group {
        Group::ReadyToApply => "ready_to_apply",
        Group::NeedsReview => "needs_review",
        Group::MoreDataNeeded => "more_data_needed",
        Group::NothingToDo => "nothing_to_do",
    }
}

/// A choice with `all` before the groups: value, name, and whether it is chosen.
pub(super) fn choice(all: &'static str, chosen: &str) -> Vec<(&'static str, &'static str, bool)> {
    let groups = Group::ALL.map(|group| (name(group), group.heading()));
    let each = std::iter::once(("", all)).chain(groups);
    each.map(|(value, name)| (value, name, value == chosen))
        .collect()
}

/// The group of a name; none for all of them.
pub(super) fn named(chosen: &str) -> Option<Group> {
    Group::ALL.into_iter().find(|group| name(*group) == chosen)
}

/// The group that a workflow stands in, in its tone.
pub(super) fn standing(entry: &Entry) -> Cell {
    let tone = match entry.group {
        Group::ReadyToApply => "good",
        Group::NeedsReview => "warn",
        Group::MoreDataNeeded | Group::NothingToDo => "",
    };
    Cell::text(entry.group.heading()).toned(tone)
}
