//! This module writes the catalogue as Rust: static tables that need no start-up work.

use crate::{
    catalogue::{Catalogue, Clue, Few, Finding, Mover, Remedy, Signature},
    concepts::{Concepts, Meaning},
    sites::{Passed, Sites},
};
use access_medic_phrases::{MessageTable, folded, lay_out_groups, pattern};
use std::{collections::BTreeSet, fmt::Write};

pub fn tables(catalogue: &Catalogue) -> Result<String, String> {
    let mut interned = Interned::default();
    // Markers come first, because a clue refers to a marker by its place in the sorted list.
    let clues = || catalogue.signatures.iter().flat_map(|(_, signature)| signature.clues());
    for marker in clues().filter_map(|clue| clue.marker.as_ref()).flat_map(Few::iter) {
        interned.marker(marker);
    }
    // Phrases come next: phrases that always stand in the same lists are one group, and clues refer to groups.
    let mut lists: Vec<BTreeSet<usize>> = Vec::new();
    for clue in clues() {
        if let Some((_, phrases)) = clue.phrases() {
            let list = phrases.iter().map(|phrase| interned.phrase(phrase)).collect();
            if !lists.contains(&list) {
                lists.push(list);
            }
        }
    }
    let mut kinds: Vec<Vec<usize>> = Vec::new();
    for phrase in 0..interned.phrases.len() {
        let kind: Vec<usize> = (0..lists.len()).filter(|list| lists[*list].contains(&phrase)).collect();
        let group = kinds.iter().position(|known| *known == kind).unwrap_or_else(|| {
            kinds.push(kind);
            kinds.len() - 1
        });
        interned.groups.push(narrow(group));
    }
    let patterns: Vec<Vec<u8>> = interned.phrases.iter().map(|phrase| pattern(phrase)).collect();
    let trie = lay_out_groups(&patterns, &interned.groups)?;
    let mut program = Vec::new();
    for (_, signature) in &catalogue.signatures {
        program.extend(signature_bytes(signature, catalogue, &mut interned));
    }
    let mut out = String::new();
    let w = &mut out;
    let places = |remedies: &[String]| -> Vec<usize> {
        remedies.iter().filter_map(|remedy| catalogue.remedies.keys().position(|known| known == remedy)).collect()
    };
    let _ = writeln!(w, "pub static CAUSES: &[Cause] = &[");
    for (id, family, cause) in &catalogue.causes {
        let (plan, program) = (places(&cause.plan), places(&cause.program));
        let _ = writeln!(
            w,
            "Cause {{ id: {id:?}, family: {family:?}, mover: Mover::{:?}, overlay: {}, plan: &{plan:?}, program: &{program:?}, wait: {} }},",
            cause.mover, cause.overlay, cause.wait
        );
    }
    let _ = writeln!(w, "];\npub static REMEDIES: &[Remedy] = &[");
    let place_of =
        |remedy: &str| catalogue.remedies.keys().position(|known| known == remedy).expect("checked when read");
    for (id, remedy) in &catalogue.remedies {
        let read = match remedy {
            Remedy::Manual { read, .. } | Remedy::Private { read } => read.as_deref(),
            _ => None,
        };
        let mover = match remedy {
            Remedy::Manual { mover, .. } => mover_source(*mover),
            _ => mover_source(None),
        };
        let hands = hands_source(remedy, &place_of);
        let _ = writeln!(w, "Remedy {{ id: {id:?}, hands: {hands}, read: {read:?}, mover: {mover} }},");
    }
    let _ = writeln!(w, "];\npub static FINDINGS: &[Finding] = &[");
    let place = |cause: &String| catalogue.causes.iter().position(|(known, _, _)| known == cause);
    for Finding { id, families, steps, without, cause, mover } in &catalogue.findings {
        let cause = cause.as_ref().and_then(place);
        let (families, steps, without) = (families.join(" "), places(steps), places(without));
        let mover = mover_source(*mover);
        let _ = writeln!(
            w,
            "Finding {{ id: {id:?}, families: {families:?}, steps: &{steps:?}, without: &{without:?}, cause: {cause:?}, mover: {mover} }},"
        );
    }
    let symptoms: Vec<_> =
        catalogue.symptoms.iter().map(|(id, cause)| (id, place(cause).unwrap_or_default())).collect();
    let _ = writeln!(w, "];\npub static SYMPTOMS: &[(&str, u8)] = &{symptoms:?};");
    let _ = writeln!(w, "pub static REQUEST_WORDS: &[&str] = &{:?};", catalogue.request_words);
    let _ = writeln!(w, "pub static SIGNATURES: &[u8] = &{program:?};");
    let names: Vec<&String> = catalogue.signatures.iter().map(|(name, _)| name).collect();
    let _ = writeln!(
        w,
        "/// `family/name` of each signature's file.\n#[cfg(not(target_arch = \"wasm32\"))]\npub static NAMES: &[&str] = &{names:?};"
    );
    let mut end = 0;
    let ends: Vec<usize> = interned
        .strings
        .iter()
        .map(|string| {
            end += string.len();
            end
        })
        .collect();
    if u16::try_from(end).is_err() {
        return Err("the strings of the catalogue do not fit: their table needs wider numbers".into());
    }
    let _ = writeln!(
        w,
        "pub static STRINGS: &str = {:?};\npub static STRING_ENDS: &[u16] = &{ends:?};",
        interned.strings.concat()
    );
    let _ = writeln!(w, "/// Sorted.\npub static MARKERS: &[&str] = &{:?};", interned.markers);
    let _ = writeln!(w, "/// Markers with a `*` in them.\npub static MARKER_GLOBS: &[&str] = &{:?};", interned.globs);
    let _ = writeln!(w, "pub static LABELS: &[u8] = &{:?};", trie.labels);
    let _ = writeln!(w, "pub static NEXT: &[u16] = &{:?};", trie.next);
    let _ = writeln!(w, "pub static FIRST: &[u16; 256] = &{:?};", trie.first);
    let _ = writeln!(w, "pub static WORD: &[u16; 256] = &{:?};", trie.word);
    let _ = writeln!(w, "pub static PAIRS: &[u16; 676] = &{:?};", trie.pairs);
    let _ = writeln!(w, "pub static RANKS: &[u16] = &{:?};", trie.ranks);
    let _ = writeln!(w, "pub static GROUPS: &[u16] = &{:?};", trie.groups);
    let table = MessageTable::lay_out(catalogue.messages.values().map(Vec::as_slice));
    let _ = writeln!(
        w,
        "pub static MESSAGES: Messages<'static> = Messages {{ buckets: &{:?}, rests: &{:?}, sets: &{:?} }};",
        table.buckets, table.rests, table.sets
    );
    Ok(out)
}

