//! The brain of Access Medic: [`examine`] reads the evidence of a page and says what failed, why we think so, what
//! to do, and whether the last remedy helped.
//!
//! Pure: no clock, no input or output, no page, no state; the same visit always gives the same report, and no visit
//! makes it fail. Only `wasm` knows that JavaScript exists.

mod address;
mod body;
mod catalog;
mod diagnose;
mod evidence;
mod facts;
mod plan;
mod report;
mod signature;
mod verdict;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use evidence::{Alert, Attempt, Evidence, Header, Outcome, Page, Response, Standing, Visit};
pub use report::{
    Action, Confidence, Diagnosis, Facts, Judgement, Mover, Reason, ReasonKind, Report, Scope, Step, StepState,
    Surface, Verdict,
};

use address::Address;

/// The one function. Evidence that shows nothing (no page, no alert, no failure) leaves the standing diagnosis as
/// it is, so that a plan can be made anew after a step.
pub fn examine(visit: &Visit) -> Report {
    let evidence = &visit.evidence;
    let Some(address) = Address::read(&evidence.url).filter(Address::is_openai) else { return Report::default() };
    let seen = diagnose::diagnose(evidence);
    let judgement = verdict::judge(visit, seen.as_ref());
    // A page or a failure tells all there is; an alert is weighed against what stands; silence changes nothing.
    let silent = evidence.page.is_none() && evidence.failure.is_none();
    let standing = visit
        .standing
        .as_ref()
        .filter(|standing| silent && seen.as_ref().is_none_or(|seen| seen.confidence < standing.confidence));
    let diagnosis = if standing.is_some() { None } else { seen };
    let cause = standing.map(|standing| &standing.cause).or(diagnosis.as_ref().map(|diagnosis| &diagnosis.cause));
    let cause = cause.and_then(|id| catalog::CAUSES.iter().find(|cause| cause.id == id));
    Report {
        stands: standing.is_some() && cause.is_some(),
        plan: cause.map(|cause| plan::plan(visit, cause, address.host, judgement.as_ref())).unwrap_or_default(),
        tools: plan::tools(cause, address.host),
        diagnosis,
        judgement,
    }
}

/// Names of the signatures with the causes they stand for, for tests and for the catalogue's table.
#[cfg(not(target_arch = "wasm32"))]
pub fn signatures() -> impl Iterator<Item = (&'static str, &'static str)> {
    catalog::SIGNATURES
        .iter()
        .filter_map(|signature| Some((signature.name, catalog::CAUSES.get(usize::from(signature.cause))?.id)))
}
