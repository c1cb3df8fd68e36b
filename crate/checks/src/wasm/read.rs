//! From JavaScript objects to what the checks need, field by field: a deserializer would be most of the module. What is
//! missing or of another kind is none.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};

pub fn field(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or_default()
}

pub fn string(object: &JsValue, name: &str) -> Option<String> {
    field(object, name).as_string()
}

pub fn number(object: &JsValue, name: &str) -> u32 {
    field(object, name).as_f64().unwrap_or_default() as u32
}

pub fn list(object: &JsValue, name: &str) -> Option<Array> {
    field(object, name).dyn_into().ok()
}
