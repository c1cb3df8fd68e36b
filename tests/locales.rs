//! These tests hold `extension/_locales` to its conventions: every language says everything, every id has its words,
//! and no word is left that nobody shows. They read the tree as it is written, so they hold a new language or a new
//! view at once.
//!
//! They do not judge whether a sentence is true or well said; people do that.

use access_medic::{Confidence, Facts, Failing, Mover, ReasonKind, StepState, Verdict, tab::Refusal};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

/// The language that every other one is measured against; the manifest names it as the default.
const SOURCE: &str = "en";
/// The languages that are shipped from the first release on.
const SHIPPED: [&str; 16] =
    [SOURCE, "ar", "de", "es", "fr", "hi", "id", "it", "ja", "ko", "pt_BR", "ru", "tr", "vi", "zh_CN", "zh_TW"];
/// The messages that are names, which no language changes. Any other message that equals the English one was forgotten.
const NAMES: [&str; 5] = ["extension_name", "fact_ray_id", "popup_title", "badge_title_healthy", "support_markdown"];
/// Languages that share the script of English.
const LATIN: [&str; 8] = ["es", "pt_BR", "fr", "de", "vi", "id", "tr", "it"];
/// Chrome's limit for a description.
const DESCRIPTION_LIMIT: usize = 132;
/// The number of columns that a title has in the overlay (a Han character takes two), and that a button has.
const TITLE_COLUMNS: usize = 55;
const BUTTON_COLUMNS: usize = 24;

/// Common characters that only one of the two Chinese scripts has.
const SIMPLIFIED: &str = "账网扩页数时间这为没连线";
const TRADITIONAL: &str = "帳網擴頁數時間這為沒連線";

const CHECKS: [&str; 7] = ["country", "route", "steadiness", "reachability", "service", "clock", "cookies"];

/// The answers of the background. These ids are JavaScript's own and have no type in the core.
const OUTCOMES: [&str; 3] = ["done", "refused", "failed"];
const REASONS: [&str; 11] = [
    "not_in_plan",
    "challenge_running",
    "withheld",
    "no_permission",
    "busy",
    "no_case",
    "browser",
    "too_late",
    "not_noted",
    "no_answer",
    "no_private_window",
];
/// The reasons why a page was not looked at, as `extension/globals.d.ts` lists them.
const UNSEEN: [&str; 4] = ["loading", "core", "page", "closed"];
const STAYED: [&str; 6] = ["keep", "refused", "came_back", "browser_cannot", "elsewhere", "failed"];
const STORAGE: [&str; 6] = ["localStorage", "indexedDB", "serviceWorkers", "cacheStorage", "fileSystems", "cache"];

// ---------------------------------------------------------------- the languages among themselves

#[test]
fn every_language_has_the_same_keys_in_the_same_order() {
    let languages = languages();
    for shipped in SHIPPED {
        assert!(languages.contains_key(shipped), "_locales/{shipped} is missing");
    }
    let english: Vec<_> = languages[SOURCE].order.iter().collect();
    let mut complaints = Vec::new();
    for (name, language) in &languages {
        // The browsers compare keys without case, and a JSON reader keeps the last of two without a word.
        let mut seen = BTreeSet::new();
        for key in &language.order {
            if !seen.insert(key.to_lowercase()) {
                complaints.push(format!("{name}: {key} stands twice"));
            }
        }
        for key in &english {
            if !language.messages.contains_key(*key) {
                complaints.push(format!("{name}: {key} is missing"));
            }
        }
        for key in &language.order {
            if !english.contains(&key) {
                complaints.push(format!("{name}: {key} does not exist in {SOURCE}"));
            }
        }
        if complaints.is_empty() && !language.order.iter().eq(english.iter().copied()) {
            complaints.push(format!("{name}: the keys stand in another order than in {SOURCE}"));
        }
    }
    none(&complaints);
}

