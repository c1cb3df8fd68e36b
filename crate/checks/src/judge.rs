//! This module says what the answers mean: it makes one finding for each check, in the order of [`Check`]. A check that could not
//! run says so, and says nothing else.

use crate::{Check, Finding, Listed, Miss, Product, Seen, State, Trace, Value, checked, listed, mask};

/// The number of seconds that a clock may be off: certificates and sign-in codes forgive a minute.
const CLOCK: f64 = 60.0;
/// Where answers take this long at the median, in milliseconds, the app feels broken.
const SLOW: u32 = 1_500;
/// A `Cookie` header above this many bytes is refused in places: servers mostly take 8 to 16 kB of headers in all.
const HEAVY: u32 = 8_000;

/// The largest number of incidents that are shown, and of characters of the name of each: others write them.
const INCIDENTS: usize = 8;
const NAME: usize = 120;
/// The largest number of characters of a network error that are shown: Firefox has sentences for some.
const FAILURE: usize = 120;

pub fn judge(seen: &Seen, product: Product) -> Vec<Finding> {
    vec![
        country(seen, product),
        route(seen),
        steadiness(seen),
        reachability(seen),
        service(seen),
        clock(seen),
        cookies(seen),
    ]
}

fn finding(check: Check, state: State, id: &'static str, values: Vec<Value>) -> Finding {
    Finding { check, state, id, values, rows: Vec::new(), times: Vec::new() }
}

/// Makes the finding that says why a check could not run.
fn missed(check: Check, miss: Option<&Miss>) -> Finding {
    let values: Vec<Value> = miss.and_then(told).into_iter().collect();
    let id = match miss {
        None | Some(Miss::NotAsked) => "not_asked",
        Some(Miss::TimedOut) => "timed_out",
        Some(Miss::Unreadable) => "unreadable",
        Some(Miss::Status(_) | Miss::Failed(_)) if values.is_empty() => "no_answer_untold",
        Some(Miss::Status(_) | Miss::Failed(_)) => "no_answer",
    };
    finding(check, State::NotRun, id, values)
}

fn told(miss: &Miss) -> Option<Value> {
    match miss {
        Miss::Failed(error) if !error.is_empty() => Some(Value::Failure(short(error, FAILURE))),
        Miss::Status(status) => Some(Value::Status(*status)),
        _ => None,
    }
}

/// Returns the first characters of what others wrote, without those that break the line or turn its direction.
fn short(text: &str, most: usize) -> String {
    let turns = |c: &char| matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().filter(|c| !c.is_control() && !turns(c)).take(most).collect()
}

/// Judges the country by the trace of the page's own host, or else by the first trace that answered.
fn country(seen: &Seen, product: Product) -> Finding {
    let samples = seen.samples.iter().map(|sample| &sample.trace);
    let mut all = seen.traces.iter().map(|(_, trace)| trace).chain(samples);
    let Some(trace) = all.clone().find_map(|trace| trace.as_ref().ok()) else {
        return missed(Check::Country, all.find_map(|trace| trace.as_ref().err()));
    };
    let place = Value::Country(trace.country.clone());
    let day = checked(&trace.country).map(|day| Value::Day(day.into()));
    let (state, id) = match trace.country.as_str() {
        "T1" => (State::Bad, "country_tor"),
        "XX" => (State::Open, "country_hidden"),
        code => match listed(code, product) {
            Listed::Yes => (State::Good, "country_supported"),
            Listed::No => (State::Bad, "country_unsupported"),
            Listed::Open => (State::Open, "country_open"),
        },
    };
    let values = match id {
        "country_tor" | "country_hidden" => vec![],
        "country_open" => vec![place],
        _ => std::iter::once(place).chain(day).collect(),
    };
    let colo = Some(trace.colo.clone()).filter(|colo| !colo.is_empty()).map(Value::Colo);
    let row: Vec<Value> = [Some(Value::Address(mask(&trace.address))), colo].into_iter().flatten().collect();
    let mut found = finding(Check::Country, state, id, values);
    found.rows.push(row);
    found
}

