//! This module makes the listing texts for the stores. The name and the summary are messages of the extension itself, because Chrome and
//! Edge take them from the package; the full description is in `store/listing/`, one file for each language.

use super::{Files, complain};
use crate::{
    checkout::{self, Checkout},
    fault::Fault,
};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;

const FOLDER: &str = "store/listing";
const LOCALES: &str = "extension/_locales";
const SOURCE: &str = "en";

/// How long the texts of a store may be, in characters.
struct Limits {
    store: &'static str,
    name: usize,
    summary: usize,
    fewest: usize,
    description: usize,
}

/// The limits of 2026-12: those of the dashboards of Chrome and Edge (Partner Center wants at least 250 characters), and of Mozilla's interface.
const LIMITS: [Limits; 3] = [
    Limits { store: "Chrome", name: 75, summary: 132, fewest: 1, description: 16_000 },
    Limits { store: "Edge", name: 45, summary: 132, fewest: 250, description: 10_000 },
    Limits { store: "Firefox", name: 50, summary: 250, fewest: 1, description: 15_000 },
];

/// Mozilla's names of the languages that it calls otherwise.
const MOZILLA: [(&str, &str); 6] =
    [("en", "en-US"), ("es", "es-ES"), ("hi", "hi-IN"), ("pt_BR", "pt-BR"), ("zh_CN", "zh-CN"), ("zh_TW", "zh-TW")];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Description {
    opening: String,
    closing: String,
    does: Part,
    cannot: Part,
    asks: Part,
    privacy: Part,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Part {
    title: String,
    items: Vec<String>,
}

impl Description {
    fn parts(&self) -> [&Part; 4] {
        [&self.does, &self.cannot, &self.asks, &self.privacy]
    }

    /// Returns every text in its order, with the place where it stands.
    #[cfg(test)]
    fn texts(&self) -> Vec<(String, &str)> {
        let mut texts = vec![("opening".to_owned(), self.opening.as_str())];
        for (name, part) in ["does", "cannot", "asks", "privacy"].into_iter().zip(self.parts()) {
            texts.push((format!("{name}.title"), &part.title));
            texts
                .extend(part.items.iter().enumerate().map(|(at, item)| (format!("{name}.items[{at}]"), item.as_str())));
        }
        texts.push(("closing".to_owned(), &self.closing));
        texts
    }

    /// Writes plain text, since not every store takes markup.
    fn write(&self) -> String {
        let mut paragraphs = vec![self.opening.clone()];
        for part in self.parts() {
            let items: String = part.items.iter().map(|item| format!("\n• {item}")).collect();
            paragraphs.push(format!("{}{items}", part.title));
        }
        paragraphs.push(self.closing.clone());
        paragraphs.join("\n\n") + "\n"
    }
}

/// All that a store shows in one language.
struct Listing {
    name: String,
    summary: String,
    description: Description,
}

pub fn make(checkout: &Checkout) -> Result<Files, Fault> {
    let listings = read(checkout)?;
    complain(FOLDER, &complaints(&listings))?;
    let mut files = Files::new();
    for (language, listing) in &listings {
        let texts = [("name", listing.name.clone()), ("summary", listing.summary.clone())];
        for (field, text) in texts.into_iter().chain([("description", listing.description.write())]) {
            files.insert(format!("listing/{language}/{field}.txt"), format!("{}\n", text.trim_end()).into_bytes());
        }
    }
    files.insert("listing/firefox.json".into(), format!("{:#}\n", firefox(&listings)).into_bytes());
    Ok(files)
}

/// Makes what Mozilla's interface takes at once, for instance as `web-ext sign --amo-metadata`.
fn firefox(listings: &BTreeMap<String, Listing>) -> Value {
    let all = |field: fn(&Listing) -> String| -> Value {
        listings.iter().map(|(language, listing)| (mozilla(language).to_owned(), Value::from(field(listing)))).collect()
    };
    json!({
        "name": all(|listing| listing.name.clone()),
        "summary": all(|listing| listing.summary.clone()),
        "description": all(|listing| listing.description.write()),
    })
}

fn mozilla(language: &str) -> &str {
    MOZILLA.iter().find(|(ours, _)| *ours == language).map_or(language, |(_, theirs)| theirs)
}

/// Reads every language of the extension.
fn read(checkout: &Checkout) -> Result<BTreeMap<String, Listing>, Fault> {
    let mut listings = BTreeMap::new();
    for path in checkout::files_below(&checkout.join(LOCALES))? {
        let Some(language) = path.strip_suffix("/messages.json") else { continue };
        let file = format!("{LOCALES}/{path}");
        let messages: Value = serde_json::from_str(&checkout::read_text(&checkout.join(&file))?)
            .map_err(|error| Fault::Input(format!("{file}: {error}")))?;
        let message = |key: &str| {
            let text = messages[key]["message"].as_str();
            text.map(str::to_owned).ok_or_else(|| Fault::Input(format!("{file}: {key} is missing")))
        };
        let file = format!("{FOLDER}/{language}.toml");
        let description: Description = toml::from_str(&checkout::read_text(&checkout.join(&file))?)
            .map_err(|error| Fault::Input(format!("{file}: {error}")))?;
        let (name, summary) = (message("extension_name")?, message("extension_description")?);
        listings.insert(language.to_owned(), Listing { name, summary, description });
    }
    Ok(listings)
}

/// Returns what the stores would refuse, and where a language says more or less than English.
fn complaints(listings: &BTreeMap<String, Listing>) -> Vec<String> {
    let mut found = Vec::new();
    let shape = |listing: &Listing| listing.description.parts().map(|part| part.items.len());
    let source = listings.get(SOURCE).map(shape);
    for (language, listing) in listings {
        let description = listing.description.write().trim_end().chars().count();
        for Limits { store, name, summary, fewest, description: most } in &LIMITS {
            for (field, has, most) in [
                ("name", listing.name.chars().count(), name),
                ("summary", listing.summary.chars().count(), summary),
                ("description", description, most),
            ] {
                if has > *most || has == 0 {
                    found.push(format!("{language}: the {field} has {has} characters; {store} takes {most}"));
                }
            }
            if description < *fewest {
                found.push(format!("{language}: the description has {description} characters; {store} wants {fewest}"));
            }
        }
        if Some(shape(listing)) != source {
            found.push(format!("{language} has other numbers of items than {SOURCE}: {:?}", shape(listing)));
        }
        if !["OpenAI", "Cloudflare"].iter().all(|name| listing.description.closing.contains(name)) {
            found.push(format!("{language}: the closing does not say from whom the project is independent"));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn listings() -> BTreeMap<String, Listing> {
        read(&Checkout::current().unwrap()).unwrap()
    }

    #[test]
    fn every_language_fits_into_every_store_and_says_the_same() {
        let listings = listings();
        assert_eq!(listings.len(), 16);
        assert_eq!(complaints(&listings), [""; 0]);
        let checkout = Checkout::current().unwrap();
        let described = checkout::files_below(&checkout.join(FOLDER)).unwrap();
        let expected: Vec<_> = listings.keys().map(|language| format!("{language}.toml")).collect();
        assert_eq!(described, expected, "a description without a language of the extension");
    }

    #[test]
    fn what_a_store_refuses_is_named() {
        let mut listings = listings();
        let german = listings.get_mut("de").unwrap();
        german.name = "x".repeat(46);
        german.summary = "x".repeat(133);
        german.description.does.items.pop();
        german.description.closing.clear();
        let found = complaints(&listings).join("\n");
        for part in [
            "46 characters; Edge takes 45",
            "133 characters; Chrome takes 132",
            "other numbers of items",
            "independent",
        ] {
            assert!(found.contains(part), "{part}: {found}");
        }
        assert!(!found.contains("Firefox takes 50"), "{found}");
    }

    /// The terms are those of the extension: whoever reads the listing finds the same words in the popup.
    #[test]
    fn terms_are_those_of_the_glossary() {
        let text = checkout::read_text(&Checkout::current().unwrap().join("tests/glossary.toml")).unwrap();
        let glossary: BTreeMap<String, BTreeMap<String, Vec<String>>> = toml::from_str(&text).unwrap();
        let listings = listings();
        let says = |text: &str, forms: &[String]| {
            let text = text.to_lowercase();
            let word = |c: char| if c.is_alphanumeric() { c } else { ' ' };
            let text = format!(" {} ", text.chars().map(word).collect::<String>());
            forms.iter().any(|form| text.contains(&format!(" {} ", form.to_lowercase())))
        };
        let mut missing = Vec::new();
        for (term, forms) in &glossary {
            for (language, listing) in listings.iter().filter(|(language, _)| *language != SOURCE) {
                let theirs = listing.description.texts();
                for ((place, english), (_, text)) in listings[SOURCE].description.texts().into_iter().zip(theirs) {
                    let said = forms[language].iter().any(|form| text.to_lowercase().contains(&form.to_lowercase()));
                    if says(english, &forms[SOURCE]) && !said {
                        missing.push(format!("{language}: {place} has no {term}, such as {:?}", forms[language]));
                    }
                }
            }
        }
        assert_eq!(missing, [""; 0]);
    }

    #[test]
    fn the_tone_is_calm() {
        for (language, listing) in listings() {
            for (place, text) in listing.description.texts() {
                assert!(!text.contains(['!', '！', '¡']), "{language}: {place}");
                assert!(!text.trim().is_empty() && text.trim() == text, "{language}: {place}");
            }
        }
        let english = listings()[SOURCE].description.write().to_lowercase();
        for loud in ["best", "fastest", "amazing", "powerful", "instantly", "guarantee", "ultimate", "perfect"] {
            assert!(!english.contains(loud), "{loud}");
        }
    }

    #[test]
    fn the_description_is_plain_text_with_each_part() {
        let text = listings()[SOURCE].description.write();
        assert!(text.contains("\n\nWhat it cannot do\n• It cannot end an outage"), "{text}");
        assert_eq!(text.matches("\n• ").count(), 18);
        assert_eq!(mozilla("zh_CN"), "zh-CN");
        assert_eq!(mozilla("ja"), "ja");
    }
}
