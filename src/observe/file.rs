//! The workflow file on the default branch.

use super::{
    observatory::Observatory,
    refresh::known,
    view::{FileRead, View},
};
use crate::{
    decide::{FileSeen, Known, WorkflowState, timetable::MemberFile},
    domain::{Schedule, WorkflowId},
    edit, github,
};

/// The workflow's file, read once for each full refresh.
pub(super) async fn file(
    observatory: &Observatory,
    view: &mut View,
    workflow: &WorkflowId,
    branch: &str,
) -> Known<FileSeen> {
    if let Some(file) = view.files.get(&workflow.file) {
        return Known::Known(file.seen.clone());
    }
    let read = observatory
        .github
        .file(&workflow.repository, &workflow.file.path(), branch)
        .await;
    let state = view
        .states
        .get(&workflow.file)
        .copied()
        .unwrap_or(WorkflowState::Active);
    let file =
        known(read.map(|content| {
            content.map_or_else(FileRead::missing, |content| found(content, state))
        }));
    match file {
        Known::Known(file) => {
            let seen = file.seen.clone();
            view.unreadable.remove(&workflow.file);
            view.files.insert(workflow.file.clone(), file);
            view.unwritten = true;
            Known::Known(seen)
        }
        Known::Unknown(why) => {
            view.unreadable.insert(workflow.file.clone());
            Known::Unknown(why)
        }
    }
}

fn found(content: github::FileContent, state: WorkflowState) -> FileRead {
    FileRead::of(content.blob_sha, content.bytes, state)
}

impl FileRead {
    /// There is no such file.
    pub(super) const fn missing() -> Self {
        Self {
            seen: FileSeen::Missing,
            generated: false,
        }
    }

    /// Reads a file's text: once, since a fleet's files are asked about far more often than they change.
    pub(super) fn of(blob: String, bytes: Vec<u8>, state: WorkflowState) -> Self {
        let (schedules, generated) = match edit::read(&bytes) {
            Ok(document) => {
                let generated = document.generated.is_some();
                let entries = document.entries.into_iter();
                (entries.map(|entry| entry.schedule).collect(), generated)
            }
            Err(refusal) => (Err(refusal.to_string()), false),
        };
        Self {
            seen: FileSeen::Found {
                blob,
                bytes,
                schedules,
                state,
            },
            generated,
        }
    }

    /// What a timetable is told of the file; `override_generated` says that an edit is wished for all the same.
    pub(super) fn member(&self, override_generated: bool) -> MemberFile {
        match &self.seen {
            FileSeen::Found {
                schedules: Ok(schedules),
                ..
            } => MemberFile {
                schedules: schedules.clone(),
                editable: !self.generated || override_generated,
            },
            FileSeen::Found {
                schedules: Err(_), ..
            }
            | FileSeen::Missing => MemberFile::unplannable(),
        }
    }
}

/// The file's schedule entries; none that can be read.
pub(super) fn schedules(file: &FileSeen) -> &[Schedule] {
    match file {
        FileSeen::Found {
            schedules: Ok(schedules),
            ..
        } => schedules,
        FileSeen::Found {
            schedules: Err(_), ..
        }
        | FileSeen::Missing => &[],
    }
}