fn mover_source(mover: Option<Mover>) -> String {
    mover.map_or_else(|| "None".to_owned(), |mover| format!("Some(Mover::{mover:?})"))
}

pub fn concepts(Concepts { turned, meanings, not, how_to }: Concepts, causes: &[&str]) -> String {
    let mut out = format!(
        "pub static NOT: u8 = {not};\npub static HOW_TO: u8 = {how_to};\npub static TURNED: &[u8] = &{turned:?};\n"
    );
    let w = &mut out;
    let _ = writeln!(w, "pub static MEANINGS: &[Meaning] = &[");
    for Meaning { cause, says, but, vague, place } in meanings {
        let cause = causes.iter().position(|known| *known == cause).unwrap_or_default();
        let says: Vec<String> = says.iter().map(|concepts| format!("&{concepts:?}")).collect();
        let _ = writeln!(
            w,
            "Meaning {{ cause: {cause}, says: &[{}], but: &{but:?}, vague: {vague}, place: Place::{place:?} }},",
            says.join(", ")
        );
    }
    out + "];\n"
}

pub fn sites(Sites { ours, passed, .. }: &Sites) -> String {
    let mut out = format!("pub static OURS: &[&str] = &{ours:?};\npub static PASSED: &[Passed] = &[\n");
    for Passed { schemes, hosts, ports, paths } in passed {
        let _ = writeln!(
            out,
            "Passed {{ schemes: &{schemes:?}, hosts: &{hosts:?}, ports: &{ports:?}, paths: &{paths:?} }},"
        );
    }
    out + "];\n"
}

#[derive(Default)]
struct Interned {
    phrases: Vec<String>,
    markers: Vec<String>,
    globs: Vec<String>,
    strings: Vec<String>,
    /// The group of each phrase.
    groups: Vec<u16>,
}

impl Interned {
    fn marker(&mut self, marker: &str) {
        let list = if marker.contains('*') { &mut self.globs } else { &mut self.markers };
        if let Err(place) = list.binary_search_by(|known| known.as_str().cmp(marker)) {
            list.insert(place, marker.to_owned());
        }
    }

    /// Returns the id of a marker: exact markers come first, those with a `*` after them.
    fn marker_id(&self, marker: &str) -> usize {
        let place = |list: &[String]| list.iter().position(|known| known == marker).unwrap_or_default();
        if marker.contains('*') { self.markers.len() + place(&self.globs) } else { place(&self.markers) }
    }

    /// Returns the groups of a clue's phrases.
    fn groups(&mut self, phrases: &Few<String>) -> Vec<u16> {
        let phrases: Vec<usize> = phrases.iter().map(|phrase| self.phrase(phrase)).collect();
        let groups: BTreeSet<u16> = phrases.iter().filter_map(|phrase| self.groups.get(*phrase).copied()).collect();
        groups.into_iter().collect()
    }

