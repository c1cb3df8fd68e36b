//! This module works out what the extension would have seen: it gathers from a recording the same evidence that
//! `extension/content/observe.js` and the background gather in a browser. Like them, it says what was there, and never what it
//! means.
//!
//! Lengths are counted as JavaScript counts them, in UTF-16 units.

use crate::document::{Document, Element};
use crate::recording::{Answer, Browser, End, RawResponse, Recording};
use access_medic::{Alert, Evidence, Header, Load, Page, Request, Response, Visit, examine};
use regex_lite::Regex;
use std::collections::HashSet;

/// The moment of every observation: a recording has no clock.
pub const OBSERVED_AT: f64 = 1_800_000_000_000.0;

/// The time between the loads of a page that is loaded again and again, in milliseconds.
const BETWEEN_LOADS: f64 = 15_000.0;

const SMALL: usize = 400;
const TEXT: usize = 16_000;
const TITLE: usize = 300;
const MARKERS: usize = 800;
const MARKER: usize = 200;
const DATA_VALUE: usize = 64;
const SCRIPT: usize = 20_000;
const ALERTS: usize = 12;
const ALERT_TEXT: usize = 600;
const ALERT_MARKERS: usize = 80;

/// The headers that leave the background. All others are dropped, even their names.
const HEADERS: [&str; 11] = [
    "server",
    "cf-mitigated",
    "cf-ray",
    "cf-error-type",
    "cf-error-origin",
    "cf-cache-status",
    "content-type",
    "retry-after",
    "x-request-id",
    "openai-processing-ms",
    "server-timing",
];

/// Returns the visit of a first look at the recording. Nothing was tried before, and only the loads that the recording tells of
/// are known.
pub fn visit(recording: &Recording, browser: Browser) -> Visit {
    let evidence = observe(recording, browser);
    let mut visit = Visit { evidence, now: OBSERVED_AT, ..Visit::default() };
    if recording.again > 0 {
        let cause = examine(&visit).diagnosis.map(|diagnosis| diagnosis.cause);
        let load = |ago| Load {
            at: OBSERVED_AT - f64::from(ago) * BETWEEN_LOADS,
            place: place(&recording.url),
            cause: cause.clone(),
            load: None,
        };
        visit.loads = (1..=recording.again).rev().map(load).collect();
    }
    visit
}

pub fn observe(recording: &Recording, browser: Browser) -> Evidence {
    let mut evidence = Evidence { url: recording.url.clone(), at: OBSERVED_AT, ..Evidence::default() };
    evidence.failure = recording.failure().map(|failure| failure.code(browser).to_owned());
    evidence.requests = recording.answers.iter().filter_map(|answer| request(answer, browser)).collect();
    let Some(response) = &recording.response else { return evidence };
    evidence.response = Some(Response { status: response.status, headers: allowed(response) });
    // Browsers put a page of their own in the place of an error without a body; nothing can be read there.
    if response.status < 400 || !response.body.is_empty() {
        let content_type = content_type(response);
        let body = String::from_utf8_lossy(&response.body);
        let document = if content_type == "text/html" { Document::parse_html(&body) } else { Document::of_text(&body) };
        evidence.page = Some(page(&document, &recording.url, response.status, content_type));
        evidence.alerts = alerts(&document, &recording.url);
        if evidence.page.as_ref().is_some_and(|page| page.app) {
            evidence.guests = guest_markers(&document);
        }
    }
    evidence
}

fn request(answer: &Answer, browser: Browser) -> Option<Request> {
    let (status, failure) = match answer.end {
        End::Status(status) => (Some(status).filter(|status| *status >= 400), None),
        End::Challenged => (Some(403), None),
        End::Failure(failure) => (None, Some(failure.code(browser).to_owned())),
    };
    let html = answer.end == End::Challenged;
    let request = Request { host: answer.host.clone(), path: without_ids(&answer.path), status, failure, html };
    (request.status.is_some() || request.failure.is_some()).then_some(request)
}

/// Returns the host and the path of an address, without ids.
fn place(url: &str) -> String {
    let (host, path) = host_and_path(url);
    format!("{host}{}", without_ids(path))
}

fn host_and_path(url: &str) -> (&str, &str) {
    let rest = url.strip_prefix("https://").unwrap_or(url).split(['?', '#']).next().unwrap_or_default();
    rest.find('/').map_or((rest, "/"), |at| rest.split_at(at))
}

