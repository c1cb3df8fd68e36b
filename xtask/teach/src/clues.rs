//! This module lists the clues that a page offers, the most stable ones first: codes that machines write, status and headers, ids and
//! marks, and words last. It does not know which of them set the page apart.

use access_medic::{
    Alert, Evidence, Visit,
    taught::{TaughtClue, codes},
};

/// How stable a clue is. The order is that of `crate/catalog/README.md`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    Code,
    Header,
    Mark,
    Words,
}

/// Clues that are looked at together.
#[derive(Clone, Debug, PartialEq)]
pub struct Offer {
    pub kind: Kind,
    pub clues: Vec<TaughtClue>,
    /// What of these clues says something, as a part of a name.
    pub name: String,
    /// A lower one is better among those of a kind.
    pub rank: usize,
}

/// Headers that say something of a failure, and not of every answer.
const HEADERS: [&str; 3] = ["cf-mitigated", "cf-error-type", "cf-error-origin"];

/// Parts of words that failures are named with, in the marks and the words of many sites.
const FAILING: [&str; 36] = [
    "error",
    "fail",
    "block",
    "denied",
    "deny",
    "refus",
    "expire",
    "limit",
    "unavailable",
    "invalid",
    "blocked",
    "lock",
    "wrong",
    "not ",
    "unable",
    "cannot",
    "can't",
    "couldn't",
    "could not",
    "banned",
    "reject",
    "disabled",
    "deactivat",
    "suspend",
    "many",
    "timed out",
    "timeout",
    "busy",
    "down",
    "lost",
    "missing",
    "alert",
    "danger",
    "unsupported",
    "overload",
    "again",
];

/// Marks that programs set to be found by.
const SET: [&str; 3] = ["[data-testid=", "[data-error-code=", "[data-error="];

fn fails(text: &str) -> bool {
    let text = text.to_lowercase();
    FAILING.iter().any(|part| text.contains(part))
}

/// Returns a text as a part of the name of a file.
fn slug(text: &str) -> String {
    let mut name = String::new();
    for char in text.chars().map(|char| char.to_ascii_lowercase()) {
        if char.is_ascii_alphanumeric() {
            name.push(char);
        } else if !name.ends_with('-') && !name.is_empty() {
            name.push('-');
        }
    }
    name.truncate(40);
    name.trim_matches('-').to_owned()
}

/// Returns the status of the page, if it says that something failed.
pub fn failing_status(evidence: &Evidence) -> Option<u16> {
    let page = evidence.page.as_ref().and_then(|page| page.status);
    evidence.response.as_ref().map(|response| response.status).or(page).filter(|status| *status >= 400)
}

/// Lists what the page as a whole offers.
pub fn of_page(visit: &Visit) -> Vec<Offer> {
    let evidence = &visit.evidence;
    let mut offers = Vec::new();
    for code in codes(visit) {
        let name = format!("code-{}", slug(&code));
        offers.push(Offer { kind: Kind::Code, clues: vec![TaughtClue::Code(code)], name, rank: 0 });
    }
    let status = failing_status(evidence).map(TaughtClue::Status);
    for header in evidence.response.iter().flat_map(|response| &response.headers) {
        if HEADERS.contains(&header.name.as_str()) {
            let clue = TaughtClue::Header(header.name.clone(), header.value.clone());
            let clues = status.clone().into_iter().chain([clue]).collect();
            let name = slug(&format!("{}-{}", header.name, header.value));
            offers.push(Offer { kind: Kind::Header, clues, name, rank: 0 });
        }
    }
    let Some(page) = &evidence.page else { return offers };
    offers.extend(marks(&page.markers, status.as_ref()));
    offers.extend(sentences(&page.title, TaughtClue::Title));
    offers.extend(sentences(&page.text, TaughtClue::Text));
    offers
}

/// Lists what an error surface offers.
pub fn of_alert(alert: &Alert) -> Vec<Offer> {
    let mut offers = marks(&alert.markers, None);
    offers.extend(sentences(&alert.text, TaughtClue::Text));
    offers
}

/// Tells whether a mark was set by the author of a program to name a thing. Classes that only dress an element, ids that were made
/// up, and addresses do not count.
fn is_named(mark: &str) -> bool {
    if SET.iter().any(|begin| mark.starts_with(begin)) {
        return !mark.ends_with("=]");
    }
    let Some(name) = mark.strip_prefix(['#', '.']) else { return false };
    let made_up = name.strip_prefix("id-").is_some_and(|rest| rest.bytes().all(|byte| byte.is_ascii_digit()));
    !made_up && fails(name) && !name.contains("token-")
}

fn marks(markers: &[String], status: Option<&TaughtClue>) -> Vec<Offer> {
    let named: Vec<&String> = markers.iter().filter(|mark| is_named(mark)).collect();
    let offer = |marks: &[&String], rank: usize| {
        let clues = status.cloned().into_iter().chain(marks.iter().map(|mark| TaughtClue::Marker((*mark).clone())));
        let name = slug(marks.first().map_or("", |mark| mark.as_str()));
        Offer { kind: Kind::Mark, clues: clues.collect(), name, rank }
    };
    let rank = |mark: &str| ['[', '#', '.'].iter().position(|begin| mark.starts_with(*begin)).unwrap_or_default();
    let mut offers: Vec<Offer> = named.iter().map(|mark| offer(&[mark], rank(mark))).collect();
    for (at, one) in named.iter().enumerate() {
        let pairs = named.iter().skip(at + 1).take(20);
        offers.extend(pairs.map(|other| offer(&[one, other], 3 + rank(one) + rank(other))));
    }
    offers
}

