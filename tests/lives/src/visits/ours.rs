//! This module gives our own advice, through the core's [`step`]: a page reports, the person does what the checklist names next, and the
//! page is loaded again.
//!
//! The core is a pure function, so its answer to the same page and the same steps is kept and not asked for again.

use super::{Adviser, Happened, Luck, Sight, StepId, World, luck};
use access_medic::{
    Evidence, Mover, StepState, Verdict,
    tab::{Asker, Case, Checks, Effect, Ended, Event, Found, Moment, Source, StepOutcome, Tab, When, step, view},
};
use recordings::{Browser, Recording, observe};
use std::collections::HashMap;

/// The first moment of each visit, in milliseconds since 1970.
const BEGINNING: f64 = 1_800_000_000_000.0;
/// The time that each step takes by the clock that the core sees, in milliseconds.
const STEP: f64 = 60_000.0;
/// The finding of the checks that the computer's clock is right.
const ALL_WELL: &str = "clock_right";
/// The address of a page that loads, and all is well.
const WELL: &str = "https://chatgpt.com/";

/// This is what is known after some steps.
struct Node {
    tab: Tab,
    now: f64,
    loads: u32,
    /// The address that the tab shows.
    url: String,
    zone: &'static str,
    next: Option<StepId>,
    says_not_here: bool,
    verdict: Option<bool>,
    after: HashMap<(StepId, Happened), usize>,
}

/// This adviser is the product.
pub struct Ours<'a> {
    world: &'a World,
    pages: HashMap<Sight, Vec<Evidence>>,
    recordings: &'a [Recording],
    nodes: Vec<Node>,
    roots: HashMap<(Sight, &'static str), usize>,
    at: usize,
}

impl<'a> Ours<'a> {
    pub fn new(world: &'a World, recordings: &'a [Recording]) -> Self {
        Self { world, pages: HashMap::new(), recordings, nodes: Vec::new(), roots: HashMap::new(), at: 0 }
    }

    /// Returns the cause that the core names for a page of this cause at this place.
    pub fn names(&mut self, cause: &str, place: &str) -> Option<String> {
        diagnosis(&self.evidence(&Sight::Fails { cause: cause.to_owned(), place: place.to_owned() }))
    }

    /// Returns what is reported of a page with this sight: the loads of one recording, in order.
    fn evidence(&mut self, sight: &Sight) -> Vec<Evidence> {
        if let Some(known) = self.pages.get(sight) {
            return known.clone();
        }
        let found = match sight {
            Sight::Fails { cause, place } => {
                let of_cause = self.recordings.iter().filter(|recording| recording.expected == *cause);
                let mut list: Vec<&Recording> = of_cause.collect();
                list.sort_by_key(|recording| (!is_at(recording, place), !is_at_openai(recording), recording.again));
                let loads = list
                    .iter()
                    .map(|recording| vec![observe(recording, Browser::Chromium); 1 + recording.again as usize]);
                // Some recordings are of another browser, or need something that no tab of this world has.
                loads.into_iter().find(|loads| diagnosis(loads).as_deref() == Some(cause)).unwrap_or_default()
            }
            Sight::Well | Sight::Blank => vec![well()],
        };
        self.pages.insert(sight.clone(), found.clone());
        found
    }

    /// Loads the page into a new node, as often as it has to be, and returns the place of the node.
    fn grow(&mut self, mut node: Node, sight: &Sight) -> usize {
        for evidence in self.evidence(sight) {
            node.load(evidence);
        }
        self.read(node)
    }

    /// Reads what the popup says, and keeps the node.
    fn read(&mut self, mut node: Node) -> usize {
        if let Some(case) = node.case() {
            let next = case.report.plan.iter().find(|step| step.state == StepState::Next);
            node.next = next.and_then(|step| self.world.step(&step.remedy));
            node.says_not_here = says_not_here(&case);
            node.verdict = case.report.judgement.as_ref().map(|judged| judged.verdict != Verdict::Persists);
        }
        self.nodes.push(node);
        self.nodes.len() - 1
    }
}

