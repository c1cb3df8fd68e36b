//! The only place that knows JavaScript exists: an object in, an object out.

mod read;
mod write;

use read::{Fault, Read};
use wasm_bindgen::prelude::*;
use write::Write;

/// 2.8 kB less, once compressed, than the one that comes with the language; asks and frees in constant time.
#[global_allocator]
static MEMORY: rlsf::SmallGlobalTlsf = rlsf::SmallGlobalTlsf::new();

#[wasm_bindgen(typescript_custom_section)]
const EXAMINE: &str = "export function examine(visit: Visit): Report;";

/// Takes over the words of concepts, a file of the package. Throws a real `Error` when it is none.
#[wasm_bindgen]
pub fn learn(words: &[u8]) -> Result<(), JsError> {
    if crate::lexicon::learn(words) { Ok(()) } else { Err(JsError::new("words: no file of words")) }
}

/// Throws a real `Error` when `visit` is not a [`Visit`](crate::Visit): that is a bug of the shell.
#[wasm_bindgen(skip_typescript)]
pub fn examine(visit: &JsValue) -> Result<JsValue, JsError> {
    let visit = crate::Visit::read(visit).map_err(|Fault(field)| JsError::new(&["visit: ", field].concat()))?;
    Ok(crate::examine(&visit).write())
}
