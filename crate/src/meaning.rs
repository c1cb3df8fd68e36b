//! This module finds what the words of a message mean, in whatever wording, by combining concepts (`catalog/meanings.toml`). A
//! meaning counts less than the words that the site is known to use, and only where structure says that something failed.

use crate::{
    address::Address,
    catalog::{self, Meaning, Place, Signature},
    evidence::{Evidence, Page},
    facts,
    lexicon::concepts,
    report::{Reason, ReasonKind, Surface},
    signature::Match,
};

/// Parts of the marks that surfaces of failures carry, whatever else they are called.
const FAILURE: [&str; 10] =
    ["error", "danger", "red", "bad", "alertdialog", "destructive", "critical", "fail", "invalid", "negative"];

/// Tells whether the marks of a surface name a failure by its colour or its kind. An id does not count, because headings of
/// guides have such ids.
pub fn names_failure(markers: &[String]) -> bool {
    markers.iter().any(|marker| !marker.starts_with('#') && has_part(marker, &FAILURE))
        && !markers.iter().any(|marker| marker.contains("success"))
}

fn has_part(marker: &str, words: &[&str]) -> bool {
    let lower = marker.to_ascii_lowercase();
    // A class with a colon holds only in some state.
    let always = !lower.starts_with('.') || !lower.contains(':');
    let fits = |part: &str| words.iter().any(|word| if word.len() > 3 { part.contains(word) } else { part == *word });
    always && lower.split(|c: char| !c.is_ascii_alphanumeric()).any(fits)
}

/// Tells whether an alert stands where something failed. Its marks say so, or its place, or it has no marks but its role. A toast
/// of success has marks, too, and a dialog asks a question more often than it reports a failure.
pub fn of_alert(markers: &[String], address: &Address) -> bool {
    let has = |what: fn(&String) -> bool| markers.iter().any(what);
    let fails = markers.iter().any(|marker| has_part(marker, &FAILURE) || has_part(marker, &["warn"]));
    let placed = has(|marker| ["in:turn", "in:empty-thread", "of:disabled"].contains(&marker.as_str()));
    let bare = has(|marker| marker == "[role=alert]") && !has(|marker| marker.starts_with('.'));
    // The button that deletes has the colours of failure, too.
    let asks = has(|marker| marker == "[role=dialog]")
        && !has(|marker| marker.starts_with("[data-testid=") && marker.contains("error"));
    is_place(address) && (fails || bare || placed) && !asks && !has(|marker| marker.contains("success"))
}

/// Tells whether the words of a small page may say that something failed. A page with a good status is an article as likely as a
/// refusal, except for the sign-in, which draws its errors itself. A page with fields to fill in is a step and no failure.
/// Cloudflare's own pages are known by their codes.
pub fn of_page(evidence: &Evidence, page: &Page, address: &Address) -> bool {
    let fails = facts::status(evidence).is_none_or(|status| status >= 400) || address.is_login();
    let asks = page.markers.iter().any(|marker| marker.starts_with("[name=") || marker.starts_with("[autocomplete="));
    is_place(address) && fails && !asks && !facts::is_cloudflare_page(page)
}

/// Tells whether this is the app, the sign-in or the platform, and not the help, the forum, or the page that reports incidents.
fn is_place(address: &Address) -> bool {
    let app = ["chatgpt.com", "chat.openai.com"].contains(&address.host);
    // The guides of the platform explain every error that there is.
    let platform = address.host == "platform.openai.com" && !address.path.starts_with("/docs");
    address.is_openai() && (app || platform || address.is_login())
}

/// The longest message, in characters. A longer text explains something, and words of failures stand in it like in any article.
const LONGEST: usize = 700;

/// Returns the causes that a text speaks of. `thread`: the text stands where a conversation should be.
pub fn meanings(text: &str, surface: Surface, address: &Address, thread: bool) -> Vec<Match> {
    let said = without_names(text);
    if is_question(&said) || said.chars().nth(LONGEST).is_some() {
        return Vec::new();
    }
    let Some(spoken) = concepts(&said) else { return Vec::new() };
    let likely = spoken.likely_languages();
    // Words that turn the meaning round count in every language, because saying nothing is the smaller mistake.
    if catalog::TURNED.iter().any(|concept| spoken.languages(*concept) != 0) {
        return Vec::new();
    }
    let here = |place: Place| match place {
        Place::Anywhere => true,
        Place::Login => address.is_login(),
        Place::Elsewhere => !address.is_login(),
        Place::Inside => surface != Surface::Page,
        Place::Thread => thread,
    };
    let clue = if surface == Surface::Alert { ReasonKind::Alert } else { ReasonKind::Text };
    let held = |meaning: &Meaning| {
        if meaning.but.iter().any(|concept| spoken.languages(*concept) & likely != 0) {
            return None;
        }
        // A message is in one language, so the meaning of its words in another language does not count.
        let of = |says: &&'static [u8]| says.iter().fold(likely, |all, concept| all & spoken.languages(*concept));
        let says = *meaning.says.iter().filter(|says| of(says) != 0).max_by_key(|says| says.len())?;
        // A word that only says that something is not so is not worth a quote beside the other concepts.
        let counts = |concept: &&u8| says.len() == 1 || **concept != catalog::NOT;
        let quotes = says.iter().filter(counts).filter_map(|concept| spoken.quote(*concept, of(&says)));
        let reasons = quotes.map(|quote| Reason { clue, quote: quote.to_owned() }).collect();
        Some(Match { signature: Signature::meant(meaning, surface), reasons })
    };
    catalog::MEANINGS.iter().filter(|meaning| here(meaning.place)).filter_map(held).collect()
}

