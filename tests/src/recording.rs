//! This module reads a recorded page: what its file says, and nothing about what it means.
//!
//! `pages/README.md` describes the format. Reading is lenient where a network is lenient (line ends, a missing reason
//! phrase, header lines that are none, bodies that are not UTF-8) and strict where a mistake of the author would make a
//! test prove nothing (no response, an unknown failure).

use std::path::{Path, PathBuf};
use std::{fs, io};

/// The folder whose pages must not be accused of anything. Every other folder is named after a cause.
pub const HEALTHY: &str = "healthy";

const DEFAULT_URL: &str = "https://chatgpt.com/";

/// One file of `pages/`.
#[derive(Clone, Debug, PartialEq)]
pub struct Recording {
    /// `folder/file` without the ending.
    pub name: String,
    /// The folder: the cause that has to be named, or [`HEALTHY`].
    pub expected: String,
    pub url: String,
    /// The `x-…` lines of the request block, with names in lower case.
    pub directives: Vec<(String, String)>,
    /// Requests that the page makes, and how they end. `x-answers: WHAT ADDRESS`.
    pub answers: Vec<Answer>,
    /// How many times the same page had been loaded before. `x-again: N`.
    pub again: u32,
    /// The response. It is absent if no answer comes, see [`Recording::failure`].
    pub response: Option<RawResponse>,
}

#[derive(Clone, Debug, PartialEq)]
pub struct RawResponse {
    pub status: u16,
    /// The headers in the order of the file, with names in lower case and trimmed values.
    pub headers: Vec<(String, String)>,
    pub body: Vec<u8>,
}

/// This says how a request of the page ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    pub host: String,
    /// The path without the query.
    pub path: String,
    pub end: End,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    Status(u16),
    /// Cloudflare answered with its human check, a page.
    Challenged,
    Failure(Failure),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Browser {
    Chromium,
    Firefox,
}

impl Browser {
    pub const ALL: [Self; 2] = [Self::Chromium, Self::Firefox];
}

/// This says why no answer came: `x-failure: KIND`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Failure {
    Dns,
    Refused,
    Reset,
    Closed,
    Proxy,
    Tunnel,
    Untrusted,
    TimedOut,
    Offline,
    Redirects,
    Blocked,
    NotTls,
    Changed,
    Administrator,
    Unknown,
}

#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub enum ParseError {
    #[error("the first line is neither a request line (GET ADDRESS) nor a status line (HTTP/…)")]
    RequestLine,
    #[error("the response does not start with a status line: {0:?}")]
    StatusLine(String),
    #[error("there is neither a response nor an x-failure line")]
    NoResponse,
    #[error("there are both a response and an x-failure line")]
    ResponseAfterFailure,
    #[error("x-failure names an unknown kind: {0:?}")]
    UnknownFailure(String),
    #[error("x-answers is not a status or a kind of failure and an address: {0:?}")]
    Answer(String),
    #[error("x-again is not a number: {0:?}")]
    Again(String),
}

#[derive(Debug, thiserror::Error)]
pub enum ListError {
    #[error("cannot read {path}")]
    Read { path: PathBuf, source: io::Error },
    #[error("{path} is not a recording")]
    Parse { path: PathBuf, source: ParseError },
}

impl Failure {
    fn named(kind: &str) -> Option<Self> {
        Some(match kind {
            "dns" => Self::Dns,
            "refused" => Self::Refused,
            "reset" => Self::Reset,
            "closed" => Self::Closed,
            "proxy" => Self::Proxy,
            "tunnel" => Self::Tunnel,
            "untrusted" => Self::Untrusted,
            "timed_out" => Self::TimedOut,
            "offline" => Self::Offline,
            "redirects" => Self::Redirects,
            "blocked" => Self::Blocked,
            "not_tls" => Self::NotTls,
            "changed" => Self::Changed,
            "administrator" => Self::Administrator,
            "unknown" => Self::Unknown,
            _ => return None,
        })
    }

