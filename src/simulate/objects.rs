//! The Git objects of one repository, on disk in a bare repository that `git log -p` can read.
//!
//! Owns commits, merges and what changed between two of them. It knows no pull request and no permission.

use std::{collections::BTreeSet, path::Path};

use git2::{Commit, Delta, FileMode, Oid, Signature, Time, Tree, build::TreeUpdateBuilder};

use super::Refusal;
use crate::domain::{Timestamp, workflow::WORKFLOW_FOLDER};

/// A file that differs between two commits.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Change {
    pub(super) path: String,
    pub(super) status: &'static str,
    pub(super) blob: String,
    pub(super) additions: usize,
    pub(super) deletions: usize,
    pub(super) patch: String,
}

/// A file to write (its bytes) or to remove (none).
pub(super) type Write<'a> = (&'a str, Option<&'a [u8]>);

/// Who commits and when.
#[derive(Clone, Debug)]
pub(super) struct Hand {
    pub(super) name: String,
    pub(super) email: String,
    pub(super) at: Timestamp,
}

impl Hand {
    /// A person of this login.
    pub(super) fn of(login: &str, at: Timestamp) -> Self {
        Self {
            name: login.to_owned(),
            email: format!("{login}@users.noreply.github.com"),
            at,
        }
    }

    /// The signature Git stores.
    pub(super) fn signature(&self) -> Result<Signature<'static>, git2::Error> {
        Signature::new(&self.name, &self.email, &Time::new(self.at.timestamp(), 0))
    }
}

/// The objects and refs of one repository.
pub(super) struct Objects {
    pub(super) git: git2::Repository,
    /// Commits that GitHub signed.
    pub(super) verified: BTreeSet<Oid>,
}

impl Objects {
    /// Makes an empty bare repository.
    pub(super) fn create(folder: &Path, default_branch: &str) -> Result<Self, git2::Error> {
        let mut options = git2::RepositoryInitOptions::new();
        options
            .bare(true)
            .external_template(false)
            .initial_head(default_branch)
            .mkpath(true);
        let git = git2::Repository::init_opts(folder, &options)?;
        Ok(Self {
            git,
            verified: BTreeSet::new(),
        })
    }

    /// The commit a branch points to.
    pub(super) fn tip(&self, branch: &str) -> Option<Oid> {
        self.git.refname_to_id(&format!("refs/heads/{branch}")).ok()
    }

    /// The commit that a branch, a tag, a full ref or a (shortened) object id names.
    pub(super) fn resolve(&self, name: &str) -> Option<Oid> {
        let plain = name.trim_start_matches("refs/");
        let places = [
            format!("refs/heads/{plain}"),
            format!("refs/{plain}"),
            format!("refs/tags/{plain}"),
        ];
        let by_ref = places
            .iter()
            .find_map(|place| self.git.refname_to_id(place).ok());
        let hex = name.len() >= 7 && name.chars().all(|c| c.is_ascii_hexdigit());
        let by_id = || {
            self.git
                .revparse_single(name)
                .ok()
                .filter(|_| hex)
                .map(|object| object.id())
        };
        let found = by_ref.or_else(by_id)?;
        self.git.find_commit(found).ok().map(|commit| commit.id())
    }

    /// The bytes of a file at a commit.
    pub(super) fn file(&self, commit: Oid, path: &str) -> Option<Vec<u8>> {
        let tree = self.git.find_commit(commit).ok()?.tree().ok()?;
        let entry = tree.get_path(Path::new(path)).ok()?;
        self.git
            .find_blob(entry.id())
            .ok()
            .map(|blob| blob.content().to_vec())
    }

    /// The files directly below the workflow folder at a commit: name, blob id, bytes.
    pub(super) fn workflow_files(&self, commit: Oid) -> Vec<(String, Oid, Vec<u8>)> {
        let Some(folder) = self.workflow_tree(commit) else {
            return Vec::new();
        };
        let files = folder.iter().filter_map(|entry| {
            let blob = self.git.find_blob(entry.id()).ok()?;
            Some((
                entry.name().ok()?.to_owned(),
                entry.id(),
                blob.content().to_vec(),
            ))
        });
        files.collect()
    }

    /// The id of the workflow folder at a commit, for seeing whether two commits differ there.
    pub(super) fn workflow_tree_id(&self, commit: Oid) -> Option<Oid> {
        self.workflow_tree(commit).map(|tree| tree.id())
    }

