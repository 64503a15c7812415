//! Listings over several pages.
//!
//! Invariants: the next page is asked for on our own host with our own credentials, whatever host an answer names; no
//! listing is followed without end.

use http::Uri;

use super::{
    Client, Error, Result, Wrote,
    call::{Answer, Call},
};

/// The rows a page holds at most (GitHub).
pub(super) const PAGE: usize = 100;

/// A listing in progress.
pub(super) struct Pages {
    next: Option<Call>,
    left: usize,
    most: usize,
    /// Whether GitHub confirmed every page so far.
    pub(super) unchanged: bool,
}

impl Pages {
    /// Starts a listing of at most so many pages.
    pub(super) fn new(first: Call, most: usize) -> Self {
        Self {
            next: Some(first),
            left: most,
            most,
            unchanged: true,
        }
    }

    /// Reads the next page, with the call that asked for it; nothing when there is none.
    pub(super) async fn next(&mut self, client: &Client) -> Result<Option<(Call, Answer)>> {
        let Some(call) = self.next.take() else {
            return Ok(None);
        };
        if self.left == 0 {
            return Err(Error::TooLarge {
                what: call.what,
                limit: self.most as u64,
                unit: "pages",
                wrote: Wrote::No,
            });
        }
        self.left -= 1;
        let answer = client.read(&call).await?;
        self.unchanged &= answer.unchanged;
        self.next = answer
            .link
            .as_deref()
            .and_then(next_target)
            .map(|target| call.to(target));
        Ok(Some((call, answer)))
    }
}

/// Path and query of the link with the relation `next`.
fn next_target(link: &str) -> Option<String> {
    link.split('<').skip(1).find_map(|entry| {
        let (address, parameters) = entry.split_once('>')?;
        let mut parameters = parameters
            .split([';', ','])
            .map(|parameter| parameter.trim().replace('"', ""));
        parameters
            .any(|parameter| parameter.eq_ignore_ascii_case("rel=next"))
            .then_some(())?;
        Some(address.parse::<Uri>().ok()?.path_and_query()?.to_string())
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn no_link_makes_reading_panic_and_none_names_a_host(link in "[<>;,\"a-z=/:?. ]{0,80}") {
            if let Some(target) = next_target(&link) {
                prop_assert!(target.starts_with('/') || target.starts_with('?'));
            }
        }
    }

    #[test]
    fn the_next_page_is_found_among_the_links_and_loses_its_host() {
        let link = r#"<https://evil.example/r?page=1>; rel="prev", <https://evil.example/r?a=b,c&page=3>; rel="next""#;
        assert_eq!(next_target(link).as_deref(), Some("/r?a=b,c&page=3"));
        assert_eq!(next_target(r#"<https://x/r>; rel="last""#), None);
    }
}
