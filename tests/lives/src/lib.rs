//! This crate plays lives of tabs. A [`Life`] is a list of things that happen; [`play`] plays it through
//! [`access_medic::tab::step`] as the extension does, in a browser that is made up here: pages come and go, messages arrive late,
//! twice or never, the clock is set, and the worker dies. After every event [`play`] looks whether what is shown and kept is true.
//!
//! The core is told only what a browser would tell, and not what is really so. This program knows what is really so.

pub mod visits;
mod world;

pub use world::{Broken, Deed, Kind, Life, Played, Step, Way, play};

use proptest::{
    collection::vec,
    prelude::*,
    strategy::ValueTree,
    test_runner::{Config, RngAlgorithm, TestRng, TestRunner},
};

/// Generates lives in which at most `most` things happen.
pub fn lives(most: usize) -> impl Strategy<Value = Life> {
    vec(step(), 1..=most).prop_map(|steps| Life { steps: with_one_clock(steps) })
}

/// Returns the life of a number, which is always the same one.
pub fn life(seed: u64, most: usize) -> Option<Life> {
    let mut bytes = [0; 32];
    bytes.iter_mut().zip(seed.to_le_bytes()).for_each(|(byte, seed)| *byte = seed);
    let rng = TestRng::from_seed(RngAlgorithm::ChaCha, &bytes);
    let mut runner = TestRunner::new_with_rng(Config::default(), rng);
    lives(most).new_tree(&mut runner).ok().map(|tree| tree.current())
}

/// Keeps only the first step that sets the clock: nobody sets a clock twice within the few minutes of a life.
fn with_one_clock(mut steps: Vec<Step>) -> Vec<Step> {
    let mut is_set = false;
    steps.retain(|step| !matches!(step, Step::SetClock(_)) || !std::mem::replace(&mut is_set, true));
    steps
}

fn kind() -> impl Strategy<Value = Kind> {
    prop_oneof![3 => Just(Kind::Refused), 2 => Just(Kind::Gateway), 3 => Just(Kind::Home), 1 => Just(Kind::Dead), 1 => Just(Kind::Login)]
}

fn way() -> impl Strategy<Value = Way> {
    prop_oneof![5 => Just(Way::Once), 1 => Just(Way::Twice), 1 => Just(Way::Never)]
}

fn deed() -> impl Strategy<Value = Deed> {
    prop_oneof![
        4 => (0..4_usize).prop_map(Deed::Apply),
        1 => Just(Deed::Undo),
        1 => (0..4_usize).prop_map(Deed::Tick),
        1 => (0..4_usize).prop_map(Deed::Skip),
        1 => (0..4_usize).prop_map(Deed::Untick),
        1 => Just(Deed::Restart),
        1 => Just(Deed::Pick),
        1 => Just(Deed::Tell),
        1 => Just(Deed::EndList),
        1 => Just(Deed::Close),
        1 => Just(Deed::Wish),
    ]
}

fn step() -> impl Strategy<Value = Step> {
    const YEAR: i64 = 365 * 24 * 3_600_000;
    prop_oneof![
        6 => (kind(), way(), way()).prop_map(|(kind, answer, report)| Step::Go { kind, answer, report }),
        2 => (0..3_usize).prop_map(Step::Back),
        10 => (0..4_usize).prop_map(Step::Deliver),
        2 => Just(Step::Toast),
        2 => Just(Step::LoseRequest),
        3 => (1..40_000_u32).prop_map(Step::Wait),
        1 => (-YEAR..YEAR).prop_map(Step::SetClock),
        1 => (-5_000..5_000_i64).prop_map(Step::SetClock),
        2 => Just(Step::Die),
        5 => (deed(), any::<bool>()).prop_map(|(deed, on_page)| Step::Do { deed, on_page }),
        4 => any::<bool>().prop_map(|done| Step::EndRun { done }),
    ]
}
