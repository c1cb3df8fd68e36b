//! This module finds the words of concepts. They tell what an error message means, in whatever wording, by the words and stems
//! that each language has for it.
//!
//! The lists are sorted, so that the words which a text goes on with are found by narrowing a range, byte by byte; most words of
//! a text leave no candidate after two or three bytes. Only the table of first pairs of bytes is made when the words are read.

use crate::{
    fold::{self, folded},
    scan::written,
};
use std::collections::BTreeMap;

/// Words of concepts, sorted by their bytes, as the build script lays them out.
#[derive(Clone, Copy)]
pub struct WordList<'t> {
    /// All words, one behind the other.
    pub bytes: &'t [u8],
    /// For each word, this is the place behind its last byte.
    pub ends: &'t [u32],
    /// The concept of each word.
    pub concepts: &'t [u8],
    /// The languages that have each word for its concept, a bit each.
    pub languages: &'t [u64],
    /// For each two bytes that a word may begin with, the number of the first word that begins so; one more entry stands at the
    /// end.
    pub pairs: &'t [u32],
}

/// A lexicon is all that is known of concepts, in every language together.
#[derive(Clone, Copy)]
pub struct Lexicon<'t> {
    /// These are found where a word begins.
    pub begins: WordList<'t>,
    /// These are found anywhere in a word.
    pub inside: WordList<'t>,
}

/// A [`WordList`] as it is laid out.
#[derive(Default)]
pub struct WordLayout {
    pub bytes: Vec<u8>,
    pub ends: Vec<u32>,
    pub concepts: Vec<u8>,
    pub languages: Vec<u64>,
    pub pairs: Vec<u32>,
}

/// The concepts that a text speaks of, with the words for them.
pub struct Spoken<'e> {
    text: &'e str,
    hits: Vec<Hit>,
    /// For each concept, these are the languages in which the text speaks of it.
    languages: Vec<u64>,
}

struct Hit {
    concept: u8,
    languages: u64,
    /// Bytes of the text.
    from: u32,
    to: u32,
}

impl<'e> Spoken<'e> {
    /// Returns the languages in which the text speaks of a concept, a bit each. A word has its meaning only in its own language:
    /// `fail` is a file in Malay.
    pub fn languages(&self, concept: u8) -> u64 {
        self.languages.get(usize::from(concept)).copied().unwrap_or_default()
    }

    /// Returns the languages that the text may be in, a bit each: those that know nearly as many of its words as the one which
    /// knows most.
    pub fn likely_languages(&self) -> u64 {
        let known = |bit: u32| self.hits.iter().filter(|hit| hit.languages >> bit & 1 == 1).count();
        let counts: Vec<usize> = (0..u64::BITS).map(known).collect();
        let most = counts.iter().max().copied().unwrap_or_default();
        (0u64..)
            .zip(counts)
            .filter(|(_, count)| *count > 0 && count * 4 >= most * 3)
            .fold(0, |all, (bit, _)| all | 1 << bit)
    }

    /// Returns the first words for a concept in one of these languages.
    pub fn quote(&self, concept: u8, languages: u64) -> Option<&'e str> {
        let hit = self.hits.iter().find(|hit| hit.concept == concept && hit.languages & languages != 0)?;
        Some(written(self.text.get(hit.from as usize..hit.to as usize).unwrap_or_default()))
    }
}

/// Every file of words begins with this mark; another layout has another one.
const MARK: &[u8] = b"words 2\n";

/// Writes both lists as a file. Each word leaves out the part that it shares with the word before it, and names its languages by
/// a place in a table: that halves the file.
pub fn write_words((begins, inside): &(WordLayout, WordLayout)) -> Vec<u8> {
    let mut kinds: Vec<u64> = begins.languages.iter().chain(&inside.languages).copied().collect();
    kinds.sort_unstable();
    kinds.dedup();
    let mut file = MARK.to_vec();
    file.extend((kinds.len() as u32).to_le_bytes());
    file.extend(kinds.iter().flat_map(|kind| kind.to_le_bytes()));
    for layout in [begins, inside] {
        let list = layout.list();
        let (mut shared, mut lengths, mut rests) = (Vec::new(), Vec::new(), Vec::new());
        let mut before: &[u8] = b"";
        for at in 0..list.ends.len() {
            let word = list.word(at);
            let same = word.iter().zip(before).take(255).take_while(|(one, other)| one == other).count();
            let rest = word.get(same..).unwrap_or_default();
            shared.push(same as u8);
            lengths.push(rest.len() as u8);
            rests.extend_from_slice(rest);
            before = word;
        }
        let places = layout.languages.iter().map(|kind| kinds.binary_search(kind).unwrap_or_default() as u16);
        let (low, high): (Vec<u8>, Vec<u8>) = places.map(|place| (place as u8, (place >> 8) as u8)).unzip();
        file.extend((list.ends.len() as u32).to_le_bytes());
        file.extend((rests.len() as u32).to_le_bytes());
        for part in [&shared, &lengths, &layout.concepts, &low, &high, &rests] {
            file.extend_from_slice(part);
        }
    }
    file
}

