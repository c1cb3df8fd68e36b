//! These tests hold the core to the recorded pages: the folder of a page is the right answer. There is one named test
//! for each recording, and a few for the collection as a whole. `browser/` plays the same files to real browsers.

use access_medic::{causes, examine};
use libtest_mimic::{Arguments, Failed, Trial};
use recordings::{Browser, HEALTHY, Recording, all, visit};
use std::collections::BTreeSet;
use std::process::ExitCode;

fn main() -> ExitCode {
    let recordings = match all() {
        Ok(recordings) => recordings,
        Err(error) => {
            let source = std::error::Error::source(&error).map(ToString::to_string).unwrap_or_default();
            eprintln!("{error}: {source}");
            return ExitCode::FAILURE;
        }
    };
    let mut trials = vec![
        Trial::test("every cause has a page, and no folder is a stranger", {
            let folders = recordings.iter().map(|recording| recording.expected.clone()).collect();
            move || folders_are_the_causes(&folders)
        }),
        Trial::test("directives are known", {
            let recordings = recordings.clone();
            move || directives_are_known(&recordings)
        }),
    ];
    trials.extend(recordings.into_iter().map(|recording| {
        Trial::test(recording.name.clone(), move || {
            Browser::ALL.into_iter().try_for_each(|browser| names_the_folder(&recording, browser))
        })
    }));
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn names_the_folder(recording: &Recording, browser: Browser) -> Result<(), Failed> {
    let visit = visit(recording, browser);
    let report = examine(&visit);
    let named = report.diagnosis.as_ref().map_or(HEALTHY, |diagnosis| &diagnosis.cause);
    if named == recording.expected {
        return Ok(());
    }
    let visit = serde_json::to_string_pretty(&visit)?;
    let report = serde_json::to_string_pretty(&report)?;
    Err(format!("{browser:?}: {named}, should be {}\n{report}\nobserved: {visit}", recording.expected).into())
}

fn folders_are_the_causes(folders: &BTreeSet<String>) -> Result<(), Failed> {
    let causes = causes().map(str::to_owned).chain([HEALTHY.to_owned()]).collect();
    let differing: Vec<_> = folders.symmetric_difference(&causes).collect();
    if differing.is_empty() { Ok(()) } else { Err(format!("in pages/ or in the catalogue only: {differing:?}").into()) }
}

/// A misspelt directive would be passed over, and the page would then prove less than its author meant.
fn directives_are_known(recordings: &[Recording]) -> Result<(), Failed> {
    for recording in recordings {
        for (name, _) in &recording.directives {
            if !matches!(name.as_str(), "x-heals-without" | "x-failure" | "x-answers" | "x-again") {
                return Err(format!("{}: {name}", recording.name).into());
            }
        }
    }
    Ok(())
}
