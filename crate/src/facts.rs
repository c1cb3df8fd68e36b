//! This module reads the facts of a failing page: codes, Ray ID, request id, data centre, country, retry-after.
//!
//! Machines write codes for machines, so signatures look at them first. The visitor's IP address, which these pages show, is
//! never taken over.

use crate::{
    address::Address,
    body, catalog,
    evidence::{Evidence, Page, Visit},
    report::{Facts, Failing, ReasonKind},
    signature::BARE_ELEMENTS,
    times::told_time,
    wait::retry_after,
};

/// A machine-readable code and where it stood.
#[derive(Clone, Debug, PartialEq)]
pub struct Code {
    pub value: String,
    pub from: ReasonKind,
}

/// The signals are what the machine-readable parts of the evidence say.
#[derive(Default)]
pub struct Signals<'e> {
    pub codes: Vec<Code>,
    printed: Printed<'e>,
    request_id: Option<String>,
    retry_after: Option<u32>,
    ray_id: Option<String>,
}

/// A page with more text than this, in bytes, speaks of more than one thing.
const SMALL_TEXT: usize = 1_500;

/// The longest body that is read as JSON or as a plain code, in bytes: error bodies are small.
const BODY_LIMIT: usize = 16_384;

/// Keys of JSON bodies whose values are codes: OpenAI's `error.code`, `detail.code`, Cloudflare's `error_code`.
const CODE_KEYS: [&str; 6] = ["code", "error_code", "errorCode", "error_name", "type", "error"];

/// Objects of a body in which codes stand; those of the outer object count too.
const CODE_PARENTS: [&str; 2] = ["error", "detail"];

pub fn signals<'e>(evidence: &'e Evidence, address: &Address) -> Signals<'e> {
    let mut signals = Signals::default();
    if let Some(number) = header(evidence, "cf-error-type").filter(|value| is_code(value)) {
        signals.push(number, ReasonKind::Header);
    }
    if address.is_login() {
        if let Some(code) = address.parameter("error").or_else(|| address.parameter("errorCode")) {
            // `mfa_bypass|google` names the identity provider behind the bar.
            signals.push(code.split('|').next().unwrap_or_default(), ReasonKind::Address);
        }
        // OAuth puts one of its own few codes under `error`, and the reason beside it.
        if let Some(reason) = address.parameter("error_description") {
            for word in reason.split(|c: char| !is_identifier(c)).filter(|word| word.contains('_')) {
                signals.push(word, ReasonKind::Address);
            }
        }
        if let Some(payload) = address.parameter("payload").as_deref().and_then(payload) {
            signals.json(&payload, ReasonKind::Address, evidence.at);
        }
    }
    if let Some(page) = &evidence.page {
        signals.body(page, status(evidence), evidence.at);
        // The login's error page prints the code in its sentence: "… (invalid_state)", "错误代码：unsupported_country",
        // or in a line of its own.
        if address.host.starts_with("auth") && page.elements <= BARE_ELEMENTS {
            for identifier in identifiers(&page.text).take(4) {
                signals.push(identifier, ReasonKind::Text);
            }
        }
    }
    signals
}

impl<'e> Signals<'e> {
    fn push(&mut self, value: &str, from: ReasonKind) {
        if is_code(value) && !self.codes.iter().any(|code| code.value == value) {
            self.codes.push(Code { value: value.to_owned(), from });
        }
    }

    fn body(&mut self, page: &'e Page, status: Option<u16>, at: f64) {
        self.printed = printed(&page.text);
        let text = page.text.trim();
        if text.len() > BODY_LIMIT {
            return;
        }
        // This is Cloudflare's answer to clients that do not ask for HTML.
        if let Some(number) = text.strip_prefix("error code:").map(str::trim).filter(|n| is_number(n)) {
            self.push(number, ReasonKind::Code);
        }
        // The app answers healthy requests in JSON too, with error words in templates.
        if text.starts_with('{') && status.is_none_or(|status| status >= 400) {
            self.json(text, ReasonKind::Code, at);
        }
        if is_cloudflare_page(page)
            && let Some(number) = self.printed.error_number.or(self.printed.number)
        {
            self.push(number, ReasonKind::Text);
        }
    }

