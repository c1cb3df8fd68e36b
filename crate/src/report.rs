//! This module defines what [`examine`](crate::examine) answers. It has ids and quotes only: every word that a person reads is in
//! the shell's `_locales`, under keys made from these ids.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Report {
    /// Absent: nothing is known to be wrong, so nothing is said.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub diagnosis: Option<Diagnosis>,
    /// Nothing new was seen and the standing diagnosis holds: `plan` is for it, and `diagnosis` is absent because
    /// the shell has it.
    #[serde(default)]
    pub stands: bool,
    /// The findings of the checks say more than the page did: this cause takes the place of the diagnosis's cause, which is then
    /// one of the others.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub turned: Option<Other>,
    /// The steps to do, best first; empty without a diagnosis.
    pub plan: Vec<Step>,
    /// The checks, and the ways to clear that a person may choose at any time on this page; none of these while a human
    /// check runs.
    pub tools: Vec<Step>,
    /// This says whether the last remedy helped, on the first evidence that can tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub judgement: Option<Judgement>,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Diagnosis {
    /// An id of `catalog/causes/`.
    pub cause: String,
    pub family: String,
    pub confidence: Confidence,
    pub mover: Mover,
    pub surface: Surface,
    /// May something be drawn on this page? It may not on a running human check or on the browser's own error pages.
    pub overlay: bool,
    /// The clues that held, quoted.
    pub reasons: Vec<Reason>,
    pub facts: Facts,
    /// Other causes that fit less well, best first.
    pub others: Vec<Other>,
    /// This is what the evidence shows, where the checks make another diagnosis of it. Steps are recorded, and loads are
    /// remembered, by its cause. [`examine`](crate::examine) leaves it empty.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub seen: Option<Box<Diagnosis>>,
}

impl Diagnosis {
    /// Returns what the evidence shows, whatever the checks make of it.
    pub fn seen(&self) -> &Self {
        self.seen.as_deref().unwrap_or(self)
    }

    /// Returns the same fault under another name; its own name is then the first of the others.
    pub fn instead(&self, other: Other) -> Self {
        let own = Other {
            cause: self.cause.clone(),
            family: self.family.clone(),
            mover: self.mover,
            confidence: self.confidence,
            reasons: self.reasons.clone(),
        };
        let rest = self.others.iter().filter(|one| one.cause != other.cause).cloned();
        let others = std::iter::once(own).chain(rest).collect();
        let Other { cause, family, mover, confidence, reasons } = other;
        Self { cause, family, mover, confidence, reasons, others, seen: None, ..self.clone() }
    }
}

/// Another cause, with what speaks for it: one that fits less well than the first, which a person who told of a failure can
/// choose, or one that a finding makes of the diagnosis. These fields then take the place of the diagnosis's own.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Other {
    pub cause: String,
    pub family: String,
    pub mover: Mover,
    pub confidence: Confidence,
    pub reasons: Vec<Reason>,
}

/// This says how sure a signature is. It is `Certain` only if machines wrote the signal.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Confidence {
    Possible,
    Likely,
    Certain,
}

/// This says who has to act next.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Mover {
    You,
    Wait,
    Openai,
    Network,
    /// Whoever manages the device, the network or the workspace.
    Administrator,
}

/// This says where the fault was seen: on the page itself, on an error surface inside the app, in a request of the app, in the
/// network below the page, or nowhere here: a person told of it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Surface {
    #[default]
    Page,
    Alert,
    Request,
    Network,
    Told,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Reason {
    pub clue: ReasonKind,
    pub quote: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum ReasonKind {
    Status,
    Header,
    Code,
    Marker,
    Title,
    Text,
    Alert,
    Address,
    Failure,
    /// A failed request: status or network error, host and path.
    Request,
    /// The reason is a finding of the checks, by its id.
    Finding,
    /// The reason is earlier loads of the tab: how many there were, within how many minutes.
    Loads,
    /// A person says so; the quote is the symptom.
    Told,
}

/// The facts that support will ask for. They never hold the visitor's IP address.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Facts {
    pub host: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub status: Option<u16>,
    /// Cloudflare's number or OpenAI's code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub code: Option<String>,
    /// 16 hexadecimal digits.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub ray_id: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub request_id: Option<String>,
    /// Cloudflare's data centre, by its airport code.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub colo: Option<String>,
    /// Country of the connection, two letters, where the page itself names it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub country: Option<String>,
    /// The number of seconds after which one may try again.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub retry_after: Option<u32>,
    /// The time at which one may try again by what a message says, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub resets: Option<f64>,
    /// The time that the page itself names, in UTC: `2025-06-10 08:11:12`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub time: Option<String>,
    /// The box that failed of the three on Cloudflare's 5xx page.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub failing: Option<Failing>,
}

/// A box of Cloudflare's 5xx page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Failing {
    /// The visitor's side failed.
    Browser,
    /// Cloudflare itself failed.
    Edge,
    /// The servers behind Cloudflare failed.
    Origin,
}

/// A remedy with its place in the plan.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Step {
    /// An id of `catalog/remedies.toml`.
    pub remedy: String,
    pub action: Action,
    pub state: StepState,
    /// The finding that puts this step first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub why: Option<String>,
    /// Address of the page on which OpenAI itself says this.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub read: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum StepState {
    /// This is the step to do now.
    Next,
    Open,
    /// The step was carried out; no later load has judged it.
    Done,
    /// The step was carried out, and the fault came back.
    Tried,
    /// The step could not be carried out.
    Failed,
    /// The person passed over the step.
    Skipped,
}

/// This says what the hands do for a remedy.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Action {
    Clear {
        scope: Scope,
    },
    Reload,
    /// Runs the checks.
    Check {
        /// Exact hosts whose cookies are counted.
        hosts: Vec<String>,
        /// Names of cookies that a login in progress leaves behind, `*` at the end allowed.
        leftovers: Vec<String>,
    },
    /// Opens a page of OpenAI's in a new tab.
    Open {
        address: String,
    },
    /// Counts down, and then the page may be loaded once more.
    Wait {
        /// The number of seconds from now.
        seconds: u32,
        /// The same as a time, in milliseconds since 1970, if the site itself names it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(target_arch = "wasm32", tsify(optional))]
        until: Option<f64>,
    },
    /// Opens the address in a private window.
    Private {
        address: String,
    },
    /// A person does it; with `check` the page is then loaded again to see whether it helped.
    Manual {
        check: bool,
    },
}

/// A scope says exactly what a clearing may touch.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Scope {
    /// Exact hosts; a leading `*.` means the host and every sub-host. Cookies of a parent domain that are sent to
    /// one of these hosts belong to the scope.
    pub hosts: Vec<String>,
    /// Names of cookies, `*` at the end allowed; absent: every cookie that is sent to the hosts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub cookies: Option<Vec<String>>,
    /// Names of cookies that stay, whatever else is cleared.
    pub keep: Vec<String>,
    /// Storage, workers and caches of the hosts are cleared, too.
    pub storage: bool,
}

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Judgement {
    pub verdict: Verdict,
    pub remedy: String,
    pub cause: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Verdict {
    Resolved,
    Changed,
    Persists,
}
