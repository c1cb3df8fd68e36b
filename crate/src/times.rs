//! This module reads from a message when one may try again, in the languages of `catalog/times.toml` and as programs write it. A
//! wrong time is worse than none: a time counts only in a sentence that speaks of trying again or names a whole moment, and two
//! times that differ count as none.

use crate::{
    catalog::{self, Sense, TimeWords},
    wait::retry_after,
};
use access_medic_phrases::{is_ideograph, lowered};

const SECOND: f64 = 1000.0;
const MINUTE: f64 = 60.0 * SECOND;
/// The length of a day in milliseconds.
pub const DAY: f64 = 24.0 * 60.0 * MINUTE;
/// The longest text that is looked at, in bytes.
const LIMIT: usize = 4_000;
/// A time of day without a day has just passed if it lies further ahead than this, in milliseconds.
const PASSED: f64 = 20.0 * 60.0 * MINUTE;
/// A day without a year is one of the next year if it lies further back than this, in milliseconds.
const LAST_YEAR: f64 = 120.0 * DAY;

/// Returns when one may try again, in milliseconds since 1970; the time may have just passed. `now`: the present time in the same
/// form, by the clock here; `offset`: minutes that clocks here are ahead of UTC.
pub fn told_time(text: &str, now: f64, offset: f64) -> Option<f64> {
    let text = text.get(..text.floor_char_boundary(LIMIT)).unwrap_or_default();
    if !text.bytes().any(|byte| byte.is_ascii_digit()) && text.is_ascii() && text.len() < 12 {
        return None;
    }
    if let Some(time) = written_by_program(text, now) {
        return time;
    }
    let clock = Clock { now, offset };
    let mut found: Option<f64> = None;
    for sentence in sentences(text) {
        let sentence = lowered(sentence);
        // Japanese has many words of Chinese, but also signs that Chinese does not have.
        let kana = sentence.contains(|c: char| matches!(c, '\u{3040}'..='\u{30FF}'));
        for words in catalog::times().iter().filter(|words| words.language != if kana { "zh" } else { "ja" }) {
            let Some(time) = in_sentence(&sentence, words, clock) else { continue };
            match found {
                Some(other) if (other - time).abs() > SECOND => return None,
                _ => found = Some(time),
            }
        }
    }
    found
}

#[derive(Clone, Copy)]
struct Clock {
    now: f64,
    offset: f64,
}

impl Clock {
    /// Returns the present day here, in days since 1970.
    fn today(self) -> f64 {
        ((self.now + self.offset * MINUTE) / DAY).floor()
    }

    /// Returns the moment at a day, in days since 1970, and a time of that day here, in milliseconds.
    fn moment(self, day: f64, time: f64) -> f64 {
        day * DAY + time - self.offset * MINUTE
    }
}

// ------------------------------------------------------------------------------------------------ programs

/// The keys by which programs name the time, each with the milliseconds of its unit; 0: the value is a moment.
const KEYS: [(&str, f64); 14] = [
    ("resets_in_seconds", SECOND),
    ("reset_after_seconds", SECOND),
    ("retry_after_seconds", SECOND),
    ("retry_after_ms", 1.0),
    ("retry-after-ms", 1.0),
    ("retry_after", SECOND),
    ("retry-after", SECOND),
    ("clears_in", SECOND),
    ("resets_at", 0.0),
    ("reset_at", 0.0),
    ("resets_after", 0.0),
    ("retry_at", 0.0),
    ("reset_after", 0.0),
    ("x-ratelimit-reset-", SECOND),
];

