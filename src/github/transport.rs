//! One HTTP request out, one bounded answer back: octocrab's client over the network, or any service in its place.
//!
//! Owns the reading of bodies up to a bound and the words for broken connections. It knows no credentials, no limits and
//! no meaning of a status. Invariant: an answer is handed on only when its body is complete.

use std::{
    error::Error as StdError,
    pin::Pin,
    sync::{Mutex, PoisonError},
    task::{Context, Poll},
    time::Duration,
};

use futures::Stream;
use http::{HeaderMap, HeaderValue, Request, Response, StatusCode, header::USER_AGENT};
use http_body_util::{BodyExt, BodyStream, StreamBody};
use octocrab::{AuthState, OctoBody, Octocrab, OctocrabBuilder};
use tower::{BoxError, Service, ServiceExt as _};

use super::{Error, error::bounded};

/// How long making a connection may take (ours): a third of the usual time of a request, so that another address of the
/// same host can still be tried.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(7);

/// The largest body we hold: GitHub's largest listing page is about 2 MiB.
pub(super) const MOST_BODY_BYTES: usize = 4 << 20;

/// A complete answer.
pub(super) struct Received {
    pub(super) status: StatusCode,
    pub(super) headers: HeaderMap,
    pub(super) body: Vec<u8>,
}

/// Why there is no complete answer.
#[derive(Debug)]
pub(super) enum Failure {
    /// The request never left.
    Refused(String),
    /// The connection broke after the request may have left.
    Broken(String),
    /// The body is larger than [`MOST_BODY_BYTES`].
    TooLarge,
}

/// The way to GitHub.
#[derive(Clone)]
pub(super) struct Transport {
    octocrab: Octocrab,
}

impl Transport {
    /// Goes over the network. octocrab's retries, cache, redirects and credentials stay unused: ours are around it.
    pub(super) fn network() -> Result<Self, Error> {
        let builder = Octocrab::builder().set_connect_timeout(Some(CONNECT_TIMEOUT));
        let octocrab = builder.build().map_err(|error| {
            Error::config(format!(
                "the HTTPS client cannot start ({}); are CA certificates installed?",
                root_cause(&error)
            ))
        })?;
        Ok(Self { octocrab })
    }

    /// Goes to a service in this process.
    pub(super) fn service<S, B>(service: S) -> Self
    where
        S: Service<Request<OctoBody>, Response = Response<B>> + Send + 'static,
        S::Future: Send + 'static,
        S::Error: Into<BoxError>,
        B: BodyExt + Send + 'static,
        B::Data: AsRef<[u8]>,
        B::Error: Into<BoxError>,
    {
        let agent = HeaderValue::from_static(concat!("cronwright/", env!("CARGO_PKG_VERSION")));
        let service = service
            .map_request(move |mut request: Request<OctoBody>| {
                request.headers_mut().insert(USER_AGENT, agent.clone());
                request
            })
            .map_response(|response: Response<B>| response.map(shareable));
        let built = OctocrabBuilder::new_empty()
            .with_service(service)
            .with_auth(AuthState::None)
            .build();
        let Ok(octocrab) = built;
        Self { octocrab }
    }

    /// Sends a request and reads the whole answer.
    pub(super) async fn send(&self, request: Request<OctoBody>) -> Result<Received, Failure> {
        let response = self
            .octocrab
            .send(request)
            .await
            .map_err(|error| broken(&error))?;
        let (parts, mut incoming) = response.into_parts();
        let mut body = Vec::new();
        while let Some(frame) = incoming.frame().await {
            let frame = frame.map_err(|error| Failure::Broken(root_cause(&error)))?;
            let Ok(data) = frame.into_data() else {
                continue;
            };
            if body.len() + data.len() > MOST_BODY_BYTES {
                return Err(Failure::TooLarge);
            }
            body.extend_from_slice(&data);
        }
        Ok(Received {
            status: parts.status,
            headers: parts.headers,
            body,
        })
    }
}

/// A stream that may be named from several threads, which octocrab asks of bodies; only one polls it.
struct Shareable<S>(Mutex<Pin<Box<S>>>);

impl<S: Stream> Stream for Shareable<S> {
    type Item = S::Item;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<S::Item>> {
        self.0
            .get_mut()
            .unwrap_or_else(PoisonError::into_inner)
            .as_mut()
            .poll_next(context)
    }
}

/// Names the chunks of octocrab's bodies without naming the crate they come from.
trait Chunked {
    type Chunk;
}

impl<B: BodyExt> Chunked for B {
    type Chunk = B::Data;
}

type Chunk = <OctoBody as Chunked>::Chunk;

/// Makes a service's body one that octocrab takes.
fn shareable<B>(body: B) -> impl BodyExt<Data = Chunk, Error = B::Error> + Send + Sync + 'static
where
    B: BodyExt + Send + 'static,
    B::Data: AsRef<[u8]>,
    B::Error: Into<BoxError>,
{
    let body = body.map_frame(|frame| frame.map_data(|data| Chunk::from(data.as_ref().to_vec())));
    StreamBody::new(Shareable(Mutex::new(Box::pin(BodyStream::new(body)))))
}

/// Tells a connection that was never made from one that broke.
fn broken(error: &(dyn StdError + 'static)) -> Failure {
    let mut cause = Some(error);
    while let Some(current) = cause {
        let refused = current
            .downcast_ref::<std::io::Error>()
            .is_some_and(|io| io.kind() == std::io::ErrorKind::ConnectionRefused);
        if refused {
            return Failure::Refused("the connection was refused".to_owned());
        }
        cause = current.source();
    }
    Failure::Broken(root_cause(error))
}

/// The innermost cause of an error, bounded: the outer ones repeat it or hold backtraces.
fn root_cause(error: &(dyn StdError + 'static)) -> String {
    let mut cause = error;
    while let Some(source) = cause.source() {
        cause = source;
    }
    bounded(&cause.to_string())
}
