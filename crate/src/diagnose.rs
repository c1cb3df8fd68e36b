//! From the signatures that held to one diagnosis: ranks, never merges. Silence and "cannot tell" are answers.

use crate::{
    address::Address,
    catalog,
    evidence::Evidence,
    facts,
    report::{Confidence, Diagnosis, Reason, ReasonKind, Surface},
    signature::{Match, Scene},
};

/// `None`: no page of OpenAI's, or nothing is known to be wrong with it.
pub fn diagnose(evidence: &Evidence) -> Option<Diagnosis> {
    let address = Address::read(&evidence.url).filter(Address::is_openai)?;
    let signals = facts::signals(evidence, &address);
    let mut ranked = Scene::new(evidence, &address, &signals).matches();
    let best = take_best(&mut ranked)?;
    let cause = catalog::CAUSES.get(usize::from(best.signature.cause))?;
    let mut others: Vec<String> = Vec::new();
    while let Some(other) = take_best(&mut ranked) {
        let id = catalog::CAUSES.get(usize::from(other.signature.cause))?.id;
        if id != cause.id && !others.iter().any(|known| known == id) {
            others.push(id.to_owned());
        }
    }
    let surface = best.signature.surface;
    Some(Diagnosis {
        cause: cause.id.to_owned(),
        family: cause.family.to_owned(),
        confidence: best.signature.confidence,
        mover: cause.mover,
        surface,
        // Without a page the browser shows an error page of its own, where nothing can be drawn.
        overlay: cause.overlay && surface != Surface::Network && (evidence.page.is_some() || surface == Surface::Alert),
        reasons: reasons(&best.reasons),
        facts: facts::facts(evidence, &address, &signals),
        others,
    })
}

/// A few matches at most, so no sorting: that would be a tenth of the core's code.
fn take_best(matches: &mut Vec<Match>) -> Option<Match> {
    let best = matches.iter().map(rank).max()?;
    let at = matches.iter().position(|found| rank(found) == best)?;
    Some(matches.remove(at))
}

/// Surer first; then what names a cause before what only says that something failed; then the one that more and stronger clues speak for. What is still equal
/// stays in the catalogue's order.
fn rank(found: &Match) -> (Confidence, bool, u32) {
    let weight = |reason: &Reason| match reason.clue {
        ReasonKind::Header | ReasonKind::Code | ReasonKind::Address | ReasonKind::Failure => 5,
        ReasonKind::Marker => 3,
        ReasonKind::Title | ReasonKind::Text | ReasonKind::Alert => 2,
        ReasonKind::Status => 1,
    };
    (found.signature.confidence, !found.signature.fallback, found.reasons.iter().map(weight).sum())
}

/// Each quote once: a code may be both in the address and in the text.
fn reasons(all: &[Reason]) -> Vec<Reason> {
    let mut kept: Vec<Reason> = Vec::new();
    for reason in all {
        if !kept.contains(reason) {
            kept.push(reason.clone());
        }
    }
    kept
}
