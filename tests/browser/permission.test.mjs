// In these tests the browser has taken OpenAI's sites away from the extension. The extension says so and asks for them,
// does nothing meanwhile and claims nothing; when it has them again, it works as before.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { pause } from "./patience.mjs";
import { keyOf, OPENAI_SEEDS, SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY, View } from "./views.mjs";

const LIMIT = 10_000;

/** This time in ms is long enough for anything that was started to be seen. */
const SETTLED = 500;

/** This is the first step about the page that is shown. */
const REMEDY = "clear_login_cookies";

/** @type {Stage} */
let stage;
/** @type {import("./recordings.mjs").Recording} */
let failing;
/** @type {import("./launch.mjs").Tab} */
let tab;
/** @type {View | undefined} */
let popup;
/** @type {string[]} */
let planted;

before(async () => {
  stage = await Stage.open();
  failing = stage.recording("login_expired/invalid-state");
});

after(async () => {
  await stage.close();
});

beforeEach(async () => {
  stage.player.silence();
  tab = await stage.driver.newTab();
  await sow(stage.player, tab, OPENAI_SEEDS);
  planted = await jar();
});

afterEach(async () => {
  await popup?.tab.close();
  popup = undefined;
  await tab.close();
  await stage.driver.giveSites(true);
});

/** Returns every cookie, as a line. */
const jar = async () =>
  (await stage.driver.cookies()).map((cookie) => `${keyOf(cookie)} ${cookie.value}`).sort();

/** @param {string} kind @param {string=} remedy */
const asked = (kind, remedy) =>
  stage.driver.inExtension((message) => chrome.runtime.sendMessage(message), {
    kind,
    remedy,
    tab: tab.id,
  });

/** Checks that the extension neither cleared anything nor says so. */
async function assertNothingDone() {
  await pause(SETTLED);
  const found = await stage.case(tab);
  assert.deepEqual(found?.history ?? [], []);
  assert.deepEqual(found?.receipts ?? {}, {});
  assert.equal(found?.busy, undefined);
  assert.deepEqual(await jar(), planted);
}

/** Checks that the diagnosis is there, and that a clearing by a click takes what it should and says so. */
async function assertWorks() {
  const { report } = await stage.waitForCase(
    tab,
    (found) => found.report.diagnosis?.cause === failing.cause,
    "a diagnosis",
    { limit: LIMIT },
  );
  assert.equal(report.plan[0].remedy, REMEDY);
  const view = /** @type {View} */ (popup);
  await view.waitFor(({ next, text }) => next === REMEDY && !pleads(text), "the first step", LIMIT);
  await view.apply(REMEDY);
  const { receipts } = await stage.waitForCase(
    tab,
    (found) => found.receipts[REMEDY] !== undefined && found.busy === undefined,
    "a receipt",
    { limit: LIMIT },
  );
  const gone = OPENAI_SEEDS.filter(({ clearedBy }) => clearedBy.includes(REMEDY)).length;
  assert.equal(receipts[REMEDY].cookies.gone, gone);
  assert.equal((await jar()).length, planted.length - gone);
}

/** @param {string} text */
const pleads = (text) => text.includes(stage.words("permit_title"));

test("taken away before the page was loaded: the popup asks for them, and claims nothing", async () => {
  await stage.driver.giveSites(false);
  stage.player.air(failing, { stays: true });
  await tab.goto(failing.url);
  popup = await View.popup(stage.driver, tab);
  const { text, cause, steps } = await popup.waitFor((drawn) => pleads(drawn.text), "the plea");
  assert.deepEqual([cause, steps], [undefined, []]);
  for (const key of ["popup_healthy_title", "popup_elsewhere_title"]) {
    assert.ok(!text.includes(stage.words(key)), text);
  }
  await popup.spot('[data-key="permit"]', stage.words("permit_button"));
  assert.equal(await tab.evaluate((name) => document.querySelectorAll(name).length, OVERLAY), 0);
  assert.equal(await stage.case(tab), undefined);
  await assertNothingDone();
});

test("taken away after the diagnosis: nothing that a view of ours asks for is done", async () => {
  const { found } = await stage.answer(await stage.show(failing, { tab }));
  planted = await jar();
  await stage.driver.giveSites(false);
  const { plan, tools } = found.report;
  const offered = [...plan, ...tools].filter(({ action }) => action.kind !== "open");
  assert.ok(offered.some(({ remedy }) => remedy === "clear_site_data"));
  for (const { remedy } of offered) {
    const { outcome } = await asked("apply", remedy);
    assert.deepEqual(outcome, { kind: "refused", reason: "no_permission" }, remedy);
  }
  const { outcome } = await asked("undo");
  assert.deepEqual(outcome, { kind: "refused", reason: "no_permission" });
  await assertNothingDone();
});