/// Reads the lists of a file that [`write_words`] wrote. `None`: it is no such file.
pub fn read_words(file: &[u8]) -> Option<(WordLayout, WordLayout)> {
    let mut rest = file.strip_prefix(MARK)?;
    let kinds = number(&mut rest)?;
    let kinds = take(&mut rest, kinds.checked_mul(8)?)?;
    let kinds: Vec<u64> = kinds.as_chunks().0.iter().map(|kind| u64::from_le_bytes(*kind)).collect();
    let mut layout = || {
        let (count, length) = (number(&mut rest)?, number(&mut rest)?);
        let mut part = || take(&mut rest, count);
        let (shared, lengths, concepts, low, high) = (part()?, part()?, part()?, part()?, part()?);
        let mut rests = take(&mut rest, length)?;
        let mut made = WordLayout { concepts: concepts.to_vec(), ..WordLayout::default() };
        let mut from = 0;
        for (((same, length), low), high) in shared.iter().zip(lengths).zip(low).zip(high) {
            let new = take(&mut rests, usize::from(*length))?;
            let to = made.bytes.len();
            let old = from..from + usize::from(*same);
            if old.end > to {
                return None;
            }
            made.bytes.extend_from_within(old);
            made.bytes.extend_from_slice(new);
            made.ends.push(made.bytes.len() as u32);
            made.languages.push(*kinds.get(usize::from(u16::from_le_bytes([*low, *high])))?);
            from = to;
        }
        made.index();
        Some(made)
    };
    Some((layout()?, layout()?))
}

fn take<'f>(rest: &mut &'f [u8], length: usize) -> Option<&'f [u8]> {
    let (part, behind) = rest.split_at_checked(length)?;
    *rest = behind;
    Some(part)
}

fn number(rest: &mut &[u8]) -> Option<usize> {
    Some(u32::from_le_bytes(take(rest, 4)?.try_into().ok()?) as usize)
}

/// A word of a concept, as the catalogue writes it: `limit`, `limit*`, `*limit*`.
#[derive(Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Stem {
    bytes: Vec<u8>,
    inside: bool,
}

impl Stem {
    /// Reads a word. `None`: fewer than 2 or more than 254 bytes are left of it once it is folded, or a `*` stands in its middle.
    pub fn read(word: &str) -> Option<Self> {
        let (inside, rest) = word.strip_prefix('*').map_or((false, word), |rest| (true, rest));
        let (open, rest) = rest.strip_suffix('*').map_or((false, rest), |rest| (true, rest));
        let mut bytes = folded(rest).into_bytes();
        if bytes.len() < 2 || bytes.len() > 254 || rest.contains('*') {
            return None;
        }
        // Scripts without spaces have no end of a word to look for.
        let ends = !open && rest.chars().next_back().is_some_and(|last| !is_unspaced(last));
        if ends {
            bytes.push(b' ');
        }
        Some(Self { bytes, inside })
    }
}

/// Lays out the words of all concepts. Each entry is a word, its concept, and its language as a bit.
pub fn lay_out_words(words: Vec<(Stem, u8, u64)>) -> (WordLayout, WordLayout) {
    let mut merged: BTreeMap<(Stem, u8), u64> = BTreeMap::new();
    for (stem, concept, language) in words {
        *merged.entry((stem, concept)).or_default() |= language;
    }
    let (mut begins, mut inside) = (WordLayout::default(), WordLayout::default());
    for ((stem, concept), languages) in merged {
        let list = if stem.inside { &mut inside } else { &mut begins };
        list.bytes.extend(stem.bytes);
        list.ends.push(list.bytes.len() as u32);
        list.concepts.push(concept);
        list.languages.push(languages);
    }
    begins.index();
    inside.index();
    (begins, inside)
}