/// Reads a time that a program wrote. `None`: no program names a time here. `Some(None)`: a program names one that has passed, or
/// that nobody can read.
fn written_by_program(text: &str, now: f64) -> Option<Option<f64>> {
    let lower = text.to_ascii_lowercase();
    KEYS.iter().find_map(|(key, unit)| {
        let at = lower.find(key)? + key.len();
        let rest = text.get(at..)?;
        // `x-ratelimit-reset-tokens`
        let rest = if key.ends_with('-') { rest.split_once(':')?.1 } else { rest };
        let value = rest.trim_start_matches(|c: char| "\"': =".contains(c));
        let end = value.find(|c: char| "\"'}\n\r".contains(c)).unwrap_or(value.len());
        let value = value.get(..end)?.trim();
        let digits = value.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b'.').count();
        let number = value.get(..digits).and_then(decimal);
        let plain = value.get(digits..).is_some_and(|rest| rest.is_empty() || rest.starts_with([',', ' ', ')']));
        if *unit == 0.0 {
            let moment = match number {
                Some(number) if plain && number > 1e11 => Some(number),
                Some(number) if plain && number > 1e8 => Some(number * SECOND),
                _ => iso(value),
            };
            return Some(moment.filter(|moment| *moment > now));
        }
        if let Some(number) = number.filter(|_| plain) {
            return Some(Some(now + number * unit));
        }
        // The value is a length like `6m0s`, or a date.
        let length = compact(value).or_else(|| retry_after(value, now).map(|seconds| f64::from(seconds) * SECOND));
        length.map(|length| Some(now + length))
    })
}

/// Reads a number like `3600` or `2.5`. The language's own reader of such numbers would be an eighth of the core.
fn decimal(text: &str) -> Option<f64> {
    let (whole, fraction) = text.split_once('.').unwrap_or((text, ""));
    let digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()) && text.len() <= 15;
    if whole.is_empty() || !digits(whole) || !digits(fraction) {
        return None;
    }
    let read = |text: &str| text.bytes().fold(0.0, |sum, byte| sum * 10.0 + f64::from(byte - b'0'));
    Some(read(whole) + read(fraction) / (0..fraction.len()).fold(1.0, |scale, _| scale * 10.0))
}

/// Reads a length like `1h2m3.5s`, in milliseconds.
fn compact(text: &str) -> Option<f64> {
    let (mut total, mut number) = (0.0, String::new());
    let mut chars = text.chars().peekable();
    while let Some(c) = chars.next() {
        if c.is_ascii_digit() || c == '.' {
            number.push(c);
            continue;
        }
        let unit = match c {
            'h' => 3600.0 * SECOND,
            'm' if chars.next_if_eq(&'s').is_some() => 1.0,
            'm' => MINUTE,
            's' => SECOND,
            _ => return None,
        };
        total += decimal(&number)? * unit;
        number.clear();
    }
    (number.is_empty() && total > 0.0).then_some(total)
}

/// Reads a moment like `2026-12-01T09:00:00Z`, with or without a fraction or an offset.
fn iso(text: &str) -> Option<f64> {
    let number = |from: usize, to: usize| text.get(from..to).and_then(|digits| digits.parse::<u32>().ok());
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute) = (number(11, 13)?, number(14, 16)?);
    let second = number(17, 19).unwrap_or(0);
    if !text.get(10..11)?.starts_with(['T', 't', ' ']) || hour > 23 || minute > 59 {
        return None;
    }
    let behind = text.get(16..).unwrap_or_default();
    let offset = match behind.find(['+', '-']) {
        Some(at) => {
            let sign = if behind.get(at..)?.starts_with('-') { -1.0 } else { 1.0 };
            let hours = decimal(behind.get(at + 1..at + 3)?)?;
            let minutes = behind.get(at + 4..at + 6).and_then(decimal).unwrap_or(0.0);
            sign * (hours * 60.0 + minutes)
        }
        None => 0.0,
    };
    let time = f64::from(hour * 3600 + minute * 60 + second) * SECOND;
    Some(days(year, month, day)? * DAY + time - offset * MINUTE)
}

/// Returns the days since 1970 of a date. `None`: the month has no such day, or the year lies before 1970 or after 9999.
pub fn days(year: u32, month: u32, day: u32) -> Option<f64> {
    let leap = year.is_multiple_of(4) && (!year.is_multiple_of(100) || year.is_multiple_of(400));
    let length = match month {
        2 if leap => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        1..=12 => 31,
        _ => return None,
    };
    if !(1..=length).contains(&day) || !(1970..=9999).contains(&year) {
        return None;
    }
    // Years begin in March here, so that the day that leap years add is their last.
    let (year, month) = if month > 2 { (year, month - 3) } else { (year - 1, month + 9) };
    Some(f64::from(365 * year + year / 4 - year / 100 + year / 400 + (153 * month + 2) / 5 + day) - 719_469.0)
}

