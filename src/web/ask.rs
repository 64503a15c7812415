//! Asks an admin server: one GET over plain HTTP, one bounded answer.
//!
//! For a container without a shell, whose only program this is. It is no HTTP client: no redirects, no TLS, no
//! credentials.

use std::{
    io::{self, Read as _, Write as _},
    net::{TcpStream, ToSocketAddrs as _},
    time::Duration,
};

/// How long a connection, and each read of an answer, may take.
const PATIENCE: Duration = Duration::from_secs(5);
/// What is read of an answer at most; health tells a line.
const MOST_BYTES: u64 = 64 << 10;

/// What an admin server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The HTTP status.
    pub status: u16,
    /// The body as text.
    pub body: String,
}

/// Asks `authority` (`host:port`) for a path.
///
/// # Errors
/// When nobody answers there, or what answers does not speak HTTP.
pub fn ask(authority: &str, path: &str) -> io::Result<Answer> {
    let mut last = io::Error::other(format!("{authority} has no address"));
    for address in authority.to_socket_addrs()? {
        match TcpStream::connect_timeout(&address, PATIENCE) {
            Ok(stream) => return exchange(stream, authority, path),
            Err(error) => last = error,
        }
    }
    Err(last)
}

fn exchange(mut stream: TcpStream, authority: &str, path: &str) -> io::Result<Answer> {
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    // HTTP/1.0: the body ends with the connection and never comes in chunks.
    let request = format!("GET {path} HTTP/1.0\r\nhost: {authority}\r\n\r\n");
    stream.write_all(request.as_bytes())?;
    let mut bytes = Vec::new();
    stream.take(MOST_BYTES).read_to_end(&mut bytes)?;
    read(&String::from_utf8_lossy(&bytes))
        .ok_or_else(|| io::Error::other(format!("{authority} does not speak HTTP")))
}

/// An answer from its text; none when it is no HTTP.
fn read(text: &str) -> Option<Answer> {
    let (head, body) = text.split_once("\r\n\r\n")?;
    let status = head.strip_prefix("HTTP/1.")?.split(' ').nth(1)?;
    Some(Answer {
        status: status.parse().ok()?,
        body: body.to_owned(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_and_a_body_are_read_and_anything_else_is_refused() {
        let ready = read("HTTP/1.0 503 Service Unavailable\r\na: b\r\n\r\nnot ready\n");
        let expected = Answer {
            status: 503,
            body: "not ready\n".to_owned(),
        };
        assert_eq!(ready, Some(expected));
        for other in ["", "SSH-2.0-x\r\n\r\n", "HTTP/1.1 abc\r\n\r\n", "HTTP/1.1"] {
            assert_eq!(read(other), None, "{other}");
        }
    }
}
