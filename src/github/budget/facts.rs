//! What an answer's status, headers and message say about limits.

use http::{HeaderMap, StatusCode, header::RETRY_AFTER};

use crate::domain::{Seconds, Timestamp};

/// The limits' part of an answer.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::github) struct AnswerFacts {
    /// Limit, remaining and reset of the core resource, where all three are told.
    pub(in crate::github) primary: Option<(u64, u64, Timestamp)>,
    /// `Retry-After` in seconds.
    pub(in crate::github) retry_after: Option<Seconds>,
    /// The status is 403 or 429: a refusal that may be a limit's.
    pub(in crate::github) refused: bool,
    /// The answer asks us to slow down.
    pub(in crate::github) slow_down: bool,
}

impl AnswerFacts {
    /// Reads them. `message` is GitHub's `message`, empty where there is none.
    pub(in crate::github) fn read(status: StatusCode, headers: &HeaderMap, message: &str) -> Self {
        let text = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
        let number = |name: &str| text(name).and_then(|value| value.trim().parse::<u64>().ok());
        // Other resources (search, GraphQL) have counters of their own, which would overwrite the one that matters here.
        let core = text("x-ratelimit-resource").is_none_or(|resource| resource == "core");
        let resets_at = number("x-ratelimit-reset")
            .and_then(|epoch| i64::try_from(epoch).ok())
            .and_then(|epoch| Timestamp::from_timestamp(epoch, 0));
        let primary = match (
            number("x-ratelimit-limit"),
            number("x-ratelimit-remaining"),
            resets_at,
        ) {
            (Some(limit), Some(remaining), Some(resets_at)) if core => {
                Some((limit, remaining, resets_at))
            }
            _ => None,
        };
        let refused = matches!(
            status,
            StatusCode::FORBIDDEN | StatusCode::TOO_MANY_REQUESTS
        );
        let retry_after = number(RETRY_AFTER.as_str()).map(Seconds);
        let message = message.to_ascii_lowercase();
        let named = message.contains("rate limit") || message.contains("abuse");
        let slow_down =
            refused && (status == StatusCode::TOO_MANY_REQUESTS || retry_after.is_some() || named);
        Self {
            primary,
            retry_after,
            refused,
            slow_down,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        pairs
            .iter()
            .map(|(name, value)| (name.parse().unwrap(), value.parse().unwrap()))
            .collect()
    }

    #[test]
    fn a_plain_refusal_is_no_request_to_slow_down() {
        let facts = AnswerFacts::read(
            StatusCode::FORBIDDEN,
            &HeaderMap::new(),
            "Resource not accessible by integration",
        );
        assert!(facts.refused && !facts.slow_down);
    }

    #[test]
    fn each_sign_of_a_secondary_limit_is_seen() {
        let read = |status, pairs: &[_], message| {
            AnswerFacts::read(status, &headers(pairs), message).slow_down
        };
        assert!(read(
            StatusCode::FORBIDDEN,
            &[],
            "You have exceeded a secondary rate limit."
        ));
        assert!(read(StatusCode::FORBIDDEN, &[("retry-after", "7")], ""));
        assert!(read(StatusCode::TOO_MANY_REQUESTS, &[], ""));
        assert!(!read(StatusCode::OK, &[("retry-after", "7")], ""));
    }

    #[test]
    fn counters_of_other_resources_and_nonsense_are_left_alone() {
        let counters = |resource, remaining| {
            let pairs = [
                ("x-ratelimit-limit", "30"),
                ("x-ratelimit-remaining", remaining),
                ("x-ratelimit-reset", "1764000000"),
                ("x-ratelimit-resource", resource),
            ];
            AnswerFacts::read(StatusCode::OK, &headers(&pairs), "").primary
        };
        assert_eq!(counters("search", "29"), None);
        assert_eq!(counters("core", "-1"), None);
        assert!(counters("core", "29").is_some());
    }
}
