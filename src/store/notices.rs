//! Notices between the processes that share a database: told now, heard by whoever listens now, and kept nowhere.
//!
//! PostgreSQL alone carries them (`NOTIFY`). They are for what may be lost: who was not there to hear one does not get it later.

use std::time::Duration;

use sqlx::postgres::PgListener;

use super::open::from_server;
use super::postgres::{Server, gone};
use super::statement::statement;
use super::{Store, StoreError};

const NOTIFY: &str = "SELECT pg_notify($1, $2)";

/// After how long without a notice a listener asks whether the server is still there: a connection that a network has forgotten tells
/// nothing by itself.
const QUIET: Duration = Duration::from_secs(30);

/// The longest notice: PostgreSQL refuses 8000 bytes.
pub const LONGEST_NOTICE: usize = 7_500;

/// A channel of notices.
#[derive(Clone, Debug)]
pub struct Notices {
    store: Store,
    server: Server,
    channel: String,
}

/// One who listens; nothing that was told before it began reaches it.
#[derive(Debug)]
pub struct Listener {
    name: String,
    server: Server,
    inner: PgListener,
}

impl Store {
    /// The channel of a name among the processes that share this store; none where it is a file or in memory.
    #[must_use]
    pub fn notices(&self, channel: &str) -> Option<Notices> {
        Some(Notices {
            server: self.server()?.clone(),
            store: self.clone(),
            channel: channel.to_owned(),
        })
    }
}

impl Notices {
    /// Tells a text of [`LONGEST_NOTICE`] bytes at most to whoever listens.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn send(&self, text: &str) -> Result<(), StoreError> {
        let notify = statement(NOTIFY).bind(self.channel.as_str()).bind(text);
        let what = || "tell other replicas".to_owned();
        let store = &self.store;
        store
            .attempt(what, async {
                notify.execute(store.writer()).await.map(drop)
            })
            .await
    }

    /// Listens from now on, over a connection of its own.
    ///
    /// # Errors
    /// See [`StoreError`].
    pub async fn listen(&self) -> Result<Listener, StoreError> {
        let name = self.store.name().to_owned();
        let listening = self.server.connecting(async {
            let mut inner = PgListener::connect_with(&self.server.single()).await?;
            // What was told during an interruption is lost, and whoever listens is to know of it.
            inner.eager_reconnect(false);
            inner.listen(&self.channel).await?;
            Ok(inner)
        });
        let inner = listening.await;
        let inner = inner.map_err(|error| from_server(&name, "listen".to_owned(), error))?;
        Ok(Listener {
            name,
            server: self.server.clone(),
            inner,
        })
    }
}

impl Listener {
    /// The next notice.
    ///
    /// # Errors
    /// When the connection is lost; then this one hears nothing any more.
    pub async fn next(&mut self) -> Result<String, StoreError> {
        loop {
            // A wait that is given up loses nothing: what has arrived by half stays with the connection.
            match tokio::time::timeout(QUIET, self.inner.try_recv()).await {
                Ok(Ok(Some(notice))) => return Ok(notice.payload().to_owned()),
                Ok(Ok(None)) => return Err(self.told(gone())),
                Ok(Err(error)) => return Err(self.told(error)),
                Err(_) => self.ask().await?,
            }
        }
    }

    /// Asks whether the server is there.
    async fn ask(&mut self) -> Result<(), StoreError> {
        let asked = sqlx::query("SELECT 1").execute(&mut self.inner);
        let asked = self.server.in_time(asked).await;
        asked.map(drop).map_err(|error| self.told(error))
    }

    fn told(&self, error: sqlx::Error) -> StoreError {
        from_server(&self.name, "listen".to_owned(), error)
    }
}
