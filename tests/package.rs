//! These tests read the package and the tree and hold them to their conventions: permissions and their reasons, one
//! version, no way in from a page, no dangerous sink, no room without a name.

use serde_json::Value;
use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
};

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

fn manifest() -> Value {
    serde_json::from_str(&read("manifest.json")).expect("manifest.json is JSON")
}

fn strings(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Returns the files below a folder of the checkout, by their path from its root.
fn files(folder: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        for entry in fs::read_dir(&folder).expect("a folder").filter_map(Result::ok) {
            let path = entry.path();
            if path.is_dir() {
                open.push(path);
            } else {
                let path = path.strip_prefix(root()).expect("below the root").to_string_lossy().replace('\\', "/");
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

#[test]
fn every_permission_is_explained_and_none_is_explained_that_is_not_asked_for() {
    let manifest = manifest();
    let asked: BTreeSet<String> =
        strings(&manifest["permissions"]).into_iter().chain(strings(&manifest["host_permissions"])).collect();
    let privacy = read("PRIVACY.md");
    let table = privacy.split("## Permissions").nth(1).expect("a section on permissions");
    let explained: BTreeSet<String> = table
        .lines()
        .filter_map(|line| line.strip_prefix("| `")?.split_once("` | "))
        .map(|(name, reason)| {
            assert!(reason.len() > 20, "{name}: a reason, not a word");
            name.to_owned()
        })
        .collect();
    assert_eq!(asked, explained);
    assert!(manifest.get("optional_permissions").is_none() && manifest.get("optional_host_permissions").is_none());
}

#[test]
fn nothing_is_open_to_pages() {
    let manifest = manifest();
    for key in ["web_accessible_resources", "externally_connectable", "sandbox"] {
        assert!(manifest.get(key).is_none(), "{key}");
    }
    let policy = manifest["content_security_policy"]["extension_pages"].as_str().expect("a policy");
    assert!(
        !policy.contains("'unsafe-eval'") && !policy.contains("'unsafe-inline'") && !policy.contains("http:"),
        "{policy}"
    );
    // `tests/sites.rs` checks which hosts the policy lets be reached.
    assert_eq!(policy.matches("connect-src").count(), 1);
    for script in manifest["content_scripts"].as_array().expect("content scripts") {
        assert_ne!(script["all_frames"], Value::Bool(true));
    }
    let collected = &manifest["browser_specific_settings"]["gecko"]["data_collection_permissions"]["required"];
    assert_eq!(strings(collected), ["none"]);
}

/// Firefox knows the extension by it for ever, so it is a number that names no domain: docs/decisions/0039-id-in-firefox.md.
#[test]
fn the_id_in_firefox_is_a_number_in_braces() {
    let manifest = manifest();
    let id = manifest["browser_specific_settings"]["gecko"]["id"].as_str().expect("an id");
    let number = id.strip_prefix('{').and_then(|rest| rest.strip_suffix('}')).expect("braces");
    let parts: Vec<&str> = number.split('-').collect();
    assert_eq!(parts.iter().map(|part| part.len()).collect::<Vec<_>>(), [8, 4, 4, 4, 12], "{id}");
    assert!(parts.concat().chars().all(|c| matches!(c, '0'..='9' | 'a'..='f')), "{id}");
}

#[test]
fn one_version() {
    let version = manifest()["version"].as_str().expect("a version").to_owned();
    assert!(read("Cargo.toml").contains(&format!("version = \"{version}\"")));
    assert!(read("CHANGELOG.md").contains(&format!("## {version}")));
}

#[test]
fn no_sink_that_makes_markup_or_code_of_text() {
    // The words are written with escapes, so that this file does not find itself.
    let sinks = [
        "inner\u{48}TML",
        "outer\u{48}TML =",
        "insertAdjacent\u{48}TML",
        "document.\u{77}rite",
        "eval\u{28}",
        "new \u{46}unction",
        "inner\u{54}ext",
        ".st\u{79}le.",
        "css\u{54}ext",
        "\"st\u{79}le\"",
    ];
    for path in files("extension").iter().filter(|path| path.ends_with(".js") || path.ends_with(".html")) {
        let source = read(path);
        for sink in sinks {
            assert!(!source.contains(sink), "{path}: {sink}");
        }
        assert!(!source.contains("style=\""), "{path}: a style attribute");
    }
}

#[test]
fn the_shell_compares_no_status_and_no_sentence() {
    // Invariant 3: only the core says what a number or a sentence means.
    for path in files("extension").iter().filter(|path| path.ends_with(".js")) {
        let source = read(path);
        for number in ["403", "429", "500", "502", "503", "1020", "1015", "1009"] {
            let stands = source.split(|c: char| !c.is_ascii_alphanumeric() && c != '_').any(|word| word == number);
            assert!(!stands, "{path}: {number}");
        }
        for cause in ["blocked_by_rule", "region_unsupported", "connection_lost", "server_error"] {
            assert!(!source.contains(cause), "{path}: {cause}");
        }
    }
}

#[test]
fn clearing_passes_only_kinds_that_can_be_narrowed_to_a_site() {
    let source = read("extension/background/remedies/storage.js");
    // In Firefox these ignore the host list and wipe everything.
    for kind in ["history", "downloads", "formData", "passwords", "pluginData"] {
        assert!(!source.contains(&format!("{kind}:")) && !source.contains(&format!("\"{kind}\"")), "{kind}");
    }
    let users: Vec<String> = files("extension")
        .into_iter()
        .filter(|path| path.ends_with(".js") && read(path).contains("browsingData."))
        .collect();
    assert_eq!(users, ["extension/background/remedies/storage.js"]);
}

#[test]
fn every_module_opens_with_what_it_is_for() {
    let sources =
        ["extension", "tests", "xtask/src", "crate/src", "crate/build", "crate/phrases/src"].map(files).concat();
    for path in sources.iter().filter(|path| !path.starts_with("tests/pages/")) {
        let opening = match Path::new(path).extension().and_then(|e| e.to_str()) {
            Some("rs") => "//!",
            Some("js" | "mjs") => "//",
            Some("css") => "/*",
            _ => continue,
        };
        let source = read(path);
        let first = source.lines().find(|line| !line.starts_with("#!")).unwrap_or_default();
        assert!(first.starts_with(opening), "{path} opens with {first:?}");
    }
}

#[test]
fn no_room_without_a_name() {
    for path in ["extension", "tests", "xtask", "crate"].map(files).concat() {
        for part in path.split('/') {
            let stem = part.split('.').next().unwrap_or_default();
            let nameless = ["util", "utils", "common", "shared", "helpers", "helper", "misc"].contains(&stem);
            assert!(!nameless && (stem != "lib" || part == "lib.rs"), "{path}");
        }
    }
}

#[test]
fn every_test_that_a_document_names_exists() {
    for document in ["README.md", "PRIVACY.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "docs/releasing.md"] {
        let text = read(document);
        let named = text.split('`').skip(1).step_by(2).filter(|name| name.ends_with(".test.mjs"));
        for name in named.map(|name| name.rsplit('/').next().unwrap_or(name)) {
            assert!(files("tests/browser").iter().any(|path| path.ends_with(name)), "{document}: {name}");
        }
    }
}

/// The types that core and shell share are explained in CONTRIBUTING.md, and no type is explained that is gone.
#[test]
fn the_glossary_has_every_type_that_core_and_shell_share() {
    let sources = ["evidence", "report", "tab", "tab/event", "tab/effect", "tab/state"];
    let text: String = sources.iter().map(|name| read(&format!("crate/src/{name}.rs"))).collect();
    let types = text.lines().filter_map(|line| line.strip_prefix("pub struct ").or(line.strip_prefix("pub enum ")));
    let name = |rest: &str| rest.chars().take_while(char::is_ascii_alphanumeric).collect::<String>();
    let types: Vec<String> = types.map(name).collect();
    let contributing = read("CONTRIBUTING.md");
    let rows = contributing.lines().skip_while(|line| *line != "## Words").skip(1);
    let rows = rows.take_while(|line| !line.starts_with("## ")).filter(|line| line.starts_with("| "));
    let column =
        rows.filter_map(|row| row.trim_end_matches([' ', '|']).rsplit_once(" | ").map(|(_, types)| types.to_owned()));
    let explained: Vec<String> =
        column.flat_map(|types| types.split('`').skip(1).step_by(2).map(str::to_owned).collect::<Vec<_>>()).collect();
    assert!(types.len() > 50, "{types:?}");
    let missing: Vec<_> = types.iter().filter(|name| !explained.contains(name)).collect();
    let gone: Vec<_> = explained.iter().filter(|name| !types.contains(name)).collect();
    assert!(missing.is_empty() && gone.is_empty(), "missing: {missing:?}, gone: {gone:?}");
}