// ------------------------------------------------------------------------------------------------ sentences

/// Splits a text into sentences. A sentence ends with its sign, or with a full stop that is no part of a number or an
/// abbreviation.
fn sentences(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut from = 0;
    let mut letters = 0;
    for (at, c) in text.char_indices() {
        let next = text.get(at + c.len_utf8()..).unwrap_or_default();
        let ends = match c {
            '\n' | '。' | '！' | '!' | '?' | '？' | '।' | '؟' | '•' | '■' | '；' | ';' | '—' => true,
            '.' if next.starts_with(char::is_whitespace) => {
                let follows = next.trim_start().chars().next();
                // After an abbreviated month or unit, the text goes on in lower case or with a number.
                match follows {
                    Some(c) if c.is_ascii_digit() => letters >= 5,
                    Some(c) => letters >= 2 && !c.is_lowercase() && !(c.is_numeric() && letters < 5),
                    None => true,
                }
            }
            _ => false,
        };
        if c.is_alphabetic() {
            letters += 1;
        } else if ")]”\"’".contains(c) {
            letters = 9;
        } else if c != '.' && !is_mark(c) {
            letters = 0;
        }
        if ends {
            out.extend(text.get(from..at + c.len_utf8()));
            from = at + c.len_utf8();
            letters = 0;
        }
    }
    out.extend(text.get(from..));
    out
}

/// Tells whether a sign belongs to the letter before it, as vowels of Hindi do.
fn is_mark(c: char) -> bool {
    matches!(c, '\u{900}'..='\u{903}' | '\u{93A}'..='\u{94F}' | '\u{300}'..='\u{36F}' | '\u{64B}'..='\u{65F}')
}

// ------------------------------------------------------------------------------------------------ tokens

/// A token is a number, a sign or a word of a sentence, with every sense that the word can have.
#[derive(Clone, Copy, Default)]
struct Token {
    /// The number of digits that it is written with; 0: it is no number.
    digits: usize,
    number: u32,
    sign: char,
    senses: u32,
    unit: u32,
    day: u32,
    name: u32,
    fixed: u32,
    /// Nothing stands between it and the token before.
    joined: bool,
}

impl Token {
    fn is(&self, sense: Sense) -> bool {
        self.senses & 1 << sense as u32 != 0
    }
}

/// Does a word stand at a place of a text?
fn stands(text: &str, at: usize, word: &str) -> bool {
    let (stem, open) = word.strip_suffix('*').map_or((word, false), |stem| (stem, true));
    let Some(behind) = text.get(at..).and_then(|rest| rest.strip_prefix(stem)) else { return false };
    let joins = |c: Option<char>| c.is_some_and(|c| (c.is_alphabetic() || is_mark(c)) && !has_no_spaces(c));
    let first = stem.chars().next();
    let last = stem.chars().next_back();
    // "2" is no part of "25".
    if last.is_some_and(|c| c.is_ascii_digit()) && behind.starts_with(|c: char| c.is_ascii_digit()) {
        return false;
    }
    let begins = first.is_none_or(|c| has_no_spaces(c) || !c.is_alphabetic())
        || !joins(text.get(..at).and_then(|before| before.chars().next_back()));
    let ends = open
        || last.is_none_or(|c| has_no_spaces(c) || !(c.is_alphabetic() || is_mark(c)))
        || !joins(behind.chars().next());
    begins && ends
}

/// Tells whether words of such letters are written without spaces, or with endings that are no part of them.
fn has_no_spaces(c: char) -> bool {
    is_ideograph(c) || matches!(c, '\u{AC00}'..='\u{D7A3}')
}

