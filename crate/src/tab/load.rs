//! This module handles evidence: it finds which answer a page came with, which load it belongs to, and what it makes of the case.

use super::{
    Stepping,
    effect::{Badge, Effect},
    event::{Draws, Failure, Moment, Shown, Source, When},
    state::{Answer, Case, Clock, Journal, Lost, Seen, Tab},
};
use crate::{
    address::Address,
    evidence::{Evidence, Header, Load, Response},
    report::{Confidence, Diagnosis, Surface},
};

/// The tolerance, in milliseconds as all times, for the moment at which the answer of a page came. It came between its first
/// byte, as the page says, and the moment at which the page began to be observed. But watches of pages are rounded: by 16.7 ms
/// where Firefox resists fingerprinting (measured in 153).
const ROUNDED: f64 = 50.0;
/// The time by which an answer may have come before what its page takes for its first byte, on a busy computer: 150 ms were seen
/// in Firefox 153.
const EARLY: f64 = 1_000.0;
/// The time before a page can be observed in which its requests may have failed, if its answer is not known.
const BEFORE: f64 = 200.0;
/// The largest number of answers that wait for their pages.
const ANSWERS: usize = 4;
/// The time after a step in which a page of another site still counts as its result: signing in crosses sites.
const CROSSING: f64 = 60_000.0;
/// The time for which a failed request counts: the app asks again, and nobody tells of a request that works again.
const RECENT: f64 = 60_000.0;
/// The largest number of loads in the journal.
const LOADS: usize = 12;
/// The largest number of failed requests in the journal.
const REQUESTS: usize = 20;

/// This is what a page or the network tells, with the name of the load that tells it.
pub struct Report<'a> {
    pub evidence: Evidence,
    pub load: Option<&'a str>,
    pub restored: bool,
}

impl Report<'_> {
    /// Does it tell of a load, and not only of something in it?
    const fn is_of_load(&self) -> bool {
        let Evidence { page, response, failure, .. } = &self.evidence;
        page.is_some() || response.is_some() || failure.is_some()
    }
}

/// Notes that the first byte of an answer came.
pub fn answered(
    stepping: &mut Stepping<'_>,
    request: String,
    host: String,
    status: u16,
    headers: Vec<Header>,
    when: &When,
) {
    let at = stepping.stamp_of(when);
    let ago = when.ago_at(stepping.moment);
    let Moment { now, watch, life, .. } = *stepping.moment;
    let clock = Clock { now: now - ago, watch: watch - ago, life };
    stepping.tab.answers.push(Answer { request, host, at, came: at, clock, status, headers, load: None });
    keep_last(&mut stepping.tab.answers, ANSWERS);
}

/// Takes the report of a page.
pub fn reported(stepping: &mut Stepping<'_>, mut evidence: Evidence, mut source: Source) {
    age(&mut source, stepping);
    let source = &source;
    let name = source.load.as_str();
    let known = time_of(&stepping.tab, name);
    if evidence.page.is_some() && evidence.response.is_none() && !source.restored {
        let answer = own_answer(stepping, &evidence, source, known);
        if answer.is_none() && !was_examined(&stepping.tab, name) && !source.waited {
            // From now on, the tab shows this page, and the page was not examined.
            place(stepping, source, true);
            stepping.effects.push(Effect::Hold);
            return;
        }
        evidence.response = answer.map(|answer| Response { status: answer.status, headers: answer.headers });
    }
    evidence.at = place(stepping, source, evidence.page.is_some());
    examine(stepping, Report { evidence, load: (!name.is_empty()).then_some(name), restored: source.restored });
}

/// Makes a page as old as it is now. The page told its age when it spoke, and on a busy computer the shell heard that only a
/// while later. A page that is gone would then seem younger than the page that followed it.
fn age(source: &mut Source, stepping: &Stepping<'_>) {
    let age = source.began.ago_at(stepping.moment);
    let line = stepping.tab.clock.as_ref();
    let late = line.and_then(|line| line.on_its_way(source.at, age, stepping.moment)).unwrap_or_default();
    source.began.ago += late;
    source.answered.iter_mut().for_each(|answered| answered.ago += late);
}

