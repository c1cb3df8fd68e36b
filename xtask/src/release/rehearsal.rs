//! This module makes a release a second time, from its own source archive in another folder, and compares the bytes: a reviewer has
//! to be able to build exactly what was shipped. It does what the manual in the archive says.
//!
//! Two things save time and change no byte: the npm packages are those of this checkout, and cargo may use what it compiled here of
//! the program `xtask`. The extension itself is compiled anew.

use super::{Files, folder, make, manual, print, source, write};
use crate::{
    browser::Browser,
    checkout::{self, Checkout},
    fault::Fault,
    package, process, rust,
};
use std::{
    collections::BTreeSet,
    path::{Path, PathBuf},
};

/// Makes the release here and from its archive, and fails with the names of files that came out different.
pub fn run(checkout: &Checkout, name: &str) -> Result<(), Fault> {
    let (first, files) = (folder(checkout, name), make(checkout)?);
    write(&first, &files)?;
    print(&first, &files);
    let copy = rebuild(checkout, &files[&source::name(checkout)])?;
    // The packages that the manual's command built are compared before anything else builds there.
    let packages: Files = Browser::ALL
        .into_iter()
        .map(|browser| package::name(checkout, browser))
        .map(|name| Ok((name.clone(), checkout::read(&copy.extensions().join(&name))?)))
        .collect::<Result<_, Fault>>()?;
    let here: Files = packages.keys().map(|name| (name.clone(), files[name].clone())).collect();
    hold(&different(&here, &packages), "The packages that the source archive's own command builds")?;
    let second = folder(&copy, name);
    write(&second, &make(&copy)?)?;
    hold(&different(&read(&first)?, &read(&second)?), &format!("The release in {}", second.display()))?;
    println!("{} files, made twice, with the same bytes.", files.len());
    Ok(())
}

/// Unpacks the archive and follows its manual.
fn rebuild(checkout: &Checkout, archive: &[u8]) -> Result<Checkout, Fault> {
    let folder = checkout.elsewhere();
    checkout::remove_folder(&folder)?;
    let mut files = source::unpack(archive, &folder)?;
    files.retain(|name| name != source::MANUAL);
    let text = checkout::read_text(&folder.join(source::MANUAL))?;
    let command = manual::command(&text).and_then(|command| command.strip_prefix("cargo "));
    let command = command.ok_or_else(|| Fault::Failed(format!("{} names no command of cargo.", source::MANUAL)))?;
    link(&checkout.module(""), &folder.join("node_modules"))?;
    println!("In {}: cargo {command}", folder.display());
    let mut cargo = rust::cargo(&folder);
    process::run(cargo.args(command.split_whitespace()).env("CARGO_BUILD_BUILD_DIR", checkout.target()))?;
    Ok(checkout.copy_at(folder, files))
}

/// Lends the copy the npm packages. Where that is not possible, its own command installs them.
fn link(modules: &Path, to: &Path) -> Result<(), Fault> {
    #[cfg(unix)]
    std::os::unix::fs::symlink(modules.components().collect::<PathBuf>(), to).map_err(Fault::file(to))?;
    #[cfg(not(unix))]
    let _: (&Path, &Path, Option<PathBuf>) = (modules, to, None);
    Ok(())
}

fn read(folder: &Path) -> Result<Files, Fault> {
    checkout::files_below(folder)?
        .into_iter()
        .map(|name| Ok((name.clone(), checkout::read(&folder.join(&name))?)))
        .collect()
}

/// Returns the names of files that only one side has, or that are not the same.
fn different(here: &Files, there: &Files) -> Vec<String> {
    let names: BTreeSet<_> = here.keys().chain(there.keys()).collect();
    names.into_iter().filter(|name| here.get(*name) != there.get(*name)).cloned().collect()
}

fn hold(different: &[String], what: &str) -> Result<(), Fault> {
    if different.is_empty() {
        return Ok(());
    }
    Err(Fault::Failed(format!("{what} came out different: {}.", different.join(", "))))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_that_differ_or_are_missing_are_named() {
        let files =
            |names: &[&str]| names.iter().map(|name| ((*name).into(), name.as_bytes().to_vec())).collect::<Files>();
        let (here, mut there) = (files(&["a", "b", "c"]), files(&["a", "b", "d"]));
        there.insert("b".into(), b"other".to_vec());
        assert_eq!(different(&here, &there), ["b", "c", "d"]);
        assert!(different(&here, &here).is_empty());
        assert!(hold(&different(&here, &there), "It").unwrap_err().to_string().contains("b, c, d"));
    }

    #[test]
    fn an_archive_is_unpacked_as_it_was_packed() {
        let folder = std::env::temp_dir().join(format!("access-medic-unpack-{}", std::process::id()));
        let files = Files::from([("a/run".into(), b"#!/bin/sh\n".to_vec()), ("b".into(), b"text".to_vec())]);
        let names = source::unpack(&package::archive(&files).unwrap(), &folder).unwrap();
        assert_eq!(names, ["a/run", "b"]);
        assert_eq!(read(&folder).unwrap(), files);
        std::fs::remove_dir_all(&folder).unwrap();
    }
}
