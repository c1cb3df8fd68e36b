//! This module begins and ends steps, one at a time in a tab. It begins the step that was asked for; the shell carries it out and
//! reports how it ended.

use super::{
    Case, Stepping, Waiting,
    effect::{Effect, Refusal, Reply},
    event::{Asker, Ended, StepOutcome},
    state::{Cleared, Progress, Receipt, Undo, Undone},
};
use crate::{
    address::Address,
    evidence::{Attempt, Outcome},
    report::{Action, Step},
};

/// The number of bytes that a step keeps free, from its beginning, for what will be noted of it. A receipt takes about two
/// kilobytes; without this room, cookies could be gone and no word of it kept.
const RESERVE: usize = 8_192;

fn step_of<'a>(case: &'a Case, remedy: &str) -> Option<&'a Step> {
    case.report.plan.iter().chain(&case.report.tools).find(|step| step.remedy == remedy)
}

impl Stepping<'_> {
    fn refuse(&mut self, reason: Refusal) {
        self.effects.push(Effect::Reply { outcome: Reply::Refused, reason: Some(reason) });
    }

    /// Refuses a step where there is no case. Without permission the address of a tab is hidden, too, so the permission is what
    /// is missing.
    fn refuse_nothing(&mut self, permitted: bool) {
        self.refuse(if permitted { Refusal::NoCase } else { Refusal::NoPermission });
    }

    /// Lets a step fail if the worker that ran it ended before the step did.
    pub(super) fn fail_lost_step(&mut self) {
        if self.moment.runs {
            return;
        }
        let busy = |case: &&Case| case.busy.is_some();
        let Some(remedy) = self.tab.case.as_ref().filter(busy).or(self.tab.page().filter(busy)) else { return };
        let Some(remedy) = remedy.busy.clone() else { return };
        let at = self.stamp();
        self.edit_running(&remedy, None, |stepping, case| {
            let is_check = step_of(&case, &remedy).is_some_and(|step| matches!(step.action, Action::Check { .. }));
            if is_check {
                // A check only looks, so it leaves nothing half done.
                Case { busy: None, progress: None, reserve: None, ..case }
            } else {
                let failed = Ended { outcome: StepOutcome::Failed, receipt: None, checks: None };
                stepping.record(case, &remedy, at, failed)
            }
        });
    }

    /// Changes the case in which a step runs; the case of the page may lie under a list meanwhile. `began`: address and time of
    /// the case that the step began with. If that case has healed, nothing is known to be wrong any more, and no fault is brought
    /// back.
    fn edit_running(&mut self, remedy: &str, began: Option<(&str, f64)>, edit: impl FnOnce(&Self, Case) -> Case) {
        let mut case = self.tab.case.take();
        let is_under = |list: &Case| {
            let runs = |case: &Case| case.busy.as_deref() == Some(remedy);
            !runs(list) && list.under.as_deref().is_some_and(runs)
        };
        let list = case.take_if(|case| is_under(case));
        let (list, case) = match list {
            Some(mut list) => {
                let page = list.under.take().map(|page| *page);
                (Some(list), page)
            }
            None => (None, case),
        };
        let case = case.or_else(|| began.map(|(url, at)| Case { at, ..self.healthy(url, at) }));
        let case = case.map(|case| edit(self, case));
        self.tab.case = match list {
            Some(list) => Some(Case { under: case.map(Box::new), ..list }),
            None => case,
        };
    }

    /// Returns the case that a step was asked for, as it stands now: between the look and the click a page may have been examined.
    fn latest(&self, drawn: Case) -> Case {
        let host = |case: &Case| Address::read(&case.url).map(|address| address.host.to_owned());
        match &self.tab.case {
            Some(stored) if host(stored) == host(&drawn) => stored.clone(),
            _ => Case { undo: None, ..drawn },
        }
    }

    pub(super) fn apply(&mut self, by: &Asker, remedy: &str, permitted: bool) {
        self.go_back(by);
        let Some(drawn) = self.view(by) else { return self.refuse_nothing(permitted) };
        if self.moment.runs {
            return self.refuse(Refusal::Busy);
        }
        // The plan may have been made before the remedy was withheld.
        if self.moment.withheld.iter().any(|id| id == remedy) {
            return self.refuse(Refusal::Withheld);
        }
        let case = self.latest(drawn);
        let Some(step) = step_of(&case, remedy) else { return self.refuse(self.refusal_of(&case, remedy)) };
        let action = step.action.clone();
        let is_waiting = case.waiting.as_ref().is_some_and(|waiting| waiting.remedy == remedy);
        if let (Action::Wait { seconds, until }, false) = (&action, is_waiting) {
            let from = self.moment.now;
            let until = until.unwrap_or(from + f64::from(*seconds) * 1000.0);
            let waiting = Some(Waiting { remedy: remedy.to_owned(), from, until, again: false });
            self.tab.case = Some(Case { waiting, ..case });
            self.effects.push(Effect::Reply { outcome: Reply::Done, reason: None });
            return;
        }
        let reserve = Some("-".repeat(RESERVE));
        let begun = Case { busy: Some(remedy.to_owned()), reserve, ..case.clone() };
        self.tab.case = Some(begun);
        let case = Box::new(Case { under: None, ..case });
        self.effects.push(Effect::Run { remedy: remedy.to_owned(), action, case });
    }

    /// Returns why a step that is not offered is refused. Only a human check takes away ways to clear that the same page would
    /// have otherwise: clearing would throw away what the check is about to earn.
    fn refusal_of(&self, case: &Case, remedy: &str) -> Refusal {
        let usual = self.healthy(&case.url, self.moment.now);
        let is_clearing = step_of(&usual, remedy).is_some_and(|step| matches!(step.action, Action::Clear { .. }));
        if is_clearing && !case.report.tools.is_empty() { Refusal::ChallengeRunning } else { Refusal::NotInPlan }
    }

    /// Goes on by itself after a countdown that is over, if the person wished it. Its length says which countdown the view means,
    /// since its times move with the clock.
    pub(super) fn go_on(&mut self, by: &Asker, length: f64, permitted: bool) {
        self.go_back(by);
        let waiting = self.view(by).and_then(|case| case.waiting);
        if let Some(waiting) = waiting.filter(|waiting| waiting.again && waiting.until - waiting.from == length) {
            self.apply(by, &waiting.remedy, permitted);
        }
    }

    pub(super) fn note_progress(&mut self, progress: Progress) {
        let Some(case) = &mut self.tab.case else { return };
        let is_list = case.busy.is_none();
        let runs = if is_list { case.under.as_deref_mut() } else { Some(case) };
        if let Some(case) = runs.filter(|case| case.busy.is_some()) {
            case.progress = Some(progress);
        }
    }

    /// Notes what came of a step.
    pub(super) fn end_step(&mut self, remedy: &str, url: &str, at: f64, result: Ended) {
        let now = self.stamp();
        self.edit_running(remedy, Some((url, at)), |stepping, case| stepping.record(case, remedy, now, result));
        self.remember();
    }

    fn record(&self, mut case: Case, remedy: &str, at: f64, Ended { outcome, receipt, checks }: Ended) -> Case {
        case.busy = None;
        case.progress = None;
        case.reserve = None;
        case.waiting.take_if(|waiting| waiting.remedy == remedy);
        // If nothing was known to be wrong, there is nothing to judge, and a check is no remedy.
        if let (Some(drawn), None) = (&case.report.diagnosis, &checks) {
            let seen = drawn.seen();
            case.history.push(Attempt {
                remedy: remedy.to_owned(),
                cause: seen.cause.clone(),
                surface: seen.surface,
                at,
                outcome: match outcome {
                    StepOutcome::Done => Outcome::Done,
                    StepOutcome::Refused => Outcome::Refused,
                    StepOutcome::Failed => Outcome::Failed,
                },
                verdict: None,
            });
        }
        if let Some(Cleared { cookies, storage, ms }) = receipt {
            let receipt = Receipt { remedy: remedy.to_owned(), at, cookies, storage, ms, undone: None };
            case.receipts.insert(remedy.to_owned(), receipt);
        }
        if checks.is_some() {
            case.checks = checks;
        }
        self.replan(case)
    }

    /// Puts back what the last clearing took.
    pub(super) fn undo(&mut self, by: &Asker, permitted: bool) {
        self.go_back(by);
        let Some(drawn) = self.view(by) else { return self.refuse_nothing(permitted) };
        let Some(undo) = self.tab.undo.clone() else { return self.refuse(Refusal::TooLate) };
        if self.moment.runs {
            return self.refuse(Refusal::Busy);
        }
        if !permitted {
            return self.refuse(Refusal::NoPermission);
        }
        self.effects.push(Effect::PutBack { undo, case: Box::new(drawn) });
    }

    /// Notes that the cookies were put back: it is as if the clearing had not been tried.
    pub(super) fn take_back(&mut self, undo: &Undo, undone: Undone, url: &str, at: f64) {
        self.tab.undo = None;
        let mut top = self.tab.case.take().unwrap_or_else(|| Case { at, ..self.healthy(url, at) });
        let taken_back = |mut case: Case| {
            case.history.retain(|attempt| attempt.remedy != undo.remedy || attempt.at < undo.at);
            if let Some(receipt) = case.receipts.get_mut(&undo.remedy) {
                receipt.undone = Some(undone);
            }
            self.replan(case)
        };
        // The page may lie under a list, and the step may have been taken for either.
        let under = top.under.take().map(|page| Box::new(taken_back(*page)));
        let top = taken_back(top);
        self.tab.case = Some(Case { under, ..top });
    }
}
