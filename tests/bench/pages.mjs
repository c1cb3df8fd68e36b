// This module measures what the extension costs and how fast it answers, in the browser named by BROWSER, with the
// packaged extension on recorded pages. It prints one JSON figure a line. For the content script's own cost it runs
// the very file in the page and counts its calls; everything else is the real thing, measured from outside.

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { RUN } from "../browser/launch.mjs";
import { pause, until } from "../browser/patience.mjs";
import { Stage } from "../browser/stage.mjs";
import { View } from "../browser/views.mjs";

/** @param {string} name @param {number} value @param {string} unit @param {number | null} budget */
const figure = (name, value, unit, budget = null) =>
  console.log(
    JSON.stringify({
      name: `${RUN.browser}_${name}`,
      value: Number(value.toPrecision(3)),
      unit,
      budget,
      within: budget === null ? null : value <= budget,
    }),
  );

/** @param {number[]} list */
const median = (list) => list.sort((a, b) => a - b)[list.length >> 1];

const stage = await Stage.open();
try {
  await answers();
  await opening();
  await observing();
  await clearing();
} finally {
  await stage.close();
}

/** Measures the time from the page being ready to the overlay being drawn. */
async function answers() {
  const recording = stage.recording("blocked_by_rule/error-code-1020-2026");
  const measure = async (/** @type {boolean} */ asleep) => {
    if (asleep) await stage.driver.killBackground();
    const showing = await stage.show(recording);
    const drawn = await until(
      () =>
        showing.tab.evaluate(() => {
          const host = document.querySelector("access-medic");
          return host?.matches(":popover-open") ? Date.now() : undefined;
        }),
      "the overlay",
      3000,
    );
    await stage.end(showing);
    return Math.max(0, drawn - showing.ready);
  };
  for (const [name, asleep, budget] of /** @type {const} */ ([
    ["overlay_awake", false, 40],
    ["overlay_asleep", true, 150],
  ])) {
    const times = [];
    for (let round = 0; round < 9; round++) times.push(await measure(asleep));
    figure(name, median(times), "ms", budget);
  }
}

/** Measures the time from opening the popup, which is empty at first, to its first useful paint, with the worker awake. */
async function opening() {
  const showing = await stage.show(stage.recording("edge_refused/unable-to-load-site-ipv4"));
  await stage.answer(showing);
  const times = [];
  for (let round = 0; round < 9; round++) {
    const { tab } = await View.popup(stage.driver, showing.tab);
    times.push(
      await until(
        () =>
          tab.evaluate(() => performance.getEntriesByName("first-contentful-paint")[0]?.startTime),
        "a paint",
        3000,
      ),
    );
    await tab.close();
  }
  await stage.end(showing);
  figure("popup_first_paint", median(times), "ms", 100);
}

/** Measures the content script on a healthy page, and while an answer streams into a long conversation. */
async function observing() {
  const source = readFileSync(join(RUN.extension, "content/observe.js"), "utf8");
  const healthy = stage.recording("healthy/app-first-response");
  /** @template R @param {(source: string) => R | Promise<R>} run In a page of its own. */
  const inPage = async (run) => {
    const tab = await stage.driver.newTab();
    stage.player.air(healthy, { stays: true });
    await tab.goto(healthy.url);
    const found = await tab.evaluate(run, source);
    await tab.close();
    return found;
  };
  const starts = [];
  for (let round = 0; round < 9; round++) starts.push(await inPage(measureStart));
  figure("healthy_page_script", median(starts), "ms", 1);
  const found = await inPage(measureStream);
  figure("healthy_page_messages", found.messages, "messages", 1);
  figure("streaming_callbacks", (found.own / found.page) * 100, "% of the page's script", 1);
  figure("streaming_callbacks_time", found.own, "ms");
  figure("check_of_a_long_page", found.check, "ms");
}

/** Runs in the page: returns the time that the script takes before it hands the page back, all cold. @param {string} source */
function measureStart(source) {
  const runtime = { id: "bench", sendMessage: async () => undefined };
  Object.assign(window, { chrome: { runtime } });
  const script = new Function(source);
  const from = performance.now();
  script();
  return performance.now() - from;
}

