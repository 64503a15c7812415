//! Which workflows the default branch holds, and the registration of their crons.
//!
//! Invariant: a registration has an epoch; events of an older epoch are void, which is how an edited cron loses its
//! pending fire.

use std::collections::{BTreeMap, VecDeque};

use super::{
    DropReason, Happening, World,
    agenda::Event,
    workflow::{Facts, Slot, Workflow},
    world::FOUNDER,
};
use crate::domain::{Timestamp, WorkflowFile};

/// How many fires of a cron are computed at a time: enough to make enumeration cheap, few enough to hold.
const BATCH: usize = 48;

impl World {
    /// Reads the workflow files of the default branch again after somebody may have changed them.
    pub(super) fn reread_workflows(&mut self, place: usize, by: &str) {
        let repository = &self.repositories[place];
        let tip = repository.objects.tip(&repository.default_branch);
        let files = tip
            .map(|tip| repository.objects.workflow_files(tip))
            .unwrap_or_default();
        let mut present = BTreeMap::new();
        for (name, blob, bytes) in files {
            if let Ok(file) = name.parse::<WorkflowFile>() {
                present.insert(file, (blob.to_string(), bytes));
            }
        }
        let known: Vec<WorkflowFile> = repository.workflows.keys().cloned().collect();
        for file in known.iter().filter(|file| !present.contains_key(*file)) {
            self.disable(place, file, "deleted");
        }
        for (file, (blob, bytes)) in present {
            self.reread_workflow(place, file, blob, &bytes, by);
        }
    }

    fn reread_workflow(
        &mut self,
        place: usize,
        file: WorkflowFile,
        blob: String,
        bytes: &[u8],
        by: &str,
    ) {
        let known = self.repositories[place].workflows.get(&file);
        if known.is_some_and(|known| known.blob == blob && known.state != "deleted") {
            return;
        }
        let facts = Facts::read(bytes);
        let same_crons =
            known.is_some_and(|k| k.facts.schedules == facts.schedules && k.state != "deleted");
        if known.is_none() {
            let workflow = self.new_workflow(place, file.clone(), by);
            self.repositories[place]
                .workflows
                .insert(file.clone(), workflow);
        }
        let now = self.now;
        if let Some(workflow) = self.repositories[place].workflows.get_mut(&file) {
            workflow.updated_at = if workflow.blob.is_empty() {
                workflow.updated_at
            } else {
                now
            };
            workflow.blob = blob;
            workflow.facts = facts;
            if workflow.state == "deleted" {
                workflow.state = "active";
            }
            if !same_crons {
                by.clone_into(&mut workflow.actor);
            }
        }
        if !same_crons {
            self.register(place, &file, DropReason::Reregistered);
        }
    }

    fn new_workflow(&mut self, place: usize, file: WorkflowFile, by: &str) -> Workflow {
        let id = self.next_id();
        let repository = &self.repositories[place];
        let behaviour = self
            .behaviours
            .get(&(repository.name.key(), file.clone()))
            .cloned();
        let begun = if by == FOUNDER {
            repository.created_at
        } else {
            self.now
        };
        Workflow {
            id,
            file,
            blob: String::new(),
            facts: Facts::default(),
            state: if repository.fork {
                "disabled_fork"
            } else {
                "active"
            },
            created_at: begun,
            updated_at: begun,
            actor: by.to_owned(),
            behaviour: behaviour.unwrap_or_default(),
            level: 1.0,
            runs: 0,
            epoch: 0,
            slots: Vec::new(),
        }
    }

    /// Registers every workflow's crons anew, from now on.
    pub(super) fn register_all(&mut self, place: usize) {
        let files: Vec<WorkflowFile> = self.repositories[place].workflows.keys().cloned().collect();
        for file in files {
            self.register(place, &file, DropReason::Reregistered);
        }
    }

    /// Registers a workflow's crons: pending fires are dropped, the next ones entered.
    fn register(&mut self, place: usize, file: &WorkflowFile, reason: DropReason) {
        self.drop_pending(place, file, reason);
        let now = self.now;
        let archived = self.repositories[place].archived;
        let Some(workflow) = self.repositories[place].workflows.get_mut(file) else {
            return;
        };
        workflow.epoch += 1;
        let schedules = workflow.facts.schedules.len();
        workflow.slots = vec![Slot::default(); schedules];
        let crons = workflow
            .facts
            .schedules
            .iter()
            .map(ToString::to_string)
            .collect();
        let fires = workflow.is_active() && !archived;
        let id = self.workflow_id(place, file);
        self.note(Happening::Registered {
            workflow: id,
            crons,
        });
        for schedule in (0..schedules).filter(|_| fires) {
            self.enter_next_fire(place, file, schedule, now);
        }
    }

    /// Enters the first fire of a schedule after an instant.
    pub(super) fn enter_next_fire(
        &mut self,
        place: usize,
        file: &WorkflowFile,
        schedule: usize,
        after: Timestamp,
    ) {
        let Some(workflow) = self.repositories[place].workflows.get_mut(file) else {
            return;
        };
        let epoch = workflow.epoch;
        let (Some(slot), Some(read)) = (
            workflow.slots.get_mut(schedule),
            workflow.facts.schedules.get(schedule),
        ) else {
            return;
        };
        if slot.upcoming.is_empty() {
            slot.upcoming = read.fires(after).take(BATCH).collect::<VecDeque<_>>();
        }
        if let Some(at) = slot.upcoming.pop_front() {
            self.agenda.enter(
                at,
                Event::Fire {
                    repository: place,
                    file: file.clone(),
                    schedule,
                    epoch,
                },
            );
        }
    }

    /// Takes a workflow out of service.
    pub(super) fn disable(&mut self, place: usize, file: &WorkflowFile, state: &'static str) {
        let now = self.now;
        let Some(workflow) = self.repositories[place].workflows.get_mut(file) else {
            return;
        };
        if workflow.state == state {
            return;
        }
        workflow.state = state;
        workflow.updated_at = now;
        workflow.epoch += 1;
        self.drop_pending(place, file, DropReason::Disabled);
        let id = self.workflow_id(place, file);
        self.note(Happening::Disabled {
            workflow: id,
            state,
        });
    }

    /// Brings a disabled workflow back, as a person does with a click.
    pub(super) fn enable(&mut self, place: usize, file: &WorkflowFile) {
        let now = self.now;
        let Some(workflow) = self.repositories[place].workflows.get_mut(file) else {
            return;
        };
        if workflow.is_active() || workflow.state == "deleted" {
            return;
        }
        workflow.state = "active";
        workflow.updated_at = now;
        self.repositories[place].pushed_at = now;
        self.register(place, file, DropReason::Reregistered);
    }

    fn drop_pending(&mut self, place: usize, file: &WorkflowFile, reason: DropReason) {
        let Some(workflow) = self.repositories[place].workflows.get_mut(file) else {
            return;
        };
        let pending: Vec<_> = workflow
            .slots
            .iter_mut()
            .filter_map(|slot| slot.pending.take())
            .collect();
        let id = self.workflow_id(place, file);
        for fire in pending
            .into_iter()
            .flat_map(|p| std::iter::once(p.fire).chain(p.coalesced))
        {
            self.note(Happening::Dropped {
                workflow: id.clone(),
                fire,
                reason,
            });
        }
    }
}
