//! This module reads and checks `catalog/zones.toml`: the time zones of places where OpenAI does not offer ChatGPT.

use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Zones {
    /// The remedies that are not advised there.
    without: Vec<String>,
    /// The time zones, by the code of their country.
    places: BTreeMap<String, Vec<String>>,
}

/// Returns the tables. The complaint names what is wrong, and the caller names the file.
pub fn table(file: &Path, remedies: &[&str]) -> Result<String, String> {
    let text = fs::read_to_string(file).map_err(|fault| fault.to_string())?;
    let Zones { without, places } = toml::from_str(&text).map_err(|fault| fault.to_string())?;
    if let Some(unknown) = without.iter().find(|id| !remedies.contains(&id.as_str())) {
        return Err(format!("`{unknown}` is no remedy"));
    }
    let places: Vec<(String, Vec<String>)> = places.into_iter().collect();
    Ok(format!(
        "pub static ZONES_WITHOUT: &[&str] = &{without:?};\npub static ZONES: &[(&str, &[&str])] = &[{}];\n",
        places.iter().map(|(code, zones)| format!("({code:?}, &{zones:?})")).collect::<Vec<_>>().join(", ")
    ))
}
