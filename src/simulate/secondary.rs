//! GitHub's secondary limits: what one caller may do in a minute, in an hour, and at once.
//!
//! Counts by simulated time. Invariant: a caller who waits as long as a refusal says is let in again; one who does not is
//! refused until then, whatever is asked.

use std::collections::{BTreeMap, VecDeque};

use crate::domain::{Seconds, Timestamp};

/// How much one caller may do before GitHub asks to slow down.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecondaryLimits {
    /// Points a minute: a read costs one, anything else five.
    pub points_per_minute: u32,
    /// Requests a minute that create content.
    pub writes_per_minute: u32,
    /// The same, an hour.
    pub writes_per_hour: u32,
    /// Requests that are not answered yet.
    pub concurrent: u32,
}

impl SecondaryLimits {
    /// GitHub's published numbers.
    #[must_use]
    pub const fn published() -> Self {
        Self {
            points_per_minute: 900,
            writes_per_minute: 80,
            writes_per_hour: 500,
            concurrent: 100,
        }
    }

    /// No limits, as Enterprise Servers have by default; and for a world whose clock is not its callers'.
    #[must_use]
    pub const fn none() -> Self {
        Self {
            points_per_minute: u32::MAX,
            writes_per_minute: u32::MAX,
            writes_per_hour: u32::MAX,
            concurrent: u32::MAX,
        }
    }
}

/// A refusal of a secondary limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct SlowDown {
    /// 429 for too much at once, 403 for too much in a while: GitHub uses both.
    pub(super) status: u16,
    /// How long to wait.
    pub(super) retry_after: Seconds,
}

const MINUTE: Seconds = Seconds::minutes(1);
const HOUR: Seconds = Seconds::hours(1);

/// What is said of requests that come too close to each other, where no window tells when the next one fits.
const A_WHILE: Seconds = Seconds(5);

/// What every caller did lately.
#[derive(Debug)]
pub(super) struct Secondary {
    limits: SecondaryLimits,
    callers: BTreeMap<String, Caller>,
}

#[derive(Debug, Default)]
struct Caller {
    /// When each request of the last minute came, and its points.
    points: VecDeque<(Timestamp, u32)>,
    /// When each write of the last hour came.
    writes: VecDeque<(Timestamp, u32)>,
    under_way: u32,
    silent_until: Option<Timestamp>,
}

impl Secondary {
    pub(super) fn new(limits: SecondaryLimits) -> Self {
        Self {
            limits,
            callers: BTreeMap::new(),
        }
    }

    /// Sets other limits, obeyed from the next request on.
    pub(super) fn limit(&mut self, limits: SecondaryLimits) {
        self.limits = limits;
        self.callers.clear();
    }

    /// Lets a request in and counts it, or says how long to wait. Every call is followed by one of [`Self::answered`].
    pub(super) fn admit(
        &mut self,
        key: &str,
        is_read: bool,
        creates_content: bool,
        now: Timestamp,
    ) -> Result<(), SlowDown> {
        let limits = self.limits;
        let caller = self.callers.entry(key.to_owned()).or_default();
        caller.under_way += 1;
        if let Some(until) = caller.silent_until.filter(|until| *until > now) {
            return Err(slow_down(403, now, until));
        }
        if caller.under_way > limits.concurrent {
            return Err(slow_down(429, now, now + A_WHILE.to_delta()));
        }
        forget(&mut caller.points, MINUTE, now);
        forget(&mut caller.writes, HOUR, now);
        let points = if is_read { 1 } else { 5 };
        let mut fits = vec![fits_at(
            &caller.points,
            MINUTE,
            limits.points_per_minute,
            points,
            now,
        )];
        if creates_content {
            let writes = &caller.writes;
            fits.push(fits_at(writes, MINUTE, limits.writes_per_minute, 1, now));
            fits.push(fits_at(writes, HOUR, limits.writes_per_hour, 1, now));
        }
        if let Some(until) = fits.into_iter().max().filter(|at| *at > now) {
            caller.silent_until = Some(until);
            return Err(slow_down(403, now, until));
        }
        caller.points.push_back((now, points));
        if creates_content {
            caller.writes.push_back((now, 1));
        }
        Ok(())
    }

