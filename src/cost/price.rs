//! What a minute costs: GitHub's list, a connection's own prices, and who pays nothing.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::runner::{Runner, SELF_HOSTED};
use crate::domain::{Money, Visibility};

/// The prices that a connection gives runner labels, by label in lower case. Each goes before GitHub's list.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Prices(BTreeMap<String, Money>);

/// What runs of a repository are priced by.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Terms {
    /// What the connection's owner says.
    pub prices: Prices,
    /// Who can see the repository; none while nobody knows.
    pub visibility: Option<Visibility>,
    /// Whether the repository is on a server of its owner's, where GitHub has no runners.
    pub is_own_server: bool,
}

/// Why a minute costs what it does.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, strum::IntoStaticStr,
)]
#[serde(rename_all = "snake_case")]
pub enum Basis {
    /// The connection's `spec.prices` has the label.
    Connection,
    /// GitHub's list has the runner.
    List(&'static str),
    /// GitHub does not charge public repositories for it.
    Public(&'static str),
    /// It would be free if the repository were public, which nobody knows.
    MaybePublic(&'static str),
    /// It is their own.
    SelfHosted,
    /// The whole server is their own.
    OwnServer,
    /// There is no price.
    Unknown,
}

/// What a minute costs, at least and at most.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
pub struct Rate {
    /// It is no less.
    pub low: Money,
    /// It is no more, and taken for this much.
    pub high: Money,
    /// Why.
    pub basis: Basis,
}

impl Prices {
    /// These prices; of several for one label the last counts.
    pub fn new(prices: impl IntoIterator<Item = (String, Money)>) -> Self {
        let lower = |(label, price): (String, Money)| (label.to_ascii_lowercase(), price);
        Self(prices.into_iter().map(lower).collect())
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The price of the dearest of the labels that have one. What all runners of one's own have in common speaks last.
    fn of(&self, labels: &[String]) -> Option<Money> {
        let price = |label: &String| self.0.get(&label.to_ascii_lowercase()).copied();
        let (general, own): (Vec<&String>, Vec<&String>) = labels
            .iter()
            .partition(|label| label.eq_ignore_ascii_case(SELF_HOSTED));
        let dearest = |labels: Vec<&String>| labels.into_iter().filter_map(price).max();
        dearest(own).or_else(|| dearest(general))
    }
}

impl Terms {
    /// What a minute of a job with these labels costs.
    #[must_use]
    pub fn rate(&self, labels: &[String]) -> Rate {
        let runner = Runner::of(labels);
        let is_free = |listed: super::Listed| {
            listed.is_standard && self.visibility == Some(Visibility::Public)
        };
        if let Runner::Hosted(listed) = runner
            && !self.is_own_server
            && is_free(listed)
        {
            return Rate::fixed(Money::ZERO, Basis::Public(listed.name));
        }
        let ours = self.prices.of(labels);
        match (ours, runner) {
            // GitHub charges a public repository nothing, whatever a minute costs others.
            (price, Runner::Hosted(listed)) if self.may_be_free(listed) => Rate {
                low: Money::ZERO,
                high: price.unwrap_or(listed.per_minute),
                basis: Basis::MaybePublic(listed.name),
            },
            (Some(price), _) => Rate::fixed(price, Basis::Connection),
            (None, _) if self.is_own_server => Rate::fixed(Money::ZERO, Basis::OwnServer),
            (None, Runner::Hosted(listed)) => {
                Rate::fixed(listed.per_minute, Basis::List(listed.name))
            }
            (None, Runner::SelfHosted) => Rate::fixed(Money::ZERO, Basis::SelfHosted),
            (None, Runner::Unknown) => Rate::fixed(Money::ZERO, Basis::Unknown),
        }
    }

    fn may_be_free(&self, listed: super::Listed) -> bool {
        listed.is_standard && self.visibility.is_none() && !self.is_own_server
    }
}

impl Rate {
    const fn fixed(price: Money, basis: Basis) -> Self {
        Self {
            low: price,
            high: price,
            basis,
        }
    }

    /// Whether there is a price.
    #[must_use]
    pub fn is_known(self) -> bool {
        self.basis != Basis::Unknown
    }
}

impl Basis {
    /// Where the price is from, in words.
    #[must_use]
    pub fn words(self) -> String {
        match self {
            Self::Connection => "spec.prices of the GitHubConnection".to_owned(),
            Self::List(name) => format!("GitHub's list of 2026: {name}"),
            Self::Public(name) => format!("free for public repositories: {name}"),
            Self::MaybePublic(name) => format!(
                "GitHub's list of 2026: {name}; free if the repository is public, which is not known yet"
            ),
            Self::SelfHosted => "a runner of your own; spec.prices may price it".to_owned(),
            Self::OwnServer => {
                "a runner of your own, on your own server; spec.prices may price it".to_owned()
            }
            Self::Unknown => {
                "no price is known: give the label one in spec.prices of the GitHubConnection"
                    .to_owned()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(labels: &[&str]) -> Vec<String> {
        labels.iter().map(|label| (*label).to_owned()).collect()
    }

    fn terms(visibility: Option<Visibility>, prices: &[(&str, u64)]) -> Terms {
        let prices = prices
            .iter()
            .map(|(label, price)| ((*label).to_owned(), Money(*price)));
        Terms {
            prices: Prices::new(prices),
            visibility,
            is_own_server: false,
        }
    }

    const PRIVATE: Option<Visibility> = Some(Visibility::Private);
    const PUBLIC: Option<Visibility> = Some(Visibility::Public);

    #[test]
    fn standard_runners_are_free_for_public_repositories_whatever_a_connection_says_and_larger_ones_are_not()
     {
        let of = |visibility, label: &str| {
            let rate = terms(visibility, &[("ubuntu-24.04", 9_000)]).rate(&labels(&[label]));
            (rate.low.0, rate.high.0)
        };
        assert_eq!(of(PRIVATE, "ubuntu-latest"), (6_000, 6_000));
        assert_eq!(of(PUBLIC, "ubuntu-latest"), (0, 0));
        assert_eq!(of(PUBLIC, "ubuntu-24.04"), (0, 0));
        assert_eq!(of(PUBLIC, "ubuntu-24.04-8-cores"), (22_000, 22_000));
        // Nobody knows: it lies between the two.
        assert_eq!(of(None, "ubuntu-latest"), (0, 6_000));
        assert_eq!(of(None, "ubuntu-24.04"), (0, 9_000));
        assert_eq!(of(None, "ubuntu-24.04-8-cores"), (22_000, 22_000));
    }

    #[test]
    fn a_connections_price_goes_before_the_list_and_the_dearest_of_a_jobs_labels_counts() {
        let terms = terms(
            PRIVATE,
            &[
                ("Self-Hosted", 2_000),
                ("gpu", 70_000),
                ("linux", 1_000),
                ("ubuntu-latest", 5_000),
            ],
        );
        let of = |names: &[&str]| terms.rate(&labels(names));
        assert_eq!(of(&["self-hosted", "linux", "GPU"]).high.0, 70_000);
        assert_eq!(of(&["self-hosted", "arm"]).high.0, 2_000);
        assert_eq!(of(&["ubuntu-latest"]).high.0, 5_000);
        assert_eq!(of(&["ubuntu-latest"]).basis, Basis::Connection);
        assert_eq!(of(&["windows-latest"]).high.0, 10_000);
    }

    #[test]
    fn of_two_labels_that_differ_in_case_the_last_one_counts() {
        let terms = terms(PRIVATE, &[("GPU", 9_000), ("gpu", 7_000)]);
        assert_eq!(terms.rate(&labels(&["Gpu"])).high, Money(7_000));
    }

    #[test]
    fn runners_of_ones_own_cost_nothing_unless_they_are_priced_and_unknown_ones_have_no_price() {
        let ours = terms(PRIVATE, &[]);
        let of = |terms: &Terms, name: &str| terms.rate(&labels(&[name]));
        assert_eq!(of(&ours, "self-hosted").basis, Basis::SelfHosted);
        assert!(of(&ours, "self-hosted").is_known());
        assert!(!of(&ours, "arc-runner-set").is_known());
        let own_server = Terms {
            is_own_server: true,
            ..terms(None, &[("gpu", 3)])
        };
        let rate = of(&own_server, "ubuntu-latest");
        assert_eq!((rate.high, rate.basis), (Money::ZERO, Basis::OwnServer));
        assert_eq!(of(&own_server, "gpu").high, Money(3));
    }
}
