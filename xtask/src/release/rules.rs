//! This module holds the package for Chromium against what the Chrome Web Store refuses or warns about: Google has no program for
//! that as Mozilla has. Each rule is one of the store's published policies or of the format of a manifest.
//!
//! It reads the files as text, and follows names and not programs: what it says of a file that is not used holds for this extension,
//! which loads no file by a name that it puts together, but for its languages.

mod reach;

use super::{Files, complain};
use crate::{
    checkout::{self},
    fault::Fault,
};
use serde_json::Value;
use std::path::Path;

/// What a manifest may hold at its top. Chrome warns about other keys, and the store refuses `key` and `update_url`.
const KEYS: [&str; 20] = [
    "action",
    "background",
    "commands",
    "content_scripts",
    "content_security_policy",
    "default_locale",
    "description",
    "homepage_url",
    "host_permissions",
    "icons",
    "incognito",
    "manifest_version",
    "minimum_chrome_version",
    "name",
    "optional_host_permissions",
    "optional_permissions",
    "options_ui",
    "permissions",
    "storage",
    "version",
];

/// The sizes of icons that the store and the browser ask for.
const ICONS: [u32; 3] = [16, 48, 128];

/// Host patterns that ask for every site: the store looks at them for weeks, and this extension needs none.
const EVERYWHERE: [&str; 5] = ["<all_urls>", "*://*/*", "http://*/*", "https://*/*", "file:///*"];

/// What runs text as code. The words are put together, so that a search for them does not find this list.
const RUNS_TEXT: [&str; 5] =
    [concat!("ev", "al("), concat!("new Fun", "ction("), "importScripts(", "setTimeout(\"", "setInterval(\""];

/// Fails if the unpacked extension breaks a rule, and prints what it breaks.
pub fn check(folder: &Path) -> Result<(), Fault> {
    let mut files = Files::new();
    for name in checkout::files_below(folder)? {
        files.insert(name.clone(), checkout::read(&folder.join(&name))?);
    }
    complain("The rules of Chrome's store", &complaints(&files))
}

fn complaints(files: &Files) -> Vec<String> {
    let text = files.get("manifest.json").map(|bytes| String::from_utf8_lossy(bytes));
    let Some(manifest) = text.and_then(|text| serde_json::from_str::<Value>(&text).ok()) else {
        return vec!["manifest.json is missing or no JSON".into()];
    };
    let mut found = Vec::new();
    keys(&manifest, &mut found);
    words(&manifest, files, &mut found);
    icons(&manifest, files, &mut found);
    policy(&manifest, &mut found);
    permissions(&manifest, files, &mut found);
    for (name, bytes) in files {
        file(name, bytes, &mut found);
    }
    found.extend(reach::complaints(&manifest, files));
    found
}

fn keys(manifest: &Value, found: &mut Vec<String>) {
    if manifest["manifest_version"] != 3 {
        found.push("manifest_version is not 3".into());
    }
    let unknown =
        manifest.as_object().into_iter().flat_map(|keys| keys.keys()).filter(|key| !KEYS.contains(&key.as_str()));
    found.extend(unknown.map(|key| format!("the manifest has `{key}`, which Chrome or its store does not take")));
    let version = manifest["version"].as_str().unwrap_or_default();
    let numbers: Vec<Option<u16>> = version.split('.').map(number).collect();
    if numbers.len() > 4 || numbers.contains(&None) || numbers.iter().all(|number| *number == Some(0)) {
        found.push(format!("version {version:?} is not one to four numbers up to 65535"));
    }
    if manifest["background"].get("scripts").is_some() || manifest["background"]["service_worker"].as_str().is_none() {
        found.push("the background has to be a service worker alone".into());
    }
}

/// Returns the number, if it is written without a zero before it.
fn number(digits: &str) -> Option<u16> {
    digits.parse().ok().filter(|number: &u16| number.to_string() == digits)
}

/// Checks name and description in each language.
fn words(manifest: &Value, files: &Files, found: &mut Vec<String>) {
    let locale = manifest["default_locale"].as_str().unwrap_or_default();
    if !files.contains_key(&format!("_locales/{locale}/messages.json")) {
        found.push(format!("default_locale {locale:?} has no messages"));
    }
    let languages = files.iter().filter(|(name, _)| name.starts_with("_locales/"));
    for (path, bytes) in languages {
        let Ok(messages) = serde_json::from_slice::<Value>(bytes) else {
            found.push(format!("{path} is no JSON"));
            continue;
        };
        for (field, most) in [("name", 75), ("description", 132)] {
            let said = manifest[field].as_str().unwrap_or_default();
            let key = said.strip_prefix("__MSG_").and_then(|rest| rest.strip_suffix("__"));
            let text = key.map_or(said, |key| messages[key]["message"].as_str().unwrap_or_default());
            let length = text.chars().count();
            if length == 0 || length > most {
                found.push(format!("{path}: the {field} has {length} characters, and one to {most} are allowed"));
            }
        }
    }
}

