//! This module reads what the checks need from the answers of others, field by field. A field that is missing or of another kind
//! is none, where a deserializer would refuse the whole answer.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};

pub fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

pub fn string(object: &JsValue, name: &str) -> Option<String> {
    field(object, name).as_string()
}

pub fn list(object: &JsValue, name: &str) -> Option<Array> {
    field(object, name).dyn_into().ok()
}
