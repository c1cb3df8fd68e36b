//! This module cuts and masks what is quoted of a page. A quote is kept with the case and shown, so its length is limited, and it
//! holds nothing that names a person: no e-mail address, no telephone number, no id of a conversation, an account or a workspace.

use crate::report::{Reason, ReasonKind};

/// The longest quote, in bytes: a page may put as many signs as it likes between two words of a phrase.
const LENGTH: usize = 160;
/// The number of bytes of a text that are looked at, because others choose its length.
const LOOKED_AT: usize = 1_000;
/// A number with at least this many digits may be a telephone number.
const TELEPHONE: usize = 7;

pub fn quoted(Reason { clue, quote }: &Reason) -> Reason {
    let quote = quote.get(..quote.floor_char_boundary(LOOKED_AT)).unwrap_or_default();
    let mut quote = match clue {
        ReasonKind::Header | ReasonKind::Request | ReasonKind::Failure => without_ids(quote),
        ReasonKind::Title | ReasonKind::Text | ReasonKind::Alert => without_ids(&without_numbers(quote)),
        // These quotes are tokens, codes and names that the catalogue has.
        ReasonKind::Status
        | ReasonKind::Code
        | ReasonKind::Marker
        | ReasonKind::Address
        | ReasonKind::Finding
        | ReasonKind::Loads
        | ReasonKind::Told => quote.to_owned(),
    };
    quote.truncate(quote.floor_char_boundary(LENGTH));
    Reason { clue: *clue, quote }
}

/// Replaces each part of a path or a sentence by `*` if it may be an id or an e-mail address.
fn without_ids(text: &str) -> String {
    let ends = |c: char| c.is_whitespace() || "/?&=;,()[]{}<>\"'".contains(c);
    text.split_inclusive(ends)
        .map(|part| {
            let word = part.trim_end_matches(ends);
            let end = part.get(word.len()..).unwrap_or_default();
            if may_be_id(word) { ["*", end].concat() } else { part.to_owned() }
        })
        .collect()
}

fn may_be_id(word: &str) -> bool {
    let digits = word.bytes().filter(u8::is_ascii_digit).count();
    word.contains(['@', '%']) || word.len() > 40 && word.is_ascii() || digits > 0 && word.len() >= 8
}

/// Replaces each number that is as long as a telephone number by `*`, whatever stands between its digits.
fn without_numbers(text: &str) -> String {
    let mut kept = String::new();
    let mut rest = text;
    while let Some(from) = rest.find(|c: char| c.is_numeric()) {
        let (before, number) = rest.split_at(from);
        let belongs = |c: char| c.is_numeric() || c.is_whitespace() || "-.()/+".contains(c);
        let end = number.find(|c| !belongs(c)).unwrap_or(number.len());
        let (number, after) = number.split_at(end);
        let bare = number.trim_end_matches(|c: char| !c.is_numeric());
        let long = bare.chars().filter(|c| c.is_numeric()).count() >= TELEPHONE;
        kept.push_str(before);
        kept.push_str(if long { "*" } else { bare });
        kept.push_str(number.get(bare.len()..).unwrap_or_default());
        rest = after;
    }
    kept + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(clue: ReasonKind, quote: &str) -> String {
        quoted(&Reason { clue, quote: quote.to_owned() }).quote
    }

    #[test]
    fn quotes_are_cut_at_a_letter() {
        for (quote, length) in [("…".repeat(40), 120), ("…".repeat(400), 159), (format!("a{}", "…".repeat(99)), 160)]
        {
            assert_eq!(of(ReasonKind::Text, &quote).len(), length);
        }
    }

    #[test]
    fn what_names_a_person_is_masked_and_the_rest_stays() {
        use ReasonKind::{Alert, Header, Request};
        for (clue, quote, expected) in [
            (Alert, "Call +1 (555) 123-4567 now", "Call +* now"),
            (Alert, "Try again in 5 minutes, at 3:05 PM", "Try again in 5 minutes, at 3:05 PM"),
            (Alert, "Hello alice@example.com!", "Hello *"),
            (Alert, "Error 1020 in 2026", "Error 1020 in 2026"),
            (
                Request,
                "500 chatgpt.com/backend-api/conversation/6712f0aa-1c2d",
                "500 chatgpt.com/backend-api/conversation/*",
            ),
            (Header, "content-type: application/json; charset=utf-8", "content-type: application/json; charset=utf-8"),
            (Header, "server: cloudflare", "server: cloudflare"),
        ] {
            assert_eq!(of(clue, quote), expected);
        }
    }

    proptest::proptest! {
        #[test]
        fn no_text_makes_it_fail(text in ".{0,400}") {
            for clue in [ReasonKind::Alert, ReasonKind::Header, ReasonKind::Marker] {
                proptest::prop_assert!(of(clue, &text).len() <= LENGTH);
            }
        }
    }
}
