//! Everything that is observed through one GitHubConnection.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use serde::{Deserialize, Serialize};
use tokio::sync::Mutex as AsyncMutex;

use super::{
    account::Account, cache::StoreCache, charges::Charges, found::Found, kin::Kin,
    lookout::Lookout, nudge::Nudges, planned_from::PlannedFrom, view::View,
};
use crate::{
    anomaly::Alarm,
    cost::Prices,
    decide::{
        Deed, Effect, Outcome, Wish,
        effect::branch_prefix,
        timetable::{Member, MemberFile},
    },
    domain::{Host, RepositoryName, Seconds, Timestamp, WorkflowId},
    github::{Client, ResponseCache},
    metrics::Metrics,
    plan::{Item, Line, Load, Timetable},
    store::{self, DeedKind, Store, StoreError},
};

/// Everything that is observed through one GitHubConnection.
pub struct Observatory {
    /// `namespace/name` of the connection.
    pub(super) identity: String,
    pub(super) github: Client,
    pub(super) store: Store,
    pub(super) metrics: Metrics,
    /// How often a repository is asked at most.
    pub(super) interval: Seconds,
    pub(super) account: Mutex<Account>,
    pub(super) views: Mutex<BTreeMap<RepositoryName, Arc<AsyncMutex<View>>>>,
    pub(super) nudges: Mutex<Nudges>,
    /// Who looks at each repository while nothing happens there.
    pub(super) lookouts: Mutex<BTreeMap<RepositoryName, Lookout>>,
    /// What was found in owners' repositories, by the set that asked.
    pub(super) surveys: Mutex<BTreeMap<String, Arc<AsyncMutex<Found>>>>,
    timetable: AsyncMutex<InForce>,
    /// The overlap of a week as the timetable in force tells it, now and planned: for those who may not wait for it.
    overlap: Mutex<Option<(Seconds, Seconds)>>,
    /// What had become otherwise when that was summed up last: for those who may not wait for the store.
    pub(super) alarms: Mutex<Vec<Alarm>>,
    acting: AsyncMutex<()>,
    /// What runs are priced by.
    pub(super) charges: Charges,
    /// How owners' repositories fare.
    pub(super) kin: Kin,
}

/// The timetable in force, and a hash of what it was planned from.
#[derive(Default)]
struct InForce {
    loaded: bool,
    timetable: Option<Arc<Timetable>>,
    planned_from: Option<PlannedFrom>,
}

/// A timetable as it is stored: a restart is no reason to plan anew.
#[derive(Serialize, Deserialize)]
struct Stored {
    planned_from: PlannedFrom,
    #[serde(default)]
    host: Host,
    timetable: Timetable,
}

impl Observatory {
    /// Makes an observatory that has seen nothing yet; it reads and writes the part of the store that is its GitHub's.
    #[must_use]
    pub fn new(
        identity: &str,
        github: Client,
        store: Store,
        interval: Seconds,
        metrics: Metrics,
    ) -> Self {
        Self {
            identity: identity.to_owned(),
            store: store.of(github.host()),
            github,
            metrics,
            interval,
            account: Mutex::default(),
            views: Mutex::default(),
            nudges: Mutex::default(),
            lookouts: Mutex::default(),
            surveys: Mutex::default(),
            timetable: AsyncMutex::default(),
            overlap: Mutex::default(),
            alarms: Mutex::default(),
            acting: AsyncMutex::default(),
            charges: Charges::default(),
            kin: Kin::default(),
        }
    }

    /// The observatory with prices of its connection's own.
    #[must_use]
    pub fn priced(mut self, prices: Prices) -> Self {
        self.charges = Charges::of(prices);
        self
    }

    /// A store as a cache of GitHub's answers.
    #[must_use]
    pub fn cache(store: &Store) -> Arc<dyn ResponseCache> {
        Arc::new(StoreCache(store.clone()))
    }

    /// The client, for those who act.
    #[must_use]
    pub const fn github(&self) -> &Client {
        &self.github
    }

