//! Routes: what one asks of its caller, and how a path finds its own.

use std::collections::BTreeMap;

use super::{answer::Answer, call::Call, door, table::ROUTES};
use crate::simulate::{Level, Permissions, Refusal};

/// Which of a caller's permissions an endpoint asks for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Area {
    Contents,
    Pulls,
    Actions,
}

impl Area {
    /// How far the caller's permission goes.
    pub(super) fn of(self, permissions: &Permissions) -> Level {
        match self {
            Self::Contents => permissions.contents,
            Self::Pulls => permissions.pull_requests,
            Self::Actions => permissions.actions,
        }
    }
}

/// What a caller needs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Needs {
    /// Nothing, but what the repository's own visibility asks.
    Anybody,
    /// Any credentials.
    Somebody,
    /// The JSON web token of an App.
    App,
    /// A permission in a repository.
    Permission(Area, Level),
}

/// One endpoint.
pub(super) struct Route {
    pub(super) method: &'static str,
    pub(super) template: &'static str,
    pub(super) needs: Needs,
    pub(super) handler: fn(&mut Call<'_>) -> Result<Answer, Refusal>,
}

/// Finds the endpoint of a path, with the path's parameters.
pub(super) fn find(
    method: &str,
    path: &str,
) -> Option<(&'static Route, BTreeMap<&'static str, String>)> {
    let same = ROUTES.iter().filter(|route| route.method == method);
    same.filter_map(|route| matches(route.template, path).map(|params| (route, params)))
        .next()
}

/// Parameters that take the rest of the path, slashes included, and may be empty.
const REST: [&str; 4] = ["path", "ref", "basehead", "tree_sha"];

fn matches(template: &'static str, path: &str) -> Option<BTreeMap<&'static str, String>> {
    let mut params = BTreeMap::new();
    let mut rest = path.strip_prefix('/')?;
    let mut wanted = template.trim_start_matches('/').split('/').peekable();
    while let Some(part) = wanted.next() {
        let name = part
            .strip_prefix('{')
            .and_then(|part| part.strip_suffix('}'));
        if let Some(name) = name.filter(|name| wanted.peek().is_none() && REST.contains(name)) {
            params.insert(name, door::segment(rest.trim_end_matches('/')));
            return Some(params);
        }
        let (segment, after) = rest.split_once('/').unwrap_or((rest, ""));
        match name {
            Some(name) if !segment.is_empty() => params.insert(name, door::segment(segment)),
            None if part == segment => None,
            _ => return None,
        };
        rest = after;
    }
    rest.is_empty().then_some(params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_finds_its_endpoint_and_a_ref_keeps_its_slashes() {
        let (route, params) = find("GET", "/repos/a/b/git/ref/heads/x/y").unwrap();
        assert_eq!(route.template, "/repos/{owner}/{repo}/git/ref/{ref}");
        assert_eq!(params["ref"], "heads/x/y");
        assert!(find("GET", "/repos/a/b/actions/runs/1/logs").is_none());
        assert!(find("GET", "/repos/a//actions/runs").is_none());
    }

    #[test]
    fn a_percent_escape_in_a_path_is_decoded() {
        assert_eq!(
            find("GET", "/repos/a/b/commits/x%2Fy").unwrap().1["ref"],
            "x/y"
        );
    }
}
