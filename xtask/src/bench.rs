//! Collects all figures: the sizes, weighed here, and what the programs in `tests/bench/` measure, in Rust and in
//! JavaScript, and print as the same lines.
//!
//! A size over its budget fails. Times depend on the machine, so they fail only when that is asked for.

use crate::{browser::Browser, checkout::Checkout, fault::Fault, figure::Figure, package, process, rust, test};
use std::{collections::BTreeSet, process::Command};

pub fn run(checkout: &Checkout, browser: Browser, json: bool, strict: bool) -> Result<(), Fault> {
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
    native.args(["bench", "--quiet", "--package", "recordings", "--bench", "*"]);
    measured(&mut native)?.into_iter().for_each(&mut note);
    for script in test::scripts(checkout, "tests/bench", ".mjs")? {
        measured(test::script(checkout, browser)?.arg(script))?.into_iter().for_each(&mut note);
    }
    package::hold(&if strict { figures } else { package::binding(figures) })
}

/// What a program measured. One that measured nothing has a fault.
fn measured(command: &mut Command) -> Result<Vec<Figure>, Fault> {
    let said = process::capture(command)?;
    let figures: Vec<_> = said.lines().filter_map(Figure::read).collect();
    if figures.is_empty() {
        return Err(Fault::Program { what: process::named(command), how: "printed no figure".into() });
    }
    Ok(figures)
}
