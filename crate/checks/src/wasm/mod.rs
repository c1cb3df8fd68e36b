//! This module is the boundary to JavaScript: [`run`] asks the hosts, and hands over what was found.

mod ask;
mod read;
mod run;

use js_sys::Function;
use serde::Serialize;
use wasm_bindgen::prelude::*;
use web_sys::AbortSignal;

use crate::{Jar, Product};
use ask::Asker;

#[wasm_bindgen(typescript_custom_section)]
const RUN: &str = "/** `host`: of the page; its trace comes first. `jars`: absent when cookies may not be read. */
export function run(
    order: { host: string; jars?: Jar[] },
    stop: AbortSignal,
    tell: (done: number, total: number) => void,
    failure: (address: string) => string | undefined,
): Promise<Checked>;";

/// The shell uses this to say what the checks look at: the host of the page, and its cookies where they may be read.
#[derive(serde::Deserialize)]
struct Order {
    host: String,
    jars: Option<Vec<Jar>>,
}

/// This is the result of the checks. It holds no whole IP address.
#[derive(Serialize, tsify::Tsify)]
pub struct Checked {
    pub findings: Vec<crate::Finding>,
}

/// Asks the hosts and judges the answers. This takes at most ten seconds; `stop` ends it at once, and what is not known by then
/// is reported as not known. `tell` gets how many of how many questions are answered; `failure` gives the browser's network error
/// for an address, or nothing.
#[wasm_bindgen(skip_typescript)]
pub async fn run(order: JsValue, stop: AbortSignal, tell: Function, failure: Function) -> Result<JsValue, JsValue> {
    let Order { host, jars } = serde_wasm_bindgen::from_value(order)?;
    let product = Product::of(&host);
    let seen = run::run(host, jars, Asker { stop, failure }, tell).await;
    let checked = Checked { findings: crate::judge(&seen, product) };
    Ok(checked.serialize(&serde_wasm_bindgen::Serializer::json_compatible())?)
}
