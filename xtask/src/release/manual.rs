//! This module writes the manual of a source archive: one command, and the exact versions of what it needs. The versions are read from
//! the files that decide about them.

use crate::{
    checkout::{self, Checkout},
    fault::Fault,
};

/// The one command that builds the packages. `package.json` has it too, under the name that Mozilla's own builder asks for.
pub const COMMAND: &str = "cargo xtask package";

/// Writes the manual. `sums` are the checksums of the packages that come of it.
pub fn write(checkout: &Checkout, sums: &str) -> Result<String, Fault> {
    let versions = Versions::read(checkout)?;
    let version = checkout.version();
    let sums: String =
        sums.lines().filter(|line| !line.ends_with(".crx")).map(|line| format!("    {line}\n")).collect();
    Ok(format!(
        "# Build Access Medic {version}

This archive holds the whole source. In its folder, one command builds the packages, byte for byte as they were uploaded:

    {COMMAND}

It writes `target/extension/access-medic-{version}-firefox.xpi` (Firefox) and `target/extension/access-medic-{version}-chromium.zip`
(Chrome and Edge), whose SHA-256 are:

{sums}
## What it needs

| tool | version | where it comes from |
| --- | --- | --- |
| Linux, macOS or Windows | any; releases are made on Ubuntu 24.04 | a C linker, such as that of `build-essential`, has to be there |
| rustup | any | https://rustup.rs |
| Rust with {target} | {rust} | rustup installs it by itself, as `rust-toolchain.toml` says |
| Node and npm | {node}; the result does not depend on it | https://nodejs.org |
| wasm-bindgen | {bindgen} | crates.io, as `Cargo.lock` says |
| Binaryen (wasm-opt) | {binaryen} | npm, as `package-lock.json` says; the command calls `npm ci` |

It needs the network, for crates.io and the npm registry. It takes a few minutes, most of them once.

## What is made from what

- `core/access_medic_bg.wasm`, `core/access_medic_checks_bg.wasm` and the `.js` files beside them: the Rust crates in `crate/`, compiled by rustc,
  bound by wasm-bindgen, optimised by wasm-opt (`xtask/src/core.rs`).
- `core/words.bin`, `core/sites.js`, `core/countries.csv`: from `crate/catalog/` and `crate/checks/` (`xtask/src/words.rs`, `sites.rs`).
- `icons/*.png`: drawn from `extension/icons/icon.svg` (`xtask/src/icon.rs`).
- `manifest.json`: without the keys of the other browser (`xtask/src/extension.rs`).
- Everything else is in `extension/` as it ships. There is no bundler and no minifier, and nothing of npm ships.
",
        target = crate::rust::WASM,
        rust = versions.rust,
        node = versions.node,
        bindgen = versions.bindgen,
        binaryen = versions.binaryen,
    ))
}

/// Returns the command of a manual: its first line that is set as code.
pub fn command(manual: &str) -> Option<&str> {
    manual.lines().find_map(|line| line.strip_prefix("    "))
}

struct Versions {
    rust: String,
    node: String,
    bindgen: String,
    binaryen: String,
}

impl Versions {
    fn read(checkout: &Checkout) -> Result<Self, Fault> {
        let toolchain: toml::Table = parsed(checkout, "rust-toolchain.toml")?;
        let workspace: toml::Table = parsed(checkout, "Cargo.toml")?;
        let path = checkout.join("package.json");
        let package: serde_json::Value = serde_json::from_str(&checkout::read_text(&path)?)
            .map_err(|error| Fault::Input(format!("package.json: {error}")))?;
        let missing = |what: &str| Fault::Input(format!("{what} is not where it was."));
        let rust = toolchain.get("toolchain").and_then(|toolchain| toolchain.get("channel")?.as_str());
        let bindgen = workspace.get("workspace").and_then(|all| all.get("dependencies")?.get("wasm-bindgen")?.as_str());
        let rust = rust.ok_or_else(|| missing("The version of Rust"))?;
        let bindgen = bindgen.ok_or_else(|| missing("The version of wasm-bindgen"))?;
        let node = package["engines"]["node"].as_str().ok_or_else(|| missing("The version of Node"))?;
        let binaryen = package["devDependencies"]["binaryen"].as_str().ok_or_else(|| missing("That of Binaryen"))?;
        Ok(Self {
            rust: rust.into(),
            node: format!("{} or later", node.trim_start_matches(['>', '='])),
            bindgen: bindgen.trim_start_matches('=').into(),
            binaryen: binaryen.into(),
        })
    }
}

fn parsed(checkout: &Checkout, name: &str) -> Result<toml::Table, Fault> {
    toml::from_str(&checkout::read_text(&checkout.join(name))?)
        .map_err(|error| Fault::Input(format!("{name}: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_manual_names_one_command_and_exact_versions() {
        let checkout = Checkout::current().unwrap();
        let manual = write(&checkout, "12ab  access-medic-firefox.xpi\n34cd  access-medic-chromium.crx\n").unwrap();
        assert_eq!(command(&manual), Some(COMMAND));
        assert!(manual.contains("    12ab  access-medic-firefox.xpi") && !manual.contains(".crx"), "{manual}");
        let rows: Vec<_> = manual.lines().filter(|line| line.starts_with("| ")).collect();
        for tool in ["Rust with", "Node", "wasm-bindgen", "Binaryen"] {
            let row = rows.iter().find(|row| row.starts_with(&format!("| {tool}"))).unwrap();
            assert!(row.split('|').nth(2).unwrap().trim().starts_with(|c: char| c.is_ascii_digit()), "{row}");
        }
    }

    #[test]
    fn the_builder_of_mozilla_gets_the_same_command() {
        let text = checkout::read_text(&Checkout::current().unwrap().join("package.json")).unwrap();
        let package: serde_json::Value = serde_json::from_str(&text).unwrap();
        assert_eq!(package["scripts"]["build-for-amo"], COMMAND);
    }
}
