//! This module holds what can go wrong in a command, as values with a kind. It alone decides how a fault is shown.

use std::{fmt, io, path::PathBuf};

#[derive(Debug)]
pub enum Fault {
    /// A file or folder could not be read or written.
    File { path: PathBuf, error: io::Error },
    /// A program could not be started, or ended badly.
    Program { what: String, how: String },
    /// Something has to be installed by hand; the sentence says what.
    Missing(String),
    /// Something that a person typed, or wrote into a file, cannot be used.
    Input(String),
    /// A check failed, and the details have been printed already.
    Failed(String),
    /// A check failed, and nothing more is printed, because the last line of the output is taken as the result.
    Told,
}

impl Fault {
    pub fn file(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |error| Self::File { path, error }
    }
}

impl fmt::Display for Fault {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File { path, error } => write!(f, "{}: {error}", path.display()),
            Self::Program { what, how } => write!(f, "{what}: {how}"),
            Self::Told => Ok(()),
            Self::Missing(sentence) | Self::Input(sentence) | Self::Failed(sentence) => f.write_str(sentence),
        }
    }
}