/// Placeholders that the extension puts in the place of what it does not know.
const PLACEHOLDERS: [&str; 6] = ["xxxx", "xx", "x0x0x0x0", "example", "203", "2001"];

/// The fewest and the most words of a phrase.
const FEWEST: usize = 4;
const MOST: usize = 9;
/// The fewest letters of a phrase.
const LETTERS: usize = 12;
/// The fewest signs of a phrase in a language without spaces.
const SIGNS: usize = 8;

fn is_unspaced(char: char) -> bool {
    access_medic_phrases::is_ideograph(char) || matches!(char, '\u{3040}'..='\u{30ff}' | '\u{e00}'..='\u{e7f}')
}

/// Lists the phrases of a text.
fn sentences(text: &str, clue: fn(String) -> TaughtClue) -> Vec<Offer> {
    let mut offers = Vec::new();
    for (line, words) in text.lines().enumerate() {
        // A full stop inside a word belongs to a host or a number.
        let words = words.replace(". ", "。");
        let ends = |char: char| "!?:|。！？：".contains(char);
        for part in words.split_inclusive(ends) {
            let part = part.trim_matches(|char: char| ends(char) || char == '.' || char.is_whitespace());
            if part.chars().any(is_unspaced) {
                offers.extend(unspaced(part, line, clue));
            } else {
                offers.extend(spaced(part, line, clue));
            }
        }
    }
    offers
}

fn offer(phrase: &str, rank: usize, clue: fn(String) -> TaughtClue) -> Offer {
    let name = slug(phrase);
    let name = if name.is_empty() { "words".to_owned() } else { name };
    Offer { kind: Kind::Words, clues: vec![clue(phrase.to_owned())], name, rank }
}

fn is_placed(word: &str) -> bool {
    let bare = word.trim_matches(|char: char| !char.is_alphanumeric()).to_lowercase();
    let number = bare.len() > 3 && bare.bytes().all(|byte| byte == b'0');
    bare.is_empty() || number || PLACEHOLDERS.contains(&bare.split('.').next().unwrap_or_default())
}

/// Words at which no phrase begins or ends, because they belong to what stands beyond them.
const BOUND: [&str; 22] = [
    "a", "an", "the", "of", "to", "in", "on", "at", "for", "and", "or", "as", "is", "are", "was", "with", "by", "from",
    "your", "this", "that", "it",
];

/// Lists phrases that hold no placeholder; those that name a failure first, then the shorter ones.
fn spaced(part: &str, line: usize, clue: fn(String) -> TaughtClue) -> Vec<Offer> {
    let words: Vec<&str> = part.split_whitespace().collect();
    let bound = |word: Option<&&str>| word.is_some_and(|word| BOUND.contains(&word.to_lowercase().as_str()));
    let mut offers = Vec::new();
    for run in words.split(|word| is_placed(word)) {
        for from in 0..run.len() {
            for to in from + FEWEST.min(run.len())..=run.len().min(from + MOST) {
                let piece = run.get(from..to).unwrap_or_default();
                let phrase = piece.join(" ");
                let phrase = phrase.trim_matches(|char: char| ",;()\"'“”".contains(char));
                if phrase.chars().count() < LETTERS {
                    continue;
                }
                let loose = usize::from(bound(piece.last())) * 3 + usize::from(bound(piece.first()));
                let inside = usize::from(from > 0);
                let rank = line.min(6) + piece.len() + loose + inside + if fails(phrase) { 0 } else { 12 };
                offers.push(offer(phrase, rank, clue));
            }
        }
    }
    offers
}

/// Lists the parts of a sentence without spaces between placeholders.
fn unspaced(part: &str, line: usize, clue: fn(String) -> TaughtClue) -> Vec<Offer> {
    let pieces =
        part.split("xx").flat_map(|piece| piece.split(['、', '，', ',', '「', '」', '(', ')', '（', '）', '“', '”']));
    let pieces = pieces.map(str::trim).filter(|piece| piece.chars().count() >= SIGNS);
    pieces.map(|piece| offer(piece, line.min(6) + 4, clue)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_that_only_dress_an_element_are_no_marks() {
        for mark in ["#cf-error-details", ".blocked-icon", "[data-testid=toast-error]", "#limit-dialog"] {
            assert!(is_named(mark), "{mark}");
        }
        for mark in [".flex", "#id-3", "a:/error", "[data-testid=]", ".text-token-text-error", "#root"] {
            assert!(!is_named(mark), "{mark}");
        }
    }

    #[test]
    fn no_phrase_holds_a_placeholder() {
        let offers =
            sentences("Hello Xxxx, your seat at example.com is gone\nx0x0x0x0\n「xx」請求已被拒絕了", TaughtClue::Text);
        let phrases: Vec<_> = offers.iter().map(|offer| format!("{:?}", offer.clues)).collect();
        assert!(!phrases.is_empty());
        for phrase in phrases {
            assert!(!phrase.to_lowercase().contains("xx") && !phrase.contains("example"), "{phrase}");
        }
    }
}
