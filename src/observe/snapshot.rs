//! A repository's view on paper: what a restart needs to begin where the last process ended.
//!
//! Written whenever something changed, read once a process; a look that found nothing new writes its instant alone. What changed in between is found by the next refresh, and an effect reads the
//! present again in any case. A snapshot that cannot be read is none. Lessons are a part of it, so that a start reads one
//! row a repository instead of every workflow's history; where only they are of another version's shape, they are learned
//! anew.

use std::{collections::BTreeMap, mem::take};

use serde::{Deserialize, Serialize, de::IgnoredAny};

use super::{
    observatory::Observatory,
    view::{FileRead, Lesson, View},
};
use crate::{
    decide::{FileSeen, PullSeen, RepositorySeen, WorkflowState},
    domain::{RepositoryName, Schedule, Timestamp, Visibility, WorkflowFile},
};

/// The shape of this version; another one's snapshot is left unread.
const VERSION: u32 = 2;

/// What each workflow's history taught.
type Lessons = BTreeMap<WorkflowFile, Lesson>;

#[derive(Serialize, Deserialize)]
struct Snapshot<L> {
    version: u32,
    asked_at: Timestamp,
    turn_at: Option<Timestamp>,
    light: u32,
    repository: RepositorySeen,
    #[serde(default)]
    visibility: Option<Visibility>,
    pushed_at: Option<Timestamp>,
    states: BTreeMap<WorkflowFile, WorkflowState>,
    files: BTreeMap<WorkflowFile, Option<Content>>,
    open: Vec<PullSeen>,
    ended: BTreeMap<u64, PullSeen>,
    #[serde(default)]
    revision: u64,
    #[serde(default)]
    lessons: L,
}

/// A file that was there.
#[derive(Serialize, Deserialize)]
struct Content {
    blob: String,
    text: String,
    state: WorkflowState,
    /// What its text says; read from the text again where it is absent.
    #[serde(default)]
    said: Option<Said>,
}

#[derive(Serialize, Deserialize)]
struct Said {
    schedules: Vec<Schedule>,
    generated: bool,
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
    let seen = stored.ok().flatten().and_then(|stored| {
        let seen = read(&stored.body)?;
        Some(looked_until(seen, stored.looked_at))
    });
    if let Some(seen) = seen {
        *view = View {
            // A clock that was set back must not keep us from asking.
            asked_at: seen.asked_at.filter(|asked_at| *asked_at <= now),
            turn_at: seen.turn_at.filter(|turn_at| *turn_at <= now),
            restored: true,
            stale: view.stale,
            ..seen
        };
    }
}

/// A view that was looked at again, without anything new, after it was written down.
fn looked_until(seen: View, looked_at: Timestamp) -> View {
    if seen.asked_at.is_some_and(|asked_at| asked_at >= looked_at) {
        return seen;
    }
    View {
        asked_at: Some(looked_at),
        learned_until: Some(looked_at),
        turn_at: None,
        ..seen
    }
}

/// Writes a view down if something changed since it was, or that it was looked at.
pub(super) async fn keep(
    observatory: &Observatory,
    view: &mut View,
    repository: &RepositoryName,
    now: Timestamp,
) {
    let (unwritten, looked) = (take(&mut view.unwritten), take(&mut view.looked));
    let (store, identity) = (&observatory.store, &observatory.identity);
    let kept = if unwritten {
        let Some(body) = write(view) else { return };
        store.put_view(identity, repository, &body, now).await
    } else if looked {
        store.touch_view(identity, repository, now).await
    } else {
        return;
    };
    if let Err(error) = kept {
        tracing::warn!(error = %error, "what was seen could not be kept");
    }
}

/// Writes a view down; none while there is nothing worth it.
fn write(view: &View) -> Option<String> {
    let snapshot = Snapshot {
        version: VERSION,
        asked_at: view.asked_at?,
        turn_at: view.turn_at,
        light: view.light,
        repository: view.repository.clone()?,
        visibility: view.visibility,
        pushed_at: view.pushed_at,
        states: view.states.clone(),
        files: view
            .files
            .iter()
            .filter_map(|(name, file)| Some((name.clone(), content(file)?)))
            .collect(),
        open: view.open.clone(),
        ended: view.ended.clone(),
        revision: view.revision,
        lessons: &view.lessons,
    };
    serde_json::to_string(&snapshot).ok()
}

/// A file as it is written down; a file that is not UTF-8 is read again.
fn content(file: &FileRead) -> Option<Option<Content>> {
    let FileSeen::Found {
        blob,
        bytes,
        state,
        schedules,
    } = &file.seen
    else {
        return Some(None);
    };
    let text = String::from_utf8(bytes.clone()).ok()?;
    let said = schedules.clone().ok().map(|schedules| Said {
        schedules,
        generated: file.generated,
    });
    Some(Some(Content {
        blob: blob.clone(),
        text,
        state: *state,
        said,
    }))
}

