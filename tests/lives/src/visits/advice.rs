//! This module says what an adviser is, and what people do today without us: articles, the browser's own error page, clearing everything.

use super::{Happened, Sight, StepId, World};

/// This is somebody who leads a person through a visit.
pub trait Adviser {
    /// Begins a visit with this sight in the tab. `zone`: the time zone of the computer; empty where it tells nothing.
    fn begin(&mut self, sight: &Sight, zone: &'static str);
    /// Returns the step to do now, or `None` if there is nothing more to say.
    fn next(&mut self) -> Option<StepId>;
    /// Notes that a step was done or passed over.
    fn happened(&mut self, step: StepId, what: &Happened);
    /// Tells whether it has been said that nothing at this computer or in this network helps.
    fn says_not_here(&self) -> bool {
        false
    }
    /// Returns whether the last step was just said to have helped, or `None` if nothing was said.
    fn verdict(&self) -> Option<bool> {
        None
    }
}

/// This adviser chooses an order of steps by what the tab shows at the beginning, and then goes through it.
pub struct Listed<'a> {
    world: &'a World,
    choose: fn(&Sight) -> &'static [&'static str],
    left: Vec<StepId>,
}

impl<'a> Listed<'a> {
    pub const fn new(world: &'a World, choose: fn(&Sight) -> &'static [&'static str]) -> Self {
        Self { world, choose, left: Vec::new() }
    }
}

impl Adviser for Listed<'_> {
    fn begin(&mut self, sight: &Sight, _: &'static str) {
        self.left = (self.choose)(sight).iter().rev().filter_map(|id| self.world.step(id)).collect();
    }

    fn next(&mut self) -> Option<StepId> {
        self.left.last().copied()
    }

    fn happened(&mut self, _: StepId, _: &Happened) {
        self.left.pop();
    }
}

/// Returns the steps that clear everything and load the page again.
pub const fn clear_everything(_: &Sight) -> &'static [&'static str] {
    &["clear_sites", "reload"]
}

/// Returns the order of the article that a person finds for what they see (`shared/field.md`): on a refused page, on a failed login, or
/// on the API.
pub fn article(sight: &Sight) -> &'static [&'static str] {
    const DENIED: &[&str] = &["clear_site_data", "check_credentials", "other_browser", "contact_support"];
    const LOGIN: &[&str] = &["leave_vpn", "stable_network", "newest_code", "other_browser"];
    const API: &[&str] = &["appeal", "reset_password"];
    match sight {
        Sight::Fails { place, .. } if place == "login" => LOGIN,
        Sight::Fails { cause, .. } if cause.starts_with("api_") || cause.starts_with("account_") => API,
        _ => DENIED,
    }
}

/// Returns the steps that the error page of a browser proposes.
pub fn browser_page(sight: &Sight) -> &'static [&'static str] {
    const NETWORK: &[&str] = &["reload", "check_connection", "proxy_check", "check_dns"];
    match sight {
        Sight::Fails { place, .. } if place == "network" => NETWORK,
        _ => &["reload"],
    }
}
