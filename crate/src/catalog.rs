//! This module holds the catalogue as the build script compiled it: causes, remedies, signatures and the tables that find them.
//! It is data only; `catalog/README.md` describes the source format.

use access_medic_phrases::Messages;
use std::sync::OnceLock;

use crate::report::{Confidence, Mover, Surface};

/// A sense says what a word is in a message that names when one may try again. `catalog/times.toml` explains the senses.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sense {
    Retry,
    Wait,
    Never,
    Few,
    Before,
    Behind,
    At,
    Clock,
    /// The number of this word is its length in seconds.
    Unit,
    One,
    More,
    Am,
    Pm,
    Noon,
    /// This is the name of a time of day; its number is the hour.
    Midnight,
    /// This is a thousandth of a second.
    Milli,
    /// The number of this word says how many days it is from today.
    Day,
    Year,
    Month,
    Date,
    /// This is a length of time in words; its number is that length in seconds.
    Fixed,
    /// This is the name of a month; its number is the place in the year, from 0.
    Named,
    /// The number of this word is its place in the week; Sunday is 0.
    Weekday,
    /// This is a time zone; its number is its minutes ahead of UTC plus those of a day, or 0 where nobody can tell.
    Zone,
}

const SENSES: [Sense; 24] = [
    Sense::Retry,
    Sense::Wait,
    Sense::Never,
    Sense::Few,
    Sense::Before,
    Sense::Behind,
    Sense::At,
    Sense::Clock,
    Sense::Unit,
    Sense::One,
    Sense::More,
    Sense::Am,
    Sense::Pm,
    Sense::Noon,
    Sense::Midnight,
    Sense::Milli,
    Sense::Day,
    Sense::Year,
    Sense::Month,
    Sense::Date,
    Sense::Fixed,
    Sense::Named,
    Sense::Weekday,
    Sense::Zone,
];

/// The words by which messages of a language say when one may try again.
pub struct TimeWords {
    pub language: &'static str,
    /// The words stand by their first byte, the longest first; each has a number, if its sense has one.
    words: Vec<Vec<(&'static str, Sense, u32)>>,
}

impl TimeWords {
    /// Finds the words that a text may begin with, the longest first.
    pub fn beginning(&self, text: &str) -> &[(&'static str, Sense, u32)] {
        let first = text.bytes().next().unwrap_or_default();
        self.words.get(usize::from(first)).map_or(&[], Vec::as_slice)
    }
}

/// Returns the words of all languages, which are read from the table once.
pub fn times() -> &'static [TimeWords] {
    static READ: OnceLock<Vec<TimeWords>> = OnceLock::new();
    let word = |line: &'static str| {
        let (word, sense) = line.split_once('\t')?;
        let (letter, number) = sense.split_at_checked(1)?;
        let sense = SENSES.get(usize::from(letter.bytes().next()?.wrapping_sub(b'A')))?;
        Some((word, *sense, number.parse().unwrap_or(0)))
    };
    READ.get_or_init(|| {
        let read = |(language, lines): &(&'static str, &'static str)| {
            let mut words = vec![Vec::new(); 256];
            for (word, sense, number) in lines.split('\n').filter_map(word) {
                let first = word.bytes().next().unwrap_or_default();
                words[usize::from(first)].push((word, sense, number));
            }
            TimeWords { language, words }
        };
        TIMES.iter().map(read).collect()
    })
}

pub struct Cause {
    pub id: &'static str,
    pub family: &'static str,
    pub mover: Mover,
    /// May the overlay be drawn on a page with this cause?
    pub overlay: bool,
    /// Indices of [`REMEDIES`], best first.
    pub plan: &'static [u16],
    /// This plan takes the place of `plan` where a program on this computer began the sign-in, unless it is empty.
    pub program: &'static [u16],
    /// The number of seconds to wait at first, if nothing names a time.
    pub wait: u16,
}

impl Cause {
    /// Tells whether the plan has a step that waits.
    pub fn waits(&self) -> bool {
        self.plan
            .iter()
            .any(|at| REMEDIES.get(usize::from(*at)).is_some_and(|remedy| matches!(remedy.hands, Hands::Wait)))
    }
}

/// A finding says what follows from something that the checks found.
pub struct Finding {
    pub id: &'static str,
    /// The families or causes in whose plans the finding counts, with a space between them.
    families: &'static str,
    /// Indices of [`REMEDIES`]; these steps come before the cause's own.
    pub steps: &'static [u16],
    /// Indices of [`REMEDIES`] that are in no plan while the finding holds.
    pub without: &'static [u16],
    /// The index of the cause in [`CAUSES`] that takes the place of a diagnosis that is not certain.
    pub cause: Option<u8>,
    /// This field says whose move it is while one of its steps is the next one, if that is not the mover of the cause.
    pub mover: Option<Mover>,
}

impl Finding {
    pub fn counts_for(&self, cause: &Cause) -> bool {
        self.families.split(' ').any(|name| name == cause.family || name == cause.id)
    }
}