fn tokens(text: &str, words: &TimeWords) -> Vec<Token> {
    let mut out = Vec::new();
    let mut at = 0;
    let mut joined = false;
    while let Some(c) = text.get(at..).and_then(|rest| rest.chars().next()) {
        if c.is_ascii_digit() {
            let rest = text.get(at..).unwrap_or_default();
            let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
            let number = rest.get(..digits).and_then(|digits| digits.parse().ok()).unwrap_or(u32::MAX);
            out.push(Token { digits, number, joined, ..Token::default() });
            at += digits;
            joined = true;
            continue;
        }
        let mut token = Token { joined, ..Token::default() };
        let mut length = 0;
        // The longest words stand first; every word of the same length counts as well.
        for (word, sense, number) in words.beginning(text.get(at..).unwrap_or_default()) {
            let stem = word.trim_end_matches('*');
            if stem.len() < length {
                break;
            }
            if stands(text, at, word) {
                length = stem.len();
                token.senses |= 1 << *sense as u32;
                match sense {
                    Sense::Unit => token.unit = *number,
                    Sense::Day => token.day = *number,
                    Sense::Named | Sense::Weekday => token.name = *number,
                    Sense::Fixed | Sense::Midnight | Sense::Zone => token.fixed = *number,
                    _ => {}
                }
            }
        }
        if length > 0 {
            at += length;
            out.push(token);
            joined = true;
        } else if c.is_whitespace() {
            at += c.len_utf8();
            joined = false;
        } else if c.is_alphabetic() || is_mark(c) {
            // This is a word that says nothing here, or one sign of a script without spaces.
            let rest = text.get(at..).unwrap_or_default();
            let more = |c: &char| (c.is_alphabetic() || is_mark(*c)) && !has_no_spaces(*c);
            let run: usize = rest.chars().take_while(more).map(char::len_utf8).sum();
            at += run.max(c.len_utf8());
            out.push(token);
            joined = true;
        } else {
            at += c.len_utf8();
            out.push(Token { sign: c, ..token });
            joined = true;
        }
    }
    out
}

// ------------------------------------------------------------------------------------------------ times

/// A time of day.
#[derive(Clone, Copy, PartialEq)]
struct Time {
    /// Milliseconds since midnight.
    since: f64,
    /// A word beside the number says that it is a time of day. Without one, a day elsewhere in the sentence must say so.
    sure: bool,
}

/// The parts of a moment, as far as a sentence has them.
#[derive(Default)]
struct Parts {
    /// Days since 1970.
    date: Option<f64>,
    /// Days from today.
    day: Option<f64>,
    time: Option<Time>,
    /// The length of the wait in milliseconds.
    length: Option<f64>,
}

fn in_sentence(text: &str, words: &TimeWords, clock: Clock) -> Option<f64> {
    let list = Tokens(tokens(text, words));
    let speaks = |sense| list.0.iter().any(|token| token.is(sense));
    if speaks(Sense::Never) {
        return None;
    }
    let cue = speaks(Sense::Retry) || speaks(Sense::Wait);
    let mut parts = Parts::default();
    let mut at = 0;
    while at < list.0.len() {
        if let Some((length, next)) = list.length(at) {
            if parts.length.is_some_and(|other| other != length) {
                return None;
            }
            parts.length = Some(length);
            at = next;
        } else if let Some((date, next)) = list.date(at, clock) {
            // If nobody can read the date, all of it would be a guess.
            let date = date?;
            if parts.date.is_some_and(|other| other != date) {
                return None;
            }
            parts.date = Some(date);
            at = next;
        } else if let Some((time, next)) = list.time(at) {
            if parts.time.is_some_and(|other| other != time) {
                return None;
            }
            parts.time = Some(time);
            at = next;
        } else {
            let token = list.at(at);
            if token.is(Sense::Day) {
                // The day that belongs to a time is the last one before it.
                if parts.time.is_none() || parts.day.is_none() {
                    parts.day = Some(f64::from(token.day));
                }
            } else if token.is(Sense::Weekday) && (parts.time.is_none() || parts.day.is_none()) {
                // 1970 began on a Thursday.
                let today = (clock.today() + 4.0).rem_euclid(7.0);
                let ahead = (f64::from(token.name) - today).rem_euclid(7.0);
                parts.day = Some(if ahead == 0.0 { 7.0 } else { ahead });
            }
            at += 1;
        }
    }
    // A whole moment in the future counts by itself; a length, a time or a date alone may belong to something else.
    let own = |token: &Token| {
        [Sense::At, Sense::Named, Sense::Day, Sense::Clock, Sense::Year].iter().any(|sense| token.is(*sense))
    };
    let whole = parts.time.is_some() && (parts.date.is_some() || parts.day.is_some()) && list.0.iter().any(own);
    let offset = list.zone().unwrap_or(Some(clock.offset));
    // A length is the same in each zone.
    let clock = match (offset, parts.time) {
        (Some(offset), _) => Clock { offset, ..clock },
        (None, None) => clock,
        (None, Some(_)) => return None,
    };
    if cue || whole { assemble(&parts, clock) } else { None }
}

