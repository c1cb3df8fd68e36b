//! This module chooses, out of the clues that a page offers, those that set it apart from everything that is known.

use crate::{
    clues::{self, Kind, Offer},
    known::Known,
};
use access_medic::{
    Confidence, Evidence, Surface, Visit,
    taught::{Counting, Taught, TaughtClue, diagnose},
};
use access_medic_phrases::folded;

/// The hosts on which the same pages are shown: those of the chat, and those of the login.
const GROUPS: [(&str, &[&str]); 2] =
    [("@app", &["chatgpt.com", "chat.openai.com"]), ("@login", &["auth.openai.com", "auth0.openai.com"])];
/// Where people talk, whatever words stand there are theirs.
const TALK: [&str; 3] = ["/c/*", "/share/*", "/g/*"];

/// This is what is asked: the page, as each browser sees it, its cause, and what counts beside the new signature.
pub struct Asked<'a> {
    pub visits: &'a [Visit],
    pub cause: &'a str,
    pub known: &'a [Known],
    pub counting: &'a Counting,
}

/// A signature that sets the page apart, with a name for its files.
#[derive(Debug)]
pub struct Proposal {
    pub taught: Taught,
    pub name: String,
}

/// Returns the first signature, from the most stable clues on, that holds on the page and on nothing that has another cause, and by
/// which the page gets its cause.
pub fn propose(asked: &Asked<'_>) -> Option<Proposal> {
    let visit = asked.visits.first()?;
    let mut candidates: Vec<(Kind, bool, usize, Proposal)> = Vec::new();
    let mut add = |surface: Surface, offers: Vec<Offer>| {
        candidates.extend(offers.into_iter().map(|offer| {
            let (kind, rank) = (offer.kind, offer.rank);
            (
                kind,
                surface == Surface::Page,
                rank,
                Proposal { taught: signature(asked, visit, surface, &offer), name: offer.name },
            )
        }));
    };
    let evidence = &visit.evidence;
    let is_shell = evidence.page.as_ref().is_none_or(|page| page.app);
    // On a page that was answered well, an error surface is the fault.
    let alerts = is_shell || clues::failing_status(evidence).is_none();
    for alert in evidence.alerts.iter().filter(|_| alerts) {
        add(Surface::Alert, clues::of_alert(alert));
    }
    if !is_shell {
        add(Surface::Page, clues::of_page(visit));
    }
    candidates.sort_by_key(|(kind, page, rank, _)| (*kind, *page, *rank));
    let found: Vec<Proposal> = candidates.into_iter().map(|(_, _, _, proposal)| proposal).collect();
    let narrower: Vec<Proposal> = found.iter().flat_map(|proposal| narrowed(evidence, proposal)).collect();
    let mut all = found.into_iter().chain(narrower).chain(request(asked, evidence));
    all.find(|proposal| sets_apart(asked, &proposal.taught) && is_named(asked, &proposal.taught))
}

/// Returns the same signature where it stands beside what a machine wrote of the answer, and where it counts at one address alone:
/// the same sentence can mean another thing elsewhere.
fn narrowed(evidence: &Evidence, proposal: &Proposal) -> Vec<Proposal> {
    let is_worded = proposal.taught.all.iter().any(|clue| matches!(clue, TaughtClue::Text(_) | TaughtClue::Title(_)));
    let with = |clue: TaughtClue, confidence: Confidence| {
        let mut taught = Taught { confidence, ..proposal.taught.clone() };
        let at = taught.all.iter().position(|clue| !matches!(clue, TaughtClue::Host(_))).unwrap_or_default();
        taught.all.insert(at, clue);
        Proposal { taught, name: proposal.name.clone() }
    };
    let mut narrower = Vec::new();
    if is_worded && proposal.taught.surface == Surface::Page {
        let mitigated = evidence.response.iter().flat_map(|response| &response.headers);
        narrower.extend(
            mitigated
                .filter(|header| header.name == "cf-mitigated")
                .map(|header| with(TaughtClue::Header(header.name.clone(), header.value.clone()), Confidence::Certain)),
        );
        let path = path_of(evidence).split('?').next().unwrap_or_default();
        if path.len() > 1 && !path.contains('*') {
            narrower.push(with(TaughtClue::Path(path.to_owned()), proposal.taught.confidence));
        }
    }
    narrower
}

