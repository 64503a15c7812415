//! A sliding window: what was spent in the last so many seconds, exactly.
//!
//! Owns its bounds in memory: it holds at most as many entries as the limit allows amounts, since nothing of amount zero
//! is kept.

use std::collections::VecDeque;

use crate::domain::{Seconds, Timestamp};

/// Amounts spent, with their instants, oldest first.
#[derive(Debug)]
pub(super) struct Window {
    length: Seconds,
    limit: u32,
    spent: VecDeque<(Timestamp, u32)>,
}

impl Window {
    pub(super) fn new(length: Seconds, limit: u32) -> Self {
        Self {
            length,
            limit,
            spent: VecDeque::new(),
        }
    }

    /// Drops what has left the window, and what a clock that was set back has left in the future.
    pub(super) fn forget_before(&mut self, now: Timestamp) {
        let length = self.length.to_delta();
        self.spent
            .retain(|(at, _)| *at <= now && now - *at < length);
    }

    /// What is in the window now.
    pub(super) fn spent(&self, now: Timestamp) -> u32 {
        let length = self.length.to_delta();
        self.spent
            .iter()
            .filter(|(at, _)| *at <= now && now - *at < length)
            .map(|(_, amount)| amount)
            .sum()
    }

    /// Says whether an amount fits, or when enough will have left. More than the limit fits when the window is empty.
    pub(super) fn check(&self, amount: u32, now: Timestamp) -> Result<(), Timestamp> {
        let mut excess = (self.spent(now) + amount).saturating_sub(self.limit);
        for (at, part) in &self.spent {
            if excess == 0 {
                break;
            }
            excess = excess.saturating_sub(*part);
            if excess == 0 || Some(&(*at, *part)) == self.spent.back() {
                return Err(*at + self.length.to_delta());
            }
        }
        Ok(())
    }

    /// Spends an amount.
    pub(super) fn spend(&mut self, amount: u32, now: Timestamp) {
        if amount > 0 {
            self.spent.push_back((now, amount));
        }
    }
}
