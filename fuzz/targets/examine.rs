//! This target examines whole visits, which are written as lines.

#![no_main]

use access_medic_fuzz::{examined, read};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    examined(&read(bytes));
});
