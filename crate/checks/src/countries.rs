//! This module says where OpenAI offers its products, by its own lists. Places that the lists leave open are open here, too.
//!
//! Source: OpenAI's supported-countries pages, of the days that `countries.csv` names.

/// This says which list is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Product {
    ChatGpt,
    Api,
}

impl Product {
    /// The API platform has its own list; everything else is ChatGPT's.
    pub fn of(host: &str) -> Self {
        let api = ["api.openai.com", "platform.openai.com", "developers.openai.com"].contains(&host);
        if api { Self::Api } else { Self::ChatGpt }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Listed {
    Yes,
    No,
    /// The place is neither on the list nor plainly off it.
    Open,
}

struct Entry {
    code: &'static str,
    /// The entries for ChatGPT and for the API.
    listed: [Listed; 2],
    checked: &'static str,
}

include!(concat!(env!("OUT_DIR"), "/countries.rs"));

fn entry(code: &str) -> Option<&'static Entry> {
    COUNTRIES.binary_search_by_key(&code, |entry| entry.code).ok().and_then(|at| COUNTRIES.get(at))
}

/// Tells whether a place is listed, by its ISO 3166-1 alpha-2 code in capitals; a code that is none is open.
pub fn listed(code: &str, product: Product) -> Listed {
    entry(code).map_or(Listed::Open, |entry| match product {
        Product::ChatGpt => entry.listed[0],
        Product::Api => entry.listed[1],
    })
}

/// Returns the day on which the entry was last seen on the lists, like `2026-11-10`.
pub fn checked(code: &str) -> Option<&'static str> {
    entry(code).map(|entry| entry.checked)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_list_is_read() {
        for (code, chatgpt, api) in [
            ("DE", Listed::Yes, Listed::Yes),
            ("HK", Listed::No, Listed::No),
            ("CN", Listed::No, Listed::No),
            ("GL", Listed::Yes, Listed::Open),
            ("AQ", Listed::Open, Listed::Open),
            ("T1", Listed::Open, Listed::Open),
            ("de", Listed::Open, Listed::Open),
        ] {
            assert_eq!((listed(code, Product::ChatGpt), listed(code, Product::Api)), (chatgpt, api), "{code}");
        }
        assert_eq!(checked("DE"), Some("2026-08-21"));
        assert_eq!(checked("XX"), None);
        assert!(COUNTRIES.len() > 240);
    }
}
