//! A turn to write: writes of one connection go one at a time, and a chain of them pays before it begins.

use tokio::{sync::MutexGuard, time::timeout};

use crate::{
    domain::Seconds,
    github::{
        Client, Error, Limit, Result,
        budget::{Cost, Wait},
        call::{Answer, Call},
        exchange::Payment,
    },
};

/// When to ask again after others wrote for a whole time limit (ours).
const BUSY: Seconds = Seconds(5);

/// The right to write now, paid for.
pub(super) struct Turn<'a> {
    client: &'a Client,
    _pen: MutexGuard<'a, ()>,
}

impl Client {
    /// Takes a turn for so many writes. The wait for whoever writes now is bounded by a request's time limit.
    pub(super) async fn turn(&self, writes: u32, what: &str) -> Result<Turn<'_>> {
        let limited = |until, limit| Error::RateLimited {
            what: what.to_owned(),
            until,
            limit,
        };
        let pen = timeout(self.inner.request_timeout, self.inner.pen.lock()).await;
        let pen =
            pen.map_err(|_| limited(self.inner.now() + BUSY.to_delta(), Limit::Concurrency))?;
        let admitted = self
            .inner
            .budget()
            .admit(Cost::Writes(writes), self.inner.now());
        admitted.map_err(|Wait { until, limit }| limited(until, limit))?;
        Ok(Turn {
            client: self,
            _pen: pen,
        })
    }

    /// Says whether so many writes could go now, one after the other; pays for none of them.
    ///
    /// # Errors
    /// [`Error::RateLimited`] with the instant at which they could.
    pub fn room_for(&self, writes: u32, what: &str) -> Result<()> {
        let checked = self
            .inner
            .budget()
            .check(Cost::Writes(writes), self.inner.now());
        checked.map_err(|Wait { until, limit }| Error::RateLimited {
            what: what.to_owned(),
            until,
            limit,
        })
    }

    /// Makes a single write.
    pub(super) async fn write(&self, call: &Call) -> Result<Answer> {
        self.turn(1, &call.what).await?.write(call).await
    }
}

impl Turn<'_> {
    /// Makes one of the writes that were paid for.
    pub(super) async fn write(&self, call: &Call) -> Result<Answer> {
        self.client.authorized(call, Payment::Paid, None).await
    }
}
