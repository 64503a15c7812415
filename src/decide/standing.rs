//! Where the workflow file stands against the wish: as wished, to be changed, or held back for a reason.

use super::{
    effect::Proposal,
    known::Why,
    seen::{FileSeen, Seen},
    wish::Wish,
};
use crate::{
    api::Mode,
    domain::{Cron, Digest, Schedule},
    edit::{self, Change, Options, Refusal},
    plan::{Action, Line, Reason, Violation},
    track::Distrust,
};

/// Where the workflow file stands against the wish.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Standing {
    /// Something that must be read first could not be.
    Unknown(Why),
    /// No timetable speaks of the file as it is now; the next one will.
    Unplanned,
    /// The file is as wished.
    Aligned,
    /// The change is known and shall not be made, for now or for good.
    Held {
        /// Why.
        hold: Hold,
        /// The change, where there is one.
        proposal: Option<Box<Proposal>>,
    },
    /// The change shall be made.
    Wanted(Box<Proposal>),
}

/// Why a change is not made.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, strum::IntoStaticStr)]
pub enum Hold {
    /// The mode is Observe.
    Observe,
    /// The mode is Recommend: it is a person's to make.
    Recommend,
    /// The confidence is too low.
    Confidence(Action),
    /// The workflow's forecasts have not earned that anything is done by them: it is a person's to make.
    Demoted(Distrust),
    /// The file cannot be edited safely.
    Refused(Refusal),
    /// The pinned crons cannot stand in this file.
    Impossible(Violation),
    /// The planner may not move it, or found that it must not.
    NotMovable,
    /// The repository is archived.
    Archived,
    /// There is no such file on the default branch.
    WorkflowMissing,
    /// Its schedule cannot be read.
    Unreadable(String),
    /// It has no schedule.
    NoSchedule,
}

impl Hold {
    /// Whether nothing can go on until a person changes the repository.
    #[must_use]
    pub const fn is_final(&self) -> bool {
        match self {
            Self::Archived | Self::WorkflowMissing | Self::Unreadable(_) | Self::NoSchedule => true,
            Self::Observe
            | Self::Recommend
            | Self::Confidence(_)
            | Self::Demoted(_)
            | Self::Refused(_)
            | Self::Impossible(_)
            | Self::NotMovable => false,
        }
    }
}

/// Finds where the file stands.
#[must_use]
pub fn standing(object: &str, wish: &Wish, seen: &Seen) -> Standing {
    match stand(object, wish, seen) {
        Ok(standing) => standing,
        Err(why) => Standing::Unknown(why.clone()),
    }
}

fn held(hold: Hold) -> Standing {
    Standing::Held {
        hold,
        proposal: None,
    }
}

fn stand<'a>(object: &str, wish: &Wish, seen: &'a Seen) -> Result<Standing, &'a Why> {
    let repository = seen.repository.as_result()?;
    if repository.archived {
        return Ok(held(Hold::Archived));
    }
    let (blob, bytes, schedules) = match seen.file.as_result()? {
        FileSeen::Missing => return Ok(held(Hold::WorkflowMissing)),
        FileSeen::Found {
            schedules: Err(problem),
            ..
        } => return Ok(held(Hold::Unreadable(problem.clone()))),
        FileSeen::Found {
            schedules: Ok(schedules),
            ..
        } if schedules.is_empty() => return Ok(held(Hold::NoSchedule)),
        FileSeen::Found {
            blob,
            bytes,
            schedules: Ok(schedules),
            ..
        } => (blob, bytes, schedules),
    };
    if wish.mode == Mode::Observe {
        return Ok(held(Hold::Observe));
    }
    Ok(match seen.line.as_result()? {
        None => Standing::Unplanned,
        Some(line) if !obeys(line, wish) => disobeyed(line, wish, schedules, bytes),
        Some(line) if line.moves.is_empty() && line.current == *schedules => {
            unmoved(wish, line, bytes)
        }
        // The file moved on since the timetable was made: either it is there already, or the timetable is of the past.
        Some(line) if line.current != *schedules => settled(line, schedules),
        Some(line) => {
            let proposal = propose(wish, seen, line, blob, &repository.default_branch);
            against(
                wish,
                distrust(wish, seen),
                Proposal {
                    object: object.to_owned(),
                    ..proposal
                },
                bytes,
            )
        }
    })
}

/// Whether a line gives the crons that are pinned now; a timetable may be older than the spec.
fn obeys(line: &Line, wish: &Wish) -> bool {
    let pins = |reason: &Reason| matches!(reason, Reason::Pinned | Reason::AsPinned);
    match &wish.pinned {
        None => !line.reasons.iter().any(pins),
        Some(pinned) => fire_like(&line.proposed, pinned),
    }
}

fn fire_like(schedules: &[Schedule], pinned: &[Cron]) -> bool {
    let alike = |(schedule, cron): (&Schedule, &Cron)| schedule.cron.fires_like(cron);
    schedules.len() == pinned.len() && schedules.iter().zip(pinned).all(alike)
}

