//! These tests hold the core to the messages that people meet, one by one, in every language they are known in, and print how
//! many are recognised. `messages/rows.rs` says how a message becomes a visit.

#[path = "../crate/build/catalogue.rs"]
#[allow(dead_code, reason = "the build script writes out the rest of it")]
mod catalogue;
#[path = "messages/rows.rs"]
mod rows;

use access_medic::{Report, Visit, examine, examine_without_sentences};
use libtest_mimic::{Arguments, Failed, Trial};
use rows::{Row, Surface};
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::Path;
use std::process::ExitCode;

/// The messages that are out of reach, each with the reason. The extension has to be silent about them, because it may not or
/// cannot see what they are about.
const OUT_OF_REACH: [(&[&str], &str); 3] = [
    (&["network_app-246"], "a page of one brace: nothing says what it was to be"),
    (&["rate_limit-074"], "a body without its status: a healthy answer may carry the same words"),
    (&["cf_block-020"], "an address in numbers: nothing says that OpenAI is behind it"),
];

/// The messages that we answer otherwise on purpose, each with our answer and the reason.
const OTHERWISE: [(&[&str], &str, &str); 3] = [
    (&["account-007"], "connection_lost", "the sentence itself says that the network failed"),
    (
        &["account-006", "account-008"],
        "app_error",
        "telling somebody that the account is closed because the payment page failed would be false",
    ),
    (&["account-005"], "workspace_disabled", "the account is sound; it is the workspace that lets nobody in"),
];

/// The least number of a hundred messages with a cause that are recognised.
const RECOGNISED: usize = 99;
/// The largest number of a hundred that may be out of reach.
const UNREACHED: usize = 1;

/// With every exact sentence taken away: the least number of a hundred that are right, and the largest number that are taken
/// for something else. On 2026-11-30 it was 93.7 and 1.8; of 0.8 it was said that something failed, and not what.
const UNDERSTOOD: usize = 92;
const MISUNDERSTOOD: usize = 2;
/// The number of languages that the test looks at one by one, and the least number of a hundred messages that are right in each
/// of them.
const LANGUAGES: usize = 10;
const IN_EACH: usize = 80;

/// This is what became of one message.
#[derive(Clone, Copy, PartialEq)]
enum Outcome {
    Right,
    Wrong,
    /// The core says that something failed, and not what.
    Vague,
    Missed,
    Otherwise,
    OutOfReach,
    NoPage,
}

struct Answer {
    row: Row,
    named: Option<String>,
    outcome: Outcome,
}