impl Adviser for Ours<'_> {
    fn begin(&mut self, sight: &Sight, zone: &'static str) {
        let key = (sight.clone(), zone);
        self.at = match self.roots.get(&key) {
            Some(root) => *root,
            None => {
                let root = self.grow(Node { zone, ..Node::new() }, sight);
                self.roots.insert(key, root);
                root
            }
        };
    }

    fn next(&mut self) -> Option<StepId> {
        self.nodes.get(self.at).and_then(|node| node.next)
    }

    fn happened(&mut self, step: StepId, what: &Happened) {
        let Some(node) = self.nodes.get(self.at) else { return };
        if let Some(known) = node.after.get(&(step, what.clone())) {
            self.at = *known;
            return;
        }
        let Some(remedy) = self.world.steps.get(step) else { return };
        let (tab, url, zone) = (node.tab.clone(), node.url.clone(), node.zone);
        let mut next = Node { tab, url, zone, now: node.now + STEP, loads: node.loads, ..Node::new() };
        let after = match what {
            Happened::Skipped => {
                next.tell(Event::Mark { by: next.asker(), remedy: remedy.clone(), skipped: true });
                self.read(next)
            }
            Happened::Done { sight, found } => {
                next.carry_out(remedy, found);
                // The checks change nothing on the page, so it is not loaded again.
                if remedy == "run_checks" { self.read(next) } else { self.grow(next, sight) }
            }
        };
        if let Some(node) = self.nodes.get_mut(self.at) {
            node.after.insert((step, what.clone()), after);
        }
        self.at = after;
    }

    fn says_not_here(&self) -> bool {
        self.nodes.get(self.at).is_some_and(|node| node.says_not_here)
    }

    fn verdict(&self) -> Option<bool> {
        self.nodes.get(self.at).and_then(|node| node.verdict)
    }
}

impl Node {
    /// Makes a node in which nothing is known of the tab.
    fn new() -> Self {
        Self {
            tab: Tab::default(),
            now: BEGINNING,
            loads: 0,
            url: WELL.into(),
            zone: "",
            next: None,
            says_not_here: false,
            verdict: None,
            after: HashMap::new(),
        }
    }

    /// Returns the popup as the asker, over what the tab shows.
    fn asker(&self) -> Asker {
        Asker { page: false, address: Some(self.url.clone()), load: None }
    }

    fn moment(&self) -> Moment {
        Moment {
            tab: 1,
            now: self.now,
            watch: self.now - BEGINNING,
            life: BEGINNING,
            zone: self.zone.into(),
            ..Moment::default()
        }
    }

    fn tell(&mut self, event: Event) -> Vec<Effect> {
        let stepped = step(std::mem::take(&mut self.tab), event, &self.moment());
        self.tab = stepped.tab;
        stepped.effects
    }

    fn case(&self) -> Option<Case> {
        view(&self.tab, &self.asker(), &self.moment())
    }

    /// Brings the tab to a page.
    fn load(&mut self, mut evidence: Evidence) {
        self.loads += 1;
        self.now += 10_000.0;
        let when = When { ago: 0.0, heard: self.moment().watch };
        let (request, url) = (format!("request-{}", self.loads), evidence.url.clone());
        self.url.clone_from(&url);
        if let Some(failure) = evidence.failure.take() {
            self.tell(Event::Failed { request, url, failure, when });
            return;
        }
        let host = url.split('/').nth(2).unwrap_or_default().to_owned();
        if let Some(response) = evidence.response.take() {
            let (status, headers) = (response.status, response.headers);
            self.tell(Event::Answered { request: request.clone(), host, status, headers, when });
        }
        if evidence.page.is_none() {
            let shown = Some(access_medic::tab::Shown { url: url.clone(), readable: false });
            self.tell(Event::Completed { request, url, shown });
            return;
        }
        let load = format!("load-{}", self.loads);
        let source = Source { load, began: when, at: self.now, answered: Some(when), ..Source::default() };
        self.tell(Event::Reported { evidence, source });
    }

