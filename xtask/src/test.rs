//! This module runs every test: first the native ones, then those of the extension in real browsers. It ends with one
//! plain count.

use crate::{
    browser,
    browser::Browser,
    checkout::{self, Checkout},
    extension,
    fault::Fault,
    node, process, rust,
    tally::Tally,
};
use std::{
    path::PathBuf,
    process::{Command, ExitStatus},
    thread,
};

/// The time limit for a file of tests, in milliseconds. A file that takes longer hangs, so it is ended and counts as
/// failed.
const LONGEST: &str = "--test-timeout=900000";

/// The tests beside which nothing else runs: two hold the product to times of a few milliseconds, and one sets policies, which count
/// for every Chromium of the computer.
const ALONE: [&str; 3] = ["flood.test.mjs", "input.test.mjs", "managed.test.mjs"];

/// The number of the slowest tests that are named at the end.
const SLOWEST: usize = 12;

/// The ending of a file of browser tests. `flows` stands for `tests/browser/flows.test.mjs`.
const BROWSER_TESTS: &str = ".test.mjs";

/// This is how a run of tests ended: the counts, what was printed about the failed tests, and the times.
#[derive(Default)]
pub struct Ended {
    pub tally: Tally,
    failures: String,
    times: Vec<Time>,
}

/// This is the time that a file or a test of a browser took.
#[derive(Clone, Debug, PartialEq)]
struct Time {
    ms: u32,
    is_file: bool,
    name: String,
}

impl Time {
    /// Reads a line of `tests/browser/durations.mjs`, such as `1234 file tests/browser/flows.test.mjs`.
    fn read(line: &str, browser: Browser) -> Option<Self> {
        let mut parts = line.splitn(3, ' ');
        let ms = parts.next()?.parse().ok()?;
        let is_file = parts.next()? == "file";
        Some(Self { ms, is_file, name: format!("{}: {}", browser.name(), parts.next()?) })
    }
}

/// These are the files that a person asked for by a part of their names.
#[derive(Debug, Default, PartialEq)]
struct Files {
    native: Vec<String>,
    browser: Vec<String>,
}

impl Files {
    /// Returns the files whose names contain the word. If there are none, the word is looked for in the names of all
    /// tests.
    fn called(filter: Option<&str>, native: &[String], browser: &[String]) -> Self {
        let found = |files: &[String], ending: &str| {
            let stem = |path: &str| {
                let file = path.rsplit_once('/').map_or(path, |(_, file)| file);
                file.strip_suffix(ending).unwrap_or(file).to_owned()
            };
            files.iter().filter(|path| filter.is_some_and(|word| stem(path).contains(word))).cloned().collect()
        };
        Self { native: found(native, ".rs"), browser: found(browser, BROWSER_TESTS) }
    }

    fn are_some(&self) -> bool {
        !self.native.is_empty() || !self.browser.is_empty()
    }
}

impl Ended {
    fn add(&mut self, other: Self) {
        self.tally.add(other.tally);
        self.failures += &other.failures;
        self.times.extend(other.times);
    }
}