/// Judges which hosts are reached which way: by country, and by address within a family of addresses.
fn route(seen: &Seen) -> Finding {
    let answered: Vec<(&String, &Trace)> =
        seen.traces.iter().filter_map(|(host, trace)| Some((host, trace.as_ref().ok()?))).collect();
    if answered.len() < 2 {
        return missed(Check::Route, seen.traces.iter().find_map(|(_, trace)| trace.as_ref().err()));
    }
    let mut ways: Vec<Way> = Vec::new();
    for (host, trace) in answered {
        match ways.iter_mut().find(|way| way.takes(trace)) {
            Some(way) => {
                way.traces.push(trace);
                way.hosts.push(host.clone());
            }
            None => ways.push(Way { first: trace, traces: vec![trace], hosts: vec![host.clone()] }),
        }
    }
    let countries = differing(ways.iter().map(|way| way.first.country.as_str()));
    let (state, id) = match (ways.len(), countries) {
        (1, _) => (State::Good, "route_one"),
        (_, 1) => (State::Bad, "route_split"),
        _ => (State::Bad, "route_split_countries"),
    };
    let mut found = finding(Check::Route, state, id, vec![Value::Count(ways.len() as u32)]);
    found.rows = ways
        .into_iter()
        .map(|Way { first, hosts, .. }| {
            vec![Value::Country(first.country.clone()), Value::Address(mask(&first.address)), Value::Hosts(hosts)]
        })
        .collect();
    found
}

/// The hosts that are reached from one place.
struct Way<'t> {
    first: &'t Trace,
    traces: Vec<&'t Trace>,
    hosts: Vec<String>,
}

impl Way<'_> {
    /// Tells whether a trace takes this way. A browser takes IPv4 for one host and IPv6 for another as it likes; that alone is no
    /// other way. Two addresses of the same family are two ways.
    fn takes(&self, trace: &Trace) -> bool {
        let same = |known: &&Trace| known.address == trace.address || known.is_old() != trace.is_old();
        self.first.country == trace.country && self.traces.iter().all(same)
    }
}

fn differing<T: PartialEq>(all: impl Iterator<Item = T>) -> usize {
    let mut known: Vec<T> = Vec::new();
    for one in all {
        if !known.contains(&one) {
            known.push(one);
        }
    }
    known.len()
}

fn steadiness(seen: &Seen) -> Finding {
    let samples = &seen.samples;
    let answered: Vec<(u32, &Trace)> =
        samples.iter().filter_map(|sample| Some((sample.ms, sample.trace.as_ref().ok()?))).collect();
    if answered.len() < 2 {
        return missed(Check::Steadiness, samples.iter().find_map(|sample| sample.trace.as_ref().err()));
    }
    let lost = samples.iter().filter(|sample| sample.trace.is_err()).count() as u32;
    let times = || answered.iter().map(|(ms, _)| *ms);
    // There are only a few times, so this does not sort: sorting would be a tenth of the module.
    let middle = |time: &u32| times().filter(|other| other < time).count() <= answered.len() / 2;
    let median = times().filter(middle).max().unwrap_or_default();
    let spread = times().max().unwrap_or_default() - times().min().unwrap_or_default();
    let countries = differing(answered.iter().map(|(_, trace)| trace.country.as_str())) as u32;
    let addresses = |old: bool| {
        differing(answered.iter().filter(|(_, trace)| trace.is_old() == old).map(|(_, trace)| &trace.address))
    };
    let ways = addresses(true).max(addresses(false)) as u32;
    let (state, id, values) = if countries > 1 {
        (State::Bad, "countries_change", vec![Value::Count(countries)])
    } else if ways > 1 {
        (State::Bad, "address_changes", vec![Value::Count(ways)])
    } else if lost > 0 {
        (State::Bad, "answers_lost", vec![Value::Count(lost), Value::Count(samples.len() as u32)])
    } else if median > SLOW {
        (State::Bad, "answers_slow", vec![Value::Milliseconds(median)])
    } else {
        (State::Good, "steady", vec![Value::Milliseconds(median), Value::Milliseconds(spread)])
    };
    let mut found = finding(Check::Steadiness, state, id, values);
    found.times = samples.iter().map(|sample| sample.trace.is_ok().then_some(sample.ms)).collect();
    found
}

