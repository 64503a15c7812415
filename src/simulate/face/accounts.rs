//! The caller's own account and budget.

use serde_json::json;

use super::{answer::Answer, call::Call, json};
use crate::simulate::{Refusal, access::CallerKind};

/// `GET /rate_limit`, which costs nothing.
pub(super) fn rate_limit(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    let budget = call.budget;
    let core = json!({
        "limit": budget.limit, "used": budget.used, "remaining": budget.remaining(),
        "reset": budget.reset.timestamp(), "resource": "core",
    });
    // The search budget is 30 a minute; nothing here searches.
    let search =
        json!({"limit": 30, "used": 0, "remaining": 30, "reset": budget.reset.timestamp()});
    Ok(Answer::ok(
        json!({"resources": {"core": core, "search": search}, "rate": core}),
    ))
}

/// `GET /user`: a person's own account; an installation has none.
pub(super) fn user(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    if call.caller.kind != CallerKind::Person {
        return Err(call.caller.refusal());
    }
    let begun = json::instant(call.world.settings.now);
    let mut out = json::account(&call.api, &call.web, &call.caller.login, false);
    let more = json!({
        "name": call.caller.login, "company": null, "blog": "", "location": null, "email": null,
        "hireable": null, "bio": null, "public_repos": 0, "public_gists": 0, "followers": 0, "following": 0,
        "created_at": begun, "updated_at": begun,
    });
    if let (Some(all), serde_json::Value::Object(more)) = (out.as_object_mut(), more) {
        all.extend(more);
    }
    Ok(Answer::ok(out))
}
