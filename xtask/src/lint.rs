//! This module asks Mozilla's add-on linter about the packages. The linter checks for Firefox. What it finds in
//! Chromium's package counts too, except for findings that are only about Chromium being another browser.

use crate::{browser::Browser, checkout::Checkout, fault::Fault, node};
use serde::Deserialize;
use std::{path::Path, process::Stdio};

#[derive(Deserialize)]
struct Findings {
    #[serde(default)]
    errors: Vec<Finding>,
    #[serde(default)]
    warnings: Vec<Finding>,
}

#[derive(Deserialize)]
struct Finding {
    code: String,
    message: String,
    #[serde(default)]
    file: Option<String>,
}

/// The findings about keys that only Firefox has, which the linter misses in Chromium's package; without an id it also takes the
/// package for one whose managed storage nobody could set. In Firefox's own package nothing is forgiven, neither errors nor
/// warnings, because all of them can be avoided.
const FIREFOX_ONLY: [&str; 4] = [
    "BACKGROUND_SERVICE_WORKER_NOFALLBACK",
    "ADDON_ID_REQUIRED",
    "MISSING_DATA_COLLECTION_PERMISSIONS",
    "STORAGE_MANAGED",
];

pub fn check(checkout: &Checkout, browser: Browser, package: &Path) -> Result<(), Fault> {
    let mut command = node::node(checkout);
    command.arg(checkout.module("addons-linter/bin/addons-linter")).args(["--output", "json"]).arg(package);
    // The linter ends with a failure when it found an error, so only what it prints decides.
    let output = command.stderr(Stdio::inherit()).output().map_err(Fault::file("addons-linter"))?;
    let findings: Findings = serde_json::from_slice(&output.stdout)
        .map_err(|error| Fault::Program { what: "addons-linter".into(), how: format!("unreadable answer: {error}") })?;
    let mut counted = 0;
    for finding in findings.errors.iter().chain(&findings.warnings) {
        if browser == Browser::Chromium && FIREFOX_ONLY.contains(&finding.code.as_str()) {
            continue;
        }
        counted += 1;
        println!("{}: {} {}", finding.file.as_deref().unwrap_or("package"), finding.code, finding.message);
    }
    if counted == 0 {
        return Ok(());
    }
    Err(Fault::Failed(format!("{counted} findings in the package for {}.", browser.title())))
}