impl WordLayout {
    /// Finds where the words begin that have the same first two bytes: no word has fewer.
    fn index(&mut self) {
        let list = self.list();
        let mut pairs = Vec::with_capacity(PAIRS + 1);
        for word in 0..list.ends.len() {
            let Some([first, second, ..]) = list.word(word).first_chunk::<2>() else { continue };
            let pair = usize::from(u16::from_be_bytes([*first, *second]));
            pairs.resize((pair + 1).max(pairs.len()), word as u32);
        }
        pairs.resize(PAIRS + 1, list.ends.len() as u32);
        self.pairs = pairs;
    }

    pub fn list(&self) -> WordList<'_> {
        WordList {
            bytes: &self.bytes,
            ends: &self.ends,
            concepts: &self.concepts,
            languages: &self.languages,
            pairs: &self.pairs,
        }
    }
}

impl WordList<'_> {
    fn word(&self, at: usize) -> &[u8] {
        let end = |at: usize| self.ends.get(at).map_or(0, |end| *end as usize);
        self.bytes.get(at.checked_sub(1).map_or(0, end)..end(at)).unwrap_or_default()
    }

    /// Reports each word that the text has from `at` on: its number, and the place behind it.
    fn walk(&self, text: &[u8], at: usize, mut found: impl FnMut(usize, usize)) {
        let Some(&[first_byte, second]) = text.get(at..).and_then(|rest| rest.first_chunk()) else { return };
        let pair = usize::from(u16::from_be_bytes([first_byte, second]));
        let start = |pair: usize| self.pairs.get(pair).map_or(0, |start| *start as usize);
        let (mut low, mut high) = (start(pair), start(pair + 1));
        let mut depth = 2;
        while low < high {
            while low < high && self.word(low).len() == depth {
                found(low, at + depth);
                low += 1;
            }
            let Some(&byte) = text.get(at + depth) else { return };
            let letter = |word: usize| self.word(word).get(depth).copied();
            low = first(low, high, |word| letter(word) >= Some(byte));
            high = first(low, high, |word| letter(word) > Some(byte));
            depth += 1;
        }
    }
}

/// Returns the first number of a sorted range for which `is_so` holds.
fn first(mut low: usize, mut high: usize, is_so: impl Fn(usize) -> bool) -> usize {
    while low < high {
        let middle = low + (high - low) / 2;
        if is_so(middle) {
            high = middle;
        } else {
            low = middle + 1;
        }
    }
    low
}

impl Lexicon<'_> {
    /// Finds the concepts that a text speaks of, and the languages in which it does.
    pub fn scan<'e>(&self, text: &'e str) -> Spoken<'e> {
        let mut hits: Vec<Hit> = Vec::new();
        let folded = fold::fold(text);
        let bytes = folded.bytes.as_slice();
        for (start, &(at, source)) in folded.starts.iter().enumerate() {
            let at = at as usize;
            let end = folded.starts.get(start + 1).map_or(bytes.len(), |(next, _)| *next as usize);
            let word = std::str::from_utf8(bytes.get(at..end).unwrap_or_default()).unwrap_or_default();
            for (letters, (place, letter)) in word.char_indices().enumerate() {
                let mut note = |list: &WordList, word: usize, behind: usize| {
                    let next = folded.starts.iter().skip(start).find(|(at, _)| *at as usize >= behind);
                    let hit = Hit {
                        concept: list.concepts.get(word).copied().unwrap_or_default(),
                        languages: list.languages.get(word).copied().unwrap_or_default(),
                        from: source,
                        to: next.map_or(text.len() as u32, |(_, source)| *source),
                    };
                    let news = |known: &Hit| known.concept != hit.concept || hit.languages & !known.languages != 0;
                    if hits.iter().all(news) {
                        hits.push(hit);
                    }
                };
                if letters == 0 || is_unspaced(letter) || letters <= ATTACHED && attaches(letter) {
                    self.begins.walk(bytes, at + place, |word, behind| note(&self.begins, word, behind));
                }
                self.inside.walk(bytes, at + place, |word, behind| note(&self.inside, word, behind));
            }
        }
        let mut languages = vec![0; 256];
        for hit in &hits {
            languages[usize::from(hit.concept)] |= hit.languages;
        }
        Spoken { text, hits, languages }
    }
}

