//! Whether a server's door is open: what is asked while a call waits for a connection, so that an outage is told soon.
//!
//! # Invariants
//! - A knock is a bare connection that says nothing and is closed at once: the server never takes it for a client, so it counts
//!   against no limit of connections, and there is one at a time, whoever waits.
//! - Only a wait for a connection is given up for it. What has a connection is ended by its own error, never by a door.

use std::future::Future;
use std::io::{Error, ErrorKind};
use std::path::PathBuf;
use std::pin::pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::postgres::PgConnectOptions;
use tokio::net::{TcpStream, UnixStream};
use tokio::sync::Mutex;
use tokio::time::{Instant, sleep, timeout};

/// After how long a call asks whether the server is there at all.
const PATIENCE: Duration = Duration::from_secs(1);
/// How long a door may take to open: a network that swallows packets says nothing at all.
const LONGEST_KNOCK: Duration = Duration::from_secs(10);

/// The door of one server.
#[derive(Debug)]
pub(super) struct Door {
    way: Way,
    /// Whether nobody answered last.
    shut: AtomicBool,
    /// What the last knock came to, and when it began.
    found: Mutex<Option<(Instant, Option<Shut>)>>,
}

#[derive(Debug)]
enum Way {
    Socket(PathBuf),
    Network(String, u16),
}

/// Why nobody answered; an error of the system cannot be shared as it is.
type Shut = (ErrorKind, Arc<str>);

impl Door {
    /// The way that connections with these options take.
    pub(super) fn of(options: &PgConnectOptions) -> Self {
        let (host, port) = (options.get_host(), options.get_port());
        let folder = options.get_socket().cloned();
        let folder = folder.or_else(|| host.starts_with('/').then(|| PathBuf::from(host)));
        let way = match folder {
            Some(folder) => Way::Socket(folder.join(format!(".s.PGSQL.{port}"))),
            None => Way::Network(bare(host).to_owned(), port),
        };
        Self {
            way,
            shut: AtomicBool::new(false),
            found: Mutex::default(),
        }
    }

    /// Waits for a connection, and gives up as soon as it is known that there is nobody to connect to.
    pub(super) async fn while_open<T>(
        &self,
        connecting: impl Future<Output = Result<T, sqlx::Error>>,
    ) -> Result<T, sqlx::Error> {
        let mut connecting = pin!(connecting);
        let connected = tokio::select! {
            connected = &mut connecting => connected?,
            shut = Box::pin(self.shut()) => return Err(sqlx::Error::Io(shut)),
        };
        self.shut.store(false, Ordering::Relaxed);
        Ok(connected)
    }

    /// Waits a little, where it is news; then ends with the reason where nobody answers, and else never.
    async fn shut(&self) -> Error {
        if !self.shut.load(Ordering::Relaxed) {
            sleep(PATIENCE).await;
        }
        match self.find().await {
            Some((kind, why)) => {
                self.shut.store(true, Ordering::Relaxed);
                Error::new(kind, &*why)
            }
            None => std::future::pending().await,
        }
    }

    /// What a knock comes to that began after this was asked; all who asked before it began share it.
    async fn find(&self) -> Option<Shut> {
        let asked = Instant::now();
        let mut found = self.found.lock().await;
        if let Some((begun, shut)) = &*found
            && *begun >= asked
        {
            return shut.clone();
        }
        let begun = Instant::now();
        let shut = self.knock().await.err();
        let shut = shut.map(|error| (error.kind(), error.to_string().into()));
        *found = Some((begun, shut.clone()));
        shut
    }

    async fn knock(&self) -> Result<(), Error> {
        let knocking = async {
            match &self.way {
                Way::Socket(path) => UnixStream::connect(path).await.map(drop),
                Way::Network(host, port) => {
                    TcpStream::connect((host.as_str(), *port)).await.map(drop)
                }
            }
        };
        let answered = timeout(LONGEST_KNOCK, knocking).await;
        answered.unwrap_or_else(|_| {
            let why = format!("no answer within {} s", LONGEST_KNOCK.as_secs());
            Err(Error::new(ErrorKind::TimedOut, why))
        })
    }
}

/// A host without the brackets that a URL puts around an address with colons.
pub(super) fn bare(host: &str) -> &str {
    host.trim_start_matches('[').trim_end_matches(']')
}

#[cfg(test)]
mod tests {
    use std::future::pending;

    use tokio::net::TcpListener;

    use super::*;

    fn door(port: u16) -> Door {
        let options = PgConnectOptions::new_without_pgpass();
        Door::of(&options.host("127.0.0.1").port(port))
    }

    /// Whoever waits for ever at these doors; none where nobody told him that it is for ever.
    async fn waited(door: &Door) -> Option<sqlx::Error> {
        let waiting = door.while_open(pending::<Result<(), sqlx::Error>>());
        timeout(PATIENCE * 100, waiting).await.ok()?.err()
    }

    // Time is paused: it passes where all wait.

    #[tokio::test(start_paused = true)]
    async fn who_waits_at_an_open_door_waits_on() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = door(listener.local_addr().unwrap().port());
        assert!(waited(&door).await.is_none());
    }

    #[tokio::test(start_paused = true)]
    async fn who_waits_at_a_shut_door_is_told_after_a_second_and_then_at_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = door(listener.local_addr().unwrap().port());
        drop(listener);
        for patience in [PATIENCE, Duration::ZERO] {
            let begun = Instant::now();
            let error = waited(&door).await.unwrap();
            assert!(error.to_string().contains("refused"), "{error}");
            assert!(begun.elapsed() < patience + Duration::from_millis(100));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_hundred_who_wait_knock_once() {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let door = door(listener.local_addr().unwrap().port());
        let patience = PATIENCE + PATIENCE / 2;
        let wait = || {
            timeout(
                patience,
                door.while_open(pending::<Result<(), sqlx::Error>>()),
            )
        };
        futures::future::join_all((0..100).map(|_| wait())).await;
        let mut knocks = 0;
        while timeout(Duration::from_millis(1), listener.accept())
            .await
            .is_ok()
        {
            knocks += 1;
        }
        assert_eq!(knocks, 1);
    }
}