fn assemble(parts: &Parts, clock: Clock) -> Option<f64> {
    let &Parts { date, day, time, length } = parts;
    if let Some(Time { since: time, .. }) = time.filter(|time| time.sure || date.is_some() || day.is_some()) {
        if let Some(date) = date {
            // A log begins with the time at which it was written, so this moment counts only if it lies in the future.
            let wait = length.map(|length| clock.now + length);
            return Some(clock.moment(date, time)).filter(|moment| *moment > clock.now).or(wait);
        }
        if let Some(day) = day {
            return Some(clock.moment(clock.today() + day, time)).filter(|moment| *moment > clock.now);
        }
        let today = clock.moment(clock.today(), time);
        let next = if today < clock.now { today + DAY } else { today };
        return Some(if next - clock.now > PASSED { next - DAY } else { next });
    }
    if let Some(date) = date {
        return Some(clock.moment(date, 0.0)).filter(|moment| *moment > clock.now);
    }
    length.map(|length| clock.now + length)
}

struct Tokens(Vec<Token>);

impl Tokens {
    fn at(&self, at: usize) -> Token {
        self.0.get(at).copied().unwrap_or_default()
    }

    /// Returns the token before a place, past one word that says nothing, such as "about".
    fn before(&self, at: usize) -> Token {
        let known = |token: &Token| token.senses != 0 || token.digits > 0 || token.sign != '\0';
        let one = at.checked_sub(1).map(|at| self.at(at)).unwrap_or_default();
        if known(&one) || at < 2 { one } else { self.at(at - 2) }
    }

    fn sign(&self, at: usize, sign: &str) -> bool {
        let token = self.at(at);
        token.sign != '\0' && sign.contains(token.sign)
    }

