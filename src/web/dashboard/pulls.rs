//! Pull requests as a shell knows them: a store remembers that one was opened, GitHub what became of it.

use crate::domain::Located;

/// A pull request of ours.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Pull {
    /// The workflow that it changes.
    pub workflow: Located,
    /// Its number.
    pub number: i64,
    /// Where people read it.
    pub url: String,
    /// Where it stands, in the words of a WorkflowSchedule's status: Open, Merged, Declined or Withdrawn.
    pub state: String,
}

impl Pull {
    /// Whether it waits for a person.
    pub(super) fn is_open(&self) -> bool {
        self.state == "Open"
    }

    /// Its address, if a browser may follow it.
    pub(super) fn link(&self) -> Option<&str> {
        let safe = ["https://", "http://"];
        safe.iter()
            .any(|scheme| self.url.starts_with(scheme))
            .then_some(&*self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_is_a_script_is_no_link() {
        let link = |url: &str| {
            let pull = Pull {
                workflow: crate::report::sample::id("acme/app/nightly.yml").into(),
                number: 1,
                url: url.to_owned(),
                state: "Open".to_owned(),
            };
            pull.link().is_some()
        };
        assert!(link("https://github.com/acme/app/pull/1"));
        assert!(!link("javascript:alert(1)"));
        assert!(!link("data:text/html,x"));
    }
}
