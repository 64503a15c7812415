//! The controller's process: started, asked, told to end, killed.

use std::{
    fs::{self, File, OpenOptions},
    io::{Read as _, Write as _},
    net::TcpStream,
    path::{Path, PathBuf},
    process::{Child, Command, ExitStatus, Stdio},
    time::Duration,
};

use super::super::wait;

/// A controller that runs.
pub struct Controller {
    child: Child,
    log: PathBuf,
    /// Where the admin server listens.
    pub admin: String,
}

impl Controller {
    /// Starts the built controller for one namespace and returns when its admin server listens.
    ///
    /// The store and the log are in `folder`, so that the next process there goes on where this one ended.
    pub async fn start(
        kubeconfig: &Path,
        namespace: &str,
        folder: &Path,
        level: &str,
        more: &[&str],
    ) -> Self {
        let log = folder.join("controller.log");
        let store = format!("sqlite://{}", folder.join("history.db").display());
        let mut command = Command::new(env!("CARGO_BIN_EXE_cronwright"));
        command
            .args(["controller", "--log", level, "--namespace", namespace])
            .args(["--store", &store, "--admin-address", "127.0.0.1:0"])
            .args(more)
            .env("KUBECONFIG", kubeconfig)
            .env("HOSTNAME", "cronwright-test");
        Self::run(command, log).await
    }

    /// Runs a command that is or becomes a controller, and returns when its admin server listens.
    pub async fn run(mut command: Command, log: PathBuf) -> Self {
        let written = |file: &Path| OpenOptions::new().create(true).append(true).open(file);
        let output: File = written(&log).unwrap();
        let offset = output.metadata().unwrap().len();
        let child = command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(output)
            .spawn()
            .unwrap();
        let listens = async || {
            let log = fs::read(&log).ok()?;
            address(&log[usize::try_from(offset).unwrap()..], ADMIN)
        };
        let admin = wait::poll("the admin server listens", listens).await;
        Self { child, log, admin }
    }

    /// The address in the first line that tells of a server.
    pub async fn address_of(&self, told: &str) -> String {
        let listens = async || address(&fs::read(&self.log).ok()?, told);
        wait::poll(told, listens).await
    }

    /// What the admin server answers to GET: the status and the body.
    pub fn get(&self, path: &str) -> (u16, String) {
        let mut stream = TcpStream::connect(&self.admin).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(10)))
            .unwrap();
        let request = format!("GET {path} HTTP/1.1\r\nhost: admin\r\nconnection: close\r\n\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        (status, body.to_owned())
    }

    /// How many rounds of WorkflowSchedules were concluded.
    pub fn rounds(&self) -> u64 {
        let line = "cronwright_rounds_total{kind=\"WorkflowSchedule\",result=\"ok\"} ";
        let metrics = self.get("/metrics").1;
        let value = metrics.lines().find_map(|found| found.strip_prefix(line));
        value.map_or(0, |value| value.parse().unwrap())
    }

    /// How many webhook deliveries of an event had an outcome.
    pub fn deliveries(&self, event: &str, outcome: &str) -> usize {
        let line = format!(
            "cronwright_webhook_deliveries_total{{event=\"{event}\",outcome=\"{outcome}\"}} "
        );
        let metrics = self.get("/metrics").1;
        let value = metrics.lines().find_map(|found| found.strip_prefix(&line));
        value.map_or(0, |value| value.parse().unwrap())
    }

    /// The rounds that were concluded once no further one is for forty looks in a row: news of a timetable come a moment
    /// after a status.
    pub async fn rounds_at_rest(&self) -> u64 {
        let (mut last, mut same) = (self.rounds(), 0);
        wait::poll("rounds come to rest", async || {
            let rounds = self.rounds();
            same = if rounds == last { same + 1 } else { 0 };
            last = rounds;
            (same == 40).then_some(rounds)
        })
        .await
    }

    /// Returns when this many more rounds were concluded.
    pub async fn more_rounds(&self, count: u64) {
        let target = self.rounds() + count;
        wait::poll("rounds go on", async || {
            (self.rounds() >= target).then_some(())
        })
        .await;
    }

    /// Everything the processes of this folder have logged.
    pub fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// Whether the process still runs.
    pub fn is_alive(&mut self) -> bool {
        self.child.try_wait().unwrap().is_none()
    }

    /// Asks the process to end, as Kubernetes does, and returns how it ended.
    pub async fn terminate(&mut self) -> ExitStatus {
        self.signal("TERM");
        wait::poll("the process ends", async || self.child.try_wait().unwrap()).await
    }

    /// Sends the process a signal, such as `STOP`.
    pub fn signal(&self, signal: &str) {
        let pid = self.child.id().to_string();
        let sent = Command::new("kill").args(["-s", signal, &pid]).status();
        assert!(sent.unwrap().success());
    }

    /// Ends the process without giving it a word, as a crash does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Controller {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
        if std::thread::panicking() {
            let log = fs::read_to_string(&self.log).unwrap_or_default();
            let last: Vec<_> = log.lines().rev().take(25).collect();
            eprintln!(
                "the controller's last words, newest first:\n{}",
                last.join("\n")
            );
        }
    }
}

/// The line that tells of the admin server.
const ADMIN: &str = "admin server listens";

/// The address in the line that tells of a server, whether lines are text or JSON.
fn address(log: &[u8], told: &str) -> Option<String> {
    let log = String::from_utf8_lossy(log);
    let line = log.lines().find(|line| line.contains(told))?;
    let (_, rest) = line.split_once("address")?;
    let rest = rest.trim_start_matches(['=', '"', ':']);
    let end = rest.find(|c: char| !c.is_ascii_digit() && !".:".contains(c));
    Some(rest[..end.unwrap_or(rest.len())].to_owned())
}
