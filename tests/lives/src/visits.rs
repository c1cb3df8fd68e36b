//! This module plays failing visits. A person meets a fault of the world, is advised, and does what they are told as well as people do.
//! In the end they get through, are told that nothing here can help, or give up.
//!
//! An adviser learns what the page shows, what the checks find when they are run, and which steps were tried. No adviser is told the
//! fault. Each visit is drawn from its number alone, so that all advisers meet the same people with the same faults and the same luck.

mod advice;
mod best;
mod ours;
mod picture;
mod score;
mod tables;

pub use advice::{Adviser, Listed, article, browser_page, clear_everything};
pub use best::Best;
pub use ours::{Ours, Shuffled};
pub use picture::picture;
pub use score::{Figures, Table, play_all};
pub use tables::{Cost, Fault, Group, Pair, StepId, World, folder};

/// This says how somebody follows advice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Person {
    /// The person does the first step each time.
    Follows,
    /// The person passes over what is tedious, as often as the table says.
    Skips,
    /// The person has no second network, no rights on the computer and no other browser.
    Limited,
    /// The person gives up after four steps.
    Four,
}

impl Person {
    pub const ALL: [Self; 4] = [Self::Follows, Self::Skips, Self::Limited, Self::Four];

    pub const fn name(self) -> &'static str {
        match self {
            Self::Follows => "follows",
            Self::Skips => "skips",
            Self::Limited => "limited",
            Self::Four => "four steps",
        }
    }
}

/// Steps that need rights on the computer.
const RIGHTS: [&str; 9] = [
    "update_browser",
    "allow_openai_hosts",
    "allow_challenge_host",
    "turn_off_inspection",
    "check_dns",
    "proxy_check",
    "fix_clock",
    "disable_extensions",
    "scan_malware",
];

/// The median patience: half of the people give up by this number of steps, or of minutes at work (rule 7 of the world).
const PATIENCE: (f64, f64) = (4.0, 12.0);
/// The least and the largest patience, in steps: nobody gives up sooner or later (rule 7).
const STEPS: (f64, f64) = (2.0, 8.0);
/// The spread of patience and outages: for two of three they are within this factor of the median, either way.
const SPREAD: f64 = 2.5;
/// The share of people whose computer is set to the time zone of where they are (an estimate), and not to that of their tunnel's end.
const OWN_ZONE: f64 = 0.95;
/// A time zone of a place in which OpenAI does not offer ChatGPT. All of them have the same effect.
const ZONE: &str = "Asia/Shanghai";
/// The time for which a page is looked at before anything is tried, in minutes.
const LOOK: f64 = 0.2;
/// The part of a minute that a minute of waiting counts as (an estimate), because people do something else meanwhile.
const WAITING: f64 = 0.1;
/// One day, in minutes. Nobody waits for longer before trying again.
const DAY: f64 = 24.0 * 60.0;

/// The red herrings, each with its chance: the checks find them beside any fault (rule 5 of the world).
const HERRINGS: [(&str, f64); 6] = [
    ("incident", 0.07),
    ("login_leftovers", 0.10),
    ("some_silent", 0.05),
    ("route_split", 0.01),
    ("address_changes", 0.02),
    ("cookies_heavy", 0.01),
];

/// These are the questions that a visit asks of its luck.
#[derive(Clone, Copy)]
enum Luck {
    Group,
    Fault,
    Pair,
    Shows,
    SecondNetwork,
    OtherBrowser,
    Tunnel,
    Addon,
    Censored,
    Zone,
    PatienceSteps,
    PatienceMinutes,
    EndsAfter,
    Finds,
    Herring,
    Skips,
    Properly,
    Cures,
    SignsOut,
    Order,
    VariedGroup,
    VariedFault,
}

/// This is one visit: what the person has, and what they are able to do.
pub struct Visit<'a> {
    world: &'a World,
    number: u64,
    pub group: usize,
    pub faults: Vec<Met>,
    has_second_network: bool,
    has_other_browser: bool,
    has_tunnel: bool,
    tunnel_is_addon: bool,
    is_censored: bool,
    /// The time zone of the computer, if it is that of a place in which OpenAI does not offer ChatGPT; else empty.
    zone: &'static str,
    patience: (f64, f64),
    person: Person,
}

