//! This test takes each signature away and looks whether it is missed: at least one recorded page or message must then
//! get another cause, or be less sure of it. A signature that is not missed is a copy of others, or has no page that
//! proves it.

#[path = "../crate/build/catalogue.rs"]
#[allow(dead_code, reason = "the build script writes out the rest of it")]
mod catalogue;
#[allow(dead_code, reason = "the test of the messages uses the rest of it")]
#[path = "messages/rows.rs"]
mod rows;

use access_medic::{Report, Visit, examine, examine_without};
use recordings::{Browser, visit};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

#[test]
fn every_signature_would_be_missed() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../crate/catalog");
    let catalogue = catalogue::read(&root).expect("the catalogue is sound");
    // A cause with a signature that only speaks beside another cause is never the one that is named.
    let beside: BTreeSet<&str> =
        catalogue.signatures.iter().filter(|(_, s)| s.beside).map(|(_, signature)| signature.cause.as_str()).collect();
    // This returns the cause and how sure it is, and the causes beside it that count only there.
    let said = |report: &Report| -> Vec<String> {
        let Some(diagnosis) = &report.diagnosis else { return Vec::new() };
        let others = diagnosis.others.iter().map(|other| &other.cause).filter(|cause| beside.contains(cause.as_str()));
        let sure = format!("{:?}", diagnosis.confidence);
        std::iter::once(&diagnosis.cause).chain(others).chain([&sure]).cloned().collect()
    };
    // These are the signatures that nobody has missed so far, by cause.
    let mut unmissed: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for (name, signature) in &catalogue.signatures {
        unmissed.entry(&signature.cause).or_default().push(name);
    }
    for visit in visits() {
        let whole = said(&examine(&visit));
        // Only the signatures of the causes that are said are tried: without any other one the answer is the same.
        for cause in &whole {
            if let Some(names) = unmissed.get_mut(cause.as_str()) {
                names.retain(|name| said(&examine_without(&visit, name)) == whole);
            }
        }
    }
    let unmissed: Vec<&str> = unmissed.into_values().flatten().collect();
    assert!(
        unmissed.is_empty(),
        "{} of {} signatures would be missed by no recorded page and no message:\n{}",
        unmissed.len(),
        catalogue.signatures.len(),
        unmissed.join("\n")
    );
}

/// Returns the visits of the recorded pages, as both browsers see them, and of the messages.
fn visits() -> Vec<Visit> {
    let recordings = recordings::all().expect("the recordings can be read");
    let pages = recordings.iter().flat_map(|recording| Browser::ALL.map(|browser| visit(recording, browser)));
    pages.chain(rows::all().iter().filter_map(rows::Row::visit)).collect()
}
