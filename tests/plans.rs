//! These tests hold plans to what really helped people (reports and help articles of 2025 and 2026): a plan advises no step that
//! never helped, and none that makes the failure worse, whatever the checks have found.

use access_medic::{Action, Confidence, Evidence, Report, Standing, Told, Visit, causes, examine};
use std::{collections::BTreeMap, path::Path};

/// The checks may find all of these at once; an incident is not among them.
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

/// Lists the steps that clear something. The cookies of the human check do not count, because no sign-in is in them.
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

/// A program sent the person to this page, so the sign-in has to begin again in the program.
#[test]
fn on_the_page_of_a_program_the_program_is_what_can_be_mended() {
    let report = report("http://localhost:1455/auth/callback?code=x", "login_error", &[]);
    assert_eq!(steps(&report).first(), Some(&"program_route"));
    assert!(!steps(&report).contains(&"retry_login") && signs_out(&report).is_empty());
}

/// Returns the English words that explain each cause.
fn explanations() -> BTreeMap<&'static str, String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../extension/_locales/en/messages.json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    let words: serde_json::Value = serde_json::from_str(&text).expect("the messages are JSON");
    let explained = |cause| words[format!("cause_{cause}_what")]["message"].as_str().map(str::to_owned);
    causes().map(|cause| (cause, explained(cause).unwrap_or_else(|| panic!("{cause} has no words")))).collect()
}

/// These words name what to do first, so the plan has to begin with that.
const FIRST: [(&str, &[&str]); 8] = [
    ("Reloading is worth trying first", &["reload"]),
    ("Try once more in a private window", &["private_window"]),
    ("See first which account", &["check_account"]),
    ("look at the status page first", &["open_status"]),
    ("choose another workspace", &["switch_workspace"]),
    ("only waiting helps", &["wait"]),
    ("To go on, start a new chat", &["new_chat"]),
    ("Look at the organization's settings", &["check_organization"]),
];

/// These words advise against a kind of step, so the plan must have none of that kind.
const AGAINST_CLEARING: [&str; 6] = [
    "Clearing cookies does not",
    "clearing cookies does not",
    "cleared cookies will not",
    "do not clear anything",
    "clearing data does not",
    "nothing on this computer changes that",
];
const AGAINST_RELOADING: [&str; 3] = ["Reloading does not", "reloading does not", "trying again does not help"];

#[test]
fn a_plan_does_what_the_words_above_it_say() {
    let mut complaints = Vec::new();
    let mut used = 0;
    for (cause, words) in explanations() {
        let report = report("https://chatgpt.com/", cause, &[]);
        let steps = steps(&report);
        for (said, first) in FIRST.iter().filter(|(said, _)| words.contains(said)) {
            used += 1;
            if !steps.first().is_some_and(|step| first.contains(step)) {
                complaints.push(format!("{cause}: \u{201c}{said}\u{201d}, but the plan is {steps:?}"));
            }
        }
        if AGAINST_CLEARING.iter().any(|said| words.contains(said)) && !signs_out(&report).is_empty() {
            complaints
                .push(format!("{cause}: the words advise against clearing, and the plan has {:?}", signs_out(&report)));
        }
        if AGAINST_RELOADING.iter().any(|said| words.contains(said)) && steps.contains(&"reload") {
            complaints.push(format!("{cause}: the words advise against reloading, and the plan is {steps:?}"));
        }
    }
    assert_eq!(used, FIRST.len(), "each of these sentences stands in the words of one cause");
    assert!(complaints.is_empty(), "{}", complaints.join("\n"));
}

/// Reads chances by name, such as `reload:0.5;wait:0.9`. It leaves out reasons and names of groups, which are no chances.
fn chances(text: &str) -> BTreeMap<String, f64> {
    let pair = |part: &str| {
        let (name, chance) = part.trim().rsplit_once(':')?;
        Some((name.to_owned(), chance.parse().ok()?))
    };
    text.split(';').filter_map(pair).collect()
}

fn table(name: &str) -> Vec<BTreeMap<String, String>> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("lives/world").join(name);
    let mut reader = csv::Reader::from_path(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    reader.deserialize().map(|row| row.unwrap_or_else(|error| panic!("{}: {error}", path.display()))).collect()
}