/// A fault as it is met.
#[derive(Clone, Debug)]
pub struct Met {
    pub fault: usize,
    /// The cause that its pages show. `None` means that they show nothing that can be read.
    pub cause: Option<String>,
    /// The number of minutes after which it ends by itself.
    ends_after: f64,
}

/// This is what the tab shows.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Sight {
    /// The tab shows the app, and all is well.
    Well,
    /// The tab shows a page of a cause, which is met at a place.
    Fails { cause: String, place: String },
    /// Something is wrong, and nothing of it can be read.
    Blank,
}

/// This is what came of a step.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Happened {
    Skipped,
    /// The person did it; then the tab showed this, and the checks had found that.
    Done {
        sight: Sight,
        found: Vec<String>,
    },
}

/// One step of a visit, for those who read it.
#[derive(Clone, Debug)]
pub struct Taken {
    pub step: StepId,
    pub is_skipped: bool,
    pub sight: Sight,
}

/// This is what a visit came to.
#[derive(Clone, Debug, Default)]
pub struct Ended {
    pub is_cured: bool,
    pub steps: u32,
    /// The minutes at work.
    pub minutes: f64,
    /// Minutes of waiting, in which nobody works.
    pub waited: f64,
    pub is_needlessly_signed_out: bool,
    pub is_worse: bool,
    /// Steps that made it worse.
    pub harmful: Vec<StepId>,
    /// The number of steps after which the person was told that nothing here can help.
    pub told_not_here: Option<u32>,
    /// The number of times that a step was said to have helped, and had not.
    pub false_resolved: u32,
    /// The number of times that the fault was said to be still there, and had ended.
    pub false_persists: u32,
    pub verdicts: u32,
    pub taken: Vec<Taken>,
}

/// Returns a number from 0 to 1 for a question that a visit asks of its luck. The same question always gets the same answer. This is
/// SplitMix64 (Steele, Lea, Flood, 2014), which spreads neighbouring numbers well.
fn luck(number: u64, question: Luck, of: usize, again: u32) -> f64 {
    let mut bits = number
        .wrapping_mul(0x9E37_79B9_7F4A_7C15)
        .wrapping_add(((question as u64) << 48) ^ ((of as u64) << 16) ^ u64::from(again));
    for factor in [0xBF58_476D_1CE4_E5B9_u64, 0x94D0_49BB_1331_11EB] {
        bits = (bits ^ (bits >> 29)).wrapping_mul(factor);
    }
    ((bits ^ (bits >> 32)) >> 11) as f64 / (1_u64 << 53) as f64
}

/// Returns the value of the log-normal distribution with this median, and with our spread, at a chance.
fn log_normal(median: f64, chance: f64) -> f64 {
    // The logistic curve is near enough to the normal one, and needs no table.
    let chance = chance.clamp(1e-6, 1.0 - 1e-6);
    let deviations = (chance / (1.0 - chance)).ln() / 1.702;
    median * SPREAD.powf(deviations)
}

/// Picks from a list by weight.
fn pick<T>(list: impl Iterator<Item = (T, f64)> + Clone, chance: f64) -> Option<T> {
    let whole: f64 = list.clone().map(|(_, weight)| weight).sum();
    let mut left = chance * whole;
    list.into_iter().find_map(|(item, weight)| {
        left -= weight;
        (left < 0.0).then_some(item)
    })
}