pub struct Remedy {
    pub id: &'static str,
    pub hands: Hands,
    /// The address of the page on which OpenAI itself says this.
    pub read: Option<&'static str>,
    /// The step asks somebody else, whose move it then is.
    pub mover: Option<Mover>,
}

/// Pages of others that a sign-in passes.
pub struct Passed {
    pub schemes: &'static [&'static str],
    pub hosts: &'static [&'static str],
    /// An empty list stands for the port that belongs to the scheme.
    pub ports: &'static [&'static str],
    /// The paths, in which `*` stands for anything.
    pub paths: &'static [&'static str],
}

pub enum Hands {
    Clear {
        hosts: &'static [&'static str],
        /// The hosts of ChatGPT, which are cleared too on its own pages and on those of the sign-in; elsewhere, the page's own
        /// host is.
        app: Option<&'static [&'static str]>,
        cookies: Option<&'static [&'static str]>,
        keep: &'static [&'static str],
        storage: bool,
    },
    Reload,
    /// Indices of [`REMEDIES`]: the first one has the hosts whose cookies are counted, and the second one has the cookies that
    /// count as left over.
    Check {
        counts: u16,
        leftovers: u16,
    },
    Open(&'static str),
    Wait,
    Private,
    Manual {
        check: bool,
    },
}

/// A meaning is a cause that concepts stand for together.
pub struct Meaning {
    /// Index of [`CAUSES`].
    pub cause: u8,
    /// Combinations of concepts, each of which is enough.
    pub says: &'static [&'static [u8]],
    /// If the text speaks of one of these concepts, it means something else.
    pub but: &'static [u8],
    /// The meaning says only that something failed, and not what.
    pub vague: bool,
    pub place: Place,
}

/// A meaning holds only in such a place.
#[derive(Clone, Copy, PartialEq)]
pub enum Place {
    Anywhere,
    /// It holds on the hosts of the sign-in alone.
    Login,
    /// It holds on all other hosts alone.
    Elsewhere,
    /// It holds in the running app and in what people tell, never for a page as a whole.
    Inside,
    /// It holds where a conversation should be and none is.
    Thread,
}

/// A signature recognises one kind of page, surface or failure: every clue of `all` holds, one of `any` (if it has some), and no
/// clue of `none`.
#[derive(Clone, Copy)]
pub struct Signature {
    /// `family/name` of its file; for tests and tools only.
    #[cfg(not(target_arch = "wasm32"))]
    pub name: &'static str,
    /// Index of [`CAUSES`].
    pub cause: u8,
    pub confidence: Confidence,
    pub surface: Surface,
    /// The signature says only that something failed, and not what: it ranks behind the others of the same confidence.
    pub fallback: bool,
    /// The cause is only named at the toolbar: nothing is drawn on the page.
    pub quiet: bool,
    /// The signature counts only beside another cause, never alone.
    pub beside: bool,
    /// The cause is known by what the words mean, which counts less than the words themselves.
    pub meant: bool,
    /// The number of clues that belong to `all` and to `any`; the rest belongs to `none`.
    pub all: u8,
    pub any: u8,
    clues: &'static [u8],
}

/// A clue is one thing to look at. A list means any of its entries; `Marker`, `Title`, `Text`, `Whole` and `Message` hold indices
/// of the tables below and look at the page or, in a signature of surface `alert`, at one and the same alert. In a signature of
/// surface `request`, `Status`, `Host`, `Path` and `Failure` look at one and the same request.
#[derive(Clone, Copy)]
pub enum Clue {
    /// These are the first and the last status of each range.
    Status(Numbers),
    /// This is a name, and a glob for the value.
    Header(&'static str, &'static str),
    Code(Strings),
    Marker(Numbers),
    Title(Numbers),
    Text(Numbers),
    /// The phrase is the whole message.
    Whole(Numbers),
    /// The text holds a whole message of one of these sets, known by its hash.
    Message(Numbers),
    Host(Strings),
    Path(Strings),
    Failure(Strings),
    /// This says whether the page is a small one with little text, outside the app.
    Bare(bool),
    /// At least so many of the tab's earlier loads, since the last remedy and within so many seconds, showed the cause
    /// or were of a place that fits the glob.
    Earlier {
        cause: &'static str,
        place: &'static str,
        times: usize,
        within: u32,
    },
}

/// Numbers of two bytes, the lower one first.
#[derive(Clone, Copy)]
pub struct Numbers(&'static [u8]);

impl Numbers {
    pub fn iter(self) -> impl Iterator<Item = u16> {
        self.0.as_chunks().0.iter().map(|pair| u16::from_le_bytes(*pair))
    }
}

/// Entries of the table of strings.
#[derive(Clone, Copy)]
pub struct Strings(Numbers);

impl Strings {
    pub fn iter(self) -> impl Iterator<Item = &'static str> {
        self.0.iter().map(string)
    }
}

fn string(id: u16) -> &'static str {
    let id = usize::from(id);
    let end = |id: usize| STRING_ENDS.get(id).map_or(0, |end| usize::from(*end));
    STRINGS.get(id.checked_sub(1).map_or(0, end)..end(id)).unwrap_or_default()
}

