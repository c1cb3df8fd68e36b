// These tests check that a challenge page is left alone: its document is the same to the last byte with and without
// the extension, after a wait that is long enough for anything late to happen.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch } from "./launch.mjs";
import { pause } from "./patience.mjs";
import { readRecordings } from "./recordings.mjs";
import { Stage } from "./stage.mjs";

const LATE = 1500;
/** The time in ms until a load is known. */
const BETWEEN = 300;

const CAUSES = ["challenge", "challenge_loop", "challenge_blocked"];

// For an answer without a body, browsers show a page of their own, which is never the same twice.
const challenges = readRecordings().filter(
  ({ cause, response }) => CAUSES.includes(cause) && response?.body.length,
);

/** @type {Map<string, {without: string, with: string}>} */
const documents = new Map();

/** @type {Stage} */
let stage;

before(async () => {
  stage = await Stage.open();
  const bare = await launch({ player: stage.player, extension: undefined });
  try {
    const untouched = await readAll(bare);
    const observed = await readAll(stage.driver);
    for (const [index, { name }] of challenges.entries()) {
      documents.set(name, { without: untouched[index], with: observed[index] });
    }
  } finally {
    await bare.close();
  }
});

after(async () => {
  await stage.close();
});

for (const { name } of challenges) {
  test(name, () => {
    const seen = documents.get(name);
    assert.ok((seen?.without.length ?? 0) > 100, "the page was played");
    assert.equal(seen?.with, seen?.without);
  });
}

test("the extension was there and knew them all", () => {
  assert.equal(known.size, challenges.length);
});

/** These are the tabs in which the extension named the cause. */
const known = new Set();

/** @param {import("./launch.mjs").Driver} driver */
async function readAll(driver) {
  const tabs = [];
  for (const recording of challenges) {
    const tab = await driver.newTab();
    stage.player.air(recording, { stays: true });
    for (let load = 0; load <= recording.again; load++) {
      await tab.goto(recording.url);
      if (load < recording.again) await pause(BETWEEN);
    }
    tabs.push(tab);
  }
  await pause(LATE);
  const texts = [];
  for (const [index, tab] of tabs.entries()) {
    texts.push(await tab.evaluate(wholeDocument));
    const named = tab.id !== -1 && (await stage.case(tab))?.report.diagnosis?.cause;
    if (named === challenges[index].cause) known.add(tab);
    await tab.close();
  }
  return texts;
}

/** Runs in the page: returns everything that an extension could leave in a document. */
function wholeDocument() {
  const doctype =
    document.doctype === null ? "" : new XMLSerializer().serializeToString(document.doctype);
  const sheets = document.styleSheets.length + document.adoptedStyleSheets.length;
  const names = Object.getOwnPropertyNames(globalThis).filter((name) => /medic/i.test(name));
  const open = document.querySelectorAll(":popover-open").length;
  return [doctype, document.documentElement.outerHTML, sheets, names, open].join("\n");
}