/// These faults of the world look like one cause. Each has its weight, and the chance with which each step ends it.
struct Seen {
    faults: Vec<(f64, BTreeMap<String, f64>)>,
}

impl Seen {
    /// Counts how many of ten thousand failing visits a list of steps ends, when people do each step as they usually do.
    fn ended(&self, steps: &[&str], done: &BTreeMap<String, f64>) -> f64 {
        let left = |(weight, cures): &(f64, BTreeMap<String, f64>)| {
            steps.iter().fold(*weight, |left, step| {
                let cure = cures.get(*step).copied().unwrap_or_default();
                left * (1.0 - cure * done.get(*step).copied().unwrap_or_default())
            })
        };
        self.faults.iter().map(|fault| fault.0 - left(fault)).sum()
    }

    /// Counts the same for the best `count` steps: each next one ends most of what the others leave.
    fn best(&self, count: usize, done: &BTreeMap<String, f64>) -> f64 {
        let mut steps: Vec<&str> = Vec::new();
        for _ in 0..count {
            let others = done.keys().map(String::as_str).filter(|step| !steps.contains(step));
            let with = |step: &str| self.ended(&[&steps[..], &[step]].concat(), done);
            let Some(next) = others.max_by(|one, other| with(one).total_cmp(&with(other))) else { break };
            steps.push(next);
        }
        self.ended(&steps, done)
    }
}

/// The least number of visits that our plans end, of a hundred visits that the best plans of the same length would end: all causes
/// together (96 on 2026-11-30), and each cause that is seen often.
const TOGETHER: f64 = 94.0;
const OF_EACH: f64 = 80.0;
/// The number of visits, of ten thousand failing ones, from which on a cause is seen often.
const OFTEN: f64 = 50.0;
/// The plan of this cause says "leave the account alone for a day", which the world calls waiting.
const ANOTHER_WORD: [&str; 1] = ["account_flagged"];

/// The world was written down without a look at any plan (`lives/world/README.md`): plans follow it.
#[test]
fn plans_end_nearly_as_much_as_any_of_their_length_could() {
    let number = |text: &str| text.parse::<f64>().unwrap_or_default();
    let mut done: BTreeMap<String, f64> = BTreeMap::new();
    for row in table("costs.csv") {
        // Information ends nothing, and steps that ask others do not count here.
        if row["group"] == "all" && ["lasting", "way_round"].contains(&row["kind"].as_str()) {
            let properly = [&row["p_properly_with_button"], &row["p_properly"]];
            let properly = properly.into_iter().find(|text| !text.is_empty()).map_or(0.0, |text| number(text));
            done.insert(row["remedy_id"].clone(), properly * (1.0 - number(&row["p_skip"])));
        }
    }
    let mut causes: BTreeMap<String, Seen> = BTreeMap::new();
    for row in table("faults.csv") {
        for (cause, chance) in chances(&row["seen_as"]) {
            let seen = causes.entry(cause).or_insert_with(|| Seen { faults: Vec::new() });
            seen.faults.push((number(&row["weight"]) * chance, chances(&row["cured_by"])));
        }
    }
    let (mut ours, mut best, mut poor) = (0.0, 0.0, Vec::new());
    for (cause, seen) in &causes {
        let report = report("https://chatgpt.com/", cause, &[]);
        let steps = steps(&report);
        let acting = steps.iter().filter(|step| done.contains_key(**step)).count();
        let (ended, possible) = (seen.ended(&steps, &done), seen.best(acting, &done));
        let often = seen.faults.iter().map(|(weight, _)| weight).sum::<f64>() >= OFTEN;
        println!("{cause:<26} {ended:>6.0} of {possible:>4.0} with {acting} steps");
        (ours, best) = (ours + ended, best + possible);
        if often && ended * 100.0 < possible * OF_EACH && !ANOTHER_WORD.contains(&cause.as_str()) {
            poor.push(format!("{cause}: {ended:.0} of {possible:.0}"));
        }
    }
    println!("all                        {ours:>6.0} of {best:>4.0}");
    assert!(poor.is_empty(), "{}", poor.join("\n"));
    assert!(ours * 100.0 >= best * TOGETHER, "{ours} of {best}");
}
