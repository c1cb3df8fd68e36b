//! This module makes `core/words.bin`, which holds the words of concepts. The shell hands it to the core.

#[path = "../../crate/build/concepts.rs"]
#[allow(dead_code, reason = "what concepts mean together is for the core's own build")]
mod concepts;

use crate::{checkout::Checkout, fault::Fault};

pub const NAME: &str = "words.bin";

pub fn file(checkout: &Checkout) -> Result<Vec<u8>, Fault> {
    concepts::file(&checkout.join("crate/catalog")).map_err(Fault::Input)
}