/// What a line means that does not give the pinned crons: they cannot be given, or nobody has planned for them yet.
fn disobeyed(line: &Line, wish: &Wish, schedules: &[Schedule], bytes: &[u8]) -> Standing {
    let planned = |reason: &Reason| {
        matches!(
            reason,
            Reason::Pinned
                | Reason::AsPinned
                | Reason::CadenceChanged { .. }
                | Reason::OutsideWindow
                | Reason::MissesDeadline { .. }
                | Reason::AfterDependency { .. }
                | Reason::Conflicts { .. }
                | Reason::OthersMove
                | Reason::NoConflict
                | Reason::GainTooSmall { .. }
                | Reason::NoForecast
        )
    };
    let pinned = wish.pinned.as_deref().unwrap_or_default();
    let impossible = |violation: &Violation| {
        matches!(
            violation,
            Violation::PinnedCount { pinned: count, .. } if *count == pinned.len()
        ) || matches!(violation, Violation::PinnedTooOften)
    };
    if wish.pinned.is_some() && fire_like(schedules, pinned) {
        Standing::Aligned
    } else if let Some(violation) = line.violations.iter().find(|each| impossible(each)) {
        held(Hold::Impossible(violation.clone()))
    } else if line.current != schedules || line.reasons.iter().all(planned) {
        Standing::Unplanned
    } else {
        held(immovable(wish, bytes))
    }
}

/// Why a file may not be moved: nothing is proposed for it, or it cannot be edited.
fn immovable(wish: &Wish, bytes: &[u8]) -> Hold {
    match refusal(wish, bytes) {
        _ if wish.mode == Mode::Observe => Hold::Observe,
        Some(refusal) => Hold::Refused(refusal),
        None => Hold::NotMovable,
    }
}

/// A file that the timetable leaves as it is: as wished, or left with what is wrong because it cannot be edited.
fn unmoved(wish: &Wish, line: &Line, bytes: &[u8]) -> Standing {
    let content = line.violations.is_empty() && line.conflicts.is_empty();
    let asked = !content && wish.mode != Mode::Observe;
    match asked.then(|| refusal(wish, bytes)).flatten() {
        Some(refusal) => held(Hold::Refused(refusal)),
        None => Standing::Aligned,
    }
}

/// Why any edit of the file would be refused.
fn refusal(wish: &Wish, bytes: &[u8]) -> Option<Refusal> {
    let options = Options {
        allow_generated: wish.edit_generated_files,
    };
    let refusal = edit::edit(bytes, &[], options).err();
    refusal.filter(|refusal| *refusal != Refusal::NothingToChange)
}

fn settled(line: &Line, schedules: &[Schedule]) -> Standing {
    if line.proposed == schedules {
        Standing::Aligned
    } else {
        Standing::Unplanned
    }
}

/// Why the forecasts behind a change are not acted on. A pinned cron rests on none.
fn distrust(wish: &Wish, seen: &Seen) -> Option<Distrust> {
    let learned = seen.learned.known().filter(|_| wish.pinned.is_none())?;
    Some(learned.accuracy.as_ref()?.demotion?.distrust)
}

/// Holds a proposal against what the spec, the forecasts and the file allow.
fn against(wish: &Wish, distrust: Option<Distrust>, proposal: Proposal, bytes: &[u8]) -> Standing {
    let options = Options {
        allow_generated: proposal.allow_generated,
    };
    let hold = match (
        wish.mode,
        proposal.line.action,
        edit::edit(bytes, &proposal.changes, options),
    ) {
        (_, _, Err(refusal)) => Some(Hold::Refused(refusal)),
        (_, action @ (Action::Review | Action::NeedsData | Action::None), Ok(_)) => {
            Some(Hold::Confidence(action))
        }
        (Mode::Observe, _, _) => Some(Hold::Observe),
        (Mode::Recommend, Action::Apply, Ok(_)) => Some(Hold::Recommend),
        (Mode::PullRequest, Action::Apply, Ok(_)) => distrust.map(Hold::Demoted),
    };
    match hold {
        Some(hold) => Standing::Held {
            hold,
            proposal: Some(Box::new(proposal)),
        },
        None => Standing::Wanted(Box::new(proposal)),
    }
}

fn propose(wish: &Wish, seen: &Seen, line: &Line, blob: &str, branch: &str) -> Proposal {
    let changes: Vec<Change> = line
        .moves
        .iter()
        .map(|moved| Change {
            index: moved.index,
            from: moved.from.clone(),
            to: moved.to.clone(),
        })
        .collect();
    Proposal {
        object: String::new(),
        digest: digest(wish, blob, &changes),
        workflow: wish.workflow.clone(),
        base_blob: blob.to_owned(),
        base_branch: branch.to_owned(),
        changes,
        allow_generated: wish.edit_generated_files,
        line: line.clone(),
        forecast: seen
            .learned
            .known()
            .and_then(|learned| learned.forecast.clone()),
        time_zone: wish.time_zone,
        options: wish.pull_request.clone(),
    }
}

/// The identity of a change: which file, which bytes it has, which entries get which schedule.
fn digest(wish: &Wish, blob: &str, changes: &[Change]) -> Digest {
    let mut parts = vec![wish.workflow.file.to_string(), blob.to_owned()];
    parts.extend(
        changes
            .iter()
            .map(|change| format!("{} {}", change.index, change.to)),
    );
    Digest::of(parts.iter().map(String::as_bytes))
}