    /// Reads bodies like `{"error":{"code":…}}`, `{"detail":{"code":…}}` and `{"error_code":…}`.
    fn json(&mut self, text: &str, from: ReasonKind, at: f64) {
        let members = body::members(text);
        let ours = || members.iter().filter(|member| member.parent.is_none_or(|parent| CODE_PARENTS.contains(&parent)));
        for key in CODE_KEYS {
            for member in ours().filter(|member| member.key == key && member.value != "null") {
                self.push(member.value, from);
            }
        }
        for member in ours() {
            match member.key {
                "requestId" | "request_id" => self.request_id = Some(member.value.to_owned()),
                "ray_id" => self.ray_id = Some(member.value.to_owned()),
                "retry_after" => self.retry_after = retry_after(member.value, at),
                _ => {}
            }
        }
    }
}

pub fn facts(evidence: &Evidence, address: &Address, signals: &Signals) -> Facts {
    let text = evidence.page.as_ref().map_or("", |page| page.text.as_str());
    let said: Vec<Printed> = evidence.alerts.iter().map(|alert| printed(&alert.text)).collect();
    // An id that an alert prints is of the request that failed; the header is of the page around it.
    let ray =
        said.iter().find_map(|printed| printed.ray).or(signals.printed.ray).or_else(|| header(evidence, "cf-ray"));
    let ray = ray.unwrap_or_default();
    let (ray_id, colo) = ray.split_once('-').unwrap_or((ray, ""));
    Facts {
        host: address.host.to_owned(),
        status: status(evidence),
        code: signals.codes.iter().find(|code| names_no_one(&code.value)).map(|code| code.value.clone()),
        ray_id: Some(ray_id.to_owned())
            .filter(|id| is_ray(id))
            .or_else(|| signals.ray_id.clone().filter(|id| is_ray(id)))
            .or_else(|| signals.printed.ray_id.map(str::to_owned)),
        colo: is_colo(colo).then(|| colo.to_owned()),
        // The same order holds for request ids.
        request_id: [
            said.iter().find_map(|printed| printed.request_id),
            signals.request_id.as_deref(),
            signals.printed.request_id,
            header(evidence, "x-request-id"),
        ]
        .into_iter()
        .flatten()
        .find(|id| is_request_id(id))
        .map(str::to_owned),
        country: signals.codes.iter().any(|code| code.value == "1009").then(|| country(text)).flatten(),
        retry_after: header(evidence, "retry-after")
            .and_then(|value| retry_after(value.trim(), evidence.at))
            .or(signals.retry_after),
        resets: None,
        time: signals.printed.time.map(str::to_owned),
        failing: evidence.page.as_ref().and_then(failing),
    }
}

/// Returns when one may try again by what an alert, a small page or a person says. A length of time is counted from the load.
pub fn said_time(Visit { evidence, offset, .. }: &Visit) -> Option<f64> {
    let alerts = evidence.alerts.iter().map(|alert| alert.text.as_str());
    let page = evidence.page.iter().map(|page| page.text.as_str()).filter(|text| text.len() <= SMALL_TEXT);
    let mut texts = alerts.chain(page).chain(Some(evidence.told.as_str()));
    texts.find_map(|text| told_time(text, evidence.at, *offset))
}

/// Reads a time like `2025-06-10 08:11:12 UTC`, as Cloudflare's pages print it, from a place on.
fn time(text: &str, from: usize) -> Option<&str> {
    const FORM: &[u8] = b"0000-00-00 00:00:00 UTC";
    let printed = text.as_bytes().get(from..from + FORM.len())?;
    let fits = |(byte, form): (&u8, &u8)| if *form == b'0' { byte.is_ascii_digit() } else { byte == form };
    printed.iter().zip(FORM).all(fits).then(|| text.get(from..from + FORM.len() - 4)).flatten()
}

