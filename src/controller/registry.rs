//! The observatories of a process: one per GitHubConnection, made anew when its spec or its credentials change.
//!
//! A connection that is gone leaves its observatory behind for the objects that are being deleted: `kubectl delete` of
//! everything at once takes the connection and its Secret first, and their pull requests are still to be closed.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, RwLock, RwLockReadGuard, RwLockWriteGuard},
};

use crate::{
    decide::{Cause, Known, Retry, Why},
    observe::{Observatory, Site},
};

/// The observatories by `namespace/name` of their connection.
#[derive(Default)]
pub(super) struct Registry {
    sites: RwLock<BTreeMap<String, Entry>>,
}

/// What stands for a connection.
struct Entry {
    made_from: String,
    site: Site,
    /// The observatory that worked last.
    last: Option<Arc<Observatory>>,
    gone: bool,
}

impl Registry {
    /// The observatory of a connection, or why there is none; nothing while nobody has looked at the connection.
    pub(super) fn site(&self, connection: &str) -> Option<Site> {
        self.read().get(connection).map(|entry| entry.site.clone())
    }

    /// The observatories that work.
    pub(super) fn observatories(&self) -> Vec<Arc<Observatory>> {
        let sites = self.read();
        let known = sites.values().filter_map(|entry| entry.site.known());
        known.cloned().collect()
    }

    /// The observatory that worked last, even if the connection or its Secret is gone.
    pub(super) fn last(&self, connection: &str) -> Option<Site> {
        let last = self.read().get(connection)?.last.clone()?;
        Some(Known::Known(last))
    }

    /// The observatory of a connection if it was made from exactly this.
    pub(super) fn same(&self, connection: &str, made_from: &str) -> Option<Arc<Observatory>> {
        let sites = self.read();
        let entry = sites
            .get(connection)
            .filter(|entry| entry.made_from == made_from && !entry.gone)?;
        entry.site.known().cloned()
    }

    /// Replaces what stands for a connection, and says whether that is something else than before.
    ///
    /// `keep_last` leaves the observatory that worked last to objects that are being deleted.
    pub(super) fn put(
        &self,
        connection: &str,
        made_from: String,
        site: Site,
        keep_last: bool,
    ) -> bool {
        let mut sites = self.write();
        let before = sites.remove(connection);
        let news = before.as_ref().is_none_or(|before| {
            before.gone || before.made_from != made_from || before.site.why() != site.why()
        });
        let inherited = before.and_then(|before| before.last).filter(|_| keep_last);
        let entry = Entry {
            made_from,
            last: site.known().cloned().or(inherited),
            site,
            gone: false,
        };
        sites.insert(connection.to_owned(), entry);
        news
    }

    /// Notes that a connection was deleted.
    pub(super) fn gone(&self, connection: &str) {
        if let Some(entry) = self.write().get_mut(connection) {
            entry.gone = true;
            entry.site = Known::Unknown(absent(connection));
        }
    }

    /// Whether something is kept for a connection that was deleted.
    pub(super) fn is_gone(&self, connection: &str) -> bool {
        self.read().get(connection).is_some_and(|entry| entry.gone)
    }

    /// Forgets a connection that nobody needs any more.
    pub(super) fn forget(&self, connection: &str) {
        self.write().remove(connection);
    }

    fn read(&self) -> RwLockReadGuard<'_, BTreeMap<String, Entry>> {
        self.sites.read().unwrap_or_else(PoisonError::into_inner)
    }

    fn write(&self) -> RwLockWriteGuard<'_, BTreeMap<String, Entry>> {
        self.sites.write().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Why there is no observatory of a connection that does not exist.
pub(super) fn absent(connection: &str) -> Why {
    Why {
        cause: Cause::ConnectionNotReady,
        message: format!(
            "GitHubConnection {connection} does not exist; create it or correct spec.connectionRef"
        ),
        retry: Retry::Backoff,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unknown(message: &str) -> Site {
        Known::Unknown(Why {
            message: message.to_owned(),
            ..absent("ci/acme")
        })
    }

    #[test]
    fn only_what_differs_from_before_is_news() {
        let registry = Registry::default();
        let put = |message| registry.put("ci/acme", String::new(), unknown(message), true);
        assert!(put("no Secret"));
        assert!(!put("no Secret"));
        assert!(put("no key"));
        registry.gone("ci/acme");
        assert!(put("no key"), "a connection that came back is news");
    }

    #[test]
    fn nothing_stands_for_a_connection_that_nobody_has_looked_at() {
        let registry = Registry::default();
        assert_eq!(registry.site("ci/acme").map(drop), None);
        registry.gone("ci/acme");
        assert!(!registry.is_gone("ci/acme"));
    }
}
