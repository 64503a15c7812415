//! Serves routes on a listener, so that no peer can hold what it was not given.
//!
//! # Invariants
//! - So many connections at most, each for so long at most; further ones wait to be accepted.
//! - A server that is stopped ends within [`LONGEST_END`], whatever its peers do: a socket on which nobody speaks stands in
//!   nobody's way.

use std::{future::Future, pin::pin, time::Duration};

use axum::{Router, serve::Listener};
use hyper_util::{
    rt::{TokioExecutor, TokioIo, TokioTimer},
    server::conn::auto::Builder,
    service::TowerToHyperService,
};
use tokio::{
    net::{TcpListener, TcpStream},
    sync::watch,
    task::JoinSet,
};

/// How long a peer may take over the head of a request, or say nothing between two.
const LONGEST_HEAD: Duration = Duration::from_secs(10);
/// How long a connection may last; who has more to say comes again.
const LONGEST_CONNECTION: Duration = Duration::from_secs(300);
/// How long requests under way may take to end after a stop. The rounds have twenty seconds before, Kubernetes kills after thirty.
const LONGEST_END: Duration = Duration::from_secs(5);

/// Serves `most` connections at once until `stop` resolves, and a little longer what is under way.
pub(super) async fn serve(
    mut listener: TcpListener,
    router: Router,
    most: usize,
    stop: impl Future<Output = ()>,
) {
    let mut stop = pin!(stop);
    let (end, ends) = watch::channel(());
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            () = &mut stop => break,
            Some(_) = connections.join_next() => {}
            (stream, _) = Listener::accept(&mut listener), if connections.len() < most => {
                connections.spawn(attend(stream, router.clone(), ends.clone()));
            }
        }
    }
    // Nobody is accepted any more, and who is connected is told.
    drop((listener, end));
    while connections.join_next().await.is_some() {}
}

/// Attends to one connection; its peer is told by the answer that no further one follows.
async fn attend(stream: TcpStream, router: Router, mut ends: watch::Receiver<()>) {
    let mut server = Builder::new(TokioExecutor::new()).http1_only();
    server
        .http1()
        .timer(TokioTimer::new())
        .header_read_timeout(LONGEST_HEAD);
    let service = TowerToHyperService::new(router);
    let mut connection = pin!(server.serve_connection(TokioIo::new(stream), service));
    tokio::select! {
        // What breaks a connection is its peer's affair.
        _ = connection.as_mut() => return,
        // Only that the sender is gone is ever told.
        _ = ends.changed() => {}
        () = tokio::time::sleep(LONGEST_CONNECTION) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = tokio::time::timeout(LONGEST_END, connection).await;
}

#[cfg(test)]
mod tests {
    use axum::routing::get;
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        sync::oneshot,
        task::JoinHandle,
    };

    use super::*;

    /// A server of one word to so many at once; what ends it, and its end.
    async fn server(most: usize) -> (std::net::SocketAddr, oneshot::Sender<()>, JoinHandle<()>) {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let (stop, stopped) = oneshot::channel();
        let router = Router::new().route("/", get(|| async { "word" }));
        let stopped = async { stopped.await.unwrap_or_default() };
        let serving = tokio::spawn(serve(listener, router, most, stopped));
        (address, stop, serving)
    }

    async fn ask(peer: &mut TcpStream) -> String {
        let request = b"GET / HTTP/1.1\r\nhost: here\r\n\r\n";
        peer.write_all(request).await.unwrap();
        let mut answer = [0; 1024];
        let length = peer.read(&mut answer).await.unwrap();
        String::from_utf8_lossy(&answer[..length]).into_owned()
    }

    // Time is paused: it passes where all wait, so each test takes as long as its work.

    #[tokio::test(start_paused = true)]
    async fn a_peer_that_says_nothing_or_half_a_head_does_not_keep_a_server_from_its_end() {
        let (address, stop, serving) = server(8).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        let mut halfway = TcpStream::connect(address).await.unwrap();
        halfway.write_all(b"GET / HTTP/1.1\r\nho").await.unwrap();
        let mut speaking = TcpStream::connect(address).await.unwrap();
        assert!(ask(&mut speaking).await.ends_with("word"));
        stop.send(()).unwrap();
        let ended = tokio::time::timeout(LONGEST_END * 2, serving).await;
        ended.expect("the server ends").unwrap();
        for peer in [&mut silent, &mut halfway, &mut speaking] {
            assert!(matches!(peer.read(&mut [0; 8]).await, Ok(0) | Err(_)));
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_silent_peer_is_let_go_and_makes_room_for_who_waits() {
        let (address, _stop, _serving) = server(1).await;
        let mut silent = TcpStream::connect(address).await.unwrap();
        let mut waiting = TcpStream::connect(address).await.unwrap();
        let begun = tokio::time::Instant::now();
        assert!(ask(&mut waiting).await.ends_with("word"));
        assert!(begun.elapsed() >= LONGEST_HEAD - Duration::from_secs(1));
        assert_eq!(silent.read(&mut [0; 8]).await.unwrap(), 0);
    }
}
