//! What tells our pull requests and commits from other people's: a line that Markdown does not show, and a trailer.
//!
//! A pull request's branch keeps the name it was opened with while its change may be updated. Which change it carries is
//! what its newest commit of ours says, because commit and trailer come to be in one instant; the text of the pull
//! request follows, and its marker says the same. The marker also tells a pull request that we withdrew from one that a
//! person closed, and in whose name we did: that stays true when we go by another account later.
//!
//! A second trailer names the object that asked: what it opened is not another namespace's to tend.

use crate::domain::Digest;

/// What a marker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The short digest of the change.
    pub digest: String,
    /// The login of the account in whose name we withdraw the pull request, where we do.
    pub withdrawn_by: Option<String>,
}

const OPENING: &str = "<!-- cronwright change=";
const WITHDRAWN: &str = " withdrawn by=";
const CLOSING: &str = " -->";

/// The marker's line.
#[must_use]
pub fn line(digest: &str) -> String {
    format!("{OPENING}{digest}{CLOSING}")
}

/// Reads the last marker of a body.
#[must_use]
pub fn read_marker(body: &str) -> Option<Marker> {
    let (_, rest) = body.rsplit_once(OPENING)?;
    let (text, _) = rest.split_once(CLOSING)?;
    let (digest, withdrawn_by) = text
        .split_once(WITHDRAWN)
        .map_or((text, None), |(digest, by)| (digest, Some(by.to_owned())));
    is_digest(digest).then(|| Marker {
        digest: digest.to_owned(),
        withdrawn_by,
    })
}

/// A body with its marker saying that we withdraw it, as which account; a body without one gets one.
#[must_use]
pub fn withdrawn(body: &str, digest: &str, account: &str) -> String {
    let kept = body
        .rsplit_once(OPENING)
        .map_or(body, |(before, _)| before)
        .trim_end();
    format!("{kept}\n\n{OPENING}{digest}{WITHDRAWN}{account}{CLOSING}\n")
}

/// What the trailer of our commits begins with.
const TRAILER: &str = "Cronwright-Change: ";
/// What the trailer begins with that names the object.
const OBJECT: &str = "Cronwright-Object: ";

/// The trailer of a commit that carries a change: the change's short digest, and a seal over what the commit holds.
///
/// The seal is made of the digest, the commit's tree and its parents. Whoever amends or rebases the commit keeps the
/// words of its message, and breaks the seal, whatever name and address they go by.
#[must_use]
pub fn trailer(digest: &str, tree: &str, parents: &[&str]) -> String {
    format!("{TRAILER}{digest} {}", seal(digest, tree, parents))
}

/// The short digest of the change that a commit carries, if it holds what we made it hold.
#[must_use]
pub fn carried<'a>(message: &'a str, tree: &str, parents: &[&str]) -> Option<&'a str> {
    let line = message
        .lines()
        .rev()
        .find_map(|line| line.strip_prefix(TRAILER))?;
    let (digest, sealed) = line.trim_end().split_once(' ')?;
    (is_digest(digest) && sealed == seal(digest, tree, parents)).then_some(digest)
}

/// The trailer of a commit that names the object that asked for it, as `namespace/name`.
#[must_use]
pub fn object_trailer(object: &str) -> String {
    format!("{OBJECT}{object}")
}

/// The object that asked for a commit of ours, as `namespace/name`.
#[must_use]
pub fn asked_by(message: &str) -> Option<&str> {
    let mut lines = message.lines().rev();
    let object = lines.find_map(|line| line.strip_prefix(OBJECT))?.trim_end();
    object.contains('/').then_some(object)
}

/// Whether what `opener` asked for is no business of `object`: they lie in two namespaces, which do not see each other.
///
/// Within one namespace the oldest object acts for all, also on what one opened that has another name today.
#[must_use]
pub fn is_foreign(opener: Option<&str>, object: &str) -> bool {
    let namespace = |identity: &str| identity.split('/').next().map(str::to_owned);
    opener.is_some_and(|opener| namespace(opener) != namespace(object))
}

fn seal(digest: &str, tree: &str, parents: &[&str]) -> String {
    let parts = [digest, tree].into_iter().chain(parents.iter().copied());
    Digest::of(parts.map(str::as_bytes)).short().to_owned()
}

fn is_digest(text: &str) -> bool {
    (1..=64).contains(&text.len()) && text.chars().all(|c| c.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_reads_back_and_remembers_in_whose_name_it_was_withdrawn() {
        let marker = |withdrawn_by: Option<&str>| Marker {
            digest: "0123abcd4567".to_owned(),
            withdrawn_by: withdrawn_by.map(str::to_owned),
        };
        let body = format!("words\n\n{}\n", line("0123abcd4567"));
        assert_eq!(read_marker(&body), Some(marker(None)));
        let closed = withdrawn(&body, "0123abcd4567", "cronwright[bot]");
        assert_eq!(read_marker(&closed), Some(marker(Some("cronwright[bot]"))));
        assert_eq!(closed.matches("change=").count(), 1);
    }

    #[test]
    fn a_body_without_a_legal_marker_has_none() {
        for body in [
            "",
            "<!-- cronwright change= -->",
            "<!-- cronwright change=xyz -->",
            "<!-- cronwright change=12",
        ] {
            assert_eq!(read_marker(body), None, "{body}");
        }
    }

    #[test]
    fn a_commit_is_ours_only_while_it_holds_what_we_made_it_hold() {
        let message = format!(
            "Run it later\n\n{}\n",
            trailer("0123abcd", "t1", &["p1", "p2"])
        );
        assert_eq!(carried(&message, "t1", &["p1", "p2"]), Some("0123abcd"));
        // Amended to other files, and rebased onto another base.
        assert_eq!(carried(&message, "t2", &["p1", "p2"]), None);
        assert_eq!(carried(&message, "t1", &["p1"]), None);
        assert_eq!(carried("Cronwright-Change: 0123abcd", "t1", &["p1"]), None);
        assert_eq!(carried("words", "t1", &["p1"]), None);
    }

    #[test]
    fn a_commit_names_the_object_that_asked_and_is_foreign_to_other_namespaces() {
        let message = format!("Run it later\n\n{}\nx: y\n", object_trailer("team-a/x"));
        let opener = asked_by(&message);
        assert_eq!(opener, Some("team-a/x"));
        assert!(is_foreign(opener, "team-b/x"));
        assert!(!is_foreign(opener, "team-a/renamed"));
        assert!(!is_foreign(None, "team-b/x"));
        assert_eq!(asked_by("words"), None);
    }
}
