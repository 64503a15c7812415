//! What tells our pull requests and commits from other people's: a line that Markdown does not show, and a trailer.
//!
//! A pull request's branch keeps the name it was opened with while its change may be updated; the marker tells the change
//! it carries now. It also tells a pull request that we withdrew from one that a person closed.

/// What a marker says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Marker {
    /// The short digest of the change.
    pub digest: String,
    /// Whether we closed the pull request ourselves.
    pub withdrawn: bool,
}

const OPENING: &str = "<!-- cronwright change=";
const WITHDRAWN: &str = " withdrawn";
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
    let (digest, withdrawn) = text
        .strip_suffix(WITHDRAWN)
        .map_or((text, false), |digest| (digest, true));
    let legal =
        !digest.is_empty() && digest.len() <= 64 && digest.chars().all(|c| c.is_ascii_hexdigit());
    legal.then(|| Marker {
        digest: digest.to_owned(),
        withdrawn,
    })
}

/// A body with its marker saying that we withdraw it; a body without one gets one.
#[must_use]
pub fn withdrawn(body: &str, digest: &str) -> String {
    let kept = body
        .rsplit_once(OPENING)
        .map_or(body, |(before, _)| before)
        .trim_end();
    format!("{kept}\n\n{OPENING}{digest}{WITHDRAWN}{CLOSING}\n")
}

/// What the trailer of our commits begins with.
const TRAILER: &str = "Cronwright-Change: ";

/// The trailer of a commit that carries a change.
#[must_use]
pub fn trailer(digest: &str) -> String {
    format!("{TRAILER}{digest}")
}

/// Whether a commit's message says that the commit is ours.
#[must_use]
pub fn is_ours(message: &str) -> bool {
    message.lines().any(|line| line.starts_with(TRAILER))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_marker_reads_back_and_remembers_that_it_was_withdrawn() {
        let body = format!("words\n\n{}\n", line("0123abcd4567"));
        assert_eq!(
            read_marker(&body),
            Some(Marker {
                digest: "0123abcd4567".to_owned(),
                withdrawn: false
            })
        );
        let closed = withdrawn(&body, "0123abcd4567");
        assert_eq!(
            read_marker(&closed),
            Some(Marker {
                digest: "0123abcd4567".to_owned(),
                withdrawn: true
            })
        );
        assert_eq!(closed.matches("cronwright").count(), 1);
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
}
