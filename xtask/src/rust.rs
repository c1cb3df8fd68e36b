//! This module calls cargo, and adds the WebAssembly target if rustup was told not to add it by itself.

use crate::{fault::Fault, process};
use std::{env, path::Path, path::PathBuf, process::Command};

pub const WASM: &str = "wasm32-unknown-unknown";

/// Returns a command for `cargo` in the root of a checkout.
pub fn cargo(root: &Path) -> Command {
    let mut command = Command::new(env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(root);
    // Flags of the caller would change the bytes, and the variables that `cargo run` set for this program are not meant
    // for the programs that it starts.
    let foreign = ["CARGO_PROFILE_", "CARGO_PKG_", "CARGO_MANIFEST_"];
    let flags = [
        "RUSTFLAGS",
        "CARGO_ENCODED_RUSTFLAGS",
        "CARGO_BUILD_RUSTFLAGS",
        "CARGO_BUILD_TARGET",
        "CARGO_BUILD_BUILD_DIR",
    ];
    for (name, _) in env::vars_os() {
        if name
            .to_str()
            .is_some_and(|name| flags.contains(&name) || foreign.iter().any(|start| name.starts_with(start)))
        {
            command.env_remove(name);
        }
    }
    command
}

pub fn rustc(root: &Path) -> Command {
    let mut command = Command::new("rustc");
    command.current_dir(root);
    command
}

/// Makes sure that the WebAssembly target is there. `rust-toolchain.toml` asks for it, and rustup usually brings it,
/// but not if automatic installation is off.
pub fn ensure_wasm_target(root: &Path) -> Result<(), Fault> {
    let present = || {
        process::probe(rustc(root).args(["--print", "target-libdir", "--target", WASM]))
            .is_some_and(|folder| PathBuf::from(folder.trim()).is_dir())
    };
    if present() {
        return Ok(());
    }
    eprintln!("Adding the Rust target {WASM} …");
    let added = process::run(Command::new("rustup").current_dir(root).args(["target", "add", WASM]));
    if added.is_ok() && present() {
        return Ok(());
    }
    Err(Fault::Missing(format!("The Rust target {WASM} is missing; with rustup: `rustup target add {WASM}`.")))
}

/// Returns the flags that take this machine's folders out of the binary, so that it comes out the same everywhere.
pub fn remap_flags(root: &Path, target: &Path) -> Result<Vec<String>, Fault> {
    // If two of these folders fit a path, the compiler takes the later one.
    let mut folders: Vec<(PathBuf, String)> =
        vec![(root.to_owned(), "/access-medic".into()), (target.to_owned(), "/access-medic/target".into())];
    for registry in registry_folders(root)? {
        folders.push((registry, "/registry".into()));
    }
    // If the standard library's source is installed, the compiler names it by its folder; otherwise it uses this name.
    let sysroot = process::capture(rustc(root).args(["--print", "sysroot"]))?;
    let version = process::capture(rustc(root).arg("-vV"))?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: ")).unwrap_or("unknown");
    folders.push((Path::new(sysroot.trim()).join("lib/rustlib/src/rust"), format!("/rustc/{commit}")));
    Ok(folders.into_iter().map(|(from, to)| format!("--remap-path-prefix={}={to}", from.display())).collect())
}

/// Returns the folders that hold the unpacked crates. Their names depend on where a machine gets its crates from.
fn registry_folders(root: &Path) -> Result<Vec<PathBuf>, Fault> {
    let metadata = process::capture(cargo(root).args(["metadata", "--locked", "--format-version", "1"]))?;
    let metadata: serde_json::Value =
        serde_json::from_str(&metadata).map_err(|error| Fault::Input(format!("cargo metadata: {error}")))?;
    let mut folders: Vec<PathBuf> = metadata["packages"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|package| package["source"].is_string())
        .filter_map(|package| Path::new(package["manifest_path"].as_str()?).parent()?.parent().map(Path::to_owned))
        .collect();
    folders.sort_unstable();
    folders.dedup();
    Ok(folders)
}
