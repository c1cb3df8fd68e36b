//! This crate reads the recorded pages under `pages/` and works out, without a browser, what the extension would
//! observe on them.
//!
//! [`Recording`] reads a file, [`observe`] does natively what `extension/content/observe.js` and
//! `extension/background/response.js` do in a browser, [`visit`] wraps the result as the core takes it. Scripts of a
//! page are not run and style sheets are not applied: a recording has to hold what is to be seen.

mod document;
mod observe;
mod recording;

pub use observe::{OBSERVED_AT, observe, visit};
pub use recording::{
    Answer, Browser, End, Failure, HEALTHY, ListError, ParseError, RawResponse, Recording, all, folder,
};
