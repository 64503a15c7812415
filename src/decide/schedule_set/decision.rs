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
    /// What could not be read, by its name, and why.
    pub unread: Vec<(String, Why)>,
    /// How many repositories that are taken could be read.
    pub read: usize,
    /// How many WorkflowSchedules GitHub's word alone would delete, and why the first of them: so many at once that it is
    /// doubted instead.
    pub doubted: Option<(usize, Leaving)>,
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
/// The reason of the condition while one round after the other does what a spec asks for.
pub(super) const PROGRESSING: &str = "Progressing";

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
    let unheard = decision.lose(survey, &children, &settled);
    for child in twice {
        decision.delete(child, Leaving::Twice);
    }
    decision.doubt(object, &children, unheard);
    decision.finish(&children, object.before.failures.unwrap_or(0));
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

    /// Deletes children whose workflow the survey did not come across; how many there are of which nobody has heard yet
    /// what became of them.
    fn lose(
        &mut self,
        survey: &Survey,
        children: &BTreeMap<WorkflowId, &Child>,
        settled: &BTreeSet<WorkflowId>,
    ) -> usize {
        let listed: BTreeSet<_> = survey.repositories.iter().map(|one| &one.name).collect();
        let mut unheard = 0;
        let missing = children.iter().filter(|(id, _)| !settled.contains(*id));
        for (workflow, child) in missing.filter(|(_, child)| !child.deleting) {
            if listed.contains(&workflow.repository) {
                // Its workflows are known, or it would be settled.
                self.delete(child, Leaving::WorkflowGone);
                continue;
            }
            match survey.fates.get(&workflow.repository) {
                Some(Fate::NotFound) => self.delete(child, Leaving::RepositoryGone),
                Some(Fate::Moved(to)) => self.delete(child, Leaving::Moved(to.clone())),
                Some(Fate::Present) => {}
                Some(Fate::Unknown(_)) | None => unheard += 1,
            }
        }
        unheard
    }

    /// Puts effects in order and cuts them to what one round does; notes who stays.
    ///
    /// What there is comes before what is to be made. After a failed round another part of a long list comes first, so that
    /// those that are refused keep nobody behind them waiting for ever.
    fn finish(&mut self, children: &BTreeMap<WorkflowId, &Child>, failures: u32) {
        let leaving: BTreeSet<_> = self.effects.iter().filter_map(deleted).collect();
        let stays = |child: &&&Child| !child.deleting && !leaving.contains(child.name.as_str());
        let staying = children.values().filter(stays);
        self.staying = staying.map(|child| child.name.clone()).collect();
        self.effects.sort_by(|a, b| (turn(a), a).cmp(&(turn(b), b)));
        self.more = self.effects.len() > MOST_EFFECTS;
        if self.more {
            let tried = usize::try_from(failures).map_or(0, |failures| failures * MOST_EFFECTS);
            let length = self.effects.len();
            self.effects.rotate_left(tried % length);
        }
        self.effects.truncate(MOST_EFFECTS);
        self.unmanaged.sort();
    }

    fn note_unread(&mut self, name: String, why: &Why) {
        if why.cause == Cause::NotYetSeen {
            self.unseen += 1;
            return;
        }
        self.unread.push((name, why.clone()));
    }
}

/// When an effect is done: what goes first, then what is there, then what is new.
const fn turn(effect: &SetEffect) -> u8 {
    match effect {
        SetEffect::Delete { .. } => 0,
        SetEffect::Apply(wanted) if wanted.uid.is_some() => 1,
        SetEffect::Apply(_) => 2,
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
                decision.note_unread(repository.name.to_string(), why);
                settled.extend(of_repository.map(|(workflow, _)| workflow.clone()));
                continue;
            }
        };
        decision.read += 1;
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
                Sorted::Unknown(why) => decision.note_unread(workflow.to_string(), &why),
            }
            settled.insert(workflow);
        }
    }
}
