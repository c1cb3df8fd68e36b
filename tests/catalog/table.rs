//! The catalogue as tables for people: the part of its README that is written by `cargo xtask table`.

use crate::catalogue::{self, Catalogue, Clue, Confidence, Few, Mover, Signature, Status, Surface};
use access_medic_phrases::MessageHash;
use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{fs, iter};

/// These lines stand around the written part.
pub const START: &str = "<!-- cargo xtask table: start -->";
pub const END: &str = "<!-- cargo xtask table: end -->";

/// Characters of a sentence or of an address that are shown.
const SHOWN: usize = 44;
/// Languages beside each other.
const COLUMNS: usize = 6;

pub fn written(root: &Path) -> String {
    let catalogue = catalogue::read(root).expect("the catalogue is sound");
    let mut out = String::new();
    causes(&catalogue, &Names::read(root), &mut out);
    messages(root, &mut out);
    out
}

/// These are the lists and wordings that the catalogue's reader has filled in for `"@name"` in a signature.
struct Names {
    /// The lists of `lists.toml`.
    lists: BTreeMap<String, Vec<String>>,
    /// The English ones among the sentences.
    english: BTreeSet<String>,
}

impl Names {
    fn read(root: &Path) -> Self {
        let wordings = files(&root.join("wordings"));
        let english = wordings.iter().filter_map(|file| languages(file).remove("en")).flatten().collect();
        Self { lists: languages(&root.join("lists.toml")), english }
    }

    /// Lists by their names; of other values one, English if there is such a one, and the number of the others.
    fn shorten(&self, few: &Few<String>) -> String {
        let mut values: Vec<&String> = few.iter().collect();
        let mut shown = Vec::new();
        for (name, list) in self.lists.iter().filter(|(_, list)| list.len() > 1) {
            if list.iter().all(|value| values.contains(&value)) {
                values.retain(|value| !list.contains(value));
                shown.push(code(&format!("@{name}")));
            }
        }
        if let Some(first) = values.iter().find(|value| self.english.contains(**value)).or(values.first()) {
            shown.push(match values.len() {
                1 => code(first),
                count => format!("{} +{}", code(first), count - 1),
            });
        }
        shown.join(", ")
    }
}

fn causes(catalogue: &Catalogue, names: &Names, out: &mut String) {
    let _ = writeln!(
        out,
        "{} causes, {} signatures. Of several values one stands here, with the number of the \
         others; `@name` is a list of `lists.toml`.\n",
        catalogue.causes.len(),
        catalogue.signatures.len()
    );
    let families: BTreeSet<&String> = catalogue.causes.iter().map(|(_, family, _)| family).collect();
    for family in families {
        let _ = writeln!(out, "### {family}\n\n| cause | whose move | signature | surface | how sure | looks at |");
        let _ = writeln!(out, "| --- | --- | --- | --- | --- | --- |");
        for (id, _, cause) in catalogue.causes.iter().filter(|(_, of, _)| of == family) {
            let mover = match cause.mover {
                Mover::You => "you",
                Mover::Wait => "wait",
                Mover::Openai => "OpenAI",
                Mover::Network => "network",
                Mover::Administrator => "administrator",
            };
            let overlay = if cause.overlay { "" } else { ", not drawn" };
            let signatures: Vec<_> =
                catalogue.signatures.iter().filter(|(_, signature)| signature.cause == *id).collect();
            if signatures.is_empty() {
                let _ = writeln!(out, "| **{id}** | {mover}{overlay} | | | | |");
            }
            // The cause stands at the first of its signatures.
            let named = iter::once((format!("**{id}**"), format!("{mover}{overlay}")));
            for ((id, mover), (name, signature)) in named.chain(iter::repeat_with(Default::default)).zip(signatures) {
                let _ = writeln!(
                    out,
                    "| {id} | {mover} | {name} | {} | {} | {} |",
                    surface(signature),
                    sureness(signature),
                    clues(signature, names)
                );
            }
        }
        out.push('\n');
    }
}

fn surface(signature: &Signature) -> &'static str {
    match signature.surface {
        Surface::Page => "page",
        Surface::Alert => "alert",
        Surface::Request => "request",
        Surface::Network => "network",
    }
}

fn sureness(signature: &Signature) -> String {
    let sure = match signature.confidence {
        Confidence::Possible => "possible",
        Confidence::Likely => "likely",
        Confidence::Certain => "certain",
    };
    let flags = [(signature.fallback, ", fallback"), (signature.quiet, ", quiet"), (signature.beside, ", beside")];
    iter::once(sure).chain(flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag)).collect()
}

