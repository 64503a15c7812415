//! Whose a repository's folder is: what somebody else wrote there is not followed, as Git does not follow it (`safe.directory`).

use std::{io, path::Path};

/// Whether another user of this machine owns a path.
///
/// # Errors
/// When it is not there.
#[cfg(unix)]
pub(super) fn is_foreign(path: &Path) -> io::Result<bool> {
    use std::os::unix::fs::MetadataExt as _;

    let owner = std::fs::metadata(path)?.uid();
    let user = rustix::process::geteuid().as_raw();
    Ok(!is_own(owner, user, std::env::var("SUDO_UID").ok()))
}

/// Elsewhere folders have no owner that could be compared.
#[cfg(not(unix))]
pub(super) fn is_foreign(_path: &Path) -> io::Result<bool> {
    Ok(false)
}

/// Whether it is the user's, or of the one who became root by `sudo`.
#[cfg(unix)]
fn is_own(owner: u32, user: u32, sudo: Option<String>) -> bool {
    let before = sudo.and_then(|uid| uid.parse().ok());
    owner == user || (user == 0 && before == Some(owner))
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    #[test]
    fn a_folder_is_its_owners_and_of_the_one_who_became_root_by_sudo() {
        let sudo = || Some("1000".to_owned());
        assert!(is_own(1000, 1000, None) && is_own(0, 0, None) && is_own(1000, 0, sudo()));
        assert!(!is_own(1001, 1000, None) && !is_own(0, 1000, None));
        assert!(!is_own(1000, 0, None) && !is_own(1001, 0, sudo()));
        assert!(!is_own(1000, 1001, sudo()), "the variable counts for root");
    }
}
