//! Who plays in a simulated history: a company whose nightlies meet at midnight on one pool of runners.

use crate::{
    cost::Prices,
    domain::{Forecast, Money, RepositoryName, Schedule, Seconds, TimeZone, WorkflowId},
    plan::{Intent, Item, JobDemand, Pool},
    simulate::{Behaviour, Family},
};

/// The label of the company's runners.
pub(super) const LABEL: &str = "acme-linux";
const LABELS: [&str; 2] = [LABEL, "self-hosted"];
/// What a minute of one costs the company, in millionths of a US dollar.
const PER_MINUTE: Money = Money(4_000);
/// How many jobs they run at once.
pub(super) const CAPACITY: u32 = 6;

/// Repository, file, cron, family, minutes and jobs of each workflow.
const ROLES: [(&str, &str, &str, Family, u64, u32); 11] = [
    (
        "acme/payments",
        "nightly.yml",
        "0 0 * * *",
        Family::STEADY_BUILD,
        24,
        3,
    ),
    (
        "acme/payments",
        "reconcile.yml",
        "0 0 * * *",
        Family::ORDINARY_TESTS,
        12,
        1,
    ),
    (
        "acme/storefront",
        "e2e.yml",
        "0 0 * * *",
        Family::NOISY_TESTS,
        31,
        3,
    ),
    (
        "acme/storefront",
        "lighthouse.yml",
        "0 6 * * 1",
        Family::ORDINARY_TESTS,
        9,
        1,
    ),
    (
        "acme/data",
        "export.yml",
        "0 0 * * *",
        Family::HEAVY_TAIL,
        18,
        2,
    ),
    (
        "acme/data",
        "refresh.yml",
        "0 */6 * * *",
        Family::DRIFTING,
        6,
        1,
    ),
    (
        "acme/platform",
        "images.yml",
        "0 0 * * *",
        Family::BIMODAL_CACHE,
        14,
        2,
    ),
    (
        "acme/platform",
        "drift.yml",
        "17 5 * * *",
        Family::STEADY_BUILD,
        16,
        1,
    ),
    (
        "acme/mobile",
        "nightly.yml",
        "0 0 * * *",
        Family::STEADY_BUILD,
        28,
        2,
    ),
    (
        "acme/mobile",
        "devices.yml",
        "30 3 * * *",
        Family::FLAKY,
        8,
        1,
    ),
    (
        "acme/docs",
        "links.yml",
        "0 12 * * *",
        Family::STEADY_BUILD,
        2,
        1,
    ),
];

/// A repository that nobody works on: what runs there every day runs for nothing.
const IDLE: &str = "acme/docs";

/// How often people push to a repository on a working day.
pub(super) fn pushes_a_day(repository: &RepositoryName) -> f64 {
    if repository.as_str() == IDLE {
        0.02
    } else {
        2.0
    }
}

/// One workflow of the company.
pub(in crate::cli) struct Role {
    pub(in crate::cli) id: WorkflowId,
    pub(super) schedule: Schedule,
    family: Family,
    median: Seconds,
    jobs: u32,
}

/// Everybody.
pub(in crate::cli) fn roles() -> Vec<Role> {
    let role =
        |(repository, file, cron, family, minutes, jobs): (&str, &str, &str, _, _, _)| Role {
            id: WorkflowId {
                repository: repository.parse().expect("a repository of the cast"),
                file: file.parse().expect("a file of the cast"),
            },
            schedule: Schedule {
                cron: cron.parse().expect("a cron of the cast"),
                time_zone: TimeZone::UTC,
            },
            family,
            median: Seconds::minutes(minutes),
            jobs,
        };
    ROLES.map(role).into()
}

/// The workflow that is named first.
pub(in crate::cli) fn first() -> WorkflowId {
    roles().swap_remove(0).id
}

/// The runners that everybody shares.
pub(super) fn pool() -> Pool {
    Pool {
        labels: labels(),
        capacity: CAPACITY,
    }
}

/// What the company says its runners cost.
pub(super) fn prices() -> Prices {
    Prices::new([(LABEL.to_owned(), PER_MINUTE)])
}

fn labels() -> Vec<String> {
    LABELS.map(str::to_owned).into()
}

impl Role {
    /// Its file's path and text.
    pub(super) fn file(&self) -> (String, String) {
        let cron = self.schedule.cron.to_string();
        let text =
            format!("on:\n  schedule:\n    - cron: '{cron}'\n  workflow_dispatch:\njobs: {{}}\n");
        (self.id.file.path(), text)
    }

    /// How its runs go.
    pub(super) fn behaviour(&self) -> Behaviour {
        Behaviour::drawn(self.family.clone(), self.median)
            .on(self.jobs, &LABELS)
            .disturbed(0.01, 0.2)
    }

    /// What a planner is told of it.
    pub(super) fn item(&self, forecast: Option<Forecast>) -> Item {
        Item {
            id: self.id.clone(),
            schedules: vec![self.schedule.clone()],
            asked: Vec::new(),
            intent: Intent::default(),
            forecast,
            jobs: vec![JobDemand {
                labels: labels(),
                count: self.jobs,
            }],
            movable: true,
        }
    }
}
