//! This module collects all figures. It weighs the sizes itself. The programs in `tests/bench/`, in Rust and in
//! JavaScript, measure the other figures and print them as the same lines.
//!
//! A size over its budget fails. Times depend on the machine, so they fail only when that is asked for.

use crate::{
    browser::Browser,
    checkout::{self, Checkout},
    core,
    fault::Fault,
    figure::Figure,
    package, process, rust, test,
};
use std::{
    collections::{BTreeMap, BTreeSet},
    process::Command,
};

/// This says how the figures are taken and told.
#[derive(Clone, Copy, Default)]
pub struct Manner {
    /// One JSON object a line, instead of a table.
    pub json: bool,
    /// A time over its budget fails, too.
    pub strict: bool,
    /// Fewer rounds, and no core with more phrases: this is enough to see that everything can still be measured.
    pub brief: bool,
}

pub fn run(checkout: &Checkout, browser: Browser, Manner { json, strict, brief }: Manner) -> Result<(), Fault> {
    let mut figures = Vec::new();
    let mut seen = BTreeSet::new();
    let mut note = |figure: Figure| {
        if seen.insert(figure.name.clone()) {
            println!("{}", if json { figure.line() } else { figure.row() });
            figures.push(figure);
        }
    };
    if !json {
        println!("{:<36} {:>22} {:>22}", "name", "value", "budget");
    }
    for packed in Browser::ALL {
        package::make(checkout, packed)?.figures.into_iter().for_each(&mut note);
    }
    let mut native = rust::cargo(&checkout.root);
    native.args(["bench", "--locked", "--quiet", "--package", "recordings", "--bench", "*"]);
    measured(&mut native)?.into_iter().for_each(&mut note);
    if !brief {
        grow(checkout)?;
    }
    for script in test::scripts(checkout, "tests/bench", ".mjs")? {
        let mut command = test::script(checkout, browser)?;
        if brief {
            command.env("BRIEF", "1");
        }
        measured(command.arg(script))?.into_iter().for_each(&mut note);
    }
    package::hold(&if strict { figures } else { package::binding(figures) })
}

/// Returns what a program measured. A program that measured nothing has a fault.
fn measured(command: &mut Command) -> Result<Vec<Figure>, Fault> {
    let said = process::capture(command)?;
    let figures: Vec<_> = said.lines().filter_map(Figure::read).collect();
    if figures.is_empty() {
        return Err(Fault::Program { what: process::named(command), how: "printed no figure".into() });
    }
    Ok(figures)
}

/// Builds the core with more phrases, in `target/bench/cores/`, to measure how a larger catalogue would do. It builds a
/// copy of the sources with one more signature, whose phrases are looked for but which never holds.
fn grow(checkout: &Checkout) -> Result<(), Fault> {
    const MORE: &str = "crate/catalog/signatures/more/phrases.toml";
    let mut list = rust::cargo(&checkout.root);
    list.args(["bench", "--locked", "--quiet", "--package", "recordings", "--bench", "phrases", "--", "--list"]);
    let list = process::capture(&mut list)?;
    let (cores, stamp) = (checkout.join("target/bench/cores"), checkout.join("target/bench/stamp"));
    let current = [list.as_bytes(), &core::identity(checkout)?].concat();
    if checkout::read(&stamp).is_ok_and(|kept| kept == current) {
        return Ok(());
    }
    let unreadable = |error: serde_json::Error| Fault::Input(format!("the phrases: {error}"));
    let lists: BTreeMap<usize, Vec<String>> = serde_json::from_str(&list).map_err(unreadable)?;
    let folder = checkout.elsewhere();
    // This removes the old sources of the crate, but not what was built there.
    checkout::remove_folder(&folder.join("crate"))?;
    let copy = checkout.copy_files(folder)?;
    for (factor, phrases) in lists.iter().filter(|(factor, _)| **factor > 1) {
        // A list of strings in JSON is also a list of strings in TOML.
        let phrases = serde_json::to_string(phrases).map_err(unreadable)?;
        let signature = format!(
            "about = \"More phrases.\"\ncause = \"blocked_by_rule\"\nconfidence = \"possible\"\nsurface = \"page\"\n\
             all = [{{ status = 599 }}, {{ text = {phrases} }}]\n"
        );
        checkout::write(&copy.join(MORE), signature.as_bytes())?;
        core::build(&copy)?;
        for name in core::files() {
            let built = checkout::read(&copy.core().join(&name))?;
            checkout::write(&cores.join(factor.to_string()).join(&name), &built)?;
        }
    }
    checkout::write(&stamp, &current)
}
