//! These tests check that our plans get people through: nearly as many as the best orders that could be computed from the tables of
//! the world, with hardly more steps, and far more than what people do today. `tests/lives/world/README.md` says what the world is
//! made of.

use lives::visits::{
    Adviser, Best, Figures, Listed, Ours, Person, World, article, browser_page, clear_everything, play_all,
};

/// The number of visits that are played with each adviser.
const VISITS: u64 = 20_000;

fn figures(world: &World, adviser: &mut dyn Adviser) -> Figures {
    play_all(world, Person::Follows, 1..VISITS, adviser).0
}

#[test]
fn who_follows_our_first_step_gets_through() {
    let world = World::read(None).unwrap();
    let recordings = recordings::all().unwrap();
    let ours = figures(&world, &mut Ours::new(&world, &recordings));
    let best = figures(&world, &mut Best::new(&world));
    // Measured on 2026-11-30: 0.96 of the people, 1.02 of the steps and 1.23 of the minutes.
    assert!(ours.cured >= 0.95 * best.cured, "{ours:#?} {best:#?}");
    assert!(ours.steps_mean <= 1.1 * best.steps_mean && ours.steps_median <= best.steps_median, "{ours:#?} {best:#?}");
    assert!(ours.minutes_mean <= 1.25 * best.minutes_mean, "{ours:#?} {best:#?}");
    // Nobody is signed out for nothing, and nothing is said to have helped that has not.
    assert!(ours.signed_out_needlessly <= 0.03, "{ours:#?}");
    assert_eq!(ours.false_resolved, 0);
    assert!(ours.false_persists <= 0.01, "{ours:#?}");
    // Measured on 2026-11-30: 3.2 %, which is more than the best orders do (1.0 %).
    assert!(ours.worse <= 0.037, "{ours:#?}");
    for choose in [article, browser_page, clear_everything] {
        let other = figures(&world, &mut Listed::new(&world, choose));
        assert!(ours.cured_in_four >= 1.5 * other.cured_in_four, "{ours:#?} {other:#?}");
    }
}

/// The same visit has the same end, whoever was advised before.
#[test]
fn the_same_visits_come_to_the_same() {
    let world = World::read(None).unwrap();
    let recordings = recordings::all().unwrap();
    let mut ours = Ours::new(&world, &recordings);
    let rows = [1, 2].map(|_| play_all(&world, Person::Skips, 1..2_000, &mut ours).0);
    assert_eq!(format!("{:?}", rows[0]), format!("{:?}", rows[1]));
}

/// Each cause of the table can be shown: there is a recorded page of it that the core names so.
#[test]
fn the_world_has_a_page_for_all_that_is_seen() {
    let world = World::read(None).unwrap();
    let recordings = recordings::all().unwrap();
    let mut ours = Ours::new(&world, &recordings);
    let shown = world.faults.iter().flat_map(|fault| fault.shows.iter().map(|(cause, _)| (cause, &fault.place)));
    let missing: Vec<String> = shown
        .filter(|(cause, place)| ours.names(cause, place).as_deref() != Some(cause))
        .map(|(cause, place)| format!("{cause} at {place}"))
        .collect();
    assert_eq!(missing, [""; 0]);
}
