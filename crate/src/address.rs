//! This module reads the address of a page: host, path and query. Browsers hand over addresses in canonical form, so it splits
//! and decodes them, and does not repair them.

use crate::catalog::{self, Passed};

pub struct Address<'a> {
    pub host: &'a str,
    pub path: &'a str,
    scheme: &'a str,
    port: &'a str,
    query: &'a str,
}

/// The number of characters of a path that are kept, because a page can request a long one.
const PATH: usize = 300;

impl<'a> Address<'a> {
    /// Reads an address. `None`: it is neither http nor https, or its host is too long to be one.
    pub fn read(url: &'a str) -> Option<Self> {
        let (scheme, rest) = url.split_once("://").filter(|(scheme, _)| ["http", "https"].contains(scheme))?;
        let rest = rest.split('#').next().unwrap_or_default();
        let (rest, query) = rest.split_once('?').unwrap_or((rest, ""));
        let (authority, path) = rest.find('/').and_then(|at| rest.split_at_checked(at)).unwrap_or((rest, "/"));
        let host = authority.rsplit('@').next().unwrap_or_default();
        let (host, port) = host.split_once(':').unwrap_or((host, ""));
        // No host has a longer name.
        (host.len() <= 253).then_some(Self { host, path, scheme, port, query })
    }

    /// Returns the host, with its port if that is not the usual one.
    pub fn site(&self) -> String {
        if self.port.is_empty() { self.host.to_owned() } else { format!("{}:{}", self.host, self.port) }
    }

    /// Returns host and path, with `*` for each part that may be the id of a conversation or a person: `chatgpt.com/c/*`.
    pub fn place(&self) -> String {
        self.site() + &without_ids(self.path)
    }

    /// Returns the same with the scheme. The query is left out, because it may carry a question or a session.
    pub fn masked(&self) -> String {
        format!("{}://{}", self.scheme, self.place())
    }

    /// Is this an https page of OpenAI's?
    pub fn is_ours(&self) -> bool {
        self.scheme == "https" && self.is_openai()
    }

    /// Tells whether this is a host of OpenAI's. The registrable domain decides: `chatgpt.com.example.net` is none.
    pub fn is_openai(&self) -> bool {
        catalog::OURS
            .iter()
            .any(|domain| self.host == *domain || self.host.strip_suffix(domain).is_some_and(|sub| sub.ends_with('.')))
    }

    /// Is this ChatGPT, by one of its names?
    pub fn is_app(&self) -> bool {
        self.is_openai() && (self.host.ends_with("chatgpt.com") || self.host == "chat.openai.com")
    }

    /// Is this a host of the sign-in that OpenAI's products share?
    pub fn is_sign_in(&self) -> bool {
        self.host.starts_with("auth") && self.is_openai()
    }

    /// Is this a page of the sign-in, on its own hosts or on those of the products?
    pub fn is_login(&self) -> bool {
        self.host.starts_with("auth")
            || ["/auth/", "/api/auth/", "/error"].iter().any(|prefix| self.path.starts_with(prefix))
    }

    /// Is this a page of somebody else's that a sign-in to OpenAI passes through? Only signatures that name its host look
    /// at such a page, and nothing of it is ever cleared.
    pub fn is_in_flow(&self) -> bool {
        catalog::PASSED.iter().any(|Passed { schemes, hosts, ports, paths }| {
            schemes.contains(&self.scheme)
                && hosts.contains(&self.host)
                && if ports.is_empty() { self.port.is_empty() } else { ports.contains(&self.port) }
                && paths.iter().any(|path| glob(path, self.path))
        })
    }

    /// Tells whether the host is this computer, where a program waits for the answer of a sign-in.
    pub fn is_program(&self) -> bool {
        matches!(self.host, "localhost" | "127.0.0.1")
    }

    /// Tells whether the path is short and no part of it may be an id of a conversation or a person, or is the `*` that stands
    /// for one.
    pub fn names_no_one(&self) -> bool {
        self.path.len() <= 100 && self.path.split('/').all(|part| !is_id(part) && !part.contains('*'))
    }

    /// Returns the decoded value of the first parameter of this name.
    pub fn parameter(&self, name: &str) -> Option<String> {
        self.query.split('&').find_map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (key == name).then(|| decode(value))
        })
    }
}

/// May this part of a path be the id of a conversation or a person?
fn is_id(part: &str) -> bool {
    let digits = part.bytes().any(|byte| byte.is_ascii_digit());
    part.len() > 32 || (digits && part.len() >= 8) || part.contains(['%', '@', ':'])
}

/// Returns a path with `*` for each part that may be an id. `withoutIds` in `extension/background/sites.js` does the same.
pub fn without_ids(path: &str) -> String {
    let parts: Vec<_> = path.split('/').map(|part| if is_id(part) { "*" } else { part }).collect();
    parts.join("/").chars().take(PATH).collect()
}

