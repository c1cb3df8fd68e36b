//! Makes the two packages for the stores and weighs them. Two packages of the same sources are the same bytes.

use crate::{
    browser::Browser,
    checkout::{self, Checkout},
    core, extension,
    fault::Fault,
    figure::{BYTES, Figure},
};
use flate2::{Compression, write::GzEncoder};
use std::{
    io::{Cursor, Write as _},
    path::{Path, PathBuf},
};
use zip::{CompressionMethod, DateTime, ZipWriter, write::SimpleFileOptions};

/// Each failing page needs the core at once.
const CORE_GZIPPED: u32 = 64 * 1024;
/// The checks are loaded when somebody asks for them.
const CHECKS_GZIPPED: u32 = 36 * 1024;
/// What each page pays, healthy ones too.
const OBSERVER: u32 = 16 * 1024;
const SCRIPTS_AND_STYLES: u32 = 64 * 1024;
/// The code that we write, without comments, by who pays for it. The 64 kB that were first drawn for all are what a failing page
/// may get; the worker and the pages that a person opens have budgets of their own, for none of it is loaded elsewhere.
const ROOMS: [(&str, u32); 3] = [("overlay_code", 64 * 1024), ("worker_code", 48 * 1024), ("views_code", 64 * 1024)];
/// All but the languages, and each of them.
const REST: u32 = 200 * 1024;
const LANGUAGE: u32 = 20 * 1024;

pub struct Package {
    pub path: PathBuf,
    pub figures: Vec<Figure>,
}

/// Builds the extension of one browser and packs it.
pub fn make(checkout: &Checkout, browser: Browser) -> Result<Package, Fault> {
    let folder = extension::build(checkout, browser)?;
    let bytes = pack(&folder)?;
    let name = format!("access-medic-{}-{}.zip", checkout.version(), browser.name());
    let path = checkout.extensions().join(name);
    checkout::write(&path, &bytes)?;
    let figures = weigh(&folder, bytes.len(), browser)?;
    Ok(Package { path, figures })
}

/// The figures that decide about a package: sizes are the same on every machine.
pub fn binding(figures: Vec<Figure>) -> Vec<Figure> {
    figures.into_iter().filter(|figure| figure.unit == BYTES).collect()
}

/// Fails with the names of the figures that are over their budgets.
pub fn hold(figures: &[Figure]) -> Result<(), Fault> {
    let over: Vec<_> = figures.iter().filter(|figure| figure.is_over()).map(|figure| figure.name.as_str()).collect();
    if over.is_empty() { Ok(()) } else { Err(Fault::Failed(format!("over budget: {}", over.join(", ")))) }
}

fn weigh(folder: &Path, whole: usize, browser: Browser) -> Result<Vec<Figure>, Fault> {
    let [core, checks] = core::binaries().map(|name| gzipped(&checkout::read(&folder.join("core").join(name))?));
    // As shipped, all that a browser reads: our files with their comments and types, and the bindings that
    // wasm-bindgen writes. Held to the budget is the code that we write; comments stay in the package, because what
    // ships is what is in the repository.
    let (mut shipped, mut code, mut observer, mut languages) = (0, [0; 3], 0, 0);
    for name in checkout::files_below(folder)? {
        languages += u32::from(name.starts_with("_locales/"));
        if name.ends_with(".js") || name.ends_with(".css") {
            let text = checkout::read_text(&folder.join(&name))?;
            shipped += text.len();
            if name == "content/observe.js" {
                observer = text.len();
            }
            if !name.starts_with("core/") && name != "content/observe.js" {
                let room = match name.as_str() {
                    "content/overlay.js" | "views/report.js" | "views/report.css" => 0,
                    name if name.starts_with("views/") => 2,
                    _ => 1,
                };
                code[room] += without_comments(&text);
            }
        }
    }
    let mut figures = vec![
        Figure::size("wasm_gzipped", core?, CORE_GZIPPED),
        Figure::size("checks_wasm_gzipped", checks?, CHECKS_GZIPPED),
        Figure::size("observer", observer, OBSERVER),
    ];
    figures.extend(ROOMS.iter().zip(code).map(|((name, budget), bytes)| Figure::size(name, bytes, *budget)));
    figures.extend([
        Figure { unit: "B as shipped".into(), ..Figure::size("scripts_and_styles", shipped, SCRIPTS_AND_STYLES) },
        Figure::size(&format!("package_{}", browser.name()), whole, REST + languages * LANGUAGE),
    ]);
    Ok(figures)
}

/// Bytes of a text without empty lines and lines that are only comment.
fn without_comments(text: &str) -> usize {
    let mut inside = false;
    let mut bytes = 0;
    for line in text.lines() {
        let words = line.trim();
        let opens = !inside && words.starts_with("/*");
        let only = inside
            || words.is_empty()
            || words.starts_with("//")
            || opens && (!words.contains("*/") || words.ends_with("*/"));
        inside = (inside || opens) && !words.contains("*/");
        if !only {
            bytes += line.len() + 1;
        }
    }
    bytes
}

fn gzipped(bytes: &[u8]) -> Result<usize, Fault> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::best());
    gzip.write_all(bytes).and_then(|()| gzip.finish()).map(|packed| packed.len()).map_err(Fault::file("(in memory)"))
}

/// Files in name order, with one time and one mode: nothing in the archive tells when or where it was made.
fn pack(folder: &Path) -> Result<Vec<u8>, Fault> {
    let options = SimpleFileOptions::default()
        .compression_method(CompressionMethod::Deflated)
        .compression_level(Some(9))
        .last_modified_time(DateTime::DEFAULT)
        .unix_permissions(0o644);
    let wrong = |error: zip::result::ZipError| Fault::Program { what: "zip".into(), how: error.to_string() };
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for name in checkout::files_below(folder)? {
        archive.start_file(&name, options).map_err(wrong)?;
        archive.write_all(&checkout::read(&folder.join(&name))?).map_err(Fault::file(&name))?;
    }
    archive.finish().map(Cursor::into_inner).map_err(wrong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn comments_weigh_nothing_and_code_beside_them_does() {
        let text = "// a\n/** b */\n/*\n * c\n */\n\nlet d = /** @type {E} */ (f); // g\n";
        assert_eq!(without_comments(text), "let d = /** @type {E} */ (f); // g\n".len());
        assert_eq!(without_comments("/* a */ b\n"), "/* a */ b\n".len());
    }

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
