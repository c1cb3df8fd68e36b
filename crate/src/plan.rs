//! This module makes the plan for a cause: the steps in the catalogue's order, each with its state from the history.

use crate::{
    address::Address,
    catalog::{self, Cause, Finding, Hands, Remedy},
    evidence::{Attempt, Outcome, Told, Visit},
    report::{Action, Confidence, Judgement, Mover, Scope, Step, StepState},
    wait::wait,
};

/// A cause that the evidence shows, and what the checks make of it.
#[derive(Clone, Copy)]
pub struct Known {
    /// Steps are recorded and judged by this one.
    pub seen: &'static Cause,
    /// The plan is for this one.
    pub shown: &'static Cause,
    /// The finding that turns the cause that is seen into the cause that is shown.
    pub finding: Option<&'static Finding>,
}

/// Makes the plan. Steps that follow from the checks come first. No clearing is offered on pages of others or while a human check
/// runs, unless the check itself is what fails: its own plan then has a clearing. Withheld steps are left out.
pub fn plan(visit: &Visit, known: Known, told: &Told, address: &Address, judgement: Option<&Judgement>) -> Vec<Step> {
    let Known { seen, shown: cause, .. } = known;
    let ours = address.is_openai();
    let clears = ours && (!is_check(seen) || seen.plan.iter().any(|step| is_clearing(*step)));
    let own = if address.is_program() && !cause.program.is_empty() { cause.program } else { cause.plan };
    let without = |id: u16| findings(visit, cause).any(|finding| finding.without.contains(&id));
    let advised = findings(visit, cause).flat_map(|finding| finding.steps.iter().map(|step| (*step, Some(finding.id))));
    let step = |remedy: &Remedy, why: Option<&str>| {
        let last = visit.history.iter().rfind(|attempt| attempt.remedy == remedy.id && attempt.cause == seen.id);
        let checked = matches!(remedy.hands, Hands::Check { .. }) && !visit.findings.is_empty();
        Step {
            remedy: remedy.id.to_owned(),
            action: match remedy.hands {
                Hands::Wait => wait(visit, known, told, remedy.id),
                _ => action(remedy, address),
            },
            state: match last {
                _ if checked => StepState::Done,
                Some(attempt) => state(attempt, judgement),
                None => StepState::Open,
            },
            why: why.map(str::to_owned),
            read: remedy.read.map(str::to_owned),
        }
    };
    let mut steps: Vec<Step> = Vec::new();
    for (id, why) in advised.chain(own.iter().map(|step| (*step, None))) {
        let Some(remedy) = catalog::REMEDIES.get(usize::from(id)) else { continue };
        let offered = match remedy.hands {
            Hands::Clear { .. } => clears,
            Hands::Check { .. } => ours,
            _ => true,
        };
        let unwise = catalog::is_unwise_in(&visit.zone, remedy.id) || is_withheld(visit, remedy);
        if !offered || unwise || without(id) || steps.iter().any(|step| step.remedy == remedy.id) {
            continue;
        }
        steps.push(step(remedy, why));
    }
    // Whoever withholds every step that would help is the one to ask.
    if steps.is_empty() && !visit.withheld.is_empty() {
        let asks = catalog::REMEDIES.iter().find(|remedy| remedy.id == "contact_administrator");
        steps.extend(asks.map(|remedy| step(remedy, None)));
    }
    // If the site says until when one has to wait, that step comes before all others.
    if let Some(at) = steps.iter().position(|step| matches!(step.action, Action::Wait { until: Some(_), .. })) {
        let wait = steps.remove(at);
        steps.insert(0, wait);
    }
    if let Some(next) = steps.iter_mut().find(|step| step.state == StepState::Open) {
        next.state = StepState::Next;
    }
    steps
}

/// Returns whose move it is: that of whoever the next step asks, or of whom the finding names that brought this step, or else that
/// of the cause. `None`: the cause is not known.
pub fn mover(cause: &str, plan: &[Step]) -> Option<Mover> {
    let next = plan.iter().find(|step| step.state == StepState::Next);
    let asked = next.and_then(|step| catalog::REMEDIES.iter().find(|remedy| remedy.id == step.remedy)?.mover);
    let found = next.and_then(|step| {
        let why = step.why.as_deref()?;
        catalog::FINDINGS.iter().find(|finding| finding.id == why)?.mover
    });
    asked.or(found).or_else(|| catalog::cause(cause).map(|cause| cause.mover))
}

fn is_check(cause: &Cause) -> bool {
    cause.family == "challenge"
}

