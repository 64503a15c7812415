//! The page that says why there is none.

use askama::Template;
use axum::{
    extract::State,
    http::StatusCode,
    response::{IntoResponse as _, Response},
};

use super::answer;
use crate::{
    store::StoreError,
    web::dashboard::{
        fresh::{Fresh, Shown},
        parts::Frame,
    },
};

#[derive(Template)]
#[template(path = "message.html")]
struct Message {
    frame: Frame,
    says: String,
}

/// Answers an address that no page has.
pub(in crate::web::dashboard) async fn nothing_here(State(fresh): State<Fresh>) -> Response {
    unknown(&fresh.shown(), "There is no such page.")
}

/// Answers that something is not known.
pub(super) fn unknown(shown: &Shown, says: &str) -> Response {
    message(shown, StatusCode::NOT_FOUND, "Not found", says)
}

/// Answers that the store could not be read. What it said may name places; that is for the log.
pub(super) fn unread(shown: &Shown, error: &StoreError) -> Response {
    tracing::warn!(error = %error, "a page of the dashboard could not read the store");
    let says =
        "The store could not be read; the log says why. Other pages show what was known before.";
    message(
        shown,
        StatusCode::SERVICE_UNAVAILABLE,
        "The store does not answer",
        says,
    )
}

fn message(shown: &Shown, status: StatusCode, title: &str, says: &str) -> Response {
    let page = Message {
        frame: Frame::of(shown, None, title),
        says: says.to_owned(),
    };
    (status, answer(&page)).into_response()
}
