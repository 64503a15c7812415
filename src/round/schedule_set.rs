//! The round of one WorkflowScheduleSet.

use std::{
    collections::{BTreeMap, BTreeSet},
    future::Future,
};

use crate::{
    decide::{
        Cause, Known, Why,
        schedule_set::{
            Child, Other, SetConclusion, SetEffect, SetObject, SetSeen, Survey, conclude, decide,
        },
    },
    domain::{Timestamp, WorkflowId},
    observe::Site,
};

/// The WorkflowSchedules that a set sees.
#[derive(Clone, Debug, Default)]
pub struct SetObjects {
    /// Those that carry its label.
    pub children: Vec<Child>,
    /// The others of the namespace on the same host, by workflow.
    pub others: BTreeMap<WorkflowId, Other>,
    /// The names of those that are none of this set's.
    pub taken: BTreeSet<String>,
}

/// Who writes WorkflowSchedules.
pub trait Workshop: Send {
    /// Makes, changes or deletes one; why it could not be done.
    fn write(&mut self, effect: &SetEffect) -> impl Future<Output = Result<(), Why>> + Send;
}

/// Makes one round of one WorkflowScheduleSet; the workshop makes, changes or deletes one WorkflowSchedule.
///
/// # Guarantees
/// Always concludes. A WorkflowSchedule that is refused does not keep the others waiting; after three failures in a row
/// that are nobody's in particular, such as an API server that does not answer, the round ends.
pub async fn schedule_set_round(
    object: &SetObject,
    site: &Site,
    objects: SetObjects,
    workshop: &mut impl Workshop,
    now: Timestamp,
) -> SetConclusion {
    let survey = survey(object, site, &objects.children, now).await;
    let seen = SetSeen {
        survey,
        children: objects.children,
        others: objects.others,
        taken: objects.taken,
    };
    let decision = decide(object, &seen);
    let (mut outcomes, mut failures) = (Vec::new(), 0);
    for effect in &decision.effects {
        let outcome = workshop.write(effect).await;
        failures = match &outcome {
            Err(why) if why.cause != Cause::RequestRefused => failures + 1,
            Ok(()) | Err(_) => 0,
        };
        outcomes.push(outcome);
        if failures == MOST_FAILURES {
            break;
        }
    }
    conclude(object, &seen, &decision, &outcomes, now)
}

/// How many failures in a row are taken for one of all.
const MOST_FAILURES: usize = 3;

/// Looks through the owner, unless nothing would be done about it.
async fn survey(
    object: &SetObject,
    site: &Site,
    children: &[Child],
    now: Timestamp,
) -> Known<Survey> {
    let idle = || Known::Known(Survey::default());
    let Ok(wish) = &object.wish else {
        return idle();
    };
    if wish.suspend || object.deleting {
        return idle();
    }
    let asked_after = children
        .iter()
        .filter_map(|child| child.spec.repository.parse().ok())
        .collect();
    match site {
        Known::Unknown(why) => Known::Unknown(why.clone()),
        Known::Known(observatory) => {
            observatory
                .survey(&object.identity, wish, &asked_after, now)
                .await
        }
    }
}
