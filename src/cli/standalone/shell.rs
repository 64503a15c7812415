//! The shell itself: which rounds to make, and what they concluded.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use futures::{StreamExt as _, stream};
use kube::ResourceExt as _;
use tracing::Instrument as _;

use super::{
    manifests::{Manifests, name},
    object, secret,
    sets::Made,
};
use crate::{
    api::{
        GitHubConnection, GitHubConnectionStatus, WorkflowScheduleSetStatus,
        WorkflowScheduleStatus,
        condition::{self, Condition, ConditionStatus},
    },
    decide::{
        Cause, Conclusion, Event, Known, Object, Retry, Rivals, Why, Wish,
        connection::ConnectionConclusion, defect::defect,
    },
    domain::Timestamp,
    github,
    metrics::{Fleet, Metrics},
    observe::{Observatory, Site, connect::suspended, why},
    round::{ConnectionRound, add_sets, caught, connection_round, fleet, rationed_round, timed},
    store::Store,
};

/// How many workflows are looked at side by side.
const CONCURRENCY: usize = 8;

/// A standalone shell over a set of manifests.
pub struct Shell {
    /// What the folder declares, and what its sets have made.
    pub(super) manifests: Manifests,
    pub(super) made: BTreeMap<String, Made>,
    pub(super) rivals: Rivals,
    store: Store,
    metrics: Metrics,
    pub(super) clock: github::Clock,
    pub(super) sites: BTreeMap<String, Site>,
    pub(super) schedules: BTreeMap<String, WorkflowScheduleStatus>,
    connections: BTreeMap<String, GitHubConnectionStatus>,
    pub(super) sets: BTreeMap<String, WorkflowScheduleSetStatus>,
    pub(super) due: BTreeMap<String, Timestamp>,
}

/// What one round of one WorkflowSchedule came to.
#[derive(Clone, Debug)]
pub struct Concluded {
    /// `namespace/name`.
    pub object: String,
    /// What happened.
    pub events: Vec<Event>,
}

impl Shell {
    /// Takes manifests, the store, and where the present comes from.
    #[must_use]
    pub fn new(manifests: Manifests, store: Store, metrics: Metrics, clock: github::Clock) -> Self {
        let mut rivals = Rivals::default();
        for (identity, schedule) in &manifests.schedules {
            let created_at = schedule
                .creation_timestamp()
                .and_then(|time| chrono::DateTime::from_timestamp(time.0.as_second(), 0));
            rivals.put(identity, created_at, &schedule.spec);
        }
        Self {
            manifests,
            made: BTreeMap::new(),
            rivals,
            store: store.observed_by(timed(&metrics)),
            metrics,
            clock,
            sites: BTreeMap::new(),
            schedules: BTreeMap::new(),
            connections: BTreeMap::new(),
            sets: BTreeMap::new(),
            due: BTreeMap::new(),
        }
    }

    /// The status of every WorkflowSchedule, by `namespace/name`.
    #[must_use]
    pub const fn schedules(&self) -> &BTreeMap<String, WorkflowScheduleStatus> {
        &self.schedules
    }

    /// The status of every GitHubConnection, by `namespace/name`.
    #[must_use]
    pub const fn connections(&self) -> &BTreeMap<String, GitHubConnectionStatus> {
        &self.connections
    }

    /// The status of every WorkflowScheduleSet, by `namespace/name`.
    #[must_use]
    pub const fn sets(&self) -> &BTreeMap<String, WorkflowScheduleSetStatus> {
        &self.sets
    }

    /// What the manifests declare, and what their sets have made.
    #[must_use]
    pub const fn manifests(&self) -> &Manifests {
        &self.manifests
    }

    /// Makes every round that is due: connections, sets, their schedules, and connections once more where that made a new timetable.
    ///
    /// `progress` is called after each WorkflowSchedule.
    pub async fn round(&mut self, mut progress: impl FnMut(&str)) -> Vec<Concluded> {
        self.connections_round(&BTreeSet::new()).await;
        let mut concluded = self.sets_round().await;
        let due = self.due_schedules();
        concluded.extend(self.schedules_round(due, &mut progress).await);
        // What was seen just now may be what the timetable waited for.
        let changed = self
            .connections_round(&self.sites.keys().cloned().collect())
            .await;
        concluded.extend(self.schedules_round(changed, &mut progress).await);
        self.metrics.fleet(&self.fleet());
        concluded
    }

