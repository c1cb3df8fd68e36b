//! What to do about a cause: the steps in the catalogue's order, each with its state from the history.

use crate::{
    address::Address,
    catalog::{self, Cause, Hands, Remedy},
    evidence::{Attempt, Outcome, Visit},
    report::{Action, Judgement, Scope, Step, StepState},
};

/// On other people's pages nothing is offered to be cleared.
pub fn plan(visit: &Visit, cause: &Cause, address: &Address, judgement: Option<&Judgement>) -> Vec<Step> {
    let ours = address.is_openai();
    let mut steps: Vec<Step> = cause
        .plan
        .iter()
        .filter_map(|id| catalog::REMEDIES.get(usize::from(*id)))
        .filter(|remedy| ours || !matches!(remedy.hands, Hands::Clear { .. }))
        .map(|remedy| {
            let last = visit.history.iter().rfind(|attempt| attempt.remedy == remedy.id && attempt.cause == cause.id);
            Step {
                remedy: remedy.id.to_owned(),
                action: action(remedy, address.host),
                state: last.map_or(StepState::Open, |attempt| state(attempt, judgement)),
            }
        })
        .collect();
    if let Some(next) = steps.iter_mut().find(|step| step.state == StepState::Open) {
        next.state = StepState::Next;
    }
    steps
}

/// The ways to clear, for a person who wants one whatever the plan says. Clearing while a human check runs would
/// throw away what it is about to earn.
pub fn tools(cause: Option<&Cause>, host: &str) -> Vec<Step> {
    if cause.is_some_and(|cause| cause.family == "challenge") {
        return Vec::new();
    }
    let clears = catalog::REMEDIES.iter().filter(|remedy| matches!(remedy.hands, Hands::Clear { .. }));
    // By id, which is also the gentlest first: check cookies, login cookies, site data.
    clears
        .map(|remedy| Step { remedy: remedy.id.to_owned(), action: action(remedy, host), state: StepState::Open })
        .collect()
}

fn state(attempt: &Attempt, judgement: Option<&Judgement>) -> StepState {
    match attempt.outcome {
        Outcome::Refused | Outcome::Failed => StepState::Failed,
        Outcome::Done
            if attempt.verdict.is_some() || judgement.is_some_and(|judged| judged.remedy == attempt.remedy) =>
        {
            StepState::Tried
        }
        Outcome::Done => StepState::Done,
    }
}

fn action(remedy: &Remedy, host: &str) -> Action {
    let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
    match remedy.hands {
        Hands::Clear { hosts, this_host, cookies, keep, storage } => {
            let mut hosts = owned(hosts);
            if this_host && !host.is_empty() && !hosts.iter().any(|known| known == host) {
                hosts.push(host.to_owned());
            }
            Action::Clear { scope: Scope { hosts, cookies: cookies.map(owned), keep: owned(keep), storage } }
        }
        Hands::Reload => Action::Reload,
        Hands::Open(address) => Action::Open { address: address.to_owned() },
        Hands::Manual { check } => Action::Manual { check },
    }
}