impl<'a> Visit<'a> {
    /// Draws the visit of a number.
    pub fn draw(world: &'a World, number: u64, person: Person) -> Option<Self> {
        let ask = |question, of| luck(number, question, of, 0);
        let groups = world.groups.iter().enumerate().map(|(at, group)| (at, group.share[0]));
        let group = pick(groups, ask(Luck::Group, 0))?;
        let known = world.groups.get(group)?;
        let of_group = |fault: &Fault| fault.weights.get(group).copied().unwrap_or_default();
        let faults = world.faults.iter().enumerate().map(|(at, fault)| (at, of_group(fault)));
        let first = pick(faults, ask(Luck::Fault, 0))?;
        let pair = world.pairs.iter().enumerate().find(|(at, pair)| {
            let is_met = world.faults.get(pair.other).is_some_and(|fault| of_group(fault) > 0.0);
            pair.first == first && is_met && ask(Luck::Pair, *at) < pair.chance
        });
        let order = match pair {
            Some((_, pair)) if pair.ends_first == pair.other => vec![pair.other, first],
            Some((_, pair)) => vec![first, pair.other],
            None => vec![first],
        };
        let meet = |at: usize| {
            let fault = world.faults.get(at)?;
            let mut left = ask(Luck::Shows, at);
            let cause = fault.shows.iter().find_map(|(cause, chance)| {
                left -= chance;
                (left < 0.0).then(|| cause.clone())
            });
            let ends_after =
                fault.ends_after.map_or(f64::INFINITY, |median| log_normal(median, ask(Luck::EndsAfter, at)));
            Some(Met { fault: at, cause, ends_after })
        };
        let faults: Vec<Met> = order.into_iter().filter_map(meet).collect();
        let is_censored = ask(Luck::Censored, 0) < known.is_censored;
        let has_tunnel = faults.iter().any(|met| world.faults.get(met.fault).is_some_and(|fault| fault.has_tunnel));
        let steps = log_normal(PATIENCE.0, ask(Luck::PatienceSteps, 0)).clamp(STEPS.0, STEPS.1).round();
        let minutes = log_normal(PATIENCE.1, ask(Luck::PatienceMinutes, 0));
        let is_able = person != Person::Limited;
        Some(Self {
            world,
            number,
            group,
            faults,
            has_second_network: is_able && ask(Luck::SecondNetwork, 0) < known.has_second_network,
            has_other_browser: is_able && ask(Luck::OtherBrowser, 0) < known.has_other_browser,
            has_tunnel: has_tunnel || ask(Luck::Tunnel, 0) < known.has_tunnel,
            tunnel_is_addon: ask(Luck::Addon, 0) < known.tunnel_is_addon,
            is_censored,
            zone: if is_censored && ask(Luck::Zone, 0) < OWN_ZONE { ZONE } else { "" },
            patience: if person == Person::Four { (4.0, f64::INFINITY) } else { (steps, minutes) },
            person,
        })
    }

    /// Returns the fault that stands in the way first.
    pub fn fault(&self) -> Option<&Fault> {
        self.faults.first().and_then(|met| self.world.faults.get(met.fault))
    }

    /// Tells whether all that is wrong can be ended at this computer or in this network.
    pub fn is_curable_here(&self) -> bool {
        self.faults.iter().all(|met| self.world.faults.get(met.fault).is_some_and(|fault| !fault.is_not_here))
    }

    fn sight(&self, at: usize) -> Sight {
        let Some(met) = self.faults.get(at) else { return Sight::Well };
        let place = self.world.faults.get(met.fault).map(|fault| fault.place.clone()).unwrap_or_default();
        match &met.cause {
            Some(cause) => Sight::Fails { cause: cause.clone(), place },
            None => Sight::Blank,
        }
    }

    /// Returns what the checks find: findings of the fault and red herrings alike.
    fn findings(&self, at: usize) -> Vec<String> {
        let own = self.faults.get(at).and_then(|met| self.world.faults.get(met.fault));
        let own = own.iter().flat_map(|fault| &fault.finds).enumerate();
        let own = own.filter(|(which, (_, chance))| luck(self.number, Luck::Finds, *which, 0) < *chance);
        let mut found: Vec<String> = own.map(|(_, (id, _))| id.clone()).collect();
        for (which, (id, chance)) in HERRINGS.iter().enumerate() {
            if luck(self.number, Luck::Herring, which, 0) < *chance && !found.iter().any(|known| known == id) {
                found.push((*id).to_owned());
            }
        }
        found.sort_unstable();
        found
    }

    /// Tells whether the person can do the step at all.
    fn is_able(&self, id: &str) -> bool {
        match id {
            "other_network" => self.has_second_network,
            "other_browser" => self.has_other_browser,
            _ => self.person != Person::Limited || !RIGHTS.contains(&id),
        }
    }

