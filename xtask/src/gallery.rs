//! Opens a browser with the extension and the recorded pages, or visits all of them without a display.

use crate::{browser, browser::Browser, checkout::Checkout, fault::Fault, process, test};
use std::env;

pub fn open(checkout: &Checkout, browser: Browser, page: Option<&str>, headless: bool) -> Result<(), Fault> {
    browser::ensure_chinese_font();
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

/// macOS and Windows always have one, as far as a program can tell.
fn display() -> bool {
    let set = |name| env::var_os(name).is_some_and(|value| !value.is_empty());
    cfg!(any(target_os = "macos", windows)) || set("DISPLAY") || set("WAYLAND_DISPLAY")
}
