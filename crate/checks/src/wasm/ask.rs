//! This module asks one host one question: within its time, and with no more of the answer than is wanted. It says what came, not
//! what it means.

use gloo_timers::future::TimeoutFuture;
use js_sys::{Array, Date, Function, JsString, Promise, Uint8Array};
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortSignal, ReadableStreamDefaultReader, RequestCache, RequestCredentials, RequestInit, RequestMode,
    RequestRedirect, Response,
};

use super::read::field;
use crate::Miss;

#[wasm_bindgen]
extern "C" {
    /// This is the `fetch` of a worker and of a page alike.
    fn fetch(address: &str, init: &RequestInit) -> Promise;
}

pub struct Answer {
    pub body: String,
    /// The server's clock, in milliseconds since 1970.
    pub date: Option<f64>,
    /// The time at which the host was asked, by this computer's clock; `ms` says for how long.
    pub asked: f64,
    pub ms: u32,
}

/// An asker holds what all questions share.
pub struct Asker {
    pub stop: AbortSignal,
    /// This function gives the browser's network error for an address, if the shell knows one.
    pub failure: Function,
}

/// The longest answer that is read, in bytes: a trace has a few hundred, a summary of incidents some thousand.
const LIMIT: u32 = 256 * 1024;

/// The pause before the reason of a failure is asked for, in milliseconds.
const MOMENT: u32 = 100;

impl Asker {
    /// Returns the text of a good answer.
    pub async fn read(&self, address: &str, patience: u32) -> Result<Answer, Miss> {
        let asked = Date::now();
        let init = RequestInit::new();
        // Only the host itself is asked.
        init.set_redirect(RequestRedirect::Manual);
        let signal = self.signal(patience);
        let response = self.send(address, &init, &signal).await?;
        match response.status() {
            200 => {}
            // This is a redirect that was not followed.
            0 => return Err(Miss::Unreadable),
            status => return Err(Miss::Status(status)),
        }
        let date = response.headers().get("date").ok().flatten().map(|date| Date::parse(&date));
        let Ok(body) = body(&response).await else { return Err(self.miss(address, &signal).await) };
        Ok(Answer {
            body: body.ok_or(Miss::Unreadable)?,
            date: date.filter(|date| date.is_finite()),
            asked,
            ms: (Date::now() - asked) as u32,
        })
    }

    /// Tells whether anything answers at all. Nothing more can be known of hosts that the extension may not read.
    pub async fn reach(&self, address: &str, patience: u32) -> Result<(), Miss> {
        let init = RequestInit::new();
        init.set_mode(RequestMode::NoCors);
        let signal = self.signal(patience);
        self.send(address, &init, &signal).await.map(|_| ())
    }

    /// Sends a question without cookies, and past the cache.
    async fn send(&self, address: &str, init: &RequestInit, signal: &AbortSignal) -> Result<Response, Miss> {
        if self.stop.aborted() {
            return Err(Miss::NotAsked);
        }
        init.set_credentials(RequestCredentials::Omit);
        init.set_cache(RequestCache::NoStore);
        init.set_signal(Some(signal));
        match JsFuture::from(fetch(address, init)).await {
            Ok(response) => Ok(response.unchecked_into()),
            Err(_) => Err(self.miss(address, signal).await),
        }
    }

    fn signal(&self, patience: u32) -> AbortSignal {
        AbortSignal::any(&Array::of2(&self.stop, &AbortSignal::timeout_with_u32(patience)))
    }

    async fn miss(&self, address: &str, signal: &AbortSignal) -> Miss {
        if self.stop.aborted() {
            return Miss::NotAsked;
        }
        if signal.aborted() {
            return Miss::TimedOut;
        }
        // The browser tells the reason elsewhere, a moment later.
        TimeoutFuture::new(MOMENT).await;
        let known = self.failure.call1(&JsValue::NULL, &JsString::from(address));
        Miss::Failed(known.ok().and_then(|error| error.as_string()).unwrap_or_default())
    }
}

/// Reads the body of an answer. `None`: it is longer than the limit.
async fn body(response: &Response) -> Result<Option<String>, JsValue> {
    let Some(stream) = response.body() else { return Ok(Some(String::new())) };
    let reader: ReadableStreamDefaultReader = stream.get_reader().unchecked_into();
    let mut bytes = Vec::new();
    loop {
        let chunk = JsFuture::from(reader.read()).await?;
        if field(&chunk, "done").is_truthy() {
            return Ok(Some(String::from_utf8_lossy(&bytes).into_owned()));
        }
        let value: Uint8Array = field(&chunk, "value").unchecked_into();
        if bytes.len() as u32 + value.length() > LIMIT {
            let _ = reader.cancel();
            return Ok(None);
        }
        bytes.extend(value.to_vec());
    }
}
