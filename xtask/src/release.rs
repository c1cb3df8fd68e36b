//! This module makes everything that a release needs, in `target/release-NAME/`: the packages, the archive of their source,
//! checksums, the list of what ships, the section of the change log, and all that the stores' forms ask for. What it makes is the
//! same, byte for byte, each time; a dry run makes it twice and compares.
//!
//! It uploads nothing: a person does that, as docs/releasing.md says.

mod bill;
mod changes;
mod crx;
mod forms;
mod listing;
mod manual;
mod pictures;
pub mod rehearsal;
pub mod rules;
mod source;

use crate::{
    browser::Browser,
    checkout::{self, Checkout},
    fault::Fault,
    lint, package, process,
};
use sha2::{Digest as _, Sha256};
use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
    process::Command,
};

/// The files of a release, by their paths in its folder.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The list of checksums, in the format of `sha256sum --check`.
const SUMS: &str = "SHA256SUMS";

/// Makes a release, or with `dry` makes it twice and compares.
pub fn run(checkout: &Checkout, name: Option<&str>, dry: bool) -> Result<(), Fault> {
    let name = name.unwrap_or(checkout.version());
    if name.is_empty()
        || !name.chars().all(|c| c.is_ascii_alphanumeric() || ".-_+".contains(c))
        || name.starts_with('.')
    {
        return Err(Fault::Input(format!(
            "{name:?} cannot be the name of a release: use letters, digits, `.`, `-`, `_` and `+`."
        )));
    }
    if dry {
        return check(checkout).and_then(|()| rehearsal::run(checkout, name));
    }
    // A release of files that nobody has committed could never be made again.
    let changed = process::capture(Command::new("git").current_dir(&checkout.root).args(["status", "--porcelain"]))?;
    if !changed.trim().is_empty() {
        return Err(Fault::Input(
            "Some files are not committed, so nobody could make this release again. Commit them, or use --dry-run."
                .into(),
        ));
    }
    check(checkout)?;
    let folder = folder(checkout, name);
    let files = make(checkout)?;
    write(&folder, &files)?;
    print(&folder, &files);
    if changes::has_unreleased(&checkout::read_text(&checkout.join("CHANGELOG.md"))?) {
        println!("CHANGELOG.md has entries under “Unreleased”. They are in the packages, but not in CHANGES.md.");
    }
    Ok(())
}

fn folder(checkout: &Checkout, name: &str) -> PathBuf {
    checkout.target().join(format!("release-{name}"))
}

/// Holds the packages against the rules of the stores.
fn check(checkout: &Checkout) -> Result<(), Fault> {
    for browser in Browser::ALL {
        lint::check(checkout, browser, &package::make(checkout, browser)?.path)?;
    }
    rules::check(&checkout.extensions().join(Browser::Chromium.name()))
}

/// Makes all files of a release.
fn make(checkout: &Checkout) -> Result<Files, Fault> {
    let mut files = Files::new();
    for browser in Browser::ALL {
        let package = package::make(checkout, browser)?;
        package::hold(&package::binding(package.figures))?;
        files.insert(package.name, checkout::read(&package.path)?);
    }
    if let Some(signed) = crx::sign(checkout, &files[&package::name(checkout, Browser::Chromium)])? {
        files.insert(format!("access-medic-{}-chromium.crx", checkout.version()), signed);
    }
    let sums = checksums(&files);
    files.insert(source::name(checkout), source::pack(checkout, &sums)?);
    files.insert(format!("access-medic-{}-sbom.cdx.json", checkout.version()), bill::make(checkout)?);
    files.insert("CHANGES.md".into(), changes::section(checkout)?);
    files.extend(listing::make(checkout)?);
    files.extend(forms::make(checkout)?);
    files.extend(pictures::copy(checkout)?);
    let sums = checksums(&files).into_bytes();
    files.insert(SUMS.into(), sums);
    Ok(files)
}

/// Replaces what is in the folder by these files.
fn write(folder: &Path, files: &Files) -> Result<(), Fault> {
    checkout::remove_folder(folder)?;
    files.iter().try_for_each(|(name, bytes)| checkout::write(&folder.join(name), bytes))
}

fn print(folder: &Path, files: &Files) {
    println!("{}", folder.display());
    for (name, bytes) in files {
        println!("  {:>9}  {name}", bytes.len());
    }
    if !files.keys().any(|name| name.ends_with(".crx")) {
        println!("There is no signed package for Chrome, because {} is not set.", crx::KEY);
    }
}

/// Lists the SHA-256 of each file.
fn checksums(files: &Files) -> String {
    files.iter().map(|(name, bytes)| format!("{}  {name}\n", sha256(bytes))).collect()
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns a fault that names everything that was found, if something was.
fn complain(what: &str, complaints: &[String]) -> Result<(), Fault> {
    if complaints.is_empty() {
        return Ok(());
    }
    complaints.iter().for_each(|complaint| println!("{complaint}"));
    Err(Fault::Failed(format!("{what}: {} things do not hold; they are printed above.", complaints.len())))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn checksums_are_those_of_sha256sum() {
        let files = Files::from([("b".into(), b"abc".to_vec()), ("a/c".into(), Vec::new())]);
        let expected = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855  a/c\n\
                        ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad  b\n";
        assert_eq!(checksums(&files), expected);
    }

    #[test]
    fn a_name_stays_in_the_folder_of_builds() {
        let checkout = Checkout::current().unwrap();
        for name in ["", "..", "a/b", ".hidden", "a b"] {
            assert!(matches!(run(&checkout, Some(name), true), Err(Fault::Input(_))), "{name:?}");
        }
    }
}
