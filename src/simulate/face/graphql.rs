//! GraphQL, of which the face has one mutation: `updateRefs`, as far as it removes a branch that points to a commit.
//!
//! Whatever else is asked is refused in GraphQL's way: with a status of success and a list of errors.

use serde_json::{Value, json};

use super::{answer::Answer, call::Call, door, json::node, refs};
use crate::simulate::{Level, Refusal};

/// The endpoint's path, on github.com and, below `/api`, on an Enterprise Server.
pub(super) const PATH: &str = "/graphql";

/// The object id that means none.
const NONE: &str = "0000000000000000000000000000000000000000";

/// `POST /graphql`.
pub(super) fn answer(call: &mut Call<'_>) -> Result<Answer, Refusal> {
    Ok(Answer::ok(match update_refs(call) {
        Ok(()) => json!({"data": {"updateRefs": {"clientMutationId": null}}}),
        Err((kind, message)) => json!({
            "data": {"updateRefs": null},
            "errors": [{"type": kind, "path": ["updateRefs"], "message": message}],
        }),
    }))
}

type Refused = (&'static str, String);

fn update_refs(call: &mut Call<'_>) -> Result<(), Refused> {
    let unprocessable = |message: &str| ("UNPROCESSABLE", message.to_owned());
    let words: String = call.body["query"]
        .as_str()
        .unwrap_or_default()
        .split_whitespace()
        .collect();
    if words != "mutation($input:UpdateRefsInput!){updateRefs(input:$input){clientMutationId}}" {
        return Err(unprocessable(
            "the face knows one mutation, and this is not it",
        ));
    }
    let input = call.body["variables"]["input"].clone();
    let place = call
        .world
        .repositories
        .iter()
        .position(|one| input["repositoryId"] == json!(node("Repository", one.id)))
        .filter(|place| call.caller.reaches(&call.world.repositories[*place].name))
        .ok_or_else(|| {
            (
                "NOT_FOUND",
                "Could not resolve to a node with the global id".to_owned(),
            )
        })?;
    call.place = Some(place);
    door::permit(call, call.caller.permissions.contents, Level::Write)
        .map_err(|refusal| ("FORBIDDEN", refusal.message))?;
    let [update] = input["refUpdates"]
        .as_array()
        .map_or(&[][..], Vec::as_slice)
    else {
        return Err(unprocessable("the face updates one ref at a time"));
    };
    let (name, before) =
        removal(update).ok_or_else(|| unprocessable("the face only removes branches"))?;
    refs::remove_at(call, name, before).map_err(|refusal| unprocessable(&refusal.message))
}

/// The branch's ref and the commit it must point to, where that is all that an update says.
fn removal(update: &Value) -> Option<(&str, &str)> {
    let fields = update.as_object()?;
    let known = |name: &String| ["name", "beforeOid", "afterOid", "force"].contains(&name.as_str());
    let branch = update["name"]
        .as_str()
        .filter(|name| name.starts_with("refs/heads/"))?;
    let removes = fields.keys().all(known) && update["afterOid"] == NONE;
    Some((branch, update["beforeOid"].as_str()?)).filter(|_| removes)
}
