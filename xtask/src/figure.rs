//! This module holds measured numbers with their budgets. They are the lines of `cargo xtask bench`, whichever program
//! measured them.

use serde::{Deserialize, Serialize};

/// The unit of all sizes, which is bytes. Sizes are the same on every machine, unlike times.
pub const BYTES: &str = "B";

#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Figure {
    pub name: String,
    pub value: f64,
    pub unit: String,
    /// The highest value that is allowed, or the lowest one for a factor that has to be reached. `None` means that the
    /// figure is only watched.
    pub budget: Option<f64>,
    pub within: Option<bool>,
}

impl Figure {
    /// Makes the figure of a size that has to stay below `budget` bytes.
    pub fn size(name: &str, bytes: usize, budget: u32) -> Self {
        let (value, budget) = (bytes as f64, f64::from(budget));
        Self { name: name.into(), value, unit: BYTES.into(), budget: Some(budget), within: Some(value < budget) }
    }

    /// Writes the figure as one JSON object on one line.
    pub fn line(&self) -> String {
        serde_json::to_string(self).unwrap_or_default()
    }

    /// Reads a figure from a line that another program printed. Any other line that it may print gives `None`.
    pub fn read(line: &str) -> Option<Self> {
        serde_json::from_str(line).ok()
    }

    pub fn is_over(&self) -> bool {
        self.within == Some(false)
    }

    /// Writes the figure as the row of a table.
    pub fn row(&self) -> String {
        let budget = self.budget.map_or_else(|| "-".into(), |budget| number(budget, &self.unit));
        let within = if self.is_over() { "  over budget" } else { "" };
        format!("{:<36} {:>22} {:>22}{within}", self.name, number(self.value, &self.unit), budget)
    }
}

fn number(value: f64, unit: &str) -> String {
    let digits = if value.fract() == 0.0 { 0 } else { 2 };
    format!("{value:.digits$} {unit}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_size_is_within_only_below_its_budget() {
        assert!(!Figure::size("a", 99, 100).is_over());
        assert!(Figure::size("a", 100, 100).is_over());
    }

    #[test]
    fn lines_are_read_back_and_other_words_are_not() {
        let figure = Figure::size("package", 1234, 2000);
        assert_eq!(Figure::read(&figure.line()), Some(figure));
        assert_eq!(Figure::read("starting the browser"), None);
        let watched = Figure::read(r#"{"name":"x","value":1.5,"unit":"ms","budget":null,"within":null}"#).unwrap();
        assert!(watched.budget.is_none() && !watched.is_over());
    }
}
