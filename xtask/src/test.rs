//! Runs every test there is: the native ones, then the extension in real browsers. Ends with one plain count.

use crate::{
    browser, browser::Browser, checkout::Checkout, extension, fault::Fault, node, process, rust, tally::Tally,
};
use std::process::{Command, ExitStatus};

/// A file of tests that goes on for longer hangs. It is ended then, and counts as failed.
const LONGEST: &str = "--test-timeout=600000";

/// `browsers`: in which of them; `filter`: only tests whose name contains this.
pub fn run(checkout: &Checkout, browsers: &[Browser], filter: Option<&str>) -> Result<Tally, Fault> {
    let mut all = Tally::default();
    all.add(part("native tests", filter, native(checkout, filter)));
    browser::ensure_fonts();
    for &browser in browsers {
        let what = format!("tests in {}", browser.title());
        all.add(part(&what, filter, in_browser(checkout, browser, filter)));
    }
    Ok(all)
}

/// The last line of a command, and whether it is good. Nothing is said after it.
pub fn close(tally: Tally) -> Result<(), Fault> {
    println!("\n{tally}");
    if tally.failed > 0 || tally.ran() == 0 { Err(Fault::Told) } else { Ok(()) }
}

/// A part that could not be run, ended badly without naming a test, or ran no test counts as one failed test:
/// the closing line must not look good when something is wrong.
fn part(what: &str, filter: Option<&str>, result: Result<(Tally, ExitStatus), Fault>) -> Tally {
    let (mut tally, wrong) = match result {
        Err(fault) => (Tally::default(), Some(fault.to_string())),
        Ok((tally, status)) if !status.success() && tally.failed == 0 => (tally, Some(format!("ended with {status}"))),
        Ok((tally, _)) if tally.ran() == 0 && filter.is_none() => (tally, Some("no test ran".into())),
        Ok((tally, _)) => (tally, None),
    };
    if let Some(wrong) = wrong {
        eprintln!("{what}: {wrong}");
        tally.failed += 1;
    }
    eprintln!("{what}: {tally}");
    tally
}

fn native(checkout: &Checkout, filter: Option<&str>) -> Result<(Tally, ExitStatus), Fault> {
    let mut command = rust::cargo(&checkout.root);
    command.args(["test", "--workspace", "--no-fail-fast"]).args(filter);
    let mut tally = Tally::default();
    let status = process::watch(&mut command, |line| {
        tally.add(Tally::cargo(line).unwrap_or_default());
        true
    })?;
    Ok((tally, status))
}

fn in_browser(checkout: &Checkout, browser: Browser, filter: Option<&str>) -> Result<(Tally, ExitStatus), Fault> {
    let mut command = script(checkout, browser)?;
    // One file at a time: two browsers at once would slow each other down, and times are tested.
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=1", LONGEST]);
    if let Some(filter) = filter {
        command.arg(format!("--test-name-pattern={filter}"));
    }
    command.args(scripts(checkout, "tests/browser", ".test.mjs")?);
    let mut tally = Tally::default();
    let status = process::watch(&mut command, |line| {
        tally.add(Tally::node(line, filter.is_some()).unwrap_or_default());
        // Node lists each test that the filter left out.
        !line.ends_with("# test name does not match pattern")
    })?;
    Ok((tally, status))
}

/// Node, told by its environment which browser to use and where the built extension is.
pub fn script(checkout: &Checkout, browser: Browser) -> Result<Command, Fault> {
    let folder = extension::build(checkout, browser)?;
    let program = browser.find(checkout)?;
    let mut command = node::node(checkout);
    command.env("BROWSER", browser.name()).env("BROWSER_PATH", program).env("EXTENSION_DIR", folder);
    Ok(command)
}

/// The scripts of a folder whose names end so, in name order.
pub fn scripts(checkout: &Checkout, folder: &str, ending: &str) -> Result<Vec<String>, Fault> {
    let path = checkout.join(folder);
    if !path.is_dir() {
        return Ok(Vec::new());
    }
    let names = std::fs::read_dir(&path).map_err(Fault::file(&path))?;
    let names = names.filter_map(|entry| Some(entry.ok()?.file_name().to_string_lossy().into_owned()));
    let mut found: Vec<_> =
        names.filter(|name| name.ends_with(ending)).map(|name| format!("{folder}/{name}")).collect();
    found.sort_unstable();
    Ok(found)
}
