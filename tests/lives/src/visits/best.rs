//! This module computes the bound: the best orders of steps for somebody who knows how often each fault is met, what ends it and what
//! each step costs, and who sees no more than we do. They are computed from the tables alone: each round makes the one change that makes
//! the order cheapest, until no change makes it better.

use super::{Adviser, HERRINGS, Happened, OWN_ZONE, PATIENCE, SPREAD, STEPS, Sight, StepId, WAITING, World};
use std::collections::BTreeMap;

/// The number of steps in the longest order.
const LONGEST: usize = 8;
/// The cost of one step for a person beside its minutes, in minutes.
const EFFORT: f64 = 4.0;
/// The cost of giving up, in minutes: getting through counts for more than being quick.
const GIVING_UP: f64 = 240.0;
/// The cost of being signed out for nothing, or of being made worse off, in minutes.
const HARM: f64 = 60.0;
/// The findings of the checks, the strongest first. The strongest one that was found decides.
const STRONGEST: [&str; 11] = [
    "none_answers",
    "country_tor",
    "country_unsupported",
    "clock_ahead",
    "clock_behind",
    "cookies_heavy",
    "route_split",
    "address_changes",
    "some_silent",
    "incident",
    "login_leftovers",
];

/// People of one group with one fault.
struct Share {
    weight: f64,
    group: usize,
    fault: usize,
    /// The share of these people for whom nothing answers without their tunnel.
    censored: f64,
}

/// This is the advice of somebody who knows everything about the world, and nothing about this visit.
struct Choice {
    /// The order for each strongest finding, if it is better that the checks come first. The key `None` means that nothing was found.
    checked: Option<BTreeMap<Option<&'static str>, Vec<StepId>>>,
    order: Vec<StepId>,
}

/// The best adviser that could be computed.
pub struct Best<'a> {
    world: &'a World,
    /// The choices by what is seen, and by whether the time zone is that of a place in which OpenAI does not offer ChatGPT.
    choices: BTreeMap<(Sight, bool), Choice>,
    sight: Sight,
    is_away: bool,
    found: Option<Option<&'static str>>,
    done: Vec<StepId>,
}

impl<'a> Best<'a> {
    pub fn new(world: &'a World) -> Self {
        let mut sights: BTreeMap<(Sight, bool), Vec<Share>> = BTreeMap::new();
        for (at, fault) in world.faults.iter().enumerate() {
            for (cause, chance) in &fault.shows {
                let sight = Sight::Fails { cause: cause.clone(), place: fault.place.clone() };
                for (group, known) in world.groups.iter().enumerate() {
                    let weight = fault.weights.get(group).copied().unwrap_or_default() * known.share[0] * chance;
                    let away = known.is_censored * OWN_ZONE;
                    let censored = known.is_censored * (1.0 - OWN_ZONE) / (1.0 - away).max(f64::MIN_POSITIVE);
                    for (is_away, share, censored) in [(true, away, 1.0), (false, 1.0 - away, censored)] {
                        let shares = sights.entry((sight.clone(), is_away)).or_default();
                        shares.push(Share { weight: weight * share, group, fault: at, censored });
                    }
                }
            }
        }
        let choices = sights.into_iter().map(|(sight, shares)| (sight, choose(world, &shares))).collect();
        Self { world, choices, sight: Sight::Blank, is_away: false, found: None, done: Vec::new() }
    }
}

impl Adviser for Best<'_> {
    fn begin(&mut self, sight: &Sight, zone: &'static str) {
        self.sight = sight.clone();
        self.is_away = !zone.is_empty();
        self.found = None;
        self.done.clear();
    }

    fn next(&mut self) -> Option<StepId> {
        let choice = self.choices.get(&(self.sight.clone(), self.is_away))?;
        let order = match (&choice.checked, &self.found) {
            (Some(_), None) => return self.world.step("run_checks"),
            (Some(orders), Some(found)) => orders.get(found).unwrap_or(&choice.order),
            (None, _) => &choice.order,
        };
        order.iter().find(|step| !self.done.contains(step)).copied()
    }

    fn happened(&mut self, step: StepId, what: &Happened) {
        self.done.push(step);
        match what {
            Happened::Done { sight, found } => {
                if Some(step) == self.world.step("run_checks") {
                    self.found = Some(STRONGEST.into_iter().find(|id| found.iter().any(|known| known == id)));
                }
                self.sight = sight.clone();
            }
            // Nothing was found, because nobody looked.
            Happened::Skipped if Some(step) == self.world.step("run_checks") => self.found = Some(None),
            Happened::Skipped => {}
        }
    }
}

fn choose(world: &World, shares: &[Share]) -> Choice {
    let (order, plain) = best(world, shares);
    let check = world.step("run_checks");
    let look = check.map_or(f64::INFINITY, |step| shares.iter().map(|one| one.weight * price(world, one, step)).sum());
    let mut orders = BTreeMap::new();
    let mut with = look;
    for found in std::iter::once(None).chain(STRONGEST.into_iter().map(Some)) {
        let part: Vec<Share> = shares
            .iter()
            .map(|one| Share { weight: one.weight * chance_of(world, one.fault, found), ..*one })
            .collect();
        let (order, cost) = best(world, &part);
        // The checks themselves are one step; their price is already in the sum.
        with += cost;
        orders.insert(found, order);
    }
    Choice { checked: (with < plain).then_some(orders), order }
}

