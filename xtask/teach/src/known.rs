//! This module reads what is known already: the recorded pages and the messages, each with its right answer.

#[allow(dead_code, reason = "the test of the messages uses the rest of it")]
#[path = "../../../tests/messages/rows.rs"]
mod rows;

use access_medic::Visit;
use access_medic_phrases::folded;
use recordings::{Browser, HEALTHY, ListError, visit};

/// A page or a message, as the core gets it.
pub struct Known {
    pub name: String,
    /// The right answer; `None`: nothing is wrong.
    pub cause: Option<String>,
    /// The same thing as each browser sees it.
    pub visits: Vec<Visit>,
    /// All of its words, folded as phrases are.
    pub words: String,
}

impl Known {
    pub fn new(name: String, cause: Option<String>, visits: Vec<Visit>) -> Self {
        let words = visits.iter().flat_map(|visit| {
            let page = visit.evidence.page.iter().flat_map(|page| [page.title.as_str(), page.text.as_str()]);
            page.chain(visit.evidence.alerts.iter().map(|alert| alert.text.as_str()))
        });
        let words = folded(&words.collect::<Vec<_>>().join("\n"));
        Self { name, cause, visits, words }
    }
}

/// Returns every recorded page and every message. A message of a page that no browser shows is left out.
pub fn known() -> Result<Vec<Known>, ListError> {
    let pages = recordings::all()?.into_iter().map(|recording| {
        let cause = Some(recording.expected.clone()).filter(|cause| cause != HEALTHY);
        let visits = Browser::ALL.map(|browser| visit(&recording, browser)).to_vec();
        Known::new(recording.name, cause, visits)
    });
    let messages = rows::all().into_iter().filter_map(|row| {
        let visit = row.visit()?;
        Some(Known::new(row.id, row.cause, vec![visit]))
    });
    Ok(pages.chain(messages).collect())
}
