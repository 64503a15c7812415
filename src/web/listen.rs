//! Listening on an address, whichever of the two families the machine speaks.

use std::{
    io,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr},
};

use tokio::net::TcpListener;

/// Listens on an address. `[::]` means every address of the machine: IPv6's and IPv4's where it has both, as Linux does by itself,
/// and IPv4's alone where IPv6 is switched off.
///
/// # Errors
/// When the address cannot be had.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let refused = match TcpListener::bind(address).await {
        Ok(listener) => return Ok(listener),
        Err(error) => error,
    };
    match without_v6(address, refused.kind()) {
        Some(address) => TcpListener::bind(address).await,
        None => Err(refused),
    }
}

/// The address that is left where a machine without IPv6 was asked for all.
fn without_v6(address: SocketAddr, refusal: io::ErrorKind) -> Option<SocketAddr> {
    let was_all = address.ip() == IpAddr::V6(Ipv6Addr::UNSPECIFIED);
    // A port that is taken, or may not be had, is so in either family.
    let is_else = matches!(
        refusal,
        io::ErrorKind::AddrInUse | io::ErrorKind::PermissionDenied
    );
    (was_all && !is_else).then(|| SocketAddr::from((Ipv4Addr::UNSPECIFIED, address.port())))
}

#[cfg(test)]
mod tests {
    use tokio::{
        io::{AsyncReadExt as _, AsyncWriteExt as _},
        net::TcpStream,
    };

    use super::*;
    use crate::web::Admin;

    /// Whether this machine has IPv6 at all.
    async fn has_v6() -> bool {
        TcpListener::bind((Ipv6Addr::LOCALHOST, 0)).await.is_ok()
    }

    /// What the admin server says of its health, asked at this address of the machine.
    async fn health(address: IpAddr, port: u16) -> String {
        let mut stream = TcpStream::connect((address, port)).await.unwrap();
        let request = b"GET /healthz HTTP/1.1\r\nhost: here\r\nconnection: close\r\n\r\n";
        stream.write_all(request).await.unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).await.unwrap();
        answer
    }

    #[tokio::test]
    async fn the_admin_server_answers_in_both_families_where_it_listens_on_all_addresses() {
        let listener = listen("[::]:0".parse().unwrap()).await.unwrap();
        let port = listener.local_addr().unwrap().port();
        tokio::spawn(async move {
            Admin::default()
                .serve_on(listener, std::future::pending())
                .await
        });

        let v4 = health(Ipv4Addr::LOCALHOST.into(), port).await;

        assert!(v4.starts_with("HTTP/1.1 200"), "{v4}");
        if has_v6().await {
            let v6 = health(Ipv6Addr::LOCALHOST.into(), port).await;
            assert!(v6.starts_with("HTTP/1.1 200"), "{v6}");
        }
    }

    #[test]
    fn without_ipv6_all_addresses_are_ipv4s_and_a_taken_port_stays_an_error() {
        let all: SocketAddr = "[::]:8080".parse().unwrap();
        let left = without_v6(all, io::ErrorKind::Unsupported);
        assert_eq!(left, Some("0.0.0.0:8080".parse().unwrap()));
        assert_eq!(without_v6(all, io::ErrorKind::AddrInUse), None);
        let one = "[fd00::1]:8080".parse().unwrap();
        assert_eq!(without_v6(one, io::ErrorKind::AddrNotAvailable), None);
    }
}
