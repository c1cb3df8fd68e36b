//! This module reads the tables of the world: what can be wrong, for whom, how often, what ends it, and what each step costs. It changes
//! no number. `world/README.md` says what each column means.

use super::{DAY, Luck, luck};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

/// The number of a step, in the order of [`World::steps`].
pub type StepId = usize;

/// Everything that the tables say.
#[derive(Clone)]
pub struct World {
    /// Ids of remedies, ours and those that only the world knows.
    pub steps: Vec<String>,
    pub groups: Vec<Group>,
    pub faults: Vec<Fault>,
    /// Faults that occur together, by the fault that is drawn first.
    pub pairs: Vec<Pair>,
    /// The costs by group and step.
    costs: Vec<Vec<Cost>>,
}

/// A kind of people.
#[derive(Clone)]
pub struct Group {
    pub id: String,
    /// The share of all failing visits that is theirs: as it is thought to be, at the least and at the most.
    pub share: [f64; 3],
    pub has_second_network: f64,
    pub has_tunnel: f64,
    pub tunnel_is_addon: f64,
    pub has_other_browser: f64,
    /// The chance that nothing answers without the tunnel, or that the country is refused.
    pub is_censored: f64,
}

/// Something that is wrong.
#[derive(Clone)]
pub struct Fault {
    pub id: String,
    /// The number of visits that have it, of ten thousand failing visits: as it is thought to be, at the least and at the most.
    pub weight: [f64; 3],
    /// The same number of ten thousand visits of each group.
    pub weights: Vec<f64>,
    /// The causes that its pages show, each with its chance. With the rest of the chance, up to 1, they show nothing that can be read.
    pub shows: Vec<(String, f64)>,
    /// The place where it is met: `page`, `login`, `chat`, `request`, `network` or `told`.
    pub place: String,
    /// The findings of the checks, by our ids, each with its chance.
    pub finds: Vec<(String, f64)>,
    pub cures: BTreeMap<StepId, f64>,
    pub worsened_by: Vec<StepId>,
    /// The number of minutes after which half of them have ended by themselves.
    pub ends_after: Option<f64>,
    /// Nothing on this computer or in this network ends it.
    pub is_not_here: bool,
    /// It only occurs with a tunnel that is on.
    pub has_tunnel: bool,
}

/// This says that another fault may be there when one fault is there.
#[derive(Clone)]
pub struct Pair {
    pub first: usize,
    pub other: usize,
    pub chance: f64,
    /// The one that has to be ended before the other one can be.
    pub ends_first: usize,
}

/// This is what a step takes.
#[derive(Clone, Copy)]
pub struct Cost {
    /// The minutes at work. A person who waits does something else meanwhile.
    pub minutes: f64,
    pub is_done_properly: f64,
    pub is_skipped: f64,
    pub signs_out: f64,
    /// It lets the person through, or ends the fault. Information does neither.
    pub acts: bool,
}

/// The costs of a step of ours that the world's table of costs does not know, because the step is younger than the table. These are the
/// numbers of the table's middle.
const UNKNOWN: Cost = Cost { minutes: 4.0, is_done_properly: 0.7, is_skipped: 0.3, signs_out: 0.0, acts: true };

type Row = BTreeMap<String, String>;

fn rows(path: &Path) -> Result<Vec<Row>, String> {
    let named = |error: csv::Error| format!("{}: {error}", path.display());
    csv::Reader::from_path(path).map_err(named)?.deserialize().map(|row| row.map_err(named)).collect()
}

fn number(row: &Row, column: &str) -> f64 {
    row.get(column).and_then(|text| text.parse().ok()).unwrap_or_default()
}

fn text<'a>(row: &'a Row, column: &str) -> &'a str {
    row.get(column).map(String::as_str).unwrap_or_default()
}

/// Reads `name:0.5;other:0.25`. Parts without a number are left out.
fn chances(text: &str) -> Vec<(String, f64)> {
    let pair = |part: &str| {
        let (name, chance) = part.trim().rsplit_once(':')?;
        Some((name.to_owned(), chance.parse().ok()?))
    };
    text.split(';').filter_map(pair).collect()
}

