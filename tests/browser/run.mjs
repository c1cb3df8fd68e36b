// `cargo xtask run` runs this module: a browser with the extension and the recorded pages. With a window, it
// shows a gallery to click through, until the browser is closed. Without a window, it visits every page, prints
// a table, saves the pictures, and ends with an exit code that says whether all answers were right.
//
//   --browser chromium|firefox   only when BROWSER does not say it already
//   --page NAME                  this page alone: "cause/name", or the name if there is one such
//   --headless                   without a window
//   --shots DIR                  where the pictures go

import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { GALLERY, openGallery, playAddress } from "./gallery.mjs";
import { RUN } from "./launch.mjs";
import { pause } from "./patience.mjs";
import { HEALTHY, readRecordings } from "./recordings.mjs";
import { Stage } from "./stage.mjs";
import { Progress, table } from "./terminal.mjs";
import { View } from "./views.mjs";

const SHOTS = fileURLToPath(new URL("../../target/shots/", import.meta.url));

/** A picture waits this long, in ms: the overlay comes in with a movement, and the browser's error page comes late. */
const AT_REST = 250;

/**
 * This map holds one tab for the popups of each browser.
 * @type {Map<import("./launch.mjs").Driver, import("./launch.mjs").Tab>}
 */
const popups = new Map();

/**
 * @typedef {import("./recordings.mjs").Recording} Recording
 * @typedef {object} Visited
 * @property {Recording} recording
 * @property {string} diagnosis the cause that was shown, "silent", or what went wrong
 * @property {string} confidence
 * @property {string} step the first one, in words
 * @property {string} time
 * @property {boolean} right
 */

const { values } = parseArgs({
  options: {
    browser: { type: "string" },
    page: { type: "string" },
    headless: { type: "boolean", default: false },
    shots: { type: "string" },
  },
});
process.env.BROWSER ??= values.browser;

const recordings = chosen(readRecordings(), values.page);
process.exitCode = values.headless ? await visitAll(recordings) : await showGallery(recordings);

/** @param {Recording[]} all @param {string | undefined} name @returns {Recording[]} */
function chosen(all, name) {
  if (name === undefined) return all;
  const exact = all.filter((recording) => recording.name === name);
  if (exact.length > 0) return exact;
  const found = all.filter((recording) => recording.name.includes(name));
  if (found.length > 0) return found;
  console.error(
    `There is no recorded page ${name}. There are:\n${all.map((one) => one.name).join("\n")}`,
  );
  process.exit(2);
}

/** @param {Recording[]} recordings @returns {Promise<number>} */
async function showGallery(recordings) {
  const stage = await Stage.open({ headless: false });
  openGallery(stage.player, stage.recordings, stage.words);
  const tab = await stage.driver.firstTab();
  await tab.goto(GALLERY);
  if (recordings.length === 1) await tab.goto(playAddress(recordings[0]));
  console.log(`${recordings.length} recorded pages: ${GALLERY}\nClose the browser to end.`);
  await stage.driver.closed;
  await stage.player.stop();
  // Browsers of single failures may still be open; they end with this process.
  process.exit(0);
}

/** @param {Recording[]} recordings @returns {Promise<number>} */
async function visitAll(recordings) {
  const shots = values.shots ?? join(SHOTS, RUN.browser);
  await mkdir(shots, { recursive: true });
  const stage = await Stage.open();
  const progress = new Progress(recordings.length);
  /** @type {Visited[]} */
  const visited = [];
  try {
    for (const recording of recordings) {
      progress.step(recording.name);
      visited.push(await visit(stage, recording, join(shots, recording.name.replace("/", "-"))));
    }
  } finally {
    progress.end();
    await stage.close();
  }
  console.log(
    table(
      ["page", "diagnosis", "confidence", "first step", "ms"],
      visited.map(({ recording, diagnosis, confidence, step, time, right }) => [
        `${right ? " " : "✗"} ${recording.name}`,
        diagnosis,
        confidence,
        step,
        time,
      ]),
    ),
  );
  const wrong = visited.filter(({ right }) => !right).length;
  const silent = visited.filter(({ diagnosis }) => diagnosis === "silent").length;
  console.log(
    `\n${visited.length} pages in ${RUN.browser}: ${visited.length - silent} named, ${silent} silent, ` +
      `${wrong} wrong\npictures: ${shots}`,
  );
  return wrong === 0 ? 0 : 1;
}

/**
 * @param {Stage} stage
 * @param {Recording} recording
 * @param {string} picture path without an ending
 * @returns {Promise<Visited>}
 */
async function visit(stage, recording, picture) {
  const showing = await stage.show(recording);
  try {
    const seen = recording.cause === HEALTHY ? await listen() : await answer();
    await showing.tab.screenshot(`${picture}.png`);
    const popup = await View.popup(showing.driver, showing.tab, popups.get(showing.driver));
    popups.set(showing.driver, popup.tab);
    await popup.waitFor(({ text }) => text.trim() !== "", "the popup");
    await popup.tab.screenshot(`${picture}-popup.png`);
    return { recording, ...seen };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { recording, diagnosis: problem, confidence: "", step: "", time: "", right: false };
  } finally {
    await stage.end(showing);
  }

  async function answer() {
    const { found, title, where, ms } = await stage.answer(
      showing,
      // The page's reports and later failures may say more than the first answer, so this waits for the recorded cause.
      recording.answers.length + recording.again > 0 ? { cause: recording.cause } : {},
    );
    if (where === "overlay" || recording.failure !== undefined) await pause(AT_REST);
    const { diagnosis, plan } = found.report;
    const cause = diagnosis?.cause ?? "";
    const next = plan.find(({ state }) => state === "next");
    const named = stage.words(`cause_${recording.cause}_title`);
    const expected = where === "badge" ? stage.words("badge_title", named) : named;
    return {
      diagnosis: cause,
      confidence: diagnosis?.confidence ?? "",
      step: next === undefined ? "" : stage.words(`remedy_${next.remedy}_title`),
      time: `${Math.round(ms)}${where === "badge" ? " (badge)" : ""}`,
      right: cause === recording.cause && title === expected,
    };
  }

  async function listen() {
    const { diagnosis, badge, overlay } = await stage.listen(showing);
    const silent = diagnosis === undefined && badge === "" && overlay === 0;
    return {
      diagnosis: silent ? "silent" : (diagnosis ?? "shown without a diagnosis"),
      confidence: "",
      step: "",
      time: "",
      right: silent,
    };
  }
}
