//! What the targets share: visits written as lines, and what must be true of every report.
//!
//! Lines, because they take mutation well: a changed byte leaves the other lines as they were, a recorded page can be
//! written as a seed, words of the catalogue make a dictionary, and what was found can be read by a person.

mod lines;
mod report;

pub use lines::{read, write};
pub use report::examined;
