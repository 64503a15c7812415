//! Fires: on time, late, coalesced or dropped, and schedules that GitHub disables.
//!
//! The delay lies before the run is created; a fire that comes while an earlier one of the same cron is still pending
//! joins it instead of queueing up.

use chrono::TimeDelta;

use super::{DropReason, Happening, World, agenda::Event, draw::Draw, workflow::Pending};
use crate::domain::{RunId, Seconds, WorkflowFile};

/// GitHub disables scheduled workflows of public repositories after 60 days without activity.
const INACTIVITY_DAYS: i64 = 60;

impl World {
    /// A cron implies a fire now.
    pub(super) fn fire(&mut self, place: usize, file: &WorkflowFile, schedule: usize, epoch: u64) {
        let Some(workflow) = self.repositories[place].workflows.get(file) else {
            return;
        };
        if workflow.epoch != epoch || !workflow.is_active() {
            return;
        }
        if self.is_idle(place) {
            self.disable(place, file, "disabled_inactivity");
            return;
        }
        self.enter_next_fire(place, file, schedule, self.now);
        if self.join_pending(place, file, schedule) {
            return;
        }
        let fire = self.now;
        let id = self.workflow_id(place, file);
        let mut draw = Draw::of(
            self.settings.seed,
            &["lateness", &id.to_string(), &fire.to_rfc3339()],
        );
        let Some(late) = self.settings.lateness.at(fire).lateness(fire, &mut draw) else {
            self.note(Happening::Dropped {
                workflow: id,
                fire,
                reason: DropReason::Load,
            });
            return;
        };
        if let Some(slot) = self.slot(place, file, schedule) {
            slot.pending = Some(Pending {
                fire,
                coalesced: Vec::new(),
            });
        }
        self.agenda.enter(
            fire + late,
            Event::Deliver {
                repository: place,
                file: file.clone(),
                schedule,
                epoch,
            },
        );
    }

    /// GitHub creates the run of a pending fire.
    pub(super) fn deliver(
        &mut self,
        place: usize,
        file: &WorkflowFile,
        schedule: usize,
        epoch: u64,
    ) {
        let Some(workflow) = self.repositories[place].workflows.get(file) else {
            return;
        };
        if workflow.epoch != epoch {
            return;
        }
        let actor = workflow.actor.clone();
        let Some(pending) = self
            .slot(place, file, schedule)
            .and_then(|slot| slot.pending.take())
        else {
            return;
        };
        let run = self.create_run(place, file, "schedule", &actor, None);
        let id = self.workflow_id(place, file);
        let lateness = Seconds::between(pending.fire, self.now);
        let coalesced = pending.coalesced;
        self.note(Happening::Served {
            workflow: id,
            run: RunId(run),
            fire: pending.fire,
            lateness,
            coalesced,
        });
    }

    fn join_pending(&mut self, place: usize, file: &WorkflowFile, schedule: usize) -> bool {
        let now = self.now;
        let pending = self
            .slot(place, file, schedule)
            .and_then(|slot| slot.pending.as_mut());
        pending.map(|pending| pending.coalesced.push(now)).is_some()
    }

    fn slot(
        &mut self,
        place: usize,
        file: &WorkflowFile,
        schedule: usize,
    ) -> Option<&mut super::workflow::Slot> {
        self.repositories[place]
            .workflows
            .get_mut(file)?
            .slots
            .get_mut(schedule)
    }

    fn is_idle(&self, place: usize) -> bool {
        let repository = &self.repositories[place];
        let idle = self.now - repository.pushed_at >= TimeDelta::days(INACTIVITY_DAYS);
        repository.public && repository.quiet && idle
    }
}
