//! Plans follow what really helped people (reports and help articles of 2025 and 2026): what never helped is not advised, and what makes it
//! worse even less, whatever the checks have found.

use access_medic::{Action, Confidence, Evidence, Report, Standing, Told, Visit, causes, examine};

/// All that the checks may find at once, but an incident.
const FOUND: [&str; 7] = [
    "clock_ahead",
    "cookies_heavy",
    "route_split",
    "address_changes",
    "some_silent",
    "answers_lost",
    "login_leftovers",
];

fn report(url: &str, cause: &str, findings: &[&str]) -> Report {
    let standing =
        Standing { cause: cause.into(), confidence: Confidence::Certain, overlay: true, facts: Told::default() };
    examine(&Visit {
        evidence: Evidence { url: url.into(), at: 1.0, ..Evidence::default() },
        standing: Some(standing),
        findings: findings.iter().map(|found| (*found).to_owned()).collect(),
        now: 2.0,
        ..Visit::default()
    })
}

/// Steps that clear something, but for the cookies of the human check, in which no sign-in is.
fn signs_out(report: &Report) -> Vec<&str> {
    let clears = report.plan.iter().filter(|step| matches!(step.action, Action::Clear { .. }));
    clears.map(|step| step.remedy.as_str()).filter(|remedy| *remedy != "clear_check_cookies").collect()
}

fn steps(report: &Report) -> Vec<&str> {
    report.plan.iter().map(|step| step.remedy.as_str()).collect()
}

/// In September 2026 people signed out during an outage and could not sign in before it was over.
#[test]
fn in_an_incident_nobody_is_told_to_sign_out() {
    for cause in causes() {
        let report = report("https://chatgpt.com/", cause, &["incident", "login_leftovers", "cookies_heavy"]);
        if steps(&report).contains(&"open_status") {
            assert_eq!(signs_out(&report), [""; 0], "{cause}");
        }
    }
    for cause in ["server_error", "at_capacity", "site_misconfigured"] {
        assert_eq!(signs_out(&report("https://chatgpt.com/", cause, &[])), [""; 0], "{cause}");
    }
}

#[test]
fn what_is_refused_for_other_reasons_is_not_to_be_cleared_away() {
    for cause in [
        "phone_rejected",
        "sso_misconfigured",
        "sso_not_member",
        "device_code_disabled",
        "second_factor_required",
        "blocked_by_rule",
        "account_flagged",
        "account_deactivated",
        "identity_check_failed",
        "region_account",
    ] {
        let found: Vec<&str> = FOUND.into_iter().filter(|found| *found != "cookies_heavy").collect();
        let report = report("https://auth.openai.com/log-in", cause, &found);
        assert!(!report.plan.iter().any(|step| matches!(step.action, Action::Clear { .. })), "{cause}");
    }
}

/// Who sent the person to the page is a program, and has to begin again itself.
#[test]
fn on_the_page_of_a_program_the_program_is_what_can_be_mended() {
    let report = report("http://localhost:1455/auth/callback?code=x", "login_error", &[]);
    assert_eq!(steps(&report).first(), Some(&"program_route"));
    assert!(!steps(&report).contains(&"retry_login") && signs_out(&report).is_empty());
}
