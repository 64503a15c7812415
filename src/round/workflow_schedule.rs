//! The round of one WorkflowSchedule.

use std::time::Duration;

use crate::{
    act::{Actor, perform},
    decide::{
        Cause, Conclusion, Decision, Effect, Known, Object, Outcome, Retry, Why, conclude, decide,
        pull::PullStanding, ration::Ration,
    },
    domain::{Seconds, Timestamp, WorkflowId},
    observe::{self, Observatory, Site},
};

/// Makes one round of one WorkflowSchedule that belongs to no set; see [`rationed_round`].
pub async fn workflow_schedule_round<Hold>(
    object: &Object,
    site: &Site,
    hold: Hold,
    now: Timestamp,
) -> Conclusion
where
    Hold: AsyncFnOnce() -> Result<(), Why>,
{
    rationed_round(object, site, hold, || None, now).await
}

/// Makes one round of one WorkflowSchedule.
///
/// `ration` tells what its set grants, where it belongs to one; it is asked for when a pull request is about to be opened,
/// since it costs a look at all of the set. `hold` makes the object carry the finalizer, and fails when the object is no longer the one that was decided about; it
/// is called just before the first effect that needs it, so that nothing is opened outside that a deletion would forget.
///
/// # Guarantees
/// Always concludes: what fails on the way is part of the conclusion. Effects run one after the other; the first that
/// fails or is overtaken ends the round, because the next ones rest on a present that is gone.
pub async fn rationed_round<Hold>(
    object: &Object,
    site: &Site,
    hold: Hold,
    ration: impl FnOnce() -> Option<Ration>,
    now: Timestamp,
) -> Conclusion
where
    Hold: AsyncFnOnce() -> Result<(), Why>,
{
    let mut seen = observe::look(object, site, now).await;
    let mut decision = decide(object, &seen, now);
    let mut outcomes = Vec::new();
    if let (Known::Known(observatory), Some(workflow)) = (site, about_to_open(&decision)) {
        match observatory.recollect(workflow).await {
            Ok(false) => {}
            Ok(true) => {
                seen = observe::look(object, site, now).await;
                decision = decide(object, &seen, now);
            }
            Err(why) => {
                return conclude(object, &seen, &decision, &[Outcome::Failed(why)], now);
            }
        }
    }
    let granted = match grant(site, &decision, ration, now).await {
        Ok(granted) => granted,
        Err(why) => return conclude(object, &seen, &decision, &[Outcome::Failed(why)], now),
    };
    if granted.is_some() {
        let rationed = Object {
            ration: granted.clone(),
            ..object.clone()
        };
        decision = decide(&rationed, &seen, now);
    }
    let unheld = decision.finalizer && !object.finalizer;
    match site {
        Known::Known(observatory) if !decision.effects.is_empty() => {
            let must_hold = unheld || decision.finalizer && about_to_open(&decision).is_some();
            let opens = about_to_open(&decision);
            let held = async || {
                still_granted(observatory, granted, opens).await?;
                let held = if must_hold { hold().await } else { Ok(()) };
                held.map_err(Outcome::Failed)
            };
            outcomes = act_on(observatory, &decision.effects, held).await;
        }
        // A pull request that somebody else of ours opened and that is as wished: it is this object's to close one day.
        Known::Known(_) if unheld && matches!(decision.pull, PullStanding::Open(_)) => {
            outcomes.extend(hold().await.err().map(Outcome::Failed));
        }
        Known::Known(_) | Known::Unknown(_) => {}
    }
    conclude(object, &seen, &decision, &outcomes, now)
}

/// The workflow whose pull request is about to be opened: what people said to earlier ones must be known by then.
fn about_to_open(decision: &Decision) -> Option<&WorkflowId> {
    decision.effects.iter().find_map(|effect| match effect {
        Effect::OpenPull { proposal, .. } => Some(&proposal.workflow),
        Effect::UpdatePull { .. } | Effect::ClosePull { .. } => None,
    })
}

/// What the object's set grants, where it belongs to one and is about to open a pull request.
async fn grant(
    site: &Site,
    decision: &Decision,
    ration: impl FnOnce() -> Option<Ration>,
    now: Timestamp,
) -> Result<Option<Ration>, Why> {
    let (Known::Known(observatory), Some(_)) = (site, about_to_open(decision)) else {
        return Ok(None);
    };
    match ration() {
        Some(ration) => observatory.with_opened(ration, now).await.map(Some),
        None => Ok(None),
    }
}

