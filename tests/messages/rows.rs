//! The messages of `messages.jsonl`: one real message a line, with the right answer, and how each of them would reach
//! the core.
//!
//! A row says what people read and, where that is known, the marks and the answer around it. By its kind of surface
//! alone it is made into a [`Visit`]; no row is treated by its id.

use access_medic::{Alert, Evidence, Header, Page, Response, Visit};
use recordings::OBSERVED_AT;
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Row {
    pub id: String,
    /// The right answer; none: there is nothing to say.
    pub cause: Option<String>,
    /// Absent: the chat's.
    #[serde(default = "chat")]
    pub host: String,
    pub surface: Surface,
    pub lang: String,
    pub text: String,
    pub title: Option<String>,
    /// The status of the answer that brought the page, or of the request that an alert is about.
    pub http_status: Option<u16>,
    #[serde(default)]
    pub headers: BTreeMap<String, String>,
    /// In the words of people who described the page: selectors, addresses, event codes.
    #[serde(default)]
    pub markers: Vec<String>,
    /// The address at which the page was seen, if that was not the host's root.
    pub url: Option<String>,
}

#[derive(Clone, Copy, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    FullPage,
    InAppAlert,
    InAppMessage,
    JsonBody,
    BrowserNetError,
    Email,
}

fn chat() -> String {
    "chatgpt.com".to_owned()
}

