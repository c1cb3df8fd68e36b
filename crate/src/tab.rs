//! This module treats the life of one tab as a value: [`step`] takes what is known of the tab and what happened, and returns what
//! is known then and what is to be done. [`view`] returns what there is to draw.
//!
//! Nothing here reads a clock or waits. The shell keeps the [`Tab`] between two events and carries out the effects.

mod checklist;
mod clock;
mod effect;
mod event;
mod load;
mod run;
mod state;
mod view;

pub use effect::{Badge, Effect, Refusal, Reply};
pub use event::{Asker, Draws, Ended, Event, Failure, Moment, Picked, Shown, Source, StepOutcome, When};
pub use state::{
    Answer, Case, Checks, Cleared, ClearedCookies, ClearedStorage, Clock, ClockSet, CookieStays, Found, Journal, Lost,
    Mark, Progress, Receipt, Seen, StayedCookie, StayedStorage, StorageStays, Tab, Timeline, Undo, Undone, Waiting,
};
pub use view::view;

use crate::{
    evidence::{Evidence, Load, Standing, Told, Visit},
    report::{Diagnosis, Report},
};
use serde::{Deserialize, Serialize};

/// The time for which a finding counts, in milliseconds: after it, the tab may be in another network.
const CHECKED: f64 = 10.0 * 60_000.0;

/// This is what [`step`] answers to an event.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Stepped {
    pub tab: Tab,
    /// These fields of the tab are not as they were.
    pub changed: Vec<Field>,
    /// The shell has to carry out these effects.
    pub effects: Vec<Effect>,
}

/// A field of [`Tab`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Field {
    Case,
    Answers,
    Journal,
    Undo,
    Seen,
}

impl Field {
    /// This lists all fields.
    pub const ALL: [Self; 5] = [Self::Case, Self::Answers, Self::Journal, Self::Undo, Self::Seen];
}

/// This holds a tab while [`step`] works on it.
pub(crate) struct Stepping<'a> {
    tab: Tab,
    moment: &'a Moment,
    effects: Vec<Effect>,
}

/// Returns what an event makes of a tab. The same tab, event and moment always give the same answer, and no event makes the
/// function fail.
pub fn step(before: Tab, event: Event, moment: &Moment) -> Stepped {
    let tab = before.clone().brought_to(moment);
    let mut stepping = Stepping { tab, moment, effects: Vec::new() };
    stepping.fail_lost_step();
    // When the worker starts, the shell writes the undo again, and with it the time that the clock shows now. The later that time
    // is, the less the clock can be set back without being noticed.
    let is_written_anew = event == Event::Woke;
    stepping.take(event);
    let Stepping { tab, effects, .. } = stepping;
    let changed = [
        (Field::Case, tab.case != before.case),
        (Field::Answers, tab.answers != before.answers),
        (Field::Journal, tab.journal != before.journal),
        (Field::Undo, tab.undo != before.undo || (is_written_anew && tab.undo.is_some())),
        (Field::Seen, tab.seen != before.seen),
    ];
    let changed = changed.into_iter().filter_map(|(field, is_other)| is_other.then_some(field)).collect();
    Stepped { tab, changed, effects }
}

