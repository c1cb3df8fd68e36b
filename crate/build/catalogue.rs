//! This module reads and checks `catalog/`. The file system is the registry: a file that is there counts. Every complaint names
//! the file and what would be right.

use access_medic_phrases::MessageHash;
use serde::Deserialize;
use std::{collections::BTreeMap, fs, path::Path};

pub struct Catalogue {
    pub causes: Vec<(String, String, Cause)>,
    pub remedies: BTreeMap<String, Remedy>,
    pub findings: Vec<Finding>,
    /// The symptoms that a person may pick, each with the cause whose plan fits it best.
    pub symptoms: BTreeMap<String, String>,
    pub signatures: Vec<(String, Signature)>,
    /// These words name the id of a request.
    pub request_words: Vec<String>,
    /// The sets of whole messages by name, with the hash of each message.
    pub messages: BTreeMap<String, Vec<MessageHash>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cause {
    pub mover: Mover,
    #[serde(default = "yes")]
    pub overlay: bool,
    pub plan: Vec<String>,
    /// This plan takes the place of `plan` where a program on this computer began the sign-in, unless it is empty.
    #[serde(default)]
    pub program: Vec<String>,
    /// The number of seconds to wait at first, if nothing names a time.
    #[serde(default = "moment")]
    pub wait: u16,
}

#[derive(Clone, Copy, Debug, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mover {
    You,
    Wait,
    Openai,
    Network,
    Administrator,
}

#[derive(Deserialize)]
#[serde(tag = "action", rename_all = "snake_case", deny_unknown_fields)]
pub enum Remedy {
    Clear {
        hosts: Vec<String>,
        /// The hosts of ChatGPT, which are cleared on its own pages and on those of the sign-in; elsewhere, the page's own host
        /// is.
        app: Option<Vec<String>>,
        cookies: Option<Vec<String>>,
        #[serde(default)]
        keep: Vec<String>,
        #[serde(default)]
        storage: bool,
    },
    Reload,
    Check {
        /// The remedy whose hosts have their cookies counted.
        counts: String,
        /// The remedy whose cookies count as left over.
        leftovers: String,
    },
    Open {
        address: String,
    },
    Wait,
    Private {
        read: Option<String>,
    },
    Manual {
        #[serde(default)]
        check: bool,
        read: Option<String>,
        /// The step asks somebody else, whose move it then is.
        mover: Option<Mover>,
    },
}