/// The number of characters of a path that are kept.
const PATH: usize = 300;

/// Puts `*` in the place of each part of a path that may be the id of a conversation or a person.
fn without_ids(path: &str) -> String {
    let is_id = |part: &str| {
        part.contains(['%', '@', ':'])
            || part.len() > 32
            || part.len() >= 8 && part.bytes().any(|byte| byte.is_ascii_digit())
    };
    let parts: Vec<_> = path.split('/').map(|part| if is_id(part) { "*" } else { part }).collect();
    parts.join("/").chars().take(PATH).collect()
}

fn allowed(response: &RawResponse) -> Vec<Header> {
    let kept = response.headers.iter().filter(|(name, _)| HEADERS.contains(&name.as_str()));
    kept.map(|(name, value)| Header { name: name.clone(), value: value.clone() }).collect()
}

/// Returns `document.contentType`: the type without its parameters. If there is no header, browsers look at the first bytes.
fn content_type(response: &RawResponse) -> String {
    match response.header("content-type") {
        Some(value) => value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase(),
        None if response.body.trim_ascii_start().starts_with(b"<") => "text/html".to_owned(),
        None => "text/plain".to_owned(),
    }
}

/// The paths of pages whose titles are names that people gave to conversations.
const OWN: [&str; 3] = ["/c/", "/g/", "/share/"];

/// The number of elements of a small page. Every page with a conversation has more.
const BLANK: usize = 60;

fn page(document: &Document, url: &str, status: u16, content_type: String) -> Page {
    let elements = document.elements().count();
    let app = shows_app(document, url);
    let mut page = Page {
        status: Some(status),
        content_type,
        app,
        elements: u32::try_from(elements).unwrap_or(u32::MAX),
        ..Page::default()
    };
    if !app && elements <= SMALL {
        // The title of a conversation belongs to a person, unless an error stands in its place.
        let (_, path) = host_and_path(url);
        let titled = status >= 400 || !OWN.iter().any(|own| path.starts_with(own));
        if titled {
            page.title = cut(&document.title(), TITLE);
        }
        if titled || elements < BLANK {
            page.text = document.body().map(|body| cut(&document.text(body), TEXT)).unwrap_or_default();
        }
        page.markers = page_markers(document);
    }
    page
}

// ------------------------------------------------------------------------------------------------ alerts

/// The words of an error surface that may be read.
enum Words {
    All,
    /// Only the heading of a dialog: the rest can name what a person wrote.
    Heading,
    Of(usize),
    None,
}

struct Surface {
    at: usize,
    words: Words,
    /// A token that says where the surface stands.
    place: Option<&'static str>,
}

/// The limits of a failure of a turn, in elements and in characters. No failure is larger.
const BOX: usize = 40;
const BOX_TEXT: usize = 600;

fn alerts(document: &Document, url: &str) -> Vec<Alert> {
    let app = shows_app(document, url);
    let mut surfaces: Vec<(Surface, String)> = Vec::new();
    if let Some(at) = lonely_heading(document, url) {
        let surface = Surface { at, words: Words::All, place: Some("in:empty-thread") };
        surfaces.push((surface, cut(&document.text(at), ALERT_TEXT)));
    }
    // A choice that is disabled has an element of its own that says why.
    let taken = document.elements().filter(|(_, element)| element.is("aria-disabled", "true"));
    for id in taken.filter_map(|(_, element)| element.attribute("aria-describedby")?.split(' ').next()).take(ALERTS) {
        let why = document.elements().find(|(_, element)| element.id() == id);
        let never = |element: &Element| element.name == "main" || element.has_class("sr-only") || is_quiet(element);
        if let Some((at, _)) = why.filter(|(at, _)| !document.within(*at, never)) {
            let text = cut(&document.text_but(at, &["button"]), ALERT_TEXT);
            surfaces.push((Surface { at, words: Words::All, place: Some("of:disabled") }, text));
        }
    }
    let in_main = |at| document.within(at, |element| element.name == "main");
    let may_be = |(at, element): &(usize, &Element)| {
        is_surface(element) || app && in_main(*at) && is_failure(document, *at, element)
    };
    for (at, element) in document.elements().filter(may_be) {
        if document.within(at, |element| element.has_class("sr-only") || is_quiet(element)) {
            continue;
        }
        let Some(surface) = surface(document, at, element, app, url) else { continue };
        let text = match surface.words {
            Words::All if surface.place.is_some() => document.text_but(surface.at, &["button"]),
            Words::All => document.text(surface.at),
            Words::Heading => heading(document, surface.at),
            Words::Of(part) => document.text(part),
            Words::None => String::new(),
        };
        let named = surface.place.is_some()
            || !element.id().is_empty()
            || element.has("data-testid")
            || element.has("data-has-thread-error");
        if !text.is_empty() || named {
            surfaces.push((surface, cut(&text, ALERT_TEXT)));
        }
    }
    let places: Vec<usize> = surfaces.iter().map(|(surface, _)| surface.at).collect();
    let outermost = |at: usize| !places.iter().any(|&outer| document.contains(outer, at));
    let mut seen = HashSet::new();
    surfaces
        .into_iter()
        .filter(|(surface, _)| outermost(surface.at) && seen.insert(surface.at))
        .take(ALERTS)
        .map(|(surface, text)| Alert { text, markers: alert_markers(document, surface.at, surface.place) })
        .collect()
}