/// The number of pairs of bytes that there are.
const PAIRS: usize = 1 << 16;

/// The number of letters that may be attached to the beginning of a word in scripts that do so: article, "and", "in".
const ATTACHED: usize = 3;

/// Tells whether a letter is of Hebrew or Arabic, which attach such letters.
fn attaches(c: char) -> bool {
    matches!(c, '\u{590}'..='\u{6FF}')
}

/// Tells whether a letter is of Chinese, Japanese, Thai, Lao, Burmese or Khmer, which have no spaces between words.
fn is_unspaced(c: char) -> bool {
    fold::is_ideograph(c) || matches!(c, '\u{E00}'..='\u{EFF}' | '\u{1000}'..='\u{109F}' | '\u{1780}'..='\u{17FF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn concepts(words: &[&str], text: &str) -> Vec<String> {
        let stems = words.iter().enumerate().map(|(at, word)| (Stem::read(word).unwrap(), at as u8, 1)).collect();
        // The words go by way of the file, as the extension gets them.
        let (begins, inside) = read_words(&write_words(&lay_out_words(stems))).unwrap();
        let spoken = Lexicon { begins: begins.list(), inside: inside.list() }.scan(text);
        (0..words.len()).filter_map(|concept| Some(spoken.quote(concept as u8, 1)?.to_owned())).collect()
    }

    #[test]
    fn a_word_belongs_to_its_languages() {
        let word = |word, concept, language| (Stem::read(word).unwrap(), concept, language);
        let (begins, inside) = lay_out_words(vec![word("fail*", 0, 1), word("fail*", 1, 2), word("gagal", 0, 2)]);
        let spoken = Lexicon { begins: begins.list(), inside: inside.list() }.scan("Fail gagal");
        assert_eq!((spoken.languages(0), spoken.languages(1)), (3, 2));
        assert_eq!((spoken.quote(0, 2), spoken.quote(1, 1)), (Some("gagal"), None));
    }

    #[test]
    fn a_word_is_found_as_it_is_written() {
        assert_eq!(concepts(&["cap"], "The cap. A capital"), ["cap"]);
        assert!(concepts(&["cap"], "A capital, a recap").is_empty());
        assert_eq!(concepts(&["limit*"], "Your LIMITS are up"), ["LIMITS"]);
        assert!(concepts(&["limit*"], "unlimited").is_empty());
        assert_eq!(concepts(&["*limit*"], "Das Nutzungslimits-Problem"), ["Nutzungslimits"]);
        assert_eq!(concepts(&["too many"], "Too  many requests"), ["Too  many"]);
        assert_eq!(concepts(&["couldn't"], "It couldn’t load"), ["couldn’t"]);
    }

    #[test]
    fn scripts_without_spaces_and_with_attached_letters() {
        assert_eq!(concepts(&["上限"], "已达上限。"), ["上限"]);
        assert_eq!(concepts(&["เซสชัน"], "หมดเซสชันแล้ว").len(), 1);
        assert_eq!(concepts(&["جلس*"], "انتهت الجلسة").len(), 1);
        assert_eq!(concepts(&["세션*"], "세션이 만료"), ["세션이"]);
    }

    #[test]
    fn the_same_word_may_belong_to_several_concepts() {
        assert_eq!(concepts(&["lost", "lost", "lo*"], "connection lost"), ["lost", "lost", "lost"]);
    }

    #[test]
    fn what_is_no_file_of_words_is_none() {
        let file = write_words(&lay_out_words(vec![(Stem::read("limit*").unwrap(), 3, 4)]));
        assert!(read_words(&file).is_some());
        for end in 0..file.len() {
            assert!(read_words(&file[..end]).is_none(), "{end}");
        }
        assert!(read_words(b"<!doctype html>").is_none());
    }

    #[test]
    fn what_says_nothing_is_no_word() {
        for word in ["", "*", "**", "…", "a*b"] {
            assert_eq!(Stem::read(word), None, "{word:?}");
        }
    }
}
