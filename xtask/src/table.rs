//! This module is `cargo xtask table`. It has the test that compares the tables in the catalogue's README write them
//! instead. That test decides what they say, with the catalogue's own reader.

use crate::{checkout::Checkout, fault::Fault, process, rust};

pub fn write(checkout: &Checkout) -> Result<(), Fault> {
    let mut command = rust::cargo(&checkout.root);
    command.args(["test", "--quiet", "--package", "recordings", "--test", "catalog"]);
    command.args(["the_readme_lists_the_catalogue", "--", "--exact"]);
    process::capture(command.env("WRITE_TABLE", "1")).map(drop)
}