    /// Sums up all objects.
    fn fleet(&self) -> Fleet {
        let named = self.manifests.schedules.keys();
        let schedules = named.map(|identity| self.schedules.get(identity));
        let named = self.manifests.connections.keys();
        let connections = named.map(|identity| self.connections.get(identity));
        let observatories = self.sites.values().filter_map(Known::known).cloned();
        let mut sum = fleet(schedules, connections, observatories);
        let named = self.manifests.sets.keys();
        add_sets(&mut sum, named.map(|identity| self.sets.get(identity)));
        sum
    }

    /// Makes a round of a kind of object and counts it; what it said where it ended in a defect.
    pub(super) async fn counted<T>(
        &self,
        kind: &'static str,
        key: &str,
        round: impl Future<Output = T>,
    ) -> Result<T, String> {
        let due = self.due.get(key);
        if let Some(delay) = due.and_then(|due| ((self.clock)() - *due).to_std().ok()) {
            self.metrics.delay(kind, delay);
        }
        let start = tokio::time::Instant::now();
        let span = tracing::info_span!("round", kind, object = key);
        let end = caught(round.instrument(span)).await;
        let result = if end.is_ok() { "ok" } else { "panic" };
        self.metrics.round(kind, result, start.elapsed());
        end
    }

    /// Whether every WorkflowSchedule was observed, every owner of a set looked through, and nothing is in their way.
    #[must_use]
    pub fn is_ready(&self) -> bool {
        let ready = |conditions: Option<&Vec<Condition>>| {
            condition::find(conditions.map_or(&[][..], Vec::as_slice), condition::READY)
                .is_some_and(|ready| ready.status == ConditionStatus::True)
        };
        let schedule = |identity| ready(self.schedules.get(identity).map(|one| &one.conditions));
        let set = |identity| ready(self.sets.get(identity).map(|one| &one.conditions));
        self.manifests.schedules.keys().all(schedule) && self.manifests.sets.keys().all(set)
    }

    /// When the next round is due.
    #[must_use]
    pub fn next_due(&self) -> Option<Timestamp> {
        self.due.values().min().copied()
    }

    fn due_schedules(&self) -> BTreeSet<String> {
        let now = (self.clock)();
        let due = |name: &&String| self.due.get(*name).is_none_or(|due| *due <= now);
        self.manifests
            .schedules
            .keys()
            .filter(due)
            .cloned()
            .collect()
    }

    /// Makes the rounds of the connections that are due or named; the schedules whose line changed.
    async fn connections_round(&mut self, named: &BTreeSet<String>) -> BTreeSet<String> {
        let mut changed = BTreeSet::new();
        for (identity, connection) in self.manifests.connections.clone() {
            let now = (self.clock)();
            let key = format!("GitHubConnection {identity}");
            if !named.contains(&identity) && self.due.get(&key).is_some_and(|due| *due > now) {
                continue;
            }
            let site = self.site(&identity, &connection);
            let before = self.connections.get(&identity).cloned().unwrap_or_default();
            let input = object::connection(&connection, before);
            let round = connection_round(&input, &site, self.wishes(&identity), now);
            let round = self.counted("GitHubConnection", &key, round).await;
            let round = round.unwrap_or_else(|panic| {
                self.defect(&identity, &panic);
                let (status, again) = defect(&input.before, &identity, input.generation, now);
                ConnectionRound {
                    conclusion: ConnectionConclusion {
                        status,
                        events: Vec::new(),
                        again,
                    },
                    changed: BTreeSet::new(),
                }
            });
            for event in &round.conclusion.events {
                tracing::info!(
                    object = identity,
                    reason = event.reason,
                    "{}",
                    event.message
                );
            }
            let namespace = identity.split('/').next().unwrap_or_default();
            changed.extend(
                round
                    .changed
                    .iter()
                    .map(|name| format!("{namespace}/{name}")),
            );
            self.due
                .insert(key, now + round.conclusion.again.to_delta());
            self.connections.insert(identity, round.conclusion.status);
        }
        changed
    }

    /// The wishes that go through a connection, by object name.
    fn wishes(&self, connection: &str) -> Vec<(String, Wish)> {
        let wish = |(identity, schedule): (&String, &crate::api::WorkflowSchedule)| {
            let (namespace, name) = identity.split_once('/')?;
            let wish = Wish::read(&schedule.spec).ok()?;
            let ours = format!("{namespace}/{}", wish.connection) == connection;
            let acts = self.elder(identity).is_none() && !self.leaves(identity);
            (ours && acts).then(|| (name.to_owned(), wish))
        };
        self.manifests.schedules.iter().filter_map(wish).collect()
    }

