//! The right to act, as long as it lasts.

use std::{
    future::{Future, poll_fn},
    pin::pin,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    task::Poll,
    time::Duration,
};

use tokio::time::Instant;

use crate::decide::lease::Millis;

/// The instant that never comes: the term of a process that needs no lease.
const FOR_EVER: u64 = u64::MAX;

/// This process's monotonic clock, in the protocol's words.
#[derive(Clone, Copy, Debug)]
pub(super) struct Clock(Instant);

impl Clock {
    /// A clock that begins now.
    pub(super) fn start() -> Self {
        Self(Instant::now())
    }

    /// What it shows, rounded down.
    pub(super) fn now(self) -> Millis {
        let millis = self.0.elapsed().as_millis();
        Millis(u64::try_from(millis).unwrap_or(FOR_EVER))
    }

    /// When it will show this.
    pub(super) fn instant(self, at: Millis) -> Instant {
        self.0 + Duration::from_millis(at.0)
    }
}

/// One term of leadership. It may be lengthened while it lasts; once over, it stays over.
#[derive(Clone, Debug)]
pub(in crate::controller) struct Lead {
    clock: Clock,
    until: Arc<AtomicU64>,
}

impl Lead {
    /// The term of a process that is alone by configuration.
    pub(in crate::controller) fn for_ever() -> Self {
        Self {
            clock: Clock::start(),
            until: Arc::new(AtomicU64::new(FOR_EVER)),
        }
    }

    /// A term that lasts until then, unless it is lengthened.
    pub(super) fn until(clock: Clock, until: Millis) -> Self {
        Self {
            clock,
            until: Arc::new(AtomicU64::new(until.0)),
        }
    }

    /// Whether this process may act at this very moment.
    pub(in crate::controller) fn holds(&self) -> bool {
        let until = self.until.load(Ordering::Acquire);
        until == FOR_EVER || self.clock.now() < Millis(until)
    }

    /// Makes a term that still lasts, last until then. False when it is over.
    pub(super) fn lengthen(&self, until: Millis) -> bool {
        let lasts = self.holds();
        if lasts {
            self.until.store(until.0, Ordering::Release);
        }
        lasts
    }

    /// Ends the term.
    pub(super) fn end(&self) {
        self.until.store(0, Ordering::Release);
    }

    /// Does work only while the term lasts; none when it was over before the work was.
    ///
    /// # Guarantees
    /// The lease is looked at each time the work goes on, so after every wait and before whatever comes next. A process that
    /// was frozen past its term does not send the request that it was about to.
    ///
    /// # Caveats
    /// A request that was handed to the system before the term ended may still arrive; the margin of the lease is for those.
    pub(in crate::controller) async fn fenced<Work: Future>(
        &self,
        work: Work,
    ) -> Option<Work::Output> {
        let mut work = pin!(work);
        poll_fn(move |context| {
            if self.holds() {
                work.as_mut().poll(context).map(Some)
            } else {
                Poll::Ready(None)
            }
        })
        .await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn a_term_ends_by_the_clock_alone_and_stays_over() {
        let lead = Lead::until(Clock::start(), Millis(1_000));
        tokio::time::advance(Duration::from_millis(999)).await;
        assert!(lead.holds());
        assert!(lead.lengthen(Millis(2_000)));
        tokio::time::advance(Duration::from_millis(1_001)).await;
        assert!(!lead.holds());
        assert!(!lead.lengthen(Millis(9_000)));
        assert!(!lead.holds());
    }

    #[tokio::test(start_paused = true)]
    async fn work_does_not_go_on_after_the_term() {
        let lead = Lead::until(Clock::start(), Millis(1_000));
        let wait = |millis| tokio::time::sleep(Duration::from_millis(millis));
        assert_eq!(lead.fenced(wait(500)).await, Some(()));
        let mut wrote = false;
        let work = async {
            wait(600).await;
            wrote = true;
        };
        assert_eq!(lead.fenced(work).await, None);
        assert!(!wrote);
    }

    #[tokio::test]
    async fn who_is_alone_leads_until_told_to_end() {
        let lead = Lead::for_ever();
        assert_eq!(lead.fenced(async { 7 }).await, Some(7));
        lead.end();
        assert_eq!(lead.fenced(async { 7 }).await, None);
    }
}