/// Runs the tests in these `browsers`. A `filter` leaves only the files whose names contain it or, if there is no such
/// file, the tests whose names do.
pub fn run(checkout: &Checkout, browsers: &[Browser], filter: Option<&str>) -> Result<Ended, Fault> {
    let mut all = Ended::default();
    let everything = scripts(checkout, "tests/browser", BROWSER_TESTS)?;
    let files = Files::called(filter, &scripts(checkout, "tests", ".rs")?, &everything);
    // If files were found, they are run as a whole, because the word stands for them and not for names of tests.
    let (word, everything) = if files.are_some() { (None, files.browser) } else { (filter, everything) };
    if !files.native.is_empty() || filter.is_none() || word.is_some() {
        all.add(part("native tests", filter, native(checkout, word, &files.native)));
    }
    if !everything.is_empty() {
        browser::ensure_fonts();
    }
    let (alone, others): (Vec<_>, Vec<_>) =
        everything.into_iter().partition(|path| ALONE.iter().any(|name| path.ends_with(name)));
    for &browser in browsers.iter().filter(|_| !alone.is_empty()) {
        let what = format!("tests that run alone in {}", browser.title());
        let result = Tests::of(checkout, browser, Part::Alone, &alone, word).and_then(|tests| tests.watch(true));
        all.add(part(&what, filter, result.map(|(ended, status, _)| (ended, status))));
    }
    // The other tests wait most of the time. So the browsers run side by side, and the output of the second one is
    // shown afterwards.
    let rest: Vec<_> = browsers
        .iter()
        .filter(|_| !others.is_empty())
        .map(|&browser| (browser, Tests::of(checkout, browser, Part::Others, &others, word)))
        .collect();
    thread::scope(|scope| {
        let started = rest
            .into_iter()
            .enumerate()
            .map(|(at, (browser, tests))| (browser, scope.spawn(move || tests.and_then(|tests| tests.watch(at == 0)))));
        for (browser, running) in started.collect::<Vec<_>>() {
            let what = format!("tests in {}", browser.title());
            let result = running.join().unwrap_or(Err(Fault::Told)).map(|(ended, status, unseen)| {
                print!("{unseen}");
                (ended, status)
            });
            all.add(part(&what, filter, result));
        }
    });
    all.print_times();
    found(all.tally, filter)?;
    Ok(all)
}

/// Fails if the word found no test: that is a typing mistake, and not a run without failures.
fn found(tally: Tally, filter: Option<&str>) -> Result<(), Fault> {
    match filter {
        Some(filter) if tally.ran() == 0 => Err(Fault::Input(format!(
            "No test ran: \u{201c}{filter}\u{201d} is in the name of no test and of no file of tests. A file is found by a part \
             of its name (`flows` is tests/browser/flows.test.mjs), a recorded page by its folder and name \
             (`healthy/app-first-response`)."
        ))),
        _ => Ok(()),
    }
}

/// Ends a command: prints the failures once more, because they may stand far above, and the count. Returns whether all
/// is well. Nothing is printed after it.
pub fn close(Ended { tally, failures, .. }: Ended) -> Result<(), Fault> {
    print!("{failures}");
    println!("\n{tally}");
    if tally.failed > 0 || tally.ran() == 0 { Err(Fault::Told) } else { Ok(()) }
}

/// Counts a part as one failed test if it could not be run, ended badly without naming a test, or ran no test: the
/// closing line must not look good when something is wrong.
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

fn native(checkout: &Checkout, word: Option<&str>, files: &[String]) -> Result<(Ended, ExitStatus), Fault> {
    let mut command = rust::cargo(&checkout.root);
    command.args(["test", "--locked", "--no-fail-fast"]);
    if files.is_empty() {
        command.arg("--workspace");
    }
    for file in files {
        let name = file.trim_start_matches("tests/").trim_end_matches(".rs");
        command.args(["--package", "recordings", "--test", name]);
    }
    command.args(word);
    let mut ended = Ended::default();
    // Each program lists its failures between this line and its count.
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

impl Ended {
    fn print_times(&self) {
        for (title, is_file) in [("Slowest files", true), ("Slowest tests", false)] {
            let mut times: Vec<_> = self.times.iter().filter(|time| time.is_file == is_file).collect();
            times.sort_by_key(|time| std::cmp::Reverse(time.ms));
            if !times.is_empty() {
                println!("\n{title}:");
            }
            let shown = if is_file { times.len() } else { SLOWEST };
            times
                .iter()
                .take(shown)
                .for_each(|time| println!("  {:>7.1} s  {}", f64::from(time.ms) / 1000.0, time.name));
        }
    }
}

/// This says which files of tests run together.
#[derive(Clone, Copy)]
enum Part {
    /// Nothing runs beside them.
    Alone,
    /// The other browser runs beside them.
    Others,
}

impl Part {
    fn name(self) -> &'static str {
        match self {
            Self::Alone => "alone",
            Self::Others => "others",
        }
    }
}

