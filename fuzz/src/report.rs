//! This module checks what must be true of every report, whatever the visit holds.

use access_medic::{Action, Diagnosis, Reason, Report, StepState, Visit, examine};
use serde_json::Value;
use std::net::{Ipv4Addr, Ipv6Addr};

/// The length of the longest quote, in bytes. A person reads it, and nothing else of a page is kept.
const QUOTE: usize = 160;

/// The size of the largest report, in bytes of JSON. One report is kept for each tab.
const SIZE: usize = 10_000;

/// Returns the report on a visit, after holding it to all of this.
pub fn examined(visit: &Visit) -> Report {
    let report = examine(visit);
    assert_eq!(report, examine(visit), "the same visit, another report");
    let json = serde_json::to_value(&report).expect("a report can be written");
    let back: Report = serde_json::from_value(json.clone()).expect("and read back");
    assert_eq!(report, back, "the report does not survive the boundary");
    let size = json.to_string().len();
    assert!(size <= SIZE, "{size} bytes: {report:#?}");

    assert!(
        (report.diagnosis.is_some() || report.stands) != report.plan.is_empty(),
        "a plan, and only with a diagnosis: {report:#?}"
    );
    assert!(!report.stands || report.diagnosis.is_none(), "it stands, or it is new: {report:#?}");
    let next = report.plan.iter().filter(|step| step.state == StepState::Next).count();
    assert!(next <= 1, "{next} steps are the next one");
    for step in report.plan.iter().chain(&report.tools) {
        if let Action::Clear { scope } = &step.action {
            assert!(scope.hosts.iter().all(|host| is_openai(host)), "clears at somebody else's: {:?}", scope.hosts);
        }
    }
    if let Some(diagnosis) = &report.diagnosis {
        hold(diagnosis);
    }
    keeps_addresses_back(visit, &json);
    report
}

fn hold(diagnosis: &Diagnosis) {
    let facts = &diagnosis.facts;
    assert!(is_openai(&facts.host) || PASSED.contains(&facts.host.as_str()), "{:?}", facts.host);
    for (name, value, longest, allowed) in [
        ("code", &facts.code, 64, "_-."),
        ("ray_id", &facts.ray_id, 16, ""),
        ("request_id", &facts.request_id, 64, "_-"),
        ("colo", &facts.colo, 3, ""),
        ("country", &facts.country, 2, ""),
        ("time", &facts.time, 19, "-: "),
    ] {
        let Some(value) = value else { continue };
        assert!((1..=longest).contains(&value.len()), "{name}: {value:?}");
        assert!(value.chars().all(|c| c.is_ascii_alphanumeric() || allowed.contains(c)), "{name}: {value:?}");
    }
    let mut causes = vec![&diagnosis.cause];
    quotes(&diagnosis.reasons);
    for other in &diagnosis.others {
        assert!(!causes.contains(&&other.cause), "{} twice", other.cause);
        causes.push(&other.cause);
        quotes(&other.reasons);
    }
}

fn quotes(reasons: &[Reason]) {
    for Reason { clue, quote } in reasons {
        assert!(quote.len() <= QUOTE, "{clue:?}: a quote of {} bytes: {quote:?}", quote.len());
    }
}

/// The hosts of others that a sign-in passes. This list and the next one belong to the fuzzer alone, so that a wrong
/// entry in the catalogue's list is a finding; `tests/sites.rs` compares them.
const PASSED: [&str; 6] = [
    "accounts.google.com",
    "appleid.apple.com",
    "login.microsoftonline.com",
    "login.live.com",
    "localhost",
    "127.0.0.1",
];

const OURS: [&str; 2] = ["chatgpt.com", "openai.com"];

fn is_openai(host: &str) -> bool {
    OURS.iter().any(|family| host.strip_suffix(family).is_some_and(|sub| sub.is_empty() || sub.ends_with('.')))
}

/// Checks that the visitor's IP address is kept back. Pages print it in their text, and a report must not repeat it
/// unless it is also known from elsewhere.
fn keeps_addresses_back(visit: &Visit, report: &Value) {
    let mut evidence = visit.evidence.clone();
    let mut said = String::new();
    if let Some(page) = &mut evidence.page {
        said = format!("{}\n{}", std::mem::take(&mut page.title), std::mem::take(&mut page.text));
    }
    for alert in &mut evidence.alerts {
        said.push('\n');
        said.push_str(&std::mem::take(&mut alert.text));
    }
    let addresses = addresses(&said);
    if addresses.is_empty() {
        return;
    }
    let rest = serde_json::to_value(&evidence).expect("evidence can be written");
    let (mut elsewhere, mut told) = (Vec::new(), Vec::new());
    strings(&rest, &mut elsewhere);
    strings(report, &mut told);
    for address in addresses {
        let known = elsewhere.iter().any(|text| text.contains(address));
        let kept = known || !told.iter().any(|text| text.contains(address));
        assert!(kept, "tells the visitor's address {address}: {report:#}");
    }
}

fn addresses(text: &str) -> Vec<&str> {
    text.split(|c: char| !(c.is_ascii_hexdigit() || matches!(c, '.' | ':')))
        .map(|word| word.trim_matches(['.', ':']))
        .filter(|word| word.parse::<Ipv4Addr>().is_ok() || (word.len() > 6 && word.parse::<Ipv6Addr>().is_ok()))
        .collect()
}

fn strings<'v>(value: &'v Value, found: &mut Vec<&'v str>) {
    match value {
        Value::String(text) => found.push(text),
        Value::Array(list) => list.iter().for_each(|value| strings(value, found)),
        Value::Object(members) => members.values().for_each(|value| strings(value, found)),
        _ => {}
    }
}
