//! These tests play orders of events that were faults once, each as a life with a name.

use access_medic::{Verdict, tab::Tab};
use lives::{Deed, Kind, Life, Step, Way, play};

const YEAR: i64 = 365 * 24 * 3_600_000;

const fn go(kind: Kind) -> Step {
    Step::Go { kind, answer: Way::Once, report: Way::Once }
}

const fn on_popup(deed: Deed) -> Step {
    Step::Do { deed, on_page: false }
}

/// All that is on its way arrives: an answer, its end, then the page.
const ARRIVES: [Step; 3] = [Step::Deliver(0), Step::Deliver(0), Step::Deliver(0)];

/// Plays a life in which everything must be true on the way, and returns the state at the end.
fn end(steps: impl IntoIterator<Item = Step>) -> Tab {
    let life = Life { steps: steps.into_iter().collect() };
    play(&life, true).unwrap_or_else(|broken| panic!("after {} events: {}", broken.event, broken.what)).tab
}

/// Returns the verdict on the last attempt on the page.
fn verdict(tab: &Tab) -> Option<Verdict> {
    tab.page().and_then(|case| case.history.last()).and_then(|attempt| attempt.verdict)
}

fn refused_and_stepped() -> Vec<Step> {
    let mut steps = vec![go(Kind::Refused)];
    steps.extend(ARRIVES);
    steps.push(on_popup(Deed::Tick(1)));
    steps
}

#[test]
fn a_step_is_judged_although_the_clock_was_set_by_a_year_after_it() {
    for by in [-YEAR, -1000, 1000, YEAR] {
        for dies in [false, true] {
            let mut steps = refused_and_stepped();
            steps.extend(dies.then_some(Step::Die));
            steps.extend([Step::Wait(5_000), Step::SetClock(by), go(Kind::Home)]);
            let tab = end(steps);
            assert_eq!(verdict(&tab), Some(Verdict::Resolved), "set by {by} ms, died: {dies}");
        }
    }
}

#[test]
fn the_same_fault_after_a_step_is_seen_to_persist() {
    let mut steps = refused_and_stepped();
    steps.push(go(Kind::Refused));
    assert_eq!(verdict(&end(steps)), Some(Verdict::Persists));
}

#[test]
fn a_page_from_the_history_is_no_proof() {
    let mut steps = vec![go(Kind::Home)];
    steps.extend(ARRIVES);
    steps.extend(refused_and_stepped());
    steps.push(Step::Back(0));
    let tab = end(steps);
    assert_eq!(verdict(&tab), None, "{:?}", tab.case);
}

#[test]
fn an_attempt_under_a_list_is_judged() {
    let mut steps = refused_and_stepped();
    steps.extend([on_popup(Deed::Pick), go(Kind::Home)]);
    let tab = end(steps);
    assert!(tab.case.as_ref().is_some_and(|case| case.symptom.is_some()), "the list stays");
    assert_eq!(verdict(&tab), Some(Verdict::Resolved));
}

#[test]
fn what_is_closed_under_a_list_is_the_page() {
    let mut steps = vec![go(Kind::Refused)];
    steps.extend(ARRIVES);
    steps.extend([on_popup(Deed::Pick), Step::Do { deed: Deed::Close, on_page: true }]);
    let tab = end(steps);
    assert!(tab.case.as_ref().is_some_and(|list| list.symptom.is_some() && !list.closed));
    assert!(tab.page().is_some_and(|page| page.closed));
}

#[test]
fn a_fault_of_a_new_page_takes_the_place_of_a_list() {
    let tab = end([go(Kind::Home), on_popup(Deed::Pick), go(Kind::Refused)]);
    assert!(tab.case.is_some_and(|case| case.symptom.is_none()));
}

#[test]
fn a_request_that_is_lost_does_not_take_the_place_of_a_list() {
    let mut steps = vec![go(Kind::Home)];
    steps.extend(ARRIVES);
    steps.extend([on_popup(Deed::Pick), Step::LoseRequest]);
    assert!(end(steps).case.is_some_and(|case| case.symptom.is_some()));
}

#[test]
fn a_step_that_the_worker_did_not_live_to_see_has_failed() {
    let mut steps = vec![go(Kind::Refused)];
    steps.extend(ARRIVES);
    // The first step is the checks, which leave nothing half done.
    let step = on_popup(Deed::Apply(1));
    for (ends, outcome) in [(Step::EndRun { done: true }, "Done"), (Step::Die, "Failed")] {
        let mut steps = steps.clone();
        steps.extend([step.clone(), ends]);
        let tab = end(steps);
        let attempts = tab.page().map(|case| case.history.clone()).unwrap_or_default();
        let outcomes: Vec<_> = attempts.iter().map(|attempt| format!("{:?}", attempt.outcome)).collect();
        assert_eq!(outcomes, [outcome], "{attempts:?}");
    }
}

#[test]
fn two_pages_report_in_the_wrong_order() {
    // The answers of both have come; the first page reports after the second one.
    let steps = [go(Kind::Gateway), go(Kind::Refused), Step::Deliver(0), Step::Deliver(0), Step::Deliver(1)];
    let tab = end(steps);
    assert_eq!(tab.page().and_then(|case| case.cause()), Some("blocked_by_rule"));
}

#[test]
fn a_page_that_reports_before_its_answer_and_after_another_page_left_one() {
    let steps = [
        Step::Go { kind: Kind::Gateway, answer: Way::Once, report: Way::Never },
        go(Kind::Home),
        // The second page is there first.
        Step::Deliver(1),
    ];
    assert!(end(steps).case.is_none());
}

#[test]
fn what_a_toast_says_late_is_not_said_of_the_next_page() {
    let mut steps = vec![go(Kind::Home)];
    steps.extend(ARRIVES);
    steps.extend([Step::Toast, go(Kind::Refused), Step::Deliver(1), Step::Deliver(0)]);
    assert_eq!(end(steps).page().and_then(|case| case.cause()), Some("blocked_by_rule"));
}
