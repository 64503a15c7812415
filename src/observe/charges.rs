//! What the runs of a connection's repositories are priced by, kept in the store for those who read that alone.

use std::sync::atomic::{AtomicBool, Ordering};

use chrono::TimeDelta;

use super::observatory::Observatory;
use crate::{
    cost::{Account, Prices, SPAN_DAYS, Terms, WINDOW_DAYS},
    decide::CostSeen,
    domain::{Host, Run, Timestamp, Visibility, WorkflowId},
    store::{Retention, Store, StoreError},
};

/// The prices of a connection, and whether the store has them.
#[derive(Debug, Default)]
pub(super) struct Charges {
    prices: Prices,
    is_kept: AtomicBool,
}

impl Charges {
    pub(super) const fn of(prices: Prices) -> Self {
        Self {
            prices,
            is_kept: AtomicBool::new(false),
        }
    }
}

impl Observatory {
    /// Keeps the connection's prices in the store, once for each process and spec, and only where they are news. A store that
    /// does not take them is asked again in the next round; costs are told by the former prices until then.
    pub async fn keep_prices(&self) {
        if self.charges.is_kept.load(Ordering::Relaxed) {
            return;
        }
        let kept = async {
            let body = body(&self.charges.prices);
            let before = self.store.prices().await?.remove(&self.identity);
            // None is what a store without a word of it means, too.
            if before.unwrap_or_else(|| self::body(&Prices::default())) != body {
                self.store.put_prices(&self.identity, &body).await?;
            }
            Ok::<(), StoreError>(())
        };
        match kept.await {
            Ok(()) => self.charges.is_kept.store(true, Ordering::Relaxed),
            Err(error) => {
                tracing::warn!(error = %error, "the prices of runners could not be kept");
            }
        }
    }

    /// What the runs of a repository are priced by.
    pub(super) fn terms(&self, visibility: Option<Visibility>) -> Terms {
        terms(self.charges.prices.clone(), visibility, self.github.host())
    }
}

/// What runs of a repository are priced by that is seen by these, on some GitHub.
#[must_use]
pub fn terms(prices: Prices, visibility: Option<Visibility>, host: &Host) -> Terms {
    Terms {
        prices,
        visibility,
        is_own_server: !host.is_hosted(),
    }
}

/// What a workflow's runs cost up to an instant, as far as the store tells.
///
/// # Errors
/// See [`StoreError`].
pub async fn account(
    store: &Store,
    workflow: &WorkflowId,
    terms: &Terms,
    until: Timestamp,
) -> Result<Account, StoreError> {
    let since = until - TimeDelta::days(SPAN_DAYS);
    let runs = store.runs_since(workflow, since).await?;
    let jobs = store.jobs_since(workflow, since).await?;
    let account = Account::of(&runs, &jobs, terms, until);
    Ok(Account {
        cut_off_at: cut_off_at(&runs, until),
        ..account
    })
}

/// The oldest of runs, the oldest first, where they are as many as a store keeps and begin within the days that are told of.
fn cut_off_at(runs: &[Run], until: Timestamp) -> Option<Timestamp> {
    let oldest = runs.first()?.created_at;
    let is_full = runs.len() >= usize::try_from(Retention::MOST_RUNS).unwrap_or(usize::MAX);
    (is_full && oldest > until - TimeDelta::days(WINDOW_DAYS)).then_some(oldest)
}

/// What a workflow's runs cost up to its last run, for its own status: it changes with runs and not with the hour.
pub(super) async fn seen(
    store: &Store,
    workflow: &WorkflowId,
    terms: &Terms,
    runs: &[Run],
) -> Result<Option<CostSeen>, StoreError> {
    let Some(last) = runs.last() else {
        return Ok(None);
    };
    let account = account(store, workflow, terms, last.created_at).await?;
    Ok(CostSeen::of(&account))
}

/// Writes prices as [`read`] reads them.
#[must_use]
pub fn body(prices: &Prices) -> String {
    serde_json::to_string(prices).expect("prices are texts and whole numbers")
}

