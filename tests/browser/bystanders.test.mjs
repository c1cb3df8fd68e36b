// These tests check what a clearing reaches and what it does not. The cookies and the storage of 20 hosts that are
// not OpenAI's stay, whatever is cleared. What is cleared of OpenAI's is what the receipt says; the tests count it
// on their own, in the browser's cookie store, and in the storage as a page of the site sees it.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import {
  BYSTANDERS,
  count,
  ground,
  keyOf,
  keyOfSeed,
  plant,
  SEEDS,
  sow,
  WORKER,
} from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const LIMIT = 10_000;

/** This is a bystander with storage; it also has 10 cookies. */
const NEIGHBOUR = "example.com";

/** This is another host of OpenAI's than the one from which is cleared. */
const SECOND = "auth.openai.com";

/** A browser keeps the answer of this address and does not ask for it again. */
const CACHED = "https://chatgpt.com/cached.txt";

/** These are the kinds of storage that a receipt can name and a page can count. */
const KINDS = ["localStorage", "indexedDB", "cacheStorage", "fileSystems", "serviceWorkers"];

/** @type {Stage} */
let stage;
/** @type {import("./launch.mjs").Tab} */
let tab;
/** These seeds should still be there. */
let expected = SEEDS;

before(async () => {
  stage = await Stage.open();
  tab = await stage.driver.newTab();
  await sow(stage.player, tab, SEEDS);
  for (const host of [NEIGHBOUR, SECOND, "chatgpt.com"]) {
    await tab.goto(ground(stage.player, host));
    await tab.evaluate(plant, WORKER);
  }
  stage.player.answer(CACHED, {
    status: 200,
    headers: [["cache-control", "max-age=86400"]],
    body: "cached",
  });
  await asksAgain();
  assert.equal(await asksAgain(), false);
});

after(async () => {
  await stage.close();
});

const cookies = async () => (await stage.driver.cookies()).map(keyOf).sort();

test("500 cookies on 30 hosts are planted, 200 of them on 20 bystanders", async () => {
  const elsewhere = (await stage.driver.cookies()).filter(({ host }) => BYSTANDERS.includes(host));
  assert.equal(elsewhere.filter(({ partition }) => partition === undefined).length, 200);
  assert.deepEqual(await cookies(), SEEDS.map(keyOfSeed).sort());
  assert.ok(SEEDS.length >= 500);
  assert.ok(new Set(SEEDS.map(({ host }) => host)).size >= 30);
});

describe("a clearing takes what it says and nothing else", () => {
  test("clear_check_cookies", async () => {
    await clears("clear_check_cookies", "blocked_by_rule/error-code-1020-2026");
  });

  test("clear_login_cookies", async () => {
    await clears("clear_login_cookies", "server_error/cloudflare-502-bad-gateway");
  });

  test("clear_site_data", async () => {
    const { storage } = await clears("clear_site_data", "healthy/app-first-response");
    assert.notEqual(storage, undefined);
    const left = await onGround("chatgpt.com");
    /** @param {string} kind @param {boolean} other a host that the page in the tab cannot reach */
    const said = (kind, other) => {
      const reasons = storage?.stayed.filter((one) => one.kind === kind).map(({ why }) => why);
      return storage?.cleared.includes(kind) && !(other && reasons?.includes("elsewhere"));
    };
    for (const kind of KINDS) {
      assert.equal(left[kind] === 0, said(kind, false), `${kind}: ${left[kind]} left`);
      // In its own tab, the page of the site can empty everything that the browser cannot.
      assert.equal(left[kind], 0, kind);
    }
    assert.equal(left.sessionStorage, 0);

    const cache = storage?.cleared.includes("cache");
    assert.equal(await asksAgain(), cache, "the browser's cache of the site");

    const elsewhere = await onGround(SECOND);
    for (const kind of KINDS) {
      assert.equal(elsewhere[kind] === 0, said(kind, true), `${kind} of ${SECOND}`);
    }
  });

  test("clear_sites", async () => {
    await clears("clear_sites", "healthy/app-first-response");
  });

  /**
   * Clears by the tools of the popup, and compares the receipt with the browser's own cookie store.
   * @param {import("./seeds.mjs").Clearing} remedy
   * @param {string} name of the page from which it is done
   */
  async function clears(remedy, name) {
    const recording = stage.recording(name);
    const failing = recording.cause !== "healthy";
    const showing = await stage.show(recording, { tab });
    if (failing) await stage.answer(showing);
    const popup = await View.popup(stage.driver, tab);
    await popup.click("summary", stage.words("popup_tools_title"));
    await popup.click("label", stage.words(`popup_tool_${remedy}`));
    await popup.apply(remedy);
    const found = await stage.waitForCase(
      tab,
      ({ receipts, busy }) => receipts[remedy] !== undefined && busy === undefined,
      `the receipt of ${remedy}`,
      { limit: LIMIT },
    );
    await popup.tab.close();

    const receipt = found.receipts[remedy];
    const gone = expected.filter(({ clearedBy }) => clearedBy.includes(remedy));
    const everything = remedy === "clear_site_data" || remedy === "clear_sites";
    const kept = everything ? expected.filter((seed) => seed.kept) : [];
    expected = expected.filter((seed) => !gone.includes(seed));
    assert.deepEqual(await cookies(), expected.map(keyOfSeed).sort());
    assert.equal(receipt.cookies.gone, gone.length);
    assert.equal(receipt.cookies.found, gone.length + kept.length);
    assert.deepEqual(receipt.cookies.hosts, [...new Set(gone.map(hostOf))].sort());
    assert.deepEqual(
      receipt.cookies.stayed.map(({ name, why }) => `${name} ${why}`).sort(),
      kept.map((seed) => `${seed.name} keep`).sort(),
    );
    return receipt;
  }
});

test("the bystander's storage is all still there", async () => {
  const { sessionStorage: _, ...left } = await onGround(NEIGHBOUR);
  assert.deepEqual(left, Object.fromEntries(KINDS.map((kind) => [kind, 1])));
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});

/** Returns the host of a cookie: its domain, or the host that set it. @param {import("./seeds.mjs").Seed} seed */
function hostOf({ host, attributes }) {
  return /Domain=([^;]+)/.exec(attributes)?.[1] ?? host;
}

/** Tells whether the browser asks again for what it may have in its cache. */
async function asksAgain() {
  stage.player.forget();
  await tab.evaluate(async (url) => (await fetch(url)).text(), CACHED);
  return stage.player.asked.some(({ url }) => url === CACHED);
}

/** @param {string} host */
async function onGround(host) {
  stage.player.silence();
  await tab.goto(ground(stage.player, host));
  return tab.evaluate(count);
}