/// Returns the id of our finding for one of the world's.
fn finding(world: &str) -> Option<&str> {
    match world {
        "nothing" => None,
        "incident_open" => Some("incident"),
        "cookies_leftover" => Some("login_leftovers"),
        "tor" => Some("country_tor"),
        other => Some(other),
    }
}

/// The folder of the tables.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("world")
}

impl World {
    /// Reads the tables. `faults` may name another table of faults with the same columns, which is then played in the place of the known
    /// one.
    pub fn read(faults: Option<&Path>) -> Result<Self, String> {
        let folder = folder();
        let groups: Vec<Group> = rows(&folder.join("groups.csv"))?.iter().map(Group::read).collect();
        let costs = rows(&folder.join("costs.csv"))?;
        let later = rows(&folder.join("later-cures.csv"))?;
        let mut steps: Vec<String> = costs.iter().map(|row| text(row, "remedy_id").to_owned()).collect();
        steps.extend(access_medic::remedies().map(str::to_owned));
        steps.extend(later.iter().map(|row| text(row, "remedy_id").to_owned()));
        steps.sort_unstable();
        steps.dedup();
        let known = rows(&folder.join("faults.csv"))?;
        let by_group = rows(&folder.join("by-group.csv"))?;
        let table = match faults {
            Some(path) => rows(path)?,
            None => known,
        };
        let mut faults: Vec<Fault> = table.iter().map(|row| Fault::read(row, &steps, &groups)).collect();
        for fault in &mut faults {
            if let Some(row) = by_group.iter().find(|row| text(row, "id") == fault.id) {
                fault.weights = groups.iter().map(|group| number(row, &group.id)).collect();
            }
            for row in later.iter().filter(|row| text(row, "fault_id") == fault.id) {
                if let Some(step) = steps.iter().position(|step| step == text(row, "remedy_id")) {
                    fault.cures.insert(step, number(row, "chance"));
                }
            }
        }
        let place = |id: &str| faults.iter().position(|fault| fault.id == id);
        let pairs = rows(&folder.join("pairs.csv"))?;
        let pairs = pairs.iter().filter_map(|row| {
            Some(Pair {
                first: place(text(row, "id_a"))?,
                other: place(text(row, "id_b"))?,
                chance: number(row, "p_b_given_a"),
                ends_first: place(text(row, "end_first"))?,
            })
        });
        let pairs = pairs.collect();
        let cost = |group: &Group, step: &String| {
            let of = |name: &str| {
                costs.iter().find(|row| text(row, "remedy_id") == step && text(row, "group") == name).map(Cost::read)
            };
            of(&group.id).or_else(|| of("all")).unwrap_or(UNKNOWN)
        };
        let costs = groups.iter().map(|group| steps.iter().map(|step| cost(group, step)).collect()).collect();
        Ok(Self { steps, groups, faults, pairs, costs })
    }

    /// Returns a world that may as well be the real one: each weight, each group's share and all cures are moved within their uncertainty
    /// (README, "What is uncertain"). Each tenth world has a day of outages.
    pub fn varied(&self, number: u64) -> Self {
        /// The distance by which the chances of cure may be wrong, either way, because they are judgement.
        const CURES: f64 = 0.15;
        /// The factor by which there are more outages on a day of outages.
        const OUTAGES: f64 = 20.0;
        let mut world = self.clone();
        for (at, group) in world.groups.iter_mut().enumerate() {
            let [known, low, high] = group.share;
            group.share[0] = [low, known, high][(luck(number, Luck::VariedGroup, at, 0) * 3.0) as usize % 3];
        }
        let shift = [-CURES, 0.0, CURES][(number % 3) as usize];
        for (at, fault) in world.faults.iter_mut().enumerate() {
            let [known, low, high] = fault.weight.map(|weight| weight.max(f64::MIN_POSITIVE));
            let factor = low / known * (high / low).powf(luck(number, Luck::VariedFault, at, 0));
            let burst = if number.is_multiple_of(10) && fault.id.starts_with("outage_") { OUTAGES } else { 1.0 };
            fault.weights.iter_mut().for_each(|weight| *weight *= factor * burst);
            fault.cures.values_mut().for_each(|cure| *cure = (*cure + shift).clamp(0.0, 1.0));
        }
        world
    }