/// Decodes a value. The result is empty if the decoded bytes are no text.
fn decode(value: &str) -> String {
    let mut bytes = Vec::with_capacity(value.len());
    let mut rest = value.as_bytes();
    while let Some((&byte, tail)) = rest.split_first() {
        rest = tail;
        bytes.push(match (byte, tail) {
            (b'+', _) => b' ',
            (b'%', [high, low, after @ ..]) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                rest = after;
                hex(*high) << 4 | hex(*low)
            }
            _ => byte,
        });
    }
    String::from_utf8(bytes).unwrap_or_default()
}

fn hex(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        _ => digit.to_ascii_lowercase() - b'a' + 10,
    }
}

/// Tells whether the whole of `text` fits `pattern`, which may have any number of `*`. It compares bytes, because the standard
/// library's search for a string in a string is more code than this needs.
pub fn glob(pattern: &str, text: &str) -> bool {
    let mut parts = pattern.as_bytes().split(|byte| *byte == b'*');
    let head = parts.next().unwrap_or_default();
    let Some(mut rest) = text.as_bytes().strip_prefix(head) else { return false };
    let Some(mut part) = parts.next() else { return rest.is_empty() };
    for following in parts {
        let Some(at) = position(part, rest) else { return false };
        rest = rest.get(at + part.len()..).unwrap_or_default();
        part = following;
    }
    rest.ends_with(part)
}

fn position(part: &[u8], text: &[u8]) -> Option<usize> {
    if part.is_empty() { Some(0) } else { text.windows(part.len()).position(|window| window == part) }
}

#[cfg(test)]
mod tests {
    use super::{Address, glob};

    #[test]
    fn splits_an_address() {
        let address = Address::read("https://auth.openai.com/error?payload=a%2Bb%3D%zz+&x#y?z").unwrap();
        assert_eq!((address.host, address.path), ("auth.openai.com", "/error"));
        assert_eq!(address.parameter("payload").as_deref(), Some("a+b=%zz "));
        assert_eq!(address.parameter("x").as_deref(), Some(""));
        assert_eq!(address.parameter("y"), None);
        assert!(Address::read("chrome-error://chromewebdata/").is_none());
        assert_eq!(Address::read("https://chatgpt.com").unwrap().path, "/");
    }

    #[test]
    fn only_the_registrable_domain_counts() {
        for (url, expected) in [
            ("https://chatgpt.com/", true),
            ("https://auth.openai.com:443/x", true),
            ("https://chatgpt.com.example.net/", false),
            ("https://notopenai.com/", false),
            ("https://my-openai-proxy.example/", false),
            ("https://user@openai.com/", true),
            ("https://openai.com@example.net/", false),
        ] {
            assert_eq!(Address::read(url).unwrap().is_openai(), expected, "{url}");
        }
    }

    #[test]
    fn a_sign_in_passes_through_few_other_pages() {
        for (url, expected) in [
            ("https://accounts.google.com/v3/signin/rejected?x=1", true),
            ("https://accounts.google.com/o/oauth2/v2/auth?client_id=x", true),
            ("https://appleid.apple.com/auth/authorize?client_id=x", true),
            ("https://login.microsoftonline.com/common/oauth2/v2.0/authorize", true),
            ("https://login.live.com/oauth20_authorize.srf?client_id=x", true),
            ("https://login.live.com/", false),
            ("https://accounts.google.com/", false),
            ("https://accounts.google.com/b/0/ManageAccount", false),
            ("https://accounts.google.com/x/../signin/", false),
            ("http://accounts.google.com/o/oauth2/auth", false),
            ("https://accounts.google.com:8443/o/oauth2/auth", false),
            ("https://accounts.google.com:x@evil.example/o/oauth2/auth", false),
            ("https://evil.example/?https://accounts.google.com/o/oauth2/auth", false),
            ("https://appleid.apple.com/account/manage", false),
            ("https://mail.google.com/", false),
            ("https://accounts.google.com.example.net/", false),
            ("https://chatgpt.com/", false),
            ("http://localhost:1455/auth/callback?error=access_denied", true),
            ("http://127.0.0.1:1457/auth/callback", true),
            ("http://localhost:1455/", false),
            ("http://localhost:3000/auth/callback?error=access_denied", false),
            ("http://localhost/auth/callback", false),
            ("http://localhost:3000/admin", false),
            ("http://localhost:1455/auth/callback/more", false),
        ] {
            let address = Address::read(url).unwrap();
            assert_eq!(address.is_in_flow(), expected, "{url}");
            assert!(!(address.is_in_flow() && address.is_openai()), "{url}");
        }
    }

    #[test]
    fn stars_stand_for_anything() {
        assert!(glob(
            "script:/cdn-cgi/*/orchestrate/*",
            "script:/cdn-cgi/challenge-platform/h/b/orchestrate/chl_page/v1"
        ));
        assert!(glob("*", "") && glob("a*", "a") && glob("*b", "ab") && glob("a", "a"));
        assert!(!glob("a*b", "ac") && !glob("a", "ab") && !glob("a*b*c", "acb"));
    }
}
