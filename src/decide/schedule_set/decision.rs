//! From what the owner has and the WorkflowSchedules there are to what is made, changed, adopted and deleted.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    child::{Wanted, is_as_wanted, wanted},
    seen::{Child, Fate, SetSeen, Survey},
    sort::{Sorted, Unmanaged, sort},
    wish::{SetObject, SetWish},
};
use crate::{
    decide::known::{Cause, Known, Why},
    domain::{RepositoryName, WorkflowId},
};

/// What to do with a WorkflowSchedule.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetEffect {
    /// Delete it; its uid is the precondition.
    Delete {
        /// Its name.
        name: String,
        /// Its uid.
        uid: String,
        /// Why.
        why: Leaving,
    },
    /// Make it, change it, or adopt it.
    Apply(Box<Wanted>),
}

/// Why a WorkflowSchedule of the set is deleted.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Leaving {
    /// Its workflow is not managed any more.
    Unmanaged(Unmanaged, Option<String>),
    /// The repository has no such workflow file any more: it was deleted or renamed.
    WorkflowGone,
    /// The repository has another name or owner now.
    Moved(RepositoryName),
    /// The repository is gone, or the credentials do not see it any more.
    RepositoryGone,
    /// The set has an older one for the same workflow.
    Twice,
}

/// What shall be done, and the facts that status will tell.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SetDecision {
    /// What to do, in this order.
    pub effects: Vec<SetEffect>,
    /// Whether there is more to do than one round does.
    pub more: bool,
    /// What is not managed: repository, file where it is not the whole repository, reason, more about it.
    pub unmanaged: Vec<UnmanagedEntry>,
    /// The names of WorkflowSchedules that stay.
    pub staying: BTreeSet<String>,
    /// How many repositories that are taken have not been looked into yet.
    pub unseen: usize,
    /// How many repositories and workflows could not be read, and why the first of them.
    pub unread: Option<(usize, Why)>,
    /// How many WorkflowSchedules would be deleted because their repositories are gone: so many at once that the credentials
    /// are doubted instead.
    pub doubted: Option<usize>,
}

/// One thing that is not managed.
pub type UnmanagedEntry = (
    Unmanaged,
    RepositoryName,
    Option<crate::domain::WorkflowFile>,
    Option<String>,
);

/// What one round does at most: some seconds of calls to the API server.
const MOST_EFFECTS: usize = 100;
/// From how many on repositories that are gone all at once are doubted.
const DOUBTFUL: usize = 4;

/// Decides what to do for one set.
///
/// # Guarantees
/// Total. Nothing is deleted but for what GitHub said or the spec says: a failed look deletes nothing. An object that is not
/// this set's is never named by an effect.
#[must_use]
pub fn decide(object: &SetObject, seen: &SetSeen) -> SetDecision {
    let (Ok(wish), false) = (&object.wish, object.deleting) else {
        return SetDecision::default();
    };
    let Known::Known(survey) = &seen.survey else {
        return SetDecision::default();
    };
    if wish.suspend {
        return SetDecision::default();
    }
    let mut decision = SetDecision::default();
    let (children, twice) = by_workflow(seen);
    let mut settled = BTreeSet::new();
    look_through(
        object,
        wish,
        seen,
        survey,
        &children,
        &mut decision,
        &mut settled,
    );
    let lost = lost(survey, &children, &settled);
    let gone = lost
        .values()
        .filter(|why| **why == Leaving::RepositoryGone)
        .count();
    if gone >= DOUBTFUL && gone * 2 > children.len() {
        decision.doubted = Some(gone);
    }
    for (workflow, child) in &children {
        match lost.get(workflow) {
            Some(Leaving::RepositoryGone) if decision.doubted.is_some() => {}
            Some(why) => decision.delete(child, why.clone()),
            None => {}
        }
    }
    for child in twice {
        decision.delete(child, Leaving::Twice);
    }
    decision.finish(&children);
    decision
}

impl SetDecision {
    fn delete(&mut self, child: &Child, why: Leaving) {
        if !child.deleting {
            self.effects.push(SetEffect::Delete {
                name: child.name.clone(),
                uid: child.uid.clone(),
                why,
            });
        }
    }

    /// Puts effects in order and cuts them to what one round does; notes who stays.
    fn finish(&mut self, children: &BTreeMap<WorkflowId, &Child>) {
        let leaving: BTreeSet<_> = self.effects.iter().filter_map(deleted).collect();
        let stays = |child: &&&Child| !child.deleting && !leaving.contains(child.name.as_str());
        let staying = children.values().filter(stays);
        self.staying = staying.map(|child| child.name.clone()).collect();
        self.effects.sort();
        self.more = self.effects.len() > MOST_EFFECTS;
        self.effects.truncate(MOST_EFFECTS);
        self.unmanaged.sort();
    }

