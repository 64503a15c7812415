//! Webhooks: what GitHub sends of its own accord when somebody registered a hook, and how little of that can be relied on.
//!
//! Owns signatures, delivery ids and the post that loses, repeats, holds back and lets in forgeries; shares nothing with the
//! product's own reading of deliveries. Invariant: a delivery tells of what has just happened, and a world without a hook
//! lives as one with it.

use hmac::{Hmac, KeyInit as _, Mac as _};
use serde_json::{Value, json};
use sha2::Sha256;

use super::{Happening, PullDeed, World, draw::Draw, face::json, people::PERSON};
use crate::domain::{Digest, RepositoryName};

/// The address that a hook's payloads name; nobody asks there.
const API: &str = "https://api.github.test";
/// The site beside it.
const WEB: &str = "https://github.test";

/// One delivery: the headers that matter, and the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Delivery {
    /// `X-GitHub-Event`.
    pub event: &'static str,
    /// `X-GitHub-Delivery`.
    pub id: String,
    /// `X-Hub-Signature-256`.
    pub signature: String,
    /// The body.
    pub body: String,
}

/// What the post does to deliveries, as shares of them.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Disorder {
    /// Never arrive.
    pub lost: f64,
    /// Arrive twice.
    pub repeated: f64,
    /// Arrive after those that were sent later.
    pub held: f64,
    /// Arrive with one that somebody else made up.
    pub forged: f64,
}

/// The hook and what was sent to it.
#[derive(Debug, Default)]
pub(super) struct Hook {
    secret: Option<String>,
    disorder: Disorder,
    count: u64,
    sent: Vec<Delivery>,
    held: Vec<Delivery>,
}

impl World {
    /// Registers a hook for everything there is; the first delivery is a ping.
    pub fn register_hook(&mut self, secret: &str, disorder: Disorder) {
        self.hook = Hook {
            secret: Some(secret.to_owned()),
            disorder,
            ..Hook::default()
        };
        self.send(
            "ping",
            &json!({"zen": "Keep it logically awesome.", "hook_id": 1}),
        );
    }

    /// What arrives of all that was sent since the last time, in the order in which it arrives.
    pub fn take_deliveries(&mut self) -> Vec<Delivery> {
        let (seed, disorder) = (self.settings.seed, self.hook.disorder);
        let mut arriving = Vec::new();
        let mut late = Vec::new();
        for delivery in std::mem::take(&mut self.hook.sent) {
            let mut draw = Draw::of(seed, &["post", &delivery.id]);
            if draw.chance(disorder.forged) {
                arriving.push(forgery(&delivery));
            }
            if draw.chance(disorder.lost) {
                continue;
            }
            if draw.chance(disorder.repeated) {
                arriving.push(delivery.clone());
            }
            let held = draw.chance(disorder.held);
            if held { &mut late } else { &mut arriving }.push(delivery);
        }
        arriving.append(&mut self.hook.held);
        self.hook.held = late;
        arriving
    }

    /// Tells the hook of what just happened.
    pub(super) fn tell_hook(&mut self, what: &Happening) {
        if self.hook.secret.is_none() {
            return;
        }
        let told = match what {
            Happening::Completed {
                workflow,
                run,
                attempt,
                ..
            } => self.run_payload(&workflow.repository, run.0, *attempt),
            Happening::Moved {
                repository,
                branch,
                tip: Some(tip),
                ..
            } => self.push_payload(repository, branch, tip),
            Happening::Pull {
                repository,
                number,
                deed,
                ..
            } => self.pull_payload(repository, *number, *deed),
            Happening::Moved { tip: None, .. }
            | Happening::Registered { .. }
            | Happening::Disabled { .. }
            | Happening::Served { .. }
            | Happening::Dropped { .. }
            | Happening::LevelMoved { .. } => None,
        };
        if let Some((event, body)) = told {
            self.send(event, &body);
        }
    }

