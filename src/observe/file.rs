//! The workflow file on the default branch.

use super::{observatory::Observatory, refresh::known, view::View};
use crate::{
    decide::{FileSeen, Known, WorkflowState},
    domain::{Schedule, WorkflowId},
    edit,
};

/// The workflow's file, read once for each full refresh.
pub(super) async fn file(
    observatory: &Observatory,
    view: &mut View,
    workflow: &WorkflowId,
    branch: &str,
) -> Known<FileSeen> {
    if let Some(file) = view.files.get(&workflow.file) {
        return Known::Known(file.clone());
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
    let file = known(
        read.map(|content| content.map_or(FileSeen::Missing, |content| found(content, state))),
    );
    match &file {
        Known::Known(file) => {
            view.unreadable.remove(&workflow.file);
            view.files.insert(workflow.file.clone(), file.clone());
            view.unwritten = true;
        }
        Known::Unknown(_) => {
            view.unreadable.insert(workflow.file.clone());
        }
    }
    file
}

fn found(content: crate::github::FileContent, state: WorkflowState) -> FileSeen {
    FileSeen::Found {
        blob: content.blob_sha,
        schedules: schedules(&content.bytes),
        bytes: content.bytes,
        state,
    }
}

/// The file's schedule entries, or why they cannot be read.
pub(super) fn schedules(bytes: &[u8]) -> Result<Vec<Schedule>, String> {
    let document = edit::read(bytes).map_err(|refusal| refusal.to_string())?;
    document
        .entries
        .into_iter()
        .map(|entry| entry.schedule)
        .collect()
}