    /// Returns what the browser reports for the failure. Firefox gives a sentence instead of a code for faults of TLS.
    pub fn code(self, browser: Browser) -> &'static str {
        match (browser, self) {
            (Browser::Chromium, Self::Dns) => "net::ERR_NAME_NOT_RESOLVED",
            (Browser::Chromium, Self::Refused) => "net::ERR_CONNECTION_REFUSED",
            (Browser::Chromium, Self::Reset) => "net::ERR_CONNECTION_RESET",
            (Browser::Chromium, Self::Closed) => "net::ERR_CONNECTION_CLOSED",
            (Browser::Chromium, Self::Proxy) => "net::ERR_PROXY_CONNECTION_FAILED",
            (Browser::Chromium, Self::Tunnel) => "net::ERR_TUNNEL_CONNECTION_FAILED",
            (Browser::Chromium, Self::Untrusted) => "net::ERR_CERT_AUTHORITY_INVALID",
            (Browser::Chromium, Self::TimedOut) => "net::ERR_TIMED_OUT",
            (Browser::Chromium, Self::Offline) => "net::ERR_INTERNET_DISCONNECTED",
            (Browser::Chromium, Self::Redirects) => "net::ERR_TOO_MANY_REDIRECTS",
            (Browser::Chromium, Self::Blocked) => "net::ERR_BLOCKED_BY_CLIENT",
            (Browser::Chromium, Self::NotTls) => "net::ERR_SSL_PROTOCOL_ERROR",
            // Firefox has no word of its own for a network that changed.
            (_, Self::Changed) => "net::ERR_NETWORK_CHANGED",
            (Browser::Chromium, Self::Administrator) => "net::ERR_BLOCKED_BY_ADMINISTRATOR",
            (Browser::Firefox, Self::Administrator) => "NS_ERROR_BLOCKED_BY_POLICY",
            (Browser::Chromium, Self::Unknown) => "net::ERR_FAILED",
            (Browser::Firefox, Self::Unknown) => "NS_ERROR_FAILURE",
            (Browser::Firefox, Self::Dns) => "NS_ERROR_UNKNOWN_HOST",
            (Browser::Firefox, Self::Refused) => "NS_ERROR_CONNECTION_REFUSED",
            (Browser::Firefox, Self::Reset | Self::Closed) => "NS_ERROR_NET_RESET",
            (Browser::Firefox, Self::Proxy) => "NS_ERROR_PROXY_CONNECTION_REFUSED",
            (Browser::Firefox, Self::Tunnel) => "NS_ERROR_PROXY_BAD_GATEWAY",
            (Browser::Firefox, Self::Untrusted) => "The certificate is not trusted because it is self-signed.",
            (Browser::Firefox, Self::TimedOut) => "NS_ERROR_NET_TIMEOUT",
            (Browser::Firefox, Self::Offline) => "NS_ERROR_OFFLINE",
            (Browser::Firefox, Self::Redirects) => "NS_ERROR_REDIRECT_LOOP",
            // Other add-ons see this of a request that one add-on cancels.
            (Browser::Firefox, Self::Blocked) => "NS_ERROR_ABORT",
            (Browser::Firefox, Self::NotTls) => "SSL received a record that exceeded the maximum permissible length.",
        }
    }
}

impl Recording {
    /// Reads a file anywhere on disk; the folder it lies in is taken as the expected answer.
    pub fn read(path: &Path) -> Result<Self, ListError> {
        let bytes = fs::read(path).map_err(|source| ListError::Read { path: path.to_owned(), source })?;
        let folder = path.parent().and_then(Path::file_name).unwrap_or_default().to_string_lossy();
        let stem = path.file_stem().unwrap_or_default().to_string_lossy();
        Self::parse(&format!("{folder}/{stem}"), &folder, &bytes)
            .map_err(|source| ListError::Parse { path: path.to_owned(), source })
    }

    pub fn parse(name: &str, expected: &str, bytes: &[u8]) -> Result<Self, ParseError> {
        let mut rest = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes);
        let mut url = DEFAULT_URL.to_owned();
        let mut directives = Vec::new();
        if !rest.starts_with(b"HTTP/") {
            let request = take_line(&mut rest).unwrap_or_default();
            url = address(&request).ok_or(ParseError::RequestLine)?;
            directives = take_fields(&mut rest);
        }
        let named = |wanted: &'static str| directives.iter().filter(move |(name, _)| name == wanted);
        let answers = named("x-answers")
            .map(|(_, value)| answer(&url, value).ok_or_else(|| ParseError::Answer(value.clone())))
            .collect::<Result<_, _>>()?;
        let again =
            named("x-again").next().map_or(Ok(0), |(_, n)| n.parse().map_err(|_| ParseError::Again(n.clone())))?;
        let (name, expected) = (name.to_owned(), expected.to_owned());
        let mut recording = Self { name, expected, url, directives, answers, again, response: None };
        if let Some(kind) = recording.directive("x-failure") {
            Failure::named(kind).ok_or_else(|| ParseError::UnknownFailure(kind.to_owned()))?;
            return if rest.trim_ascii().is_empty() { Ok(recording) } else { Err(ParseError::ResponseAfterFailure) };
        }
        let line = take_line(&mut rest).ok_or(ParseError::NoResponse)?;
        let status = status(&line).ok_or(ParseError::StatusLine(line))?;
        let headers = take_fields(&mut rest);
        recording.response = Some(RawResponse { status, headers, body: rest.to_owned() });
        Ok(recording)
    }

    fn directive(&self, name: &str) -> Option<&str> {
        self.directives.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    pub fn failure(&self) -> Option<Failure> {
        self.directive("x-failure").and_then(Failure::named)
    }

    /// Returns the names of the cookies that keep this page broken. There are none if no clearing cures it.
    pub fn heals_without(&self) -> impl Iterator<Item = &str> {
        self.directive("x-heals-without").unwrap_or_default().split(',').map(str::trim).filter(|name| !name.is_empty())
    }
}