/// Returns what counts as an error surface here, if anything does. In a conversation, and everywhere in `main`, the words of a
/// person or of a model could look like one, so only the marks that the app itself sets count there.
fn surface(document: &Document, at: usize, element: &Element, app: bool, url: &str) -> Option<Surface> {
    if element.test_id() == "regenerate-thread-error-button" {
        let near = document.ancestors(at).take(4);
        let message = near.map(|(up, _)| (up, error_text(document, up))).find_map(|(up, text)| Some((up, text?)));
        return Some(match message {
            Some((up, text)) => Surface { at: up, words: Words::Of(text), place: None },
            None => Surface { at, words: Words::None, place: None },
        });
    }
    if element.has("data-has-thread-error") {
        return Some(Surface { at, words: error_text(document, at).map_or(Words::None, Words::Of), place: None });
    }
    let turn = document.within(at, is_turn);
    if turn || app && may_talk(url) && document.within(at, |element| element.name == "main") {
        if !document.within(at, is_said) && is_failure(document, at, element) {
            return Some(Surface { at, words: Words::All, place: Some("in:turn") });
        }
        if turn {
            return None;
        }
    }
    if document.within(at, |element| element.name == "main") && !(announces(element) || !app && is_field_error(element))
    {
        return None;
    }
    if !is_dialog(element) {
        return Some(Surface { at, words: Words::All, place: None });
    }
    // A dialog that only informs has one button; a dialog that asks has more.
    let buttons = document.inside(at).filter(|(_, inside)| inside.name == "button").count();
    Some(Surface { at, words: Words::Heading, place: (buttons == 1).then_some("has:one-button") })
}

fn error_text(document: &Document, at: usize) -> Option<usize> {
    document.inside(at).find(|(_, element)| element.has_class("text-token-text-error")).map(|(text, _)| text)
}

fn is_heading(element: &Element) -> bool {
    matches!(&*element.name, "h1" | "h2" | "h3") || element.is("role", "heading")
}

fn is_dialog(element: &Element) -> bool {
    element.is("role", "dialog") || element.is("role", "alertdialog") || element.name == "dialog" && element.has("open")
}

fn heading(document: &Document, at: usize) -> String {
    let heading = document.inside(at).find(|(_, element)| is_heading(element));
    heading.map(|(heading, _)| document.text(heading)).unwrap_or_default()
}

fn is_chat(url: &str) -> bool {
    ["chatgpt.com", "chat.openai.com"].contains(&host_and_path(url).0)
}

/// Tells whether this is the address of a conversation.
fn is_thread(url: &str) -> bool {
    let (_, path) = host_and_path(url);
    let of_gpt = path.strip_prefix("/g/").and_then(|rest| rest.split_once('/')).map(|(_, rest)| rest);
    path.starts_with("/c/") || of_gpt.is_some_and(|rest| rest.starts_with("c/"))
}

/// Tells whether people talk to the model at this address. A failure may then stand in a turn that is not known as one.
fn may_talk(url: &str) -> bool {
    is_thread(url) || host_and_path(url).1 == "/"
}

