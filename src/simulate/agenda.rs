//! What is going to happen, in the order in which it will.
//!
//! Invariant: events of one instant happen in the order in which they were entered.

use std::collections::BTreeMap;

use super::{Deed, run::JobKey};
use crate::domain::{Timestamp, WorkflowFile};

/// Something that happens at an instant.
#[derive(Clone, Debug)]
pub(super) enum Event {
    /// A cron implies a fire.
    Fire {
        repository: usize,
        file: WorkflowFile,
        schedule: usize,
        epoch: u64,
    },
    /// GitHub creates the run that serves the pending fires of a schedule.
    Deliver {
        repository: usize,
        file: WorkflowFile,
        schedule: usize,
        epoch: u64,
    },
    /// A hosted runner is ready for a job.
    Start(JobKey),
    /// A job ends.
    Finish(JobKey),
    /// Somebody runs a failed run again.
    Rerun { repository: usize, run: u64 },
    /// A person does something that was arranged before.
    Deed(Deed),
}

/// The events to come.
#[derive(Debug, Default)]
pub(super) struct Agenda {
    events: BTreeMap<(Timestamp, u64), Event>,
    entered: u64,
}

impl Agenda {
    /// Enters an event.
    pub(super) fn enter(&mut self, at: Timestamp, event: Event) {
        self.entered += 1;
        self.events.insert((at, self.entered), event);
    }

    /// Takes the next event that is due at an instant.
    pub(super) fn due(&mut self, now: Timestamp) -> Option<(Timestamp, Event)> {
        let first = self
            .events
            .first_entry()
            .filter(|entry| entry.key().0 <= now)?;
        let ((at, _), event) = first.remove_entry();
        Some((at, event))
    }

    /// When the next event happens.
    pub(super) fn next_at(&self) -> Option<Timestamp> {
        self.events.first_key_value().map(|((at, _), _)| *at)
    }

    /// Forgets every fire and delivery, for a world that begins again at another instant.
    pub(super) fn forget_fires(&mut self) {
        self.events
            .retain(|_, event| !matches!(event, Event::Fire { .. } | Event::Deliver { .. }));
    }
}
