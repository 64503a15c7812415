//! The command as a user meets it: its output, its files, its exit codes.

use std::{fs, path::Path};

use clap::{CommandFactory, Parser};
use tempfile::TempDir;

use super::{EditArgs, run};

#[derive(Parser)]
#[command(name = "cronwright edit")]
struct Command {
    #[command(flatten)]
    args: EditArgs,
}

/// What the command said.
#[derive(Debug, PartialEq, Eq)]
struct Said {
    code: String,
    out: String,
    err: String,
}

/// Runs the command with arguments behind the file's name.
fn say(file: &Path, arguments: &[&str]) -> Said {
    let words = [&["edit", file.to_str().unwrap()], arguments].concat();
    let args = Command::try_parse_from(words).unwrap().args;
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let code = run(&args, &mut out, &mut err).unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Said {
        code: format!("{code:?}"),
        out: text(out),
        err: text(err),
    }
}

fn code(number: u8) -> String {
    format!("{:?}", std::process::ExitCode::from(number))
}

/// A folder with one workflow.
fn folder(entries: &str) -> (TempDir, std::path::PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("nightly.yml");
    fs::write(&path, format!("on:\n  schedule:\n{entries}")).unwrap();
    (folder, path)
}

const ONE: &str = "    - cron: '0 0 * * *' # midnight\n";
const TWO: &str =
    "    - {cron: '0 0 * * *', timezone: UTC}\n    - {cron: '0 0 * * *', timezone: Asia/Tokyo}\n";

#[test]
fn without_a_target_it_prints_a_diff_and_changes_no_file() {
    let (_folder, path) = folder(ONE);
    let said = say(&path, &["--set", "0 0 * * *=17 2 * * *"]);
    let hunk = "@@ -1,3 +1,3 @@\n on:\n   schedule:\n-    - cron: '0 0 * * *' # midnight\n+    - cron: '17 2 * * *' # midnight\n";
    assert!(said.out.ends_with(hunk), "{}", said.out);
    assert!(
        said.err
            .contains("nightly.yml:3: this comment tells when it runs"),
        "{}",
        said.err
    );
    assert_eq!(said.code, code(0));
    assert!(fs::read_to_string(&path).unwrap().contains("'0 0 * * *'"));
}

