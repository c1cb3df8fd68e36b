//! The catalogue as the build script compiled it: causes, remedies, signatures and the tables that find them.
//! Data only; `catalog/README.md` describes the source format.

use crate::report::{Confidence, Mover, Surface};

pub struct Cause {
    pub id: &'static str,
    pub family: &'static str,
    pub mover: Mover,
    /// May the overlay be drawn on a page with this cause?
    pub overlay: bool,
    /// Indices of [`REMEDIES`], best first.
    pub plan: &'static [u16],
}

pub struct Remedy {
    pub id: &'static str,
    pub hands: Hands,
}

pub enum Hands {
    Clear {
        hosts: &'static [&'static str],
        this_host: bool,
        cookies: Option<&'static [&'static str]>,
        keep: &'static [&'static str],
        storage: bool,
    },
    Reload,
    Open(&'static str),
    Manual {
        check: bool,
    },
}

/// Recognises one kind of page, surface or failure: every clue of `all`, one of `any` (if it has some), and no
/// clue of `none`.
pub struct Signature {
    /// `family/name` of its file; for tests and tools only.
    #[cfg(not(target_arch = "wasm32"))]
    pub name: &'static str,
    /// Index of [`CAUSES`].
    pub cause: u16,
    pub confidence: Confidence,
    pub surface: Surface,
    /// Says that something failed and not what: ranks behind the others of the same confidence.
    pub fallback: bool,
    pub all: &'static [Clue],
    pub any: &'static [Clue],
    pub none: &'static [Clue],
}

/// One thing to look at. Lists mean any of them; `Marker`, `Title`, `Text` and `Whole` hold indices of the tables
/// below and look at the page or, in a signature of surface `alert`, at one and the same alert.
pub enum Clue {
    /// First and last status of each range.
    Status(&'static [(u16, u16)]),
    Header {
        name: &'static str,
        value: &'static str,
    },
    Code(&'static [&'static str]),
    Marker(&'static [u16]),
    Title(&'static [u16]),
    Text(&'static [u16]),
    /// The phrase is the whole message.
    Whole(&'static [u16]),
    Host(&'static [&'static str]),
    Path(&'static [&'static str]),
    Failure(&'static [&'static str]),
    /// A small page with little text, outside the app.
    Bare(bool),
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