/// Tells whether an element is a failure inside a turn, by two signs at least: its role, a colour of failure on itself, such a
/// colour on both its background and its border, a button in it or right behind it.
fn is_failure(document: &Document, at: usize, element: &Element) -> bool {
    let tones: Vec<&str> = element.classes().filter(|class| is_tone(class)).collect();
    let announced = element.is("role", "alert") || element.is("role", "alertdialog");
    let on = |part: &str| tones.iter().any(|tone| tone.trim_start_matches('!').starts_with(part));
    let buttons = |at: usize| document.inside(at).filter(|(_, inside)| inside.name == "button").count();
    let size = |at: usize| document.inside(at).count();
    let writes =
        |(_, inside): (usize, &Element)| ["form", "textarea"].contains(&&*inside.name) || inside.has("contenteditable");
    let is_button = |(at, next): (usize, &Element)| {
        next.name == "button" || buttons(at) == 1 && size(at) <= 6 && !document.inside(at).any(writes)
    };
    let signs = [
        announced,
        !tones.is_empty(),
        on("bg-") && on("border-"),
        buttons(at) > 0 || document.next(at).is_some_and(is_button),
    ];
    (announced || !tones.is_empty())
        && signs.iter().filter(|sign| **sign).count() > 1
        && size(at) <= BOX
        && document.whole_text(at).encode_utf16().count() <= BOX_TEXT
}

/// Tells whether a class names the colour of a failure. A class with a colon does not count, because it holds only in some state.
fn is_tone(class: &str) -> bool {
    let class = class.to_ascii_lowercase();
    let long = ["error", "danger", "destructive", "critical", "negative", "fail", "invalid"];
    let red = class.split(|c: char| !c.is_ascii_lowercase()).any(|word| word == "red" || word == "bad");
    !class.contains(':') && (red || long.iter().any(|word| class.contains(word)))
}

/// Tells whether an element is something that is said in a conversation, written there or asked. None of it is looked into.
fn is_said(element: &Element) -> bool {
    let names = ["pre", "code", "blockquote", "table", "form", "nav", "svg", "button", "a", "label", "textarea"];
    let marks = [
        "contenteditable",
        "data-assistant-markdown",
        "data-markdown-text-style",
        "data-markdown-text-tone",
        "data-user-message-bubble",
    ];
    let roles = ["button", "dialog", "alertdialog"];
    let users = ["data-message-author-role", "data-message-role", "data-turn"];
    names.contains(&&*element.name)
        || marks.iter().any(|mark| element.has(mark))
        || roles.iter().any(|role| element.is("role", role))
        || users.iter().any(|user| element.is(user, "user"))
        || ["markdown", "prose"].iter().any(|class| element.has_class(class))
}

/// Finds the heading that stands alone with a button at the address of a conversation, where neither turns nor a composer are.
fn lonely_heading(document: &Document, url: &str) -> Option<usize> {
    let elements = || document.elements();
    let there = elements().any(|(at, element)| is_marked_turn(element) || is_composer(document, at, element));
    let (main, _) = elements().find(|(_, element)| element.name == "main")?;
    let small = document.inside(main).count() <= BOX;
    let button = document.inside(main).any(|(_, element)| element.name == "button");
    let heading = document.inside(main).find(|(_, element)| is_heading(element));
    let lonely = is_chat(url) && is_thread(url) && !there && small && button;
    heading.filter(|_| lonely).map(|(heading, _)| heading)
}

/// Tells whether people write to the model in this element, whatever the app calls it. No error page has such a place.
fn is_composer(document: &Document, at: usize, element: &Element) -> bool {
    (element.name == "textarea" || element.has("contenteditable"))
        && document.within(at, |element| element.name == "main")
}

/// Tells whether a page shows the app's own shell or a conversation.
fn shows_app(document: &Document, url: &str) -> bool {
    let composed = |(at, element)| is_chat(url) && is_composer(document, at, element);
    document.elements().any(|(_, element)| is_app(element)) || document.elements().any(composed)
}

/// Tells whether an element belongs to the app's own shell, or to a conversation in any generation of its markup.
fn is_app(element: &Element) -> bool {
    element.name == "html" && element.has("data-build")
        || element.name == "script" && element.id() == "client-bootstrap"
        || element.id() == "prompt-textarea"
        || element.has("data-composer-markdown")
        || element.has("data-chatgpt-composer")
        || element.has("data-composer-submit")
        || element.has("data-conversation-transcript")
        || element.has("data-app-shell-main-surface")
        || element.id() == "app-shell-sidebar"
        || is_marked_turn(element)
}

