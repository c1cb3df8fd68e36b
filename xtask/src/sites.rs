//! This module makes `core/sites.js`: the list of sites of `crate/catalog/sites.toml`, as the shell and the browser
//! tests read it.

#[path = "../../crate/build/sites.rs"]
mod list;

use crate::{checkout::Checkout, fault::Fault};
use list::{Checks, Sites};

pub const NAME: &str = "sites.js";

/// Writes each list as JSON, which is JavaScript too.
pub fn script(checkout: &Checkout) -> Result<String, Fault> {
    let file = "crate/catalog/sites.toml";
    let sites = list::read(&checkout.join(file)).map_err(|fault| Fault::Input(format!("{file}: {fault}")))?;
    let Sites { ours, checks: Checks { traced, silent, incidents }, passed } = sites;
    let mut script = format!("// Written by `cargo xtask build` from {file}.\n");
    for (name, list) in [
        ("OURS", serde_json::json!(ours)),
        ("PASSED", serde_json::json!(passed)),
        ("TRACED", serde_json::json!(traced)),
        ("SILENT", serde_json::json!(silent)),
        ("INCIDENTS", serde_json::json!(incidents)),
    ] {
        script.push_str(&format!("export const {name} = {list};\n"));
    }
    Ok(script)
}
