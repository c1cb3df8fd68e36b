//! This target runs folding, the one pass for phrases, and whole messages on any text, and compares them with the slow
//! and obvious way.

#![no_main]

use access_medic_phrases::{Layout, MessageHash, MessageTable, Messages, folded, lay_out, pattern};
use libfuzzer_sys::fuzz_target;
use std::sync::LazyLock;

const PHRASES: [&str; 14] = [
    "network error",
    "error",
    "error code 1020",
    "a",
    "a b",
    "a b a",
    "you do not have access",
    "网络错误",
    "错误",
    "错误 1020",
    "chatgpt 错误",
    "ошибка",
    "çà",
    "_",
];

static LAYOUT: LazyLock<Layout> = LazyLock::new(|| {
    let patterns: Vec<_> = PHRASES.iter().map(|phrase| pattern(phrase)).collect();
    lay_out(&patterns).expect("they fit")
});

fuzz_target!(|text: &str| {
    let plain = folded(text);
    assert_eq!(folded(&plain), plain, "folding what is folded");

    let found = LAYOUT.trie().scan(text);
    let padded = if plain.is_empty() { String::new() } else { format!(" {plain} ") };
    for (id, phrase) in PHRASES.iter().enumerate() {
        let (seen, whole) = (found.seen(id as u16), found.whole(id as u16));
        let pattern = String::from_utf8(pattern(phrase)).expect("text");
        assert_eq!(seen.is_some(), padded.contains(&pattern), "{phrase:?}");
        assert_eq!(whole.is_some(), plain == folded(phrase), "{phrase:?} is the whole text");
        if let Some(quote) = seen {
            assert!(text.contains(quote), "{quote:?} is no part of the text");
            assert!(folded(phrase).starts_with(folded(quote).as_str()), "{phrase:?} is quoted as {quote:?}");
        }
    }

    // The text's own lines are the messages here, and the text holds each of them that is long enough to be known.
    let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).take(8).collect();
    let sets: Vec<Vec<MessageHash>> = lines.iter().map(|line| MessageHash::of(line).into_iter().collect()).collect();
    for hash in sets.iter().flatten() {
        assert_eq!(MessageHash::of(&hash.to_string()), Some(*hash), "written and read back");
    }
    let table = MessageTable::lay_out(sets.iter().map(Vec::as_slice));
    let buckets: &[u16; 257] = table.buckets.as_slice().try_into().expect("one for each byte, and the end");
    let mut held = Vec::new();
    Messages { buckets, rests: &table.rests, sets: &table.sets }.scan(text, |set, quote| {
        assert!(text.contains(quote), "{quote:?} is no part of the text");
        held.push(usize::from(set));
    });
    for (set, hashes) in sets.iter().enumerate() {
        // If two messages are equal, it is enough that one of them is found.
        let twins = (0..sets.len()).filter(|twin| sets[*twin] == *hashes);
        assert!(hashes.is_empty() || twins.into_iter().any(|twin| held.contains(&twin)), "{:?}", lines[set]);
    }
});
