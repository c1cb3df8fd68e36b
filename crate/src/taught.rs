//! This module holds the core to signatures that the compiled catalogue does not have. So a program can propose one and see what
//! comes of it, without a build. It is not part of what ships.

use crate::{
    address::{Address, glob},
    catalog::{self, Signature},
    diagnose,
    evidence::Visit,
    facts,
    report::{Confidence, Diagnosis, Reason, ReasonKind, Surface},
    signature::{Match, Scene},
};
use access_medic_phrases::{lay_out, pattern};

/// A signature that is proposed: it holds where all of its clues hold, but not on the paths that it excludes.
#[derive(Clone, Debug, PartialEq)]
pub struct Taught {
    pub cause: String,
    pub confidence: Confidence,
    pub surface: Surface,
    pub all: Vec<TaughtClue>,
    /// Globs of paths where the signature does not count.
    pub not_path: Vec<String>,
}

/// A clue of such a signature. The names are those of `catalog/README.md`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum TaughtClue {
    Status(u16),
    Header(String, String),
    Code(String),
    Marker(String),
    Title(String),
    Text(String),
    Host(Vec<String>),
    Path(String),
    Bare,
}

impl Taught {
    /// Returns the reasons, if the signature holds.
    pub fn holds(&self, visit: &Visit) -> Option<Vec<Reason>> {
        let evidence = &visit.evidence;
        let address = Address::read(&evidence.url).filter(Address::is_openai)?;
        if self.not_path.iter().any(|path| glob(path, address.path)) {
            return None;
        }
        let signals = facts::signals(evidence, &address);
        let is_bare = Scene::new(visit, &address, &signals).bare;
        let codes: Vec<&str> = signals.codes.iter().map(|code| code.value.as_str()).collect();
        let seen = |title: &str, text: &str, markers: &[String], said: ReasonKind| -> Option<Vec<Reason>> {
            let mut reasons = Vec::new();
            for clue in &self.all {
                let reason = |clue, quote: &str| Some(Reason { clue, quote: quote.to_owned() });
                reasons.extend(match clue {
                    TaughtClue::Status(status) => (facts::status(evidence) == Some(*status))
                        .then(|| reason(ReasonKind::Status, &status.to_string()))?,
                    TaughtClue::Header(name, value) => {
                        facts::header(evidence, name)
                            .filter(|seen| glob(value, seen))
                            .map(|seen| reason(ReasonKind::Header, &format!("{name}: {seen}")))?
                    }
                    TaughtClue::Code(code) => codes.contains(&code.as_str()).then(|| reason(ReasonKind::Code, code))?,
                    TaughtClue::Marker(mark) => {
                        markers.iter().find(|known| glob(mark, known)).map(|known| reason(ReasonKind::Marker, known))?
                    }
                    TaughtClue::Title(phrase) => says(title, phrase).then(|| reason(ReasonKind::Title, phrase))?,
                    TaughtClue::Text(phrase) => says(text, phrase).then(|| reason(said, phrase))?,
                    TaughtClue::Host(hosts) => hosts.iter().any(|host| glob(host, address.host)).then_some(None)?,
                    TaughtClue::Path(path) => glob(path, address.path).then_some(None)?,
                    TaughtClue::Bare => is_bare.then_some(None)?,
                });
            }
            Some(reasons)
        };
        match self.surface {
            Surface::Page => {
                let page = evidence.page.as_ref()?;
                seen(&page.title, &page.text, &page.markers, ReasonKind::Text)
            }
            Surface::Alert => {
                evidence.alerts.iter().find_map(|alert| seen("", &alert.text, &alert.markers, ReasonKind::Alert))
            }
            Surface::Request => evidence.requests.iter().find_map(|request| {
                let fits = |clue: &TaughtClue| match clue {
                    TaughtClue::Status(status) => request.status == Some(*status),
                    TaughtClue::Host(hosts) => hosts.iter().any(|host| glob(host, &request.host)),
                    TaughtClue::Path(path) => glob(path, &request.path),
                    _ => false,
                };
                let quote = format!("{} {}{}", request.status.unwrap_or_default(), request.host, request.path);
                self.all.iter().all(fits).then(|| vec![Reason { clue: ReasonKind::Request, quote }])
            }),
            Surface::Network | Surface::Told => None,
        }
    }
}

