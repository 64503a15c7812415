//! What all objects of a term look like together, for whoever scrapes.

use std::sync::Arc;

use super::context::Context;
use crate::{
    metrics::Fleet,
    round::{add_sets, fleet},
};

/// Sums up all objects of a term whenever it is asked; after the term there are none.
pub(super) fn summed_up(context: &Arc<Context>) -> impl Fn() -> Fleet + Send + Sync + 'static {
    let context = Arc::downgrade(context);
    move || {
        let Some(context) = context.upgrade() else {
            return Fleet::default();
        };
        let (schedules, connections) = (context.schedules.state(), context.connections.state());
        let statuses = schedules.iter().map(|one| one.status.as_ref());
        let connected = connections.iter().map(|one| one.status.as_ref());
        let mut sum = fleet(statuses, connected, context.registry.observatories());
        let sets = context.sets.state();
        add_sets(&mut sum, sets.iter().map(|one| one.status.as_ref()));
        Fleet {
            queue: context.agenda.waiting(),
            ..sum
        }
    }
}
