//! This module counts tests from what the runners print at the end: cargo's `test result:` lines, and the summary of
//! Node's runner in either of its forms.

use std::fmt;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Tally {
    pub passed: u32,
    pub failed: u32,
    pub skipped: u32,
}

impl Tally {
    pub fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    pub fn ran(self) -> u32 {
        self.passed + self.failed
    }

    /// Reads a line such as `test result: ok. 12 passed; 0 failed; 1 ignored; …`. libtest-mimic prints the same.
    pub fn cargo(line: &str) -> Option<Self> {
        let (_, counts) = plain(line).strip_prefix("test result: ")?.to_owned().split_once(". ").map(owned)?;
        let mut tally = Self::default();
        for part in counts.split(';') {
            match part.trim().split_once(' ') {
                Some((number, "passed")) => tally.passed = number.parse().ok()?,
                Some((number, "failed")) => tally.failed = number.parse().ok()?,
                Some((number, "ignored")) => tally.skipped = number.parse().ok()?,
                _ => {}
            }
        }
        Some(tally)
    }

    /// Reads one line of Node's summary: `ℹ pass 3` or `# pass 3`. Tests that a name pattern left out are not counted.
    pub fn node(line: &str, filtered: bool) -> Option<Self> {
        let line = plain(line);
        let (word, number) = line.strip_prefix("ℹ ").or_else(|| line.strip_prefix("# "))?.split_once(' ')?;
        let number = number.trim().parse().ok()?;
        let mut tally = Self::default();
        match word {
            "pass" => tally.passed = number,
            "fail" | "cancelled" => tally.failed = number,
            "skipped" | "todo" if !filtered => tally.skipped = number,
            _ => return None,
        }
        Some(tally)
    }
}

/// This writes the closing line, in words that everybody understands.
impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} passed, {} failed", self.passed, self.failed)?;
        if self.skipped > 0 {
            write!(f, ", {} skipped", self.skipped)?;
        }
        Ok(())
    }
}

fn owned((a, b): (&str, &str)) -> (String, String) {
    (a.to_owned(), b.to_owned())
}

/// Returns the line without the colours that a terminal would show.
fn plain(line: &str) -> String {
    let mut plain = String::with_capacity(line.len());
    let mut rest = line;
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once(|c: char| c.is_ascii_alphabetic()).map_or("", |(_, rest)| rest);
    }
    plain + rest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tally(passed: u32, failed: u32, skipped: u32) -> Tally {
        Tally { passed, failed, skipped }
    }

    #[test]
    fn cargo_lines_are_counted() {
        let line = "test result: ok. 12 passed; 0 failed; 1 ignored; 0 measured; 3 filtered out; finished in 0.10s";
        assert_eq!(Tally::cargo(line), Some(tally(12, 0, 1)));
        let line = "test result: \u{1b}[31mFAILED\u{1b}[m. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out";
        assert_eq!(Tally::cargo(line), Some(tally(1, 2, 0)));
        assert_eq!(Tally::cargo("test names_are_right ... ok"), None);
    }

    #[test]
    fn node_summaries_are_counted_in_both_forms() {
        assert_eq!(Tally::node("ℹ pass 7", false), Some(tally(7, 0, 0)));
        assert_eq!(Tally::node("# fail 2", false), Some(tally(0, 2, 0)));
        assert_eq!(Tally::node("\u{1b}[34mℹ cancelled 1\u{1b}[39m", false), Some(tally(0, 1, 0)));
        assert_eq!(Tally::node("# skipped 4", false), Some(tally(0, 0, 4)));
        assert_eq!(Tally::node("# skipped 4", true), None);
        assert_eq!(Tally::node("# tests 7", false), None);
        assert_eq!(Tally::node("✔ pass 7", false), None);
    }

    #[test]
    fn the_closing_line_is_plain() {
        assert_eq!(tally(3, 0, 0).to_string(), "3 passed, 0 failed");
        assert_eq!(tally(3, 1, 2).to_string(), "3 passed, 1 failed, 2 skipped");
    }
}
