//! This module reads what a person tells: a sentence, several lines, JSON, an address, a line of a log, or a code alone. Nobody
//! knows where the text stood. So the clues of a signature about the place (host, path, marks, size of the page) are taken for
//! granted, and only words, codes, numbers of answers and network errors count.

use crate::{
    address::Address,
    evidence::{Evidence, Page},
    facts::{self, Code, Signals},
    report::ReasonKind,
};

/// The longest text that is read, in characters.
const LIMIT: usize = 4_000;

/// The parts that machines wrote into the told text.
pub struct Told<'e> {
    /// The part of the text that is read.
    pub text: &'e str,
    pub codes: Vec<Code>,
    /// The status of an answer, as in "HTTP 502" or "status code 429".
    pub status: Option<u16>,
    /// The browser's name of a network error: `net::ERR_…`, `NS_ERROR_…`.
    pub failure: Option<String>,
}

impl<'e> Told<'e> {
    /// Reads what a person told. `None`: nothing was told.
    pub fn read(evidence: &'e Evidence) -> Option<Self> {
        let told = evidence.told.trim();
        let end = told.char_indices().nth(LIMIT).map_or(told.len(), |(at, _)| at);
        let text = told.get(..end).filter(|text| !text.is_empty())?;
        Some(Self { text, codes: codes(text, evidence.at), status: status(text), failure: failure(text) })
    }
}

fn codes(text: &str, at: f64) -> Vec<Code> {
    let mut codes: Vec<Code> = Vec::new();
    let mut add = |value: &str, from| {
        if !codes.iter().any(|known| known.value == value) {
            codes.push(Code { value: value.to_owned(), from });
        }
    };
    for address in words(text).filter(|word| word.starts_with("https://") || word.starts_with("http://")) {
        let evidence = Evidence { url: address.to_owned(), at, ..Evidence::default() };
        if let Some(address) = Address::read(&evidence.url) {
            for code in facts::signals(&evidence, &address).codes {
                add(&code.value, ReasonKind::Address);
            }
        }
    }
    // A body may stand in the middle of a line of a log.
    if let (Some(from), Some(to)) = (text.find('{'), text.rfind('}'))
        && let Some(body) = text.get(from..=to)
    {
        let page = Page { text: body.to_owned(), ..Page::default() };
        let evidence = Evidence { page: Some(page), at, ..Evidence::default() };
        if let Some(address) = Address::read("https://chatgpt.com/") {
            let Signals { codes, .. } = facts::signals(&evidence, &address);
            for code in codes {
                add(&code.value, ReasonKind::Code);
            }
        }
    }
    if let Some(number) = facts::error_number(text) {
        add(number, ReasonKind::Code);
    }
    for word in text.split(|c: char| !(c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_')) {
        if word.contains('_') && word.starts_with(|c: char| c.is_ascii_lowercase()) {
            add(word, ReasonKind::Code);
        }
    }
    codes
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|c: char| c.is_whitespace() || "\"'<>()（）".contains(c)).filter(|word| !word.is_empty())
}

/// Finds a number from 400 to 599 that is called the status of an answer, or that the usual words for it follow.
fn status(text: &str) -> Option<u16> {
    let plain = |word: &str| word.trim_matches(|c: char| !c.is_alphanumeric()).to_lowercase();
    let words: Vec<String> = text.split(|c: char| c.is_whitespace() || "()[]{}:=,/".contains(c)).map(plain).collect();
    let words: Vec<&str> = words.iter().map(String::as_str).filter(|word| !word.is_empty()).collect();
    words.iter().enumerate().find_map(|(at, word)| {
        let number = word.parse().ok().filter(|number: &u16| (400..600).contains(number) && word.len() == 3)?;
        let before = words.get(at.saturating_sub(3)..at).unwrap_or_default();
        let named = before.iter().any(|word| NUMBERED.contains(word));
        let behind = words.get(at + 1).is_some_and(|word| REASONS.contains(word));
        (named || behind).then_some(number)
    })
}

/// Programs and people write these words before the number of an answer. Chinese and Japanese are missing: they put no space between.
const NUMBERED: [&str; 20] = [
    "http",
    "https",
    "status",
    "code",
    "error",
    "1.1",
    "2",
    "fehler",
    "erreur",
    "ошибка",
    "ошибку",
    "помилка",
    "erro",
    "errore",
    "hata",
    "lỗi",
    "błąd",
    "fout",
    "오류",
    "에러",
];

/// The first words of the phrases that HTTP has for statuses.
const REASONS: [&str; 9] =
    ["bad", "unauthorized", "forbidden", "not", "too", "internal", "service", "gateway", "payment"];

fn failure(text: &str) -> Option<String> {
    let ends = |c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_');
    text.split(ends).find_map(|word| {
        if word.starts_with("NS_ERROR_") {
            return Some(word.to_owned());
        }
        if word.starts_with("DNS_PROBE_") {
            return Some("net::ERR_NAME_NOT_RESOLVED".to_owned());
        }
        word.starts_with("ERR_").then(|| format!("net::{word}"))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn machines_speak_in_the_middle_of_a_line() {
        let read = |told: &str| {
            let evidence = Evidence { told: told.into(), ..Evidence::default() };
            let Told { codes, status, failure, .. } = Told::read(&evidence).unwrap();
            (codes.into_iter().map(|code| code.value).collect::<Vec<_>>(), status, failure)
        };
        assert_eq!(read("insufficient_quota").0, ["insufficient_quota"]);
        assert!(read("exceeded retry limit, last status: 429 Too Many Requests, request id: x").1 == Some(429));
        assert_eq!(read("HTTP/2 503 upstream").1, Some(503));
        assert_eq!(read("I have 450 files").1, None);
        let log = "2026-09-01 ERROR stream: {\"error\":{\"code\":\"usage_limit_reached\"}} (retrying)";
        assert!(read(log).0.contains(&"usage_limit_reached".to_owned()));
        assert_eq!(
            read("This site can't be reached ERR_CONNECTION_RESET").2.as_deref(),
            Some("net::ERR_CONNECTION_RESET")
        );
        let address = "it ends at https://auth.openai.com/error?error=invalid_state&x=1";
        assert!(read(address).0.contains(&"invalid_state".to_owned()));
    }

    #[test]
    fn a_long_text_is_cut_between_letters() {
        let evidence = Evidence { told: "é".repeat(10_000), ..Evidence::default() };
        assert_eq!(Told::read(&evidence).unwrap().text.chars().count(), LIMIT);
        assert!(Told::read(&Evidence { told: " \n".into(), ..Evidence::default() }).is_none());
    }
}
