// These tests check that what a clearing took is put back: the same jar, compared cookie by cookie in the browser's own
// store, with names, values, hosts, paths, flags, partitions and expiry; for ten minutes, and no longer.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { until } from "./patience.mjs";
import { keyOf, OPENAI_SEEDS, SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const LIMIT = 10_000;
const MINUTE = 60_000;

/** These are cookies of more shapes: for the session only, of each kind of SameSite, without a value. */
const SHAPES = [
  "session-only=one; Path=/; Secure",
  "strict=two; Path=/; Secure; SameSite=Strict; Max-Age=5000",
  "lax=three=3; Path=/; SameSite=Lax; HttpOnly",
  "empty=; Path=/deep/er; Max-Age=700000",
  "wide=four; Domain=chatgpt.com; Path=/; Max-Age=40000",
];

/** @type {Stage} */
let stage;
/** @type {import("./launch.mjs").Tab} */
let tab;

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  await stage.close();
});

beforeEach(async () => {
  stage.player.silence();
  tab = await stage.driver.newTab();
  await sow(stage.player, tab, OPENAI_SEEDS);
  await tab.goto(stage.player.seed("chatgpt.com", SHAPES, { path: "/shapes" }));
});

/** Returns every cookie, as a line. */
const jar = async () =>
  (await stage.driver.cookies())
    .map((cookie) => `${keyOf(cookie)} ${JSON.stringify({ ...cookie, host: undefined })}`)
    .sort();

/** @param {import("./seeds.mjs").Clearing} remedy @param {string} page */
async function clear(remedy, page) {
  const showing = await stage.show(stage.recording(page), { tab });
  await stage.answer(showing);
  const earlier = await jar();
  const popup = await View.popup(stage.driver, tab);
  await popup.click("summary", stage.words("popup_tools_title"));
  await popup.click("label", stage.words(`popup_tool_${remedy}`));
  await popup.apply(remedy);
  const { receipts } = await stage.waitForCase(
    tab,
    (found) => found.receipts[remedy] !== undefined && found.busy === undefined,
    "a receipt",
    { limit: LIMIT },
  );
  assert.ok(receipts[remedy].cookies.gone > 0);
  return { earlier, popup, gone: receipts[remedy].cookies.gone };
}

describe("the same jar again", () => {
  for (const [remedy, page] of /** @type {[import("./seeds.mjs").Clearing, string][]} */ ([
    ["clear_check_cookies", "server_error/cloudflare-502-bad-gateway"],
    ["clear_login_cookies", "server_error/cloudflare-502-bad-gateway"],
    ["clear_site_data", "server_error/cloudflare-502-bad-gateway"],
    ["clear_sites", "server_error/cloudflare-502-bad-gateway"],
  ])) {
    test(remedy, async () => {
      // The largest clearing takes 300 cookies of 500.
      if (remedy === "clear_sites") await sow(stage.player, tab, SEEDS);
      const { earlier, popup, gone } = await clear(remedy, page);
      assert.notDeepEqual(await jar(), earlier);
      await popup.waitFor(
        // With the verdict the popup has its last shape, and stands still.
        ({ text, verdict }) => verdict !== undefined && text.includes(stage.words("popup_undo")),
        "a way back",
        LIMIT,
      );
      await popup.click(`[data-key="undo-${remedy}"]`);
      const { receipts, history } = await stage.waitForCase(
        tab,
        (found) => found.receipts[remedy]?.undone !== undefined,
        "cookies back",
        { limit: LIMIT },
      );
      const later = await jar();
      await popup.tab.close();
      await tab.close();
      assert.deepEqual(receipts[remedy].undone, { back: gone, of: gone });
      assert.deepEqual(later, earlier);
      assert.deepEqual(history, []);
    });
  }
});