fn main() -> ExitCode {
    let answers: Vec<Answer> = rows::all().into_iter().map(|row| answer(row, examine)).collect();
    let meant: Vec<Answer> = rows::all().into_iter().map(|row| answer(row, examine_without_sentences)).collect();
    let table = table(&answers);
    let missing = exceptions_missing(&answers);
    let trials = vec![
        Trial::test("messages without a fault are not accused", {
            let accused = listed(&answers, |answer| answer.row.cause.is_none() && answer.outcome != Outcome::Right);
            move || nothing(&accused)
        }),
        Trial::test("messages are recognised, but for the exceptions", {
            let unexpected = listed(&answers, |answer| {
                answer.row.cause.is_some()
                    && matches!(answer.outcome, Outcome::Wrong | Outcome::Vague | Outcome::Missed)
            });
            move || nothing(&unexpected)
        }),
        Trial::test("messages that are exceptions are in the list of messages", move || nothing(&missing)),
        Trial::test("messages are recognised in ninety-nine cases of a hundred", {
            let count = |outcomes: &[Outcome]| {
                answers.iter().filter(|a| a.row.cause.is_some() && outcomes.contains(&a.outcome)).count()
            };
            let right = count(&[Outcome::Right]);
            let reached = right + count(&[Outcome::Wrong, Outcome::Vague, Outcome::Missed, Outcome::Otherwise]);
            let unreached = count(&[Outcome::OutOfReach]);
            move || shares(right, reached, unreached)
        }),
        Trial::test("most messages are recognised without the words that the site is known to use", {
            let faults = meant.iter().filter(|answer| answer.row.cause.is_some()).count();
            let count = |outcome| meant.iter().filter(|a| a.row.cause.is_some() && a.outcome == outcome).count();
            let (right, wrong) = (count(Outcome::Right), count(Outcome::Wrong));
            move || {
                let holds = right * 100 >= faults * UNDERSTOOD && wrong * 100 <= faults * MISUNDERSTOOD;
                if holds { Ok(()) } else { Err(format!("{right} of {faults} are right, {wrong} wrong").into()) }
            }
        }),
        Trial::test("and so they are in each language that has many", {
            let few: Vec<String> = languages(&meant)
                .into_iter()
                .filter(|(_, [given, right, _])| right * 100 < given * IN_EACH)
                .map(|(language, [given, right, _])| format!("  {language}: {right} of {given}"))
                .collect();
            move || nothing(&few)
        }),
    ];
    let arguments = Arguments::from_args();
    let asked = arguments.filter.as_ref().is_none_or(|filter| trials.iter().any(|trial| trial.name().contains(filter)));
    if asked && !arguments.list {
        println!("\n{table}\nwith every exact sentence taken away:\n{}", counts(&meant));
        println!("languages      given  right  wrong");
        for (language, [given, right, wrong]) in languages(&meant) {
            println!("{language:<14}{given:>6} {right:>6} {wrong:>6}");
        }
        println!("taken for something else:\n{}", listed(&meant, |answer| answer.outcome == Outcome::Wrong).join("\n"));
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn answer(row: Row, examine: fn(&Visit) -> Report) -> Answer {
    let id = row.id.as_str();
    let visit = row.visit();
    let named = visit.as_ref().and_then(|visit| examine(visit).diagnosis).map(|diagnosis| diagnosis.cause);
    let otherwise = OTHERWISE.iter().find(|(ids, _, _)| ids.contains(&id)).map(|(_, cause, _)| *cause);
    let unreached = OUT_OF_REACH.iter().any(|(ids, _)| ids.contains(&id));
    let expected = if unreached { None } else { otherwise.or(row.cause.as_deref()) };
    let outcome = match named.as_deref() {
        _ if visit.is_none() => Outcome::NoPage,
        named if named == expected && unreached => Outcome::OutOfReach,
        named if named == expected && otherwise.is_some() => Outcome::Otherwise,
        named if named == expected => Outcome::Right,
        Some("app_error" | "cannot_tell") if expected.is_some() => Outcome::Vague,
        Some(_) => Outcome::Wrong,
        None => Outcome::Missed,
    };
    Answer { row, named, outcome }
}

fn shares(right: usize, reached: usize, unreached: usize) -> Result<(), Failed> {
    if right * 100 < reached * RECOGNISED {
        return Err(format!("{right} of {reached} are recognised").into());
    }
    if unreached * 100 > reached * UNREACHED {
        return Err(format!("{unreached} beside {reached} are out of reach").into());
    }
    Ok(())
}

fn nothing(lines: &[String]) -> Result<(), Failed> {
    if lines.is_empty() { Ok(()) } else { Err(format!("{} messages:\n{}", lines.len(), lines.join("\n")).into()) }
}

/// Returns the exceptions whose message is gone: they would excuse a message of that id that comes later.
fn exceptions_missing(answers: &[Answer]) -> Vec<String> {
    let known: BTreeSet<&str> = answers.iter().map(|answer| answer.row.id.as_str()).collect();
    let listed = OUT_OF_REACH.iter().map(|(ids, _)| ids).chain(OTHERWISE.iter().map(|(ids, _, _)| ids));
    listed.flat_map(|ids| ids.iter()).filter(|id| !known.contains(*id)).map(|id| (*id).to_owned()).collect()
}

/// Returns one line for each such message: its id, its right cause, the cause that it was taken for, and how it begins.
fn listed(answers: &[Answer], such: impl Fn(&Answer) -> bool) -> Vec<String> {
    let line = |answer: &Answer| {
        let silence = || "silence".to_owned();
        format!(
            "  {:<18} {:<6} {} → {}: {}",
            answer.row.id,
            answer.row.lang,
            answer.row.cause.clone().unwrap_or_else(silence),
            answer.named.clone().unwrap_or_else(silence),
            answer.row.text.replace('\n', " / ").chars().take(90).collect::<String>()
        )
    };
    answers.iter().filter(|answer| such(answer)).map(line).collect()
}

/// Returns for each of the languages with most faults how many there are, how many of them are right, and how many are wrong.
fn languages(answers: &[Answer]) -> Vec<(String, [usize; 3])> {
    let mut found: BTreeMap<String, [usize; 3]> = BTreeMap::new();
    for answer in answers.iter().filter(|answer| answer.row.cause.is_some()) {
        let [given, right, wrong] = found.entry(answer.row.lang.to_lowercase()).or_default();
        *given += 1;
        *right += usize::from(answer.outcome == Outcome::Right);
        *wrong += usize::from(answer.outcome == Outcome::Wrong);
    }
    let mut found: Vec<_> = found.into_iter().collect();
    found.sort_by_key(|(_, [given, ..])| usize::MAX - given);
    found.truncate(LANGUAGES);
    found
}

/// Writes a table that says by family how many messages ended how.
fn counts(answers: &[Answer]) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crate/catalog");
    let catalogue = catalogue::read(&root).expect("the catalogue is sound");
    let family = |answer: &Answer| match &answer.row.cause {
        None => "(no fault)".to_owned(),
        Some(_) if answer.row.surface == Surface::Email => "(e-mail)".to_owned(),
        Some(cause) => {
            let known = catalogue.causes.iter().find(|(id, _, _)| id == cause);
            known.map_or_else(|| "(unknown)".to_owned(), |(_, family, _)| family.clone())
        }
    };
    let mut families: BTreeMap<String, Vec<&Answer>> = BTreeMap::new();
    for answer in answers {
        families.entry(family(answer)).or_default().push(answer);
    }
    let mut out = String::new();
    let columns =
        [Outcome::Right, Outcome::Wrong, Outcome::Vague, Outcome::Missed, Outcome::Otherwise, Outcome::OutOfReach];
    let _ = writeln!(out, "messages       given  right  wrong  vague missed  other  out of reach");
    let mut line = |name: &str, answers: &[&Answer]| {
        let counts = columns.map(|column| answers.iter().filter(|answer| answer.outcome == column).count());
        let [right, wrong, vague, missed, otherwise, unreached] = counts;
        let given = answers.len();
        let _ = writeln!(
            out,
            "{name:<14}{given:>6} {right:>6} {wrong:>6} {vague:>6} {missed:>6} {otherwise:>6} {unreached:>13}"
        );
    };
    for (name, answers) in &families {
        line(name, answers);
    }
    line("all", &answers.iter().collect::<Vec<_>>());
    out
}

fn table(answers: &[Answer]) -> String {
    let mut out = counts(answers);
    for (title, outcome) in [
        ("wrong", Outcome::Wrong),
        ("vague", Outcome::Vague),
        ("missed", Outcome::Missed),
        ("other, on purpose", Outcome::Otherwise),
    ] {
        let lines = listed(answers, |answer| answer.outcome == outcome);
        if !lines.is_empty() {
            let _ = writeln!(out, "{title}:\n{}", lines.join("\n"));
        }
    }
    for (ids, cause, reason) in OTHERWISE {
        let _ = writeln!(out, "{} → {cause}: {reason}", ids.join(", "));
    }
    for (ids, reason) in OUT_OF_REACH {
        let _ = writeln!(out, "{} out of reach: {reason}", ids.join(", "));
    }
    out
}
