//! The world: its clock, what is in it, and how time passes.
//!
//! Owns the state that every other file of this folder works on. Invariant: nothing happens but in the order of the
//! agenda, so equal settings and equal deeds give equal journals.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex},
};

use chrono::TimeDelta;

use super::{
    Behaviour, Deed, Entry, Happening, Lateness, NewRepository, Refusal, Settings,
    access::Access,
    agenda::{Agenda, Event},
    faults::Faults,
    hook::Hook,
    objects::{Hand, Objects},
    pool::Pool,
    repository::Repository,
    requests::Requests,
    secondary::{Secondary, SecondaryLimits},
};
use crate::domain::{RepositoryName, Timestamp, WorkflowFile, WorkflowId};

/// A world that the HTTP face and a test (or demo) share.
pub type SharedWorld = Arc<Mutex<World>>;

/// A simulated GitHub.
pub struct World {
    pub(super) settings: Settings,
    pub(super) now: Timestamp,
    pub(super) agenda: Agenda,
    pub(super) repositories: Vec<Repository>,
    pub(super) by_name: BTreeMap<String, usize>,
    /// The ids of repositories by the names that they had before.
    pub(super) moved: BTreeMap<String, u64>,
    pub(super) behaviours: BTreeMap<(String, WorkflowFile), Behaviour>,
    pub(super) pools: Vec<Pool>,
    pub(super) journal: Vec<Entry>,
    pub(super) access: Access,
    pub(super) faults: Faults,
    pub(super) requests: Requests,
    pub(super) secondary: Secondary,
    pub(super) hook: Hook,
    next_id: u64,
}

impl World {
    /// Makes an empty world.
    #[must_use]
    pub fn new(settings: Settings) -> Self {
        Self {
            now: settings.now,
            secondary: Secondary::new(settings.secondary),
            settings,
            agenda: Agenda::default(),
            repositories: Vec::new(),
            by_name: BTreeMap::new(),
            moved: BTreeMap::new(),
            behaviours: BTreeMap::new(),
            pools: Vec::new(),
            journal: Vec::new(),
            access: Access::default(),
            faults: Faults::default(),
            requests: Requests::default(),
            hook: Hook::default(),
            // Far from the small numbers of pull requests, so that a mixed-up number is not found.
            next_id: 1_000_000,
        }
    }

    /// Puts the world where the HTTP face and others can share it.
    #[must_use]
    pub fn share(self) -> SharedWorld {
        Arc::new(Mutex::new(self))
    }

