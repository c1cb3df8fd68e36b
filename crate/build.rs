//! This build script compiles `catalog/` into static tables, so that nothing is parsed or built at run time. A bad entry fails
//! the build and names its file.

#![allow(
    clippy::disallowed_methods,
    clippy::disallowed_macros,
    reason = "the core reads no files; its build script reads the catalogue"
)]

#[path = "build/catalogue.rs"]
mod catalogue;
#[path = "build/concepts.rs"]
mod concepts;
#[path = "build/emit.rs"]
mod emit;
#[path = "build/sites.rs"]
mod sites;
#[path = "build/times.rs"]
mod times;
#[path = "build/zones.rs"]
mod zones;

use std::{env, fs, path::PathBuf, process};

fn main() {
    println!("cargo::rerun-if-changed=catalog");
    println!("cargo::rerun-if-changed=build");
    let root = PathBuf::from(env::var_os("CARGO_MANIFEST_DIR").expect("cargo sets it"));
    let out = PathBuf::from(env::var_os("OUT_DIR").expect("cargo sets it"));
    let sites = root.join("catalog/sites.toml");
    let catalog = root.join("catalog");
    let tables = catalogue::read(&catalog).and_then(|catalogue| {
        let causes: Vec<&str> = catalogue.causes.iter().map(|(id, _, _)| id.as_str()).collect();
        let concepts = concepts::read(&catalog, &causes)?;
        let sites = sites::read(&sites).map_err(|fault| catalogue::said(&sites, &fault))?;
        let times = catalog.join("times.toml");
        let times = times::table(&times).map_err(|fault| catalogue::said(&times, &fault))?;
        let words = concepts::file(&catalog)?;
        fs::write(out.join("words.bin"), words).expect("OUT_DIR can be written");
        let zones = catalog.join("zones.toml");
        let remedies: Vec<&str> = catalogue.remedies.keys().map(String::as_str).collect();
        let zones = zones::table(&zones, &remedies).map_err(|fault| catalogue::said(&zones, &fault))?;
        Ok(emit::tables(&catalogue)? + &emit::concepts(concepts, &causes) + &emit::sites(&sites) + &times + &zones)
    });
    match tables {
        Ok(source) => fs::write(out.join("tables.rs"), source).expect("OUT_DIR can be written"),
        Err(fault) => {
            // `cargo::error` shows the sentence alone, without a back trace of the build script.
            println!("cargo::error={fault}");
            process::exit(1);
        }
    }
}
