//! A picture of a store: all that pages are made from, but for the runs of the one workflow that a page is about.
//!
//! It holds sums, not the scores that they were made of, so that it stays small beside a large history.

use std::{
    collections::{BTreeMap, BTreeSet},
    mem,
};

use chrono::TimeDelta;

use crate::{
    domain::{Host, Located, Schedule, Score, Timestamp},
    plan::Line,
    report::{
        self, Accounts, Calibration, History, Inventory, LoadAhead, Proposal, Report, Spent,
        SystemHealth, Usual, Week, Worth, monday,
    },
    store::{Demand, Served, Store, StoreError},
    track::SCORES,
};

/// How far back fires and pull requests are counted.
const RECENT: TimeDelta = TimeDelta::days(30);

/// How many hours the load is told ahead.
const WEEK_HOURS: u32 = 168;

/// What pages are made from.
pub(super) struct Picture {
    /// Where the store is, without credentials.
    pub(super) store: String,
    pub(super) taken_at: Timestamp,
    /// What is known of each workflow, without its scores.
    pub(super) inventory: Inventory,
    pub(super) report: Report,
    pub(super) health: SystemHealth,
    /// What forecasts were worth; none while nothing was compared.
    pub(super) worth: Option<Worth>,
    pub(super) calibration: Calibration,
    pub(super) week: Week,
    /// The load to come.
    pub(super) load: LoadAhead,
    /// The jobs of a usual run.
    pub(super) demands: BTreeMap<Located, Vec<Demand>>,
    /// How the fires of the last 30 days were served.
    pub(super) served: BTreeMap<Located, Served>,
    /// The pull requests that were opened in the last 30 days.
    pub(super) opened: Vec<(Timestamp, Located)>,
    /// What was proposed for each workflow, as far back as timetables are kept.
    pub(super) proposals: BTreeMap<Located, Vec<Proposal>>,
    /// What runs cost of late.
    pub(super) spent: Spent,
}

/// What a picture is made of.
struct Taken {
    store: String,
    at: Timestamp,
    inventory: Inventory,
    demands: Vec<Demand>,
    served: Vec<Served>,
    opened: Vec<(Timestamp, Located)>,
    proposals: BTreeMap<Located, Vec<Proposal>>,
    history: History,
    accounts: Accounts,
}

impl Picture {
    /// Takes a picture of a store.
    pub(super) async fn take(store: &Store, at: Timestamp) -> Result<Self, StoreError> {
        let inventory = report::read(store, SCORES, |_| true).await?;
        let taken = Taken {
            store: store.name().to_owned(),
            at,
            demands: store.demands().await?,
            served: store.served_since(at - RECENT).await?,
            opened: opened(store, &inventory, at - RECENT).await?,
            accounts: report::costs(store, &inventory).await?,
            proposals: report::proposals(store).await?,
            history: History::read(store, &inventory, at).await?,
            inventory,
        };
        // Ten thousand workflows take a while to sum up; whoever asks meanwhile is answered.
        let made = tokio::task::spawn_blocking(move || Self::of(taken)).await;
        Ok(made.expect("summing up values does not fail"))
    }

    fn of(taken: Taken) -> Self {
        let mut inventory = taken.inventory;
        let report = Report::of(&inventory);
        let spent = Spent::of(&inventory, &taken.accounts);
        let health = SystemHealth::of(&inventory);
        let scored = || {
            let known = inventory.workflows.iter();
            known.map(|(id, known)| (id, &*known.scores))
        };
        let worth = Worth::of(scored());
        let calibration = Calibration::of(scored().flat_map(|(_, scores)| scores));
        let demands = by_workflow(taken.demands);
        let begins = following_monday(&report, taken.at);
        let usual = |id: &Located| usual(&inventory, id);
        let week = Week::of(&report, usual, &demands, begins);
        let load = LoadAhead::of(&inventory, &taken.history, taken.at, WEEK_HOURS, false);
        for known in inventory.workflows.values_mut() {
            let _: Vec<Score> = mem::take(&mut known.scores);
        }
        let served = taken.served.into_iter();
        Self {
            store: taken.store,
            taken_at: taken.at,
            report,
            health,
            worth,
            calibration,
            week,
            load,
            demands,
            served: served.map(|one| (one.workflow.clone(), one)).collect(),
            opened: taken.opened,
            proposals: taken.proposals,
            spent,
            inventory,
        }
    }

    /// How a workflow's runs usually go.
    pub(super) fn usual(&self, id: &Located) -> Option<Usual> {
        usual(&self.inventory, id)
    }

    /// A workflow's line of the newest timetable that has one.
    pub(super) fn line(&self, id: &Located) -> Option<&Line> {
        let mut planned = self.inventory.planned.iter();
        planned.find_map(|planned| Some(planned.line(id)?.1))
    }

    /// The schedules that a workflow has, as far as a timetable tells.
    pub(super) fn schedules(&self, id: &Located) -> &[Schedule] {
        self.line(id).map_or(&[], |line| &line.current)
    }
}

fn usual(inventory: &Inventory, id: &Located) -> Option<Usual> {
    let forecast = inventory.workflows.get(id)?.forecast.as_ref()?;
    Some(Usual::of(forecast))
}

/// The pull requests that were opened since an instant, on every GitHub that a workflow is known of.
async fn opened(
    store: &Store,
    inventory: &Inventory,
    since: Timestamp,
) -> Result<Vec<(Timestamp, Located)>, StoreError> {
    let hosts: BTreeSet<&Host> = inventory.workflows.keys().map(|id| &id.host).collect();
    let mut opened = Vec::new();
    for host in hosts {
        let of_host = store.of(host).opened_since(since).await?;
        let located = |(at, id)| {
            let host = host.clone();
            (at, Located { host, id })
        };
        opened.extend(of_host.into_iter().map(located));
    }
    opened.sort();
    Ok(opened)
}

fn by_workflow(demands: Vec<Demand>) -> BTreeMap<Located, Vec<Demand>> {
    let mut by_workflow = BTreeMap::<_, Vec<_>>::new();
    for demand in demands {
        let of = by_workflow.entry(demand.workflow.clone()).or_default();
        of.push(demand);
    }
    by_workflow
}

/// The first Monday after the newest timetable was made: a week that lies wholly before whoever plans.
fn following_monday(report: &Report, taken_at: Timestamp) -> Timestamp {
    let made = report.timetables.iter().map(|source| source.made_at).max();
    monday(made.unwrap_or(taken_at)) + TimeDelta::weeks(1)
}
