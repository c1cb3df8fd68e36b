//! These tests go from what the checks found to what a person is told to do: scenario → cause → first three steps. Run
//! them with `--nocapture` to see the table.

use access_medic::{Confidence, Evidence, Standing, StepState, Told, Visit, examine, zoned_places};
use access_medic_checks::{Incident, Jar, Listed, Miss, Product, Sample, Seen, Service, Trace, judge, listed};

fn trace(country: &str, address: &str) -> Trace {
    let body = format!("h=chatgpt.com\nip={address}\nloc={country}\ncolo=FRA\nwarp=off\n");
    Trace::read(&body).expect("a trace")
}

const HERE: &str = "203.0.113.7";
const ELSEWHERE: &str = "198.51.100.9";

fn seen(country: &str) -> Seen {
    let hosts = ["chatgpt.com", "auth.openai.com", "platform.openai.com"];
    Seen {
        traces: hosts.map(|host| (host.into(), Ok(trace(country, HERE)))).into(),
        samples: (0..6).map(|_| Sample { ms: 90, trace: Ok(trace(country, HERE)) }).collect(),
        reached: hosts.map(|host| (host.into(), Ok(()))).into(),
        service: Some(Ok(Service::default())),
        ahead: Some(0.2),
        jars: Some(vec![Jar { host: "chatgpt.com".into(), count: 9, bytes: 2_000, ..Jar::default() }]),
    }
}

fn with(change: impl FnOnce(&mut Seen)) -> Seen {
    let mut seen = seen("DE");
    change(&mut seen);
    seen
}

/// This is what a page showed, and what the checks saw then.
struct Scenario {
    name: &'static str,
    cause: &'static str,
    confidence: Confidence,
    seen: Seen,
    /// The right cause and the right first three steps.
    right: (&'static str, [&'static str; 3]),
}

fn scenarios() -> Vec<Scenario> {
    use Confidence::{Certain, Likely, Possible};
    let case = |name, (cause, confidence), seen, turned, steps| Scenario {
        name,
        cause,
        confidence,
        seen,
        right: (turned, steps),
    };
    let edge = ("edge_refused", Likely);
    let heavy = Jar { host: "chatgpt.com".into(), count: 200, bytes: 40_000, ..Jar::default() };
    let nothing = |seen: &mut Seen, miss: Miss| {
        seen.traces.iter_mut().for_each(|(_, answer)| *answer = Err(miss.clone()));
        seen.samples.iter_mut().for_each(|sample| sample.trace = Err(miss.clone()));
        seen.service = Some(Err(miss.clone()));
        seen.ahead = None;
        if !matches!(miss, Miss::Unreadable) {
            seen.reached.iter_mut().for_each(|(_, answer)| *answer = Err(miss.clone()));
        }
    };
    vec![
        case("supported", edge, seen("DE"), "edge_refused", ["run_checks", "other_network", "leave_vpn"]),
        case(
            "unsupported",
            edge,
            seen("HK"),
            "region_unsupported",
            ["check_supported_list", "other_network", "leave_vpn"],
        ),
        case(
            "unsupported, and the page is sure",
            ("blocked_by_rule", Certain),
            seen("RU"),
            "blocked_by_rule",
            ["check_supported_list", "other_network", "leave_vpn"],
        ),
        case("not on the list", edge, seen("AQ"), "edge_refused", ["run_checks", "other_network", "leave_vpn"]),
        case("country not known", edge, seen("XX"), "edge_refused", ["run_checks", "other_network", "leave_vpn"]),
        case("Tor", edge, seen("T1"), "edge_refused", ["leave_vpn", "run_checks", "other_network"]),
        case(
            "split route",
            ("login_error", Likely),
            with(|seen| seen.traces[1].1 = Ok(trace("JP", ELSEWHERE))),
            "login_error",
            ["one_route", "other_network", "private_window"],
        ),
        case(
            "address changes",
            ("connection_lost", Likely),
            with(|seen| seen.samples[2].trace = Ok(trace("DE", ELSEWHERE))),
            "connection_lost",
            ["stable_network", "other_network", "retry"],
        ),
        case(
            "slow",
            ("connection_timed_out", Certain),
            with(|seen| nothing(seen, Miss::TimedOut)),
            "connection_timed_out",
            ["check_connection", "proxy_check", "other_network"],
        ),
        case(
            "refused",
            ("connection_refused", Certain),
            with(|seen| nothing(seen, Miss::Failed("net::ERR_CONNECTION_REFUSED".into()))),
            "connection_refused",
            ["check_connection", "proxy_check", "other_network"],
        ),
        case(
            "another host blocked",
            ("upload_failed", Likely),
            with(|seen| seen.reached[1].1 = Err(Miss::Failed(String::new()))),
            "upload_failed",
            ["allow_openai_hosts", "other_network", "retry"],
        ),
        case(
            "a page instead of a trace",
            edge,
            with(|seen| nothing(seen, Miss::Unreadable)),
            "edge_refused",
            ["run_checks", "other_network", "leave_vpn"],
        ),
        case(
            "status page down",
            ("app_error", Possible),
            with(|seen| seen.service = Some(Err(Miss::Status(503)))),
            "app_error",
            ["reload", "private_window", "wait"],
        ),
        case(
            "open incident",
            ("app_error", Possible),
            with(|seen| {
                let incident = Incident { name: "Elevated error rates".into(), since: None };
                seen.service = Some(Ok(Service { open: vec![incident] }));
            }),
            "app_error",
            ["open_status", "wait", "reload"],
        ),
        case(
            "clock five minutes off",
            ("challenge_loop", Likely),
            with(|seen| seen.ahead = Some(300.0)),
            "challenge_loop",
            ["fix_clock", "clear_check_cookies", "other_network"],
        ),
        case(
            "200 cookies of 40 kB",
            ("server_error", Likely),
            with(|seen| seen.jars = Some(vec![heavy])),
            "server_error",
            ["clear_site_data", "wait", "retry"],
        ),
        case(
            "a limit of the plan, whatever the network does",
            ("usage_cap", Certain),
            with(|seen| seen.ahead = Some(-400.0)),
            "usage_cap",
            ["other_model", "wait", "check_account"],
        ),
    ]
}

