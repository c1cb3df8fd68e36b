//! What to do about a cause: the steps in the catalogue's order, each with its state from the history.

use crate::{
    address::Address,
    catalog::{self, Cause, Finding, Hands, Remedy},
    evidence::{Attempt, Outcome, Told, Visit},
    report::{Action, Confidence, Judgement, Scope, Step, StepState},
    wait::wait,
};

/// What follows from the checks comes first. On other people's pages nothing is offered to be cleared.
pub fn plan(visit: &Visit, cause: &Cause, told: &Told, address: &Address, judgement: Option<&Judgement>) -> Vec<Step> {
    let ours = address.is_openai();
    let advised = findings(visit, cause).flat_map(|finding| finding.steps.iter().map(|step| (*step, Some(finding.id))));
    let mut steps: Vec<Step> = Vec::new();
    for (id, why) in advised.chain(cause.plan.iter().map(|step| (*step, None))) {
        let Some(remedy) = catalog::REMEDIES.get(usize::from(id)) else { continue };
        let offered = ours || !matches!(remedy.hands, Hands::Clear { .. } | Hands::Check);
        if !offered || steps.iter().any(|step| step.remedy == remedy.id) {
            continue;
        }
        let last = visit.history.iter().rfind(|attempt| attempt.remedy == remedy.id && attempt.cause == cause.id);
        let checked = matches!(remedy.hands, Hands::Check) && !visit.findings.is_empty();
        steps.push(Step {
            remedy: remedy.id.to_owned(),
            action: match remedy.hands {
                Hands::Wait => wait(visit, cause, told, remedy.id),
                _ => action(remedy, address),
            },
            state: match last {
                _ if checked => StepState::Done,
                Some(attempt) => state(attempt, judgement),
                None => StepState::Open,
            },
            why: why.map(str::to_owned),
            read: remedy.read.map(str::to_owned),
        });
    }
    if let Some(next) = steps.iter_mut().find(|step| step.state == StepState::Open) {
        next.state = StepState::Next;
    }
    steps
}

/// What the checks found and counts for a cause, strongest first.
fn findings(visit: &Visit, cause: &Cause) -> impl Iterator<Item = &'static Finding> {
    let found = |finding: &&Finding| visit.findings.iter().any(|id| id == finding.id);
    catalog::FINDINGS.iter().filter(found).filter(|finding| finding.counts_for(cause))
}

/// What the checks found says more than the page did, unless a machine said it there.
pub fn turn(visit: &Visit, cause: &Cause, confidence: Confidence) -> Option<(&'static Cause, &'static Finding)> {
    if confidence == Confidence::Certain {
        return None;
    }
    let (other, finding) = findings(visit, cause).find_map(|finding| Some((finding.cause?, finding)))?;
    let other = catalog::CAUSES.get(usize::from(other)).filter(|other| other.id != cause.id)?;
    Some((other, finding))
}

/// The checks and the ways to clear, for a person who wants one whatever the plan says. Clearing while a human check
/// runs would throw away what it is about to earn.
pub fn tools(cause: Option<&Cause>, address: &Address) -> Vec<Step> {
    let challenge = cause.is_some_and(|cause| cause.family == "challenge");
    let offered = |remedy: &&Remedy| match remedy.hands {
        Hands::Clear { .. } => !challenge,
        Hands::Check => true,
        _ => false,
    };
    // By id, which is also the gentlest first: check cookies, login cookies, the data of this site, of all sites.
    catalog::REMEDIES
        .iter()
        .filter(offered)
        .map(|remedy| Step {
            remedy: remedy.id.to_owned(),
            action: action(remedy, address),
            state: StepState::Open,
            why: None,
            read: None,
        })
        .collect()
}

fn state(attempt: &Attempt, judgement: Option<&Judgement>) -> StepState {
    match attempt.outcome {
        Outcome::Refused | Outcome::Failed => StepState::Failed,
        Outcome::Skipped => StepState::Skipped,
        Outcome::Done
            if attempt.verdict.is_some() || judgement.is_some_and(|judged| judged.remedy == attempt.remedy) =>
        {
            StepState::Tried
        }
        Outcome::Done => StepState::Done,
    }
}

/// Where ChatGPT is opened when the page at hand is only on the way to it.
const HOME: &str = "https://chatgpt.com/";

fn action(remedy: &Remedy, address: &Address) -> Action {
    let owned = |list: &[&str]| list.iter().map(|item| (*item).to_owned()).collect::<Vec<_>>();
    match remedy.hands {
        Hands::Clear { hosts, app, cookies, keep, storage } => {
            let mut hosts = owned(hosts);
            if let Some(app) = app {
                if address.is_app() || address.is_sign_in() {
                    hosts.extend(owned(app));
                } else if !hosts.iter().any(|known| known == address.host) {
                    hosts.push(address.host.to_owned());
                }
            }
            Action::Clear { scope: Scope { hosts, cookies: cookies.map(owned), keep: owned(keep), storage } }
        }
        Hands::Reload => Action::Reload,
        Hands::Check => Action::Check,
        Hands::Open(address) => Action::Open { address: address.to_owned() },
        Hands::Private if address.is_openai() => Action::Private {
            address: if address.is_login() {
                HOME.to_owned()
            } else {
                ["https://", address.host, address.path].concat()
            },
        },
        Hands::Private | Hands::Wait => Action::Manual { check: false },
        Hands::Manual { check } => Action::Manual { check },
    }
}
