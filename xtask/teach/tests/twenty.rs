//! This test teaches twenty pages. Each was saved by the extension in a browser (`tests/taught/`). The signatures that know it, and
//! the understanding of words, are taken out of the catalogue, and a signature is proposed from the saved file alone. It is right if
//! the recorded page itself then gets its cause, in both browsers, and if no other page is accused of it.

use access_medic::{
    Visit,
    taught::{Counting, diagnose, holding},
};
use recordings::{Browser, Recording};
use std::path::{Path, PathBuf};
use teach::{Asked, Known, known, propose};

/// The number of pages for which the first proposal has to be right.
const RIGHT: usize = 16;

fn visits(recording: &Recording) -> Vec<Visit> {
    Browser::ALL.map(|browser| recordings::visit(recording, browser)).to_vec()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(folder).expect("a folder").map(|entry| entry.expect("an entry").path());
    let mut found: Vec<PathBuf> =
        entries.flat_map(|path| if path.is_dir() { files(&path) } else { vec![path] }).collect();
    found.sort();
    found
}

#[test]
fn of_twenty_pages_that_were_saved_sixteen_are_known_by_the_first_proposal() {
    let tests = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests");
    let saved = files(&tests.join("taught"));
    assert_eq!(saved.len(), 20);
    let mut all = known().expect("the recordings can be read");
    let mut right = 0;
    let mut wrong = Vec::new();
    for path in &saved {
        let file = Recording::read(path).expect("a saved page can be read");
        let original =
            Recording::read(&tests.join("pages").join(format!("{}.http", file.name))).expect("its recording");
        let (file, original) = (visits(&file), (original.name.clone(), original.expected.clone(), visits(&original)));
        let (name, cause, original) = original;
        let own = original.iter().chain(&file).flat_map(holding).filter(|(_, known)| *known == cause);
        let without = own.map(|(name, _)| name).collect();
        let counting = Counting { without, meanings: false };
        let lost = |visits: &[Visit]| {
            visits.iter().all(|visit| diagnose(visit, &counting, None).is_none_or(|found| found.cause != cause))
        };
        assert!(lost(&original) && lost(&file), "{name} is known without its signatures");
        // The page itself is not known yet.
        let at = all.iter().position(|known| known.name == name).expect("the page among the recordings");
        let page = all.remove(at);
        let asked = Asked { visits: &file, cause: &cause, known: &all, counting: &counting };
        let said = match propose(&asked) {
            None => Err("nothing was proposed".to_owned()),
            Some(proposal) => {
                let taught = &proposal.taught;
                println!("{name}: {}\n{}", proposal.name, teach::write::toml(taught, "x"));
                let named = |visit: &Visit| diagnose(visit, &counting, Some(taught)).map(|found| found.cause);
                let accused = |known: &&Known| {
                    known.cause.as_deref() != Some(cause.as_str())
                        && known.visits.iter().any(|visit| {
                            named(visit).as_deref() == Some(cause.as_str()) && taught.holds(visit).is_some()
                        })
                };
                let accused: Vec<&str> = all.iter().filter(accused).map(|known| known.name.as_str()).collect();
                if !accused.is_empty() {
                    Err(format!("accuses {accused:?}"))
                } else if original.iter().all(|visit| named(visit).as_deref() == Some(cause.as_str())) {
                    Ok(())
                } else {
                    Err(format!("does not know the page itself: {:?}", original.iter().map(named).collect::<Vec<_>>()))
                }
            }
        };
        match said {
            Ok(()) => right += 1,
            Err(why) => wrong.push(format!("{name}: {why}")),
        }
        all.insert(at, page);
    }
    println!("{right} of {} are right\n{}", saved.len(), wrong.join("\n"));
    assert!(!wrong.iter().any(|why| why.contains("accuses")), "{wrong:?}");
    assert!(right >= RIGHT, "{right} of {} are right:\n{}", saved.len(), wrong.join("\n"));
}
