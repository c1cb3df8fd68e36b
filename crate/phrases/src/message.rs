//! This module knows whole messages by their hashes, which take two and a half bytes each: otherwise, what an app says in sixty
//! languages would be most of the tables.
//!
//! A message is folded, words with a digit in them are left out (times, versions, sizes), and the rest is hashed word by word. If
//! a message has a placeholder, only the part before it is kept: an opening. A text holds a message when one of its lines, or all
//! of it, is the message or begins with the opening. 28 bits are kept, 20 of them in the table: among two thousand messages a
//! stranger passes for one in one case out of a hundred thousand, and only where a message may stand at all.

use crate::fold::{fold, is_ideograph};

/// This is the hash of one message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct MessageHash {
    pub hash: u32,
    /// Only the beginning is known: a placeholder follows.
    pub opening: bool,
}

impl MessageHash {
    /// Makes the hash of a sentence, which has `{…}` or `<…>` where anything may stand, or reads a hash as
    /// [`Display`](std::fmt::Display) writes it. `None`: too little is left of the sentence to know it by.
    pub fn of(entry: &str) -> Option<Self> {
        if let Some(written) = entry.strip_prefix('#') {
            let (digits, opening) = written.strip_suffix('*').map_or((written, false), |digits| (digits, true));
            return u32::from_str_radix(digits, 16).ok().map(|hash| Self { hash, opening });
        }
        let (text, opening) = entry.find(['{', '<']).map_or((entry, false), |at| (&entry[..at], true));
        let mut end = Self { hash: START, opening };
        let mut size = 0;
        // A word that runs into the placeholder is only a part of a word.
        let cut = opening && text.ends_with(|c: char| c.is_alphanumeric() && !is_ideograph(c));
        let words: Vec<(u32, usize)> = prefixes(text).map(|(hash, _, size)| (hash, size)).collect();
        let whole = if cut { words.len().saturating_sub(1) } else { words.len() };
        for (hash, word) in words.iter().take(whole) {
            end.hash = *hash;
            size += word;
        }
        (size >= if opening { OPENING } else { WHOLE }).then_some(end)
    }
}

impl std::fmt::Display for MessageHash {
    fn fmt(&self, out: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(out, "#{:08x}{}", self.hash, if self.opening { "*" } else { "" })
    }
}

/// The smallest number of bytes of folded letters in a whole message and in an opening: shorter ones are too common.
const WHOLE: usize = 6;
const OPENING: usize = 14;

/// The hash is FNV-1a, and this is its start.
const START: u32 = 0x811c_9dc5;

fn add(hash: u32, word: &[u8]) -> u32 {
    [b' '].iter().chain(word).fold(hash, |hash, byte| (hash ^ u32::from(*byte)).wrapping_mul(0x0100_0193))
}

/// Lists for each word the hash so far, the place behind the word in the source, and the number of the word's bytes.
fn prefixes(text: &str) -> impl Iterator<Item = (u32, usize, usize)> {
    let folded = fold(text);
    let mut hash = START;
    let mut next = 0;
    std::iter::from_fn(move || {
        loop {
            let (from, _) = *folded.starts.get(next)?;
            next += 1;
            let (to, source) = folded
                .starts
                .get(next)
                .map_or((folded.bytes.len(), text.len()), |(to, source)| (*to as usize, *source as usize));
            let word = folded.bytes.get(from as usize..to).unwrap_or_default().trim_ascii();
            if !word.iter().any(u8::is_ascii_digit) {
                hash = add(hash, word);
                return Some((hash, source, word.len()));
            }
        }
    })
}

/// The borrowed table. Hashes are sorted; the upper eight bits are the bucket, the next twenty stand in the table.
#[derive(Clone, Copy)]
pub struct Messages<'t> {
    /// The place at which each bucket begins, and the end of the last one.
    pub buckets: &'t [u16; 257],
    /// The twenty bits of each hash: first the upper eight bits of all hashes, then the next eight of all, then the last four of
    /// all, two to a byte.
    pub rests: &'t [u8],
    /// The set of each hash, shifted by one; the lowest bit says that it is an opening.
    pub sets: &'t [u8],
}

