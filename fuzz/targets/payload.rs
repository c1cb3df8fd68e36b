//! This target reads the login's error address. First the input stands in the place of the query, as it is. Then it
//! stands in the words of a payload that a library writes, in both alphabets, with and without padding, plain and
//! escaped: the code has to come out each time.

#![no_main]

use access_medic::{Evidence, Page, Response, Visit};
use access_medic_fuzz::examined;
use base64::{Engine as _, engine::general_purpose as base64_alphabets};
use libfuzzer_sys::fuzz_target;

const CODE: &str = "unsupported_country";

fn code(query: &str) -> Option<String> {
    let evidence = Evidence {
        url: format!("https://auth.openai.com/error?{query}"),
        at: 1.0,
        response: Some(Response { status: 400, headers: Vec::new() }),
        page: Some(Page { content_type: "text/html".into(), elements: 40, ..Page::default() }),
        ..Evidence::default()
    };
    let visit = Visit { evidence, now: 1.0, ..Visit::default() };
    examined(&visit).diagnosis.and_then(|diagnosis| diagnosis.facts.code)
}

fuzz_target!(|bytes: &[u8]| {
    let input = String::from_utf8_lossy(bytes);
    code(&input);
    code(&format!("payload={input}"));

    // This is longer than any real payload. The core reads 16 kB.
    let words: String = input.chars().take(1000).collect();
    let payload = serde_json::json!({ "errorCode": CODE, "kind": words, "requestId": "r-1" }).to_string();
    for alphabet in [
        base64_alphabets::STANDARD,
        base64_alphabets::STANDARD_NO_PAD,
        base64_alphabets::URL_SAFE,
        base64_alphabets::URL_SAFE_NO_PAD,
    ] {
        let plain = alphabet.encode(&payload);
        let escaped = plain.replace('+', "%2B").replace('/', "%2f").replace('=', "%3D");
        for written in [plain, escaped] {
            assert_eq!(code(&format!("a=b&payload={written}&c")).as_deref(), Some(CODE), "{written}");
        }
    }
});
