//! This module is `cargo xtask lives --world`. It plays failing visits, and compares what our plans and others make of them.

use crate::CommandLine;
use lives::visits::{
    Adviser, Best, Ended, Figures, Happened, Listed, Ours, Person, Shuffled, Sight, Table, Visit, World, article,
    browser_page, clear_everything, picture, play_all,
};
use recordings::Recording;
use std::{
    collections::BTreeMap,
    fs,
    io::{self, Write},
    path::Path,
};

/// Plays the same visits with each adviser and each kind of person.
pub fn run(line: &CommandLine, output: &mut impl Write) -> io::Result<bool> {
    let world = World::read(line.faults.as_deref()).map_err(io::Error::other)?;
    let recordings = recordings::all().map_err(|error| io::Error::other(error.to_string()))?;
    let numbers = line.from..line.from + line.lives;
    if let Some(number) = line.seed {
        return tell(number, &world, &recordings, output);
    }
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
    if let Some(folder) = &line.page {
        write_page(folder, &table)?;
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

/// Plays the same visits in other worlds, each of which may as well be the real one.
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

/// Returns the steps that an adviser names one after the other for a cause if none of them helps, at each place where the cause is
/// met.
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
        adviser.begin(&sight, "");
        let mut names = vec![format!("{place}:")];
        while let Some(step) = adviser.next().filter(|_| names.len() < 12) {
            names.extend(world.steps.get(step).cloned());
            adviser.happened(step, &Happened::Done { sight: sight.clone(), found: Vec::new() });
        }
        names.join(" ")
    };
    places.into_iter().map(order).collect()
}

/// Writes the page with the table and its picture.
fn write_page(folder: &Path, table: &Table) -> io::Result<()> {
    let rows: Vec<&Figures> = table.rows.iter().filter(|row| row.person == Person::Follows.name()).collect();
    fs::write(folder.join("result.svg"), picture(&rows))?;
    let visits = rows.first().map_or(0, |row| row.visits);
    let page = format!(
        "# Whom the plans get through\n\nWritten by `cargo xtask lives --world --page tests/lives/world`; README.md says how it is \
         played. Each adviser led the same {visits} visits with each kind of person.\n\n![Shares of people who are through after \
         one to eight steps, for each adviser](result.svg)\n\n```text\n{table}```\n"
    );
    fs::write(folder.join("result.md"), page)
}

/// Prints one visit, step by step.
fn tell(number: u64, world: &World, recordings: &[Recording], output: &mut impl Write) -> io::Result<bool> {
    let Some(visit) = Visit::draw(world, number, Person::Follows) else { return Ok(false) };
    let group = world.groups.get(visit.group).map_or("", |group| group.id.as_str());
    let faults: Vec<String> = visit
        .faults
        .iter()
        .filter_map(|met| {
            Some(format!("{} ({})", world.faults.get(met.fault)?.id, met.cause.as_deref().unwrap_or("-")))
        })
        .collect();
    writeln!(output, "Visit {number}: somebody of {group} meets {}.", faults.join(", then "))?;
    let mut advisers: [(&str, Box<dyn Adviser + '_>); 2] =
        [("Our plan", Box::new(Ours::new(world, recordings))), ("The best one", Box::new(Best::new(world)))];
    for (name, adviser) in &mut advisers {
        let Ended { is_cured, steps, minutes, waited, taken, is_worse, .. } = visit.play(adviser.as_mut());
        writeln!(output, "\n{name}:")?;
        for one in taken {
            let step = world.steps.get(one.step).map_or("", String::as_str);
            let shown = match one.sight {
                _ if one.is_skipped => "cannot be done".to_owned(),
                Sight::Well => "the page opens".to_owned(),
                Sight::Fails { cause, .. } => format!("shows {cause}"),
                Sight::Blank => "shows nothing that can be read".to_owned(),
            };
            writeln!(output, "  {step:<26} {shown}")?;
        }
        let end = if is_cured { "through" } else { "given up" };
        let worse = if is_worse { ", and made worse on the way" } else { "" };
        writeln!(
            output,
            "  {end} after {steps} steps, {minutes:.1} minutes and {waited:.0} minutes of waiting{worse}"
        )?;
    }
    Ok(true)
}
