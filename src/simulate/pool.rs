//! Runner pools: how many jobs of a label run at once, and who waits.

use std::collections::VecDeque;

use super::run::JobKey;

/// A pool of runners that serves one label; the first job to ask is the first to be served.
#[derive(Clone, Debug)]
pub(super) struct Pool {
    pub(super) label: String,
    capacity: u32,
    busy: u32,
    waiting: VecDeque<JobKey>,
}

impl Pool {
    /// Makes an idle pool.
    pub(super) fn new(label: &str, capacity: u32) -> Self {
        Self {
            label: label.to_owned(),
            capacity,
            busy: 0,
            waiting: VecDeque::new(),
        }
    }

    /// Takes a runner for a job, or lets the job wait; tells whether it may start.
    pub(super) fn ask(&mut self, job: JobKey) -> bool {
        let free = self.busy < self.capacity;
        if free {
            self.busy += 1;
        } else {
            self.waiting.push_back(job);
        }
        free
    }

    /// Gives a runner back and hands it to the next that waits.
    pub(super) fn release(&mut self) -> Option<JobKey> {
        let next = self.waiting.pop_front();
        if next.is_none() {
            self.busy = self.busy.saturating_sub(1);
        }
        next
    }

    /// Takes a job out of the queue; tells whether it was there.
    pub(super) fn withdraw(&mut self, job: JobKey) -> bool {
        let before = self.waiting.len();
        self.waiting.retain(|waiting| *waiting != job);
        self.waiting.len() != before
    }

    /// Jobs that run and jobs that wait.
    pub(super) fn load(&self) -> (u32, usize) {
        (self.busy, self.waiting.len())
    }
}
