//! This module is the only place that knows that JavaScript exists: it takes an object and returns an object.

use serde::Serialize;
use serde_wasm_bindgen::Serializer;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const FUNCTIONS: &str = "
export function step(tab: Tab, event: Event, moment: Moment): Stepped;
export function view(tab: Tab, by: Asker, moment: Moment): Case | null;
";

/// Takes over the words of concepts, which are a file of the package. Throws a real `Error` when the bytes are no such file.
#[wasm_bindgen]
pub fn learn(words: &[u8]) -> Result<(), JsError> {
    if crate::lexicon::learn(words) { Ok(()) } else { Err(JsError::new("words: no file of words")) }
}

/// Takes an event into a tab, see [`step`](crate::tab::step). A tab that cannot be read, for example because an older version
/// wrote it, counts as a fresh one of which nothing was looked at. Throws a real `Error` when the event or the moment cannot be
/// read: that is a bug of the shell.
#[wasm_bindgen(skip_typescript)]
pub fn step(tab: JsValue, event: JsValue, moment: JsValue) -> Result<JsValue, JsError> {
    let tab = serde_wasm_bindgen::from_value(tab);
    let is_unreadable = tab.is_err();
    let event = serde_wasm_bindgen::from_value(event)?;
    let moment = serde_wasm_bindgen::from_value(moment)?;
    let mut stepped = crate::tab::step(tab.unwrap_or_default(), event, &moment);
    if is_unreadable {
        // The shell has to write over the tab that could not be read.
        stepped.changed = crate::tab::Field::ALL.to_vec();
    }
    Ok(stepped.serialize(&Serializer::json_compatible())?)
}

/// Returns what there is to draw, see [`view`](crate::tab::view).
#[wasm_bindgen(skip_typescript)]
pub fn view(tab: JsValue, by: JsValue, moment: JsValue) -> Result<JsValue, JsError> {
    let tab = serde_wasm_bindgen::from_value(tab).unwrap_or_default();
    let by = serde_wasm_bindgen::from_value(by)?;
    let moment = serde_wasm_bindgen::from_value(moment)?;
    Ok(crate::tab::view(&tab, &by, &moment).serialize(&Serializer::json_compatible())?)
}