fn reachability(seen: &Seen) -> Finding {
    let asked: Vec<&(String, Result<(), Miss>)> =
        seen.reached.iter().filter(|(_, answer)| *answer != Err(Miss::NotAsked)).collect();
    if asked.is_empty() {
        return missed(Check::Reachability, None);
    }
    let silent: Vec<Vec<Value>> = asked
        .iter()
        .filter_map(|(host, answer)| {
            let miss = answer.as_ref().err()?;
            Some(std::iter::once(Value::Host(host.clone())).chain(told(miss)).collect())
        })
        .collect();
    let (count, total) = (Value::Count(silent.len() as u32), Value::Count(asked.len() as u32));
    let (state, id, values) = match silent.len() {
        0 => (State::Good, "all_answer", vec![total]),
        some if some == asked.len() => (State::Bad, "none_answers", vec![total]),
        _ => (State::Bad, "some_silent", vec![count, total]),
    };
    let mut found = finding(Check::Reachability, state, id, values);
    found.rows = silent;
    found
}

fn service(seen: &Seen) -> Finding {
    let service = match &seen.service {
        Some(Ok(service)) => service,
        other => return missed(Check::Service, other.as_ref().and_then(|answer| answer.as_ref().err())),
    };
    if service.open.is_empty() {
        return finding(Check::Service, State::Good, "no_incident", vec![]);
    }
    let mut found = finding(Check::Service, State::Bad, "incident", vec![Value::Count(service.open.len() as u32)]);
    found.rows = service
        .open
        .iter()
        .take(INCIDENTS)
        .map(|incident| {
            std::iter::once(Value::Name(short(&incident.name, NAME))).chain(incident.since.map(Value::Time)).collect()
        })
        .collect();
    found
}

fn clock(seen: &Seen) -> Finding {
    let Some(ahead) = seen.ahead else { return missed(Check::Clock, None) };
    let off = Value::Seconds(ahead.abs().round().min(f64::from(u32::MAX)) as u32);
    let (state, id) = if ahead > CLOCK {
        (State::Bad, "clock_ahead")
    } else if ahead < -CLOCK {
        (State::Bad, "clock_behind")
    } else {
        (State::Good, "clock_right")
    };
    finding(Check::Clock, state, id, vec![off])
}

