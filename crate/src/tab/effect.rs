//! An effect is something that is to be done to the world. The shell carries it out and reports what came of it as the next event.

use super::state::{Case, Undo};
use crate::{evidence::Attempt, report::Action};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Effect {
    /// The overlay is to look at its case: it draws it, or leaves.
    Show,
    /// The badge of the toolbar. `settles`: the browser is about to put its own error page there, which takes a badge away.
    Paint { badge: Badge, settles: bool },
    /// The page is to be examined once its answer is known, or after a while without it.
    Hold,
    /// The tab has not settled: the same event is to be told again later.
    Again,
    /// The step is to be carried out, for this case.
    Run { remedy: String, action: Action, case: Box<Case> },
    /// What the last clearing took is to be put back, for this case.
    PutBack { undo: Undo, case: Box<Case> },
    /// A person's question is answered.
    Reply {
        outcome: Reply,
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(target_arch = "wasm32", tsify(optional))]
        reason: Option<Refusal>,
    },
    /// The words that a person told are known, or say nothing.
    Told { known: bool },
    /// A picked list outlives the tab; without a symptom, none is kept.
    KeepPicked {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(target_arch = "wasm32", tsify(optional))]
        symptom: Option<String>,
        history: Vec<Attempt>,
    },
    /// The cause is not to be drawn on pages any more, or is again.
    Silence { cause: String, silent: bool },
}

/// This is what the toolbar says of a tab.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Badge {
    /// There is a diagnosis.
    Wrong { cause: String },
    /// The last step helped.
    Right,
    /// The page could not be examined.
    Unseen,
    /// Nothing is known to be wrong.
    Plain,
}

/// This is what comes of a question at once.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Reply {
    Done,
    Refused,
}

/// This says why a step does not begin. The key of the sentence is `reason_` and this.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Refusal {
    /// Another step runs.
    Busy,
    /// Nothing is known of what the tab shows.
    NoCase,
    /// The extension may not work on the sites.
    NoPermission,
    /// The step is not offered any more.
    NotInPlan,
    /// A human check runs.
    ChallengeRunning,
    /// What was cleared is not kept any more.
    TooLate,
}
