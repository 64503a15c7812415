//! Runs and jobs: listing them with GitHub's filters, reading one, running one again.

use chrono::{NaiveDate, TimeDelta};
use serde_json::{Value, json};

use super::{
    answer::{self, Answer},
    call::Call,
    json,
};
use crate::{
    domain::{RunStatus, Timestamp},
    simulate::{
        Refusal,
        run::{Attempt, SimRun},
    },
};

/// GitHub gives at most this many runs per query, whatever their number.
const MOST_RUNS: usize = 1_000;

/// `GET .../actions/runs`.
pub(super) fn of_repository(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    listing(call, |_| true)
}

/// `GET .../actions/workflows/{workflow_id}/runs`.
pub(super) fn of_workflow(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let file = call
        .repository()?
        .workflow(call.param("workflow_id"))?
        .file
        .clone();
    listing(call, |run| run.file == file)
}

/// `GET .../actions/runs/{run_id}`.
pub(super) fn get(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let run = found(call)?;
    Ok(Answer::ok(draw(call, run, run.current())?))
}

/// `GET .../attempts/{attempt_number}`.
pub(super) fn attempt(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let run = found(call)?;
    Ok(Answer::ok(draw(call, run, asked_attempt(call, run)?)?))
}

/// `GET .../actions/runs/{run_id}/jobs`, of the latest attempt or of all.
pub(super) fn jobs(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let run = found(call)?;
    let all = call.asked("filter") == Some("all");
    let attempts: Vec<&Attempt> = if all {
        run.attempts.iter().collect()
    } else {
        vec![run.current()]
    };
    job_listing(call, run, &attempts)
}

/// `GET .../attempts/{attempt_number}/jobs`.
pub(super) fn jobs_of_attempt(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let run = found(call)?;
    job_listing(call, run, &[asked_attempt(call, run)?])
}

/// `POST .../rerun`.
pub(super) fn rerun(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (place, id) = (call.place()?, found(call)?.id);
    call.world.rerun_at(place, id)?;
    Ok(Answer::created(json!({})))
}

/// `POST .../cancel`.
pub(super) fn cancel(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let (place, run) = (call.place()?, found(call)?);
    if run.current().status == RunStatus::Completed {
        return Err(Refusal::new(
            409,
            "Cannot cancel a workflow run that is completed.",
        ));
    }
    let id = run.id;
    call.world.cancel_run(place, id);
    Ok(Answer {
        status: 202,
        ..Answer::ok(json!({}))
    })
}

fn found<'a>(call: &'a Call<'_>) -> Result<&'a SimRun, Refusal> {
    call.repository()?
        .runs
        .get(&call.number("run_id")?)
        .ok_or_else(Refusal::not_found)
}

fn asked_attempt<'a>(call: &Call<'_>, run: &'a SimRun) -> Result<&'a Attempt, Refusal> {
    let number = u32::try_from(call.number("attempt_number")?).map_err(|_| Refusal::not_found())?;
    run.attempt(number).ok_or_else(Refusal::not_found)
}

fn draw(call: &Call<'_>, run: &SimRun, attempt: &Attempt) -> Result<Value, Refusal> {
    Ok(json::run(
        &call.api,
        &call.web,
        call.repository()?,
        run,
        attempt,
    ))
}

fn listing(call: &Call<'_>, of: impl Fn(&SimRun) -> bool) -> Result<Answer, Refusal> {
    let created = call.asked("created").map(Range::read).transpose()?;
    let repository = call.repository()?;
    let matches = |run: &&SimRun| {
        let same = |name: &str, value: &str| call.asked(name).is_none_or(|wanted| wanted == value);
        of(run)
            && created
                .as_ref()
                .is_none_or(|range| range.holds(run.created_at))
            && same("event", run.event)
            && same("branch", &run.head_branch)
            && same("actor", &run.actor)
            && same("head_sha", &run.head_sha)
            && call
                .asked("status")
                .is_none_or(|wanted| has_status(run.current(), wanted))
    };
    let mut runs: Vec<&SimRun> = repository.runs.values().rev().filter(matches).collect();
    let total = runs.len();
    runs.truncate(MOST_RUNS);
    Ok(answer::counted(
        call,
        "workflow_runs",
        total,
        &runs,
        |run| json::run(&call.api, &call.web, repository, run, run.current()),
    ))
}