fn is_clearing(remedy: u16) -> bool {
    catalog::REMEDIES.get(usize::from(remedy)).is_some_and(|remedy| matches!(remedy.hands, Hands::Clear { .. }))
}

/// Returns the findings of the checks that count for a cause, strongest first.
fn findings(visit: &Visit, cause: &Cause) -> impl Iterator<Item = &'static Finding> {
    let found = |finding: &&Finding| visit.findings.iter().any(|id| id == finding.id);
    catalog::FINDINGS.iter().filter(found).filter(|finding| finding.counts_for(cause))
}

/// Weighs the findings of the checks against the cause that the page shows: they say more, unless a machine named the cause
/// there.
pub fn weigh(visit: &Visit, seen: &'static Cause, confidence: Confidence) -> Known {
    let as_seen = Known { seen, shown: seen, finding: None };
    if confidence == Confidence::Certain {
        return as_seen;
    }
    let named =
        findings(visit, seen).find_map(|finding| Some((catalog::CAUSES.get(usize::from(finding.cause?))?, finding)));
    match named {
        Some((shown, finding)) if shown.id != seen.id => Known { seen, shown, finding: Some(finding) },
        _ => as_seen,
    }
}

/// Tells whether whoever administers the browser withholds a remedy.
fn is_withheld(visit: &Visit, remedy: &Remedy) -> bool {
    visit.withheld.iter().any(|id| id == remedy.id)
}

/// Returns the checks and the ways to clear, for a person who wants one whatever the plan says. Clearing while a human check runs
/// would throw away what it is about to earn. `seen` is the cause that the evidence shows.
pub fn tools(visit: &Visit, seen: Option<&Cause>, address: &Address) -> Vec<Step> {
    let challenge = seen.is_some_and(is_check);
    let offered = |remedy: &&Remedy| match remedy.hands {
        Hands::Clear { .. } => !challenge && !is_withheld(visit, remedy),
        Hands::Check { .. } => !is_withheld(visit, remedy),
        _ => false,
    };
    // They stand by id, which is also the gentlest first: check cookies, login cookies, the data of this site, of all sites.
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

/// The address at which ChatGPT is opened if the page at hand is only on the way to it.
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
        Hands::Check { counts, leftovers } => {
            let scope = |remedy: u16| match action(catalog::REMEDIES.get(usize::from(remedy))?, address) {
                Action::Clear { scope } => Some(scope),
                _ => None,
            };
            let hosts = scope(counts).map(|scope| scope.hosts).unwrap_or_default();
            Action::Check {
                hosts: hosts.into_iter().filter(|host| !host.starts_with("*.")).collect(),
                leftovers: scope(leftovers).and_then(|scope| scope.cookies).unwrap_or_default(),
            }
        }
        Hands::Open(address) => Action::Open { address: address.to_owned() },
        Hands::Private if address.is_openai() => Action::Private {
            address: if address.is_login() {
                HOME.to_owned()
            } else {
                ["https://", address.host, if address.names_no_one() { address.path } else { "/" }].concat()
            },
        },
        Hands::Private | Hands::Wait => Action::Manual { check: false },
        Hands::Manual { check } => Action::Manual { check },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(remedy: &str, state: StepState, why: Option<&str>) -> Step {
        let known = catalog::REMEDIES.iter().find(|known| known.id == remedy).expect("a remedy");
        let address = Address::read("https://chatgpt.com/").expect("an address");
        Step { remedy: remedy.into(), action: action(known, &address), state, why: why.map(str::to_owned), read: None }
    }

    #[test]
    fn whoever_the_next_step_asks_has_the_move() {
        let asks = |state| [step("check_account", StepState::Done, None), step("contact_administrator", state, None)];
        assert_eq!(mover("sso_not_member", &asks(StepState::Next)), Some(Mover::Administrator));
        assert_eq!(mover("sso_not_member", &asks(StepState::Done)), Some(Mover::You));
        assert_eq!(mover("no such cause", &[]), None);
    }

    #[test]
    fn in_an_incident_the_move_is_openai_s_until_its_steps_are_done() {
        let plan = |why| [step("wait", StepState::Next, why), step("reload", StepState::Open, None)];
        assert_eq!(mover("app_error", &plan(Some("incident"))), Some(Mover::Openai));
        assert_eq!(mover("app_error", &plan(Some("route_split"))), Some(Mover::You));
        assert_eq!(mover("app_error", &plan(None)), Some(Mover::You));
    }
}
