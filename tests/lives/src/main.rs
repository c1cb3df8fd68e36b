//! This program is `cargo xtask lives`. It plays random lives and prints what it found.

mod compare;

use clap::Parser;
use lives::{life, play};
use std::{
    io::{self, Write},
    path::PathBuf,
    process::ExitCode,
    time::Instant,
};

/// The number of lives to play in a second, on one core (design, section 5).
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
    /// Plays this one alone, and prints what happens in it; with `--world`, how our plan and the best one lead through the visit
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
    /// Writes the table and a picture of it to this folder, as `result.md` and `result.svg`
    #[arg(long, requires = "world", value_name = "FOLDER")]
    page: Option<PathBuf>,
    /// Prints objects, one a line
    #[arg(long)]
    json: bool,
}

fn main() -> ExitCode {
    match run(&CommandLine::parse(), &mut io::stdout().lock()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            // If nobody reads the output any more, nobody has to be told so.
            if error.kind() != io::ErrorKind::BrokenPipe {
                eprintln!("{error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn run(line: &CommandLine, output: &mut impl Write) -> io::Result<bool> {
    if line.world {
        return compare::run(line, output);
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
