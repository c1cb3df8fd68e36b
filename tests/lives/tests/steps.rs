//! These tests give `step` single events at the edges, and check what it makes of each of them and of what comes after it.

use access_medic::{
    Attempt, Evidence, Outcome, Page, Request, Surface,
    tab::{Asker, Effect, Event, Failure, Moment, Refusal, Reply, Source, Stepped, Tab, When, step, view},
};

const URL: &str = "https://chatgpt.com/";
/// The moment when the worker started, in milliseconds since 1970.
const BEGINNING: f64 = 1_800_000_000_000.0;

fn moment(watch: f64) -> Moment {
    Moment { tab: 1, now: BEGINNING + watch, watch, life: BEGINNING, ..Moment::default() }
}

fn page(text: &str) -> Page {
    let markers = vec!["#cf-wrapper".into(), "#cf-error-details".into()];
    Page {
        status: Some(403),
        content_type: "text/html".into(),
        elements: 30,
        text: text.into(),
        markers,
        ..Page::default()
    }
}

fn app() -> Page {
    Page { status: Some(200), content_type: "text/html".into(), app: true, elements: 400, ..Page::default() }
}

fn reported(page: Page, load: &str, ago: f64, watch: f64) -> Event {
    let when = When { ago, heard: watch };
    let source = Source { load: load.into(), began: when, answered: Some(when), ..Source::default() };
    Event::Reported { evidence: Evidence { url: URL.into(), page: Some(page), ..Evidence::default() }, source }
}

fn answered(request: &str, status: u16, watch: f64) -> Event {
    let when = When { ago: 0.0, heard: watch };
    Event::Answered { request: request.into(), host: "chatgpt.com".into(), status, headers: vec![], when }
}

/// Returns the tab after these events, each at its time by the worker's watch.
fn after(events: impl IntoIterator<Item = (f64, Event)>) -> Tab {
    events.into_iter().fold(Tab::default(), |tab, (watch, event)| step(tab, event, &moment(watch)).tab)
}

fn refused() -> Tab {
    after([
        (100.0, answered("1", 403, 100.0)),
        (150.0, reported(page("Error 1020 Access denied"), "first", 50.0, 150.0)),
    ])
}

fn lost(watch: f64) -> Event {
    let request = Request {
        host: "chatgpt.com".into(),
        path: "/backend-api/conversation".into(),
        failure: Some("net::ERR_FAILED".into()),
        ..Request::default()
    };
    let requests = vec![Failure { request, site: "chatgpt.com".into(), when: When { ago: 0.0, heard: watch } }];
    Event::RequestsFailed { requests, shown: URL.into() }
}

fn is_held(Stepped { effects, .. }: &Stepped) -> bool {
    effects.contains(&Effect::Hold)
}

#[test]
fn each_report_of_a_page_waits_while_its_answer_is_not_known() {
    let first = step(Tab::default(), reported(page("Error 1020"), "one", 10.0, 100.0), &moment(100.0));
    assert!(is_held(&first) && first.tab.case.is_none());
    let again = step(first.tab, reported(page("Error 1020"), "one", 60.0, 150.0), &moment(150.0));
    assert!(is_held(&again) && again.tab.case.is_none());
}

#[test]
fn requests_of_a_page_count_after_a_navigation_that_was_stopped_or_became_a_download() {
    let home = [(100.0, answered("1", 200, 100.0)), (150.0, reported(app(), "home", 50.0, 150.0))];
    let stopped = [(300.0, answered("2", 200, 300.0)), (400.0, Event::Aborted { request: "2".into() })];
    let shown = access_medic::tab::Shown { url: URL.into(), readable: true };
    let download = [
        (300.0, answered("2", 200, 300.0)),
        (700.0, Event::Completed { request: "2".into(), url: format!("{URL}file"), shown: Some(shown) }),
    ];
    for between in [stopped, download] {
        let tab = after(home.clone().into_iter().chain(between).chain([(900.0, lost(900.0))]));
        assert!(tab.case.is_some(), "{:?}", tab.answers);
    }
}