/// Whether the set still grants it: others of it may have acted since the decision, one after the other, and each of them
/// has been written down before the next one comes here.
async fn still_granted(
    observatory: &Observatory,
    ration: Option<Ration>,
    opens: Option<&WorkflowId>,
) -> Result<(), Outcome> {
    let (Some(ration), Some(workflow)) = (ration, opens) else {
        return Ok(());
    };
    let now = observatory.github().now();
    let ration = observatory.with_opened(ration, now).await;
    let ration = ration.map_err(Outcome::Failed)?;
    ration.admits(workflow, now).map_err(|_| {
        Outcome::Overtaken("another workflow of the set opened a pull request first".to_owned())
    })
}

/// How long all acts of one round may take. A dozen requests take a few seconds; what is cut short is taken up again.
const LONGEST_ACT: Duration = Duration::from_secs(30);
/// How long a claim holds whose worker died: longer than an act can last and its last request can still land, and short
/// enough that the next worker does not wait for long.
const CLAIM_HOLDS: Seconds = Seconds(40);

/// Acts under a claim: whichever process a worker lives in, one at a time acts on a workflow.
async fn act_on<Hold>(observatory: &Observatory, effects: &[Effect], hold: Hold) -> Vec<Outcome>
where
    Hold: AsyncFnOnce() -> Result<(), Outcome>,
{
    let _alone = observatory.act().await;
    // Others may have acted for a while before it was our turn.
    let now = observatory.github().now();
    let claim = match observatory.claim(effects, now, CLAIM_HOLDS).await {
        Ok(Some(claim)) => claim,
        Ok(None) => return vec![Outcome::Overtaken("another worker acts on it".to_owned())],
        Err(why) => return vec![Outcome::Failed(why)],
    };
    // Asked under the claim, for which a farewell waits: what is opened from here on is not overlooked.
    if let Err(outcome) = hold().await {
        observatory.release(claim).await;
        return vec![outcome];
    }
    let mut outcomes = Vec::new();
    let acts = perform_all(observatory, effects, now, &mut outcomes);
    if tokio::time::timeout(LONGEST_ACT, acts).await.is_err() {
        // The claim is left to end by itself: a request may still be on its way.
        let message = "the act took too long; what came of it is read again".to_owned();
        outcomes.push(Outcome::Failed(Why {
            cause: Cause::GitHubUnavailable,
            message,
            retry: Retry::Backoff,
        }));
        return outcomes;
    }
    observatory.release(claim).await;
    outcomes
}

async fn perform_all(
    observatory: &Observatory,
    effects: &[Effect],
    now: Timestamp,
    outcomes: &mut Vec<Outcome>,
) {
    let account = match observatory.known_account().await {
        Ok(account) => account,
        Err(why) => return outcomes.push(Outcome::Failed(why)),
    };
    let actor = Actor {
        observatory,
        github: observatory.github(),
        account,
        now,
    };
    for effect in effects {
        let outcome = perform(effect, &actor).await;
        observatory.note(effect, &outcome, now).await;
        observatory
            .metrics()
            .effect(effect.into(), (&outcome).into());
        let done = matches!(outcome, Outcome::Done(_));
        outcomes.push(outcome);
        if !done {
            break;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        decide::ration::{Limits, Tally},
        domain::{Digest, TimeZone},
        observe::stage::Stage,
        store::{Deed, DeedKind},
    };

    #[tokio::test]
    async fn what_was_granted_is_not_any_more_once_another_of_the_set_was_first() {
        let stage = Stage::set().await;
        let [mine, others] = ["acme/app", "acme/web"].map(|repository| WorkflowId {
            repository: repository.parse().unwrap(),
            file: "nightly.yml".parse().unwrap(),
        });
        let ration = Ration {
            limits: Some(Limits {
                open: 1,
                per_hour: 9,
                per_repository: 1,
                windows: Vec::new(),
                time_zone: TimeZone::UTC,
            }),
            tally: Tally {
                members: [mine.clone(), others.clone()].into(),
                ..Tally::default()
            },
        };
        let still = || still_granted(&stage.observatory, Some(ration.clone()), Some(&mine));
        assert_eq!(still().await, Ok(()));
        let opened = Deed {
            kind: DeedKind::PullOpened,
            digest: Digest::of([b"change".as_slice()]),
            pull: Some(1),
            at: stage.now(),
        };
        assert!(stage.store.record_deed(&others, &opened).await.unwrap());

        let end = still().await;

        assert!(matches!(end, Err(Outcome::Overtaken(_))), "{end:?}");
    }
}
