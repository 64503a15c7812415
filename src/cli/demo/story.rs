//! The story: declared, observed, forecast, proposed, merged, in sync; and a no that stays a no.

use super::{
    pulls::{Review, reviews},
    stage::{Stage, now},
    summary::{Check, Requests, Stored, Summary},
    tell::Teller,
};
use crate::{
    api::{
        WorkflowScheduleStatus,
        condition::{self, ConditionStatus},
    },
    cli::{
        page::{Content, Page},
        standalone::{Concluded, table},
    },
    domain::{RepositoryName, Seconds},
};

/// How long the shell watches before the first look at pull requests: long enough for forecasts to meet their runs.
const WATCHED: Seconds = Seconds::days(3);
/// How long GitHub and the shell take to catch up with a person's deed; an interval and a bit.
const A_MOMENT: Seconds = Seconds::minutes(12);

/// Tells the story and sums it up.
pub(super) async fn tell(stage: &mut Stage, teller: &mut Teller<'_>) -> anyhow::Result<Summary> {
    declare(stage, teller).await?;
    watch(stage, teller).await?;
    let open = propose(stage, teller)?;
    let mut checks = vec![check("pull requests were opened", !open.is_empty())];
    if let [merged, rest @ ..] = open.as_slice() {
        checks.push(merge(stage, teller, merged).await?);
        if let Some(declined) = rest.last() {
            checks.push(decline(stage, teller, declined).await?);
        }
    }
    let summary = sum_up(stage, checks).await?;
    end(stage, teller, &summary)?;
    Ok(summary)
}

async fn declare(stage: &mut Stage, teller: &mut Teller<'_>) -> anyhow::Result<()> {
    teller.chapter("Declared, and looked at for the first time")?;
    let counts = (
        stage.shell.manifests().connections.len(),
        stage.shell.manifests().schedules.len(),
    );
    teller.say(&format!(
        "{} connection and {} schedules are declared; the simulated GitHub listens at http://{}.\nIt is {} there, with 45 days of runs behind it.\n",
        counts.0, counts.1, stage.address, now(&stage.world).format("%A, %Y-%m-%d %H:%M UTC"),
    ))?;
    stage.shell.round(teller.progress("looking at")).await;
    teller.say(&table(&stage.shell))?;
    Ok(())
}

async fn watch(stage: &mut Stage, teller: &mut Teller<'_>) -> anyhow::Result<()> {
    teller.chapter(
        "Three nights pass: every forecast is stored before its run and scored after it",
    )?;
    let concluded = stage.pass(WATCHED, teller.progress("watching")).await;
    events(teller, &concluded)?;
    teller.say("")?;
    teller.page(&accuracy(stage))?;
    teller.say("")?;
    teller.say(&table(&stage.shell))?;
    Ok(())
}

/// What the forecasts were worth, one row for each schedule that has some.
fn accuracy(stage: &Stage) -> Page {
    let schedules = stage.shell.schedules().iter();
    let row = |(identity, status): (&String, &WorkflowScheduleStatus)| {
        let accuracy = status.accuracy.as_ref()?;
        Some(vec![
            identity.clone(),
            accuracy.comparisons.to_string(),
            format!("{}%", accuracy.score),
            format!("{}%", accuracy.median_error),
        ])
    };
    let table = Content::Table {
        header: vec!["name", ">forecasts", ">within 25%", ">median error"],
        rows: schedules.filter_map(row).collect(),
    };
    Page::new("Forecasts that met their run:").with("", table)
}

fn propose(stage: &Stage, teller: &mut Teller<'_>) -> anyhow::Result<Vec<Review>> {
    teller.chapter("What was proposed")?;
    let open: Vec<_> = reviews(stage)
        .into_iter()
        .filter(|review| review.state == "open")
        .collect();
    for review in &open {
        teller.say(&format!(
            "{}#{}: {}\n",
            review.repository, review.number, review.title
        ))?;
        teller.quote(&review.diff)?;
        teller.say("")?;
        teller.quote(&review.body)?;
        teller.say("")?;
    }
    Ok(open)
}

async fn merge(
    stage: &mut Stage,
    teller: &mut Teller<'_>,
    review: &Review,
) -> anyhow::Result<Check> {
    let name = format!("{}#{}", review.repository, review.number);
    teller.chapter(&format!("A person merges {name}"))?;
    let repository: RepositoryName = review.repository.parse()?;
    let merged = stage.with_world(|world| world.merge(&repository, review.number));
    merged.map_err(|refusal| anyhow::anyhow!("{name} could not be merged: {refusal:?}"))?;
    let concluded = stage.pass(A_MOMENT, teller.progress("watching")).await;
    events(teller, &concluded)?;
    let object = object_of(stage, review);
    let in_sync = object
        .as_deref()
        .is_some_and(|object| is_in_sync(stage, object));
    let object = object.unwrap_or_default();
    teller.say(&format!(
        "{object} is {}.",
        if in_sync { "InSync" } else { "not InSync" }
    ))?;
    Ok(check(
        &format!("{object} turned InSync after {name} was merged"),
        in_sync,
    ))
}

