//! Starts other programs and says which one failed. No shell is involved, so nothing needs quoting.

use crate::fault::Fault;
use std::{
    ffi::OsStr,
    io::{BufRead as _, BufReader, Write as _},
    path::Path,
    process::{Command, ExitStatus, Stdio},
};

/// Runs to the end; what the program prints goes to the terminal.
pub fn run(command: &mut Command) -> Result<(), Fault> {
    let status = command.status().map_err(|error| unstarted(command, &error))?;
    success(command, status)
}

/// Runs to the end and answers what was printed to standard output.
pub fn capture(command: &mut Command) -> Result<String, Fault> {
    let output = command.stderr(Stdio::inherit()).output().map_err(|error| unstarted(command, &error))?;
    success(command, output.status)?;
    Ok(String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Like [`capture`], without a word to the terminal: for finding out whether something is there.
pub fn probe(command: &mut Command) -> Option<String> {
    let output = command.stdin(Stdio::null()).output().ok()?;
    output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

/// Runs to the end; `line` gets each line of standard output, and says whether it is shown. Ending badly is an answer
/// here.
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

/// The program as a person would name it: without its folder, with its first arguments.
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
