//! Paths and queries of requests, with everything that is not ours escaped.
//!
//! Invariant: a name from outside (branch, file, login) cannot leave its place in an address.

use std::fmt::Write as _;

/// Percent-encodes everything but RFC 3986's unreserved characters.
pub(super) fn segment(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric()
            || matches!(byte, b'-' | b'_' | b'~')
            || (byte == b'.' && !is_dots(text))
        {
            out.push(char::from(byte));
        } else {
            write!(out, "%{byte:02X}").expect("writing to a String cannot fail");
        }
    }
    out
}

/// Escapes a path of several segments; its slashes stay.
pub(super) fn path(text: &str) -> String {
    text.split('/').map(segment).collect::<Vec<_>>().join("/")
}

/// A path with a query; values are escaped, pairs without a value left out.
pub(super) fn query(path: &str, pairs: &[(&str, Option<String>)]) -> String {
    let pairs = pairs
        .iter()
        .filter_map(|(name, value)| Some(format!("{name}={}", segment(value.as_ref()?))));
    let query = pairs.collect::<Vec<_>>().join("&");
    if query.is_empty() {
        path.to_owned()
    } else {
        format!("{path}?{query}")
    }
}

/// Segments that servers and proxies resolve instead of passing them on.
fn is_dots(text: &str) -> bool {
    matches!(text, "." | "..")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_text_leaves_its_segment(text in "\\PC{0,20}") {
            let escaped = segment(&text);
            prop_assert!(!escaped.contains(['/', '?', '#', '&', '=', '+', ' ', '\\']));
            prop_assert!(escaped != "." && escaped != "..");
            let target = format!("/x/{escaped}");
            prop_assert!(target.parse::<http::Uri>().is_ok());
        }
    }

    #[test]
    fn branches_keep_their_slashes_and_lose_their_tricks() {
        assert_eq!(
            path("cronwright/nightly.yml-1a2b"),
            "cronwright/nightly.yml-1a2b"
        );
        assert_eq!(path("a/../b c"), "a/%2E%2E/b%20c");
        assert_eq!(
            query("/p", &[("created", Some(">=2026".into())), ("none", None)]),
            "/p?created=%3E%3D2026"
        );
    }
}
