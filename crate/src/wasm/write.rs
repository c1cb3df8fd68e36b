//! From a [`Report`](crate::Report) to a JavaScript object: field by field, as `report.rs` names them. By hand for the same
//! reason as the way in: a serializer was a fifteenth of the core. `tests/browser/pages.test.mjs` holds both ways to
//! what serde makes of the same types.

use js_sys::{Array, Object, Reflect};
use wasm_bindgen::JsValue;

use crate::{
    Action, Confidence, Diagnosis, Facts, Failing, Judgement, Mover, Other, Reason, ReasonKind, Report, Scope, Step,
    StepState, Surface, Turned, Verdict,
};

/// Undefined: the field is left out.
pub trait Write {
    fn write(&self) -> JsValue;
}

impl Write for String {
    fn write(&self) -> JsValue {
        JsValue::from_str(self)
    }
}

impl Write for bool {
    fn write(&self) -> JsValue {
        JsValue::from_bool(*self)
    }
}

impl Write for u16 {
    fn write(&self) -> JsValue {
        JsValue::from_f64(f64::from(*self))
    }
}

impl Write for u32 {
    fn write(&self) -> JsValue {
        JsValue::from_f64(f64::from(*self))
    }
}

impl Write for f64 {
    fn write(&self) -> JsValue {
        JsValue::from_f64(*self)
    }
}

impl<T: Write> Write for Option<T> {
    fn write(&self) -> JsValue {
        self.as_ref().map_or(JsValue::UNDEFINED, Write::write)
    }
}

impl<T: Write> Write for Vec<T> {
    fn write(&self) -> JsValue {
        let list = Array::new();
        for item in self {
            list.push(&item.write());
        }
        list.into()
    }
}

#[inline(never)]
fn set(object: &JsValue, name: &str, value: &JsValue) {
    if !value.is_undefined() {
        // A plain object takes every field.
        let _ = Reflect::set(object, &JsValue::from_str(name), value);
    }
}

/// `write` for a struct.
macro_rules! object {
    ($type:ident: $($field:ident),*) => {
        impl Write for $type {
            fn write(&self) -> JsValue {
                let object = Object::new().into();
                // Named one by one, so that a new field cannot be forgotten.
                let Self { $($field),* } = self;
                $(set(&object, stringify!($field), &$field.write());)*
                object
            }
        }
    };
}

object!(Report: diagnosis, stands, turned, plan, tools, judgement);
object!(Diagnosis: cause, family, confidence, mover, surface, overlay, reasons, facts, others);
object!(Turned: cause, family, mover, confidence, reasons);
object!(Other: cause, family, mover, confidence, reasons);
object!(Reason: clue, quote);
object!(Facts: host, status, code, ray_id, request_id, colo, country, retry_after, resets, time, failing);
object!(Step: remedy, action, state, why, read);
object!(Scope: hosts, cookies, keep, storage);
object!(Judgement: verdict, remedy, cause);

impl Write for Action {
    fn write(&self) -> JsValue {
        let object = Object::new().into();
        let kind = match self {
            Self::Clear { scope } => {
                set(&object, "scope", &scope.write());
                "clear"
            }
            Self::Reload => "reload",
            Self::Check { hosts, leftovers } => {
                set(&object, "hosts", &hosts.write());
                set(&object, "leftovers", &leftovers.write());
                "check"
            }
            Self::Open { address } => {
                set(&object, "address", &address.write());
                "open"
            }
            Self::Wait { seconds, until } => {
                set(&object, "seconds", &seconds.write());
                set(&object, "until", &until.write());
                "wait"
            }
            Self::Private { address } => {
                set(&object, "address", &address.write());
                "private"
            }
            Self::Manual { check } => {
                set(&object, "check", &check.write());
                "manual"
            }
        };
        set(&object, "kind", &JsValue::from_str(kind));
        object
    }
}

/// `write` for an enum that is written as one of a few words.
macro_rules! word {
    ($type:ident: $($variant:ident $word:literal),*) => {
        impl Write for $type {
            fn write(&self) -> JsValue {
                JsValue::from_str(match self {
                    $(Self::$variant => $word,)*
                })
            }
        }
    };
}

word!(Confidence: Possible "possible", Likely "likely", Certain "certain");
word!(Mover: You "you", Wait "wait", Openai "openai", Network "network");
word!(Surface: Page "page", Alert "alert", Request "request", Network "network", Told "told");
word!(Verdict: Resolved "resolved", Changed "changed", Persists "persists");
word!(StepState: Next "next", Open "open", Done "done", Tried "tried", Failed "failed", Skipped "skipped");
word!(Failing: Browser "browser", Edge "edge", Origin "origin");
word!(
    ReasonKind: Status "status", Header "header", Code "code", Marker "marker", Title "title", Text "text",
    Alert "alert", Address "address", Failure "failure", Request "request", Finding "finding", Loads "loads",
    Told "told"
);