    /// Reads a length of time from a place on, if the text says that one has to wait so long. Returns it in milliseconds, with
    /// the place where it ends.
    fn length(&self, from: usize) -> Option<(f64, usize)> {
        let (mut seconds, mut at, mut parts) = (0.0, from, 0);
        loop {
            let token = self.at(at);
            let (part, next) = if token.is(Sense::Fixed) {
                (f64::from(token.fixed), at + 1)
            } else if token.digits > 0 && self.at(at + 1).is(Sense::Unit) {
                (f64::from(token.number) * f64::from(self.at(at + 1).unit), at + 2)
            } else if token.digits > 0 && self.at(at + 1).is(Sense::Milli) {
                (f64::from(token.number) / 1000.0, at + 2)
            } else if token.digits > 0 && self.at(at + 1).is(Sense::Date) && self.is_counted(at + 2) {
                (f64::from(token.number) * 86_400.0, at + 2)
            } else if token.digits > 0
                && self.sign(at + 1, ".,")
                && self.at(at + 2).digits > 0
                && self.at(at + 3).is(Sense::Unit)
            {
                let part = self.at(at + 2);
                let fraction = f64::from(part.number) / (0..part.digits).fold(1.0, |scale, _| scale * 10.0);
                ((f64::from(token.number) + fraction) * f64::from(self.at(at + 3).unit), at + 4)
            } else if parts == 0 && token.is(Sense::One) && self.at(at + 1).is(Sense::Unit) {
                (f64::from(self.at(at + 1).unit), at + 2)
            } else if parts == 0 && token.is(Sense::Unit) && at > 0 && self.at(at - 1).is(Sense::Before) {
                (f64::from(token.unit), at + 1)
            } else {
                break;
            };
            seconds += part;
            parts += 1;
            at = next;
            if self.at(at).is(Sense::More) {
                seconds += f64::from(self.at(at - 1).unit) / 2.0;
                at += 1;
            }
            // A form like 2h15 has its minutes without a unit.
            let (last, rest) = (self.at(at - 1), self.at(at));
            if last.unit == 3600 && rest.digits == 2 && rest.joined && !self.at(at + 1).is(Sense::Unit) {
                seconds += f64::from(rest.number) * 60.0;
                at += 1;
            }
            // A point, a comma or "and" may stand between two parts.
            let mut gap = at;
            while gap < at + 3
                && self.at(gap).digits == 0
                && (self.sign(gap, ".,") || self.at(gap).senses == 0 && self.at(gap).sign == '\0')
            {
                gap += 1;
            }
            let goes_on = self.at(gap).digits > 0 && (self.at(gap + 1).is(Sense::Unit) || self.sign(gap + 1, "."))
                || gap == at + 1 && self.at(gap).is(Sense::Fixed);
            if !goes_on {
                break;
            }
            at = gap;
        }
        if parts == 0 {
            return None;
        }
        let before = self.before(from);
        let behind = |at: usize| self.at(at).is(Sense::Behind);
        let told = self.0.iter().take(from).any(|token| token.is(Sense::Wait));
        let waits = told
            || before.is(Sense::Before)
            || before.is(Sense::Wait)
            || behind(at)
            || self.sign(at, ".") && behind(at + 1);
        let counted = before.is(Sense::Few) || self.at(from).is(Sense::Few);
        let own = self.at(from).is(Sense::Fixed) && parts == 1;
        // "at 9 h" is a time of day.
        let clock = self.at(from + 1).is(Sense::Clock) && !before.is(Sense::Before) && !behind(at);
        ((waits || own) && !counted && !clock && seconds > 0.0).then_some((seconds * SECOND, at))
    }

    /// Tells whether the sign of a day before a place counts days: a shorter unit follows, or a word that says that they have to
    /// pass.
    fn is_counted(&self, at: usize) -> bool {
        self.at(at).is(Sense::Behind) || self.at(at).digits > 0 && self.at(at + 1).is(Sense::Unit)
    }

    /// Reads a date from a place on, and returns it with the place where it ends. `Some((None, _))`: the date can be read in two
    /// ways, or does not exist.
    fn date(&self, from: usize, clock: Clock) -> Option<(Option<f64>, usize)> {
        let one = self.at(from);
        let number = |at: usize| Some(self.at(at)).filter(|token| token.digits > 0).map(|token| token.number);
        // 2026-12-01, 2026/12/01, 2026. 12. 1.
        if one.digits == 4 && self.sign(from + 1, "-/.") && number(from + 2).is_some() && self.sign(from + 3, "-/.") {
            let day = number(from + 4)?;
            // `2026-12-01T09:00`
            let end = from + 5;
            return Some((days(one.number, number(from + 2)?, day), end));
        }
        // 2026年8月28日
        if one.digits == 4 && self.at(from + 1).is(Sense::Year) && self.at(from + 3).is(Sense::Month) {
            return Some((days(one.number, number(from + 2)?, number(from + 4)?), from + 6));
        }
        if (1..=2).contains(&one.digits) && self.at(from + 1).is(Sense::Month) && self.at(from + 3).is(Sense::Date) {
            return Some((this_or_next(one.number, number(from + 2)?, clock), from + 4));
        }
        // 28 tháng 8, 2026
        if (1..=2).contains(&one.digits) && self.at(from + 1).is(Sense::Month) && number(from + 2).is_some() {
            let month = number(from + 2)?;
            let mut year = from + 3;
            while year < from + 5 && (self.sign(year, ",") || self.at(year).is(Sense::Year)) {
                year += 1;
            }
            return Some(match self.at(year) {
                Token { digits: 4, number, .. } => (days(number, month, one.number), year + 1),
                _ => (this_or_next(month, one.number, clock), from + 3),
            });
        }
        // 16/8/2026, 28.08.2026
        if (1..=2).contains(&one.digits)
            && self.sign(from + 1, "/.")
            && self.at(from + 1).sign == self.at(from + 3).sign
            && number(from + 4).is_some()
            && let Some(two) = number(from + 2)
        {
            let year = self.at(from + 4);
            let year = match year.digits {
                4 => year.number,
                2 => 2000 + year.number,
                _ => return None,
            };
            let dots = self.at(from + 1).sign == '.';
            let date = if dots || one.number > 12 {
                days(year, two, one.number)
            } else if two > 12 {
                days(year, one.number, two)
            } else {
                None
            };
            return Some((date, from + 5));
        }
        // 16 August 2026, 1er décembre, 10 de jul. de 2026
        if (1..=2).contains(&one.digits)
            && let Some(month) = (from + 1..from + 4)
                .take_while(|at| *at == from + 1 || self.is_filler(at - 1))
                .find(|at| self.at(*at).is(Sense::Named))
        {
            return Some(self.with_year(one.number, month, month + 1, clock));
        }
        // Aug 16th, 2026
        if one.is(Sense::Named) {
            let day = (from + 1..from + 3).find(|at| self.at(*at).digits > 0 && self.at(*at).digits < 3)?;
            if day > from + 1 && !self.is_filler(from + 1) {
                return None;
            }
            return Some(self.with_year(self.at(day).number, from, day + 1, clock));
        }
        None
    }

