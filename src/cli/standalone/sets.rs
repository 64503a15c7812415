//! Sets without a cluster: what they make lives in the shell, beside what the folder declares.
//!
//! # Invariants
//! - Nothing is written into the folder, and nothing that it declares is touched: it wins, whatever its age.
//! - Every process makes the same again under the same names; what was learned, and what GitHub knows, is theirs again.
//! - What a set takes back closes its pull request before it is gone.

use kube::ResourceExt as _;

use super::{Concluded, Shell, object};
use crate::{
    api::WorkflowSchedule,
    decide::{
        Why,
        defect::defect,
        ration::{self, Limits, Ration, Tally, has_open_pull},
        schedule_set::{Child, Other, SetConclusion, SetEffect, Wanted},
    },
    domain::{Host, Seconds, Timestamp, WorkflowId},
    round::{SetObjects, Workshop, schedule_set_round},
};

/// How many rounds of one set follow each other while it has more to do at once: an owner of ten thousand repositories is looked through
/// 25 at a time.
const MOST_ROUNDS: usize = 400;
/// What a set means that has more to do at once.
const AT_ONCE: Seconds = Seconds(2);

/// A WorkflowSchedule that a set has made.
#[derive(Clone, Debug)]
pub(super) struct Made {
    /// The set, `namespace/name`.
    set: String,
    /// When.
    created_at: Timestamp,
    /// Whether it goes as soon as its pull request is closed.
    leaves: bool,
}

/// Takes orders, which are carried out after the round: in memory nothing can be refused.
#[derive(Default)]
struct Orders(Vec<SetEffect>);

impl Workshop for Orders {
    async fn write(&mut self, effect: &SetEffect) -> Result<(), Why> {
        self.0.push(effect.clone());
        Ok(())
    }
}

impl Shell {
    /// Makes the rounds of the sets that are due, each until it has nothing more to do at once.
    pub(super) async fn sets_round(&mut self) -> Vec<Concluded> {
        let mut concluded = Vec::new();
        for identity in self.manifests.sets.keys().cloned().collect::<Vec<_>>() {
            let key = format!("WorkflowScheduleSet {identity}");
            if self.due.get(&key).is_some_and(|due| *due > (self.clock)()) {
                continue;
            }
            for _ in 0..MOST_ROUNDS {
                let Some(end) = self.set_round(&identity, &key).await else {
                    break;
                };
                concluded.push(Concluded {
                    object: key.clone(),
                    events: end.events,
                });
                if end.again > AT_ONCE {
                    break;
                }
            }
        }
        concluded
    }

    /// Makes one round of a set; none where it is not declared.
    async fn set_round(&mut self, identity: &str, key: &str) -> Option<SetConclusion> {
        let set = self.manifests.sets.get(identity)?;
        let before = self.sets.get(identity).cloned().unwrap_or_default();
        let input = object::schedule_set(set, before);
        let site = self.site_of(identity, &set.spec.connection_ref.name);
        let (objects, now) = (self.objects_of(identity), (self.clock)());
        let mut orders = Orders::default();
        let round = schedule_set_round(&input, &site, objects, &mut orders, now);
        let end = self.counted("WorkflowScheduleSet", key, round).await;
        let end = end.unwrap_or_else(|panic| {
            self.defect(identity, &panic);
            orders.0.clear();
            let (status, again) = defect(&input.before, identity, input.generation, now);
            let events = Vec::new();
            SetConclusion {
                status,
                events,
                again,
            }
        });
        for order in orders.0 {
            self.carry_out(identity, order, now);
        }
        self.due.insert(key.to_owned(), now + end.again.to_delta());
        self.sets.insert(identity.to_owned(), end.status.clone());
        Some(end)
    }

    fn carry_out(&mut self, set: &str, order: SetEffect, now: Timestamp) {
        let namespace = set.split('/').next().unwrap_or_default();
        match order {
            SetEffect::Apply(wanted) => {
                let identity = format!("{namespace}/{}", wanted.name);
                let made = self.made.entry(identity.clone()).or_insert_with(|| Made {
                    set: set.to_owned(),
                    created_at: now,
                    leaves: false,
                });
                let schedule = schedule(namespace, *wanted);
                self.rivals
                    .put(&identity, Some(made.created_at), &schedule.spec);
                self.due.remove(&identity);
                self.manifests.schedules.insert(identity, schedule);
            }
            SetEffect::Delete { name, why, .. } => {
                let identity = format!("{namespace}/{name}");
                tracing::info!(
                    object = identity,
                    why = why.words(),
                    "WorkflowSchedule goes"
                );
                self.due.remove(&identity);
                if let Some(made) = self.made.get_mut(&identity) {
                    made.leaves = true;
                }
            }
        }
    }

