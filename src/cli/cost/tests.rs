//! What costs say, to the letter: of a company with measured and unmeasured runs, a public repository, runners without a price,
//! a workflow that always fails, and one of which no job is known.

use chrono::TimeDelta;

use super::*;
use crate::{
    cli::simulate,
    cost::{Account, Amount, Prices, SPAN_DAYS},
    domain::{Conclusion, Host, Job, Run, RunId, RunStatus, Visibility, WorkflowId},
    observe::charges,
    report::{self, Inventory, Spent, sample},
    store::Store,
};

/// A workflow that runs every night.
struct Nightly {
    id: WorkflowId,
    nights: u64,
    /// Of how many of the newest nights the jobs are known.
    measured: u64,
    conclusion: Conclusion,
    labels: &'static str,
    /// Whether every night has a commit of its own.
    is_busy: bool,
}

impl Nightly {
    fn run(&self, night: u64) -> Run {
        let ago = i64::try_from(self.nights - night).expect("few nights");
        let created_at = sample::now() - TimeDelta::days(ago);
        // Every seventh night somebody cancels it, halfway.
        let is_cancelled = night % 7 == 3 && self.conclusion == Conclusion::Success;
        let minutes = if is_cancelled {
            9
        } else {
            18 + night.cast_signed() % 4
        };
        let conclusion = if is_cancelled {
            Conclusion::Cancelled
        } else {
            self.conclusion
        };
        let commit = if self.is_busy { night } else { 0xf0f };
        Run {
            id: RunId(night + 1 + 1_000 * u64::from(self.id.file.as_str().as_bytes()[0])),
            attempt: 1,
            workflow: self.id.file.clone(),
            event: "schedule".to_owned(),
            status: RunStatus::Completed,
            conclusion: Some(conclusion),
            created_at,
            started_at: created_at,
            updated_at: created_at + TimeDelta::seconds(minutes * 60 + 20),
            head_branch: Some("main".to_owned()),
            head_sha: format!("{commit:040x}"),
        }
    }

    fn jobs(&self, run: &Run) -> [Job; 2] {
        [0, 1].map(|at| Job {
            id: run.id.0 * 10 + at,
            run_id: run.id,
            attempt: 1,
            name: "build".to_owned(),
            labels: self.labels.split(',').map(str::to_owned).collect(),
            created_at: run.created_at,
            started_at: Some(run.created_at),
            completed_at: Some(run.updated_at - TimeDelta::minutes(4 * at.cast_signed())),
            conclusion: run.conclusion,
        })
    }

    async fn record(&self, store: &Store) {
        let runs: Vec<Run> = (0..self.nights).map(|night| self.run(night)).collect();
        let recorded = store.record_runs(&self.id.repository, &runs, None, sample::now());
        recorded.await.expect("a store that takes runs");
        let newest = runs
            .iter()
            .rev()
            .take(usize::try_from(self.measured).expect("few"));
        let jobs: Vec<Job> = newest.flat_map(|run| self.jobs(run)).collect();
        let recorded = store.record_jobs(&self.id.repository, &jobs).await;
        recorded.expect("a store that takes jobs");
    }
}

/// The company.
pub(in crate::cli) async fn company() -> (Inventory, Spent) {
    let store = Store::open("sqlite::memory:").await.expect("a store");
    let timetable = sample::inventory().planned.remove(0).timetable;
    sample::put(&store, "ci/acme", &timetable, sample::now()).await;
    let nightly = |name, nights, measured, conclusion, labels, is_busy| Nightly {
        id: sample::id(name),
        nights,
        measured,
        conclusion,
        labels,
        is_busy,
    };
    let (good, bad) = (Conclusion::Success, Conclusion::Failure);
    for workflow in [
        nightly("acme/app/nightly.yml", 80, 12, good, "ubuntu-latest", false),
        nightly(
            "acme/app/e2e|web.yml",
            25,
            25,
            good,
            "acme-linux,self-hosted",
            true,
        ),
        nightly("acme/data/export.yml", 40, 3, bad, "windows-latest", false),
        nightly("acme/data/import.yml", 9, 9, good, "gpu-large", true),
        nightly("acme/docs/links.yml", 12, 12, good, "ubuntu-latest", true),
        nightly("acme/docs/spell.yml", 5, 0, good, "ubuntu-latest", true),
    ] {
        workflow.record(&store).await;
    }
    for (repository, visibility) in [
        ("acme/app", Visibility::Private),
        ("acme/docs", Visibility::Public),
    ] {
        let repository = repository.parse().expect("a repository");
        let put = store.put_visibility(&repository, visibility).await;
        put.expect("a store that takes it");
    }
    let prices = Prices::new([("acme-linux".to_owned(), "0.004".parse().expect("a price"))]);
    let put = store.put_prices("ci/acme", &charges::body(&prices)).await;
    put.expect("a store that takes prices");
    let inventory = report::read(&store, 10, |_| true)
        .await
        .expect("an inventory");
    let accounts = report::costs(&store, &inventory).await.expect("costs");
    let spent = Spent::of(&inventory, &accounts);
    (inventory, spent)
}

