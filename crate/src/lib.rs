//! This crate is the core of Access Medic: [`examine`] reads the evidence of a page and says what failed, why we think so, what
//! to do, and whether the last remedy helped.
//!
//! It is pure: it has no clock, no input or output, no page and no state. The same visit always gives the same report, and no
//! visit makes it fail. Only `wasm` knows that JavaScript exists.

mod address;
mod body;
mod catalog;
mod diagnose;
mod evidence;
mod facts;
mod lexicon;
mod meaning;
mod plan;
mod quote;
mod report;
mod signature;
pub mod tab;
#[cfg(not(target_arch = "wasm32"))]
pub mod taught;
mod times;
mod told;
mod verdict;
mod wait;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use evidence::{Alert, Attempt, Evidence, Header, Load, Outcome, Page, Request, Response, Standing, Told, Visit};
pub use report::{
    Action, Confidence, Diagnosis, Facts, Failing, Judgement, Mover, Other, Reason, ReasonKind, Report, Scope, Step,
    StepState, Surface, Verdict,
};

use address::Address;
use catalog::Signature;
use plan::Known;

/// Examines a visit and returns the report on it; this is the main function of the crate. If the evidence shows nothing (no page,
/// no alert, no failure), the standing diagnosis stays as it is, so that a plan can be made again after a step.
pub fn examine(visit: &Visit) -> Report {
    examine_by(visit, |_| true)
}

/// Returns the report that the catalogue gives without this signature and without understanding words by what they mean; for
/// tests.
#[cfg(not(target_arch = "wasm32"))]
pub fn examine_without(visit: &Visit, signature: &str) -> Report {
    examine_by(visit, |known| known.name != signature && !known.meant)
}

/// Returns the report that is left when every exact sentence is taken away: codes, structure and the meaning of words remain; for
/// tests.
#[cfg(not(target_arch = "wasm32"))]
pub fn examine_without_sentences(visit: &Visit) -> Report {
    examine_by(visit, |known| !known.is_worded())
}

fn examine_by(visit: &Visit, counts: impl Fn(&Signature) -> bool) -> Report {
    let evidence = &visit.evidence;
    let Some(address) = Address::read(&evidence.url) else { return Report::default() };
    // Pages of others in a sign-in are examined, but nothing is offered to be cleared there.
    let ours = address.is_openai();
    if !ours && !address.is_in_flow() {
        return Report::default();
    }
    let seen = diagnose::diagnose(visit, counts);
    let weigh = |id: &str, confidence| catalog::cause(id).map(|seen| plan::weigh(visit, seen, confidence));
    let judgement = verdict::judge(visit, seen.as_ref().and_then(|seen| catalog::cause(&seen.cause)));
    // A page or a failure replaces the standing diagnosis, and an alert is weighed against it. Evidence that shows nothing leaves
    // it as it is.
    let silent = evidence.page.is_none() && evidence.failure.is_none();
    let outweighs = |seen: &Diagnosis, standing: &Standing| {
        // At the same confidence, a diagnosis without an overlay does not replace the standing one: it would only be named at the
        // toolbar.
        seen.confidence > standing.confidence || seen.overlay && seen.confidence == standing.confidence
    };
    let standing = visit
        .standing
        .as_ref()
        .filter(|standing| silent && !seen.as_ref().is_some_and(|seen| outweighs(seen, standing)));
    let told = match (standing, &seen) {
        (Some(standing), _) => standing.facts.clone(),
        (None, Some(Diagnosis { facts, .. })) => Told { retry_after: facts.retry_after, resets: facts.resets },
        (None, None) => Told::default(),
    };
    let known = match (standing, &seen) {
        (Some(Standing { cause, confidence, .. }), _) => weigh(cause, *confidence),
        (None, Some(Diagnosis { cause, confidence, .. })) => weigh(cause, *confidence),
        (None, None) => None,
    };
    let turned = known.and_then(|Known { shown, finding, .. }| {
        Some(Other {
            cause: shown.id.to_owned(),
            family: shown.family.to_owned(),
            mover: shown.mover,
            confidence: Confidence::Likely,
            reasons: vec![Reason { clue: ReasonKind::Finding, quote: finding?.id.to_owned() }],
        })
    });
    Report {
        stands: standing.is_some() && known.is_some(),
        turned,
        plan: known.map(|known| plan::plan(visit, known, &told, &address, judgement.as_ref())).unwrap_or_default(),
        tools: if ours { plan::tools(visit, known.map(|known| known.seen), &address) } else { Vec::new() },
        diagnosis: if standing.is_some() { None } else { seen },
        judgement,
    }
}

/// Returns the time at which one may try again according to a message; for tests.
#[cfg(not(target_arch = "wasm32"))]
pub fn told_time(text: &str, now: f64, offset: f64) -> Option<f64> {
    times::told_time(text, now, offset)
}

/// Lists the causes that the catalogue has; for tests.
#[cfg(not(target_arch = "wasm32"))]
pub fn causes() -> impl Iterator<Item = &'static str> {
    catalog::CAUSES.iter().map(|cause| cause.id)
}

/// Lists the places whose time zones the catalogue has, by the code of the country; for tests.
#[cfg(not(target_arch = "wasm32"))]
pub fn zoned_places() -> impl Iterator<Item = &'static str> {
    catalog::ZONES.iter().map(|(code, _)| *code)
}

/// Lists the remedies that the catalogue has; for tests.
#[cfg(not(target_arch = "wasm32"))]
pub fn remedies() -> impl Iterator<Item = &'static str> {
    catalog::REMEDIES.iter().map(|remedy| remedy.id)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(url: &str, status: u16, text: &str) -> Report {
        let page = Page { elements: 20, text: text.into(), markers: vec![".blocked-icon".into()], ..Page::default() };
        let response = Some(Response { status, headers: vec![] });
        let evidence = Evidence { url: url.into(), response, page: Some(page), ..Evidence::default() };
        examine(&Visit { evidence, ..Visit::default() })
    }

    #[test]
    fn on_other_peoples_pages_only_what_names_them_counts_and_nothing_is_cleared_or_drawn() {
        let callback = "http://localhost:1455/auth/callback?error=access_denied";
        for (url, cause) in
            [("https://accounts.google.com/v3/signin/rejected", "sign_in_browser_refused"), (callback, "login_expired")]
        {
            let report = report(url, 200, "");
            let diagnosis = report.diagnosis.unwrap();
            assert_eq!(diagnosis.cause, cause);
            assert!(!diagnosis.overlay && report.tools.is_empty() && !report.plan.is_empty());
            assert!(!report.plan.iter().any(|step| matches!(step.action, Action::Clear { .. })), "{url}");
        }
        for (url, status, text) in [
            ("https://accounts.google.com/", 403, "error code: 1020"),
            ("https://login.live.com/auth/error?error=invalid_state", 429, "Too many requests"),
            ("http://localhost:1455/auth/callback?code=x", 200, "error code: 1020"),
            ("http://localhost:3000/auth/callback?error=access_denied", 500, "Missing authorization code"),
        ] {
            assert_eq!(report(url, status, text), Report::default(), "{url}");
        }
    }
}
