//! Performs one effect.

use super::{close, open, update};
use crate::{
    decide::{Cause, Effect, Outcome, Retry, Why},
    domain::Timestamp,
    github::{self, Client},
    observe::{Observatory, why},
};

/// Who acts, and when.
#[derive(Clone)]
pub struct Actor<'a> {
    /// Where is remembered what is about to be opened.
    pub observatory: &'a Observatory,
    /// The client to act through.
    pub github: &'a Client,
    /// The account in whose name we act.
    pub account: String,
    /// The present.
    pub now: Timestamp,
}

/// How a deed ends early: the present is another one, or GitHub refuses.
pub(super) enum End {
    /// The precondition does not hold.
    Overtaken(String),
    /// Something of somebody else is in the way, until a person removes it.
    Blocked(String),
    /// A request failed.
    Failed(github::Error),
    /// It could not be written down what is about to be done.
    Unremembered(Why),
}

impl From<github::Error> for End {
    fn from(error: github::Error) -> Self {
        Self::Failed(error)
    }
}

/// Performs one effect.
///
/// # Guarantees
/// The precondition is read again just before the act. An effect that is performed twice, by whomever, is done once.
///
/// # Caveats
/// A failed effect may have happened in part; each part is found again by the next look, because branches are named by
/// content and GitHub refuses a second pull request from a branch.
pub async fn perform(effect: &Effect, actor: &Actor<'_>) -> Outcome {
    let result = match effect {
        Effect::OpenPull { proposal, .. } => open::open(actor, proposal).await,
        Effect::UpdatePull {
            number,
            proposal,
            precondition,
            ..
        } => update::update(actor, *number, proposal, precondition).await,
        Effect::ClosePull {
            workflow,
            number,
            reason,
            precondition,
            ..
        } => close::close(actor, workflow, *number, *reason, precondition).await,
    };
    match result {
        Ok(deed) => Outcome::Done(deed),
        Err(End::Overtaken(present)) => Outcome::Overtaken(present),
        Err(End::Blocked(message)) => Outcome::Failed(Why {
            cause: Cause::RequestRefused,
            message,
            retry: Retry::Never,
        }),
        // Somebody else was there first, which the next look will see.
        Err(End::Failed(github::Error::Conflict { what, message })) => {
            Outcome::Overtaken(format!("{what}: {message}"))
        }
        Err(End::Failed(error)) => Outcome::Failed(why::from_github(&error)),
        Err(End::Unremembered(why)) => Outcome::Failed(why),
    }
}