fn printed(spent: &Spent, format: Format) -> String {
    let mut out = Vec::new();
    print(&mut out, format, spent, || page::page(spent)).expect("memory takes it");
    String::from_utf8(out).expect("text")
}

#[tokio::test]
async fn costs_tell_what_is_measured_and_what_is_estimated_in_every_way_that_people_ask_for() {
    let (_, spent) = company().await;
    insta::assert_snapshot!(printed(&spent, Format::Text));
}

#[tokio::test]
async fn costs_in_markdown_escape_what_would_be_markup() {
    let (_, spent) = company().await;
    let text = printed(&spent, Format::Markdown);
    assert!(text.contains("acme/app/e2e\\|web.yml"), "{text}");
    insta::assert_snapshot!(text);
}

#[tokio::test]
async fn costs_as_data_hold_what_the_page_tells() {
    let (_, spent) = company().await;
    insta::assert_snapshot!(printed(&spent, Format::Json));
    let yaml = printed(&spent, Format::Yaml);
    assert!(yaml.contains("likely_usd:"), "{yaml}");
}

#[test]
fn a_store_without_runs_tells_no_cost_instead_of_none() {
    let spent = Spent::of(&Inventory::default(), &report::Accounts::default());
    let text = printed(&spent, Format::Text);
    assert!(
        text.starts_with("No run is stored, so no cost can be told\n"),
        "{text}"
    );
    assert!(text.contains("cost                   unknown"), "{text}");
}

/// What a controller asks for that has just begun to look: the jobs of the ten newest runs that succeeded at once, and of three
/// others.
fn asked_for(runs: &[Run], jobs: &[Job]) -> Vec<Job> {
    let newest = |is_clean: bool, number: usize| {
        let of_kind = runs
            .iter()
            .rev()
            .filter(move |run| run.evident_duration().is_some() == is_clean);
        of_kind.take(number).map(|run| (run.id, run.attempt))
    };
    let asked: Vec<_> = newest(true, 10).chain(newest(false, 3)).collect();
    let is_asked = |job: &&Job| asked.contains(&(job.run_id, job.attempt));
    jobs.iter().filter(is_asked).cloned().collect()
}

#[tokio::test]
async fn what_a_simulated_company_really_spends_lies_between_the_bounds_that_some_of_its_jobs_tell()
{
    let store = Store::open("sqlite::memory:").await.expect("a store");
    let args = simulate::SimulateArgs {
        seed: 11,
        days: 30,
        until: Some(sample::now()),
        store: String::new(),
        format: Format::Text,
    };
    simulate::write(&store, &args, sample::now())
        .await
        .expect("a history");
    let prices = Prices::new([("acme-linux".to_owned(), "0.004".parse().expect("a price"))]);
    let terms = charges::terms(prices, Some(Visibility::Private), &Host::default());
    let (mut truth, mut told) = (Amount::default(), Amount::default());
    for role in simulate::cast::roles() {
        let since = sample::now() - TimeDelta::days(SPAN_DAYS);
        let runs = store.runs_since(&role.id, since).await.expect("runs");
        let jobs = store.jobs_since(&role.id, since).await.expect("jobs");
        let of = |jobs: &[Job]| Account::of(&runs, jobs, &terms, sample::now()).recent;
        let (all, some) = (of(&jobs), of(&asked_for(&runs, &jobs)));
        let (real, cost) = (all.cost.likely, some.cost);
        assert!(
            cost.low <= real && real <= cost.high,
            "{}: {real} is not in {}",
            role.id,
            cost.words()
        );
        truth += all;
        told += some;
    }
    let error = told.cost.likely.0.abs_diff(truth.cost.likely.0) * 100;
    assert!(
        error <= truth.cost.likely.0 * 5,
        "{} are told of {}, measured in {} of {} runs",
        told.cost.words(),
        truth.cost.likely,
        told.measured_runs,
        told.runs
    );
    // Otherwise nothing was estimated, and nothing shown.
    assert!(told.measured_runs * 2 < truth.measured_runs, "{told:?}");
}
