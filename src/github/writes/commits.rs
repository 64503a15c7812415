//! One commit with several files, by the Git data API: blobs, a tree over the base's, a commit.
//!
//! The commit names no author, so that GitHub signs those of an App. Nothing points to it until a branch does: a chain that
//! breaks leaves objects that nobody sees and that GitHub collects.

use base64::{Engine as _, engine::general_purpose::STANDARD};
use http::Method;
use serde::Serialize;

use super::turn::Turn;
use crate::{
    domain::RepositoryName,
    github::{
        Client, Error, Result, Wrote, call::Call, reads::repository_path,
        wire::repository::WireObject,
    },
};

/// The files of one commit (ours): far above any plan of one repository, and below GitHub's writes a minute.
const MOST_FILES: usize = 50;

/// The mode of a plain file in a tree (Git).
const PLAIN_FILE: &str = "100644";

#[derive(Serialize)]
struct NewTree<'a> {
    base_tree: &'a str,
    tree: Vec<TreeEntry<'a>>,
}

#[derive(Serialize)]
struct TreeEntry<'a> {
    path: &'a str,
    mode: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    sha: String,
}

#[derive(Serialize)]
struct NewCommit<'a> {
    message: &'a str,
    tree: &'a str,
    parents: &'a [&'a str],
}

impl Client {
    /// Makes a commit with the files of `base` but for the given ones (path, bytes), on top of `parents`; gives its id.
    ///
    /// The message is made once the id of the commit's tree is known, which it is told. No branch is touched. The bytes arrive as they are. The files get the mode of a plain file.
    ///
    /// # Errors
    /// [`Error::NotFound`] or [`Error::Unprocessable`] when `base` is no commit; [`Error::MissingPermission`] when the
    /// credentials may not write workflow files; [`Error::TooLarge`] above 50 files. Trying again is always safe: it can
    /// only make objects that nothing points to.
    pub async fn commit_files(
        &self,
        repository: &RepositoryName,
        base: &str,
        parents: &[&str],
        files: &[(&str, &[u8])],
        message: impl FnOnce(&str) -> String,
    ) -> Result<String> {
        let what = format!("commit {} files to {repository}", files.len());
        if files.len() > MOST_FILES {
            return Err(Error::TooLarge {
                what,
                limit: MOST_FILES as u64,
                unit: "files",
                wrote: Wrote::No,
            });
        }
        let base_tree = self.commit(repository, base).await?.tree;
        let writes = u32::try_from(files.len())
            .unwrap_or(u32::MAX)
            .saturating_add(2);
        let turn = self.turn(writes, &what).await?;
        let mut tree = Vec::with_capacity(files.len());
        for (path, bytes) in files {
            let sha = blob(&turn, repository, path, bytes).await?;
            tree.push(TreeEntry {
                path,
                mode: PLAIN_FILE,
                kind: "blob",
                sha,
            });
        }
        let new = NewTree {
            base_tree: &base_tree,
            tree,
        };
        let tree = create(
            &turn,
            repository,
            "trees",
            "/repos/{owner}/{repo}/git/trees",
            what.clone(),
            &new,
        )
        .await?;
        let new = NewCommit {
            message: &message(&tree),
            tree: &tree,
            parents,
        };
        create(
            &turn,
            repository,
            "commits",
            "/repos/{owner}/{repo}/git/commits",
            what,
            &new,
        )
        .await
    }
}

/// Names what is missing where GitHub does not: objects of a repository that was read a moment ago are refused, or not found,
/// for want of permission alone.
fn named(error: Error) -> Error {
    let lacking = |what, message| Error::MissingPermission {
        what,
        permission: Some("contents=write,workflows=write".to_owned()),
        message,
    };
    if let Error::MissingPermission {
        what,
        permission: None,
        message,
    } = error
    {
        return lacking(what, message);
    }
    if let Error::NotFound { what } = error {
        return lacking(what, "Not Found".to_owned());
    }
    error
}

/// Stores the bytes of a file.
async fn blob(
    turn: &Turn<'_>,
    repository: &RepositoryName,
    path: &str,
    bytes: &[u8],
) -> Result<String> {
    #[derive(Serialize)]
    struct NewBlob {
        content: String,
        encoding: &'static str,
    }
    let new = NewBlob {
        content: STANDARD.encode(bytes),
        encoding: "base64",
    };
    let what = format!("store {path} in {repository}");
    create(
        turn,
        repository,
        "blobs",
        "/repos/{owner}/{repo}/git/blobs",
        what,
        &new,
    )
    .await
}

/// Creates a Git object and gives its id.
async fn create(
    turn: &Turn<'_>,
    repository: &RepositoryName,
    kind: &str,
    route: &'static str,
    what: String,
    body: &impl Serialize,
) -> Result<String> {
    let call = Call::json(
        Method::POST,
        route,
        format!("{}/git/{kind}", repository_path(repository)),
        what,
        body,
    );
    let answer = turn.write(&call).await.map_err(named)?;
    Ok(answer.json::<WireObject>(&call)?.sha)
}
