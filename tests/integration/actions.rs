//! The examples for GitHub Actions: judged by actionlint and zizmor, and the action's own script is run.

use std::{
    fs,
    path::{Path, PathBuf},
    process::{Command, Output},
};

use serde_json::Value;
use tempfile::TempDir;

use crate::{
    architecture::files,
    chart::render::{parsed, run},
};

/// Where each file belongs in a repository, as its opening words say.
const PLACES: [(&str, &str); 3] = [
    ("action.yml", ".github/actions/cronwright/action.yml"),
    ("track.yml", ".github/workflows/cronwright-track.yml"),
    ("report.yml", ".github/workflows/cronwright-report.yml"),
];

fn example(name: &str) -> String {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("examples/github-actions")
        .join(name);
    fs::read_to_string(path).unwrap()
}

/// A repository with the examples in their places, after a change to their text.
fn repository(change: impl Fn(&str) -> String) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, place) in PLACES {
        let text = example(name);
        assert!(
            text.contains(&format!("# Copy to {place}")),
            "{name} does not say where it belongs"
        );
        let path = folder.path().join(place);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, change(&text)).unwrap();
    }
    folder
}

fn workflows(folder: &TempDir) -> Vec<String> {
    let workflows = PLACES
        .iter()
        .filter(|(_, place)| place.contains("/workflows/"));
    workflows
        .map(|(_, place)| folder.path().join(place).display().to_string())
        .collect()
}

#[test]
fn actionlint_has_nothing_to_say_to_the_examples_and_finds_a_slip() {
    let lint = |folder: &TempDir| {
        let paths = workflows(folder);
        let mut arguments = vec!["-no-color", "-shellcheck=", "-pyflakes="];
        arguments.extend(paths.iter().map(String::as_str));
        run("actionlint", "", &arguments)
    };
    let said = lint(&repository(str::to_owned));
    assert!(said.success, "{}{}", said.out, said.err);

    let said = lint(&repository(|text| {
        text.replace("github.event.workflow_run.id", "github.evnt.id")
    }));
    assert!(!said.success && said.out.contains("evnt"), "{}", said.out);
}

#[test]
fn zizmor_finds_nothing_that_trusts_too_much() {
    let folder = repository(str::to_owned);
    let judged = Command::new("zizmor")
        .args(["--offline", "--no-progress", "--min-severity=medium"])
        .arg(folder.path())
        .output();
    let Ok(output) = judged else {
        // CI installs it; `make test` says what was left out.
        eprintln!("warning: zizmor is not installed, and did not judge the workflow examples");
        return;
    };
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stdout)
    );
}

/// Every step of a file.
fn steps(text: &str) -> Vec<Value> {
    let file = parsed(text).remove(0);
    let jobs = file["jobs"]
        .as_object()
        .into_iter()
        .flat_map(|jobs| jobs.values());
    let of_jobs = jobs.flat_map(|job| job["steps"].as_array().cloned().unwrap_or_default());
    let own = file["runs"]["steps"]
        .as_array()
        .cloned()
        .unwrap_or_default();
    of_jobs.chain(own).collect()
}

#[test]
fn no_input_is_text_of_a_script_and_every_action_is_pinned() {
    for (name, _) in PLACES {
        let text = example(name);
        for step in steps(&text) {
            let script = step["run"].as_str().unwrap_or_default();
            assert!(!script.contains("${{"), "{name}: {script}");
        }
        for line in text.lines().filter(|line| line.contains("uses: ")) {
            let used = line.split("uses: ").nth(1).unwrap();
            let pinned = used.split_once('@').is_some_and(|(_, rest)| {
                let (commit, version) = rest.split_once(" # v").unwrap_or((rest, ""));
                commit.len() == 40
                    && commit.chars().all(|c| c.is_ascii_hexdigit())
                    && !version.is_empty()
            });
            assert!(pinned || used.starts_with("./"), "{name}: {line}");
        }
    }
}

#[test]
fn workflows_may_do_nothing_but_read_what_they_check_out() {
    for name in ["track.yml", "report.yml"] {
        let file = parsed(&example(name)).remove(0);
        assert_eq!(file["permissions"], serde_json::json!({}), "{name}");
        for job in file["jobs"].as_object().unwrap().values() {
            assert_eq!(
                job["permissions"],
                serde_json::json!({"contents": "read"}),
                "{name}"
            );
            assert!(
                job["timeout-minutes"]
                    .as_u64()
                    .is_some_and(|minutes| minutes <= 10),
                "{name}"
            );
        }
    }
}

