//! `cargo xtask lives`: plays random lives and prints what it found.

use clap::Parser;
use lives::{
    life, play,
    visits::{
        Adviser, Best, Figures, Happened, Listed, Ours, Person, Shuffled, Sight, Table, World, article, browser_page,
        clear_everything, play_all,
    },
};
use recordings::Recording;
use std::{
    collections::BTreeMap,
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

/// So many lives a second, on one core (design, section 5).
const BUDGET: f64 = 10_000.0;

/// Plays random lives of tabs, and looks at every moment of them whether what is shown and kept is true.
#[derive(Parser)]
#[command(name = "cargo xtask lives")]
struct CommandLine {
    /// How many lives
    #[arg(long, default_value_t = 100_000)]
    lives: u64,
    /// The first of them; each life has the next number
    #[arg(long, default_value_t = 1)]
    from: u64,
    /// Plays this one alone, and prints what happens in it
    #[arg(long, conflicts_with_all = ["lives", "from"])]
    seed: Option<u64>,
    /// In each life so many things happen at the most
    #[arg(long, default_value_t = 24)]
    most: usize,
    /// Plays failing visits of people in the place of random lives, and compares our plans with what else they could do
    #[arg(long)]
    world: bool,
    /// Plays this table of faults, with the columns of `tests/lives/world/faults.csv`
    #[arg(long, requires = "world", value_name = "FILE")]
    faults: Option<PathBuf>,
    /// Plays so many worlds in which what is uncertain is otherwise, and prints in how many of them each figure holds
    #[arg(long, requires = "world", default_value_t = 0)]
    draws: u64,
    /// Prints our order and the best one for each cause
    #[arg(long, requires = "world")]
    causes: bool,
    /// Prints objects, one a line
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(&CommandLine::parse(), &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        // Also when nobody reads any more what is printed.
        Ok(false) | Err(_) => ExitCode::FAILURE,
    }
}

/// Plays the same visits with each adviser and each kind of person.
fn run_world(line: &CommandLine, output: &mut impl Write) -> io::Result<bool> {
    let world = World::read(line.faults.as_deref()).map_err(io::Error::other)?;
    let recordings = recordings::all().map_err(|error| io::Error::other(error.to_string()))?;
    let numbers = line.from..line.from + line.lives;
    if line.draws > 0 {
        return run_draws(line, &world, &recordings, output);
    }
    let mut advisers: Vec<(&str, Box<dyn Adviser + '_>)> = vec![
        ("ours", Box::new(Ours::new(&world, &recordings))),
        ("bound", Box::new(Best::new(&world))),
        ("shuffled", Box::new(Shuffled::new(&world, &recordings))),
        ("articles", Box::new(Listed::new(&world, article))),
        ("browser's page", Box::new(Listed::new(&world, browser_page))),
        ("clear everything", Box::new(Listed::new(&world, clear_everything))),
    ];
    let mut table = Table::default();
    let mut causes: BTreeMap<String, Vec<Figures>> = BTreeMap::new();
    for person in Person::ALL {
        for (name, adviser) in &mut advisers {
            let (row, by_cause) = play_all(&world, person, numbers.clone(), adviser.as_mut());
            let row = Figures { adviser: (*name).to_owned(), person: person.name().to_owned(), ..row };
            if line.causes && person == Person::Follows {
                by_cause.into_iter().for_each(|(cause, row)| causes.entry(cause).or_default().push(row));
            }
            if line.json {
                writeln!(output, "{}", serde_json::to_string(&row)?)?;
            }
            table.rows.push(row);
        }
    }
    if !line.json {
        write!(output, "{table}")?;
    }
    for (cause, rows) in &causes {
        let [ours, bound, ..] = rows.as_slice() else { continue };
        let Figures { visits, cured, steps_mean, minutes_mean, worse, .. } = ours;
        writeln!(
            output,
            "{cause:<26} {visits:>6} visits, cured {:>5.1}% of {:>5.1}%, steps {steps_mean:>4.2} of {:>4.2}, minutes {minutes_mean:>5.1} of {:>5.1}, worse {:>4.1}% of {:>4.1}%",
            cured * 100.0,
            bound.cured * 100.0,
            bound.steps_mean,
            bound.minutes_mean,
            worse * 100.0,
            bound.worse * 100.0,
        )?;
        let harm = ours.harm.iter().filter_map(|(step, count)| Some(format!("{} {count}", world.steps.get(*step)?)));
        writeln!(output, "    harm   {}", harm.collect::<Vec<_>>().join(", "))?;
        for (name, adviser) in advisers.iter_mut().take(2) {
            writeln!(output, "    {name:<6} {}", orders(&world, cause, adviser.as_mut()).join(" | "))?;
        }
    }
    Ok(true)
}

/// Plays the same visits in worlds that may as well be the real one.
fn run_draws(line: &CommandLine, world: &World, recordings: &[Recording], output: &mut impl Write) -> io::Result<bool> {
    let mut held: BTreeMap<&str, u64> = BTreeMap::new();
    for draw in 1..=line.draws {
        let world = world.varied(draw);
        let play =
            |adviser: &mut dyn Adviser| play_all(&world, Person::Follows, line.from..line.from + line.lives, adviser).0;
        let ours = play(&mut Ours::new(&world, recordings));
        let best = play(&mut Best::new(&world));
        let others = [article, browser_page, clear_everything].map(|choose| play(&mut Listed::new(&world, choose)));
        for (name, holds) in [
            ("cured: 0.97 of the bound", ours.cured >= 0.97 * best.cured),
            ("steps: 1.25 of the bound", ours.steps_mean <= 1.25 * best.steps_mean),
            ("minutes: 1.25 of the bound", ours.minutes_mean <= 1.25 * best.minutes_mean),
            ("median no worse", ours.steps_median <= best.steps_median),
            ("needless sign-outs: 3 %", ours.signed_out_needlessly <= 0.03),
            ("made worse: the bound and 1 %", ours.worse <= best.worse + 0.01),
            ("no false \u{201c}it worked\u{201d}", ours.false_resolved == 0),
            ("false \u{201c}still there\u{201d}: 1 %", ours.false_persists <= 0.01),
            (
                "in four steps: 1.5 of each other",
                others.iter().all(|other| ours.cured_in_four >= 1.5 * other.cured_in_four),
            ),
        ] {
            *held.entry(name).or_default() += u64::from(holds);
        }
    }
    for (name, count) in held {
        writeln!(output, "{name:<34} in {count} of {} worlds", line.draws)?;
    }
    Ok(true)
}

/// Returns the steps that an adviser names one after the other for a cause, at each place where it is met, if none of them helps.
fn orders(world: &World, cause: &str, adviser: &mut dyn Adviser) -> Vec<String> {
    let mut places: Vec<&str> = world
        .faults
        .iter()
        .filter(|fault| fault.shows.iter().any(|(shown, _)| shown == cause))
        .map(|fault| fault.place.as_str())
        .collect();
    places.sort_unstable();
    places.dedup();
    let order = |place: &str| {
        let sight = Sight::Fails { cause: cause.to_owned(), place: place.to_owned() };
        adviser.begin(&sight);
        let mut names = vec![format!("{place}:")];
        while let Some(step) = adviser.next().filter(|_| names.len() < 12) {
            names.extend(world.steps.get(step).cloned());
            adviser.happened(step, &Happened::Done { sight: sight.clone(), found: Vec::new() });
        }
        names.join(" ")
    };
    places.into_iter().map(order).collect()
}

fn run(line: &CommandLine, output: &mut impl Write) -> io::Result<bool> {
    if line.world {
        return run_world(line, output);
    }
    if let Some(seed) = line.seed {
        let Some(life) = life(seed, line.most) else { return Ok(false) };
        writeln!(output, "{life:#?}")?;
        return match play(&life, true) {
            Ok(played) => writeln!(output, "All was true in {} events.", played.events).map(|()| true),
            Err(broken) => writeln!(output, "After {} events: {}", broken.event, broken.what).map(|()| false),
        };
    }
    let (mut events, mut claims, mut false_claims, mut lost) = (0_u64, 0_u64, 0_u64, 0_u64);
    let began = Instant::now();
    for seed in line.from..line.from + line.lives {
        let Some(life) = life(seed, line.most) else { continue };
        match play(&life, true) {
            Ok(played) => {
                events += u64::from(played.events);
                claims += u64::from(played.claims);
            }
            Err(broken) => {
                let is_lost = broken.what.starts_with("lost");
                lost += u64::from(is_lost);
                false_claims += u64::from(!is_lost);
                eprintln!("life {seed}, after {} events: {}", broken.event, broken.what);
            }
        }
    }
    let per_second = line.lives as f64 / began.elapsed().as_secs_f64();
    let good = false_claims + lost == 0;
    if line.json {
        let within = good && per_second >= BUDGET;
        writeln!(
            output,
            "{{\"name\":\"lives\",\"lives\":{},\"events\":{events},\"per_second\":{per_second:.0},\"false_claims\":{false_claims},\"lost\":{lost},\"budget\":{BUDGET},\"within\":{within}}}",
            line.lives
        )?;
    } else {
        writeln!(
            output,
            "{} lives with {events} events, {claims} looks at what is said, {per_second:.0} lives a second: {false_claims} false claims, {lost} pages lost.",
            line.lives
        )?;
    }
    Ok(good)
}
