//! Lays the phrases out as a trie in preorder, in three small tables.
//!
//! The first child of node `n` is `n + 1`, unless `n` is a leaf; its next sibling is `n + next[n]`, with the two
//! flags taken off, 0 for none. Node 0 is the root. Three bytes a node, most of them zeros and plain text, so the tables
//! add little to the package; an automaton with fail links would be six times as large once compressed.
//! Runs in build scripts, tests and benchmarks; the core only reads what it wrote.

use crate::{
    fold::{folded, is_ideograph},
    scan::{ENDS, LEAF, Trie},
};
use std::collections::BTreeMap;

/// The tables, owned.
pub struct Layout {
    pub labels: Vec<u8>,
    pub next: Vec<u16>,
    /// Byte → the child of the root over it, 0 for none; for patterns that open with no space.
    pub first: [u16; 256],
    /// Byte → the node over a space and that byte: most patterns open with a word.
    pub word: [u16; 256],
    /// Node → the pattern that ends there, sorted by node.
    pub ends: Vec<(u16, u16)>,
    pub phrases: usize,
}

impl Layout {
    pub fn trie(&self) -> Trie<'_> {
        Trie {
            labels: &self.labels,
            next: &self.next,
            first: &self.first,
            word: &self.word,
            ends: &self.ends,
            phrases: self.phrases,
        }
    }
}

/// How a phrase is looked for: folded, beginning and ending at a word boundary where its script has any.
pub fn pattern(phrase: &str) -> Vec<u8> {
    let folded = folded(phrase);
    let open = if folded.starts_with(is_ideograph) { "" } else { " " };
    let close = if folded.ends_with(is_ideograph) { "" } else { " " };
    format!("{open}{folded}{close}").into_bytes()
}

#[derive(Default)]
struct Node {
    children: BTreeMap<u8, Node>,
    ends: Option<u16>,
}

/// `patterns[i]` is found as pattern `i`; of two equal ones the last. Fails when there are too many for the flags.
pub fn lay_out(patterns: &[Vec<u8>]) -> Result<Layout, String> {
    let mut root = Node::default();
    for (id, pattern) in patterns.iter().enumerate() {
        let mut at = &mut root;
        for &byte in pattern {
            at = at.children.entry(byte).or_default();
        }
        at.ends = u16::try_from(id).ok();
    }
    let mut trie = Layout {
        labels: Vec::new(),
        next: Vec::new(),
        first: [0; 256],
        word: [0; 256],
        ends: Vec::new(),
        phrases: patterns.len(),
    };
    if place(&root, 0, &mut trie) && u16::try_from(trie.labels.len()).is_ok() {
        let children = |node: u16| {
            let mut table = [0u16; 256];
            let mut child = usize::from(node) + 1;
            while trie.next.get(usize::from(node)).is_some_and(|flags| flags & LEAF == 0) {
                table[usize::from(trie.labels[child])] = child as u16;
                let distance = usize::from(trie.next[child] & (LEAF - 1));
                if distance == 0 {
                    break;
                }
                child += distance;
            }
            table
        };
        trie.first = children(0);
        trie.word = match trie.first[usize::from(b' ')] {
            0 => [0; 256],
            space => children(space),
        };
        Ok(trie)
    } else {
        Err(format!("{} nodes of phrases do not fit: the tables need wider numbers", trie.labels.len()))
    }
}

/// `false` when a distance does not fit beside the flags.
fn place(node: &Node, label: u8, trie: &mut Layout) -> bool {
    let here = trie.labels.len();
    trie.labels.push(label);
    trie.next.push(if node.children.is_empty() { LEAF } else { 0 });
    if let Some(pattern) = node.ends {
        trie.next[here] |= ENDS;
        trie.ends.push((here as u16, pattern));
    }
    let mut fits = true;
    let mut last: Option<usize> = None;
    for (&label, child) in &node.children {
        let at = trie.labels.len();
        if let Some(last) = last {
            fits &= at - last < usize::from(LEAF);
            trie.next[last] |= (at - last) as u16 & (LEAF - 1);
        }
        last = Some(at);
        fits &= place(child, label, trie);
    }
    fits
}