/// The smallest number of lines of an article: its title, and the text under it.
const ARTICLE: usize = 3;

/// Tells whether a text of several lines is an article on errors: its first line asks a question, or says that it shows how
/// something is done. A text with a body of JSON is none, because a person does not copy such a part of an article to ask what it
/// means.
pub fn is_article(text: &str) -> bool {
    let mut lines = text.lines().map(str::trim).filter(|line| !line.is_empty());
    let title = lines.next().unwrap_or_default();
    let explains = || concepts(title).is_some_and(|spoken| spoken.languages(catalog::HOW_TO) != 0);
    lines.count() + 1 >= ARTICLE && !text.contains('{') && (is_question(title) || explains())
}

/// Tells whether a text is one question and nothing else: people and titles of articles ask about errors. A message that
/// complains goes on.
fn is_question(text: &str) -> bool {
    let asked = text.trim_end().strip_suffix(['?', '？', '؟', '\u{37E}']);
    asked.is_some_and(|asked| !asked.contains(['.', '!', '。', '！', '\n', '?', '？']))
}

/// Takes out names in quotes, because they are a person's own words: the name of a chat, a file or a project. The values of JSON
/// are no such names.
fn without_names(text: &str) -> String {
    const PAIRS: [(char, char); 7] =
        [('“', '”'), ('"', '"'), ('«', '»'), ('„', '“'), ('「', '」'), ('『', '』'), ('‘', '’')];
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    // This is true once a quote was closed, so that the rest begins right behind it.
    let mut quoted = false;
    while let Some((at, (open, close))) =
        rest.char_indices().find_map(|(at, c)| Some((at, *PAIRS.iter().find(|(open, _)| *open == c)?)))
    {
        let (before, behind) = rest.split_at(at);
        let inner = behind.get(open.len_utf8()..).unwrap_or_default();
        let is_value = quoted && open == '"' && before.trim() == ":";
        out.push_str(before);
        quoted = true;
        match inner.find(close) {
            Some(end) => {
                out.push_str(inner.get(..end).filter(|_| is_value).unwrap_or(" "));
                rest = inner.get(end + close.len_utf8()..).unwrap_or_default();
            }
            None => {
                out.push(' ');
                rest = inner;
            }
        }
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_in_quotes_say_nothing() {
        assert_eq!(without_names("“Network error” was renamed"), "  was renamed");
        assert_eq!(without_names("「错误」已删除"), " 已删除");
        assert_eq!(without_names("it is 5\" long"), "it is 5  long");
        assert_eq!(without_names("plain"), "plain");
        assert_eq!(without_names(r#"{"detail": "Not well"}"#), "{ : Not well}");
    }

    #[test]
    fn a_question_alone_is_no_complaint() {
        assert!(is_question("Why did my upload fail?") && is_question("如何修复网络错误？"));
        assert!(!is_question("Upload failed. Try again?") && !is_question("Upload failed"));
    }

    #[test]
    fn an_alert_fails_by_its_marks_or_by_its_role_alone() {
        let address = Address::read("https://chatgpt.com/").unwrap();
        let of = |markers: &[&str]| {
            of_alert(&markers.iter().map(|marker| (*marker).to_owned()).collect::<Vec<_>>(), &address)
        };
        assert!(of(&["[role=alert]"]) && of(&["[role=alert]", ".text-danger"]) && of(&[".border-token-charts-red/30"]));
        assert!(of(&[".react-aria-FieldError"]) && of(&["[data-testid=toast-error]", "[role=dialog]"]));
        assert!(!of(&["[role=alert]", ".rounded-lg"]) && !of(&["[role=dialog]"]) && !of(&[".rendered"]));
        assert!(!of(&["[role=alert]", "[data-testid=rename-success-toaster]"]));
    }
}