#[test]
fn no_message_is_empty_or_forgotten() {
    let languages = languages();
    let mut complaints = Vec::new();
    for (name, language) in &languages {
        for (key, entry) in &language.messages {
            let text = message(entry);
            if text.trim().is_empty() || text.trim() != text {
                complaints.push(format!("{name}: {key} is empty or has white space around it"));
            }
            if let Some(field) = entry.as_object().and_then(|fields| {
                let known = ["message", "description", "placeholders"];
                fields.keys().find(|field| !known.contains(&field.as_str()))
            }) {
                complaints.push(format!("{name}: {key} has a field {field:?}, which no browser reads"));
            }
            let english = languages[SOURCE].messages.get(key).map(message);
            // In the same script a short label may well be the same word.
            let label = text.split_whitespace().count() <= 2 && LATIN.contains(&name.as_str());
            if name != SOURCE && english == Some(text) && !label && !NAMES.contains(&key.as_str()) {
                complaints.push(format!("{name}: {key} still has the English text"));
            }
        }
    }
    none(&complaints);
}

#[test]
fn placeholders_are_declared_used_and_the_same_everywhere() {
    let languages = languages();
    let mut complaints = Vec::new();
    for (name, language) in &languages {
        for (key, entry) in &language.messages {
            let declared = placeholders(entry);
            let Some(used) = placeholders_in(message(entry)) else {
                complaints.push(format!("{name}: {key} has a single $; write $name$, or $$ for the sign"));
                continue;
            };
            if !used.iter().eq(declared.keys()) {
                complaints.push(format!("{name}: {key} uses {used:?} and declares {:?}", declared.keys()));
            }
            let places: BTreeSet<_> = declared.values().cloned().collect();
            let expected: BTreeSet<_> = (1..=declared.len()).map(|n| format!("${n}")).collect();
            if places != expected {
                complaints.push(format!("{name}: {key} takes {places:?} instead of {expected:?}"));
            }
            if languages[SOURCE].messages.get(key).map(placeholders) != Some(declared) {
                complaints.push(format!("{name}: {key} declares other placeholders than {SOURCE}"));
            }
        }
    }
    none(&complaints);
}

#[test]
fn the_tone_is_calm_and_the_length_fits() {
    let mut complaints = Vec::new();
    for (name, language) in &languages() {
        for (key, entry) in &language.messages {
            let text = message(entry);
            if text.contains(['!', '！']) {
                complaints.push(format!("{name}: {key} shouts"));
            }
            if key.starts_with("cause_") && key.ends_with("_what") && sentences(text) > 2 {
                complaints.push(format!("{name}: {key} has {} sentences, two are enough", sentences(text)));
            }
            let limit = match key.as_str() {
                key if key.starts_with("cause_") && key.ends_with("_title") => TITLE_COLUMNS,
                key if key.starts_with("remedy_") && key.ends_with("_title") => TITLE_COLUMNS,
                key if key.starts_with("remedy_") && key.ends_with("_button") => BUTTON_COLUMNS,
                _ => usize::MAX,
            };
            if columns(text) > limit {
                complaints.push(format!("{name}: {key} is {} columns wide, {limit} fit", columns(text)));
            }
        }
        let description = message(&language.messages["extension_description"]).chars().count();
        if description > DESCRIPTION_LIMIT {
            complaints.push(format!("{name}: extension_description has {description} characters"));
        }
    }
    none(&complaints);
}

#[test]
fn chinese_is_set_as_chinese() {
    let languages = languages();
    let mut complaints = Vec::new();
    for (name, foreign) in [("zh_CN", TRADITIONAL), ("zh_TW", SIMPLIFIED)] {
        for (key, entry) in &languages[name].messages {
            let text = message(entry);
            if let Some(one) = text.chars().find(|one| foreign.contains(*one)) {
                complaints.push(format!("{name}: {key} has {one}, which belongs to the other script"));
            }
            if text.contains('您') {
                complaints.push(format!("{name}: {key} says 您; the product says 你"));
            }
            let pairs = text.chars().zip(text.chars().skip(1));
            if pairs.into_iter().any(|(left, right)| {
                (is_han(left) && right.is_ascii_alphanumeric()) || (left.is_ascii_alphanumeric() && is_han(right))
            }) {
                complaints.push(format!("{name}: {key} lacks a space between Latin and Han"));
            }
        }
    }
    none(&complaints);
}

