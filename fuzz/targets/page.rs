//! This target gives a page and an alert the same marks and text: the first line holds the marks, separated by tabs,
//! and the rest is the text. They are seen at one of four addresses, each with a status, because what is read from a
//! text depends on both.

#![no_main]

use access_medic::{Alert, Evidence, Page, Response, Visit};
use access_medic_fuzz::examined;
use libfuzzer_sys::fuzz_target;

const SEEN: [(&str, u16); 4] = [
    ("https://chatgpt.com/", 403),
    ("https://chatgpt.com/c/1", 200),
    ("https://auth.openai.com/error", 200),
    ("https://api.openai.com/v1/models", 503),
];

fuzz_target!(|bytes: &[u8]| {
    let input = String::from_utf8_lossy(bytes);
    let (first, text) = input.split_once('\n').unwrap_or(("", &input));
    let markers: Vec<String> = first.split('\t').map(str::to_owned).collect();
    // The length of the input chooses the address, so that every seed is seen at every address after a few changes.
    let (url, status) = SEEN[bytes.len() % SEEN.len()];
    let page = Page {
        content_type: "text/html".into(),
        elements: 40,
        title: text.lines().next().unwrap_or_default().to_owned(),
        text: text.to_owned(),
        markers: markers.clone(),
        ..Page::default()
    };
    let evidence = Evidence {
        url: url.into(),
        at: 1.0,
        response: Some(Response { status, headers: Vec::new() }),
        alerts: vec![Alert { text: text.chars().take(600).collect(), markers }],
        page: Some(page),
        ..Evidence::default()
    };
    examined(&Visit { evidence, now: 1.0, ..Visit::default() });
});