/// Tells whether a text holds a phrase, as the core looks for phrases.
pub fn says(text: &str, phrase: &str) -> bool {
    lay_out(&[pattern(phrase)]).is_ok_and(|layout| layout.trie().scan(text).seen(0).is_some())
}

/// Returns the codes of machines that the evidence holds.
pub fn codes(visit: &Visit) -> Vec<String> {
    let Some(address) = Address::read(&visit.evidence.url) else { return Vec::new() };
    facts::signals(&visit.evidence, &address).codes.into_iter().map(|code| code.value).collect()
}

/// Returns the names of the catalogue's signatures that hold, each with its cause.
pub fn holding(visit: &Visit) -> Vec<(&'static str, &'static str)> {
    let Some(address) = Address::read(&visit.evidence.url) else { return Vec::new() };
    let signals = facts::signals(&visit.evidence, &address);
    let matches = Scene::new(visit, &address, &signals).matches();
    let named =
        |Match { signature, .. }: &Match| Some((signature.name, catalog::CAUSES.get(usize::from(signature.cause))?.id));
    matches.iter().filter_map(named).collect()
}

/// Returns the family of a cause.
pub fn family(cause: &str) -> Option<&'static str> {
    catalog::cause(cause).map(|cause| cause.family)
}

/// This says which part of the catalogue counts.
#[derive(Clone, Debug, Default)]
pub struct Counting {
    /// Names of signatures that are taken out.
    pub without: Vec<&'static str>,
    /// Whether words are understood by what they mean.
    pub meanings: bool,
}

/// Returns the diagnosis that the catalogue gives with a signature more.
pub fn diagnose(visit: &Visit, counting: &Counting, taught: Option<&Taught>) -> Option<Diagnosis> {
    let address = Address::read(&visit.evidence.url).filter(|address| address.is_openai() || address.is_in_flow())?;
    let signals = facts::signals(&visit.evidence, &address);
    let mut matches = Scene::new(visit, &address, &signals).matches();
    matches.retain(
        |Match { signature, .. }| {
            if signature.meant { counting.meanings } else { !counting.without.contains(&signature.name) }
        },
    );
    if let Some(taught) = taught
        && let Some(reasons) = taught.holds(visit)
        && let Some(cause) = catalog::CAUSES.iter().position(|cause| cause.id == taught.cause)
    {
        let signature = Signature::taught(u8::try_from(cause).ok()?, taught.confidence, taught.surface);
        matches.push(Match { signature, reasons });
    }
    diagnose::choose(visit, &address, &signals, matches)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Evidence, Page, Response};

    fn visit(text: &str) -> Visit {
        let page = Page { elements: 20, text: text.into(), markers: vec!["#gate".into()], ..Page::default() };
        let response = Some(Response { status: 403, headers: vec![] });
        let evidence =
            Evidence { url: "https://chatgpt.com/".into(), response, page: Some(page), ..Evidence::default() };
        Visit { evidence, ..Visit::default() }
    }

    #[test]
    fn a_signature_that_is_taught_counts_like_one_of_the_catalogue() {
        let all = vec![TaughtClue::Status(403), TaughtClue::Text("The gate is closed".into())];
        let taught = Taught {
            cause: "edge_refused".into(),
            confidence: Confidence::Likely,
            surface: Surface::Page,
            all,
            not_path: vec!["/c/*".into()],
        };
        let counting = Counting { meanings: true, ..Counting::default() };
        let cause = |text: &str| diagnose(&visit(text), &counting, Some(&taught)).map(|found| found.cause);
        assert_eq!(cause("Sorry: THE GATE is closed.").as_deref(), Some("edge_refused"));
        assert_eq!(cause("The gate is open").as_deref(), Some("cannot_tell"));
        assert!(
            says("the gate, is closed!", "The gate is closed") && !says("bathe gate is closed", "the gate is closed")
        );
    }

    #[test]
    fn what_is_taken_out_does_not_count() {
        let mut blocked = visit("");
        blocked.evidence.page.as_mut().unwrap().markers = vec![".blocked-icon".into()];
        let (without, cause): (Vec<_>, Vec<_>) = holding(&blocked).into_iter().unzip();
        assert!(cause.contains(&"edge_refused"));
        let counting = Counting { without, meanings: true };
        assert_eq!(diagnose(&blocked, &counting, None), None);
    }
}
