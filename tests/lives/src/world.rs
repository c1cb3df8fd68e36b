//! This module plays the browser, the shell and the person of a life, as far as the core can tell them apart.

use access_medic::{
    Alert, Evidence, Header, Outcome, Page, Request, StepState,
    tab::{
        Asker, Case, Cleared, ClearedCookies, Draws, Effect, Ended, Event, Failure, Moment, Picked, Shown, Source,
        StepOutcome, Tab, When, step, view,
    },
};
use std::collections::VecDeque;

/// A life is what happens in a tab, in order.
#[derive(Clone, Debug)]
pub struct Life {
    pub steps: Vec<Step>,
}

#[derive(Clone, Debug)]
pub enum Step {
    /// The tab goes to a page. `answer` and `report` say how often the network and the page tell of it.
    Go { kind: Kind, answer: Way, report: Way },
    /// The tab goes back in the history, by one page more than this number.
    Back(usize),
    /// The next message arrives from one of those who have something to say.
    Deliver(usize),
    /// The page shows a toast that something failed.
    Toast,
    /// A request of the page gets no answer.
    LoseRequest,
    /// This number of milliseconds goes by.
    Wait(u32),
    /// The clock is changed by this number of milliseconds.
    SetClock(i64),
    /// The worker ends, and another one starts.
    Die,
    /// The person does something, on the page or in the popup.
    Do { deed: Deed, on_page: bool },
    /// The part that carries out a step is done with it, or fails.
    EndRun { done: bool },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Cloudflare refuses the visitor: error 1020.
    Refused,
    /// The server behind Cloudflare gives a bad answer: 502.
    Gateway,
    /// The app is shown, and all is well.
    Home,
    /// There is no connection, so the browser shows its own error page.
    Dead,
    /// The login is shown, on another host, and all is well.
    Login,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Way {
    Never,
    Once,
    Twice,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Deed {
    /// The person clicks on a step of the plan.
    Apply(usize),
    Undo,
    Tick(usize),
    Skip(usize),
    Untick(usize),
    Restart,
    Pick,
    Tell,
    EndList,
    Close,
    Wish,
}

/// This is what a life came to.
#[derive(Clone, Debug, Default)]
pub struct Played {
    /// The number of events that the core was told.
    pub events: u32,
    /// The number of times that drawings and words were looked at.
    pub claims: u32,
    /// The state at the end, when all that was said has arrived.
    pub tab: Tab,
    /// The worker ended at least once, and whenever it did no step ran and no page waited, and the clock was never set.
    pub is_comparable: bool,
}

/// This says what was not true, and after how many events.
#[derive(Clone, Debug)]
pub struct Broken {
    pub what: String,
    pub event: u32,
}

/// This text stands wherever a secret can stand, and must not be found in what is kept.
const SECRET: &str = "s3cret";
const TAB: u32 = 7;
/// The longest time that a report is on its way, in milliseconds.
const ON_ITS_WAY: f64 = 5_000.0;
/// The first moment of each life, in milliseconds since 1970.
const BEGINNING: f64 = 1_800_000_000_000.0;

struct Document {
    name: String,
    url: String,
    kind: Kind,
    /// The moment when it began, by a clock that nobody sets.
    began: f64,
    /// The same moment by the clock of its computer.
    at: f64,
    /// It told the core of its page, and the core answered.
    is_told: bool,
    has_toast: bool,
    /// A script can enter it, so it reports.
    is_readable: bool,
    /// It came back from the history.
    is_restored: bool,
}

enum Message {
    /// The network tells of an event. `at` is the moment of the event, by the clock that nobody sets.
    Network { event: Box<Event>, document: Option<usize>, at: f64 },
    /// The page reports when it has the time. `began` and `sent` are by the clock that nobody sets; `sets` says how often the other clock
    /// had been set by then.
    Page {
        evidence: Box<Evidence>,
        document: usize,
        name: String,
        restored: bool,
        began: f64,
        at: f64,
        sent: f64,
        sets: u32,
    },
}

impl Message {
    /// Tells whether the message is anything else than that an answer is complete.
    fn is_no_end(&self) -> bool {
        !matches!(self, Self::Network { event, .. } if matches!(**event, Event::Completed { .. }))
    }
}

struct World {
    tab: String,
    /// The time that really went by, in milliseconds.
    now: f64,
    /// The difference between the clock and that time.
    offset: f64,
    /// The moment when the worker's present life began, by the clock that nobody sets.
    life: f64,
    /// The difference between the other clock and that one at that moment.
    life_offset: f64,
    documents: Vec<Document>,
    history: Vec<usize>,
    network: VecDeque<Message>,
    pages: Vec<VecDeque<Message>>,
    requests: u32,
    /// A step is carried out in this life of the worker, for this case.
    run: Option<(String, Case)>,
    held: Vec<(Event, usize)>,
    drawn: Option<Case>,
    kept: Option<Picked>,
    /// The steps that are said to be done, by remedy, and the moments when they ended.
    done: Vec<(String, f64)>,
    deaths: u32,
    sets: u32,
    played: Played,
}

/// Plays a life. `deaths` says whether the worker ends where the life says so.
pub fn play(life: &Life, deaths: bool) -> Result<Played, Broken> {
    let mut world = World::new();
    for step in &life.steps {
        world.take(step, deaths)?;
    }
    world.drain()?;
    world.played.tab = world.state();
    world.played.is_comparable &= world.sets == 0;
    Ok(world.played)
}

impl World {
    fn new() -> Self {
        Self {
            tab: "{}".into(),
            now: 0.0,
            offset: 0.0,
            life: -1.0,
            life_offset: 0.0,
            documents: Vec::new(),
            history: Vec::new(),
            network: VecDeque::new(),
            pages: Vec::new(),
            requests: 0,
            run: None,
            held: Vec::new(),
            drawn: None,
            kept: None,
            done: Vec::new(),
            deaths: 0,
            sets: 0,
            played: Played::default(),
        }
    }

    fn wall(&self) -> f64 {
        BEGINNING + self.now + self.offset
    }

    /// Returns the time by the worker's own watch.
    fn watch(&self) -> f64 {
        self.now - self.life
    }

    fn state(&self) -> Tab {
        serde_json::from_str(&self.tab).expect("the core reads what it wrote")
    }

    fn moment(&self) -> Moment {
        Moment {
            tab: TAB,
            now: self.wall(),
            watch: self.watch(),
            life: BEGINNING + self.life + self.life_offset,
            offset: 0.0,
            zone: format!("Asia/{SECRET}"),
            runs: self.run.is_some(),
            draws: Draws::All,
            silenced: Vec::new(),
            withheld: Vec::new(),
        }
    }

    fn shown(&self) -> Option<&Document> {
        self.history.last().and_then(|at| self.documents.get(*at))
    }

    fn broken(&self, what: impl Into<String>) -> Broken {
        Broken { what: what.into(), event: self.played.events }
    }

    fn asker(&self, page: bool) -> Asker {
        let document = self.shown();
        Asker {
            page,
            address: document.map(|document| document.url.clone()),
            load: document.filter(|_| page).map(|document| document.name.clone()),
        }
    }

    fn take(&mut self, what: &Step, deaths: bool) -> Result<(), Broken> {
        self.now += 1.0;
        match what {
            Step::Go { kind, answer, report } => return self.go(*kind, *answer, *report),
            Step::Back(by) => return self.back(*by),
            Step::Deliver(which) => return self.deliver(*which),
            Step::Toast => self.toast(),
            Step::LoseRequest => self.lose_request(),
            Step::Wait(ms) => self.now += f64::from(*ms),
            Step::SetClock(by) => {
                self.hear_network()?;
                self.sets += 1;
                self.offset += *by as f64;
            }
            Step::Die if !deaths => return self.hear_network(),
            Step::Die => {
                self.hear_network()?;
                let is_quiet = self.run.is_none() && self.held.is_empty() && self.pages.iter().all(VecDeque::is_empty);
                self.played.is_comparable = is_quiet && (self.deaths == 0 || self.played.is_comparable);
                self.deaths += 1;
                self.run = None;
                self.held.clear();
                self.life = self.now;
                self.life_offset = self.offset;
                return self.happen(Event::Woke, None);
            }
            Step::Do { deed, on_page } => return self.act(*deed, *on_page),
            Step::EndRun { done } => return self.end_run(*done),
        }
        Ok(())
    }

    fn go(&mut self, kind: Kind, answer: Way, report: Way) -> Result<(), Broken> {
        // Nobody is quicker than this, and nobody could tell apart two answers that come sooner after each other.
        self.now += 120.0;
        let host = if kind == Kind::Login { "auth.openai.com" } else { "chatgpt.com" };
        let url = format!("https://{host}/c/{SECRET}-0123456789abcdef?q={SECRET}#{SECRET}");
        self.requests += 1;
        let request = format!("request-{}", self.requests);
        let index = self.documents.len();
        let name = format!("load-{index}");
        let answered = Event::Answered {
            request: request.clone(),
            host: host.into(),
            status: status(kind),
            headers: headers(kind),
            when: When::default(),
        };
        if kind == Kind::Dead {
            let failure = "net::ERR_CONNECTION_RESET".into();
            let failed = Event::Failed { request, url: url.clone(), failure, when: When::default() };
            self.network.push_back(Message::Network { event: Box::new(failed), document: Some(index), at: self.now });
        } else {
            if answer != Way::Never {
                self.network.push_back(Message::Network { event: Box::new(answered), document: None, at: self.now });
                let completed = Event::Completed { request, url: url.clone(), shown: None };
                self.network.push_back(Message::Network { event: Box::new(completed), document: None, at: self.now });
            }
        }
        let document = Document {
            name: name.clone(),
            url: url.clone(),
            kind,
            began: self.now,
            at: self.wall(),
            is_told: false,
            has_toast: false,
            is_readable: report != Way::Never,
            is_restored: false,
        };
        self.documents.push(document);
        self.pages.push(VecDeque::new());
        self.history.push(index);
        let times = match report {
            _ if kind == Kind::Dead => 0,
            Way::Never => 0,
            Way::Once => 1,
            Way::Twice => 2,
        };
        for _ in 0..times {
            self.report(index);
        }
        self.drawn = None;
        if answer == Way::Never && times > 0 {
            // Only the page's own word says when the page began, so it is heard at once.
            while !self.pages.get(index).is_none_or(VecDeque::is_empty) {
                self.deliver_of(Some(index))?;
            }
        }
        Ok(())
    }

    /// A page puts its report on the way.
    fn report(&mut self, index: usize) {
        let Some(document) = self.documents.get(index) else { return };
        let evidence = Evidence { url: document.url.clone(), page: Some(page(document.kind)), ..Evidence::default() };
        self.send(index, evidence);
    }

    /// A page puts something on the way.
    fn send(&mut self, index: usize, evidence: Evidence) {
        let (Some(document), Some(queue)) = (self.documents.get(index), self.pages.get_mut(index)) else { return };
        queue.push_back(Message::Page {
            evidence: Box::new(evidence),
            document: index,
            name: document.name.clone(),
            restored: document.is_restored,
            began: document.began,
            at: document.at,
            sent: self.now,
            sets: self.sets,
        });
    }

    fn back(&mut self, by: usize) -> Result<(), Broken> {
        if self.history.len() < by + 2 {
            return Ok(());
        }
        self.history.truncate(self.history.len() - by - 1);
        let (now, wall) = (self.now, self.wall());
        let Some(&index) = self.history.last() else { return Ok(()) };
        let count = self.documents.len();
        self.drawn = None;
        let Some(document) = self.documents.get_mut(index) else { return Ok(()) };
        if document.kind == Kind::Dead {
            // No browser keeps its own error page, so it asks for the address again.
            self.history.pop();
            return self.go(Kind::Dead, Way::Never, Way::Never);
        }
        // The observer begins anew, with another name.
        document.name = format!("load-{index}-{count}-{now}");
        document.began = now;
        document.at = wall;
        document.is_told = false;
        document.is_restored = true;
        self.report(index);
        Ok(())
    }

    fn toast(&mut self) {
        let Some(&index) = self.history.last() else { return };
        let Some(document) = self.documents.get_mut(index).filter(|one| one.kind == Kind::Home && one.is_readable)
        else {
            return;
        };
        document.has_toast = true;
        let alert = Alert {
            text: format!("Too many requests in 1 hour. Try again later. {SECRET}"),
            markers: vec!["[role=alert]".into()],
        };
        let evidence = Evidence { url: document.url.clone(), alerts: vec![alert], ..Evidence::default() };
        self.send(index, evidence);
    }

    fn lose_request(&mut self) {
        if self.shown().is_none_or(|document| document.kind != Kind::Home) {
            return;
        }
        let request = Request {
            host: "chatgpt.com".into(),
            path: "/backend-api/conversation".into(),
            failure: Some("net::ERR_FAILED".into()),
            ..Request::default()
        };
        let requests = vec![Failure { request, site: "chatgpt.com".into(), when: When::default() }];
        let event = Event::RequestsFailed { requests, shown: String::new() };
        self.network.push_back(Message::Network { event: Box::new(event), document: None, at: self.now });
    }

    /// Delivers the next message of one of those who have something to say.
    fn deliver(&mut self, which: usize) -> Result<(), Broken> {
        let speakers: Vec<Option<usize>> = std::iter::once(None)
            .filter(|_| !self.network.is_empty())
            .chain((0..self.pages.len()).filter(|at| !self.pages[*at].is_empty()).map(Some))
            .collect();
        let Some(speaker) = speakers.get(which % speakers.len().max(1)) else { return Ok(()) };
        self.deliver_of(*speaker)
    }

    /// Delivers what the network tells. That is on its way for a moment only, in which no clock is set and no worker ends.
    fn hear_network(&mut self) -> Result<(), Broken> {
        while self.network.iter().any(Message::is_no_end) {
            self.deliver_of(None)?;
        }
        Ok(())
    }

    /// Delivers the next message of the network, or of a page.
    fn deliver_of(&mut self, speaker: Option<usize>) -> Result<(), Broken> {
        let message = match speaker {
            None => self.network.pop_front(),
            Some(at) => self.pages.get_mut(at).and_then(VecDeque::pop_front),
        };
        match message {
            Some(Message::Network { mut event, document, at }) => {
                let now = When { ago: self.now - at, heard: self.watch() };
                let (url, readable) =
                    self.shown().map(|shown| (shown.url.clone(), shown.is_readable)).unwrap_or_default();
                match event.as_mut() {
                    Event::Answered { when, .. } | Event::Failed { when, .. } => *when = now,
                    Event::RequestsFailed { requests, shown } => {
                        requests.iter_mut().for_each(|one| one.when = now);
                        *shown = url;
                    }
                    // The end of an answer is told a while later, when the tab loads no more.
                    Event::Completed { .. } if self.network.iter().any(Message::is_no_end) => {
                        self.network.push_back(Message::Network { event, document, at });
                        return Ok(());
                    }
                    Event::Completed { shown, .. } => *shown = Some(Shown { url, readable }),
                    _ => {}
                }
                self.happen(*event, document)
            }
            Some(Message::Page { evidence, document, name, restored, began, at, sent, sets }) => {
                // A report is on its way for a few seconds at the most, in which it gets no older; a page that takes longer reports
                // later. If a worker did not answer a report any more, the page says it again to the next worker.
                let is_on_its_way = self.now - sent < ON_ITS_WAY && sets == self.sets;
                let said = if is_on_its_way { sent.max(self.life) } else { self.now };
                let began = When { ago: said - began, heard: self.watch() };
                let source = Source { load: name, began, at, answered: Some(began), restored, waited: false };
                self.happen(Event::Reported { evidence: *evidence, source }, Some(document))
            }
            None => Ok(()),
        }
    }

    /// Delivers everything that is on its way. Whoever waits has then waited for long enough.
    fn drain(&mut self) -> Result<(), Broken> {
        while !self.network.is_empty() {
            self.deliver(0)?;
        }
        while self.pages.iter().any(|queue| !queue.is_empty()) {
            self.deliver(0)?;
        }
        for (event, document) in std::mem::take(&mut self.held) {
            self.happen(event, Some(document))?;
        }
        self.look_at_end()
    }

    fn act(&mut self, deed: Deed, on_page: bool) -> Result<(), Broken> {
        // On the page, the person can only act on what is drawn.
        if on_page && self.drawn.is_none() {
            return Ok(());
        }
        let by = self.asker(on_page);
        let seen = view(&self.state(), &by, &self.moment());
        let plan = seen.as_ref().map(|case| case.report.plan.clone()).unwrap_or_default();
        let of = |at: usize| plan.get(at % plan.len().max(1)).map(|step| step.remedy.clone());
        let permitted = true;
        let event = match deed {
            Deed::Apply(at) => of(at).map(|remedy| Event::Apply { by, remedy, permitted }),
            Deed::Undo => Some(Event::Undo { by, permitted }),
            Deed::Tick(at) => of(at).map(|remedy| Event::Mark { by, remedy, skipped: false }),
            Deed::Skip(at) => of(at).map(|remedy| Event::Mark { by, remedy, skipped: true }),
            Deed::Untick(at) => of(at).map(|remedy| Event::Unmark { by, remedy }),
            Deed::Restart => Some(Event::Restart { by }),
            Deed::Pick => Some(Event::Pick { by, symptom: "blocked".into(), kept: self.kept.clone() }),
            Deed::Tell => Some(Event::Tell { by, words: format!("error code 1020 {SECRET}") }),
            Deed::EndList => Some(Event::Pick { by, symptom: String::new(), kept: None }),
            Deed::Close => Some(Event::Close),
            Deed::Wish => Some(Event::Wish { by, again: true }),
        };
        if let (Some(Event::Mark { remedy, skipped: false, .. }), true) = (&event, seen.is_some()) {
            self.done.push((remedy.clone(), self.now));
        }
        event.map_or(Ok(()), |event| self.happen(event, None))
    }

    fn end_run(&mut self, done: bool) -> Result<(), Broken> {
        let Some((remedy, case)) = self.run.clone() else { return Ok(()) };
        let outcome = if done { StepOutcome::Done } else { StepOutcome::Failed };
        let cookies =
            ClearedCookies { found: 1, gone: 1, hosts: vec!["chatgpt.com".into()], stayed: vec![], is_final: false };
        let receipt = done.then_some(Cleared { cookies, storage: None, ms: 1 });
        if done {
            self.done.push((remedy.clone(), self.now));
        }
        let result = Ended { outcome, receipt, checks: None };
        let event = Event::Ended { remedy, url: case.url, at: case.at, result };
        self.happen(event, None)?;
        self.run = None;
        Ok(())
    }

    /// Tells the core, keeps what comes of it as JSON, does what it wants done, and looks whether all is true.
    fn happen(&mut self, event: Event, document: Option<usize>) -> Result<(), Broken> {
        self.played.events += 1;
        let before = self.state();
        let stepped = step(before, event.clone(), &self.moment());
        let held = stepped.effects.contains(&Effect::Hold);
        if let Some(document) = document.and_then(|at| self.documents.get_mut(at)) {
            let tells = matches!(&event, Event::Failed { .. })
                || matches!(&event, Event::Reported { evidence, source } if evidence.page.is_some() && !held && source.load == document.name);
            document.is_told = document.is_told || tells;
        }
        self.tab = serde_json::to_string(&stepped.tab).map_err(|error| self.broken(format!("not written: {error}")))?;
        if self.tab.contains(SECRET) {
            return Err(self.broken(format!("a secret is kept: {}", self.tab)));
        }
        if self.tab.len() > 40_000 {
            return Err(self.broken(format!("{} bytes are kept", self.tab.len())));
        }
        if self.state() != stepped.tab {
            return Err(self.broken("what is read is not what was written"));
        }
        for effect in stepped.effects {
            self.perform(effect, &event, document)?;
        }
        if matches!(event, Event::Answered { .. }) {
            for (event, document) in std::mem::take(&mut self.held) {
                self.happen(event, Some(document))?;
            }
        }
        self.look()
    }

    fn perform(&mut self, effect: Effect, event: &Event, document: Option<usize>) -> Result<(), Broken> {
        match effect {
            Effect::Show => {
                // The case is drawn into the page that the tab shows by now. Nothing can be drawn into the browser's own pages.
                let can = self.shown().is_some_and(|document| document.kind != Kind::Dead);
                let found = view(&self.state(), &self.asker(true), &self.moment());
                self.drawn = found.filter(|case| can && !case.closed);
            }
            Effect::Hold => {
                if let (Event::Reported { evidence, source }, Some(document)) = (event, document) {
                    let source = Source { waited: true, ..source.clone() };
                    let waited = Event::Reported { evidence: evidence.clone(), source };
                    self.held.push((waited, document));
                }
            }
            Effect::Run { remedy, case, .. } => {
                if self.run.is_some() {
                    return Err(self.broken("two steps run at once"));
                }
                self.run = Some((remedy, *case));
            }
            Effect::PutBack { undo, case } => {
                let event = Event::PutBack { undo, back: 1, of: 1, url: case.url, at: case.at };
                self.happen(event, None)?;
            }
            Effect::KeepPicked { symptom, history } => {
                let at = self.wall();
                self.kept = symptom.map(|symptom| Picked { symptom, at, history });
            }
            Effect::Paint { .. } | Effect::Reply { .. } | Effect::Told { .. } | Effect::Silence { .. } => {}
        }
        Ok(())
    }

    /// Tells whether a cause may be said of a document.
    fn may_say(document: &Document, cause: &str) -> bool {
        match document.kind {
            Kind::Refused => cause == "blocked_by_rule",
            Kind::Gateway => cause == "server_error",
            // A request that is lost, and a toast, may have many causes.
            Kind::Home => !["blocked_by_rule", "server_error"].contains(&cause),
            Kind::Dead => !["blocked_by_rule", "server_error"].contains(&cause),
            Kind::Login => false,
        }
    }

    /// Looks at what must be true at every moment.
    fn look(&mut self) -> Result<(), Broken> {
        self.played.claims += 1;
        let tab = self.state();
        let Some(document) = self.shown() else { return Ok(()) };
        if let Some(drawn) = &self.drawn {
            if drawn.load.as_ref().is_some_and(|load| *load != document.name) {
                return Err(self.broken(format!("{:?} is drawn in {}", drawn.load, document.name)));
            }
            if let Some(found) = &drawn.report.diagnosis
                && !Self::may_say(document, &found.seen().cause)
            {
                return Err(self.broken(format!("{} is drawn on {:?}", found.cause, document.kind)));
            }
        }
        // This is the popup, which also asks the page whether it was looked at.
        let asker = self.asker(false);
        let is_seen = tab.seen.as_ref().is_some_and(|seen| {
            match document.kind {
                // The browser shows its own page only when it has told of the failure.
                Kind::Dead => document.is_told && seen.load.is_empty() && seen.answered,
                _ => seen.answered && seen.load == document.name,
            }
        });
        if let Some(case) = view(&tab, &asker, &self.moment()).filter(|case| !case.is_of_elsewhere())
            && is_seen
        {
            let cause = case.report.diagnosis.as_ref().map(|found| found.seen().cause.clone());
            let fails = matches!(document.kind, Kind::Refused | Kind::Gateway | Kind::Dead);
            match cause {
                None if fails => return Err(self.broken(format!("{:?} is called healthy", document.kind))),
                Some(cause) if !Self::may_say(document, &cause) => {
                    return Err(self.broken(format!("{cause} is said of {:?}", document.kind)));
                }
                _ => {}
            }
        }
        self.look_at_steps(&tab)
    }

    /// Looks at what is said of steps.
    fn look_at_steps(&mut self, tab: &Tab) -> Result<(), Broken> {
        let cases = tab.case.iter().chain(tab.case.iter().filter_map(|case| case.under.as_deref()));
        for case in cases {
            for attempt in &case.history {
                let ended: Vec<f64> =
                    self.done.iter().filter(|(remedy, _)| *remedy == attempt.remedy).map(|(_, at)| *at).collect();
                if attempt.outcome == Outcome::Done && ended.is_empty() {
                    return Err(self.broken(format!("{} is called done, and was not", attempt.remedy)));
                }
                if attempt.verdict.is_some() {
                    let first = ended.iter().copied().fold(f64::INFINITY, f64::min);
                    if !self.documents.iter().any(|document| document.began > first) {
                        return Err(self.broken(format!("{} was judged without a load after it", attempt.remedy)));
                    }
                }
            }
            if case.report.plan.iter().filter(|step| step.state == StepState::Next).count() > 1 {
                return Err(self.broken("two steps are the next one"));
            }
        }
        Ok(())
    }

    /// Looks at what must be true when all has arrived: nothing was lost.
    fn look_at_end(&mut self) -> Result<(), Broken> {
        let tab = self.state();
        let Some(document) = self.shown() else { return Ok(()) };
        if !document.is_told {
            return Ok(());
        }
        let Some(seen) = &tab.seen else { return Err(self.broken("lost: the page that is shown was not looked at")) };
        let name = if document.kind == Kind::Dead { "" } else { document.name.as_str() };
        if seen.load != name {
            return Err(self.broken(format!("lost: {} is shown, and {:?} was looked at", document.name, seen.load)));
        }
        let found = tab.page().and_then(|case| case.report.diagnosis.as_ref());
        let fails = matches!(document.kind, Kind::Refused | Kind::Gateway | Kind::Dead);
        if fails && found.is_none() {
            return Err(self.broken(format!("lost: nothing is said of {:?}", document.kind)));
        }
        Ok(())
    }
}

fn status(kind: Kind) -> u16 {
    match kind {
        Kind::Refused => 403,
        Kind::Gateway => 502,
        _ => 200,
    }
}

fn headers(kind: Kind) -> Vec<Header> {
    let header = |name: &str, value: &str| Header { name: name.into(), value: value.into() };
    let mut headers = vec![header("content-type", "text/html; charset=utf-8"), header("server", "cloudflare")];
    if kind == Kind::Gateway {
        headers.push(header("cf-cache-status", "DYNAMIC"));
    }
    headers
}

fn page(kind: Kind) -> Page {
    let mut page =
        Page { status: Some(status(kind)), content_type: "text/html".into(), elements: 30, ..Page::default() };
    match kind {
        Kind::Refused => {
            page.title = "Access denied | chatgpt.com used Cloudflare to restrict access".into();
            page.text = format!(
                "Error 1020 Ray ID: 8a1b2c3d4e5f6071 Access denied What happened? This website is using a security service to protect itself from online attacks. {SECRET}"
            );
            page.markers = vec!["#cf-wrapper".into(), "#cf-error-details".into(), ".cf-error-details".into()];
        }
        Kind::Gateway => {
            page.title = "chatgpt.com | 502: Bad gateway".into();
            page.text = format!(
                "Bad gateway Error code 502 Visit cloudflare.com for more information. You Browser Working Cloudflare Working chatgpt.com Host Error {SECRET}"
            );
            page.markers = vec!["#cf-wrapper".into(), "#cf-error-details".into()];
        }
        Kind::Login => {
            page.title = "Welcome back".into();
            page.text = format!("Log in Email address Continue {SECRET}");
        }
        Kind::Home | Kind::Dead => {
            page.app = true;
            page.elements = 400;
        }
    }
    page
}