    fn workflow_tree(&self, commit: Oid) -> Option<Tree<'_>> {
        let tree = self.git.find_commit(commit).ok()?.tree().ok()?;
        let entry = tree
            .get_path(Path::new(WORKFLOW_FOLDER.trim_end_matches('/')))
            .ok()?;
        self.git.find_tree(entry.id()).ok()
    }

    /// Commits some writes on top of a parent (or of nothing) without moving any ref.
    pub(super) fn commit(
        &self,
        parent: Option<Oid>,
        writes: &[Write<'_>],
        message: &str,
        hand: &Hand,
    ) -> Result<Oid, git2::Error> {
        let parent = parent.map(|id| self.git.find_commit(id)).transpose()?;
        let base = match &parent {
            Some(commit) => commit.tree()?,
            None => self.git.find_tree(self.git.treebuilder(None)?.write()?)?,
        };
        let mut update = TreeUpdateBuilder::new();
        for (path, bytes) in writes {
            match bytes {
                Some(bytes) => update.upsert(*path, self.git.blob(bytes)?, FileMode::Blob),
                None => update.remove(*path),
            };
        }
        let tree = self
            .git
            .find_tree(update.create_updated(&self.git, &base)?)?;
        let signature = hand.signature()?;
        let parents: Vec<&Commit<'_>> = parent.iter().collect();
        self.git
            .commit(None, &signature, &signature, message, &tree, &parents)
    }

    /// Points a branch at a commit.
    pub(super) fn point(&self, branch: &str, commit: Oid) -> Result<(), git2::Error> {
        self.git
            .reference(&format!("refs/heads/{branch}"), commit, true, "push")
            .map(|_| ())
    }

    /// Whether one commit can be reached from another (or is it).
    pub(super) fn contains(&self, descendant: Oid, ancestor: Oid) -> bool {
        descendant == ancestor
            || self
                .git
                .graph_descendant_of(descendant, ancestor)
                .unwrap_or(false)
    }

    /// Whether a head merges into a base without conflict.
    pub(super) fn merges(&self, base: Oid, head: Oid) -> bool {
        self.merged_tree(base, head).is_ok()
    }

    /// Makes the commit that merges a head into a base, moving no ref.
    pub(super) fn merge(
        &self,
        base: Oid,
        head: Oid,
        message: &str,
        hand: &Hand,
    ) -> Result<Oid, Refusal> {
        let tree = self.git.find_tree(self.merged_tree(base, head)?)?;
        let (base, head) = (self.git.find_commit(base)?, self.git.find_commit(head)?);
        let signature = hand.signature()?;
        Ok(self.git.commit(
            None,
            &signature,
            &signature,
            message,
            &tree,
            &[&base, &head],
        )?)
    }

    fn merged_tree(&self, base: Oid, head: Oid) -> Result<Oid, Refusal> {
        let (ours, theirs) = (self.git.find_commit(base)?, self.git.find_commit(head)?);
        let mut index = self.git.merge_commits(&ours, &theirs, None)?;
        if index.has_conflicts() {
            return Err(Refusal::new(405, "Pull Request is not mergeable"));
        }
        Ok(index.write_tree_to(&self.git)?)
    }

    /// The newest commit that two commits share.
    pub(super) fn merge_base(&self, one: Oid, other: Oid) -> Option<Oid> {
        self.git.merge_base(one, other).ok()
    }

    /// The commits of `head` that `base` does not have, oldest first.
    pub(super) fn commits_between(&self, base: Oid, head: Oid) -> Vec<Oid> {
        let walk = || {
            let mut walk = self.git.revwalk()?;
            walk.set_sorting(git2::Sort::TOPOLOGICAL | git2::Sort::REVERSE)?;
            walk.push(head)?;
            walk.hide(base)?;
            walk.collect::<Result<Vec<Oid>, git2::Error>>()
        };
        walk().unwrap_or_default()
    }

    /// What differs between two commits, by path; without a first one everything is added.
    pub(super) fn changes(&self, from: Option<Oid>, to: Oid) -> Result<Vec<Change>, git2::Error> {
        let old = from
            .map(|id| self.git.find_commit(id)?.tree())
            .transpose()?;
        let new = self.git.find_commit(to)?.tree()?;
        let diff = self.git.diff_tree_to_tree(old.as_ref(), Some(&new), None)?;
        (0..diff.deltas().len())
            .map(|index| change(&diff, index))
            .collect()
    }
}

/// Reads one file's part of a difference.
fn change(diff: &git2::Diff<'_>, index: usize) -> Result<Change, git2::Error> {
    let delta = diff
        .get_delta(index)
        .ok_or_else(|| git2::Error::from_str("the difference shrank"))?;
    let removed = delta.status() == Delta::Deleted;
    let file = if removed {
        delta.old_file()
    } else {
        delta.new_file()
    };
    let status = match delta.status() {
        Delta::Added => "added",
        Delta::Deleted => "removed",
        Delta::Unmodified
        | Delta::Modified
        | Delta::Renamed
        | Delta::Copied
        | Delta::Ignored
        | Delta::Untracked
        | Delta::Typechange
        | Delta::Unreadable
        | Delta::Conflicted => "modified",
    };
    let (mut additions, mut deletions, mut patch) = (0, 0, String::new());
    if let Some(mut text) = git2::Patch::from_diff(diff, index)? {
        let (_, plus, minus) = text.line_stats()?;
        (additions, deletions) = (plus, minus);
        let whole = text.to_buf()?;
        let whole = String::from_utf8_lossy(&whole).into_owned();
        patch = whole
            .find("@@")
            .map_or(String::new(), |start| whole[start..].trim_end().to_owned());
    }
    let path = file
        .path()
        .map(|path| path.to_string_lossy().into_owned())
        .unwrap_or_default();
    Ok(Change {
        path,
        status,
        blob: file.id().to_string(),
        additions,
        deletions,
        patch,
    })
}