/// Returns when the page that reports began, as a stamp: by its name if that is known, by its answer, or by its age. `is_shown`:
/// the tab shows this page from now on, unless it shows a later one.
fn place(stepping: &mut Stepping<'_>, source: &Source, is_shown: bool) -> f64 {
    let name = source.load.as_str();
    let answer = stepping.tab.answers.iter().find(|answer| !name.is_empty() && answer.load.as_deref() == Some(name));
    let answered = answer.map(|answer| answer.at);
    let known = time_of(&stepping.tab, name);
    let at = match known.or(answered) {
        Some(at) => at,
        None => stepping.stamp_of_page(source),
    };
    let seen = stepping.tab.seen.as_ref();
    if is_shown && seen.is_none_or(|seen| seen.at < at || (seen.load == name && seen.at != at)) {
        stepping.tab.seen = Some(Seen { load: name.to_owned(), at, answered: false });
    }
    at
}

/// Examines the complete answer to a main request if no page can report. An error without a body does not become a page that can
/// report in Chromium, nor does JSON in Firefox's viewer: where the tab shows such an address, the answer is all there is to examine.
pub fn completed(stepping: &mut Stepping<'_>, request: &str, url: &str, shown: Option<&Shown>) {
    // After a download, or an answer without content, the tab still shows the page before it.
    let page = |url: &str| url.split('#').next().unwrap_or_default().to_owned();
    let shown = shown.filter(|shown| page(&shown.url) == page(url));
    // A page that can report does so, even if it is late.
    if shown.is_some_and(|shown| shown.readable) {
        return;
    }
    let Some(answer) = take_alone(stepping, request) else { return };
    if shown.is_none() {
        return;
    }
    let response = Some(Response { status: answer.status, headers: answer.headers });
    let evidence = Evidence { url: url.to_owned(), at: answer.at, response, ..Evidence::default() };
    examine(stepping, Report { evidence, load: None, restored: false });
}

/// Examines a main request that failed.
pub fn failed(stepping: &mut Stepping<'_>, request: &str, url: String, failure: String, when: &When) {
    let answer = take_alone(stepping, request);
    let at = match &answer {
        Some(answer) => answer.at,
        None => stepping.stamp_of(when),
    };
    let response = answer.map(|answer| Response { status: answer.status, headers: answer.headers });
    let evidence = Evidence { url, at, response, failure: Some(failure), ..Evidence::default() };
    examine(stepping, Report { evidence, load: None, restored: false });
}

/// Notes and examines requests of the shown page that got no answer, or a bad one.
pub fn requests_failed(stepping: &mut Stepping<'_>, requests: &[Failure], shown: &str) {
    let seen = requests.iter().map(|one| Lost::seen_at(&one.request, &one.site, stepping.stamp_of(&one.when)));
    let requests: Vec<_> = seen.collect();
    let journal = stepping.tab.journal.get_or_insert_default();
    journal.requests.extend(requests);
    keep_last(&mut journal.requests, REQUESTS);
    let Some(Seen { at, load, .. }) = stepping.tab.seen.clone() else { return };
    // A page that is about to come in takes these requests along.
    let is_coming = stepping.tab.answers.iter().any(|answer| answer.load.is_none() && answer.at > at);
    // By now the tab may show another page, of which nobody has heard.
    let Some(address) = Address::read(shown).filter(|address| !is_coming && address.is_ours()) else { return };
    let loads = stepping.tab.journal.iter().flat_map(|journal| &journal.loads);
    let place = loads.filter(|load| load.at == at).map(|load| load.place.as_str()).next_back();
    if place.is_some_and(|place| place.split('/').next() != Some(address.site().as_str())) {
        return;
    }
    let evidence = Evidence { url: shown.to_owned(), at, ..Evidence::default() };
    let load = (!load.is_empty()).then_some(load.as_str());
    examine(stepping, Report { evidence, load, restored: false });
}