/// Makes a signature of clues, with the anchors that its surface needs.
fn signature(asked: &Asked<'_>, visit: &Visit, surface: Surface, offer: &Offer) -> Taught {
    let host = host_of(&visit.evidence);
    let group = GROUPS.iter().find(|(_, hosts)| hosts.contains(&host));
    let hosts =
        group.map_or_else(|| vec![host.to_owned()], |(_, hosts)| hosts.iter().map(|&host| host.to_owned()).collect());
    let worded = offer.kind == Kind::Words;
    let mut all = Vec::new();
    // Codes and headers of an answer mean the same on every host.
    if !matches!(offer.kind, Kind::Code | Kind::Header) {
        all.push(TaughtClue::Host(hosts));
    }
    let mut not_path = Vec::new();
    if worded && surface == Surface::Page {
        let small = visit.evidence.page.as_ref().is_some_and(|page| page.elements <= 120);
        match clues::failing_status(&visit.evidence) {
            Some(status) => all.push(TaughtClue::Status(status)),
            None if small => all.push(TaughtClue::Bare),
            None => {}
        }
        let is_talk = TALK.iter().any(|talk| path_of(&visit.evidence).starts_with(talk.trim_end_matches('*')));
        if !is_talk {
            not_path = TALK.map(str::to_owned).to_vec();
        }
    }
    if worded && surface == Surface::Alert {
        all.extend(anchor(&visit.evidence, offer).map(TaughtClue::Marker));
    }
    all.extend(offer.clues.iter().cloned());
    Taught {
        cause: asked.cause.to_owned(),
        confidence: if worded { Confidence::Likely } else { Confidence::Certain },
        surface,
        all,
        not_path,
    }
}

/// Marks that make an error surface, the ones that say most first.
const SURFACES: [&str; 8] = [
    "[data-testid=toast-error]",
    ".text-token-text-error",
    ".react-aria-FieldError",
    "in:empty-thread",
    "[role=alertdialog]",
    "[role=alert]",
    "[role=dialog]",
    ".toast-root",
];

/// Returns the mark by which the surface that says the words is known to be one.
fn anchor(evidence: &Evidence, offer: &Offer) -> Option<String> {
    let phrase =
        offer.clues.iter().find_map(|clue| if let TaughtClue::Text(words) = clue { Some(words) } else { None })?;
    let alert = evidence.alerts.iter().find(|alert| access_medic::taught::says(&alert.text, phrase))?;
    let known = SURFACES.iter().find(|mark| alert.markers.iter().any(|token| token == *mark));
    let own = || alert.markers.iter().find(|mark| mark.starts_with('#') && mark.ends_with("-error"));
    known.map(|&mark| mark.to_owned()).or_else(|| own().cloned())
}

/// Proposes what is left where nothing is to be seen: a request that failed.
fn request(asked: &Asked<'_>, evidence: &Evidence) -> Option<Proposal> {
    let request = evidence.requests.iter().find(|request| request.status.is_some())?;
    let status = request.status?;
    let all = vec![
        TaughtClue::Host(vec![request.host.clone()]),
        TaughtClue::Status(status),
        TaughtClue::Path(request.path.clone()),
    ];
    let (cause, surface) = (asked.cause.to_owned(), Surface::Request);
    let taught = Taught { cause, confidence: Confidence::Possible, surface, all, not_path: Vec::new() };
    Some(Proposal { taught, name: format!("request-{status}") })
}

/// Tells whether a signature holds on nothing that has another cause or is healthy.
fn sets_apart(asked: &Asked<'_>, taught: &Taught) -> bool {
    let phrases = taught.all.iter().filter_map(|clue| match clue {
        TaughtClue::Title(words) | TaughtClue::Text(words) => Some(folded(words).trim().to_owned()),
        _ => None,
    });
    let phrases: Vec<String> = phrases.collect();
    asked
        .known
        .iter()
        .filter(|known| known.cause.as_deref() != Some(asked.cause))
        // What does not hold the letters cannot hold the words; most is passed over so.
        .filter(|known| phrases.iter().all(|phrase| known.words.contains(phrase)))
        .all(|known| known.visits.iter().all(|visit| taught.holds(visit).is_none()))
}

/// Tells whether the page gets its cause by the signature.
fn is_named(asked: &Asked<'_>, taught: &Taught) -> bool {
    asked
        .visits
        .iter()
        .all(|visit| diagnose(visit, asked.counting, Some(taught)).is_some_and(|found| found.cause == asked.cause))
}

fn rest_of(evidence: &Evidence) -> &str {
    evidence.url.split_once("://").map_or("", |(_, rest)| rest)
}

fn host_of(evidence: &Evidence) -> &str {
    rest_of(evidence).split(['/', '?', '#']).next().unwrap_or_default()
}

fn path_of(evidence: &Evidence) -> &str {
    let rest = rest_of(evidence);
    rest.find('/').and_then(|at| rest.get(at..)).unwrap_or("/")
}