/// Reads the prices of a connection as the store has them; none where another version wrote them in another shape.
#[must_use]
pub fn read(body: &str) -> Prices {
    serde_json::from_str(body).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        api::GitHubConnectionSpec,
        cost::Amount,
        domain::{Money, RunId, RunStatus},
        observe::{
            connect, look,
            stage::{Stage, nightly, object},
        },
    };

    fn spec(prices: &str) -> GitHubConnectionSpec {
        let text = format!("{{credentials: {{}}, prices: {prices}}}");
        serde_saphyr::from_str(&text).expect("a spec")
    }

    #[test]
    fn a_price_that_is_no_amount_is_left_out_and_not_taken_for_nothing() {
        let spec = spec("[{label: GPU, perMinute: '0.07'}, {label: arm, perMinute: soon}]");
        let prices = connect::prices(&spec);
        assert_eq!(prices, Prices::new([("gpu".to_owned(), Money(70_000))]));
        assert_eq!(read(&body(&prices)), prices);
        assert_eq!(read("[]"), Prices::default());
    }

    #[test]
    fn a_status_tells_no_cost_of_what_ran_without_a_price() {
        let seen = |unpriced_milli| {
            let recent = Amount {
                runs: 1,
                measured_runs: 1,
                minutes_milli: 5_000,
                unpriced_milli,
                ..Amount::default()
            };
            CostSeen::of(&Account {
                recent,
                ..Account::default()
            })
        };
        assert_eq!(seen(5_000), None);
        assert!(seen(4_000).is_some() && seen(0).is_some());
    }

    #[test]
    fn days_of_which_runs_are_not_kept_any_more_are_told() {
        let until: Timestamp = "2026-09-14T06:00:00Z".parse().unwrap();
        let every = |minutes: i64, number: i64| -> Vec<Run> {
            let runs = (1..=number).rev();
            runs.map(|index| {
                let at = until - TimeDelta::minutes(minutes * index);
                Run {
                    id: RunId(index.cast_unsigned()),
                    attempt: 1,
                    workflow: nightly().file,
                    event: "schedule".to_owned(),
                    status: RunStatus::Completed,
                    conclusion: None,
                    created_at: at,
                    started_at: at,
                    updated_at: at,
                    head_branch: None,
                    head_sha: String::new(),
                }
            })
            .collect()
        };
        let known = cut_off_at(&every(5, 5_000), until);
        assert_eq!(known, Some(until - TimeDelta::minutes(25_000)));
        assert_eq!(cut_off_at(&every(5, 4_999), until), None);
        assert_eq!(cut_off_at(&every(15, 5_000), until), None);
    }

    #[test]
    fn a_server_of_ones_own_has_no_runners_of_github() {
        let label = ["ubuntu-latest".to_owned()];
        let of = |url| {
            let host = Host::of_api(url);
            terms(Prices::default(), Some(Visibility::Private), &host)
                .rate(&label)
                .high
        };
        assert_eq!(of("https://api.github.com"), Money(6_000));
        assert_eq!(of("https://api.acme.ghe.com"), Money(6_000));
        assert_eq!(of("https://ghe.example/api/v3"), Money::ZERO);
    }

    #[tokio::test]
    async fn a_look_tells_who_can_see_the_repository_and_what_its_runs_cost() {
        let stage = Stage::set().await;

        let seen = look(&object(), &stage.site(), stage.now()).await;

        let repository = &nightly().repository;
        let visibility = stage.store.visibility(repository).await.unwrap();
        assert_eq!(visibility, Some(Visibility::Private));
        let learned = seen.learned.known().expect("a lesson");
        let cost = learned.cost.as_ref().expect("a cost");
        assert!(cost.minutes > 0 && cost.measured.0 > 0, "{cost:?}");
        assert!(cost.low <= cost.likely && cost.likely <= cost.high);
    }

    #[tokio::test]
    async fn prices_are_kept_where_they_are_news_and_nothing_is_written_for_none() {
        let stage = Stage::set().await;
        let priced = |prices: &str| {
            let seen = &stage.observatory;
            let (github, store) = (seen.github.clone(), stage.store.clone());
            Observatory::new(
                "ci/acme",
                github,
                store,
                seen.interval,
                seen.metrics.clone(),
            )
            .priced(connect::prices(&spec(prices)))
        };
        let kept = async || stage.store.prices().await.unwrap().remove("ci/acme");
        priced("[]").keep_prices().await;
        assert_eq!(kept().await, None);

        let gpu = priced("[{label: gpu, perMinute: '0.07'}]");
        gpu.keep_prices().await;
        assert_eq!(kept().await.as_deref(), Some("{\"gpu\":70000}"));
        // Whoever prices by another spec has the last word; this process does not argue.
        priced("[]").keep_prices().await;
        gpu.keep_prices().await;
        assert_eq!(kept().await.as_deref(), Some("{}"));
    }
}
