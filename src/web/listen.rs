//! Listening on an address, or on all there are.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use tokio::net::TcpListener;

/// Listens on an address. `0.0.0.0` stands for every address of the machine, those of IPv6 included: a pod of a cluster with IPv6
/// alone, or with both, is reached by whichever its Service has.
///
/// # Errors
/// When the address cannot be bound.
pub async fn listen(address: SocketAddr) -> std::io::Result<TcpListener> {
    if address.ip() == IpAddr::V4(Ipv4Addr::UNSPECIFIED) {
        let every = SocketAddr::from((Ipv6Addr::UNSPECIFIED, address.port()));
        // Where the kernel has no IPv6, or a socket of its own for each family, IPv4 is what is left.
        if let Ok(listener) = TcpListener::bind(every).await {
            return Ok(listener);
        }
    }
    TcpListener::bind(address).await
}

#[cfg(test)]
mod tests {
    use tokio::net::TcpStream;

    use super::*;

    #[tokio::test]
    async fn every_address_is_that_of_both_families_and_one_address_is_that_one() {
        let every = listen("0.0.0.0:0".parse().unwrap()).await.unwrap();
        let port = every.local_addr().unwrap().port();
        assert!(TcpStream::connect(("127.0.0.1", port)).await.is_ok());
        if TcpListener::bind("[::1]:0").await.is_ok() {
            assert!(TcpStream::connect(("::1", port)).await.is_ok());
        }

        let one = listen("127.0.0.1:0".parse().unwrap()).await.unwrap();
        assert_eq!(one.local_addr().unwrap().ip(), Ipv4Addr::LOCALHOST);
    }
}
