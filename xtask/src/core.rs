//! Builds the core: Rust → WebAssembly → its JavaScript side → optimised, in `target/bindgen/core/`.
//!
//! The same sources give the same bytes on every machine; `ci` compares two builds.

use crate::{
    checkout::{self, Checkout},
    fault::Fault,
    node, process, rust,
};
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

pub const SCRIPT: &str = "access_medic.js";
pub const BINARY: &str = "access_medic_bg.wasm";

/// Every feature here is older than the oldest browsers of `manifest.json`. wasm-opt has to be told: the list inside
/// the file goes, because it helps nobody who runs it.
const OPTIMISE: [&str; 10] = [
    "-O3",
    "--enable-mutable-globals",
    "--enable-sign-ext",
    "--enable-bulk-memory",
    "--enable-nontrapping-float-to-int",
    "--enable-reference-types",
    "--enable-multivalue",
    "--strip-debug",
    "--strip-producers",
    "--strip-target-features",
];

/// Builds what has changed since the last time.
pub fn build(checkout: &Checkout) -> Result<(), Fault> {
    rust::ensure_wasm_target(&checkout.root)?;
    node::ensure(checkout)?;
    let raw = checkout::read(&compile(checkout)?)?;
    let recipe = recipe(checkout)?;
    let (kept_raw, kept_recipe) = (checkout.join("target/bindgen/raw.wasm"), checkout.join("target/bindgen/recipe"));
    let current = checkout.core().join(BINARY).is_file()
        && checkout::read(&kept_recipe).is_ok_and(|kept| kept == recipe.as_bytes())
        && checkout::read(&kept_raw).is_ok_and(|kept| kept == raw);
    if current {
        return Ok(());
    }
    // Written last and removed first: what is there after an interruption is never taken for finished.
    checkout::remove_folder(&checkout.join("target/bindgen"))?;
    checkout::write(&kept_raw, &raw)?;
    bind(raw, &checkout.core())?;
    optimise(checkout, &checkout.core().join(BINARY))?;
    checkout::write(&kept_recipe, recipe.as_bytes())
}

/// The raw WebAssembly, where cargo says that it put it.
fn compile(checkout: &Checkout) -> Result<PathBuf, Fault> {
    let target = checkout.target();
    let flags = rust::remap_flags(&checkout.root, &target)?.join("\u{1f}");
    let messages = process::capture(
        rust::cargo(&checkout.root)
            .args(["build", "--release", "--package", "access-medic", "--lib", "--target", rust::WASM])
            .args(["--message-format", "json-render-diagnostics", "--target-dir"])
            .arg(&target)
            .env("CARGO_ENCODED_RUSTFLAGS", flags),
    )?;
    let artifact = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .find(|path| path.file_name().is_some_and(|name| name == "access_medic.wasm"));
    artifact.ok_or_else(|| Fault::Input("cargo built no access_medic.wasm: is crate/ still a cdylib?".into()))
}

/// Two builds of the core that have the same one are the same.
pub fn identity(checkout: &Checkout) -> Result<Vec<u8>, Fault> {
    Ok([checkout::read(&checkout.join("target/bindgen/raw.wasm"))?, recipe(checkout)?.into_bytes()].concat())
}

fn bind(raw: Vec<u8>, folder: &Path) -> Result<(), Fault> {
    let made = Bindgen::new()
        .input_bytes("access_medic", raw)
        .typescript(true)
        .remove_name_section(true)
        .remove_producers_section(true)
        .omit_default_module_path(true)
        .web(true)
        .and_then(|bindgen| bindgen.generate(folder));
    made.map_err(|error| Fault::Program { what: "wasm-bindgen".into(), how: format!("{error:#}") })
}

fn optimise(checkout: &Checkout, binary: &Path) -> Result<(), Fault> {
    process::run(
        node::node(checkout)
            .arg(checkout.module("binaryen/bin/wasm-opt"))
            .args(OPTIMISE)
            .arg(binary)
            .arg("-o")
            .arg(binary),
    )
}

/// All that decides about the result besides the raw WebAssembly: this file, and the optimiser's version.
fn recipe(checkout: &Checkout) -> Result<String, Fault> {
    let binaryen = checkout::read_text(&checkout.module("binaryen/package.json"))?;
    Ok(format!("{}\n{binaryen}", include_str!("core.rs")))
}
