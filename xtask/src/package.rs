//! This module makes the two packages for the stores and weighs them. The same sources give the same bytes.

use crate::{
    browser::Browser,
    checkout::{self, Checkout},
    core, extension,
    fault::Fault,
    figure::{BYTES, Figure},
};
use flate2::{Compression, write::GzEncoder};
use std::{
    collections::BTreeMap,
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// The budgets, in bytes, of the core, which a failing page waits for, and of a package as it is downloaded. Nobody
/// would notice if they were smaller than this.
const CORE_GZIPPED: u32 = 240 * 1024;
const PACKAGE: u32 = 1180 * 1024;

pub struct Package {
    pub name: String,
    pub path: PathBuf,
    pub figures: Vec<Figure>,
}

/// Builds the extension of one browser and packs it.
pub fn make(checkout: &Checkout, browser: Browser) -> Result<Package, Fault> {
    let folder = extension::build(checkout, browser)?;
    let bytes = pack(&folder)?;
    let name = name(checkout, browser);
    let path = checkout.extensions().join(&name);
    checkout::write(&path, &bytes)?;
    let figures = weigh(&folder, bytes.len(), browser)?;
    Ok(Package { name, path, figures })
}

/// Returns the name of a package's file. Firefox and its store know an extension by the ending `.xpi`.
pub fn name(checkout: &Checkout, browser: Browser) -> String {
    let ending = match browser {
        Browser::Chromium => "zip",
        Browser::Firefox => "xpi",
    };
    format!("access-medic-{}-{}.{ending}", checkout.version(), browser.name())
}

/// Returns the figures that decide about a package. They are the sizes, which are the same on every machine.
pub fn binding(figures: Vec<Figure>) -> Vec<Figure> {
    figures.into_iter().filter(|figure| figure.unit == BYTES).collect()
}

/// Fails with the names of the figures that are over their budgets.
pub fn hold(figures: &[Figure]) -> Result<(), Fault> {
    let over: Vec<_> = figures.iter().filter(|figure| figure.is_over()).map(|figure| figure.name.as_str()).collect();
    if over.is_empty() { Ok(()) } else { Err(Fault::Failed(format!("over budget: {}", over.join(", ")))) }
}

fn weigh(folder: &Path, whole: usize, browser: Browser) -> Result<Vec<Figure>, Fault> {
    let [name, _] = core::binaries();
    let core = gzipped(&checkout::read(&folder.join("core").join(name))?)?;
    Ok(vec![
        Figure::size("wasm_gzipped", core, CORE_GZIPPED),
        Figure::size(&format!("package_{}", browser.name()), whole, PACKAGE),
    ])
}

fn gzipped(bytes: &[u8]) -> Result<usize, Fault> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).and_then(|()| gzip.finish()).map(|packed| packed.len()).map_err(Fault::file("(in memory)"))
}

fn pack(folder: &Path) -> Result<Vec<u8>, Fault> {
    let mut files = BTreeMap::new();
    for name in checkout::files_below(folder)? {
        files.insert(name.clone(), checkout::read(&folder.join(&name))?);
    }
    archive(&files)
}

/// Packs the files in name order, with one time and with modes that follow from what is in them, so that nothing in the archive
/// tells when or where it was made.
pub fn archive(files: &BTreeMap<String, Vec<u8>>) -> Result<Vec<u8>, Fault> {
    let wrong = |error: zip::result::ZipError| Fault::Program { what: "zip".into(), how: error.to_string() };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        let options = SimpleFileOptions::default()
            .compression_method(CompressionMethod::Deflated)
            .compression_level(Some(9))
            .last_modified_time(DateTime::DEFAULT)
            .unix_permissions(if bytes.starts_with(b"#!") { 0o755 } else { 0o644 });
        archive.start_file(name, options).map_err(wrong)?;
        archive.write_all(bytes).map_err(Fault::file(name))?;
    }
    archive.finish().map(Cursor::into_inner).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::{fs, io::Read as _};

    #[test]
    fn the_same_files_give_the_same_bytes_in_name_order() {
        let root = std::env::temp_dir().join(format!("access-medic-pack-{}", std::process::id()));
        let (one, two) = (root.join("one"), root.join("two"));
        for (folder, names) in [(&one, ["b/c.js", "a.js"]), (&two, ["a.js", "b/c.js"])] {
            for name in names {
                checkout::write(&folder.join(name), name.as_bytes()).unwrap();
            }
        }
        let packed = pack(&one).unwrap();
        assert_eq!(packed, pack(&two).unwrap());
        let mut archive = zip::ZipArchive::new(Cursor::new(packed)).unwrap();
        let names: Vec<_> = archive.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names, ["a.js", "b/c.js"]);
        let mut text = String::new();
        archive.by_name("b/c.js").unwrap().read_to_string(&mut text).unwrap();
        assert_eq!(text, "b/c.js");
        fs::remove_dir_all(&root).unwrap();
    }

    #[test]
    fn what_is_over_its_budget_is_named() {
        let figures = [Figure::size("small", 1, 2), Figure::size("large", 3, 2)];
        assert!(hold(&figures[..1]).is_ok());
        assert_eq!(hold(&figures).unwrap_err().to_string(), "over budget: large");
    }
}
