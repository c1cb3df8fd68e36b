// These tests check what never answers: a page that hangs, and single calls of the browser. A step that meets one ends, says
// what was done and what was not, and holds up no other tab. They also close a private window in the middle of a step: the
// cookies of the usual windows stay as they are.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { RUN } from "./launch.mjs";
import { play } from "./network.mjs";
import { pause, until } from "./patience.mjs";
import { keyOf, OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";

const PAGE = "server_error/cloudflare-502-bad-gateway";
const OTHER = "login_expired/invalid-state";
/** The time in ms for which a page hangs: much longer than anybody waits for it. */
const HANGS = 40_000;
/** This time in ms covers the limits of the page, of a cookie call and of the browser's own clearing, on a busy machine. */
const LATEST = 30_000;

/** @type {Stage} */
let stage;
/** @type {import("./launch.mjs").Tab[]} */
let tabs = [];

before(async () => {
  stage = await Stage.open({ privately: true });
});

after(async () => {
  await stage.close();
});

afterEach(async () => {
  await mend();
  await Promise.all(tabs.map((tab) => tab.close().catch(() => undefined)));
  tabs = [];
});

/** @param {string} page @param {import("./launch.mjs").Jar} [jar] */
async function open(page = PAGE, jar) {
  const tab = await stage.driver.newTab(jar);
  tabs.push(tab);
  await sow(stage.player, tab, OPENAI_SEEDS, jar);
  await stage.answer(await stage.show(stage.recording(page), { tab }));
  return tab;
}

/** @param {import("./launch.mjs").Tab} tab @param {string} kind @param {string} [remedy] */
async function send(tab, kind, remedy) {
  const message = { kind, remedy, tab: tab.id };
  const start = Date.now();
  const asked = stage.driver.inExtension(
    async (whole) => (await chrome.runtime.sendMessage(whole).catch(() => undefined)) ?? null,
    message,
  );
  const reply = await Promise.race([asked, pause(LATEST + 5000)]);
  assert.ok(reply, `no answer to ${kind} ${remedy} within ${Date.now() - start} ms`);
  return { ...reply, took: Date.now() - start };
}

/** Lets a call of the browser hang in the background. @param {"cookies" | "browsingData"} api @param {string} name */
const hang = (api, name) =>
  stage.driver.inBackground(
    (scope, which, method) => {
      const found = /** @type {any} */ (scope.chrome)[which];
      const whole = /** @type {any} */ (scope);
      whole.kept ??= [];
      whole.kept.push([which, method, found[method]]);
      found[method] = () => new Promise(() => undefined);
    },
    api,
    name,
  );

/** Closes a window as soon as a call of the browser is begun in the background; the call itself is made after that. @param {"cookies"} api @param {string} name @param {number} tabId */
const closeAt = (api, name, tabId) =>
  stage.driver.inBackground(
    (scope, which, method, id) => {
      const found = /** @type {any} */ (scope.chrome)[which];
      const real = found[method];
      const whole = /** @type {any} */ (scope);
      whole.kept ??= [];
      whole.kept.push([which, method, real]);
      /** @type {Promise<void> | undefined} */
      let closing;
      const close = async () => {
        const { windowId } = await scope.chrome.tabs.get(id);
        await scope.chrome.windows.remove(windowId);
        const open = async () => (await scope.chrome.windows.getAll()).some((one) => one.incognito);
        while (await open());
      };
      found[method] = async (/** @type {unknown[]} */ ...args) => {
        closing ??= close();
        await closing;
        return real.apply(found, args);
      };
    },
    api,
    name,
    tabId,
  );

/** Puts the original calls back. */
const mend = () =>
  stage.driver.inBackground((scope) => {
    const kept = /** @type {any} */ (scope).kept ?? [];
    const all = /** @type {any} */ (scope.chrome);
    for (const [api, name, real] of kept.splice(0).reverse()) all[api][name] = real;
  });

/** @param {import("./launch.mjs").Jar} wanted */
const jar = async (wanted) =>
  (await stage.driver.cookies())
    .filter((cookie) => cookie.jar === wanted)
    .map((cookie) => `${keyOf(cookie)} ${cookie.value}`)
    .sort();

/** In this jar, a clearing has to ask the page itself. @type {import("./launch.mjs").Jar} */
const ASKED = RUN.browser === "firefox" ? "default" : "private";

test("a page that hangs: its clearing ends and says so, and another tab does not wait for it", async () => {
  // In usual windows Chromium does not ask the page for anything.
  const tab = await open(PAGE, ASKED);
  const other = await open(OTHER);
  await tab.evaluate((ms) => {
    setTimeout(() => {
      const end = Date.now() + ms;
      while (Date.now() < end);
    }, 100);
  }, HANGS);
  // In a tab in the background timers run once a second.
  await pause(2500);
  const clearing = send(tab, "apply", "clear_site_data");
  await pause(100);
  const beside = await send(other, "apply", "clear_check_cookies");
  assert.equal(beside.outcome.kind, "done", JSON.stringify(beside.outcome));
  assert.ok(beside.took < HANGS / 2, `the other tab waited ${beside.took} ms`);
  const { outcome, case: found, took } = await clearing;
  assert.ok(took < HANGS / 2, `it took ${took} ms`);
  assert.equal(outcome.kind, "done", JSON.stringify(outcome));
  const { cookies, storage } = found.receipts.clear_site_data;
  assert.ok(cookies.gone > 0);
  assert.ok(
    storage.stayed.some((/** @type {{why: string}} */ { why }) => why === "failed"),
    JSON.stringify(storage),
  );
  assert.equal(found.busy, undefined);
});

test("cookies.remove hangs: the step has failed and the receipt is true; the next one works", async () => {
  const tab = await open();
  const earlier = await jar("default");
  await hang("cookies", "remove");
  const { outcome, case: found } = await send(tab, "apply", "clear_check_cookies");
  assert.deepEqual(outcome, { kind: "failed", reason: "no_answer" });
  const { gone, stayed } = found.receipts.clear_check_cookies.cookies;
  assert.deepEqual([gone, found.busy, found.undo], [0, undefined, undefined]);
  assert.ok(stayed.length > 0);
  assert.deepEqual(await jar("default"), earlier);
  await mend();
  const again = await send(tab, "apply", "clear_check_cookies");
  assert.equal(again.outcome.kind, "done");
  assert.ok(again.case.receipts.clear_check_cookies.cookies.gone > 0);
});

test("cookies.set hangs: the undo has failed, and can be tried again", async () => {
  const tab = await open();
  const earlier = await jar("default");
  assert.equal((await send(tab, "apply", "clear_check_cookies")).outcome.kind, "done");
  await hang("cookies", "set");
  const { outcome, case: found } = await send(tab, "undo");
  assert.deepEqual(outcome, { kind: "failed", reason: "no_answer" });
  assert.equal(found.undo, "clear_check_cookies");
  await mend();
  assert.equal((await send(tab, "undo")).outcome.kind, "done");
  assert.deepEqual(await jar("default"), earlier);
});

test("browsingData.remove hangs: the cookies are gone, the storage is said not to be, and others go on", async () => {
  const tab = await open();
  await hang("browsingData", "remove");
  const clearing = send(tab, "apply", "clear_site_data");
  await pause(100);
  const other = await open(OTHER);
  const beside = await send(other, "apply", "clear_check_cookies");
  assert.equal(beside.outcome.kind, "done", JSON.stringify(beside.outcome));
  const { outcome, case: found } = await clearing;
  assert.equal(outcome.kind, "done", JSON.stringify(outcome));
  const { cookies, storage } = found.receipts.clear_site_data;
  assert.ok(cookies.gone > 0);
  assert.deepEqual(
    storage.stayed.filter((/** @type {{kind: string}} */ { kind }) => kind === "localStorage"),
    [{ kind: "localStorage", why: "failed" }],
  );
});

test("cookies.getAll hangs: the checks come to an end, and so does a clearing", async () => {
  play(stage.player, {});
  const tab = await open();
  const other = await open(OTHER);
  await hang("cookies", "getAll");
  const [checks, clearing] = await Promise.all([
    send(tab, "apply", "run_checks"),
    send(other, "apply", "clear_check_cookies"),
  ]);
  assert.equal(checks.outcome.kind, "done");
  assert.ok(checks.case.checks.findings.length > 0);
  assert.deepEqual(clearing.outcome, { kind: "failed", reason: "no_answer" });
});

describe("a private window that is closed in the middle", () => {
  for (const call of ["getAllCookieStores", "getAll", "remove"]) {
    test(`of a clearing, at ${call}: the usual cookies stay`, async () => {
      await open();
      const earlier = await jar("default");
      const tab = await open(PAGE, "private");
      tabs.pop();
      await closeAt("cookies", call, tab.id);
      await send(tab, "apply", "clear_sites").catch(() => undefined);
      // In Firefox the tab itself names its store.
      if (call !== "getAllCookieStores") await closed();
      else await tab.close().catch(() => undefined);
      assert.deepEqual(await jar("default"), earlier);
    });
  }

  test("of an undo: nothing is put into the usual windows", async () => {
    await open();
    const tab = await open(PAGE, "private");
    tabs.pop();
    assert.equal((await send(tab, "apply", "clear_sites")).outcome.kind, "done");
    const earlier = await jar("default");
    await closeAt("cookies", "set", tab.id);
    await send(tab, "undo").catch(() => undefined);
    await closed();
    assert.deepEqual(await jar("default"), earlier);
  });

  const closed = () =>
    until(
      async () => ((await stage.driver.privatePages()).length === 0 ? true : undefined),
      "no private window",
      LATEST,
    );
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
