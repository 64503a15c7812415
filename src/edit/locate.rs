//! The way from a document's root to its cron and time zone scalars.
//!
//! Only `on` (quoted or not, also where a YAML 1.1 writer made it `true`) → `schedule` → a list item → `cron` and
//! `timezone` count; a job or an input that is called `cron` is not on that way. Invariant: nothing on the way is an
//! alias, is referred to by one, or holds a merge key.

use std::collections::BTreeSet;

use saphyr_parser::ScalarStyle;

use super::{
    Refusal,
    parse::{Parsed, parse},
    tree::{NodeId, Tree},
};

/// The most entries of a schedule that are read. Real files have at most a dozen; the bound keeps the search for
/// literals, entries times values, short.
pub const ENTRIES_MAX: usize = 100;

/// A file with its structure and the places of its schedule.
#[derive(Debug)]
pub(super) struct Located<'a> {
    /// The events.
    pub(super) parsed: Parsed<'a>,
    /// Who holds whom.
    pub(super) tree: Tree,
    /// The value of `on`.
    pub(super) on: Option<NodeId>,
    /// The event of the key `schedule`, when it holds a list.
    pub(super) schedule_key: Option<usize>,
    /// The list's items, in order.
    pub(super) entries: Vec<Entry>,
}

/// Where one item of the schedule stands, as events.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry {
    /// The item itself.
    pub(super) item: usize,
    /// The value of `cron`, when it is a scalar.
    pub(super) cron: Option<usize>,
    /// The value of `timezone`, when there is one.
    pub(super) time_zone: Option<usize>,
    /// Whether any container around it is in flow style, where a comma ends a plain scalar.
    pub(super) in_flow: bool,
}

impl<'a> Located<'a> {
    /// Reads a file and finds its schedule; a file without one has no entries.
    pub(super) fn read(bytes: &'a [u8]) -> Result<Self, Refusal> {
        let parsed = parse(bytes)?;
        let tree = Tree::build(&parsed)?;
        let way = Way {
            parsed: &parsed,
            tree: &tree,
        };
        let on = tree.root().map(|root| way.on(root)).transpose()?.flatten();
        let schedule = on
            .map(|on| way.value(on, "schedule"))
            .transpose()?
            .flatten();
        let list = schedule.filter(|(_, value)| !tree.items(*value).is_empty());
        let entries = list
            .map(|(_, list)| way.entries(list))
            .transpose()?
            .unwrap_or_default();
        let schedule_key = list.map(|(key, _)| tree.node(key).event);
        Ok(Self {
            on,
            schedule_key,
            entries,
            parsed,
            tree,
        })
    }

    /// The scalars that an edit may replace, as events.
    pub(super) fn schedule_scalars(&self) -> BTreeSet<usize> {
        self.entries
            .iter()
            .flat_map(|entry| entry.cron.into_iter().chain(entry.time_zone))
            .collect()
    }
}

/// Steps along the way, each refusing what is shared.
struct Way<'a> {
    parsed: &'a Parsed<'a>,
    tree: &'a Tree,
}

impl Way<'_> {
    /// The value under the root's key `on`.
    fn on(&self, root: NodeId) -> Result<Option<NodeId>, Refusal> {
        let is_true = |key: &NodeId| {
            self.parsed.scalar(self.tree.node(*key).event) == Some(("true", ScalarStyle::Plain))
        };
        let boolean = self.tree.pairs(root).iter().find(|(key, _)| is_true(key));
        match (self.value(root, "on")?, boolean) {
            (Some(_), Some((key, _))) => {
                let event = self.tree.node(*key).event;
                Err(Refusal::DuplicateKey {
                    line: self.parsed.line_of(event),
                    key: "on".to_owned(),
                })
            }
            (Some((_, value)), None) => Ok(Some(value)),
            (None, Some((_, value))) => self.unshared(*value).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// A key and its value in a mapping that merges nothing in.
    fn value(&self, mapping: NodeId, key: &str) -> Result<Option<(NodeId, NodeId)>, Refusal> {
        let mut found = None;
        for (name, value) in self.tree.pairs(mapping) {
            let event = self.tree.node(*name).event;
            match self.parsed.scalar(event) {
                Some(("<<", ScalarStyle::Plain)) => {
                    return Err(Refusal::MergeKey {
                        line: self.parsed.line_of(event),
                    });
                }
                Some((text, _)) if text == key => found = Some((*name, self.unshared(*value)?)),
                Some(_) | None => {}
            }
        }
        Ok(found)
    }

    /// All items of the schedule.
    fn entries(&self, list: NodeId) -> Result<Vec<Entry>, Refusal> {
        let items = self.tree.items(list);
        if items.len() > ENTRIES_MAX {
            return Err(Refusal::TooManyEntries { count: items.len() });
        }
        items.iter().map(|item| self.entry(list, *item)).collect()
    }

    /// One item of the schedule.
    fn entry(&self, list: NodeId, item: NodeId) -> Result<Entry, Refusal> {
        let scalar = |found: Option<(NodeId, NodeId)>| {
            found
                .map(|(_, value)| self.tree.node(value).event)
                .filter(|event| self.parsed.scalar(*event).is_some())
        };
        let item = self.unshared(item)?;
        Ok(Entry {
            item: self.tree.node(item).event,
            cron: scalar(self.value(item, "cron")?),
            time_zone: scalar(self.value(item, "timezone")?),
            in_flow: self.is_flow(list) || self.is_flow(item),
        })
    }

    /// Whether a container is in flow style: only those have bytes of their own, their bracket.
    fn is_flow(&self, id: NodeId) -> bool {
        self.parsed
            .raw(self.tree.node(id).event)
            .ends_with(['[', '{'])
    }

    /// The node itself, when no alias reaches it.
    fn unshared(&self, id: NodeId) -> Result<NodeId, Refusal> {
        if self.tree.is_shared(id) {
            return Err(Refusal::Alias {
                line: self.parsed.line_of(self.tree.node(id).event),
            });
        }
        Ok(id)
    }
}
