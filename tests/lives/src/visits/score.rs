//! This module counts what many visits come to.

use super::{Adviser, Ended, Person, StepId, Visit, WAITING, World};
use serde::Serialize;
use std::{collections::BTreeMap, ops::Range};

/// Figures of one adviser with one kind of person. Shares are of all visits, unless something else is said.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Figures {
    pub adviser: String,
    pub person: String,
    pub visits: u64,
    pub cured: f64,
    /// The steps, and then the minutes, of those who got through.
    pub steps_median: f64,
    pub steps_mean: f64,
    pub steps_90: f64,
    pub minutes_median: f64,
    pub minutes_mean: f64,
    pub minutes_90: f64,
    /// The share of those who got through within four steps.
    pub cured_in_four: f64,
    /// The shares of those who got through within one step, two, and so on.
    pub cured_within: Vec<f64>,
    pub signed_out_needlessly: f64,
    pub worse: f64,
    /// The share of the visits in which this was said within two steps, among those in which nothing here can help.
    pub not_here_said: f64,
    /// The share of the visits in which it was said that nothing can help, among those in which something here can.
    pub not_here_false: f64,
    pub false_resolved: u64,
    /// The share of all verdicts that falsely said that the fault was still there.
    pub false_persists: f64,
    /// The number of times that each step made it worse.
    #[serde(skip)]
    pub harm: BTreeMap<StepId, u32>,
}

/// The largest number of steps that anybody has the patience for.
const MOST: usize = 8;

/// Figures of all advisers.
#[derive(Debug, Default)]
pub struct Table {
    pub rows: Vec<Figures>,
}

/// These numbers are counted while visits are played.
#[derive(Default)]
struct Count {
    figures: Figures,
    steps: Vec<f64>,
    minutes: Vec<f64>,
    here: u64,
    elsewhere: u64,
    verdicts: u64,
    false_persists: u64,
}

impl Count {
    fn add(&mut self, visit: &Visit<'_>, ended: &Ended) {
        let figures = &mut self.figures;
        let one = |is_so: bool| f64::from(u8::from(is_so));
        figures.visits += 1;
        figures.cured += one(ended.is_cured);
        figures.cured_in_four += one(ended.is_cured && ended.steps <= 4);
        if ended.is_cured {
            self.steps.push(f64::from(ended.steps));
            self.minutes.push(ended.minutes + WAITING * ended.waited);
        }
        figures.signed_out_needlessly += one(ended.is_needlessly_signed_out);
        figures.worse += one(ended.is_worse);
        for step in &ended.harmful {
            *figures.harm.entry(*step).or_default() += 1;
        }
        if visit.is_curable_here() {
            self.here += 1;
            figures.not_here_false += one(ended.told_not_here.is_some());
        } else {
            self.elsewhere += 1;
            figures.not_here_said += one(ended.told_not_here.is_some_and(|steps| steps <= 2));
        }
        figures.false_resolved += u64::from(ended.false_resolved);
        self.false_persists += u64::from(ended.false_persists);
        self.verdicts += u64::from(ended.verdicts);
    }

    fn finish(self) -> Figures {
        let Self { mut figures, steps, minutes, here, elsewhere, verdicts, false_persists } = self;
        let all = figures.visits.max(1) as f64;
        let within = |most: usize| steps.iter().filter(|taken| **taken <= most as f64).count() as f64 / all;
        figures.cured_within = (1..=MOST).map(within).collect();
        for share in
            [&mut figures.cured, &mut figures.cured_in_four, &mut figures.signed_out_needlessly, &mut figures.worse]
        {
            *share /= all;
        }
        figures.not_here_false /= here.max(1) as f64;
        figures.not_here_said /= elsewhere.max(1) as f64;
        figures.false_persists = false_persists as f64 / verdicts.max(1) as f64;
        [figures.steps_median, figures.steps_mean, figures.steps_90] = summary(steps);
        [figures.minutes_median, figures.minutes_mean, figures.minutes_90] = summary(minutes);
        figures
    }
}

/// Plays the visits of these numbers with an adviser. Returns the figures of all, and those by the cause that is seen first.
pub fn play_all(
    world: &World,
    person: Person,
    numbers: Range<u64>,
    adviser: &mut dyn Adviser,
) -> (Figures, BTreeMap<String, Figures>) {
    let mut all = Count::default();
    let mut by_cause: BTreeMap<String, Count> = BTreeMap::new();
    for number in numbers {
        let Some(visit) = Visit::draw(world, number, person) else { continue };
        let ended = visit.play(adviser);
        all.add(&visit, &ended);
        let cause = visit.faults.first().and_then(|met| met.cause.clone()).unwrap_or_default();
        by_cause.entry(cause).or_default().add(&visit, &ended);
    }
    (all.finish(), by_cause.into_iter().map(|(cause, count)| (cause, count.finish())).collect())
}

/// Returns the median, the mean, and the value that nine of ten do not exceed.
fn summary(mut list: Vec<f64>) -> [f64; 3] {
    list.sort_by(f64::total_cmp);
    let at = |share: f64| list.get((list.len() as f64 * share) as usize).copied().unwrap_or_default();
    [at(0.5), list.iter().sum::<f64>() / list.len().max(1) as f64, at(0.9)]
}

impl std::fmt::Display for Table {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        writeln!(
            formatter,
            "{:<18} {:<10} {:>6} {:>6}  {:>15}  {:>18}  {:>7} {:>6}  {:>8} {:>8}  {:>9}",
            "adviser",
            "person",
            "cured",
            "in 4",
            "steps",
            "minutes",
            "signout",
            "worse",
            "not here",
            "falsely",
            "verdicts"
        )?;
        for row in &self.rows {
            let percent = |share: f64| format!("{:.1}%", share * 100.0);
            writeln!(
                formatter,
                "{:<18} {:<10} {:>6} {:>6}  {:>3.0} {:>5.2} {:>4.0}   {:>5.1} {:>5.1} {:>5.1}   {:>7} {:>6}  {:>8} {:>8}  {:>3} {:>5}",
                row.adviser,
                row.person,
                percent(row.cured),
                percent(row.cured_in_four),
                row.steps_median,
                row.steps_mean,
                row.steps_90,
                row.minutes_median,
                row.minutes_mean,
                row.minutes_90,
                percent(row.signed_out_needlessly),
                percent(row.worse),
                percent(row.not_here_said),
                percent(row.not_here_false),
                row.false_resolved,
                percent(row.false_persists),
            )?;
        }
        Ok(())
    }
}
