//! The door every request passes: faults, identity, budget, permission, the endpoint, and the conditional answer.

use std::time::Duration;

use axum::body::Bytes;
use serde_json::{Value, json};

use super::{
    answer::{Answer, Body},
    call::{Call, decode, parse_query},
    graphql, limits,
    route::{self, Needs},
};
use crate::{
    domain::{Digest, RepositoryName},
    simulate::{
        FaultKind, Level, Refusal, Request, World,
        access::{Caller, CallerKind},
        requests::Budget,
    },
};

/// A request, read.
pub(super) struct Incoming {
    pub(super) method: String,
    /// How it was asked for; a client that speaks in-process names it.
    pub(super) scheme: String,
    pub(super) host: String,
    pub(super) path: String,
    pub(super) query: String,
    pub(super) accept: String,
    pub(super) authorization: Option<String>,
    pub(super) if_none_match: Option<String>,
    pub(super) body: Bytes,
}

/// How an answer reaches the caller.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Delivery {
    Whole,
    Half,
    Never,
    After(Duration),
}

/// An answer, ready to be sent.
pub(super) struct Reply {
    pub(super) status: u16,
    pub(super) headers: Vec<(&'static str, String)>,
    pub(super) body: Vec<u8>,
    pub(super) delivery: Delivery,
    /// Whom the answer is for, as limits count callers.
    pub(super) caller: String,
}

/// Lets one request in.
pub(super) fn pass(world: &mut World, incoming: &Incoming) -> Reply {
    let (base, path) = below_base(&incoming.path);
    let path = by_name(world, path);
    let found = route::find(&incoming.method, &path);
    let fault = world.faults.strike(&incoming.method, &path);
    let identity = world
        .access
        .identify(incoming.authorization.as_deref(), world.now);
    let (key, anonymous) = counted_as(&identity);
    let budget = world.requests.budget(&key, anonymous, world.now);
    let template = found.as_ref().map(|(route, _)| route.template);
    let free = template == Some("/rate_limit");

    let mut headers = Vec::new();
    let delivery = delivery(fault.as_ref());
    let admitted = limits::admit(world, &key, &incoming.method, template);
    let instead = instead(fault.as_ref(), &mut headers);
    let answer = match instead.or_else(|| limits::slow_down(admitted.err()?, &mut headers)) {
        Some(refusal) => Err(refusal),
        None if budget.remaining() == 0 && !free => Err(limits::rate_limited()),
        None => identity.and_then(|caller| {
            let (route, params) = found.ok_or_else(Refusal::not_found)?;
            let web = format!("http://{}", incoming.host);
            let mut call = Call {
                api: format!("{web}{base}"),
                web,
                path: path.clone(),
                raw_query: incoming.query.clone(),
                place: None,
                query: parse_query(&incoming.query),
                body: Value::Null,
                accept: incoming.accept.clone(),
                params,
                budget,
                caller,
                world: &mut *world,
            };
            if let Some(elsewhere) = moved(&call, &incoming.scheme) {
                return Ok(elsewhere);
            }
            admit(&mut call, &route.needs)?;
            call.body = read_body(&incoming.body)?;
            (route.handler)(&mut call)
        }),
    };
    let answer = answer.unwrap_or_else(|refusal| refused(&refusal));
    let answer = spoil(fault.as_ref(), answer);
    let mut reply = finish(incoming, answer, headers, delivery, key.clone());
    if reply.status != 304 && !free {
        world.requests.spend(&key);
    }
    let budget = world.requests.budget(&key, anonymous, world.now);
    let budget = if fault == Some(FaultKind::RateLimited) {
        limits::used_up(budget)
    } else {
        budget
    };
    stamp(world, &mut reply, budget, &path);
    world.requests.record(Request {
        method: incoming.method.clone(),
        path,
        query: incoming.query.clone(),
        template,
        status: reply.status,
        at: world.now,
    });
    reply
}

/// As whom limits count a caller, and whether nobody knows who it is.
fn counted_as(identity: &Result<Caller, Refusal>) -> (String, bool) {
    match identity {
        Ok(caller) => (caller.budget_key(), caller.kind == CallerKind::Anonymous),
        Err(_) => ("nobody".to_owned(), true),
    }
}

/// The base below which an Enterprise Server has its API, and the path there; github.com has none.
fn below_base(path: &str) -> (&'static str, &str) {
    let rest = path.strip_prefix("/api/v3");
    let rest = rest.filter(|rest| rest.is_empty() || rest.starts_with('/'));
    let graphql = || {
        path.strip_prefix("/api")
            .filter(|rest| *rest == graphql::PATH)
    };
    match rest.or_else(graphql) {
        Some(rest) => ("/api/v3", rest),
        None => ("", path),
    }
}

/// The path with the repository named, where it is numbered (`/repositories/7/pulls`), as in GitHub's own links.
fn by_name(world: &World, path: &str) -> String {
    let named = path.strip_prefix("/repositories/").and_then(|rest| {
        let (id, rest) = rest.split_once('/').unwrap_or((rest, ""));
        let found = world
            .repositories
            .iter()
            .find(|r| Some(r.id) == id.parse().ok() && !r.gone)?;
        Some(
            format!("/repos/{}/{rest}", found.name)
                .trim_end_matches('/')
                .to_owned(),
        )
    });
    named.unwrap_or_else(|| path.to_owned())
}

/// The answer to whoever asks for a repository by a name that it had before.
fn moved(call: &Call<'_>, scheme: &str) -> Option<Answer> {
    let former: RepositoryName = format!("{}/{}", call.param("owner"), call.param("repo"))
        .parse()
        .ok()?;
    let world = &call.world;
    let id = world.moved.get(&former.key())?;
    let is_free = world.place(&former).is_err();
    let now = world.repositories.iter().find(|one| one.id == *id)?;
    if !is_free || now.gone || !(now.public || call.caller.reaches(&now.name)) {
        return None;
    }
    let rest = call.path.splitn(5, '/').nth(4);
    let rest = rest.map_or(String::new(), |rest| format!("/{rest}"));
    let query = Some(&call.raw_query).filter(|query| !query.is_empty());
    let query = query.map_or(String::new(), |query| format!("?{query}"));
    let api = call.api.trim_start_matches("http");
    let url = format!("{scheme}{api}/repositories/{id}{rest}{query}");
    Some(Answer {
        status: 301,
        headers: vec![("location", url.clone())],
        body: Body::Json(json!({
            "message": "Moved Permanently", "url": url,
            "documentation_url": "https://docs.github.com/v3/#http-redirects",
        })),
    })
}

/// Finds the repository a path names and checks what the caller may do there.
fn admit(call: &mut Call<'_>, needs: &Needs) -> Result<(), Refusal> {
    if let (Some(owner), Some(repo)) = (call.params.get("owner"), call.params.get("repo")) {
        let name: RepositoryName = format!("{owner}/{repo}")
            .parse()
            .map_err(|_| Refusal::not_found())?;
        let place = call.world.place(&name)?;
        let repository = &call.world.repositories[place];
        let app = matches!(needs, Needs::App);
        if !repository.public && !app && !call.caller.reaches(&repository.name) {
            return Err(Refusal::not_found());
        }
        call.place = Some(place);
    }
    match needs {
        Needs::Anybody => Ok(()),
        Needs::Somebody => match call.caller.kind {
            CallerKind::Anonymous => Err(call.caller.refusal()),
            CallerKind::Person | CallerKind::Installation(_) | CallerKind::App(_) => Ok(()),
        },
        Needs::App => match call.caller.kind {
            CallerKind::App(_) => Ok(()),
            CallerKind::Anonymous | CallerKind::Person | CallerKind::Installation(_) => {
                Err(Refusal::new(401, "A JSON web token could not be decoded"))
            }
        },
        Needs::Permission(area, level) => permit(call, area.of(&call.caller.permissions), *level),
    }
}

/// Checks what the caller may do in the repository of the call.
pub(super) fn permit(call: &Call<'_>, has: Level, wanted: Level) -> Result<(), Refusal> {
    let repository = call.repository()?;
    if wanted == Level::Read && repository.public {
        return Ok(());
    }
    if has < wanted || !call.caller.reaches(&repository.name) {
        return Err(call.caller.refusal());
    }
    if wanted == Level::Write && repository.archived {
        return Err(Refusal::new(
            403,
            "Repository was archived so is read-only.",
        ));
    }
    Ok(())
}

fn read_body(bytes: &[u8]) -> Result<Value, Refusal> {
    if bytes.is_empty() {
        return Ok(Value::Null);
    }
    serde_json::from_slice(bytes).map_err(|_| Refusal::new(400, "Problems parsing JSON"))
}

fn delivery(fault: Option<&FaultKind>) -> Delivery {
    match fault {
        Some(FaultKind::Hang) => Delivery::Never,
        Some(FaultKind::Cut) => Delivery::Half,
        Some(FaultKind::Slow(span)) => Delivery::After(*span),
        Some(
            FaultKind::Status { .. }
            | FaultKind::RateLimited
            | FaultKind::LostAnswer
            | FaultKind::Garbage,
        )
        | None => Delivery::Whole,
    }
}

/// The refusal that a fault puts in the place of the endpoint.
fn instead(
    fault: Option<&FaultKind>,
    headers: &mut Vec<(&'static str, String)>,
) -> Option<Refusal> {
    match fault? {
        FaultKind::Status {
            status,
            retry_after_seconds,
        } => {
            if let Some(seconds) = retry_after_seconds {
                headers.push(("retry-after", seconds.to_string()));
            }
            Some(Refusal::new(*status, limits::usual_message(*status)))
        }
        FaultKind::RateLimited => Some(limits::rate_limited()),
        FaultKind::Hang
        | FaultKind::Cut
        | FaultKind::Slow(_)
        | FaultKind::LostAnswer
        | FaultKind::Garbage => None,
    }
}

/// The answer that a fault makes of a deed that was done.
fn spoil(fault: Option<&FaultKind>, answer: Answer) -> Answer {
    match fault {
        Some(FaultKind::LostAnswer) => refused(&Refusal::new(502, "Server Error")),
        Some(FaultKind::Garbage) => Answer {
            body: Body::Raw(b"<html>unicorn".to_vec()),
            ..answer
        },
        _ => answer,
    }
}

fn refused(refusal: &Refusal) -> Answer {
    let mut body = json!({
        "message": refusal.message,
        "documentation_url": "https://docs.github.com/rest",
        "status": refusal.status.to_string(),
    });
    if !refusal.errors.is_empty() {
        body["errors"] = Value::Array(refusal.errors.clone());
    }
    Answer {
        status: refusal.status,
        headers: Vec::new(),
        body: Body::Json(body),
    }
}

/// Turns an answer into bytes with its tag; a GET whose tag the caller knows already is answered 304.
fn finish(
    incoming: &Incoming,
    answer: Answer,
    mut headers: Vec<(&'static str, String)>,
    delivery: Delivery,
    caller: String,
) -> Reply {
    headers.extend(answer.headers);
    let (bytes, kind, weak) = match answer.body {
        Body::Json(value) => (
            value.to_string().into_bytes(),
            "application/json; charset=utf-8",
            true,
        ),
        Body::Raw(bytes) => (bytes, "application/vnd.github.raw; charset=utf-8", false),
        Body::None => (Vec::new(), "", true),
    };
    let mut reply = Reply {
        status: answer.status,
        headers,
        body: bytes,
        delivery,
        caller,
    };
    if reply.status == 200 && incoming.method == "GET" {
        let digest = Digest::of([
            incoming.path.as_bytes(),
            incoming.query.as_bytes(),
            &reply.body,
        ]);
        let tag = if weak {
            format!("W/\"{digest}\"")
        } else {
            format!("\"{digest}\"")
        };
        let known = incoming
            .if_none_match
            .as_ref()
            .is_some_and(|tags| tags.contains(digest.as_str()));
        reply.headers.push(("etag", tag));
        reply.headers.push((
            "cache-control",
            "private, max-age=60, s-maxage=60".to_owned(),
        ));
        if known {
            reply.status = 304;
            reply.body.clear();
        }
    }
    if !reply.body.is_empty() {
        reply.headers.push(("content-type", kind.to_owned()));
    }
    reply
}

fn stamp(world: &World, reply: &mut Reply, budget: Budget, path: &str) {
    let resource = if path == graphql::PATH {
        "graphql"
    } else {
        "core"
    };
    let date = world.now.format("%a, %d %b %Y %H:%M:%S GMT");
    let serial = world.requests.log().len();
    reply.headers.extend([
        ("date", date.to_string()),
        ("x-ratelimit-limit", budget.limit.to_string()),
        ("x-ratelimit-remaining", budget.remaining().to_string()),
        ("x-ratelimit-used", budget.used.to_string()),
        ("x-ratelimit-reset", budget.reset.timestamp().to_string()),
        ("x-ratelimit-resource", resource.to_owned()),
        ("x-github-api-version-selected", "2022-11-28".to_owned()),
        ("x-github-request-id", format!("C0DE:{serial:06X}")),
    ]);
}

/// Decodes a path segment; here so that routes and calls agree.
pub(super) fn segment(text: &str) -> String {
    decode(text, false)
}
