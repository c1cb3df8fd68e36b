//! This module says how long to wait before trying once more: as long as the server said, until the time that the message names,
//! or else for a pause that grows with each try. It starts no clock; the shell counts down.

use crate::{
    evidence::{Told, Visit},
    plan::Known,
    report::Action,
    times::{DAY, days},
};

const SECOND: f64 = 1000.0;
/// The longest pause of our own, in seconds.
const LONGEST: u32 = 1800;
/// The factor by which each pause of our own is longer than the one before.
const GROWTH: u32 = 4;
/// The longest pause that a server may name, in seconds: it is Cloudflare's longest limit of requests. Nobody sees the end of a
/// longer pause in a tab that stays open; after a day the page is tried again, and says again how long to wait.
const NAMED: u32 = 24 * 60 * 60;

/// Reads a value of `Retry-After` (RFC 9110, section 10.2.3), which is seconds or a date, as seconds from a moment on.
pub fn retry_after(value: &str, at: f64) -> Option<u32> {
    if value.is_empty() || !value.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(((date(value)? - at) / SECOND).clamp(0.0, f64::from(NAMED)) as u32);
    }
    // A number that is too large to be read means a longer pause than the longest one.
    Some(value.parse().unwrap_or(NAMED).min(NAMED))
}

/// Reads a date in one of the three forms of HTTP (RFC 9110, section 5.6.7), in milliseconds since 1970.
fn date(text: &str) -> Option<f64> {
    const MONTHS: [&str; 12] = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
    let words: Vec<&str> = text.split([' ', ',', '-', ':']).filter(|word| !word.is_empty()).take(9).collect();
    let (day, month, year, time) = match *words.as_slice() {
        [_, day, month, year, hour, minute, second, "GMT"] => (day, month, year, [hour, minute, second]),
        [_, month, day, hour, minute, second, year] => (day, month, year, [hour, minute, second]),
        _ => return None,
    };
    let number = |word: &str, range: std::ops::RangeInclusive<u32>| {
        word.parse().ok().filter(|number| range.contains(number) && word.bytes().all(|byte| byte.is_ascii_digit()))
    };
    let month = MONTHS.iter().position(|known| *known == month)? as u32 + 1;
    let day = number(day, 1..=31)?;
    let year = number(year, 0..=9999).map(|year| if year < 100 { year + 2000 } else { year })?;
    let [hour, minute, second] = time;
    let seconds = number(hour, 0..=23)? * 3600 + number(minute, 0..=59)? * 60 + number(second, 0..=60)?;
    Some(days(year, month, day)? * DAY + f64::from(seconds) * SECOND)
}

pub fn wait(visit: &Visit, Known { seen, shown, .. }: Known, told: &Told, remedy: &str) -> Action {
    let Some(until) = named(visit, told) else {
        let mut seconds = u32::from(shown.wait);
        for attempt in &visit.history {
            if attempt.remedy == remedy && attempt.cause == seen.id && seconds < LONGEST {
                seconds *= GROWTH;
            }
        }
        return Action::Wait { seconds: seconds.min(LONGEST), until: None };
    };
    Action::Wait { seconds: ((until - visit.now) / SECOND) as u32, until: Some(until) }
}

/// Returns the time that the server or the message names, in milliseconds since 1970.
fn named(visit: &Visit, told: &Told) -> Option<f64> {
    if let Some(seconds) = told.retry_after {
        return Some(visit.evidence.at + f64::from(seconds.min(NAMED)) * SECOND);
    }
    told.resets.map(|until| until.max(visit.now))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Attempt, Evidence, Mover, Outcome, Surface, catalog::Cause};

    static CAUSE: Cause = Cause {
        id: "server_error",
        family: "outage",
        mover: Mover::Wait,
        overlay: true,
        plan: &[],
        program: &[],
        wait: 15,
    };
    const KNOWN: Known = Known { seen: &CAUSE, shown: &CAUSE, finding: None };
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
        let seconds = |waited| match wait(&visit(waited, 0.0), KNOWN, &Told::default(), "wait") {
            Action::Wait { seconds, until: None } => seconds,
            other => panic!("{other:?}"),
        };
        assert_eq!([0, 1, 2, 3, 4, 90].map(seconds), [15, 60, 240, 960, 1800, 1800]);
    }

    #[test]
    fn what_the_server_said_counts_from_the_load() {
        let told = Told { retry_after: Some(120), resets: Some(NOW + 600.0 * SECOND) };
        let until = NOW + 110.0 * SECOND;
        assert_eq!(wait(&visit(3, 0.0), KNOWN, &told, "wait"), Action::Wait { seconds: 110, until: Some(until) });
        let told = Told { retry_after: Some(5), resets: None };
        assert_eq!(
            wait(&visit(0, 0.0), KNOWN, &told, "wait"),
            Action::Wait { seconds: 0, until: Some(NOW - 5.0 * SECOND) }
        );
    }

    proptest::proptest! {
        #[test]
        fn dates_are_read_as_a_library_reads_them(seconds in 946_684_800_u64..4_102_444_800) {
            let time = std::time::UNIX_EPOCH + std::time::Duration::from_secs(seconds);
            proptest::prop_assert_eq!(date(&httpdate::fmt_http_date(time)), Some(seconds as f64 * SECOND));
        }

        #[test]
        fn no_value_makes_it_fail(value in ".{0,60}|[A-Z][a-z]{2}, [0-9]{2,12} [A-Z][a-z]{2} [0-9]{2,12} [0-9:]{1,20} GMT") {
            proptest::prop_assert!(retry_after(&value, NOW).is_none_or(|seconds| seconds <= NAMED));
        }
    }
}
