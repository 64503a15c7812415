//! Where a store lives, read from its URL.
//!
//! Invariant: no error repeats the URL, which may carry a password.

use std::path::PathBuf;

use super::StoreError;

/// Where a store lives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In this process only.
    Memory,
    /// In a file.
    File(PathBuf),
}

impl Place {
    /// Reads `sqlite://path`, `sqlite:path` or `sqlite::memory:`.
    pub(super) fn parse(url: &str) -> Result<Self, StoreError> {
        let scheme = url.split(':').next().unwrap_or(url);
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
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_url_names_a_file_or_memory() {
        let file = |path: &str| Place::File(PathBuf::from(path));
        assert_eq!(
            Place::parse("sqlite:///var/lib/x.db").unwrap(),
            file("/var/lib/x.db")
        );
        assert_eq!(Place::parse("sqlite:x.db").unwrap(), file("x.db"));
        assert_eq!(Place::parse("sqlite::memory:").unwrap(), Place::Memory);
    }

    #[test]
    fn an_unsupported_url_is_refused_without_its_password() {
        let error = Place::parse("postgres://user:hunter2@host/db").unwrap_err();
        assert!(error.to_string().contains("'postgres'"), "{error}");
        assert!(!format!("{error:?} {error}").contains("hunter2"));
    }
}
