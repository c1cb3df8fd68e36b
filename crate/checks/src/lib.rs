//! This crate holds the checks: what OpenAI's hosts answered, and what that means.
//!
//! [`judge`] makes [`Finding`]s of what was [`Seen`]. It is pure: it asks nobody and knows no clock. It does not say what follows
//! from a finding, because the catalogue does (`crate/catalog/findings.toml`). IP addresses are compared and shown masked, and no
//! finding holds a whole one.

mod countries;
mod finding;
mod judge;
mod seen;
mod trace;
#[cfg(target_arch = "wasm32")]
mod wasm;

pub use countries::{Listed, Product, checked, listed};
pub use finding::{Check, Finding, IDS, State, Value};
pub use judge::judge;
pub use seen::{Incident, Jar, Miss, Sample, Seen, Service};
pub use trace::{Trace, mask};
