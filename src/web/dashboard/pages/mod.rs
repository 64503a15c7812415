//! The pages: each makes values from a picture and hands them to a template of its name.

mod accuracy;
mod cost;
mod costs;
mod groups;
mod load;
mod message;
mod overview;
mod plan;
mod timetable;
mod workflow;
mod workflows;

use askama::Template;
use axum::{
    http::StatusCode,
    response::{Html, IntoResponse as _, Response},
};

pub(super) use accuracy::accuracy;
pub(super) use costs::costs;
pub(super) use load::load;
pub(super) use message::nothing_here;
pub(super) use overview::overview;
pub(super) use plan::plan;
pub(super) use timetable::timetable;
pub(super) use workflow::workflow;
pub(super) use workflows::workflows;

/// Answers with a page.
fn answer(page: &impl Template) -> Response {
    match page.render() {
        Ok(text) => Html(text).into_response(),
        Err(error) => {
            tracing::error!(error = %error, "a page of the dashboard could not be written");
            StatusCode::INTERNAL_SERVER_ERROR.into_response()
        }
    }
}

/// The number of a piece of a list, as an address has it; what is no number is the first.
fn page_number(page: Option<&str>) -> usize {
    page.and_then(|page| page.parse().ok()).unwrap_or(1)
}

/// Whether a name holds a text, in whatever letter case.
fn holds(name: &str, text: &str) -> bool {
    text.is_empty() || name.to_lowercase().contains(&text.to_lowercase())
}

#[cfg(test)]
mod tests {
    #[test]
    fn templates_escape_everything() {
        let folder =
            std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("src/web/dashboard/templates");
        let texts = [folder.clone(), folder.join("parts")];
        let files = texts
            .iter()
            .flat_map(|folder| std::fs::read_dir(folder).unwrap());
        let mut number = 0;
        for file in files
            .map(|file| file.unwrap().path())
            .filter(|path| path.is_file())
        {
            let text = std::fs::read_to_string(&file).unwrap();
            assert!(
                !text.contains("|safe") && !text.contains("| safe"),
                "{}",
                file.display()
            );
            number += 1;
        }
        assert!(number > 12, "{number}");
    }
}
