//! From events to nodes, without recursion.

use std::collections::BTreeSet;

use saphyr_parser::Event;

use super::tree::{Kind, Node, NodeId, Tree};

/// Collects nodes while their containers are open.
#[derive(Default)]
pub(super) struct Builder {
    nodes: Vec<Node>,
    aliased: BTreeSet<usize>,
    open: Vec<Open>,
    last: Option<NodeId>,
}

/// A container whose end has not come yet.
struct Open {
    event: usize,
    anchor: usize,
    is_mapping: bool,
    children: Vec<NodeId>,
}

impl Builder {
    /// Takes the next event.
    pub(super) fn take(&mut self, event: usize, what: &Event<'_>) {
        match what {
            Event::Scalar(_, _, anchor, _) => self.add(Node {
                event,
                anchor: *anchor,
                kind: Kind::Scalar,
            }),
            Event::Alias(anchor) => {
                self.aliased.insert(*anchor);
                self.add(Node {
                    event,
                    anchor: 0,
                    kind: Kind::Alias(*anchor),
                });
            }
            Event::SequenceStart(anchor, _) => self.start(event, *anchor, false),
            Event::MappingStart(anchor, _) => self.start(event, *anchor, true),
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            Event::Nothing
            | Event::StreamStart
            | Event::StreamEnd
            | Event::DocumentStart(_)
            | Event::DocumentEnd => {}
        }
    }

    fn start(&mut self, event: usize, anchor: usize, is_mapping: bool) {
        self.open.push(Open {
            event,
            anchor,
            is_mapping,
            children: Vec::new(),
        });
    }

    fn end(&mut self) {
        let Some(Open {
            event,
            anchor,
            is_mapping,
            children,
        }) = self.open.pop()
        else {
            return;
        };
        let kind = if is_mapping {
            Kind::Mapping(
                children
                    .chunks_exact(2)
                    .map(|pair| (pair[0], pair[1]))
                    .collect(),
            )
        } else {
            Kind::Sequence(children)
        };
        self.add(Node {
            event,
            anchor,
            kind,
        });
    }

    fn add(&mut self, node: Node) {
        let id = self.nodes.len();
        self.nodes.push(node);
        match self.open.last_mut() {
            Some(parent) => parent.children.push(id),
            None => self.last = Some(id),
        }
    }

    /// The tree of all events taken.
    pub(super) fn finish(self) -> Tree {
        Tree {
            nodes: self.nodes,
            root: self.last,
            aliased: self.aliased,
        }
    }
}
