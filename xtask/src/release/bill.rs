//! This module writes what ships and is not ours, as a CycloneDX list: the crates that are compiled into the WebAssembly. It holds no
//! time and no number by chance, so the same sources give the same bytes.

use crate::{
    checkout::{self, Checkout},
    fault::Fault,
    process, rust,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{BTreeMap, BTreeSet};

/// These notes tell a reader of the list what the crates alone do not say.
const NOTE: &str = "Only these crates ship, compiled into two WebAssembly modules. No package of npm ships: they build, check and test. Build-time \
                    crates and procedural macros are left out. The rest of the extension is the project's own source, as it is in the repository.";

/// A crate that ships.
#[derive(Debug, PartialEq)]
struct Crate {
    version: String,
    licence: String,
    /// Whether it is part of this repository.
    own: bool,
    needs: BTreeSet<String>,
}

/// The lock file, as far as it is needed: the hash of each crate.
#[derive(Deserialize)]
struct Lock {
    package: Vec<Locked>,
}

#[derive(Deserialize)]
struct Locked {
    name: String,
    version: String,
    checksum: Option<String>,
}

pub fn make(checkout: &Checkout) -> Result<Vec<u8>, Fault> {
    // `cargo tree` counts the features that these packages ask for, and not those that the tests ask for as well.
    let tree = process::capture(rust::cargo(&checkout.root).args([
        "tree",
        "--locked",
        "--package=access-medic",
        "--package=access-medic-checks",
        "--target",
        rust::WASM,
        "--edges=normal,no-proc-macro",
        "--no-dedupe",
        "--prefix=depth",
        "--format=\t{p}\t{l}",
    ]))?;
    let crates = read(&tree).ok_or_else(|| Fault::Input("`cargo tree` printed something unexpected".into()))?;
    let wrong = |error: toml::de::Error| Fault::Input(format!("Cargo.lock: {error}"));
    let lock: Lock = toml::from_str(&checkout::read_text(&checkout.join("Cargo.lock"))?).map_err(wrong)?;
    let compiler = process::capture(rust::rustc(&checkout.root).arg("--version"))?;
    let list = list(checkout.version(), &crates, &lock, compiler.split_whitespace().nth(1).unwrap_or_default());
    Ok(format!("{list:#}\n").into_bytes())
}

/// Reads the lines of `cargo tree`: depth, name with version and, for our own, the folder, and the licence.
fn read(tree: &str) -> Option<BTreeMap<String, Crate>> {
    let mut crates: BTreeMap<String, Crate> = BTreeMap::new();
    let mut above: Vec<String> = Vec::new();
    for line in tree.lines().filter(|line| !line.is_empty()) {
        let mut parts = line.split('\t');
        let depth: usize = parts.next()?.parse().ok()?;
        let package = parts.next()?;
        let licence = parts.next()?.replace('/', " OR ");
        let mut words = package.split_whitespace();
        let name = words.next()?.to_owned();
        let version = words.next()?.trim_start_matches('v').to_owned();
        above.truncate(depth);
        if let Some(needing) = above.last() {
            crates.get_mut(needing)?.needs.insert(name.clone());
        }
        let found = Crate { version, licence, own: words.next().is_some(), needs: BTreeSet::new() };
        // Two versions of a crate would need longer names; there are none.
        let known = crates.entry(name.clone()).or_insert(found);
        if known.version != package.split_whitespace().nth(1)?.trim_start_matches('v') {
            return None;
        }
        above.push(name);
    }
    Some(crates).filter(|crates| !crates.is_empty())
}

fn list(version: &str, crates: &BTreeMap<String, Crate>, lock: &Lock, compiler: &str) -> Value {
    let reference = |name: &str| format!("pkg:cargo/{name}@{}", crates[name].version);
    let mut components: Vec<Value> = crates.iter().map(|(name, found)| component(name, found, lock)).collect();
    components.push(json!({
        "type": "library",
        "bom-ref": "rust-std",
        "name": "rust-std",
        "version": compiler,
        "description": "The standard library of Rust, compiled into the WebAssembly",
        "licenses": [{ "expression": "MIT OR Apache-2.0" }],
    }));
    let mut edges: Vec<Value> = vec![json!({
        "ref": "access-medic-extension",
        "dependsOn": [reference("access-medic"), reference("access-medic-checks"), "rust-std"],
    })];
    edges.extend(crates.iter().map(|(name, found)| {
        let needs: Vec<_> = found.needs.iter().map(|needed| reference(needed)).collect();
        json!({ "ref": reference(name), "dependsOn": needs })
    }));
    json!({
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "lifecycles": [{ "phase": "build" }],
            "component": {
                "type": "application",
                "bom-ref": "access-medic-extension",
                "name": "access-medic",
                "version": version,
                "description": "Access Medic, an extension for Chrome, Edge and Firefox",
                "licenses": [{ "expression": "MIT OR Apache-2.0" }],
            },
            "properties": [{ "name": "access-medic:scope", "value": NOTE }],
        },
        "components": components,
        "dependencies": edges,
    })
}

