//! The two ends of an exchange: what a call looks like on the wire, and what its answer means.
//!
//! Owns headers, redirects, and the fact and log line of each request. It sends nothing and counts nothing.

use http::{
    HeaderValue, Request, StatusCode,
    header::{ACCEPT, AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, IF_NONE_MATCH, LINK, LOCATION},
};
use octocrab::OctoBody;
use tokio::time::Instant;
use tracing::{Span, field::Empty};

use super::{
    Error, Outcome, RequestFact, Result, Wrote,
    auth::Bearer,
    budget::Wait,
    cache::CachedResponse,
    call::{Answer, Call},
    classify,
    client::Inner,
    transport::{Failure, MOST_BODY_BYTES, Received},
};

/// The media type and the version that every request asks for (GitHub).
const JSON: HeaderValue = HeaderValue::from_static("application/vnd.github+json");
const API_VERSION: (&str, HeaderValue) = (
    "x-github-api-version",
    HeaderValue::from_static("2022-11-28"),
);

impl Inner {
    /// Makes the request of a call, on condition that it differs from what is known.
    pub(super) fn request(
        &self,
        call: &Call,
        bearer: &Bearer,
        known: Option<&CachedResponse>,
    ) -> Result<Request<OctoBody>> {
        let builder = Request::builder()
            .method(call.method.clone())
            .uri(self.origin.absolute(&call.target))
            .header(ACCEPT, JSON)
            .header(API_VERSION.0, API_VERSION.1)
            .header(AUTHORIZATION, bearer.header()?);
        let builder = match known.and_then(|known| HeaderValue::from_str(&known.etag).ok()) {
            Some(etag) => builder.header(IF_NONE_MATCH, etag),
            None => builder,
        };
        let request = match &call.body {
            Some(body) => builder
                .header(CONTENT_TYPE, "application/json")
                .body(OctoBody::from(body.clone())),
            None if call.doubt() == Wrote::No => builder.body(OctoBody::empty()),
            None => builder.header(CONTENT_LENGTH, "0").body(OctoBody::empty()),
        };
        request.map_err(|_| Error::malformed(&call.what, "its address is not one", Wrote::No))
    }

    /// Says what an answer means.
    pub(super) fn judge(
        &self,
        call: &Call,
        received: Received,
        message: String,
        wait: Option<Wait>,
        known: Option<&CachedResponse>,
    ) -> Result<Answer> {
        let Received {
            status,
            headers,
            body,
        } = received;
        if let Some(Wait { until, limit }) = wait {
            return Err(Error::RateLimited {
                what: call.what.clone(),
                until,
                limit,
            });
        }
        let link = headers
            .get(LINK)
            .and_then(|link| link.to_str().ok())
            .map(str::to_owned);
        if status.is_success() {
            return Ok(Answer {
                body,
                headers,
                link,
                unchanged: false,
                moved_to: None,
            });
        }
        if let (StatusCode::NOT_MODIFIED, Some(known)) = (status, known) {
            let (body, link) = (known.body.clone(), known.link.clone());
            return Ok(Answer {
                body,
                headers,
                link,
                unchanged: true,
                moved_to: None,
            });
        }
        if matches!(status.as_u16(), 301 | 302 | 307 | 308) {
            let location = headers
                .get(LOCATION)
                .and_then(|to| to.to_str().ok()?.parse::<http::Uri>().ok());
            let target = location
                .filter(|to| self.origin.is_home(to))
                .and_then(|to| Some(to.path_and_query()?.to_string()));
            let moved = Error::Moved {
                what: call.what.clone(),
            };
            // A write is never sent on: its caller learns the new name first.
            let target = target.filter(|_| call.doubt() == Wrote::No).ok_or(moved)?;
            return Ok(Answer {
                body,
                headers,
                link: None,
                unchanged: false,
                moved_to: Some(target),
            });
        }
        Err(classify::failure(call, status, &headers, message))
    }

    /// The span of a request. The route is a template, so that no name, query or credential is in it.
    pub(super) fn span(&self, call: &Call) -> Span {
        tracing::debug_span!(
            "request",
            otel.name = format!("{} {}", call.method, call.route),
            otel.kind = "client",
            http.request.method = static_method(&call.method),
            http.route = call.route,
            http.response.status_code = Empty,
            outcome = Empty,
        )
    }

    /// Makes the fact and the log line of a request, and completes its span.
    pub(super) fn tell(
        &self,
        span: &Span,
        call: &Call,
        status: Option<StatusCode>,
        result: &Result<Answer>,
        had_one: bool,
        started: Instant,
    ) {
        let outcome = match result {
            Ok(answer) if answer.unchanged => Outcome::Unchanged,
            Ok(_) => Outcome::Fresh,
            Err(error) => Outcome::from(error),
        };
        let fact = RequestFact {
            method: static_method(&call.method),
            route: call.route,
            status: status.map(|status| status.as_u16()),
            outcome,
            cache: worth(call, outcome, had_one),
            elapsed: started.elapsed(),
        };
        span.record("http.response.status_code", fact.status);
        span.record("outcome", outcome.label());
        tracing::debug!(
            http.method = fact.method,
            http.route = fact.route,
            http.status = fact.status,
            outcome = outcome.label(),
            rate.remaining = self.budget().snapshot(self.now()).remaining,
            "request to GitHub ended"
        );
        if let Some(observer) = &self.observer {
            observer(&fact);
        }
    }
}

/// What the cache was worth to a read that was answered.
fn worth(call: &Call, outcome: Outcome, had_one: bool) -> Option<&'static str> {
    match outcome {
        Outcome::Unchanged => Some("hit"),
        Outcome::Fresh if call.method != http::Method::GET => None,
        Outcome::Fresh if had_one => Some("changed"),
        Outcome::Fresh => Some("miss"),
        Outcome::Failed(_) => None,
    }
}

/// The methods that calls are made with.
fn static_method(method: &http::Method) -> &'static str {
    match method.as_str() {
        "GET" => "GET",
        "POST" => "POST",
        "PATCH" => "PATCH",
        "PUT" => "PUT",
        "DELETE" => "DELETE",
        _ => "OTHER",
    }
}

/// Words the end of a request that has no answer.
pub(super) fn unanswered(call: &Call, failure: Failure) -> Error {
    let what = call.what.clone();
    match failure {
        Failure::Refused(reason) => Error::Transport {
            what,
            reason,
            wrote: Wrote::No,
        },
        Failure::Broken(reason) => Error::Transport {
            what,
            reason,
            wrote: call.doubt(),
        },
        Failure::TooLarge => Error::TooLarge {
            what,
            limit: MOST_BODY_BYTES as u64,
            unit: "bytes",
            wrote: call.doubt(),
        },
    }
}