/// Lists the signatures, in the catalogue's order. In the tables they are a few bytes each (`build/emit.rs` writes them): as
/// structs, every clue would bring pointers.
pub fn signatures() -> impl Iterator<Item = Signature> {
    let mut rest = SIGNATURES;
    #[cfg(not(target_arch = "wasm32"))]
    let mut names = NAMES.iter();
    std::iter::from_fn(move || {
        let ([cause, flags, all, any, low, high], behind) = rest.split_first_chunk()?;
        let (clues, behind) = behind.split_at_checked(usize::from(u16::from_le_bytes([*low, *high])))?;
        rest = behind;
        Some(Signature {
            #[cfg(not(target_arch = "wasm32"))]
            name: names.next()?,
            cause: *cause,
            confidence: match flags & 3 {
                0 => Confidence::Possible,
                1 => Confidence::Likely,
                _ => Confidence::Certain,
            },
            surface: match flags >> 2 & 3 {
                0 => Surface::Page,
                1 => Surface::Alert,
                2 => Surface::Request,
                _ => Surface::Network,
            },
            fallback: flags & 16 != 0,
            quiet: flags & 32 != 0,
            beside: flags & 64 != 0,
            meant: false,
            all: *all,
            any: *any,
            clues,
        })
    })
}

impl Signature {
    /// Makes the signature of a symptom, which has no clue but the person's word.
    pub fn told(cause: u8) -> Self {
        Self {
            #[cfg(not(target_arch = "wasm32"))]
            name: "told",
            ..Self::bare(cause, Confidence::Possible, Surface::Told, false)
        }
    }

    /// Makes a signature that the catalogue does not have.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn taught(cause: u8, confidence: Confidence, surface: Surface) -> Self {
        Self { name: "taught", ..Self::bare(cause, confidence, surface, false) }
    }

    /// Makes the signature of what the words on a surface mean.
    pub fn meant(Meaning { cause, vague, .. }: &Meaning, surface: Surface) -> Self {
        let confidence = if *vague { Confidence::Possible } else { Confidence::Likely };
        Self {
            #[cfg(not(target_arch = "wasm32"))]
            name: "meant",
            meant: true,
            ..Self::bare(*cause, confidence, surface, *vague)
        }
    }

    /// Makes the signature count less, because a person only tells of it.
    pub fn at_second_hand(self) -> Self {
        let confidence = self.confidence.min(Confidence::Likely);
        Self { surface: Surface::Told, confidence, quiet: false, ..self }
    }

    /// Makes a signature that has no clue.
    fn bare(cause: u8, confidence: Confidence, surface: Surface, fallback: bool) -> Self {
        Self {
            #[cfg(not(target_arch = "wasm32"))]
            name: "",
            cause,
            confidence,
            surface,
            fallback,
            quiet: false,
            beside: false,
            meant: false,
            all: 0,
            any: 0,
            clues: &[],
        }
    }

    /// Tells whether the signature depends on sentences of the site.
    #[cfg(not(target_arch = "wasm32"))]
    pub fn is_worded(&self) -> bool {
        let given = usize::from(self.all) + usize::from(self.any);
        self.clues()
            .take(given)
            .any(|clue| matches!(clue, Clue::Title(_) | Clue::Text(_) | Clue::Whole(_) | Clue::Message(_)))
    }

    pub fn clues(&self) -> impl Iterator<Item = Clue> {
        let mut rest = self.clues;
        std::iter::from_fn(move || {
            let ([kind, low, high], behind) = rest.split_first_chunk()?;
            let (items, behind) = behind.split_at_checked(usize::from(u16::from_le_bytes([*low, *high])))?;
            rest = behind;
            let numbers = Numbers(items);
            let number = |at: usize| numbers.iter().nth(at).unwrap_or_default();
            Some(match kind {
                0 => Clue::Status(numbers),
                1 => Clue::Header(string(number(0)), string(number(1))),
                2 => Clue::Code(Strings(numbers)),
                3 => Clue::Marker(numbers),
                4 => Clue::Title(numbers),
                5 => Clue::Text(numbers),
                6 => Clue::Whole(numbers),
                7 => Clue::Message(numbers),
                8 => Clue::Host(Strings(numbers)),
                9 => Clue::Path(Strings(numbers)),
                10 => Clue::Failure(Strings(numbers)),
                11 => Clue::Bare(number(0) == 1),
                _ => Clue::Earlier {
                    cause: string(number(0)),
                    place: string(number(1)),
                    times: usize::from(number(2)),
                    within: u32::from(number(3)),
                },
            })
        })
    }
}

pub fn cause(id: &str) -> Option<&'static Cause> {
    CAUSES.iter().find(|cause| cause.id == id)
}

/// Tells whether a remedy is not advised where the computer's time zone is that of a place in which OpenAI does not offer ChatGPT.
pub fn is_unwise_in(zone: &str, remedy: &str) -> bool {
    ZONES_WITHOUT.contains(&remedy) && ZONES.iter().any(|(_, zones)| zones.contains(&zone))
}

include!(concat!(env!("OUT_DIR"), "/tables.rs"));
