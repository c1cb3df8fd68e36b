// This module makes the page that lists the recorded pages, on a host name of its own, in the browser that
// plays them. A link puts its recording on air and leads to its real address. A failure of the network
// opens in a browser of its own, because the gallery would be cut off with it.

import { launch } from "./launch.mjs";
import { HEALTHY } from "./recordings.mjs";

const HOST = "gallery.access-medic.test";

export const GALLERY = `https://${HOST}/`;

/**
 * @typedef {import("./recordings.mjs").Recording} Recording
 * @typedef {import("./player.mjs").Reply} Reply
 */

/**
 * Makes the gallery answer.
 * @param {import("./player.mjs").Player} player
 * @param {Recording[]} recordings
 * @param {import("./words.mjs").Words} words
 */
export function openGallery(player, recordings, words) {
  const list = page(recordings, words);
  player.answerHost(HOST, ({ url }) => {
    const { pathname, searchParams } = new URL(url);
    const recording = recordings.find(({ name }) => name === searchParams.get("page"));
    if (pathname === "/play" && recording !== undefined) return play(player, recording);
    return { status: 200, headers: [["content-type", "text/html; charset=utf-8"]], body: list };
  });
}

/**
 * @param {Recording} recording
 * @returns {string} the address that puts it on air
 */
export const playAddress = ({ name }) => `${GALLERY}play?page=${encodeURIComponent(name)}`;

/** @param {import("./player.mjs").Player} player @param {Recording} recording @returns {Reply} */
function play(player, recording) {
  player.air(recording);
  if (recording.failure !== undefined) {
    openFailure(player, recording).catch((error) => console.error(error));
    return { status: 204 };
  }
  const { url, healsWithout } = recording;
  const cookies = healsWithout.map((name) => `${name}=1; Path=/; Secure; Max-Age=3600`);
  const next = cookies.length === 0 ? url : player.seed(new URL(url).host, cookies, { next: url });
  return {
    status: 302,
    headers: [
      ["location", next],
      ["cache-control", "no-store"],
    ],
  };
}

/** @param {import("./player.mjs").Player} player @param {Recording} recording */
async function openFailure(player, { url, failure }) {
  const driver = await launch({
    player,
    headless: false,
    failure,
    host: new URL(url).hostname,
  });
  const tab = await driver.firstTab();
  await tab.conditions(failure);
  await tab.goto(url);
}

/** @param {Recording[]} recordings @param {import("./words.mjs").Words} words @returns {string} */
function page(recordings, words) {
  const causes = [...new Set(recordings.map(({ cause }) => cause))];
  const failing = causes.filter((cause) => cause !== HEALTHY).sort();
  const sections = failing.map((cause) =>
    section(cause, words(`cause_${cause}_title`), recordings),
  );
  const quiet = causes.filter((cause) => cause === HEALTHY);
  const calm = quiet.map((cause) =>
    section(cause, "Nothing is wrong: it stays silent", recordings),
  );
  return `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>Access Medic: recorded pages</title>
<style>${STYLE}</style>
<header>
<h1>Recorded pages</h1>
<p>${recordings.length} answers, played on their real addresses by this computer. Nothing reaches the network.
Choose one, and see what Access Medic says. Failures of the network open in a browser of their own.</p>
</header>
<main>${sections.join("")}${calm.join("")}</main>
</html>`;
}

/** @param {string} cause @param {string} title @param {Recording[]} recordings @returns {string} */
function section(cause, title, recordings) {
  const rows = recordings.filter((recording) => recording.cause === cause).map(row);
  return `<section><h2>${text(title)}</h2><code>${text(cause)}</code><ul>${rows.join("")}</ul></section>`;
}

/** @param {Recording} recording @returns {string} */
function row(recording) {
  const { name, cause, url, response, failure, healsWithout } = recording;
  const label = name.slice(cause.length + 1).replaceAll("-", " ");
  const notes = [
    new URL(url).host,
    failure === undefined ? `${response?.status}` : failure.replace("_", " "),
    ...(healsWithout.length > 0 ? ["heals"] : []),
  ];
  return `<li title="${text(url)}"><a href="${text(playAddress(recording))}">${text(label)}</a>
<span>${text(notes.join(" · "))}</span></li>`;
}

/** @param {string} value @returns {string} */
function text(value) {
  return value.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll('"', "&quot;");
}

const STYLE = `
:root {
  color-scheme: light dark;
  --ground: light-dark(#f4f5f4, #101413);
  --card: light-dark(#ffffff, #181d1c);
  --line: light-dark(#e2e7e5, #2c3432);
  --ink: light-dark(#15211e, #edf3f1);
  --soft: light-dark(#55645f, #a3b3ae);
  --accent: light-dark(#0b6e5f, #4fd1b8);
  --wash: light-dark(#e3f3ef, #12302a);
}
* { box-sizing: border-box; }
body {
  margin: 0 auto;
  max-width: 1180px;
  padding: 40px 24px 64px;
  background: var(--ground);
  color: var(--ink);
  font: 15px/1.5 system-ui, "Segoe UI", "Noto Sans", sans-serif;
}
h1 { margin: 0; font-size: 26px; letter-spacing: -0.015em; }
header p { margin: 6px 0 28px; max-width: 62ch; color: var(--soft); }
main { columns: 340px; column-gap: 16px; }
section {
  break-inside: avoid;
  margin: 0 0 16px;
  padding: 14px 8px 8px;
  background: var(--card);
  border: 1px solid var(--line);
  border-radius: 14px;
}
h2 { margin: 0 8px; font-size: 15.5px; line-height: 1.35; text-wrap: balance; }
section > code { margin: 0 8px; color: var(--soft); font-size: 12px; }
ul { margin: 8px 0 0; padding: 0; list-style: none; }
li {
  position: relative;
  display: flex;
  justify-content: space-between;
  align-items: baseline;
  gap: 12px;
  padding: 4px 8px;
  border-radius: 8px;
}
li:hover { background: var(--wash); }
a { color: var(--accent); font-weight: 550; text-decoration: none; }
a::after { content: ""; position: absolute; inset: 0; border-radius: 8px; }
a:focus-visible { outline: none; }
a:focus-visible::after { outline: 2px solid var(--accent); }
li span { color: var(--soft); font-size: 12.5px; white-space: nowrap; }
`;
