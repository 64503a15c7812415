//! A container without an engine: a mount namespace whose root holds the built binary, what it is linked to, and the
//! Pod's volumes where the Pod wants them; read-only apart from those.
//!
//! Run as root, the process gets the Pod's user and group and loses every privilege; otherwise it keeps the caller's user,
//! in a user namespace. The network is the caller's, since the API server and the simulated GitHub listen there.

use std::{
    os::unix::fs::{PermissionsExt as _, chown},
    path::{Path, PathBuf},
    process::Command,
};

/// Makes the root, then becomes the program. Arguments: the root's folder, the binary, the program's path in the
/// container, user, group, how many volumes, then `folder path` of each, then the program's arguments.
///
/// A process of Rust's debug build needs the C library from the machine; nothing else of it is there.
const BECOME: &str = r#"
set -eu
# Not exported, as PWD is not: the program sees the variables of its Pod alone.
PATH=/usr/sbin:/usr/bin:/sbin:/bin
chroot=$(command -v chroot)
root=$1 binary=$2 program=$3 user=$4 group=$5 volumes=$6
shift 6
mount --make-rprivate /
mount -t tmpfs -o mode=0755 container "$root"
for folder in /lib /lib64 /usr/lib /proc /dev; do
  [ -e "$folder" ] || continue
  mkdir -p "$root$folder"
  mount --rbind "$folder" "$root$folder"
  [ "$folder" = /dev ] || mount -o remount,ro,bind "$root$folder"
done
mkdir -p "$root$(dirname "$program")"
touch "$root$program"
mount --bind "$binary" "$root$program"
while [ "$volumes" -gt 0 ]; do
  mkdir -p "$root$2"
  mount --bind "$1" "$root$2"
  shift 2
  volumes=$((volumes - 1))
done
mount -o remount,ro,bind "$root"
read -r _ outside count </proc/self/uid_map
unset PWD
if [ "$outside $count" = '0 4294967295' ]; then
  exec setpriv --no-new-privs "$chroot" --userspec="$user:$group" --groups="$group" "$root" "$program" "$@"
fi
exec setpriv --no-new-privs "$chroot" "$root" "$program" "$@"
"#;

/// A folder and where the container sees it.
pub struct Mount {
    pub folder: PathBuf,
    pub path: String,
}

/// A container that can be run.
pub struct Container {
    /// An empty folder, where the root is made.
    pub root: PathBuf,
    /// Where the image has the program.
    pub program: String,
    pub arguments: Vec<String>,
    pub environment: Vec<(String, String)>,
    pub mounts: Vec<Mount>,
    pub user: u32,
    pub group: u32,
}

impl Container {
    /// The command that runs it; its process is the program's own.
    pub fn command(&self) -> Command {
        let mut command = Command::new("unshare");
        if !is_root() {
            command.args(["--user", "--map-root-user"]);
        }
        command
            .args(["--mount", "sh", "-c", BECOME, "container"])
            .arg(&self.root)
            .arg(env!("CARGO_BIN_EXE_cronwright"))
            .arg(&self.program)
            .args([self.user.to_string(), self.group.to_string()])
            .arg(self.mounts.len().to_string());
        for mount in &self.mounts {
            command.arg(&mount.folder).arg(&mount.path);
        }
        command.args(&self.arguments).env_clear();
        command.envs(self.environment.iter().cloned());
        command
    }
}

/// Gives a folder to a container's group, as Kubernetes does for `fsGroup`.
pub fn give(folder: &Path, group: u32) {
    if is_root() {
        chown(folder, None, Some(group)).unwrap();
    }
    let mode = std::fs::Permissions::from_mode(0o2770);
    std::fs::set_permissions(folder, mode).unwrap();
}

fn is_root() -> bool {
    let id = Command::new("id").arg("--user").output().unwrap();
    String::from_utf8_lossy(&id.stdout).trim() == "0"
}

#[test]
fn a_container_has_its_volumes_and_nothing_else_to_write_to() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| {
        let made = folder.path().join(name);
        std::fs::create_dir(&made).unwrap();
        made
    };
    let volume = at("volume");
    give(&volume, 65532);
    let container = |arguments: &[&str], root: &str| Container {
        root: at(root),
        program: "/cronwright".to_owned(),
        arguments: arguments.iter().map(ToString::to_string).collect(),
        environment: Vec::new(),
        mounts: vec![Mount {
            folder: volume.clone(),
            path: "/data".to_owned(),
        }],
        user: 65532,
        group: 65532,
    };
    let wrote = |target: &str, root: &str| {
        let mut command = container(&["crds", "--output-dir", target], root).command();
        let output = command.output().unwrap();
        assert!(
            !String::from_utf8_lossy(&output.stderr).contains("unshare"),
            "no mount namespace can be made; containers of this system's policy need \
             kernel.apparmor_restrict_unprivileged_userns=0, or root: {output:?}"
        );
        output.status.success()
    };

    assert!(wrote("/data", "first"));
    assert!(!wrote("/", "second"));
    assert!(!wrote("/usr/lib", "third"));
    assert!(std::fs::read_dir(&volume).unwrap().count() >= 2);
}