/// The action's last step in a folder of its own: what it answered, and the summary it wrote.
fn reported(folder: &TempDir, variables: &[(&str, &str)]) -> (Output, String) {
    let script = steps(&example("action.yml")).pop().unwrap()["run"]
        .as_str()
        .unwrap()
        .to_owned();
    let binary = PathBuf::from(env!("CARGO_BIN_EXE_cronwright"));
    let summary = folder.path().join("summary.md");
    let _ = fs::remove_file(&summary);
    let mut command = Command::new("bash");
    command
        .args(["--noprofile", "--norc", "-eo", "pipefail", "-c", &script])
        .current_dir(folder.path())
        .env("FOLDER", binary.parent().unwrap())
        .env("GITHUB_STEP_SUMMARY", &summary)
        .env("GITHUB_OUTPUT", folder.path().join("output"))
        .envs([
            ("COMMAND", "report"),
            ("STORE", "cronwright.db"),
            ("WORKFLOW", ""),
        ])
        .env("TEMPORARY", folder.path())
        .envs(variables.iter().copied());
    let output = command.output().unwrap();
    (output, fs::read_to_string(summary).unwrap_or_default())
}

fn with_a_history() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let simulated = Command::new(env!("CARGO_BIN_EXE_cronwright"))
        .args([
            "simulate",
            "--store",
            "sqlite://cronwright.db",
            "--seed",
            "7",
        ])
        .current_dir(folder.path())
        .output()
        .unwrap();
    assert!(
        simulated.status.success(),
        "{}",
        String::from_utf8_lossy(&simulated.stderr)
    );
    folder
}

#[test]
fn the_action_writes_tables_and_a_gantt_chart_into_the_summary() {
    let folder = with_a_history();

    let (output, summary) = reported(&folder, &[]);

    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(
        summary.contains("| workflow |") || summary.contains("| WORKFLOW"),
        "{summary}"
    );
    assert!(summary.contains("```mermaid\ngantt\n"), "{summary}");
    let told = fs::read_to_string(folder.path().join("output")).unwrap();
    assert_eq!(told, "status=0\n");
}

#[test]
fn what_a_person_types_is_never_run() {
    let folder = with_a_history();
    let hostile = "$(touch pwned); touch pwned `touch pwned`";
    for variable in ["COMMAND", "WORKFLOW", "STORE"] {
        let (output, _) = reported(&folder, &[(variable, hostile)]);
        assert!(!output.status.success(), "{variable}");
        assert!(!folder.path().join("pwned").exists(), "{variable} was run");
    }
    let (output, _) = reported(&folder, &[("WORKFLOW", "--help")]);
    assert!(!output.status.success(), "a workflow is no flag");
}

#[test]
fn every_mode_that_a_person_can_choose_tells_something() {
    let workflow = parsed(&example("report.yml")).remove(0);
    let modes = workflow["on"]["workflow_dispatch"]["inputs"]["mode"]["options"].clone();
    let modes: Vec<String> = serde_json::from_value(modes).unwrap();
    assert!(modes.len() >= 10, "{modes:?}");
    let folder = with_a_history();
    for mode in modes {
        let (output, summary) = reported(&folder, &[("COMMAND", &mode)]);
        let said = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "{mode}: {said}");
        let exported = fs::read_to_string(folder.path().join("cronwright-export.json"));
        let told = if mode == "export" {
            exported.unwrap()
        } else {
            summary
        };
        assert!(told.lines().count() > 3, "{mode}: {told}");
    }
}

#[test]
fn the_demo_of_the_action_needs_no_history() {
    let folder = tempfile::tempdir().unwrap();
    let (output, summary) = reported(&folder, &[("COMMAND", "track-demo")]);
    assert!(
        output.status.success(),
        "{}",
        String::from_utf8_lossy(&output.stderr)
    );
    assert!(summary.lines().count() > 20, "{summary}");
}

#[test]
fn examples_of_actions_are_those_that_are_told_of() {
    let names: Vec<_> = files("examples/github-actions", "")
        .iter()
        .map(|path| path.file_name().unwrap().to_string_lossy().into_owned())
        .collect();
    let mut told: Vec<_> = PLACES.iter().map(|(name, _)| (*name).to_owned()).collect();
    told.sort();
    assert_eq!(names, told);
}
