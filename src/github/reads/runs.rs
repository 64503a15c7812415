//! Runs of all workflows of a repository, by when they were created, and the jobs of one.
//!
//! Invariant: a listing is complete. GitHub cuts one at 1,000 rows without saying so; a window that reaches that many is
//! split in halves until each fits.

use std::collections::BTreeMap;

use chrono::SecondsFormat;

use super::repository_path;
use crate::{
    domain::{Job, RepositoryName, Run, RunId, Seconds, Timestamp},
    github::{
        Client, Error, Result, Wrote,
        call::Call,
        paging::{PAGE, Pages},
        target::query,
        wire::run::{JobPage, RunPage},
    },
};

/// The rows a windowed listing has at most (GitHub).
const MOST_ROWS: usize = 1_000;
/// One page more than [`MOST_ROWS`] fill, so that a server with shorter pages is served as well.
const MOST_PAGES: usize = MOST_ROWS / PAGE + 1;
/// How many windows one listing may be split into (ours): some hundred thousand runs in one call are a mistake.
const MOST_WINDOWS: usize = 256;
/// 256 jobs per matrix (GitHub), and some matrices.
const MOST_JOB_PAGES: usize = 50;

/// A value, and whether GitHub confirmed that it is the one it gave us last time.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Freshness<T> {
    /// GitHub confirmed it, free of charge. What was done with it last time need not be done again, provided it *was*
    /// done: the cache may outlive a crash between reading and storing.
    Unchanged(T),
    /// At least a part of it is new.
    Changed(T),
}

impl<T> Freshness<T> {
    /// The value, either way.
    pub fn into_value(self) -> T {
        match self {
            Self::Unchanged(value) | Self::Changed(value) => value,
        }
    }

    /// Whether it is the same as last time.
    pub fn is_unchanged(&self) -> bool {
        matches!(self, Self::Unchanged(_))
    }
}

/// A span of creation times in whole seconds, both ends included; without an end it is open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Window {
    since: Timestamp,
    until: Option<Timestamp>,
}

impl Window {
    fn created(self) -> String {
        let text = |at: Timestamp| at.to_rfc3339_opts(SecondsFormat::Secs, true);
        match self.until {
            None => format!(">={}", text(self.since)),
            Some(until) => format!("{}..{}", text(self.since), text(until)),
        }
    }

    /// Two halves, the later one open where this is; nothing when it is a single second.
    fn halves(self, now: Timestamp) -> Option<(Self, Self)> {
        let span = Seconds::between(self.since, self.until.unwrap_or(now));
        if span < Seconds(1) {
            return None;
        }
        let middle = self.since + Seconds(span.0 / 2).to_delta();
        let first = Self {
            since: self.since,
            until: Some(middle),
        };
        Some((
            first,
            Self {
                since: middle + Seconds(1).to_delta(),
                until: self.until,
            },
        ))
    }
}

impl Client {
    /// Lists the runs of all workflows of a repository that were created in a span, oldest first, each with its latest
    /// attempt. Both ends are included and taken in whole seconds; without an end the span reaches to now.
    ///
    /// Caveat: the answer is free when nothing changed only if `since` and `until` are the same as last time. Pass the
    /// creation time of the oldest run of interest, not "a week ago".
    ///
    /// # Errors
    /// [`Error::TooLarge`] when more than 1,000 runs were created in one second or the span needs more than 256 windows.
    pub async fn runs(
        &self,
        repository: &RepositoryName,
        since: Timestamp,
        until: Option<Timestamp>,
    ) -> Result<Vec<Run>> {
        Ok(self
            .runs_if_changed(repository, since, until)
            .await?
            .into_value())
    }

