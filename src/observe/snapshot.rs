//! A repository's view on paper: what a restart needs to begin where the last process ended.
//!
//! Written whenever something was read, read once a process. What changed in between is found by the next refresh, and an effect reads the
//! present again in any case. A snapshot that cannot be read is none.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::{file, observatory::Observatory, view::View};
use crate::{
    decide::{FileSeen, PullSeen, RepositorySeen, WorkflowState},
    domain::{RepositoryName, Timestamp, WorkflowFile},
};

/// The shape of this version; another one's snapshot is left unread.
const VERSION: u32 = 2;

#[derive(Serialize, Deserialize)]
struct Snapshot {
    version: u32,
    asked_at: Timestamp,
    light: u32,
    repository: RepositorySeen,
    pushed_at: Option<Timestamp>,
    states: BTreeMap<WorkflowFile, WorkflowState>,
    files: BTreeMap<WorkflowFile, Option<Content>>,
    open: Vec<PullSeen>,
    ended: BTreeMap<u64, PullSeen>,
}

/// A file that was there; its schedule is read from its text again.
#[derive(Serialize, Deserialize)]
struct Content {
    blob: String,
    text: String,
    state: WorkflowState,
}

/// Begins where a former process ended, once; a store that does not tell costs requests and nothing else.
pub(super) async fn restore(
    observatory: &Observatory,
    view: &mut View,
    repository: &RepositoryName,
    now: Timestamp,
) {
    if std::mem::replace(&mut view.restored, true) || view.asked_at.is_some() {
        return;
    }
    let stored = observatory
        .store
        .view(&observatory.identity, repository)
        .await;
    let stored = stored.inspect_err(
        |error| tracing::warn!(error = %error, "what was seen before could not be recalled"),
    );
    if let Some(seen) = stored.ok().flatten().as_deref().and_then(read) {
        *view = View {
            // A clock that was set back must not keep us from asking.
            asked_at: seen.asked_at.filter(|asked_at| *asked_at <= now),
            restored: true,
            stale: view.stale,
            ..seen
        };
    }
}

/// Writes a view down if something was read since it was.
pub(super) async fn keep(
    observatory: &Observatory,
    view: &mut View,
    repository: &RepositoryName,
    now: Timestamp,
) {
    if !std::mem::take(&mut view.unwritten) {
        return;
    }
    let Some(body) = write(view) else { return };
    let (store, identity) = (&observatory.store, &observatory.identity);
    if let Err(error) = store.put_view(identity, repository, &body, now).await {
        tracing::warn!(error = %error, "what was seen could not be kept");
    }
}

/// Writes a view down; none while there is nothing worth it.
fn write(view: &View) -> Option<String> {
    let snapshot = Snapshot {
        version: VERSION,
        asked_at: view.asked_at?,
        light: view.light,
        repository: view.repository.clone()?,
        pushed_at: view.pushed_at,
        states: view.states.clone(),
        files: view
            .files
            .iter()
            .filter_map(|(name, file)| Some((name.clone(), content(file)?)))
            .collect(),
        open: view.open.clone(),
        ended: view.ended.clone(),
    };
    serde_json::to_string(&snapshot).ok()
}

/// A file as it is written down; a file that is not UTF-8 is read again.
fn content(seen: &FileSeen) -> Option<Option<Content>> {
    match seen {
        FileSeen::Missing => Some(None),
        FileSeen::Found {
            blob, bytes, state, ..
        } => {
            let text = String::from_utf8(bytes.clone()).ok()?;
            Some(Some(Content {
                blob: blob.clone(),
                text,
                state: *state,
            }))
        }
    }
}

/// Reads a view from what was written down.
fn read(text: &str) -> Option<View> {
    let snapshot: Snapshot = serde_json::from_str(text).ok()?;
    if snapshot.version != VERSION {
        return None;
    }
    let seen = |content: Option<Content>| match content {
        None => FileSeen::Missing,
        Some(Content { blob, text, state }) => {
            let bytes = text.into_bytes();
            FileSeen::Found {
                blob,
                schedules: file::schedules(&bytes),
                bytes,
                state,
            }
        }
    };
    Some(View {
        asked_at: Some(snapshot.asked_at),
        light: snapshot.light,
        repository: Some(snapshot.repository),
        pushed_at: snapshot.pushed_at,
        states: snapshot.states,
        files: snapshot
            .files
            .into_iter()
            .map(|(name, content)| (name, seen(content)))
            .collect(),
        open: snapshot.open,
        ended: snapshot.ended,
        ..View::default()
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_view_reads_back_as_it_was_written() {
        let text = "on:\n  schedule:\n    - cron: '17 2 * * *'\n";
        let found = FileSeen::Found {
            blob: "abc".to_owned(),
            bytes: text.as_bytes().to_vec(),
            schedules: file::schedules(text.as_bytes()),
            state: WorkflowState::Active,
        };
        let view = View {
            asked_at: Some(Timestamp::UNIX_EPOCH),
            repository: Some(RepositorySeen {
                default_branch: "main".to_owned(),
                archived: false,
            }),
            files: [
                ("a.yml".parse().unwrap(), found),
                ("b.yml".parse().unwrap(), FileSeen::Missing),
            ]
            .into(),
            ..View::default()
        };
        let back = read(&write(&view).unwrap()).unwrap();
        assert_eq!(back.files, view.files);
        assert_eq!(
            (back.asked_at, back.repository),
            (view.asked_at, view.repository)
        );
    }

    #[test]
    fn a_snapshot_of_another_shape_is_none() {
        assert!(read("{}").is_none());
        assert!(read("no json").is_none());
    }

    #[test]
    fn a_view_that_has_seen_nothing_is_not_written_down() {
        assert!(write(&View::default()).is_none());
    }
}