impl Messages<'_> {
    /// Calls `found` with the set and the part of the text for each message that the text holds.
    pub fn scan<'e>(&self, text: &'e str, mut found: impl FnMut(u8, &'e str)) {
        let mut lines = text.lines();
        let one = lines.next().is_some() && lines.next().is_none();
        for line in text.lines().chain((!one).then_some(text)) {
            let mut last = None;
            for (hash, end, _) in prefixes(line) {
                last = Some(hash);
                if let Some(set) = self.set(hash, true) {
                    found(set, line.get(..end).unwrap_or_default().trim());
                }
            }
            if let Some(set) = last.and_then(|hash| self.set(hash, false)) {
                found(set, line.trim());
            }
        }
    }

    fn set(&self, hash: u32, opening: bool) -> Option<u8> {
        let bucket = (hash >> 24) as usize;
        let (from, to) = (*self.buckets.get(bucket)?, *self.buckets.get(bucket + 1)?);
        let count = self.sets.len();
        (usize::from(from)..usize::from(to)).find_map(|at| {
            let byte = |at: usize| self.rests.get(at).map(|byte| u32::from(*byte));
            let last = byte(2 * count + at / 2)? >> (at % 2 * 4) & 15;
            let rest = byte(at)? << 12 | byte(count + at)? << 4 | last;
            let set = *self.sets.get(at)?;
            (rest == hash >> 4 & 0xf_ffff && (set & 1 == 1) == opening).then_some(set >> 1)
        })
    }
}

/// The table, owned.
pub struct MessageTable {
    pub buckets: Vec<u16>,
    pub rests: Vec<u8>,
    pub sets: Vec<u8>,
}

impl MessageTable {
    pub fn lay_out<'m>(sets: impl Iterator<Item = &'m [MessageHash]>) -> Self {
        let mut all: Vec<(MessageHash, u8)> =
            sets.enumerate().flat_map(|(set, hashes)| hashes.iter().map(move |hash| (*hash, set as u8))).collect();
        all.sort_unstable();
        all.dedup();
        let before = |bucket: u32| all.partition_point(|(message, _)| message.hash >> 24 < bucket) as u16;
        let mut rests: Vec<u8> =
            [16, 8].iter().flat_map(|shift| all.iter().map(move |(m, _)| (m.hash >> shift) as u8)).collect();
        let last = |message: Option<&(MessageHash, u8)>| message.map_or(0, |(m, _)| (m.hash >> 4) as u8 & 15);
        rests.extend(all.chunks(2).map(|two| last(two.first()) | last(two.get(1)) << 4));
        Self {
            buckets: (0..=256).map(before).collect(),
            rests,
            sets: all.iter().map(|(message, set)| set << 1 | u8::from(message.opening)).collect(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{MessageHash, MessageTable, Messages};

    fn found(entries: &[&str], text: &str) -> Vec<(u8, String)> {
        let sets: Vec<Vec<MessageHash>> =
            entries.iter().map(|e| vec![MessageHash::of(e).expect("long enough")]).collect();
        let table = MessageTable::lay_out(sets.iter().map(Vec::as_slice));
        let buckets: [u16; 257] = table.buckets.as_slice().try_into().expect("257");
        let mut all = Vec::new();
        Messages { buckets: &buckets, rests: &table.rests, sets: &table.sets }
            .scan(text, |set, part| all.push((set, part.to_owned())));
        all
    }

    #[test]
    fn whole_messages_and_openings() {
        let entries =
            ["Unable to load history", "You’ve reached the cap for GPT-4, try again after {time}.", "生成回复时出错"];
        assert_eq!(found(&entries, "UNABLE to load  history."), [(0, "UNABLE to load  history.".into())]);
        assert_eq!(found(&entries, "Unable to load history\nRetry"), [(0, "Unable to load history".into())]);
        assert_eq!(found(&entries, "Unable to load\nhistory"), [(0, "Unable to load\nhistory".into())]);
        assert!(found(&entries, "Unable to load history of my chats").is_empty());
        assert_eq!(
            found(&entries, "You've reached the cap for GPT-5, try again after 3:05 PM. Learn more"),
            [(1, "You've reached the cap for GPT-5, try again after".into())]
        );
        assert_eq!(found(&entries, "生成回复时出错。")[0].0, 2);
        assert!(found(&entries, "").is_empty() && found(&entries, "…").is_empty());
    }

    #[test]
    fn a_hash_may_stand_for_its_message() {
        let hash = MessageHash::of("Unable to load history").expect("long enough");
        assert_eq!(MessageHash::of(&hash.to_string()), Some(hash));
        let opening = MessageHash::of("Could not upload the file {name}").expect("long enough");
        assert!(opening.opening && MessageHash::of(&opening.to_string()) == Some(opening));
        assert_eq!(MessageHash::of("Oops"), None);
        assert_eq!(MessageHash::of("{name} failed"), None);
        assert_eq!(MessageHash::of("Only partofaword{name}"), None);
    }
}