    /// Lets an adviser lead the person through the visit.
    pub fn play(&self, adviser: &mut dyn Adviser) -> Ended {
        let mut ended = Ended { minutes: LOOK, ..Ended::default() };
        let mut clock = LOOK;
        // This is the fault that stands in the way now.
        let mut at = 0;
        let mut done: Vec<StepId> = Vec::new();
        adviser.begin(&self.sight(at), self.zone);
        loop {
            if ended.told_not_here.is_none() && adviser.says_not_here() {
                ended.told_not_here = Some(ended.steps);
            }
            if f64::from(ended.steps) >= self.patience.0 || ended.minutes >= self.patience.1 {
                break;
            }
            let Some(step) = adviser.next() else { break };
            let Some(id) = self.world.steps.get(step) else { break };
            let cost = self.world.cost(self.group, step);
            let passes = self.person == Person::Skips && luck(self.number, Luck::Skips, step, 0) < cost.is_skipped;
            if passes || !self.is_able(id) {
                let sight = self.sight(at);
                ended.taken.push(Taken { step, is_skipped: true, sight });
                adviser.happened(step, &Happened::Skipped);
                continue;
            }
            let again = done.iter().filter(|known| **known == step).count() as u32;
            done.push(step);
            ended.steps += 1;
            ended.minutes += cost.minutes;
            clock += cost.minutes;
            let before = at;
            let worked = clock;
            at = self.after(step, id, again, at, &mut clock);
            ended.waited += clock - worked;
            let has_helped = at > before;
            self.note_harm(step, id, has_helped, before, &mut ended);
            let found = if id == "run_checks" { self.findings(at) } else { Vec::new() };
            let sight = self.sight(at);
            ended.taken.push(Taken { step, is_skipped: false, sight: sight.clone() });
            let is_well = sight == Sight::Well;
            adviser.happened(step, &Happened::Done { sight, found });
            if let Some(is_resolved) = adviser.verdict() {
                ended.verdicts += 1;
                ended.false_resolved += u32::from(is_resolved && !has_helped);
                ended.false_persists += u32::from(!is_resolved && has_helped);
            }
            if is_well {
                ended.is_cured = true;
                break;
            }
        }
        ended
    }

    /// Returns which fault stands in the way after a step.
    fn after(&self, step: StepId, id: &str, again: u32, at: usize, clock: &mut f64) -> usize {
        let Some(met) = self.faults.get(at) else { return at };
        let Some(fault) = self.world.faults.get(met.fault) else { return at };
        let cost = self.world.cost(self.group, step);
        // A repeated step has the same luck as before, except for steps that only try again.
        let again = if ["retry", "reload", "wait"].contains(&id) { again } else { 0 };
        let properly = luck(self.number, Luck::Properly, step, again) < cost.is_done_properly;
        let mut chance = fault.cures.get(&step).copied().unwrap_or_default();
        if id == "leave_vpn" && (self.is_censored || !self.has_tunnel) {
            chance = 0.0;
        }
        if id == "wait" && properly {
            *clock += fault.wait();
        }
        let cures = cost.acts && properly && luck(self.number, Luck::Cures, step + 1_000 * met.fault, again) < chance;
        // The chance of waiting is in the table. Any other fault that ends by itself ends whatever the person does meanwhile.
        let ends = id != "wait" && *clock >= met.ends_after;
        at + usize::from(cures || ends)
    }

    fn note_harm(&self, step: StepId, id: &str, has_helped: bool, at: usize, ended: &mut Ended) {
        let cost = self.world.cost(self.group, step);
        let signs_out = luck(self.number, Luck::SignsOut, step, 0) < cost.signs_out;
        ended.is_needlessly_signed_out |= signs_out && !has_helped;
        let fault = self.faults.get(at).and_then(|met| self.world.faults.get(met.fault));
        // Without the tunnel nothing answers. The person switches it on again, but was badly advised to switch it off.
        let loses_tunnel = self.is_censored
            && self.has_tunnel
            && (id == "leave_vpn" || id == "disable_extensions" && self.tunnel_is_addon);
        // The table says that `leave_vpn` makes it worse for those who have nothing without the tunnel; they are counted above.
        let worsens = fault.is_some_and(|fault| fault.worsened_by.contains(&step)) && id != "leave_vpn";
        if !has_helped && (worsens || loses_tunnel) {
            ended.is_worse = true;
            ended.harmful.push(step);
        }
    }
}
