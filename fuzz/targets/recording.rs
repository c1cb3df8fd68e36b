//! This target reads recorded responses: it runs the reader of `tests/src/`, the observer, and the core on what was
//! observed.

#![no_main]

use access_medic_fuzz::examined;
use libfuzzer_sys::fuzz_target;
use recordings::{Browser, Recording, visit};

fuzz_target!(|bytes: &[u8]| {
    if let Ok(recording) = Recording::parse("healthy/any", "healthy", bytes) {
        for browser in Browser::ALL {
            examined(&visit(&recording, browser));
        }
    }
});
