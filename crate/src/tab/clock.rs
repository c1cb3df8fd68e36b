//! This module handles time within a tab: stamps that only grow, a clock that is set, and old things that are forgotten.

use super::{
    event::{Moment, When},
    state::{Case, Clock, ClockSet, Mark, Tab, Timeline},
};
use std::ops::RangeInclusive;

/// The time for which answers, loads and failed requests are kept, in milliseconds.
const REMEMBERED: f64 = 30.0 * 60_000.0;
/// The time for which a clearing can be undone, in milliseconds.
const UNDO: f64 = 10.0 * 60_000.0;
/// An undo that is further ahead of the clock than this was noted before the clock was set back.
const MOMENT: f64 = 2_000.0;
/// The longest time, in milliseconds, for which the word of a page is on its way on a busy computer: more than 600 ms were seen
/// in Chromium 156.
const ON_ITS_WAY: f64 = 5_000.0;
/// Two stamps are never closer than this, in milliseconds.
const TICK: f64 = 0.01;

/// This lies before everything that a watch shows, in milliseconds.
const LONG_AGO: f64 = -1e12;
/// The number of moves back of all stamps that are remembered.
const MOVES: usize = 4;
/// The number of stamps that are kept to give a place to something that is told late.
const MARKS: usize = 16;

impl Tab {
    /// Returns the tab as it is at this moment.
    pub fn brought_to(mut self, moment: &Moment) -> Self {
        let Timeline { set, clock: then, stamp, mut marks, mut moves } = self.clock.take().unwrap_or_default();
        let set_back = set_back(then, moment);
        if set_back > 0.0 {
            self.move_back(set_back);
        }
        if then.life == moment.life {
            marks.iter_mut().for_each(|mark| mark.stamp -= set_back);
        } else {
            marks.clear();
            if set_back > 0.0 {
                // The clock was set back while no worker ran. Nobody knows how long ago anything was before, so whatever is told
                // from now on counts as later.
                marks.push(Mark { watch: LONG_AGO, stamp: stamp - set_back });
            }
        }
        if set_back > 0.0 {
            moves.push(set_back);
            moves.drain(..moves.len().saturating_sub(MOVES));
        }
        let clock = Clock { now: moment.now, watch: moment.watch, life: moment.life };
        // At the beginning of a life its watch and the clock agree.
        let (set, before) = match then.life == moment.life {
            true => (set, then),
            false => (None, Clock { now: moment.life, watch: 0.0, life: moment.life }),
        };
        let by = (moment.now - before.now) - (moment.watch - before.watch);
        let since = set.map_or(0.0, |set| set.until);
        let set = if by.abs() > DRIFT { Some(ClockSet { since, until: moment.watch, by }) } else { set };
        self.clock = Some(Timeline { set, clock, stamp: stamp - set_back, marks, moves });
        self.forget_old(moment.now);
        self
    }

    /// Gives a new stamp, which is later than all before.
    pub fn stamp(&mut self, moment: &Moment) -> f64 {
        let line = self.clock.get_or_insert_default();
        let at = moment.now.max(line.stamp + TICK);
        line.mark(moment.watch, at);
        at
    }

    /// Gives the stamp of something that happened a while ago: whatever was noted since then comes after it. `by_clock`: its time
    /// by the clock of that moment, if that is known.
    pub fn stamp_of(&mut self, when: &When, by_clock: Option<f64>, moment: &Moment) -> f64 {
        let line = self.clock.get_or_insert_default();
        let ago = when.ago_at(moment);
        let watch = moment.watch - ago;
        let by_watch = moment.now - ago;
        // It happened before this life of the worker, of which the watch knows nothing, and the clock was set since then.
        let was_set = by_clock.filter(|at| watch < 0.0 && (at - by_watch).abs() > DRIFT);
        let before =
            line.marks.iter().filter(|mark| mark.watch <= watch && (was_set.is_none() || mark.watch > LONG_AGO));
        let before = before.map(|mark| mark.stamp + TICK);
        let after = line.marks.iter().filter(|mark| mark.watch > watch).map(|mark| mark.stamp - TICK);
        let at = was_set.map_or(by_watch, |at| at - line.moved_since(at - by_watch)).min(moment.now);
        let at = after.fold(before.fold(at, f64::max), f64::min);
        line.mark(watch, at);
        at
    }