#[test]
fn an_answer_is_examined_alone_only_where_no_page_can_report() {
    let ended = |readable| {
        let shown = access_medic::tab::Shown { url: URL.into(), readable };
        after([
            (100.0, answered("1", 403, 100.0)),
            (500.0, Event::Completed { request: "1".into(), url: URL.into(), shown: Some(shown) }),
        ])
    };
    let alone = ended(false);
    assert!(alone.case.is_some(), "{alone:?}");
    let late = ended(true);
    assert!(late.case.is_none() && late.seen.is_none(), "what the page says decides: {late:?}");
    let said = reported(page("Error 1020 Access denied"), "late", 1_900.0, 2_000.0);
    let said = step(late, said, &moment(2_000.0)).tab;
    let answers: Vec<_> = said.answers.iter().map(|answer| answer.load.as_deref()).collect();
    assert!(said.case.is_some() && answers == [Some("late")], "{said:?}");
}

#[test]
fn requests_of_a_page_that_is_gone_are_not_said_of_the_next_one() {
    let mut late = reported(app(), "gone", 400.0, 500.0);
    if let Event::Reported { evidence, .. } = &mut late {
        let request =
            Request { host: "chatgpt.com".into(), path: "/x".into(), status: Some(429), ..Request::default() };
        evidence.requests.push(request);
    }
    let tab = after([
        (100.0, answered("1", 200, 100.0)),
        (300.0, answered("2", 200, 300.0)),
        (350.0, reported(app(), "next", 50.0, 350.0)),
        (500.0, late),
    ]);
    let journal = tab.journal.expect("a journal");
    assert_eq!(journal.requests, []);
    assert_eq!(journal.loads.iter().map(|load| load.load.as_deref()).collect::<Vec<_>>(), [Some("gone"), Some("next")]);
}

#[test]
fn what_failed_before_a_waiting_page_could_be_observed_is_its_own() {
    let waits = reported(app(), "one", 10.0, 400.0);
    let mut told = waits.clone();
    if let Event::Reported { source, .. } = &mut told {
        source.waited = true;
        source.answered = Some(When { ago: 300.0, heard: 400.0 });
    }
    let mut answer = answered("1", 200, 410.0);
    if let Event::Answered { when, .. } = &mut answer {
        when.ago = 310.0;
    }
    let mut failed = lost(405.0);
    if let Event::RequestsFailed { requests, .. } = &mut failed {
        requests.iter_mut().for_each(|one| one.when.ago = 200.0);
    }
    let tab = after([(400.0, waits), (405.0, failed), (410.0, answer), (420.0, told)]);
    assert_eq!(tab.journal.map(|journal| journal.requests.len()), Some(1));
}

#[test]
fn a_page_from_the_history_keeps_what_was_tried() {
    let mut tab = refused();
    let case = tab.case.as_mut().expect("a case");
    let at = case.at + 50.0;
    let (cause, remedy) = ("blocked_by_rule".into(), "reload".into());
    case.history.push(Attempt { remedy, cause, surface: Surface::Page, at, outcome: Outcome::Done, verdict: None });
    for (back, load) in [(app(), "healthy"), (page("Error 1020 Access denied"), "failing")] {
        let mut event = reported(back, load, 1.0, 500.0);
        if let Event::Reported { source, .. } = &mut event {
            source.restored = true;
        }
        let after = step(tab.clone(), event, &moment(500.0)).tab;
        let case = after.case.expect("what was tried is kept");
        assert_eq!(case.history.last().and_then(|attempt| attempt.verdict), None);
        assert_eq!(case.report.judgement, None);
        assert!(case.report.plan.iter().all(|step| step.state != access_medic::StepState::Tried), "{load}");
    }
}

#[test]
fn an_undo_takes_back_what_lies_under_a_list_too() {
    let mut tab = refused();
    let case = tab.case.as_mut().expect("a case");
    let at = case.at + 50.0;
    let (cause, remedy) = ("blocked_by_rule".into(), "clear_check_cookies".to_owned());
    let attempt =
        Attempt { remedy: remedy.clone(), cause, surface: Surface::Page, at, outcome: Outcome::Done, verdict: None };
    case.history.push(attempt);
    let by = Asker { address: Some(URL.into()), ..Asker::default() };
    let picked = step(tab, Event::Pick { by, symptom: "blocked".into(), kept: None }, &moment(500.0)).tab;
    assert!(picked.page().is_some_and(|page| page.history.len() == 1));
    let undo = access_medic::tab::Undo { remedy, at: at - 1.0 };
    let back = Event::PutBack { undo, back: 1, of: 1, url: URL.into(), at };
    let after = step(picked, back, &moment(600.0)).tab;
    assert!(after.page().is_some_and(|page| page.history.is_empty()));
}

