//! This module hands over to a program of the workspace that is built with the core. xtask itself is built without the
//! core, so that it starts at once.

use crate::{checkout::Checkout, fault::Fault, process, rust};
use std::{
    env,
    ffi::OsString,
    process::{Command, exit},
};

/// Runs the program in the folder that the person is in, because files are named from there. Its exit code becomes
/// ours, because it has said what there is to say. `how` holds more words for `cargo run`.
pub fn run(checkout: &Checkout, name: &str, how: &[&str], arguments: &[OsString]) -> Result<(), Fault> {
    let mut command: Command = rust::cargo(&checkout.root);
    command.args(["run", "--quiet", "--package", name, "--bin", name]).args(how);
    command.arg("--manifest-path").arg(checkout.join("Cargo.toml"));
    if let Ok(folder) = env::current_dir() {
        command.current_dir(folder);
    }
    command.arg("--").args(arguments);
    let status = command.status().map_err(Fault::file(process::named(&command)))?;
    if status.success() { Ok(()) } else { exit(status.code().unwrap_or(1)) }
}
