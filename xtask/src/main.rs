//! This program is `cargo xtask …`: it does everything that is done with this repository, and each command does its own
//! set-up.
//!
//! This file is the command line alone; each module beside it has one job.

mod bench;
mod browser;
mod checkout;
mod ci;
mod core;
mod extension;
mod fault;
mod figure;
mod fuzz;
mod gallery;
mod icon;
mod lint;
mod node;
mod package;
mod process;
mod program;
mod release;
mod rust;
mod signature;
mod sites;
mod table;
mod tally;
mod test;
mod tools;
mod words;
mod workflows;

use browser::Browser;
use checkout::Checkout;
use clap::{Parser, Subcommand};
use fault::Fault;
use std::{ffi::OsString, path::PathBuf, process::ExitCode};

#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", about = "Builds, runs, tests and packages Access Medic.")]
struct CommandLine {
    #[command(subcommand)]
    task: Task,
}

#[derive(Subcommand)]
enum Task {
    /// Open a browser with the extension and the recorded pages
    Run {
        #[arg(long, value_enum, default_value = "chromium")]
        browser: Browser,
        /// Open only this recorded page (cause/name)
        #[arg(long)]
        page: Option<String>,
        /// Without a window: visit every page, print a table, save pictures
        #[arg(long)]
        headless: bool,
    },
    /// Run every test, in both browsers
    Test {
        /// Only in this browser
        #[arg(long, value_enum)]
        browser: Option<Browser>,
        /// Only the files of tests whose names contain this (`flows`), or else the tests whose names do
        filter: Option<String>,
    },
    /// Run the gates, then every test, then the figures
    Ci,
    /// Build the unpacked extension in target/extension/
    Build {
        /// Only for this browser
        #[arg(long, value_enum)]
        browser: Option<Browser>,
    },
    /// Make the packages for the stores
    Package,
    /// Make all that a release needs in target/release-NAME/: packages, source, checksums, and what the stores' forms ask for
    Release {
        /// Make it twice, the second time from its own source archive, and compare the bytes
        #[arg(long)]
        dry_run: bool,
        /// The end of the folder's name; if absent, the version
        #[arg(long)]
        name: Option<String>,
    },
    /// Take the visual record anew: every view, light and dark, in three languages
    Record,
    /// Draw the pictures for the stores anew, in three languages, in store/pictures/
    Screenshots,
    /// Print the figures and their budgets
    Bench {
        /// One JSON object a line
        #[arg(long)]
        json: bool,
        /// Fail on times that are over their budgets, not only on sizes
        #[arg(long)]
        strict: bool,
        /// The browser to measure in
        #[arg(long, value_enum, default_value = "chromium")]
        browser: Browser,
    },
    /// Throw arbitrary evidence at the core until something is found or the time is up
    Fuzz {
        /// For how long, all targets together
        #[arg(long, default_value_t = 10.0)]
        minutes: f64,
        /// Only this target of fuzz/
        #[arg(long)]
        target: Option<String>,
        /// Only this input: what an earlier run found
        #[arg(long, requires = "target")]
        input: Option<PathBuf>,
    },
    /// Print the Report on recorded responses, one JSON object a line (see --help)
    #[command(disable_help_flag = true)]
    Diagnose {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Play lives of tabs natively, and print what was found (see --help)
    #[command(disable_help_flag = true)]
    Lives {
        #[arg(trailing_var_arg = true, allow_hyphen_values = true)]
        arguments: Vec<OsString>,
    },
    /// Ask whether a crate or an npm package has a known weakness; both lists are fetched from outside
    Advisories,
    /// Write the tables in the catalogue's README
    Table,
    /// Start a new entry of the catalogue
    #[command(subcommand)]
    New(New),
}

#[derive(Subcommand)]
enum New {
    /// A signature and its recorded page
    Signature {
        /// FAMILY/NAME, for instance blocked/error-1020; with --from it may be left out
        #[arg(required_unless_present = "from")]
        name: Option<String>,
        /// The cause it stands for; if absent, it is called like the signature
        #[arg(long)]
        cause: Option<String>,
        /// A recording of a page: the signature is proposed from it
        #[arg(long, value_name = "FILE")]
        from: Option<PathBuf>,
    },
}

fn main() -> ExitCode {
    match act(CommandLine::parse().task) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Fault::Told) => ExitCode::FAILURE,
        Err(fault) => {
            eprintln!("{fault}");
            ExitCode::FAILURE
        }
    }
}

/// Tells whether these words are a command of this program.
fn is_command(words: &str) -> bool {
    CommandLine::try_parse_from(["xtask"].into_iter().chain(words.split_whitespace())).is_ok()
}

fn act(task: Task) -> Result<(), Fault> {
    let checkout = Checkout::current()?;
    let chosen = |browser: Option<Browser>| browser.map_or(Browser::ALL.to_vec(), |browser| vec![browser]);
    match task {
        Task::Run { browser, page, headless } => gallery::open(&checkout, browser, page.as_deref(), headless),
        Task::Test { browser, filter } => {
            test::run(&checkout, &chosen(browser), filter.as_deref()).and_then(test::close)
        }
        Task::Ci => ci::run(&checkout, is_command),
        Task::Build { browser } => chosen(browser).into_iter().try_for_each(|browser| {
            let folder = extension::build(&checkout, browser)?;
            println!("{}", folder.display());
            Ok(())
        }),
        Task::Package => {
            let packages = Browser::ALL.into_iter().map(|browser| package::make(&checkout, browser));
            let packages = packages.collect::<Result<Vec<_>, _>>()?;
            packages.iter().for_each(|package| println!("{}", package.path.display()));
            let figures: Vec<_> = packages.into_iter().flat_map(|package| package.figures).collect();
            figures.iter().for_each(|figure| println!("{}", figure.row()));
            package::hold(&package::binding(figures))
        }
        Task::Release { dry_run, name } => release::run(&checkout, name.as_deref(), dry_run),
        Task::Record => gallery::pictures(&checkout, "record"),
        Task::Screenshots => gallery::pictures(&checkout, "screenshots"),
        Task::Bench { json, strict, browser } => {
            bench::run(&checkout, browser, bench::Manner { json, strict, brief: false })
        }
        Task::Fuzz { minutes, target, input } => fuzz::run(&checkout, minutes, target.as_deref(), input.as_deref()),
        Task::Diagnose { arguments } => program::run(&checkout, "diagnose", &[], &arguments),
        Task::Lives { arguments } => program::run(&checkout, "lives", &["--release"], &arguments),
        Task::Advisories => workflows::advisories(&checkout),
        Task::Table => table::write(&checkout),
        Task::New(New::Signature { name, cause, from: Some(file) }) => {
            signature::propose(&checkout, name.as_deref(), cause.as_deref(), &file)
        }
        Task::New(New::Signature { name, cause, from: None }) => {
            signature::scaffold(&checkout, &name.unwrap_or_default(), cause.as_deref())
        }
    }
}