impl RawResponse {
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// The folder `pages/` of this package.
pub fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("pages")
}

/// Returns every recording, by name. One file that cannot be read is an error: a test must not lose a page in silence.
pub fn all() -> Result<Vec<Recording>, ListError> {
    let mut recordings = Vec::new();
    for cause in entries(&folder())?.into_iter().filter(|path| path.is_dir()) {
        for file in entries(&cause)?.into_iter().filter(|path| path.extension().is_some_and(|ending| ending == "http"))
        {
            recordings.push(Recording::read(&file)?);
        }
    }
    Ok(recordings)
}

fn entries(folder: &Path) -> Result<Vec<PathBuf>, ListError> {
    let failed = |source| ListError::Read { path: folder.to_owned(), source };
    let mut paths = fs::read_dir(folder)
        .map_err(failed)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<Vec<_>, _>>()
        .map_err(failed)?;
    paths.sort();
    Ok(paths)
}

/// Cuts one line off and returns it without its end (LF or CRLF), or `None` if nothing is left.
fn take_line(rest: &mut &[u8]) -> Option<String> {
    if rest.is_empty() {
        return None;
    }
    let end = rest.iter().position(|&byte| byte == b'\n');
    let (line, after) = match end {
        Some(end) => (&rest[..end], &rest[end + 1..]),
        None => (*rest, &rest[rest.len()..]),
    };
    *rest = after;
    Some(String::from_utf8_lossy(line.strip_suffix(b"\r").unwrap_or(line)).into_owned())
}

/// Cuts `name: value` lines off, up to and with the next empty line. A line that is no field is dropped, as a
/// browser does.
fn take_fields(rest: &mut &[u8]) -> Vec<(String, String)> {
    let mut fields = Vec::new();
    while let Some(line) = take_line(rest).filter(|line| !line.is_empty()) {
        if let Some((name, value)) = line.split_once(':')
            && !name.is_empty()
            && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
        {
            fields.push((name.to_ascii_lowercase(), value.trim().to_owned()));
        }
    }
    fields
}

/// Reads the address of `GET https://… HTTP/1.1`.
fn address(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let (method, url) = (words.next()?, words.next()?);
    (method == "GET" && url.starts_with("https://")).then(|| url.to_owned())
}

/// Reads a value such as `429 /backend-api/conversations` or `reset wss://ws.chatgpt.com/p1/ws`. The page's host may be
/// left out.
fn answer(page: &str, value: &str) -> Option<Answer> {
    let (what, address) = value.split_once(' ')?;
    let end = match what.parse() {
        Ok(status) => End::Status(status),
        Err(_) if what == "challenged" => End::Challenged,
        Err(_) => End::Failure(Failure::named(what)?),
    };
    let address = address.trim();
    let whole = if address.starts_with('/') { page } else { address };
    let rest = ["https://", "wss://"].iter().find_map(|scheme| whole.strip_prefix(scheme))?;
    let (host, path) = rest.find('/').map_or((rest, "/"), |at| rest.split_at(at));
    let path = if address.starts_with('/') { address } else { path };
    let path = path.split(['?', '#']).next().unwrap_or_default();
    Some(Answer { host: host.to_owned(), path: path.to_owned(), end })
}