/// Judges the cookies, first of all those of the host that would get the most bytes.
fn cookies(seen: &Seen) -> Finding {
    let Some(jars) = &seen.jars else { return missed(Check::Cookies, None) };
    let total = jars.iter().map(|jar| jar.count).sum();
    let Some(heaviest) = jars.iter().filter(|jar| jar.count > 0).max_by_key(|jar| jar.bytes) else {
        return finding(Check::Cookies, State::Good, "cookies_none", vec![]);
    };
    let sum = |part: fn(&crate::Jar) -> u32| jars.iter().map(part).sum::<u32>();
    let (state, id, values) = if heaviest.bytes > HEAVY {
        (State::Bad, "cookies_heavy", vec![Value::Host(heaviest.host.clone()), Value::Bytes(heaviest.bytes)])
    } else if sum(|jar| jar.twice) > 0 {
        (State::Open, "cookies_twice", vec![Value::Count(sum(|jar| jar.twice))])
    } else if sum(|jar| jar.leftovers) > 0 {
        (State::Open, "login_leftovers", vec![Value::Count(sum(|jar| jar.leftovers))])
    } else {
        (State::Good, "cookies_fine", vec![Value::Count(total), Value::Bytes(heaviest.bytes)])
    };
    let mut found = finding(Check::Cookies, state, id, values);
    found.rows = jars
        .iter()
        .filter(|jar| jar.count > 0)
        .map(|jar| vec![Value::Host(jar.host.clone()), Value::Count(jar.count), Value::Bytes(jar.bytes)])
        .collect();
    found
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Incident, Jar, Sample, Service};
    use proptest::prelude::*;
    use std::net::IpAddr;

    fn trace(country: &str, address: &str) -> Trace {
        Trace { country: country.into(), colo: "FRA".into(), address: address.into() }
    }

    fn healthy() -> Seen {
        let hosts = ["chatgpt.com", "auth.openai.com", "api.openai.com"];
        Seen {
            traces: hosts.map(|host| (host.into(), Ok(trace("DE", "203.0.113.7")))).into(),
            samples: (0..6).map(|n| Sample { ms: 80 + n * 10, trace: Ok(trace("DE", "203.0.113.7")) }).collect(),
            reached: hosts.map(|host| (host.into(), Ok(()))).into(),
            service: Some(Ok(Service::default())),
            ahead: Some(0.4),
            jars: Some(vec![Jar { host: "chatgpt.com".into(), count: 12, bytes: 3_100, ..Jar::default() }]),
        }
    }

    fn ids(seen: &Seen) -> Vec<&'static str> {
        judge(seen, Product::ChatGpt).iter().map(|finding| finding.id).collect()
    }

    #[test]
    fn every_finding_has_a_name_that_is_listed() {
        let source = include_str!("judge.rs");
        let (code, _) = source.split_once("#[cfg(test)]").unwrap();
        for id in crate::IDS {
            assert!(code.contains(&format!("\"{id}\"")), "{id} is never found");
        }
        let named = code.split('"').skip(1).step_by(2).filter(|word| word.contains('_'));
        for id in named {
            assert!(crate::IDS.contains(&id), "{id} is not listed");
        }
    }

    /// Returns the findings that the healthy answers do not have.
    fn other(change: impl FnOnce(&mut Seen)) -> Vec<&'static str> {
        let mut seen = healthy();
        change(&mut seen);
        let usual = ids(&healthy());
        ids(&seen).into_iter().filter(|id| !usual.contains(id)).collect()
    }

    #[test]
    fn all_well_is_said_seven_times() {
        let found = judge(&healthy(), Product::ChatGpt);
        assert!(found.iter().all(|finding| finding.state == State::Good));
        assert_eq!(
            ids(&healthy()),
            ["country_supported", "route_one", "steady", "all_answer", "no_incident", "clock_right", "cookies_fine"]
        );
        assert_eq!(found[0].values, [Value::Country("DE".into()), Value::Day("2026-08-21".into())]);
        assert_eq!(found[2].values, [Value::Milliseconds(110), Value::Milliseconds(50)]);
        assert_eq!(found[2].times.len(), 6);
    }

    #[test]
    fn each_fault_is_its_own_finding() {
        let everywhere = |seen: &mut Seen, country: &str| {
            for (_, answer) in &mut seen.traces {
                *answer = Ok(trace(country, "203.0.113.7"));
            }
            for sample in &mut seen.samples {
                sample.trace = Ok(trace(country, "203.0.113.7"));
            }
        };
        for (country, id) in
            [("HK", "country_unsupported"), ("T1", "country_tor"), ("XX", "country_hidden"), ("AQ", "country_open")]
        {
            assert_eq!(other(|seen| everywhere(seen, country)), [id]);
        }
        assert_eq!(other(|seen| seen.traces[1].1 = Ok(trace("DE", "198.51.100.9"))), ["route_split"]);
        assert_eq!(other(|seen| seen.traces[2].1 = Ok(trace("JP", "198.51.100.9"))), ["route_split_countries"]);
        assert_eq!(other(|seen| seen.traces[1].1 = Ok(trace("DE", "2001:db8::1"))), [""; 0], "the other protocol");
        // One host is reached by IPv4, and the others by IPv6 in two ways.
        let three = |second: &str, third: &str| {
            other(|seen| {
                seen.traces[1].1 = Ok(trace("DE", second));
                seen.traces[2].1 = Ok(trace("DE", third));
            })
        };
        assert_eq!(three("2001:db8:1::1", "2001:db8:2::1"), ["route_split"]);
        assert_eq!(three("2001:db8:1::1", "2001:db8:1::1"), [""; 0]);
        assert_eq!(three("2001:db8:1::1", "198.51.100.9"), ["route_split"]);
        assert_eq!(other(|seen| seen.samples[3].trace = Ok(trace("DE", "198.51.100.9"))), ["address_changes"]);
        assert_eq!(other(|seen| seen.samples[3].trace = Ok(trace("NL", "198.51.100.9"))), ["countries_change"]);
        assert_eq!(other(|seen| seen.samples[3].trace = Ok(trace("DE", "2001:db8::1"))), [""; 0]);
        assert_eq!(other(|seen| seen.samples[3].trace = Err(Miss::TimedOut)), ["answers_lost"]);
        assert_eq!(other(|seen| seen.samples.iter_mut().for_each(|sample| sample.ms = 2_400)), ["answers_slow"]);
        assert_eq!(other(|seen| seen.reached[1].1 = Err(Miss::Failed("net::ERR_FAILED".into()))), ["some_silent"]);
        assert_eq!(other(|seen| seen.ahead = Some(300.0)), ["clock_ahead"]);
        assert_eq!(other(|seen| seen.ahead = Some(-61.0)), ["clock_behind"]);
        let incident = Incident { name: "Elevated errors".into(), since: None };
        assert_eq!(other(|seen| seen.service = Some(Ok(Service { open: vec![incident] }))), ["incident"]);
        // Whoever stands between may write a status page of their own.
        let long = |n: usize| Incident {
            name: format!("{n}\u{202e}\n{}", "Öffne example.com ".repeat(9_000)),
            since: Some(0.0),
        };
        let mut flooded = healthy();
        flooded.service = Some(Ok(Service { open: (0..500).map(long).collect() }));
        flooded.reached[0].1 = Err(Miss::Failed("net::ERR_".repeat(9_000)));
        let told = serde_json::to_string(&judge(&flooded, Product::ChatGpt)).unwrap();
        assert!(told.len() < 6_000, "{} bytes", told.len());
        assert!(!told.contains(['\u{202e}', '\n']) && told.contains("500"));
        let jar = |bytes, twice, leftovers| Jar { host: "chatgpt.com".into(), count: 200, bytes, twice, leftovers };
        assert_eq!(other(|seen| seen.jars = Some(vec![jar(40_000, 3, 3)])), ["cookies_heavy"]);
        assert_eq!(other(|seen| seen.jars = Some(vec![jar(400, 3, 3)])), ["cookies_twice"]);
        assert_eq!(other(|seen| seen.jars = Some(vec![jar(400, 0, 3)])), ["login_leftovers"]);
        assert_eq!(other(|seen| seen.jars = Some(vec![])), ["cookies_none"]);
    }

    #[test]
    fn what_could_not_be_checked_says_so_and_nothing_else() {
        let silent = |miss: Miss| {
            let mut seen = healthy();
            seen.traces.iter_mut().for_each(|(_, answer)| *answer = Err(miss.clone()));
            seen.samples.iter_mut().for_each(|sample| sample.trace = Err(miss.clone()));
            seen.service = Some(Err(miss));
            seen.ahead = None;
            seen.jars = None;
            judge(&seen, Product::ChatGpt)
        };
        for (miss, id) in [
            (Miss::TimedOut, "timed_out"),
            (Miss::Unreadable, "unreadable"),
            (Miss::NotAsked, "not_asked"),
            (Miss::Status(503), "no_answer"),
            (Miss::Failed("net::ERR_FAILED".into()), "no_answer"),
            (Miss::Failed(String::new()), "no_answer_untold"),
        ] {
            let found = silent(miss);
            for at in [0, 1, 2, 4] {
                assert_eq!((found[at].id, found[at].state), (id, State::NotRun));
            }
            for at in [5, 6] {
                assert_eq!((found[at].id, found[at].state), ("not_asked", State::NotRun));
            }
        }
        assert!(judge(&Seen::default(), Product::Api).iter().all(|finding| finding.state == State::NotRun));
    }

    #[test]
    fn the_api_has_its_own_list() {
        let mut seen = healthy();
        seen.traces[0].1 = Ok(trace("GL", "203.0.113.7"));
        assert_eq!(judge(&seen, Product::ChatGpt)[0].id, "country_supported");
        assert_eq!(judge(&seen, Product::Api)[0].id, "country_open");
        assert_eq!(Product::of("platform.openai.com"), Product::Api);
        assert_eq!(Product::of("chatgpt.com"), Product::ChatGpt);
    }

    proptest! {
        #[test]
        fn no_address_is_in_a_finding(
            addresses in prop::collection::vec((any::<u128>(), any::<u32>(), any::<bool>()), 2..6),
        ) {
            let address = |(new, old, which): &(u128, u32, bool)| -> IpAddr {
                if *which { new.to_be_bytes().into() } else { old.to_be_bytes().into() }
            };
            let mut seen = healthy();
            let one = |at: usize| Trace { address: address(&addresses[at % addresses.len()]).to_string(), ..trace("DE", "203.0.113.7") };
            seen.traces.iter_mut().enumerate().for_each(|(at, entry)| entry.1 = Ok(one(at)));
            seen.samples.iter_mut().enumerate().for_each(|(at, sample)| sample.trace = Ok(one(at)));
            let told = serde_json::to_string(&judge(&seen, Product::ChatGpt)).unwrap();
            for entry in &addresses {
                // Shorter addresses may be part of a number.
                let written = address(entry).to_string();
                prop_assert!(written.len() < 7 || !told.contains(&written), "{written} in {told}");
            }
        }
    }
}
