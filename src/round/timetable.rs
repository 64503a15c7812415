//! The round of a connection's timetable: look at all of its workflows, plan them together, store the plan whole.

use std::collections::BTreeSet;

use crate::{
    decide::{
        Known, Wish,
        timetable::{Member, items},
    },
    domain::{Digest, Timestamp},
    observe::{Observatory, why},
    plan::{Item, Timetable, plan},
};

/// What a timetable's round came to.
#[derive(Clone, Debug, Default)]
pub struct Planned {
    /// The timetable in force; none before the first.
    pub digest: Option<Digest>,
    /// The names of the objects whose line changed in this round.
    pub changed: BTreeSet<String>,
}

/// Plans a connection's timetable anew if anything it rests on has changed.
///
/// # Guarantees
/// While some workflow has not been looked at, the stored timetable stays in force. A timetable is stored before any
/// line of it is told.
pub async fn timetable(
    observatory: &Observatory,
    mut wishes: Vec<(String, Wish)>,
    now: Timestamp,
) -> Known<Planned> {
    // The order in which a shell lists its objects is no news.
    wishes.sort_by(|(a, _), (b, _)| a.cmp(b));
    let before = match observatory.timetable().await {
        Ok(before) => before,
        Err(error) => return Known::Unknown(why::from_store(&error)),
    };
    let keep = || {
        Known::Known(Planned {
            digest: before.as_ref().map(|timetable| timetable.digest()),
            changed: BTreeSet::new(),
        })
    };
    let mut members = Vec::with_capacity(wishes.len());
    for (name, wish) in wishes {
        members.push(observatory.member(name, wish).await);
    }
    let items = match items(&members, before.as_deref()) {
        Ok(items) => items,
        Err(unseen) => {
            tracing::debug!(
                unseen.count = unseen.len(),
                "timetable waits until every workflow has been looked at"
            );
            return keep();
        }
    };
    if !observatory.is_time_to_plan(&items, now).await {
        return keep();
    }
    let Some((items, after)) = planned(items, now).await else {
        return keep();
    };
    let after = match &before {
        Some(before) => after.told_like(before),
        None => after,
    };
    let changed = changed(&members, before.as_deref(), &after);
    if let Err(error) = observatory.adopt(&items, after.clone(), now).await {
        return Known::Unknown(why::from_store(&error));
    }
    tracing::info!(
        workflow.count = after.lines.len(),
        changed.count = changed.len(),
        plan.id = after.digest().short(),
        "timetable planned"
    );
    Known::Known(Planned {
        digest: Some(after.digest()),
        changed,
    })
}

/// Plans on a thread of its own: a large fleet takes seconds, in which every other round would stand still.
///
/// None when the process ends under it.
async fn planned(items: Vec<Item>, now: Timestamp) -> Option<(Vec<Item>, Timetable)> {
    let planning = tokio::task::spawn_blocking(move || {
        let timetable = plan(&items, &[], now);
        (items, timetable)
    });
    match planning.await {
        Ok(planned) => Some(planned),
        // A defect of the planner is this round's, as it would be without a thread.
        Err(error) => match error.try_into_panic() {
            Ok(panic) => std::panic::resume_unwind(panic),
            Err(_) => None,
        },
    }
}

fn changed(members: &[Member], before: Option<&Timetable>, after: &Timetable) -> BTreeSet<String> {
    let differs = |member: &&Member| {
        let id = &member.wish.workflow;
        before.and_then(|before| before.lines.get(id)) != after.lines.get(id)
    };
    members
        .iter()
        .filter(differs)
        .map(|member| member.name.clone())
        .collect()
}
