//! These tests play random lives, in which everything that is shown and kept must be true at every moment. `cargo xtask lives`
//! plays more of them.

use lives::{life, play};

/// The number of lives that each test plays.
const LIVES: u64 = 500;
/// The largest number of things that happen in a life.
const MOST: usize = 24;

fn whatever_happens(part: u64) {
    for seed in part * LIVES + 1..=(part + 1) * LIVES {
        let life = life(seed, MOST).expect("a life");
        if let Err(broken) = play(&life, true) {
            panic!("life {seed}, after {} events: {}\n{life:#?}", broken.event, broken.what);
        }
    }
}

#[test]
fn what_is_said_of_a_tab_is_true_first_part() {
    whatever_happens(0);
}

#[test]
fn what_is_said_of_a_tab_is_true_second_part() {
    whatever_happens(1);
}

/// The death of a worker changes nothing in the state, if no step runs and no page waits at that moment.
#[test]
fn a_death_leaves_no_trace() {
    let mut compared = 0;
    for seed in 1..=LIVES {
        let life = life(seed, MOST).expect("a life");
        let (Ok(dies), Ok(lives)) = (play(&life, true), play(&life, false)) else { panic!("life {seed}") };
        if dies.is_comparable {
            compared += 1;
            let (one, other) = (dies.tab, lives.tab);
            let what = |tab: &access_medic::tab::Tab| {
                tab.case.as_ref().map(|case| (case.report.diagnosis.clone(), case.history.len(), case.load.clone()))
            };
            assert_eq!(what(&one), what(&other), "life {seed}: {life:#?}");
        }
    }
    assert!(compared > LIVES / 10, "{compared} lives were compared");
}
