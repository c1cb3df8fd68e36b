//! `cargo xtask table`: has the test that compares the tables in the catalogue's README write them instead. What
//! they say is decided there, by the catalogue's own reader.

use crate::{checkout::Checkout, fault::Fault, process, rust};

pub fn write(checkout: &Checkout) -> Result<(), Fault> {
    let mut command = rust::cargo(&checkout.root);
    command.args(["test", "--quiet", "--package", "recordings", "--test", "catalog"]);
    command.args(["the_readme_lists_the_catalogue", "--", "--exact"]);
    process::capture(command.env("WRITE_TABLE", "1")).map(drop)
}
