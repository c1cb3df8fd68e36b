//! This crate finds many phrases in one pass over folded text, from tables that a build script laid out.
//!
//! It is a crate of its own because three parties need the very same folding and layout: the build script that writes the tables,
//! the core that reads them, and the benchmark that asks what ten times the phrases would cost. It knows nothing of causes or
//! pages.

mod concept;
mod fold;
mod layout;
mod message;
mod scan;

pub use concept::{Lexicon, Spoken, Stem, WordLayout, WordList, lay_out_words, read_words, write_words};
pub use fold::{folded, is_ideograph, lowered};
pub use layout::{Layout, lay_out, lay_out_groups, pattern};
pub use message::{MessageHash, MessageTable, Messages};
pub use scan::{Found, Trie};