/// Returns the chance that a finding is the strongest one that the checks find beside a fault.
fn chance_of(world: &World, fault: usize, found: Option<&str>) -> f64 {
    let of = |id: &str| {
        let own = world.faults.get(fault).and_then(|fault| fault.finds.iter().find(|(known, _)| known == id));
        let herring = HERRINGS.iter().find(|(known, _)| *known == id).map_or(0.0, |(_, chance)| *chance);
        1.0 - (1.0 - own.map_or(0.0, |(_, chance)| *chance)) * (1.0 - herring)
    };
    let stronger = STRONGEST.into_iter().take_while(|id| Some(*id) != found);
    let none: f64 = stronger.map(|id| 1.0 - of(id)).product();
    none * found.map_or(1.0, of)
}

/// Returns how often the people of a share get through by a step.
fn ends(world: &World, share: &Share, step: StepId) -> f64 {
    let (Some(fault), Some(group), Some(id)) =
        (world.faults.get(share.fault), world.groups.get(share.group), world.steps.get(step))
    else {
        return 0.0;
    };
    let cost = world.cost(share.group, step);
    let able = match id.as_str() {
        "other_network" => group.has_second_network,
        "other_browser" => group.has_other_browser,
        "leave_vpn" => (1.0 - share.censored) * if fault.has_tunnel { 1.0 } else { group.has_tunnel },
        _ => 1.0,
    };
    let acts = if cost.acts { 1.0 } else { 0.0 };
    acts * able * cost.is_done_properly * fault.cures.get(&step).copied().unwrap_or_default()
}

/// Returns what a step costs the people of a share, in minutes.
fn price(world: &World, share: &Share, step: StepId) -> f64 {
    let (Some(fault), Some(group), Some(id)) =
        (world.faults.get(share.fault), world.groups.get(share.group), world.steps.get(step))
    else {
        return f64::INFINITY;
    };
    let cost = world.cost(share.group, step);
    let misses = 1.0 - fault.cures.get(&step).copied().unwrap_or_default();
    let tunnel = share.censored * group.has_tunnel.max(f64::from(u8::from(fault.has_tunnel)));
    let worsens = match id.as_str() {
        "leave_vpn" => tunnel,
        "disable_extensions" => tunnel * group.tunnel_is_addon,
        _ => f64::from(u8::from(fault.worsened_by.contains(&step))),
    };
    // People who cannot do a step lose nothing by it.
    let able = match id.as_str() {
        "other_network" => group.has_second_network,
        "other_browser" => group.has_other_browser,
        _ => 1.0,
    };
    let waits = if id == "wait" { WAITING * cost.is_done_properly * fault.wait() } else { 0.0 };
    able * (EFFORT + cost.minutes + waits + HARM * misses * (cost.signs_out + worsens))
}

/// Returns the share of people who still try after so many steps.
fn patient(steps: usize) -> f64 {
    let steps = steps as f64;
    if steps < STEPS.0 {
        return 1.0;
    }
    if steps >= STEPS.1 {
        return 0.0;
    }
    let deviations = ((steps + 0.5) / PATIENCE.0).ln() / f64::ln(SPREAD);
    1.0 / (1.0 + (1.702 * deviations).exp())
}

/// Returns what an order costs all people of these shares. Each step costs those who are not through yet, and those who never get through
/// pay for giving up.
fn cost(world: &World, shares: &[Share], order: &[StepId]) -> f64 {
    let of = |share: &Share| {
        let mut left = 1.0;
        let mut sum = 0.0;
        for (at, step) in order.iter().enumerate() {
            sum += left * patient(at) * price(world, share, *step);
            left *= 1.0 - patient(at) * ends(world, share, *step);
        }
        share.weight * (sum + left * GIVING_UP)
    };
    shares.iter().map(of).sum()
}

fn best(world: &World, shares: &[Share]) -> (Vec<StepId>, f64) {
    let mut order: Vec<StepId> = Vec::new();
    let useful = |step: &StepId| {
        shares.iter().any(|share| {
            world.faults.get(share.fault).is_some_and(|fault| fault.cures.get(step).is_some_and(|cure| *cure > 0.0))
        })
    };
    let steps: Vec<StepId> = (0..world.steps.len()).filter(useful).collect();
    let mut least = cost(world, shares, &order);
    // Each round adds, moves or removes the one step that makes the order cheapest.
    loop {
        let mut better: Option<(Vec<StepId>, f64)> = None;
        let mut consider = |candidate: Vec<StepId>| {
            let price = cost(world, shares, &candidate);
            if price < better.as_ref().map_or(least, |(_, price)| *price) - 1e-9 {
                better = Some((candidate, price));
            }
        };
        for step in &steps {
            let rest: Vec<StepId> = order.iter().filter(|known| *known != step).copied().collect();
            for place in 0..=rest.len() {
                let mut candidate = rest.clone();
                candidate.insert(place, *step);
                if candidate.len() <= LONGEST {
                    consider(candidate);
                }
            }
            if rest.len() < order.len() {
                consider(rest);
            }
        }
        match better {
            Some((candidate, price)) => (order, least) = (candidate, price),
            None => return (order, least),
        }
    }
}
