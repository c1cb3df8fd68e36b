//! This module reads `catalog/times.toml`: the words by which messages say when one may try again.

use access_medic_phrases::lowered;
use serde::Deserialize;
use std::{collections::BTreeMap, fmt::Write, path::Path};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, default)]
#[derive(Default)]
struct Language {
    retry: Vec<String>,
    wait: Vec<String>,
    never: Vec<String>,
    few: Vec<String>,
    #[serde(rename = "in")]
    before: Vec<String>,
    behind: Vec<String>,
    at: Vec<String>,
    clock: Vec<String>,
    second: Vec<String>,
    minute: Vec<String>,
    hour: Vec<String>,
    day: Vec<String>,
    week: Vec<String>,
    one: Vec<String>,
    fixed: Vec<String>,
    zone: Vec<String>,
    more: Vec<String>,
    am: Vec<String>,
    pm: Vec<String>,
    noon: Vec<String>,
    midday: Vec<String>,
    millisecond: Vec<String>,
    midnight: Vec<String>,
    today: Vec<String>,
    tomorrow: Vec<String>,
    after: Vec<String>,
    year: Vec<String>,
    month: Vec<String>,
    date: Vec<String>,
    months: Vec<String>,
    weekdays: Vec<String>,
}

/// A day has so many minutes. A zone is written as its minutes ahead of UTC plus these, so no zone is less than 0, and 0 stands
/// for a zone that nobody knows.
const MINUTES: u32 = 1_440;

/// The senses stand in the order of `catalog::SENSES`.
const SENSES: [&str; 24] = [
    "Retry", "Wait", "Never", "Few", "Before", "Behind", "At", "Clock", "Unit", "One", "More", "Am", "Pm", "Noon",
    "Midnight", "Milli", "Day", "Year", "Month", "Date", "Fixed", "Named", "Weekday", "Zone",
];

/// Returns the table as Rust: the words of each language in lines, the longest first, each with a letter for its sense and a
/// number, if it is not 0. A table of structs would be twice as large.
pub fn table(file: &Path) -> Result<String, String> {
    let text = std::fs::read_to_string(file).map_err(|fault| fault.to_string())?;
    let languages: BTreeMap<String, Language> = toml::from_str(&text).map_err(|fault| fault.to_string())?;
    let mut out = String::from("pub static TIMES: &[(&str, &str)] = &[\n");
    for (name, language) in languages {
        let mut words = words(&language).map_err(|fault| format!("{name}: {fault}"))?;
        words.sort_by_key(|(word, ..)| std::cmp::Reverse(word.len()));
        let line = |(word, sense, number): &(String, &str, u32)| {
            let sense = SENSES.iter().position(|known| known == sense).ok_or_else(|| format!("{sense} is no sense"))?;
            let number = if *number == 0 { String::new() } else { number.to_string() };
            Ok(format!("{word}\t{}{number}", char::from(b'A' + u8::try_from(sense).unwrap_or(0))))
        };
        let lines = words.iter().map(line).collect::<Result<Vec<_>, String>>()?;
        let _ = writeln!(out, "({name:?}, {:?}),", lines.join("\n"));
    }
    Ok(out + "];\n")
}

fn words(language: &Language) -> Result<Vec<(String, &'static str, u32)>, String> {
    let Language { months, weekdays, .. } = language;
    if ![0, 12].contains(&months.len()) || weekdays.len() != 7 {
        return Err("a year has twelve months, or none with names, and a week seven days".into());
    }
    let mut out: Vec<(String, &str, u32)> = ["utc", "gmt", "z"].map(|zone| (zone.to_owned(), "Zone", MINUTES)).into();
    let lists = [
        (&language.retry, "Retry", 0),
        (&language.wait, "Wait", 0),
        (&language.never, "Never", 0),
        (&language.few, "Few", 0),
        (&language.before, "Before", 0),
        (&language.behind, "Behind", 0),
        (&language.at, "At", 0),
        (&language.clock, "Clock", 0),
        (&language.second, "Unit", 1),
        (&language.minute, "Unit", 60),
        (&language.hour, "Unit", 3600),
        (&language.day, "Unit", 86_400),
        (&language.week, "Unit", 604_800),
        (&language.one, "One", 0),
        (&language.more, "More", 0),
        (&language.am, "Am", 0),
        (&language.pm, "Pm", 0),
        (&language.noon, "Noon", 0),
        (&language.midnight, "Midnight", 0),
        (&language.midday, "Midnight", 12),
        (&language.millisecond, "Milli", 0),
        (&language.today, "Day", 0),
        (&language.tomorrow, "Day", 1),
        (&language.after, "Day", 2),
        (&language.year, "Year", 0),
        (&language.month, "Month", 0),
        (&language.date, "Date", 0),
    ];
    for (list, sense, number) in lists {
        out.extend(list.iter().map(|word| (lowered(word), sense, number)));
    }
    for fixed in &language.fixed {
        let (word, seconds) = fixed.split_once('=').ok_or_else(|| format!("{fixed} says no seconds"))?;
        out.push((lowered(word), "Fixed", seconds.parse().map_err(|_| format!("{fixed} says no seconds"))?));
    }
    for zone in &language.zone {
        let (word, ahead) = zone.split_once('=').ok_or_else(|| format!("{zone} says no minutes"))?;
        let minutes = match ahead {
            "?" => 0,
            ahead => MINUTES.saturating_add_signed(ahead.parse().map_err(|_| format!("{zone} says no minutes"))?),
        };
        out.push((lowered(word), "Zone", minutes));
    }
    for (sense, list) in [("Named", months), ("Weekday", weekdays)] {
        for (at, forms) in (0_u32..).zip(list) {
            out.extend(forms.split('|').map(|form| (lowered(form), sense, at)));
        }
    }
    Ok(out)
}
