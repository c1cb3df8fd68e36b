//! This module builds the core in `target/bindgen/core/`: Rust → WebAssembly → its JavaScript side → optimised.
//!
//! The same sources give the same bytes on every machine; `ci` compares two builds.

use crate::{
    checkout::{self, Checkout},
    fault::Fault,
    node, process, rust,
};
use std::path::{Path, PathBuf};
use wasm_bindgen_cli_support::Bindgen;

/// This is a crate that becomes WebAssembly: its package, and the name of what is made of it.
struct Module {
    package: &'static str,
    name: &'static str,
}

/// The core itself and the checks. They are apart, because a failing page needs the core at once, and the checks only
/// if somebody asks for them.
const MODULES: [Module; 2] = [
    Module { package: "access-medic", name: "access_medic" },
    Module { package: "access-medic-checks", name: "access_medic_checks" },
];

/// Returns the files of the modules that ship, in `target/bindgen/core/`.
pub fn files() -> impl Iterator<Item = String> {
    MODULES.iter().flat_map(|module| [module.script(), module.binary()])
}

/// Returns the WebAssembly file of the core, whose size has a budget, and that of the checks.
pub fn binaries() -> [String; 2] {
    MODULES.each_ref().map(Module::binary)
}

impl Module {
    fn script(&self) -> String {
        format!("{}.js", self.name)
    }

    fn binary(&self) -> String {
        format!("{}_bg.wasm", self.name)
    }

    /// Returns the path of the WebAssembly as cargo made it. It is kept to know whether anything has changed.
    fn raw(&self, checkout: &Checkout) -> PathBuf {
        checkout.join(&format!("target/bindgen/{}.wasm", self.name))
    }
}

/// The options of wasm-opt. Every feature here is older than the oldest browsers of `manifest.json`. wasm-opt has to be
/// told the features. The list of them inside the file is removed, because it helps nobody who runs the file.
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

/// Builds the modules if anything has changed since the last time.
pub fn build(checkout: &Checkout) -> Result<(), Fault> {
    rust::ensure_wasm_target(&checkout.root)?;
    node::ensure(checkout)?;
    let recipe = recipe(checkout)?;
    let kept_recipe = checkout.join("target/bindgen/recipe");
    let raws = MODULES
        .iter()
        .map(|module| Ok((module, checkout::read(&compile(checkout, module)?)?)))
        .collect::<Result<Vec<_>, Fault>>()?;
    let current = checkout::read(&kept_recipe).is_ok_and(|kept| kept == recipe.as_bytes())
        && raws.iter().all(|(module, raw)| {
            checkout.core().join(module.binary()).is_file()
                && checkout::read(&module.raw(checkout)).is_ok_and(|kept| kept == *raw)
        });
    if current {
        return Ok(());
    }
    // The recipe is written last and removed first, so that an interrupted build is never taken for a finished one.
    checkout::remove_folder(&checkout.join("target/bindgen"))?;
    for (module, raw) in raws {
        checkout::write(&module.raw(checkout), &raw)?;
        bind(raw, module, &checkout.core())?;
        optimise(checkout, &checkout.core().join(module.binary()))?;
    }
    checkout::write(&kept_recipe, recipe.as_bytes())
}

/// Compiles a module, and returns the path of the raw WebAssembly that cargo reports.
fn compile(checkout: &Checkout, module: &Module) -> Result<PathBuf, Fault> {
    let target = checkout.target();
    let flags = rust::remap_flags(&checkout.root, &target)?.join("\u{1f}");
    let messages = process::capture(
        rust::cargo(&checkout.root)
            .args(["build", "--locked", "--release", "--package", module.package, "--lib", "--target", rust::WASM])
            .args(["--message-format", "json-render-diagnostics", "--target-dir"])
            .arg(&target)
            .env("CARGO_ENCODED_RUSTFLAGS", flags),
    )?;
    let artifact = messages
        .lines()
        .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
        .flat_map(|message| message["filenames"].as_array().cloned().unwrap_or_default())
        .filter_map(|name| name.as_str().map(PathBuf::from))
        .find(|path| path.file_name().is_some_and(|name| name == format!("{}.wasm", module.name).as_str()));
    artifact.ok_or_else(|| Fault::Input(format!("cargo built no {}.wasm: is it still a cdylib?", module.name)))
}

/// Returns the identity of a build: two builds of the core with the same identity are the same.
pub fn identity(checkout: &Checkout) -> Result<Vec<u8>, Fault> {
    let raws = MODULES.iter().map(|module| checkout::read(&module.raw(checkout))).collect::<Result<Vec<_>, _>>()?;
    Ok([raws.concat(), recipe(checkout)?.into_bytes()].concat())
}

fn bind(raw: Vec<u8>, module: &Module, folder: &Path) -> Result<(), Fault> {
    let made = Bindgen::new()
        .input_bytes(module.name, raw)
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

/// Returns all that decides about the result besides the raw WebAssembly: this file, and the optimiser's version.
fn recipe(checkout: &Checkout) -> Result<String, Fault> {
    let binaryen = checkout::read_text(&checkout.module("binaryen/package.json"))?;
    Ok(format!("{}\n{binaryen}", include_str!("core.rs")))
}