fn keep_last<T>(list: &mut Vec<T>, most: usize) {
    list.drain(..list.len().saturating_sub(most));
}

/// Tells whether a load of this name has been examined, and does not only wait for its answer.
fn was_examined(tab: &Tab, name: &str) -> bool {
    let mut loads = tab.journal.iter().flat_map(|journal| &journal.loads);
    !name.is_empty()
        && (loads.any(|load| load.load.as_deref() == Some(name))
            || tab.seen.as_ref().is_some_and(|seen| seen.load == name && seen.answered))
}

/// Returns when a load began that is known by its name.
fn time_of(tab: &Tab, name: &str) -> Option<f64> {
    if name.is_empty() {
        return None;
    }
    let seen = tab.seen.iter().map(|seen| (seen.load.as_str(), seen.at));
    let loads = tab.journal.iter().flat_map(|journal| &journal.loads);
    let loads = loads.map(|load| (load.load.as_deref().unwrap_or_default(), load.at));
    loads.chain(seen).find(|(load, _)| *load == name).map(|(_, at)| at)
}

/// Finds the answer that a page came with, by host and time: the address may be rewritten before the page can be observed, as the
/// human check does. An answer that was examined alone may still be claimed by the page that it became.
fn own_answer(stepping: &mut Stepping<'_>, evidence: &Evidence, source: &Source, known: Option<f64>) -> Option<Answer> {
    let site = Address::read(&evidence.url)?.site();
    let status = evidence.page.as_ref().and_then(|page| page.status);
    let moment = stepping.moment;
    let began = source.began.ago_at(moment);
    let first_byte = source.answered.map_or(f64::INFINITY, |when| when.ago_at(moment));
    // Across two lives of the worker, only the clock as it was then can be used.
    let since = |answer: &Answer| {
        let Clock { now, watch, life } = answer.clock;
        if life == moment.life { moment.watch - watch } else { source.at + began - now }
    };
    let is_exact = |answer: &Answer| (began - ROUNDED..=first_byte + ROUNDED).contains(&since(answer));
    let own = |answer: &Answer| answer.load.as_deref() == Some(source.load.as_str()) && !source.load.is_empty();
    let free = |answer: &Answer| {
        answer.load.as_deref().is_none_or(str::is_empty)
            && answer.host == site
            && status.is_none_or(|status| status == answer.status || status.max(answer.status) < 400)
            && (began - ROUNDED..=first_byte + EARLY).contains(&since(answer))
    };
    let answers = &stepping.tab.answers;
    let nearest = |answers: &[Answer]| {
        let free = answers.iter().enumerate().filter(|(_, answer)| free(answer));
        let far = |answer: &Answer| (since(answer) - first_byte.min(began)).abs();
        let rank = |answer: &Answer| (!is_exact(answer), far(answer));
        let closer = |one: &Answer, other: &Answer| {
            let (one, other) = (rank(one), rank(other));
            one.0.cmp(&other.0).then(one.1.total_cmp(&other.1))
        };
        free.min_by(|(_, one), (_, other)| closer(one, other)).map(|(at, _)| at)
    };
    let at = answers.iter().position(own).or_else(|| nearest(answers));
    let index = at?;
    let is_exact = answers.get(index).is_some_and(is_exact);
    // An answer that came a while before is not trusted to say when the page began.
    let known = if is_exact { known } else { known.or_else(|| Some(stepping.stamp_of_page(source))) };
    let answer = stepping.tab.answers.get_mut(index)?;
    answer.load = Some(source.load.clone());
    // If the page is known already, its answer and the load that was noted for the answer alone get the time of the page.
    if let Some(known) = known {
        let heard = std::mem::replace(&mut answer.at, known);
        let loads = stepping.tab.journal.iter_mut().flat_map(|journal| &mut journal.loads);
        loads.filter(|load| load.at == heard).for_each(|load| load.at = known);
        if let Some(seen) = stepping.tab.seen.as_mut().filter(|seen| seen.at == heard) {
            seen.at = known;
        }
    }
    Some(answer.clone())
}

