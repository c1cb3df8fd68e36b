//! This module compares signatures with the evidence. It says which clues held, and nothing about what follows from it.

use access_medic_phrases::{Found, Trie};

use crate::{
    address::{Address, glob},
    catalog::{self, Clue, Numbers, Signature, Strings},
    evidence::{Alert, Evidence, Load, Outcome, Page, Request, Visit},
    facts::{self, Signals},
    meaning,
    report::{Confidence, Reason, ReasonKind, Surface},
    told::Told,
};

const PHRASES: Trie<'static> = Trie {
    labels: catalog::LABELS,
    next: catalog::NEXT,
    first: catalog::FIRST,
    word: catalog::WORD,
    pairs: catalog::PAIRS,
    ranks: catalog::RANKS,
    groups: catalog::GROUPS,
};

/// A page counts as bare up to these sizes: error pages have 15 to 85 elements and a few sentences
/// (corpus, "The healthy app"); articles and lists have more.
pub const BARE_ELEMENTS: u32 = 120;
const BARE_TEXT: usize = 3_000;
/// The longest text, in characters, that counts as a message and not as an article when a person tells it.
const MESSAGE: usize = 400;

/// An alert gets this mark from us when its own marks name a failure, in whatever words.
const TONE: &str = "tone:failure";

/// Everything that signatures look at, read once.
pub struct Scene<'e> {
    visit: &'e Visit,
    evidence: &'e Evidence,
    address: &'e Address<'e>,
    signals: &'e Signals<'e>,
    page: Option<Area<'e>>,
    alerts: Vec<Area<'e>>,
    /// The marks of the app's guests, in which the clues of signatures are looked for that count only beside another cause.
    guests: Area<'e>,
    /// The text that a person tells, as a whole and line by line.
    told: Option<(Told<'e>, Vec<Area<'e>>)>,
    /// There is a document to judge, or an error answer that brought none: browsers make a page of their own of an empty error
    /// answer, which nobody can read.
    answered: bool,
    pub bare: bool,
}

/// One text with its markers: the page, or one alert.
struct Area<'e> {
    /// The text itself.
    words: &'e str,
    title: Option<Found<'e>>,
    text: Found<'e>,
    /// The sets of whole messages of which the text holds one, each with the words of that message.
    messages: Vec<(u8, &'e str)>,
    /// The token that fits each marker, by the marker's id in the catalogue.
    markers: Vec<Option<&'e str>>,
    /// May its words count by what they mean?
    means: bool,
    /// The text stands where a conversation should be.
    thread: bool,
}

impl<'e> Area<'e> {
    fn new(words: &'e str, tokens: &'e [String], means: bool) -> Self {
        Self {
            words,
            title: None,
            text: PHRASES.scan(words),
            messages: messages(words),
            markers: markers(tokens),
            means,
            thread: tokens.iter().any(|token| token == "in:empty-thread"),
        }
    }
}

/// A signature that held.
pub struct Match {
    pub signature: Signature,
    pub reasons: Vec<Reason>,
}

impl<'e> Scene<'e> {
    pub fn new(visit: &'e Visit, address: &'e Address<'e>, signals: &'e Signals<'e>) -> Self {
        let evidence = &visit.evidence;
        let page = evidence.page.as_ref();
        let failed = facts::status(evidence).is_some_and(|status| status >= 400);
        let bare = page.map_or(failed, is_bare);
        Self {
            visit,
            evidence,
            address,
            signals,
            page: page.map(|page| Area {
                title: Some(PHRASES.scan(&page.title)),
                messages: if bare { messages(&page.text) } else { Vec::new() },
                means: (bare || failed && is_data(page)) && meaning::of_page(evidence, page, address),
                words: &page.text,
                text: PHRASES.scan(&page.text),
                markers: markers(&page.markers),
                thread: false,
            }),
            alerts: evidence
                .alerts
                .iter()
                .map(|Alert { text, markers: tokens }| {
                    // On a page that is neither the app nor small, an alert is a part of an article.
                    let stands = bare || page.is_none_or(|page| page.app);
                    let mut area = Area::new(text, tokens, stands && meaning::of_alert(tokens, address));
                    if let Ok(id) = catalog::MARKERS.binary_search(&TONE)
                        && meaning::names_failure(tokens)
                    {
                        area.markers[id] = Some(TONE);
                    }
                    area
                })
                .collect(),
            guests: Area::new("", &evidence.guests, false),
            told: Told::read(evidence).filter(|told| !meaning::is_article(told.text)).map(|told| {
                // An article has words of failures in it like any other words, and each of its lines says something else.
                let short = told.text.chars().nth(MESSAGE).is_none();
                let lines = told.text.lines().filter(|_| short && told.text.contains('\n'));
                let areas = std::iter::once(told.text).chain(lines).map(|text| Area::new(text, &[], short));
                (told, areas.collect())
            }),
            answered: page.is_some() || failed,
            bare,
        }
    }

