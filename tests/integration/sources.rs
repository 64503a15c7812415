//! A checkout with a simulated GitHub behind it, told by the binary as a person runs it.

use std::{
    fs,
    path::Path,
    process::{Command, Output},
    sync::PoisonError,
};

use cronwright::simulate::{NewRepository, Permissions, Settings, SharedWorld, World, face};
use serde_json::Value;
use tempfile::TempDir;

const TOKEN: &str = "github_pat_11SECRETSECRETSECRET";
const NIGHTLY: &str = "on:\n  schedule:\n    - cron: '0 3 * * *'\njobs: {}\n";

/// A simulated GitHub on loopback and a checkout of its only repository.
struct Stage {
    world: SharedWorld,
    folder: TempDir,
    api_url: String,
}

impl Stage {
    async fn set() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let begins = "2026-06-01T06:00:00Z".parse().unwrap();
        let mut world = World::new(Settings::new(7, begins, folder.path().join("github")));
        world.add_token(TOKEN, "ada", Permissions::all());
        let files = [(".github/workflows/nightly.yml", NIGHTLY)];
        let app = NewRepository::new("acme/app".parse().unwrap(), &files);
        world.add_repository(app).unwrap();
        let world = world.share();
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let api_url = format!("http://{}", listener.local_addr().unwrap());
        tokio::spawn(face::serve(world.clone(), listener));
        let checkout = folder.path().join("checkout");
        write(&checkout.join(".github/workflows/nightly.yml"), NIGHTLY);
        let origin =
            format!("[remote \"origin\"]\n\turl = https://ada:{TOKEN}@github.com/acme/app\n");
        write(&checkout.join(".git/config"), &origin);
        Self {
            world,
            folder,
            api_url,
        }
    }

    /// Runs a command on the checkout, with a token or without.
    async fn run(&self, args: &[&str], token: Option<&str>) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_cronwright"));
        command
            .args(args)
            .arg("--checkout")
            .arg(self.folder.path().join("checkout"))
            .args(["--api-url", &self.api_url])
            .env("XDG_CACHE_HOME", self.folder.path().join("caches"))
            .env("CRONWRIGHT_STORE", "sqlite://not/asked.db")
            .env_remove("GH_ENTERPRISE_TOKEN")
            .env_remove("GITHUB_ENTERPRISE_TOKEN")
            // What github.com's tokens stand in is not for the server that is asked.
            .env("GH_TOKEN", "github_pat_of_github");
        if let Some(token) = token {
            command.env("GH_ENTERPRISE_TOKEN", token);
        }
        let ran = tokio::task::spawn_blocking(move || command.output().unwrap());
        ran.await.unwrap()
    }

    fn asked(&self) -> usize {
        let world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        assert_eq!(world.requests().writes(), Vec::<&_>::new());
        world.requests().log().len()
    }
}

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkout_is_told_in_every_format_and_kept_below_the_users_cache_folder() {
    let stage = Stage::set().await;

    let json = stage
        .run(&["report", "--format", "json"], Some(TOKEN))
        .await;

    let told = String::from_utf8_lossy(&json.stderr).into_owned();
    assert!(json.status.success(), "{told}");
    let report: Value = serde_json::from_slice(&json.stdout).unwrap();
    let workflow = report["workflows"][0]["workflow"].as_str().unwrap();
    assert!(workflow.ends_with("acme/app/nightly.yml"), "{workflow}");
    assert_eq!(report["timetables"][0]["connection"], "checkout/origin");
    let kept = "caches/cronwright/github.com/acme/app.db";
    assert!(stage.folder.path().join(kept).is_file());
    for (args, code) in [
        (&["report"][..], 0),
        (&["export"], 0),
        (&["explain", "nightly"], 0),
        (&["health", "--format", "yaml"], 0),
        (&["report", "--format", "markdown"], 0),
        // Nothing was forecast, since nothing ever ran.
        (&["forecast"], 1),
        (&["accuracy"], 1),
    ] {
        let output = stage.run(args, Some(TOKEN)).await;
        let all = [output.stdout, output.stderr].concat();
        let text = String::from_utf8(all).unwrap();
        assert_eq!(output.status.code(), Some(code), "{args:?}: {text}");
        assert!(!text.contains('\u{1b}') && !text.contains(TOKEN), "{text}");
    }
    stage.asked();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_token_nobody_is_asked_and_with_a_wrong_one_nothing_is_told() {
    let stage = Stage::set().await;

    let none = stage.run(&["report"], None).await;

    let told = String::from_utf8_lossy(&none.stderr).into_owned();
    assert_eq!((none.status.code(), none.stdout.len()), (Some(1), 0));
    assert!(
        told.contains("set GH_ENTERPRISE_TOKEN, GITHUB_ENTERPRISE_TOKEN or --token-file"),
        "{told}"
    );
    assert_eq!(stage.asked(), 0);
    let wrong = stage.run(&["report"], Some("github_pat_wrong")).await;
    let told = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert_eq!((wrong.status.code(), wrong.stdout.len()), (Some(1), 0));
    assert!(told.contains("does not take the token"), "{told}");
    assert!(
        !told.contains("github_pat_wrong") && !told.contains(TOKEN),
        "{told}"
    );
    let argument = stage
        .run(&["report", "--store", "sqlite://x.db"], Some(TOKEN))
        .await;
    assert_eq!(argument.status.code(), Some(2));
}
