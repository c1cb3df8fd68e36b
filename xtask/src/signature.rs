//! This module is `cargo xtask new signature`. It writes the two files that a new signature consists of, for somebody
//! to fill in. With `--from` it hands over to `teach/`, which fills them in.
//!
//! It never overwrites a file, and the files that it writes do not pass the tests before somebody has filled them in.

use crate::{
    checkout::{self, Checkout},
    fault::Fault,
    program,
};
use std::{
    ffi::OsString,
    path::{Path, PathBuf},
};

const SIGNATURE: &str = include_str!("../templates/signature.toml");
const PAGE: &str = include_str!("../templates/page.http");

pub fn scaffold(checkout: &Checkout, name: &str, cause: Option<&str>) -> Result<(), Fault> {
    let (family, short) = parse(name)?;
    let cause = cause.map_or_else(|| short.replace('-', "_"), str::to_owned);
    let causes = causes(checkout)?;
    if !causes.contains(&cause) {
        return Err(Fault::Input(format!(
            "`{cause}` is no cause of crate/catalog/causes/; name one with --cause: {}.",
            causes.join(", ")
        )));
    }
    let signature = format!("crate/catalog/signatures/{family}/{short}.toml");
    let page = format!("tests/pages/{cause}/{short}.http");
    for path in [&signature, &page] {
        if checkout.join(path).exists() {
            return Err(Fault::Input(format!("{path} is there already; nothing was changed.")));
        }
    }
    checkout::write(&checkout.join(&signature), SIGNATURE.replace("{cause}", &cause).as_bytes())?;
    checkout::write(&checkout.join(&page), PAGE.as_bytes())?;
    println!(
        "Written:\n  {signature}\n  {page}\n\nNext:\n\
         1. {page}: put in the response that the signature is to recognise, in your own words, with made-up ids.\n\
         2. {signature}: say in `about` what it is and where the fact is from, and name its clues\n   \
         (crate/catalog/README.md has the list).\n\
         3. cargo xtask diagnose {page}\n\
         4. cargo xtask table\n\
         5. cargo xtask test"
    );
    Ok(())
}

/// Has a signature proposed for a recording of a page.
pub fn propose(checkout: &Checkout, name: Option<&str>, cause: Option<&str>, file: &Path) -> Result<(), Fault> {
    let mut arguments: Vec<OsString> = vec!["--from".into(), file.into()];
    if let Some(cause) = cause {
        arguments.extend(["--cause".into(), cause.into()]);
    }
    arguments.extend(name.map(OsString::from));
    program::run(checkout, "teach", &[], &arguments)
}

/// Splits `family/name`, and checks that the catalogue allows both names.
fn parse(name: &str) -> Result<(&str, &str), Fault> {
    let fits = |word: &str| {
        word.starts_with(|c: char| c.is_ascii_lowercase())
            && word.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-' || c == '_')
    };
    name.split_once('/').filter(|(family, short)| fits(family) && fits(short)).ok_or_else(|| {
        Fault::Input(format!(
            "{name:?} is not FAMILY/NAME in lower-case letters, digits, - and _ (blocked/error-1020)."
        ))
    })
}

/// Returns the ids of all causes, which are the names of the tables in `causes/*.toml`.
fn causes(checkout: &Checkout) -> Result<Vec<String>, Fault> {
    let folder: PathBuf = checkout.join("crate/catalog/causes");
    let mut found = Vec::new();
    for file in checkout::files_below(&folder)? {
        let text = checkout::read_text(&folder.join(&file))?;
        let tables =
            text.lines().filter_map(|line| line.trim().strip_prefix('[')?.strip_suffix(']').map(str::to_owned));
        found.extend(tables);
    }
    found.sort_unstable();
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::parse;

    #[test]
    fn names_have_a_family_and_cannot_leave_their_folder() {
        assert_eq!(parse("blocked/error-1020").unwrap(), ("blocked", "error-1020"));
        for wrong in ["blocked", "a/b/c", "../x", "a/../b", "A/b", "a/", "/b", "a/b.toml", ""] {
            assert!(parse(wrong).is_err(), "{wrong}");
        }
    }
}