    pub fn matches(&self) -> Vec<Match> {
        let held = |signature: Signature| {
            let reasons = match signature.surface {
                _ if signature.beside => self.holds(&signature, Some(&self.guests), None),
                Surface::Page => self.answered.then(|| self.holds(&signature, self.page.as_ref(), None)).flatten(),
                Surface::Network => self.holds(&signature, None, None),
                // No signature has this surface.
                Surface::Told => None,
                Surface::Alert => self.alerts.iter().find_map(|alert| self.holds(&signature, Some(alert), None)),
                Surface::Request => {
                    self.evidence.requests.iter().find_map(|request| self.holds(&signature, None, Some(request)))
                }
            };
            reasons.map(|reasons| Match { signature, reasons })
        };
        let ours = self.address.is_openai();
        let seen = catalog::signatures().filter(|signature| ours || self.is_named(signature)).filter_map(held);
        let mut matches: Vec<Match> = seen.chain(self.meant()).chain(self.told_words()).chain(self.told()).collect();
        weaken(&mut matches);
        matches
    }

    /// Finds what the words of error surfaces, of small error pages and of people mean.
    fn meant(&self) -> impl Iterator<Item = Match> {
        let alerts = self.alerts.iter().map(|alert| (alert, Surface::Alert));
        let page = self.page.iter().map(|page| (page, Surface::Page));
        let told = self.told.iter().flat_map(|(_, areas)| areas).map(|area| (area, Surface::Told));
        let areas = alerts.chain(page).chain(told).filter(|(area, _)| area.means);
        areas.flat_map(|(area, surface)| meaning::meanings(area.words, surface, self.address, area.thread))
    }

    /// Finds the signatures that fit the words, codes and numbers of a told text.
    fn told_words(&self) -> impl Iterator<Item = Match> {
        self.told.iter().flat_map(move |(told, areas)| {
            let known =
                catalog::signatures().filter(|signature| !signature.beside && signature.surface != Surface::Request);
            known.filter_map(move |signature| {
                let reasons = areas.iter().find_map(|area| holds_told(&signature, told, area))?;
                Some(Match { signature: signature.at_second_hand(), reasons })
            })
        })
    }

    /// Finds the cause that fits the symptom that a person told of, if there is nothing to see. It is the standing diagnosis
    /// afterwards.
    fn told(&self) -> Option<Match> {
        let symptom = self.visit.symptom.as_ref()?;
        let (_, cause) = catalog::SYMPTOMS.iter().find(|(known, _)| known == symptom)?;
        let nothing = !self.answered && self.evidence.failure.is_none() && self.visit.standing.is_none();
        nothing.then(|| Match {
            signature: Signature::told(*cause),
            reasons: vec![Reason { clue: ReasonKind::Told, quote: symptom.clone() }],
        })
    }

    /// Does the signature name this very host? Only such signatures count on pages of others.
    fn is_named(&self, signature: &Signature) -> bool {
        let names =
            |clue: Clue| matches!(clue, Clue::Host(hosts) if hosts.iter().any(|known| known == self.address.host));
        signature.clues().take(usize::from(signature.all)).any(names)
    }