    /// Lists as [`Client::runs`], and says whether GitHub confirmed that nothing changed since the last such listing.
    ///
    /// # Errors
    /// As [`Client::runs`].
    pub async fn runs_if_changed(
        &self,
        repository: &RepositoryName,
        since: Timestamp,
        until: Option<Timestamp>,
    ) -> Result<Freshness<Vec<Run>>> {
        let what = format!("list the runs of {repository}");
        let (mut windows, mut read) = (vec![Window { since, until }], 0);
        let (mut runs, mut unchanged) = (BTreeMap::new(), true);
        while let Some(window) = windows.pop() {
            read += 1;
            if read > MOST_WINDOWS {
                return Err(Error::TooLarge {
                    what,
                    limit: MOST_WINDOWS as u64,
                    unit: "windows",
                    wrote: Wrote::No,
                });
            }
            match self.window(repository, window, &what).await? {
                Some((part, same)) => {
                    unchanged &= same;
                    runs.extend(
                        part.into_iter()
                            .map(|run| ((run.created_at, run.id, run.attempt), run)),
                    );
                }
                None => {
                    let halves = window.halves(self.inner.now());
                    let too_many = Error::TooLarge {
                        what: what.clone(),
                        limit: MOST_ROWS as u64,
                        unit: "runs",
                        wrote: Wrote::No,
                    };
                    let (first, second) = halves.ok_or(too_many)?;
                    windows.extend([second, first]);
                }
            }
        }
        let runs = runs.into_values().collect();
        Ok(if unchanged {
            Freshness::Unchanged(runs)
        } else {
            Freshness::Changed(runs)
        })
    }

    /// Reads one window; nothing when it holds more than GitHub tells.
    async fn window(
        &self,
        repository: &RepositoryName,
        window: Window,
        what: &str,
    ) -> Result<Option<(Vec<Run>, bool)>> {
        let path = format!("{}/actions/runs", repository_path(repository));
        let target = query(
            &path,
            &[
                ("per_page", Some(PAGE.to_string())),
                ("created", Some(window.created())),
            ],
        );
        let mut pages = Pages::new(
            Call::get("/repos/{owner}/{repo}/actions/runs", target, what),
            MOST_PAGES,
        );
        let (mut runs, mut rows) = (Vec::new(), 0);
        while let Some((call, answer)) = pages.next(self).await? {
            let page: RunPage = answer.json(&call)?;
            rows += page.workflow_runs.len();
            if page.total_count > MOST_ROWS as u64 || rows >= MOST_ROWS {
                return Ok(None);
            }
            runs.extend(
                page.workflow_runs
                    .into_iter()
                    .filter_map(crate::github::wire::run::WireRun::into_run),
            );
        }
        Ok(Some((runs, pages.unchanged)))
    }

    /// Lists the jobs of one attempt of a run, as GitHub orders them.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the run or the attempt is gone.
    pub async fn jobs(
        &self,
        repository: &RepositoryName,
        run: RunId,
        attempt: u32,
    ) -> Result<Vec<Job>> {
        let target = format!(
            "{}/actions/runs/{}/attempts/{attempt}/jobs?per_page=100",
            repository_path(repository),
            run.0
        );
        let route = "/repos/{owner}/{repo}/actions/runs/{run_id}/attempts/{attempt_number}/jobs";
        let what = format!("list the jobs of run {} of {repository}", run.0);
        let mut pages = Pages::new(Call::get(route, target, what), MOST_JOB_PAGES);
        let mut jobs = Vec::new();
        while let Some((call, answer)) = pages.next(self).await? {
            let page: JobPage = answer.json(&call)?;
            jobs.extend(
                page.jobs
                    .into_iter()
                    .filter_map(|job| job.into_job(run, attempt)),
            );
        }
        Ok(jobs)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn halves_touch_without_overlap_and_end_at_a_second() {
        let at = |seconds| Timestamp::from_timestamp(seconds, 0).unwrap();
        let (first, second) = Window {
            since: at(0),
            until: None,
        }
        .halves(at(9))
        .unwrap();
        assert_eq!(
            (first.until, second.since, second.until),
            (Some(at(4)), at(5), None)
        );
        assert_eq!(
            Window {
                since: at(3),
                until: Some(at(3))
            }
            .halves(at(9)),
            None
        );
        assert_eq!(
            Window {
                since: at(30),
                until: None
            }
            .halves(at(9)),
            None
        );
    }
}
