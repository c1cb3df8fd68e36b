//! These tests check the catalogue's conventions, the complaints of its build script, where a bad entry names its file,
//! and the tables in its README, which are written from the catalogue.

#[path = "../crate/build/catalogue.rs"]
#[allow(dead_code, reason = "the build script writes out the rest of it")]
mod catalogue;
#[path = "catalog/table.rs"]
mod table;

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

fn root() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../crate/catalog"))
}

/// Writes one file anew in a copy of the catalogue, and returns what the catalogue's reader says.
fn complaint(file: &str, text: &str) -> String {
    let copy = tempfile::tempdir().expect("a folder");
    let catalog = copy.path().join("catalog");
    copy_tree(root(), &catalog);
    let target = catalog.join(file);
    fs::create_dir_all(target.parent().expect("a parent")).expect("a folder");
    fs::write(target, text).expect("written");
    catalogue::read(&catalog).err().unwrap_or_default()
}

fn copy_tree(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("a folder");
    for entry in fs::read_dir(from).expect("the catalogue").filter_map(Result::ok) {
        let target = to.join(entry.file_name());
        if entry.path().is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            fs::copy(entry.path(), target).expect("copied");
        }
    }
}

#[test]
fn complaints_name_the_file_and_what_is_wrong() {
    let signature = |body: &str| {
        format!("about = \"x\"\ncause = \"blocked_by_rule\"\nconfidence = \"likely\"\nsurface = \"page\"\n{body}")
    };
    let request = |body: &str| signature(body).replace("\"page\"", "\"request\"");
    let file = "signatures/blocked/broken.toml";
    for (text, expected) in [
        (signature("all = [{ code = \"1\" }]").replace("blocked_by_rule", "no_such_cause"), "`no_such_cause`"),
        (signature("all = [{ text = \"Access denied\" }]"), "anchor"),
        (signature("all = [{ status = \"9xx\" }]"), "9xx"),
        (signature("all = [{ marker = \"@no_such_list\" }]"), "no_such_list"),
        (signature("all = [{ status = 403, code = \"1\" }]"), "exactly one"),
        (signature("all = [{ smell = 1 }]"), "smell"),
        (signature(""), "at least one clue"),
        (signature("all = [{ bare = true }, { text = \"…\" }]"), "no letter or digit"),
        (signature("all = [{ failure = \"x\" }]"), "network"),
        (request("all = [{ code = \"1\" }]"), "request"),
        (request("all = [{ status = 429 }]\nnone = [{ bare = true }]"), "request"),
        (signature("all = [{ earlier = \"challenge\" }]"), "`times` and `within`"),
        (signature("all = [{ opened = \"chatgpt.com/\", times = 2 }]"), "`times` and `within`"),
        (signature("all = [{ code = \"1\", times = 2, within = 60 }]"), "`times` and `within`"),
        (signature("all = [{ earlier = \"no_such_cause\", times = 2, within = 60 }]"), "`no_such_cause`"),
        (signature("all = [{ message = \"no_such_set\" }]"), "messages/no_such_set.toml"),
        (signature("all = [{ message = \"app_error\", text = \"Access denied\" }]"), "exactly one"),
        ("not toml at all".to_owned(), ""),
    ] {
        let said = complaint(file, &text);
        assert!(said.contains("crate/catalog/signatures/blocked/broken.toml"), "{text}\n→ {said:?}");
        assert!(said.contains(expected), "{text}\n→ {said:?}");
        assert!(!said.contains('\n'), "one line: {said:?}");
    }
    let plan = complaint("causes/blocked.toml", "[blocked_by_rule]\nmover = \"you\"\nplan = [\"pray\"]\n");
    assert!(plan.contains("causes/blocked.toml") && plan.contains("`pray`"), "{plan}");
}

#[test]
fn complaints_about_messages_name_the_file_and_what_is_wrong() {
    let known = fs::read_to_string(root().join("messages/app_error.toml")).expect("a set of messages");
    let known: BTreeMap<String, Vec<String>> = toml::from_str(&known).expect("messages by language");
    let known = known.values().flatten().next().expect("a message");
    for (text, expected) in [
        (format!("en = [{known:?}]"), "messages/app_error.toml too"),
        ("en = [\"Oops\"]".to_owned(), "too short to be known by, or no hash"),
        ("en = [\"Failed: {reason}\"]".to_owned(), "too short to be known by, or no hash"),
        ("en = [\"#no-hash\"]".to_owned(), "too short to be known by, or no hash"),
        ("en = \"Something went wrong\"".to_owned(), ""),
    ] {
        // The file is the last one by name: if two files have the same message, the later one is complained about.
        let said = complaint("messages/zzz.toml", &text);
        assert!(said.contains("crate/catalog/messages/zzz.toml") && said.contains(expected), "{text}\n→ {said:?}");
        assert!(!said.contains('\n'), "one line: {said:?}");
    }
}