    /// Returns the reasons, if every clue of `all`, one of `any` and none of `none` holds.
    fn holds(&self, signature: &Signature, area: Option<&Area>, request: Option<&Request>) -> Option<Vec<Reason>> {
        let see = |clue: &Clue| match request {
            // One quote is enough: host and path are in the quote of the status or the failure.
            Some(request) => {
                fits(clue, request).then(|| matches!(clue, Clue::Status(_) | Clue::Failure(_)).then(|| quoted(request)))
            }
            None => self.sees(clue, area, signature.surface),
        };
        let (all, any) = (usize::from(signature.all), usize::from(signature.any));
        let mut reasons = Vec::new();
        let mut one = any == 0;
        for (at, clue) in signature.clues().enumerate() {
            if at >= all && at < all + any && one {
                continue;
            }
            match see(&clue) {
                None if at < all => return None,
                Some(_) if at >= all + any => return None,
                Some(reason) => {
                    one |= at >= all;
                    reasons.extend(reason);
                }
                None => {}
            }
        }
        one.then_some(reasons)
    }

    /// Tells whether a clue holds. `None`: it does not hold. `Some(None)`: it holds and is not worth quoting.
    fn sees(&self, clue: &Clue, area: Option<&Area>, surface: Surface) -> Option<Option<Reason>> {
        let quote = |clue, quote: &str| Some(Some(Reason { clue, quote: quote.to_owned() }));
        let said = if surface == Surface::Alert { ReasonKind::Alert } else { ReasonKind::Text };
        match clue {
            Clue::Status(ranges) => {
                let status = facts::status(self.evidence)?;
                if !within(*ranges, status) {
                    return None;
                }
                quote(ReasonKind::Status, &status.to_string())
            }
            Clue::Header(name, value) => {
                let seen = facts::header(self.evidence, name)?;
                if !glob(value, seen) {
                    return None;
                }
                quote(ReasonKind::Header, &format!("{name}: {seen}"))
            }
            Clue::Code(codes) => {
                let code = self.signals.codes.iter().find(|code| codes.iter().any(|known| known == code.value))?;
                quote(
                    if code.from == ReasonKind::Address { ReasonKind::Address } else { ReasonKind::Code },
                    &code.value,
                )
            }
            Clue::Marker(ids) => quote(
                ReasonKind::Marker,
                ids.iter().find_map(|id| area?.markers.get(usize::from(id)).copied().flatten())?,
            ),
            Clue::Title(ids) => {
                let title = area?.title.as_ref()?;
                quote(ReasonKind::Title, ids.iter().find_map(|id| title.seen(id))?)
            }
            Clue::Text(ids) => quote(said, ids.iter().find_map(|id| area?.text.seen(id))?),
            Clue::Whole(ids) => quote(said, ids.iter().find_map(|id| area?.text.whole(id))?),
            Clue::Host(hosts) => hosts.iter().any(|host| glob(host, self.address.host)).then_some(None),
            Clue::Path(paths) => paths.iter().any(|path| glob(path, self.address.path)).then_some(None),
            Clue::Failure(codes) => {
                let failure = self.evidence.failure.as_deref()?;
                if !codes.iter().any(|code| glob(code, failure)) {
                    return None;
                }
                quote(ReasonKind::Failure, failure)
            }
            Clue::Bare(bare) => (*bare == self.bare).then_some(None),
            Clue::Message(sets) => quote(
                said,
                area?
                    .messages
                    .iter()
                    .find(|(set, _)| sets.iter().any(|known| known == u16::from(*set)))
                    .map(|(_, words)| *words)?,
            ),
            Clue::Earlier { cause, place, times, within } => {
                let seen = self.earlier(cause, place, *within);
                if seen < *times {
                    return None;
                }
                quote(ReasonKind::Loads, &format!("{} / {} min", seen + 1, within / 60))
            }
        }
    }

    /// Counts the earlier loads that fit, since the last remedy that was carried out and within so many seconds.
    fn earlier(&self, cause: &str, place: &str, within: u32) -> usize {
        let done = self.visit.history.iter().rfind(|attempt| attempt.outcome == Outcome::Done);
        let attempt = done.map_or(0.0, |attempt| attempt.at);
        let since = attempt.max(self.evidence.at - f64::from(within) * 1000.0);
        let fits = |load: &&Load| {
            load.at > since
                && load.at < self.evidence.at
                && if cause.is_empty() { glob(place, &load.place) } else { load.cause.as_deref() == Some(cause) }
        };
        self.visit.loads.iter().filter(fits).count()
    }
}

