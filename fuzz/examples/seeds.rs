//! This program writes what the targets start from: every recorded page in each target's form, and the catalogue's
//! words as a dictionary. `seeds FOLDER` makes `FOLDER/<target>/` and `FOLDER/words`.

use access_medic_fuzz::{read, write};
use recordings::{Browser, all, visit};
use std::{
    collections::BTreeSet,
    error::Error,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

/// The size of the longest seed, in bytes. Longer seeds slow everything down and show nothing that shorter ones do not.
const LONGEST: usize = 4096;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = PathBuf::from(std::env::args_os().nth(1).ok_or("which folder?")?);
    let put = |target: &str, name: &str, seed: &[u8]| -> std::io::Result<()> {
        let path = folder.join(target).join(name.replace('/', "-"));
        fs::create_dir_all(folder.join(target))?;
        if seed.len() > LONGEST { Ok(()) } else { fs::write(path, seed) }
    };
    let pages = recordings::folder();
    for recording in all()? {
        let name = &recording.name;
        let evidence = visit(&recording, Browser::Chromium).evidence;
        let lines = write(&evidence);
        let again = write(&read(lines.as_bytes()).evidence);
        if again != lines {
            return Err(format!("{name} is not what was written:\n{lines}\n{again}").into());
        }
        put("examine", name, lines.as_bytes())?;
        if let Some(page) = &evidence.page {
            put("page", name, format!("{}\n{}", page.markers.join("\t"), page.text).as_bytes())?;
            put("phrases", name, page.text.as_bytes())?;
        }
        for (at, alert) in evidence.alerts.iter().enumerate() {
            let name = format!("{name}-{at}");
            put("page", &name, format!("{}\n{}", alert.markers.join("\t"), alert.text).as_bytes())?;
            put("phrases", &name, alert.text.as_bytes())?;
        }
        if let Some(response) = &evidence.response {
            let mut seed = response.status.to_string();
            for header in &response.headers {
                let _ = write!(seed, "\n{}: {}", header.name, header.value);
            }
            put("headers", name, seed.as_bytes())?;
        }
        if let Some((_, query)) = evidence.url.split_once('?') {
            put("payload", name, query.as_bytes())?;
        }
        put("recording", name, &fs::read(pages.join(format!("{name}.http")))?)?;
    }
    let mut words = BTreeSet::new();
    collect(&pages.join("../../crate/catalog"), &mut words)?;
    let dictionary: String = words.iter().map(|word| format!("\"{}\"\n", escaped(word))).collect();
    fs::write(folder.join("words"), dictionary)?;
    Ok(())
}

/// Collects every quoted string of the catalogue's files that is short enough for a mutation to put in.
fn collect(folder: &Path, words: &mut BTreeSet<String>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() {
            collect(&path, words)?;
        } else if path.extension().is_some_and(|ending| ending == "toml") {
            let text = fs::read_to_string(&path)?;
            let quoted =
                text.lines().filter(|line| !line.starts_with('#')).flat_map(|line| line.split('"').skip(1).step_by(2));
            // A page never holds the hashes or the names of lists.
            words.extend(
                quoted.filter(|w| (3..=64).contains(&w.len()) && !w.starts_with(['#', '@'])).map(str::to_owned),
            );
        }
    }
    Ok(())
}

/// Escapes a word as a dictionary of libFuzzer needs it.
fn escaped(word: &str) -> String {
    word.bytes().fold(String::new(), |mut out, byte| {
        let _ = match byte {
            b'\\' | b'"' => write!(out, "\\{}", char::from(byte)),
            b' '..=b'~' => write!(out, "{}", char::from(byte)),
            _ => write!(out, "\\x{byte:02x}"),
        };
        out
    })
}
