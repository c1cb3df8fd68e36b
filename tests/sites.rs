//! These tests hold those lists of sites that cannot be made from `crate/catalog/sites.toml` to it: the manifest's,
//! PRIVACY.md's, the observer's own, and the fuzzer's.

#[path = "../crate/build/sites.rs"]
mod sites;

use serde_json::Value;
use sites::Sites;
use std::{collections::BTreeSet, fs, path::Path};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."))
}

fn read(path: &str) -> String {
    fs::read_to_string(root().join(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

fn sites() -> Sites {
    sites::read(&root().join("crate/catalog/sites.toml")).expect("the list of sites is sound")
}

fn strings(value: &Value) -> BTreeSet<String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

#[test]
fn the_manifest_asks_for_our_hosts_and_reaches_no_others_than_the_checks_ask() {
    let manifest: Value = serde_json::from_str(&read("manifest.json")).expect("manifest.json is JSON");
    let Sites { ours, checks, .. } = sites();
    let hosts: BTreeSet<String> =
        ours.iter().flat_map(|domain| [format!("*://*.{domain}/*"), format!("wss://*.{domain}/*")]).collect();
    assert_eq!(strings(&manifest["host_permissions"]), hosts);
    let pages: BTreeSet<String> = ours.iter().map(|domain| format!("https://*.{domain}/*")).collect();
    for script in manifest["content_scripts"].as_array().expect("content scripts") {
        assert_eq!(strings(&script["matches"]), pages);
    }
    let policy = manifest["content_security_policy"]["extension_pages"].as_str().expect("a policy");
    let reached = policy.split(';').find_map(|part| part.trim().strip_prefix("connect-src ")).expect("connect-src");
    let own = ours.iter().flat_map(|domain| [format!("https://{domain}"), format!("https://*.{domain}")]);
    let silent = checks.silent.iter().map(|host| format!("https://{host}"));
    let wanted: Vec<String> = std::iter::once("'self'".to_owned()).chain(own).chain(silent).collect();
    assert_eq!(reached.split(' ').collect::<Vec<_>>(), wanted);
}

#[test]
fn the_privacy_page_names_every_host_that_the_checks_ask() {
    let Sites { checks, .. } = sites();
    let privacy = read("PRIVACY.md");
    let section = privacy.split("## What the checks ask").nth(1).expect("a section on the checks");
    let section = section.split("\n## ").next().expect("its text");
    let named: BTreeSet<&str> = section
        .split('`')
        .skip(1)
        .step_by(2)
        .filter(|word| word.contains('.') && !word.contains('/') && !word.ends_with(".md"))
        .collect();
    let incidents = checks.incidents.split('/').nth(2).expect("a host");
    let asked: BTreeSet<&str> =
        checks.traced.iter().chain(&checks.silent).map(String::as_str).chain([incidents]).collect();
    assert_eq!(named, asked);
}

#[test]
fn the_observer_knows_our_pages_and_no_others() {
    let source = read("extension/content/observe.js");
    let literal = source.split("const OURS = /").nth(1).and_then(|rest| rest.split("/;").next()).expect("OURS");
    let pattern = regex_lite::Regex::new(&literal.replace("\\/", "/")).expect("a pattern");
    for domain in sites().ours {
        for url in [format!("https://{domain}/"), format!("https://a.b.{domain}/c/1")] {
            assert!(pattern.is_match(&url), "{url}");
        }
        for url in [
            format!("http://{domain}/"),
            format!("https://{domain}.example.net/"),
            format!("https://not{domain}/"),
            format!("https://example.net/{domain}/"),
            format!("https://example.net/x.{domain}/"),
        ] {
            assert!(!pattern.is_match(&url), "{url}");
        }
    }
    // The pattern knows no other site.
    let known = literal.split(['(', '|', ')']).filter(|part| part.bytes().all(|byte| byte.is_ascii_lowercase()));
    let known: BTreeSet<String> = known.filter(|part| !part.is_empty()).map(|part| format!("{part}.com")).collect();
    assert_eq!(known, sites().ours.into_iter().collect());
}

#[test]
fn the_fuzzer_expects_facts_of_the_same_hosts() {
    let source = read("fuzz/src/report.rs");
    let list = |name: &str| -> BTreeSet<String> {
        let list = source.split(&format!("const {name}: [&str;")).nth(1).expect("a list");
        list.split("];").next().expect("its end").split('"').skip(1).step_by(2).map(str::to_owned).collect()
    };
    assert_eq!(list("PASSED"), sites().passed.into_iter().flat_map(|page| page.hosts).collect());
    assert_eq!(list("OURS"), sites().ours.into_iter().collect());
}

#[test]
fn a_list_that_would_let_too_much_in_is_refused() {
    let sound = read("crate/catalog/sites.toml");
    for (from, to, expected) in [
        ("\"/auth/callback\"", "\"/*\"", "every path"),
        ("\"1455\"", "\"*\"", "no port"),
        ("\"login.live.com\"", "\"*.live.com\"", "no host"),
        ("\"login.live.com\"", "\"auth.openai.com\"", "no host"),
        ("schemes = [\"https\"]", "schemes = [\"file\"]", "neither http nor https"),
        ("\"api.openai.com\"", "\"api.openai.com.example\"", "only OpenAI's hosts are read"),
        ("\"cdn.oaistatic.com\"", "\"cdn.openai.com\"", "can be traced"),
        ("https://status.openai.com/", "https://status.example/", "no address of OpenAI's"),
    ] {
        assert!(sound.contains(from), "{from}");
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("sites.toml");
        fs::write(&file, sound.replacen(from, to, 1)).expect("written");
        let said = sites::read(&file).err().unwrap_or_default();
        assert!(said.contains(expected), "{to}: {said:?}");
    }
}
