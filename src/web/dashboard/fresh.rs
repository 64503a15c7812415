//! The newest picture of the store, and when another is taken.
//!
//! # Invariants
//! - A picture is whole: it is made beside the one that is shown and takes its place at once.
//! - Taking pictures costs a tenth of the time at most, however large the store.
//! - While the store cannot be read the last picture stays, and says how old it is.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use tokio::{
    sync::watch,
    time::{Instant, sleep},
};

use super::{Clock, Pull, picture::Picture};
use crate::store::{Pulse, Store, StoreError};

/// How often the store is asked at most whether it has changed.
const PACE: Duration = Duration::from_secs(5);
/// A picture is taken for a tenth of the time.
const REST: u32 = 10;
/// A picture is taken even if nothing was added: fires may have been missed, and pictures age.
const OLDEST: Duration = Duration::from_secs(600);

/// What pages are made from.
#[derive(Clone)]
pub(super) struct Shown {
    /// The number of what is shown.
    pub(super) revision: u64,
    pub(super) picture: Arc<Picture>,
    pub(super) pulls: Arc<Vec<Pull>>,
}

/// Keeps the newest picture, cheap to clone.
#[derive(Clone)]
pub(super) struct Fresh {
    pub(super) store: Store,
    pub(super) clock: Clock,
    shown: Arc<watch::Sender<Shown>>,
    taken: Arc<Mutex<Taken>>,
}

/// When the last picture was taken, and of what.
#[derive(Clone, Copy)]
struct Taken {
    pulse: Pulse,
    at: Instant,
}

impl Fresh {
    /// Takes the first picture.
    pub(super) async fn open(store: Store, clock: Clock) -> Result<Self, StoreError> {
        // Before the picture: what is added meanwhile is noticed.
        let pulse = store.pulse().await?;
        let picture = Picture::take(&store, clock()).await?;
        let shown = Shown {
            revision: 1,
            picture: Arc::new(picture),
            pulls: Arc::default(),
        };
        let at = Instant::now();
        Ok(Self {
            store,
            clock,
            shown: Arc::new(watch::Sender::new(shown)),
            taken: Arc::new(Mutex::new(Taken { pulse, at })),
        })
    }

    /// What is shown now.
    pub(super) fn shown(&self) -> Shown {
        self.shown.borrow().clone()
    }

    /// Tells when something else is shown.
    pub(super) fn watch(&self) -> watch::Receiver<Shown> {
        self.shown.subscribe()
    }

    /// Shows these pull requests.
    pub(super) fn tell_pulls(&self, pulls: Vec<Pull>) {
        self.shown.send_if_modified(|shown| {
            let news = *shown.pulls != pulls;
            if news {
                shown.revision += 1;
                shown.pulls = Arc::new(pulls);
            }
            news
        });
    }

    /// Takes another picture if the store has changed; whether it had.
    pub(super) async fn refresh(&self) -> Result<bool, StoreError> {
        let pulse = self.store.pulse().await?;
        let taken = *self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        if pulse == taken.pulse && taken.at.elapsed() < OLDEST {
            return Ok(false);
        }
        let picture = Picture::take(&self.store, (self.clock)()).await?;
        self.shown.send_modify(|shown| {
            shown.revision += 1;
            shown.picture = Arc::new(picture);
        });
        let at = Instant::now();
        *self.taken.lock().unwrap_or_else(PoisonError::into_inner) = Taken { pulse, at };
        Ok(true)
    }

    /// Takes pictures for ever.
    pub(super) async fn keep(&self) {
        let mut failed = false;
        let mut rest = PACE;
        loop {
            sleep(rest).await;
            let begun = Instant::now();
            let refreshed = self.refresh().await;
            rest = PACE.max(begun.elapsed() * REST);
            // Told once, until it is well again.
            if let (Err(error), false) = (&refreshed, failed) {
                tracing::warn!(error = %error, "the dashboard cannot read the store and shows what it knew");
            }
            failed = refreshed.is_err();
        }
    }
}
