//! These tests check when messages say that one may try again. They read sentences in sixteen languages, each with the moment
//! that it names or none. Half of the sentences were only measured and never worked with (`times/measuring.jsonl`). A wrong
//! moment is worse than none.

use access_medic::told_time;
use serde::Deserialize;
use std::{collections::BTreeMap, fmt::Write, fs};

#[derive(Deserialize)]
struct Case {
    language: String,
    text: String,
    now: String,
    offset: f64,
    until: Option<String>,
}

#[derive(Clone, Copy, Default)]
struct Count {
    /// The number of sentences with a time, and of those without one; so are the next numbers.
    given: [usize; 2],
    right: [usize; 2],
    wrong: usize,
}

/// Returns the milliseconds since 1970 of a time such as `2026-11-30T14:00:30Z`, with or without a fraction.
fn milliseconds(time: &str) -> f64 {
    let (whole, fraction) = time.trim_end_matches('Z').split_once('.').unwrap_or((time.trim_end_matches('Z'), "0"));
    let date = |text: &str| {
        let numbers: Vec<u64> = text.split(['-', 'T', ':']).map(|part| part.parse().unwrap()).collect();
        let [year, month, day, hour, minute, second] = numbers[..] else { panic!("{text}") };
        let leap = |year: u64| year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400);
        let months = [31, if leap(year) { 29 } else { 28 }, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
        let days = (1970..year).map(|year| if leap(year) { 366 } else { 365 }).sum::<u64>()
            + months.iter().take(month as usize - 1).sum::<u64>()
            + day
            - 1;
        ((days * 24 + hour) * 60 + minute) * 60 + second
    };
    date(whole) as f64 * 1000.0 + format!("0.{fraction}").parse::<f64>().unwrap() * 1000.0
}

const DAY: f64 = 86_400_000.0;

/// Prints how many sentences were right by language. If they may be `shown`, it also prints those that were not right.
fn measure(half: &str, shown: bool) -> Count {
    let text = fs::read_to_string(format!("{}/times/{half}.jsonl", env!("CARGO_MANIFEST_DIR"))).unwrap();
    let mut counts: BTreeMap<String, Count> = BTreeMap::new();
    let mut all = Count::default();
    let mut out = String::new();
    for line in text.lines() {
        let case: Case = serde_json::from_str(line).unwrap();
        let now = milliseconds(&case.now);
        let until = case.until.as_deref().map(milliseconds);
        let found = told_time(&case.text, now, case.offset);
        let right = match (until, found) {
            (None, None) => true,
            // A time of day that lies nearly a day ahead has just passed: the person may try now.
            (Some(until), Some(found)) => {
                (until - found).abs() < 1500.0
                    || until - now > 20.0 * 3_600_000.0 && (until - DAY - found).abs() < 1500.0
            }
            _ => false,
        };
        let kind = usize::from(until.is_none());
        for count in [&mut all, counts.entry(case.language.clone()).or_default()] {
            count.given[kind] += 1;
            count.right[kind] += usize::from(right);
            count.wrong += usize::from(!right && found.is_some());
        }
        if shown && !right {
            let found = found.map(|found| (found - now) / 60_000.0);
            let _ = writeln!(
                out,
                "  {} {found:?}, should be {:?} min: {}",
                case.language,
                until.map(|until| (until - now) / 60_000.0),
                case.text.replace('\n', " / ")
            );
        }
    }
    println!("\ntimes, {half}   given  right    no time  right   wrong");
    for (language, Count { given, right, wrong }) in counts.iter().chain([(&"all".to_owned(), &all)]) {
        println!("{language:<16} {:>5} {:>6} {:>10} {:>6} {wrong:>7}", given[0], right[0], given[1], right[1]);
    }
    print!("{out}");
    all
}

#[test]
fn times_that_were_worked_with_are_read() {
    let Count { given, right, wrong } = measure("working", true);
    assert!(
        right[0] * 100 >= given[0] * 95 && wrong * 100 <= given[0] + given[1],
        "{right:?} of {given:?}, {wrong} wrong"
    );
}

#[test]
fn new_times_are_read() {
    let Count { given, right, wrong } = measure("measuring", false);
    assert!(
        right[0] * 100 >= given[0] * 75 && wrong * 100 <= 2 * (given[0] + given[1]),
        "{right:?} of {given:?}, {wrong} wrong"
    );
}