    /// Has the person ask for a step, which ends as it should. A countdown first has to begin, so the person may have to ask twice.
    fn carry_out(&mut self, remedy: &str, found: &[String]) {
        for _ in 0..2 {
            let event = Event::Apply { by: self.asker(), remedy: remedy.to_owned(), permitted: true };
            let effects = self.tell(event);
            let run = effects.into_iter().find_map(|effect| match effect {
                Effect::Run { remedy, case, .. } => Some((remedy, case)),
                _ => None,
            });
            let Some((remedy, case)) = run else { continue };
            let finding = |id: &String| Found {
                check: String::new(),
                state: "warn".into(),
                id: id.clone(),
                values: Vec::new(),
                rows: Vec::new(),
                times: Vec::new(),
            };
            // The checks always find something, if only that all is as it should be.
            let findings = || found.iter().chain([&ALL_WELL.to_owned()]).map(finding).collect();
            let checks = (remedy == "run_checks").then(|| Checks { at: self.now, findings: findings() });
            let result = Ended { outcome: StepOutcome::Done, receipt: None, checks };
            self.tell(Event::Ended { remedy, url: case.url, at: case.at, result });
            return;
        }
    }
}

/// Returns what is reported of the app when all is well.
fn well() -> Evidence {
    let page = access_medic::Page {
        status: Some(200),
        content_type: "text/html".into(),
        app: true,
        elements: 900,
        ..Default::default()
    };
    let response = access_medic::Response { status: 200, headers: Vec::new() };
    Evidence { url: WELL.into(), page: Some(page), response: Some(response), ..Evidence::default() }
}

/// Tells whether the popup says that nothing at this computer or in this network helps. It says so when the move is OpenAI's or an
/// administrator's, or when OpenAI has a fault and the next step is only to wait or to look at the status page. (Whoever has reached a
/// limit waits, too, but can do other things.)
fn says_not_here(case: &Case) -> bool {
    let Some(found) = &case.report.diagnosis else { return false };
    let next = case.report.plan.iter().find(|step| step.state == StepState::Next);
    let only_waits = next.is_some_and(|step| ["wait", "open_status"].contains(&step.remedy.as_str()));
    let is_fault = found.family == "outage" || found.cause == "api_server_error";
    matches!(found.mover, Mover::Openai | Mover::Administrator) || is_fault && only_waits
}

/// Returns the cause that the core names after these loads of a page.
fn diagnosis(loads: &[Evidence]) -> Option<String> {
    let mut node = Node::new();
    for evidence in loads {
        node.load(evidence.clone());
    }
    node.case()?.report.diagnosis.map(|found| found.cause)
}

/// Tells whether a person meets this recording at a place.
fn is_at(recording: &Recording, place: &str) -> bool {
    let host = recording.url.split('/').nth(2).unwrap_or_default();
    let is_login = host.starts_with("auth") || recording.url.contains("/auth/");
    is_at_openai(recording)
        && match place {
            "login" => is_login,
            "network" => recording.failure().is_some(),
            "request" => !recording.answers.is_empty(),
            _ => !is_login && recording.failure().is_none() && recording.answers.is_empty(),
        }
}

/// Tells whether a page is OpenAI's. A page of a program on the person's own computer has a plan of its own.
fn is_at_openai(recording: &Recording) -> bool {
    let host = recording.url.split('/').nth(2).unwrap_or_default();
    ["openai.com", "chatgpt.com"].iter().any(|site| host.ends_with(site))
}

/// This adviser gives our steps in a random order.
pub struct Shuffled<'a> {
    ours: Ours<'a>,
    left: Vec<StepId>,
    visits: u64,
}

impl<'a> Shuffled<'a> {
    pub fn new(world: &'a World, recordings: &'a [Recording]) -> Self {
        Self { ours: Ours::new(world, recordings), left: Vec::new(), visits: 0 }
    }
}

impl Adviser for Shuffled<'_> {
    fn begin(&mut self, sight: &Sight, zone: &'static str) {
        self.ours.begin(sight, zone);
        self.visits += 1;
        let case = self.ours.nodes.get(self.ours.at).and_then(Node::case);
        let plan = case.map(|case| case.report.plan).unwrap_or_default();
        self.left = plan.iter().filter_map(|step| self.ours.world.step(&step.remedy)).collect();
        let visits = self.visits;
        let place = |step: &StepId| luck(visits, Luck::Order, *step, 0);
        self.left.sort_by(|one, other| place(one).total_cmp(&place(other)));
    }

    fn next(&mut self) -> Option<StepId> {
        self.left.last().copied()
    }

    fn happened(&mut self, _: StepId, _: &Happened) {
        self.left.pop();
    }
}
