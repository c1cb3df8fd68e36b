//! The checks: what OpenAI's hosts answered, and what that means.
//!
//! [`judge`] makes [`Finding`]s of what was [`Seen`]. Pure: it asks nobody and knows no clock. It does not say what
//! follows from a finding: that is the catalogue's (`crate/catalog/findings.toml`). An IP address is compared and shown
//! masked, and is in no finding.

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
