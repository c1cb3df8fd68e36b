//! Finds every phrase of the catalogue in one pass over folded text, however many phrases there are.
//!
//! A phrase begins where a word begins, so a walk down the trie starts at each word (at each ideograph, in scripts
//! without spaces) and mostly ends at its second letter. The walks go on side by side while the text streams by, folded on the
//! way in: no copy of the text is made, and the tables were built with the crate (`layout.rs` describes them).

use crate::fold::{self, Want};

/// The tables of [`Layout`](crate::Layout), borrowed.
#[derive(Clone, Copy)]
pub struct Trie<'t> {
    pub labels: &'t [u8],
    pub next: &'t [u16],
    pub first: &'t [u16; 256],
    pub word: &'t [u16; 256],
    pub ends: &'t [(u16, u16)],
    /// How many phrases there are.
    pub phrases: usize,
}

/// Flag in `next`: some phrase ends at this node.
pub const ENDS: u16 = 1 << 15;
/// Flag in `next`: the node has no child.
pub const LEAF: u16 = 1 << 14;

/// Which phrases a text holds, and where.
pub struct Found<'e> {
    text: &'e str,
    /// By phrase: the bytes of its first occurrence.
    seen: Vec<Option<(u32, u32)>>,
    whole: Vec<bool>,
}

impl<'e> Found<'e> {
    /// The phrase as the text has it.
    pub fn seen(&self, phrase: u16) -> Option<&'e str> {
        let (from, to) = (*self.seen.get(usize::from(phrase))?)?;
        let written = self.text.get(from as usize..to as usize).unwrap_or_default();
        Some(written.trim_end_matches(|c: char| c.is_ascii_punctuation() || c.is_whitespace()))
    }

    /// The same, if the phrase is the whole text.
    pub fn whole(&self, phrase: u16) -> Option<&'e str> {
        if *self.whole.get(usize::from(phrase))? { self.seen(phrase) } else { None }
    }
}

/// One walk down the trie.
#[derive(Clone, Copy)]
struct Walk {
    node: u16,
    /// Byte of the text where it began.
    from: u32,
    /// Began with the text.
    opening: bool,
}

impl Trie<'_> {
    pub fn scan<'e>(&self, text: &'e str) -> Found<'e> {
        let mut found = Found { text, seen: vec![None; self.phrases], whole: vec![false; self.phrases] };
        let mut walks: Vec<Walk> = Vec::with_capacity(16);
        // The next character opens a word; it is the first of the text.
        let (mut boundary, mut opening) = (false, true);
        // Phrases that began with the text and where they ended: one may turn out to be all of it.
        let mut openings: Vec<(u16, usize)> = Vec::new();
        let end = fold::fold(text, |c, source| {
            let mut bytes = [0; 4];
            let bytes = c.encode_utf8(&mut bytes).as_bytes();
            if c == ' ' {
                boundary = true;
            }
            if !walks.is_empty() {
                for &byte in bytes {
                    self.advance(&mut walks, byte, |walk, phrase| {
                        found.seen[usize::from(phrase)].get_or_insert((walk.from, source.end as u32));
                        if walk.opening {
                            openings.push((phrase, source.end));
                        }
                    });
                }
            }
            if c == ' ' {
                return Want::Next;
            }
            // Where a walk can begin, its first step is a look-up; most words end here.
            let word = if boundary { self.word[usize::from(bytes[0])] } else { 0 };
            let ideograph = if c > '\u{2E7F}' && fold::is_ideograph(c) { self.first[usize::from(bytes[0])] } else { 0 };
            for node in [word, ideograph].into_iter().filter(|node| *node != 0) {
                let rest = bytes[1..].iter().try_fold(node, |node, byte| self.child(node, *byte));
                walks.extend(rest.map(|node| Walk { node, from: source.start as u32, opening }));
            }
            (boundary, opening) = (false, false);
            if walks.is_empty() { Want::NextWord } else { Want::Next }
        });
        for (phrase, behind) in openings {
            found.whole[usize::from(phrase)] |= behind >= end;
        }
        found
    }

    /// One byte further on every walk; those that cannot go on end.
    #[inline]
    fn advance(&self, walks: &mut Vec<Walk>, byte: u8, mut ends: impl FnMut(&Walk, u16)) {
        let mut kept = 0;
        for at in 0..walks.len() {
            let mut walk = walks[at];
            let Some(node) = self.child(walk.node, byte) else { continue };
            walk.node = node;
            let flags = self.next[usize::from(node)];
            if flags & ENDS != 0
                && let Ok(end) = self.ends.binary_search_by_key(&node, |end| end.0)
            {
                ends(&walk, self.ends[end].1);
            }
            if flags & LEAF == 0 {
                walks[kept] = walk;
                kept += 1;
            }
        }
        walks.truncate(kept);
    }

    #[inline]
    fn child(&self, node: u16, byte: u8) -> Option<u16> {
        let mut child = node + 1;
        loop {
            let label = *self.labels.get(usize::from(child))?;
            if label == byte {
                return Some(child);
            }
            // Siblings stand in order of their labels.
            let distance = self.next[usize::from(child)] & (LEAF - 1);
            if label > byte || distance == 0 {
                return None;
            }
            child += distance;
        }
    }
}

#[cfg(test)]
mod tests {
    use crate::{folded, lay_out, pattern};
    use proptest::prelude::*;

    /// The slow and obvious way.
    fn naive(phrase: &str, text: &str) -> (bool, bool) {
        let (phrase, text) = (format!(" {} ", folded(phrase)), format!(" {} ", folded(text)));
        (text.contains(&phrase), text == phrase)
    }

    proptest! {
        #[test]
        fn finds_what_the_obvious_way_finds(
            phrases in prop::collection::btree_set("[ab]{1,3}( [abç]{1,3}){0,2}", 1..12),
            text in "[abAç ,.]{0,60}",
        ) {
            let phrases: Vec<String> = phrases.into_iter().collect();
            let layout = lay_out(&phrases.iter().map(|phrase| pattern(phrase)).collect::<Vec<_>>()).unwrap();
            let found = layout.trie().scan(&text);
            for (id, phrase) in phrases.iter().enumerate() {
                let (seen, whole) = (found.seen(id as u16), found.whole(id as u16));
                prop_assert_eq!((seen.is_some(), whole.is_some()), naive(phrase, &text), "{:?} in {:?}", phrase, text);
                // What is quoted is the phrase, in the text's own typing.
                prop_assert!(seen.is_none_or(|quote| folded(quote) == folded(phrase) && text.contains(quote)));
            }
        }
    }
}