test("a second clearing that takes nothing leaves the way back of the first", async () => {
  const remedy = "clear_check_cookies";
  const { earlier, popup } = await clear(remedy, "server_error/cloudflare-502-bad-gateway");
  const { outcome, case: found } = await stage.driver.inExtension(
    (id, again) => chrome.runtime.sendMessage({ kind: "apply", remedy: again, tab: id }),
    tab.id,
    remedy,
  );
  assert.equal(outcome.kind, "done");
  assert.equal(found.receipts[remedy].cookies.gone, 0);
  await stage.driver.inExtension(
    (id) => chrome.runtime.sendMessage({ kind: "undo", tab: id }),
    tab.id,
  );
  assert.deepEqual(await jar(), earlier);
  await popup.tab.close();
  await tab.close();
});

/** Makes the browser refuse to remove any cookie, or ends that. @param {boolean} refuses */
const refuse = (refuses) =>
  stage.driver.inBackground((scope, wanted) => {
    const { cookies } = scope.chrome;
    const kept = /** @type {any} */ (scope);
    kept.remove ??= cookies.remove;
    cookies.remove = wanted ? async () => Promise.reject(new Error("no")) : kept.remove;
  }, refuses);

/** @param {string} kind @param {string} [remedy] */
const ask = (kind, remedy) =>
  stage.driver.inExtension((message) => chrome.runtime.sendMessage(message), {
    kind,
    remedy,
    tab: tab.id,
  });

test("where the browser refuses every cookie, nothing is offered to be put back", async () => {
  const remedy = "clear_check_cookies";
  await stage.answer(
    await stage.show(stage.recording("server_error/cloudflare-502-bad-gateway"), { tab }),
  );
  const earlier = await jar();
  await refuse(true);
  const { case: found } = await ask("apply", remedy);
  await refuse(false);
  assert.equal(found.receipts[remedy].cookies.gone, 0);
  assert.ok(found.receipts[remedy].cookies.stayed.length > 0);
  assert.equal(found.undo, undefined);
  assert.deepEqual(await jar(), earlier);
  await tab.close();
});

test("a second clearing that is refused every cookie leaves the way back of the first", async () => {
  const { earlier, popup } = await clear(
    "clear_check_cookies",
    "server_error/cloudflare-502-bad-gateway",
  );
  await refuse(true);
  const { case: found } = await ask("apply", "clear_site_data");
  await refuse(false);
  assert.equal(found.receipts.clear_site_data.cookies.gone, 0);
  assert.equal(found.undo, "clear_check_cookies");
  await ask("undo");
  assert.deepEqual(await jar(), earlier);
  await popup.tab.close();
  await tab.close();
});

test("after ten minutes there is no way back, and nothing is kept", async () => {
  const remedy = "clear_check_cookies";
  const { popup } = await clear(remedy, "server_error/cloudflare-502-bad-gateway");
  const key = `undo:${tab.id}`;
  const age = 10 * MINUTE + 1;
  await stage.driver.inExtension(
    async (name, by) => {
      const { [name]: kept } = /** @type {any} */ (await chrome.storage.session.get(name));
      await chrome.storage.session.set({ [name]: { ...kept, at: kept.at - by } });
    },
    key,
    age,
  );
  const left = await jar();
  const again = await View.popup(stage.driver, tab, popup.tab);
  const { text } = await again.waitFor((drawn) => drawn.steps.length > 0, "the popup");
  assert.ok(!text.includes(stage.words("popup_undo")), text);
  const refused = await stage.driver.inExtension(
    (id) => chrome.runtime.sendMessage({ kind: "undo", tab: id }),
    tab.id,
  );
  assert.deepEqual(refused.outcome, { kind: "refused", reason: "too_late" });
  assert.deepEqual(await jar(), left);
  await until(
    async () =>
      (await stage.driver.inExtension(
        async (name) => Object.hasOwn(await chrome.storage.session.get(null), name),
        key,
      ))
        ? undefined
        : true,
    "nothing kept",
    60_000,
  );
  await popup.tab.close();
  await tab.close();
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