/// Weakens told signatures whose words say only that something failed. Such words may have stood anywhere: a signature has them
/// for one place, but that does not prove the place.
fn weaken(matches: &mut [Match]) {
    let told = |found: &&mut Match| found.signature.surface == Surface::Told;
    let vague: Vec<String> = matches
        .iter()
        .filter(|found| found.signature.surface == Surface::Told && found.signature.fallback)
        .flat_map(|found| found.reasons.iter().filter(|reason| reason.clue == ReasonKind::Text))
        .map(|reason| reason.quote.clone())
        .collect();
    for found in matches.iter_mut().filter(told) {
        if found.reasons.iter().all(|reason| reason.clue == ReasonKind::Text && vague.contains(&reason.quote)) {
            found.signature.confidence = Confidence::Possible;
            found.signature.fallback = true;
        }
    }
}

/// Returns the reasons, if the told text speaks for the signature. Its clues about the place are taken for granted, and at least
/// one clue must hold that is not about the place.
fn holds_told(signature: &Signature, told: &Told, area: &Area) -> Option<Vec<Reason>> {
    let (all, any) = (usize::from(signature.all), usize::from(signature.any));
    let mut reasons = Vec::new();
    let mut one = any == 0;
    // Every site uses the same numbers of answers, so a number alone says nothing if the signature asks for somebody else's host
    // or for a mark.
    let mut ours = true;
    for (at, clue) in signature.clues().enumerate() {
        match sees_told(&clue, told, area) {
            // The clue is about the place.
            None => {
                one |= (all..all + any).contains(&at);
                let ours_too =
                    |hosts: Strings| hosts.iter().any(|host| host.contains("openai") || host.contains("chatgpt"));
                ours &= at >= all
                    || !matches!(clue, Clue::Marker(_)) && !matches!(clue, Clue::Host(hosts) if !ours_too(hosts));
            }
            Some(None) if at < all => return None,
            Some(None) => {}
            Some(Some(_)) if at >= all + any => return None,
            Some(Some(reason)) => {
                one |= at >= all;
                reasons.push(reason);
            }
        }
    }
    let speaks = ours || reasons.iter().any(|reason| reason.clue != ReasonKind::Status);
    (one && speaks && !reasons.is_empty()).then_some(reasons)
}

/// Tells whether a clue holds for a told text. `None`: the clue is about the place. `Some(None)`: it does not hold.
fn sees_told(clue: &Clue, told: &Told, area: &Area) -> Option<Option<Reason>> {
    let quote = |clue, quote: Option<&str>| Some(quote.map(|quote| Reason { clue, quote: quote.to_owned() }));
    match clue {
        Clue::Title(_) | Clue::Text(_) | Clue::Whole(_) | Clue::Message(_) if !area.means => Some(None),
        Clue::Title(ids) | Clue::Text(ids) | Clue::Whole(ids) => {
            quote(ReasonKind::Text, ids.iter().find_map(|id| area.text.seen(id)))
        }
        Clue::Message(sets) => {
            let known = |set: u8| sets.iter().any(|known| known == u16::from(set));
            quote(ReasonKind::Text, area.messages.iter().find(|(set, _)| known(*set)).map(|(_, words)| *words))
        }
        Clue::Code(codes) => {
            let code = told.codes.iter().find(|code| codes.iter().any(|known| known == code.value));
            quote(ReasonKind::Code, code.map(|code| code.value.as_str()))
        }
        Clue::Status(ranges) => {
            let status = told.status?;
            quote(ReasonKind::Status, within(*ranges, status).then(|| status.to_string()).as_deref())
        }
        Clue::Failure(patterns) => {
            let failure = told.failure.as_deref().filter(|failure| patterns.iter().any(|code| glob(code, failure)));
            quote(ReasonKind::Failure, failure)
        }
        Clue::Earlier { .. } => Some(None),
        Clue::Header(..) | Clue::Marker(_) | Clue::Host(_) | Clue::Path(_) | Clue::Bare(_) => None,
    }
}

