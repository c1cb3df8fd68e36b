//! This program is `cargo xtask diagnose`. It prints one line of JSON for each input: the input's name, and then the
//! core's Report.
//!
//! It only reads and prints. An input that cannot be read gives a line with `error`; the others are still read, and the
//! exit code is 1 in the end. `crate/catalog/README.md` says what the fields mean.

mod saved;

use access_medic::{
    Evidence, Report, Visit, examine,
    tab::{Event, Moment, Tab, step},
};
use access_medic_phrases::MessageHash;
use clap::{Parser, ValueEnum};
use recordings::Recording;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use std::{
    error::Error,
    fs::{self, File},
    io::{self, BufRead, BufReader, Read as _, Write},
    path::{Path, PathBuf},
    process::ExitCode,
    time::{SystemTime, UNIX_EPOCH},
};

/// Prints the Report on recorded responses, one JSON object a line
#[derive(Parser)]
#[command(name = "cargo xtask diagnose", bin_name = "cargo xtask diagnose")]
struct CommandLine {
    /// Recorded responses (tests/pages/README.md has the format); - is standard input. Also pages that a browser saved (.html,
    /// .mhtml) and recordings of the network (.har, a line for each entry of a host of OpenAI's)
    #[arg(required_unless_present_any = ["visits", "steps", "told", "hash"], conflicts_with_all = ["visits", "steps", "told"])]
    files: Vec<PathBuf>,
    /// A file with one Visit a line; - is standard input
    #[arg(long, value_name = "FILE")]
    visits: Option<PathBuf>,
    /// Reads lines {"tab": …, "event": …, "moment": …} from standard input, as the extension sends them to the core, and prints
    /// what comes of each
    #[arg(long, conflicts_with_all = ["visits", "url", "browser"])]
    steps: bool,
    /// Reads lines {"text": "…"} from standard input, with "host" where it is known: what a person tells who saw it elsewhere
    #[arg(long, conflicts_with_all = ["visits", "url", "browser"])]
    told: bool,
    /// Prints the hash of each line of standard input, as catalog/messages/ takes it; - for what is too short
    #[arg(long, conflicts_with_all = ["visits", "told", "files"])]
    hash: bool,
    /// The address that the responses came from, in place of the recorded one
    #[arg(long, conflicts_with = "visits")]
    url: Option<String>,
    /// Whose words are used for a connection that failed
    #[arg(long, value_enum, default_value = "chromium", conflicts_with = "visits")]
    browser: Browser,
}

#[derive(Clone, Copy, ValueEnum)]
enum Browser {
    Chromium,
    Firefox,
}

impl From<Browser> for recordings::Browser {
    fn from(browser: Browser) -> Self {
        match browser {
            Browser::Chromium => Self::Chromium,
            Browser::Firefox => Self::Firefox,
        }
    }
}

/// This says which input a line of output is about.
#[derive(Serialize)]
#[serde(rename_all = "snake_case")]
enum Source {
    File(String),
    Line(usize),
    /// An entry of a recording of the network: the file, the entry's place in it, and its host and path.
    #[serde(untagged)]
    Entry {
        file: String,
        entry: usize,
        place: String,
    },
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    source: Source,
    #[serde(flatten)]
    outcome: Outcome,
}

#[derive(Serialize)]
#[serde(untagged)]
enum Outcome {
    Report(Box<Report>),
    Fault { error: String },
}

fn main() -> ExitCode {
    let line = CommandLine::parse();
    let mut output = io::stdout().lock();
    let done = match &line.visits {
        _ if line.hash => hashes(&mut output),
        Some(path) => visits(path, &mut output),
        None if line.steps => steps(&mut output),
        None if line.told => told(&mut output),
        None => files(&line, &mut output),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        // There is also an error if nobody reads the output any more.
        Ok(false) | Err(_) => ExitCode::FAILURE,
    }
}

/// Prints the hash of each line. It always succeeds: `-` is the answer for a line that is too short.
fn hashes(output: &mut impl Write) -> io::Result<bool> {
    for line in io::stdin().lines() {
        match MessageHash::of(&line?) {
            Some(hash) => writeln!(output, "{hash}")?,
            None => writeln!(output, "-")?,
        }
    }
    Ok(true)
}

fn files(line: &CommandLine, output: &mut impl Write) -> io::Result<bool> {
    let mut all_read = true;
    for path in &line.files {
        if let Some(kind) = Kind::of(path) {
            all_read &= saved(path, kind, line, output)?;
            continue;
        }
        let outcome = read(path).map(|mut recording| {
            if let Some(url) = &line.url {
                recording.url.clone_from(url);
            }
            examine(&recordings::visit(&recording, line.browser.into()))
        });
        all_read &= print(output, Source::File(path.display().to_string()), outcome)?;
    }
    Ok(all_read)
}

