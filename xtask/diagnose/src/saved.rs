//! This module reads files as people attach them to reports of faults: a page that a browser saved (`.html`, `.mhtml`), and a
//! recording of the network (`.har`). A page gives one report, and a recording gives one for each entry of a host of OpenAI's.

use access_medic::{Evidence, ReasonKind, Report, Request, Visit, examine};
use mail_parser::{MessageParser, PartType};
use recordings::{Browser, RawResponse, Recording};
use serde::Deserialize;

/// The address that is assumed for a page that does not tell where it came from.
const UNKNOWN: &str = "https://chatgpt.com/";

/// A saved page does not tell its status. These are tried, the likeliest first.
const STATUSES: [u16; 7] = [403, 429, 503, 500, 502, 504, 404];

fn recording(url: String, status: u16, headers: Vec<(String, String)>, body: Vec<u8>) -> Recording {
    let response = Some(RawResponse { status, headers, body });
    let (name, expected) = Default::default();
    Recording { name, expected, url, directives: Vec::new(), answers: Vec::new(), again: 0, response }
}

/// Returns the report on a saved page. If the page has no fault as a good answer, the statuses of failures are tried. A diagnosis
/// by such a status and by words would be a guess, so a mark or a code in the page has to speak for it.
pub fn page(html: Vec<u8>, url: Option<&str>, browser: Browser) -> Report {
    let url = url.map(str::to_owned).or_else(|| saved_from(&html)).unwrap_or_else(|| UNKNOWN.to_owned());
    let headers = vec![("content-type".to_owned(), "text/html".to_owned())];
    let answered = |status| {
        let visit = recordings::visit(&recording(url.clone(), status, headers.clone(), html.clone()), browser);
        let small = visit.evidence.page.as_ref().is_some_and(|page| !page.app && !page.markers.is_empty());
        (examine(&visit), small)
    };
    let (report, small) = answered(200);
    if report.diagnosis.is_some() || !small {
        return report;
    }
    let speaks = |report: &Report| {
        let diagnosis = report.diagnosis.as_ref();
        diagnosis.is_some_and(|found| {
            found.reasons.iter().any(|reason| matches!(reason.clue, ReasonKind::Marker | ReasonKind::Code))
        })
    };
    STATUSES.into_iter().map(|status| answered(status).0).find(speaks).unwrap_or(report)
}

/// Reads the address that Chrome and Internet Explorer write into the first lines: `<!-- saved from
/// url=(0030)https://chatgpt.com/ -->`.
fn saved_from(html: &[u8]) -> Option<String> {
    let head = String::from_utf8_lossy(html.get(..4_096).unwrap_or(html)).into_owned();
    let (_, behind) = head.split_once("saved from url=(")?;
    let (_, address) = behind.split_once(')')?;
    let end = address.find(|c: char| c.is_whitespace()).unwrap_or(address.len());
    address.get(..end).filter(|address| address.starts_with("https://")).map(str::to_owned)
}

/// Returns the page of an `.mhtml` file, and its address.
pub fn unpack(bytes: &[u8]) -> Result<(Vec<u8>, Option<String>), String> {
    let message = MessageParser::default().parse(bytes).ok_or("it is no MHTML file")?;
    let address = message.header_raw("Snapshot-Content-Location").map(|value| value.trim().to_owned());
    let html = message.parts.iter().find_map(|part| match &part.body {
        PartType::Html(html) => Some(html.as_bytes().to_vec()),
        _ => None,
    });
    Ok((html.ok_or("it holds no page")?, address))
}

#[derive(Deserialize)]
struct Har {
    log: Log,
}

#[derive(Deserialize)]
struct Log {
    #[serde(default)]
    entries: Vec<Entry>,
}

#[derive(Deserialize)]
struct Entry {
    request: Asked,
    response: Response,
    /// Chrome's name for the purpose of the request: `document`, `fetch`, `xhr`, …
    #[serde(rename = "_resourceType")]
    kind: Option<String>,
}

#[derive(Deserialize)]
struct Asked {
    url: String,
    #[serde(default)]
    headers: Vec<Header>,
}

