//! What the checks saw, before anybody says what it means.

use crate::trace::Trace;

/// Why there is no answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Miss {
    /// Not within the time that the check has.
    TimedOut,
    /// The browser's network error, `net::ERR_CONNECTION_RESET`; empty when it does not say.
    Failed(String),
    /// An answer, but not the one that was asked for: its status.
    Status(u16),
    /// An answer that is not what it should be: a page in its place, or too long.
    Unreadable,
    /// Stopped by the person, or the browser does not let us ask.
    NotAsked,
}

/// One of several requests for the same trace, some hundred milliseconds apart.
#[derive(Clone, Debug, PartialEq)]
pub struct Sample {
    /// From asking to the answer, in milliseconds.
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
    /// As the status page has it.
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
    /// Of the `Cookie` header.
    pub bytes: u32,
    /// How many names stand there more than once.
    pub twice: u32,
    /// How many are left of a login in progress.
    pub leftovers: u32,
}

/// Everything the checks saw. A check that did not run is empty or `None`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Seen {
    /// By host; the first is the one of the page.
    pub traces: Vec<(String, Result<Trace, Miss>)>,
    pub samples: Vec<Sample>,
    /// By host: did anything answer?
    pub reached: Vec<(String, Result<(), Miss>)>,
    pub service: Option<Result<Service, Miss>>,
    /// Seconds by which the computer's clock is ahead of the server's.
    pub ahead: Option<f64>,
    pub jars: Option<Vec<Jar>>,
}