#[test]
fn in_place_it_replaces_the_file_and_leaves_nothing_else_behind() {
    let (folder, path) = folder(ONE);
    let said = say(&path, &["--set", "0 0 * * *=17 2 * * *", "--in-place"]);
    assert_eq!((said.code, said.out), (code(0), String::new()));
    assert!(
        fs::read_to_string(&path)
            .unwrap()
            .contains("- cron: '17 2 * * *' # midnight")
    );
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[cfg(unix)]
#[test]
fn in_place_permissions_and_links_stay() {
    use std::os::unix::fs::{PermissionsExt, symlink};
    let (folder, path) = folder(ONE);
    fs::set_permissions(&path, fs::Permissions::from_mode(0o640)).unwrap();
    let link = folder.path().join("link.yml");
    symlink(&path, &link).unwrap();
    say(&link, &["--set", "0 0 * * *=17 2 * * *", "--in-place"]);
    assert!(link.is_symlink());
    assert_eq!(
        fs::metadata(&path).unwrap().permissions().mode() & 0o777,
        0o640
    );
    assert!(fs::read_to_string(&path).unwrap().contains("17 2"));
}

#[test]
fn the_new_file_goes_to_the_output_that_was_named() {
    let (folder, path) = folder(ONE);
    let other = folder.path().join("other.yml");
    say(
        &path,
        &[
            "--set-index",
            "0=17 2 * * *",
            "--output",
            other.to_str().unwrap(),
        ],
    );
    let said = say(&path, &["--set-index", "0=17 2 * * *", "--output", "-"]);
    let expected = "on:\n  schedule:\n    - cron: '17 2 * * *' # midnight\n";
    assert_eq!(
        (
            fs::read_to_string(&other).unwrap().as_str(),
            said.out.as_str()
        ),
        (expected, expected)
    );
    assert!(fs::read_to_string(&path).unwrap().contains("'0 0 * * *'"));
}

#[test]
fn a_time_zone_tells_equal_crons_apart_and_stays() {
    let (_folder, path) = folder(TWO);
    let ambiguous = say(&path, &["--set", "0 0 * * *=1 0 * * *"]);
    assert_eq!(ambiguous.code, code(3));
    assert!(
        ambiguous.err.contains("refused (AmbiguousCron)"),
        "{}",
        ambiguous.err
    );
    say(
        &path,
        &[
            "--set",
            "0 0 * * * Asia/Tokyo=1 0 * * *",
            "--set-index",
            "0=2 0 * * * Europe/Paris",
            "--in-place",
        ],
    );
    let expected = "    - {cron: '2 0 * * *', timezone: Europe/Paris}\n    - {cron: '1 0 * * *', timezone: Asia/Tokyo}\n";
    assert!(fs::read_to_string(&path).unwrap().ends_with(expected));
}

#[test]
fn a_refused_edit_says_why_and_writes_nothing() {
    let (folder, path) = folder(ONE);
    let other = folder.path().join("other.yml");
    let said = say(
        &path,
        &[
            "--set",
            "5 5 * * *=1 0 * * *",
            "--output",
            other.to_str().unwrap(),
        ],
    );
    assert_eq!((said.code, said.out), (code(3), String::new()));
    assert!(
        said.err
            .contains("refused (NoSuchCron): there is no cron '5 5 * * *'"),
        "{}",
        said.err
    );
    assert!(!other.exists());
    let beyond = say(&path, &["--set-index", "7=1 0 * * *"]);
    assert_eq!(beyond.code, code(3));
}

#[test]
fn a_generated_file_needs_its_flag() {
    let (_folder, path) = folder(ONE);
    let text = format!(
        "# Generated by x. DO NOT EDIT.\n{}",
        fs::read_to_string(&path).unwrap()
    );
    fs::write(&path, text).unwrap();
    assert_eq!(say(&path, &["--set", "0 0 * * *=1 0 * * *"]).code, code(3));
    assert_eq!(
        say(
            &path,
            &["--set", "0 0 * * *=1 0 * * *", "--allow-generated"]
        )
        .code,
        code(0)
    );
}

#[test]
fn wrong_use_is_told_with_exit_code_2() {
    let (_folder, path) = folder(ONE);
    for arguments in [
        ["--set", "0 0 * * *"],
        ["--set", "0 0 * * *=61 0 * * *"],
        ["--set", "0 0 * * *=0 0 * * * Europe/Atlantis"],
        ["--set", "0 0 * * *=0 0 * * * UTC UTC"],
        ["--set-index", "one=0 0 * * *"],
        ["--set-index", "0 0 * * *"],
    ] {
        let said = say(&path, &arguments);
        assert_eq!(said.code, code(2), "{said:?}");
    }
    assert_eq!(
        say(
            Path::new("-"),
            &["--set", "0 0 * * *=1 0 * * *", "--in-place"]
        )
        .code,
        code(2)
    );
    assert!(Command::try_parse_from(["edit", "x.yml"]).is_err());
}

#[test]
fn a_file_that_cannot_be_read_is_told_with_exit_code_1() {
    let (folder, _) = folder(ONE);
    let said = say(
        &folder.path().join("absent.yml"),
        &["--set", "0 0 * * *=1 0 * * *"],
    );
    assert_eq!(said.code, code(1));
    assert!(said.err.contains("absent.yml: "), "{}", said.err);
}

#[test]
fn help_shows_examples() {
    let help = Command::command().render_help().to_string();
    assert!(
        help.contains("--set '0 0 * * *=17 2 * * *' --in-place"),
        "{help}"
    );
}
