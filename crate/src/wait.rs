//! How long to wait before trying once more: what the server said, the time that the message names, else a pause that
//! grows with each try. It starts no clock; the shell counts down.

use crate::{
    catalog::Cause,
    evidence::{Told, Visit},
    report::Action,
};

const SECOND: f64 = 1000.0;
/// In minutes.
const DAY: u32 = 24 * 60;
/// Longest pause of our own, in seconds.
const LONGEST: u32 = 1800;
/// Each pause of our own is so many times the one before.
const GROWTH: u32 = 4;
/// A time of day that lies further ahead, in minutes, has just passed.
const PASSED: u32 = 20 * 60;

pub fn wait(visit: &Visit, cause: &Cause, told: &Told, remedy: &str) -> Action {
    let Some(until) = named(visit, told) else {
        let mut seconds = u32::from(cause.wait);
        for attempt in &visit.history {
            if attempt.remedy == remedy && attempt.cause == cause.id && seconds < LONGEST {
                seconds *= GROWTH;
            }
        }
        return Action::Wait { seconds: seconds.min(LONGEST), until: None };
    };
    Action::Wait { seconds: ((until - visit.now) / SECOND) as u32, until: Some(until) }
}

/// In milliseconds since 1970.
fn named(visit: &Visit, told: &Told) -> Option<f64> {
    if let Some(seconds) = told.retry_after {
        return Some(visit.evidence.at + f64::from(seconds) * SECOND);
    }
    let named = time_of_day(told.resets.as_deref()?)?;
    let minute = (visit.now / SECOND / 60.0) as u32;
    let here = (f64::from(minute) + visit.offset) as u32;
    let ahead = (named + DAY - here % DAY) % DAY;
    let ahead = if ahead > PASSED { 0 } else { ahead };
    Some(f64::from(minute + ahead) * 60.0 * SECOND)
}

/// Minutes since midnight, of `3:05 PM` or `15:05`.
fn time_of_day(text: &str) -> Option<u32> {
    let (mut hour, mut minute) = (0, None);
    for byte in text.bytes().take(8) {
        match byte {
            b'0'..=b'9' => {
                let number = minute.as_mut().unwrap_or(&mut hour);
                *number = *number * 10 + u32::from(byte - b'0');
            }
            b':' => minute = Some(0),
            b'a' | b'A' => hour %= 12,
            b'p' | b'P' => hour = hour % 12 + 12,
            _ => {}
        }
    }
    let minute = minute?;
    (hour < 24 && minute < 60).then_some(hour * 60 + minute)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attempt, Evidence, Mover, Outcome, Surface};

    const CAUSE: Cause =
        Cause { id: "server_error", family: "outage", mover: Mover::Wait, overlay: true, plan: &[], wait: 15 };
    /// 2026-11-22 14:00:30 UTC.
    const NOW: f64 = 1_795_356_030_000.0;

    fn visit(waited: usize, offset: f64) -> Visit {
        let attempt = Attempt {
            remedy: "wait".into(),
            cause: "server_error".into(),
            surface: Surface::Page,
            at: 0.0,
            outcome: Outcome::Done,
            verdict: None,
        };
        let evidence = Evidence { at: NOW - 10.0 * SECOND, ..Evidence::default() };
        let history = vec![attempt; waited];
        Visit { evidence, history, now: NOW, offset, ..Visit::default() }
    }

    #[test]
    fn without_a_time_each_pause_is_longer_and_none_is_longer_than_half_an_hour() {
        let seconds = |waited| match wait(&visit(waited, 0.0), &CAUSE, &Told::default(), "wait") {
            Action::Wait { seconds, until: None } => seconds,
            other => panic!("{other:?}"),
        };
        assert_eq!([0, 1, 2, 3, 4, 90].map(seconds), [15, 60, 240, 960, 1800, 1800]);
    }

    #[test]
    fn what_the_server_said_counts_from_the_load() {
        let told = Told { retry_after: Some(120), resets: Some("9:00 PM".into()) };
        let until = NOW + 110.0 * SECOND;
        assert_eq!(wait(&visit(3, 0.0), &CAUSE, &told, "wait"), Action::Wait { seconds: 110, until: Some(until) });
        let told = Told { retry_after: Some(5), resets: None };
        assert_eq!(
            wait(&visit(0, 0.0), &CAUSE, &told, "wait"),
            Action::Wait { seconds: 0, until: Some(NOW - 5.0 * SECOND) }
        );
    }

    #[test]
    fn a_time_of_day_is_the_next_one_by_the_clock_here() {
        let minutes = |resets: &str, offset| match wait(
            &visit(0, offset),
            &CAUSE,
            &Told { retry_after: None, resets: Some(resets.into()) },
            "wait",
        ) {
            Action::Wait { until: Some(until), .. } => Some((until - (NOW - 30.0 * SECOND)) / 60_000.0),
            _ => None,
        };
        assert_eq!(minutes("2:05 PM", 0.0), Some(5.0));
        assert_eq!(minutes("14:05", 0.0), Some(5.0));
        assert_eq!(minutes("12:00 AM", 0.0), Some(600.0));
        // Six and a half hours ahead it is 20:30; eight behind, 6:00.
        assert_eq!(minutes("9:00 p.m.", 390.0), Some(30.0));
        assert_eq!(minutes("6:30", -480.0), Some(30.0));
        // It has just passed.
        assert_eq!(minutes("1:58 PM", 0.0), Some(0.0));
        for odd in ["", "soon", "25:00", "305", "3:99 PM", "123456789:1"] {
            assert_eq!(minutes(odd, 0.0), None, "{odd}");
        }
    }
}
