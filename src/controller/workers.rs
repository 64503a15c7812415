//! One worker for each kind: its rounds, whatever wakes them, until it is time to stop.

use std::{future::Future, sync::Arc};

use futures::{Stream, StreamExt as _, future::join3};
use kube::runtime::{
    Controller,
    controller::{Action, Config},
    reflector::{ObjectRef, Store as Reflector},
    watcher,
};
use tokio::sync::{mpsc::UnboundedReceiver, watch};

use super::{
    connection,
    context::{Context, after_error, guarded},
    error::Error,
    gather::{gathered, pause},
    run::stopped,
    schedule_set, workflow_schedule,
    write::Kind,
};
use crate::api::{GitHubConnection, WorkflowSchedule, WorkflowScheduleSet};

/// The workers of a term.
pub(super) struct Workers {
    /// What every reconcile shares.
    pub(super) context: Arc<Context>,
    /// How many objects of a kind are reconciled at once.
    pub(super) concurrency: u16,
    /// Turns true when it is time to stop.
    pub(super) stop: watch::Receiver<bool>,
}

/// Who is to be woken, as wishes for it come.
type Woken<K> = UnboundedReceiver<ObjectRef<K>>;

impl Workers {
    /// Makes the rounds of every kind until it is time to stop and those under way have ended.
    pub(super) async fn run(
        self,
        (schedules, connections, sets): (
            impl Watch<WorkflowSchedule>,
            impl Watch<GitHubConnection>,
            impl Watch<WorkflowScheduleSet>,
        ),
        woken: (
            Woken<WorkflowSchedule>,
            Woken<GitHubConnection>,
            Woken<WorkflowScheduleSet>,
        ),
    ) {
        let context = &self.context;
        let fleet = context.schedules.clone();
        let lot = move || pause(fleet.len());
        let of_schedules = self.rounds(
            schedules,
            context.schedules.clone(),
            each(woken.0),
            reconcile_schedule,
        );
        let of_connections = self.rounds(
            connections,
            context.connections.clone(),
            gathered(woken.1, lot.clone()),
            reconcile_connection,
        );
        let of_sets = self.rounds(
            sets,
            context.sets.clone(),
            gathered(woken.2, lot),
            reconcile_set,
        );
        join3(of_schedules, of_connections, of_sets).await;
    }

    /// Makes the rounds of one kind.
    fn rounds<K: Kind, Round>(
        &self,
        watched: impl Watch<K>,
        store: Reflector<K>,
        woken: impl Stream<Item = ObjectRef<K>> + Send + 'static,
        round: impl FnMut(Arc<K>, Arc<Context>) -> Round,
    ) -> impl Future<Output = ()>
    where
        Round: Future<Output = Result<Action, Error>> + Send + 'static,
    {
        let rounds = Controller::for_stream(watched, store)
            .with_config(Config::default().concurrency(self.concurrency))
            .reconcile_on(woken)
            .graceful_shutdown_on(stopped(self.stop.clone()))
            .run(round, after_error, self.context.clone());
        // What went wrong in a round was told where it happened.
        rounds.for_each(|_| std::future::ready(()))
    }
}

/// A watch of a kind.
pub(super) trait Watch<K>:
    Stream<Item = Result<K, watcher::Error>> + Send + 'static
{
}

impl<K, S: Stream<Item = Result<K, watcher::Error>> + Send + 'static> Watch<K> for S {}

fn each<T: Send + 'static>(wishes: UnboundedReceiver<T>) -> impl Stream<Item = T> + Send + 'static {
    futures::stream::unfold(wishes, |mut wishes| async {
        wishes.recv().await.map(|wish| (wish, wishes))
    })
}

async fn reconcile_schedule(
    object: Arc<WorkflowSchedule>,
    context: Arc<Context>,
) -> Result<Action, Error> {
    // On the heap: what guards a round moves it several times, and each copy would lie on the stack.
    let round = Box::pin(workflow_schedule::reconcile(
        object.clone(),
        context.clone(),
    ));
    guarded(object, context, round).await
}

async fn reconcile_connection(
    object: Arc<GitHubConnection>,
    context: Arc<Context>,
) -> Result<Action, Error> {
    let round = Box::pin(connection::reconcile(object.clone(), context.clone()));
    guarded(object, context, round).await
}

async fn reconcile_set(
    object: Arc<WorkflowScheduleSet>,
    context: Arc<Context>,
) -> Result<Action, Error> {
    let round = Box::pin(schedule_set::reconcile(object.clone(), context.clone()));
    guarded(object, context, round).await
}