fn component(name: &str, found: &Crate, lock: &Lock) -> Value {
    let reference = format!("pkg:cargo/{name}@{}", found.version);
    let mut component = json!({
        "type": "library",
        "bom-ref": reference,
        "name": name,
        "version": found.version,
        "licenses": [{ "expression": found.licence }],
    });
    let locked = lock.package.iter().find(|locked| locked.name == name && locked.version == found.version);
    // Our own crates are in no registry, so nothing there could be found or checked.
    if let (false, Some(keys)) = (found.own, component.as_object_mut()) {
        keys.insert("purl".into(), reference.into());
        if let Some(hash) = locked.and_then(|locked| locked.checksum.as_ref()) {
            keys.insert("hashes".into(), json!([{ "alg": "SHA-256", "content": hash }]));
        }
    }
    component
}

#[cfg(test)]
mod tests {
    use super::*;

    const TREE: &str = "0\tours v0.1.0 (/a/b)\tMIT OR Apache-2.0\n1\tserde v1.0.1\tMIT/Apache-2.0\n2\tcore-part v2.0.0\tMIT\n\n\
                        0\tothers v0.1.0 (/a/c)\tMIT\n1\tcore-part v2.0.0\tMIT\n";

    #[test]
    fn the_tree_is_read_with_what_needs_what() {
        let crates = read(TREE).unwrap();
        assert_eq!(crates.keys().collect::<Vec<_>>(), ["core-part", "others", "ours", "serde"]);
        assert!(crates["ours"].own && !crates["serde"].own);
        assert_eq!(crates["serde"].licence, "MIT OR Apache-2.0");
        assert_eq!(crates["serde"].needs, BTreeSet::from(["core-part".to_owned()]));
        assert_eq!(crates["others"].needs, BTreeSet::from(["core-part".to_owned()]));
        assert_eq!(read(&format!("{TREE}1\tserde v2.0.0\tMIT\n")), None, "two versions");
        assert_eq!(read(""), None);
    }

    #[test]
    fn every_crate_of_others_has_a_licence_and_a_hash_and_no_tool_is_listed() {
        let checkout = Checkout::current().unwrap();
        let bytes = make(&checkout).unwrap();
        assert_eq!(bytes, make(&checkout).unwrap());
        let list: Value = serde_json::from_slice(&bytes).unwrap();
        let components = list["components"].as_array().unwrap();
        let named = |name: &str| components.iter().find(|component| component["name"] == name);
        assert!(named("wasm-bindgen").is_some() && named("serde").is_some() && named("access-medic-phrases").is_some());
        for tool in ["syn", "serde_derive", "wasm-bindgen-macro", "toml", "clap", "proptest"] {
            assert!(named(tool).is_none(), "{tool} does not ship");
        }
        for component in components {
            let licence = component["licenses"][0]["expression"].as_str().unwrap();
            assert!(!licence.is_empty() && !licence.contains('/'), "{component}");
            if let Some(purl) = component["purl"].as_str() {
                assert!(purl.starts_with("pkg:cargo/"));
                assert_eq!(component["hashes"][0]["content"].as_str().unwrap().len(), 64, "{purl}");
            }
        }
        let listed: BTreeSet<_> =
            components.iter().map(|component| &component["bom-ref"]).map(Value::to_string).collect();
        for edge in list["dependencies"].as_array().unwrap() {
            for needed in edge["dependsOn"].as_array().unwrap() {
                assert!(listed.contains(&needed.to_string()), "{needed}");
            }
        }
    }
}
