//! From the model's words to the real ones and back: a real look, a real decision, a real conclusion.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use super::{
    facts::{change_of, digest, object, seen},
    world::{Change, File, Head, Name, Planned, Pull, Spec, State, World},
};
use crate::{
    decide::{Deed, Effect, Outcome, PullState, conclude, decide, effect::CloseReason},
    domain::Timestamp,
};

/// The part of a look that reads the object, the file and the timetable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct FileView {
    pub(super) spec: Spec,
    pub(super) finalizer: bool,
    pub(super) file: File,
    pub(super) planned: Planned,
}

/// A pull request as a look finds it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct PullView {
    pub(super) number: u64,
    pub(super) branch: Name,
    pub(super) head: Head,
    pub(super) state: PullState,
    /// None where commits and text speak of different changes.
    pub(super) change: Option<Change>,
}

/// A whole look; its parts may be of different ages.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct View {
    pub(super) file: FileView,
    pub(super) pulls: Vec<PullView>,
}

/// An effect in the model's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Act {
    Open(Change),
    Update {
        number: u64,
        change: Change,
        commits: u8,
    },
    Close {
        number: u64,
        commits: u8,
        reason: CloseReason,
    },
}

/// What came of an act, in the model's words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Came {
    Opened(u64, Change),
    Done,
    Nothing,
}

pub(super) fn look_at_file(world: &World) -> FileView {
    FileView {
        spec: world.spec,
        finalizer: world.finalizer,
        file: world.file,
        planned: world.planned,
    }
}

pub(super) fn look_at_pulls(world: &World) -> Vec<PullView> {
    let view = |(index, pull): (usize, &Pull)| PullView {
        number: index as u64 + 1,
        branch: pull.branch,
        head: pull.head,
        state: state(world, pull),
        change: change(world, pull),
    };
    world.pulls.iter().enumerate().map(view).collect()
}

/// What became of a pull request, by the executor's own marks.
pub(super) fn state(world: &World, pull: &Pull) -> PullState {
    match pull.state {
        State::Open => PullState::Open,
        State::Merged => PullState::Merged,
        State::ClosedByUs if pull.mark => PullState::Withdrawn,
        State::ClosedByPerson if pull.mark && !world.contract.asks_who_closed => {
            PullState::Withdrawn
        }
        State::ClosedByUs | State::ClosedByPerson => PullState::Declined,
    }
}

/// The change that a pull request carries.
pub(super) fn change(world: &World, pull: &Pull) -> Option<Change> {
    match (world.contract.trusts_commits, pull.state) {
        (false, _) => Some(pull.told),
        (true, State::Open) => {
            Some(pull.head.carries).filter(|carries| *carries == pull.told && !pull.mark)
        }
        (true, _) => Some(pull.head.carries),
    }
}

/// A decision in the model's words.
#[derive(Debug)]
pub(super) struct Decided {
    pub(super) acts: Vec<Act>,
    pub(super) finalizer: bool,
}

/// The real decision about a look.
pub(super) fn decided(view: &View) -> Arc<Decided> {
    static MEMORY: Mutex<BTreeMap<View, Arc<Decided>>> = Mutex::new(BTreeMap::new());
    if let Some(decided) = MEMORY.lock().unwrap().get(view) {
        return Arc::clone(decided);
    }
    let decision = decide(&object(view.file), &seen(view), Timestamp::UNIX_EPOCH);
    let acts = decision.effects.iter().map(act).collect();
    let decided = Arc::new(Decided {
        acts,
        finalizer: decision.finalizer,
    });
    MEMORY
        .lock()
        .unwrap()
        .insert(view.clone(), Arc::clone(&decided));
    decided
}

/// What a conclusion says: the pull request's number and state as status tells them, and whether the finalizer stays.
pub(super) type End = (Option<(u64, String)>, bool);

/// The real conclusion.
pub(super) fn concluded(view: &View, came: &[Came]) -> End {
    static MEMORY: Mutex<BTreeMap<(View, Vec<Came>), End>> = Mutex::new(BTreeMap::new());
    let key = (view.clone(), came.to_vec());
    if let Some(end) = MEMORY.lock().unwrap().get(&key) {
        return end.clone();
    }
    let end = conclude_really(view, came);
    MEMORY.lock().unwrap().insert(key, end.clone());
    end
}

fn conclude_really(view: &View, came: &[Came]) -> End {
    let (object, seen) = (object(view.file), seen(view));
    let decision = decide(&object, &seen, Timestamp::UNIX_EPOCH);
    let outcomes: Vec<_> = decision
        .effects
        .iter()
        .zip(came)
        .map(|(effect, came)| outcome(effect, *came))
        .collect();
    let end = conclude(&object, &seen, &decision, &outcomes, Timestamp::UNIX_EPOCH);
    let told = end
        .status
        .pull_request
        .map(|pull| (u64::try_from(pull.number).unwrap(), pull.state));
    (told, end.finalizer)
}

fn outcome(effect: &Effect, came: Came) -> Outcome {
    let deed = match (effect, came) {
        (_, Came::Nothing) => {
            return Outcome::Overtaken("the present was not as assumed".to_owned());
        }
        (_, Came::Opened(number, change)) => Deed::Opened {
            number,
            url: String::new(),
            digest: digest(change),
            at: Timestamp::UNIX_EPOCH,
            shortfall: None,
        },
        (
            Effect::UpdatePull {
                number, proposal, ..
            },
            Came::Done,
        ) => Deed::Updated {
            number: *number,
            digest: proposal.digest.short().to_owned(),
        },
        (Effect::ClosePull { number, reason, .. }, Came::Done) => Deed::Closed {
            number: *number,
            reason: *reason,
        },
        (Effect::OpenPull { .. }, Came::Done) => {
            return Outcome::Overtaken("it was there".to_owned());
        }
    };
    Outcome::Done(deed)
}

fn act(effect: &Effect) -> Act {
    let commits = |sha: &str| sha.parse().unwrap();
    match effect {
        Effect::OpenPull { proposal, .. } => Act::Open(change_of(proposal.digest.short())),
        Effect::UpdatePull {
            number,
            proposal,
            precondition,
            ..
        } => Act::Update {
            number: *number,
            change: change_of(proposal.digest.short()),
            commits: commits(head_sha(precondition)),
        },
        Effect::ClosePull {
            number,
            reason,
            precondition,
            ..
        } => Act::Close {
            number: *number,
            commits: commits(head_sha(precondition)),
            reason: *reason,
        },
    }
}

fn head_sha(precondition: &crate::decide::Precondition) -> &str {
    match precondition {
        crate::decide::Precondition::OpenAndUntouched { head_sha, .. } => head_sha,
        crate::decide::Precondition::NoneOpenNoneDeclined { .. } => {
            panic!("an open pull request has a head")
        }
    }
}
