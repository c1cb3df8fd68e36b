//! This module holds what is known of one tab between two events. The shell keeps it in `storage.session`, so it must survive as
//! JSON.

use crate::{
    address::without_ids,
    evidence::{Attempt, Header, Load, Request},
    report::Report,
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The state of one tab. It holds no query, no id of a conversation, no text of a page but the few words that a clue
/// quotes, and no value of a cookie.
///
/// All times are in milliseconds since 1970. Those of loads, answers and attempts are *stamps*: each new one is later than all before,
/// whatever the clock does, and when the clock is set back all of them are moved with it. So they say when something was, and which
/// of two things came first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Tab {
    /// Absent: nothing is known to be wrong.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub case: Option<Case>,
    /// The last few answers to main requests, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub answers: Vec<Answer>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub journal: Option<Journal>,
    /// The last clearing, while it can be undone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub undo: Option<Undo>,
    /// The load that the tab shows, as far as is known. Absent: nothing of this tab was looked at.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub seen: Option<Seen>,
    /// This is what the clocks showed when the tab was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub clock: Option<Timeline>,
}

/// A timeline says when the last event of a tab was, and which stamps were given lately.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Timeline {
    /// The last time in the present life of the worker at which it was noticed that somebody had set the clock.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub set: Option<ClockSet>,
    pub clock: Clock,
    /// The last stamp that was given.
    pub stamp: f64,
    /// The stamps of the worker's present life, each with its time by the watch. They give a place to something that is told
    /// late.
    pub marks: Vec<Mark>,
    /// The last few amounts by which all stamps were moved back.
    #[serde(default)]
    pub moves: Vec<f64>,
}

/// The clock was set between two moments by the worker's watch: forward by so many milliseconds, or backward if the number is
/// negative.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ClockSet {
    /// The time at which it had been set before; 0 if it had not.
    pub since: f64,
    pub until: f64,
    pub by: f64,
}

#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Mark {
    pub watch: f64,
    pub stamp: f64,
}

/// The times that the clocks show at a moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Clock {
    /// The clock that a person sees, in milliseconds since 1970. It can be set.
    pub now: f64,
    /// The milliseconds since the worker's present life began. Nobody can set this watch.
    pub watch: f64,
    /// The time at which that life began. It serves as a name: two moments with the same one are of the same life.
    pub life: f64,
}

/// A case is what is known of a fault, and what was done about it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Case {
    /// The browser's number of the tab.
    pub tab: u32,
    /// Host and path, with `*` for whatever may be an id, and without the query.
    pub url: String,
    /// The name of the load that the case is about; absent if only the network told of that load.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub load: Option<String>,
    /// The time at which that load began.
    pub at: f64,
    pub report: Report,
    /// The receipts of clearings, by the id of the remedy.
    #[cfg_attr(target_arch = "wasm32", tsify(type = "Record<string, Receipt>"))]
    pub receipts: BTreeMap<String, Receipt>,
    /// The person closed it on the page.
    pub closed: bool,
    /// The attempts so far, oldest first.
    pub history: Vec<Attempt>,
    /// The remedy that is being carried out.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub busy: Option<String>,
    /// This text has no meaning: it keeps room for what will be noted of the running step. Views are not told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub reserve: Option<String>,
    /// The remedy whose cookies can still be put back. Views are told this, and it is not stored.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub undo: Option<String>,
    /// The progress of the checks that run.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub progress: Option<Progress>,
    /// The findings of the last checks.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub checks: Option<Checks>,
    /// The symptom that the person picked and sees elsewhere; an id of `catalog/symptoms.toml`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub symptom: Option<String>,
    /// The person told in words of their own what they see elsewhere. The words are not kept.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub told: bool,
    /// The case of the page, if the person tells of something elsewhere. Views are not told it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub under: Option<Box<Case>>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub waiting: Option<Waiting>,
}

impl Case {
    /// Makes a case of which nothing is known yet.
    pub fn blank(tab: u32, url: String, at: f64) -> Self {
        Self {
            tab,
            url,
            load: None,
            at,
            report: Report::default(),
            receipts: BTreeMap::new(),
            closed: false,
            history: Vec::new(),
            busy: None,
            reserve: None,
            undo: None,
            progress: None,
            checks: None,
            symptom: None,
            told: false,
            under: None,
            waiting: None,
        }
    }

