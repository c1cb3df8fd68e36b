// These tests check the wait: a countdown lasts as long as the site says, and can be stopped. At its end the page is loaded
// by itself only if the reader wished it, and only while the tab is looked at and the browser is online.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { pause, until } from "./patience.mjs";
import { withMore } from "./recordings.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY, View } from "./views.mjs";

/** The time that the site asks for, in seconds. */
const ASKED = 4;
/** This time in ms is longer than that, and longer than a page load. */
const LIMIT = 10_000;

/** @type {Stage} */
let stage;
/** @type {import("./stage.mjs").Showing | undefined} */
let showing;

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  await stage.close();
});

afterEach(async () => {
  if (showing !== undefined) await stage.end(showing);
  showing = undefined;
});

/** Opens a page whose first step is to wait, and starts the countdown in the overlay. @param {number} [asked] seconds */
async function begin(asked = ASKED) {
  const page = stage.recording("server_error/cloudflare-502-bad-gateway");
  /** @type {[string, string][]} */
  const headers = [["retry-after", `${asked}`]];
  showing = await stage.show(withMore(page, { headers }));
  const { tab } = showing;
  const { found } = await stage.answer(showing);
  const step = found.report.plan.find(({ state }) => state === "next");
  assert.equal(step?.action.kind, "wait");
  await tab.toFront();
  const overlay = View.overlay(tab);
  await overlay.apply("wait");
  const { waiting, history } = await stage.waitForCase(tab, (one) => one.waiting !== undefined, "");
  assert.deepEqual(history, []);
  assert.ok(Math.abs((waiting?.until ?? 0) - found.at - asked * 1000) < 1000, `${found.at}`);
  const drawn = await overlay.waitFor(({ text }) => /\b00:0\d\b/.test(text), "a clock");
  assert.equal(drawn.next, "wait");
  return { tab, overlay };
}

/** @param {View} view */
const over = (view) =>
  view.waitFor(({ text }) => text.includes(stage.words("wait_over")), "the end", LIMIT);

/** @param {import("./launch.mjs").Tab} tab */
const attempts = async (tab) => (await stage.case(tab))?.history ?? [];

/** @param {import("./launch.mjs").Tab} tab @param {string} verdict */
const judged = (tab, verdict) =>
  stage.waitForCase(tab, ({ report }) => report.judgement?.verdict === verdict, verdict, {
    limit: LIMIT,
  });

test("it counts down in the overlay and in the popup, and loads nothing by itself", async () => {
  const { tab, overlay } = await begin();
  const popup = await View.popup(stage.driver, tab);
  await popup.waitFor(({ text }) => /\b00:0\d\b/.test(text), "the clock in the popup");
  await over(popup);
  await popup.tab.close();
  await tab.toFront();
  await over(overlay);
  await pause(500);
  assert.deepEqual(await attempts(tab), []);
  stage.player.silence();
  await overlay.apply("wait");
  const { history, waiting } = await judged(tab, "resolved");
  assert.deepEqual(
    history.map(({ remedy, outcome, verdict }) => [remedy, outcome, verdict]),
    [["wait", "done", "resolved"]],
  );
  assert.equal(waiting, undefined);
});

test("if it is wished, the page is loaded at the end, but not behind the reader's back", async () => {
  const { tab, overlay } = await begin();
  await overlay.click('[data-key="again"]');
  const other = await stage.driver.newTab();
  await other.toFront();
  await pause((ASKED + 1) * 1000);
  assert.equal(await tab.evaluate(() => document.hidden), true);
  assert.deepEqual(await attempts(tab), []);
  await tab.toFront();
  const { history, report } = await judged(tab, "persists");
  await other.close();
  assert.equal(history.length, 1);
  assert.equal(report.plan.find(({ remedy }) => remedy === "wait")?.state, "tried");
});

test("nor while the browser is offline", async () => {
  const { tab, overlay } = await begin();
  await overlay.click('[data-key="again"]');
  await stage.waitForCase(tab, ({ waiting }) => waiting?.again === true, "the wish");
  await tab.conditions("offline");
  await overlay.waitFor(
    ({ text }) => text.includes(stage.words("wait_offline")),
    "the end, offline",
    LIMIT,
  );
  assert.deepEqual(await attempts(tab), []);
  await tab.conditions(undefined);
  await judged(tab, "persists");
});

for (const minutes of [-5, -525_600, 525_600]) {
  test(`a clock that is moved by ${minutes} minutes does not prolong it`, async () => {
    // This is long enough to open the popup meanwhile.
    const { tab, overlay } = await begin(9);
    await overlay.click('[data-key="again"]');
    await stage.waitForCase(tab, ({ waiting }) => waiting?.again === true, "the wish");
    const popup = await View.popup(stage.driver, tab);
    await popup.waitFor(({ text }) => /\b00:0\d\b/.test(text), "the clock in the popup");
    const began = Date.now();
    const by = minutes * 60_000;
    await popup.tab.evaluate((ms) => {
      const now = Date.now.bind(Date);
      Date.now = () => now() + ms;
    }, by);
    await stage.driver.inBackground((scope, ms) => {
      const { Date: clock } = /** @type {any} */ (scope);
      clock.real ??= clock.now;
      clock.now = () => clock.real() + ms;
    }, by);
    await until(
      async () => ((await attempts(tab)).length > 0 ? true : undefined),
      "the page loaded again",
      9000 + LIMIT,
    );
    const took = Date.now() - began;
    assert.ok(took < 9000 + 5000, `it took ${took} ms`);
    await stage.driver.inBackground((scope) => {
      const { Date: clock } = /** @type {any} */ (scope);
      clock.now = clock.real;
    });
    await popup.tab.close();
  });
}

test("stopped, it is as if it had not begun", async () => {
  const { tab, overlay } = await begin();
  await overlay.click('[data-key="stop-waiting"]');
  await stage.waitForCase(tab, ({ waiting }) => waiting === undefined, "no countdown");
  await overlay.waitFor(
    ({ text }) => text.includes(stage.words("remedy_wait_button")) && !/\b00:0\d\b/.test(text),
    "the step as it was",
  );
  await pause(ASKED * 1000);
  assert.deepEqual(await attempts(tab), []);
});

test("a page script cannot wish in the reader's place", async () => {
  const { tab } = await begin();
  await tab.evaluate((name) => {
    const host = document.querySelector(name);
    for (const type of ["click", "change", "input"]) host?.dispatchEvent(new Event(type));
  }, OVERLAY);
  const stepped = await tab.inRoot(OVERLAY, (root) => {
    const tick = /** @type {HTMLInputElement} */ (root.querySelector('[data-key="again"]'));
    tick.dispatchEvent(new Event("change"));
    return tick.checked;
  });
  assert.equal(stepped, false);
  assert.equal((await stage.case(tab))?.waiting?.again, false);
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