/// Finds the box of a 5xx page that carries the mark of the failure: tokens come in document order, each once.
fn failing(page: &Page) -> Option<Failing> {
    let mut at = None;
    for token in &page.markers {
        match token.as_str() {
            "#cf-browser-status" => at = Some(Failing::Browser),
            "#cf-cloudflare-status" => at = Some(Failing::Edge),
            "#cf-host-status" => at = Some(Failing::Origin),
            ".cf-error-source" | ".cf-icon-error" => return at,
            _ => {}
        }
    }
    None
}

/// Returns the status of the main frame: as the network saw it, or else as the page's own timing says.
pub fn status(evidence: &Evidence) -> Option<u16> {
    let network = evidence.response.as_ref().map(|response| response.status);
    network.or_else(|| evidence.page.as_ref().and_then(|page| page.status)).filter(|status| *status > 0)
}

pub fn header<'e>(evidence: &'e Evidence, name: &str) -> Option<&'e str> {
    let headers = &evidence.response.as_ref()?.headers;
    headers.iter().find(|header| header.name.eq_ignore_ascii_case(name)).map(|header| header.value.as_str())
}

/// Decodes the value of `/error?payload=`: base64 of a JSON object, in either alphabet, padded or not. It is decoded here and
/// nowhere else, and never logged. `None`: the value is something else.
fn payload(value: &str) -> Option<String> {
    if value.len() > BODY_LIMIT {
        return None;
    }
    let mut bytes = Vec::with_capacity(value.len() / 4 * 3 + 3);
    let (mut bits, mut held) = (0u32, 0u32);
    for byte in value.bytes().filter(|byte| *byte != b'=') {
        let digit = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            // A `+` that nobody escaped arrives as a space.
            b'+' | b'-' | b' ' => 62,
            b'/' | b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(digit);
        held += 6;
        if held >= 8 {
            held -= 8;
            bytes.push((bits >> held) as u8);
        }
    }
    String::from_utf8(bytes).ok()
}

/// Tells whether a page has the frame of one of Cloudflare's own error pages, of all layouts since 2022.
pub fn is_cloudflare_page(page: &Page) -> bool {
    page.markers.iter().any(|marker| {
        matches!(
            marker.as_str(),
            "#cf-error-details"
                | "#cf-wrapper"
                | ".cf-main-wrapper"
                | ".cf-error-code"
                | ".cf-code-label"
                | ".code-label"
                | "#plain-ray-id"
        )
    })
}

/// Returns the number of an error page of Cloudflare's, if a text names it as such.
pub fn error_number(text: &str) -> Option<&str> {
    printed(text).error_number
}

/// The first of each thing that machines print into sentences.
#[derive(Default)]
struct Printed<'t> {
    /// The number of a Cloudflare page: "Error 1020", "Error code 502", "Error reference number: 1020".
    error_number: Option<&'t str>,
    /// A number of Cloudflare's, for pages where a translation rewrote the words around it.
    number: Option<&'t str>,
    ray_id: Option<&'t str>,
    /// The Ray ID with the data centre behind it: `8830f9abcda18283-FRA`.
    ray: Option<&'t str>,
    /// The id of a request, only if it is called one: pages and alerts print ids of conversations, workspaces and accounts as
    /// well.
    request_id: Option<&'t str>,
    time: Option<&'t str>,
}

