//! What the dashboard beside a leader is told of pull requests: a store remembers that one was opened, and the objects' statuses
//! what became of it.

use std::{convert::Infallible, sync::Arc, time::Duration};

use tokio::sync::watch;

use super::{context::Context, workflow_schedule::reference};
use crate::{
    api::WorkflowSchedule,
    domain::{Located, WorkflowId},
    web::dashboard::Pull,
};

/// How often the statuses are looked through: as often as an open page asks the store for news.
const EVERY: Duration = Duration::from_secs(5);

/// Whom to tell; nobody where no dashboard is served.
pub type Shown = Option<watch::Sender<Vec<Pull>>>;

/// Tells of pull requests for as long as it is polled.
pub(super) async fn tell(context: &Context, shown: &Shown) -> Infallible {
    let Some(shown) = shown else {
        return std::future::pending().await;
    };
    let _until = Untold(shown);
    context.caught_up().await;
    let mut ticks = tokio::time::interval(EVERY);
    loop {
        ticks.tick().await;
        let told = pulls(context);
        shown.send_if_modified(|before| {
            let news = *before != told;
            *before = told;
            news
        });
    }
}

/// Takes back what was told: whoever leads no longer does not know what became of it.
struct Untold<'a>(&'a watch::Sender<Vec<Pull>>);

impl Drop for Untold<'_> {
    fn drop(&mut self) {
        self.0.send_replace(Vec::new());
    }
}

fn pulls(context: &Context) -> Vec<Pull> {
    let schedules = context.schedules.state();
    // Whoever does not look does not know what became of it.
    let looks = |one: &&Arc<WorkflowSchedule>| !one.spec.suspend && context.elder(one).is_none();
    let told = schedules.iter().filter(looks);
    let told = told.filter_map(|one| pull(one, context));
    let mut pulls: Vec<Pull> = told.collect();
    pulls.sort_unstable();
    // Two objects may tell of one.
    pulls.dedup_by(|one, other| (&one.workflow, one.number) == (&other.workflow, other.number));
    pulls
}

fn pull(schedule: &WorkflowSchedule, context: &Context) -> Option<Pull> {
    let told = schedule.status.as_ref()?.pull_request.as_ref()?;
    let connection = context.connections.get(&reference(schedule));
    let id = WorkflowId {
        repository: schedule.spec.repository.parse().ok()?,
        file: schedule.spec.workflow.parse().ok()?,
    };
    Some(Pull {
        workflow: Located {
            host: connection.map(|one| one.spec.host()).unwrap_or_default(),
            id,
        },
        number: told.number,
        url: told.url.clone(),
        state: told.state.clone(),
    })
}
