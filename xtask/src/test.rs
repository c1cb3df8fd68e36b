//! Runs every test there is: the native ones, then the extension in real browsers. Ends with one plain count.

use crate::{
    browser, browser::Browser, checkout::Checkout, extension, fault::Fault, node, process, rust, tally::Tally,
};
use std::{
    process::{Command, ExitStatus},
    thread,
};

/// A file of tests that goes on for longer hangs. It is ended then, and counts as failed.
const LONGEST: &str = "--test-timeout=600000";

/// Tests that hold the product to times: nothing else runs beside them.
const TIMED: [&str; 3] = ["flood.test.mjs", "input.test.mjs", "pages.test.mjs"];

/// How a run of tests ended: how many of them how, and what was printed of those that failed.
#[derive(Default)]
pub struct Ended {
    pub tally: Tally,
    failures: String,
}

impl Ended {
    fn add(&mut self, other: Self) {
        self.tally.add(other.tally);
        self.failures += &other.failures;
    }
}

/// `browsers`: in which of them; `filter`: only tests whose name contains this.
pub fn run(checkout: &Checkout, browsers: &[Browser], filter: Option<&str>) -> Result<Ended, Fault> {
    let mut all = Ended::default();
    all.add(part("native tests", filter, native(checkout, filter)));
    browser::ensure_fonts();
    let mut rest = Vec::new();
    for &browser in browsers {
        let (timed, others) = scripts(checkout, "tests/browser", ".test.mjs")?
            .into_iter()
            .partition(|path| TIMED.iter().any(|name| path.ends_with(name)));
        let what = format!("timed tests in {}", browser.title());
        let result = tests(checkout, browser, timed, filter).and_then(|command| watched(command, filter, true));
        all.add(part(&what, filter, result.map(|(ended, status, _)| (ended, status))));
        rest.push((browser, tests(checkout, browser, others, filter)));
    }
    // The others wait most of the time: the browsers go side by side, and the second one is shown afterwards.
    thread::scope(|scope| {
        let started = rest.into_iter().enumerate().map(|(at, (browser, command))| {
            (browser, scope.spawn(move || command.and_then(|command| watched(command, filter, at == 0))))
        });
        for (browser, running) in started.collect::<Vec<_>>() {
            let what = format!("tests in {}", browser.title());
            let result = running.join().unwrap_or(Err(Fault::Told)).map(|(ended, status, unseen)| {
                print!("{unseen}");
                (ended, status)
            });
            all.add(part(&what, filter, result));
        }
    });
    Ok(all)
}

/// The end of a command: what failed, which may stand far above, and the count, and whether it is good. Nothing is said
/// after it.
pub fn close(Ended { tally, failures }: Ended) -> Result<(), Fault> {
    print!("{failures}");
    println!("\n{tally}");
    if tally.failed > 0 || tally.ran() == 0 { Err(Fault::Told) } else { Ok(()) }
}

/// A part that could not be run, ended badly without naming a test, or ran no test counts as one failed test:
/// the closing line must not look good when something is wrong.
fn part(what: &str, filter: Option<&str>, result: Result<(Ended, ExitStatus), Fault>) -> Ended {
    let (mut ended, wrong) = match result {
        Err(fault) => (Ended::default(), Some(fault.to_string())),
        Ok((ended, status)) if !status.success() && ended.tally.failed == 0 => {
            (ended, Some(format!("ended with {status}")))
        }
        Ok((ended, _)) if ended.tally.ran() == 0 && filter.is_none() => (ended, Some("no test ran".into())),
        Ok((ended, _)) => (ended, None),
    };
    if let Some(wrong) = wrong {
        eprintln!("{what}: {wrong}");
        ended.tally.failed += 1;
        ended.failures += &format!("{wrong}\n");
    }
    eprintln!("{what}: {}", ended.tally);
    if !ended.failures.is_empty() {
        ended.failures.insert_str(0, &format!("\nFailed of {what}:\n"));
    }
    ended
}

fn native(checkout: &Checkout, filter: Option<&str>) -> Result<(Ended, ExitStatus), Fault> {
    let mut command = rust::cargo(&checkout.root);
    command.args(["test", "--workspace", "--no-fail-fast"]).args(filter);
    let mut ended = Ended::default();
    // Of each program's tests, from this line to its count.
    let mut failing = false;
    let status = process::watch(&mut command, |line| {
        let tally = Tally::cargo(line);
        failing = (failing || line == "failures:") && tally.is_none();
        ended.tally.add(tally.unwrap_or_default());
        if failing {
            ended.failures += &format!("{line}\n");
        }
        true
    })?;
    Ok((ended, status))
}

/// These files of tests in that browser, one after the other.
fn tests(checkout: &Checkout, browser: Browser, files: Vec<String>, filter: Option<&str>) -> Result<Command, Fault> {
    let mut command = script(checkout, browser)?;
    command.args(["--test", "--test-reporter=spec", "--test-concurrency=1", LONGEST]);
    if let Some(filter) = filter {
        command.arg(format!("--test-name-pattern={filter}"));
    }
    command.args(files);
    Ok(command)
}

/// Runs them to the end. What is not shown as it comes is answered.
fn watched(mut command: Command, filter: Option<&str>, shown: bool) -> Result<(Ended, ExitStatus, String), Fault> {
    let (mut ended, mut unseen) = (Ended::default(), String::new());
    // They stand behind the summary, to the end.
    let mut failing = false;
    let status = process::watch(&mut command, |line| {
        ended.tally.add(Tally::node(line, filter.is_some()).unwrap_or_default());
        failing |= line.ends_with("failing tests:");
        if failing {
            ended.failures += &format!("{line}\n");
        }
        // Node lists each test that the filter left out.
        let worth = !line.ends_with("# test name does not match pattern");
        if worth && !shown {
            unseen += line;
            unseen.push('\n');
        }
        worth && shown
    })?;
    Ok((ended, status, unseen))
}

/// Node, told by its environment which browser to use and where the built extension is.
pub fn script(checkout: &Checkout, browser: Browser) -> Result<Command, Fault> {
    let folder = extension::build(checkout, browser)?;
    let program = browser.find(checkout)?;
    let mut command = node::node(checkout);
    command.env("BROWSER", browser.name()).env("BROWSER_PATH", program).env("EXTENSION_DIR", folder);
    if cfg!(target_os = "linux") {
        process::run(rust::cargo(&checkout.root).args(["build", "--quiet", "--locked", "--package", "clock"]))?;
        command.env("CLOCK_LIBRARY", checkout.join("target/debug/libclock.so"));
    }
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