/// Terms are the same wherever they stand.
#[test]
fn terms_are_those_of_the_glossary() {
    let glossary: BTreeMap<String, BTreeMap<String, Vec<String>>> =
        toml::from_str(&read(&top().join("tests/glossary.toml"))).expect("the glossary is TOML");
    let languages = languages();
    let mut complaints = Vec::new();
    for (term, forms) in &glossary {
        let said = |text: &str, language: &str| {
            let text = text.to_lowercase();
            forms.get(language).is_some_and(|forms| forms.iter().any(|form| text.contains(&form.to_lowercase())))
        };
        for (name, language) in languages.iter().filter(|(name, _)| *name != SOURCE) {
            if !forms.contains_key(name) {
                complaints.push(format!("the glossary has no {term} for {name}"));
                continue;
            }
            for (key, entry) in &languages[SOURCE].messages {
                if says(message(entry), &forms[SOURCE]) && !said(message(&language.messages[key]), name) {
                    complaints.push(format!("{name}: {key} has none of {:?}", forms[name]));
                }
            }
        }
    }
    none(&complaints);
}

/// Tells whether a text contains one of the forms as whole words.
fn says(text: &str, forms: &[String]) -> bool {
    let text = text.to_lowercase();
    forms.iter().map(|form| form.to_lowercase()).any(|form| {
        text.match_indices(&form).any(|(at, _)| {
            let (before, after) = (text[..at].chars().next_back(), text[at + form.len()..].chars().next());
            !before.is_some_and(char::is_alphanumeric) && !after.is_some_and(char::is_alphanumeric)
        })
    })
}

#[test]
fn the_settings_offer_every_language() {
    let text = read(&top().join("extension/managed.js"));
    let (_, list) = text.split_once("LANGUAGES = [").expect("the list of languages");
    let (list, _) = list.split_once(']').expect("its end");
    let offered: BTreeSet<&str> = list.split('"').skip(1).step_by(2).collect();
    let languages = languages();
    assert_eq!(offered, languages.keys().map(String::as_str).collect());
}

// ---------------------------------------------------------------- the words and the ids

#[test]
fn every_id_has_its_words_and_no_words_are_orphaned() {
    let english = &languages()[SOURCE].messages;
    let mut complaints = Vec::new();
    let mut expected = BTreeSet::new();
    let composed = composed();
    for (pattern, ids) in &composed {
        assert!(!ids.is_empty(), "no ids were found for {pattern}");
        expected.extend(ids.iter().map(|id| pattern.replace('*', id)));
    }
    for key in &expected {
        if !english.contains_key(key) {
            complaints.push(format!("{key} is missing"));
        }
    }
    for key in english.keys() {
        let family = composed.iter().find(|(pattern, _)| key.starts_with(before_id(pattern)));
        if let Some((pattern, _)) = family
            && !expected.contains(key)
        {
            complaints.push(format!("{key} belongs to no id of {pattern}"));
        }
    }
    none(&complaints);
}

/// `docs/translating.md` says of every message what it is for, and of no message that does not exist.
#[test]
fn every_message_is_explained_to_translators() {
    let text = read(&top().join("docs/translating.md"));
    let rows = text.lines().filter_map(|line| line.strip_prefix("| `")?.split_once("` | ").map(|(pattern, _)| pattern));
    let rows: Vec<&str> = rows.collect();
    let fits = |pattern: &str, key: &str| match pattern.split_once('*') {
        Some((start, end)) => key.len() > start.len() + end.len() && key.starts_with(start) && key.ends_with(end),
        None => pattern == key,
    };
    let languages = languages();
    let keys = &languages[SOURCE].order;
    let unexplained = keys.iter().filter(|key| !rows.iter().any(|row| fits(row, key)));
    let mut complaints: Vec<_> = unexplained.map(|key| format!("{key} is not explained")).collect();
    let unused = rows.iter().filter(|row| !keys.iter().any(|key| fits(row, key)));
    complaints.extend(unused.map(|row| format!("there is no message {row}")));
    assert!(rows.len() > 30, "{rows:?}");
    none(&complaints);
}

