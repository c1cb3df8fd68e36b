//! This module copies the pictures for the stores, which `cargo xtask screenshots` draws and somebody approves by committing them. It
//! reads no more of a picture than its size and its kind.

use super::{Files, complain};
use crate::{
    checkout::{self, Checkout},
    fault::Fault,
};

const FOLDER: &str = "store/pictures";
const LANGUAGES: [&str; 3] = ["en", "zh_CN", "ar"];
const SCREENSHOT: (u32, u32) = (1280, 800);
const TILE: (u32, u32) = (440, 280);
/// Chrome takes at most five screenshots in a language.
const MOST: usize = 5;
const FEWEST: usize = 3;
/// All pictures together, in bytes: they are in every clone.
const BUDGET: usize = 2_000_000;
/// The kind of a picture with 24 bits for each dot and without transparency, which is what Chrome asks for.
const RGB: [u8; 2] = [8, 2];

pub fn copy(checkout: &Checkout) -> Result<Files, Fault> {
    let folder = checkout.join(FOLDER);
    let mut files = Files::new();
    for name in checkout::files_below(&folder)? {
        files.insert(format!("pictures/{name}"), checkout::read(&folder.join(&name))?);
    }
    complain(FOLDER, &complaints(&files))?;
    Ok(files)
}

fn complaints(files: &Files) -> Vec<String> {
    let mut found = Vec::new();
    for (name, bytes) in files {
        let size = if name.ends_with("-tile.png") { TILE } else { SCREENSHOT };
        match header(bytes) {
            None => found.push(format!("{name} is no PNG")),
            Some((is, kind)) => {
                if is != size {
                    found.push(format!("{name} is {} x {} and not {} x {}", is.0, is.1, size.0, size.1));
                }
                if kind != RGB {
                    found.push(format!("{name} is not of 24 bits without transparency"));
                }
            }
        }
    }
    for language in LANGUAGES {
        let of = |ending: &str| {
            files
                .keys()
                .filter(|name| name.starts_with(&format!("pictures/{language}-")) && name.ends_with(ending))
                .count()
        };
        let (all, tiles) = (of(".png"), of("-tile.png"));
        if tiles != 1 || !(FEWEST..=MOST).contains(&(all - tiles)) {
            found.push(format!("{language} has {} screenshots and {tiles} tiles", all - tiles));
        }
    }
    let whole: usize = files.values().map(Vec::len).sum();
    if whole > BUDGET {
        found.push(format!("the pictures have {whole} bytes together, and {BUDGET} are allowed"));
    }
    found
}

/// Returns width and height, and the number of bits with the kind of colours.
fn header(bytes: &[u8]) -> Option<((u32, u32), [u8; 2])> {
    let rest = bytes.strip_prefix(b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")?;
    let number = |at: usize| Some(u32::from_be_bytes(rest.get(at..at + 4)?.try_into().ok()?));
    Some(((number(0)?, number(4)?), rest.get(8..10)?.try_into().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_approved_pictures_are_as_the_stores_want_them() {
        let files = copy(&Checkout::current().unwrap()).unwrap();
        assert!(files.len() >= LANGUAGES.len() * (FEWEST + 1));
    }

    #[test]
    fn a_wrong_size_a_missing_language_and_another_kind_are_named() {
        let mut files = copy(&Checkout::current().unwrap()).unwrap();
        files.retain(|name, _| !name.contains("/ar-"));
        let tile = files["pictures/en-tile.png"].clone();
        files.insert("pictures/en-1-explain.png".into(), tile);
        files.get_mut("pictures/en-tile.png").unwrap()[25] = 6;
        files.insert("pictures/en-9-text.png".into(), b"text".to_vec());
        let found = complaints(&files).join("\n");
        for part in
            ["440 x 280 and not 1280 x 800", "ar has 0", "en-tile.png is not of 24 bits", "en-9-text.png is no PNG"]
        {
            assert!(found.contains(part), "{part}: {found}");
        }
    }
}