    /// Returns the number of a step.
    pub fn step(&self, id: &str) -> Option<StepId> {
        self.steps.iter().position(|step| step == id)
    }

    /// Returns what a step takes for a group.
    pub fn cost(&self, group: usize, step: StepId) -> Cost {
        self.costs.get(group).and_then(|costs| costs.get(step)).copied().unwrap_or(UNKNOWN)
    }
}

impl Group {
    fn read(row: &Row) -> Self {
        let is_censored = match text(row, "group") {
            "cn_vpn" | "ir" | "ru" => 1.0,
            // This is rule 1 of the world.
            "developer" => 1.0 / 3.0,
            "shared_account" => 0.45,
            _ => 0.0,
        };
        Self {
            id: text(row, "group").to_owned(),
            share: ["share_failing", "share_failing_low", "share_failing_high"].map(|column| number(row, column)),
            has_second_network: number(row, "p_second_network"),
            has_tunnel: number(row, "p_vpn_or_tunnel_on"),
            tunnel_is_addon: number(row, "p_tunnel_is_addon"),
            has_other_browser: number(row, "other_browser"),
            is_censored,
        }
    }
}

impl Fault {
    fn read(row: &Row, steps: &[String], groups: &[Group]) -> Self {
        let place = |id: &str| steps.iter().position(|step| step == id.trim());
        let weight = ["weight", "weight_low", "weight_high"].map(|column| number(row, column));
        let factors = chances(text(row, "groups"));
        let factor = |group: &Group| factors.iter().find(|(id, _)| *id == group.id).map_or(1.0, |(_, factor)| *factor);
        let worsened = text(row, "made_worse_by").split(';');
        let about = [text(row, "id"), text(row, "what_is_wrong")].join(" ").to_lowercase();
        Self {
            id: text(row, "id").to_owned(),
            weight,
            weights: groups.iter().map(|group| weight[0] * factor(group)).collect(),
            shows: chances(text(row, "seen_as")),
            place: text(row, "where").to_owned(),
            finds: chances(text(row, "checks_find"))
                .into_iter()
                .filter_map(|(id, chance)| Some((finding(&id)?.to_owned(), chance)))
                .collect(),
            cures: chances(text(row, "cured_by"))
                .into_iter()
                .filter_map(|(id, chance)| Some((place(&id)?, chance)))
                .collect(),
            worsened_by: worsened.filter_map(|part| place(part.split(':').next().unwrap_or_default())).collect(),
            ends_after: text(row, "ends_by_itself").parse().ok(),
            is_not_here: text(row, "not_here") == "yes",
            has_tunnel: ["vpn", "tunnel", "exit"].iter().any(|word| about.contains(word)),
        }
    }
}

impl Fault {
    /// Returns how long a person waits who is told to wait, in minutes: twice as long as half of these faults last.
    pub fn wait(&self) -> f64 {
        (2.0 * self.ends_after.unwrap_or(DAY)).min(DAY)
    }
}

impl Cost {
    fn read(row: &Row) -> Self {
        // The button counts where the product has one; by hand a step takes longer and goes wrong more often.
        let with_button = |column: &str, by_hand: &str| {
            row.get(column).and_then(|text| text.parse().ok()).unwrap_or_else(|| number(row, by_hand))
        };
        Self {
            // The table says "as told" for waiting, which is no number: a person who waits comes back once.
            minutes: if text(row, "remedy_id") == "wait" { 1.0 } else { with_button("minutes_with_button", "minutes") },
            is_done_properly: with_button("p_properly_with_button", "p_properly"),
            is_skipped: number(row, "p_skip"),
            signs_out: number(row, "p_signed_out"),
            acts: text(row, "kind") != "information",
        }
    }
}
