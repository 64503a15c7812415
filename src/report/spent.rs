//! What runs cost, summed up in every way that people ask for: by workflow, repository, runner and month; and what would
//! spare some of it.
//!
//! Invariant: every sum is that of its workflows, so that those by repository, by runner and by workflow agree.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{
    costs::{Accounts, Priced},
    inventory::Inventory,
};
use crate::{
    cost::{Advice, Amount, Basis, Month, Rate, Saving, WINDOW_DAYS},
    domain::{Located, Schedule, Timestamp, Visibility},
};

/// What the runs of a store cost in the last days.
#[derive(Debug, Default, Serialize)]
pub(crate) struct Spent {
    /// The days that costs are those of ...
    pub(crate) days: i64,
    /// ... up to the newest run that the store has.
    pub(crate) until: Option<Timestamp>,
    pub(crate) total: Amount,
    /// The dearest first, as everywhere below.
    pub(crate) workflows: Vec<OfWorkflow>,
    pub(crate) repositories: Vec<OfRepository>,
    pub(crate) runners: Vec<OfRunner>,
    /// By month of the calendar, the newest first.
    pub(crate) months: Vec<OfMonth>,
    /// What the proposed moves would change.
    pub(crate) moves: Vec<OfMove>,
    /// What running less often would spare: for a person to judge.
    pub(crate) advice: Vec<Advised>,
}

/// What the runs of a workflow cost.
#[derive(Debug, Serialize)]
pub(crate) struct OfWorkflow {
    #[serde(skip)]
    pub(crate) id: Located,
    pub(crate) workflow: String,
    pub(crate) visibility: Option<Visibility>,
    #[serde(flatten)]
    pub(crate) amount: Amount,
    /// Since when its runs are kept, where that is less than these days: it runs too often for them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) cut_off_at: Option<Timestamp>,
    /// The labels that its jobs ran on, with the price of each.
    pub(crate) runners: Vec<OfRunner>,
}

/// What the runs of a repository cost.
#[derive(Debug, Serialize)]
pub(crate) struct OfRepository {
    pub(crate) repository: String,
    pub(crate) visibility: Option<Visibility>,
    #[serde(flatten)]
    pub(crate) amount: Amount,
}

/// What jobs cost on runners with the same labels.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct OfRunner {
    pub(crate) labels: String,
    /// What a minute costs; none where there is no price, or where repositories pay different ones.
    pub(crate) per_minute_usd: Option<f64>,
    /// Where that is from.
    pub(crate) price: String,
    #[serde(flatten)]
    pub(crate) amount: Amount,
    #[serde(skip)]
    pub(crate) rate: Option<Rate>,
}

/// What the runs of a month cost.
#[derive(Debug, Serialize)]
pub(crate) struct OfMonth {
    pub(crate) month: Month,
    #[serde(flatten)]
    pub(crate) amount: Amount,
}

/// What a move comes to.
#[derive(Debug, Serialize)]
pub(crate) struct OfMove {
    pub(crate) workflow: String,
    #[serde(flatten)]
    pub(crate) saving: Saving,
    pub(crate) says: String,
}

/// Advice about a workflow.
#[derive(Debug, Serialize)]
pub(crate) struct Advised {
    #[serde(skip)]
    pub(crate) id: Located,
    pub(crate) workflow: String,
    #[serde(flatten)]
    pub(crate) advice: Advice,
    pub(crate) says: String,
}

impl Spent {
    /// What the accounts of an inventory's workflows come to.
    pub(crate) fn of(inventory: &Inventory, accounts: &Accounts) -> Self {
        let mut workflows: Vec<OfWorkflow> = accounts
            .workflows
            .iter()
            .filter(|(_, priced)| priced.account.recent.runs > 0)
            .map(|(id, priced)| OfWorkflow::of(id, priced))
            .collect();
        let dearest =
            |amount: &Amount| std::cmp::Reverse((amount.cost.likely, amount.minutes_milli));
        workflows.sort_by_key(|one| dearest(&one.amount));
        let mut repositories = repositories(&workflows);
        repositories.sort_by_key(|one| dearest(&one.amount));
        let mut runners = runners(workflows.iter().flat_map(|one| &one.runners));
        runners.sort_by_key(|one| dearest(&one.amount));
        let mut advice: Vec<Advised> = accounts
            .workflows
            .iter()
            .flat_map(|(id, priced)| Advised::of(id, priced))
            .collect();
        advice.sort_by_key(|one| {
            let (cost, minutes) = one.advice.spares();
            std::cmp::Reverse((cost.likely, minutes))
        });
        Self {
            days: WINDOW_DAYS,
            until: accounts.until,
            total: workflows.iter().map(|one| one.amount).sum(),
            workflows,
            repositories,
            runners,
            months: months(accounts),
            moves: moves(inventory, accounts),
            advice,
        }
    }