/// Finds what machines print. It always has a digit in it, so only words with a digit are looked at, and the words before them. A
/// word is a run of ASCII letters, digits, `-` and `_`.
fn printed(text: &str) -> Printed<'_> {
    let bytes = text.as_bytes();
    let mut printed = Printed::default();
    let mut to = 0;
    while let Some(digit) = bytes.get(to..).and_then(first_digit) {
        let run = bytes.get(..to + digit).unwrap_or_default();
        let from = run.len() - run.iter().rev().take_while(|byte| is_in_word(byte)).count();
        let rest = bytes.get(from..).unwrap_or_default();
        to = from + rest.iter().take_while(|byte| is_in_word(byte)).count();
        let word = text.get(from..to).unwrap_or_default();
        let before = bytes.get(..from).unwrap_or_default().rsplit(|byte| !is_in_word(byte));
        let before = before.filter(|word| !word.is_empty());
        match to - from {
            3 | 4 if is_number(word) && !is_in_address(text, from, to) => {
                let between = |word: &&[u8]| {
                    ["code", "number", "reference"].iter().any(|known| word.eq_ignore_ascii_case(known.as_bytes()))
                };
                if before.take(3).find(|word| !between(word)).is_some_and(|word| word.eq_ignore_ascii_case(b"error")) {
                    printed.error_number.get_or_insert(word);
                }
                if word.parse().is_ok_and(|number: u16| matches!(number, 500..=530 | 1000..=1299)) {
                    printed.number.get_or_insert(word);
                }
            }
            10 if printed.time.is_none() && time(text, from).is_some() => printed.time = time(text, from),
            16 if is_ray(word) && before.take(2).any(names_ray) => {
                printed.ray_id.get_or_insert(word);
            }
            20 if word.split_once('-').is_some_and(|(ray, colo)| is_ray(ray) && is_colo(colo)) => {
                printed.ray.get_or_insert(word);
            }
            36 if is_uuid(word) && is_called_request(text.get(..from).unwrap_or_default()) => {
                printed.request_id.get_or_insert(word);
            }
            _ if is_marked(word) => {
                printed.request_id.get_or_insert(word);
            }
            _ => {}
        }
    }
    printed
}

/// Returns the place of the first digit. It reads eight bytes at a time, because it searches whole pages.
fn first_digit(bytes: &[u8]) -> Option<usize> {
    const ALL: u64 = 0x0101_0101_0101_0101;
    // Ten is taken from all bytes at once: in a byte with less than ten left, this sets the sign bit.
    let has_none = |eight: &&[u8; 8]| {
        let left = u64::from_le_bytes(**eight) ^ (ALL * u64::from(b'0'));
        left.wrapping_sub(ALL * 10) & !left & (ALL << 7) == 0
    };
    let without = bytes.as_chunks().0.iter().take_while(has_none).count() * 8;
    Some(without + bytes.get(without..)?.iter().position(u8::is_ascii_digit)?)
}

fn is_in_word(byte: &u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_')
}

/// Tells whether a word names a Ray ID: `Ray`, `rayId`, `cf-ray`, `ray_id`.
fn names_ray(word: &[u8]) -> bool {
    ["ray", "rayid", "ray-id", "ray_id", "cf-ray"].iter().any(|name| word.eq_ignore_ascii_case(name.as_bytes()))
}

/// Does the text end in a name for the id of a request, as in `Request ID: `, `requestId=`, `请求 ID：`?
fn is_called_request(before: &str) -> bool {
    let sign = |c: char| c.is_whitespace() || c.is_ascii_punctuation() || matches!(c, '：' | '（');
    let name = before.lines().next_back().unwrap_or_default().trim_end_matches(sign);
    let ends_in = |text: &str, word: &str| {
        let at = text.len().checked_sub(word.len());
        at.and_then(|at| text.get(at..)).is_some_and(|end| end.eq_ignore_ascii_case(word))
    };
    // Some languages put "ID" first: "ID de solicitud".
    let name =
        if ends_in(name, "id") { name.get(..name.len() - 2).unwrap_or_default().trim_end_matches(sign) } else { name };
    catalog::REQUEST_WORDS.iter().any(|word| ends_in(name, word))
}

