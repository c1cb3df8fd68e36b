//! An event is something that happened to a tab, as the shell tells it. It says what was observed or asked for, never what follows.

use super::state::{Checks, Cleared, Progress, Undo};
use crate::evidence::{Attempt, Evidence, Header, Request};
use serde::{Deserialize, Serialize};

/// As JSON, an event is an object with one field, the kind, or a string if nothing more is to be said. (A field `kind` within the
/// object would cost 60 kB of WASM, because serde then reads everything twice.)
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Event {
    /// Somebody asks what is known. Whatever is over is forgotten, and a step that nobody carries out any more has failed.
    Asked,
    /// The worker started.
    Woke,
    /// Whoever administers the browser withholds other remedies than before.
    Managed,
    /// The first byte of the answer to a main request came. `host`: the host of its address, with the port.
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
    /// The answer to a main request is complete, and its tab loads no more. Not every answer becomes a page that can report.
    /// `shown`: what the tab shows now; absent if it was closed.
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
    /// A person picks the symptom that they see elsewhere; it is empty if they see none any more. `kept`: the symptom that was
    /// picked last.
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
    /// A person chooses that this kind of fault is not drawn on pages any more, or is drawn again.
    Silence {
        by: Asker,
        silent: bool,
    },
    /// A person chooses whether the page is loaded by itself when the countdown is over.
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
    /// The time at which it began to be observed.
    #[serde(default)]
    pub began: When,
    /// The same time by the clock of that moment, in milliseconds since 1970; 0 if that is not known. It is needed if the worker,
    /// and its watch with it, has ended since then, and to find out how long the report was on its way.
    #[serde(default)]
    pub at: f64,
    /// The time at which the first byte of its answer came, by its own watch; absent if the browser does not say.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[cfg_attr(target_arch = "wasm32", tsify(optional))]
    pub answered: Option<When>,
    /// The page came back from the history: no answer is its own, and it proves nothing of what was done since.
    #[serde(default)]
    pub restored: bool,
    /// The page has waited for its answer.
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

/// This says when something happened, without a clock that can be set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct When {
    /// The number of milliseconds that had passed when the shell heard of it.
    pub ago: f64,
    /// The time at which the shell heard of it, by the worker's watch.
    pub heard: f64,
}

impl When {
    /// Returns how long ago that is at a moment of the same life of the worker.
    pub fn ago_at(&self, moment: &Moment) -> f64 {
        self.ago + moment.watch - self.heard
    }
}

/// This says who asks.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Asker {
    /// The overlay in a page asks, and no view of ours. It is told only of its page.
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

/// This is what a tab shows.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Shown {
    pub url: String,
    /// A script can enter the document, so it can report.
    pub readable: bool,
}

/// A symptom that was picked, with the time and the attempts.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub struct Picked {
    pub symptom: String,
    pub at: f64,
    pub history: Vec<Attempt>,
}

/// This says how a step ended.
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

/// This says how a step ended, without the reason.
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
    /// The time at which that life began, in milliseconds since 1970.
    #[serde(default)]
    pub life: f64,
    /// The minutes by which clocks here are ahead of UTC; negative if they are behind it.
    pub offset: f64,
    /// The name of the computer's time zone in the tz database; empty where it is not known.
    #[serde(default)]
    pub zone: String,
    /// A step of this tab is being carried out in the present life of the worker.
    pub runs: bool,
    #[serde(default)]
    pub draws: Draws,
    /// Causes that are not to be drawn on pages.
    #[serde(default)]
    pub silenced: Vec<String>,
    /// Remedies that are not offered, because whoever administers the browser withholds them.
    #[serde(default)]
    pub withheld: Vec<String>,
}

/// This says what a person wants to be drawn on pages.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Draws {
    /// Faults within the app are drawn, too.
    #[default]
    All,
    /// Only the faults of whole pages are drawn.
    Pages,
    Never,
}
