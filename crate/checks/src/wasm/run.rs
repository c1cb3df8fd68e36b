//! This module decides which hosts are asked what, and when. They are asked all at once, except for the samples, which come one
//! after the other.

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Date, Function, JSON, Promise};
use std::{cell::RefCell, future::Future, rc::Rc};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, future_to_promise};

use super::{
    ask::{Answer, Asker},
    read::{list, string},
};
use crate::{Incident, Jar, Miss, Sample, Seen, Service, Trace};

// This file has `TRACED`, `SILENT` and `INCIDENTS`, which come from `crate/catalog/sites.toml`.
include!(concat!(env!("OUT_DIR"), "/sites.rs"));

/// The longest time for one question, in milliseconds.
const PATIENCE: u32 = 5_000;
const SAMPLES: u32 = 7;
const PAUSE: u32 = 500;
/// The time in milliseconds after which no more samples are begun: with the patience for the last one, all is over within ten
/// seconds.
const LAST: f64 = 4_500.0;

struct Progress {
    seen: RefCell<Seen>,
    done: RefCell<u32>,
    total: u32,
    tell: Function,
}

impl Progress {
    fn note(&self, note: impl FnOnce(&mut Seen)) {
        note(&mut self.seen.borrow_mut());
        let mut done = self.done.borrow_mut();
        *done += 1;
        let _ = self.tell.call2(&JsValue::NULL, &(*done).into(), &self.total.into());
    }
}

pub async fn run(host: String, jars: Option<Vec<Jar>>, asker: Asker, tell: Function) -> Seen {
    let mut hosts = vec![host.clone()];
    hosts.extend(TRACED.iter().filter(|known| **known != host).map(|host| (*host).to_owned()));
    let total = (hosts.len() + SILENT.len()) as u32 + SAMPLES + 1;
    let seen = Seen {
        // The hosts stay in this order, whoever answers first.
        traces: hosts.iter().map(|host| (host.clone(), Err(Miss::NotAsked))).collect(),
        reached: hosts
            .iter()
            .cloned()
            .chain(SILENT.map(str::to_owned))
            .map(|host| (host, Err(Miss::NotAsked)))
            .collect(),
        jars,
        ..Seen::default()
    };
    let progress = Rc::new(Progress { seen: RefCell::new(seen), done: RefCell::new(0), total, tell });
    let asker = Rc::new(asker);
    let all = Array::new();
    for (at, host) in hosts.iter().enumerate() {
        all.push(&job(trace(asker.clone(), progress.clone(), at, host.clone())));
    }
    for (at, host) in SILENT.iter().enumerate() {
        all.push(&job(reach(asker.clone(), progress.clone(), hosts.len() + at, host)));
    }
    all.push(&job(sample(asker.clone(), progress.clone(), host)));
    all.push(&job(service(asker, progress.clone())));
    let _ = JsFuture::from(Promise::all(&all)).await;
    progress.seen.take()
}

fn job(work: impl Future<Output = ()> + 'static) -> Promise {
    future_to_promise(async move {
        work.await;
        Ok(JsValue::UNDEFINED)
    })
}

fn address(host: &str) -> String {
    ["https://", host, "/cdn-cgi/trace"].concat()
}

async fn trace(asker: Rc<Asker>, progress: Rc<Progress>, at: usize, host: String) {
    let answer = asker.read(&address(&host), PATIENCE).await;
    progress.note(|seen| {
        if at == 0 {
            seen.ahead = answer.as_ref().ok().and_then(ahead);
        }
        // Whatever came is an answer.
        let reached = match &answer {
            Ok(_) | Err(Miss::Status(_) | Miss::Unreadable) => Ok(()),
            Err(miss) => Err(miss.clone()),
        };
        if let Some(entry) = seen.reached.get_mut(at) {
            entry.1 = reached;
        }
        if let Some(entry) = seen.traces.get_mut(at) {
            entry.1 = answer.and_then(|answer| Trace::read(&answer.body).ok_or(Miss::Unreadable));
        }
    });
}

/// Returns by how many seconds the clock here is ahead: in the middle between asking and hearing, the server's clock should have
/// shown the same.
fn ahead(answer: &Answer) -> Option<f64> {
    let here = answer.asked / 1000.0 + f64::from(answer.ms) / 2000.0;
    // A header has whole seconds.
    Some(here - answer.date? / 1000.0 - 0.5)
}

async fn reach(asker: Rc<Asker>, progress: Rc<Progress>, at: usize, host: &str) {
    let answer = asker.reach(&["https://", host, "/"].concat(), PATIENCE).await;
    progress.note(|seen| {
        if let Some(entry) = seen.reached.get_mut(at) {
            entry.1 = answer;
        }
    });
}

async fn sample(asker: Rc<Asker>, progress: Rc<Progress>, host: String) {
    let start = Date::now();
    for at in 0..SAMPLES {
        if Date::now() - start > LAST || asker.stop.aborted() {
            progress.note(|_| {});
            continue;
        }
        let asked = Date::now();
        let answer = asker.read(&address(&host), PATIENCE).await;
        let ms = (Date::now() - asked).max(0.0) as u32;
        let trace = answer.and_then(|answer| Trace::read(&answer.body).ok_or(Miss::Unreadable));
        progress.note(|seen| {
            // The first one opens the connection, which says little about how steady it is.
            if at > 0 || trace.is_err() {
                seen.samples.push(Sample { ms, trace });
            }
        });
        TimeoutFuture::new(PAUSE).await;
    }
}

async fn service(asker: Rc<Asker>, progress: Rc<Progress>) {
    let answer =
        asker.read(INCIDENTS, PATIENCE).await.and_then(|answer| incidents(&answer.body).ok_or(Miss::Unreadable));
    progress.note(|seen| seen.service = Some(answer));
}

/// Reads from the status page's summary what is wanted: the incidents that are not over.
fn incidents(body: &str) -> Option<Service> {
    let over = ["resolved", "postmortem", "completed"];
    let mut open = Vec::new();
    for incident in list(&JSON::parse(body).ok()?, "incidents")?.iter() {
        let status = string(&incident, "status").unwrap_or_default();
        if !over.contains(&status.as_str()) {
            let since = string(&incident, "created_at").map(|time| Date::parse(&time));
            open.push(Incident { name: string(&incident, "name")?, since: since.filter(|time| time.is_finite()) });
        }
    }
    Some(Service { open })
}
