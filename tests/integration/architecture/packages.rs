//! Doors: through which rooms an outside package enters the house.

use super::{
    finding::{Finding, expect_none, lines},
    imports::is_in,
    source::{Source, crate_sources},
};

/// Packages, the places whose production code may name them, and what others do instead.
const DOORS: &[(&[&str], &[&str], &str)] = &[
    (
        &["kube", "k8s_openapi"],
        &[
            // The kinds are derived there and their schemas printed.
            "api",
            "controller",
            // The command that starts the cluster shell finds the cluster.
            "cli/controller.rs",
            // The commands that tell from a cluster read it with the user's own rights.
            "cli/source/cluster",
            // Manifests hold the same objects as a cluster does, Secrets among them; no client is made.
            "cli/standalone",
        ],
        "speak in words of `domain` or types of `api`; the cluster is the business of `controller`",
    ),
    (
        &["octocrab", "jsonwebtoken", "hyper", "reqwest", "ureq"],
        &["github"],
        "GitHub is reached through `github::Client` alone, which keeps limits and secrets",
    ),
    (
        &["http", "http_body_util", "tower"],
        &["github", "simulate", "web", "controller", "telemetry"],
        "requests and answers are values of the rooms that own a wire",
    ),
    (
        &["sqlx", "rusqlite", "postgres"],
        &["store"],
        "SQL lives in `store`: add a method there that says what you want to know",
    ),
    (
        &["axum"],
        &["web", "simulate"],
        "only the admin server and the simulated GitHub answer requests",
    ),
    (
        &["askama"],
        &["web"],
        "pages are the dashboard's: hand it values, and its templates escape them",
    ),
    (
        &["hyper_util"],
        &["web", "simulate", "telemetry"],
        "only servers, and the courier of spans, speak HTTP by themselves",
    ),
    (
        &[
            "opentelemetry",
            "opentelemetry_http",
            "opentelemetry_otlp",
            "opentelemetry_sdk",
            "tracing_opentelemetry",
            "tracing_subscriber",
            "hyper_rustls",
            "async_trait",
        ],
        &["telemetry"],
        "make spans with `tracing`; where they go is the business of `telemetry`",
    ),
    (
        &["git2", "rand", "rand_chacha", "rand_distr"],
        &["simulate"],
        "only the simulated world makes Git objects and draws numbers",
    ),
    (
        &["prometheus_client"],
        &["metrics"],
        "only `metrics` makes a metric, so that names and labels are read in one place",
    ),
    (
        &["saphyr_parser"],
        &["edit"],
        "workflow files are read by `edit`, which knows what a span is worth",
    ),
    (
        &[
            "anyhow",
            "clap",
            "clap_complete",
            "clap_mangen",
            "indicatif",
        ],
        &["cli", "main.rs"],
        "library rooms return typed errors; arguments and progress belong to the command line",
    ),
    (
        &["jiff"],
        &["api", "controller"],
        "time is `domain::Timestamp`; Kubernetes' own time is converted at its edge",
    ),
];

/// The lines where production code names a package that enters elsewhere.
fn check(source: &Source) -> Vec<Finding> {
    let path = source.path.strip_prefix("src/").unwrap_or(&source.path);
    let mut findings = Vec::new();
    for name in source.names() {
        let package = name.segments[0].as_str();
        let door = DOORS
            .iter()
            .find(|(packages, ..)| packages.contains(&package));
        let Some((_, places, advice)) = door else {
            continue;
        };
        if source.is_test(name.line) || places.iter().any(|place| is_in(path, place)) {
            continue;
        }
        let rule = format!("`{package}` is named only in {}", places.join(", "));
        findings.push(Finding::new(&source.path, name.line, rule, *advice));
    }
    findings
}

#[test]
fn packages_enter_through_their_doors_only() {
    expect_none(crate_sources().iter().flat_map(check).collect());
}

#[test]
fn a_package_beside_its_door_is_found() {
    let text = "use kube::Client;\nfn f(_: octocrab::Octocrab) { sqlx::query!(\"\"); }\n\
                #[cfg(test)]\nmod tests { use axum::Router; }\n";

    assert_eq!(
        lines(&check(&Source::parse("src/decide/seen.rs", text))),
        [1, 2, 2]
    );
    assert_eq!(
        lines(&check(&Source::parse("src/cli/standalone/x.rs", text))),
        [2, 2]
    );
    assert_eq!(
        lines(&check(&Source::parse("src/github/x.rs", text))),
        [1, 2]
    );
}