/// A finding says what follows from something that the checks found.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Finding {
    pub id: String,
    /// The families, or causes one by one, in whose plans the finding counts.
    pub families: Vec<String>,
    pub steps: Vec<String>,
    /// Remedies that are in no plan while the finding holds.
    #[serde(default)]
    pub without: Vec<String>,
    pub cause: Option<String>,
    /// This field says whose move it is while one of `steps` is the next one, if that is not the mover of the cause.
    pub mover: Option<Mover>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Findings {
    finding: Vec<Finding>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Signature {
    /// This says which page this is, where the fact is from, and when it was seen.
    pub about: String,
    pub cause: String,
    pub confidence: Confidence,
    pub surface: Surface,
    /// The signature says only that something failed, and not what: it ranks behind every other signature of the same confidence.
    #[serde(default)]
    pub fallback: bool,
    /// The cause is only named at the toolbar.
    #[serde(default)]
    pub quiet: bool,
    /// The signature counts only beside another cause.
    #[serde(default)]
    pub beside: bool,
    #[serde(default)]
    pub all: Vec<Clue>,
    #[serde(default)]
    pub any: Vec<Clue>,
    #[serde(default)]
    pub none: Vec<Clue>,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Confidence {
    Possible,
    Likely,
    Certain,
}

#[derive(Clone, Copy, Debug, Deserialize, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum Surface {
    Page,
    Alert,
    Request,
    Network,
}

/// Exactly one field is given (`value` goes with `header`, `times` and `within` with `earlier` and `opened`). A list
/// means any of them.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Clue {
    pub status: Option<Few<Status>>,
    pub header: Option<String>,
    pub value: Option<String>,
    pub code: Option<Few<String>>,
    pub marker: Option<Few<String>>,
    pub title: Option<Few<String>>,
    pub text: Option<Few<String>>,
    pub whole: Option<Few<String>>,
    pub host: Option<Few<String>>,
    pub path: Option<Few<String>>,
    pub failure: Option<Few<String>>,
    pub bare: Option<bool>,
    /// Sets of `messages/`.
    pub message: Option<Few<String>>,
    /// The cause that earlier loads showed.
    pub earlier: Option<String>,
    /// The glob of host and path that earlier loads were of, instead of a cause.
    pub opened: Option<String>,
    /// The smallest number of such earlier loads.
    pub times: Option<u16>,
    /// The number of seconds back within which they count.
    pub within: Option<u16>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Few<T> {
    One(T),
    Many(Vec<T>),
}

impl<T> Few<T> {
    pub fn iter(&self) -> impl Iterator<Item = &T> {
        match self {
            Self::One(one) => std::slice::from_ref(one).iter(),
            Self::Many(many) => many.iter(),
        }
    }
}

#[derive(Deserialize)]
#[serde(untagged)]
pub enum Status {
    Exact(u16),
    /// A class is written as `"5xx"`.
    Class(String),
}

fn yes() -> bool {
    true
}

fn moment() -> u16 {
    15
}

pub fn read(root: &Path) -> Result<Catalogue, String> {
    let remedies_file = root.join("remedies.toml");
    let remedies: BTreeMap<String, Remedy> = parse(&remedies_file)?;
    for (id, remedy) in &remedies {
        let Remedy::Check { counts, leftovers } = remedy else { continue };
        if let Some(other) =
            [counts, leftovers].into_iter().find(|other| !matches!(remedies.get(*other), Some(Remedy::Clear { .. })))
        {
            return Err(said(&remedies_file, &format!("`{id}` names `{other}`, which clears nothing")));
        }
    }
    let mut causes = Vec::new();
    for file in listed(&root.join("causes"))? {
        let family = stem(&file);
        for (id, cause) in parse::<BTreeMap<String, Cause>>(&file)? {
            for remedy in cause.plan.iter().chain(&cause.program) {
                if !remedies.contains_key(remedy) {
                    return Err(said(
                        &file,
                        &format!("the plan of `{id}` names `{remedy}`, which remedies.toml does not have"),
                    ));
                }
            }
            if causes.iter().any(|(known, _, _): &(String, String, Cause)| *known == id) {
                return Err(said(&file, &format!("cause `{id}` stands in another family already")));
            }
            causes.push((id, family.clone(), cause));
        }
    }
    let findings = findings(root, &causes, &remedies)?;
    let symptoms_file = root.join("symptoms.toml");
    let symptoms: BTreeMap<String, String> = parse(&symptoms_file)?;
    if let Some((id, cause)) = symptoms.iter().find(|(_, cause)| !causes.iter().any(|(known, _, _)| known == *cause)) {
        return Err(said(&symptoms_file, &format!("`{id}` names the cause `{cause}`, which is none")));
    }
    let lists = lists(root)?;
    let request_words = lists.get("request_words").cloned().ok_or("crate/catalog/lists.toml has no `request_words`")?;
    let messages = messages(root)?;
    let mut signatures = Vec::new();
    for folder in listed(&root.join("signatures"))? {
        for file in listed(&folder)? {
            let mut signature: Signature = parse(&file)?;
            signature.expand(&lists).map_err(|fault| said(&file, &fault))?;
            check(&file, &signature, &causes, &messages)?;
            signatures.push((format!("{}/{}", stem(&folder), stem(&file)), signature));
        }
    }
    Ok(Catalogue { causes, remedies, findings, symptoms, signatures, request_words, messages })
}

fn findings(
    root: &Path,
    causes: &[(String, String, Cause)],
    remedies: &BTreeMap<String, Remedy>,
) -> Result<Vec<Finding>, String> {
    let file = root.join("findings.toml");
    let Findings { finding: findings } = parse(&file)?;
    for Finding { id, families, steps, without, cause, .. } in &findings {
        let unknown =
            |what: &str, name: &str| Err(said(&file, &format!("`{id}` names the {what} `{name}`, which is none")));
        let named = |name: &String| causes.iter().any(|(cause, family, _)| name == family || name == cause);
        if let Some(family) = families.iter().find(|family| !named(family)) {
            return unknown("family or cause", family);
        }
        if let Some(step) = steps.iter().chain(without).find(|step| !remedies.contains_key(*step)) {
            return unknown("remedy", step);
        }
        if let Some(cause) = cause.iter().find(|cause| !causes.iter().any(|(known, _, _)| known == *cause)) {
            return unknown("cause", cause);
        }
    }
    Ok(findings)
}

/// Reads one set of messages from each file of `messages/`, in which sentences or their hashes stand by language.
fn messages(root: &Path) -> Result<BTreeMap<String, Vec<MessageHash>>, String> {
    let mut sets: BTreeMap<String, Vec<MessageHash>> = BTreeMap::new();
    let mut known: BTreeMap<MessageHash, String> = BTreeMap::new();
    for file in listed(&root.join("messages"))? {
        let mut set = Vec::new();
        for entry in parse::<BTreeMap<String, Vec<String>>>(&file)?.into_values().flatten() {
            let hash = MessageHash::of(&entry)
                .ok_or_else(|| said(&file, &format!("{entry:?} is too short to be known by, or no hash")))?;
            match known.insert(hash, stem(&file)) {
                Some(other) if other != stem(&file) => {
                    return Err(said(&file, &format!("{entry:?} stands in messages/{other}.toml too")));
                }
                Some(_) => {}
                None => set.push(hash),
            }
        }
        sets.insert(stem(&file), set);
    }
    Ok(sets)
}

/// Reads the entries of each list by its name: `lists.toml`, and the sentences of `wordings/`, of all languages together.
fn lists(root: &Path) -> Result<BTreeMap<String, Vec<String>>, String> {
    let mut lists: BTreeMap<String, Vec<String>> = parse(&root.join("lists.toml"))?;
    for file in listed(&root.join("wordings"))? {
        let languages: BTreeMap<String, Vec<String>> = parse(&file)?;
        if lists.insert(stem(&file), languages.into_values().flatten().collect()).is_some() {
            return Err(said(&file, "lists.toml has a list of this name"));
        }
    }
    Ok(lists)
}

impl Signature {
    /// Lists the clues of `all`, then those of `any`, then those of `none`.
    pub fn clues(&self) -> impl Iterator<Item = &Clue> {
        self.all.iter().chain(&self.any).chain(&self.none)
    }

    /// Puts the entries of a list where `"@name"` stands.
    fn expand(&mut self, lists: &BTreeMap<String, Vec<String>>) -> Result<(), String> {
        for clue in self.all.iter_mut().chain(&mut self.any).chain(&mut self.none) {
            let fields = [
                &mut clue.code,
                &mut clue.marker,
                &mut clue.title,
                &mut clue.text,
                &mut clue.whole,
                &mut clue.host,
                &mut clue.path,
                &mut clue.failure,
            ];
            for field in fields.into_iter().flatten() {
                let mut entries = Vec::new();
                for entry in field.iter() {
                    match entry.strip_prefix('@') {
                        None => entries.push(entry.clone()),
                        Some(name) => entries.extend_from_slice(
                            lists
                                .get(name)
                                .ok_or_else(|| format!("there is no list `{name}` in lists.toml or wordings/"))?,
                        ),
                    }
                }
                *field = Few::Many(entries);
            }
        }
        Ok(())
    }
}

fn check(
    file: &Path,
    signature: &Signature,
    causes: &[(String, String, Cause)],
    messages: &BTreeMap<String, Vec<MessageHash>>,
) -> Result<(), String> {
    if !causes.iter().any(|(id, _, _)| *id == signature.cause) {
        return Err(said(file, &format!("cause `{}` is not in catalog/causes/", signature.cause)));
    }
    if signature.about.trim().is_empty() {
        return Err(said(file, "`about` says which page this is, where the fact is from and when it was seen"));
    }
    if signature.all.is_empty() && signature.any.is_empty() {
        return Err(said(file, "it needs at least one clue under `all` or `any`"));
    }
    for clue in signature.clues() {
        clue.check().map_err(|fault| said(file, &fault))?;
        if let Some(set) = clue.message.iter().flat_map(Few::iter).find(|set| !messages.contains_key(*set)) {
            return Err(said(file, &format!("there is no messages/{set}.toml")));
        }
        if let Some(cause) = clue.earlier.as_ref().filter(|cause| !causes.iter().any(|(id, _, _)| id == *cause)) {
            return Err(said(file, &format!("cause `{cause}` is not in catalog/causes/")));
        }
    }
    // Sentences change in time and people quote them, so alone they prove nothing: they count on a page that is plainly an error
    // page, or inside a surface that is plainly one.
    let given: Vec<&Clue> = signature.all.iter().collect();
    let anchored = given.iter().any(|c| {
        c.status.is_some()
            || c.header.is_some()
            || c.code.is_some()
            || c.marker.is_some()
            || c.bare.is_some()
            || c.whole.is_some()
            || c.message.is_some()
    });
    let wordy =
        signature.all.iter().chain(&signature.any).any(|c| c.text.is_some() || c.title.is_some() || c.whole.is_some());
    let whole = !signature.any.is_empty() && signature.any.iter().all(|clue| clue.whole.is_some());
    if wordy && !anchored && !whole {
        return Err(said(file, "sentences need an anchor under `all`: status, header, code, marker, bare or whole"));
    }
    if wordy
        && signature.confidence == Confidence::Certain
        && !given.iter().any(|c| c.status.is_some() || c.header.is_some() || c.code.is_some() || c.marker.is_some())
    {
        return Err(said(file, "`certain` needs a machine-readable clue under `all`"));
    }
    let failure = signature.all.iter().chain(&signature.any).any(|c| c.failure.is_some());
    match signature.surface {
        Surface::Network if !failure => Err(said(file, "surface `network` needs a `failure` clue")),
        Surface::Page | Surface::Alert if failure => {
            Err(said(file, "`failure` clues belong to the surfaces `network` and `request`"))
        }
        Surface::Request if signature.clues().any(|clue| !clue.is_of_requests()) => Err(said(
            file,
            "a request is known by status, failure, host, path and a `content-type` of `text/html*` alone",
        )),
        _ => Ok(()),
    }
}

impl Clue {
    /// Returns the phrases of a title, a text or a whole message, and which of the three they are (4, 5, 6 as `src/catalog.rs`
    /// counts).
    pub fn phrases(&self) -> Option<(u8, &Few<String>)> {
        [(4, &self.title), (5, &self.text), (6, &self.whole)]
            .into_iter()
            .find_map(|(kind, phrases)| Some((kind, phrases.as_ref()?)))
    }

    fn is_of_requests(&self) -> bool {
        let html = self.header.as_deref() == Some("content-type") && self.value.as_deref() == Some("text/html*");
        html || self.status.is_some() || self.failure.is_some() || self.host.is_some() || self.path.is_some()
    }

    fn check(&self) -> Result<(), String> {
        let given = [
            self.status.is_some(),
            self.header.is_some(),
            self.code.is_some(),
            self.marker.is_some(),
            self.title.is_some(),
            self.text.is_some(),
            self.whole.is_some(),
            self.host.is_some(),
            self.path.is_some(),
            self.failure.is_some(),
            self.bare.is_some(),
            self.message.is_some(),
            self.earlier.is_some(),
            self.opened.is_some(),
        ];
        if given.iter().filter(|g| **g).count() != 1 {
            return Err("each clue has exactly one of status, header, code, marker, title, text, whole, host, path, failure, bare, message, earlier, opened".into());
        }
        if (self.earlier.is_some() || self.opened.is_some()) != (self.times.is_some() && self.within.is_some()) {
            return Err("`times` and `within` go with `earlier` and `opened`".into());
        }
        if self.value.is_some() && self.header.is_none() {
            return Err("`value` goes with `header`".into());
        }
        for phrase in [&self.title, &self.text, &self.whole].into_iter().flatten().flat_map(Few::iter) {
            if access_medic_phrases::folded(phrase).is_empty() {
                return Err(format!("the phrase {phrase:?} has no letter or digit"));
            }
        }
        if let Some(status) = &self.status {
            for status in status.iter() {
                status.range()?;
            }
        }
        Ok(())
    }
}

impl Status {
    /// Returns the first and the last status that it stands for.
    pub fn range(&self) -> Result<(u16, u16), String> {
        match self {
            Self::Exact(status) => Ok((*status, *status)),
            Self::Class(class) => match class.as_bytes() {
                [first @ b'1'..=b'5', b'x', b'x'] => {
                    let hundred = u16::from(first - b'0') * 100;
                    Ok((hundred, hundred + 99))
                }
                _ => Err(format!("status {class:?} is neither a number nor like \"5xx\"")),
            },
        }
    }
}

fn parse<T: serde::de::DeserializeOwned>(file: &Path) -> Result<T, String> {
    let text = fs::read_to_string(file).map_err(|fault| said(file, &fault.to_string()))?;
    toml::from_str(&text).map_err(|fault| said(file, &fault.to_string()))
}

/// Lists the files of a folder in the order of their names, so that two builds give the same tables.
fn listed(folder: &Path) -> Result<Vec<std::path::PathBuf>, String> {
    let entries = fs::read_dir(folder).map_err(|fault| said(folder, &fault.to_string()))?;
    let mut paths: Vec<_> = entries
        .filter_map(Result::ok)
        .map(|entry| entry.path())
        .filter(|path| path.is_dir() || path.extension().is_some_and(|e| e == "toml"))
        .collect();
    paths.sort();
    Ok(paths)
}

fn stem(path: &Path) -> String {
    path.file_stem().unwrap_or_default().to_string_lossy().into_owned()
}

/// Returns a complaint in one line, with the file first. The path begins at `catalog/`, so that messages are the same on every
/// machine.
pub fn said(file: &Path, fault: &str) -> String {
    let shown = file.to_string_lossy().replace('\\', "/");
    let shown = shown.find("catalog/").map_or(shown.as_str(), |at| &shown[at..]).to_owned();
    format!("crate/{shown}: {}", fault.trim().replace('\n', " "))
}
