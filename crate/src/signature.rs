//! Holds signatures against the evidence. Says which clues held, and nothing about what follows from it.

use access_medic_phrases::{Found, Trie};

use crate::{
    address::{Address, glob},
    catalog::{self, Clue, Signature},
    evidence::{Alert, Evidence, Page},
    facts::{self, Signals},
    report::{Reason, ReasonKind, Surface},
};

const PHRASES: Trie<'static> = Trie {
    labels: catalog::LABELS,
    next: catalog::NEXT,
    first: catalog::FIRST,
    word: catalog::WORD,
    ends: catalog::ENDS,
    phrases: catalog::PHRASES,
};

/// A page counts as bare up to these sizes: error pages have 15 to 85 elements and a few sentences
/// (corpus, "The healthy app"); articles and lists have more.
pub const BARE_ELEMENTS: u32 = 120;
const BARE_TEXT: usize = 3_000;

/// Everything that signatures look at, read once.
pub struct Scene<'e> {
    evidence: &'e Evidence,
    address: &'e Address<'e>,
    signals: &'e Signals<'e>,
    page: Option<Area<'e>>,
    alerts: Vec<Area<'e>>,
    /// There is a document to judge, or an answer that brought none: of an empty error answer browsers make a page of
    /// their own, which nobody can read.
    answered: bool,
    bare: bool,
}

/// One text with its markers: the page, or one alert.
struct Area<'e> {
    title: Option<Found<'e>>,
    text: Found<'e>,
    /// By marker id of the catalogue: the token that fits.
    markers: Vec<Option<&'e str>>,
}

/// A signature that held.
pub struct Match {
    pub signature: &'static Signature,
    pub reasons: Vec<Reason>,
}

impl<'e> Scene<'e> {
    pub fn new(evidence: &'e Evidence, address: &'e Address<'e>, signals: &'e Signals<'e>) -> Self {
        let page = evidence.page.as_ref();
        Self {
            evidence,
            address,
            signals,
            page: page.map(|page| Area {
                title: Some(PHRASES.scan(&page.title)),
                text: PHRASES.scan(&page.text),
                markers: markers(&page.markers),
            }),
            alerts: evidence
                .alerts
                .iter()
                .map(|Alert { text, markers: tokens }| Area {
                    title: None,
                    text: PHRASES.scan(text),
                    markers: markers(tokens),
                })
                .collect(),
            answered: page.is_some() || facts::status(evidence).is_some_and(|status| status >= 400),
            bare: page.is_some_and(is_bare),
        }
    }

    pub fn matches(&self) -> Vec<Match> {
        let held = |signature: &'static Signature| {
            let reasons = match signature.surface {
                Surface::Page => self.answered.then(|| self.holds(signature, self.page.as_ref())).flatten(),
                Surface::Network => self.holds(signature, None),
                Surface::Alert => self.alerts.iter().find_map(|alert| self.holds(signature, Some(alert))),
            };
            reasons.map(|reasons| Match { signature, reasons })
        };
        catalog::SIGNATURES.iter().filter_map(held).collect()
    }

    /// The reasons, if every clue of `all`, one of `any` and none of `none` holds.
    fn holds(&self, signature: &Signature, area: Option<&Area>) -> Option<Vec<Reason>> {
        let see = |clue: &Clue| self.sees(clue, area, signature.surface);
        let mut reasons = Vec::new();
        for clue in signature.all {
            reasons.extend(see(clue)?);
        }
        if !signature.any.is_empty() {
            reasons.extend(signature.any.iter().find_map(see)?);
        }
        if signature.none.iter().any(|clue| see(clue).is_some()) {
            return None;
        }
        Some(reasons)
    }

    /// `None`: the clue does not hold. `Some(None)`: it holds and is not worth quoting.
    fn sees(&self, clue: &Clue, area: Option<&Area>, surface: Surface) -> Option<Option<Reason>> {
        let quote = |clue, quote: &str| Some(Some(Reason { clue, quote: quote.to_owned() }));
        let said = if surface == Surface::Alert { ReasonKind::Alert } else { ReasonKind::Text };
        match clue {
            Clue::Status(ranges) => {
                let status = facts::status(self.evidence)?;
                if !ranges.iter().any(|(first, last)| (*first..=*last).contains(&status)) {
                    return None;
                }
                quote(ReasonKind::Status, &status.to_string())
            }
            Clue::Header { name, value } => {
                let seen = facts::header(self.evidence, name)?;
                if !glob(value, seen) {
                    return None;
                }
                quote(ReasonKind::Header, &format!("{name}: {seen}"))
            }
            Clue::Code(codes) => {
                let code = self.signals.codes.iter().find(|code| codes.contains(&code.value.as_str()))?;
                quote(
                    if code.from == ReasonKind::Address { ReasonKind::Address } else { ReasonKind::Code },
                    &code.value,
                )
            }
            Clue::Marker(ids) => quote(
                ReasonKind::Marker,
                ids.iter().find_map(|id| area?.markers.get(usize::from(*id)).copied().flatten())?,
            ),
            Clue::Title(ids) => {
                let title = area?.title.as_ref()?;
                quote(ReasonKind::Title, ids.iter().find_map(|id| title.seen(*id))?)
            }
            Clue::Text(ids) => quote(said, ids.iter().find_map(|id| area?.text.seen(*id))?),
            Clue::Whole(ids) => quote(said, ids.iter().find_map(|id| area?.text.whole(*id))?),
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
        }
    }
}

fn is_bare(page: &Page) -> bool {
    // Error pages are HTML. JSON is read by its codes, and a plain text may be anybody's.
    let html = ["", "text/html", "application/xhtml+xml"].contains(&page.content_type.as_str());
    html && !page.app && page.elements <= BARE_ELEMENTS && page.text.len() <= BARE_TEXT
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
