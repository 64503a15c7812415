//! What a person at a terminal sees.

use std::{
    io::Write,
    process::{Command, Stdio},
};

use super::control_plane::ControlPlane;

/// What kubectl printed and whether it was content.
#[derive(Debug)]
pub struct Said {
    /// Whether it ended with status 0.
    pub success: bool,
    /// Its standard output.
    pub out: String,
    /// Its standard error.
    pub err: String,
}

impl Said {
    /// The standard output of a success; panics with the standard error of a failure.
    pub fn expect_success(self) -> String {
        assert!(self.success, "kubectl failed: {}{}", self.out, self.err);
        self.out
    }
}

impl ControlPlane {
    /// Runs kubectl as the administrator.
    pub fn kubectl(&self, arguments: &[&str]) -> Said {
        self.kubectl_with("", arguments)
    }

    /// Runs kubectl as the administrator with a text as its standard input.
    pub fn kubectl_with(&self, input: &str, arguments: &[&str]) -> Said {
        let ready = self.ready();
        let mut child = Command::new(ready.bin.join("kubectl"))
            .arg("--kubeconfig")
            .arg(&ready.kubeconfig)
            .arg("--cache-dir")
            .arg(ready.data.join("kubectl-cache"))
            .args(arguments)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("kubectl cannot be started: {error}"));
        let mut stdin = child.stdin.take().expect("a piped input");
        // A kubectl that does not read its input may have ended already.
        let _ = stdin.write_all(input.as_bytes());
        drop(stdin);
        let output = child.wait_with_output().expect("a child to wait for");
        Said {
            success: output.status.success(),
            out: String::from_utf8_lossy(&output.stdout).into_owned(),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }
}