/// Tells whether a word is an id of a request with its mark: `req_011CQ…`.
fn is_marked(word: &str) -> bool {
    let id = word.strip_prefix("req_");
    id.is_some_and(|id| (8..=40).contains(&id.len()) && id.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// Tells whether an id is of the form `req_…`, or a UUID with or without its hyphens: anything else in its place may be the id of
/// an account.
fn is_request_id(id: &str) -> bool {
    is_marked(id) || is_uuid(id) || id.len() == 32 && id.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Tells whether a code names no person: it is a number of three or four digits, or like `invalid_state` or `AuthApiFailure`. A
/// code that has digits between letters may be an id.
fn names_no_one(code: &str) -> bool {
    is_number(code) || code.len() <= 48 && code.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_')
}

/// Do these bytes belong to an IP address? Its groups look like codes and times.
fn is_in_address(text: &str, from: usize, to: usize) -> bool {
    let part = |byte: &u8| byte.is_ascii_hexdigit() || matches!(byte, b'.' | b':');
    let (before, after) =
        (text.as_bytes().get(..from).unwrap_or_default(), text.as_bytes().get(to..).unwrap_or_default());
    let (left, right) = (
        before.iter().rev().take(45).take_while(|byte| part(byte)),
        after.iter().take(45).take_while(|byte| part(byte)),
    );
    let (dots, colons) = left.chain(right).fold((0, 0), |(dots, colons), byte| match byte {
        b'.' => (dots + 1, colons),
        b':' => (dots, colons + 1),
        _ => (dots, colons),
    });
    dots > 2 || colons > 1
}

/// Reads the country from a sentence like "… banned the country or region your IP address is in (CN) from …": it is two capitals
/// alone in brackets.
fn country(text: &str) -> Option<String> {
    let bracketed = text.split('(').skip(1).filter_map(|rest| rest.split(')').next());
    bracketed.map(str::as_bytes).find_map(|code| match code {
        [first @ b'A'..=b'Z', second @ b'A'..=b'Z'] => Some([*first, *second].map(char::from).iter().collect()),
        _ => None,
    })
}

/// Finds identifiers behind a bracket, a colon or an equals sign, or alone in a line: a machine put them there, and they are no
/// part of an e-mail address.
fn identifiers(text: &str) -> impl Iterator<Item = &str> {
    text.lines().flat_map(|line| {
        let alone = Some(line.trim()).filter(|line| line.chars().all(is_identifier));
        let marked = line.split(['(', '（', ':', '：', '=']).skip(1).filter_map(|rest| {
            rest.trim_start().split(|c: char| !(is_identifier(c) || c == '@')).next().filter(|word| !word.contains('@'))
        });
        alone.into_iter().chain(marked).filter(|word| word.contains('_'))
    })
}

fn is_identifier(c: char) -> bool {
    c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_'
}

fn is_number(word: &str) -> bool {
    matches!(word.len(), 3 | 4) && word.bytes().all(|b| b.is_ascii_digit())
}

fn is_ray(word: &str) -> bool {
    word.len() == 16 && word.bytes().all(|b| b.is_ascii_hexdigit()) && word.bytes().any(|b| b.is_ascii_digit())
}

fn is_colo(word: &str) -> bool {
    word.len() == 3 && word.bytes().all(|b| b.is_ascii_uppercase())
}

fn is_uuid(word: &str) -> bool {
    word.len() == 36
        && word
            .bytes()
            .enumerate()
            .all(|(at, b)| if matches!(at, 8 | 13 | 18 | 23) { b == b'-' } else { b.is_ascii_hexdigit() })
}

/// Tells whether a value is a code. Codes are short identifiers; anything else in such a place, above all an IP address, is none.
fn is_code(value: &str) -> bool {
    (1..=64).contains(&value.len()) && value.bytes().all(|b| b.is_ascii_alphanumeric() || b"_-".contains(&b))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::evidence::{Header, Response};

    fn read(url: &str, text: &str, markers: &[&str], headers: &[(&str, &str)]) -> (Vec<String>, Facts) {
        let evidence = Evidence {
            url: url.into(),
            response: Some(Response {
                status: 403,
                headers: headers
                    .iter()
                    .map(|(name, value)| Header { name: (*name).into(), value: (*value).into() })
                    .collect(),
            }),
            page: Some(Page {
                text: text.into(),
                markers: markers.iter().map(|m| (*m).to_owned()).collect(),
                ..Page::default()
            }),
            ..Evidence::default()
        };
        let address = Address::read(&evidence.url).unwrap();
        let signals = signals(&evidence, &address);
        let facts = facts(&evidence, &address, &signals);
        (signals.codes.into_iter().map(|code| code.value).collect(), facts)
    }

    #[test]
    fn the_first_digit_is_found_as_the_obvious_way_finds_it() {
        // This tries every byte, at every place of the eight that are looked at together, and behind them.
        for byte in 0..=u8::MAX {
            for at in 0..20 {
                for around in [b' ', b'/', b':', 0xFF, 0] {
                    let mut bytes = [around; 20];
                    bytes[at] = byte;
                    assert_eq!(first_digit(&bytes), bytes.iter().position(u8::is_ascii_digit), "{byte} at {at}");
                }
            }
        }
        assert_eq!(first_digit(b""), None);
    }

    #[test]
    fn codes_of_every_origin() {
        assert_eq!(read("https://chatgpt.com/", "error code: 1020", &[], &[]).0, ["1020"]);
        assert_eq!(read("https://chatgpt.com/auth/error?error=mfa_bypass%7Cgoogle", "", &[], &[]).0, ["mfa_bypass"]);
        assert_eq!(read("https://chatgpt.com/?error=x", "", &[], &[]).0, [""; 0]);
        assert_eq!(read("https://chatgpt.com/", "", &[], &[("CF-Error-Type", "1009")]).0, ["1009"]);
        assert_eq!(
            read("https://chatgpt.com/", "Error reference number: 1020", &["#cf-error-details"], &[]).0,
            ["1020"]
        );
        assert_eq!(read("https://chatgpt.com/", "Error 1020", &[], &[]).0, [""; 0]);
        let (codes, facts) = read(
            "https://api.openai.com/",
            r#"{"error":{"code":"unsupported_country_region_territory","type":"request_forbidden"}}"#,
            &[],
            &[],
        );
        assert_eq!(codes, ["unsupported_country_region_territory", "request_forbidden"]);
        assert_eq!(facts.code.as_deref(), Some("unsupported_country_region_territory"));
    }

    #[test]
    fn payload_is_decoded() {
        let payload = "eyJraW5kIjoiQXV0aEFwaUZhaWx1cmUiLCJlcnJvckNvZGUiOiJ1bmtub3duX2Vycm9yIiwicmVxdWVzdElkIjoiMTIzZTQ1NjctZTg5Yi0xMmQzLWE0NTYtNDI2NjE0MTc0MDAwIn0";
        let (codes, facts) = read(&format!("https://auth.openai.com/error?payload={payload}%3D%3D"), "", &[], &[]);
        assert_eq!(codes, ["unknown_error"]);
        assert_eq!(facts.request_id.as_deref(), Some("123e4567-e89b-12d3-a456-426614174000"));
        assert!(read("https://auth.openai.com/error?payload=%%%", "", &[], &[]).0.is_empty());
    }

    #[test]
    fn payload_agrees_with_a_library() {
        use base64::Engine;
        for length in 0..40u8 {
            let text: String = (0..length).map(|n| char::from(b' ' + n * 2 % 90)).collect();
            for engine in [base64::engine::general_purpose::STANDARD, base64::engine::general_purpose::URL_SAFE_NO_PAD]
            {
                assert_eq!(payload(&engine.encode(&text)).as_deref(), Some(text.as_str()));
            }
        }
        assert_eq!(payload("Pj4 Pj4+").as_deref(), Some(">>>>>>"));
        assert_eq!(payload("a*b"), None);
        assert_eq!(payload("____"), None);
    }

    #[test]
    fn support_facts_but_never_the_address_of_the_visitor() {
        let (_, facts) = read(
            "https://chatgpt.com/",
            "[IP:203.0.113.7 | Ray ID:909c9f2b980f034a] your IP address is in (CN) from",
            &[],
            &[("retry-after", "120"), ("cf-error-type", "1009"), ("cf-ray", "8f2c0a1b2c3d4e5f-FRA")],
        );
        assert_eq!(facts.ray_id.as_deref(), Some("8f2c0a1b2c3d4e5f"));
        assert_eq!(
            (facts.colo.as_deref(), facts.country.as_deref(), facts.retry_after),
            (Some("FRA"), Some("CN"), Some(120))
        );
        assert!(!serde_json::to_string(&facts).unwrap().contains("203.0.113"));
        let body = r#"{"error":{"code":"203.0.113.7","type":"x.y"}}"#;
        assert_eq!(read("https://chatgpt.com/", body, &[], &[]).0, [""; 0]);
        assert_eq!(read("https://chatgpt.com/", "", &[], &[("x-request-id", "")]).1.request_id, None);
        assert_eq!(
            read("https://chatgpt.com/", "Ray ID: 909c9f2b980f034a", &[], &[]).1.ray_id.as_deref(),
            Some("909c9f2b980f034a")
        );
    }

    #[test]
    fn codes_of_a_login_wherever_it_puts_them() {
        let codes = |url: &str, text: &str| read(url, text, &[], &[]).0;
        for text in [
            "An error occurred during authentication (invalid_state). Please try again.",
            "验证过程中出错（invalid_state）。请重试。",
            "错误代码：invalid_state",
            "Error\nerror_code: invalid_state\nrequest_id: 3acf6fde-c92d-4c85-8b8c-4dcdf661acc6",
            "Something went wrong\ninvalid_state",
        ] {
            assert_eq!(codes("https://auth.openai.com/error", text), ["invalid_state"], "{text}");
        }
        for text in ["invalid_state is a name", "We wrote to: ada_lovelace@example.com", "ada_lovelace@example.com"] {
            assert_eq!(codes("https://auth.openai.com/log-in", text), [""; 0], "{text}");
        }
        assert_eq!(
            codes(
                "http://localhost:1455/auth/callback?error=access_denied&error_description=no%3A+missing_entitlement",
                ""
            ),
            ["access_denied", "missing_entitlement"]
        );
        assert_eq!(codes("https://chatgpt.com/c/1", "(invalid_state)"), [""; 0]);
    }

    #[test]
    fn ids_of_the_request_that_failed_and_not_of_the_page_around_it() {
        let alert = |text: &str| {
            let evidence = Evidence {
                url: "https://chatgpt.com/c/1".into(),
                response: Some(Response {
                    status: 200,
                    headers: vec![Header { name: "cf-ray".into(), value: "909c9f2b980f034a-FRA".into() }],
                }),
                alerts: vec![crate::evidence::Alert { text: text.into(), markers: vec![] }],
                ..Evidence::default()
            };
            let address = Address::read(&evidence.url).unwrap();
            let facts = facts(&evidence, &address, &signals(&evidence, &address));
            (facts.ray_id.unwrap(), facts.colo.unwrap(), facts.request_id)
        };
        assert_eq!(
            alert("Unusual activity has been detected. (8830f9abcda18283-FRA)"),
            ("8830f9abcda18283".into(), "FRA".into(), None)
        );
        assert_eq!(
            alert("Unusual activity has been detected. (79c38ecc-c269-44ab-8c5f-f8b5aaca7ff0)"),
            ("909c9f2b980f034a".into(), "FRA".into(), None),
            "in brackets it may be anything's"
        );
        let headers = [("x-request-id", "req_011CPage00")];
        let of = |url: &str, text: &str| read(url, text, &[], &headers).1.request_id.unwrap();
        let (session, request) = ("11111111-2222-4333-8444-555555555555", "79c38ecc-c269-44ab-8c5f-f8b5aaca7ff0");
        assert_eq!(of("https://auth.openai.com/error", &format!("请求 ID：{request}")), request);
        assert_eq!(
            of("https://auth.openai.com/error", &format!("Session ID: {session}\nRequest ID: {request}")),
            request
        );
        assert_eq!(of("https://auth.openai.com/error", &format!("session_id={session}")), "req_011CPage00");
        assert_eq!(
            of(&format!("https://auth.openai.com/error?payload=e30&session_id={session}"), ""),
            "req_011CPage00"
        );
        assert_eq!(of("https://chatgpt.com/x", &format!(r#"{{"sessionId":"{session}"}}"#)), "req_011CPage00");
    }

    #[test]
    fn only_what_is_called_the_id_of_a_request_is_one() {
        let id = "79c38ecc-c269-44ab-8c5f-f8b5aaca7ff0";
        let of = |text: String| read("https://chatgpt.com/", &text, &["#cf-wrapper"], &[]).1.request_id;
        for before in [
            "Request ID: ",
            "request id ",
            "requestId=",
            "x-request-id: ",
            "\"request_id\": \"",
            "(Request ID: ",
            "请求 ID：",
            "請求 ID: ",
            "リクエスト ID: ",
            "요청 ID: ",
            "ID de solicitud: ",
            "ID de la requête : ",
            "Anfrage-ID: ",
            "ID запроса: ",
        ] {
            assert_eq!(of(format!("Oops. {before}{id}")).as_deref(), Some(id), "{before}");
        }
        assert_eq!(of("Failed (req_011CQxyz7Abc4)".into()).as_deref(), Some("req_011CQxyz7Abc4"));
        for before in [
            "",
            "(",
            "Unable to load conversation ",
            "Conversation ID: ",
            "conversation_id=",
            "Workspace ID: ",
            "account ",
            "User ID: ",
            "Organization ",
            "对话 ID：",
            "会话 ID: ",
            "Your request in conversation ",
            "Request of user ",
            "Request ID: none, workspace: ",
        ] {
            assert_eq!(of(format!("Oops. {before}{id}")), None, "{before}");
        }
        let json = |key: &str, value: &str| of(format!(r#"{{"{key}":"{value}"}}"#));
        assert_eq!(json("request_id", id).as_deref(), Some(id));
        for odd in ["user-AbCdEf0123456789", "org-x1", "alice", "8830f9abcda18283"] {
            assert_eq!(json("request_id", odd), None, "{odd}");
        }
        let ray = |text: &str| read("https://chatgpt.com/", text, &["#cf-wrapper"], &[]).1.ray_id;
        for text in ["Ray ID: 8830f9abcda18283", "Cloudflare Ray ID 8830f9abcda18283", "rayId=8830f9abcda18283"] {
            assert_eq!(ray(text).as_deref(), Some("8830f9abcda18283"), "{text}");
        }
        for text in ["Account 8830f9abcda18283", "8830f9abcda18283", "Ray, your workspace is 8830f9abcda18283"] {
            assert_eq!(ray(text), None, "{text}");
        }
        let code = |value: &str| json_code(value);
        assert_eq!(code("unsupported_country").as_deref(), Some("unsupported_country"));
        for odd in ["user-AbCdEf0123456789", "79c38ecc-c269-44ab-8c5f-f8b5aaca7ff0", "15551234567"] {
            assert_eq!(code(odd), None, "{odd}");
        }
    }

    fn json_code(value: &str) -> Option<String> {
        read("https://chatgpt.com/", &format!(r#"{{"error":{{"code":"{value}"}}}}"#), &[], &[]).1.code
    }

    #[test]
    fn groups_of_an_address_are_no_codes_and_no_times() {
        for text in ["2001:db8:1020::7", "Error 203.0.113.7", "IP 198.51.100.1020", "error 2001:db8::1020:2"] {
            assert_eq!(read("https://chatgpt.com/", text, &["#cf-wrapper"], &[]).0, [""; 0], "{text}");
        }
        assert_eq!(read("https://chatgpt.com/", "Error code:1020", &["#cf-wrapper"], &[]).0, ["1020"]);
    }

    proptest::proptest! {
        #[test]
        fn no_ip_address_is_taken_over(
            four in proptest::prelude::any::<std::net::Ipv4Addr>(),
            six in proptest::prelude::any::<std::net::Ipv6Addr>(),
            before in proptest::sample::select(vec![
                "[IP:", "Your IP: ", "error ", "error: ", "(", "{\"error\":{\"code\":\"", "{\"request_id\":\"", "error code: ", "at ",
            ]),
            after in proptest::sample::select(vec!["", "]", " | Ray ID:909c9f2b980f034a]", "\"}}", ") (CN)", " UTC", "-FRA"]),
            url in proptest::sample::select(vec!["https://chatgpt.com/", "https://auth.openai.com/error"]),
        ) {
            for address in [four.to_string(), six.to_string()] {
                let text = format!("{before}{address}{after}");
                let (_, mut facts) = read(url, &text, &["#cf-wrapper"], &[("cf-error-type", "1009"), ("x-request-id", &address)]);
                facts.host.clear();
                let json = serde_json::to_string(&facts).unwrap();
                proptest::prop_assert!(!json.contains(&address), "{json}");
            }
        }
    }
}
