//! This module defines what the shell observed: the input of [`examine`](crate::examine).
//!
//! It is plain data, with the same names in Rust, JavaScript and JSON. Nothing here interprets anything: a field says what was
//! seen, never what it means. Every optional field is absent when it was not seen.

use serde::{Deserialize, Serialize};

/// One look at one tab: everything [`examine`](crate::examine) may know.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Visit {
    pub evidence: Evidence,
    /// The diagnosis that was made earlier on this same load. It is kept because page text is never stored: it lets a plan be
    /// made again after a step, when there is no new evidence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub standing: Option<Standing>,
    /// The symptom that a person says they see elsewhere, an id of `catalog/symptoms.toml`; it is asked for if nothing else is
    /// known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub symptom: Option<String>,
    /// Remedies tried in this tab, oldest first.
    #[serde(default)]
    pub history: Vec<Attempt>,
    /// Earlier loads of this tab, oldest first; the last few of them.
    #[serde(default)]
    pub loads: Vec<Load>,
    /// Ids of the findings, if the checks ran lately.
    #[serde(default)]
    pub findings: Vec<String>,
    /// Milliseconds since 1970.
    #[serde(default)]
    pub now: f64,
    /// The minutes by which clocks here are ahead of UTC; negative if they are behind it.
    #[serde(default)]
    pub offset: f64,
    /// The name of the computer's time zone in the tz database, such as `Asia/Tokyo`; empty where it is not known.
    #[serde(default)]
    pub zone: String,
    /// Remedies that are not offered, because whoever administers the browser withholds them.
    #[serde(default)]
    pub withheld: Vec<String>,
}

/// An earlier load of the tab: when, where, and what was found on it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Load {
    /// The time at which it was seen, in milliseconds since 1970.
    pub at: f64,
    /// Host and path, with ids replaced by `*`: `chatgpt.com/c/*`.
    pub place: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub cause: Option<String>,
    /// The name that the page gave itself; absent where only the network told of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub load: Option<String>,
}

/// The part of a [`Diagnosis`](crate::Diagnosis) that a later look needs; a whole one will do.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Standing {
    pub cause: String,
    pub confidence: crate::report::Confidence,
    /// Is it drawn on the page?
    #[serde(default)]
    pub overlay: bool,
    #[serde(default)]
    pub facts: Told,
}

/// This is what the site itself said of how long to wait; it is a part of [`Facts`](crate::Facts).
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Told {
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub retry_after: Option<u32>,
    /// The time at which one may try again, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub resets: Option<f64>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Evidence {
    /// Address of the main frame, as the browser writes it.
    pub url: String,
    /// The time at which this load was seen, in milliseconds since 1970.
    #[serde(default)]
    pub at: f64,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub response: Option<Response>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub page: Option<Page>,
    /// Error surfaces of the app: toasts, dialogs, message errors, field errors.
    #[serde(default)]
    pub alerts: Vec<Alert>,
    /// The requests of the page to hosts of OpenAI's that failed, without aborted ones.
    #[serde(default)]
    pub requests: Vec<Request>,
    /// Tokens of elements beside the app's own shell, as other extensions put them there; they are told with the page and with
    /// alerts.
    #[serde(default)]
    pub guests: Vec<String>,
    /// The text that a person types or pastes, and saw elsewhere: on a phone, in the desktop app, in a terminal, in an e-mail.
    /// Only its first 4,000 characters are read.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub told: String,
    /// Network error of the main frame as the browser names it: `net::ERR_…`, `NS_ERROR_…`, or the sentence that
    /// Firefox gives for TLS faults.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub failure: Option<String>,
}

/// The answer to the main frame's request.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Response {
    pub status: u16,
    /// The few headers that matter, names in lower case.
    #[serde(default)]
    pub headers: Vec<Header>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Header {
    pub name: String,
    pub value: String,
}

/// The document, as far as it may be read: only the size is known of the app's own shell and of large pages.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Page {
    /// Status by the page's own navigation timing; absent when the browser did not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub status: Option<u16>,
    #[serde(default)]
    pub content_type: String,
    /// The page is the app's shell or a conversation: title, text and markers are then empty, because they were not read.
    #[serde(default)]
    pub app: bool,
    #[serde(default)]
    pub elements: u32,
    #[serde(default)]
    pub title: String,
    #[serde(default)]
    pub text: String,
    /// Tokens of the markup: `#id`, `.class`, `[name=value]`, `script:SRC`, `link:HREF`, `iframe:SRC`, `a:HREF`,
    /// `tag:NAME` of custom elements, `window.NAME` for globals that inline scripts set.
    #[serde(default)]
    pub markers: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Alert {
    #[serde(default)]
    pub text: String,
    /// Tokens of the surface, of its near ancestors and of what it holds; and of its place: `in:turn` for a failure that the app
    /// draws inside a conversation, `in:empty-thread` for a headline that stands where a conversation should be, `of:disabled` for
    /// the reason that a choice is taken away, `has:one-button` for a dialog that only informs.
    #[serde(default)]
    pub markers: Vec<String>,
}

/// A failed request of the page. Neither its query nor what it carried is known.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Request {
    pub host: String,
    /// The path, with ids replaced by `*`: `/backend-api/conversation/*`.
    pub path: String,
    /// The status, which is 400 or above; absent when there was no answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub status: Option<u16>,
    /// The browser's network error; absent when there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub failure: Option<String>,
    /// The answer was a page (HTML): a request for data gets a page from Cloudflare alone.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub html: bool,
}

/// An attempt is a remedy that was tried: for which cause, when, and how it went.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Attempt {
    pub remedy: String,
    pub cause: String,
    /// The surface on which the cause was seen; a page that loads does not disprove a fault of a surface inside the app.
    #[serde(default)]
    pub surface: crate::report::Surface,
    /// The time at which it was carried out, in milliseconds since 1970.
    pub at: f64,
    pub outcome: Outcome,
    /// Absent until a later load has shown whether it helped.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub verdict: Option<crate::report::Verdict>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Outcome {
    Done,
    Refused,
    Failed,
    /// The person passed over it.
    Skipped,
}
