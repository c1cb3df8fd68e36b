//! This module reads `catalog/concepts/` and `catalog/meanings.toml`: what words mean, by language, and what they mean together.

use access_medic_phrases::{Stem, lay_out_words, write_words};
use serde::{Deserialize, de::DeserializeOwned};
use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
};

pub struct Concepts {
    /// Concepts that turn the meaning round.
    pub turned: Vec<u8>,
    pub meanings: Vec<Meaning>,
    /// The concept of words that only say that something is not so.
    pub not: u8,
    /// The concept of words that titles of articles begin with.
    pub how_to: u8,
}

pub struct Meaning {
    pub cause: String,
    /// Combinations of concepts.
    pub says: Vec<Vec<u8>>,
    pub but: Vec<u8>,
    pub vague: bool,
    pub place: Place,
}

/// A meaning holds only in such a place.
#[derive(Clone, Copy, Debug, Default, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Place {
    #[default]
    Anywhere,
    /// It holds on the hosts of the sign-in alone.
    Login,
    /// It holds on all other hosts alone.
    Elsewhere,
    /// It holds in the running app and in what people tell.
    Inside,
    /// It holds where a conversation should be and none is.
    Thread,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    turned: Vec<String>,
    meaning: Vec<Written>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    cause: String,
    says: Vec<String>,
    #[serde(default)]
    but: Vec<String>,
    /// The meaning says only that something failed, and not what.
    #[serde(default)]
    vague: bool,
    #[serde(default)]
    place: Place,
}

pub fn read(root: &Path, causes: &[&str]) -> Result<Concepts, String> {
    let words = words(root)?;
    let names: Vec<String> = words.keys().cloned().collect();
    let file = root.join("meanings.toml");
    let place = |name: &str| {
        let at = names.iter().position(|known| known == name.trim());
        at.and_then(|at| u8::try_from(at).ok())
            .ok_or_else(|| said(&file, &format!("`{}` is no concept of concepts/", name.trim())))
    };
    let places = |list: &[String]| list.iter().map(|name| place(name)).collect::<Result<Vec<u8>, String>>();
    let File { turned, meaning } = parse(&file)?;
    let mut meanings = Vec::new();
    for Written { cause, says, but, vague, place: only } in meaning {
        if !causes.contains(&cause.as_str()) {
            return Err(said(&file, &format!("cause `{cause}` is not in catalog/causes/")));
        }
        let says =
            says.iter().map(|line| line.split('&').map(place).collect()).collect::<Result<Vec<Vec<u8>>, String>>()?;
        meanings.push(Meaning { cause, says, but: places(&but)?, vague, place: only });
    }
    let turned = places(&turned)?;
    let (not, how_to) = (place("not")?, place("how_to")?);
    Ok(Concepts { turned, meanings, not, how_to })
}

/// Returns the words of all languages, as the file that ships: concepts are numbered in the order of the alphabet.
pub fn file(root: &Path) -> Result<Vec<u8>, String> {
    let numbered = words(root)?.into_values().enumerate();
    let words =
        numbered.flat_map(|(at, stems)| stems.into_iter().map(move |(stem, language)| (stem, at as u8, language)));
    Ok(write_words(&lay_out_words(words.collect())))
}

/// Reads the words of each concept in all languages, each with the bit of its language.
fn words(root: &Path) -> Result<BTreeMap<String, Vec<(Stem, u64)>>, String> {
    let mut words: BTreeMap<String, Vec<(Stem, u64)>> = BTreeMap::new();
    let folder = root.join("concepts");
    let entries = fs::read_dir(&folder).map_err(|fault| said(&folder, &fault.to_string()))?;
    let mut files: Vec<PathBuf> = entries.filter_map(|entry| Some(entry.ok()?.path())).collect();
    files.retain(|file| file.extension().is_some_and(|ending| ending == "toml"));
    files.sort();
    // `zh_CN` and `zh_TW` count as one language, because they mix in Hong Kong.
    let language = |file: &Path| stem_of(file).split('_').next().unwrap_or_default().to_owned();
    let mut languages: Vec<String> = files.iter().map(|file| language(file)).collect();
    languages.dedup();
    if languages.len() > 64 {
        return Err(said(&folder, "there are more languages than bits"));
    }
    for file in files {
        let bit = 1u64 << languages.iter().position(|known| *known == language(&file)).unwrap_or_default();
        for (concept, entries) in parse::<BTreeMap<String, Vec<String>>>(&file)? {
            for entry in entries {
                let stem = Stem::read(&entry).ok_or_else(|| {
                    said(
                        &file,
                        &format!("{entry:?} of `{concept}` is no word: a `*` stands at its beginning or its end"),
                    )
                })?;
                words.entry(concept.clone()).or_default().push((stem, bit));
            }
        }
    }
    if words.len() > usize::from(u8::MAX) {
        return Err(said(&folder, "there are more concepts than a byte can number"));
    }
    Ok(words)
}

fn stem_of(file: &Path) -> String {
    file.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

fn parse<T: DeserializeOwned>(file: &Path) -> Result<T, String> {
    let text = fs::read_to_string(file).map_err(|fault| said(file, &fault.to_string()))?;
    toml::from_str(&text).map_err(|fault| said(file, &fault.to_string()))
}

/// Returns a complaint in one line, with the file first.
fn said(file: &Path, fault: &str) -> String {
    let shown = file.to_string_lossy().replace('\\', "/");
    let shown = shown.find("catalog/").map_or(shown.as_str(), |at| &shown[at..]).to_owned();
    format!("crate/{shown}: {}", fault.trim().replace('\n', " "))
}
