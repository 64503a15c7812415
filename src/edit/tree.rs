//! The nodes of a document: who holds whom, by event.
//!
//! Owns structure only: no value is interpreted here. An arena, so that neither building nor dropping recurses.

use std::collections::{BTreeMap, BTreeSet};

use super::{
    Refusal,
    parse::{NODES_MAX, Parsed},
    tree_builder::Builder,
};

/// A node's place in its [`Tree`].
pub(super) type NodeId = usize;

/// What a node holds.
#[derive(Debug)]
pub(super) enum Kind {
    /// A scalar; its value stands in the event.
    Scalar,
    /// Keys and values, in order.
    Mapping(Vec<(NodeId, NodeId)>),
    /// Items, in order.
    Sequence(Vec<NodeId>),
    /// A reference to an anchor.
    Alias(usize),
}

/// One node.
#[derive(Debug)]
pub(super) struct Node {
    /// The event that starts it.
    pub(super) event: usize,
    /// The anchor that it defines, 0 for none.
    pub(super) anchor: usize,
    /// What it holds.
    pub(super) kind: Kind,
}

/// All nodes of one document.
#[derive(Debug)]
pub(super) struct Tree {
    pub(super) nodes: Vec<Node>,
    pub(super) root: Option<NodeId>,
    pub(super) aliased: BTreeSet<usize>,
}

impl Tree {
    /// Builds the nodes of a parsed file.
    ///
    /// # Errors
    /// `AliasBomb` when its aliases expand beyond [`NODES_MAX`], `DuplicateKey`.
    pub(super) fn build(parsed: &Parsed<'_>) -> Result<Self, Refusal> {
        let mut builder = Builder::default();
        for (event, spanned) in parsed.events.iter().enumerate() {
            builder.take(event, &spanned.event);
        }
        let tree = builder.finish();
        tree.refuse_bombs()?;
        tree.refuse_duplicate_keys(parsed)?;
        Ok(tree)
    }

    /// The document's root; none for an empty file.
    pub(super) fn root(&self) -> Option<NodeId> {
        self.root
    }

    /// A node.
    pub(super) fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id]
    }

    /// A mapping's pairs; none for another node.
    pub(super) fn pairs(&self, id: NodeId) -> &[(NodeId, NodeId)] {
        if let Kind::Mapping(pairs) = &self.nodes[id].kind {
            pairs
        } else {
            &[]
        }
    }

    /// A sequence's items; none for another node.
    pub(super) fn items(&self, id: NodeId) -> &[NodeId] {
        if let Kind::Sequence(items) = &self.nodes[id].kind {
            items
        } else {
            &[]
        }
    }

    /// The value under a scalar key of a mapping.
    pub(super) fn child(&self, parsed: &Parsed<'_>, mapping: NodeId, key: &str) -> Option<NodeId> {
        let is_key = |id: NodeId| {
            parsed
                .scalar(self.nodes[id].event)
                .is_some_and(|(value, _)| value == key)
        };
        self.pairs(mapping)
            .iter()
            .find(|(name, _)| is_key(*name))
            .map(|(_, value)| *value)
    }

    /// Whether a node is an alias, or is what an alias elsewhere refers to.
    pub(super) fn is_shared(&self, id: NodeId) -> bool {
        let node = &self.nodes[id];
        matches!(node.kind, Kind::Alias(_)) || self.aliased.contains(&node.anchor)
    }

    /// Counts what the document would be with its aliases expanded.
    ///
    /// A node comes after its children in the arena, and an anchor before its aliases, so one pass is enough.
    fn refuse_bombs(&self) -> Result<(), Refusal> {
        let (mut sizes, mut anchors) = (Vec::with_capacity(self.nodes.len()), BTreeMap::new());
        for node in &self.nodes {
            let size = |id: &NodeId| sizes.get(*id).copied().unwrap_or(1_usize);
            let total = match &node.kind {
                Kind::Scalar => 1,
                Kind::Alias(anchor) => anchors.get(anchor).copied().unwrap_or(1),
                Kind::Sequence(items) => items.iter().map(size).fold(1, usize::saturating_add),
                Kind::Mapping(pairs) => pairs
                    .iter()
                    .flat_map(|(key, value)| [size(key), size(value)])
                    .fold(1, usize::saturating_add),
            };
            if node.anchor != 0 {
                anchors.insert(node.anchor, total);
            }
            sizes.push(total);
        }
        if sizes.last().is_some_and(|total| *total > NODES_MAX) {
            Err(Refusal::AliasBomb)
        } else {
            Ok(())
        }
    }

    /// Refuses a mapping that says the same key twice.
    fn refuse_duplicate_keys(&self, parsed: &Parsed<'_>) -> Result<(), Refusal> {
        for id in 0..self.nodes.len() {
            let mut seen = BTreeSet::new();
            for (key, _) in self.pairs(id) {
                let event = self.nodes[*key].event;
                let Some((value, _)) = parsed.scalar(event) else {
                    continue;
                };
                if !seen.insert(value) {
                    return Err(Refusal::DuplicateKey {
                        line: parsed.line_of(event),
                        key: value.to_owned(),
                    });
                }
            }
        }
        Ok(())
    }
}