    fn is_filler(&self, at: usize) -> bool {
        let token = self.at(at);
        token.digits == 0 && (token.sign == '\0' || ".,°º".contains(token.sign)) && !token.is(Sense::Named)
    }

    /// Returns the date with the year that follows, past what may stand in between.
    fn with_year(&self, day: u32, month: usize, from: usize, clock: Clock) -> (Option<f64>, usize) {
        let month = self.at(month).name + 1;
        let mut at = from;
        while at < from + 3 && self.is_filler(at) {
            at += 1;
        }
        match self.at(at) {
            Token { digits: 4, number, .. } => (days(number, month, day), at + 1),
            _ => (this_or_next(month, day, clock), from),
        }
    }

    /// Reads a time of day from a place on, and returns it with the place where it ends.
    fn time(&self, from: usize) -> Option<(Time, usize)> {
        if self.at(from).is(Sense::Midnight) {
            let since = f64::from(self.at(from).fixed) * 60.0 * MINUTE;
            return Some((Time { since, sure: true }, from + 1));
        }
        let half = |token: Token| token.is(Sense::Am) || token.is(Sense::Pm) || token.is(Sense::Noon);
        let first = self.at(from);
        let led = from > 0 && half(self.at(from - 1));
        // "1 d 6 h" is a length.
        if from > 0 && self.at(from - 1).is(Sense::Unit) && !self.at(from - 1).is(Sense::At) {
            return None;
        }
        // An address and an id have colons, too.
        let inside = from > 0 && first.joined && (self.sign(from - 1, ":.-/") || self.at(from - 1).digits > 0);
        if !(1..=2).contains(&first.digits) || first.number > 23 || inside {
            return None;
        }
        let before = self.before(from);
        let (mut minute, mut second, mut at) = (0, 0, from + 1);
        let two = |at: usize| Some(self.at(at)).filter(|token| token.digits == 2 && token.joined && token.number < 60);
        let (mut plain, mut bare, mut named) = (false, false, false);
        if self.sign(at, ":") && two(at + 1).is_some() {
            minute = two(at + 1)?.number;
            at += 2;
            if self.sign(at, ":") && two(at + 1).is_some() {
                second = two(at + 1)?.number;
                at += 2;
            }
            if self.sign(at, ":") && self.at(at + 1).joined {
                return None;
            }
        } else if self.sign(at, ".") && two(at + 1).is_some() && !(self.sign(at + 2, ".") && self.at(at + 3).digits > 0)
        {
            minute = two(at + 1)?.number;
            at += 2;
            let dated = from > 0
                && (self.sign(from - 1, ",") || self.at(from - 1).digits == 4 || self.at(from - 1).is(Sense::Named));
            if !(before.is(Sense::At)
                || before.is(Sense::Before)
                || led
                || half(self.at(at))
                || self.at(at).is(Sense::Clock)
                || dated)
            {
                return None;
            }
        } else if self.at(at).is(Sense::Clock)
            || self.at(at).is(Sense::Unit) && self.at(at).unit == 3600 && before.is(Sense::At)
        {
            at += 1;
            named = true;
            if let Some(token) = Some(self.at(at)).filter(|token| token.digits > 0 && token.number < 60) {
                minute = token.number;
                at += 1;
                if self.at(at).is(Sense::Unit) && self.at(at).unit == 60 {
                    at += 1;
                }
            } else if self.at(at).is(Sense::More) {
                minute = 30;
                at += 1;
            }
        } else if led || half(self.at(at)) {
            plain = led;
        } else if before.is(Sense::At) && self.at(from - 1).is(Sense::At) && self.is_free(at) {
            bare = true;
        } else {
            return None;
        }
        if self.at(at).is(Sense::Clock) {
            at += 1;
        }
        if self.sign(at, "'’") {
            at += 1;
        }
        let mut hour = first.number;
        let behind = if half(self.at(at)) { Some(self.at(at)) } else { None };
        let side = behind.or_else(|| led.then(|| self.at(from - 1)));
        if plain && self.at(at).is(Sense::Unit) {
            return None;
        }
        if behind.is_some() {
            at += 1;
            if self.sign(at, ".") {
                at += 1;
            }
        }
        match side {
            Some(side) if hour <= 12 => {
                let later = side.is(Sense::Pm) || side.is(Sense::Noon) && hour < 11;
                hour = hour % 12 + if later || side.is(Sense::Noon) && hour == 12 { 12 } else { 0 };
            }
            _ => {}
        }
        // An ending may stand between, as in "21:40'tan sonra".
        let ending = self.at(at).joined && self.at(at).senses == 0 && self.at(at).digits == 0;
        let beside = [before, self.at(if ending { at + 1 } else { at })];
        let sure = !bare
            && (named
                || side.is_some()
                || self.at(at - 1).is(Sense::Clock)
                || beside[0].is(Sense::At)
                || beside[0].is(Sense::Before)
                || beside[0].is(Sense::Retry)
                || beside[1].is(Sense::Behind)
                || beside[1].is(Sense::At));
        Some((Time { since: f64::from(hour * 3600 + minute * 60 + second) * SECOND, sure }, at))
    }