    fn run_payload(
        &self,
        repository: &RepositoryName,
        run: u64,
        attempt: u32,
    ) -> Option<(&'static str, Value)> {
        let of = &self.repositories[self.place(repository).ok()?];
        let run = of.runs.get(&run)?;
        let workflow = of.workflows.get(&run.file)?;
        let body = json!({
            "action": "completed",
            "workflow_run": json::run(API, WEB, of, run, run.attempt(attempt)?),
            "workflow": json::workflow(API, WEB, of, workflow),
        });
        Some(("workflow_run", body)).map(|told| self.of_repository(repository, told))
    }

    fn push_payload(
        &self,
        repository: &RepositoryName,
        branch: &str,
        tip: &str,
    ) -> Option<(&'static str, Value)> {
        let of = &self.repositories[self.place(repository).ok()?];
        let after = git2::Oid::from_str(tip).ok()?;
        let commit = of.objects.git.find_commit(after).ok()?;
        let before = commit.parent_id(0).ok();
        let changes = of.objects.changes(before, after).ok()?;
        let paths = |status: &str| -> Vec<&str> {
            let of_status = changes.iter().filter(|change| change.status == status);
            of_status.map(|change| change.path.as_str()).collect()
        };
        let body = json!({
            "ref": format!("refs/heads/{branch}"), "after": tip,
            "before": before.map_or_else(|| "0".repeat(40), |before| before.to_string()),
            "created": false, "deleted": false, "forced": false,
            "commits": [{
                "id": tip, "message": commit.message().unwrap_or_default(),
                "added": paths("added"), "removed": paths("removed"), "modified": paths("modified"),
            }],
        });
        Some(("push", body)).map(|told| self.of_repository(repository, told))
    }

    fn pull_payload(
        &self,
        repository: &RepositoryName,
        number: u64,
        deed: PullDeed,
    ) -> Option<(&'static str, Value)> {
        let of = &self.repositories[self.place(repository).ok()?];
        let action = match deed {
            PullDeed::Opened => "opened",
            PullDeed::Merged | PullDeed::Closed => "closed",
            PullDeed::Reopened => "reopened",
            PullDeed::Marked => "labeled",
            PullDeed::Approved | PullDeed::Commented => return None,
        };
        let body = json!({
            "action": action, "number": number,
            "pull_request": json::pull(API, WEB, of, of.pull(number).ok()?),
        });
        Some(("pull_request", body)).map(|told| self.of_repository(repository, told))
    }

    /// Adds what every event of a repository tells besides.
    fn of_repository(
        &self,
        repository: &RepositoryName,
        (event, mut body): (&'static str, Value),
    ) -> (&'static str, Value) {
        if let Ok(place) = self.place(repository) {
            let of = &self.repositories[place];
            body["repository"] = json::full_repository(API, WEB, of);
        }
        body["sender"] = json::account(API, WEB, PERSON, false);
        (event, body)
    }

    fn send(&mut self, event: &'static str, body: &Value) {
        let Some(secret) = self.hook.secret.clone() else {
            return;
        };
        self.hook.count += 1;
        let body = body.to_string();
        let delivery = Delivery {
            event,
            id: id(&self.hook.count.to_string()),
            signature: sign(&secret, &body),
            body,
        };
        self.hook.sent.push(delivery);
    }
}

/// The same news about a workflow that is none, from somebody who does not know the secret.
fn forgery(delivery: &Delivery) -> Delivery {
    let body = delivery.body.replace("success", "failure");
    Delivery {
        id: id(&format!("forged {}", delivery.id)),
        signature: sign("a guess", &body),
        event: delivery.event,
        body,
    }
}

/// An id in GitHub's form, always the same for the same name.
fn id(name: &str) -> String {
    let digest = Digest::of([name.as_bytes()]);
    let parts = [0..8, 8..12, 12..16, 16..20, 20..32].map(|part| &digest.as_str()[part]);
    parts.join("-")
}

fn sign(secret: &str, body: &str) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes());
    let mut mac = mac.expect("HMAC takes keys of any length");
    mac.update(body.as_bytes());
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