    /// The simulated instant.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        self.now
    }

    /// Everything that happened, in order.
    #[must_use]
    pub fn journal(&self) -> &[Entry] {
        &self.journal
    }

    /// Adds a runner pool: how many jobs that ask for a label run at once. Labels without a pool are GitHub's own
    /// runners, as many as are asked for.
    pub fn add_pool(&mut self, label: &str, capacity: u32) {
        self.pools.push(Pool::new(label, capacity));
    }

    /// Jobs of a pool that run and jobs that wait; none for a label without a pool.
    #[must_use]
    pub fn pool_load(&self, label: &str) -> Option<(u32, usize)> {
        self.pools
            .iter()
            .find(|pool| pool.label == label)
            .map(Pool::load)
    }

    /// Says how a workflow behaves, whether its file exists yet or not.
    pub fn behave(&mut self, workflow: &WorkflowId, behaviour: Behaviour) {
        let key = workflow.repository.key();
        let place = self.by_name.get(&key).copied();
        let known = place.and_then(|at| self.repositories[at].workflows.get_mut(&workflow.file));
        if let Some(known) = known {
            known.behaviour = behaviour.clone();
        }
        self.behaviours
            .insert((key, workflow.file.clone()), behaviour);
    }

    /// Adds a repository and registers its schedules from now on.
    ///
    /// # Errors
    /// When its folder cannot be written or a repository of that name exists (422).
    pub fn add_repository(&mut self, new: NewRepository) -> Result<(), Refusal> {
        if self.by_name.contains_key(&new.name.key()) {
            return Err(Refusal::custom(
                "Repository",
                "name already exists on this account",
            ));
        }
        let folder = self.settings.folder.join(format!("{}.git", new.name));
        let objects = Objects::create(&folder, &new.default_branch)?;
        // Begun a year and more ago, so that histories that are filled in later never precede their commits.
        let begun = self.now - TimeDelta::days(400);
        let writes: Vec<_> = new
            .files
            .iter()
            .map(|(path, bytes)| (path.as_str(), Some(&bytes[..])))
            .collect();
        let head = objects.commit(None, &writes, "Begin", &Hand::of(FOUNDER, begun))?;
        objects.point(&new.default_branch, head)?;
        let place = self.repositories.len();
        self.by_name.insert(new.name.key(), place);
        let id = self.next_id();
        self.repositories.push(Repository {
            id,
            name: new.name,
            public: new.public,
            default_branch: new.default_branch,
            topics: new.topics,
            archived: new.archived,
            gone: false,
            fork: new.fork,
            quiet: new.quiet,
            created_at: begun,
            pushed_at: self.now,
            objects,
            workflows: BTreeMap::new(),
            runs: BTreeMap::new(),
            pulls: BTreeMap::new(),
            numbers: 0,
            head: head.to_string(),
        });
        self.reread_workflows(place, FOUNDER);
        Ok(())
    }

    /// Lets time pass until an instant; an instant of the past changes nothing.
    pub fn advance_to(&mut self, instant: Timestamp) {
        while let Some((at, event)) = self.agenda.due(instant) {
            self.now = self.now.max(at);
            self.happen(event);
        }
        self.now = self.now.max(instant);
    }

    /// Lets a span of time pass.
    pub fn advance(&mut self, span: crate::domain::Seconds) {
        self.advance_to(self.now + span.to_delta());
    }

    /// Changes how late the fires to come are served.
    pub fn set_lateness(&mut self, lateness: Lateness) {
        self.settings.lateness = lateness;
    }

    /// Changes how fast a caller may ask; every caller begins anew.
    pub fn set_secondary_limits(&mut self, limits: SecondaryLimits) {
        self.secondary.limit(limits);
    }

    /// When the next thing happens by itself.
    #[must_use]
    pub fn next_event_at(&self) -> Option<Timestamp> {
        self.agenda.next_at()
    }

    /// Gives a world that just began a history: goes back some days and lives through them to where it was.
    ///
    /// Meant for a world in which no time has passed since its repositories were added.
    pub fn backfill(&mut self, days: u32) {
        let present = self.now;
        self.now = present - TimeDelta::days(i64::from(days));
        self.agenda.forget_fires();
        self.journal
            .iter_mut()
            .for_each(|entry| entry.at = entry.at.min(self.now));
        for place in 0..self.repositories.len() {
            self.repositories[place].pushed_at = self.now;
            self.register_all(place);
        }
        self.advance_to(present);
    }

    /// Arranges for a person to do something later.
    pub fn schedule(&mut self, at: Timestamp, deed: Deed) {
        self.agenda.enter(at, Event::Deed(deed));
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::Fire {
                repository,
                file,
                schedule,
                epoch,
            } => self.fire(repository, &file, schedule, epoch),
            Event::Deliver {
                repository,
                file,
                schedule,
                epoch,
            } => {
                self.deliver(repository, &file, schedule, epoch);
            }
            Event::Start(job) => self.start_job(job),
            Event::Finish(job) => self.finish_job(job),
            Event::Rerun { repository, run } => {
                // Somebody may have run it again already, or it may still run: then there is nothing to do.
                let _ = self.rerun_at(repository, run);
            }
            Event::Deed(deed) => {
                // A deed that has become impossible (the pull request is closed) simply does not take place.
                let _ = self.perform(deed);
            }
        }
    }

    /// A number that nothing else has.
    pub(super) fn next_id(&mut self) -> u64 {
        self.next_id += 1;
        self.next_id
    }

    /// Writes into the journal.
    pub(super) fn note(&mut self, what: Happening) {
        self.tell_hook(&what);
        self.journal.push(Entry { at: self.now, what });
    }

    /// The place of a repository.
    pub(super) fn place(&self, name: &RepositoryName) -> Result<usize, Refusal> {
        self.by_name
            .get(&name.key())
            .copied()
            .ok_or_else(Refusal::not_found)
    }

    /// The id of a workflow by its place, for the journal.
    pub(super) fn workflow_id(&self, repository: usize, file: &WorkflowFile) -> WorkflowId {
        WorkflowId {
            repository: self.repositories[repository].name.clone(),
            file: file.clone(),
        }
    }
}

/// The login of the person who began every repository and edited every cron first.
pub(super) const FOUNDER: &str = "mona";
