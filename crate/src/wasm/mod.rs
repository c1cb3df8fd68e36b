//! The only place that knows JavaScript exists: an object in, an object out.

use serde::Serialize;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const EXAMINE: &str = "export function examine(visit: Visit): Report;";

/// Throws a real `Error` when `visit` is not a [`Visit`](crate::Visit): that is a bug of the shell.
#[wasm_bindgen(skip_typescript)]
pub fn examine(visit: JsValue) -> Result<JsValue, JsError> {
    let visit: crate::Visit =
        serde_wasm_bindgen::from_value(visit).map_err(|fault| JsError::new(&fault.to_string()))?;
    let report = crate::examine(&visit);
    report
        .serialize(&serde_wasm_bindgen::Serializer::json_compatible())
        .map_err(|fault| JsError::new(&fault.to_string()))
}
