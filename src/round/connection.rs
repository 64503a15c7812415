//! The round of one GitHubConnection: who are we, what is left of the budget, and what is the timetable.

use std::collections::BTreeSet;

use super::timetable::timetable;
use crate::{
    decide::{
        Known, Wish,
        connection::{ConnectionConclusion, ConnectionObject, ConnectionSeen, conclude},
    },
    domain::Timestamp,
    observe::{Observatory, Site, why},
};

/// The end of a round of one GitHubConnection.
#[derive(Clone, Debug)]
pub struct ConnectionRound {
    /// Status, and when to look again.
    pub conclusion: ConnectionConclusion,
    /// The names of the objects whose line of the timetable changed; their rounds have news.
    pub changed: BTreeSet<String>,
}

/// Makes one round of one GitHubConnection with the wishes that go through it, by object name.
///
/// # Guarantees
/// Always concludes. The timetable is planned for all wishes at once or not at all.
pub async fn connection_round(
    object: &ConnectionObject,
    site: &Site,
    wishes: Vec<(String, Wish)>,
    now: Timestamp,
) -> ConnectionRound {
    let schedules = wishes.len();
    let (seen, changed) = match site {
        Known::Known(observatory) => look(observatory, wishes, now).await,
        Known::Unknown(why) => (
            ConnectionSeen {
                authenticated_as: Known::Unknown(why.clone()),
                budget: None,
                missing_permissions: Vec::new(),
                schedules,
                timetable: Known::Unknown(why.clone()),
                alarms: None,
            },
            BTreeSet::new(),
        ),
    };
    ConnectionRound {
        conclusion: conclude(object, &seen, now),
        changed,
    }
}

async fn look(
    observatory: &Observatory,
    wishes: Vec<(String, Wish)>,
    now: Timestamp,
) -> (ConnectionSeen, BTreeSet<String>) {
    let schedules = wishes.len();
    observatory.retain(wishes.iter().map(|(_, wish)| &wish.workflow));
    let declared = wishes
        .iter()
        .map(|(_, wish)| wish.workflow.clone())
        .collect();
    let account = observatory.authenticate().await;
    observatory.keep_prices().await;
    let planned = timetable(observatory, wishes, now).await;
    let changed = planned
        .known()
        .map(|planned| planned.changed.clone())
        .unwrap_or_default();
    let timetable = match planned {
        Known::Known(planned) => Known::Known(planned.digest),
        Known::Unknown(why) => Known::Unknown(why),
    };
    let seen = ConnectionSeen {
        authenticated_as: Known::from(account.map_err(|error| why::from_github(&error))),
        budget: observatory.budget(),
        missing_permissions: observatory.missing_permissions(),
        schedules,
        timetable,
        alarms: observatory.sum_up_anomalies(&declared).await,
    };
    (seen, changed)
}
