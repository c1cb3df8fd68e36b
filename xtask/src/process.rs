//! This module starts other programs and says which one failed. No shell is involved, so nothing needs quoting.

use crate::fault::Fault;
use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

/// Runs the program to its end. The program prints to the terminal.
pub fn run(command: &mut Command) -> Result<(), Fault> {
    let status = command.status().map_err(|error| unstarted(command, &error))?;
    success(command, status)
}

/// Runs the program to its end, and returns what it printed to standard output.
pub fn capture(command: &mut Command) -> Result<String, Fault> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| unstarted(command, &error))?;
    success(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Does the same as [`capture`] but shows nothing in the terminal. It serves to find out whether something is there.
pub fn probe(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs the program to its end. `line` gets each line of standard output, and returns whether the line is shown. A
/// program that ends badly is no fault here, because its status is the answer.
pub fn watch(command: &mut Command, mut line: impl FnMut(&str) -> bool) -> Result<ExitStatus, Fault> {
    let mut child = command.stdout(Stdio::piped()).spawn().map_err(|error| unstarted(command, &error))?;
    if let Some(stdout) = child.stdout.take() {
        let mut stdout = BufReader::new(stdout);
        let mut bytes = Vec::new();
        while stdout.read_until(b'\n', &mut bytes).is_ok_and(|read| read > 0) {
            let text = String::from_utf8_lossy(&bytes);
            if line(text.trim_end_matches(['\n', '\r'])) {
                // A closed terminal is no reason to stop a test run half way.
                let _ = std::io::stdout().write_all(text.as_bytes());
            }
            bytes.clear();
        }
    }
    child.wait().map_err(|error| unstarted(command, &error))
}

/// Names the program as a person would: without its folder, and with its first arguments.
pub fn named(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_name().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args().take(3)).map(OsStr::to_string_lossy);
    words.collect::<Vec<_>>().join(" ")
}

fn unstarted(command: &Command, error: &std::io::Error) -> Fault {
    Fault::Program { what: named(command), how: format!("could not be started ({error})") }
}

fn success(command: &Command, status: ExitStatus) -> Result<(), Fault> {
    if status.success() {
        return Ok(());
    }
    Err(Fault::Program { what: named(command), how: format!("failed ({status})") })
}
