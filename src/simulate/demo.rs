//! The world of the demo: a small company whose nightlies all start at midnight on one pool of runners.
//!
//! Owns the script: eight repositories, fourteen scheduled workflows in the shapes that real files have, 45 days of
//! history. Invariant: the same seed and instant give the same world.

use std::path::Path;

use super::{
    Behaviour, Family, Histories, Lateness, NewRepository, Permissions, Refusal, Regime, Settings,
    World, replay::nearest,
};
use crate::domain::{RepositoryName, Seconds, Timestamp, WorkflowId};

/// The account that owns the demo's repositories.
pub const DEMO_OWNER: &str = "acme";

/// A token of the demo that may do everything.
pub const DEMO_TOKEN: &str = "github_pat_demo";

/// The label of the demo's one pool of runners.
pub const DEMO_POOL: &str = "acme-linux";

/// How many jobs that pool runs at once.
pub const DEMO_POOL_CAPACITY: u32 = 6;

/// The days of history the demo begins with.
pub const DEMO_HISTORY_DAYS: u32 = 45;
/// How often people push to each repository on a working day.
const PUSHES_A_DAY: f64 = 2.0;

/// One workflow of the script.
struct Act {
    repository: &'static str,
    file: &'static str,
    /// What stands above `on:`.
    head: &'static str,
    /// The lines of `on:`, from the schedule on, in the file's own style.
    on: &'static str,
    /// The job's lines after `runs-on`.
    steps: &'static str,
    family: Family,
    minutes: u64,
    jobs: u32,
}

const BUILD: &str = "    steps:\n      - uses: actions/checkout@v5\n      - run: make nightly\n";
const HOLIDAY: &str = "    steps:\n      - uses: actions/checkout@v5\n      - if: github.event.schedule == '0 0 * * *'\n        run: make full-import\n      - run: make import\n";
const GENERATED: &str =
    "# This file is generated from templates/cleanup.yml.tmpl by `make workflows`. DO NOT EDIT.\n";

/// The script, repository by repository.
const ACTS: &[Act] = &[
    Act {
        repository: "payments",
        file: "nightly.yml",
        head: "",
        on: "  schedule:\n    - cron: '0 0 * * *' # every night at midnight\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::STEADY_BUILD,
        minutes: 24,
        jobs: 3,
    },
    Act {
        repository: "payments",
        file: "reconcile.yml",
        head: "",
        on: "  schedule:\n    - cron: \"0 2 * * *\"\n      timezone: Europe/Berlin\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::ORDINARY_TESTS,
        minutes: 12,
        jobs: 1,
    },
    Act {
        repository: "storefront",
        file: "e2e.yml",
        head: "",
        on: "  schedule:\n    # Runs every day at 00:00 UTC.\n    - cron: \"0 0 * * *\"\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::NOISY_TESTS,
        minutes: 31,
        jobs: 4,
    },
    Act {
        repository: "storefront",
        file: "lighthouse.yml",
        head: "",
        on: "  schedule:\n    - cron: 0 6 * * 1\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::ORDINARY_TESTS,
        minutes: 9,
        jobs: 1,
    },
    Act {
        repository: "platform",
        file: "build-images.yml",
        head: "",
        on: "  schedule:\n    - cron: '0 0 * * *'\n    - cron: '0 12 * * 6'\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::HEAVY_TAIL,
        minutes: 38,
        jobs: 3,
    },
    Act {
        repository: "platform",
        file: "cleanup.yml",
        head: GENERATED,
        on: "  schedule:\n    - cron: '0 0 * * *'\n",
        steps: BUILD,
        family: Family::STEADY_BUILD,
        minutes: 6,
        jobs: 1,
    },
    Act {
        repository: "mobile",
        file: "nightly-build.yaml",
        head: "",
        on: "  schedule:\n    - cron: '0 0 * * *'\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::DRIFTING,
        minutes: 27,
        jobs: 2,
    },
    Act {
        repository: "data-pipeline",
        file: "export.yml",
        head: "",
        on: "  workflow_dispatch:\n  schedule:\n    - cron: '0 0 * * *'\n",
        steps: BUILD,
        family: Family::HEAVY_TAIL,
        minutes: 19,
        jobs: 2,
    },
    Act {
        repository: "data-pipeline",
        file: "report.yml",
        head: "",
        on: "  schedule:\n    - cron: '0 1 * * *' # needs the export\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::STEADY_BUILD,
        minutes: 8,
        jobs: 1,
    },
    Act {
        repository: "data-pipeline",
        file: "import.yml",
        head: "",
        on: "  schedule:\n    - cron: '0 0 * * *'\n    - cron: '0 8 * * *'\n",
        steps: HOLIDAY,
        family: Family::ORDINARY_TESTS,
        minutes: 14,
        jobs: 2,
    },
    Act {
        repository: "docs",
        file: "link-check.yml",
        head: "",
        on: "  schedule:\n    - cron: '23 4 * * *'\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::FLAKY,
        minutes: 5,
        jobs: 1,
    },
    Act {
        repository: "infra",
        file: "drift.yml",
        head: "",
        on: "  schedule:\n    - cron: '17 5 * * *'\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::STEADY_BUILD,
        minutes: 11,
        jobs: 1,
    },
    Act {
        repository: "infra",
        file: "certificates.yml",
        head: "",
        on: "  schedule:\n    - cron: '0 */6 * * *'\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::STEADY_BUILD,
        minutes: 4,
        jobs: 1,
    },
    Act {
        repository: "ml-models",
        file: "train.yml",
        head: "",
        on: "  schedule:\n    - cron: '0 0 * * *'\n  workflow_dispatch:\n",
        steps: BUILD,
        family: Family::BIMODAL_CACHE,
        minutes: 22,
        jobs: 4,
    },
];