async fn decline(
    stage: &mut Stage,
    teller: &mut Teller<'_>,
    review: &Review,
) -> anyhow::Result<Check> {
    let name = format!("{}#{}", review.repository, review.number);
    teller.chapter(&format!(
        "Another person closes {name}: a no that stays a no"
    ))?;
    let repository: RepositoryName = review.repository.parse()?;
    let before = stage.with_world(|world| world.pulls(&repository).map_or(0, |pulls| pulls.len()));
    let closed = stage.with_world(|world| world.close(&repository, review.number));
    closed.map_err(|refusal| anyhow::anyhow!("{name} could not be closed: {refusal:?}"))?;
    let concluded = stage
        .pass(Seconds::hours(6), teller.progress("watching"))
        .await;
    events(teller, &concluded)?;
    let after = stage.with_world(|world| world.pulls(&repository).map_or(0, |pulls| pulls.len()));
    teller.say(&format!(
        "Six hours later nobody has asked again: {repository} has as many pull requests as before."
    ))?;
    Ok(check(
        &format!("nothing was proposed again after {name} was closed"),
        before == after,
    ))
}

fn end(stage: &Stage, teller: &mut Teller<'_>, summary: &Summary) -> anyhow::Result<()> {
    teller.chapter("Where things stand")?;
    teller.say(&table(&stage.shell))?;
    teller.say(&format!(
        "{} runs recorded, {} forecasts stored beforehand, {} scored. {} requests to GitHub, {} of them free (not modified).\n",
        summary.stored.runs, summary.stored.forecasts, summary.stored.scores, summary.requests.answered, summary.requests.not_modified,
    ))?;
    for check in &summary.checks {
        teller.say(&format!(
            "  {} {}",
            if check.holds { "ok " } else { "NOT" },
            check.what
        ))?;
    }
    Ok(())
}

async fn sum_up(stage: &Stage, mut checks: Vec<Check>) -> anyhow::Result<Summary> {
    let counts = stage.store.counts().await?;
    let (answered, not_modified, unknown) = stage.with_world(|world| {
        let requests = world.requests();
        (
            requests.log().len(),
            requests.conditional_hits(),
            requests.unknown_endpoints().len(),
        )
    });
    checks.push(check(
        "forecasts were stored and scored",
        counts.forecasts > 0 && counts.scores > 0,
    ));
    checks.push(check(
        "every request was one that GitHub knows",
        unknown == 0,
    ));
    checks.push(check("every schedule is Ready", stage.shell.is_ready()));
    Ok(Summary {
        schedules: stage.shell.schedules().clone(),
        pull_requests: reviews(stage),
        checks,
        stored: Stored {
            runs: counts.runs,
            forecasts: counts.forecasts,
            scores: counts.scores,
        },
        requests: Requests {
            answered,
            not_modified,
        },
    })
}

fn events(teller: &mut Teller<'_>, concluded: &[Concluded]) -> anyhow::Result<()> {
    for Concluded { object, events } in concluded {
        for event in events {
            teller.say(&format!("  {object}: {} - {}", event.reason, event.message))?;
        }
    }
    Ok(())
}

/// The object that a pull request was opened for.
fn object_of(stage: &Stage, review: &Review) -> Option<String> {
    let number = i64::try_from(review.number).ok()?;
    let of = |(identity, schedule): (&String, &crate::api::WorkflowSchedule)| {
        let pull = stage
            .shell
            .schedules()
            .get(identity)?
            .pull_request
            .as_ref()?;
        (schedule.spec.repository == review.repository && pull.number == number)
            .then(|| identity.clone())
    };
    stage.shell.manifests().schedules.iter().find_map(of)
}

fn is_in_sync(stage: &Stage, object: &str) -> bool {
    let conditions = stage
        .shell
        .schedules()
        .get(object)
        .map(|status| status.conditions.as_slice())
        .unwrap_or_default();
    condition::find(conditions, condition::IN_SYNC)
        .is_some_and(|found| found.status == ConditionStatus::True)
}

fn check(what: &str, holds: bool) -> Check {
    Check {
        what: what.to_owned(),
        holds,
    }
}