    /// What a workflow's runs cost; none where none ran of late.
    pub(crate) fn of_workflow(&self, id: &Located) -> Option<&OfWorkflow> {
        self.workflows.iter().find(|one| one.id == *id)
    }

    /// What is advised of a workflow, in words.
    pub(crate) fn advice_on(&self, id: &Located) -> Vec<&Advised> {
        self.advice.iter().filter(|one| one.id == *id).collect()
    }

    /// Whether something ran of late whose cost can be told.
    pub(crate) const fn is_known(&self) -> bool {
        self.total.runs > self.total.unknown_runs
    }
}

impl OfWorkflow {
    fn of(id: &Located, priced: &Priced) -> Self {
        let runners = priced.account.runners.iter();
        let of = |(labels, by): (&String, &crate::cost::ByRunner)| {
            OfRunner::of(labels, Some(by.rate), by.amount)
        };
        Self {
            id: id.clone(),
            workflow: id.to_string(),
            visibility: priced.visibility,
            amount: priced.account.recent,
            cut_off_at: priced.account.cut_off_at,
            runners: runners.map(of).collect(),
        }
    }
}

impl OfRunner {
    fn of(labels: &str, rate: Option<Rate>, amount: Amount) -> Self {
        let known = rate.filter(|rate| rate.is_known());
        Self {
            labels: labels.to_owned(),
            per_minute_usd: known.map(|rate| rate.high.dollars()),
            price: rate.map_or_else(
                || "differs by repository: free, or by several prices".to_owned(),
                |rate| rate.basis.words(),
            ),
            amount,
            rate,
        }
    }

    /// What a minute costs, in words.
    pub(crate) fn per_minute(&self) -> String {
        self.rate.map_or_else(
            || "differs".to_owned(),
            |rate| match rate.basis {
                Basis::Unknown => "unknown".to_owned(),
                Basis::Connection
                | Basis::List(_)
                | Basis::Public(_)
                | Basis::MaybePublic(_)
                | Basis::SelfHosted
                | Basis::OwnServer => format!("${}", rate.high.exact()),
            },
        )
    }
}

impl Advised {
    fn of(id: &Located, priced: &Priced) -> Vec<Self> {
        let of = |advice: &Advice| Self {
            id: id.clone(),
            workflow: id.to_string(),
            advice: advice.clone(),
            says: advice.words(),
        };
        priced.account.advice.iter().map(of).collect()
    }
}

fn repositories(workflows: &[OfWorkflow]) -> Vec<OfRepository> {
    let mut sums = BTreeMap::<String, OfRepository>::new();
    for one in workflows {
        let (host, repository) = (&one.id.host, &one.id.id.repository);
        let name = if host.is_github() {
            repository.to_string()
        } else {
            format!("{host}/{repository}")
        };
        let sum = sums.entry(name.to_lowercase()).or_insert(OfRepository {
            repository: name,
            visibility: one.visibility,
            amount: Amount::default(),
        });
        sum.amount += one.amount;
    }
    sums.into_values().collect()
}

/// Sums by the labels; repositories may pay differently for the same.
fn runners<'a>(each: impl Iterator<Item = &'a OfRunner>) -> Vec<OfRunner> {
    let mut sums = BTreeMap::<&str, (Option<Rate>, Amount)>::new();
    for one in each {
        let (rate, amount) = sums
            .entry(&one.labels)
            .or_insert((one.rate, Amount::default()));
        if *rate != one.rate {
            *rate = None;
        }
        *amount += one.amount;
    }
    let of = |(labels, (rate, amount)): (&str, _)| OfRunner::of(labels, rate, amount);
    sums.into_iter().map(of).collect()
}

fn months(accounts: &Accounts) -> Vec<OfMonth> {
    let mut sums = BTreeMap::<Month, Amount>::new();
    for priced in accounts.workflows.values() {
        for (month, amount) in &priced.account.months {
            *sums.entry(*month).or_default() += *amount;
        }
    }
    let of = |(month, amount)| OfMonth { month, amount };
    sums.into_iter().rev().map(of).collect()
}

fn moves(inventory: &Inventory, accounts: &Accounts) -> Vec<OfMove> {
    let Some(until) = accounts.until else {
        return Vec::new();
    };
    let lines = inventory.planned.iter().flat_map(|planned| {
        let ids = planned.timetable.lines.keys();
        ids.filter_map(|id| {
            planned.line(&Located {
                host: planned.host.clone(),
                id: id.clone(),
            })
        })
    });
    let of = |(id, line): (Located, &crate::plan::Line)| {
        let moves = line.current != line.proposed;
        let account = &accounts.workflows.get(&id).filter(|_| moves)?.account;
        let per_run = account.per_scheduled_run()?;
        let schedules: [&[Schedule]; 2] = [&line.current, &line.proposed];
        let saving = Saving::of(schedules[0], schedules[1], per_run, until);
        Some(OfMove {
            workflow: id.to_string(),
            says: saving.words(),
            saving,
        })
    };
    lines.filter_map(of).collect()
}
