// These tests check that a page that floods the browser with errors slows down neither itself nor the extension.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { pause } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

/** This time in ms is long enough for the page to be looked at. */
const SETTLED = 300;
/** The time in ms for which a page pours. */
const POURED = 3000;
/** The longest time in ms that the page's own timers may wait, on a slow machine. */
const GAP = 1000;
/** The longest time in ms that an answer of the background may take. */
const ANSWER = 1000;
/** The largest number of messages a second. */
const MESSAGES = 5;
/** The largest number of changes a second of what is kept. */
const WRITES = 60;
/** The time in ms after which all is right again. */
const AFTER = 3000;

/** Each flood is poured at these addresses, as the app and as a site that is not ours. */
const APP = "https://chatgpt.com/flood";
const ELSEWHERE = "https://example.com/flood";
const TOAST = `<span class="toast-root"><div role="alert" class="text-token-text-error"
  data-testid="toast-error">Something went wrong.</div></span>`;

/** @typedef {import("./launch.mjs").Tab} Tab */

/** @type {Stage} */
let stage;

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  await stage.close();
});

/**
 * Runs in a page: pours, and measures how long the page's own timer waits meanwhile.
 * @param {string} kind
 * @param {number} time ms
 */
async function pour(kind, time) {
  const started = performance.now();
  let last = started;
  let [made, longest, late, open] = [0, 0, 0, 0];
  const basin = document.createElement("div");
  document.body.append(basin);
  const timer = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    late += Math.max(0, now - last - 50);
    last = now;
  }, 50);
  const home = location.href;
  /** @type {Record<string, () => void>} */
  const ways = {
    alerts: () => {
      const alert = document.createElement("div");
      alert.setAttribute("role", "alert");
      alert.textContent = `Drop ${made}`;
      basin.append(alert);
      if (basin.children.length > 300) basin.children[0].remove();
      basin.children[made % basin.children.length].textContent = `Drop ${made} again`;
    },
    requests: () => {
      if (open > 60) {
        made -= 1;
        return;
      }
      open += 1;
      fetch(`/backend-api/${made % 20 ? "refused" : "dropped"}`).then(
        () => --open,
        () => --open,
      );
    },
    titles: () => {
      document.title = `Drop ${made}`;
      // With more of these, Chromium itself is busy for half a minute, whoever listens.
      if (made % 20 === 0) history.replaceState(null, "", `/flood/${made}?error=${made}`);
    },
  };
  const rate = { alerts: 10, requests: 2 }[kind] ?? 1;
  await new Promise((resolve) => {
    const spring = setInterval(() => {
      const now = performance.now() - started;
      for (let left = 500; made < now * rate && left > 0; left--, made++) ways[kind]();
      if (now < time) return;
      clearInterval(spring);
      resolve(undefined);
    }, 5);
  });
  clearInterval(timer);
  basin.remove();
  history.replaceState(null, "", home);
  return { made, longest: Math.round(longest), late: Math.round(late) };
}

/** Counts what content scripts say to the background: a page of ours hears it, too. @param {Tab} tab */
const count = (tab) =>
  stage.driver.inExtension((id) => {
    const counted = { messages: 0, writes: 0 };
    const scope = /** @type {any} */ (globalThis);
    if (scope.hear) chrome.runtime.onMessage.removeListener(scope.hear);
    if (scope.note) chrome.storage.session.onChanged.removeListener(scope.note);
    scope.hear = (/** @type {any} */ { kind }, /** @type {any} */ { tab: from }) => {
      if (kind === "evidence" && from?.id === id) counted.messages += 1;
    };
    scope.note = () => {
      counted.writes += 1;
    };
    chrome.runtime.onMessage.addListener(scope.hear);
    chrome.storage.session.onChanged.addListener(scope.note);
    scope.counted = counted;
  }, tab.id);

const counted = () =>
  stage.driver.inExtension(
    () =>
      /** @type {{messages: number, writes: number}} */ (/** @type {any} */ (globalThis).counted),
  );

/** Measures how long the background takes to answer a view of ours. @param {Tab} tab @param {Promise<unknown>} until */
async function slowest(tab, until) {
  let running = true;
  void until.finally(() => {
    running = false;
  });
  let longest = 0;
  while (running) {
    const took = await stage.driver.inExtension(async (id) => {
      const started = performance.now();
      await chrome.runtime.sendMessage({ kind: "ask", tab: id });
      return performance.now() - started;
    }, tab.id);
    longest = Math.max(longest, took);
    await pause(100);
  }
  return Math.round(longest);
}

