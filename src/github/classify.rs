//! What an answer that is no success means: from status, headers and GitHub's message to one [`Error`].

use http::{HeaderMap, StatusCode};
use serde::Deserialize;

use super::{Error, call::Call, error::bounded};
use crate::domain::Seconds;

/// The header in which GitHub names the permissions that would have allowed a request.
const ACCEPTED_PERMISSIONS: &str = "x-accepted-github-permissions";

/// The body of GitHub's errors.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Refusal {
    message: Option<String>,
    errors: Option<serde_json::Value>,
}

/// GitHub's message with the details of a refused validation, bounded; empty when the body is not GitHub's.
///
/// Secrets are taken out by `redact` before the bound, which could otherwise leave a part of one that is not known again.
pub(super) fn message(body: &[u8], redact: impl Fn(&str) -> String) -> String {
    let refusal: Refusal = serde_json::from_slice(body).unwrap_or_default();
    let mut parts: Vec<String> = refusal.message.into_iter().collect();
    if let Some(serde_json::Value::Array(errors)) = refusal.errors {
        parts.extend(errors.iter().filter_map(detail));
    }
    bounded(&redact(&parts.join(": ")))
}

/// One detail: a text, or an object with a message or with a field and a code.
fn detail(error: &serde_json::Value) -> Option<String> {
    let text = |name: &str| error.get(name).and_then(serde_json::Value::as_str);
    match (
        error.as_str().or_else(|| text("message")),
        text("field"),
        text("code"),
    ) {
        (Some(message), ..) => Some(message.to_owned()),
        (None, Some(field), Some(code)) => Some(format!("{field} {code}")),
        (None, _, code) => code.map(str::to_owned),
    }
}

/// Classifies a status that is neither a success nor a rate limit's.
pub(super) fn failure(
    call: &Call,
    status: StatusCode,
    headers: &HeaderMap,
    message: String,
) -> Error {
    let what = call.what.clone();
    let message = if message.is_empty() {
        format!("status {}", status.as_u16())
    } else {
        message
    };
    match status.as_u16() {
        401 => Error::Unauthorized { what, message },
        403 | 451 => Error::MissingPermission {
            what,
            permission: permission(headers),
            message,
        },
        404 | 410 => Error::NotFound { what },
        409 => Error::Conflict { what, message },
        408 | 500..=599 => {
            let after = headers
                .get(http::header::RETRY_AFTER)
                .and_then(|value| value.to_str().ok()?.parse().ok());
            // The longest wait believed of an answer is an hour, as for rate limits.
            let after = after.map(|seconds: u64| Seconds(seconds.min(3600)));
            Error::Unavailable {
                what,
                status: status.as_u16(),
                after,
                wrote: call.doubt(),
            }
        }
        // How Git itself words it when a branch would bring a workflow file.
        422 if message.contains("refusing to allow") => Error::MissingPermission {
            what,
            permission: permission(headers).or_else(|| Some("workflows=write".to_owned())),
            message,
        },
        400..=499 => Error::Unprocessable { what, message },
        other => Error::malformed(&call.what, format!("status {other}"), call.doubt()),
    }
}

/// The permissions that would do, as GitHub lists them.
fn permission(headers: &HeaderMap) -> Option<String> {
    let accepted = headers.get(ACCEPTED_PERMISSIONS)?.to_str().ok()?;
    Some(bounded(accepted)).filter(|accepted| !accepted.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::github::Wrote;

    fn classify(method: http::Method, status: u16) -> Error {
        let call = Call::bare(method, "/r", "/r".into(), "do it");
        failure(
            &call,
            StatusCode::from_u16(status).unwrap(),
            &HeaderMap::new(),
            String::new(),
        )
    }

    #[test]
    fn a_message_is_bounded_and_plain() {
        let body = format!(
            r#"{{"message":"a\u001b[31m{}","errors":["b",{{"field":"head","code":"invalid"}}]}}"#,
            "x".repeat(500)
        );
        let message = message(body.as_bytes(), str::to_owned);
        assert_eq!(message.chars().count(), 200);
        assert!(!message.contains('\u{1b}'));
        assert_eq!(super::message(br#"{"message":"Validation Failed","errors":[{"code":"custom","message":"exists"}]}"#, str::to_owned), "Validation Failed: exists");
        assert_eq!(super::message(b"<html>secret</html>", str::to_owned), "");
    }

    #[test]
    fn a_failing_server_leaves_open_what_was_written_but_not_what_was_read() {
        assert_eq!(classify(http::Method::POST, 502).wrote(), Wrote::Maybe);
        assert_eq!(classify(http::Method::GET, 502).wrote(), Wrote::No);
        assert_eq!(classify(http::Method::POST, 422).wrote(), Wrote::No);
    }

    #[test]
    fn every_status_has_a_meaning() {
        for status in 100..=999 {
            assert!(!classify(http::Method::GET, status).to_string().is_empty());
        }
    }
}
