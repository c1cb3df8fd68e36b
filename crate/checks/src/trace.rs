//! This module reads `/cdn-cgi/trace`: lines of `key=value` that Cloudflare writes on every host behind it. It reads leniently:
//! unknown and repeated keys occur, and a value may hold `=`. But a page in its place, or somebody else's text, is no trace.

#[derive(Clone, Debug, PartialEq)]
pub struct Trace {
    /// The country, as two capitals or digits: ISO 3166-1, `T1` for Tor, `XX` where Cloudflare does not know.
    pub country: String,
    /// The data centre, by its airport code; empty when it is not told.
    pub colo: String,
    /// The visitor's IP address, as Cloudflare writes it. It is compared, and shown by [`mask`] alone.
    pub address: String,
}

/// The number of lines that are read; a real trace has two dozen.
const LINES: usize = 64;

impl Trace {
    pub fn read(body: &str) -> Option<Self> {
        let value = |key: &str| {
            body.lines().take(LINES).find_map(|line| line.strip_prefix(key)?.strip_prefix('=')).map(str::trim)
        };
        let country = value("loc").filter(|code| {
            code.len() == 2 && code.bytes().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit())
        })?;
        let colo = value("colo").filter(|code| code.len() == 3 && code.bytes().all(|byte| byte.is_ascii_uppercase()));
        Some(Self {
            country: country.into(),
            colo: colo.unwrap_or_default().into(),
            address: value("ip").filter(|address| is_address(address))?.into(),
        })
    }
}

impl Trace {
    pub fn is_old(&self) -> bool {
        is_old(&self.address)
    }
}

/// Tells whether an address is of the fourth version of IP, and not of the sixth.
fn is_old(address: &str) -> bool {
    !address.contains(':')
}

/// Tells whether a text looks like an IP address; the standard library's reader would be a tenth of the module.
fn is_address(text: &str) -> bool {
    let groups = |sign: char, size: usize, digit: fn(&char) -> bool| {
        text.split(sign).all(|group| group.len() <= size && group.chars().all(|c| digit(&c)))
    };
    if is_old(text) {
        let whole = text.split('.').count() == 4 && text.split('.').all(|group| !group.is_empty());
        whole && groups('.', 3, char::is_ascii_digit)
    } else {
        text.split(':').count() <= 8 && text.len() > 2 && groups(':', 4, char::is_ascii_hexdigit)
    }
}

/// Returns the first two groups of an address: this is enough to tell networks apart, but not to find a person.
pub fn mask(address: &str) -> String {
    let mut groups = address.split(['.', ':']);
    let [first, second] = [groups.next().unwrap_or_default(), groups.next().unwrap_or_default()];
    if is_old(address) { [first, ".", second, ".*.*"].concat() } else { [first, ":", second, ":*"].concat() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::net::IpAddr;

    const REAL: &str = "fl=71f75\nh=chatgpt.com\nip=2001:db8:7::a1\nts=1763798400.123\nvisit_scheme=https\nuag=Mozilla/5.0 (a=b)\ncolo=NRT\nsliver=none\nhttp=http/2\nloc=JP\ntls=TLSv1.3\nsni=plaintext\nwarp=off\ngateway=off\nrbi=off\nkex=X25519MLKEM768\n";

    #[test]
    fn a_trace_is_read() {
        let trace = Trace::read(REAL).unwrap();
        assert_eq!((trace.country.as_str(), trace.colo.as_str()), ("JP", "NRT"));
        assert_eq!(mask(&trace.address), "2001:db8:*");
        assert_eq!(Trace::read(&REAL.replace('\n', "\r\n")), Some(trace));
        assert_eq!(Trace::read("ip=203.0.113.7\nloc=T1").unwrap().country, "T1");
        assert_eq!(mask("203.0.113.7"), "203.0.*.*");
    }

    #[test]
    fn what_is_no_trace_is_none() {
        for body in [
            "",
            "<!doctype html><title>Just a moment...</title>",
            "ip=203.0.113.7",
            "loc=DE",
            "ip=somewhere\nloc=DE",
            "ip=203.0.113.7\nloc=Germany",
            "{\"ip\":\"203.0.113.7\",\"loc\":\"DE\"}",
            &"x=y\n".repeat(LINES).chars().chain("ip=203.0.113.7\nloc=DE".chars()).collect::<String>(),
        ] {
            assert_eq!(Trace::read(body), None, "{body:.60}");
        }
    }

    proptest! {
        #[test]
        fn no_text_makes_it_fail(body in ".{0,400}") {
            let _ = Trace::read(&body);
        }

        #[test]
        fn every_address_is_one_and_its_mask_holds_no_more_than_two_groups(new in any::<u128>(), old in any::<u32>()) {
            for address in [IpAddr::from(new.to_be_bytes()), IpAddr::from(old.to_be_bytes())] {
                let written = address.to_string();
                let mapped = written.contains('.') && written.contains(':');
                prop_assert!(mapped || is_address(&written), "{written}");
                prop_assert_eq!(is_old(&written), address.is_ipv4());
                prop_assert!(!mask(&written).contains(&written));
                prop_assert!(mask(&written).split(['.', ':']).filter(|group| *group != "*").count() <= 2);
            }
        }
    }
}
