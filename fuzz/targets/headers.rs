//! This target reads the status of an answer, and behind it the headers as lines of `name: value`. It examines the
//! answer with a page and without one.

#![no_main]

use access_medic::{Evidence, Header, Page, Response, Visit};
use access_medic_fuzz::examined;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let input = String::from_utf8_lossy(bytes);
    let mut lines = input.split('\n');
    let status = lines.next().and_then(|line| line.parse().ok()).unwrap_or(403);
    let headers: Vec<Header> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| Header { name: name.into(), value: value.into() })
        .collect();
    for page in [None, Some(Page { elements: 20, ..Page::default() })] {
        let evidence = Evidence {
            url: "https://chatgpt.com/".into(),
            at: 1.0,
            response: Some(Response { status, headers: headers.clone() }),
            page,
            ..Evidence::default()
        };
        examined(&Visit { evidence, now: 1.0, ..Visit::default() });
    }
});
