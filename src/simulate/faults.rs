//! Faults on demand: what GitHub does on a bad day, once or several times, to the requests that match.

use std::time::Duration;

/// What goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// Answers with this status instead of doing anything.
    Status {
        /// The HTTP status.
        status: u16,
        /// The value of `retry-after` in seconds, where there is one.
        retry_after_seconds: Option<u64>,
    },
    /// Refuses as the hourly limit does: 403, nothing remaining, until the window ends.
    RateLimited,
    /// Does what was asked and never answers.
    Hang,
    /// Does what was asked, announces the whole answer and breaks off half-way.
    Cut,
    /// Does what was asked and answers after this long (of the runtime's time, which tests pause).
    Slow(Duration),
    /// Does what was asked, then answers 502 as if it had not.
    LostAnswer,
    /// Does what was asked, then answers 200 with a body that is no JSON.
    Garbage,
}

/// A fault and the requests it strikes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// A part of `METHOD /path` (without host, base path and query); empty strikes everything.
    pub matching: String,
    /// How many requests it strikes before it is over.
    pub times: u32,
    /// What goes wrong.
    pub kind: FaultKind,
}

impl Fault {
    /// A fault that strikes once.
    #[must_use]
    pub fn once(matching: &str, kind: FaultKind) -> Self {
        Self {
            matching: matching.to_owned(),
            times: 1,
            kind,
        }
    }

    /// A fault that strikes until it is cleared.
    #[must_use]
    pub fn always(matching: &str, kind: FaultKind) -> Self {
        Self {
            times: u32::MAX,
            ..Self::once(matching, kind)
        }
    }
}

/// The faults that are going to strike, in the order in which they were entered.
#[derive(Debug, Default)]
pub struct Faults(Vec<Fault>);

impl Faults {
    /// Enters a fault.
    pub fn push(&mut self, fault: Fault) {
        self.0.push(fault);
    }

    /// Forgets all faults.
    pub fn clear(&mut self) {
        self.0.clear();
    }

    /// Takes the first fault that strikes a request.
    pub(super) fn strike(&mut self, method: &str, path: &str) -> Option<FaultKind> {
        let line = format!("{method} {path}");
        let fault = self
            .0
            .iter_mut()
            .find(|fault| fault.times > 0 && line.contains(&fault.matching))?;
        fault.times = if fault.times == u32::MAX {
            u32::MAX
        } else {
            fault.times - 1
        };
        Some(fault.kind.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_strikes_as_often_as_it_says_and_only_what_it_names() {
        let mut faults = Faults::default();
        faults.push(Fault::once("POST /repos/a/b/pulls", FaultKind::Hang));
        assert_eq!(faults.strike("GET", "/repos/a/b/pulls"), None);
        assert_eq!(
            faults.strike("POST", "/repos/a/b/pulls"),
            Some(FaultKind::Hang)
        );
        assert_eq!(faults.strike("POST", "/repos/a/b/pulls"), None);
    }
}
