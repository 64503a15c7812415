//! The asynchronous edge: reads a request's body, and answers slowly, half or never where a fault says so.

use std::sync::PoisonError;

use axum::{
    body::{Body, Bytes, to_bytes},
    http::{HeaderMap, Request, Response, Uri, header},
};
use futures::stream;

use super::door::{self, Delivery, Incoming, Reply};
use crate::simulate::SharedWorld;

/// More than GitHub takes for a blob (40 MB, as base64).
const BODY_LIMIT: usize = 64 << 20;

/// Answers one request.
pub(super) async fn answer(world: &SharedWorld, request: Request<Body>) -> Response<Body> {
    let (parts, body) = request.into_parts();
    let bytes = to_bytes(body, BODY_LIMIT).await.unwrap_or_default();
    let incoming = Incoming {
        method: parts.method.as_str().to_owned(),
        scheme: parts.uri.scheme_str().unwrap_or("http").to_owned(),
        host: host(&parts.headers, &parts.uri),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or("").to_owned(),
        accept: text(&parts.headers, "accept").unwrap_or_default(),
        authorization: text(&parts.headers, "authorization"),
        if_none_match: text(&parts.headers, "if-none-match"),
        body: bytes,
    };
    let reply = {
        // A panic elsewhere leaves the world readable: every change of it is a whole step.
        let mut world = world.lock().unwrap_or_else(PoisonError::into_inner);
        door::pass(&mut world, &incoming)
    };
    let _under_way = UnderWay {
        world,
        caller: reply.caller.clone(),
    };
    deliver(reply).await
}

/// A request that is not answered yet: until its answer is on its way, or nobody waits for it any more.
struct UnderWay<'a> {
    world: &'a SharedWorld,
    caller: String,
}

impl Drop for UnderWay<'_> {
    fn drop(&mut self) {
        let mut world = self.world.lock().unwrap_or_else(PoisonError::into_inner);
        world.secondary.answered(&self.caller);
    }
}

async fn deliver(reply: Reply) -> Response<Body> {
    match reply.delivery {
        Delivery::Whole => {}
        Delivery::Never => std::future::pending::<()>().await,
        Delivery::After(span) => tokio::time::sleep(span).await,
        Delivery::Half => return half(reply),
    }
    response(&reply, Body::from(reply.body.clone()))
}

/// Announces the whole length, sends one half and breaks the connection.
fn half(reply: Reply) -> Response<Body> {
    let middle = reply.body.len() / 2;
    let part: Result<Bytes, std::io::Error> = Ok(Bytes::copy_from_slice(&reply.body[..middle]));
    let broken = Err(std::io::Error::new(
        std::io::ErrorKind::ConnectionReset,
        "the answer was cut",
    ));
    let mut response = response(&reply, Body::from_stream(stream::iter([part, broken])));
    response
        .headers_mut()
        .insert(header::CONTENT_LENGTH, reply.body.len().into());
    response
}

fn response(reply: &Reply, body: Body) -> Response<Body> {
    let mut builder = Response::builder().status(reply.status);
    for (name, value) in &reply.headers {
        builder = builder.header(*name, value);
    }
    builder.body(body).unwrap_or_default()
}

/// Whom the caller thinks it speaks to; an in-process client may say so in the URI only.
fn host(headers: &HeaderMap, uri: &Uri) -> String {
    let named = text(headers, "host").or_else(|| uri.authority().map(ToString::to_string));
    named.unwrap_or_else(|| "localhost".to_owned())
}

fn text(headers: &HeaderMap, name: &str) -> Option<String> {
    headers.get(name)?.to_str().ok().map(str::to_owned)
}
