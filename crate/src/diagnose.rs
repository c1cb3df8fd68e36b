//! This module makes one diagnosis from the signatures that held: it ranks them and never merges them. It may also say nothing,
//! or say that it cannot tell.

use crate::{
    address::Address,
    catalog::{self, Signature},
    evidence::Visit,
    facts::{self, Signals},
    quote::quoted,
    report::{Confidence, Diagnosis, Facts, Other, Reason, ReasonKind, Surface},
    signature::{Match, Scene},
};

/// Returns the diagnosis of a visit; only signatures that `counts` accepts are asked. `None`: the page belongs neither to OpenAI
/// nor to a sign-in to it, or nothing is known to be wrong with it.
pub fn diagnose(visit: &Visit, counts: impl Fn(&Signature) -> bool) -> Option<Diagnosis> {
    let evidence = &visit.evidence;
    let address = Address::read(&evidence.url).filter(|address| address.is_openai() || address.is_in_flow())?;
    let signals = facts::signals(evidence, &address);
    let mut ranked = Scene::new(visit, &address, &signals).matches();
    ranked.retain(|found| counts(&found.signature));
    choose(visit, &address, &signals, ranked)
}

/// Makes the diagnosis from the signatures that held.
pub fn choose(visit: &Visit, address: &Address, signals: &Signals, mut ranked: Vec<Match>) -> Option<Diagnosis> {
    let evidence = &visit.evidence;
    // A quiet cause is drawn as well if the person sees that something is wrong.
    let seen = visit.standing.as_ref().is_some_and(|standing| standing.overlay)
        || ranked.iter().any(|found| !found.signature.quiet && !found.signature.beside);
    // A signature that counts only beside another cause can be the best one when it is alone; then there is no diagnosis.
    let best = take_best(&mut ranked).filter(|best| !best.signature.beside)?;
    let cause = catalog::CAUSES.get(usize::from(best.signature.cause))?;
    let mut others: Vec<Other> = Vec::new();
    while let Some(other) = take_best(&mut ranked) {
        let named = catalog::CAUSES.get(usize::from(other.signature.cause))?;
        // A fallback says only that something failed, so it adds nothing to a best signature that names a cause.
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
        // Nothing is drawn on pages of others.
        overlay: cause.overlay && drawable && seen && address.is_openai(),
        reasons: reasons(&best.reasons),
        facts: Facts {
            // The core looks for a time only where somebody has to wait.
            resets: cause.waits().then(|| facts::said_time(visit)).flatten(),
            ..facts::facts(evidence, address, signals)
        },
        others,
        seen: None,
    })
}

/// Takes the best match out of the list. There are only a few matches, so this does not sort: sorting would be a tenth of the
/// core's code.
fn take_best(matches: &mut Vec<Match>) -> Option<Match> {
    let best = matches.iter().map(rank).max()?;
    let at = matches.iter().position(|found| rank(found) == best)?;
    Some(matches.remove(at))
}

/// Returns the rank of a match. A signature that counts only beside another cause comes last. The higher confidence comes first,
/// then a signature that names a cause before one that says only that something failed, then exact words before what words mean,
/// then the match with more and stronger clues. Matches that are still equal stay in the catalogue's order.
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

/// The largest number of clues that are quoted for one cause, and of other causes that are named.
const REASONS: usize = 4;
const OTHERS: usize = 4;

/// Quotes the reasons, each quote once: a code may be both in the address and in the text.
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
