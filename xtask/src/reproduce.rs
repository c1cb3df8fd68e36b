//! This module builds the packages a second time, from a copy of the sources in another folder, and compares the bytes:
//! a reviewer has to be able to build exactly what was shipped.

use crate::{
    browser::Browser,
    checkout::{self, Checkout},
    fault::Fault,
    package,
};

pub fn check(checkout: &Checkout) -> Result<(), Fault> {
    let folder = checkout.elsewhere();
    checkout::remove_folder(&folder)?;
    let copy = checkout.copy_files(folder)?;
    let made = |checkout: &Checkout| -> Result<Vec<Vec<u8>>, Fault> {
        Browser::ALL.into_iter().map(|browser| checkout::read(&package::make(checkout, browser)?.path)).collect()
    };
    let (here, there) = (made(checkout)?, made(&copy)?);
    let pairs = Browser::ALL.into_iter().zip(here.iter().zip(&there));
    let different = pairs.filter(|(_, (here, there))| here != there).map(|(browser, _)| browser.name());
    let different = different.collect::<Vec<_>>().join(" and ");
    if different.is_empty() {
        return Ok(());
    }
    Err(Fault::Failed(format!(
        "came out different in target/elsewhere/checkout: {different}. Compare target/extension/ here and there."
    )))
}
