// These tests check that the overlay never outlives what it shows: not the extension that drew it, when it is updated or
// switched off while a page is open, and not the page's own state, when a person comes back by the browser's history.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { until } from "./patience.mjs";
import { withMore } from "./recordings.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY } from "./views.mjs";

const LIMIT = 12_000;

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

async function open() {
  showing = await stage.show(stage.recording("login_expired/invalid-state"));
  await stage.answer(showing);
  await showing.tab.toFront();
  return showing.tab;
}

/** Tells whether an overlay can be seen in a page. @param {import("./launch.mjs").Tab} tab */
const seen = (tab) =>
  tab.inRoot(OVERLAY, (root) => {
    const card = root.querySelector(".card, .chip");
    return card?.checkVisibility({ visibilityProperty: true }) ?? false;
  });

test("restored from the history, it says what is true now", async () => {
  const tab = await open();
  const { tab: id } = /** @type {import("./stage.mjs").Case} */ (await stage.case(tab));
  // This stands for another page's case that came in between, or for a person who closed it elsewhere.
  await stage.driver.inExtension(async (key) => {
    const found = /** @type {any} */ ((await chrome.storage.session.get(key))[key]);
    await chrome.storage.session.set({ [key]: { ...found, closed: true } });
  }, `case:${id}`);
  await tab.evaluate(() => {
    dispatchEvent(new PageTransitionEvent("pageshow", { persisted: true }));
  });
  await until(
    async () =>
      (await tab.evaluate((name) => document.querySelectorAll(name).length, OVERLAY)) === 0
        ? true
        : undefined,
    "no overlay",
    LIMIT,
  );
});

test("what an earlier script left makes room for the new one", async () => {
  const left = `<${OVERLAY} popover="manual"></${OVERLAY}><script>document.querySelector("${OVERLAY}").showPopover()</script>`;
  showing = await stage.show(
    withMore(stage.recording("login_expired/invalid-state"), { html: left }),
  );
  await stage.answer(showing);
  const count = await showing.tab.evaluate(
    (name) => document.querySelectorAll(name).length,
    OVERLAY,
  );
  assert.equal(count, 1);
});

// This test is the last one, because there is no extension afterwards.
test("when the extension is loaded anew, the overlay goes with the script that drew it", async () => {
  const tab = await open();
  assert.equal(await seen(tab), true);
  // The new script may draw its own overlay at once, so this asks for the old one.
  await tab.evaluate((name) => {
    Object.assign(globalThis, { drawnBefore: document.querySelector(name) });
  }, OVERLAY);
  const isThere = () =>
    tab.evaluate(() => /** @type {any} */ (globalThis).drawnBefore.isConnected === true);
  assert.equal(await isThere(), true);
  // The page that is asked goes as well, and never answers.
  void stage.driver.inExtension(() => chrome.runtime.reload()).catch(() => undefined);
  await until(
    async () => ((await isThere().catch(() => true)) ? undefined : true),
    "the old overlay gone",
    LIMIT,
  );
});
