//! This module lays the phrases out as a trie in preorder, in three small tables.
//!
//! The first child of node `n` is `n + 1`, unless `n` is a leaf; its next sibling is `n + next[n]`, with the two flags taken off,
//! 0 for none. Node 0 is the root; more tables say where a walk begins. A node has three bytes, most of them zeros and plain
//! text, so the tables add little to the package; an automaton with fail links would be six times as large once compressed. The
//! module runs in build scripts, tests and benchmarks; the core only reads what it wrote.

use crate::{
    fold::{folded, is_ideograph},
    scan::{BLOCK, ENDS, LEAF, Trie, pair},
};
use std::collections::BTreeMap;

/// The tables, owned.
pub struct Layout {
    pub labels: Vec<u8>,
    pub next: Vec<u16>,
    /// The child of the root for each byte, 0 for none; it serves patterns that do not begin with a space.
    pub first: [u16; 256],
    /// The node over a space and each byte: most patterns begin with a word.
    pub word: [u16; 256],
    /// The node over a space and each two letters `a` to `z`, 0 for none.
    pub pairs: [u16; 676],
    /// The number of patterns that end at the nodes before each [`BLOCK`] of nodes.
    pub ranks: Vec<u16>,
    /// The group of each pattern, in the order in which patterns end in the table, so that no list has to say which pattern ends
    /// where.
    pub groups: Vec<u16>,
}

impl Layout {
    pub fn trie(&self) -> Trie<'_> {
        Trie {
            labels: &self.labels,
            next: &self.next,
            first: &self.first,
            word: &self.word,
            pairs: &self.pairs,
            ranks: &self.ranks,
            groups: &self.groups,
        }
    }
}

/// Returns the form in which a phrase is looked for: folded, and beginning and ending at a word boundary where its script has
/// any.
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

/// Lays out patterns so that `patterns[i]` is found as group `i`. Fails as [`lay_out_groups`] does.
pub fn lay_out(patterns: &[Vec<u8>]) -> Result<Layout, String> {
    let groups: Vec<u16> = (0..patterns.len()).map(|id| id as u16).collect();
    lay_out_groups(patterns, &groups)
}

/// Lays out patterns so that `patterns[i]` is found as group `groups[i]`; of two equal patterns, the last one counts. Fails when
/// there are too many for the flags.
pub fn lay_out_groups(patterns: &[Vec<u8>], groups: &[u16]) -> Result<Layout, String> {
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
        pairs: [0; 676],
        ranks: Vec::new(),
        groups: Vec::new(),
    };
    let mut ends = Vec::new();
    if place(&root, Reach::Root, &mut trie, &mut ends) && u16::try_from(trie.labels.len()).is_ok() {
        trie.groups = ends.iter().filter_map(|pattern| groups.get(usize::from(*pattern)).copied()).collect();
        let ending = |block: &[u16]| block.iter().filter(|flags| **flags & ENDS != 0).count() as u16;
        trie.ranks =
            trie.next.chunks(BLOCK).scan(0, |sum, block| Some(std::mem::replace(sum, *sum + ending(block)))).collect();
        Ok(trie)
    } else {
        Err(format!("{} nodes of phrases do not fit: the tables need wider numbers", trie.labels.len()))
    }
}

/// This says how the children of a node are found. The tables `first` and `word` find those of the root and of the space below
/// it, and `pairs` finds letters behind a first letter, so that the distances between them need not be kept. The others are found
/// from sibling to sibling.
#[derive(Clone, Copy)]
enum Reach {
    Root,
    Space,
    Letter(u8),
    Other,
}

/// Places a node below its own label. `false`: a distance does not fit beside the flags.
fn place(node: &Node, reach: Reach, trie: &mut Layout, ends: &mut Vec<u16>) -> bool {
    if matches!(reach, Reach::Root) {
        trie.labels.push(0);
        trie.next.push(0);
    }
    let here = trie.labels.len() - 1;
    if node.children.is_empty() {
        trie.next[here] |= LEAF;
    }
    if let Some(pattern) = node.ends {
        trie.next[here] |= ENDS;
        ends.push(pattern);
    }
    let mut fits = true;
    let mut last: Option<usize> = None;
    let mut children: Vec<_> = node.children.iter().collect();
    if matches!(reach, Reach::Letter(_)) {
        // The children that are found from sibling to sibling stand first, where that search begins.
        children.sort_by_key(|(label, _)| label.is_ascii_lowercase());
    }
    for (&label, child) in children {
        let at = trie.labels.len();
        trie.labels.push(label);
        trie.next.push(0);
        let below = match reach {
            Reach::Root => {
                trie.first[usize::from(label)] = at as u16;
                if label == b' ' { Reach::Space } else { Reach::Other }
            }
            Reach::Space => {
                trie.word[usize::from(label)] = at as u16;
                if label.is_ascii_lowercase() { Reach::Letter(label) } else { Reach::Other }
            }
            Reach::Letter(first) if label.is_ascii_lowercase() => {
                if let Some(pair) = pair(first, label) {
                    trie.pairs[pair] = at as u16;
                }
                Reach::Other
            }
            Reach::Letter(_) | Reach::Other => {
                if let Some(last) = last.replace(at) {
                    fits &= at - last < usize::from(LEAF);
                    trie.next[last] |= (at - last) as u16 & (LEAF - 1);
                }
                Reach::Other
            }
        };
        fits &= place(child, below, trie, ends);
    }
    fits
}
