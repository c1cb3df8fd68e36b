//! Brings programs that are written in Rust and only checked with: at one exact version, into `target/tools/`.

use crate::{checkout::Checkout, fault::Fault, process, rust};
use std::{env, path::PathBuf, process::Command};

pub struct Tool {
    package: &'static str,
    program: &'static str,
    version: &'static str,
}

impl Tool {
    pub const CARGO_DENY: Self = Self { package: "cargo-deny", program: "cargo-deny", version: "0.20.2" };
    pub const CARGO_FUZZ: Self = Self { package: "cargo-fuzz", program: "cargo-fuzz", version: "0.13.2" };
    pub const TYPOS: Self = Self { package: "typos-cli", program: "typos", version: "1.52.0" };
}

/// The program, from an earlier installation, from `PATH`, or built now.
pub fn ensure(checkout: &Checkout, tool: Tool) -> Result<PathBuf, Fault> {
    let folder = checkout.join("target/tools");
    let file = format!("{}{}", tool.program, env::consts::EXE_SUFFIX);
    let own = folder.join("bin").join(&file);
    let path = env::var_os("PATH").unwrap_or_default();
    let present = std::iter::once(own.clone())
        .chain(env::split_paths(&path).map(|folder| folder.join(&file)))
        .filter(|program| program.is_file())
        .find(|program| {
            let said = process::probe(Command::new(program).arg("--version")).unwrap_or_default();
            said.split_whitespace().any(|word| word == tool.version)
        });
    if let Some(program) = present {
        return Ok(program);
    }
    eprintln!("Building {} {} (once) …", tool.package, tool.version);
    // Not optimised: building would take longer than all that it will ever do here.
    process::run(
        rust::cargo(&checkout.root)
            .args(["install", "--quiet", "--locked", "--debug", "--version", tool.version, tool.package, "--root"])
            .arg(&folder)
            .arg("--target-dir")
            .arg(folder.join("build"))
            .env("CARGO_PROFILE_DEV_DEBUG", "false"),
    )?;
    Ok(own)
}
