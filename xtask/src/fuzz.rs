//! This module throws arbitrary evidence at the core for as long as it is asked to; each target of `fuzz/` gets an equal share
//! of the time. The first finding ends the run, and is kept in `fuzz/artifacts/`.
//!
//! It starts from the recorded pages and from the inputs that earlier runs kept in `target/fuzz/`. The pinned compiler is
//! enough: a sanitizer needs another one, and would find nothing, because the core has no unsafe code.

use crate::{
    checkout::{self, Checkout},
    fault::Fault,
    process, rust,
    tools::{self, Tool},
};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::{Command, Stdio},
};

const MANIFEST: &str = "fuzz/Cargo.toml";
/// The longest input, in bytes. Error pages are smaller, and longer inputs take more time but find nothing more.
const LONGEST: &str = "-max_len=4096";
/// The number of seconds after which an input counts as a finding.
const SLOWEST: &str = "-timeout=10";

pub fn run(checkout: &Checkout, minutes: f64, target: Option<&str>, input: Option<&Path>) -> Result<(), Fault> {
    let fuzzer = Fuzzer::new(checkout)?;
    let mut targets = fuzzer.targets()?;
    if let Some(target) = target {
        if !targets.iter().any(|known| known == target) {
            return Err(Fault::Input(format!("there is no target {target:?}, only {}", targets.join(", "))));
        }
        targets.retain(|known| known == target);
    }
    if let Some(input) = input {
        let [target] = targets.as_slice() else { return Err(Fault::Input("--input needs --target".into())) };
        let input = env::current_dir().map_err(Fault::file("."))?.join(input);
        return process::run(fuzzer.cargo_fuzz("run").arg(target).arg(input));
    }
    eprintln!("Building the targets …");
    process::run(&mut fuzzer.cargo_fuzz("build"))?;
    fuzzer.write_seeds()?;
    let seconds = (minutes * 60.0 / targets.len() as f64).ceil();
    targets.iter().try_for_each(|target| fuzzer.fuzz(target, seconds))
}

/// Checks the format and the lints of the targets. It leaves out the fuzzer itself, which would have to be built in C++.
pub fn check(checkout: &Checkout) -> Result<(), Fault> {
    process::run(rust::cargo(&checkout.root).args(["fmt", "--check", "--manifest-path", MANIFEST]))?;
    process::run(
        rust::cargo(&checkout.root)
            .args(["clippy", "--quiet", "--locked", "--manifest-path", MANIFEST, "--all-targets"])
            .args(["--no-default-features", "--target-dir"])
            .arg(checkout.join("target/fuzz/build"))
            .args(["--", "-D", "warnings"]),
    )
}

struct Fuzzer<'c> {
    checkout: &'c Checkout,
    /// The `PATH` of the programs that are started, with the folder of `cargo-fuzz` in front.
    path: std::ffi::OsString,
}

impl<'c> Fuzzer<'c> {
    fn new(checkout: &'c Checkout) -> Result<Self, Fault> {
        let program = tools::ensure(checkout, Tool::CARGO_FUZZ)?;
        let known = env::var_os("PATH").unwrap_or_default();
        let folders = program.parent().map(Path::to_owned).into_iter().chain(env::split_paths(&known));
        let path = env::join_paths(folders).map_err(|error| Fault::Input(format!("PATH: {error}")))?;
        Ok(Self { checkout, path })
    }

    fn folder(&self, name: &str) -> PathBuf {
        self.checkout.join("target/fuzz").join(name)
    }

    fn cargo_fuzz(&self, what: &str) -> Command {
        let mut command = rust::cargo(&self.checkout.root);
        command.env("PATH", &self.path).args(["fuzz", what, "--sanitizer", "none", "--target-dir"]);
        command.arg(self.folder("build"));
        command
    }

    fn targets(&self) -> Result<Vec<String>, Fault> {
        let said = process::capture(rust::cargo(&self.checkout.root).env("PATH", &self.path).args(["fuzz", "list"]))?;
        Ok(said.lines().map(str::to_owned).collect())
    }

    fn write_seeds(&self) -> Result<(), Fault> {
        // The seeds are written anew, so that pages that are gone are no seeds any more; the corpus keeps what was found with
        // them.
        checkout::remove_folder(&self.folder("seeds"))?;
        process::run(
            rust::cargo(&self.checkout.root)
                .args(["run", "--quiet", "--locked", "--manifest-path", MANIFEST, "--example", "seeds"])
                .args(["--no-default-features", "--target-dir"])
                .arg(self.folder("build"))
                .arg("--")
                .arg(self.folder("seeds")),
        )
    }

    fn fuzz(&self, target: &str, seconds: f64) -> Result<(), Fault> {
        let (corpus, seeds) = (self.folder("corpus").join(target), self.folder("seeds").join(target));
        [&corpus, &seeds].into_iter().try_for_each(|folder| fs::create_dir_all(folder).map_err(Fault::file(folder)))?;
        let log = self.folder("logs").join(target);
        checkout::write(&log, b"")?;
        let mut words = std::ffi::OsString::from("-dict=");
        words.push(self.folder("seeds").join("words"));
        let status = self
            .cargo_fuzz("run")
            .arg(target)
            .args([corpus, seeds])
            .args(["--", LONGEST, SLOWEST, "-print_final_stats=1"])
            .arg(format!("-max_total_time={seconds}"))
            .arg(words)
            .stderr(Stdio::from(fs::File::create(&log).map_err(Fault::file(&log))?))
            .status()
            .map_err(Fault::file("cargo fuzz"))?;
        let said = String::from_utf8_lossy(&checkout::read(&log)?).into_owned();
        if status.success() {
            let count = stat(&said, "number_of_executed_units");
            println!("{target:<12} {count:>12} inputs {:>10} a second", stat(&said, "average_exec_per_sec"));
            return Ok(());
        }
        println!("{}", said.find("panicked at").and_then(|at| said.get(at..)).unwrap_or(&said).trim_end());
        let kept = said.lines().find_map(|line| line.split_once("Test unit written to ")).map(|(_, path)| path.trim());
        let Some(kept) = kept else {
            return Err(Fault::Program { what: format!("cargo fuzz run {target}"), how: "could not run".into() });
        };
        let kept = Path::new(kept).strip_prefix(&self.checkout.root).unwrap_or(Path::new(kept)).display();
        Err(Fault::Failed(format!(
            "{target}: a finding. Once more with it alone: cargo xtask fuzz --target {target} --input {kept}"
        )))
    }
}

/// Returns the value of the last line `stat::NAME: VALUE`.
fn stat<'s>(said: &'s str, name: &str) -> &'s str {
    let mut values = said.lines().filter_map(|line| line.strip_prefix("stat::")?.strip_prefix(name)?.strip_prefix(':'));
    values.next_back().unwrap_or("?").trim()
}

#[cfg(test)]
mod tests {
    use super::stat;

    #[test]
    fn statistics_are_read() {
        let said = "#7 DONE\nstat::number_of_executed_units: 361680\nstat::average_exec_per_sec:     17222\n";
        assert_eq!((stat(said, "number_of_executed_units"), stat(said, "average_exec_per_sec")), ("361680", "17222"));
        assert_eq!(stat("", "number_of_executed_units"), "?");
    }
}