fn is_marked_turn(element: &Element) -> bool {
    element.has("data-message-author-role")
        || element.has("data-turn")
        || element.has("data-turn-key")
        || element.test_id().starts_with("conversation-turn-")
        || element.has("data-message-role")
        || element.has("data-content-search-turn-key")
        || element.has("data-content-search-unit-key")
        || element.has("data-assistant-markdown")
}

fn is_turn(element: &Element) -> bool {
    element.name == "article" || is_marked_turn(element)
}

fn is_surface(element: &Element) -> bool {
    announces(element)
        || is_dialog(element)
        || element.test_id().ends_with("toaster")
        || element.test_id() == "regenerate-thread-error-button"
        || element.has("data-has-thread-error")
        || element.has_class("text-token-text-error")
        || is_field_error(element)
}

fn announces(element: &Element) -> bool {
    element.is("role", "alert")
        || element.is("role", "alertdialog")
        || element.has_class("toast-root")
        || element.test_id().starts_with("toast")
}

fn is_field_error(element: &Element) -> bool {
    element.has_class("react-aria-FieldError")
        || element.is("slot", "errorMessage")
        || element.id().ends_with("-error")
        || element.id().starts_with("error-element")
}

/// Tells whether an element is a menu, the side bar, a field that a person types in, or something that we drew ourselves.
fn is_quiet(element: &Element) -> bool {
    element.is("role", "menu")
        || element.is("role", "menuitem")
        || element.name == "nav"
        || element.id() == "prompt-textarea"
        || element.name == "access-medic"
}

// ------------------------------------------------------------------------------------------------ markers

/// This is a list of tokens in order, each of them once, up to a limit.
struct Tokens {
    list: Vec<String>,
    seen: HashSet<String>,
    limit: usize,
}

impl Tokens {
    fn up_to(limit: usize) -> Self {
        Self { list: Vec::new(), seen: HashSet::new(), limit }
    }

    fn add(&mut self, token: &str) {
        let token = cut(token, MARKER);
        if self.list.len() < self.limit && self.seen.insert(token.clone()) {
            self.list.push(token);
        }
    }

    fn add_id_and_classes(&mut self, element: &Element) {
        if !element.id().is_empty() {
            self.add(&format!("#{}", element.id()));
        }
        for class in element.classes() {
            self.add(&format!(".{class}"));
        }
        // The element is a custom one.
        if element.name.contains('-') {
            self.add(&format!("tag:{}", element.name));
        }
    }

    /// Adds the id, the classes, and those attributes that are `named` or `data-*`.
    fn add_names(&mut self, element: &Element, named: &[&str]) {
        self.add_id_and_classes(element);
        self.add_attributes(element, named);
    }

    fn add_attributes(&mut self, element: &Element, named: &[&str]) {
        for (name, value) in &element.attributes {
            let wanted = named.contains(&name.as_str()) || name.starts_with("data-");
            if wanted && value.encode_utf16().count() <= DATA_VALUE {
                self.add(&format!("[{name}={value}]"));
            }
        }
    }
}

/// Returns the marks of what stands beside the app's own shell, as other extensions do, and of what they note on it.
fn guest_markers(document: &Document) -> Vec<String> {
    let mut tokens = Tokens::up_to(MARKERS);
    let frame: Vec<usize> = document.elements().take(1).map(|(root, _)| root).chain(document.body()).collect();
    for at in frame {
        if let Some(element) = document.element(at) {
            tokens.add_names(element, &[]);
        }
        for (_, guest) in document.children(at) {
            tokens.add_id_and_classes(guest);
        }
    }
    tokens.list
}

fn page_markers(document: &Document) -> Vec<String> {
    let mut tokens = Tokens::up_to(MARKERS);
    for (at, element) in document.elements() {
        tokens.add_names(element, &["role", "name"]);
        let reference = match &*element.name {
            "script" | "iframe" => element.attribute("src"),
            "link" | "a" => element.attribute("href"),
            _ => None,
        };
        if let Some(reference) = reference.filter(|reference| !reference.is_empty()) {
            tokens.add(&format!("{}:{reference}", element.name));
        } else if element.name == "script" {
            for name in globals(&cut(&document.own_text(at), SCRIPT)) {
                tokens.add(&format!("window.{name}"));
            }
        }
    }
    tokens.list
}