    /// The right to act: whoever holds it is alone in this process to write through this connection.
    pub async fn act(&self) -> tokio::sync::MutexGuard<'_, ()> {
        self.acting.lock().await
    }

    /// The metrics, for those who act.
    #[must_use]
    pub const fn metrics(&self) -> &Metrics {
        &self.metrics
    }

    pub(super) fn view(&self, repository: &RepositoryName) -> Arc<AsyncMutex<View>> {
        locked(&self.views)
            .entry(repository.clone())
            .or_default()
            .clone()
    }

    /// Takes note of what came of an effect: what was seen of the repository is outdated by it, and the pull requests
    /// that we opened are remembered for good.
    pub async fn note(&self, effect: &Effect, outcome: &Outcome, now: Timestamp) {
        let workflow = effect.workflow();
        let view = self.view(&workflow.repository);
        let mut view = view.lock().await;
        view.outdate();
        if !matches!(outcome, Outcome::Done(_)) {
            // There may be a pull request that nobody here remembers.
            view.recollected = false;
        }
        if let (Effect::OpenPull { proposal, .. }, Outcome::Done(Deed::Opened { number, .. })) =
            (effect, outcome)
        {
            let deed = store::Deed {
                kind: DeedKind::PullOpened,
                digest: proposal.digest.clone(),
                pull: Some(*number),
                at: now,
            };
            match self.store.record_deed(workflow, &deed).await {
                Ok(_) => self.settle(workflow).await,
                Err(error) => {
                    tracing::warn!(error = %error, pull.number = number, "opened pull request could not be remembered");
                }
            }
        }
        if matches!(outcome, Outcome::Overtaken(_)) {
            // Somebody knows of a pull request that we do not.
            view.recalled.remove(&workflow.file);
            view.opened = None;
            let ours = branch_prefix(workflow);
            view.ended.retain(|_, pull| !pull.branch.starts_with(&ours));
        }
    }

    /// One WorkflowSchedule with what was last seen of its workflow, for the timetable. Asks nobody.
    pub async fn member(&self, name: String, wish: Wish) -> Member {
        let view = self.view(&wish.workflow.repository);
        let view = view.lock().await;
        let lesson = view.lessons.get(&wish.workflow.file);
        let lost = view.failure.is_some() && view.repository.is_none();
        let unreadable = view.unreadable.contains(&wish.workflow.file);
        let file = match view.last_file(&wish.workflow.file) {
            Some(file) => Some(file.member(wish.edit_generated_files)),
            // What cannot be read, or is not to be looked at.
            None => (lost || unreadable || wish.suspend).then(MemberFile::unplannable),
        };
        Member {
            name,
            file,
            forecast: lesson.and_then(|lesson| lesson.learned.forecast.clone()),
            jobs: lesson.map(|lesson| lesson.jobs.clone()).unwrap_or_default(),
            wish,
        }
    }

    /// The timetable in force; none before the first.
    ///
    /// # Errors
    /// When the store cannot tell.
    pub async fn timetable(&self) -> Result<Option<Arc<Timetable>>, StoreError> {
        let mut in_force = self.timetable.lock().await;
        if !in_force.loaded {
            let stored = self.store.timetable(&self.identity).await?;
            // A timetable of another version's shape is none: the next round plans anew.
            let stored: Option<Stored> =
                stored.and_then(|stored| serde_json::from_str(&stored.body_json).ok());
            // One for the host that the connection led to before is none either.
            let stored = stored.filter(|stored| stored.host == *self.github.host());
            if let Some(stored) = stored {
                self.put(&mut in_force, stored.timetable);
                in_force.planned_from = Some(stored.planned_from);
            }
            in_force.loaded = true;
        }
        Ok(in_force.timetable.clone())
    }

    fn put(&self, in_force: &mut InForce, timetable: Timetable) {
        let overlap = |load: &Load| load.overlap_seconds;
        *locked(&self.overlap) = Some((overlap(&timetable.before), overlap(&timetable.after)));
        in_force.timetable = Some(Arc::new(timetable));
    }

    /// The expected overlap of a week as the files are now and once all moves are made, by the timetable in force. Waits
    /// for nobody.
    #[must_use]
    pub fn overlap(&self) -> Option<(Seconds, Seconds)> {
        *locked(&self.overlap)
    }

    /// A workflow's line of the timetable in force.
    ///
    /// # Errors
    /// When the store cannot tell.
    pub async fn line(&self, workflow: &WorkflowId) -> Result<Option<Line>, StoreError> {
        let timetable = self.timetable().await?;
        Ok(timetable.and_then(|timetable| timetable.lines.get(workflow).cloned()))
    }

    /// Whether it is time to plan these items anew: they are others than those that the timetable in force was planned from, or
    /// are to be otherwise; or their forecasts alone have changed, for long enough.
    pub async fn is_time_to_plan(&self, items: &[Item], now: Timestamp) -> bool {
        let before = self.timetable.lock().await.planned_from;
        before.is_none_or(|before| before.calls_for_another(PlannedFrom::of(items, now)))
    }

    /// Stores a timetable whole, then puts it in force.
    ///
    /// # Errors
    /// When the store does not take it; the one before stays in force.
    pub async fn adopt(
        &self,
        items: &[Item],
        timetable: Timetable,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut in_force = self.timetable.lock().await;
        let stored = Stored {
            planned_from: PlannedFrom::of(items, now),
            host: self.github.host().clone(),
            timetable,
        };
        if in_force.timetable.as_deref() != Some(&stored.timetable) {
            let body = serde_json::to_string(&stored)
                .expect("a timetable holds text, numbers and lists only");
            self.store
                .put_timetable(&self.identity, &stored.timetable.digest(), &body, now)
                .await?;
            self.put(&mut in_force, stored.timetable);
        }
        in_force.planned_from = Some(stored.planned_from);
        Ok(())
    }
}

pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
