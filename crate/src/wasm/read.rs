//! From a JavaScript object to a [`Visit`]: field by field, as `evidence.rs` names them.
//!
//! By hand, because a deserializer for these few types was a fifth of the core: it carries the words for every mistake that
//! any type could make, down to printing floating-point numbers. Here a mistake is the name of the field.

use js_sys::{Array, Reflect};
use wasm_bindgen::{JsCast, JsValue};

use crate::{
    Alert, Attempt, Confidence, Evidence, Header, Load, Outcome, Page, Request, Response, Standing, Surface, Told,
    Verdict, Visit,
};

/// The field that is missing or of another kind than it should be.
pub struct Fault(pub &'static str);

/// A value that JavaScript can hand over; `None` when it is of another kind.
pub trait Read: Sized {
    fn read(value: &JsValue) -> Result<Self, Fault>;

    /// What stands for a field that is not there.
    fn absent(field: &'static str) -> Result<Self, Fault> {
        Err(Fault(field))
    }
}

fn field<T: Read>(
    object: &JsValue,
    name: &'static str,
    absent: fn(&'static str) -> Result<T, Fault>,
) -> Result<T, Fault> {
    match Reflect::get(object, &JsValue::from_str(name)) {
        Ok(value) if value.is_undefined() || value.is_null() => absent(name),
        Ok(value) => T::read(&value).map_err(|Fault(inner)| Fault(if inner.is_empty() { name } else { inner })),
        Err(_) => Err(Fault(name)),
    }
}

/// Of another kind; the caller knows the field.
const WRONG: Fault = Fault("");

impl Read for String {
    fn read(value: &JsValue) -> Result<Self, Fault> {
        value.as_string().ok_or(WRONG)
    }
}

impl Read for f64 {
    fn read(value: &JsValue) -> Result<Self, Fault> {
        value.as_f64().ok_or(WRONG)
    }
}

impl Read for bool {
    fn read(value: &JsValue) -> Result<Self, Fault> {
        value.as_bool().ok_or(WRONG)
    }
}

/// A whole number up to `most`.
fn whole(value: &JsValue, most: u32) -> Result<u32, Fault> {
    let number = f64::read(value)?;
    let whole = number as u32;
    if f64::from(whole) == number && whole <= most { Ok(whole) } else { Err(WRONG) }
}

impl Read for u32 {
    fn read(value: &JsValue) -> Result<Self, Fault> {
        whole(value, u32::MAX)
    }
}

impl Read for u16 {
    fn read(value: &JsValue) -> Result<Self, Fault> {
        Ok(whole(value, u32::from(u16::MAX))? as u16)
    }
}

impl<T: Read> Read for Option<T> {
    fn read(value: &JsValue) -> Result<Self, Fault> {
        T::read(value).map(Some)
    }

    fn absent(_: &'static str) -> Result<Self, Fault> {
        Ok(None)
    }
}

impl<T: Read> Read for Vec<T> {
    fn read(value: &JsValue) -> Result<Self, Fault> {
        let list = value.dyn_ref::<Array>().ok_or(WRONG)?;
        let mut items = Self::with_capacity(list.length() as usize);
        for at in 0..list.length() {
            items.push(T::read(&list.get(at))?);
        }
        Ok(items)
    }

    fn absent(_: &'static str) -> Result<Self, Fault> {
        Ok(Vec::new())
    }
}

/// `read` for a struct: fields that must be there, and those that have a default.
macro_rules! object {
    ($type:ident: $($must:ident),*; $($may:ident),*) => {
        impl Read for $type {
            fn read(value: &JsValue) -> Result<Self, Fault> {
                if !value.is_object() {
                    return Err(WRONG);
                }
                Ok(Self {
                    $($must: field(value, stringify!($must), Read::absent)?,)*
                    $($may: field(value, stringify!($may), |_| Ok(Default::default()))?,)*
                })
            }
        }
    };
}

object!(Visit: evidence, standing, symptom, history, loads, findings; now, offset);
object!(Standing: cause, confidence; overlay, facts);
object!(Told: retry_after, resets;);
object!(Load: at, place, cause;);
object!(Evidence: url, response, page, alerts, requests, guests, failure; at, told);
object!(Request: host, path, status, failure; html);
object!(Response: status, headers;);
object!(Header: name, value;);
object!(Page: status, markers; content_type, app, elements, title, text);
object!(Alert: markers; text);
object!(Attempt: remedy, cause, at, outcome, verdict; surface);

/// `read` for an enum that is written as one of a few words.
macro_rules! word {
    ($type:ident: $($word:literal $variant:ident),*) => {
        impl Read for $type {
            fn read(value: &JsValue) -> Result<Self, Fault> {
                match String::read(value)?.as_str() {
                    $($word => Ok(Self::$variant),)*
                    _ => Err(WRONG),
                }
            }
        }
    };
}

word!(Confidence: "possible" Possible, "likely" Likely, "certain" Certain);
word!(Outcome: "done" Done, "refused" Refused, "failed" Failed, "skipped" Skipped);
word!(Surface: "page" Page, "alert" Alert, "request" Request, "network" Network, "told" Told);
word!(Verdict: "resolved" Resolved, "changed" Changed, "persists" Persists);
