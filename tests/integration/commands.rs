//! The commands as a person runs them: each has its examples and its section in docs/, and they bear being run at once.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Child, Command, Output, Stdio},
};

use clap::CommandFactory as _;
use cronwright::{cli::Cli, store::Store};
use serde_json::Value;

use crate::cluster::control_plane::programs;

fn cronwright(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cronwright"));
    command.args(args).env_remove("CRONWRIGHT_STORE");
    command
}

fn ran(args: &[&str]) -> Output {
    cronwright(args).output().unwrap()
}

fn document(output: &Output) -> Value {
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    serde_json::from_slice(&output.stdout).unwrap()
}

/// Records the run of one August night.
fn tracking(store: &str, day: usize) -> Command {
    let (start, end) = (
        format!("2026-08-{day:02}T09:05:00+09:00"),
        format!("2026-08-{day:02}T09:{:02}:00+09:00", 25 + day % 5),
    );
    let run = day.to_string();
    cronwright(&[
        "track",
        "--workflow",
        "acme/payments/nightly.yml",
        "--start",
        &start,
        "--end",
        &end,
        "--success",
        "true",
        "--run-id",
        &run,
        "--store",
        store,
        "--format",
        "json",
    ])
}

#[tokio::test]
async fn runs_that_are_tracked_by_many_processes_at_once_are_all_recorded_and_learned_from() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("history.db").display());
    document(&tracking(&url, 1).output().unwrap());
    // Every run twice: the second time is no news, whoever comes first.
    let at_once: Vec<Child> = (2..=9)
        .flat_map(|day| [day, day])
        .map(|day| {
            tracking(&url, day)
                .stdout(Stdio::piped())
                .stderr(Stdio::piped())
                .spawn()
                .unwrap()
        })
        .collect();
    let told: Vec<Value> = at_once
        .into_iter()
        .map(|child| document(&child.wait_with_output().unwrap()))
        .collect();

    assert_eq!(told.iter().filter(|told| told["new"] == true).count(), 8);
    assert_eq!(told[0]["started_at"], "2026-08-02T00:05:00Z");
    let store = Store::open(&url).await.unwrap();
    let id = &store.observed().await.unwrap()[0];
    assert_eq!(id.runs, 9);
    let forecast = store
        .latest_forecast(&id.workflow.id)
        .await
        .unwrap()
        .unwrap();
    assert_eq!(forecast.samples, 9);
}

#[test]
fn wrong_input_exits_with_2_and_a_store_that_is_not_there_with_1() {
    let mut wrong = tracking("sqlite::memory:", 1);
    wrong.args(["--branch", "main", "--event"]);
    assert_eq!(wrong.output().unwrap().status.code(), Some(2));
    for command in ["report", "export", "health", "forecast", "accuracy"] {
        let output = ran(&[command, "--store", "sqlite://nowhere/history.db"]);
        assert_eq!(output.status.code(), Some(1), "{command}");
    }
}

#[test]
fn a_simulated_store_answers_every_command_that_reads_one() {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("history.db").display());
    let simulated = [
        "simulate",
        "--days",
        "10",
        "--until",
        "2026-09-14T06:00:00Z",
        "--format",
        "json",
        "--store",
        &url,
    ];
    assert_eq!(document(&ran(&simulated))["workflows"], 11);

    let exported = document(&ran(&["export", "--store", &url]));
    let reported = document(&ran(&["report", "--store", &url, "--format", "json"]));
    assert_eq!(exported, reported);
    assert_eq!(exported["inventory"]["schedulable"], 11);
    let name = "acme/payments/nightly.yml";
    let explained = document(&ran(&[
        "explain", name, "--store", &url, "--format", "json",
    ]));
    assert_eq!(explained["workflow"], name);
    for command in ["forecast", "accuracy", "health"] {
        for format in ["text", "json", "yaml", "markdown"] {
            let output = ran(&[command, "--store", &url, "--format", format]);
            assert_eq!(output.status.code(), Some(0), "{command} {format}");
            let text = String::from_utf8(output.stdout).unwrap();
            assert!(
                !text.contains('\u{1b}'),
                "{command} {format} has colours in a pipe"
            );
        }
    }
}

#[test]
fn every_command_has_examples_and_its_section_in_the_documentation() {
    let documentation = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/cli.md");
    let documentation = fs::read_to_string(documentation).unwrap();
    for mut command in Cli::command().get_subcommands().cloned() {
        let name = command.get_name().to_owned();
        assert!(
            documentation.contains(&format!("\n## `cronwright {name}`")),
            "docs/cli.md has no section on {name}"
        );
        let mut help = command.render_long_help().to_string();
        for below in command.get_subcommands_mut() {
            help.push_str(&below.render_long_help().to_string());
        }
        assert!(
            help.contains("Examples:"),
            "cronwright {name} --help shows no example"
        );
    }
}

#[test]
fn every_mode_and_defect_of_parity_names_a_test_that_exists() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let parity = fs::read_to_string(root.join("docs/parity.md")).unwrap();
    let rows = parity.lines().filter(|line| line.starts_with("| "));
    let tests = rows.filter_map(|row| row.trim_end_matches(" |").rsplit_once(" | "));
    let mut named = 0;
    for (row, tests) in tests {
        for path in tests
            .split('`')
            .skip(1)
            .step_by(2)
            .filter(|path| !path.contains('*'))
        {
            let places = ["src", "tests/integration", "."].map(|place| root.join(place).join(path));
            let is_there = |place: &PathBuf| place.exists() || place.with_extension("rs").exists();
            assert!(places.iter().any(is_there), "{row} names {path}");
            named += 1;
        }
    }
    assert!(named > 40, "{named}");
}

#[test]
fn every_mode_of_parity_names_a_command_that_exists() {
    let parity = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/parity.md");
    let parity = fs::read_to_string(parity).unwrap();
    let commands: Vec<String> = Cli::command()
        .get_subcommands()
        .map(|command| command.get_name().to_owned())
        .collect();
    let mut named = 0;
    for after in parity.split("`cronwright ").skip(1) {
        let name = after.split(['`', ' ']).next().unwrap();
        assert!(
            commands.iter().any(|command| command == name),
            "docs/parity.md names {name}"
        );
        named += 1;
    }
    assert!(named > 10, "{named}");
}

#[cfg(unix)]
#[test]
fn called_by_kubectl_the_binary_is_a_plugin_that_speaks_of_itself_so() {
    let folder = tempfile::tempdir().unwrap();
    let plugin = folder.path().join("kubectl-cronwright");
    std::os::unix::fs::symlink(env!("CARGO_BIN_EXE_cronwright"), &plugin).unwrap();
    let path = format!(
        "{}:{}",
        folder.path().display(),
        std::env::var("PATH").unwrap()
    );
    let kubectl = |args: &[&str]| {
        let mut command = Command::new(programs().join("kubectl"));
        command.args(args).env("PATH", &path).output().unwrap()
    };

    let help = kubectl(&["cronwright", "cron", "--help"]);
    let help = String::from_utf8_lossy(&help.stdout).into_owned();
    assert!(help.contains("Usage: kubectl cronwright cron"), "{help}");
    let explain = ["cron", "explain", "0 3 * * 1-5"];
    let told = kubectl(&[&["cronwright"], &explain[..]].concat());
    assert!(told.status.success());
    assert_eq!(told.stdout, ran(&explain).stdout);
    let wrong = kubectl(&["cronwright", "cron", "explain", "61 * * * *"]);
    assert_eq!(wrong.status.code(), Some(2));
}
