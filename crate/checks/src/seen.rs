//! This module holds what the checks saw, before anybody says what it means.

use crate::trace::Trace;

/// This says why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Miss {
    /// No answer came within the time that the check has.
    TimedOut,
    /// The browser's network error, `net::ERR_CONNECTION_RESET`; empty when it does not say.
    Failed(String),
    /// An answer came, but not the one that was asked for; this is its status.
    Status(u16),
    /// An answer came that is not what it should be: a page in its place, or too long.
    Unreadable,
    /// The person stopped the check, or the browser does not let us ask.
    NotAsked,
}

/// One of several requests for the same trace, some hundred milliseconds apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// The time from asking to the answer, in milliseconds.
    pub ms: u32,
    pub trace: Result<Trace, Miss>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Service {
    pub open: Vec<Incident>,
}

/// An incident on the status page that is not over.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Incident {
    /// The name that the status page gives it.
    pub name: String,
    /// Milliseconds since 1970.
    pub since: Option<f64>,
}

/// The cookies that would be sent to one host: names and sizes, never values.
#[derive(Clone, Debug, Default, PartialEq, serde::Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Jar {
    pub host: String,
    pub count: u32,
    /// The number of bytes of the `Cookie` header.
    pub bytes: u32,
    /// The number of names that stand there more than once.
    pub twice: u32,
    /// The number of cookies that are left of a login in progress.
    pub leftovers: u32,
}

/// Everything the checks saw. A check that did not run is empty or `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// The traces by host; the first one is that of the page's host.
    pub traces: Vec<(String, Result<Trace, Miss>)>,
    pub samples: Vec<Sample>,
    /// This says for each host whether anything answered.
    pub reached: Vec<(String, Result<(), Miss>)>,
    pub service: Option<Result<Service, Miss>>,
    /// Seconds by which the computer's clock is ahead of the server's.
    pub ahead: Option<f64>,
    pub jars: Option<Vec<Jar>>,
}