/**
 * Runs the script in the page as it is, builds 300 turns, streams 4,000 tokens, and times our callbacks beside the page's work.
 * @param {string} source
 */
async function measureStream(source) {
  let messages = 0;
  let own = 0;
  let longest = 0;
  /** @template {(...given: any[]) => any} F @param {F} run @returns {F} */
  const timed = (run) =>
    /** @type {F} */ (
      (...given) => {
        const from = performance.now();
        try {
          return run(...given);
        } finally {
          const took = performance.now() - from;
          own += took;
          longest = Math.max(longest, took);
        }
      }
    );
  const { setTimeout: later, MutationObserver: Observer } = window;
  const runtime = { id: "bench", sendMessage: async () => void messages++ };
  /** @type {any} */
  const scope = window;
  scope.chrome = { ...scope.chrome, runtime };
  scope.setTimeout = (/** @type {() => void} */ run, /** @type {number} */ wait) =>
    later(timed(run), wait);
  scope.MutationObserver = class extends Observer {
    /** @param {MutationCallback} run */
    constructor(run) {
      super(timed(run));
    }
  };
  new Function(source)();
  const page = document.createElement("main");
  const line = "An answer that explains what a network error is, in some detail. ";
  for (let turn = 0; turn < 300; turn++) {
    const section = document.createElement("section");
    section.dataset.turn = turn % 2 ? "assistant" : "user";
    for (let at = 0; at < 30; at++)
      section.append(Object.assign(document.createElement("p"), { textContent: line }));
    page.append(section);
  }
  document.body.append(page);
  await new Promise((done) => later(done, 600));
  [own, longest] = [0, 0];
  let spent = 0;
  const last = /** @type {Element} */ (page.lastElementChild);
  for (let token = 0; token < 4000; token++) {
    const began = performance.now();
    if (token % 40 === 0) last.append(document.createElement("p"));
    const span = document.createElement("span");
    span.textContent = `token ${token} `;
    /** @type {Element} */ (last.lastElementChild).append(span);
    // This is the least that rendering an answer costs an app: the paragraph's text is made anew.
    const words = /** @type {Element} */ (last.lastElementChild).textContent?.split(" ") ?? [];
    span.dataset.words = String(words.length);
    spent += performance.now() - began;
    if (token % 10 === 0) await new Promise((done) => later(done, 4));
  }
  await new Promise((done) => later(done, 400));
  Object.assign(scope, { setTimeout: later, MutationObserver: Observer });
  return { messages, own, page: spent + own, check: longest };
}

/** Clears 500 cookies on 30 hosts; it uses partitions, because browsers keep 180 of one site in each. */
async function clearing() {
  const chat = ["chatgpt.com", ...Array.from({ length: 25 }, (_, at) => `h${at}.chatgpt.com`)];
  const login = ["auth.openai.com", "chat.openai.com", "auth0.openai.com", "sentinel.openai.com"];
  const groups = [
    { hosts: chat },
    { hosts: login },
    { hosts: chat, under: "https://openai.com" },
    { hosts: chat, under: "https://bing.com" },
  ];
  await stage.driver.inExtension(
    async (/** @type {{ hosts: string[]; under?: string }[]} */ groups) => {
      for (const { hosts, under } of groups) {
        for (let at = 0; at < 125; at++) {
          await chrome.cookies.set({
            url: `https://${hosts[at % hosts.length]}/`,
            name: `c${at}`,
            value: "x",
            secure: true,
            sameSite: "no_restriction",
            expirationDate: Date.now() / 1000 + 9999,
            ...(under && { partitionKey: { topLevelSite: under } }),
          });
        }
      }
    },
    groups,
  );
  const showing = await stage.show(stage.recording("cookies_too_large/nginx-400"));
  await stage.answer(showing);
  await View.overlay(showing.tab).apply("clear_site_data");
  const done = await stage.waitForCase(
    showing.tab,
    ({ receipts }) => receipts.clear_site_data !== undefined,
    "a receipt",
    { limit: 10_000 },
  );
  const { cookies, ms } = done.receipts.clear_site_data;
  if (cookies.gone < 500) throw new Error(`${cookies.gone} of ${cookies.found} cookies gone`);
  figure("clear_500_cookies", ms, "ms", 1000);
  await pause(500);
  await stage.end(showing);
}