impl Stepping<'_> {
    fn take(&mut self, event: Event) {
        match event {
            Event::Asked | Event::Woke => {}
            Event::Managed => self.replan_all(),
            Event::Answered { request, host, status, headers, when } => {
                load::answered(self, request, host, status, headers, &when);
            }
            Event::Reported { evidence, source } => load::reported(self, evidence, source),
            Event::Completed { request, url, shown } => load::completed(self, &request, &url, shown.as_ref()),
            Event::Aborted { request } => {
                self.tab.answers.retain(|answer| answer.request != request || answer.load.is_some());
            }
            Event::Failed { request, url, failure, when } => load::failed(self, &request, url, failure, &when),
            Event::RequestsFailed { requests, shown } => load::requests_failed(self, &requests, &shown),
            Event::Apply { by, remedy, permitted } => self.apply(&by, &remedy, permitted),
            Event::CountedDown { by, length, permitted } => self.go_on(&by, length, permitted),
            Event::Checked { progress } => self.note_progress(progress),
            Event::Ended { remedy, url, at, result } => self.end_step(&remedy, &url, at, result),
            Event::Undo { by, permitted } => self.undo(&by, permitted),
            Event::PutBack { undo, back, of, url, at } => self.take_back(&undo, Undone { back, of }, &url, at),
            Event::Mark { by, remedy, skipped } => self.mark(&by, &remedy, skipped),
            Event::Unmark { by, remedy } => self.unmark(&by, &remedy),
            Event::Restart { by } => self.restart(&by),
            Event::Pick { by, symptom, kept } => self.pick(&by, symptom, kept),
            Event::Tell { by, words } => self.tell(&by, &words),
            Event::Choose { by, cause } => self.choose(&by, &cause),
            Event::Silence { by, silent } => self.silence(&by, silent),
            Event::Wish { by, again } => self.wish(&by, again),
            Event::Stop { by } => self.stop_waiting(&by),
            Event::Close => self.close(),
        }
    }

    /// Gives a new stamp, which is later than all before.
    fn stamp(&mut self) -> f64 {
        self.tab.stamp(self.moment)
    }

    /// Gives the stamp of something that happened a while ago.
    fn stamp_of(&mut self, when: &When) -> f64 {
        self.tab.stamp_of(when, None, self.moment)
    }

    /// Gives the stamp of the moment at which a page began, by what the page says itself.
    fn stamp_of_page(&mut self, page: &Source) -> f64 {
        self.tab.stamp_of(&page.began, Some(page.at).filter(|at| *at > 0.0), self.moment)
    }

    /// Asks for the report on a case with this evidence. `drawn`: the diagnosis that stands, if the evidence says nothing else.
    fn ask(&self, evidence: Evidence, case: &Case, drawn: Option<&Diagnosis>, loads: &[Load]) -> Report {
        let standing = drawn.map(Diagnosis::seen);
        let findings = case.checks.iter().filter(|checks| self.moment.now - checks.at <= CHECKED);
        let visit = Visit {
            evidence,
            standing: standing.map(|seen| Standing {
                cause: seen.cause.clone(),
                confidence: seen.confidence,
                overlay: seen.overlay,
                facts: Told { retry_after: seen.facts.retry_after, resets: seen.facts.resets },
            }),
            symptom: case.symptom.clone(),
            history: case.history.clone(),
            loads: loads.to_vec(),
            findings: findings.flat_map(|checks| &checks.findings).map(|found| found.id.clone()).collect(),
            now: self.moment.now,
            offset: self.moment.offset,
            zone: self.moment.zone.clone(),
            withheld: self.moment.withheld.clone(),
        };
        let mut report = crate::examine(&visit);
        let seen = if report.stands { standing.cloned().or(report.diagnosis) } else { report.diagnosis };
        report.diagnosis = match (seen, report.turned.take()) {
            (Some(seen), Some(turned)) => {
                Some(Diagnosis { seen: Some(Box::new(seen.clone())), ..seen.instead(turned) })
            }
            (seen, _) => seen,
        };
        if let Some(shown) = &mut report.diagnosis {
            shown.mover = crate::plan::mover(&shown.cause, &report.plan).unwrap_or(shown.mover);
        }
        report
    }

    /// Makes the plan of a case anew, without new evidence.
    fn replan(&self, case: Case) -> Case {
        let evidence = Evidence { url: case.url.clone(), at: case.at, ..Evidence::default() };
        let report = self.ask(evidence, &case, case.report.diagnosis.as_ref(), &[]);
        Case { report, ..case }
    }

    /// Makes every plan of the tab anew, also that of a page that lies under a list.
    fn replan_all(&mut self) {
        let Some(mut top) = self.tab.case.take() else { return };
        let under = top.under.take().map(|page| Box::new(self.replan(*page)));
        self.tab.case = Some(Case { under, ..self.replan(top) });
    }

    /// Makes the case of a page on which nothing is known to be wrong: its tools can be used.
    fn healthy(&self, url: &str, at: f64) -> Case {
        let url = crate::address::Address::read(url).map_or_else(|| url.to_owned(), |address| address.masked());
        self.replan(Case::blank(self.moment.tab, url, at))
    }
}
