//! What a checkout on this disk says: which repository it is of, and which of its workflows run by cron.
//!
//! Reads files alone, and few: nothing is run, no hook, no program named in a configuration.

use std::{
    fs::{self, File},
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::{config, owner, remote::Remote};
use crate::{domain::WorkflowFile, edit};

/// The remote that is looked at: the one a clone comes from.
const REMOTE: &str = "origin";
/// Where workflow files are.
const WORKFLOWS: &str = ".github/workflows";
/// The longest file of Git's own that is read, in bytes.
const LONGEST_CONFIG: u64 = 1024 * 1024;

/// A checkout.
#[derive(Debug)]
pub(super) struct Checkout {
    /// Its top folder.
    pub(super) folder: PathBuf,
    pub(super) remote: Remote,
    /// The workflow files with a cron.
    pub(super) scheduled: Vec<WorkflowFile>,
    /// Files that could not be read as workflows, and why.
    pub(super) unreadable: Vec<String>,
}

impl Checkout {
    /// Reads the checkout that a folder is, or is in.
    ///
    /// # Errors
    /// When it is in none, has no `origin` that is on a GitHub, or has no workflow with a cron.
    pub(super) fn read(folder: &Path) -> anyhow::Result<Self> {
        let (top, git) = repository(folder)?;
        let at = top.display();
        for path in [&top.join(".git"), &git] {
            let is_foreign = owner::is_foreign(path)
                .with_context(|| format!("{} leads to no repository", path.display()))?;
            anyhow::ensure!(
                !is_foreign,
                "{} belongs to another user, who could lead this one elsewhere: look as its owner, or at a clone of your own",
                path.display()
            );
        }
        let config = text(&git.join("config"))
            .with_context(|| format!("{at}: Git's configuration cannot be read"))?;
        let address = config::address(&config, REMOTE).with_context(|| {
            format!("{at} has no remote '{REMOTE}': 'git remote add {REMOTE} https://github.com/OWNER/NAME' names its repository")
        })?;
        let remote = Remote::parse(&address).map_err(|problem| {
            anyhow::anyhow!("{at}: the address of '{REMOTE}' is none of a repository on a GitHub, such as https://github.com/OWNER/NAME: {problem}")
        })?;
        let (scheduled, unreadable) = workflows(&top)?;
        anyhow::ensure!(
            !scheduled.is_empty(),
            "{at} has no workflow that runs by cron: no .yml or .yaml file in {WORKFLOWS} has 'on.schedule'{}",
            if unreadable.is_empty() {
                String::new()
            } else {
                format!("; not read: {}", unreadable.join(", "))
            }
        );
        Ok(Self {
            folder: top,
            remote,
            scheduled,
            unreadable,
        })
    }
}

/// The checkout's top folder, and the folder of its repository with the configuration.
fn repository(folder: &Path) -> anyhow::Result<(PathBuf, PathBuf)> {
    let start = fs::canonicalize(folder)
        .with_context(|| format!("there is no folder {}", folder.display()))?;
    for top in start.ancestors() {
        let git = top.join(".git");
        if git.is_dir() {
            return Ok((top.to_owned(), git));
        }
        if git.is_file() {
            let git = linked(&git)
                .with_context(|| format!("{} leads to no repository", git.display()))?;
            return Ok((top.to_owned(), git));
        }
    }
    anyhow::bail!(
        "{} is no checkout: neither it nor a folder above it has .git",
        folder.display()
    )
}

/// Where the file `.git` of a worktree or a submodule leads: to the folder of the repository, which many worktrees share.
fn linked(file: &Path) -> anyhow::Result<PathBuf> {
    let said = text(file)?;
    let named = said.trim().strip_prefix("gitdir:").context("no gitdir")?;
    let beside = file.parent().unwrap_or(file);
    let own = beside.join(named.trim());
    match text(&own.join("commondir")) {
        Ok(shared) => Ok(own.join(shared.trim())),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(own),
        Err(error) => Err(error.into()),
    }
}

/// The workflow files with a cron, in the order of their names, and those that cannot be read.
fn workflows(top: &Path) -> anyhow::Result<(Vec<WorkflowFile>, Vec<String>)> {
    let (mut scheduled, mut unreadable) = (Vec::new(), Vec::new());
    let entries = match fs::read_dir(top.join(WORKFLOWS)) {
        Ok(entries) => entries.collect::<Result<Vec<_>, _>>(),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(Vec::new()),
        Err(error) => Err(error),
    };
    let mut paths: Vec<PathBuf> = entries
        .with_context(|| format!("{}/{WORKFLOWS} cannot be read", top.display()))?
        .into_iter()
        .map(|entry| entry.path())
        .filter(|path| path.is_file())
        .collect();
    paths.sort();
    for path in paths {
        let name = path.file_name().and_then(|name| name.to_str());
        let file: Option<WorkflowFile> = name.and_then(|name| name.parse().ok());
        let (Some(file), Some(name)) = (file, name) else {
            continue;
        };
        match has_cron(&path) {
            Ok(true) => scheduled.push(file),
            Ok(false) => {}
            Err(problem) => unreadable.push(format!("{name} ({problem})")),
        }
    }
    Ok((scheduled, unreadable))
}

fn has_cron(path: &Path) -> Result<bool, String> {
    let longest = edit::BYTES_MAX as u64 + 1;
    let bytes = bytes(path, longest).map_err(|error| error.to_string())?;
    match edit::read(&bytes) {
        Ok(document) => Ok(!document.entries.is_empty()),
        Err(refusal) => Err(refusal.to_string()),
    }
}

/// A file of Git's own, as text.
fn text(path: &Path) -> io::Result<String> {
    Ok(String::from_utf8_lossy(&bytes(path, LONGEST_CONFIG)?).into_owned())
}

/// A file's first bytes.
fn bytes(path: &Path, most: u64) -> io::Result<Vec<u8>> {
    // A pipe would be waited for without an end, and opening it already waits.
    if !fs::metadata(path)?.is_file() {
        let kind = io::ErrorKind::InvalidInput;
        return Err(io::Error::new(kind, "it is no regular file"));
    }
    let mut bytes = Vec::new();
    File::open(path)?.take(most).read_to_end(&mut bytes)?;
    Ok(bytes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NIGHTLY: &str = "on: {schedule: [{cron: '0 0 * * *'}]}\njobs: {}\n";

    /// Files below a folder of their own.
    fn disk(files: &[(&str, &str)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for (path, text) in files {
            let path = folder.path().join(path);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }
        folder
    }

    fn origin(address: &str) -> String {
        format!("[remote \"origin\"]\n\turl = {address}\n")
    }

    fn read(folder: &Path) -> (String, Vec<String>) {
        let checkout = Checkout::read(folder).unwrap();
        let files = checkout.scheduled.iter();
        (
            checkout.remote.repository.to_string(),
            files.map(|file| file.as_str().to_owned()).collect(),
        )
    }

    #[test]
    fn a_checkout_is_found_from_any_folder_in_it_with_its_scheduled_workflows() {
        let config = origin("git@github.com:acme/app.git");
        let disk = disk(&[
            (".git/config", &config),
            (".github/workflows/nightly.yml", NIGHTLY),
            (".github/workflows/b.yaml", NIGHTLY),
            (".github/workflows/ci.yml", "on: push\njobs: {}\n"),
            (".github/workflows/broken.yml", "on: [\n"),
            (".github/workflows/notes.md", NIGHTLY),
            ("src/deep/main.rs", ""),
        ]);

        let (repository, files) = read(&disk.path().join("src/deep"));

        assert_eq!(repository, "acme/app");
        assert_eq!(files, ["b.yaml", "nightly.yml"]);
        let checkout = Checkout::read(disk.path()).unwrap();
        assert_eq!(checkout.unreadable.len(), 1, "{:?}", checkout.unreadable);
        assert!(checkout.unreadable[0].starts_with("broken.yml ("));
    }

    #[test]
    fn a_worktree_and_a_submodule_have_the_remote_of_their_repository() {
        let config = origin("https://github.com/acme/app");
        let other = origin("https://github.com/acme/library");
        let disk = disk(&[
            ("main/.git/config", &config),
            ("main/.git/worktrees/side/commondir", "../..\n"),
            ("side/.git", "gitdir: ../main/.git/worktrees/side\n"),
            ("side/.github/workflows/nightly.yml", NIGHTLY),
            ("main/.git/modules/library/config", &other),
            ("main/library/.git", "gitdir: ../.git/modules/library\n"),
            ("main/library/.github/workflows/nightly.yml", NIGHTLY),
        ]);

        assert_eq!(read(&disk.path().join("side")).0, "acme/app");
        assert_eq!(read(&disk.path().join("main/library")).0, "acme/library");
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn a_pipe_in_the_place_of_a_file_of_git_is_refused_and_not_waited_for() {
        use rustix::fs::{CWD, FileType, Mode, mknodat};

        let pipe = |path: &Path| mknodat(CWD, path, FileType::Fifo, Mode::RUSR, 0).unwrap();
        let disk = disk(&[
            (".git/HEAD", ""),
            ("side/.git", "gitdir: ../.git/worktrees/side\n"),
            (".git/worktrees/side/HEAD", ""),
        ]);
        pipe(&disk.path().join(".git/config"));
        pipe(&disk.path().join(".git/worktrees/side/commondir"));
        for folder in [disk.path(), &disk.path().join("side")] {
            let told = format!("{:#}", Checkout::read(folder).unwrap_err());
            assert!(told.contains("it is no regular file"), "{told}");
        }
    }

    #[test]
    fn what_is_missing_is_told_with_what_would_help_and_no_secret() {
        let told = |files: &[(&str, &str)]| {
            let disk = disk(files);
            let error = Checkout::read(disk.path()).unwrap_err();
            let at = fs::canonicalize(disk.path()).unwrap();
            format!("{error:#}").replace(&at.display().to_string(), "DIR")
        };
        let nightly = (".github/workflows/nightly.yml", NIGHTLY);
        let none = told(&[(".git/config", "[core]\n"), nightly]);
        assert!(none.starts_with("DIR has no remote 'origin'"), "{none}");
        let elsewhere = told(&[(".git/config", &origin("/srv/git/app.git")), nightly]);
        assert!(elsewhere.contains("leads to no server"), "{elsewhere}");
        let secret = told(&[(".git/config", &origin("https://x:s3cret@/a")), nightly]);
        assert!(!secret.contains("s3cret"), "{secret}");
        let config = origin("https://github.com/acme/app");
        let push = told(&[
            (".git/config", &config),
            (".github/workflows/ci.yml", "on: push\njobs: {}\n"),
        ]);
        assert!(push.contains("no workflow that runs by cron"), "{push}");
        assert!(told(&[(".git", "nonsense"), nightly]).contains("leads to no repository"));
    }
}
