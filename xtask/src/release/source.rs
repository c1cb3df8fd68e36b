//! This module packs the source from which Mozilla's reviewers build the package again: every file that git has, and a manual that
//! says how. It also unpacks such an archive, as the rehearsal of a release does.

use super::manual;
use crate::{
    checkout::{self, Checkout},
    fault::Fault,
    package,
};
use std::{
    fs::File,
    io::{Cursor, Read as _},
    path::Path,
    time::{Duration, SystemTime},
};

/// The file of an archive that says how to build. It is no file of the repository.
pub const MANUAL: &str = "BUILD.md";

pub fn name(checkout: &Checkout) -> String {
    format!("access-medic-{}-source.zip", checkout.version())
}

/// Packs the source. `sums` are the checksums of the packages that come of it.
pub fn pack(checkout: &Checkout, sums: &str) -> Result<Vec<u8>, Fault> {
    let mut files = super::Files::new();
    for name in checkout.files()? {
        files.insert(name.clone(), checkout::read(&checkout.join(&name))?);
    }
    files.insert(MANUAL.into(), manual::write(checkout, sums)?.into_bytes());
    package::archive(&files)
}

/// Unpacks an archive into a folder that is not there yet, and returns the names of its files. They get the time of the archive, as
/// other programs give it to them.
pub fn unpack(archive: &[u8], folder: &Path) -> Result<Vec<String>, Fault> {
    let wrong = |error: zip::result::ZipError| Fault::Program { what: "zip".into(), how: error.to_string() };
    let mut archive = zip::ZipArchive::new(Cursor::new(archive)).map_err(wrong)?;
    let mut names = Vec::new();
    // The archive's only time, the first of 1980, as seconds since 1970.
    let time = SystemTime::UNIX_EPOCH + Duration::from_secs(315_532_800);
    for at in 0..archive.len() {
        let mut entry = archive.by_index(at).map_err(wrong)?;
        let name = entry.enclosed_name().ok_or_else(|| Fault::Failed("the archive leads out of its folder".into()))?;
        let path = folder.join(&name);
        let mut bytes = Vec::new();
        entry.read_to_end(&mut bytes).map_err(Fault::file(&path))?;
        checkout::write(&path, &bytes)?;
        permit(&path, entry.unix_mode())?;
        let file = File::options().append(true).open(&path).map_err(Fault::file(&path))?;
        file.set_modified(time).map_err(Fault::file(&path))?;
        names.push(name.to_string_lossy().replace('\\', "/"));
    }
    Ok(names)
}

/// Lets a program be started, where the system knows that.
#[cfg(unix)]
fn permit(path: &Path, mode: Option<u32>) -> Result<(), Fault> {
    use std::os::unix::fs::PermissionsExt as _;
    let permissions = std::fs::Permissions::from_mode(mode.unwrap_or(0o644) & 0o777);
    std::fs::set_permissions(path, permissions).map_err(Fault::file(path))
}

#[cfg(not(unix))]
fn permit(_: &Path, _: Option<u32>) -> Result<(), Fault> {
    Ok(())
}