    /// Counts a defect and writes it into the log.
    pub(super) fn defect(&self, object: &str, panic: &str) {
        self.metrics.panic();
        tracing::error!(object, panic, "round ended in a defect of the program");
    }

    /// The object that acts on an object's workflow in its stead.
    fn elder(&self, identity: &str) -> Option<String> {
        let host = |connection: &str| Some(self.manifests.connections.get(connection)?.spec.host());
        self.rivals.elder(identity, host)
    }

    async fn schedules_round(
        &mut self,
        names: BTreeSet<String>,
        progress: &mut impl FnMut(&str),
    ) -> Vec<Concluded> {
        let rounds = names.into_iter().filter_map(|identity| {
            let schedule = self.manifests.schedules.get(&identity)?;
            let before = self.schedules.get(&identity).cloned().unwrap_or_default();
            let (elder, leaves) = (self.elder(&identity), self.leaves(&identity));
            let input = object::workflow_schedule(schedule, elder, leaves, before);
            let site = self.site_of(&identity, &schedule.spec.connection_ref.name);
            let clock = self.clock.clone();
            let shell = &*self;
            Some(async move {
                let now = clock();
                let ration = || shell.ration(&identity);
                let round = rationed_round(&input, &site, async || Ok(()), ration, now);
                let round = shell.counted("WorkflowSchedule", &identity, round).await;
                let end = round.unwrap_or_else(|panic| {
                    shell.defect(&identity, &panic);
                    broken(&input, now)
                });
                (identity, end, now)
            })
        });
        let mut rounds = stream::iter(rounds.collect::<Vec<_>>()).buffer_unordered(CONCURRENCY);
        let (mut concluded, mut ends) = (Vec::new(), Vec::new());
        while let Some((identity, end, now)) = rounds.next().await {
            progress(&identity);
            ends.push((identity, end, now));
        }
        drop(rounds);
        // Rounds end in any order; what they concluded is told in the order of names.
        ends.sort_by(|a, b| a.0.cmp(&b.0));
        for (identity, end, now) in ends {
            self.due
                .insert(identity.clone(), now + end.again.to_delta());
            self.schedules.insert(identity.clone(), end.status);
            if self.leaves(&identity) && !end.finalizer {
                self.forget(&identity);
            }
            concluded.push(Concluded {
                object: identity,
                events: end.events,
            });
        }
        concluded
    }

    /// The site of a connection in an object's namespace.
    pub(super) fn site_of(&self, object: &str, connection: &str) -> Site {
        let namespace = object.split('/').next().unwrap_or_default();
        let identity = format!("{namespace}/{connection}");
        let absent = || {
            Known::Unknown(Why {
                cause: Cause::ConnectionNotReady,
                message: format!("GitHubConnection {identity} is not among the manifests"),
                retry: Retry::Never,
            })
        };
        self.sites.get(&identity).cloned().unwrap_or_else(absent)
    }

    fn site(&mut self, identity: &str, connection: &GitHubConnection) -> Site {
        if let Some(site) = self.sites.get(identity) {
            return site.clone();
        }
        let site = self.observatory(identity, connection).map(Arc::new);
        let site = Known::from(site);
        self.sites.insert(identity.to_owned(), site.clone());
        site
    }

    fn observatory(
        &self,
        identity: &str,
        connection: &GitHubConnection,
    ) -> Result<Observatory, Why> {
        let namespace = name(connection)
            .split('/')
            .next()
            .unwrap_or_default()
            .to_owned();
        if connection.spec.suspend {
            return Err(suspended(identity));
        }
        let credentials = secret::credentials(&self.manifests, &namespace, connection)?;
        let clock = self.clock.clone();
        Observatory::connect(
            identity,
            &connection.spec,
            credentials,
            clock,
            &self.store,
            &self.metrics,
        )
        .map_err(|error| why::from_github(&error))
    }
}

/// The end of a round that ended in a defect.
fn broken(input: &Object, now: Timestamp) -> Conclusion {
    let (status, again) = defect(&input.before, &input.identity, input.generation, now);
    Conclusion {
        status,
        events: Vec::new(),
        again,
        at_rest: false,
        finalizer: input.finalizer,
    }
}
