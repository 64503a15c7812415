//! One request as an endpoint sees it.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::simulate::{Refusal, World, access::Caller, repository::Repository, requests::Budget};

/// One request that was let in, and the world it speaks to.
pub(super) struct Call<'a> {
    pub(super) world: &'a mut World,
    pub(super) caller: Caller,
    pub(super) budget: Budget,
    /// The place of the repository that the path names.
    pub(super) place: Option<usize>,
    pub(super) params: BTreeMap<&'static str, String>,
    pub(super) query: BTreeMap<String, String>,
    pub(super) body: Value,
    pub(super) accept: String,
    /// Where the API begins, such as `http://127.0.0.1:8080/api/v3`.
    pub(super) api: String,
    /// Where the pages for people would begin.
    pub(super) web: String,
    pub(super) path: String,
    pub(super) raw_query: String,
}

impl Call<'_> {
    /// The repository that the path names.
    pub(super) fn repository(&self) -> Result<&Repository, Refusal> {
        self.place
            .and_then(|place| self.world.repositories.get(place))
            .ok_or_else(Refusal::not_found)
    }

    /// The place of that repository.
    pub(super) fn place(&self) -> Result<usize, Refusal> {
        self.place.ok_or_else(Refusal::not_found)
    }

    /// A parameter of the path; empty where the template has none of that name.
    pub(super) fn param(&self, name: &str) -> &str {
        self.params.get(name).map_or("", String::as_str)
    }

    /// A parameter of the path that must be a number.
    pub(super) fn number(&self, name: &str) -> Result<u64, Refusal> {
        self.param(name).parse().map_err(|_| Refusal::not_found())
    }

    /// A parameter of the query.
    pub(super) fn asked(&self, name: &str) -> Option<&str> {
        self.query
            .get(name)
            .map(String::as_str)
            .filter(|text| !text.is_empty())
    }

    /// A text that the body must have.
    pub(super) fn text(&self, name: &str) -> Result<String, Refusal> {
        let missing =
            || Refusal::unprocessable(format!("Invalid request.\n\n\"{name}\" wasn't supplied."));
        self.body[name]
            .as_str()
            .map(str::to_owned)
            .ok_or_else(missing)
    }

    /// A text that the body may have.
    pub(super) fn maybe_text(&self, name: &str) -> Option<String> {
        self.body[name].as_str().map(str::to_owned)
    }

    /// A list of texts in the body, empty where it has none.
    pub(super) fn texts(&self, name: &str) -> Vec<String> {
        let items = self.body[name].as_array().map_or(&[][..], Vec::as_slice);
        items
            .iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .collect()
    }

    /// Whether the caller asks for a media type.
    pub(super) fn accepts(&self, part: &str) -> bool {
        self.accept.contains(part)
    }

    /// The address of another page of the same listing; GitHub names the repository by its number there.
    pub(super) fn page_url(&self, page: usize) -> String {
        let others = self
            .raw_query
            .split('&')
            .filter(|pair| !pair.is_empty() && !pair.starts_with("page="));
        let mut pairs: Vec<String> = others.map(str::to_owned).collect();
        pairs.push(format!("page={page}"));
        let path = self.repository().ok().and_then(|repository| {
            let rest = self.path.strip_prefix("/repos/")?.splitn(3, '/').nth(2)?;
            Some(format!("/repositories/{}/{rest}", repository.id))
        });
        format!(
            "{}{}?{}",
            self.api,
            path.unwrap_or_else(|| self.path.clone()),
            pairs.join("&")
        )
    }
}

/// Reads a query into its last values by name.
pub(super) fn parse_query(query: &str) -> BTreeMap<String, String> {
    let pairs = query.split('&').filter(|pair| !pair.is_empty());
    let split = pairs.map(|pair| pair.split_once('=').unwrap_or((pair, "")));
    split
        .map(|(name, value)| (decode(name, true), decode(value, true)))
        .collect()
}

/// Decodes percent signs, and `+` to a space where the text is a query; what is malformed stays as it is.
pub(super) fn decode(text: &str, query: bool) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text
            .get(at + 1..at + 3)
            .and_then(|pair| u8::from_str_radix(pair, 16).ok());
        match (bytes[at], hex) {
            (b'%', Some(byte)) => {
                out.push(byte);
                at += 2;
            }
            (b'+', _) if query => out.push(b' '),
            (byte, _) => out.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_query_is_decoded_and_malformed_escapes_stay() {
        let query = parse_query("created=%3E%3D2026-01-01&x=a+b&y=%zz");
        assert_eq!(query["created"], ">=2026-01-01");
        assert_eq!((query["x"].as_str(), query["y"].as_str()), ("a b", "%zz"));
    }
}
