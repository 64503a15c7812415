//! From a GitHubConnection's spec to an observatory; the same for both shells.

use std::sync::Arc;

use super::observatory::Observatory;
use crate::{
    api::{GitHubConnectionSpec, LabelPrice},
    cost::Prices,
    decide::{Cause, Retry, Why},
    domain::{Percent, Seconds},
    github::{self, BudgetSettings, Client, Clock, Credentials, Settings},
    metrics::Metrics,
    store::Store,
};

/// The interval where the spec's cannot be read, which the API server does not let pass.
const USUAL_INTERVAL: Seconds = Seconds::minutes(5);

impl Observatory {
    /// Makes the observatory of a connection.
    ///
    /// # Errors
    /// When the address or the credentials cannot be used at all; nothing is asked of GitHub yet.
    pub fn connect(
        identity: &str,
        spec: &GitHubConnectionSpec,
        credentials: Credentials,
        clock: Clock,
        store: &Store,
        metrics: &Metrics,
    ) -> Result<Self, github::Error> {
        let counted = metrics.clone();
        let share = u8::try_from(spec.budget_percent).unwrap_or(50).min(100);
        let settings = Settings {
            api_url: spec.url.clone(),
            budget: BudgetSettings {
                hourly_share: Percent(share),
                ..BudgetSettings::default()
            },
            observer: Some(Arc::new(move |fact: &github::RequestFact| {
                let outcome = fact.outcome.label();
                counted.request(fact.method, fact.route, outcome, fact.elapsed);
                if let Some(worth) = fact.cache {
                    counted.cache(worth);
                }
            })),
            ..Settings::new(credentials)
        };
        let client = Client::new(settings, Self::cache(store), clock)?;
        let interval = spec
            .interval
            .parse()
            .unwrap_or(USUAL_INTERVAL)
            .max(Seconds(1));
        Ok(
            Self::new(identity, client, store.clone(), interval, metrics.clone())
                .priced(prices(spec)),
        )
    }
}

/// What a spec says of prices. The API server lets none pass that is no amount; it is left out, and not taken for nothing.
#[must_use]
pub fn prices(spec: &GitHubConnectionSpec) -> Prices {
    let price = |price: &LabelPrice| Some((price.label.clone(), price.per_minute.parse().ok()?));
    Prices::new(spec.prices.iter().filter_map(price))
}

/// Why nothing is observed through a connection whose spec says so.
#[must_use]
pub fn suspended(identity: &str) -> Why {
    Why {
        cause: Cause::ConnectionNotReady,
        message: format!("GitHubConnection {identity} is suspended"),
        retry: Retry::Never,
    }
}
