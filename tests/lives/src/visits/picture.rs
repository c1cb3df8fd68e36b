//! This module draws the picture of a table. It has a line for each adviser, which says how many people are through after one step, two,
//! and so on.

use super::Figures;
use std::fmt::Write;

/// Size of the drawing and of the plain margin around the lines, in pixels.
const WIDTH: f64 = 720.0;
const HEIGHT: f64 = 400.0;
const LEFT: f64 = 56.0;
const RIGHT: f64 = 150.0;
const TOP: f64 = 24.0;
const BOTTOM: f64 = 48.0;
/// The upper end of the scale: this share of all people.
const WHOLE: f64 = 0.6;
/// Lines are told apart by their colours, which also differ in brightness; the first is ours.
const COLORS: [&str; 6] = ["#0a7f4f", "#333333", "#8a63d2", "#c2410c", "#0369a1", "#a16207"];
/// The distance by which names that would lie over each other are moved apart, in pixels.
const LINE: f64 = 17.0;

/// Draws the rows as SVG.
pub fn picture(rows: &[&Figures]) -> String {
    let steps = rows.first().map_or(0, |row| row.cured_within.len()).max(1);
    let x = |step: usize| LEFT + (WIDTH - LEFT - RIGHT) * step as f64 / steps as f64;
    let y = |share: f64| TOP + (HEIGHT - TOP - BOTTOM) * (1.0 - share / WHOLE);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 {WIDTH} {HEIGHT}\" font-family=\"sans-serif\" font-size=\"13\">\n\
         <rect width=\"{WIDTH}\" height=\"{HEIGHT}\" fill=\"#ffffff\"/>\n"
    );
    for tenth in 0..=(WHOLE * 10.0).round() as usize {
        let at = y(tenth as f64 / 10.0);
        let _ = writeln!(
            svg,
            "<line x1=\"{LEFT}\" x2=\"{:.1}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#dddddd\"/>\
             <text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\" fill=\"#444444\">{} %</text>",
            WIDTH - RIGHT,
            LEFT - 8.0,
            at + 4.0,
            tenth * 10
        );
    }
    for step in 0..=steps {
        let _ = writeln!(
            svg,
            "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#444444\">{step}</text>",
            x(step),
            HEIGHT - BOTTOM + 20.0
        );
    }
    let _ = writeln!(
        svg,
        "<text x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"middle\" fill=\"#444444\">steps that were taken</text>",
        x(steps) / 2.0 + LEFT / 2.0,
        HEIGHT - 8.0
    );
    for (row, color) in rows.iter().zip(COLORS) {
        let points = std::iter::once(0.0).chain(row.cured_within.iter().copied()).enumerate();
        let points: Vec<String> = points.map(|(step, share)| format!("{:.1},{:.1}", x(step), y(share))).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2.5\"/>",
            points.join(" ")
        );
    }
    for (name, color, at) in labels(rows, y) {
        let _ =
            writeln!(svg, "<text x=\"{:.1}\" y=\"{:.1}\" fill=\"{color}\">{name}</text>", x(steps) + 10.0, at + 4.0);
    }
    svg += "</svg>\n";
    svg
}

/// Returns the names of the lines with their colours, each at the height of its line's end or a little above it.
fn labels<'a>(rows: &[&'a Figures], y: impl Fn(f64) -> f64) -> Vec<(&'a str, &'static str, f64)> {
    let end = |row: &Figures| row.cured_within.last().copied().unwrap_or_default();
    let mut labels: Vec<(&str, &str, f64)> =
        rows.iter().zip(COLORS).map(|(row, color)| (row.adviser.as_str(), color, y(end(row)))).collect();
    labels.sort_by(|one, other| other.2.total_cmp(&one.2));
    let mut lowest = f64::INFINITY;
    for label in &mut labels {
        label.2 = label.2.min(lowest - LINE);
        lowest = label.2;
    }
    labels
}
