//! This crate proposes a signature for a recording of a page that is not recognised.
//!
//! [`Known`] holds what is known already: the recorded pages, healthy ones included, and the messages. [`propose`] looks for
//! the most stable clues of the new page that set it apart from all of these.

mod clues;
mod known;
mod propose;
pub mod write;

pub use known::{Known, known};
pub use propose::{Asked, propose};
