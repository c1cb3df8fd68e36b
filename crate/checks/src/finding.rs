//! This module defines what a check found: an id, its values in the order in which the sentence has them, and the evidence in
//! rows. Every word that a person reads is in the shell's `_locales`, under keys made from these ids.

use serde::Serialize;

/// Every [`Finding::id`] there is.
pub const IDS: [&str; 31] = [
    "country_supported",
    "country_unsupported",
    "country_open",
    "country_tor",
    "country_hidden",
    "route_one",
    "route_split",
    "route_split_countries",
    "steady",
    "countries_change",
    "address_changes",
    "answers_lost",
    "answers_slow",
    "all_answer",
    "none_answers",
    "some_silent",
    "no_incident",
    "incident",
    "clock_right",
    "clock_ahead",
    "clock_behind",
    "cookies_none",
    "cookies_fine",
    "cookies_heavy",
    "cookies_twice",
    "login_leftovers",
    "not_asked",
    "timed_out",
    "unreadable",
    "no_answer",
    "no_answer_untold",
];

#[derive(Clone, Debug, PartialEq, Serialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Finding {
    pub check: Check,
    pub state: State,
    /// The key of the sentence, and of what follows from it in the catalogue: `country_unsupported`.
    pub id: &'static str,
    pub values: Vec<Value>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub rows: Vec<Vec<Value>>,
    /// The milliseconds of each sample, for a chart; `None` for a sample that was lost.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub times: Vec<Option<u32>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Check {
    Country,
    Route,
    Steadiness,
    Reachability,
    Service,
    Clock,
    Cookies,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum State {
    Good,
    Bad,
    /// The check ran, and what it saw says neither.
    Open,
    /// It could not run; nothing follows from it.
    NotRun,
}

/// A value by its kind, so that a view can say it in the reader's language.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(tag = "kind", content = "value", rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Value {
    /// ISO 3166-1.
    Country(String),
    /// The IP address is masked.
    Address(String),
    Host(String),
    Hosts(Vec<String>),
    /// A data centre's airport code.
    Colo(String),
    Count(u32),
    Milliseconds(u32),
    Seconds(u32),
    Bytes(u32),
    /// `2026-11-10`.
    Day(String),
    /// Milliseconds since 1970.
    Time(f64),
    /// The name is in the words of others, as it stands there.
    Name(String),
    /// A network error, as the browser has it.
    Failure(String),
    /// The status of an answer.
    Status(u16),
}
