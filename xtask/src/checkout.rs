//! This module knows where things are in one checkout of the repository, and in the folders that are built in it.

use crate::{fault::Fault, process};
use std::{
    env, fs,
    path::{Path, PathBuf},
    process::Command,
};

pub struct Checkout {
    pub root: PathBuf,
    /// The folder of npm's packages, in this checkout or in the one that a copy of it was made from.
    modules: PathBuf,
    /// The files of a copy, which git does not know.
    copied: Option<Vec<String>>,
}

impl Checkout {
    /// Returns the checkout in which `cargo xtask` was started.
    pub fn current() -> Result<Self, Fault> {
        let folder = env::var_os("CARGO_MANIFEST_DIR").map(PathBuf::from);
        let root = folder.as_deref().and_then(Path::parent).filter(|root| root.join("manifest.json").is_file());
        let root = root.ok_or_else(|| Fault::Input("start this as `cargo xtask …`, inside the checkout".into()))?;
        Ok(Self { root: root.to_owned(), modules: root.join("node_modules"), copied: None })
    }

    /// Returns the names of all files that git knows or would take, in byte order.
    pub fn files(&self) -> Result<Vec<String>, Fault> {
        if let Some(copied) = &self.copied {
            return Ok(copied.clone());
        }
        let listed = process::capture(Command::new("git").current_dir(&self.root).args([
            "ls-files",
            "-z",
            "--cached",
            "--others",
            "--exclude-standard",
        ]))?;
        // A file that git knows but that was deleted is part of no build.
        let names = listed.split('\0').filter(|name| !name.is_empty() && self.join(name).is_file());
        let mut names: Vec<_> = names.map(str::to_owned).collect();
        names.sort_unstable();
        names.dedup();
        Ok(names)
    }

    /// Copies all files to a folder.
    pub fn copy_files(&self, folder: PathBuf) -> Result<Self, Fault> {
        let files = self.files()?;
        for name in &files {
            write(&folder.join(name), &read(&self.join(name))?)?;
        }
        Ok(self.copy_at(folder, files))
    }

    /// Returns the checkout of a copy that is in this folder already. It is built with the npm packages of this checkout.
    pub fn copy_at(&self, folder: PathBuf, mut files: Vec<String>) -> Self {
        files.sort_unstable();
        Self { root: folder, modules: self.modules.clone(), copied: Some(files) }
    }

    /// Returns the folder in which copies of the sources are built, one after the other. They share it, so that cargo
    /// can use what it built of other people's crates again.
    pub fn elsewhere(&self) -> PathBuf {
        self.join("target/elsewhere/checkout")
    }

    pub fn join(&self, path: &str) -> PathBuf {
        self.root.join(path)
    }

    pub fn target(&self) -> PathBuf {
        self.join("target")
    }

    /// Returns the folder of the core's JavaScript and WebAssembly, where `tsconfig.json` expects their types.
    pub fn core(&self) -> PathBuf {
        self.join("target/bindgen/core")
    }

    /// Returns the folder of the built extensions, one folder for each browser, and of the packages made of them.
    pub fn extensions(&self) -> PathBuf {
        self.join("target/extension")
    }

    pub fn module(&self, path: &str) -> PathBuf {
        self.modules.join(path)
    }

    /// Waits until no other command builds in this checkout. Other commands wait until the returned file is dropped.
    pub fn lock(&self) -> Result<fs::File, Fault> {
        let path = self.join("target/xtask.lock");
        write(&path, b"")?;
        let file = fs::File::open(&path).map_err(Fault::file(&path))?;
        file.lock().map_err(Fault::file(&path))?;
        Ok(file)
    }

    /// Returns the version that the workspace and the manifest share.
    pub fn version(&self) -> &'static str {
        env!("CARGO_PKG_VERSION")
    }
}

pub fn read(path: &Path) -> Result<Vec<u8>, Fault> {
    fs::read(path).map_err(Fault::file(path))
}

pub fn read_text(path: &Path) -> Result<String, Fault> {
    fs::read_to_string(path).map_err(Fault::file(path))
}

/// Writes the file, and creates the folders above it.
pub fn write(path: &Path, bytes: &[u8]) -> Result<(), Fault> {
    if let Some(folder) = path.parent() {
        fs::create_dir_all(folder).map_err(Fault::file(folder))?;
    }
    fs::write(path, bytes).map_err(Fault::file(path))
}

/// Removes the folder and all in it, if it is there.
pub fn remove_folder(path: &Path) -> Result<(), Fault> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(Fault::file(path)(error)),
        _ => Ok(()),
    }
}

/// Returns all files below a folder, as paths relative to it with `/`, in byte order on every system.
pub fn files_below(folder: &Path) -> Result<Vec<String>, Fault> {
    let mut found = Vec::new();
    let mut open = vec![(folder.to_owned(), String::new())];
    while let Some((folder, prefix)) = open.pop() {
        for entry in fs::read_dir(&folder).map_err(Fault::file(&folder))? {
            let entry = entry.map_err(Fault::file(&folder))?;
            let name = format!("{prefix}{}", entry.file_name().to_string_lossy());
            if entry.file_type().map_err(Fault::file(entry.path()))?.is_dir() {
                open.push((entry.path(), format!("{name}/")));
            } else {
                found.push(name);
            }
        }
    }
    found.sort_unstable();
    Ok(found)
}