/// Reads a view from what was written down.
fn read(text: &str) -> Option<View> {
    let whole: Option<Snapshot<Lessons>> = serde_json::from_str(text).ok();
    if let Some(snapshot) = whole {
        return view(snapshot, |lessons| lessons);
    }
    let without: Snapshot<IgnoredAny> = serde_json::from_str(text).ok()?;
    view(without, |_| Lessons::new())
}

fn view<L>(snapshot: Snapshot<L>, lessons: impl FnOnce(L) -> Lessons) -> Option<View> {
    if snapshot.version != VERSION {
        return None;
    }
    let files = snapshot.files.into_iter();
    Some(View {
        asked_at: Some(snapshot.asked_at),
        turn_at: snapshot.turn_at,
        light: snapshot.light,
        repository: Some(snapshot.repository),
        visibility: snapshot.visibility,
        pushed_at: snapshot.pushed_at,
        states: snapshot.states,
        files: files
            .map(|(name, content)| (name, content.map_or_else(FileRead::missing, file)))
            .collect(),
        open: snapshot.open,
        ended: snapshot.ended,
        learned_until: Some(snapshot.asked_at),
        revision: snapshot.revision,
        lessons: lessons(snapshot.lessons),
        ..View::default()
    })
}

fn file(content: Content) -> FileRead {
    let Content {
        blob,
        text,
        state,
        said,
    } = content;
    let bytes = text.into_bytes();
    match said {
        None => FileRead::of(blob, bytes, state),
        Some(Said {
            schedules,
            generated,
        }) => FileRead {
            seen: FileSeen::Found {
                blob,
                bytes,
                schedules: Ok(schedules),
                state,
            },
            generated,
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A repository with one file that can be read, one that cannot, and one that is not there.
    fn seen() -> View {
        let file = |text: &str| {
            let bytes = text.as_bytes().to_vec();
            FileRead::of("abc".to_owned(), bytes, WorkflowState::Active)
        };
        let lesson = Lesson {
            revision: 3,
            schedules: Vec::new(),
            since: None,
            until: Timestamp::UNIX_EPOCH,
            siblings: crate::domain::Verdicts::default(),
            owner: crate::domain::Verdicts::default(),
            verdicts: crate::domain::Verdicts::default(),
            learned: crate::decide::Learned::default(),
            jobs: Vec::new(),
        };
        View {
            asked_at: Some(Timestamp::UNIX_EPOCH),
            turn_at: Some(Timestamp::UNIX_EPOCH),
            repository: Some(RepositorySeen {
                default_branch: "main".to_owned(),
                archived: false,
            }),
            files: [
                (
                    "a.yml".parse().unwrap(),
                    file("# Code generated by x. DO NOT EDIT.\non:\n  schedule:\n    - cron: '17 2 * * *'\n"),
                ),
                ("b.yml".parse().unwrap(), FileRead::missing()),
                ("c.yml".parse().unwrap(), file("on: [")),
            ]
            .into(),
            revision: 3,
            lessons: [("a.yml".parse().unwrap(), lesson)].into(),
            ..View::default()
        }
    }

    #[test]
    fn a_view_reads_back_as_it_was_written() {
        let view = seen();
        let back = read(&write(&view).unwrap()).unwrap();
        assert_eq!(back.files, view.files);
        assert!(back.files.values().any(|file| file.generated));
        assert_eq!((back.lessons, back.revision), (view.lessons, view.revision));
        assert_eq!(back.learned_until, view.asked_at);
        assert_eq!(
            (back.asked_at, back.turn_at, back.repository),
            (view.asked_at, view.turn_at, view.repository)
        );
    }

    #[test]
    fn a_snapshot_that_knows_no_lessons_and_tells_no_more_of_a_file_than_its_text_is_one() {
        let mut written: serde_json::Value =
            serde_json::from_str(&write(&seen()).unwrap()).unwrap();
        let fields = written.as_object_mut().unwrap();
        for absent in ["lessons", "revision", "turn_at"] {
            fields.remove(absent);
        }
        for file in fields["files"].as_object_mut().unwrap().values_mut() {
            file.as_object_mut().map(|file| file.remove("said"));
        }
        let back = read(&written.to_string()).unwrap();
        assert_eq!(back.files, seen().files);
        assert!(back.lessons.is_empty());
    }

    #[test]
    fn lessons_of_another_shape_are_learned_anew() {
        let mut written: serde_json::Value =
            serde_json::from_str(&write(&seen()).unwrap()).unwrap();
        written["lessons"]["a.yml"] = serde_json::json!({"wisdom": "none"});
        let back = read(&written.to_string()).unwrap();
        assert_eq!((back.files, back.lessons.len()), (seen().files, 0));
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
