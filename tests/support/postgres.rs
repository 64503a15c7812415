//! A PostgreSQL server of the tests' own: unprivileged, on loopback, in a folder that vanishes when the process ends.
//!
//! Where PostgreSQL is not installed, tests that need it are left out, and `make test` says so; in CI they fail.

use std::{
    fs::Permissions,
    io::{BufRead as _, BufReader, Write as _},
    net::{Ipv4Addr, TcpListener},
    os::unix::{
        fs::{PermissionsExt as _, chown},
        process::CommandExt as _,
    },
    path::{Path, PathBuf},
    process::{Child, ChildStdin, ChildStdout, Command, Stdio},
    sync::{
        OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

/// Whom the server trusts, and with what.
const USER: &str = "cronwright";
/// The password; it must appear in no error.
pub const PASSWORD: &str = "hunter2";

/// How a server that is missing is had.
const ADVICE: &str =
    "PostgreSQL is missing: apt-get install postgresql (or put its programs on PATH)";

/// A server that runs until it is dropped: its keeper waits for the end of the orders.
#[derive(Debug)]
pub struct Server {
    bin: PathBuf,
    port: u16,
    made: AtomicU32,
    orders: Option<ChildStdin>,
    answers: BufReader<ChildStdout>,
    keeper: Child,
}

/// The server that the tests of this process share, each with a database of its own; none where PostgreSQL is missing.
pub fn shared() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    SERVER.get_or_init(|| Server::start("", &[])).as_ref()
}

impl Server {
    /// Starts a server with these settings and files beside its data; none where PostgreSQL is missing, outside CI.
    pub fn start(settings: &str, files: &[(&str, &str)]) -> Option<Self> {
        let Some(bin) = programs() else {
            let ci = std::env::var("CI").is_ok_and(|ci| ci == "true");
            assert!(!ci, "{ADVICE}");
            eprintln!("left out: {ADVICE}");
            return None;
        };
        let folder = tempfile::Builder::new().prefix("cronwright-pg-").tempdir();
        let folder = folder.unwrap().keep();
        let settings = settings.replace("FOLDER", &folder.display().to_string());
        let ours = [("settings", settings.as_str()), ("password", PASSWORD)];
        for (name, text) in ours.iter().chain(files) {
            let path = folder.join(name);
            std::fs::write(&path, text).unwrap();
            // What keys must be.
            std::fs::set_permissions(&path, Permissions::from_mode(0o600)).unwrap();
        }
        let port = free_port();
        let mut keeper = keeper(&bin, &folder, port);
        let orders = keeper.stdin.take();
        let answers = BufReader::new(keeper.stdout.take().unwrap());
        let mut server = Self {
            bin,
            port,
            made: AtomicU32::new(0),
            orders,
            answers,
            keeper,
        };
        server.order("start");
        Some(server)
    }

    /// Stops it as a power cut would.
    pub fn stop(&mut self) {
        self.order("stop");
    }

    /// Starts it again, at the same address with the same data.
    pub fn start_again(&mut self) {
        self.order("start");
    }

    /// The URL of a new, empty database.
    pub fn database(&self) -> String {
        let name = format!("test{}", self.made.fetch_add(1, Ordering::Relaxed));
        self.run("postgres", &format!("CREATE DATABASE {name}"));
        self.url(&name)
    }

    /// The URL of a database.
    pub fn url(&self, database: &str) -> String {
        let port = self.port;
        format!("postgres://{USER}:{PASSWORD}@127.0.0.1:{port}/{database}?sslmode=disable")
    }

    /// Runs a statement in a database as another program would; its answer.
    pub fn run(&self, database: &str, sql: &str) -> String {
        let told = Command::new(self.bin.join("psql"))
            .args(["--no-psqlrc", "--quiet", "--tuples-only", "--no-align"])
            .args(["--set=ON_ERROR_STOP=1", "--command", sql])
            .arg(self.url(database))
            .output()
            .unwrap();
        let error = String::from_utf8_lossy(&told.stderr).into_owned();
        assert!(told.status.success(), "{sql}: {error}");
        String::from_utf8(told.stdout).unwrap().trim().to_owned()
    }

    fn order(&mut self, order: &str) {
        // A keeper that has died says why in its last words.
        if let Some(orders) = &mut self.orders {
            let _ = writeln!(orders, "{order}");
        }
        let mut answer = String::new();
        while self.answers.read_line(&mut answer).unwrap() > 0 {
            if answer.ends_with("done\n") {
                return;
            }
        }
        panic!("PostgreSQL did not {order}: {answer}");
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.orders.take());
        let _ = self.keeper.wait();
    }
}

/// The name of the database in a URL of [`Server::database`].
pub fn name_in(url: &str) -> &str {
    let (_, path) = url.rsplit_once('/').unwrap();
    path.split('?').next().unwrap()
}

/// Where the server's programs are: the newest of Debian's versions, or wherever PATH has `postgres`.
fn programs() -> Option<PathBuf> {
    let versions = std::fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten();
    let mut found: Vec<(u32, PathBuf)> = versions
        .filter_map(|version| {
            let version = version.ok()?;
            let number = version.file_name().to_str()?.parse().ok()?;
            Some((number, version.path().join("bin")))
        })
        .filter(|(_, bin)| bin.join("postgres").is_file())
        .collect();
    found.sort();
    let path = std::env::var_os("PATH").unwrap_or_default();
    let on_path = || std::env::split_paths(&path).find(|bin| bin.join("postgres").is_file());
    found.pop().map(|(_, bin)| bin).or_else(on_path)
}

/// A port that nobody listens on at this moment.
fn free_port() -> u16 {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).unwrap();
    listener.local_addr().unwrap().port()
}

/// The shell that keeps the server. PostgreSQL refuses to run as root, so root becomes nobody first.
fn keeper(bin: &Path, folder: &Path, port: u16) -> Child {
    let mut shell = Command::new("/bin/sh");
    shell
        .arg("-c")
        .arg(include_str!("postgres.sh"))
        .args([Path::new("postgres.sh"), bin, folder])
        .arg(port.to_string())
        .current_dir("/")
        .env_remove("PGPASSWORD")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null());
    if let Some((user, group)) = nobody_for_root() {
        let files = std::fs::read_dir(folder).unwrap();
        for path in files.map(|file| file.unwrap().path()) {
            chown(&path, Some(user), Some(group)).unwrap();
        }
        chown(folder, Some(user), Some(group)).unwrap();
        shell.gid(group).uid(user);
    }
    shell.spawn().unwrap()
}

/// Who runs the server where we are root.
fn nobody_for_root() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let ours = std::fs::metadata("/proc/self").ok()?;
    if ours.uid() != 0 {
        return None;
    }
    let users = std::fs::read_to_string("/etc/passwd").ok()?;
    users.lines().find_map(|line| {
        let mut fields = line.split(':');
        (fields.next()? == "nobody").then_some(())?;
        let numbers: Vec<u32> = fields.filter_map(|field| field.parse().ok()).collect();
        Some((*numbers.first()?, *numbers.get(1)?))
    })
}
