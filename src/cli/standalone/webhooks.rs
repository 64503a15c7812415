//! Webhooks without a cluster: the secrets of the folder, and the objects that become due by a delivery.

use super::{secret, shell::Shell};
use crate::{
    decide::{Known, Wish, schedule_set::SetWish},
    domain::Timestamp,
    github::webhook::News,
    observe::{concerns, concerns_set},
    web::webhooks::{Heard, Keyring},
};

impl Shell {
    /// Gives a keyring the secrets that may sign the connections' deliveries, and warns of those that cannot be had.
    pub fn put_webhook_secrets(&self, keyring: &Keyring) {
        for (name, connection) in &self.manifests.connections {
            let namespace = name.split('/').next().unwrap_or_default();
            let mut secrets = Vec::new();
            for reference in connection.spec.webhook_secrets() {
                match secret::value(&self.manifests, namespace, reference) {
                    Ok(secret) => secrets.push(secret),
                    Err(why) => tracing::warn!(
                        object = name,
                        why = why.message,
                        "webhook secret cannot be used"
                    ),
                }
            }
            if let Err(full) = keyring.put(name, secrets) {
                tracing::warn!(object = name, error = %full, "webhook secrets cannot be used");
            }
        }
    }

    /// Makes the objects that a delivery concerns due.
    pub fn hear(&mut self, heard: &Heard) {
        let now = (self.clock)();
        for name in &heard.connections {
            self.hear_for_sets(&heard.news, name, now);
            if heard.news == News::InstallationChanged {
                self.due.insert(format!("GitHubConnection {name}"), now);
                continue;
            }
            let concerned = self.concerned(&heard.news, name);
            let site = self.sites.get(name).filter(|_| !concerned.is_empty());
            let Some(Known::Known(observatory)) = site else {
                continue;
            };
            if observatory.hear(&heard.news, now) {
                self.due.extend(concerned.into_iter().map(|one| (one, now)));
            }
        }
    }

    /// Makes the sets due that a delivery concerns.
    fn hear_for_sets(&mut self, news: &News, connection: &str, now: Timestamp) {
        let Some(Known::Known(observatory)) = self.sites.get(connection) else {
            return;
        };
        for (identity, set) in &self.manifests.sets {
            let namespace = identity.split('/').next().unwrap_or_default();
            let is_concerned = SetWish::read(&set.spec).is_ok_and(|wish| {
                format!("{namespace}/{}", wish.connection) == connection
                    && concerns_set(news, &wish)
            });
            let repositories = self
                .sets
                .get(identity)
                .map_or(0, |status| status.repositories);
            let repositories = u64::try_from(repositories).unwrap_or_default();
            if is_concerned && observatory.hear_for_set(identity, repositories, now) {
                self.due
                    .insert(format!("WorkflowScheduleSet {identity}"), now);
            }
        }
    }

    fn concerned(&self, news: &News, connection: &str) -> Vec<String> {
        let is_concerned = |name: &str, spec| {
            let namespace = name.split('/').next().unwrap_or_default();
            Wish::read(spec).is_ok_and(|wish| {
                format!("{namespace}/{}", wish.connection) == connection
                    && concerns(news, &wish.workflow)
            })
        };
        let schedules = self.manifests.schedules.iter();
        schedules
            .filter(|(name, schedule)| is_concerned(name, &schedule.spec))
            .map(|(name, _)| name.clone())
            .collect()
    }
}
