//! This program is `cargo xtask new signature --from FILE`. It takes a recording of a page, proposes a
//! signature for it, and writes both files. It never overwrites a file.

use access_medic::{
    Visit, causes,
    taught::{Counting, diagnose, family},
};
use clap::Parser;
use recordings::{Browser, Recording};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
};
use teach::{Asked, Known, known, propose, write};

/// Proposes a signature for a recording of a page, and writes it with the page
#[derive(Parser)]
#[command(name = "cargo xtask new signature", bin_name = "cargo xtask new signature")]
struct CommandLine {
    /// The recording, in the format of tests/pages/README.md
    #[arg(long, value_name = "FILE")]
    from: PathBuf,
    /// The cause of the page, an id of crate/catalog/causes/
    #[arg(long, value_name = "ID")]
    cause: Option<String>,
    /// FAMILY/NAME of the signature; if absent, it is called after its clue
    name: Option<String>,
}

fn main() -> ExitCode {
    match run(&CommandLine::parse()) {
        Ok(told) => {
            println!("{told}");
            ExitCode::SUCCESS
        }
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

fn run(line: &CommandLine) -> Result<String, String> {
    let file = &line.from;
    let bytes = fs::read(file).map_err(|error| format!("{}: {error}", file.display()))?;
    let recording = Recording::parse("saved", "saved", &bytes).map_err(|error| {
        format!("{}: {error}. tests/pages/README.md says how such a file is written.", file.display())
    })?;
    let visits: Vec<Visit> = Browser::ALL.map(|browser| recordings::visit(&recording, browser)).to_vec();
    let counting = Counting { meanings: true, ..Counting::default() };
    let named = visits.first().and_then(|visit| diagnose(visit, &counting, None));
    let said = named.as_ref().map(|found| format!("{} ({:?})", found.cause, found.confidence).to_lowercase());
    let Some(cause) = line.cause.as_deref().filter(|cause| causes().any(|known| known == *cause)) else {
        return Err(choose(line.cause.as_deref(), said.as_deref()));
    };
    if named.is_some_and(|found| found.cause == cause) {
        return Err(format!("The page is recognised as {cause} already; nothing was written."));
    }
    let known = known().map_err(|error| error.to_string())?;
    let pages = known.iter().filter(|known| known.name.contains('/')).count();
    let asked = Asked { visits: &visits, cause, known: &known, counting: &counting };
    let proposal = propose(&asked).ok_or_else(|| nothing(&known, &visits))?;
    let (group, short) = names(line.name.as_deref(), cause, &proposal.name)?;
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let signature = free(&root, &format!("crate/catalog/signatures/{group}"), &short, "toml", line.name.is_some())?;
    let page = free(&root, &format!("tests/pages/{cause}"), &short, "http", line.name.is_some())?;
    let place = recording.url.split('?').next().unwrap_or_default();
    let about = format!("A page at {place} that was not recognised. Proposed from its recording.");
    let toml = write::toml(&proposal.taught, &about);
    for (path, text) in [(&signature, toml.as_bytes()), (&page, bytes.as_slice())] {
        let whole = root.join(path);
        fs::create_dir_all(whole.parent().unwrap_or(&root)).map_err(|error| format!("{path}: {error}"))?;
        fs::write(&whole, text).map_err(|error| format!("{path}: {error}"))?;
    }
    let before = said.map_or_else(|| "not recognised".to_owned(), |said| format!("taken for {said}"));
    Ok(format!(
        "The page was {before}. These clues set it apart from {pages} recorded pages and {} messages:\n\n{toml}\n\
         Written:\n  {signature}\n  {page}\n\nNext:\n\
         1. Read both files. Say in `about` when the page was seen, and take a better clue if you know one.\n\
         2. cargo xtask diagnose {page}\n\
         3. cargo xtask table\n\
         4. cargo xtask test {short}",
        known.len() - pages
    ))
}

/// Says how to choose a cause.
fn choose(given: Option<&str>, said: Option<&str>) -> String {
    let mut families: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for cause in causes() {
        families.entry(family(cause).unwrap_or_default()).or_default().push(cause);
    }
    let list: Vec<_> = families.iter().map(|(family, causes)| format!("  {family}: {}", causes.join(", "))).collect();
    let what = given.map_or_else(
        || "Name the cause of the page with --cause.".to_owned(),
        |given| format!("`{given}` is no cause of crate/catalog/causes/."),
    );
    let now = said.map_or_else(
        || "The page is not recognised now.".to_owned(),
        |said| format!("The page is taken for {said} now."),
    );
    format!(
        "{what} {now} A cause says whose move it is and which plan helps: choose the one whose two sentences in \
         extension/_locales/en/messages.json (cause_ID_title, cause_ID_what) are true of the page. If none is, CONTRIBUTING.md says \
         how to add one.\n{}",
        list.join("\n")
    )
}

/// Says why nothing could be proposed.
fn nothing(known: &[Known], visits: &[Visit]) -> String {
    let evidence = visits.first().map(|visit| &visit.evidence);
    let words =
        evidence.and_then(|evidence| evidence.page.as_ref()).map_or(0, |page| page.text.split_whitespace().count());
    format!(
        "No clue of the page sets it apart from all of the {} pages and messages; nothing was written. It has {words} words, and those \
         that the extension did not know are replaced. `cargo xtask new signature FAMILY/NAME --cause ID` writes both files for you to fill \
         in.",
        known.len()
    )
}

/// Returns the family and the name of the signature.
fn names(given: Option<&str>, cause: &str, clue: &str) -> Result<(String, String), String> {
    let Some(given) = given else {
        let group = family(cause).unwrap_or("unknown");
        return Ok((
            group.to_owned(),
            if clue == "words" { format!("saved-{}", cause.replace('_', "-")) } else { clue.to_owned() },
        ));
    };
    let fits = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
    };
    let found = given.split_once('/').filter(|(group, short)| fits(group) && fits(short));
    found.map(|(group, short)| (group.to_owned(), short.to_owned())).ok_or_else(|| {
        format!("{given:?} is not FAMILY/NAME in lower-case letters, digits, - and _ (blocked/error-1020).")
    })
}

/// Returns the path of a file that is not there yet.
fn free(root: &Path, folder: &str, short: &str, ending: &str, is_given: bool) -> Result<String, String> {
    let path = |number: usize| {
        let more = if number == 1 { String::new() } else { format!("-{number}") };
        format!("{folder}/{short}{more}.{ending}")
    };
    if is_given && root.join(path(1)).exists() {
        return Err(format!("{} is there already; nothing was changed.", path(1)));
    }
    (1..).map(path).find(|path| !root.join(path).exists()).ok_or_else(|| format!("{folder} is full."))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_called_after_its_clue_and_cannot_leave_its_folder() {
        let pair = |group: &str, short: &str| Ok((group.to_owned(), short.to_owned()));
        assert_eq!(names(None, "edge_refused", "the-gate"), pair("blocked", "the-gate"));
        assert_eq!(names(None, "edge_refused", "words"), pair("blocked", "saved-edge-refused"));
        assert_eq!(names(Some("app/one-2"), "edge_refused", "words"), pair("app", "one-2"));
        for wrong in ["one", "a/b/c", "../x", "A/b", "a/"] {
            assert!(names(Some(wrong), "edge_refused", "x").is_err(), "{wrong}");
        }
    }

    #[test]
    fn who_names_no_cause_is_told_how_to_choose_one() {
        for text in [choose(None, None), choose(Some("gate"), Some("cannot_tell (possible)"))] {
            assert!(
                text.contains("cause_ID_what") && text.contains("blocked: ") && text.contains("edge_refused"),
                "{text}"
            );
        }
    }
}
