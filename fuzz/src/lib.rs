//! This crate holds what the targets share: visits that are written as lines, and what must be true of every report.
//!
//! Visits are written as lines, because lines take mutation well: a changed byte leaves the other lines as they were, a
//! recorded page can be written as a seed, words of the catalogue make a dictionary, and a person can read what was
//! found.

mod lines;
mod report;

pub use lines::{read, write};
pub use report::examined;
