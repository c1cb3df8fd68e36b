//! This module writes what has to be told in the stores' forms, a page for each store: the purpose, a reason for each permission, the
//! answers about data and the notes for reviewers. All of it is in `store/forms.toml`, and is held against the manifest and PRIVACY.md.

use super::{Files, complain};
use crate::{
    checkout::{self, Checkout},
    fault::Fault,
};
use serde::Deserialize;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};

const FILE: &str = "store/forms.toml";

/// The longest answer that Chrome's form takes, in characters.
const CHROME: usize = 1000;
/// Edge takes so many search terms, of so many characters, with so many words together.
const TERMS: (usize, usize, usize) = (7, 30, 21);
/// The kinds of data that Chrome's form asks about.
const KINDS: usize = 9;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Forms {
    purpose: String,
    remote_code: String,
    categories: Categories,
    permissions: BTreeMap<String, String>,
    hosts: BTreeMap<String, String>,
    data: BTreeMap<String, Data>,
    certifications: Vec<Certification>,
    firefox: Firefox,
    edge: Edge,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Categories {
    chrome: String,
    edge: String,
    firefox: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Data {
    title: String,
    handled: bool,
    reason: String,
    privacy: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Certification {
    text: String,
    privacy: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Firefox {
    collected: Vec<String>,
    collected_reason: String,
    privacy: String,
    licence: String,
    notes: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Edge {
    personal_information: bool,
    personal_information_reason: String,
    mature_content: bool,
    search_terms: Vec<String>,
    notes: String,
}

pub fn make(checkout: &Checkout) -> Result<Files, Fault> {
    let (forms, manifest, privacy) = read(checkout)?;
    complain(FILE, &complaints(&forms, &manifest, &privacy))?;
    let pages = [("chrome", forms.chrome()), ("edge", forms.edge_page()), ("firefox", forms.firefox_page())];
    Ok(pages.into_iter().map(|(store, page)| (format!("forms/{store}.md"), page.into_bytes())).collect())
}

/// Reads the forms, and what they are held against.
fn read(checkout: &Checkout) -> Result<(Forms, Value, String), Fault> {
    let forms = toml::from_str(&checkout::read_text(&checkout.join(FILE))?)
        .map_err(|error| Fault::Input(format!("{FILE}: {error}")))?;
    let manifest = serde_json::from_str(&checkout::read_text(&checkout.join("manifest.json"))?)
        .map_err(|error| Fault::Input(format!("manifest.json: {error}")))?;
    Ok((forms, manifest, checkout::read_text(&checkout.join("PRIVACY.md"))?))
}

fn complaints(forms: &Forms, manifest: &Value, privacy: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (key, reasons) in [("permissions", &forms.permissions), ("host_permissions", &forms.hosts)] {
        let asked: BTreeSet<String> = strings(&manifest[key]).collect();
        let given: BTreeSet<String> = reasons.keys().cloned().collect();
        found.extend(asked.difference(&given).map(|name| format!("{name} has no reason")));
        found.extend(given.difference(&asked).map(|name| format!("{name} has a reason, but is not in the manifest")));
    }
    for kind in ["optional_permissions", "optional_host_permissions"] {
        found.extend(
            strings(&manifest[kind]).map(|name| format!("{name} is optional, and the forms have no place for it")),
        );
    }
    let hosts = forms.all_hosts();
    let answers = [("purpose", &forms.purpose), ("remote_code", &forms.remote_code), ("hosts", &hosts)];
    let answers = answers.into_iter().chain(forms.permissions.iter().map(|(name, reason)| (name.as_str(), reason)));
    for (name, answer) in answers {
        let length = answer.chars().count();
        if !(20..=CHROME).contains(&length) {
            found.push(format!("the answer to {name} has {length} characters; Chrome takes {CHROME}"));
        }
    }
    // Line breaks of PRIVACY.md are nobody's words.
    let privacy = privacy.split_whitespace().collect::<Vec<_>>().join(" ");
    let quoted =
        forms.data.values().map(|data| &data.privacy).chain(forms.certifications.iter().map(|one| &one.privacy));
    for quote in quoted.chain([&forms.firefox.privacy]) {
        if quote.is_empty() || !privacy.contains(quote.as_str()) {
            found.push(format!("PRIVACY.md does not say: {quote}"));
        }
    }
    if forms.data.len() != KINDS {
        found.push(format!("Chrome asks about {KINDS} kinds of data, and {} are answered", forms.data.len()));
    }
    let declared = &manifest["browser_specific_settings"]["gecko"]["data_collection_permissions"]["required"];
    if !strings(declared).eq(forms.firefox.collected.iter().cloned()) {
        found.push(format!("the manifest declares {declared} to Firefox, and not {:?}", forms.firefox.collected));
    }
    let policy = manifest["content_security_policy"]["extension_pages"].as_str().unwrap_or_default();
    if forms.remote_code.starts_with("No") && !policy.contains("script-src 'self' 'wasm-unsafe-eval';") {
        found.push("the policy of the manifest allows scripts of others".into());
    }
    let terms = &forms.edge.search_terms;
    let words: usize = terms.iter().map(|term| term.split_whitespace().count()).sum();
    if terms.len() > TERMS.0 || terms.iter().any(|term| term.chars().count() > TERMS.1) || words > TERMS.2 {
        found.push(format!("Edge takes {} terms of {} characters and {} words", TERMS.0, TERMS.1, TERMS.2));
    }
    found
}

fn strings(value: &Value) -> impl Iterator<Item = String> {
    value.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned)
}

impl Forms {
    /// Joins the reasons for the hosts, as Chrome has one field for all.
    fn all_hosts(&self) -> String {
        self.hosts.iter().map(|(host, reason)| format!("{host}: {reason}")).collect::<Vec<_>>().join("\n")
    }

    fn chrome(&self) -> String {
        let mut page = format!(
            "# Chrome Web Store\n\nThe listing: `listing/`, category {}. The pictures: `pictures/`.\n\n## Single purpose\n\n{}\n\n## Permissions\n",
            self.categories.chrome, self.purpose
        );
        for (name, reason) in &self.permissions {
            page += &format!("\n### {name}\n\n{reason}\n");
        }
        page += &format!(
            "\n### Host permissions\n\n{}\n\n## Remote code\n\n{}\n\n## Data usage\n\n",
            self.all_hosts(),
            self.remote_code
        );
        page += "| kind | tick | why |\n| --- | --- | --- |\n";
        for Data { title, handled, reason, .. } in self.data.values() {
            page += &format!("| {title} | {} | {reason} |\n", yes(*handled));
        }
        page += "\nTick all three statements:\n\n";
        for Certification { text, .. } in &self.certifications {
            page += &format!("- {text}\n");
        }
        page + "\n## Privacy policy\n\nThe address of PRIVACY.md in the repository, at the tag of this version.\n"
    }

    fn edge_page(&self) -> String {
        let Edge { personal_information, personal_information_reason, mature_content, search_terms, notes } =
            &self.edge;
        format!(
            "# Microsoft Edge Add-ons\n\nThe listing: `listing/`, category {}. The pictures: `pictures/`.\n\n## Privacy\n\n\
             Accesses, collects or transmits personal information: {}. {personal_information_reason}\n\n\
             Privacy policy: the address of PRIVACY.md in the repository, at the tag of this version.\n\n\
             Mature content: {}.\n\n## Search terms\n\n{}\n\n## Single purpose, permissions, remote code\n\nAs in chrome.md.\n\n\
             ## Notes for certification\n\n{notes}\n",
            self.categories.edge,
            yes(*personal_information),
            yes(*mature_content),
            search_terms.iter().map(|term| format!("- {term}")).collect::<Vec<_>>().join("\n"),
        )
    }

    fn firefox_page(&self) -> String {
        let Firefox { collected, collected_reason, licence, notes, .. } = &self.firefox;
        format!(
            "# Firefox Add-ons\n\nThe listing: `listing/firefox.json` or `listing/`, category {}. The pictures: `pictures/`.\n\n\
             ## Licence\n\n{licence}\n\n## Data collection\n\nDeclared in the manifest: {}. {collected_reason}\n\n\
             Privacy policy: the text of PRIVACY.md.\n\n## Source code\n\nYes, source code is needed, because of the WebAssembly: upload the \
             source archive of this folder.\n\n## Notes for reviewers\n\n{}\n",
            self.categories.firefox,
            collected.join(", "),
            notes.trim(),
        )
    }
}

fn yes(answer: bool) -> &'static str {
    if answer { "yes" } else { "no" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_forms_agree_with_the_manifest_and_the_privacy_policy() {
        let (forms, manifest, privacy) = read(&Checkout::current().unwrap()).unwrap();
        assert_eq!(complaints(&forms, &manifest, &privacy), [""; 0]);
        let page = forms.chrome();
        assert!(forms.permissions.iter().all(|(name, reason)| page.contains(&format!("### {name}\n\n{reason}"))));
        assert!(page.contains("| Authentication information | yes |") && page.contains("| Health information | no |"));
    }

    #[test]
    fn what_does_not_agree_is_named() {
        let (mut forms, mut manifest, privacy) = read(&Checkout::current().unwrap()).unwrap();
        manifest["permissions"][0] = "history".into();
        manifest["host_permissions"][0] = "https://*.example.com/*".into();
        manifest["optional_permissions"] = serde_json::json!(["tabs"]);
        manifest["browser_specific_settings"]["gecko"]["data_collection_permissions"]["required"][0] =
            "technicalAndInteraction".into();
        manifest["content_security_policy"]["extension_pages"] = "script-src https://example.com;".into();
        forms.purpose = "x".repeat(1001);
        forms.edge.search_terms.push("one more".into());
        forms.data.remove("health");
        let privacy = privacy.replace("There is no telemetry", "There is telemetry");
        let found = complaints(&forms, &manifest, &privacy).join("\n");
        for part in [
            "history has no reason",
            "storage has a reason, but",
            "https://*.example.com/* has no reason",
            "*://*.chatgpt.com/* has a reason, but",
            "tabs is optional",
            "technicalAndInteraction",
            "allows scripts of others",
            "purpose has 1001",
            "Edge takes 7 terms",
            "8 are answered",
            "PRIVACY.md does not say: There is no telemetry",
        ] {
            assert!(found.contains(part), "{part}: {found}");
        }
    }
}
