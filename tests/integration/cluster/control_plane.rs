//! Starts the control plane of `tests/control-plane` and ends it.
//!
//! The launcher ends with its standard input, which this process holds: closed on drop, or by the kernel when the
//! process dies in whatever way. So the shared one, which nobody drops, ends with the test run.

use std::{
    collections::BTreeMap,
    fs,
    io::{BufRead, BufReader, Write},
    panic,
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{Mutex, Once, OnceLock},
};

use kube::{
    Client, Config,
    config::{KubeConfigOptions, Kubeconfig},
};
use serde::Deserialize;

/// Runs the launcher and removes its folder afterwards, also when a signal to the whole process group ends the test.
/// The handlers do nothing: the launcher gets the signal or loses its input itself.
const RUN_THEN_CLEAN: &str = r#"
trap : INT TERM HUP
"$1/launcher" --bin "$1" --data "$2/data" --until-stdin-closes 2>"$2/log"
status=$?
[ $status -eq 0 ] || cat "$2/log" >&2
rm -rf "$2"
exit $status
"#;

/// What the launcher tells when everything is ready.
#[derive(Debug, Deserialize)]
pub struct Ready {
    /// The administrator's kubeconfig.
    pub kubeconfig: PathBuf,
    /// The API server's address.
    pub server: String,
    /// The certificate of its authority.
    pub ca_file: PathBuf,
    /// The log of every request that a service account made.
    pub audit_log: PathBuf,
    /// The folder of the programs, kubectl among them.
    pub bin: PathBuf,
    /// Where the control plane keeps its data, and tests their files.
    pub data: PathBuf,
    /// The processes by name.
    pub pids: BTreeMap<String, u32>,
}

/// A running control plane.
#[derive(Debug)]
pub struct ControlPlane {
    ready: Ready,
    child: Child,
    /// What goes to the launcher and what comes from it; gone once it was told to end.
    talk: Mutex<Option<(ChildStdin, BufReader<ChildStdout>)>>,
}

/// The control plane that all tests of a run share, with our kinds installed; started by whoever asks first. When it
/// cannot be started, that test says why and the others fail at once.
pub fn shared() -> &'static ControlPlane {
    static SHARED: OnceLock<Option<ControlPlane>> = OnceLock::new();
    let started = SHARED.get_or_init(|| {
        panic::catch_unwind(|| {
            let plane = ControlPlane::start();
            plane.install_crds();
            plane
        })
        .ok()
    });
    started
        .as_ref()
        .expect("a control plane; the first test that asked for it says why there is none")
}

impl ControlPlane {
    /// Builds what is missing (minutes, the first time) and starts a control plane of one's own, for tests that stop
    /// its API server; others take [`shared`].
    pub fn start() -> Self {
        let bin = programs();
        let folder = tempfile::Builder::new()
            .prefix("cronwright-cluster-")
            .tempdir();
        let folder = folder.expect("a folder for the control plane").keep();
        let mut child = Command::new("sh")
            .args(["-c", RUN_THEN_CLEAN, "launcher"])
            .args([bin, &folder])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap_or_else(|error| panic!("the launcher cannot be started: {error}"));
        let input = child.stdin.take().expect("a piped input");
        let mut output = BufReader::new(child.stdout.take().expect("a piped output"));
        let line = line(&mut output);
        assert!(
            !line.is_empty(),
            "the control plane did not start; its log is above"
        );
        let ready = serde_json::from_str(&line)
            .unwrap_or_else(|error| panic!("the launcher told '{line}': {error}"));
        let talk = Mutex::new(Some((input, output)));
        Self { ready, child, talk }
    }

    /// What the launcher told.
    pub fn ready(&self) -> &Ready {
        &self.ready
    }

    /// A new client with the administrator's rights. A client belongs to the runtime of one test.
    pub async fn client(&self) -> Client {
        client(&self.ready.kubeconfig).await
    }

    /// Installs our kinds from `crds/` and returns once the API server serves them.
    pub fn install_crds(&self) {
        let crds = concat!(env!("CARGO_MANIFEST_DIR"), "/crds");
        self.kubectl(&["apply", "--server-side", "--filename", crds])
            .expect_success();
        let established = "--for=condition=Established";
        self.kubectl(&["wait", established, "--timeout=60s", "--filename", crds])
            .expect_success();
    }

    /// Ends the API server until [`Self::start_api_server`].
    pub fn stop_api_server(&self) {
        self.command("stop apiserver", r#"{"stopped":"apiserver"}"#);
    }

    /// Starts a stopped API server on the same port and data; returns when it is ready.
    pub fn start_api_server(&self) {
        self.command("start apiserver", r#"{"started":"apiserver"}"#);
    }

    fn command(&self, command: &str, expected: &str) {
        let mut talk = self.talk.lock().expect("nobody panics while talking");
        let (input, output) = talk.as_mut().expect("a running launcher");
        writeln!(input, "{command}").expect("a listening launcher");
        assert_eq!(
            line(output),
            expected,
            "the launcher's answer to '{command}'"
        );
    }
}

impl Drop for ControlPlane {
    fn drop(&mut self) {
        // Closes the launcher's input, which ends it.
        drop(self.talk.get_mut().map(Option::take));
        let status = self.child.wait().expect("a child to wait for");
        assert!(
            status.success() || std::thread::panicking(),
            "the control plane ended with {status}, its log is above"
        );
    }
}

/// A new client with the rights of a kubeconfig.
pub async fn client(kubeconfig: &Path) -> Client {
    static PROVIDER: Once = Once::new();
    PROVIDER.call_once(|| {
        let provider = rustls::crypto::aws_lc_rs::default_provider();
        provider
            .install_default()
            .expect("the only TLS provider of the process");
    });
    let file = Kubeconfig::read_from(kubeconfig).expect("a readable kubeconfig");
    let config = Config::from_custom_kubeconfig(file, &KubeConfigOptions::default()).await;
    Client::try_from(config.expect("a kubeconfig with a context")).expect("a client")
}

/// The folder of the programs, which are built (minutes, the first time) unless the cache has them.
pub fn programs() -> &'static Path {
    static PROGRAMS: OnceLock<PathBuf> = OnceLock::new();
    PROGRAMS.get_or_init(build)
}

/// Builds the programs; progress and reasons go to the terminal.
fn build() -> PathBuf {
    let script = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/control-plane/build.sh");
    let output = Command::new(script)
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .unwrap_or_else(|error| panic!("{script} cannot be run, is bash installed? {error}"));
    assert!(
        output.status.success(),
        "the control plane was not built, the reason is above"
    );
    let folder = String::from_utf8(output.stdout).expect("a path in UTF-8");
    fs::canonicalize(folder.trim()).expect("the folder with the programs")
}

/// One line without its end; empty when there is none.
fn line(output: &mut impl BufRead) -> String {
    let mut line = String::new();
    output.read_line(&mut line).expect("a readable launcher");
    line.trim_end().to_owned()
}