#[derive(Deserialize)]
struct Response {
    status: i32,
    #[serde(default)]
    headers: Vec<Header>,
    #[serde(default)]
    content: Content,
    /// Chrome's name of a network error.
    #[serde(rename = "_error")]
    error: Option<String>,
}

#[derive(Deserialize)]
struct Header {
    name: String,
    value: String,
}

#[derive(Default, Deserialize)]
struct Content {
    #[serde(default)]
    text: String,
    encoding: Option<String>,
}

/// This is what one entry of a `.har` file shows.
pub struct Shown {
    /// Its place in the file, from 1.
    pub entry: usize,
    /// The host and the path. The query is left out, because it may hold a question or a session.
    pub place: String,
    pub report: Report,
}

/// Returns the reports on the entries of OpenAI's hosts. It reads each answer as if it had been opened, and each failure by its
/// name.
pub fn network(bytes: &[u8], browser: Browser) -> Result<Vec<Shown>, String> {
    let har: Har = serde_json::from_slice(bytes).map_err(|error| format!("it is no HAR file: {error}"))?;
    let shown = |(index, Entry { request, response, kind }): (usize, Entry)| {
        let rest = request.url.strip_prefix("https://").or_else(|| request.url.strip_prefix("wss://"))?;
        let place = rest.split(['?', '#']).next().unwrap_or_default();
        let host = place.split(['/', ':']).next().unwrap_or_default();
        let ours = |domain: &str| host == domain || host.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.'));
        if !["openai.com", "chatgpt.com"].into_iter().any(ours) {
            return None;
        }
        let data = kind.is_some_and(|kind| ["fetch", "xhr"].contains(&kind.as_str()))
            || header(&request.headers, "sec-fetch-dest") == Some("empty");
        let visit = match header(&response.headers, "cf-mitigated") {
            Some(_) if data => challenged(host, place, response.status),
            _ => visit(&request.url, response, browser),
        };
        let report = examine(&visit);
        Some(Shown { entry: index + 1, place: place.to_owned(), report })
    };
    Ok(har.log.entries.into_iter().enumerate().filter_map(shown).collect())
}

fn header<'h>(headers: &'h [Header], wanted: &str) -> Option<&'h str> {
    headers.iter().find(|header| header.name.eq_ignore_ascii_case(wanted)).map(|header| header.value.as_str())
}

/// Returns the visit of a page that stays as it is, although a request of it was answered with the human check.
fn challenged(host: &str, place: &str, status: i32) -> Visit {
    let path = place.strip_prefix(host).unwrap_or_default().to_owned();
    let request =
        Request { host: host.to_owned(), path, status: u16::try_from(status).ok(), html: true, ..Request::default() };
    let at = recordings::OBSERVED_AT;
    let evidence = Evidence { url: format!("https://{host}/"), at, requests: vec![request], ..Evidence::default() };
    Visit { evidence, now: at, ..Visit::default() }
}

fn visit(url: &str, Response { status, headers, content, error }: Response, browser: Browser) -> Visit {
    let status = u16::try_from(status).unwrap_or(0);
    if status == 0 {
        let at = recordings::OBSERVED_AT;
        let evidence = Evidence { url: url.to_owned(), at, failure: error, ..Evidence::default() };
        return Visit { evidence, now: at, ..Visit::default() };
    }
    let body = match content.encoding.as_deref() {
        Some("base64") => mail_parser::decoders::base64::base64_decode(content.text.as_bytes()).unwrap_or_default(),
        _ => content.text.into_bytes(),
    };
    let headers = headers.into_iter().map(|Header { name, value }| (name.to_ascii_lowercase(), value)).collect();
    recordings::visit(&recording(url.to_owned(), status, headers, body), browser)
}

#[cfg(test)]
mod tests {
    use super::*;

    const REFUSED: &str = "<!doctype html>\n<!-- saved from url=(0030)https://chatgpt.com/c/6712f0aa -->\n<title>ChatGPT</title>\
        <div class=blocked-icon></div><p>Unable to load site</p>";

