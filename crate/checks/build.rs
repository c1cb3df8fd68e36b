//! Compiles `countries.csv` into a table in the order of the codes, and the hosts that the checks ask out of the
//! catalogue's list of sites. A bad line fails the build and is named.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the checks read no files; their build script reads the list"
)]

#[path = "../build/sites.rs"]
#[allow(dead_code, reason = "the core reads the rest of it")]
mod sites;

use std::{env, fmt::Write, fs, path::PathBuf, process};

fn main() {
    for file in ["countries.csv", "../catalog/sites.toml", "../build/sites.rs"] {
        println!("cargo::rerun-if-changed={file}");
    }
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let folder = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let out = folder.join("countries.rs");
    let list = fs::read_to_string(root.join("countries.csv")).expect("countries.csv can be read");
    match table(&list) {
        Ok(source) => fs::write(out, source).expect("OUT_DIR can be written"),
        Err(fault) => {
            println!("cargo::error=countries.csv: {fault}");
            process::exit(1);
        }
    }
    match sites::read(&root.join("../catalog/sites.toml")) {
        Ok(sites) => fs::write(folder.join("sites.rs"), hosts(&sites.checks)).expect("OUT_DIR can be written"),
        Err(fault) => {
            println!("cargo::error=crate/catalog/sites.toml: {fault}");
            process::exit(1);
        }
    }
}

fn hosts(sites::Checks { traced, silent, incidents }: &sites::Checks) -> String {
    let list = |name: &str, hosts: &[String]| format!("const {name}: [&str; {}] = {hosts:?};\n", hosts.len());
    list("TRACED", traced) + &list("SILENT", silent) + &format!("const INCIDENTS: &str = {incidents:?};\n")
}

fn table(list: &str) -> Result<String, String> {
    let mut lines = list.lines();
    if lines.next() != Some("code,chatgpt,api,checked") {
        return Err("the first line must name the columns: code,chatgpt,api,checked".into());
    }
    let mut source = String::from("static COUNTRIES: &[Entry] = &[\n");
    let mut last = String::new();
    for line in lines {
        let columns: Vec<&str> = line.split(',').collect();
        let &[code, chatgpt, api, checked] = columns.as_slice() else {
            return Err(format!("four columns are wanted: {line:?}"));
        };
        if code.len() != 2 || !code.bytes().all(|byte| byte.is_ascii_uppercase()) || code <= last.as_str() {
            return Err(format!("codes are two capitals, in their order: {line:?}"));
        }
        last = code.into();
        let day = checked.len() == 10 && checked.bytes().all(|byte| byte.is_ascii_digit() || byte == b'-');
        let (Some(chatgpt), Some(api), true) = (listed(chatgpt), listed(api), day) else {
            return Err(format!("yes, likely, no or unlisted, and a day: {line:?}"));
        };
        let _ = writeln!(source, "    Entry {{ code: {code:?}, listed: [{chatgpt}, {api}], checked: {checked:?} }},");
    }
    Ok(source + "];\n")
}

fn listed(word: &str) -> Option<&'static str> {
    match word {
        "yes" => Some("Listed::Yes"),
        // By inference from the country it belongs to; as good as not known.
        "likely" | "unlisted" => Some("Listed::Open"),
        "no" => Some("Listed::No"),
        _ => None,
    }
}
