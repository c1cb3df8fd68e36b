//! This module follows the names of files through a package: from the manifest to pages and scripts, and from them on. It finds files
//! that nothing names, and names of files that are not there.

use super::super::Files;
use serde_json::Value;
use std::collections::BTreeSet;

/// What in a manifest is never the name of a file.
const NO_FILES: [&str; 6] = ["name", "description", "version", "matches", "permissions", "content_security_policy"];

pub fn complaints(manifest: &Value, files: &Files) -> Vec<String> {
    let mut found = Vec::new();
    let mut reached = BTreeSet::from(["manifest.json".to_owned()]);
    let mut open = Vec::new();
    named(manifest, &mut open);
    let mut open: Vec<(String, String)> = open.into_iter().map(|name| ("manifest.json".to_owned(), name)).collect();
    while let Some((from, name)) = open.pop() {
        let Some(bytes) = files.get(&name) else {
            found.push(format!("{from} names {name}, which is not there"));
            continue;
        };
        if !reached.insert(name.clone()) {
            continue;
        }
        let (loads, unknown) = references(&name, bytes, files);
        found.extend(unknown.into_iter().map(|unknown| format!("{name} loads {unknown}, which is not in the package")));
        open.extend(loads.into_iter().map(|load| (name.clone(), load)));
    }
    // The browser itself reads the languages.
    let unused = files.keys().filter(|name| !reached.contains(*name) && !name.starts_with("_locales/"));
    found.extend(unused.map(|name| format!("{name} is not used by anything in the package")));
    found
}

/// Collects what in a manifest looks like the name of a file.
fn named(value: &Value, into: &mut Vec<String>) {
    match value {
        Value::String(text) => {
            let path = text.split(['?', '#']).next().unwrap_or_default();
            let ending = path.rsplit_once('.').map(|(_, ending)| ending);
            if ["js", "html", "css", "png", "json", "svg"].iter().any(|one| ending == Some(one)) {
                into.push(path.to_owned());
            }
        }
        Value::Array(list) => list.iter().for_each(|one| named(one, into)),
        Value::Object(keys) => {
            let keys =
                keys.iter().filter(|(key, _)| !NO_FILES.contains(&key.as_str()) && !key.ends_with("_permissions"));
            keys.for_each(|(_, one)| named(one, into));
        }
        _ => {}
    }
}

/// Returns the files that a file loads, and what it loads that is not there.
fn references(name: &str, bytes: &[u8], files: &Files) -> (Vec<String>, Vec<String>) {
    let folder = name.rsplit_once('/').map_or("", |(folder, _)| folder);
    let (mut loads, mut unknown) = (Vec::new(), Vec::new());
    let text = match name.rsplit_once('.').map(|(_, ending)| ending) {
        Some("js") => code(bytes),
        Some("html" | "css") => String::from_utf8_lossy(bytes).into_owned(),
        _ => return (loads, unknown),
    };
    // Each quoted text that is the name of a file, from here or from the root, counts as a use of it.
    for literal in text.split(['"', '\'', '`', '(', ')']) {
        let names = [join(folder, literal), join("", literal.trim_start_matches('/'))];
        loads.extend(names.into_iter().flatten().filter(|name| files.contains_key(name)));
    }
    let starts: &[&str] =
        if name.ends_with(".html") { &["src=\"", "href=\""] } else { &["from \"", "import \"", "import(\""] };
    for start in starts {
        let quoted = text.split(start).skip(1).filter_map(|rest| rest.split('"').next());
        let gone = |literal: &&str| !join(folder, literal).is_some_and(|name| files.contains_key(&name));
        // A page may have links to the web and to its own parts.
        let loaded = quoted.filter(|literal| !literal.starts_with("https://") && !literal.starts_with('#'));
        unknown.extend(loaded.filter(gone).map(str::to_owned));
    }
    (loads, unknown)
}

/// Resolves a path against a folder. Paths that lead out of the package have none.
fn join(folder: &str, path: &str) -> Option<String> {
    let path = path.split(['?', '#']).next().filter(|path| !path.is_empty() && !path.contains([' ', '\n', ':']))?;
    let mut parts: Vec<&str> = folder.split('/').filter(|part| !part.is_empty()).collect();
    for part in path.split('/') {
        match part {
            "." => {}
            ".." => drop(parts.pop()?),
            part => parts.push(part),
        }
    }
    Some(parts.join("/"))
}

/// Returns a script without the lines that are comments: types are imported there, and words explained.
pub fn code(bytes: &[u8]) -> String {
    let text = String::from_utf8_lossy(bytes);
    let comment = |line: &&str| !["//", "*", "/*"].iter().any(|start| line.trim_start().starts_with(start));
    text.lines().filter(comment).flat_map(|line| [line, "\n"]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_resolved_within_the_package() {
        assert_eq!(join("views", "./a.js").as_deref(), Some("views/a.js"));
        assert_eq!(join("views/deep", "../../core/a.js?x#y").as_deref(), Some("core/a.js"));
        assert_eq!(join("", "../a.js"), None);
        assert_eq!(join("views", "https://example.com/a.js"), None);
    }

    #[test]
    fn comments_are_no_code() {
        assert_eq!(code(b"/** a */\na();\n  // b\n * c\n"), "a();\n");
    }
}