/// Finds the answer to a request while nobody has claimed it.
fn unclaimed<'a>(answers: &'a [Answer], request: &str) -> Option<&'a Answer> {
    answers.iter().find(|answer| answer.request == request && answer.load.is_none())
}

/// Takes the answer to a request that nobody has claimed, so that it is examined without a page.
fn take_alone(stepping: &mut Stepping<'_>, request: &str) -> Option<Answer> {
    let found = unclaimed(&stepping.tab.answers, request).cloned()?;
    if let Some(answer) = stepping.tab.answers.iter_mut().find(|answer| answer.request == request) {
        answer.load = Some(String::new());
    }
    Some(found)
}

/// Returns the time since which a failed request can belong to a load. A page asks for things before it can be observed, so every
/// request that failed since its answer is its own.
fn since(tab: &Tab, load: f64, restored: bool) -> f64 {
    let own = tab.answers.iter().find(|answer| answer.at == load);
    if restored { load } else { own.map_or(load - BEFORE, |answer| answer.came.min(load)) }
}

/// Returns the journal with what a report adds to it.
fn note(tab: &Tab, report: &Report<'_>, now: f64) -> Journal {
    let Evidence { url, at, requests, .. } = &report.evidence;
    let mut journal = tab.journal.clone().unwrap_or_default();
    let is_known = !report.is_of_load() || journal.loads.iter().any(|load| load.at == *at);
    if is_known && requests.is_empty() && report.load.is_none() {
        return journal;
    }
    let since = since(tab, *at, report.restored);
    let site = Address::read(url).map(|address| address.site()).unwrap_or_default();
    journal.requests.retain(|lost| lost.seen >= since);
    journal.requests.extend(requests.iter().map(|request| Lost::seen_at(request, &site, now)));
    keep_last(&mut journal.requests, REQUESTS);
    if !is_known {
        let place = Address::read(url).map(|address| address.place()).unwrap_or_default();
        journal.loads.push(Load { at: *at, place, cause: None, load: report.load.map(str::to_owned) });
        journal.loads.sort_by(|one, other| one.at.total_cmp(&other.at));
    } else if let (Some(name), Some(load)) = (report.load, journal.loads.iter_mut().find(|load| load.at == *at)) {
        // A page that reports after its answer was examined alone is the same load.
        load.load = Some(name.to_owned());
    }
    keep_last(&mut journal.loads, LOADS);
    journal
}

/// Examines evidence and decides what a person sees of it. All evidence goes this way.
fn examine(stepping: &mut Stepping<'_>, mut report: Report<'_>) {
    let now = stepping.moment.now;
    if Address::read(&report.evidence.url).is_none() {
        return;
    }
    let at = report.evidence.at;
    // A page that is gone may speak late. The journal notes that it was there, but nothing that happened in it.
    let mut loads = stepping.tab.journal.iter().flat_map(|journal| &journal.loads);
    let is_left = loads.any(|load| load.at > at) || stepping.tab.seen.as_ref().is_some_and(|seen| seen.at > at);
    if is_left {
        report.evidence.requests.clear();
        let journal = note(&stepping.tab, &report, now);
        let is_empty = journal.loads.is_empty() && journal.requests.is_empty();
        stepping.tab.journal = (!is_empty).then_some(journal);
        return;
    }
    let mut journal = note(&stepping.tab, &report, now);
    let before = stepping.tab.page().cloned();
    let since = since(&stepping.tab, at, report.restored).max(now - RECENT);
    let site = Address::read(&report.evidence.url).map(|address| address.site()).unwrap_or_default();
    // A request that failed after the answer of another page came belongs to that page.
    let others = stepping.tab.answers.iter().filter(|answer| answer.load.as_deref() != Some(""));
    let until = others.map(|answer| answer.at).filter(|later| *later > at).fold(f64::INFINITY, f64::min);
    let recent = journal.requests.iter().filter(|lost| lost.seen >= since && lost.seen < until && lost.is_of(&site));
    report.evidence.requests = recent.map(Lost::request).collect();
    let earlier: Vec<Load> = journal.loads.iter().filter(|load| load.at < at).cloned().collect();
    let stored = stepping.tab.case.take();
    let is_of_load = report.is_of_load();
    let settles = report.evidence.failure.is_some();
    let load = report.load.unwrap_or_default().to_owned();
    let (case, is_new) = match follow(stepping, stored.as_ref(), report, &earlier) {
        Followed::Stays => (stored, false),
        Followed::Is(case) => (case.map(|case| *case), true),
    };
    stepping.tab.case = case;
    let shown = stepping.tab.page().filter(|case| case.at == at);
    if let (Some(cause), Some(load)) =
        (shown.and_then(Case::cause), journal.loads.last_mut().filter(|load| load.at == at))
    {
        load.cause = Some(cause.to_owned());
    }
    let is_empty = journal.loads.is_empty() && journal.requests.is_empty();
    stepping.tab.journal = (!is_empty).then_some(journal);
    if is_of_load {
        stepping.tab.seen = Some(Seen { load, at, answered: true });
    }
    draw(stepping, before.as_ref(), at, is_new, settles);
}

