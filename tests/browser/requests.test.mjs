// These tests check requests of a page that fail, and the loads before the present one. What the content script and the
// network say of them reaches the casebook, without queries and ids, for the load to which it belongs. Nothing is said
// or sent of requests that are well, stopped, or somebody else's.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { RUN } from "./launch.mjs";
import { pause, until } from "./patience.mjs";
import { parseRecording, withMore } from "./recordings.mjs";
import { Stage } from "./stage.mjs";

const ID = "6712f0aa-1c2d-8009-b0d1-2f7d1c9a0e55";
const SETTLED = 600;

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

/**
 * Returns a recording of the app, which makes requests that are answered in this way.
 * @param {string[]} answers as in a recording
 * @param {string} script
 * @param {string} path
 */
function app(answers, script, path = "/") {
  const head = `GET https://chatgpt.com${path} HTTP/1.1\n`;
  const lines = answers.map((answer) => `x-answers: ${answer}\n`).join("");
  const file = Buffer.from(`${head}${lines}\nHTTP/1.1 200 OK\ncontent-type: text/html\n\n`);
  const recording = { name: "", cause: "", path: "", ...parseRecording("", file) };
  const html = `<!doctype html><html data-build="prod-1"><main></main><script>${script}</script>`;
  return withMore(recording, { html });
}

/** @param {import("./launch.mjs").Tab} tab */
const journal = (tab) =>
  stage.driver.inExtension(
    async (key) => /** @type {any} */ ((await chrome.storage.session.get(key))[key]),
    `journal:${tab.id}`,
  );

/** @param {import("./launch.mjs").Tab} tab */
const failed = async (tab) =>
  ((await journal(tab))?.requests ?? [])
    .map((/** @type {any} */ one) => `${one.status ?? one.failure} ${one.host}${one.path}`)
    .sort();

/** @param {import("./launch.mjs").Tab} tab @param {number} count */
const heard = (tab, count) =>
  until(
    async () => {
      const found = await failed(tab);
      return found.length >= count ? found : undefined;
    },
    `${count} failed requests`,
    3000,
  ).catch(async (error) => {
    throw new Error(`${error.message}; there are ${await failed(tab)}`);
  });

const RESET = RUN.browser === "firefox" ? "NS_ERROR_NET_RESET" : "net::ERR_CONNECTION_RESET";
const DNS = RUN.browser === "firefox" ? "NS_ERROR_UNKNOWN_HOST" : "net::ERR_NAME_NOT_RESOLVED";

/** Chromium does not say why a web socket failed. */
const SOCKET = RUN.browser === "firefox" ? RESET : "net::ERR_FAILED";

describe("failed requests", () => {
  test("statuses, before and after the page is there, without queries and ids", async () => {
    const answers = [
      "429 /backend-api/conversations",
      `404 /backend-api/conversation/${ID}`,
      "503 https://auth.openai.com/api/x",
      "200 /backend-api/me",
    ];
    const script = `
      fetch("/backend-api/conversations?offset=0&q=secret").catch(() => 0);
      fetch("/backend-api/me").catch(() => 0);
      setTimeout(() => fetch("/backend-api/conversation/${ID}").catch(() => 0), 300);
      setTimeout(() => fetch("https://auth.openai.com/api/x").catch(() => 0), 500);`;
    showing = await stage.show(app(answers, script));
    assert.deepEqual(await heard(showing.tab, 3), [
      "404 chatgpt.com/backend-api/conversation/*",
      "429 chatgpt.com/backend-api/conversations",
      "503 auth.openai.com/api/x",
    ]);
  });

  test("network failures, of websockets too", async () => {
    const answers = [
      "reset /backend-api/me",
      "dns https://sentinel.openai.com/a",
      `reset wss://ws.chatgpt.com/p1/${ID}`,
    ];
    const script = `
      fetch("/backend-api/me?x=1").catch(() => 0);
      fetch("https://sentinel.openai.com/a").catch(() => 0);
      new WebSocket("wss://ws.chatgpt.com/p1/${ID}?token=1");`;
    showing = await stage.show(app(answers, script));
    const expected = [
      `${RESET} chatgpt.com/backend-api/me`,
      `${DNS} sentinel.openai.com/a`,
      `${SOCKET} ws.chatgpt.com/p1/*`,
    ];
    assert.deepEqual(await heard(showing.tab, 3), expected.sort());
  });

  test("stopped ones, those of frames and those of other hosts are passed over", async () => {
    const frame = stage.player.seed("auth.openai.com", [], {
      path: "/frame",
      body: '<script>fetch("https://chatgpt.com/reset")</script>',
    });
    stage.player.answer("https://example.com/x", {
      status: 500,
      headers: [["access-control-allow-origin", "*"]],
    });
    const script = `
      const stop = new AbortController();
      fetch("/backend-api/slow", { signal: stop.signal }).catch(() => 0);
      stop.abort();
      fetch("https://example.com/x").catch(() => 0);
      document.write('<iframe src="${frame}"></iframe>');`;
    showing = await stage.show(app(["reset /reset"], script));
    await pause(SETTLED);
    assert.deepEqual(await failed(showing.tab), []);
  });

  test("the next load starts anew", async () => {
    const script = 'fetch("/a").catch(() => 0); new Image().src = "/b";';
    showing = await stage.show(app(["500 /a", "reset /b"], script));
    await heard(showing.tab, 2);
    await stage.show(app([], ""), { tab: showing.tab });
    await pause(SETTLED);
    assert.deepEqual(await failed(showing.tab), []);
  });
});

