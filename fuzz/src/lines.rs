//! This module reads and writes a visit as lines of the form `key rest of the line`. Reading never fails: a line that
//! says nothing is passed over.

use access_medic::{
    Alert, Attempt, Confidence, Evidence, Header, Load, Outcome, Page, Request, Response, Standing, Surface, Told,
    Verdict, Visit,
};

/// The moment of every visit; other times are written in seconds before it.
const NOW: f64 = 1_800_000_000_000.0;

pub fn read(bytes: &[u8]) -> Visit {
    let text = String::from_utf8_lossy(bytes);
    let mut visit = Visit {
        evidence: Evidence { url: "https://chatgpt.com/".into(), at: NOW, ..Evidence::default() },
        now: NOW,
        ..Visit::default()
    };
    for line in text.split('\n') {
        let (key, rest) = line.split_once(' ').unwrap_or((line, ""));
        take(&mut visit, key, rest);
    }
    visit
}

fn take(visit: &mut Visit, key: &str, rest: &str) {
    let evidence = &mut visit.evidence;
    let mut words = rest.split(' ');
    let mut word = || words.next().unwrap_or_default();
    let ago = |seconds: &str| NOW - 1000.0 * seconds.parse().unwrap_or(0.0);
    match key {
        "url" => evidence.url = rest.into(),
        "at" => evidence.at = ago(rest),
        "failure" => evidence.failure = Some(rest.into()),
        "status" => evidence.response.get_or_insert_default().status = rest.parse().unwrap_or_default(),
        "header" => {
            let (name, value) = rest.split_once(": ").unwrap_or((rest, ""));
            let header = Header { name: name.into(), value: value.into() };
            evidence.response.get_or_insert_default().headers.push(header);
        }
        // page STATUS ELEMENTS TYPE [app]
        "page" => {
            let page = evidence.page.get_or_insert_default();
            page.status = word().parse().ok();
            page.elements = word().parse().unwrap_or_default();
            page.content_type = word().into();
            page.app = word() == "app";
        }
        "title" => evidence.page.get_or_insert_default().title = rest.into(),
        "text" => add_line(&mut evidence.page.get_or_insert_default().text, rest),
        "marker" => evidence.page.get_or_insert_default().markers.push(rest.into()),
        "alert" => evidence.alerts.push(Alert { text: rest.into(), markers: Vec::new() }),
        "alert-text" => {
            if let Some(alert) = evidence.alerts.last_mut() {
                add_line(&mut alert.text, rest);
            }
        }
        "alert-marker" => {
            if let Some(alert) = evidence.alerts.last_mut() {
                alert.markers.push(rest.into());
            }
        }
        // request STATUS-OR-FAILURE HOST PATH [html]
        "request" => {
            let (what, host) = (word(), word());
            let status = what.parse().ok();
            let failure = status.is_none().then(|| what.into());
            let path = word().into();
            let html = word() == "html";
            evidence.requests.push(Request { host: host.into(), path, status, failure, html });
        }
        "symptom" => visit.symptom = Some(rest.into()),
        // guest MARKER
        "guest" => evidence.guests.push(rest.into()),
        // load SECONDS PLACE [CAUSE]
        "load" => {
            let (at, place, cause) = (ago(word()), word().into(), word());
            visit.loads.push(Load { at, place, cause: (!cause.is_empty()).then(|| cause.into()), load: None });
        }
        // attempt SECONDS REMEDY CAUSE [OUTCOME [SURFACE [VERDICT]]]
        "attempt" => visit.history.push(Attempt {
            at: ago(word()),
            remedy: word().into(),
            cause: word().into(),
            outcome: named(word()).unwrap_or(Outcome::Done),
            surface: named(word()).unwrap_or(Surface::Page),
            verdict: named::<Verdict>(word()),
        }),
        // standing CAUSE CONFIDENCE [drawn [RETRY_AFTER [RESETS]]]
        "standing" => {
            let cause = word().into();
            let confidence = named(word()).unwrap_or(Confidence::Likely);
            let overlay = word() == "drawn";
            let retry_after = word().parse().ok();
            let resets = word().parse().ok();
            visit.standing = Some(Standing { cause, confidence, overlay, facts: Told { retry_after, resets } });
        }
        "finding" => visit.findings.push(rest.into()),
        // offset MINUTES
        "offset" => visit.offset = word().parse().unwrap_or_default(),
        // zone NAME
        "zone" => visit.zone = rest.into(),
        // withheld REMEDY
        "withheld" => visit.withheld.push(rest.into()),
        _ => {}
    }
}

fn add_line(text: &mut String, line: &str) {
    if !text.is_empty() {
        text.push('\n');
    }
    text.push_str(line);
}

/// Returns the value of an enumeration by the name that it has in JSON.
fn named<T: serde::de::DeserializeOwned>(name: &str) -> Option<T> {
    serde_json::from_value(name.into()).ok()
}

/// Writes what [`read`] reads back, for all that a first look at a page can hold.
pub fn write(evidence: &Evidence) -> String {
    let mut out = format!("url {}\n", evidence.url);
    let mut line = |key: &str, rest: &str| {
        for rest in rest.split('\n') {
            out.extend([key, " ", rest, "\n"]);
        }
    };
    if let Some(failure) = &evidence.failure {
        line("failure", failure);
    }
    if let Some(Response { status, headers }) = &evidence.response {
        line("status", &status.to_string());
        for header in headers {
            line("header", &format!("{}: {}", header.name, header.value));
        }
    }
    if let Some(Page { status, content_type, app, elements, title, text, markers }) = &evidence.page {
        let status = status.map_or("-".into(), |status| status.to_string());
        line("page", &format!("{status} {elements} {content_type}{}", if *app { " app" } else { "" }));
        line("title", &title.replace('\n', " "));
        line("text", text);
        for marker in markers {
            line("marker", marker);
        }
    }
    for alert in &evidence.alerts {
        let (first, others) = alert.text.split_once('\n').unwrap_or((&alert.text, ""));
        line("alert", first);
        if !others.is_empty() {
            line("alert-text", others);
        }
        for marker in &alert.markers {
            line("alert-marker", marker);
        }
    }
    for guest in &evidence.guests {
        line("guest", guest);
    }
    for request in &evidence.requests {
        let status = request.status.map(|status| status.to_string());
        let what = status.as_deref().or(request.failure.as_deref()).unwrap_or("-");
        line("request", &format!("{what} {} {}", request.host, request.path));
    }
    out
}
