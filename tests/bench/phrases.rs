//! How much a text costs with ten times the phrases: recognising must not slow down as the catalogue
//! grows. Prints one JSON figure a line, of the scan alone; the budget is for all of `examine`, and `examine.mjs` holds
//! to it. With `--list`, the phrases at each of these sizes as JSON, `--visits` the recorded pages as the core takes
//! them: for those who measure in JavaScript.

#[path = "../../crate/build/catalogue.rs"]
#[allow(dead_code, reason = "only its phrases are wanted here")]
mod catalogue;

use access_medic_phrases::{lay_out, pattern};
use catalogue::Few;
use std::{collections::BTreeMap, hint::black_box, path::Path, time::Instant};

const SIZES: [usize; 2] = [1, 10];

fn main() {
    let catalogue =
        catalogue::read(Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/../crate/catalog"))).expect("sound");
    let mut known: Vec<String> = catalogue
        .signatures
        .iter()
        .flat_map(|(_, s)| s.all.iter().chain(&s.any).chain(&s.none))
        .flat_map(|clue| [&clue.title, &clue.text, &clue.whole].into_iter().flatten().flat_map(Few::iter))
        .cloned()
        .collect();
    known.sort();
    known.dedup();
    // More phrases of the same kind: the words of the known ones in another order, so that they share beginnings.
    let times = |factor: usize| -> Vec<String> {
        let other = |round: usize| {
            known.iter().map(move |phrase| {
                let mut words: Vec<&str> = phrase.split(' ').collect();
                let turn = round % words.len().max(1);
                words.rotate_left(turn);
                format!("{} q{round}", words.join(" "))
            })
        };
        known.iter().cloned().chain((1..factor).flat_map(other)).collect()
    };
    let asked = |option: &str| std::env::args().any(|argument| argument == option);
    if asked("--list") {
        let lists: BTreeMap<usize, Vec<String>> = SIZES.into_iter().map(|factor| (factor, times(factor))).collect();
        println!("{}", serde_json::to_string(&lists).expect("strings"));
        return;
    }
    if asked("--visits") {
        for recording in recordings::all().expect("recordings") {
            let visit = recordings::visit(&recording, recordings::Browser::Chromium);
            println!("{}", serde_json::to_string(&visit).expect("plain data"));
        }
        return;
    }
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/bench/page-16k.txt")).expect("the text");
    let built: Vec<_> = SIZES
        .into_iter()
        .map(|factor| {
            (
                factor,
                lay_out(&times(factor).iter().map(|phrase| pattern(phrase)).collect::<Vec<_>>()).expect("they fit"),
            )
        })
        .collect();
    // In turns, best of many: the machine's speed drifts, the ratio of neighbours does not.
    let mut best = vec![f64::MAX; built.len()];
    for _ in 0..200 {
        for (at, (_, tables)) in built.iter().enumerate() {
            let started = Instant::now();
            black_box(tables.trie().scan(black_box(&text)));
            best[at] = best[at].min(started.elapsed().as_secs_f64() * 1e6);
        }
    }
    for (at, (factor, _)) in built.iter().enumerate().skip(1) {
        let value = best[at] / best[0];
        println!(
            r#"{{"name":"scan_{factor}x_phrases","value":{value:.3},"unit":"ratio","budget":null,"within":null}}"#
        );
    }
    println!(r#"{{"name":"scan_16k_native","value":{:.1},"unit":"us","budget":null,"within":null}}"#, best[0]);
}