#[test]
fn every_key_the_extension_asks_for_exists_and_every_key_is_asked_for() {
    let english = &languages()[SOURCE].messages;
    let composed = composed();
    let mentions = mentions(english);
    let mut asked = BTreeSet::new();
    let mut complaints = Vec::new();
    for Mention { file, key, values } in &mentions {
        if let Some(entry) = english.get(key) {
            let takes = placeholders(entry).len();
            if let Some(given) = values.filter(|given| *given != takes) {
                complaints.push(format!("{file}: {key} takes {takes} values and gets {given}"));
            }
            asked.insert(key.clone());
        } else if let Some((_, ids)) = composed.iter().find(|(pattern, _)| pattern == key) {
            asked.extend(ids.iter().map(|id| key.replace('*', id)));
        } else if !key.starts_with('*') {
            // The same file completes this name to several keys, as in `${key}_title`.
            let ends = mentions.iter().filter(|other| other.file == *file && other.key.starts_with('*'));
            let whole: Vec<_> = ends.map(|end| end.key.replacen('*', key, 1)).collect();
            if whole.is_empty() || whole.iter().any(|key| !english.contains_key(key)) {
                complaints.push(format!("{file}: {key} has no words, or is composed in a way this test does not know"));
            }
            asked.extend(whole);
        }
    }
    for key in english.keys().filter(|key| !asked.contains(*key)) {
        complaints.push(format!("{key} is never shown"));
    }
    none(&complaints);
}

#[test]
fn every_reason_the_background_gives_has_its_words_and_no_other_has() {
    let mut given = BTreeSet::new();
    for file in files_below(&top().join("extension/background"), &["js"]) {
        let text = read(&file);
        for (_, call) in after_each(&text, "refused") {
            // Its definition, `refused = (reason) => …`, does not count. Either side of a `?:` counts.
            let end = if call.starts_with('(') { closing(call).unwrap_or(0) } else { 0 };
            given.extend(call[..end].split('"').skip(1).step_by(2).map(str::to_string));
        }
        for (_, after) in after_each(&text, "reason:") {
            // The text behind a colon is the browser's own message.
            let reason = literal(after.trim_start()).map(|(reason, _)| reason);
            given.extend(reason.as_deref().and_then(|reason| reason.split(':').next()).map(str::to_string));
        }
    }
    given.extend(variants(serde_json::from_str::<Refusal>("\"\"").map(drop)));
    assert_eq!(given, REASONS.map(str::to_string).into(), "left: given; right: with words");
}

/// Returns the keys that the views put together from an id, each with the ids.
fn composed() -> Vec<(&'static str, Vec<String>)> {
    let causes = causes();
    let remedies = tables(&top().join("crate/catalog/remedies.toml"));
    let clears = ways_to_clear();
    let owned = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<Vec<_>>();
    let verdicts = variants(serde_json::from_str::<Verdict>("\"\"").map(drop));
    vec![
        ("cause_*_title", causes.clone()),
        ("cause_*_what", causes),
        ("remedy_*_title", remedies.clone()),
        ("remedy_*_detail", remedies.clone()),
        ("remedy_*_button", remedies),
        ("move_*", variants(serde_json::from_str::<Mover>("\"\"").map(drop))),
        ("confidence_*", variants(serde_json::from_str::<Confidence>("\"\"").map(drop))),
        ("clue_*", variants(serde_json::from_str::<ReasonKind>("\"\"").map(drop))),
        ("check_*", owned(&CHECKS)),
        ("finding_*", owned(&access_medic_checks::IDS)),
        ("finding_state_*", owned(&["good", "bad", "open", "not_run"])),
        ("popup_tool_*", clears),
        ("popup_state_*", variants(serde_json::from_str::<StepState>("\"\"").map(drop))),
        ("verdict_*", verdicts.clone()),
        ("verdict_*_detail", verdicts),
        ("fact_*", facts()),
        ("fact_failing_*", failing()),
        ("outcome_*", owned(&OUTCOMES)),
        ("reason_*", owned(&REASONS)),
        ("stayed_*", owned(&STAYED)),
        ("unseen_*", owned(&UNSEEN)),
        ("storage_*", owned(&STORAGE)),
        ("symptom_*", symptoms()),
        ("guide_*_title", guides().iter().map(|(guide, _)| guide.clone()).collect()),
        ("step_*", steps()),
        ("step_*_detail", steps()),
        ("welcome_*", owned(&["says", "does", "stays"])),
        ("welcome_*_detail", owned(&["says", "does", "stays"])),
        ("settings_overlay_*", owned(&["all", "pages", "never"])),
        ("settings_theme_*", owned(&["light", "dark"])),
    ]
}

