//! Writes the catalogue as Rust: static tables that need no start-up work.

use crate::catalogue::{Catalogue, Clue, Few, Remedy, Signature};
use access_medic_phrases::{folded, lay_out, pattern};
use std::fmt::Write;

pub fn tables(catalogue: &Catalogue) -> Result<String, String> {
    let mut interned = Interned::default();
    // Markers first: a clue refers to a marker by its place in the sorted list.
    for (_, signature) in &catalogue.signatures {
        for marker in signature
            .all
            .iter()
            .chain(&signature.any)
            .chain(&signature.none)
            .filter_map(|clue| clue.marker.as_ref())
            .flat_map(Few::iter)
        {
            interned.marker(marker);
        }
    }
    let signatures: Vec<String> = catalogue
        .signatures
        .iter()
        .map(|(name, signature)| signature_source(name, signature, catalogue, &mut interned))
        .collect();
    let mut out = String::new();
    let w = &mut out;
    let _ = writeln!(w, "pub static CAUSES: &[Cause] = &[");
    for (id, family, cause) in &catalogue.causes {
        let plan: Vec<usize> = cause
            .plan
            .iter()
            .filter_map(|remedy| catalogue.remedies.keys().position(|known| known == remedy))
            .collect();
        let _ = writeln!(
            w,
            "Cause {{ id: {id:?}, family: {family:?}, mover: Mover::{:?}, overlay: {}, plan: &{plan:?} }},",
            cause.mover, cause.overlay
        );
    }
    let _ = writeln!(w, "];\npub static REMEDIES: &[Remedy] = &[");
    for (id, remedy) in &catalogue.remedies {
        let _ = writeln!(w, "Remedy {{ id: {id:?}, hands: {} }},", hands_source(remedy));
    }
    let _ = writeln!(w, "];\npub static SIGNATURES: &[Signature] = &[");
    for signature in &signatures {
        let _ = writeln!(w, "{signature},");
    }
    let _ = writeln!(w, "];");
    let _ = writeln!(w, "/// Sorted.\npub static MARKERS: &[&str] = &{:?};", interned.markers);
    let _ = writeln!(w, "/// Markers with a `*` in them.\npub static MARKER_GLOBS: &[&str] = &{:?};", interned.globs);
    let _ = writeln!(
        w,
        "/// How many phrases there are.
pub static PHRASES: usize = {};",
        interned.phrases.len()
    );
    let patterns: Vec<Vec<u8>> = interned.phrases.iter().map(|phrase| pattern(phrase)).collect();
    let trie = lay_out(&patterns)?;
    let _ = writeln!(w, "pub static LABELS: &[u8] = &{:?};", trie.labels);
    let _ = writeln!(w, "pub static NEXT: &[u16] = &{:?};", trie.next);
    let _ = writeln!(w, "pub static FIRST: &[u16; 256] = &{:?};", trie.first);
    let _ = writeln!(w, "pub static WORD: &[u16; 256] = &{:?};", trie.word);
    let _ = writeln!(w, "pub static ENDS: &[(u16, u16)] = &{:?};", trie.ends);
    Ok(out)
}

#[derive(Default)]
struct Interned {
    phrases: Vec<String>,
    markers: Vec<String>,
    globs: Vec<String>,
}

impl Interned {
    fn marker(&mut self, marker: &str) {
        let list = if marker.contains('*') { &mut self.globs } else { &mut self.markers };
        if let Err(place) = list.binary_search_by(|known| known.as_str().cmp(marker)) {
            list.insert(place, marker.to_owned());
        }
    }

    /// Exact markers come first, those with a `*` after them.
    fn marker_id(&self, marker: &str) -> usize {
        let place = |list: &[String]| list.iter().position(|known| known == marker).unwrap_or_default();
        if marker.contains('*') { self.markers.len() + place(&self.globs) } else { place(&self.markers) }
    }

    fn phrase(&mut self, phrase: &str) -> usize {
        let key = folded(phrase);
        self.phrases.iter().position(|known| folded(known) == key).unwrap_or_else(|| {
            self.phrases.push(phrase.to_owned());
            self.phrases.len() - 1
        })
    }
}

fn signature_source(name: &str, signature: &Signature, catalogue: &Catalogue, interned: &mut Interned) -> String {
    let cause = catalogue.causes.iter().position(|(id, _, _)| *id == signature.cause).unwrap_or_default();
    let mut list = |clues: &[Clue]| clues.iter().map(|clue| clue_source(clue, interned)).collect::<Vec<_>>().join(", ");
    let (all, any, none) = (list(&signature.all), list(&signature.any), list(&signature.none));
    format!(
        "Signature {{ #[cfg(not(target_arch = \"wasm32\"))] name: {name:?}, cause: {cause}, confidence: Confidence::{:?}, surface: Surface::{:?}, fallback: {}, all: &[{all}], any: &[{any}], none: &[{none}] }}",
        signature.confidence, signature.surface, signature.fallback
    )
}

fn clue_source(clue: &Clue, interned: &mut Interned) -> String {
    let strings = |few: &Few<String>| format!("&{:?}", few.iter().collect::<Vec<_>>());
    if let Some(status) = &clue.status {
        let ranges: Vec<_> = status.iter().filter_map(|status| status.range().ok()).collect();
        return format!("Clue::Status(&{ranges:?})");
    }
    if let Some(header) = &clue.header {
        return format!(
            "Clue::Header {{ name: {:?}, value: {:?} }}",
            header.to_lowercase(),
            clue.value.as_deref().unwrap_or("*")
        );
    }
    if let Some(code) = &clue.code {
        return format!("Clue::Code({})", strings(code));
    }
    if let Some(marker) = &clue.marker {
        return format!(
            "Clue::Marker(&{:?})",
            marker.iter().map(|marker| interned.marker_id(marker)).collect::<Vec<_>>()
        );
    }
    let mut phrases = |few: &Few<String>| few.iter().map(|phrase| interned.phrase(phrase)).collect::<Vec<_>>();
    if let Some(title) = &clue.title {
        return format!("Clue::Title(&{:?})", phrases(title));
    }
    if let Some(text) = &clue.text {
        return format!("Clue::Text(&{:?})", phrases(text));
    }
    if let Some(whole) = &clue.whole {
        return format!("Clue::Whole(&{:?})", phrases(whole));
    }
    if let Some(host) = &clue.host {
        return format!("Clue::Host({})", strings(host));
    }
    if let Some(path) = &clue.path {
        return format!("Clue::Path({})", strings(path));
    }
    if let Some(failure) = &clue.failure {
        return format!("Clue::Failure({})", strings(failure));
    }
    format!("Clue::Bare({})", clue.bare.unwrap_or_default())
}

fn hands_source(remedy: &Remedy) -> String {
    match remedy {
        Remedy::Clear { hosts, this_host, cookies, keep, storage } => {
            let cookies = cookies.as_ref().map_or("None".to_owned(), |names| format!("Some(&{names:?})"));
            format!(
                "Hands::Clear {{ hosts: &{hosts:?}, this_host: {this_host}, cookies: {cookies}, keep: &{keep:?}, storage: {storage} }}"
            )
        }
        Remedy::Reload => "Hands::Reload".into(),
        Remedy::Open { address } => format!("Hands::Open({address:?})"),
        Remedy::Manual { check } => format!("Hands::Manual {{ check: {check} }}"),
    }
}