#[test]
fn a_second_step_waits_for_the_first_and_a_closed_case_is_told_as_closed() {
    let tab = refused();
    let by = Asker { address: Some(URL.into()), ..Asker::default() };
    let plan = view(&tab, &by, &moment(200.0)).expect("a case").report.plan;
    let remedy = plan.iter().find(|step| step.remedy != "wait").expect("a step").remedy.clone();
    let apply = Event::Apply { by: by.clone(), remedy, permitted: true };
    let begun = step(tab, apply.clone(), &moment(200.0));
    assert!(matches!(begun.effects.as_slice(), [Effect::Run { .. }]));
    let again = step(begun.tab, apply, &Moment { runs: true, ..moment(210.0) });
    assert!(matches!(again.effects.as_slice(), [Effect::Reply { outcome: Reply::Refused, .. }]));
    let closed = step(again.tab, Event::Close, &Moment { runs: true, ..moment(220.0) }).tab;
    assert!(view(&closed, &by, &moment(230.0)).is_some_and(|case| case.closed));
}

/// On a busy computer the report of a page that is gone may be on its way for longer than the next page takes to come in and to
/// fail.
#[test]
fn the_word_of_a_page_that_was_long_on_its_way_says_nothing_of_the_next_one() {
    let sent = |page: Page, load: &str, began: f64, sent: f64, heard: f64| {
        let Event::Reported { evidence, source } = reported(page, load, sent - began, heard) else { unreachable!() };
        Event::Reported { evidence, source: Source { at: BEGINNING + began, ..source } }
    };
    for late in [300.0, 700.0, 2_900.0] {
        let tab = after([
            (0.0, answered("1", 200, 0.0)),
            (120.0, answered("2", 403, 120.0)),
            (200.0, sent(page("Error 1020 Access denied"), "second", 150.0, 190.0, 200.0)),
            (60.0 + late, sent(app(), "first", 20.0, 60.0, 60.0 + late)),
        ]);
        let cause = tab.case.and_then(|case| case.report.diagnosis).map(|found| found.cause);
        assert_eq!(cause.as_deref(), Some("blocked_by_rule"), "{late} ms late");
        assert_eq!(tab.seen.map(|seen| seen.load).as_deref(), Some("second"), "{late} ms late");
    }
}

/// An organisation withholds a step that stands in a plan already: a click on it is refused, and the plan is made anew when the
/// browser tells of the change.
#[test]
fn a_step_that_is_withheld_later_is_refused_and_leaves_the_plan() {
    let tab = refused();
    let by = Asker { address: Some(URL.into()), ..Asker::default() };
    let names = |tab: &Tab, moment: &Moment| -> Vec<String> {
        let report = view(tab, &by, moment).expect("a case").report;
        report.plan.into_iter().chain(report.tools).map(|step| step.remedy).collect()
    };
    let remedy = "clear_site_data".to_owned();
    assert!(names(&tab, &moment(200.0)).contains(&remedy));
    let managed = |watch| Moment { withheld: vec![remedy.clone()], ..moment(watch) };
    let apply = Event::Apply { by: by.clone(), remedy: remedy.clone(), permitted: true };
    let answer = step(tab.clone(), apply, &managed(210.0));
    let refusal = Effect::Reply { outcome: Reply::Refused, reason: Some(Refusal::Withheld) };
    assert_eq!(answer.effects, [refusal]);
    assert_eq!(answer.tab.case, tab.case);
    // The plan of a page that lies under a list is made anew, too.
    let pick = Event::Pick { by: by.clone(), symptom: "blocked".into(), kept: None };
    let picked = step(tab, pick, &moment(220.0)).tab;
    let changed = step(picked, Event::Managed, &managed(230.0)).tab;
    assert!(!names(&changed, &managed(240.0)).contains(&remedy));
    let page = changed.page().expect("the page");
    assert!(!page.report.tools.iter().any(|step| step.remedy == remedy));
    // A remedy that is offered again comes back.
    let back = step(changed, Event::Managed, &moment(250.0)).tab;
    assert!(names(&back, &moment(260.0)).contains(&remedy));
}
