//! What can go wrong in a command, as values with a kind. How a fault is shown is decided here and nowhere else.

use std::{fmt, io, path::PathBuf};

#[derive(Debug)]
pub enum Fault {
    /// A file or folder could not be read or written.
    File { path: PathBuf, error: io::Error },
    /// A program could not be started, or ended badly.
    Program { what: String, how: String },
    /// Something has to be installed by hand; the sentence says what.
    Missing(String),
    /// What a person typed, or wrote into a file, cannot be used.
    Input(String),
    /// A check said no; what exactly has been printed already.
    Failed(String),
    /// A check said no, and there is nothing left to say: the last line is taken.
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