/// Decides what a person sees after evidence was examined.
fn draw(stepping: &mut Stepping<'_>, before: Option<&Case>, at: f64, is_new: bool, settles: bool) {
    let after = stepping.tab.page();
    // A diagnosis of this load that was made before still holds.
    let stands = after.is_some_and(|case| case.at == at && case.report.diagnosis.is_some());
    let unseen = !stands && stepping.tab.seen.as_ref().is_some_and(|seen| !seen.answered);
    if !is_new && !unseen {
        return;
    }
    // An overlay that is there already must see that its case is over.
    let is_over = before.is_some_and(|case| case.at == at && may_draw(case));
    let shows = is_over || after.is_some_and(|case| may_draw(case) && !stepping.is_hidden(case));
    let badge = match after.map(|case| &case.report) {
        _ if unseen => Badge::Unseen,
        Some(report) if report.diagnosis.is_some() => {
            Badge::Wrong { cause: report.diagnosis.as_ref().map(|drawn| drawn.cause.clone()).unwrap_or_default() }
        }
        Some(report) if report.judgement.is_some() => Badge::Right,
        _ => Badge::Plain,
    };
    if shows {
        stepping.effects.push(Effect::Show);
    }
    stepping.effects.push(Effect::Paint { badge, settles });
}

/// Tells whether a case may be drawn: only on OpenAI's pages, and where the report allows it.
fn may_draw(case: &Case) -> bool {
    let is_ours = Address::read(&case.url).is_some_and(|address| address.is_ours());
    let drawn = case.report.diagnosis.as_ref().map_or(case.report.judgement.is_some(), |drawn| drawn.overlay);
    !case.closed && is_ours && drawn
}

impl Stepping<'_> {
    /// Has the person chosen not to see this on the page?
    pub fn is_hidden(&self, case: &Case) -> bool {
        let drawn = case.report.diagnosis.as_ref();
        match self.moment.draws {
            Draws::Never => true,
            Draws::Pages if drawn.is_some_and(|drawn| drawn.surface != Surface::Page) => true,
            _ => drawn.is_some_and(|drawn| self.moment.silenced.contains(&drawn.cause)),
        }
    }
}

/// This is what evidence makes of a case.
enum Followed {
    /// The evidence says nothing new, so the case stays.
    Stays,
    /// This is the case now; `None`: there is no case any more.
    Is(Option<Box<Case>>),
}

/// Tells whether a diagnosis is too slight to take the place of the list that a person works through. It is if it is merely
/// possible, or if it is about a request that failed on a page that shows no error.
fn is_slight(diagnosis: &Diagnosis) -> bool {
    diagnosis.confidence == Confidence::Possible || diagnosis.surface == Surface::Request
}

