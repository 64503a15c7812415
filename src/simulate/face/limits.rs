//! What the face says of limits, in GitHub's words and headers.

use crate::simulate::{Refusal, World, requests::Budget, secondary::SlowDown};

/// Minting a token creates no content.
const TOKENS: &str = "/app/installations/{installation_id}/access_tokens";

/// Counts a request against its caller's secondary limits.
pub(super) fn admit(
    world: &mut World,
    key: &str,
    method: &str,
    template: Option<&'static str>,
) -> Result<(), SlowDown> {
    let is_read = matches!(method, "GET" | "HEAD" | "OPTIONS");
    let creates_content = !is_read && template != Some(TOKENS);
    let now = world.now;
    world.secondary.admit(key, is_read, creates_content, now)
}

/// The refusal of a caller who is too fast.
pub(super) fn slow_down(
    refused: SlowDown,
    headers: &mut Vec<(&'static str, String)>,
) -> Option<Refusal> {
    headers.push(("retry-after", refused.retry_after.0.to_string()));
    Some(Refusal::new(refused.status, usual_message(refused.status)))
}

/// A budget of which nothing is left.
pub(super) fn used_up(budget: Budget) -> Budget {
    Budget {
        used: budget.limit,
        ..budget
    }
}

/// GitHub's usual words for a status.
pub(super) fn usual_message(status: u16) -> &'static str {
    match status {
        401 => "Bad credentials",
        403 | 429 => {
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again."
        }
        404 => "Not Found",
        409 => "Conflict",
        422 => "Validation Failed",
        _ => "Server Error",
    }
}

pub(super) fn rate_limited() -> Refusal {
    Refusal::new(403, "API rate limit exceeded for this caller.")
}
