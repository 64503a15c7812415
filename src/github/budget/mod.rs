//! How much of GitHub we may use now: a pure account that admits requests and learns from answers.
//!
//! Owns GitHub's documented limits and our rule for keeping them. It knows no socket and no clock: every method takes
//! `now`. It never waits; a request that may not go is told when it may.
//!
//! # The rule
//! - **Primary**: what the last answer said remains, less what is under way, less the share left to others.
//! - **Secondary**: after GitHub asks us to slow down, nothing goes until the instant it named (or a minute, doubled each
//!   time in a row, at most a quarter of an hour).
//! - **Points**: at most 900 in any minute; a read costs 1, a write 5.
//! - **Writes**: at most 80 in any minute and 500 in any hour; one at a time (the client's part); and at least a second
//!   apart *on average*: up to [`WRITE_BURST`] may follow each other at once, and each second gives one back. GitHub asks
//!   for the second between "a large number" of writes; one pull request is a chain of five to eight (blobs, tree, commit,
//!   branch, pull, labels, reviewers) that would otherwise need as many rounds. A burst and a minute of refill make 68,
//!   below the 80. A chain reserves all of its writes before the first, so that it is not stopped half-way by ourselves.
//!
//! Sources: GitHub's REST documentation, "Rate limits for the REST API" and "Best practices for using the REST API".

mod facts;
mod window;

use crate::domain::{Percent, Seconds, Timestamp};

use super::Limit;
pub(super) use facts::AnswerFacts;
use window::Window;

/// Points a minute (GitHub).
pub const POINTS_PER_MINUTE: u32 = 900;
/// Points of a read (GitHub).
pub const READ_POINTS: u32 = 1;
/// Points of a write (GitHub).
pub const WRITE_POINTS: u32 = 5;
/// Content writes a minute (GitHub).
pub const WRITES_PER_MINUTE: u32 = 80;
/// Content writes an hour (GitHub).
pub const WRITES_PER_HOUR: u32 = 500;
/// Writes that may follow each other without a gap (ours, see the rule).
pub const WRITE_BURST: u32 = 8;

/// From one write to the next, on average (GitHub).
const WRITE_GAP: Seconds = Seconds(1);
const MINUTE: Seconds = Seconds(60);
/// How much longer a minute is for us than for GitHub (ours): clocks are read in whole seconds, and of two requests the first
/// may travel longer than the second.
const TRAVEL: Seconds = Seconds(2);
/// The length of the primary limit's window (GitHub), and the longest wait that is believed of any answer.
const HOUR: Seconds = Seconds(3600);
/// The longest wait we give ourselves when GitHub says "slow down" without saying how long (ours).
const LONGEST_GUESS: Seconds = Seconds(900);

/// What a request costs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Cost {
    /// One read.
    Read,
    /// So many writes, one after the other; they are paid for together.
    Writes(u32),
    /// The minting of an installation token: a write by its method, that creates no content.
    Token,
}

impl Cost {
    fn requests(self) -> u32 {
        match self {
            Self::Read | Self::Token => 1,
            Self::Writes(count) => count,
        }
    }

    fn points(self) -> u32 {
        match self {
            Self::Read => READ_POINTS,
            Self::Writes(count) => count.saturating_mul(WRITE_POINTS),
            Self::Token => WRITE_POINTS,
        }
    }

    fn writes(self) -> u32 {
        match self {
            Self::Read | Self::Token => 0,
            Self::Writes(count) => count,
        }
    }
}

/// A request may not go before an instant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Wait {
    /// When it may.
    pub until: Timestamp,
    /// Which limit says so.
    pub limit: Limit,
}