/// Returns what new evidence makes of the stored case.
fn follow(stepping: &Stepping<'_>, stored: Option<&Case>, report: Report<'_>, loads: &[Load]) -> Followed {
    let Report { evidence, load, restored } = report;
    let at = evidence.at;
    // The list of what a person told of stays over the case of the page, until a page shows a fault of its own.
    if let Some(list) = stored.filter(|case| case.is_of_elsewhere()) {
        let under = list.under.as_deref();
        let is_new = under.is_none_or(|page| page.at != at);
        return match follow(stepping, under, Report { evidence, load, restored }, loads) {
            Followed::Stays => Followed::Stays,
            Followed::Is(Some(page))
                if is_new && page.report.diagnosis.as_ref().is_some_and(|found| !is_slight(found)) =>
            {
                Followed::Is(Some(page))
            }
            Followed::Is(page) => Followed::Is(Some(Box::new(Case { under: page, ..list.clone() }))),
        };
    }
    let Some(address) = Address::read(&evidence.url) else { return Followed::Stays };
    let (site, masked) = (address.site(), address.masked());
    let is_page = evidence.page.is_some();
    let waiting = stored.and_then(Case::pending).cloned();
    let is_crossed = stored.is_some_and(|case| Address::read(&case.url).is_none_or(|known| known.site() != site));
    let is_foreign = is_crossed && !waiting.as_ref().is_some_and(|attempt| at - attempt.at < CROSSING);
    let mut case = match stored {
        Some(case) if !is_foreign => case.clone(),
        _ => Case::blank(stepping.moment.tab, masked.clone(), at),
    };
    let earlier = (case.at == at).then(|| case.report.clone());
    let standing = earlier.as_ref().filter(|_| !is_page).and_then(|report| report.diagnosis.as_ref());
    // A page that came back from the history proves nothing of what was done since: it is examined as a page from before that.
    let last = case.pending().map_or(f64::INFINITY, |attempt| attempt.at);
    let evidence = if restored { Evidence { at: at.min(last), ..evidence } } else { evidence };
    let mut found = stepping.ask(evidence, &case, standing, loads);
    let attempt = waiting.filter(|_| !is_foreign);
    let is_known =
        found.diagnosis.as_ref().map(|drawn| &drawn.cause) == case.report.diagnosis.as_ref().map(|drawn| &drawn.cause);
    let judgement = found.judgement.clone();
    let diagnosis = found.diagnosis.clone();
    if diagnosis.is_some() && found.judgement.is_none() {
        found.judgement = earlier.as_ref().and_then(|report| report.judgement.clone());
    }
    let is_of_this_load = case.at == at;
    // A step was carried out on the load before this one: its receipt stays, and it may still be judged.
    let began = case.at;
    let is_after_step = attempt.iter().map(|attempt| attempt.at).chain(case.receipts.values().map(|one| one.at));
    let is_after_step = is_after_step.clone().any(|step| step > began);
    // A person who loads the page again does not wait any more.
    case.waiting.take_if(|_| !is_of_this_load);
    case.url = masked;
    case.load = load.map(str::to_owned).or_else(|| case.load.filter(|_| is_of_this_load));
    case.at = at;
    case.report = found;
    case.closed = case.closed && is_known && judgement.is_none();
    if let (Some(judgement), Some(attempt)) = (&judgement, &attempt)
        && let Some(judged) = case.history.iter_mut().rfind(|one| *one == attempt)
    {
        judged.verdict = Some(judgement.verdict);
    }
    if diagnosis.is_some() || judgement.is_some() {
        return Followed::Is(Some(Box::new(case)));
    }

    // Nothing is known to be wrong. Only a page can say so; a toast or a bare answer cannot.
    if stored.is_none() || !is_page {
        return Followed::Stays;
    }
    if is_foreign {
        return Followed::Is(None);
    }
    if let Some(earlier) = earlier {
        return if earlier.diagnosis.is_some() { Followed::Is(None) } else { Followed::Stays };
    }
    Followed::Is(is_after_step.then(|| Box::new(case)))
}
