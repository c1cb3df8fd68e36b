//! This module finds every phrase of the catalogue in one pass over folded text, however many phrases there are.
//!
//! The text is folded once; then, where a word begins (and at each ideograph, in scripts without spaces), a walk
//! goes down the trie for as long as the text follows a phrase, mostly for two letters. The tables were laid out at compile
//! time (`layout.rs` describes them); nothing is built at run time.

use crate::fold;

/// The tables of [`Layout`](crate::Layout), borrowed.
#[derive(Clone, Copy)]
pub struct Trie<'t> {
    pub labels: &'t [u8],
    pub next: &'t [u16],
    pub first: &'t [u16; 256],
    pub word: &'t [u16; 256],
    pub pairs: &'t [u16; 676],
    pub ranks: &'t [u16],
    pub groups: &'t [u16],
}

/// The number of nodes to one entry of [`Trie::ranks`].
pub const BLOCK: usize = 64;
/// Flag in `next`: some phrase ends at this node.
pub const ENDS: u16 = 1 << 15;
/// Flag in `next`: the node has no child.
pub const LEAF: u16 = 1 << 14;

/// The groups of phrases of which a text holds one, and where.
pub struct Found<'e> {
    text: &'e str,
    /// The hits in the order of their groups; they are few, so this is a list.
    hits: Vec<Hit>,
}

/// The first phrase of a group that was found.
struct Hit {
    group: u16,
    /// Bytes of the text.
    from: u32,
    to: u32,
    /// Was one of the group's phrases the whole text?
    whole: bool,
}

impl<'e> Found<'e> {
    fn note(&mut self, group: u16, start: usize, source: u32, end: usize, starts: &[(u32, u32)], bytes: &[u8]) {
        // The text's own spaces may stand around it.
        let whole = start == 0 && end + 1 >= bytes.len();
        match self.hits.binary_search_by_key(&group, |hit| hit.group) {
            Ok(at) => self.hits[at].whole |= whole,
            Err(at) => {
                let behind = starts.iter().skip(start).find(|(at, _)| *at as usize >= end);
                let to = behind.map_or(self.text.len() as u32, |(_, source)| *source);
                self.hits.insert(at, Hit { group, from: source, to, whole });
            }
        }
    }

    fn hit(&self, group: u16) -> Option<&Hit> {
        self.hits.get(self.hits.binary_search_by_key(&group, |hit| hit.group).ok()?)
    }

    /// Returns a phrase of the group, as the text has it.
    pub fn seen(&self, group: u16) -> Option<&'e str> {
        let hit = self.hit(group)?;
        Some(written(self.text.get(hit.from as usize..hit.to as usize).unwrap_or_default()))
    }

    /// Returns the same, if the phrase is the whole text.
    pub fn whole(&self, group: u16) -> Option<&'e str> {
        self.hit(group).filter(|hit| hit.whole).and_then(|_| self.seen(group))
    }
}

/// Returns words of a text, without the signs behind them.
pub(crate) fn written(words: &str) -> &str {
    words.trim_end_matches(|c: char| {
        c.is_ascii_punctuation() || c.is_whitespace() || matches!(c, '\u{3000}'..='\u{303F}' | '\u{FF00}'..='\u{FF0F}')
    })
}

impl Trie<'_> {
    pub fn scan<'e>(&self, text: &'e str) -> Found<'e> {
        let mut found = Found { text, hits: Vec::new() };
        let folded = fold::fold(text);
        let bytes = folded.bytes.as_slice();
        for (start, &(at, source)) in folded.starts.iter().enumerate() {
            let at = at as usize;
            // The first steps are look-ups: behind a space for words, by itself for ideographs.
            let note = |phrase, end| found.note(phrase, start, source, end, &folded.starts, bytes);
            let byte = bytes[at];
            if at > 0 && bytes[at - 1] == b' ' {
                match bytes.get(at + 1).and_then(|second| pair(byte, *second)) {
                    Some(pair) => self.walk(self.pairs[pair], bytes, at + 1, note),
                    None => self.walk(self.word[usize::from(byte)], bytes, at, note),
                }
            }
            let node = self.first[usize::from(byte)];
            if node != 0 {
                self.walk(node, bytes, at, |phrase, end| found.note(phrase, start, source, end, &folded.starts, bytes));
            }
        }
        found
    }

    /// Reports each phrase that the bytes from `at` on follow, with the place behind it; `node` is the one over the byte
    /// there, 0 for none.
    #[inline]
    fn walk(&self, mut node: u16, bytes: &[u8], mut at: usize, mut ends: impl FnMut(u16, usize)) {
        while node != 0 {
            at += 1;
            let flags = self.next[usize::from(node)];
            if flags & ENDS != 0 {
                ends(self.group(usize::from(node)), at);
            }
            if flags & LEAF != 0 {
                return;
            }
            let Some(&byte) = bytes.get(at) else { return };
            node = self.child(node, byte).unwrap_or(0);
        }
    }

    /// Returns the group of the phrase that ends at a node, by how many phrases end before it.
    fn group(&self, node: usize) -> u16 {
        let block = self.next.get(node / BLOCK * BLOCK..node).unwrap_or_default();
        let before = block.iter().filter(|flags| **flags & ENDS != 0).count() as u16;
        let rank = self.ranks.get(node / BLOCK).map_or(0, |rank| rank + before);
        self.groups.get(usize::from(rank)).copied().unwrap_or_default()
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

/// Returns the place of two letters in [`Trie::pairs`].
#[inline]
pub fn pair(first: u8, second: u8) -> Option<usize> {
    let (first, second) = (first.wrapping_sub(b'a'), second.wrapping_sub(b'a'));
    (first < 26 && second < 26).then(|| usize::from(first) * 26 + usize::from(second))
}

#[cfg(test)]
mod tests {
    use crate::{folded, lay_out, pattern};
    use proptest::prelude::*;

    /// Searches in the slow and obvious way.
    fn naive(phrase: &str, text: &str) -> (bool, bool) {
        let (phrase, text) = (format!(" {} ", folded(phrase)), format!(" {} ", folded(text)));
        (text.contains(&phrase), text == phrase)
    }

    proptest! {
        #[test]
        fn finds_what_the_obvious_way_finds(
            phrases in prop::collection::btree_set("[ab1ç]{1,3}( [abç]{1,3}){0,2}", 1..12),
            text in "[ab1Aç ,.]{0,60}",
        ) {
            let phrases: Vec<String> = phrases.into_iter().collect();
            let layout = lay_out(&phrases.iter().map(|phrase| pattern(phrase)).collect::<Vec<_>>()).unwrap();
            let found = layout.trie().scan(&text);
            for (id, phrase) in phrases.iter().enumerate() {
                let (seen, whole) = (found.seen(id as u16), found.whole(id as u16));
                prop_assert_eq!((seen.is_some(), whole.is_some()), naive(phrase, &text), "{:?} in {:?}", phrase, text);
                // The quote is the phrase, in the text's own typing.
                prop_assert!(seen.is_none_or(|quote| folded(quote) == folded(phrase) && text.contains(quote)));
            }
        }
    }
}