/// What a budget looks like from outside; for status and metrics.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct BudgetSnapshot {
    /// GitHub's hourly limit, once an answer told it. Enterprise Servers may have none.
    pub limit: Option<u64>,
    /// What remains of it, by the last answer.
    pub remaining: Option<u64>,
    /// What of it belongs to others.
    pub others: Option<u64>,
    /// When it is full again.
    pub resets_at: Option<Timestamp>,
    /// Until when GitHub asked us to stay silent, while that is to come.
    pub silent_until: Option<Timestamp>,
    /// Points spent in the last minute.
    pub points_last_minute: u32,
    /// Writes in the last hour.
    pub writes_last_hour: u32,
}

#[derive(Clone, Copy, Debug)]
struct Primary {
    limit: u64,
    remaining: u64,
    resets_at: Timestamp,
}

/// The account of one connection.
#[derive(Debug)]
pub struct Budget {
    share: Percent,
    primary: Option<Primary>,
    under_way: u64,
    silent_until: Option<Timestamp>,
    /// How often in a row GitHub asked us to slow down.
    strikes: u32,
    points: Window,
    writes_minute: Window,
    writes_hour: Window,
    /// When the burst is whole again; each write moves it one gap on.
    burst_whole_at: Option<Timestamp>,
}

impl Budget {
    /// Opens an account that uses at most a share of the hourly limit.
    #[must_use]
    pub fn new(share: Percent) -> Self {
        Self {
            share,
            primary: None,
            under_way: 0,
            silent_until: None,
            strikes: 0,
            points: Window::new(MINUTE.saturating_add(TRAVEL), POINTS_PER_MINUTE),
            writes_minute: Window::new(MINUTE.saturating_add(TRAVEL), WRITES_PER_MINUTE),
            writes_hour: Window::new(HOUR, WRITES_PER_HOUR),
            burst_whole_at: None,
        }
    }

    /// Admits a request and pays for it, or says when to ask again.
    ///
    /// # Guarantees
    /// No limit of the rule is passed by admitted requests. A refused request costs nothing. Asked again at
    /// [`Wait::until`] with nothing admitted in between, the same request gets further each time; at most one refusal per
    /// limit comes before it is admitted.
    ///
    /// # Errors
    /// [`Wait`] when a limit is reached.
    pub fn admit(&mut self, cost: Cost, now: Timestamp) -> Result<(), Wait> {
        self.check(cost, now)?;
        self.points.spend(cost.points(), now);
        self.spend_writes(cost.writes(), now);
        Ok(())
    }

    /// Says whether a request would be admitted, without paying for it.
    ///
    /// # Errors
    /// [`Wait`] when a limit is reached.
    pub fn check(&mut self, cost: Cost, now: Timestamp) -> Result<(), Wait> {
        self.forget_before(now);
        self.check_silence(now)?;
        self.check_primary(cost, now)?;
        self.points
            .check(cost.points(), now)
            .map_err(|until| Wait {
                until,
                limit: Limit::Points,
            })?;
        if cost.writes() > 0 {
            self.check_writes(cost.writes(), now)
                .map_err(|until| Wait {
                    until,
                    limit: Limit::Writes,
                })?;
        }
        Ok(())
    }

    /// Notes that a request that was admitted goes out.
    pub fn depart(&mut self) {
        self.under_way += 1;
    }

    /// Notes that a request came to its end, with or without an answer.
    pub fn arrive(&mut self) {
        self.under_way = self.under_way.saturating_sub(1);
    }

    /// Learns from an answer; says which limit it reports, where it is a refusal for its sake.
    pub(super) fn learn(&mut self, facts: &AnswerFacts, now: Timestamp) -> Option<Wait> {
        let farthest = now + HOUR.to_delta();
        if let Some((limit, remaining, resets_at)) = facts.primary {
            self.primary = Some(Primary {
                limit,
                remaining,
                resets_at: resets_at.min(farthest),
            });
        }
        if !facts.refused {
            self.strikes = 0;
            return None;
        }
        if let Some(primary) = self
            .primary
            .filter(|p| p.remaining == 0 && p.resets_at > now && facts.retry_after.is_none())
        {
            return Some(Wait {
                until: primary.resets_at,
                limit: Limit::Primary,
            });
        }
        if !facts.slow_down {
            return None;
        }
        let guess = Seconds((MINUTE.0 << self.strikes.min(8)).min(LONGEST_GUESS.0));
        self.strikes += 1;
        // At least a second, so that "retry after 0" cannot make a loop; at most an hour, so that nonsense cannot silence us.
        let asked = facts.retry_after.unwrap_or(guess).clamp(WRITE_GAP, HOUR);
        let until = now + asked.to_delta();
        self.silent_until = self.silent_until.max(Some(until));
        Some(Wait {
            until,
            limit: Limit::Secondary,
        })
    }

