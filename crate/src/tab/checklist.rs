//! This module changes the checklist as a person asks: a step is ticked, passed over or taken back, the list starts over, or it
//! is made for a picked symptom or for told words. No step is carried out here.

use super::{
    Case, Stepping,
    effect::Effect,
    event::{Asker, Picked},
};
use crate::evidence::{Attempt, Evidence, Outcome};

/// The address to which a fault belongs that was seen elsewhere.
const HOME: &str = "https://chatgpt.com/";
/// The number of characters that are read of what a person tells.
const TOLD: usize = 4_000;
/// The time for which a list that a person picked is gone on with, in milliseconds: after a week it is still about the same
/// fault.
const LASTS: f64 = 7.0 * 24.0 * 3_600_000.0;

impl Stepping<'_> {
    /// Takes away the list if the page asks: whoever does something on the page goes on with the page.
    pub(super) fn go_back(&mut self, by: &Asker) {
        if by.page {
            self.tab.lift_list();
        }
    }

    fn edit_history(&mut self, by: &Asker, edit: impl FnOnce(&Case, &mut Vec<Attempt>)) {
        self.go_back(by);
        if self.view(by).is_none_or(|case| case.report.diagnosis.is_none()) {
            return;
        }
        let Some(case) = self.tab.case.take() else { return };
        let mut history = case.history.clone();
        edit(&case, &mut history);
        self.tab.case = Some(self.replan(Case { history, ..case }));
        self.remember();
    }

    /// Has the list of a picked symptom kept, because it outlives the tab and the browser.
    pub(super) fn remember(&mut self) {
        let Some(Case { symptom: Some(symptom), history, .. }) = &self.tab.case else { return };
        let (symptom, history) = (Some(symptom.clone()), history.clone());
        self.effects.push(Effect::KeepPicked { symptom, history });
    }

    /// Notes that a person ticked or passed over a step that the list has.
    pub(super) fn mark(&mut self, by: &Asker, remedy: &str, skipped: bool) {
        let at = self.stamp();
        self.edit_history(by, |case, history| {
            let Some(drawn) = &case.report.diagnosis else { return };
            if !case.report.plan.iter().any(|step| step.remedy == remedy) {
                return;
            }
            let seen = drawn.seen();
            history.push(Attempt {
                remedy: remedy.to_owned(),
                cause: seen.cause.clone(),
                surface: seen.surface,
                at,
                outcome: if skipped { Outcome::Skipped } else { Outcome::Done },
                verdict: None,
            });
        });
    }

    pub(super) fn unmark(&mut self, by: &Asker, remedy: &str) {
        self.edit_history(by, |_, history| history.retain(|attempt| attempt.remedy != remedy));
    }

    pub(super) fn restart(&mut self, by: &Asker) {
        self.edit_history(by, |_, history| history.clear());
    }

    /// Lays the list over the case of the page, which comes back when the list is closed.
    fn put_over(&mut self, list: Case) {
        let under = self.tab.page().cloned().map(Box::new);
        self.tab.case = Some(Case { under, ..list });
    }

    pub(super) fn pick(&mut self, by: &Asker, symptom: String, kept: Option<Picked>) {
        if by.page {
            return;
        }
        let now = self.moment.now;
        let again = kept.filter(|kept| kept.symptom == symptom && now - kept.at < LASTS);
        let history = again.map(|kept| kept.history).unwrap_or_default();
        let is_picked = !symptom.is_empty();
        let blank = Case::blank(self.moment.tab, HOME.to_owned(), now);
        let list = self.replan(Case { symptom: is_picked.then_some(symptom), history, ..blank });
        if is_picked && list.report.diagnosis.is_some() {
            self.put_over(list);
            self.remember();
            return;
        }
        let was_picked = self.tab.case.as_ref().is_some_and(|case| case.symptom.is_some());
        self.tab.lift_list();
        if was_picked {
            self.effects.push(Effect::KeepPicked { symptom: None, history: Vec::new() });
        }
    }

    /// Reads the words that a person tells. They are looked at once and not kept; words that say nothing leave the tab as it is.
    pub(super) fn tell(&mut self, by: &Asker, words: &str) {
        if by.page {
            return;
        }
        let blank = Case { told: true, ..Case::blank(self.moment.tab, HOME.to_owned(), self.moment.now) };
        let told = words.chars().take(TOLD).collect();
        let evidence = Evidence { url: blank.url.clone(), at: blank.at, told, ..Evidence::default() };
        let report = self.ask(evidence, &blank, None, &[]);
        let known = report.diagnosis.is_some();
        if known {
            self.put_over(Case { report, ..blank });
        }
        self.effects.push(Effect::Told { known });
    }

    /// Puts the cause that the person chooses in the place of the diagnosis. It counts for more than what the checks made of the
    /// words.
    pub(super) fn choose(&mut self, by: &Asker, cause: &str) {
        let Some(case) = self.tab.case.as_ref().filter(|case| !by.page && case.told) else { return };
        let Some(drawn) = &case.report.diagnosis else { return };
        let Some(other) = drawn.others.iter().find(|other| other.cause == cause) else { return };
        let mut chosen = case.clone();
        chosen.report.diagnosis = Some(drawn.instead(other.clone()));
        self.tab.case = Some(self.replan(chosen));
    }

    pub(super) fn silence(&mut self, by: &Asker, silent: bool) {
        self.go_back(by);
        let drawn = self.view(by).and_then(|case| case.report.diagnosis);
        if let Some(drawn) = drawn {
            self.effects.push(Effect::Silence { cause: drawn.cause, silent });
        }
    }

    pub(super) fn wish(&mut self, by: &Asker, again: bool) {
        self.go_back(by);
        if let Some(waiting) = self.tab.case.as_mut().and_then(|case| case.waiting.as_mut()) {
            waiting.again = again;
        }
    }

    pub(super) fn stop_waiting(&mut self, by: &Asker) {
        self.go_back(by);
        if let Some(case) = &mut self.tab.case {
            case.waiting = None;
        }
    }

    /// Closes the overlay, which belongs to the page, whatever list lies over it.
    pub(super) fn close(&mut self) {
        if let Some(page) = self.tab.page_mut() {
            page.closed = true;
        }
    }
}
