//! The only place that knows JavaScript exists: an object in, an object out.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const EXAMINE: &str = "export function examine(visit: Visit): Report;";

/// Takes over the words of concepts, a file of the package. Throws a real `Error` when it is none.
#[wasm_bindgen]
pub fn learn(words: &[u8]) -> Result<(), JsError> {
    if crate::lexicon::learn(words) { Ok(()) } else { Err(JsError::new("words: no file of words")) }
}

/// Throws a real `Error` when `visit` is not a [`Visit`](crate::Visit): that is a bug of the shell.
#[wasm_bindgen(skip_typescript)]
pub fn examine(visit: JsValue) -> Result<JsValue, JsError> {
    let visit = serde_wasm_bindgen::from_value(visit)?;
    Ok(crate::examine(&visit).serialize(&Serializer::json_compatible())?)
}