fn causes() -> Vec<String> {
    let mut files = files_below(&top().join("crate/catalog/causes"), &["toml"]);
    files.sort();
    files.iter().flat_map(|file| tables(file)).collect()
}

/// Returns what a person may pick, by the catalogue.
fn symptoms() -> Vec<String> {
    tables(&top().join("crate/catalog/symptoms.toml"))
}

/// Returns the guides and their steps, as `guides.js` lists them.
fn guides() -> Vec<(String, Vec<String>)> {
    let text = read(&top().join("extension/views/guides.js"));
    let (_, table) = text.split_once("GUIDES = {\n").expect("the table of guides");
    let (table, _) = table.split_once("\n};").expect("its end");
    let mut guides: Vec<(String, Vec<String>)> = Vec::new();
    for line in table.lines() {
        let (indent, name) = (line.len() - line.trim_start().len(), line.trim().split(':').next().unwrap_or_default());
        match (indent, guides.last_mut()) {
            (2, _) if name.starts_with(char::is_alphabetic) => {
                // A short guide stands in one line.
                let rest = line.split_once('{').map_or("", |(_, rest)| rest);
                let steps = rest.split(',').filter_map(|part| Some(part.split_once(':')?.0.trim().to_owned()));
                guides.push((name.to_owned(), steps.collect()));
            }
            (4, Some((_, steps))) => steps.push(name.to_owned()),
            _ => {}
        }
    }
    guides
}

fn steps() -> Vec<String> {
    guides().iter().flat_map(|(guide, steps)| steps.iter().map(move |step| format!("{guide}_{step}"))).collect()
}

/// Returns the remedies that clear something. The popup offers them under short names of their own.
fn ways_to_clear() -> Vec<String> {
    let remedies = catalogue_file(&top().join("crate/catalog/remedies.toml"));
    let clears =
        remedies.iter().filter(|(_, remedy)| remedy.get("action").and_then(toml::Value::as_str) == Some("clear"));
    clears.map(|(id, _)| id.clone()).collect()
}

fn tables(file: &Path) -> Vec<String> {
    catalogue_file(file).keys().cloned().collect()
}

