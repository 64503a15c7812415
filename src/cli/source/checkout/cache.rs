//! Where what was read of a repository is kept between two commands.

use std::{
    fs,
    path::{Path, PathBuf},
};

use anyhow::Context as _;

use super::remote::Remote;

/// The file of a repository below the cache's folder. The folders are made, for their owner alone: what a private
/// repository runs is nobody else's business.
///
/// # Errors
/// When a folder cannot be made, or nothing says where caches go.
pub(super) fn file(
    chosen: Option<&Path>,
    remote: &Remote,
    variable: impl Fn(&str) -> Option<String>,
) -> anyhow::Result<PathBuf> {
    let root = match chosen {
        Some(folder) => folder.to_owned(),
        None => usual(variable).context(
            "nothing says where caches go: set XDG_CACHE_HOME or HOME, or name a folder with --cache-dir",
        )?,
    };
    let repository = &remote.repository;
    let folder = root
        .join(remote.host.replace(':', "_"))
        .join(repository.owner().to_ascii_lowercase());
    make(&folder).with_context(|| format!("{} cannot be made", folder.display()))?;
    let name = repository.name().to_ascii_lowercase();
    Ok(folder.join(format!("{name}.db")))
}

/// Where caches go: the freedesktop.org way, and where Windows has them.
fn usual(variable: impl Fn(&str) -> Option<String>) -> Option<PathBuf> {
    let absolute = |name: &str| {
        let path = variable(name).map(PathBuf::from);
        path.filter(|path| path.is_absolute())
    };
    let below_home = || absolute("HOME").map(|home| home.join(".cache"));
    let caches = absolute("XDG_CACHE_HOME")
        .or_else(below_home)
        .or_else(|| absolute("LOCALAPPDATA"));
    caches.map(|folder| folder.join("cronwright"))
}

fn make(folder: &Path) -> std::io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_repository_of_every_server_has_a_file_of_its_own_for_its_owner_alone() {
        let folder = tempfile::tempdir().unwrap();
        let home = folder.path().display().to_string();
        let at = |address: &str, variables: &[&str]| {
            let variable = |name: &str| variables.contains(&name).then(|| home.clone());
            let file = file(None, &Remote::parse(address).unwrap(), variable).unwrap();
            let below = file.strip_prefix(folder.path()).unwrap();
            below.display().to_string()
        };

        assert_eq!(
            at("git@github.com:Acme/App.git", &["HOME", "XDG_CACHE_HOME"]),
            "cronwright/github.com/acme/app.db"
        );
        assert_eq!(
            at("https://ghe.example:8443/acme/app", &["HOME"]),
            ".cache/cronwright/ghe.example_8443/acme/app.db"
        );
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let made = folder.path().join("cronwright/github.com");
            let mode = fs::metadata(made).unwrap().permissions().mode();
            assert_eq!(mode & 0o777, 0o700);
        }
        let remote = Remote::parse("https://github.com/acme/app").unwrap();
        assert!(file(None, &remote, |_| None).is_err());
    }
}
