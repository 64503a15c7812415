//! Which of the owner's workflows are to be managed, and why the others are not.

use super::{
    child::child_name,
    seen::{Child, Content, Other, RepositoryFound, SetSeen, WorkflowFound},
    wish::SetWish,
};
use crate::{
    decide::{known::Why, seen::WorkflowState},
    domain::WorkflowId,
};

/// Why a workflow, or a whole repository, has no WorkflowSchedule of this set; in the order in which status tells them:
/// those first that somebody can do something about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr, strum::EnumIter,
)]
pub enum Unmanaged {
    /// GitHub disabled it for want of activity in the repository.
    DisabledForInactivity,
    /// The file cannot be read as a workflow.
    Unreadable,
    /// A person switched it off, or it lies in a fork where nobody switched it on.
    Disabled,
    /// The file says that something else writes it.
    Generated,
    /// Somebody made a WorkflowSchedule for it.
    ByHand,
    /// Another set has made one.
    AnotherSet,
    /// The repository is archived.
    Archived,
    /// The repository is a fork.
    Fork,
    /// Patterns or topics leave it out.
    Excluded,
    /// The file has no schedule.
    NoSchedule,
}

impl Unmanaged {
    /// Whether the workflow counts as found: it has a schedule, and its repository is taken.
    pub(super) const fn is_found(self) -> bool {
        match self {
            Self::DisabledForInactivity
            | Self::Disabled
            | Self::Generated
            | Self::ByHand
            | Self::AnotherSet => true,
            Self::Unreadable | Self::Archived | Self::Fork | Self::Excluded | Self::NoSchedule => {
                false
            }
        }
    }
}

/// What is to become of a workflow.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Sorted {
    /// It is to be managed.
    Managed,
    /// It is not, with more about it.
    Unmanaged(Unmanaged, Option<String>),
    /// Nobody knows: what there is stays.
    Unknown(Why),
}

impl SetWish {
    /// Why a repository is not looked into; none where it is.
    #[must_use]
    pub fn leaves_out(&self, repository: &RepositoryFound) -> Option<Unmanaged> {
        let name = repository.name.name().to_ascii_lowercase();
        let has = |topic: &String| {
            let same = |has: &String| has.eq_ignore_ascii_case(topic);
            repository.topics.iter().any(same)
        };
        let topics = self.topics.as_ref();
        if !self.repositories.take(&name) || !topics.is_none_or(|topics| topics.iter().any(has)) {
            return Some(Unmanaged::Excluded);
        }
        if repository.archived {
            return Some(Unmanaged::Archived);
        }
        (repository.fork && !self.forks).then_some(Unmanaged::Fork)
    }
}

/// Sorts a workflow of a repository that is taken.
pub(super) fn sort(
    set: &str,
    wish: &SetWish,
    seen: &SetSeen,
    workflow: &WorkflowId,
    found: &WorkflowFound,
    child: Option<&Child>,
) -> Sorted {
    let because = |reason| Sorted::Unmanaged(reason, None);
    if !wish.workflows.take(found.file.as_str()) {
        return because(Unmanaged::Excluded);
    }
    if let Some(other) = rival(seen, workflow, child) {
        let reason = if other.by_set {
            Unmanaged::AnotherSet
        } else {
            Unmanaged::ByHand
        };
        return Sorted::Unmanaged(reason, Some(other.name.clone()));
    }
    let name = child_name(set, workflow);
    if child.is_none() && seen.taken.contains(&name) {
        let detail = format!("{name} is for another workflow: rename or delete it");
        return Sorted::Unmanaged(Unmanaged::ByHand, Some(detail));
    }
    match &found.content {
        Content::Unknown(why) => return Sorted::Unknown(why.clone()),
        Content::Unreadable(problem) => {
            return Sorted::Unmanaged(Unmanaged::Unreadable, Some(problem.clone()));
        }
        Content::Ignored => return because(Unmanaged::Excluded),
        Content::NoSchedule => return because(Unmanaged::NoSchedule),
        Content::Scheduled | Content::Generated => {}
    }
    match found.state {
        WorkflowState::DisabledInactivity => return because(Unmanaged::DisabledForInactivity),
        WorkflowState::Disabled => return because(Unmanaged::Disabled),
        WorkflowState::Active => {}
    }
    let editable = wish.template.spec.policy.edit_generated_files;
    if found.content == Content::Generated && !editable {
        return because(Unmanaged::Generated);
    }
    Sorted::Managed
}

/// The object that has the workflow instead of this set: one made by hand, or an older one of another set.
fn rival<'a>(seen: &'a SetSeen, workflow: &WorkflowId, child: Option<&Child>) -> Option<&'a Other> {
    let other = seen.others.get(workflow)?;
    let older = |child: &Child| (other.created_at, other.name.as_str()) < child.rank();
    (!other.by_set || child.is_none_or(older)).then_some(other)
}