    /// Moves all times back. Otherwise a clock that was set back would put all that is known into the future, where no later load
    /// could follow it. The undo is dropped: nobody knows any more how old it is, and values of cookies must not stay too long.
    fn move_back(&mut self, by: f64) {
        self.undo = None;
        if let Some(case) = &mut self.case {
            move_case_back(case, by);
        }
        self.answers.iter_mut().for_each(|answer| {
            answer.at -= by;
            answer.came -= by;
        });
        if let Some(journal) = &mut self.journal {
            journal.loads.iter_mut().for_each(|load| load.at -= by);
            journal.requests.iter_mut().for_each(|lost| lost.seen -= by);
        }
        if let Some(seen) = &mut self.seen {
            seen.at -= by;
        }
    }

    /// Removes a clearing that can no longer be undone, and answers, loads and failed requests that are older than half an hour.
    fn forget_old(&mut self, now: f64) {
        let since = now - REMEMBERED;
        self.undo.take_if(|undo| !(-MOMENT < now - undo.at && now - undo.at < UNDO));
        self.answers.retain(|answer| answer.at > since);
        if let Some(journal) = &mut self.journal {
            journal.loads.retain(|load| load.at > since);
            journal.requests.retain(|lost| lost.seen > since);
        }
        self.journal.take_if(|journal| journal.loads.is_empty() && journal.requests.is_empty());
    }
}

impl Timeline {
    /// Returns for how long the word of a page was on its way. `at`: the time at which the page began, by the clock; `age`: how
    /// old the page was by its own watch when it spoke. `None`: the clock does not say, because it was set meanwhile or before
    /// the present life of the worker.
    pub fn on_its_way(&self, at: f64, age: f64, moment: &Moment) -> Option<f64> {
        let late = |by: f64, began: RangeInclusive<f64>| {
            let ago = moment.now - by - at;
            let late = ago - age;
            let (start, sent) = (moment.watch - ago, moment.watch - late);
            // If the page began before the present life, nobody knows whether the clock was set then; the word itself was sent in
            // this life.
            let is_known = began.contains(&start) || (start < 0.0 && sent >= *began.start());
            (is_known && (0.0..ON_ITS_WAY).contains(&late)).then_some(late)
        };
        let Some(ClockSet { since, until, by }) = self.set else { return late(0.0, 0.0..=f64::INFINITY) };
        // The page began after the clock was set, or before that. If both are possible, the shorter way is the likelier one.
        let ways = [late(0.0, since..=f64::INFINITY), late(by, since..=until)];
        ways.into_iter().flatten().min_by(f64::total_cmp)
    }

    /// Returns by how much stamps were moved back since something happened, if the clock was set back by `set_back` in all since
    /// then. It adds up the last moves that together are not more than that. A move may be less than what the clock was set back
    /// by, but not more.
    fn moved_since(&self, set_back: f64) -> f64 {
        let sums = self.moves.iter().rev().scan(0.0, |sum, by| {
            *sum += by;
            Some(*sum)
        });
        sums.take_while(|sum| *sum <= set_back + DRIFT).last().unwrap_or_default()
    }

    fn mark(&mut self, watch: f64, stamp: f64) {
        self.stamp = self.stamp.max(stamp);
        self.marks.push(Mark { watch, stamp });
        self.marks.drain(..self.marks.len().saturating_sub(MARKS));
    }
}

/// Returns by how much the clock was set back since then, in milliseconds. Within one life of the worker, which has a watch, this is
/// exact; otherwise it is the least that it can be. A clock that was set forward looks like time that went by.
pub fn set_back(then: Clock, moment: &Moment) -> f64 {
    let passed = if then.life == moment.life { (moment.watch - then.watch).max(0.0) } else { 0.0 };
    let behind = then.now + passed - moment.now;
    // A watch and a clock drift apart a little.
    if behind > DRIFT || then.now > moment.now { behind } else { 0.0 }
}

/// The number of milliseconds by which a watch and a clock may be apart after a while.
const DRIFT: f64 = 50.0;

fn move_case_back(case: &mut Case, by: f64) {
    case.at -= by;
    case.history.iter_mut().for_each(|attempt| attempt.at -= by);
    case.receipts.values_mut().for_each(|receipt| receipt.at -= by);
    if let Some(under) = &mut case.under {
        move_case_back(under, by);
    }
    if let Some(checks) = &mut case.checks {
        checks.at -= by;
    }
    if let Some(waiting) = &mut case.waiting {
        waiting.from -= by;
        waiting.until -= by;
    }
}