    fn cause(report: &Report) -> &str {
        report.diagnosis.as_ref().map_or("", |diagnosis| diagnosis.cause.as_str())
    }

    #[test]
    fn a_saved_page_says_where_it_is_from_and_its_status_is_found() {
        let report = page(REFUSED.into(), None, Browser::Chromium);
        assert_eq!(cause(&report), "edge_refused");
        assert_eq!(report.diagnosis.map(|diagnosis| diagnosis.facts.host), Some("chatgpt.com".to_owned()));
        // On somebody else's page the same markup gets no diagnosis.
        assert_eq!(cause(&page(REFUSED.into(), Some("https://example.com/"), Browser::Chromium)), "");
    }

    #[test]
    fn a_saved_page_of_the_app_is_healthy_whatever_status_it_may_have_had() {
        let app =
            "<html data-build=prod-1><body><main><form><div id=prompt-textarea contenteditable></div></form></main>";
        for html in [app, "<title>Notes</title><body><p class=x>What went wrong in 1920</p>"] {
            assert_eq!(cause(&page(html.into(), None, Browser::Firefox)), "", "{html}");
        }
    }

    #[test]
    fn an_archive_is_unpacked_with_its_address() {
        let html = REFUSED.replace('=', "=3D").replace('\n', "\r\n");
        let file = format!(
            "From: <Saved by Blink>\r\nSnapshot-Content-Location: https://chatgpt.com/x\r\nMIME-Version: 1.0\r\n\
             Content-Type: multipart/related; type=\"text/html\"; boundary=\"--B--\"\r\n\r\n\r\n----B--\r\n\
             Content-Type: text/html\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\n{html}\r\n----B----\r\n"
        );
        let (html, address) = unpack(file.as_bytes()).unwrap();
        assert_eq!(address.as_deref(), Some("https://chatgpt.com/x"));
        assert_eq!(cause(&page(html, address.as_deref(), Browser::Chromium)), "edge_refused");
        assert!(unpack(b"").is_err());
    }

    #[test]
    fn of_a_recording_of_the_network_each_entry_of_ours_is_answered_and_no_query_is_told() {
        let har = r#"{"log":{"entries":[
            {"request":{"url":"https://chatgpt.com/backend-api/models?q=secret"},"response":{"status":200,"content":{"text":"{}"}}},
            {"request":{"url":"https://example.com/"},"response":{"status":500}},
            {"request":{"url":"https://notchatgpt.com/"},"response":{"status":500}},
            {"request":{"url":"https://chatgpt.com/"},"response":{"status":0,"_error":"net::ERR_CONNECTION_RESET"}},
            {"request":{"url":"https://api.openai.com/v1/x"},"response":{"status":429,
                "headers":[{"name":"Content-Type","value":"application/json"}],
                "content":{"text":"eyJlcnJvciI6eyJjb2RlIjoiaW5zdWZmaWNpZW50X3F1b3RhIn19","encoding":"base64"}}},
            {"_resourceType":"fetch","request":{"url":"https://chatgpt.com/backend-api/transcribe"},"response":{"status":403,
                "headers":[{"name":"CF-Mitigated","value":"challenge"}]}},
            {"request":{"url":"https://chatgpt.com/"},"response":{"status":403,
                "headers":[{"name":"cf-mitigated","value":"challenge"}]}}]}}"#;
        let shown = network(har.as_bytes(), Browser::Chromium).unwrap();
        let told: Vec<_> = shown.iter().map(|one| (one.entry, one.place.as_str(), cause(&one.report))).collect();
        let expected = [
            (1, "chatgpt.com/backend-api/models", ""),
            (4, "chatgpt.com/", "connection_reset"),
            (5, "api.openai.com/v1/x", "api_quota_exhausted"),
            (6, "chatgpt.com/backend-api/transcribe", "challenge_in_app"),
            (7, "chatgpt.com/", "challenge"),
        ];
        assert_eq!(told, expected);
        assert!(network(b"{}", Browser::Chromium).is_err());
    }
}
