//! This module judges whether the last remedy helped: it compares the diagnosis on the evidence of a later load with the attempt.

use crate::{
    catalog::{self, Cause},
    evidence::{Attempt, Outcome, Visit},
    facts,
    report::{Judgement, Surface, Verdict},
};

/// Returns the attempt that waits for a verdict, if there is one: the last step that was carried out.
fn pending(visit: &Visit) -> Option<&Attempt> {
    let last = visit.history.iter().rfind(|attempt| attempt.outcome == Outcome::Done);
    last.filter(|attempt| attempt.verdict.is_none() && catalog::cause(&attempt.cause).is_some() && is_known(attempt))
}

/// Tells whether the catalogue has the remedy of an attempt: an older program may have had other remedies.
fn is_known(attempt: &Attempt) -> bool {
    catalog::REMEDIES.iter().any(|remedy| remedy.id == attempt.remedy)
}

/// Judges the last attempt. `None`: nothing can be told yet, because there is no attempt, no later load, a human check in
/// between, a page that says nothing, or a page that loads although the fault only shows when the app is used. `seen` is the
/// cause that this evidence shows, never one that only stands from before, and never what the checks make of it.
pub fn judge(visit: &Visit, seen: Option<&Cause>) -> Option<Judgement> {
    let attempt = pending(visit)?;
    let evidence = &visit.evidence;
    // Nobody can see whether a fault that a person only told of is still there.
    if evidence.at <= attempt.at || visit.symptom.is_some() {
        return None;
    }
    let verdict = match seen {
        Some(cause) if cause.id == attempt.cause => Verdict::Persists,
        // The human check that comes after the check cookies were cleared is only on the way to the page.
        Some(cause) if cause.family == "challenge" => return None,
        Some(_) => Verdict::Changed,
        None => {
            let loaded = evidence.page.is_some()
                && evidence.failure.is_none()
                && facts::status(evidence).is_none_or(|status| status < 400);
            if !loaded || matches!(attempt.surface, Surface::Alert | Surface::Request | Surface::Told) {
                return None;
            }
            Verdict::Resolved
        }
    };
    Some(Judgement { verdict, remedy: attempt.remedy.clone(), cause: attempt.cause.clone() })
}
