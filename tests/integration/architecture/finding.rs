//! What a guard has to say: where, which rule, and what to do.

use std::fmt;

/// One place where a rule does not hold.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Finding {
    /// The file, from the root of the repository.
    pub file: String,
    /// Its line, from one.
    pub line: usize,
    /// What is there and must not be.
    pub rule: String,
    /// Why, and what to do instead.
    pub advice: String,
}

impl Finding {
    /// A finding at a line.
    pub fn new(
        file: &str,
        line: usize,
        rule: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self {
            file: file.to_owned(),
            line,
            rule: rule.into(),
            advice: advice.into(),
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            file,
            line,
            rule,
            advice,
        } = self;
        write!(out, "{file}:{line}: {rule}\n    {advice}")
    }
}

/// Fails with all findings, in the order of the files, when there is one.
#[track_caller]
pub fn expect_none(mut findings: Vec<Finding>) {
    findings.sort();
    findings.dedup();
    let text: Vec<_> = findings.iter().map(Finding::to_string).collect();
    assert!(text.is_empty(), "\n{}\n", text.join("\n"));
}

/// The lines of the findings, for tests of guards.
pub fn lines(findings: &[Finding]) -> Vec<usize> {
    findings.iter().map(|finding| finding.line).collect()
}

#[test]
fn a_finding_tells_the_place_the_rule_and_what_to_do() {
    let finding = Finding::new("src/plan/week.rs", 7, "names a clock", "take a `now`");

    assert_eq!(
        finding.to_string(),
        "src/plan/week.rs:7: names a clock\n    take a `now`"
    );
}