/// `status` filters by status or by conclusion.
fn has_status(attempt: &Attempt, wanted: &str) -> bool {
    let status: &'static str = attempt.status.into();
    let conclusion: Option<&'static str> = attempt.conclusion.map(Into::into);
    status == wanted || conclusion == Some(wanted)
}

fn job_listing(call: &Call<'_>, run: &SimRun, attempts: &[&Attempt]) -> Result<Answer, Refusal> {
    let repository = call.repository()?;
    let pairs = attempts
        .iter()
        .flat_map(|attempt| attempt.jobs.iter().map(move |job| (*attempt, job)));
    let jobs: Vec<_> = pairs.collect();
    Ok(answer::counted(
        call,
        "jobs",
        jobs.len(),
        &jobs,
        |(attempt, job)| json::job(&call.api, &call.web, repository, run, attempt, job),
    ))
}

/// A range of instants in GitHub's search syntax; ends are included unless written strictly.
struct Range {
    from: Option<Timestamp>,
    until: Option<Timestamp>,
}

impl Range {
    /// Reads `2026-01-01`, `>=a`, `>a`, `<=b`, `<b`, `a..b`, `a..*` and `*..b`, each end a date or an instant.
    fn read(text: &str) -> Result<Self, Refusal> {
        if let Some((from, until)) = text.split_once("..") {
            return Ok(Self {
                from: begin(from)?,
                until: end(until)?,
            });
        }
        let second = TimeDelta::seconds(1);
        let later = |at: Option<Timestamp>| at.map(|at| at + second);
        let earlier = |at: Option<Timestamp>| at.map(|at| at - second);
        if let Some(rest) = text.strip_prefix(">=") {
            return Ok(Self {
                from: begin(rest)?,
                until: None,
            });
        }
        if let Some(rest) = text.strip_prefix("<=") {
            return Ok(Self {
                from: None,
                until: end(rest)?,
            });
        }
        if let Some(rest) = text.strip_prefix('>') {
            return Ok(Self {
                from: later(end(rest)?),
                until: None,
            });
        }
        if let Some(rest) = text.strip_prefix('<') {
            return Ok(Self {
                from: None,
                until: earlier(begin(rest)?),
            });
        }
        Ok(Self {
            from: begin(text)?,
            until: end(text)?,
        })
    }

    fn holds(&self, at: Timestamp) -> bool {
        self.from.is_none_or(|from| from <= at) && self.until.is_none_or(|until| at <= until)
    }
}

/// The first instant that a text names; none for `*`.
fn begin(text: &str) -> Result<Option<Timestamp>, Refusal> {
    bound(text, TimeDelta::zero())
}

/// The last instant that a text names: a date goes on to its last second.
fn end(text: &str) -> Result<Option<Timestamp>, Refusal> {
    bound(text, TimeDelta::seconds(86_399))
}

fn bound(text: &str, of_a_date: TimeDelta) -> Result<Option<Timestamp>, Refusal> {
    if text == "*" {
        return Ok(None);
    }
    // A `+` of an offset arrives as a space when the client did not escape it.
    let text = text.trim().replace(' ', "+");
    let instant = text.parse::<Timestamp>().ok();
    let date = || {
        Some(
            text.parse::<NaiveDate>()
                .ok()?
                .and_hms_opt(0, 0, 0)?
                .and_utc()
                + of_a_date,
        )
    };
    instant
        .or_else(date)
        .map(Some)
        .ok_or_else(|| Refusal::invalid("Search", "created", "invalid"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn holds(range: &str, at: &str) -> bool {
        Range::read(range).unwrap().holds(at.parse().unwrap())
    }

    #[test]
    fn ranges_of_creation_are_read_as_githubs_search_reads_them() {
        assert!(holds("2026-01-01", "2026-01-01T23:59:59Z"));
        assert!(!holds("2026-01-01", "2026-01-02T00:00:00Z"));
        assert!(holds(">=2026-01-01T05:00:00Z", "2026-01-01T05:00:00Z"));
        assert!(!holds(">2026-01-01", "2026-01-01T05:00:00Z"));
        assert!(holds("*..2026-01-01", "2020-01-01T05:00:00Z"));
        assert!(holds(
            "2026-01-01T00:00:00+00:00..2026-01-02",
            "2026-01-02T10:00:00Z"
        ));
        assert!(Range::read("yesterday").is_err());
    }
}