#[test]
fn after_each_scenario_the_right_steps_come_first_and_the_first_open_one_is_next() {
    let mut wrong = Vec::new();
    for Scenario { name, cause, confidence, seen, right } in scenarios() {
        let findings = judge(&seen, Product::ChatGpt).iter().map(|finding| finding.id.to_owned()).collect();
        let report = examine(&Visit {
            evidence: Evidence { url: "https://chatgpt.com/".into(), at: 1.0, ..Evidence::default() },
            standing: Some(Standing { cause: cause.into(), confidence, overlay: true, facts: Told::default() }),
            findings,
            now: 2.0,
            ..Visit::default()
        });
        assert!(report.stands, "{name}");
        let shown = report.turned.as_ref().map_or(cause, |turned| turned.cause.as_str());
        let steps: Vec<&str> = report.plan.iter().map(|step| step.remedy.as_str()).take(3).collect();
        println!("{name:<48} {cause:<22} {shown:<22} {}", steps.join(" > "));
        if (shown, steps.as_slice()) != (right.0, right.1.as_slice()) {
            wrong.push(format!("{name}: {shown} {steps:?}, not {} {:?}", right.0, right.1));
        }
        // The checks have run, so the first of the other steps is the next one.
        for step in &report.plan {
            let checks = step.remedy == "run_checks";
            assert_eq!(step.state == StepState::Done, checks, "{name}: {}", step.remedy);
            assert!(step.why.is_none() || !checks, "{name}: {}", step.remedy);
        }
        let next: Vec<_> = report.plan.iter().filter(|step| step.state == StepState::Next).collect();
        let first = report.plan.iter().find(|step| step.remedy != "run_checks");
        assert_eq!(next, first.into_iter().collect::<Vec<_>>(), "{name}");
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Whoever turns a VPN off there meets the country rule, or reaches nothing at all.
#[test]
fn where_chatgpt_is_not_offered_nobody_is_told_to_turn_a_vpn_off() {
    for place in zoned_places() {
        assert_eq!(listed(place, Product::ChatGpt), Listed::No, "{place}");
    }
    let steps = |zone: &str| -> Vec<String> {
        let standing = Standing {
            cause: "edge_refused".into(),
            confidence: Confidence::Certain,
            overlay: true,
            facts: Told::default(),
        };
        let report = examine(&Visit {
            evidence: Evidence { url: "https://chatgpt.com/".into(), at: 1.0, ..Evidence::default() },
            standing: Some(standing),
            findings: vec!["country_tor".into()],
            now: 2.0,
            zone: zone.into(),
            ..Visit::default()
        });
        report.plan.into_iter().map(|step| step.remedy).collect()
    };
    let told = |zone| steps(zone).iter().any(|step| step == "leave_vpn");
    assert!(told("") && told("Europe/Berlin") && told("Asia/Taipei"));
    assert!(!["Asia/Shanghai", "PRC", "Europe/Moscow", "Asia/Tehran"].into_iter().any(told));
}
