//! Addresses within the dashboard. Whatever a name holds, it stays one part of its address.

use std::fmt::Write as _;

use super::Cell;
use crate::domain::Located;

/// The page of a workflow.
pub(in crate::web::dashboard) fn to_workflow(id: &Located) -> String {
    let (repository, file) = (&id.id.repository, encoded(id.id.file.as_str()));
    if id.host.is_github() {
        return format!("/workflows/{repository}/{file}");
    }
    format!(
        "/workflows/{}/{repository}/{file}",
        encoded(id.host.as_str())
    )
}

/// A workflow that is known by its name alone, as a way to its page.
pub(in crate::web::dashboard) fn named(name: &str) -> Cell {
    let id = name.parse::<Located>();
    id.map_or_else(
        |_| Cell::text(name),
        |id| Cell::link(name, to_workflow(&id)),
    )
}

/// A query of names and values; what is empty is left out, and so is the question mark before nothing.
pub(in crate::web::dashboard) fn query(values: &[(&str, &str)]) -> String {
    let given = values.iter().filter(|(_, value)| !value.is_empty());
    let pairs: Vec<String> = given
        .map(|(name, value)| format!("{name}={}", encoded(value)))
        .collect();
    if pairs.is_empty() {
        return String::new();
    }
    format!("?{}", pairs.join("&"))
}

/// A text whose every byte but the unreserved ones is encoded, RFC 3986.
fn encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(byte.into());
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::sample::id;

    #[test]
    fn a_name_with_odd_letters_stays_one_part_of_its_address() {
        assert_eq!(
            to_workflow(&id("acme/app/a b#c?d%é\"<.yml").into()),
            "/workflows/acme/app/a%20b%23c%3Fd%25%C3%A9%22%3C.yml"
        );
    }

    #[test]
    fn a_workflow_of_another_host_has_a_page_of_its_own() {
        let name = "ghe.example:8443/acme/app/a.yml";
        let id = name.parse().expect("a workflow with its host");
        assert_eq!(
            to_workflow(&id),
            "/workflows/ghe.example%3A8443/acme/app/a.yml"
        );
    }

    #[test]
    fn a_query_leaves_out_what_is_empty() {
        assert_eq!(query(&[("q", ""), ("page", "")]), "");
        assert_eq!(
            query(&[("q", "a&b"), ("group", ""), ("page", "2")]),
            "?q=a%26b&page=2"
        );
    }
}
