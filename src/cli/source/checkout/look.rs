//! One look at the repository of a checkout: its runs are read into a store, forecast, and planned together.
//!
//! Looks and never acts: no round is made, so that nothing is decided, and GitHub is only ever asked to tell.

use std::sync::Arc;

use secrecy::SecretString;

use super::folder::Checkout;
use crate::{
    api::{
        GitHubConnectionSpec, LocalReference, WorkflowScheduleSpec,
        github_connection::Credentials as Referenced, workflow_schedule::Policy,
    },
    decide::{Cause, FileSeen, Known, Object, Seen, Why, Wish},
    domain::WorkflowFile,
    github::{Clock, Credentials},
    metrics::Metrics,
    observe::{self, Observatory, Site},
    round::timetable::timetable,
    store::Store,
};

/// The connection's name, as the report has it: the remote that is looked at.
const CONNECTION: &str = "origin";
/// The same with what stands for a namespace.
const IDENTITY: &str = "checkout/origin";
/// The share of the token's requests an hour that a look takes at most, in percent: the other half is its owner's.
const SHARE: i32 = 50;

/// What a look came to, besides what the store knows now.
#[derive(Debug, Default)]
pub(super) struct Looked {
    /// Why the repository could not be read, or not to the end.
    pub(super) failure: Option<Why>,
    /// Workflows of which less is told than one might expect, and why.
    pub(super) notes: Vec<String>,
}

/// Looks at everything once. `progress` is called before each workflow.
///
/// # Errors
/// When the address or the token cannot be used at all.
pub(super) async fn look(
    checkout: &Checkout,
    (api_url, token): (&str, SecretString),
    store: &Store,
    clock: Clock,
    mut progress: impl FnMut(&WorkflowFile),
) -> anyhow::Result<Looked> {
    let observatory = Arc::new(Observatory::connect(
        IDENTITY,
        &connection(api_url),
        Credentials::Token(token),
        clock.clone(),
        store,
        &Metrics::default(),
    )?);
    let site: Site = Known::Known(observatory.clone());
    let (mut looked, mut wishes) = (Looked::default(), Vec::new());
    for file in &checkout.scheduled {
        progress(file);
        let wish = Wish::read(&declared(checkout, file))?;
        // One demand for news serves the whole repository.
        let object = object(file, wish.clone(), wishes.is_empty());
        let seen = observe::look(&object, &site, clock()).await;
        wishes.push((file.as_str().to_owned(), wish));
        looked.failure = stops(&seen).cloned();
        if looked.failure.is_some() {
            return Ok(looked);
        }
        looked.notes.extend(note(&seen, file));
    }
    if let Known::Unknown(why) = timetable(&observatory, wishes, clock()).await {
        looked.failure = Some(why);
    }
    Ok(looked)
}

/// What keeps the other workflows from being read as well.
fn stops(seen: &Seen) -> Option<&Why> {
    let limit = |why: &&Why| why.cause == Cause::RateLimited;
    let file = unknown(&seen.file).filter(limit);
    let learned = unknown(&seen.learned).filter(limit);
    unknown(&seen.repository).or(file).or(learned)
}

const fn unknown<T>(seen: &Known<T>) -> Option<&Why> {
    match seen {
        Known::Unknown(why) => Some(why),
        Known::Known(_) => None,
    }
}

/// What the reader has to know of a workflow that could not be told whole.
fn note(seen: &Seen, file: &WorkflowFile) -> Option<String> {
    let name = file.as_str();
    match (&seen.file, &seen.learned) {
        (Known::Known(FileSeen::Missing), _) => Some(format!(
            "{name} is not on the default branch yet: GitHub starts nothing by it"
        )),
        (Known::Unknown(why), _) | (_, Known::Unknown(why)) => {
            Some(format!("{name}: {}", why.message))
        }
        (Known::Known(FileSeen::Found { .. }), Known::Known(_)) => None,
    }
}

fn connection(api_url: &str) -> GitHubConnectionSpec {
    GitHubConnectionSpec {
        url: api_url.to_owned(),
        credentials: Referenced {
            token_secret_ref: None,
            app: None,
        },
        webhook_secret_ref: None,
        former_webhook_secret_ref: None,
        interval: "5m".to_owned(),
        budget_percent: SHARE,
        prices: Vec::new(),
        suspend: false,
    }
}

/// A workflow as a WorkflowSchedule of nothing but its name would declare it.
fn declared(checkout: &Checkout, file: &WorkflowFile) -> WorkflowScheduleSpec {
    WorkflowScheduleSpec {
        connection_ref: LocalReference {
            name: CONNECTION.to_owned(),
        },
        repository: checkout.remote.repository.to_string(),
        workflow: file.as_str().to_owned(),
        timing: None,
        policy: Policy::default(),
        pull_request: None,
        interval: "5m".to_owned(),
        suspend: false,
    }
}

fn object(file: &WorkflowFile, wish: Wish, news: bool) -> Object {
    Object {
        identity: format!("checkout/{}", file.as_str()),
        generation: 1,
        requested_at: news.then(|| "now".to_owned()),
        deleting: false,
        finalizer: false,
        elder: None,
        ration: None,
        wish: Ok(wish),
        before: crate::api::WorkflowScheduleStatus::default(),
    }
}