describe("a page that floods", () => {
  before(() => {
    const html = `<!doctype html><html data-build="prod-1"><title>Flood</title><body><main></main></html>`;
    /** @type {[string, string][]} */
    const headers = [["content-type", "text/html"]];
    for (const url of [APP, ELSEWHERE]) {
      stage.player.answer(url, { status: 200, headers, body: html });
      // No server on this computer could refuse thousands a second; the site's own worker can.
      stage.player.answer(new URL("/worker.js", url).href, {
        status: 200,
        headers: [["content-type", "text/javascript"]],
        body: `self.onfetch = (event) => {
          if (event.request.url.endsWith("/refused"))
            event.respondWith(new Response("", { status: 503 }));
        };`,
      });
      stage.player.answer(new URL("/backend-api/dropped", url).href, {
        status: 0,
        failure: "reset",
      });
    }
  });

  const causes = { alerts: "app_error", requests: "server_error", titles: "app_error" };
  /** @param {Tab} tab @param {string} address @param {string} kind */
  async function enter(tab, address, kind) {
    await tab.goto(address);
    if (kind === "requests") {
      await tab.evaluate(async () => {
        await navigator.serviceWorker.register("/worker.js");
        await navigator.serviceWorker.ready;
      });
      await tab.goto(address);
    }
    await tab.toFront();
  }

  for (const [kind, cause] of Object.entries(causes)) {
    test(`with ${kind}`, async () => {
      const tab = await stage.driver.newTab();
      await enter(tab, ELSEWHERE, kind);
      const pouringAlone = tab.evaluate(pour, kind, POURED);
      const askedAlone = await slowest(tab, pouringAlone);
      const alone = await pouringAlone;
      await enter(tab, APP, kind);
      await pause(SETTLED);
      await count(tab);
      const pouring = tab.evaluate(pour, kind, POURED);
      const asked = await slowest(tab, pouring);
      const watched = await pouring;
      await tab.evaluate((toast) => {
        const holder = document.createElement("div");
        holder.innerHTML = toast;
        document.body.append(holder);
      }, TOAST);
      await stage.waitForCase(
        tab,
        ({ report }) => report.diagnosis?.cause === cause,
        `the diagnosis ${cause}`,
        { limit: AFTER },
      );
      const { messages, writes } = await counted();
      const seconds = POURED / 1000;
      console.log(
        `${kind}: ${watched.made} (${alone.made} elsewhere), longest gap ${watched.longest} ms ` +
          `(${alone.longest} ms, ratio ${(watched.longest / alone.longest).toFixed(2)}), ` +
          `late ${watched.late} ms (${alone.late} ms), answers within ${asked} ms ` +
          `(${askedAlone} ms), ${messages} messages, ${writes} writes`,
      );
      assert.ok(watched.longest < GAP, `the page waited ${watched.longest} ms`);
      assert.ok(watched.late - alone.late < POURED / 3, `the page lost ${watched.late} ms`);
      assert.ok(asked < ANSWER, `the background took ${asked} ms`);
      assert.ok(messages > 0 && messages <= MESSAGES * seconds, `${messages} messages`);
      assert.ok(writes <= WRITES * seconds, `${writes} writes`);
      await tab.close();
    });
  }
});

/** This site sets as many cookies as a browser allows, each as large as it allows. */
describe("a site that hoards cookies", () => {
  const PAGES = 7;
  const REMEDY = "clear_sites";
  const PAGE = "server_error/cloudflare-502-bad-gateway";
  /** Chromium keeps 180 cookies of one domain, and either browser keeps 4,096 bytes of each. */
  const MANY = 170;
  const LARGE = "x".repeat(3900);

  /** @param {Tab} tab @param {string} [remedy] */
  const apply = (tab, remedy = REMEDY) =>
    stage.driver.inExtension((message) => chrome.runtime.sendMessage(message), {
      kind: "apply",
      remedy,
      tab: tab.id,
    });

  /** @param {Tab} tab */
  async function hoard(tab) {
    for (const host of ["chatgpt.com", "auth.openai.com"]) {
      await tab.goto(stage.player.seed(host, [], { path: "/hoard" }));
      await tab.evaluate(
        async (count, value) => {
          for (let at = 0; at < count; at++)
            await cookieStore.set({ name: `hoard-${at}`, value, path: "/hoard" });
        },
        MANY,
        LARGE,
      );
    }
  }

  test("fills no storage: its clearing says that it is final, other tabs keep their way back", async () => {
    const small = await stage.driver.newTab();
    await small.goto(stage.player.seed("chatgpt.com", ["cf_clearance=small; Path=/; Secure"]));
    await stage.answer(await stage.show(stage.recording(PAGE), { tab: small }));
    await apply(small, "clear_check_cookies");
    /** @type {Tab[]} */
    const hoarders = [];
    for (let at = 0; at < PAGES; at++) {
      const tab = await stage.driver.newTab();
      hoarders.push(tab);
      await hoard(tab);
      await stage.answer(await stage.show(stage.recording(PAGE), { tab }));
      const { outcome, case: found } = await apply(tab);
      assert.equal(outcome.kind, "done", JSON.stringify(outcome));
      const { cookies } = found.receipts[REMEDY];
      assert.ok(cookies.gone >= 2 * MANY, `${cookies.gone}`);
      assert.equal(cookies.final, true);
      assert.equal(found.undo, undefined);
    }
    const kept = await stage.driver.inExtension(
      async () => JSON.stringify(await chrome.storage.session.get(null)).length,
    );
    assert.ok(kept < 1_000_000, `${kept} bytes are kept`);
    const popup = await View.popup(stage.driver, hoarders[0]);
    await popup.click("summary", stage.words("popup_tools_title"));
    await popup.click("label", stage.words(`popup_tool_${REMEDY}`));
    await popup.waitFor(({ text }) => text.includes(stage.words("receipt_final")), "the words");
    await popup.tab.close();
    const undone = await stage.driver.inExtension(
      (id) => chrome.runtime.sendMessage({ kind: "undo", tab: id }),
      small.id,
    );
    assert.deepEqual(undone.outcome, { kind: "done" });
    for (const tab of [small, ...hoarders]) await tab.close();
  });
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