    /// Tells whether the case is about what a person sees elsewhere, and not about the page that the tab shows.
    pub const fn is_of_elsewhere(&self) -> bool {
        self.symptom.is_some() || self.told
    }

    /// Returns the attempt that the next load judges: the last step that was carried out, while it has no verdict.
    pub fn pending(&self) -> Option<&Attempt> {
        let last = self.history.iter().rfind(|attempt| attempt.outcome == crate::Outcome::Done);
        last.filter(|attempt| attempt.verdict.is_none())
    }

    /// Returns the cause that the evidence shows, whatever the checks make of it. Steps are recorded, judged and journaled by it.
    pub fn cause(&self) -> Option<&str> {
        self.report.diagnosis.as_ref().map(|drawn| drawn.seen().cause.as_str())
    }
}

impl Tab {
    /// Returns the case of the page that the tab shows. A case of what a person tells of elsewhere may lie over it.
    pub fn page(&self) -> Option<&Case> {
        self.case.as_ref().and_then(|case| if case.is_of_elsewhere() { case.under.as_deref() } else { Some(case) })
    }

    /// Returns the same case, to be changed.
    pub fn page_mut(&mut self) -> Option<&mut Case> {
        self.case.as_mut().and_then(|case| if case.is_of_elsewhere() { case.under.as_deref_mut() } else { Some(case) })
    }

    /// Takes away the list of what a person sees elsewhere; the case of the page stays.
    pub fn lift_list(&mut self) {
        if self.case.as_ref().is_some_and(Case::is_of_elsewhere) {
            self.case = self.case.take().and_then(|list| list.under).map(|page| *page);
        }
    }
}

/// The answer to a main request.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Answer {
    /// The browser's name of the request.
    pub request: String,
    /// Host of its address, with the port.
    pub host: String,
    /// The time at which it came, or at which the page began that it turned out to belong to.
    pub at: f64,
    /// The time at which it came.
    #[serde(default)]
    pub came: f64,
    /// The same time by the clock of the worker and by its watch, to be compared with what a page says of its age.
    #[serde(default)]
    pub clock: Clock,
    pub status: u16,
    pub headers: Vec<Header>,
    /// The name of the load that it turned out to belong to; empty if it was examined without a page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub load: Option<String>,
}

/// The last few loads of the tab, and the requests of the present one that failed; oldest first.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Journal {
    pub loads: Vec<Load>,
    pub requests: Vec<Lost>,
}

/// A failed request, and when that was seen. The fields are those of [`Request`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Lost {
    pub host: String,
    pub path: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub status: Option<u16>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub failure: Option<String>,
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub html: bool,
    /// Host of the page that asked, with its port; empty where that is not known.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub site: String,
    pub seen: f64,
}

impl Lost {
    /// Returns the request alone.
    pub fn request(&self) -> Request {
        let Self { host, path, status, failure, html, .. } = self.clone();
        Request { host, path, status, failure, html }
    }

    /// May a page of this host have asked for it?
    pub fn is_of(&self, site: &str) -> bool {
        self.site.is_empty() || self.site == site
    }

    /// Notes a request with its path masked.
    pub fn seen_at(request: &Request, site: &str, seen: f64) -> Self {
        let Request { host, path, status, failure, html } = request.clone();
        Self { host, path: without_ids(&path), status, failure, html, site: site.to_owned(), seen }
    }
}

/// The load that the tab shows, as far as is known.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Seen {
    /// Its name; empty where only the network told of it.
    pub load: String,
    pub at: f64,
    /// The core has answered everything that was told of the load.
    pub answered: bool,
}

/// A clearing that can be undone. The values of the cookies stay with the shell.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Undo {
    pub remedy: String,
    /// The time at which the clearing began.
    pub at: f64,
}

/// This says how far the checks are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Progress {
    pub done: u32,
    pub total: u32,
}

