//! The controller as a process: started, measured from outside, stopped.

use std::{
    fs::{self, File},
    path::PathBuf,
    process::{Child, Command, Stdio},
};

use chrono::{DateTime, Utc};

use crate::{
    objects::{Cluster, FLEET},
    stage::Stage,
};

/// Clock ticks a second in `/proc`: a constant of Linux's interface to programs.
const TICKS_PER_SECOND: f64 = 100.0;

/// A running controller.
pub struct Controller {
    pub started_at: DateTime<Utc>,
    child: Child,
    log: PathBuf,
}

/// What of its memory is resident.
#[derive(Clone, Copy, Debug)]
pub struct Memory {
    pub resident_mib: u64,
    pub peak_mib: u64,
}

impl Controller {
    /// Starts the program of this very build on the stage's store.
    #[allow(clippy::disallowed_methods, reason = "a bench is a shell")]
    pub fn start(cluster: &Cluster, stage: &Stage, concurrency: usize) -> Self {
        let log = stage.file("controller.log");
        let child = Command::new(env!("CARGO_BIN_EXE_cronwright"))
            .args([
                "controller",
                "--namespace",
                FLEET,
                "--admin-address",
                "127.0.0.1:0",
            ])
            .args(["--store", &stage.store_url()])
            .args(["--concurrency", &concurrency.to_string()])
            .env("KUBECONFIG", &cluster.controller_kubeconfig)
            .stdin(Stdio::null())
            .stderr(File::create(&log).unwrap())
            .spawn()
            .unwrap();
        Self {
            started_at: Utc::now(),
            child,
            log,
        }
    }

    /// Its memory now, and at most so far.
    pub fn memory(&self) -> Memory {
        let status = fs::read_to_string(self.proc("status")).unwrap();
        let mib = |field: &str| {
            let line = status.lines().find(|line| line.starts_with(field)).unwrap();
            line.split_whitespace()
                .nth(1)
                .unwrap()
                .parse::<u64>()
                .unwrap()
                / 1_024
        };
        Memory {
            resident_mib: mib("VmRSS:"),
            peak_mib: mib("VmHWM:"),
        }
    }

    /// The seconds of a core that it has used so far, in user and in system mode.
    pub fn cpu_seconds(&self) -> f64 {
        let stat = fs::read_to_string(self.proc("stat")).unwrap();
        // The second field is the program's name in parentheses; the 14th and 15th are the ticks.
        let fields: Vec<_> = stat[stat.rfind(')').unwrap()..]
            .split_whitespace()
            .collect();
        let ticks = |field: usize| fields[field - 2].parse::<f64>().unwrap();
        (ticks(14) + ticks(15)) / TICKS_PER_SECOND
    }

    /// Ends it in order; its last words go to the standard output.
    pub fn stop(&mut self) {
        let pid = self.child.id().to_string();
        Command::new("kill").arg(pid).status().unwrap();
        println!("controller ended: {}", self.child.wait().unwrap());
        let log = fs::read_to_string(&self.log).unwrap();
        let lines: Vec<_> = log.lines().collect();
        println!("its log has {} lines, the last of them:", lines.len());
        for line in lines.iter().rev().take(12).rev() {
            println!("  {line}");
        }
    }

    fn proc(&self, file: &str) -> String {
        format!("/proc/{}/{file}", self.child.id())
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
