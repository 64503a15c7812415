//! Where a store lives, read from its URL.
//!
//! Invariant: no error repeats the URL, which may carry a password.

use std::path::PathBuf;

use super::StoreError;
use super::postgres::Server;

/// Where a store lives.
#[derive(Clone, Debug)]
pub(super) enum Place {
    /// In this process only.
    Memory,
    /// In a file.
    File(PathBuf),
    /// On a server.
    Server(Server),
}

impl Place {
    /// Reads `sqlite://path`, `sqlite:path`, `sqlite::memory:` or `postgres://user:password@host/database`.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let scheme = url.split(':').next().unwrap_or(url);
        if matches!(scheme, "postgres" | "postgresql") {
            return Server::parse(url).map(Self::Server);
        }
        let unsupported = || StoreError::Unsupported {
            scheme: scheme.to_owned(),
        };
        let rest = url.strip_prefix("sqlite:").ok_or_else(unsupported)?;
        let path = rest.strip_prefix("//").unwrap_or(rest);
        match path {
            "" => Err(unsupported()),
            ":memory:" => Ok(Self::Memory),
            path => Ok(Self::File(PathBuf::from(path))),
        }
    }

    /// The place as messages name it.
    pub(super) fn name(&self) -> String {
        match self {
            Self::Memory => ":memory:".to_owned(),
            Self::File(path) => path.display().to_string(),
            Self::Server(server) => server.name(),
        }
    }
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn a_url_names_a_file_or_memory() {
        let name = |url: &str| Place::parse(url).unwrap().name();
        assert_eq!(name("sqlite:///var/lib/x.db"), "/var/lib/x.db");
        assert_eq!(name("sqlite:x.db"), "x.db");
        assert_eq!(name("sqlite::memory:"), ":memory:");
        assert!(matches!(
            Place::parse("sqlite:x.db"),
            Ok(Place::File(path)) if path == Path::new("x.db")
        ));
        assert!(matches!(Place::parse("sqlite::memory:"), Ok(Place::Memory)));
    }

    #[test]
    fn an_unsupported_url_is_refused_without_its_password() {
        let error = Place::parse("mysql://user:hunter2@host/db").unwrap_err();
        assert!(error.to_string().contains("'mysql'"), "{error}");
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
}