#[test]
fn every_cause_is_known_by_something_and_has_a_recorded_page() {
    let catalogue = catalogue::read(root()).expect("the catalogue is sound");
    let pages = Path::new(env!("CARGO_MANIFEST_DIR")).join("pages");
    let meanings = fs::read_to_string(root().join("meanings.toml")).expect("it is there");
    for (id, family, _) in &catalogue.causes {
        assert!(
            catalogue.signatures.iter().any(|(_, signature)| signature.cause == *id)
                || meanings.contains(&format!("cause = \"{id}\"")),
            "{family}/{id} has neither a signature nor a meaning"
        );
        let recorded = fs::read_dir(pages.join(id)).map(Iterator::count).unwrap_or_default();
        assert!(recorded > 0, "{family}/{id} has no recorded page");
    }
}

#[test]
fn every_remedy_is_in_a_plan() {
    let catalogue = catalogue::read(root()).expect("the catalogue is sound");
    let planned = catalogue.causes.iter().flat_map(|(_, _, cause)| cause.plan.iter().chain(&cause.program));
    let planned: BTreeSet<&String> =
        planned.chain(catalogue.findings.iter().flat_map(|finding| &finding.steps)).collect();
    // People choose this remedy themselves; no fault needs as much.
    let chosen = "clear_sites";
    for remedy in catalogue.remedies.keys().filter(|remedy| *remedy != chosen) {
        assert!(planned.contains(remedy), "{remedy} is in no plan");
    }
}

#[test]
fn what_follows_from_a_finding_is_one_of_the_checks() {
    let catalogue = catalogue::read(root()).expect("the catalogue is sound");
    for finding in &catalogue.findings {
        assert!(access_medic_checks::IDS.contains(&finding.id.as_str()), "{} is no finding", finding.id);
    }
}

#[test]
fn what_is_cleared_or_opened_is_openais() {
    let opens = |id: &str, address: &str| {
        let ours = [
            "https://chatgpt.com/",
            "https://openai.com/",
            "https://help.openai.com/",
            "https://status.openai.com/",
            "https://platform.openai.com/",
        ];
        assert!(ours.iter().any(|prefix| address.starts_with(prefix)), "{id}: {address}");
    };
    for (id, remedy) in catalogue::read(root()).expect("the catalogue is sound").remedies {
        match remedy {
            catalogue::Remedy::Clear { hosts, app, cookies, storage, .. } => {
                assert!(!hosts.is_empty(), "{id}");
                for host in hosts.into_iter().chain(app.unwrap_or_default()) {
                    let name = host.strip_prefix("*.").unwrap_or(&host);
                    let ours = |domain: &str| name == domain || name.ends_with(&format!(".{domain}"));
                    assert!(ours("chatgpt.com") || ours("openai.com"), "{id}: {host}");
                }
                // A remedy that takes more than named cookies takes all of it, and says so under its own name.
                assert_eq!(cookies.is_none(), storage, "{id}");
            }
            catalogue::Remedy::Open { address } => opens(&id, &address),
            catalogue::Remedy::Private { read } | catalogue::Remedy::Manual { read, .. } => {
                read.iter().for_each(|address| opens(&id, address));
            }
            catalogue::Remedy::Reload | catalogue::Remedy::Check { .. } | catalogue::Remedy::Wait => {}
        }
    }
}

/// `cargo xtask table` sets `WRITE_TABLE`; the table is then written instead of compared.
#[test]
fn the_readme_lists_the_catalogue() {
    let file = root().join("README.md");
    let text = fs::read_to_string(&file).expect("the catalogue's README").replace("\r\n", "\n");
    let (before, rest) = text.split_once(table::START).expect("the mark where the tables start");
    let (listed, after) = rest.split_once(table::END).expect("the mark where the tables end");
    let table = format!("\n\n{}\n", table::written(root()));
    if std::env::var_os("WRITE_TABLE").is_some() {
        fs::write(&file, format!("{before}{}{table}{}{after}", table::START, table::END)).expect("written");
        return;
    }
    let differing = listed.lines().zip(table.lines()).find(|(listed, right)| listed != right);
    assert!(
        listed == table,
        "crate/catalog/README.md does not list the catalogue as it is; `cargo xtask table` writes it anew.\n{}",
        differing.map(|(listed, right)| format!("{listed}\nshould be\n{right}")).unwrap_or_default()
    );
}