    /// Whether an object goes as soon as its pull request is closed.
    pub(super) fn leaves(&self, identity: &str) -> bool {
        self.made.get(identity).is_some_and(|made| made.leaves)
    }

    /// Forgets an object that a set has made and taken back.
    pub(super) fn forget(&mut self, identity: &str) {
        self.made.remove(identity);
        self.manifests.schedules.remove(identity);
        self.schedules.remove(identity);
        self.due.remove(identity);
        for concerned in self.rivals.remove(identity) {
            self.due.remove(&concerned);
        }
    }

    /// What the set of a WorkflowSchedule grants; none where it belongs to none.
    pub(super) fn ration(&self, identity: &str) -> Option<Ration> {
        let of = &self.made.get(identity)?.set;
        let set = self.manifests.sets.get(of);
        // Limits that mean nothing grant nothing.
        let limits = set.and_then(|set| Limits::read(&set.spec.limits).ok());
        let mut tally = Tally::default();
        for (member, made) in self.made.iter().filter(|(_, made)| made.set == *of) {
            let schedule = self.manifests.schedules.get(member);
            let Some(workflow) = schedule.and_then(workflow) else {
                continue;
            };
            tally.members.insert(workflow.clone());
            let status = self.schedules.get(member);
            if status.is_some_and(has_open_pull) {
                tally.open.insert(workflow);
            } else if let Some(since) = self.waits_since(member).filter(|_| !made.leaves) {
                tally.waiting.insert((since, workflow));
            }
        }
        Some(Ration { limits, tally })
    }

    fn waits_since(&self, member: &str) -> Option<Timestamp> {
        let schedule = self.manifests.schedules.get(member)?;
        let status = self
            .schedules
            .get(member)
            .filter(|_| !schedule.spec.suspend)?;
        ration::waits_since(status)
    }

    /// Every WorkflowSchedule that a set sees: those of its namespace.
    fn objects_of(&self, set: &str) -> SetObjects {
        let namespace = set.split('/').next().unwrap_or_default();
        let declared = self.manifests.sets.get(set);
        let host = declared.and_then(|one| self.host(namespace, &one.spec.connection_ref.name));
        let mut objects = SetObjects::default();
        for (identity, schedule) in &self.manifests.schedules {
            let Some((_, name)) = identity
                .split_once('/')
                .filter(|(near, _)| *near == namespace)
            else {
                continue;
            };
            let made = self.made.get(identity);
            if let Some(made) = made.filter(|made| made.set == set) {
                objects.children.push(self.child(identity, schedule, made));
                continue;
            }
            objects.taken.insert(name.to_owned());
            let same_host = host == self.host(namespace, &schedule.spec.connection_ref.name);
            if let (Some(workflow), true) = (workflow(schedule), same_host) {
                let other = Other {
                    by_set: made.is_some(),
                    created_at: made.map(|made| made.created_at),
                    name: name.to_owned(),
                };
                let first = objects
                    .others
                    .entry(workflow)
                    .or_insert_with(|| other.clone());
                let rank = |other: &Other| (other.by_set, other.created_at, other.name.clone());
                if rank(&other) < rank(first) {
                    *first = other;
                }
            }
        }
        objects
    }

    pub(super) fn host(&self, namespace: &str, connection: &str) -> Option<Host> {
        let connection = format!("{namespace}/{connection}");
        Some(self.manifests.connections.get(&connection)?.spec.host())
    }

    fn child(&self, identity: &str, schedule: &WorkflowSchedule, made: &Made) -> Child {
        let status = self.schedules.get(identity);
        let accuracy = status.and_then(|status| status.accuracy.as_ref());
        Child {
            name: schedule.name_any(),
            uid: identity.to_owned(),
            spec: schedule.spec.clone(),
            labels: schedule.labels().clone(),
            annotations: schedule.annotations().clone(),
            owned: true,
            deleting: made.leaves,
            created_at: Some(made.created_at),
            has_forecast: status.is_some_and(|status| status.prediction.is_some()),
            accuracy: accuracy.map(|accuracy| (accuracy.comparisons, accuracy.score)),
            has_open_pull: status.is_some_and(has_open_pull),
            waits: self.waits_since(identity).is_some(),
        }
    }
}

/// A WorkflowSchedule as a set wants it.
fn schedule(namespace: &str, wanted: Wanted) -> WorkflowSchedule {
    let mut schedule = WorkflowSchedule::new(&wanted.name, wanted.spec);
    schedule.metadata.namespace = Some(namespace.to_owned());
    schedule.metadata.labels = Some(wanted.labels);
    schedule.metadata.annotations = Some(wanted.annotations);
    schedule
}

fn workflow(schedule: &WorkflowSchedule) -> Option<WorkflowId> {
    Some(WorkflowId {
        repository: schedule.spec.repository.parse().ok()?,
        file: schedule.spec.workflow.parse().ok()?,
    })
}