/// Makes the demo's world in a folder: it ends at `now` with 45 days behind it.
///
/// Fires are served about nine minutes late, so that what the pool does to the night stands out. Where there are recorded
/// histories, each workflow replays the one that is most like it.
///
/// # Errors
/// When the folder cannot be written or holds a world already.
pub fn demo_world(
    seed: u64,
    folder: &Path,
    now: Timestamp,
    recorded: &Histories,
) -> Result<World, Refusal> {
    let mut settings = Settings::new(seed, now, folder);
    settings.lateness = Lateness::always(Regime::flat(9.0, 0.5).dropping(0.01));
    settings.null_share = 0.01;
    let mut world = World::new(settings);
    world.add_pool(DEMO_POOL, DEMO_POOL_CAPACITY);
    world.add_token(DEMO_TOKEN, "ada", Permissions::all());
    let mut begun: Vec<&str> = Vec::new();
    for act in ACTS {
        if !begun.contains(&act.repository) {
            begun.push(act.repository);
            add_repository(&mut world, act.repository, recorded)?;
        }
    }
    for repository in begun {
        let name = format!("{DEMO_OWNER}/{repository}");
        let name = name.parse().expect("a repository of the demo");
        world.push_daily(&name, DEMO_HISTORY_DAYS, PUSHES_A_DAY)?;
    }
    world.backfill(DEMO_HISTORY_DAYS);
    Ok(world)
}

/// Adds a repository with its workflows and how they behave.
fn add_repository(
    world: &mut World,
    repository: &str,
    recorded: &Histories,
) -> Result<(), Refusal> {
    let name: RepositoryName = format!("{DEMO_OWNER}/{repository}")
        .parse()
        .map_err(|_| Refusal::not_found())?;
    let own: Vec<&Act> = ACTS
        .iter()
        .filter(|act| act.repository == repository)
        .collect();
    let readme = (
        "README.md".to_owned(),
        format!("# {repository}\n").into_bytes(),
    );
    let workflows = own.iter().map(|act| {
        (
            format!(".github/workflows/{}", act.file),
            text(act).into_bytes(),
        )
    });
    let files = std::iter::once(readme).chain(workflows).collect();
    for act in own {
        let file = act.file.parse().map_err(|_| Refusal::not_found())?;
        let median = Seconds::minutes(act.minutes);
        let behaviour = match nearest(recorded, median) {
            Some(history) => Behaviour::replayed(history.clone()),
            None => Behaviour::drawn(act.family.clone(), median),
        };
        let behaviour = behaviour
            .on(act.jobs, &["self-hosted", DEMO_POOL])
            .disturbed(0.005, 0.3);
        world.behave(
            &WorkflowId {
                repository: name.clone(),
                file,
            },
            behaviour,
        );
    }
    let topics = vec!["scheduled".to_owned()];
    world.add_repository(NewRepository {
        files,
        topics,
        ..NewRepository::new(name, &[])
    })
}

/// The text of a workflow file; the mobile team works on Windows and commits CRLF.
fn text(act: &Act) -> String {
    let title = act.file.split('.').next().unwrap_or(act.file);
    let matrix = (1..=act.jobs)
        .map(|part| part.to_string())
        .collect::<Vec<_>>()
        .join(", ");
    let lines = format!(
        "{}name: {title}\n\non:\n{}\njobs:\n  build:\n    strategy:\n      matrix:\n        part: [{matrix}]\n    \
         runs-on: [self-hosted, {DEMO_POOL}]\n{}",
        act.head, act.on, act.steps
    );
    if act.repository == "mobile" {
        lines.replace('\n', "\r\n")
    } else {
        lines
    }
}
