//! From a delivery to the objects it concerns: they are woken, and look at GitHub themselves.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use kube::runtime::reflector::ObjectRef;
use tokio::sync::mpsc;

use super::{
    context::{Context, now},
    error::Error,
    object::identity,
    schedule_set, secret,
    workflow_schedule::connection as connection_of,
};
use crate::{
    api::{GitHubConnection, WorkflowSchedule},
    decide::{Event, EventKind, Known, Wish},
    github::webhook::News,
    observe::concerns,
    web::webhooks::{Heard, Keyring},
};

/// How often it is looked whether all connections are known, at the beginning of a term.
const CONNECTING: Duration = Duration::from_millis(50);
/// How long that is waited for; what comes meanwhile stays in the queue.
const LONGEST_CONNECTING: Duration = Duration::from_secs(30);

/// What was heard, for one listener at a time.
pub(super) type Queue = tokio::sync::Mutex<mpsc::Receiver<Heard>>;

/// The secrets of connections, and what was told of those that cannot be had.
pub(super) struct Hooks {
    pub(super) keyring: Keyring,
    told: Mutex<BTreeMap<String, String>>,
}

impl Hooks {
    /// Keeps the secrets in this keyring.
    pub(super) fn new(keyring: Keyring) -> Self {
        Self {
            keyring,
            told: Mutex::default(),
        }
    }

    /// Forgets a connection.
    pub(super) fn forget(&self, connection: &str) {
        self.keyring.remove(connection);
        self.is_news(connection, None);
    }

    /// Forgets all connections.
    pub(super) fn forget_all(&self) {
        self.keyring.clear();
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        told.clear();
    }

    /// Whether this is another problem than was told of a connection last.
    fn is_news(&self, connection: &str, problem: Option<&str>) -> bool {
        let mut told = self.told.lock().unwrap_or_else(PoisonError::into_inner);
        let before = match problem {
            Some(problem) => told.insert(connection.to_owned(), problem.to_owned()),
            None => told.remove(connection),
        };
        problem.is_some() && before.as_deref() != problem
    }
}

/// Reads the secrets that may sign a connection's deliveries, and tells once of those that cannot be had.
///
/// Polling goes on without them, so the connection is Ready all the same.
///
/// # Errors
/// When the API server cannot be asked; the secrets stay what they are.
pub(super) async fn keep_secrets(
    connection: &GitHubConnection,
    context: &Context,
) -> Result<(), Error> {
    let Some(hooks) = &context.hooks else {
        return Ok(());
    };
    let name = identity(connection);
    let (secrets, why) = secret::webhook(&context.client, connection).await?;
    let full = hooks.keyring.put(&name, secrets).err();
    let problem = full
        .map(|full| full.to_string())
        .or(why.map(|why| why.message));
    if hooks.is_news(&name, problem.as_deref()) {
        let event = Event {
            kind: EventKind::Warning,
            reason: "WebhookSecretUnusable".to_owned(),
            message: problem.unwrap_or_default(),
        };
        context.events.publish(connection, &[event]).await;
    }
    Ok(())
}

/// Hears deliveries for as long as it is polled.
pub(super) async fn hear(queue: Option<&Queue>, context: &Context) {
    if let Some(queue) = queue {
        let mut queue = queue.lock().await;
        all_connected(context).await;
        while let Some(heard) = queue.recv().await {
            wake(&heard, context);
        }
    }
    std::future::pending().await
}

/// Waits until every connection has been looked at in this term: news that was taken before then would wake nobody.
async fn all_connected(context: &Context) {
    let connected = async {
        context.caught_up().await;
        let is_known =
            |one: &Arc<GitHubConnection>| context.registry.site(&identity(&**one)).is_some();
        while !context.connections.state().iter().all(is_known) {
            tokio::time::sleep(CONNECTING).await;
        }
    };
    // One that cannot be looked at must not keep the news of the others for ever.
    let _ = tokio::time::timeout(LONGEST_CONNECTING, connected).await;
}

fn wake(heard: &Heard, context: &Context) {
    for name in &heard.connections {
        schedule_set::wake_by(&heard.news, name, context);
        if heard.news == News::InstallationChanged {
            let _ = context.wake_connection.send(reference(name));
            continue;
        }
        let concerned = concerned(&heard.news, name, context);
        let site = context.registry.site(name);
        let Some(Known::Known(observatory)) = site.filter(|_| !concerned.is_empty()) else {
            continue;
        };
        if !observatory.hear(&heard.news, now()) {
            tracing::debug!(
                connection = name,
                "news is left to the next poll: there was much of late"
            );
            continue;
        }
        for schedule in concerned {
            let _ = context.wake_schedule.send(ObjectRef::from(&*schedule));
        }
    }
}

/// The WorkflowSchedules that news concerns.
fn concerned(news: &News, connection: &str, context: &Context) -> Vec<Arc<WorkflowSchedule>> {
    let Some(repository) = news.repository() else {
        return Vec::new();
    };
    context.schedules.state_filter(|schedule| {
        // The cheapest question first: there may be ten thousand.
        let named = &schedule.spec.repository;
        named.eq_ignore_ascii_case(repository.as_str())
            && connection_of(schedule) == connection
            && schedule.metadata.deletion_timestamp.is_none()
            && Wish::read(&schedule.spec).is_ok_and(|wish| concerns(news, &wish.workflow))
    })
}

fn reference(connection: &str) -> ObjectRef<GitHubConnection> {
    let (namespace, name) = connection.split_once('/').unwrap_or_default();
    ObjectRef::new(name).within(namespace)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_problem_is_told_once_and_again_after_it_was_gone() {
        let hooks = Hooks::new(Keyring::default());
        assert!(hooks.is_news("ci/acme", Some("no Secret")));
        assert!(!hooks.is_news("ci/acme", Some("no Secret")));
        assert!(hooks.is_news("ci/acme", Some("no key")));
        assert!(!hooks.is_news("ci/acme", None));
        assert!(hooks.is_news("ci/acme", Some("no key")));
    }
}
