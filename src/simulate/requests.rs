//! What was asked of the face: counts for tests that say what a thing may cost, and the hourly budgets.

use std::collections::BTreeMap;

use chrono::TimeDelta;

use crate::domain::Timestamp;

/// One answered request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: String,
    /// The path, without host, base path and query.
    pub path: String,
    /// The query, as it was sent.
    pub query: String,
    /// The route's template; none for an endpoint the face does not have.
    pub template: Option<&'static str>,
    /// The status of the answer.
    pub status: u16,
    /// When it was answered, in simulated time.
    pub at: Timestamp,
}

/// One caller's budget in the current hour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Budget {
    pub(super) limit: u64,
    pub(super) used: u64,
    pub(super) reset: Timestamp,
}

impl Budget {
    /// What is left.
    pub(super) fn remaining(self) -> u64 {
        self.limit.saturating_sub(self.used)
    }
}

/// What was asked of the face.
#[derive(Debug, Default)]
pub struct Requests {
    log: Vec<Request>,
    budgets: BTreeMap<String, Budget>,
    limit: Option<u64>,
}

impl Requests {
    /// Every answered request, in order.
    #[must_use]
    pub fn log(&self) -> &[Request] {
        &self.log
    }

    /// How many requests had this method, this route template and this status.
    #[must_use]
    pub fn count(&self, method: &str, template: &str, status: u16) -> usize {
        let same =
            |r: &&Request| r.method == method && r.template == Some(template) && r.status == status;
        self.log.iter().filter(same).count()
    }

    /// How many answers were 304, which cost nothing.
    #[must_use]
    pub fn conditional_hits(&self) -> usize {
        self.log
            .iter()
            .filter(|request| request.status == 304)
            .count()
    }

    /// The requests for endpoints that the face does not have.
    #[must_use]
    pub fn unknown_endpoints(&self) -> Vec<&Request> {
        self.log
            .iter()
            .filter(|request| request.template.is_none())
            .collect()
    }

    /// The requests that could have changed something: neither GET nor HEAD.
    #[must_use]
    pub fn writes(&self) -> Vec<&Request> {
        self.log
            .iter()
            .filter(|request| !matches!(request.method.as_str(), "GET" | "HEAD"))
            .collect()
    }

    /// Forgets the log, not the budgets.
    pub fn clear(&mut self) {
        self.log.clear();
    }

    /// Sets the hourly limit of every authenticated caller (5,000 where none was set), from their next window on.
    pub fn set_hourly_limit(&mut self, limit: u64) {
        self.limit = Some(limit);
        self.budgets.clear();
    }

    /// The budget of a caller in the hour of an instant.
    pub(super) fn budget(&mut self, key: &str, anonymous: bool, now: Timestamp) -> Budget {
        // 60 an hour without a token, 5,000 with one: GitHub's published primary limits.
        let limit = if anonymous {
            60
        } else {
            self.limit.unwrap_or(5_000)
        };
        let fresh = Budget {
            limit,
            used: 0,
            reset: now + TimeDelta::hours(1),
        };
        let budget = self.budgets.entry(key.to_owned()).or_insert(fresh);
        if budget.reset <= now {
            *budget = fresh;
        }
        *budget
    }

    /// Spends one request of a caller's budget.
    pub(super) fn spend(&mut self, key: &str) {
        if let Some(budget) = self.budgets.get_mut(key) {
            budget.used = budget.limit.min(budget.used + 1);
        }
    }

    /// Writes a request into the log.
    pub(super) fn record(&mut self, request: Request) {
        self.log.push(request);
    }
}
