//! This module says what there is to draw.

use super::{Case, Moment, Stepping, Tab, event::Asker};
use crate::address::Address;

/// Returns the case that a view or the overlay is to draw for what the tab shows now. `None`: there is nothing to say. A page
/// that asks is told only of itself.
pub fn view(tab: &Tab, by: &Asker, moment: &Moment) -> Option<Case> {
    let stepping = Stepping { tab: tab.clone(), moment, effects: Vec::new() };
    stepping.view(by)
}

impl Stepping<'_> {
    pub(super) fn view(&self, by: &Asker) -> Option<Case> {
        let address = by.address.as_deref().and_then(Address::read);
        let is_ours = address.as_ref().is_some_and(Address::is_ours);
        let host = address.as_ref().filter(|address| is_ours || address.is_in_flow()).map(|address| address.host);
        let stored = if by.page { self.tab.page() } else { self.tab.case.as_ref() };
        let is_list = !by.page && stored.is_some_and(Case::is_of_elsewhere);
        if !is_list && host.is_none() {
            return None;
        }
        // A page that has a name is told only of what it has reported itself.
        let load = by.load.as_deref().filter(|load| by.page && !load.is_empty());
        if load.is_some() && stored.is_some_and(|case| case.load.as_deref() != load) {
            return None;
        }
        let of_host = |case: &&Case| Address::read(&case.url).is_some_and(|known| Some(known.host) == host);
        if let Some(case) = stored.filter(|case| is_list || of_host(case)) {
            // A case that the person does not want to see counts as closed.
            let closed = case.closed || (by.page && self.is_hidden(case));
            let undo = self.tab.undo.as_ref().map(|undo| undo.remedy.clone());
            return Some(Case { closed, undo, reserve: None, under: None, ..case.clone() });
        }
        (is_ours && !by.page).then(|| self.healthy(by.address.as_deref().unwrap_or_default(), self.moment.now))
    }
}
