//! The content of one file at one revision.

use base64::{Engine as _, engine::general_purpose::STANDARD};

use super::repository_path;
use crate::{
    domain::RepositoryName,
    github::{
        Client, Error, Result, Wrote,
        call::Call,
        target::{path, query},
        wire::repository::WireContent,
    },
};

/// The largest file whose content GitHub gives this way, in bytes (GitHub).
const MOST_FILE_BYTES: u64 = 1 << 20;

/// A file's bytes, and the id of the Git object that holds them.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FileContent {
    /// The bytes, untouched.
    pub bytes: Vec<u8>,
    /// The id of the blob: equal ids mean equal bytes.
    pub blob_sha: String,
}

impl Client {
    /// Reads a file at a branch, tag or commit; nothing when there is no such file at that revision.
    ///
    /// # Errors
    /// [`Error::TooLarge`] above 1 MiB; [`Error::Unprocessable`] when the path is a folder, a link or a submodule. A repository
    /// that cannot be seen looks like a file that is not there: read the repository first.
    pub async fn file(
        &self,
        repository: &RepositoryName,
        file: &str,
        revision: &str,
    ) -> Result<Option<FileContent>> {
        let target = format!("{}/contents/{}", repository_path(repository), path(file));
        let target = query(&target, &[("ref", Some(revision.to_owned()))]);
        let what = format!("read {file} of {repository}");
        let call = Call::get("/repos/{owner}/{repo}/contents/{path}", target, what);
        let answer = match self.read(&call).await {
            Err(Error::NotFound { .. }) => return Ok(None),
            other => other?,
        };
        let no_file = |kind: &str| Error::Unprocessable {
            what: call.what.clone(),
            message: format!("it is a {kind}"),
        };
        if answer.body.trim_ascii_start().first() == Some(&b'[') {
            return Err(no_file("folder"));
        }
        let wire: WireContent = answer.json(&call)?;
        if wire.kind != "file" {
            return Err(no_file(if wire.kind == "symlink" {
                "link"
            } else {
                "submodule or something else"
            }));
        }
        if wire.size > MOST_FILE_BYTES || wire.encoding.as_deref() != Some("base64") {
            return Err(Error::TooLarge {
                what: call.what,
                limit: MOST_FILE_BYTES,
                unit: "bytes",
                wrote: Wrote::No,
            });
        }
        let text: String = wire
            .content
            .unwrap_or_default()
            .split_ascii_whitespace()
            .collect();
        let bytes = STANDARD.decode(text);
        let bytes = bytes
            .map_err(|_| Error::malformed(&call.what, "its content is not base64", Wrote::No))?;
        Ok(Some(FileContent {
            bytes,
            blob_sha: wire.sha,
        }))
    }
}