    fn note_unread(&mut self, why: &Why) {
        if why.cause == Cause::NotYetSeen {
            self.unseen += 1;
            return;
        }
        let (count, first) = self.unread.take().unwrap_or((0, why.clone()));
        self.unread = Some((count + 1, first));
    }
}

fn deleted(effect: &SetEffect) -> Option<&str> {
    match effect {
        SetEffect::Delete { name, .. } => Some(name),
        SetEffect::Apply(_) => None,
    }
}

/// The oldest child for each workflow, and the others.
fn by_workflow(seen: &SetSeen) -> (BTreeMap<WorkflowId, &Child>, Vec<&Child>) {
    let mut sorted: Vec<_> = seen.children.iter().collect();
    sorted.sort_by_key(|child| (child.deleting, child.rank()));
    let (mut first, mut others) = (BTreeMap::new(), Vec::new());
    for child in sorted {
        match child.workflow() {
            Some(workflow) if !first.contains_key(&workflow) => {
                first.insert(workflow, child);
            }
            Some(_) | None => others.push(child),
        }
    }
    (first, others)
}

/// Looks through everything that the survey found; `settled` are the workflows about which nothing is left to say.
fn look_through(
    object: &SetObject,
    wish: &SetWish,
    seen: &SetSeen,
    survey: &Survey,
    children: &BTreeMap<WorkflowId, &Child>,
    decision: &mut SetDecision,
    settled: &mut BTreeSet<WorkflowId>,
) {
    for repository in &survey.repositories {
        let of_repository = children
            .iter()
            .filter(|(id, _)| id.repository == repository.name);
        if let Some(reason) = wish.leaves_out(repository) {
            let entry = (reason, repository.name.clone(), None, None);
            decision.unmanaged.push(entry);
            for (workflow, child) in of_repository {
                settled.insert(workflow.clone());
                decision.delete(child, Leaving::Unmanaged(reason, None));
            }
            continue;
        }
        let workflows = match &repository.workflows {
            Known::Known(workflows) => workflows,
            Known::Unknown(why) => {
                decision.note_unread(why);
                settled.extend(of_repository.map(|(workflow, _)| workflow.clone()));
                continue;
            }
        };
        for found in workflows {
            let workflow = WorkflowId {
                repository: repository.name.clone(),
                file: found.file.clone(),
            };
            let child = children.get(&workflow).copied();
            match sort(object.name(), wish, seen, &workflow, found, child) {
                Sorted::Managed => {
                    let wanted = wanted(object.name(), wish, &workflow, child);
                    // One that is being deleted makes room first.
                    let there =
                        child.is_some_and(|child| child.deleting || is_as_wanted(child, &wanted));
                    if !there {
                        decision.effects.push(SetEffect::Apply(Box::new(wanted)));
                    }
                }
                Sorted::Unmanaged(reason, detail) => {
                    if let Some(child) = child {
                        decision.delete(child, Leaving::Unmanaged(reason, detail.clone()));
                    }
                    let file = Some(found.file.clone());
                    let entry = (reason, repository.name.clone(), file, detail);
                    decision.unmanaged.push(entry);
                }
                Sorted::Unknown(why) => decision.note_unread(&why),
            }
            settled.insert(workflow);
        }
    }
}

/// Why children go whose workflow the survey did not come across.
fn lost(
    survey: &Survey,
    children: &BTreeMap<WorkflowId, &Child>,
    settled: &BTreeSet<WorkflowId>,
) -> BTreeMap<WorkflowId, Leaving> {
    let listed: BTreeSet<_> = survey.repositories.iter().map(|one| &one.name).collect();
    let why = |workflow: &WorkflowId| {
        if listed.contains(&workflow.repository) {
            // Its workflows are known, or it would be settled.
            return Some(Leaving::WorkflowGone);
        }
        match survey.fates.get(&workflow.repository)? {
            Fate::NotFound => Some(Leaving::RepositoryGone),
            Fate::Moved(to) => Some(Leaving::Moved(to.clone())),
            Fate::Present | Fate::Unknown(_) => None,
        }
    };
    let missing = children.keys().filter(|id| !settled.contains(*id));
    missing
        .filter_map(|id| Some((id.clone(), why(id)?)))
        .collect()
}
