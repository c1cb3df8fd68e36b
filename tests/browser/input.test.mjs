// These tests use bad input: pages and answers that no server should send. Each one gets a clear answer or silence,
// within bounds of time; the page stays usable, the background answers, and nothing is thrown.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pause } from "./patience.mjs";
import { withMore } from "./recordings.mjs";
import { Stage } from "./stage.mjs";

const ADDRESS = "https://chatgpt.com/bad-input";

/** The time in ms in which a page of megabytes is loaded, drawn and looked at, on a slow machine. */
const LOAD = 15_000;
/** The time in ms for any question to the page or to the background after that. */
const ANSWER = 1000;
const SETTLED = 600;

/** @type {Stage} */
let stage;

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  await stage.close();
});

/** @type {[string, string]} */
const HTML = ["content-type", "text/html; charset=utf-8"];

/** @param {string | Buffer} body @param {number} status */
const page = (body, status = 502) => ({ status, headers: [HTML], body });

/** @param {number} megabytes */
const words = (megabytes) =>
  "network error 1020 <b>access</b> denied &amp; ".repeat(megabytes * 22_750);

/** These are answers at ADDRESS; the tests need not know what comes of them, only that something comes. */
const ANSWERS = {
  "5 MB of text": () =>
    page(`<!doctype html><title>502</title><p>${words(5).replace(/<[^>]+>/g, "")}`),
  "5 MB in many elements": () => page(`<!doctype html><title>502</title><p>${words(5)}`),
  "100,000 elements": () => page(`<!doctype html><body>${"<i>1020</i>".repeat(100_000)}`),
  "100,000 elements, each an alert": () =>
    page(`<!doctype html><body>${'<i role="alert">failed</i>'.repeat(100_000)}`, 200),
  "20,000 levels deep": () => page(`<!doctype html><body>${"<div>".repeat(20_000)}1020`),
  "a title of 1 MB": () => page(`<!doctype html><title>${"Access denied ".repeat(75_000)}</title>`),
  "an attribute of 1 MB": () => page(`<!doctype html><p id="${"x".repeat(1_000_000)}">1020</p>`),
  "an inline script of 2 MB": () =>
    page(`<!doctype html><script>${"window.a = 1;\n".repeat(150_000)}</script>`),
  "invalid UTF-8": () =>
    page(Buffer.concat([Buffer.from("<!doctype html><p>1020 "), Buffer.alloc(5000, 0xff)])),
  "null bytes and lone surrogates": () =>
    page(Buffer.from("<!doctype html><title>\0\0</title><p>\0&#xd800;\ufffe 1020\0")),
  "an unknown character set": () => ({
    status: 502,
    headers: /** @type {[string, string][]} */ ([["content-type", "text/html; charset=klingon"]]),
    body: "<!doctype html><p>1020",
  }),
  "binary as text": () => ({
    status: 500,
    headers: /** @type {[string, string][]} */ ([["content-type", "text/plain"]]),
    body: Buffer.from(Array.from({ length: 70_000 }, (_, index) => (index * 7919) % 256)),
  }),
  "JSON of 5 MB": () => ({
    status: 429,
    headers: /** @type {[string, string][]} */ ([["content-type", "application/json"]]),
    body: JSON.stringify({ error: { code: "x".repeat(5_000_000) } }),
  }),
  "JSON that is cut off": () => ({
    status: 403,
    headers: /** @type {[string, string][]} */ ([["content-type", "application/json"]]),
    body: '{"error":{"code":"unsupported_country_region_terr',
  }),
  "a status nobody has defined": () => page("<!doctype html><p>1020", 799),
  "an answer that is not HTTP": () => ({ status: 0, raw: Buffer.from("SSH-2.0-OpenSSH_9.9\r\n") }),
  "an answer cut off in its headers": () => ({ status: 0, raw: Buffer.from("HTTP/1.1 403 Forb") }),
};

/** These headers break their own rules, on a page that is known all the same. @type {[string, string][]} */
const GARBAGE = [
  ["cf-ray", `${"\u00ff".repeat(300)}-\u00e9\u00e9\u00e9`],
  ["cf-error-type", "-1e999"],
  ["retry-after", "99999999999999999999999999 fortnights"],
  ["server-timing", `;;;=,"\u00fe${",".repeat(500)}`],
  ["cf-mitigated", ""],
  ["x-request-id", "\t\u007f<script>"],
  ["x-\u00fcber", "1"],
  ["set-cookie", "=; =; ;;;"],
  ["x-long", "y".repeat(60_000)],
  ["cf-ray", "twice"],
];

for (const [name, answer] of Object.entries(ANSWERS)) {
  test(name, async () => {
    stage.player.answer(ADDRESS, answer());
    await survives(ADDRESS);
  });
}

test("headers of garbage on a known page", async () => {
  const recording = stage.recording("blocked_by_rule/error-code-1020-2026");
  const showing = await stage.show(withMore(recording, { headers: GARBAGE }));
  const { found } = await stage.answer(showing);
  await stage.end(showing);
  assert.equal(found.report.diagnosis?.cause, "blocked_by_rule");
});

test("an address of 100 kB", async () => {
  await survives(`${ADDRESS}?error=${"%ff".repeat(33_000)}`);
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});

/** @param {string} address */
async function survives(address) {
  const tab = await stage.driver.newTab();
  const loaded = await within(LOAD, "the load", drawn(tab, address));
  if (loaded.failed === undefined) {
    const shown = await within(
      ANSWER,
      "a question to the page",
      tab.evaluate(() => location.href),
    );
    assert.equal(shown, address);
  }
  await pause(SETTLED);
  const reply = await within(
    ANSWER,
    "a question to the background",
    stage.driver.inExtension((id) => chrome.runtime.sendMessage({ kind: "ask", tab: id }), tab.id),
  );
  assert.notEqual(reply, undefined);
  const diagnosis = reply.case?.report.diagnosis;
  // A clear answer has words; an unknown cause has none, and this throws.
  if (diagnosis !== undefined) stage.words(`cause_${diagnosis.cause}_title`);
  await tab.close();
}

/**
 * Waits until a page is drawn: Chromium reports a JSON of megabytes as loaded, and then lays it out for most of a second.
 * @param {Awaited<ReturnType<Stage["driver"]["newTab"]>>} tab
 * @param {string} address
 */
async function drawn(tab, address) {
  const loaded = await tab.goto(address);
  if (loaded.failed === undefined) await tab.evaluate(() => document.body?.offsetHeight);
  return loaded;
}

/**
 * @template T
 * @param {number} limit ms
 * @param {string} what
 * @param {Promise<T>} work
 * @returns {Promise<T>}
 */
async function within(limit, what, work) {
  const started = Date.now();
  /** @type {NodeJS.Timeout | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new Error(`Not within ${limit} ms: ${what}`)), limit);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([work, late]));
  } finally {
    clearTimeout(timer);
    if (Date.now() - started > limit / 2) console.log(`${what} took ${Date.now() - started} ms`);
  }
}
