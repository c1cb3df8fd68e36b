//! This module keeps the words of concepts. They are half of what the extension knows, and most pages never need them. So they
//! are a file of their own, which the shell hands over once, before the first page is examined that has words to be understood.

use access_medic_phrases::{Lexicon, Spoken, WordLayout, read_words};
use std::sync::OnceLock;

static WORDS: OnceLock<(WordLayout, WordLayout)> = OnceLock::new();

/// Takes the words over, once, and says whether they were a file of words.
#[cfg(target_arch = "wasm32")]
pub fn learn(file: &[u8]) -> bool {
    let Some(words) = read_words(file) else { return false };
    WORDS.get_or_init(|| words);
    true
}

/// Finds the concepts that a text speaks of. `None`: the words were not handed over yet.
pub fn concepts(text: &str) -> Option<Spoken<'_>> {
    #[cfg(not(target_arch = "wasm32"))]
    let (begins, inside) = WORDS.get_or_init(|| read_words(FILE).unwrap_or_default());
    #[cfg(target_arch = "wasm32")]
    let (begins, inside) = WORDS.get()?;
    Some(Lexicon { begins: begins.list(), inside: inside.list() }.scan(text))
}

/// Outside WASM, the core has the words with it.
#[cfg(not(target_arch = "wasm32"))]
static FILE: &[u8] = include_bytes!(concat!(env!("OUT_DIR"), "/words.bin"));
