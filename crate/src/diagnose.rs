//! From the signatures that held to one diagnosis: ranks, never merges. Silence and "cannot tell" are answers.

use crate::{
    address::Address,
    catalog::{self, Signature},
    evidence::Visit,
    facts,
    quote::quoted,
    report::{Confidence, Diagnosis, Facts, Other, Reason, ReasonKind, Surface},
    signature::{Match, Scene},
};

/// `None`: no page of OpenAI's or of a sign-in to it, or nothing is known to be wrong with it. Only signatures that
/// `counts` takes are asked.
pub fn diagnose(visit: &Visit, counts: impl Fn(&Signature) -> bool) -> Option<Diagnosis> {
    let evidence = &visit.evidence;
    let address = Address::read(&evidence.url).filter(|address| address.is_openai() || address.is_in_flow())?;
    let signals = facts::signals(evidence, &address);
    let mut ranked = Scene::new(visit, &address, &signals).matches();
    ranked.retain(|found| counts(&found.signature));
    // A quiet cause is drawn all the same where the person sees that something is wrong.
    let seen = visit.standing.as_ref().is_some_and(|standing| standing.overlay)
        || ranked.iter().any(|found| !found.signature.quiet && !found.signature.beside);
    // What counts only beside another cause can be the best when it is alone.
    let best = take_best(&mut ranked).filter(|best| !best.signature.beside)?;
    let cause = catalog::CAUSES.get(usize::from(best.signature.cause))?;
    let mut others: Vec<Other> = Vec::new();
    while let Some(other) = take_best(&mut ranked) {
        let named = catalog::CAUSES.get(usize::from(other.signature.cause))?;
        // That something failed is said already.
        let adds = !other.signature.fallback || best.signature.fallback;
        if adds && others.len() < OTHERS && named.id != cause.id && !others.iter().any(|known| known.cause == named.id)
        {
            others.push(Other {
                cause: named.id.to_owned(),
                family: named.family.to_owned(),
                mover: named.mover,
                confidence: other.signature.confidence,
                reasons: reasons(&other.reasons),
            });
        }
    }
    let surface = best.signature.surface;
    // Without a page the browser shows an error page of its own, where nothing can be drawn.
    let drawable = match surface {
        Surface::Page => evidence.page.is_some(),
        Surface::Alert | Surface::Request => true,
        Surface::Network | Surface::Told => false,
    };
    Some(Diagnosis {
        cause: cause.id.to_owned(),
        family: cause.family.to_owned(),
        confidence: best.signature.confidence,
        mover: cause.mover,
        surface,
        // On other people's pages nothing is drawn.
        overlay: cause.overlay && drawable && seen && address.is_openai(),
        reasons: reasons(&best.reasons),
        facts: Facts {
            // The core looks for a time only where somebody has to wait.
            resets: cause.waits().then(|| facts::said_time(visit)).flatten(),
            ..facts::facts(evidence, &address, &signals)
        },
        others,
        seen: None,
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
fn rank(found: &Match) -> (bool, Confidence, bool, bool, u32) {
    let weight = |reason: &Reason| match reason.clue {
        ReasonKind::Header
        | ReasonKind::Code
        | ReasonKind::Address
        | ReasonKind::Failure
        | ReasonKind::Request
        | ReasonKind::Finding
        | ReasonKind::Loads
        | ReasonKind::Told => 5,
        ReasonKind::Marker => 3,
        ReasonKind::Title | ReasonKind::Text | ReasonKind::Alert => 2,
        ReasonKind::Status => 1,
    };
    let Signature { beside, confidence, fallback, meant, .. } = found.signature;
    (!beside, confidence, !fallback, !meant, found.reasons.iter().map(weight).sum())
}

/// How many clues are quoted for one cause, and how many other causes are named.
const REASONS: usize = 4;
const OTHERS: usize = 4;

/// Each quote once: a code may be both in the address and in the text.
fn reasons(all: &[Reason]) -> Vec<Reason> {
    let mut kept: Vec<Reason> = Vec::new();
    for reason in all {
        let reason = quoted(reason);
        if kept.len() < REASONS && !kept.contains(&reason) {
            kept.push(reason);
        }
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quotes_stand_once_and_are_few() {
        let reason = |quote: &str| Reason { clue: ReasonKind::Text, quote: quote.into() };
        let all = ["a", "b", "a", "c", "b", "d", "e"].map(reason);
        assert_eq!(reasons(&all), ["a", "b", "c", "d"].map(reason));
    }
}
