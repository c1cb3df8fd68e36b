//! An effect is something that is to be done to the world. The shell carries it out and reports what came of it as the next event.

use super::state::{Case, Undo};
use crate::{evidence::Attempt, report::Action};
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Effect {
    /// The overlay is to look at its case: it draws the case, or leaves.
    Show,
    /// The badge of the toolbar is to be painted. `settles`: the browser is about to show its own error page in the tab, which
    /// takes a badge away.
    Paint { badge: Badge, settles: bool },
    /// The page is to be examined once its answer is known, or after a while without it.
    Hold,
    /// The step is to be carried out, for this case.
    Run { remedy: String, action: Action, case: Box<Case> },
    /// The cookies that the last clearing took are to be put back, for this case.
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
    /// A picked list is to be kept, because it outlives the tab; without a symptom, none is kept.
    KeepPicked {
        #[serde(default, skip_serializing_if = "Option::is_none")]
        #[cfg_attr(target_arch = "wasm32", tsify(optional))]
        symptom: Option<String>,
        history: Vec<Attempt>,
    },
    /// The cause is not to be drawn on pages any more, or is to be drawn again.
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

/// This is the immediate answer to a question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
#[cfg_attr(target_arch = "wasm32", derive(tsify::Tsify))]
pub enum Reply {
    Done,
    Refused,
}

/// This says why a step does not begin. The key of its sentence is `reason_` and this name.
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
    /// The cleared cookies are not kept any more.
    TooLate,
    /// Whoever administers the browser withholds the step.
    Withheld,
}
