//! Hands over to the program in `xtask/diagnose/`, the only one here that is built with the core.

use crate::{checkout::Checkout, fault::Fault, process, rust};
use std::{
    env,
    ffi::OsString,
    process::{Command, exit},
};

/// In the folder that the person is in, since files are named from there. Its exit code becomes ours: it has said
/// what there is to say.
pub fn run(checkout: &Checkout, arguments: &[OsString]) -> Result<(), Fault> {
    let mut command: Command = rust::cargo(&checkout.root);
    command.args(["run", "--quiet", "--package", "diagnose", "--manifest-path"]).arg(checkout.join("Cargo.toml"));
    if let Ok(folder) = env::current_dir() {
        command.current_dir(folder);
    }
    command.arg("--").args(arguments);
    let status = command.status().map_err(Fault::file(process::named(&command)))?;
    if status.success() { Ok(()) } else { exit(status.code().unwrap_or(1)) }
}