test("loads are kept with their places, and without queries and ids", async () => {
  showing = await stage.show(app([], "", "/?q=secret"));
  const { tab } = showing;
  await pause(SETTLED);
  await stage.show(app([], "", `/c/${ID}?x=1`), { tab });
  await pause(SETTLED);
  const blocked = stage.recording("blocked_by_rule/error-code-1020-2026");
  await stage.answer(await stage.show(blocked, { tab }));
  for (let more = 0; more < 12; more++) {
    const { loads } = await journal(tab);
    const seen = loads.map((/** @type {any} */ one) => [one.place, one.cause]);
    if (more === 0) {
      assert.deepEqual(seen, [
        ["chatgpt.com/", undefined],
        ["chatgpt.com/c/*", undefined],
        [new URL(blocked.url).host + new URL(blocked.url).pathname, "blocked_by_rule"],
      ]);
    }
    await tab.reload();
    await pause(150);
  }
  await pause(SETTLED);
  assert.equal((await journal(tab)).loads.length, 12);
});

for (const [page, restored] of /** @type {const} */ ([
  ["the page's that reports late", false],
  ["not of a page that comes back from the history", true],
])) {
  test(`an answer that was examined alone is ${page}`, async () => {
    showing = await stage.show(stage.recording("edge_refused/unable-to-load-site-ipv4"));
    const { tab } = showing;
    const { found } = await stage.answer(showing);
    // This sets the state as if nobody had heard of the page when its answer was examined.
    await stage.driver.inExtension(async (id) => {
      const { session } = chrome.storage;
      const [answersKey, journalKey] = [`answers:${id}`, `journal:${id}`];
      /** @type {any} */
      const { [answersKey]: answers, [journalKey]: kept } = await session.get(null);
      const [{ load: _, ...load }] = kept.loads;
      await session.remove([`case:${id}`, `seen:${id}`]);
      await session.set({
        [answersKey]: answers.map((/** @type {object} */ one) => ({ ...one, load: "" })),
        [journalKey]: { loads: [load], requests: [] },
      });
    }, tab.id);
    await tab.evaluate(
      (persisted) => dispatchEvent(new PageTransitionEvent("pageshow", { persisted })),
      restored,
    );
    if (!restored) {
      await stage.driver.inExtension(
        (id) =>
          chrome.scripting.executeScript({
            target: { tabId: id },
            func: () => /** @type {any} */ (globalThis).accessMedicObserves.again(),
          }),
        tab.id,
      );
    }
    const { report } = await stage.waitForCase(tab, () => true, "the case");
    const { facts } = /** @type {any} */ (report.diagnosis);
    const { facts: before } = /** @type {any} */ (found.report.diagnosis);
    // Only the answer's headers tell this fact.
    assert.equal(before.colo, "SJC");
    assert.equal(facts.colo, restored ? undefined : "SJC");
    assert.equal((await journal(tab)).loads.length, restored ? 2 : 1);
  });
}

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
