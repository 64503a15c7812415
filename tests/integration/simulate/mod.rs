//! The simulated GitHub, from outside: what it does over time, and what its REST face answers.

mod access;
mod demo;
mod faults;
mod forks;
mod git;
mod openapi;
mod paging;
mod pulls;
mod replay;
mod secondary;
mod time;

use axum::{
    body::{Body, to_bytes},
    http::{HeaderMap, Request},
};
use cronwright::{
    domain::{RepositoryName, Timestamp, WorkflowId},
    simulate::{NewRepository, Permissions, Settings, SharedWorld, World, face},
};
use serde_json::Value;
use tempfile::TempDir;
use tower::ServiceExt as _;

/// A token that may do everything.
pub const TOKEN: &str = "github_pat_everything";

/// A nightly workflow in UTC that may be dispatched.
pub const NIGHTLY: &str = "name: Nightly\non:\n  schedule:\n    - cron: '0 3 * * *' # at three\n  workflow_dispatch:\njobs: {}\n";

/// A world in a folder that vanishes with it, and its face.
pub struct Site {
    pub world: SharedWorld,
    pub folder: TempDir,
}

/// An answer, read.
pub struct Reply {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Value,
}

impl Reply {
    /// A header as text, empty where it is absent.
    pub fn header(&self, name: &str) -> &str {
        self.headers
            .get(name)
            .map_or("", |value| value.to_str().unwrap())
    }
}

impl Site {
    /// A world of one private repository `acme/app` with a nightly workflow.
    pub fn new() -> Self {
        Self::with(|_| {})
    }

    /// The same, changed before the repository is added.
    pub fn with(change: impl FnOnce(&mut Settings)) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let mut settings = Settings::new(1, at("2026-06-01T00:00:00Z"), folder.path());
        change(&mut settings);
        let mut world = World::new(settings);
        let files = [
            (".github/workflows/nightly.yml", NIGHTLY),
            ("README.md", "hello\n"),
        ];
        world
            .add_repository(NewRepository::new(app(), &files))
            .unwrap();
        world.add_token(TOKEN, "ada", Permissions::all());
        Self {
            world: world.share(),
            folder,
        }
    }

    /// Asks the face as the holder of [`TOKEN`].
    pub async fn ask(&self, method: &str, path: &str, body: Value) -> Reply {
        self.ask_with(
            method,
            path,
            body,
            &[("authorization", &format!("Bearer {TOKEN}"))],
        )
        .await
    }

    /// Asks the face with headers of one's own.
    pub async fn ask_with(
        &self,
        method: &str,
        path: &str,
        body: Value,
        headers: &[(&str, &str)],
    ) -> Reply {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header("host", "api.test");
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let bytes = if body.is_null() {
            Vec::new()
        } else {
            body.to_string().into_bytes()
        };
        let response =
            face::router(self.world.clone()).oneshot(request.body(Body::from(bytes)).unwrap());
        let (parts, body) = response.await.unwrap().into_parts();
        let bytes = to_bytes(body, usize::MAX).await.unwrap_or_default();
        let body = serde_json::from_slice(&bytes)
            .unwrap_or_else(|_| Value::String(String::from_utf8_lossy(&bytes).into_owned()));
        Reply {
            status: parts.status.as_u16(),
            headers: parts.headers,
            body,
        }
    }

    /// Makes a branch whose only difference is one file; returns its tip.
    pub fn branch(&self, branch: &str, path: &str, text: &str) -> String {
        self.world
            .lock()
            .unwrap()
            .push_to(&app(), branch, path, text.as_bytes())
            .unwrap()
    }

    /// Opens a pull request from a branch.
    pub async fn propose(&self, branch: &str) -> Reply {
        let body = serde_json::json!({"title": "Move the nightly", "head": branch, "base": "main", "body": "why"});
        self.ask("POST", "/repos/acme/app/pulls", body).await
    }
}

pub fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub fn app() -> RepositoryName {
    "acme/app".parse().unwrap()
}

pub fn nightly() -> WorkflowId {
    WorkflowId {
        repository: app(),
        file: "nightly.yml".parse().unwrap(),
    }
}
