//! This module runs all that decides whether a change may land: the gates, the tests and the size budgets. It is one
//! command, and it is the same everywhere. All gates are tried, even if one of them fails.

use crate::{
    bench::{self, Manner},
    browser::Browser,
    checkout::{self, Checkout},
    extension,
    fault::Fault,
    fuzz, lint, node, package, process, release, rust, test,
    tools::{self, Tool},
    workflows,
};
use std::{
    process::Command,
    time::{Duration, Instant},
};

struct Gates {
    results: Vec<(String, Duration, Option<Fault>)>,
}

impl Gates {
    fn try_one(&mut self, name: &str, gate: impl FnOnce() -> Result<(), Fault>) {
        println!("\n== {name}");
        let start = Instant::now();
        let fault = gate().err();
        let time = start.elapsed();
        match &fault {
            None => println!("== {name}: ok, {:.1} s", time.as_secs_f64()),
            Some(fault) => println!("== {name}: FAILED, {:.1} s: {fault}", time.as_secs_f64()),
        }
        self.results.push((name.into(), time, fault));
    }

    /// Prints the result of each gate. If a gate failed, the answer is [`Fault::Told`], because nothing is left to say.
    fn summary(&self) -> Result<(), Fault> {
        println!("\nGates:");
        for (name, time, fault) in &self.results {
            println!(
                "  {:<28} {:>7.1} s  {}",
                name,
                time.as_secs_f64(),
                fault.as_ref().map_or("ok".into(), |fault| format!("FAILED: {fault}"))
            );
        }
        let failed = self.results.iter().filter(|(_, _, fault)| fault.is_some()).count();
        if failed == 0 {
            return Ok(());
        }
        println!("{failed} of {} gates did not hold.", self.results.len());
        Err(Fault::Told)
    }
}

/// `is_command` tells whether the words behind `cargo xtask` are a command.
pub fn run(checkout: &Checkout, is_command: fn(&str) -> bool) -> Result<(), Fault> {
    let mut gates = Gates { results: Vec::new() };
    let cargo = |words: &[&str]| process::run(rust::cargo(&checkout.root).args(words));

    gates.try_one("rustfmt", || cargo(&["fmt", "--all", "--check"]));
    gates.try_one("clippy, native", || {
        cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "-D", "warnings"])
    });
    gates.try_one("clippy, wasm", || {
        rust::ensure_wasm_target(&checkout.root)?;
        let packages = ["-p", "access-medic", "-p", "access-medic-checks", "--lib"];
        cargo(&[&["clippy", "--locked"], &packages[..], &["--target", rust::WASM, "--", "-D", "warnings"]].concat())
    });
    gates.try_one("fuzz targets", || fuzz::check(checkout));
    // The build comes before the type checker, which reads the types that are generated from the core.
    gates.try_one("build", || {
        node::ensure(checkout)?;
        Browser::ALL.into_iter().try_for_each(|browser| extension::build(checkout, browser).map(drop))
    });
    gates.try_one("types of the JavaScript", || {
        ["tsconfig.json", "tsconfig.tests.json"].into_iter().try_for_each(|config| {
            process::run(node::node(checkout).arg(checkout.module("typescript/bin/tsc")).args(["--project", config]))
        })
    });
    gates.try_one("Biome", || {
        process::run(node::node(checkout).arg(checkout.module("@biomejs/biome/bin/biome")).args([
            "ci",
            "--error-on-warnings",
            "--colors=off",
        ]))
    });
    gates.try_one("workflows of the forge", || workflows::check(checkout, is_command));
    gates.try_one("licences, bans, sources", || {
        let deny = tools::ensure(checkout, Tool::CARGO_DENY)?;
        process::run(Command::new(deny).current_dir(&checkout.root).args([
            "--workspace",
            "check",
            "licenses",
            "bans",
            "sources",
        ]))
    });
    gates.try_one("spelling", || {
        let typos = tools::ensure(checkout, Tool::TYPOS)?;
        process::run(Command::new(typos).current_dir(&checkout.root).args(["--color", "never"]))
    });
    gates.try_one("packages and their sizes", || {
        for browser in Browser::ALL {
            let packed = package::make(checkout, browser)?;
            packed.figures.iter().for_each(|figure| println!("{}", figure.row()));
            package::hold(&package::binding(packed.figures))?;
        }
        Ok(())
    });
    gates.try_one("release, twice the same bytes", || release::rehearsal::run(checkout, checkout.version()));
    gates.try_one("add-on linter", || {
        Browser::ALL.into_iter().try_for_each(|browser| {
            let path = package::make(checkout, browser)?.path;
            lint::check(checkout, browser, &path)
        })
    });
    gates.try_one("rules of Chrome's store", || release::rules::check(&extension::build(checkout, Browser::Chromium)?));

    println!("\n== tests");
    let start = Instant::now();
    let ended = test::run(checkout, &Browser::ALL, None)?;
    println!("== tests: {}, {:.1} s", ended.tally, start.elapsed().as_secs_f64());

    gates.try_one("figures", || {
        bench::run(checkout, Browser::Chromium, Manner { json: true, strict: false, brief: true })
    });

    checkout::remove_folder(&checkout.join("target/elsewhere"))?;
    // The failed tests and the count are printed last, whatever the gates said.
    let held = gates.summary();
    test::close(ended).and(held)
}
