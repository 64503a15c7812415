//! What was heard, in memory and as the text that goes from one replica to another.
//!
//! The text says whom to wake and where they look. Replicas of two versions exchange it during a rollout: one leaves out what it
//! does not know, and does not hear what it cannot read.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use crate::{domain::Digest, github::webhook::News};

/// News, and the connections (`namespace/name`) whose secret signed it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Heard {
    /// The connections.
    pub connections: BTreeSet<String>,
    /// The news.
    pub news: News,
    /// By what the delivery is told from others; tells neither its body nor its signature.
    pub marks: Vec<Digest>,
}

impl Heard {
    /// As a text of so many bytes at most; none where it cannot be told, or need not be.
    ///
    /// What is too long is told of less exactly, or to fewer: first without the names of files, then to half of the connections, and so on.
    #[must_use]
    pub fn to_text(&self, longest: usize) -> Option<String> {
        if self.news == News::Ping {
            return None;
        }
        let mut told = self.clone();
        loop {
            let text = serde_json::to_string(&told).ok()?;
            if text.len() <= longest {
                return Some(text);
            }
            if !told.shorten() {
                return None;
            }
        }
    }

    /// From such a text; none from any other.
    #[must_use]
    pub fn from_text(text: &str) -> Option<Self> {
        let heard: Self = serde_json::from_str(text).ok()?;
        let is_digest = |mark: &Digest| {
            let mark = mark.as_str();
            mark.len() == 64 && mark.bytes().all(|byte| byte.is_ascii_hexdigit())
        };
        heard.marks.iter().all(is_digest).then_some(heard)
    }

    /// Whether there was something to leave out.
    fn shorten(&mut self) -> bool {
        if let News::FilesPushed { files, .. } = &mut self.news
            && files.take().is_some()
        {
            return true;
        }
        let half = self.connections.iter().nth(self.connections.len() / 2);
        let Some(half) = half.filter(|_| self.connections.len() > 1).cloned() else {
            return false;
        };
        self.connections.split_off(&half);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::{WorkflowFile, WorkflowId};

    fn heard(news: News) -> Heard {
        Heard {
            connections: BTreeSet::from(["ci/acme".to_owned()]),
            news,
            marks: vec![Digest::of([b"1".as_slice()])],
        }
    }

    fn run_ended() -> News {
        News::RunEnded(WorkflowId {
            repository: "Acme/app".parse().unwrap(),
            file: "nightly.yml".parse().unwrap(),
        })
    }

    #[test]
    fn what_is_told_is_read_as_it_was() {
        let repository = || "acme/app".parse().unwrap();
        let branch = "cronwright/ünï \"0\"".to_owned();
        for news in [
            run_ended(),
            News::FilesPushed {
                repository: repository(),
                files: None,
            },
            News::PullChanged {
                repository: repository(),
                branch,
            },
            News::InstallationChanged,
        ] {
            let heard = heard(news);
            let text = heard.to_text(1_000).unwrap();
            assert_eq!(Heard::from_text(&text), Some(heard), "{text}");
        }
    }

    #[test]
    fn a_ping_wakes_nobody_and_is_not_told() {
        assert_eq!(heard(News::Ping).to_text(1_000), None);
    }

    #[test]
    fn what_is_too_long_is_told_less_exactly_then_to_fewer_and_then_not_at_all() {
        let file = |index: usize| format!("{index}.yml").parse::<WorkflowFile>().unwrap();
        let mut long = heard(News::FilesPushed {
            repository: "acme/app".parse().unwrap(),
            files: Some((0..100).map(file).collect()),
        });
        let text = long.to_text(500).unwrap();
        let News::FilesPushed { files, .. } = Heard::from_text(&text).unwrap().news else {
            panic!("{text}");
        };
        assert_eq!(files, None);

        long.connections = (0..100)
            .map(|index| format!("team-{index}/github"))
            .collect();
        let text = long.to_text(500).unwrap();
        let told = Heard::from_text(&text).unwrap().connections;
        assert!(
            !told.is_empty() && told.is_subset(&long.connections),
            "{text}"
        );

        assert_eq!(long.to_text(50), None);
    }

    #[test]
    fn what_is_no_such_text_is_not_heard() {
        let text = heard(run_ended()).to_text(1_000).unwrap();
        let newer = text.replace("run_ended", "runner_gone");
        let later = text.replacen('{', "{\"more\":1,", 1);
        let digest = Digest::of([b"1".as_slice()]).to_string();
        let marked = text.replace(&digest, "1");
        for other in ["", "{}", "null", &newer, &marked, &text[1..]] {
            assert_eq!(Heard::from_text(other), None, "{other}");
        }
        assert!(Heard::from_text(&later).is_some());
    }
}
