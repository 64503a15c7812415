//! A dashboard in a process of its own, on a simulated history that all tests share.

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    path::Path,
    process::{Child, Command, Stdio},
    sync::OnceLock,
    time::Duration,
};

use tempfile::TempDir;

/// How long the slowest machine may take to answer.
const PATIENCE: Duration = Duration::from_secs(60);

/// A history of three weeks that nobody changes; it ends with the process.
pub fn history() -> &'static str {
    static HISTORY: OnceLock<(TempDir, String)> = OnceLock::new();
    let (_, url) = HISTORY.get_or_init(simulated);
    url
}

/// A history of one's own, with the folder that it is in.
pub fn simulated() -> (TempDir, String) {
    let folder = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", folder.path().join("history.db").display());
    let days = ["--days", "21", "--until", "2026-09-14T06:00:00Z"];
    let output = cronwright(&[&["simulate", "--store", &url], &days[..]].concat())
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{told}");
    (folder, url)
}

/// The binary, deaf to what the environment says of stores and tokens.
pub fn cronwright(args: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_cronwright"));
    command
        .args(args)
        .env_remove("CRONWRIGHT_STORE")
        .env_remove("CRONWRIGHT_DASHBOARD_TOKEN_FILE");
    command
}

/// A dashboard that ends with this value.
pub struct Server {
    child: Child,
    /// Where it is, as it told.
    pub url: String,
}

/// What was answered.
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Server {
    /// Serves the history on a free port of loopback, with these further arguments.
    pub fn start(more: &[&str]) -> Self {
        Self::start_on(history(), more)
    }

    /// Serves a history on a free port of loopback, with these further arguments.
    pub fn start_on(store: &str, more: &[&str]) -> Self {
        let args = ["dashboard", "--store", store, "--listen", "127.0.0.1:0"];
        let mut child = cronwright(&[&args, more].concat())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let mut url = String::new();
        let stdout = child.stdout.take().unwrap();
        BufReader::new(stdout).read_line(&mut url).unwrap();
        let url = url.trim().to_owned();
        assert!(url.starts_with("http://127.0.0.1:"), "{url}");
        Self { child, url }
    }

    fn authority(&self) -> &str {
        self.url.trim_start_matches("http://")
    }

    /// Asks for a path, with lines of a head.
    pub fn ask(&self, path: &str, more: &[&str]) -> Answer {
        let mut stream = TcpStream::connect(self.authority()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let mut request = format!("GET {path} HTTP/1.0\r\n");
        let named = more.iter().any(|line| line.starts_with("host:"));
        if !named {
            request.push_str(&format!("host: {}\r\n", self.authority()));
        }
        for line in more {
            request.push_str(&format!("{line}\r\n"));
        }
        stream
            .write_all(format!("{request}\r\n").as_bytes())
            .unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        let (head, body) = answer.split_once("\r\n\r\n").unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Answer {
            status,
            head: head.to_lowercase(),
            body: body.to_owned(),
        }
    }

    /// The first news that an open page gets.
    pub fn first_news(&self) -> String {
        let mut stream = TcpStream::connect(self.authority()).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!("GET /events HTTP/1.1\r\nhost: {}\r\n\r\n", self.authority());
        stream.write_all(request.as_bytes()).unwrap();
        let lines = BufReader::new(stream).lines().map(Result::unwrap);
        let mut data = lines.filter(|line| line.starts_with("data:"));
        data.next().unwrap()
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The root of the repository.
pub fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