    fn string(&mut self, string: &str) -> u16 {
        let known = self.strings.iter().position(|known| known == string).unwrap_or_else(|| {
            self.strings.push(string.to_owned());
            self.strings.len() - 1
        });
        narrow(known)
    }

    fn phrase(&mut self, phrase: &str) -> usize {
        let key = folded(phrase);
        self.phrases.iter().position(|known| folded(known) == key).unwrap_or_else(|| {
            self.phrases.push(phrase.to_owned());
            self.phrases.len() - 1
        })
    }
}

/// Returns a count or a place as the tables hold it. A number that does not fit ends the build, instead of meaning another one.
fn narrow<T: TryFrom<usize>>(number: usize) -> T {
    T::try_from(number).unwrap_or_else(|_| panic!("{number} does not fit the tables of the catalogue"))
}

/// Writes a signature as `src/catalog.rs` reads it: cause, flags, how many clues `all` and `any` have, length, clues.
fn signature_bytes(signature: &Signature, catalogue: &Catalogue, interned: &mut Interned) -> Vec<u8> {
    let cause = catalogue.causes.iter().position(|(id, _, _)| *id == signature.cause).unwrap_or_default();
    let flags = signature.confidence as u8
        | (signature.surface as u8) << 2
        | u8::from(signature.fallback) << 4
        | u8::from(signature.quiet) << 5
        | u8::from(signature.beside) << 6;
    let sets: Vec<&String> = catalogue.messages.keys().collect();
    let clues: Vec<u8> = signature.clues().flat_map(|clue| clue_bytes(clue, interned, &sets)).collect();
    let mut bytes = vec![narrow(cause), flags, narrow(signature.all.len()), narrow(signature.any.len())];
    bytes.extend(narrow::<u16>(clues.len()).to_le_bytes());
    bytes.extend(clues);
    bytes
}

/// Writes a clue: its kind, its length, and numbers of two bytes.
fn clue_bytes(clue: &Clue, interned: &mut Interned, sets: &[&String]) -> Vec<u8> {
    let (kind, numbers) = clue_numbers(clue, interned, sets);
    let mut bytes = vec![kind];
    bytes.extend(narrow::<u16>(2 * numbers.len()).to_le_bytes());
    bytes.extend(numbers.iter().flat_map(|number| number.to_le_bytes()));
    bytes
}

fn clue_numbers(clue: &Clue, interned: &mut Interned, sets: &[&String]) -> (u8, Vec<u16>) {
    if let Some(status) = &clue.status {
        return (0, status.iter().filter_map(|status| status.range().ok()).flat_map(<[u16; 2]>::from).collect());
    }
    if let Some(header) = &clue.header {
        let value = clue.value.as_deref().unwrap_or("*");
        return (1, vec![interned.string(&header.to_lowercase()), interned.string(value)]);
    }
    if let Some(marker) = &clue.marker {
        return (3, marker.iter().map(|marker| narrow(interned.marker_id(marker))).collect());
    }
    if let Some((kind, phrases)) = clue.phrases() {
        return (kind, interned.groups(phrases));
    }
    if let Some(message) = &clue.message {
        let place = |name: &String| sets.iter().position(|set| *set == name).map(narrow);
        return (7, message.iter().filter_map(place).collect());
    }
    for (kind, strings) in [(2, &clue.code), (8, &clue.host), (9, &clue.path), (10, &clue.failure)] {
        if let Some(strings) = strings {
            return (kind, strings.iter().map(|string| interned.string(string)).collect());
        }
    }
    if let (Some(times), Some(within)) = (clue.times, clue.within) {
        let cause = interned.string(clue.earlier.as_deref().unwrap_or_default());
        return (12, vec![cause, interned.string(clue.opened.as_deref().unwrap_or_default()), times, within]);
    }
    (11, vec![u16::from(clue.bare.unwrap_or_default())])
}

fn hands_source(remedy: &Remedy, place_of: &dyn Fn(&str) -> usize) -> String {
    match remedy {
        Remedy::Clear { hosts, app, cookies, keep, storage } => {
            let listed =
                |names: &Option<Vec<String>>| names.as_ref().map_or("None".into(), |names| format!("Some(&{names:?})"));
            let (app, cookies) = (listed(app), listed(cookies));
            format!(
                "Hands::Clear {{ hosts: &{hosts:?}, app: {app}, cookies: {cookies}, keep: &{keep:?}, storage: {storage} }}"
            )
        }
        Remedy::Reload => "Hands::Reload".into(),
        Remedy::Check { counts, leftovers } => {
            format!("Hands::Check {{ counts: {}, leftovers: {} }}", place_of(counts), place_of(leftovers))
        }
        Remedy::Open { address } => format!("Hands::Open({address:?})"),
        Remedy::Wait => "Hands::Wait".into(),
        Remedy::Private { .. } => "Hands::Private".into(),
        Remedy::Manual { check, .. } => format!("Hands::Manual {{ check: {check} }}"),
    }
}