/// Returns the names that a script sets on `window`.
fn globals(script: &str) -> Vec<String> {
    let Ok(assignment) = Regex::new(r"\bwindow\.([A-Za-z_$][\w$]*)\s*=[^=]") else { return Vec::new() };
    assignment.captures_iter(script).filter_map(|found| Some(found.get(1)?.as_str().to_owned())).collect()
}

fn alert_markers(document: &Document, at: usize, place: Option<&str>) -> Vec<String> {
    let mut tokens = Tokens::up_to(ALERT_MARKERS);
    if let Some(place) = place {
        tokens.add(place);
    }
    if let Some(surface) = document.element(at) {
        tokens.add_names(surface, &["role", "name"]);
    }
    for (_, above) in document.ancestors(at).take(3) {
        tokens.add_names(above, &["role"]);
    }
    for (_, inside) in document.inside(at) {
        tokens.add_names(inside, &[]);
    }
    tokens.list
}

/// Cuts a text to at most `limit` UTF-16 units from its start.
fn cut(text: &str, limit: usize) -> String {
    let mut units = 0;
    text.chars()
        .take_while(|char| {
            units += char.len_utf16();
            units <= limit
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(html: &str) -> Evidence {
        let file = format!("HTTP/1.1 200 OK\ncontent-type: text/html\n\n{html}");
        observe(&Recording::parse("healthy/some", "healthy", file.as_bytes()).unwrap(), Browser::Chromium)
    }

    fn page(html: &str) -> Page {
        seen(html).page.unwrap()
    }

    fn alert_texts(html: &str) -> Vec<String> {
        seen(html).alerts.into_iter().map(|alert| alert.text).collect()
    }

    #[test]
    fn only_the_listed_headers_are_kept() {
        let file = b"HTTP/1.1 403\nCF-Ray: 1-FRA\nset-cookie: a=b\nserver: cloudflare\n\nerror code: 1020";
        let evidence = observe(&Recording::parse("a/b", "a", file).unwrap(), Browser::Firefox);
        let response = evidence.response.unwrap();
        let names: Vec<_> = response.headers.iter().map(|header| header.name.as_str()).collect();
        assert_eq!((response.status, names), (403, vec!["cf-ray", "server"]));
        let page = evidence.page.unwrap();
        assert_eq!((page.content_type.as_str(), page.text.as_str()), ("text/plain", "error code: 1020"));
        assert_eq!((page.status, page.elements), (Some(403), 4));
    }

    #[test]
    fn a_failure_has_the_code_of_each_browser_and_no_page() {
        let recording = Recording::parse("a/b", "a", b"GET https://chatgpt.com/\nx-failure: dns\n").unwrap();
        let [chromium, firefox] = Browser::ALL.map(|browser| observe(&recording, browser));
        assert_eq!(chromium.failure.as_deref(), Some("net::ERR_NAME_NOT_RESOLVED"));
        assert_eq!(firefox.failure.as_deref(), Some("NS_ERROR_UNKNOWN_HOST"));
        assert!(chromium.page.is_none() && chromium.response.is_none());
    }

    #[test]
    fn an_error_without_a_body_is_no_page() {
        let recording = Recording::parse("a/b", "a", b"HTTP/1.1 431 Too Large\n\n").unwrap();
        let evidence = observe(&recording, Browser::Chromium);
        assert!(evidence.page.is_none());
        assert_eq!(evidence.response.unwrap().status, 431);
    }

    #[test]
    fn of_the_app_and_of_large_pages_only_the_size_is_known() {
        let app = page("<html data-build=prod-1><title>t</title><p>words");
        assert_eq!((app.app, app.title.as_str(), app.text.as_str()), (true, "", ""));
        assert_eq!((app.elements, app.markers), (5, Vec::new()));
        for mark in ["<div id=prompt-textarea>", "<i data-turn-key=1>", "<i data-testid=conversation-turn-1>"] {
            assert!(page(mark).app, "{mark}");
        }
        let small = page(&format!("<title>t</title>{}", "<i></i>".repeat(SMALL - 4)));
        assert_eq!((small.elements, small.title.as_str()), (400, "t"));
        let large = page(&format!("<title>t</title>{}", "<i></i>".repeat(SMALL - 3)));
        assert_eq!((large.elements, large.app, large.title.as_str()), (401, false, ""));
    }

    #[test]
    fn the_title_of_a_conversation_is_not_read() {
        for (address, status, title) in [
            ("https://chatgpt.com/c/6712?x", 200, ""),
            ("https://chatgpt.com/share/6712", 200, ""),
            ("https://chatgpt.com/c/6712", 403, "t"),
            ("https://chatgpt.com/chat", 200, "t"),
        ] {
            let file =
                format!("GET {address} HTTP/1.1\n\nHTTP/1.1 {status}\ncontent-type: text/html\n\n<title>t</title>x");
            let seen = |file: &str| {
                observe(&Recording::parse("a/b", "a", file.as_bytes()).unwrap(), Browser::Chromium).page.unwrap()
            };
            let page = seen(&file);
            assert_eq!((page.title.as_str(), page.text.as_str()), (title, "x"), "{address} {status}");
            let larger = seen(&format!("{file}{}", "<i></i>".repeat(BLANK)));
            assert_eq!(larger.text.is_empty(), title.is_empty(), "{address} {status}");
        }
    }

    #[test]
    fn noscript_is_neither_text_nor_element() {
        let page = page("<body>a<noscript><b id=challenge-error-text>Enable JavaScript</b></noscript>");
        assert_eq!((page.text.as_str(), page.elements), ("a", 4));
        assert!(page.markers.is_empty());
    }

    #[test]
    fn markers_name_what_the_markup_names() {
        let page = page(
            "<link href=/s.css rel=x><script src='/a.js?x=1'></script><body id=b class='x y' role=main data-k=v>\
             <input name=q><a href='/w'>w</a><iframe src=//f></iframe><a>none</a><i class='x'></i>\
             <script>window._opt = {}; window.same == 1; awindow.no = 1; window.$a=2</script>",
        );
        let expected = [
            "link:/s.css",
            "script:/a.js?x=1",
            "#b",
            ".x",
            ".y",
            "[role=main]",
            "[data-k=v]",
            "[name=q]",
            "a:/w",
            "iframe://f",
            "window._opt",
            "window.$a",
        ];
        assert_eq!(page.markers, expected);
    }

    #[test]
    fn of_the_app_the_guests_are_named() {
        let guests = seen(
            "<html data-build=prod-1 class=dark><body class=b data-guest=on role=main><title>words</title>\
             <div id=root class=r data-k=no title=words><p id=inner><x-inner></x-inner></div>\
             <some-guest class='g h'>words</some-guest>",
        )
        .guests;
        let expected =
            [".dark", "[data-build=prod-1]", ".b", "[data-guest=on]", "#root", ".r", ".g", ".h", "tag:some-guest"];
        assert_eq!(guests, expected);
    }

    #[test]
    fn requests_and_places_hold_no_ids() {
        let file = b"GET https://chatgpt.com/c/6712-abcd?q=1 HTTP/1.1\nx-answers: 404 /a/b2/12345678/x%20/ok\n\
                     x-answers: 200 /fine\nx-answers: dns https://ws.chatgpt.com/p1\nx-again: 2\n\nHTTP/1.1 200\n\n";
        let visit = visit(&Recording::parse("a/b", "a", file).unwrap(), Browser::Chromium);
        let request = |host: &str, path: &str, status, failure: Option<&str>| Request {
            host: host.into(),
            path: path.into(),
            status,
            failure: failure.map(str::to_owned),
            html: false,
        };
        let expected = [
            request("chatgpt.com", "/a/b2/*/*/ok", Some(404), None),
            request("ws.chatgpt.com", "/p1", None, Some("net::ERR_NAME_NOT_RESOLVED")),
        ];
        assert_eq!(visit.evidence.requests, expected);
        let loads: Vec<_> = visit.loads.iter().map(|load| (OBSERVED_AT - load.at, load.place.as_str())).collect();
        assert_eq!(loads, [(30_000.0, "chatgpt.com/c/*"), (15_000.0, "chatgpt.com/c/*")]);
        assert_eq!(without_ids(&format!("/{}/{}", "a".repeat(32), "a".repeat(33))), format!("/{}/*", "a".repeat(32)));
    }

    #[test]
    fn limits_hold() {
        let many: String = (0..390).map(|i| format!("<i class='a{i} b{i} c{i}'></i>")).collect();
        let crowd = page(&format!("<title>{}</title><body>{many}{}", "t".repeat(5_000), "w\u{1f600} ".repeat(20_000)));
        assert_eq!((crowd.title.len(), crowd.markers.len()), (TITLE, MARKERS));
        assert_eq!(crowd.text.encode_utf16().count(), TEXT);
        let long = page(&format!("<b data-k='{}' id='{}'>", "v".repeat(65), "i".repeat(500)));
        assert_eq!(long.markers, [format!("#{}", "i".repeat(MARKER - 1))]);
        let alerts = seen(&format!("<p role=alert>{}", "w".repeat(900)).repeat(30)).alerts;
        assert_eq!((alerts.len(), alerts[0].text.len()), (ALERTS, ALERT_TEXT));
        let crowded: String = (0..200).map(|i| format!("<i class=a{i}></i>")).collect();
        assert_eq!(seen(&format!("<div role=alert>x{crowded}</div>")).alerts[0].markers.len(), ALERT_MARKERS);
    }

    #[test]
    fn screen_reader_regions_menus_and_typing_are_never_alerts() {
        let html = "<div class=sr-only role=alert>a</div><div class=sr-only><p role=alert>b</p></div>\
                    <div role=menu><p class=text-token-text-error>c</p></div><nav><p role=alert>d</p></nav>\
                    <div id=prompt-textarea><p role=alert>e</p></div><access-medic><p role=alert>f</p></access-medic>\
                    <p role=alert></p><p role=alert data-testid=empty></p><p role=alert>g</p>";
        assert_eq!(alert_texts(html), ["", "g"]);
    }

    #[test]
    fn the_outermost_surface_counts() {
        let html = "<div class=toast-root><div role=alert data-testid=toast-error>a<p class=text-token-text-error>b";
        let alerts = seen(html).alerts;
        assert_eq!(alerts.len(), 1);
        assert_eq!(alerts[0].text, "a\nb");
        assert!(alerts[0].markers.contains(&"[data-testid=toast-error]".to_owned()));
    }

    #[test]
    fn of_dialogs_only_the_heading_is_read() {
        let html = "<div role=dialog id=modal-x><h2>Delete chat?</h2><p role=alert>Error 1020</p><h3>no</h3></div>";
        assert_eq!(alert_texts(html), ["Delete chat?"]);
        assert_eq!(alert_texts("<div role=alertdialog id=y><p>Error 1020</p></div>"), [""]);
    }

    #[test]
    fn a_conversation_is_not_read() {
        for turn in ["article", "div data-turn=user", "div data-turn-key=k", "div data-message-author-role=assistant"] {
            let html = format!("<{turn}><p role=alert>a</p><p class=text-token-text-error>b</p><p id=net-error>c</p>");
            assert!(alert_texts(&html).is_empty(), "{turn}");
        }
        let main = "<main data-composer-markdown><p class=text-token-text-error>a</p><p id=net-error>b</p>\
                    <div role=dialog id=d><h2>c</h2></div><p role=alert>d</p></main>";
        assert_eq!(alert_texts(main), ["d"]);
    }

    #[test]
    fn the_error_of_a_turn_is_found_by_its_button() {
        let html = "<main><article><p class=words>never</p><div id=box><p class=text-token-text-error>network error</p>\
                    <div><button data-testid=regenerate-thread-error-button>Retry</button></div></div></article></main>";
        let alerts = seen(html).alerts;
        assert_eq!(alerts.len(), 1);
        assert_eq!(alerts[0].text, "network error");
        assert!(alerts[0].markers.contains(&"[data-testid=regenerate-thread-error-button]".to_owned()));
        assert!(!alerts[0].markers.contains(&".words".to_owned()));
        let bare = "<article><p>never</p><button data-testid=regenerate-thread-error-button>Retry</button></article>";
        assert_eq!(alert_texts(bare), [""]);
    }

    #[test]
    fn a_thread_error_needs_no_words() {
        assert_eq!(alert_texts("<main><div data-has-thread-error=true>Retry</div></main>"), [""]);
        let worded = "<main><div data-has-thread-error=true>x<p class=text-token-text-error>lost</p></div></main>";
        assert_eq!(alert_texts(worded), ["lost"]);
    }

    #[test]
    fn field_errors_in_main_count_outside_the_app() {
        let field = "<main><span class=react-aria-FieldError>wrong</span><i id=error-element-password>no</i></main>";
        assert_eq!(alert_texts(field), ["wrong", "no"]);
        assert!(alert_texts(&format!("<html data-build=prod-1>{field}")).is_empty());
    }
}