/// `status 403 + marker #a; not header b`.
fn clues(signature: &Signature, names: &Names) -> String {
    let list =
        |clues: &[Clue], between: &str| clues.iter().map(|one| clue(one, names)).collect::<Vec<_>>().join(between);
    let mut parts = Vec::new();
    if !signature.all.is_empty() {
        parts.push(list(&signature.all, " + "));
    }
    match signature.any.len() {
        0 => {}
        1 => parts.push(list(&signature.any, "")),
        _ => parts.push(format!("({})", list(&signature.any, " or "))),
    }
    let held = parts.join(" + ");
    if signature.none.is_empty() { held } else { format!("{held}; not {}", list(&signature.none, ", not ")) }
}

fn clue(clue: &Clue, names: &Names) -> String {
    let lists = [
        ("code", &clue.code),
        ("marker", &clue.marker),
        ("title", &clue.title),
        ("text", &clue.text),
        ("whole", &clue.whole),
        ("host", &clue.host),
        ("path", &clue.path),
        ("failure", &clue.failure),
        ("message", &clue.message),
    ];
    if let Some((kind, few)) = lists.into_iter().find_map(|(kind, few)| Some((kind, few.as_ref()?))) {
        return format!("{kind} {}", names.shorten(few));
    }
    if let Some(status) = &clue.status {
        let written = |status: &Status| match status {
            Status::Exact(status) => status.to_string(),
            Status::Class(class) => class.clone(),
        };
        return format!("status {}", status.iter().map(written).collect::<Vec<_>>().join(", "));
    }
    if let Some(header) = &clue.header {
        let value = clue.value.as_ref().map(|value| format!(": {value}")).unwrap_or_default();
        return format!("header {}", code(&format!("{header}{value}")));
    }
    if let (Some(times), Some(within)) = (clue.times, clue.within) {
        let earlier = clue.earlier.as_ref().or(clue.opened.as_ref()).map(|what| code(what)).unwrap_or_default();
        let kind = if clue.earlier.is_some() { "earlier" } else { "opened" };
        return format!("{kind} {earlier} × {times} in {within} s");
    }
    match clue.bare {
        Some(true) => "bare".to_owned(),
        _ => "not bare".to_owned(),
    }
}

/// As code, cut; a bar would end the cell.
fn code(text: &str) -> String {
    let text = text.replace('|', "\\|").replace('`', "'");
    let cut: String = text.chars().take(SHOWN).collect();
    if cut.len() < text.len() { format!("`{}…`", cut.trim_end()) } else { format!("`{text}`") }
}

fn messages(root: &Path, out: &mut String) {
    // A message that several languages share counts for the first of them; so the sums are right.
    let mut known: BTreeSet<MessageHash> = BTreeSet::new();
    let mut costs: BTreeMap<String, usize> = BTreeMap::new();
    let _ = writeln!(out, "### Whole messages\n\n| set | languages | messages | bytes |\n| --- | --: | --: | --: |");
    for file in files(&root.join("messages")) {
        let languages = languages(&file);
        let mut count = 0;
        for (language, entries) in &languages {
            let new =
                entries.iter().filter_map(|entry| MessageHash::of(entry)).filter(|hash| known.insert(*hash)).count();
            *costs.entry(language.clone()).or_default() += new;
            count += new;
        }
        let name = file.file_stem().unwrap_or_default().to_string_lossy();
        let _ = writeln!(out, "| {name} | {} | {count} | {} |", languages.len(), bytes(count));
    }
    let _ = writeln!(out, "| all | {} | {} | {} |\n", costs.len(), known.len(), bytes(known.len()));
    let _ = writeln!(
        out,
        "Two and a half bytes each and one for the set. What each language costs, in bytes; a message that several share \
         counts for the first:\n"
    );
    let costs: Vec<String> = costs.iter().map(|(language, count)| format!("{language} | {}", bytes(*count))).collect();
    let _ = writeln!(out, "|{}\n|{}", " | |".repeat(COLUMNS), " --- | --: |".repeat(COLUMNS));
    for row in costs.chunks(COLUMNS) {
        let blank = " | |".repeat(COLUMNS - row.len());
        let _ = writeln!(out, "| {} |{blank}", row.join(" | "));
    }
}

/// Returns how many bytes so many messages take in the tables: twenty bits each, and a byte for the set.
fn bytes(messages: usize) -> usize {
    (messages * 7).div_ceil(2)
}

/// A file of lists: sentences by language, or values by the list's name.
fn languages(file: &Path) -> BTreeMap<String, Vec<String>> {
    toml::from_str(&fs::read_to_string(file).expect("a file of the catalogue")).expect("lists by name")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).expect("a folder of the catalogue");
    let mut files: Vec<_> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.sort();
    files
}