/// Reads the status of `HTTP/1.1 403 Forbidden`. The reason phrase may be missing.
fn status(line: &str) -> Option<u16> {
    let code = line.strip_prefix("HTTP/")?.split_ascii_whitespace().nth(1)?;
    code.parse::<u16>().ok().filter(|code| (100..=999).contains(code))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Recording, ParseError> {
        Recording::parse("challenge/some", "challenge", text.as_bytes())
    }

    #[test]
    fn reads_request_directives_and_response() {
        let recording = parse(
            "GET https://auth.openai.com/log-in HTTP/1.1\nX-Heals-Without: a, b*,\n\nHTTP/1.1 403 Forbidden\nCF-Ray:  1-FRA \n\nbody\n\nmore\n",
        )
        .unwrap();
        assert_eq!(recording.url, "https://auth.openai.com/log-in");
        assert_eq!(recording.heals_without().collect::<Vec<_>>(), ["a", "b*"]);
        let response = recording.response.unwrap();
        assert_eq!((response.status, response.header("cf-ray")), (403, Some("1-FRA")));
        assert_eq!(response.body, b"body\n\nmore\n");
    }

    #[test]
    fn line_ends_of_both_kinds_read_the_same() {
        let text =
            "GET https://chatgpt.com/ HTTP/1.1\nx-heals-without: a\n\nHTTP/1.1 520\ncontent-type: text/plain\n\nx";
        assert_eq!(parse(text), parse(&text.replace('\n', "\r\n")));
    }

    #[test]
    fn a_response_alone_gets_the_usual_address() {
        let recording = parse("HTTP/2 204\n\n").unwrap();
        assert_eq!(recording.url, DEFAULT_URL);
        assert_eq!(recording.response.unwrap().status, 204);
    }

    #[test]
    fn header_lines_that_are_none_are_dropped() {
        let bytes = b"HTTP/1.1 200 OK\n\xff\xfe\xfd: x\nno colon\n: empty\nbad name: x\nserver: cl\xffoud\n\n\xff<";
        let response = Recording::parse("a/b", "a", bytes).unwrap().response.unwrap();
        assert_eq!(response.headers, [("server".to_owned(), "cl\u{fffd}oud".to_owned())]);
        assert_eq!(response.body, b"\xff<");
    }

    #[test]
    fn requests_have_a_host_a_path_and_an_end() {
        let recording = parse(
            "GET https://chatgpt.com/c/1?q HTTP/1.1\nx-answers: 429 /backend-api/me?x=1\nx-again: 3\n\
             x-answers: reset wss://ws.chatgpt.com/p1/ws\nx-answers: 503 https://auth.openai.com\n\nHTTP/1.1 200\n\n",
        )
        .unwrap();
        let answer = |host: &str, path: &str, end| Answer { host: host.into(), path: path.into(), end };
        let expected = [
            answer("chatgpt.com", "/backend-api/me", End::Status(429)),
            answer("ws.chatgpt.com", "/p1/ws", End::Failure(Failure::Reset)),
            answer("auth.openai.com", "/", End::Status(503)),
        ];
        assert_eq!((recording.answers.as_slice(), recording.again), (&expected[..], 3));
    }

    #[test]
    fn a_failure_has_no_response() {
        let recording = parse("GET https://chatgpt.com/ HTTP/1.1\nx-failure: timed_out\n").unwrap();
        assert_eq!(recording.failure(), Some(Failure::TimedOut));
        assert_eq!(recording.response, None);
    }

    #[test]
    fn slips_are_errors_with_a_kind() {
        let request = "GET https://chatgpt.com/ HTTP/1.1\n";
        assert_eq!(parse(""), Err(ParseError::RequestLine));
        assert_eq!(parse("POST https://chatgpt.com/\n"), Err(ParseError::RequestLine));
        assert_eq!(parse(request), Err(ParseError::NoResponse));
        assert_eq!(parse(&format!("{request}\n403 no\n")), Err(ParseError::StatusLine("403 no".into())));
        assert_eq!(parse("HTTP/1.1 99 x\n"), Err(ParseError::StatusLine("HTTP/1.1 99 x".into())));
        assert_eq!(parse(&format!("{request}x-failure: bang\n")), Err(ParseError::UnknownFailure("bang".into())));
        for wrong in ["429", "bang /a", "429 a", "429 http://chatgpt.com/"] {
            assert_eq!(parse(&format!("{request}x-answers: {wrong}\n")), Err(ParseError::Answer(wrong.into())));
        }
        assert_eq!(parse(&format!("{request}x-again: often\n")), Err(ParseError::Again("often".into())));
        assert_eq!(
            parse(&format!("{request}x-failure: dns\n\nHTTP/1.1 200\n\n")),
            Err(ParseError::ResponseAfterFailure)
        );
    }

    #[test]
    fn an_unreadable_file_is_named() {
        let error = Recording::read(Path::new("no/such/page.http")).unwrap_err();
        assert_eq!(error.to_string(), "cannot read no/such/page.http");
    }
}