fn catalogue_file(file: &Path) -> toml::Table {
    toml::from_str(&read(file)).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

/// Returns the names that an enum of the core has in JSON. serde lists them, in back quotes, when it refuses one that
/// is not among them; so the test notices a variant that is added there at once.
fn variants(refusal: serde_json::Result<()>) -> Vec<String> {
    let said = refusal.expect_err("an empty name is no variant").to_string();
    said.split('`').skip(3).step_by(2).map(str::to_string).collect()
}

/// Returns the facts that get a label, and those of their values that are ids and so need words too. All fields are
/// written out so that a new one does not compile without a word for it; the host stands in the head of the view and
/// needs none.
fn facts() -> Vec<String> {
    let all = Facts {
        host: String::new(),
        status: Some(403),
        code: Some(String::new()),
        ray_id: Some(String::new()),
        request_id: Some(String::new()),
        colo: Some(String::new()),
        country: Some(String::new()),
        retry_after: Some(1),
        resets: Some(1.0),
        time: Some(String::new()),
        failing: Some(Failing::Origin),
    };
    let Ok(Value::Object(fields)) = serde_json::to_value(all) else {
        panic!("facts are an object in JSON");
    };
    let labels = fields.keys().filter(|field| *field != "host").cloned();
    labels.chain(failing().iter().map(|value| format!("failing_{value}"))).collect()
}

/// Returns the values of the one fact that is an id.
fn failing() -> Vec<String> {
    variants(serde_json::from_str::<Failing>("\"\"").map(drop))
}

// ---------------------------------------------------------------- reading the languages

struct Language {
    messages: Map<String, Value>,
    /// The keys as they stand in the file, with the doubles that a JSON reader hides.
    order: Vec<String>,
}

fn languages() -> BTreeMap<String, Language> {
    let folder = top().join("extension/_locales");
    let entries = fs::read_dir(&folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    entries
        .map(|entry| {
            let entry = entry.expect("the folder can be listed");
            let file = entry.path().join("messages.json");
            let text = read(&file);
            let Ok(Value::Object(messages)) = serde_json::from_str(&text) else {
                panic!("{} is not a JSON object", file.display());
            };
            let order = text
                .lines()
                .filter_map(|line| line.strip_prefix("  \"")?.split_once('"'))
                .map(|(key, _)| key.to_string())
                .collect();
            (entry.file_name().to_string_lossy().into_owned(), Language { messages, order })
        })
        .collect()
}

fn message(entry: &Value) -> &str {
    entry["message"].as_str().unwrap_or_default()
}

/// Returns the name and the place (`$1`, `$2`, …) of each declared placeholder.
fn placeholders(entry: &Value) -> BTreeMap<String, String> {
    let declared = entry["placeholders"].as_object().into_iter().flatten();
    declared.map(|(name, value)| (name.clone(), value["content"].as_str().unwrap_or_default().to_string())).collect()
}

/// Returns the `$names$` of a message, or `None` if a `$` stands alone.
fn placeholders_in(text: &str) -> Option<BTreeSet<String>> {
    let text = text.replace("$$", "");
    let parts: Vec<_> = text.split('$').collect();
    (parts.len() % 2 == 1).then(|| parts.iter().skip(1).step_by(2).map(ToString::to_string).collect())
}

fn sentences(text: &str) -> usize {
    let mut count = 0;
    let mut rest = text.chars().peekable();
    while let Some(one) = rest.next() {
        // A full stop inside a host name ends nothing.
        let ends = matches!(one, '。' | '？' | '।' | '؟')
            || (matches!(one, '.' | '?') && rest.peek().is_none_or(|next| !next.is_alphanumeric()));
        count += usize::from(ends);
    }
    count
}

fn columns(text: &str) -> usize {
    text.chars()
        .map(|one| {
            if is_han(one) || ('\u{3000}'..='\u{303f}').contains(&one) || ('\u{ff00}'..='\u{ff60}').contains(&one) {
                2
            } else {
                1
            }
        })
        .sum()
}

fn is_han(one: char) -> bool {
    ('\u{4e00}'..='\u{9fff}').contains(&one)
}

// ---------------------------------------------------------------- reading the extension

/// A place that names a key. `*` in the key stands for a part that is put in at run time.
struct Mention {
    file: String,
    key: String,
    /// The number of values that are handed over, if that can be seen.
    values: Option<usize>,
}

/// Returns every key that scripts, pages and the manifest name: what is handed to `word(…)`, `getMessage(…)`,
/// `data-message…=` and `__MSG_…__`, and any other literal or property that begins like a key, because it may be chosen
/// with `?:` or held in a table.
fn mentions(english: &Map<String, Value>) -> Vec<Mention> {
    let families: BTreeSet<&str> = english.keys().filter_map(|key| key.find('_').map(|end| &key[..=end])).collect();
    let mut found = Vec::new();
    for file in files_below(&top().join("extension"), &["js", "html"]) {
        let text = read(&file);
        let mut note = |key: String, values| found.push(Mention { file: shown(&file), key, values });
        for call in ["word(", "getMessage("] {
            for (before, after) in after_each(&text, call) {
                // `password(` is another function; `@@` begins what the browser knows by itself.
                let named = before.ends_with(is_of_key);
                let argument = literal(after.trim_start()).filter(|(key, _)| !named && !key.starts_with("@@"));
                if let Some((key, rest)) = argument {
                    note(key, (call == "word(").then(|| values(rest)).flatten());
                }
            }
        }
        let page = file.extension().is_some_and(|ending| ending == "html");
        for (_, after) in after_each(&text, "data-message").into_iter().filter(|_| page) {
            if let Some((key, _)) = after.split_once('=').and_then(|(_, value)| literal(value)) {
                note(key, None);
            }
        }
        for quote in ["\"", "'", "`"] {
            for (before, after) in after_each(&text, quote) {
                if families.iter().any(|family| after.starts_with(family))
                    && let Some((key, _)) = literal(&text[before.len()..])
                    && key.chars().all(|one| is_of_key(one) || one == '*')
                {
                    note(key, None);
                }
            }
        }
        // This finds the keys of a table, such as `fact_code: found.code`.
        for family in &families {
            for (before, after) in after_each(&text, family) {
                let rest: String = after.chars().take_while(|one| is_of_key(*one)).collect();
                if !before.ends_with(is_of_key) && after[rest.len()..].starts_with(':') {
                    note(format!("{family}{rest}"), None);
                }
            }
        }
    }
    let manifest = top().join("manifest.json");
    for (_, after) in after_each(&read(&manifest), "__MSG_") {
        let key = after.split("__").next().unwrap_or_default().to_string();
        found.push(Mention { file: shown(&manifest), key, values: None });
    }
    found
}

fn is_of_key(one: char) -> bool {
    one.is_ascii_alphanumeric() || one == '_'
}

fn shown(file: &Path) -> String {
    file.strip_prefix(top()).unwrap_or(file).display().to_string()
}

/// Returns the text before and behind each occurrence.
fn after_each<'a>(text: &'a str, wanted: &str) -> Vec<(&'a str, &'a str)> {
    text.match_indices(wanted).map(|(at, found)| (&text[..at], &text[at + found.len()..])).collect()
}

/// Returns the literal at the beginning of the text, with `*` for each `${…}` of a template, and what follows it.
fn literal(text: &str) -> Option<(String, &str)> {
    let quote = text.chars().next().filter(|first| "\"'`".contains(*first))?;
    let mut key = String::new();
    let mut rest = &text[1..];
    loop {
        let one = rest.chars().next()?;
        if one == quote {
            return Some((key, &rest[1..]));
        }
        if quote == '`' && rest.starts_with("${") {
            let end = closing(&rest[1..])?;
            key.push('*');
            rest = &rest[1 + end..];
        } else {
            key.push(one);
            rest = &rest[one.len_utf8()..];
        }
    }
}

/// Returns the place behind the bracket that closes the one that the text begins with. Brackets inside literals are not
/// told apart: no call that asks for a word has one.
fn closing(text: &str) -> Option<usize> {
    let mut depth = 0_usize;
    for (at, one) in text.char_indices() {
        match one {
            '(' | '[' | '{' => depth += 1,
            ')' | ']' | '}' => {
                depth = depth.checked_sub(1)?;
                if depth == 0 {
                    return Some(at + 1);
                }
            }
            _ => {}
        }
    }
    None
}

/// Counts the values that follow the key in a call: none before the closing bracket, else one for each comma that
/// stands outside of inner brackets and has something behind it. Returns `None` if values are spread.
fn values(mut rest: &str) -> Option<usize> {
    let mut count = 0;
    loop {
        let at = rest.find(['(', '[', '{', ',', ')'])?;
        let inner = match &rest[at..=at] {
            ")" => return Some(count),
            "," => {
                let next = rest[at + 1..].trim_start();
                if next.starts_with("...") {
                    return None;
                }
                count += usize::from(!next.starts_with(')'));
                1
            }
            _ => closing(&rest[at..])?,
        };
        rest = &rest[at + inner..];
    }
}

fn before_id(pattern: &str) -> &str {
    pattern.split('*').next().unwrap_or_default()
}

// ---------------------------------------------------------------- the tree

fn top() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn read(file: &Path) -> String {
    fs::read_to_string(file).unwrap_or_else(|error| panic!("{}: {error}", file.display()))
}

fn files_below(folder: &Path, endings: &[&str]) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap_or_else(|error| panic!("{}: {error}", folder.display()));
    let mut files = Vec::new();
    for entry in entries {
        let path = entry.expect("the folder can be listed").path();
        if path.is_dir() {
            files.extend(files_below(&path, endings));
        } else if path.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            files.push(path);
        }
    }
    files
}

/// Fails with all complaints at once, so that one run shows everything that is to be written.
fn none(complaints: &[String]) {
    let distinct: BTreeSet<_> = complaints.iter().map(String::as_str).collect();
    assert!(distinct.is_empty(), "\n{}", Vec::from_iter(distinct).join("\n"));
}
