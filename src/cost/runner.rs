//! Which runner a job's labels ask for, and what GitHub charges for it.
//!
//! Knows GitHub's own labels. A label that is none of them means what its owner says, and nothing here guesses at it.

use crate::domain::Money;

/// A runner of GitHub's price list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Listed {
    /// What the list calls it.
    pub name: &'static str,
    /// What a minute of it costs in a private repository.
    pub per_minute: Money,
    /// Whether it is free in a public one.
    pub is_standard: bool,
}

const fn standard(name: &'static str, per_minute: u64) -> Listed {
    Listed {
        name,
        per_minute: Money(per_minute),
        is_standard: true,
    }
}

const fn larger(name: &'static str, per_minute: u64) -> Listed {
    Listed {
        is_standard: false,
        ..standard(name, per_minute)
    }
}

/// GitHub's price list of 2026, in millionths of a US dollar a minute. Runners that are not in it have no price here; a
/// connection's `spec.prices` overrides every line.
pub const PRICE_LIST: [Listed; 13] = [
    standard("Linux 1-core", 2_000),
    standard("Linux 2-core", 6_000),
    standard("Linux Arm 2-core", 5_000),
    standard("Windows 2-core", 10_000),
    standard("macOS", 62_000),
    larger("Linux 4-core", 12_000),
    larger("Linux 8-core", 22_000),
    larger("Linux 16-core", 42_000),
    larger("Linux 32-core", 82_000),
    larger("Linux 64-core", 162_000),
    larger("Linux 96-core", 252_000),
    larger("Linux Arm 4-core", 8_000),
    larger("Linux Arm 8-core", 14_000),
];

/// The label that every runner of one's own bears. GitHub announced a charge for these and postponed it: they are free here,
/// and whoever is charged prices this label.
pub(super) const SELF_HOSTED: &str = "self-hosted";

/// What a job's labels ask for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Runner {
    /// One of GitHub's.
    Hosted(Listed),
    /// One of their own.
    SelfHosted,
    /// Nobody here can tell.
    Unknown,
}

impl Runner {
    /// The runner that these labels ask for.
    #[must_use]
    pub fn of(labels: &[String]) -> Self {
        let labels: Vec<String> = labels
            .iter()
            .map(|label| label.to_ascii_lowercase())
            .collect();
        if labels.iter().any(|label| label == SELF_HOSTED) {
            return Self::SelfHosted;
        }
        // A label besides GitHub's own may choose another machine.
        let [label] = labels.as_slice() else {
            return Self::Unknown;
        };
        let listed = name(label).and_then(|name| {
            let same = |listed: &&Listed| listed.name == name;
            PRICE_LIST.iter().find(same)
        });
        listed.map_or(Self::Unknown, |listed| Self::Hosted(*listed))
    }
}

/// What the price list calls the runner of a label, where the label is one of GitHub's, or is called as GitHub's own form
/// suggests for a larger runner: `ubuntu-24.04-16-cores`.
fn name(label: &str) -> Option<String> {
    let parts: Vec<&str> = label.split('-').collect();
    let named = |name: &str| Some(name.to_owned());
    // Whoever set up a larger runner pays for it, and a standard one is not to be had by such a name.
    let larger = |name: &str| {
        let mut listed = PRICE_LIST.iter().filter(|listed| !listed.is_standard);
        listed
            .any(|listed| listed.name == name)
            .then(|| name.to_owned())
    };
    match parts.as_slice() {
        ["ubuntu", "slim"] => named("Linux 1-core"),
        ["ubuntu", version] if is_version(version) => named("Linux 2-core"),
        ["ubuntu", version, "arm"] if is_version(version) => named("Linux Arm 2-core"),
        ["windows", version] if is_version(version) => named("Windows 2-core"),
        ["macos", version] | ["macos", version, "intel"] if is_version(version) => named("macOS"),
        ["ubuntu", version, cores, "cores"] if is_version(version) => {
            larger(&format!("Linux {cores}-core"))
        }
        ["ubuntu", version, "arm", cores, "cores"] if is_version(version) => {
            larger(&format!("Linux Arm {cores}-core"))
        }
        _ => None,
    }
}

/// `latest`, `24.04`, `2025` or `15`.
fn is_version(part: &str) -> bool {
    let is_number = |part: &str| part.bytes().all(|one| one.is_ascii_digit() || one == b'.');
    part == "latest" || !part.is_empty() && is_number(part)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(labels: &[&str]) -> Runner {
        let labels: Vec<String> = labels.iter().map(|label| (*label).to_owned()).collect();
        Runner::of(&labels)
    }

    fn price(label: &str) -> Option<(&'static str, String, bool)> {
        match of(&[label]) {
            Runner::Hosted(listed) => {
                Some((listed.name, listed.per_minute.exact(), listed.is_standard))
            }
            Runner::SelfHosted | Runner::Unknown => None,
        }
    }

    #[test]
    fn labels_of_github_have_the_prices_of_its_list() {
        let priced = |label, name, price_told: &str, standard| {
            assert_eq!(
                price(label),
                Some((name, price_told.to_owned(), standard)),
                "{label}"
            );
        };
        priced("ubuntu-latest", "Linux 2-core", "0.006", true);
        priced("Ubuntu-24.04", "Linux 2-core", "0.006", true);
        priced("ubuntu-slim", "Linux 1-core", "0.002", true);
        priced("ubuntu-24.04-arm", "Linux Arm 2-core", "0.005", true);
        priced("windows-2025", "Windows 2-core", "0.01", true);
        priced("macos-15", "macOS", "0.062", true);
        priced("macos-15-intel", "macOS", "0.062", true);
        priced("ubuntu-24.04-16-cores", "Linux 16-core", "0.042", false);
        priced("ubuntu-latest-96-cores", "Linux 96-core", "0.252", false);
        priced(
            "ubuntu-24.04-arm-8-cores",
            "Linux Arm 8-core",
            "0.014",
            false,
        );
    }

    #[test]
    fn what_github_does_not_name_is_not_guessed_at() {
        for label in [
            "gpu",
            "ubuntu-latest-big",
            "ubuntu-latest-7-cores",
            "ubuntu-24.04-1-cores",
            "ubuntu-24.04-2-cores",
            "ubuntu-24.04-arm-2-cores",
            "ubuntu-",
            "macos-14-xlarge",
            "windows-11-arm",
            "windows-2022-8-cores",
            "linux",
        ] {
            assert_eq!(of(&[label]), Runner::Unknown, "{label}");
        }
        assert_eq!(of(&[]), Runner::Unknown);
        assert_eq!(of(&["ubuntu-latest", "gpu"]), Runner::Unknown);
        assert_eq!(of(&["Self-Hosted", "ubuntu-latest"]), Runner::SelfHosted);
    }
}