    /// Shows the account.
    #[must_use]
    pub fn snapshot(&self, now: Timestamp) -> BudgetSnapshot {
        let primary = self.primary.filter(|primary| primary.resets_at > now);
        BudgetSnapshot {
            limit: primary.map(|primary| primary.limit),
            remaining: primary.map(|primary| primary.remaining),
            others: primary.map(|primary| self.others(primary)),
            resets_at: primary.map(|primary| primary.resets_at),
            silent_until: self.silent_until.filter(|until| *until > now),
            points_last_minute: self.points.spent(now),
            writes_last_hour: self.writes_hour.spent(now),
        }
    }

    /// What of the hourly limit is not ours to use.
    fn others(&self, primary: Primary) -> u64 {
        primary.limit * u64::from(100 - self.share.0.min(100)) / 100
    }

    fn forget_before(&mut self, now: Timestamp) {
        for window in [
            &mut self.points,
            &mut self.writes_minute,
            &mut self.writes_hour,
        ] {
            window.forget_before(now);
        }
        // A clock that was set back must not leave us silent for longer than any answer could have asked.
        let believable = |until: &Timestamp| *until > now && *until <= now + HOUR.to_delta();
        self.silent_until = self.silent_until.filter(believable);
        self.burst_whole_at = self.burst_whole_at.filter(believable);
        self.primary = self
            .primary
            .filter(|primary| believable(&primary.resets_at));
    }

    fn check_silence(&self, now: Timestamp) -> Result<(), Wait> {
        match self.silent_until {
            Some(until) if until > now => Err(Wait {
                until,
                limit: Limit::Secondary,
            }),
            _ => Ok(()),
        }
    }

    fn check_primary(&self, cost: Cost, now: Timestamp) -> Result<(), Wait> {
        let Some(primary) = self.primary.filter(|primary| primary.resets_at > now) else {
            return Ok(());
        };
        let others = self.others(primary);
        let needed = others + self.under_way + u64::from(cost.requests());
        if needed <= primary.remaining {
            Ok(())
        } else {
            Err(Wait {
                until: primary.resets_at,
                limit: Limit::Primary,
            })
        }
    }

    fn check_writes(&self, count: u32, now: Timestamp) -> Result<(), Timestamp> {
        self.writes_hour.check(count, now)?;
        self.writes_minute.check(count, now)?;
        let Some(whole_at) = self.burst_whole_at else {
            return Ok(());
        };
        // A chain longer than the burst starts when the burst is whole, and is paid off afterwards.
        let needed = count.min(WRITE_BURST);
        let free_at = whole_at - gaps(WRITE_BURST - needed);
        if free_at > now { Err(free_at) } else { Ok(()) }
    }

    fn spend_writes(&mut self, count: u32, now: Timestamp) {
        if count == 0 {
            return;
        }
        self.writes_minute.spend(count, now);
        self.writes_hour.spend(count, now);
        self.burst_whole_at = Some(self.burst_whole_at.unwrap_or(now).max(now) + gaps(count));
    }
}

/// The time that so many writes take at the documented pace.
fn gaps(count: u32) -> chrono::TimeDelta {
    Seconds(WRITE_GAP.0 * u64::from(count)).to_delta()
}

#[cfg(test)]
mod tests;