fn icons(manifest: &Value, files: &Files, found: &mut Vec<String>) {
    for size in ICONS.iter().filter(|size| manifest["icons"].get(size.to_string()).is_none()) {
        found.push(format!("there is no icon of {size} pixels"));
    }
    for list in [&manifest["icons"], &manifest["action"]["default_icon"]] {
        for (size, path) in list.as_object().into_iter().flatten() {
            let path = path.as_str().unwrap_or_default();
            let drawn = files.get(path).and_then(|bytes| bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"));
            let side = |at: usize| Some(u32::from_be_bytes(drawn?.get(at..at + 4)?.try_into().ok()?).to_string());
            if side(0).as_ref() != Some(size) || side(4).as_ref() != Some(size) {
                found.push(format!("{path:?} is no PNG of {size} x {size}"));
            }
        }
    }
}

fn policy(manifest: &Value, found: &mut Vec<String>) {
    let policy = manifest["content_security_policy"]["extension_pages"].as_str().unwrap_or_default();
    for directive in policy.split(';').map(str::trim).filter(|directive| !directive.starts_with("connect-src")) {
        for source in directive.split_whitespace().skip(1) {
            if !["'self'", "'none'", "'wasm-unsafe-eval'"].contains(&source) {
                found.push(format!("the policy allows {source} in `{directive}`"));
            }
        }
    }
    for source in policy.split_whitespace().filter(|source| source.starts_with("http:") || *source == "*") {
        found.push(format!("the policy lets {source} be reached"));
    }
}

fn permissions(manifest: &Value, files: &Files, found: &mut Vec<String>) {
    let strings = |value: &Value| {
        value.as_array().into_iter().flatten().filter_map(|one| one.as_str().map(str::to_owned)).collect::<Vec<_>>()
    };
    let scripts: String =
        files.iter().filter(|(name, _)| name.ends_with(".js")).map(|(_, bytes)| reach::code(bytes)).collect();
    for name in strings(&manifest["permissions"]).into_iter().chain(strings(&manifest["optional_permissions"])) {
        // What is lent by a click on the button needs a button, and no call.
        let used = if name == "activeTab" {
            manifest["action"].is_object()
        } else {
            scripts.contains(&format!("chrome.{name}.")) || scripts.contains(&format!("chrome.{name}?."))
        };
        if !used {
            found.push(format!("the permission `{name}` is asked for, and nothing uses chrome.{name}"));
        }
    }
    let hosts = ["host_permissions", "optional_host_permissions"].into_iter().flat_map(|key| strings(&manifest[key]));
    let scripts = manifest["content_scripts"].as_array().into_iter().flatten();
    for pattern in hosts.chain(scripts.flat_map(|script| strings(&script["matches"]))) {
        if EVERYWHERE.contains(&pattern.as_str()) {
            found.push(format!("{pattern} asks for every site"));
        }
    }
}

/// Checks one file by itself.
fn file(name: &str, bytes: &[u8], found: &mut Vec<String>) {
    let parts = || name.split('/');
    if parts().any(|part| part.starts_with('.') || (part.starts_with('_') && part != "_locales")) {
        found.push(format!("{name}: Chrome keeps names that begin with `_` or `.` for itself"));
    }
    if [".map", ".ts", ".md", ".zip", ".crx", ".pem"].iter().any(|ending| name.ends_with(ending)) {
        found.push(format!("{name} does not belong into a package"));
    }
    if name.ends_with(".js") {
        let code = reach::code(bytes);
        let runs = RUNS_TEXT.iter().filter(|words| code.contains(**words));
        found.extend(runs.map(|words| format!("{name}: `{words}` runs text as code")));
        let remote = code.split(['"', '\'', '`']).filter(|literal| is_remote_code(literal));
        found.extend(remote.map(|address| format!("{name}: {address} is code from outside")));
    }
    if name.ends_with(".html") {
        let text = String::from_utf8_lossy(bytes);
        for tag in text.split('<').skip(1).filter_map(|rest| rest.split_once('>').map(|(tag, _)| tag)) {
            if tag.starts_with("script") && !tag.contains("src=") {
                found.push(format!("{name}: a script stands in the page"));
            }
            let loads = ["script", "link", "img", "iframe"].iter().any(|kind| tag.starts_with(kind));
            if loads && (tag.contains("=\"http") || tag.contains("=\"//")) {
                found.push(format!("{name}: <{tag}> loads from outside"));
            }
            if tag.split_whitespace().any(|part| part.starts_with("on") && part.contains('=')) {
                found.push(format!("{name}: <{tag}> has a script in an attribute"));
            }
        }
    }
}

/// Tells whether a text is the address of a script or of WebAssembly elsewhere.
fn is_remote_code(literal: &str) -> bool {
    let address = literal.strip_prefix("https://").or_else(|| literal.strip_prefix("http://"));
    let path = address.map(|rest| rest.split(['?', '#']).next().unwrap_or_default());
    path.is_some_and(|path| [".js", ".mjs", ".wasm"].iter().any(|ending| path.ends_with(ending)))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A small package that keeps every rule.
    fn package() -> Files {
        let icon = |side: u32| {
            [&b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR"[..], &side.to_be_bytes(), &side.to_be_bytes(), &[8, 6]].concat()
        };
        let manifest = serde_json::json!({
            "manifest_version": 3,
            "name": "__MSG_name__",
            "description": "__MSG_what__",
            "version": "1.20.0",
            "default_locale": "en",
            "icons": { "16": "icons/16.png", "48": "icons/48.png", "128": "icons/128.png" },
            "permissions": ["storage", "activeTab"],
            "host_permissions": ["*://*.example.com/*"],
            "background": { "service_worker": "background/main.js", "type": "module" },
            "action": { "default_popup": "views/popup.html" },
            "content_security_policy": { "extension_pages": "script-src 'self' 'wasm-unsafe-eval'; connect-src https://example.com" },
        });
        let mut files = Files::from([
            ("manifest.json".into(), manifest.to_string().into_bytes()),
            ("_locales/en/messages.json".into(), br#"{"name":{"message":"N"},"what":{"message":"W"}}"#.to_vec()),
            ("background/main.js".into(), b"import { a } from \"../a.js\";\nchrome.storage.local.get(a);".to_vec()),
            ("a.js".into(), b"// new Function(\nexport const a = chrome.runtime.getURL(\"data/list.csv\");".to_vec()),
            ("data/list.csv".into(), b"x".to_vec()),
            (
                "views/popup.html".into(),
                b"<link href=\"popup.css\"><script type=\"module\" src=\"popup.js\"></script>".to_vec(),
            ),
            ("views/popup.css".into(), b"a {}".to_vec()),
            ("views/popup.js".into(), b"await import(\"./late.js\");".to_vec()),
            ("views/late.js".into(), b"export {};".to_vec()),
        ]);
        files.extend([16, 48, 128].map(|side| (format!("icons/{side}.png"), icon(side))));
        files
    }

    /// Returns what is found after a change of the manifest.
    fn with(path: &str, value: Value) -> String {
        let mut files = package();
        let mut manifest: Value = serde_json::from_slice(&files["manifest.json"]).unwrap();
        let (above, key) = path.rsplit_once('/').unwrap();
        manifest.pointer_mut(above).unwrap()[key] = value;
        files.insert("manifest.json".into(), manifest.to_string().into_bytes());
        complaints(&files).join("\n")
    }

    fn with_file(name: &str, text: &str) -> String {
        let mut files = package();
        files.insert(name.into(), text.as_bytes().to_vec());
        complaints(&files).join("\n")
    }

    #[test]
    fn a_package_that_keeps_the_rules_passes() {
        assert_eq!(complaints(&package()), [""; 0]);
    }

    #[test]
    fn each_broken_rule_of_the_manifest_is_named() {
        let long = "x".repeat(133);
        for (path, value, part) in [
            ("/manifest_version", 2.into(), "not 3"),
            ("/update_url", "https://example.com".into(), "`update_url`"),
            ("/version", "1.02".into(), "1.02"),
            ("/version", "0.0".into(), "0.0"),
            ("/version", "1.2.3.4.5".into(), "1.2.3.4.5"),
            ("/background/scripts", serde_json::json!(["a.js"]), "service worker"),
            ("/description", long.as_str().into(), "133 characters"),
            ("/default_locale", "de".into(), "\"de\" has no messages"),
            ("/icons/48", "icons/16.png".into(), "no PNG of 48"),
            ("/icons", serde_json::json!({}), "no icon of 128"),
            ("/permissions", serde_json::json!(["storage", "history"]), "`history`"),
            ("/host_permissions", serde_json::json!(["<all_urls>"]), "every site"),
            ("/content_security_policy/extension_pages", "script-src 'self' 'unsafe-eval'".into(), "'unsafe-eval'"),
            ("/content_security_policy/extension_pages", "script-src https://a.example".into(), "https://a.example"),
            ("/action/default_popup", "views/gone.html".into(), "views/gone.html"),
        ] {
            let found = with(path, value);
            assert!(found.contains(part), "{path}: {part}: {found}");
        }
    }

    #[test]
    fn each_broken_rule_of_a_file_is_named() {
        for (name, text, part) in [
            ("a.js", concat!("export const a = ev", "al(1);"), "runs text as code"),
            ("a.js", "export const a = \"https://example.com/x.js?1\";", "code from outside"),
            ("views/popup.js", "import \"./gone.js\";", "./gone.js"),
            ("views/popup.js", "import x from \"lodash\";", "lodash"),
            ("views/popup.html", "<script>1</script>", "stands in the page"),
            ("views/popup.html", "<script src=\"https://example.com/a.js\"></script>", "loads from outside"),
            ("views/popup.html", "<b onclick=\"x\">", "in an attribute"),
            ("views/popup.html", "<script src=\"gone.js\"></script>", "gone.js"),
            ("views/spare.js", "export {};", "views/spare.js is not used"),
            ("a.js.map", "", "does not belong"),
            ("_metadata/x.json", "", "for itself"),
        ] {
            let found = with_file(name, text);
            assert!(found.contains(part), "{name}: {part}: {found}");
        }
    }
}
