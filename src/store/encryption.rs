//! Whether a history may travel as plain text: only within a machine, or where the URL says so.

use std::net::IpAddr;

use sqlx::postgres::{PgConnectOptions, PgSslMode};

use super::door::bare;

/// Why connections with these options are not made; nothing where they may be.
///
/// The driver's default and libpq's is `prefer`: TLS where the server offers it, and else, without a word, none. Whoever stands
/// between chooses that.
pub(super) fn refusal(options: &PgConnectOptions) -> Option<&'static str> {
    let decided = match options.get_ssl_mode() {
        PgSslMode::Allow | PgSslMode::Prefer => false,
        PgSslMode::Disable | PgSslMode::Require | PgSslMode::VerifyCa | PgSslMode::VerifyFull => {
            true
        }
    };
    (!decided && !stays_here(options)).then_some(
        "it leaves open whether the connection to another machine is encrypted; add sslmode=verify-full (with \
         sslrootcert=/PATH/ca.crt for an authority of your own), or sslmode=disable where plain text is meant",
    )
}

/// Whether connections with these options never leave the machine.
fn stays_here(options: &PgConnectOptions) -> bool {
    let host = bare(options.get_host());
    let is_loopback = |host: &str| host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    options.get_socket().is_some()
        || host.starts_with('/')
        || host.eq_ignore_ascii_case("localhost")
        || is_loopback(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refused(rest: &str) -> bool {
        let url = format!("postgres://robot:hunter2@{rest}");
        refusal(&url.parse().unwrap()).is_some()
    }

    #[test]
    fn a_way_to_another_machine_is_refused_until_it_says_whether_it_is_encrypted() {
        for host in [
            "db.acme.test",
            "10.0.0.1",
            "localhost.evil.test",
            "[fd00::1]",
        ] {
            for mode in ["prefer", "allow"] {
                assert!(refused(&format!("{host}/history?sslmode={mode}")), "{host}");
            }
            for mode in ["disable", "require", "verify-ca", "verify-full"] {
                assert!(
                    !refused(&format!("{host}/history?sslmode={mode}")),
                    "{host}"
                );
            }
        }
    }

    #[test]
    fn within_the_machine_nothing_needs_to_be_said() {
        for rest in [
            "localhost/history",
            "127.0.0.1:5432/history",
            "[::1]/history",
            "%2Fvar%2Frun%2Fpostgresql/history",
            "db.acme.test/history?host=/var/run/postgresql",
        ] {
            let separator = if rest.contains('?') { '&' } else { '?' };
            assert!(
                !refused(&format!("{rest}{separator}sslmode=prefer")),
                "{rest}"
            );
        }
    }
}
