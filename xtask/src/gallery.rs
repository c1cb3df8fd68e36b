//! This module opens a browser with the extension and the recorded pages, or visits all of them without a display. It
//! also takes the pictures of the real product that people look at.

use crate::{browser, browser::Browser, checkout::Checkout, fault::Fault, process, test};
use std::env;

pub fn open(checkout: &Checkout, browser: Browser, page: Option<&str>, headless: bool) -> Result<(), Fault> {
    browser::ensure_fonts();
    let mut command = test::script(checkout, browser)?;
    command.arg("tests/browser/run.mjs");
    if let Some(page) = page {
        command.args(["--page", page]);
    }
    if headless || !display() {
        command.arg("--headless");
    }
    process::run(&mut command)
}

/// Runs a `script` of tests/browser: `record.mjs` or `screenshots.mjs`. It uses Chromium, whose pictures are the same
/// every time.
pub fn pictures(checkout: &Checkout, script: &str) -> Result<(), Fault> {
    browser::ensure_fonts();
    process::run(test::script(checkout, Browser::Chromium)?.arg(format!("tests/browser/{script}.mjs")))
}

/// Tells whether there is a display. macOS and Windows always have one, as far as a program can tell.
fn display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(target_os = "macos", windows)) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
