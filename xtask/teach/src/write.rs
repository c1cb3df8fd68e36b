//! This module writes a proposed signature as the catalogue has it.

use access_medic::{
    Confidence, Surface,
    taught::{Taught, TaughtClue},
};
use std::fmt::Write as _;

/// Returns the file of a signature.
pub fn toml(taught: &Taught, about: &str) -> String {
    let confidence = match taught.confidence {
        Confidence::Certain => "certain",
        Confidence::Likely => "likely",
        Confidence::Possible => "possible",
    };
    let surface = match taught.surface {
        Surface::Alert => "alert",
        Surface::Request => "request",
        _ => "page",
    };
    let mut text = String::new();
    let _ = writeln!(text, "about = {}", quoted(about));
    let _ = writeln!(text, "cause = {}", quoted(&taught.cause));
    let _ = writeln!(text, "confidence = {}\nsurface = {}\nall = [", quoted(confidence), quoted(surface));
    for clue in &taught.all {
        let _ = writeln!(text, "  {{ {} }},", clue_text(clue));
    }
    text.push_str("]\n");
    if !taught.not_path.is_empty() {
        text.push_str("none = [\n  { path = \"@talk\" },\n]\n");
    }
    text
}

/// Returns a clue in the words of the catalogue.
fn clue_text(clue: &TaughtClue) -> String {
    match clue {
        TaughtClue::Status(status) => format!("status = {status}"),
        TaughtClue::Header(name, value) => format!("header = {}, value = {}", quoted(name), quoted(value)),
        TaughtClue::Code(code) => format!("code = {}", quoted(code)),
        TaughtClue::Marker(mark) => format!("marker = {}", quoted(mark)),
        TaughtClue::Title(words) => format!("title = {}", quoted(words)),
        TaughtClue::Text(words) => format!("text = {}", quoted(words)),
        TaughtClue::Host(hosts) => format!("host = {}", list(hosts)),
        TaughtClue::Path(path) => format!("path = {}", quoted(path)),
        TaughtClue::Bare => "bare = true".to_owned(),
    }
}

fn list(hosts: &[String]) -> String {
    match hosts {
        [one] => quoted(one),
        [first, ..] if first == "chatgpt.com" => "[\"@app\"]".to_owned(),
        _ => "[\"@login\"]".to_owned(),
    }
}

/// Returns a text as TOML and JSON both write it.
fn quoted(text: &str) -> String {
    serde_json::to_string(text).unwrap_or_default()
}
