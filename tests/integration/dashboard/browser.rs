//! The dashboard in a real Chromium (Debian's package, or whatever of its kind is there), driven by Playwright and judged by axe-core (`tests/browser`).
//!
//! Screenshots go to `target/dashboard`. Without Chromium or Node.js nothing is judged, which is said aloud; where CI runs, that
//! is a failure.

use std::{
    path::PathBuf,
    process::{Command, Stdio},
};

use serde_json::{Value, json};

use super::server::{Server, cronwright, root, simulated};

/// How to have it judged.
const MISSING: &str =
    "install Debian's packages chromium, nodejs and npm, and run `npm ci` in tests/browser";

/// Where the system keeps Chromium, and whether its driver is there.
fn chromium() -> Option<PathBuf> {
    let driver = root().join("tests/browser/node_modules/playwright-core");
    let node = Command::new("node")
        .arg("--version")
        .stdout(Stdio::null())
        .status();
    let paths = std::env::var_os("PATH").unwrap_or_default();
    let found = std::env::split_paths(&paths)
        .flat_map(|folder| {
            ["chromium", "chromium-browser", "google-chrome"].map(|name| folder.join(name))
        })
        .find(|path| path.is_file());
    found.filter(|_| driver.is_dir() && node.is_ok_and(|status| status.success()))
}

#[test]
fn every_page_is_clicked_through_without_an_error_or_a_serious_barrier() {
    let Some(chromium) = chromium() else {
        let told = "the dashboard was not clicked through";
        assert!(
            std::env::var("CI").as_deref() != Ok("true"),
            "{told}; {MISSING}"
        );
        eprintln!("warning: {told}; {MISSING} to have it judged");
        return;
    };
    let (_folder, store) = simulated();
    let server = Server::start_on(&store, &[]);
    let shots = root().join("target/dashboard");
    std::fs::create_dir_all(&shots).unwrap();
    let track = cronwright(&[
        "track",
        "--workflow",
        "acme/payments/nightly.yml",
        "--start",
        "2026-09-15T00:05:00Z",
        "--end",
        "2026-09-15T00:30:00Z",
        "--success",
        "true",
        "--store",
        &store,
    ]);
    let output = Command::new("node")
        .current_dir(root().join("tests/browser"))
        .arg("click.mjs")
        .args([
            &server.url,
            &*chromium.to_string_lossy(),
            &*shots.to_string_lossy(),
        ])
        .arg(track.get_program())
        .args(track.get_args())
        .output()
        .unwrap();
    let said = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{said}");
    let told: Value = serde_json::from_slice(&output.stdout).unwrap();
    // Every page was there, and the shots of each in light and dark.
    assert_eq!(told["pages"].as_array().map(Vec::len), Some(9), "{told}");
    assert!(shots.join("timetable-dark.png").is_file());
    for nothing in ["console", "outside", "findings"] {
        assert_eq!(told[nothing], json!([]), "{nothing}: {told:#}");
    }
    eprintln!("first paint in milliseconds: {}", told["paints"]);
}