/// The findings of the checks, and their time.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Checks {
    pub at: f64,
    #[cfg_attr(target_arch = "wasm32", tsify(type = "import(\"./access_medic_checks.js\").Finding[]"))]
    pub findings: Vec<Found>,
}

/// A finding of `crate/checks`. Only its id has a meaning here; the rest is kept for the views.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    pub check: String,
    pub state: String,
    pub id: String,
    #[serde(default)]
    pub values: Vec<Value>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub rows: Vec<Vec<Value>>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub times: Vec<Option<f64>>,
}

/// A value of a finding, by its kind.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Value {
    pub kind: String,
    pub value: Any,
}

/// A value of a finding may be one of these.
#[derive(Clone, Debug, PartialEq)]
pub enum Any {
    Number(f64),
    Text(String),
    Texts(Vec<String>),
}

/// A countdown.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Waiting {
    pub remedy: String,
    pub from: f64,
    pub until: f64,
    /// The page is to be loaded by itself when the countdown is over.
    pub again: bool,
}

/// A receipt says what a clearing took, and what stayed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Receipt {
    pub remedy: String,
    pub at: f64,
    pub cookies: ClearedCookies,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub storage: Option<ClearedStorage>,
    /// The milliseconds that the clearing took.
    pub ms: u32,
    /// The cookies were put back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub undone: Option<Undone>,
}

/// This is what the hand tells of a clearing.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Cleared {
    pub cookies: ClearedCookies,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub storage: Option<ClearedStorage>,
    /// The milliseconds that the clearing took.
    pub ms: u32,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ClearedCookies {
    pub found: u32,
    pub gone: u32,
    /// The hosts of the cookies that went.
    pub hosts: Vec<String>,
    pub stayed: Vec<StayedCookie>,
    /// There was no room to keep the cookies that went, so they cannot be put back.
    #[serde(default, rename = "final", skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub is_final: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct StayedCookie {
    pub name: String,
    pub host: String,
    pub why: CookieStays,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum CookieStays {
    /// The remedy leaves it alone.
    Keep,
    /// The browser did not remove it.
    Refused,
    /// The site set it again meanwhile.
    CameBack,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct ClearedStorage {
    /// Kinds of storage.
    pub cleared: Vec<String>,
    pub stayed: Vec<StayedStorage>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct StayedStorage {
    pub kind: String,
    pub why: StorageStays,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum StorageStays {
    /// This browser has no way to clear it.
    BrowserCannot,
    /// It belongs to a host that no open tab shows.
    Elsewhere,
    Failed,
}

/// This says how many of the cookies were put back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Undone {
    pub back: u32,
    pub of: u32,
}

/// These two are written by hand: an untagged enum would have serde read everything twice.
mod any {
    use super::Any;
    use serde::{
        Deserialize, Deserializer, Serialize, Serializer,
        de::{Error, SeqAccess, Visitor},
    };
    use std::fmt;

    impl Serialize for Any {
        fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
            match self {
                Self::Number(number) => serializer.serialize_f64(*number),
                Self::Text(text) => serializer.serialize_str(text),
                Self::Texts(texts) => texts.serialize(serializer),
            }
        }
    }

    impl<'de> Deserialize<'de> for Any {
        fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
            deserializer.deserialize_any(Reader)
        }
    }

    struct Reader;

    impl<'de> Visitor<'de> for Reader {
        type Value = Any;

        fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
            formatter.write_str("a number, a text or texts")
        }

        fn visit_f64<E: Error>(self, number: f64) -> Result<Any, E> {
            Ok(Any::Number(number))
        }

        fn visit_i64<E: Error>(self, number: i64) -> Result<Any, E> {
            Ok(Any::Number(number as f64))
        }

        fn visit_u64<E: Error>(self, number: u64) -> Result<Any, E> {
            Ok(Any::Number(number as f64))
        }

        fn visit_str<E: Error>(self, text: &str) -> Result<Any, E> {
            Ok(Any::Text(text.to_owned()))
        }

        fn visit_seq<A: SeqAccess<'de>>(self, mut texts: A) -> Result<Any, A::Error> {
            let mut all = Vec::new();
            while let Some(text) = texts.next_element()? {
                all.push(text);
            }
            Ok(Any::Texts(all))
        }
    }
}
