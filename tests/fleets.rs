//! These tests hold what an organisation may set: the plans without the steps that it withholds, and the documentation for
//! administrators to the schema for Chrome and Edge and to the rules of the extension itself.

use access_medic::{
    Action, Confidence, Evidence, Report, Standing, Step, StepState, Told, Visit, causes, examine, remedies,
};
use serde_json::{Map, Value};
use std::{collections::BTreeSet, fs, path::Path};

fn read(path: &str) -> String {
    let root = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/.."));
    fs::read_to_string(root.join(path)).unwrap_or_else(|fault| panic!("{path}: {fault}"))
}

/// Returns the words of the list `NAME = […]` in the rules of the extension.
fn listed(name: &str) -> Vec<String> {
    let text = read("extension/managed.js");
    let (_, list) = text.split_once(&format!("{name} = [")).unwrap_or_else(|| panic!("no list {name}"));
    let (list, _) = list.split_once(']').expect("its end");
    list.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// Returns the remedies that an organisation may withhold, with that of the key `checks`.
fn withholdable() -> Vec<String> {
    listed("WITHHOLDABLE").into_iter().chain(["run_checks".to_owned()]).collect()
}

// ---------------------------------------------------------------- what is withheld

/// Returns the report on a page that shows this cause.
fn report(cause: &str, withheld: &[String]) -> Report {
    let standing =
        Standing { cause: cause.into(), confidence: Confidence::Likely, overlay: true, facts: Told::default() };
    examine(&Visit {
        evidence: Evidence { url: "https://chatgpt.com/".into(), at: 1.0, ..Evidence::default() },
        standing: Some(standing),
        now: 2.0,
        withheld: withheld.to_vec(),
        ..Visit::default()
    })
}

fn names(steps: &[Step]) -> Vec<&str> {
    steps.iter().map(|step| step.remedy.as_str()).collect()
}

#[test]
fn a_withheld_remedy_is_in_no_plan_and_in_no_tools_and_the_others_keep_their_order() {
    for cause in causes() {
        let usual = report(cause, &[]);
        for remedy in withholdable() {
            let without = report(cause, std::slice::from_ref(&remedy));
            let left = |steps: &[Step]| -> Vec<String> {
                names(steps).into_iter().filter(|name| *name != remedy).map(str::to_owned).collect()
            };
            assert_eq!(names(&without.tools), left(&usual.tools), "{cause} without {remedy}");
            let plan = left(&usual.plan);
            let wanted = if plan.is_empty() { vec!["contact_administrator".to_owned()] } else { plan };
            assert_eq!(names(&without.plan), wanted, "{cause} without {remedy}");
            let next: Vec<_> = without.plan.iter().filter(|step| step.state == StepState::Next).collect();
            assert_eq!(next, without.plan.first().into_iter().collect::<Vec<_>>(), "{cause} without {remedy}");
        }
    }
}

#[test]
fn where_every_step_is_withheld_the_administrator_is_to_be_asked() {
    let all = withholdable();
    let mut asked = 0;
    for cause in causes() {
        let Report { plan, tools, .. } = report(cause, &all);
        assert!(tools.is_empty(), "{cause}: {:?}", names(&tools));
        assert!(!plan.is_empty(), "{cause} leaves nothing to do");
        assert!(!plan.iter().any(|step| matches!(step.action, Action::Clear { .. })), "{cause}");
        let is_new = !names(&report(cause, &[]).plan).contains(&"contact_administrator");
        asked += usize::from(is_new && names(&plan) == ["contact_administrator"]);
    }
    assert!(asked > 3, "{asked}");
}

#[test]
fn what_may_be_withheld_are_remedies_of_the_catalogue() {
    let known: BTreeSet<&str> = remedies().collect();
    for remedy in withholdable() {
        assert!(known.contains(remedy.as_str()), "{remedy}");
    }
    // Somebody must be left to ask.
    assert!(!withholdable().contains(&"contact_administrator".to_owned()));
}

// ---------------------------------------------------------------- the keys, in the schema, in the rules and in the documentation

const DOCUMENT: &str = "docs/fleets.md";
/// The id that stands in the examples for the one of a store.
const PLACEHOLDER: &str = "abcdefghijklmnopabcdefghijklmnop";

fn schema() -> Map<String, Value> {
    let schema: Value = serde_json::from_str(&read("extension/managed_schema.json")).expect("the schema is JSON");
    assert_eq!(schema["type"], "object");
    schema["properties"].as_object().expect("the keys").clone()
}

/// Returns the first column of the table below a heading of the document.
fn table(heading: &str) -> Vec<String> {
    let text = read(DOCUMENT);
    let (_, section) = text.split_once(&format!("# {heading}\n")).unwrap_or_else(|| panic!("no section {heading}"));
    let section = section.split("\n#").next().expect("its text");
    let rows = section.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | "));
    rows.map(|(name, _)| name.to_owned()).collect()
}

/// Returns the examples of a kind.
fn examples(kind: &str) -> Vec<String> {
    let text = read(DOCUMENT);
    let blocks = text.split("```").skip(1).step_by(2);
    blocks.filter_map(|block| block.strip_prefix(kind)?.strip_prefix('\n').map(str::to_owned)).collect()
}

fn firefox_id() -> String {
    let manifest: Value = serde_json::from_str(&read("manifest.json")).expect("manifest.json is JSON");
    manifest["browser_specific_settings"]["gecko"]["id"].as_str().expect("an id").to_owned()
}

#[test]
fn schema_rules_and_documentation_have_the_same_keys() {
    let schema: BTreeSet<String> = schema().keys().cloned().collect();
    let rules = read("extension/managed.js");
    let (_, rules) = rules.split_once("const RULES = {\n").expect("the rules");
    let (rules, _) = rules.split_once("\n};").expect("their end");
    let keys = rules.lines().filter_map(|line| line.strip_prefix("  ")?.split_once(':').map(|(key, _)| key));
    assert_eq!(keys.map(str::to_owned).collect::<BTreeSet<_>>(), schema);
    assert_eq!(table("What you can set").into_iter().collect::<BTreeSet<_>>(), schema);
    assert_eq!(table("Steps that can be withheld"), listed("WITHHOLDABLE"));
    let manifest: Value = serde_json::from_str(&read("manifest.json")).expect("manifest.json is JSON");
    assert_eq!(manifest["storage"]["managed_schema"], "managed_schema.json");
}

/// The schema names no words that are allowed, because Chrome would then drop another word without anybody being told.
#[test]
fn the_schema_lets_the_extension_see_and_name_a_wrong_word() {
    for (key, rule) in schema() {
        for field in rule.as_object().expect("a rule").keys() {
            assert!(["title", "description", "type", "items"].contains(&field.as_str()), "{key}: {field}");
        }
        assert!(rule["title"].is_string() && rule["description"].is_string(), "{key} is not described");
    }
}

#[test]
fn the_descriptions_name_every_value() {
    let schema = schema();
    let document = read(DOCUMENT);
    let described = |key: &str| schema[key]["description"].as_str().expect("a description").to_owned();
    for remedy in listed("WITHHOLDABLE") {
        assert!(described("remedies_not_offered").contains(&remedy), "{remedy}");
    }
    for language in listed("LANGUAGES") {
        assert!(described("language").contains(&language), "{language}");
        assert!(document.contains(&format!("`{language}`")), "{language}");
    }
    let rules = read("extension/managed.js");
    for (name, key) in [("TEXT", "contact_text"), ("ADDRESS", "contact_address"), ("TELEPHONE", "contact_telephone")] {
        let (_, limit) = rules.split_once(&format!("const {name} = ")).expect("a limit");
        let limit = format!("at most {} characters", limit.split(';').next().expect("a number"));
        assert!(described(key).to_lowercase().contains(&limit), "{key}: {limit}");
        let row = document.lines().find(|line| line.starts_with(&format!("| `{key}`"))).expect("a row");
        assert!(row.contains(&limit), "{row}");
    }
}

/// Checks a value of an example by the schema.
fn check(key: &str, value: &Value) {
    let schema = schema();
    let rule = schema.get(key).unwrap_or_else(|| panic!("{key} is no key"));
    let fits = match rule["type"].as_str() {
        Some("string") => value.is_string(),
        Some("boolean") => value.is_boolean(),
        Some("array") => value.as_array().is_some_and(|list| {
            let remedies = listed("WITHHOLDABLE");
            list.iter().all(|one| one.as_str().is_some_and(|one| remedies.iter().any(|known| known == one)))
        }),
        other => panic!("{key}: {other:?}"),
    };
    assert!(fits, "{key}: {value}");
}

#[test]
fn the_json_examples_hold_known_keys_with_values_of_their_types() {
    let mut seen = BTreeSet::new();
    let blocks = examples("json");
    for block in &blocks {
        let example: Value = serde_json::from_str(block).unwrap_or_else(|error| panic!("{error}: {block}"));
        let of_firefox = &example["policies"]["3rdparty"]["Extensions"][firefox_id()];
        let of_chrome = &example["3rdparty"]["extensions"][PLACEHOLDER];
        for values in [of_firefox, of_chrome] {
            for (key, value) in values.as_object().into_iter().flatten() {
                check(key, value);
                seen.insert(key.clone());
            }
        }
        // The Admin console wraps each value.
        let wrapped =
            example.as_object().into_iter().flatten().filter_map(|(key, value)| Some((key, value.get("Value")?)));
        wrapped.for_each(|(key, value)| check(key, value));
        let settings =
            [&example["policies"]["ExtensionSettings"][firefox_id()], &example["ExtensionSettings"][PLACEHOLDER]];
        for setting in settings.into_iter().filter(|setting| !setting.is_null()) {
            assert_eq!(setting["installation_mode"], "force_installed");
        }
    }
    assert_eq!(blocks.len(), 4);
    assert_eq!(seen, schema().keys().cloned().collect());
}

#[test]
fn the_registry_examples_hold_known_keys() {
    let mut counted = 0;
    let ends = [format!(r"\{PLACEHOLDER}\policy]"), format!(r"\3rdparty\Extensions\{}]", firefox_id())];
    for block in examples("reg") {
        assert!(block.starts_with("Windows Registry Editor Version 5.00\n\n"), "{block}");
        let mut path = "";
        for line in block.lines().skip(1).filter(|line| !line.is_empty()) {
            if line.starts_with('[') {
                path = line;
                assert!(line.starts_with(r"[HKEY_LOCAL_MACHINE\SOFTWARE\Policies\") && line.ends_with(']'), "{line}");
                continue;
            }
            let (name, value) = line.split_once('=').unwrap_or_else(|| panic!("{line}"));
            let name = name.trim_matches('"');
            // In a .reg file, a quotation mark within a text stands behind a backslash.
            let value = match value.strip_prefix("dword:0000000") {
                Some(digit) => Value::Bool(digit == "1"),
                None => serde_json::from_str(value).unwrap_or_else(|error| panic!("{line}: {error}")),
            };
            if ends.iter().any(|end| path.ends_with(end.as_str())) {
                check(name, &value);
                counted += 1;
            } else if path.ends_with(r"\remedies_not_offered]") {
                check("remedies_not_offered", &Value::Array(vec![value]));
                counted += 1;
            } else if name == "ExtensionSettings" {
                let settings: Value = serde_json::from_str(value.as_str().expect("a text")).expect("JSON in the text");
                assert_eq!(settings[firefox_id()]["installation_mode"], "force_installed");
            }
        }
    }
    assert!(counted > 20, "{counted}");
}

#[test]
fn the_property_list_holds_known_keys() {
    let lists: Vec<_> = examples("xml").into_iter().filter(|block| block.starts_with("<dict>")).collect();
    assert_eq!(lists.len(), 1);
    let schema = schema();
    let keys: Vec<&str> = lists[0].split("<key>").skip(1).filter_map(|rest| rest.split("</key>").next()).collect();
    assert!(keys.len() > 3 && keys.iter().all(|key| schema.contains_key(*key)), "{keys:?}");
}