    /// A request is answered, or its caller has gone.
    pub(super) fn answered(&mut self, key: &str) {
        if let Some(caller) = self.callers.get_mut(key) {
            caller.under_way = caller.under_way.saturating_sub(1);
        }
    }
}

fn slow_down(status: u16, now: Timestamp, until: Timestamp) -> SlowDown {
    SlowDown {
        status,
        retry_after: Seconds::between(now, until).max(Seconds(1)),
    }
}

fn forget(spent: &mut VecDeque<(Timestamp, u32)>, span: Seconds, now: Timestamp) {
    while spent
        .front()
        .is_some_and(|(at, _)| *at + span.to_delta() <= now)
    {
        spent.pop_front();
    }
}

/// When an amount fits into what may be spent in a span: now, or when enough will have left it.
fn fits_at(
    spent: &VecDeque<(Timestamp, u32)>,
    span: Seconds,
    limit: u32,
    amount: u32,
    now: Timestamp,
) -> Timestamp {
    let recent = spent.iter().filter(|(at, _)| *at + span.to_delta() > now);
    let total: u32 = recent.clone().map(|(_, amount)| amount).sum();
    let mut excess = total.saturating_add(amount).saturating_sub(limit);
    let mut fits = now;
    for (at, part) in recent {
        if excess == 0 {
            break;
        }
        excess = excess.saturating_sub(*part);
        fits = *at + span.to_delta();
    }
    fits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::UNIX_EPOCH + chrono::TimeDelta::seconds(second)
    }

    fn published() -> Secondary {
        Secondary::new(SecondaryLimits::published())
    }

    /// Asks and is answered.
    fn ask(secondary: &mut Secondary, is_read: bool, second: i64) -> Result<(), SlowDown> {
        let admitted = secondary.admit("ada", is_read, !is_read, at(second));
        secondary.answered("ada");
        admitted
    }

    #[test]
    fn nine_hundred_points_a_minute_are_let_in_and_the_next_waits_for_the_first_to_leave() {
        let mut secondary = published();
        for second in 0..45 {
            for _ in 0..20 {
                assert_eq!(ask(&mut secondary, true, second), Ok(()));
            }
        }
        let refused = ask(&mut secondary, true, 50).unwrap_err();
        assert_eq!((refused.status, refused.retry_after), (403, Seconds(10)));
        assert_eq!(
            ask(&mut secondary, true, 59).unwrap_err().retry_after,
            Seconds(1)
        );
        assert_eq!(ask(&mut secondary, true, 60), Ok(()));
    }

    #[test]
    fn eighty_writes_a_minute_and_five_hundred_an_hour_are_let_in() {
        let mut secondary = published();
        let mut written = 0;
        for minute in 0..10 {
            let let_in = (0..100).take_while(|_| ask(&mut secondary, false, minute * 60).is_ok());
            let let_in = let_in.count();
            assert!(let_in <= 80, "{let_in}");
            written += let_in;
        }
        assert_eq!(written, 500);
        assert_eq!(
            ask(&mut secondary, false, 3_599).unwrap_err().retry_after,
            Seconds(1)
        );
        assert_eq!(ask(&mut secondary, false, 3_600), Ok(()));
    }

    #[test]
    fn a_hundred_at_once_are_let_in_and_the_next_when_one_is_answered() {
        let mut secondary = published();
        for _ in 0..100 {
            assert_eq!(secondary.admit("ada", true, false, at(0)), Ok(()));
        }
        let refused = secondary.admit("ada", true, false, at(0)).unwrap_err();
        assert_eq!(refused.status, 429);
        secondary.answered("ada");
        secondary.answered("ada");
        assert_eq!(secondary.admit("ada", true, false, at(0)), Ok(()));
    }

    #[test]
    fn one_callers_haste_is_not_anothers() {
        let mut secondary = published();
        while ask(&mut secondary, true, 0).is_ok() {}
        assert_eq!(secondary.admit("grace", true, false, at(0)), Ok(()));
    }
}
