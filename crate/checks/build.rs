//! Compiles `countries.csv` into a table in the order of the codes. A bad line fails the build and is named.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the checks read no files; their build script reads the list"
)]

use std::{env, fmt::Write, fs, path::PathBuf, process};

fn main() {
    println!("cargo::rerun-if-changed=countries.csv");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it")).join("countries.rs");
    let list = fs::read_to_string(root.join("countries.csv")).expect("countries.csv can be read");
    match table(&list) {
        Ok(source) => fs::write(out, source).expect("OUT_DIR can be written"),
        Err(fault) => {
            println!("cargo::error=countries.csv: {fault}");
            process::exit(1);
        }
    }
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
