//! Names of repositories and workflow files, held valid from the moment they are read.

use std::{fmt, str::FromStr};

use serde::{Deserialize, Serialize};

/// The folder that holds a repository's workflow files.
pub const WORKFLOW_FOLDER: &str = ".github/workflows/";

/// Why a text is not the name of a repository or of a workflow file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NameError {
    /// Not `owner/name` in GitHub's alphabet.
    #[error("'{0}' is not a repository: write owner/name, letters, digits, '-', '_' and '.' only")]
    Repository(String),
    /// Not the name of a file directly below the workflow folder.
    #[error(
        "'{0}' is not a workflow file: write its name below .github/workflows, ending in .yml or .yaml"
    )]
    WorkflowFile(String),
}

/// A repository, `owner/name`.
///
/// Compared without regard to letter case, as GitHub does; printed as it was written.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct RepositoryName {
    text: String,
    slash: usize,
}

impl RepositoryName {
    /// The account that owns it.
    #[must_use]
    pub fn owner(&self) -> &str {
        &self.text[..self.slash]
    }

    /// Its name below the owner.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.text[self.slash + 1..]
    }

    /// `owner/name` as it was written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// `owner/name` in lower case, the form to compare and to store by.
    #[must_use]
    pub fn key(&self) -> String {
        self.text.to_ascii_lowercase()
    }
}

impl PartialEq for RepositoryName {
    fn eq(&self, other: &Self) -> bool {
        self.text.eq_ignore_ascii_case(&other.text)
    }
}

impl Eq for RepositoryName {}

impl PartialOrd for RepositoryName {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for RepositoryName {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.key().cmp(&other.key())
    }
}

impl std::hash::Hash for RepositoryName {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.key().hash(state);
    }
}

impl FromStr for RepositoryName {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let error = || NameError::Repository(text.to_owned());
        let (owner, name) = text.split_once('/').ok_or_else(error)?;
        let plain = |part: &str, more: &[char], most: usize| {
            let legal = |letter: char| letter.is_ascii_alphanumeric() || more.contains(&letter);
            !part.is_empty() && part.len() <= most && part.chars().all(legal)
        };
        // 39 and 100 characters are GitHub's own limits; an Enterprise Server adds '_' to managed users' names.
        let legal = plain(owner, &['-', '_'], 39)
            && plain(name, &['-', '_', '.'], 100)
            && name != "."
            && name != "..";
        if legal {
            Ok(Self {
                text: text.to_owned(),
                slash: owner.len(),
            })
        } else {
            Err(error())
        }
    }
}

/// The name of a workflow file, directly below `.github/workflows`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct WorkflowFile(String);

impl WorkflowFile {
    /// The file's name, such as `nightly.yml`.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// The file's path in its repository, such as `.github/workflows/nightly.yml`.
    #[must_use]
    pub fn path(&self) -> String {
        format!("{WORKFLOW_FOLDER}{}", self.0)
    }

    /// Reads the path that GitHub gives for a run or a workflow; a trailing `@ref` is dropped.
    ///
    /// # Errors
    /// When the path does not lie directly below the workflow folder.
    pub fn from_path(path: &str) -> Result<Self, NameError> {
        let path = path.split('@').next().unwrap_or(path);
        path.strip_prefix(WORKFLOW_FOLDER)
            .ok_or_else(|| NameError::WorkflowFile(path.to_owned()))?
            .parse()
    }
}

impl FromStr for WorkflowFile {
    type Err = NameError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let stem = text
            .strip_suffix(".yml")
            .or_else(|| text.strip_suffix(".yaml"))
            .unwrap_or("");
        let legal = !stem.is_empty()
            && text.len() <= 255
            && !text.contains(|c: char| c == '/' || c == '\\' || c.is_control());
        if legal {
            Ok(Self(text.to_owned()))
        } else {
            Err(NameError::WorkflowFile(text.to_owned()))
        }
    }
}

/// One workflow of one repository: the key of histories, forecasts and plans.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct WorkflowId {
    /// The repository.
    pub repository: RepositoryName,
    /// The workflow file.
    pub file: WorkflowFile,
}

impl fmt::Display for WorkflowId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.repository, self.file)
    }
}

/// Gives a checked name its text forms.
macro_rules! text_forms {
    ($name:ident, $text:tt) => {
        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.pad(&self.$text)
            }
        }

        impl TryFrom<String> for $name {
            type Error = NameError;

            fn try_from(text: String) -> Result<Self, Self::Error> {
                text.parse()
            }
        }

        impl From<$name> for String {
            fn from(name: $name) -> Self {
                name.$text
            }
        }
    };
}

text_forms!(RepositoryName, text);
text_forms!(WorkflowFile, 0);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_repository_is_an_owner_and_a_name() {
        let name: RepositoryName = "Acme/payments.api".parse().unwrap();
        assert_eq!((name.owner(), name.name()), ("Acme", "payments.api"));
        assert_eq!(name, "acme/Payments.API".parse().unwrap());
    }

    #[test]
    fn texts_that_could_leave_the_repository_are_refused() {
        for text in [
            "", "a", "a/", "/b", "a/b/c", "a/..", "a b/c", "a/b?x", "a.b/c", "ä/b",
        ] {
            assert!(text.parse::<RepositoryName>().is_err(), "{text}");
        }
        for text in ["", ".yml", "a.txt", "a/b.yml", "..\\x.yml", "a\n.yml"] {
            assert!(text.parse::<WorkflowFile>().is_err(), "{text}");
        }
    }

    #[test]
    fn the_path_of_a_run_names_its_workflow_file() {
        let file =
            WorkflowFile::from_path(".github/workflows/nightly.yaml@refs/heads/main").unwrap();
        assert_eq!(file.as_str(), "nightly.yaml");
        assert!(WorkflowFile::from_path("dynamic/github-code-scanning/codeql").is_err());
    }
}
