//! These tests hold the core to new wordings of known failures, with every exact sentence of the catalogue taken away: the
//! core understands what is right here by what the words mean. `wordings/README.md` says who wrote which half.

#[path = "messages/rows.rs"]
#[allow(dead_code, reason = "the messages use the rest of it")]
mod rows;

use access_medic::{Evidence, Visit, examine_without_sentences};
use libtest_mimic::{Arguments, Failed, Trial};
use recordings::OBSERVED_AT;
use rows::Row;
use std::{collections::BTreeMap, fmt::Write as _, fs, path::Path, process::ExitCode};

/// These are limits for a hundred wordings: the least number that are right, and the largest number that are taken for
/// something else. They hold the core to what was measured on 2026-11-30; the test prints the numbers of today.
#[derive(Clone, Copy)]
struct Limits {
    right: usize,
    wrong: usize,
}

struct Answer {
    row: Row,
    named: Option<String>,
}

impl Answer {
    fn is_right(&self) -> bool {
        self.named == self.row.cause
    }
}

/// This says whether a wording stands on an error surface or is told by a person.
#[derive(Clone, Copy)]
enum Way {
    Shown,
    Told,
}

fn answers(file: &str, way: Way) -> Vec<Answer> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("wordings").join(file);
    let lines = fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let visit = |row: &Row| match way {
        Way::Shown => row.visit(),
        Way::Told => Some(told(row)),
    };
    let named = |row: &Row| examine_without_sentences(&visit(row)?).diagnosis.map(|diagnosis| diagnosis.cause);
    rows::read(file, &lines).into_iter().map(|row| Answer { named: named(&row), row }).collect()
}

fn told(row: &Row) -> Visit {
    let url = format!("https://{}/", row.host);
    let evidence = Evidence { url, at: OBSERVED_AT, told: row.text.clone(), ..Evidence::default() };
    Visit { evidence, now: OBSERVED_AT, ..Visit::default() }
}

/// Counts the wordings that are given, right, taken for something else, and missed.
fn counted<'a>(answers: impl Iterator<Item = &'a Answer>) -> [usize; 4] {
    answers.fold([0; 4], |[given, right, wrong, missed], answer| {
        let is_wrong = !answer.is_right() && answer.named.is_some();
        let is_missed = !answer.is_right() && answer.named.is_none();
        [
            given + 1,
            right + usize::from(answer.is_right()),
            wrong + usize::from(is_wrong),
            missed + usize::from(is_missed),
        ]
    })
}

fn table(title: &str, answers: &[Answer]) -> String {
    let mut languages: BTreeMap<&str, Vec<&Answer>> = BTreeMap::new();
    for answer in answers {
        languages.entry(&answer.row.lang).or_default().push(answer);
    }
    let mut out = format!("{title}\n{:<10} given  right  wrong missed\n", "language");
    let mut line = |name: &str, [given, right, wrong, missed]: [usize; 4]| {
        let _ = writeln!(out, "{name:<10}{given:>6} {right:>6} {wrong:>6} {missed:>6}");
    };
    for (language, answers) in languages {
        line(language, counted(answers.into_iter()));
    }
    line("all", counted(answers.iter()));
    out
}

fn hold(answers: &[Answer], Limits { right, wrong }: Limits, shown: bool) -> Result<(), Failed> {
    let [given, good, bad, _] = counted(answers.iter());
    if good * 100 >= given * right && bad * 100 <= given * wrong {
        return Ok(());
    }
    let mut said = format!("{good} of {given} are right and {bad} are taken for something else\n");
    // Wordings that only measure are not shown.
    for Answer { row, named } in answers.iter().filter(|answer| shown && !answer.is_right()) {
        let cause = |cause: &Option<String>| cause.clone().unwrap_or_else(|| "silence".to_owned());
        let _ = writeln!(said, "{} {} {} → {}: {}", row.id, row.lang, cause(&row.cause), cause(named), row.text);
    }
    Err(said.into())
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let mut trials = Vec::new();
    let sets = [
        ("new wordings that are worked with", "working.jsonl", [(95, 3), (95, 3)]),
        ("what people say that they see", "described.jsonl", [(82, 5), (85, 5)]),
        ("new wordings that only measure", "measuring.jsonl", [(85, 3), (85, 3)]),
        // A person who types the number of an error into the box means that error, even in a question.
        ("healthy sentences that are worked with", "working-healthy.jsonl", [(100, 0), (98, 2)]),
        ("healthy sentences that only measure", "measuring-healthy.jsonl", [(88, 12), (88, 12)]),
    ];
    for (name, file, limits) in sets {
        for ((way, what), (right, wrong)) in [(Way::Shown, "shown"), (Way::Told, "told")].into_iter().zip(limits) {
            let answers = answers(file, way);
            let title = format!("{name}, {what}");
            if !arguments.list && arguments.filter.as_ref().is_none_or(|filter| title.contains(filter.as_str())) {
                println!("\n{}", table(&title, &answers));
            }
            let limits = Limits { right, wrong };
            trials.push(Trial::test(title, move || hold(&answers, limits, file.starts_with("working"))));
        }
    }
    libtest_mimic::run(&arguments, trials).exit_code()
}
