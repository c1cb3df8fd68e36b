//! This module puts the unpacked extension of one browser together in `target/extension/<browser>/`: the files as
//! written, the built core, the icons as drawn from their source, and the manifest with the keys that this browser
//! knows.

use crate::{
    browser::Browser,
    checkout::{self, Checkout},
    core,
    fault::Fault,
    icon, sites, words,
};
use serde_json::Value;
use std::{collections::BTreeMap, fs, path::PathBuf};

/// The files in the folder that are for the people who work on it, and not for those who install it.
const NOT_SHIPPED: [&str; 2] = ["globals.d.ts", "icons/icon.svg"];

/// Builds the core and the extension, and returns the extension's folder.
pub fn build(checkout: &Checkout, browser: Browser) -> Result<PathBuf, Fault> {
    let _alone = checkout.lock()?;
    core::build(checkout)?;
    assemble(checkout, browser)
}

fn assemble(checkout: &Checkout, browser: Browser) -> Result<PathBuf, Fault> {
    let mut files = BTreeMap::new();
    let source = checkout.join("extension");
    for name in checkout::files_below(&source)? {
        if !NOT_SHIPPED.contains(&name.as_str()) {
            files.insert(name.clone(), checkout::read(&source.join(&name))?);
        }
    }
    for name in core::files() {
        files.insert(format!("core/{name}"), checkout::read(&checkout.core().join(&name))?);
    }
    // The list is also written beside the core's own files, where the types of the shell are looked for.
    let list = sites::script(checkout)?.into_bytes();
    checkout::write(&checkout.core().join(sites::NAME), &list)?;
    files.insert(format!("core/{}", sites::NAME), list);
    files.insert(format!("core/{}", words::NAME), words::file(checkout)?);
    let drawing = checkout::read(&source.join("icons/icon.svg"))?;
    for size in icon::SIZES {
        files.insert(format!("icons/icon-{size}.png"), icon::draw(&drawing, size)?);
    }
    // The extension ships the list that the checks go by, so that people can search in it.
    files.insert("core/countries.csv".into(), checkout::read(&checkout.join("crate/checks/countries.csv"))?);
    let manifest = manifest(&checkout::read_text(&checkout.join("manifest.json"))?, checkout.version(), browser)?;
    files.insert("manifest.json".into(), manifest.into_bytes());

    let folder = checkout.extensions().join(browser.name());
    fs::create_dir_all(&folder).map_err(Fault::file(&folder))?;
    for name in checkout::files_below(&folder)? {
        if !files.contains_key(&name) {
            fs::remove_file(folder.join(&name)).map_err(Fault::file(folder.join(&name)))?;
            // Folders that became empty are removed: Chromium refuses an extension with a language's folder that has no
            // messages in it.
            for emptied in folder.join(&name).ancestors().skip(1).take_while(|above| *above != folder) {
                if fs::remove_dir(emptied).is_err() {
                    break;
                }
            }
        }
    }
    // A file that is the same stays untouched: a browser may be running this very extension.
    for (name, bytes) in &files {
        let path = folder.join(name);
        if fs::read(&path).ok().as_ref() != Some(bytes) {
            checkout::write(&path, bytes)?;
        }
    }
    Ok(folder)
}

/// Makes the manifest of one browser. One manifest is written and two are shipped, because each browser complains about
/// the keys of the other.
fn manifest(source: &str, version: &str, browser: Browser) -> Result<String, Fault> {
    let wrong = |what: &str| Fault::Input(format!("manifest.json: {what}"));
    let mut manifest: Value = serde_json::from_str(source).map_err(|error| wrong(&error.to_string()))?;
    if manifest["version"] != version {
        return Err(wrong(&format!("version is {}, the workspace's is {version:?}", manifest["version"])));
    }
    let foreign: &[(&str, &str)] = match browser {
        Browser::Chromium => &[("/background", "scripts"), ("", "browser_specific_settings")],
        // Firefox takes what an organisation sets without a schema.
        Browser::Firefox => &[("/background", "service_worker"), ("", "minimum_chrome_version"), ("", "storage")],
    };
    for (place, key) in foreign {
        let removed = manifest.pointer_mut(place).and_then(Value::as_object_mut).and_then(|keys| keys.remove(*key));
        if removed.is_none() {
            return Err(wrong(&format!("{place}/{key} is missing")));
        }
    }
    Ok(format!("{manifest:#}\n"))
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = r#"{
        "version": "1.2.3",
        "minimum_chrome_version": "123",
        "storage": { "managed_schema": "a.json" },
        "background": { "service_worker": "a.js", "scripts": ["a.js"], "type": "module" },
        "browser_specific_settings": { "gecko": {} }
    }"#;

    fn keys(browser: Browser) -> Value {
        serde_json::from_str(&manifest(SOURCE, "1.2.3", browser).unwrap()).unwrap()
    }

    #[test]
    fn each_browser_gets_its_own_keys_only() {
        let chromium = keys(Browser::Chromium);
        assert_eq!(chromium["background"], serde_json::json!({ "service_worker": "a.js", "type": "module" }));
        assert!(chromium.get("browser_specific_settings").is_none());
        assert_eq!(chromium["minimum_chrome_version"], "123");
        assert_eq!(chromium["storage"]["managed_schema"], "a.json");
        let firefox = keys(Browser::Firefox);
        assert_eq!(firefox["background"], serde_json::json!({ "scripts": ["a.js"], "type": "module" }));
        assert!(firefox.get("minimum_chrome_version").is_none() && firefox.get("storage").is_none());
        assert!(firefox.get("browser_specific_settings").is_some());
    }

    #[test]
    fn another_version_than_the_workspace_is_refused() {
        let fault = manifest(SOURCE, "1.2.4", Browser::Firefox).unwrap_err().to_string();
        assert!(fault.contains("1.2.3") && fault.contains("1.2.4"), "{fault}");
    }

    #[test]
    fn a_manifest_without_the_keys_of_both_browsers_is_refused() {
        assert!(manifest(r#"{"version": "1.2.3", "background": {}}"#, "1.2.3", Browser::Chromium).is_err());
        assert!(manifest("{", "1.2.3", Browser::Chromium).is_err());
    }
}
