//! This module provides Node and the npm packages: the only JavaScript tools are those that `package-lock.json` names.

use crate::{checkout::Checkout, fault::Fault, process};
use std::{fs, process::Command, time::SystemTime};

const OLDEST: u32 = 20;

/// Returns a command for Node, to run a script of the repository or of an npm package.
pub fn node(checkout: &Checkout) -> Command {
    let mut command = Command::new("node");
    command.current_dir(&checkout.root);
    command
}

/// Makes sure that Node is there and that `node_modules` is what the lock file says.
pub fn ensure(checkout: &Checkout) -> Result<(), Fault> {
    let version = process::probe(Command::new("node").arg("--version")).unwrap_or_default();
    if major(&version).is_none_or(|major| major < OLDEST) {
        let found = if version.is_empty() { "was not found".into() } else { format!("is {}", version.trim()) };
        return Err(Fault::Missing(format!("Node {OLDEST} or later with npm is needed; node {found}.")));
    }
    // A copy of a checkout is built with the packages of the checkout that it was made from.
    if checkout.module("") != checkout.join("node_modules") {
        return Ok(());
    }
    let changed = |path| fs::metadata(path).and_then(|data| data.modified()).unwrap_or(SystemTime::UNIX_EPOCH);
    // npm writes this file last, so it is also missing after an installation that was interrupted.
    if changed(checkout.module(".package-lock.json")) > changed(checkout.join("package-lock.json")) {
        return Ok(());
    }
    eprintln!("Installing the npm packages of package-lock.json …");
    process::run(npm().current_dir(&checkout.root).args(["ci", "--no-audit", "--no-fund"]))
}

pub fn npm() -> Command {
    Command::new(if cfg!(windows) { "npm.cmd" } else { "npm" })
}

/// Returns the major version, such as 20 of `v20.20.2`.
fn major(version: &str) -> Option<u32> {
    version.trim().strip_prefix('v')?.split('.').next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::major;

    #[test]
    fn the_major_version_is_read() {
        assert_eq!(major("v20.20.2\n"), Some(20));
        assert_eq!(major(""), None);
        assert_eq!(major("20"), None);
    }
}