/// The rows of a file, which is named in a complaint.
pub fn read(file: &str, lines: &str) -> Vec<Row> {
    lines
        .lines()
        .map(|line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{file}: {error}\n{line}")))
        .collect()
}

pub fn all() -> Vec<Row> {
    read("messages.jsonl", include_str!("../messages.jsonl"))
}

impl Row {
    /// `None`: nothing of it passes through a browser.
    pub fn visit(&self) -> Option<Visit> {
        let mut evidence = Evidence { url: self.address(), at: OBSERVED_AT, ..Evidence::default() };
        match self.surface {
            Surface::Email => return None,
            Surface::BrowserNetError => match self.failure() {
                Failed::Network(code) => evidence.failure = Some(code),
                Failed::Answer(status) => {
                    evidence.response = Some(Response { status, headers: Vec::new() });
                }
            },
            Surface::JsonBody => {
                let kind = if self.text.starts_with('{') { "application/json" } else { "text/plain" };
                evidence.page = Some(Page { content_type: kind.to_owned(), elements: 4, ..self.page() });
                evidence.response = self.response();
            }
            // Conversations, the side bar and the composer are the app, which is not read.
            _ if self.is_conversation() => evidence.page = Some(app()),
            Surface::FullPage => {
                evidence.page = Some(self.page());
                evidence.response = self.response();
            }
            Surface::InAppAlert | Surface::InAppMessage => {
                evidence.page = Some(if self.has_app() { app() } else { self.page() });
                // The observer skips words that are for screen readers alone.
                if !self.tokens().iter().any(|token| token == ".sr-only") {
                    evidence.alerts.push(self.alert());
                }
            }
        }
        Some(Visit { evidence, now: OBSERVED_AT, ..Visit::default() })
    }

    /// Returns the address that the page says of itself, one that stands among the marks, or nothing but a host.
    fn address(&self) -> String {
        let route = self.markers.iter().find(|marker| marker.starts_with('/')).map(|route| {
            // "A or B": the same page under either; `*`: under any that is not known.
            let route = route.split(" or ").next().unwrap_or_default();
            format!("https://{}{}", self.host, route.replace('*', "other").replace('|', "%7C"))
        });
        let itself = self.is_address().then(|| self.text.clone());
        self.url.clone().or(itself).or(route).unwrap_or_else(|| format!("https://{}/", self.host))
    }

    /// The text is an address and nothing else: it is not on the page but above it.
    fn is_address(&self) -> bool {
        self.text.starts_with("https://") && !self.text.contains(char::is_whitespace)
    }

    fn response(&self) -> Option<Response> {
        let headers = self.headers.iter();
        let headers = headers.map(|(name, value)| Header { name: name.clone(), value: value.clone() }).collect();
        self.http_status.map(|status| Response { status, headers })
    }

    /// A small page of its own.
    fn page(&self) -> Page {
        let named = self.markers.iter().find_map(|marker| marker.strip_prefix("document.title '")?.strip_suffix('\''));
        let kind = self.headers.get("content-type").and_then(|kind| kind.split(';').next());
        Page {
            status: self.http_status,
            content_type: kind.unwrap_or("text/html").to_owned(),
            app: false,
            elements: 40,
            title: self.title.as_deref().or(named).unwrap_or_default().to_owned(),
            text: if self.is_address() { String::new() } else { self.text.clone() },
            markers: self.tokens(),
        }
    }

    /// An error surface with its own marks or, when none are known, with those that all of its kind have.
    fn alert(&self) -> Alert {
        let mut markers = self.tokens();
        if markers.is_empty() {
            let usual = match self.surface {
                // A surface that is no fault has no mark of one.
                _ if self.cause.is_none() => "[role=alert]",
                Surface::InAppMessage => ".text-token-text-error",
                _ if self.host.starts_with("auth") => ".react-aria-FieldError",
                _ => "[role=alert]",
            };
            markers.push(usual.to_owned());
        }
        Alert { text: self.text.clone(), markers }
    }

    fn is_conversation(&self) -> bool {
        self.markers.iter().any(|marker| {
            marker.contains("[data-message-author-role]") || marker == "#prompt-textarea" || marker.starts_with("nav ")
        })
    }

    /// Only the chat is an app; at other hosts alerts stand on small pages, which are read as well.
    fn has_app(&self) -> bool {
        self.host.ends_with("chatgpt.com") || self.host.ends_with("chat.openai.com")
    }

    /// By the code that the browser shows, or by the kind in Firefox's own address.
    fn failure(&self) -> Failed {
        let told = self.markers.iter().filter_map(|marker| marker.split_once(" error=")).map(|(_, code)| code);
        let words = told.chain(self.text.lines().rev()).flat_map(|line| line.split([' ', ':'])).collect::<Vec<_>>();
        if let Some(at) = words.iter().position(|word| *word == "HTTP") {
            // The browser's own page for an answer without a body: no failure below HTTP.
            let status = words.get(at + 2).and_then(|status| status.parse().ok());
            return Failed::Answer(status.unwrap_or_else(|| panic!("{}: HTTP ERROR without a number", self.id)));
        }
        let code = words.iter().find(|word| word.starts_with("ERR_") || word.starts_with("NS_ERROR_"));
        let probed = words.iter().any(|word| word.starts_with("DNS_PROBE_"));
        Failed::Network(match code {
            Some(code) if code.starts_with("ERR_") => format!("net::{code}"),
            Some(code) => (*code).to_owned(),
            // Chromium finds out more only after it has reported the failure.
            None if probed => "net::ERR_NAME_NOT_RESOLVED".to_owned(),
            None => {
                let kind = self.markers.iter().find_map(|marker| marker.strip_prefix("about:neterror?e="));
                match kind {
                    Some("connectionFailure") => "NS_ERROR_CONNECTION_REFUSED",
                    Some("netTimeout") => "NS_ERROR_NET_TIMEOUT",
                    Some("netReset" | "netInterrupt") => "NS_ERROR_NET_RESET",
                    Some("dnsNotFound") => "NS_ERROR_UNKNOWN_HOST",
                    Some("proxyConnectFailure") => "NS_ERROR_PROXY_CONNECTION_REFUSED",
                    Some("nssBadCert") => "The certificate is not trusted because it is self-signed.",
                    _ => panic!("{}: neither a code nor a known kind", self.id),
                }
                .to_owned()
            }
        })
    }

    /// The markers as the observer writes them. What is told in words (`button 'Go back'`) gives none.
    fn tokens(&self) -> Vec<String> {
        let told = ["/", "about:", "chrome-error:", "document.title ", "message ids ", "webNavigation."];
        let mut tokens = Vec::new();
        for marker in &self.markers {
            if marker.starts_with("window.") {
                tokens.push(marker.clone());
            } else if !marker.contains(" '") && !told.iter().any(|start| marker.starts_with(start)) {
                selector(&marker.replace("<locale>", &self.lang.to_lowercase()), &mut tokens);
            }
        }
        tokens
    }
}

enum Failed {
    Network(String),
    Answer(u16),
}

/// The app's shell: nothing of it is known.
fn app() -> Page {
    Page { status: Some(200), content_type: "text/html".to_owned(), app: true, elements: 900, ..Page::default() }
}

/// `div.a#b[data-c='d'] > #e`, possibly with a remark behind it in brackets or behind a slash.
fn selector(text: &str, tokens: &mut Vec<String>) {
    let text = text.split(" (").next().unwrap_or_default();
    let text = text.split(" / ").next().unwrap_or_default();
    let mut rest = text;
    let mut tag = "";
    while let Some(first) = rest.chars().next() {
        let after = &rest[first.len_utf8()..];
        let name = |text: &str| text.find(['#', '.', '[', '>', '+', ' ', ',']).unwrap_or(text.len());
        match first {
            '#' | '.' => {
                let end = name(after);
                tokens.push(format!("{first}{}", &after[..end]));
                rest = &after[end..];
            }
            '[' => {
                let (inside, behind) = after.split_once(']').unwrap_or((after, ""));
                tokens.extend(attribute(tag, inside));
                rest = behind;
            }
            '>' | '+' | ' ' | ',' => {
                tag = "";
                rest = after;
            }
            _ => {
                let end = name(rest);
                tag = &rest[..end];
                rest = &rest[end..];
            }
        }
    }
}

fn attribute(tag: &str, text: &str) -> Option<String> {
    let (name, value) = text.split_once('=')?;
    let value = value.trim_matches(['\'', '"']);
    // With `*=` and `^=` only a part is known: the address around it is made up.
    let (name, part) = match name.strip_suffix('*') {
        Some(name) => (name, true),
        None => (name.trim_end_matches('^'), false),
    };
    match name {
        "src" | "href" => {
            let around = match value {
                _ if !part || value.starts_with('/') => value.to_owned(),
                _ if value.contains('=') => format!("https://www.example.com/?{value}"),
                _ => format!("https://{value}/"),
            };
            Some(format!("{tag}:{around}"))
        }
        _ if name == "role" || name == "name" || name.starts_with("data-") => Some(format!("[{name}={value}]")),
        _ => None,
    }
}