/// These are files of tests that run in one browser, one after the other.
struct Tests {
    command: Command,
    browser: Browser,
    /// The file to which the runner writes how long each test took.
    times: PathBuf,
    filtered: bool,
}

impl Tests {
    fn of(
        checkout: &Checkout,
        browser: Browser,
        part: Part,
        files: &[String],
        word: Option<&str>,
    ) -> Result<Self, Fault> {
        let mut command = script(checkout, browser)?;
        let times = checkout.join(&format!("target/tests/{}-{}.txt", browser.name(), part.name()));
        checkout::write(&times, b"")?;
        command.args(["--test", "--test-concurrency=1", LONGEST]);
        command.args(["--test-reporter=spec", "--test-reporter-destination=stdout"]);
        command.arg("--test-reporter=./tests/browser/durations.mjs");
        command.arg(format!("--test-reporter-destination={}", times.display()));
        if let Some(word) = word {
            command.arg(format!("--test-name-pattern={word}"));
        }
        command.args(files);
        Ok(Self { command, browser, times, filtered: word.is_some() })
    }

    /// Runs the tests to their end. If their output is not shown as it comes, it is returned.
    fn watch(mut self, shown: bool) -> Result<(Ended, ExitStatus, String), Fault> {
        let (mut ended, mut unseen) = (Ended::default(), String::new());
        // The failing tests stand behind the summary, up to the end.
        let mut failing = false;
        let status = process::watch(&mut self.command, |line| {
            ended.tally.add(Tally::node(line, self.filtered).unwrap_or_default());
            failing |= line.ends_with("failing tests:");
            if failing {
                ended.failures += &format!("{line}\n");
            }
            // Node also lists each test that the filter left out; those lines are not worth showing.
            let worth = !line.ends_with("# test name does not match pattern");
            if worth && !shown {
                unseen += line;
                unseen.push('\n');
            }
            worth && shown
        })?;
        let times = checkout::read_text(&self.times)?;
        ended.times = times.lines().filter_map(|line| Time::read(line, self.browser)).collect();
        Ok((ended, status, unseen))
    }
}

/// Returns a command for Node, whose environment says which browser to use and where the built extension is.
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

/// Returns the scripts of a folder whose names have this ending, in name order.
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

#[cfg(test)]
mod tests {
    use super::*;

    fn owned(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn a_word_finds_files_by_their_names() {
        let native = owned(&["tests/corpus.rs", "tests/checks.rs"]);
        let browser = owned(&["tests/browser/checks.test.mjs", "tests/browser/flows.test.mjs"]);
        let called = |word| Files::called(Some(word), &native, &browser);
        assert_eq!(called("flows").browser, ["tests/browser/flows.test.mjs"]);
        assert!(called("flows").native.is_empty());
        assert_eq!(called("checks").native, ["tests/checks.rs"]);
        assert_eq!(called("checks").browser, ["tests/browser/checks.test.mjs"]);
        for word in ["healthy/app-first-response", "test", "mjs", "browser"] {
            assert!(!called(word).are_some(), "{word} is in each path, but in the name of no file");
        }
        assert!(!Files::called(None, &native, &browser).are_some());
    }

    #[test]
    fn a_word_that_finds_nothing_fails_and_is_named() {
        let passed = Tally { passed: 1, ..Tally::default() };
        assert!(found(passed, Some("flows")).is_ok() && found(Tally::default(), None).is_ok());
        assert!(found(Tally::default(), Some("flwos")).unwrap_err().to_string().contains("flwos"));
    }

    #[test]
    fn times_are_read_with_the_spaces_of_their_names() {
        let time = Time::read("1234 test the badge says it", Browser::Firefox);
        let wanted = Time { ms: 1234, is_file: false, name: "firefox: the badge says it".into() };
        assert_eq!(time, Some(wanted));
        assert_eq!(Time::read("", Browser::Firefox), None);
    }
}