    /// Tells whether the number before a place can be an hour: nothing at the place makes something else of it.
    fn is_free(&self, at: usize) -> bool {
        let token = self.at(at);
        token.digits == 0
            && (token.sign == '\0' || ".,".contains(token.sign))
            && self.at(at + 1).digits == 0
            && !token.is(Sense::Unit)
            && !token.is(Sense::Named)
            && !token.is(Sense::Month)
            && !token.is(Sense::Date)
            && !token.is(Sense::Year)
    }

    /// Returns by how many minutes the times of the sentence are ahead of UTC. `Some(None)`: they are in a zone that nobody can
    /// tell.
    fn zone(&self) -> Option<Option<f64>> {
        let at = self.0.iter().position(|token| token.is(Sense::Zone))?;
        let known = self.at(at).fixed;
        if known == 0 {
            return Some(None);
        }
        // `UTC+8`, `GMT+5:30`
        let hours = f64::from(self.at(at + 2).number);
        let minutes = if self.sign(at + 3, ":") { f64::from(self.at(at + 4).number) } else { 0.0 };
        let ahead = hours * 60.0 + minutes;
        Some(Some(if self.sign(at + 1, "+") && hours < 15.0 {
            ahead
        } else if self.sign(at + 1, "-−") && hours < 15.0 && self.at(at + 2).joined {
            -ahead
        } else {
            f64::from(known) - 1440.0
        }))
    }
}

/// Returns the day of this year for a date without a year, or the day of the next year if this one lies too far back.
fn this_or_next(month: u32, day: u32, clock: Clock) -> Option<f64> {
    let mut year = 1970;
    while days(year + 1, 1, 1)? <= clock.today() {
        year += 1;
    }
    let this = days(year, month, day)?;
    if (clock.today() - this) * DAY > LAST_YEAR { days(year + 1, month, day) } else { Some(this) }
}
