//! A town whose residents are made by a set.

use std::collections::{BTreeMap, BTreeSet};

use cronwright::{
    api::{
        SET, WorkflowScheduleSetStatus,
        condition::{READY, find},
    },
    decide::{
        Cause, Event, Retry, Why, Wish,
        ration::is_waiting,
        schedule_set::{Child, Other, SetConclusion, SetEffect, SetObject, SetWish},
    },
    domain::Seconds,
    round::{SetObjects, Workshop, schedule_set_round},
    simulate::World,
};

use super::super::town::{FILE, NIGHTLY, Town, add};

/// A template whose change is wanted at once: a pinned cron needs no confidence.
pub const PROPOSES: &str =
    "template: {spec: {timing: {cron: ['17 2 * * *']}, policy: {mode: PullRequest}}}";

pub struct Estate {
    pub town: Town,
    spec: String,
    pub status: WorkflowScheduleSetStatus,
    pub events: Vec<Event>,
    /// Repositories of which the API server takes no object.
    pub refused: BTreeSet<String>,
    labels: BTreeMap<String, Labels>,
}

type Labels = (BTreeMap<String, String>, BTreeMap<String, String>);

impl Estate {
    /// A set of the owner `acme`, whose world is built by the test; `more` is the rest of its spec.
    pub async fn with(more: &str, build: impl FnOnce(&mut World)) -> Self {
        Self {
            town: Town::with(build).await,
            spec: format!("{{connectionRef: {{name: acme}}, owner: acme, {more}}}"),
            status: WorkflowScheduleSetStatus::default(),
            events: Vec::new(),
            refused: BTreeSet::new(),
            labels: BTreeMap::new(),
        }
    }

    /// Makes the set's rounds until one has nothing more to do at once.
    pub async fn settle(&mut self) {
        for _ in 0..100 {
            let end = self.round().await;
            if end.again >= Seconds::minutes(5) {
                return;
            }
            let before = self.town.now();
            self.town.on(|world| world.advance(end.again));
            assert!(self.town.now() > before);
        }
        panic!("no rest: {:#?}", self.status);
    }

    /// Makes one round of the set.
    pub async fn round(&mut self) -> SetConclusion {
        let object = SetObject {
            identity: "ci/acme".to_owned(),
            generation: 1,
            requested_at: None,
            deleting: false,
            wish: SetWish::read(&serde_saphyr::from_str(&self.spec).unwrap()),
            before: self.status.clone(),
        };
        let (site, now, objects) = (self.town.site.clone(), self.town.now(), self.objects());
        let end = schedule_set_round(&object, &site, objects, self, now).await;
        self.status = end.status.clone();
        self.events.extend(end.events.clone());
        end
    }

    fn objects(&self) -> SetObjects {
        let mut objects = SetObjects::default();
        for (name, resident) in &self.town.residents {
            let status = &resident.status;
            let in_sync = find(&status.conditions, "InSync");
            let pull = status.pull_request.as_ref();
            let Some((labels, annotations)) = self.labels.get(name) else {
                let wish = Wish::read(&resident.spec).unwrap();
                let other = Other {
                    by_set: false,
                    created_at: Some(resident.created_at),
                    name: name.clone(),
                };
                objects.others.insert(wish.workflow, other);
                objects.taken.insert(name.clone());
                continue;
            };
            objects.children.push(Child {
                name: name.clone(),
                uid: format!("uid of {name}"),
                spec: resident.spec.clone(),
                labels: labels.clone(),
                annotations: annotations.clone(),
                owned: true,
                deleting: resident.deleting,
                created_at: Some(resident.created_at),
                has_forecast: status.prediction.is_some(),
                accuracy: None,
                has_open_pull: pull.is_some_and(|pull| pull.state == "Open"),
                waits: in_sync.is_some_and(|told| is_waiting(&told.reason)),
            });
        }
        objects
    }

    /// The repositories and files of the objects that the set made.
    pub fn managed(&self) -> Vec<String> {
        let mut managed: Vec<_> = self
            .town
            .residents
            .iter()
            .filter(|(name, one)| self.labels.contains_key(*name) && !one.deleting)
            .map(|(_, one)| format!("{}/{}", one.spec.repository, one.spec.workflow))
            .collect();
        managed.sort();
        managed
    }

    /// What is not managed, with its reason.
    pub fn unmanaged(&self) -> Vec<String> {
        let told = |one: &cronwright::api::workflow_schedule_set::status::UnmanagedStatus| {
            let file = one
                .workflow
                .as_ref()
                .map_or(String::new(), |file| format!("/{file}"));
            format!("{}{file} {}", one.repository, one.reason)
        };
        self.status.unmanaged_workflows.iter().map(told).collect()
    }

    /// The set's condition Ready as `Status/Reason`.
    pub fn ready(&self) -> String {
        let found = find(&self.status.conditions, READY);
        found.map_or(String::new(), |found| {
            format!("{:?}/{}", found.status, found.reason)
        })
    }

    /// What the events say, in order.
    pub fn told(&self) -> Vec<&str> {
        self.events
            .iter()
            .map(|event| event.message.as_str())
            .collect()
    }
}

impl Workshop for Estate {
    async fn write(&mut self, effect: &SetEffect) -> Result<(), Why> {
        match effect {
            SetEffect::Apply(wanted) => {
                assert!(wanted.labels.contains_key(SET));
                if self.refused.contains(&wanted.spec.repository) {
                    return Err(refusal(&wanted.name));
                }
                let of = (wanted.labels.clone(), wanted.annotations.clone());
                self.labels.insert(wanted.name.clone(), of);
                self.town.declare_spec(&wanted.name, wanted.spec.clone());
            }
            SetEffect::Delete { name, .. } => self.town.delete(name),
        }
        Ok(())
    }
}

fn refusal(name: &str) -> Why {
    Why {
        cause: Cause::RequestRefused,
        message: format!("WorkflowSchedule {name}: 422"),
        retry: Retry::Backoff,
    }
}

/// Adds repositories of `acme` with one nightly workflow each.
pub fn nightlies(world: &mut World, names: &[&str]) {
    for name in names {
        add(world, name, &[(FILE, NIGHTLY)]);
    }
}
