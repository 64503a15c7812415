//! Prometheus' own judge, where it is installed (Debian's package `prometheus`).

use std::{
    io::Write as _,
    process::{Command, Stdio},
};

/// Runs promtool with a text as its standard input; what it said. Without promtool nothing is judged, which is said aloud;
/// where CI runs, that is a failure.
///
/// # Panics
/// When promtool does not agree.
pub fn agrees(arguments: &[&str], input: &str) {
    let child = Command::new("promtool")
        .args(arguments)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn();
    let mut child = match child {
        Ok(child) => child,
        Err(error) => {
            let told = format!("promtool {} was left out: {error}", arguments.join(" "));
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "{told}; install Debian's package prometheus"
            );
            eprintln!("warning: {told}; install Debian's package prometheus to have it judged");
            return;
        }
    };
    let mut stdin = child.stdin.take().unwrap();
    // A program that does not read its input may have ended already.
    let _ = stdin.write_all(input.as_bytes());
    drop(stdin);
    let output = child.wait_with_output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    let said = String::from_utf8_lossy(&said);
    assert!(output.status.success(), "{arguments:?}: {said}");
}