/// These are the kinds of files that people attach to reports of faults.
enum Kind {
    Page,
    Archive,
    Network,
}

impl Kind {
    fn of(path: &Path) -> Option<Self> {
        match path.extension()?.to_str()?.to_ascii_lowercase().as_str() {
            "html" | "htm" => Some(Self::Page),
            "mhtml" | "mht" => Some(Self::Archive),
            "har" => Some(Self::Network),
            _ => None,
        }
    }
}

fn saved(path: &Path, kind: Kind, line: &CommandLine, output: &mut impl Write) -> io::Result<bool> {
    let file = path.display().to_string();
    let browser = line.browser.into();
    let url = line.url.as_deref();
    let bytes = fs::read(path).map_err(|error| error.to_string());
    let report = match (bytes, kind) {
        (Err(error), _) => Err(error),
        (Ok(bytes), Kind::Page) => Ok(saved::page(bytes, url, browser)),
        (Ok(bytes), Kind::Archive) => {
            saved::unpack(&bytes).map(|(html, address)| saved::page(html, url.or(address.as_deref()), browser))
        }
        (Ok(bytes), Kind::Network) => match saved::network(&bytes, browser) {
            Err(error) => Err(error),
            Ok(entries) => {
                for saved::Shown { entry, place, report } in entries {
                    print(output, Source::Entry { file: file.clone(), entry, place }, Ok(report))?;
                }
                return Ok(true);
            }
        },
    };
    print(output, Source::File(file), report)
}

fn read(path: &Path) -> Result<Recording, String> {
    if path != Path::new("-") {
        return Recording::read(path).map_err(|error| in_full(&error));
    }
    let mut bytes = Vec::new();
    io::stdin().read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    Recording::parse("-", "-", &bytes).map_err(|error| in_full(&error))
}

fn visits(path: &Path, output: &mut impl Write) -> io::Result<bool> {
    let input: Box<dyn BufRead> = if path == Path::new("-") {
        Box::new(io::stdin().lock())
    } else {
        match File::open(path) {
            Ok(file) => Box::new(BufReader::new(file)),
            Err(error) => {
                return print(output, Source::File(path.display().to_string()), Err(error.to_string()));
            }
        }
    };
    lines(input, output, |visit: Visit| visit)
}

/// This is the input of `step`.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Given {
    tab: Tab,
    event: Event,
    moment: Moment,
}

/// Prints what `step` makes of each line. A line that cannot be read ends it.
fn steps(output: &mut impl Write) -> io::Result<bool> {
    for line in io::stdin().lines() {
        let Given { tab, event, moment } = serde_json::from_str(&line?)?;
        serde_json::to_writer(&mut *output, &step(tab, event, &moment))?;
        writeln!(output)?;
    }
    Ok(true)
}

/// This is what a person tells. It is mostly not known where it was seen, so the chat's host stands for that.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Told {
    text: String,
    host: Option<String>,
}

fn told(output: &mut impl Write) -> io::Result<bool> {
    lines(io::stdin().lock(), output, |Told { text, host }| {
        let url = format!("https://{}/", host.as_deref().unwrap_or("chatgpt.com"));
        let now = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0.0, |since| since.as_secs_f64() * 1000.0);
        let evidence = Evidence { url, at: now, told: text, ..Evidence::default() };
        Visit { evidence, now, ..Visit::default() }
    })
}

/// Prints one line of output for each line of JSON.
fn lines<T: DeserializeOwned>(
    input: impl BufRead,
    output: &mut impl Write,
    visit: impl Fn(T) -> Visit,
) -> io::Result<bool> {
    let mut all_read = true;
    for (index, bytes) in input.split(b'\n').enumerate() {
        let read = match bytes {
            Ok(bytes) if bytes.trim_ascii().is_empty() => continue,
            Ok(bytes) => serde_json::from_slice(&bytes).map_err(|error| error.to_string()),
            Err(error) => Err(error.to_string()),
        };
        all_read &= print(output, Source::Line(index + 1), read.map(|read| examine(&visit(read))))?;
    }
    Ok(all_read)
}

/// Prints one line, and returns whether it is a Report.
fn print(output: &mut impl Write, source: Source, outcome: Result<Report, String>) -> io::Result<bool> {
    let good = outcome.is_ok();
    let outcome = outcome.map_or_else(|error| Outcome::Fault { error }, |report| Outcome::Report(Box::new(report)));
    serde_json::to_writer(&mut *output, &Answer { source, outcome })?;
    writeln!(output)?;
    Ok(good)
}

/// Returns the text of the error, with what caused it.
fn in_full(error: &dyn Error) -> String {
    let mut text = error.to_string();
    let mut cause = error.source();
    while let Some(error) = cause {
        text.push_str(": ");
        text.push_str(&error.to_string());
        cause = error.source();
    }
    text
}