/// Does a clue of surface `request` hold for this one?
fn fits(clue: &Clue, request: &Request) -> bool {
    let any = |globs: Strings, text: &str| globs.iter().any(|pattern| glob(pattern, text));
    match clue {
        Clue::Status(ranges) => request.status.is_some_and(|status| within(*ranges, status)),
        Clue::Host(hosts) => any(*hosts, &request.host),
        Clue::Path(paths) => any(*paths, &request.path),
        Clue::Failure(codes) => request.failure.as_deref().is_some_and(|failure| any(*codes, failure)),
        // The observer knows only one header of a request: whether the answer was a page.
        Clue::Header(..) => request.html,
        _ => false,
    }
}

/// Is the status in one of the ranges?
fn within(ranges: Numbers, status: u16) -> bool {
    let mut ends = ranges.iter();
    while let (Some(first), Some(last)) = (ends.next(), ends.next()) {
        if (first..=last).contains(&status) {
            return true;
        }
    }
    false
}

fn quoted(request: &Request) -> Reason {
    let status = request.status.map(|status| status.to_string());
    let what = status.as_deref().or(request.failure.as_deref()).unwrap_or_default();
    Reason { clue: ReasonKind::Request, quote: format!("{what} {}{}", request.host, request.path) }
}

fn messages(text: &str) -> Vec<(u8, &str)> {
    let mut found = Vec::new();
    catalog::MESSAGES.scan(text, |set, words| found.push((set, without_address(words))));
    found
}

/// Returns the words before the first word that could be an IP address; if there are none, the words behind it. Words with digits
/// count for nothing in a message and can stand anywhere in it, so also the visitor's IP address.
fn without_address(words: &str) -> &str {
    let count = |word: &str, sign: u8| word.bytes().filter(|byte| *byte == sign).count();
    let (mut from, mut at) = (0, 0);
    for word in words.split_inclusive(char::is_whitespace) {
        if count(word, b':') > 1 || count(word, b'.') > 2 && word.bytes().any(|byte| byte.is_ascii_digit()) {
            let before = words.get(from..at).unwrap_or_default().trim();
            if !before.is_empty() {
                return before;
            }
            from = at + word.len();
        }
        at += word.len();
    }
    words.get(from..).unwrap_or_default().trim()
}

/// Tells whether the page is a short answer of an interface.
fn is_data(page: &Page) -> bool {
    page.content_type.ends_with("json") && page.text.len() <= BARE_TEXT
}

fn is_bare(page: &Page) -> bool {
    // Error pages are HTML. JSON is read by its codes. A plain text may be anybody's, unless it is empty: Firefox shows an answer
    // without a body and without a type in this way.
    let kind = page.content_type.as_str();
    let html = ["", "text/html", "application/xhtml+xml"].contains(&kind);
    (html || kind == "text/plain" && page.text.is_empty())
        && !page.app
        && page.elements <= BARE_ELEMENTS
        && page.text.len() <= BARE_TEXT
}

fn markers(tokens: &[String]) -> Vec<Option<&str>> {
    let mut found = vec![None; catalog::MARKERS.len() + catalog::MARKER_GLOBS.len()];
    for token in tokens {
        if let Ok(id) = catalog::MARKERS.binary_search(&token.as_str()) {
            found[id] = Some(token.as_str());
        }
        for (id, pattern) in catalog::MARKER_GLOBS.iter().enumerate() {
            if glob(pattern, token) {
                found[catalog::MARKERS.len() + id] = Some(token.as_str());
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::messages;

    #[test]
    fn a_message_is_quoted_without_an_address() {
        let quoted = |text: &'static str| messages(text).first().map(|(_, words)| *words);
        assert_eq!(quoted("Your workspace has been deactivated"), Some("Your workspace has been deactivated"));
        assert_eq!(quoted("Your workspace has (203.0.113.7) been deactivated"), Some("Your workspace has"));
        assert_eq!(
            quoted("203.0.113.7 Your workspace has been deactivated"),
            Some("Your workspace has been deactivated")
        );
        assert_eq!(quoted("Your workspace 2001:0:1::7 has been deactivated..."), Some("Your workspace"));
    }
}