test("taken away between the drawing of the popup and the click: it is refused, and asked for", async () => {
  await stage.answer(await stage.show(failing, { tab }));
  planted = await jar();
  popup = await View.popup(stage.driver, tab);
  const { text } = await popup.waitFor(({ next }) => next === REMEDY, "the first step");
  assert.ok(!pleads(text), text);
  await stage.driver.giveSites(false);
  await popup.apply(REMEDY);
  const later = await popup.waitFor((drawn) => pleads(drawn.text), "the plea", LIMIT);
  assert.ok(later.text.includes(stage.words("reason_no_permission")), later.text);
  assert.equal(later.steps.find(({ remedy }) => remedy === REMEDY)?.state, "next");
  await assertNothingDone();
});

test("taken away, and the tab alone lent by the extension's button: a click is refused all the same", async () => {
  await stage.answer(await stage.show(failing, { tab }));
  planted = await jar();
  await stage.driver.giveSites(false);
  await stage.driver.clickButton(tab);
  popup = await View.popup(stage.driver, tab);
  const { text, cause } = await popup.waitFor(({ next }) => next === REMEDY, "the first step");
  assert.ok(pleads(text), text);
  assert.equal(cause, failing.cause);
  for (const remedy of [REMEDY, "clear_site_data", "run_checks"]) {
    const { outcome } = await asked("apply", remedy);
    assert.deepEqual(outcome, { kind: "refused", reason: "no_permission" }, remedy);
  }
  await pause(SETTLED);
  const found = await stage.case(tab);
  assert.deepEqual([found?.receipts, found?.checks, found?.busy], [{}, undefined, undefined]);
  assert.ok(found?.history.every((attempt) => attempt.outcome === "refused"));
  assert.deepEqual(await jar(), planted);
});

test("taken away before the page was loaded, and the tab lent: nothing is said to be well", async () => {
  await stage.driver.giveSites(false);
  stage.player.air(failing, { stays: true });
  await tab.goto(failing.url);
  await stage.driver.clickButton(tab);
  popup = await View.popup(stage.driver, tab);
  const { text } = await popup.waitFor((drawn) => pleads(drawn.text), "the plea");
  assert.ok(!text.includes(stage.words("popup_healthy_title")), text);
});

test("taken away after a clearing: what it took is not put back, nor said to be", async () => {
  await stage.answer(await stage.show(failing, { tab }));
  popup = await View.popup(stage.driver, tab);
  await assertWorks();
  assert.equal((await asked("ask")).case.undo, REMEDY);
  const left = await jar();
  await stage.driver.giveSites(false);
  const { outcome } = await asked("undo");
  assert.deepEqual(outcome, { kind: "refused", reason: "no_permission" });
  await pause(SETTLED);
  assert.deepEqual(await jar(), left);
  assert.equal((await stage.case(tab))?.receipts[REMEDY].undone, undefined);
});

test("given again, it looks at the page and clears", async () => {
  await stage.driver.giveSites(false);
  stage.player.air(failing, { stays: true });
  await tab.goto(failing.url);
  planted = await jar();
  popup = await View.popup(stage.driver, tab);
  await popup.waitFor(({ text }) => pleads(text), "the plea");
  if (stage.driver.name === "firefox") {
    // The click asks the browser, the browser gives the sites, and the page is loaded again.
    stage.player.forget();
    await popup.click('[data-key="permit"]');
    await stage.waitForCase(tab, ({ report }) => report.diagnosis !== undefined, "a diagnosis", {
      limit: LIMIT,
    });
    assert.ok(stage.player.asked.some(({ url }) => url === failing.url));
  } else {
    // Chromium asks in a window of its own, which no program can click.
    await stage.driver.giveSites(true);
    await tab.reload();
    popup = await View.popup(stage.driver, tab, popup.tab);
  }
  await assertWorks();
});

// These tests are the last ones, because the cookies of others that they sow stay.
for (const wait of [0, 60, 150, 300]) {
  test(`taken away ${wait} ms into a clearing: not said to be done, and it can be put back`, async (t) => {
    await sow(stage.player, tab, SEEDS);
    await stage.answer(await stage.show(failing, { tab }));
    planted = await jar();
    // Chromium takes longer to take the sites away than to clear.
    const start = performance.now();
    await stage.driver.giveSites(true);
    const early = performance.now() - start - wait;
    const taking = early > 0 ? stage.driver.giveSites(false) : undefined;
    await pause(Math.max(0, early));
    const clearing = asked("apply", "clear_sites");
    if (!taking) await pause(wait);
    await (taking ?? stage.driver.giveSites(false));
    const { outcome } = await clearing;
    const left = await jar();
    const receipt = (await stage.case(tab))?.receipts.clear_sites;
    t.diagnostic(`${outcome.kind}, ${left.length} of ${planted.length} left`);
    if (outcome.kind === "done") {
      // The clearing was over already.
      assert.equal(receipt?.cookies.gone, planted.length - left.length);
    } else {
      assert.equal(outcome.reason, "no_permission");
      assert.equal(receipt, undefined);
    }
    await stage.driver.giveSites(true);
    if (left.length === planted.length) return;
    assert.deepEqual((await asked("undo")).outcome, { kind: "done" });
    assert.deepEqual(await jar(), planted);
  });
}

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
