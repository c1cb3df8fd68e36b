//! An event is something that happened to a tab, as the shell tells it. It says what was observed or asked for, never what follows.

use super::state::{Checks, Cleared, Progress, Undo};
use crate::evidence::{Attempt, Evidence, Header, Request};
use serde::{Deserialize, Serialize};

/// As JSON it is an object with one field, the kind, or a string where nothing more is to be said. (A field `kind` within the
/// object would cost 60 kB of WASM: serde then reads everything twice.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Event {
    /// Somebody asks what is known. What is over is forgotten, and a step that nobody carries out any more has failed.
    Asked,
    /// The worker started.
    Woke,
    /// The first byte of the answer to a main request came. `host`: of its address, with the port.
    Answered {
        request: String,
        host: String,
        status: u16,
        headers: Vec<Header>,
        when: When,
    },
    /// A page reported.
    Reported {
        evidence: Evidence,
        source: Source,
    },
    /// The answer to a main request is complete. Not every one becomes a page that can report. `shown`: what the tab shows now.
    Completed {
        request: String,
        url: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        shown: Option<Shown>,
    },
    /// A main request was stopped or replaced: the tab still shows the page before it.
    Aborted {
        request: String,
    },
    /// A main request failed. `failure`: the browser's name of the error.
    Failed {
        request: String,
        url: String,
        failure: String,
        when: When,
    },
    /// Requests of the page failed. `shown`: the address that the tab shows; empty where it is hidden.
    RequestsFailed {
        requests: Vec<Failure>,
        shown: String,
    },
    /// A person asks for a step. `permitted`: the extension may work on the sites.
    Apply {
        by: Asker,
        remedy: String,
        permitted: bool,
    },
    /// A countdown of this length (in milliseconds) is over, by the watch of the view that drew it.
    CountedDown {
        by: Asker,
        length: f64,
        permitted: bool,
    },
    /// The checks have come so far.
    Checked {
        progress: Progress,
    },
    /// A step has ended. `url` and `at` are those of the case that it began with.
    Ended {
        remedy: String,
        url: String,
        at: f64,
        result: Ended,
    },
    /// A person asks that the last clearing be undone.
    Undo {
        by: Asker,
        permitted: bool,
    },
    /// The cookies were put back: `back` of `of`. The rest is as with [`Event::Ended`].
    PutBack {
        undo: Undo,
        back: u32,
        of: u32,
        url: String,
        at: f64,
    },
    /// A step was ticked or, with `skipped`, passed over.
    Mark {
        by: Asker,
        remedy: String,
        skipped: bool,
    },
    /// A step counts as neither done nor passed over any more.
    Unmark {
        by: Asker,
        remedy: String,
    },
    Restart {
        by: Asker,
    },
    /// A person picks what they see elsewhere; empty: nothing any more. `kept`: what was picked last.
    Pick {
        by: Asker,
        symptom: String,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        kept: Option<Picked>,
    },
    /// A person tells in words of their own what they see elsewhere.
    Tell {
        by: Asker,
        words: String,
    },
    /// A person chooses another cause that the told words may speak of.
    Choose {
        by: Asker,
        cause: String,
    },
    /// The kind of fault is not to be drawn on pages, or is again.
    Silence {
        by: Asker,
        silent: bool,
    },
    /// The page is to be loaded by itself when the countdown is over, or not.
    Wish {
        by: Asker,
        again: bool,
    },
    /// A person ends the countdown.
    Stop {
        by: Asker,
    },
    /// The overlay was closed.
    Close,
}

/// The page that reports.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Source {
    /// The name that it gave itself; empty where it has none.
    #[serde(default)]
    pub load: String,
    /// When it began to be observed.
    #[serde(default)]
    pub began: When,
    /// The same by the clock of that moment, in milliseconds since 1970; 0 where that is not known. Only when the worker has ended
    /// since then, and its watch with it, it counts.
    #[serde(default)]
    pub at: f64,
    /// When the first byte of its answer came, by its own watch; absent where the browser does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub answered: Option<When>,
    /// It came back from the history: no answer is its own, and it proves nothing of what was done since.
    #[serde(default)]
    pub restored: bool,
    /// It has waited for its answer.
    #[serde(default)]
    pub waited: bool,
}

/// A request of a page that failed.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Failure {
    pub request: Request,
    /// Host of the page that asked, with its port; empty where that is not known.
    pub site: String,
    pub when: When,
}

/// When something was, told without a clock that can be set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct When {
    /// So many milliseconds before the shell heard of it.
    pub ago: f64,
    /// When the shell heard of it, by the worker's watch.
    pub heard: f64,
}

impl When {
    /// How long ago that is at a moment of the same life of the worker.
    pub fn ago_at(&self, moment: &Moment) -> f64 {
        self.ago + moment.watch - self.heard
    }
}

/// Who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Asker {
    /// The overlay in a page, and no view of ours. It is told of its page only.
    pub page: bool,
    /// The address that the tab shows; absent where it is hidden.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub address: Option<String>,
    /// The name of the load that the overlay is drawn in, as far as it knows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub load: Option<String>,
}

/// What a tab shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Shown {
    pub url: String,
    pub loading: bool,
}

/// A symptom that was picked, when, and what was tried.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Picked {
    pub symptom: String,
    pub at: f64,
    pub history: Vec<Attempt>,
}

/// How a step ended.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Ended {
    pub outcome: StepOutcome,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub receipt: Option<Cleared>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub checks: Option<Checks>,
}

/// How a step ended, without the reason.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum StepOutcome {
    Done,
    Refused,
    Failed,
}

/// This is what `step` has to know that is no event: the time, what the person chose, and whether a step runs.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Moment {
    /// The browser's number of the tab.
    pub tab: u32,
    /// Milliseconds since 1970.
    pub now: f64,
    /// Milliseconds since the present life of the worker began, by a watch that nobody sets.
    #[serde(default)]
    pub watch: f64,
    /// When that life began, in milliseconds since 1970.
    #[serde(default)]
    pub life: f64,
    /// Minutes that clocks here are ahead of UTC; behind it, negative.
    pub offset: f64,
    /// A step of this tab is being carried out in the present life of the worker.
    pub runs: bool,
    #[serde(default)]
    pub draws: Draws,
    /// Causes that are not to be drawn on pages.
    #[serde(default)]
    pub silenced: Vec<String>,
}

/// What a person wants drawn on pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Draws {
    /// Also what fails within the app.
    #[default]
    All,
    /// Only whole pages that fail.
    Pages,
    Never,
}
