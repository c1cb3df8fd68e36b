// This module brings evidence to the core: what pages report, and which requests of theirs failed. It waits where the core wants
// an answer to come first; the core says what the evidence means.
import { perform } from "./effects.js";
import { happen } from "./tabs.js";

/** This is what a page reports. @typedef {Partial<import("../core/access_medic.js").Evidence> & { url: string }} Evidence */
/**
 * This is the page that reports. `load` is the name that the page gave itself. `at` is when its observation began, by the clock
 * of that moment. `ago` and `answered` are how long ago that was, and how long ago the first byte of its answer came, by the
 * page's own watch, in milliseconds. `restored` tells whether the page came back from the history.
 * @typedef {{ load: string; at: number; ago: number; answered?: number; restored: boolean }} Reporter
 */

/** The number of milliseconds that a page waits for the answer it came with. In Firefox a page often reports before that answer. */
const WAIT = 1000;
/**
 * The same for a worker that has just started. On a busy computer it hears of the answer later; in Firefox 153 it was more than a second.
 */
const WAIT_AT_START = 3000;
const START = 5000;
/** The pause between two looks at failed requests, in milliseconds: a page can make thousands of them. */
const APART = 100;
/** The number of failed requests that are handed over together. */
const REQUESTS = 20;

/** The number of characters that are kept of a name that a page gives itself. */
const NAME = 64;

/**
 * Returns a time that an observer tells, or 0 for anything else, because a page may have got hold of the observer.
 * @param {unknown} value
 */
const sound = (value) => (Number.isFinite(value) ? Math.max(0, Number(value)) : 0);

/** This map holds, by tab, the function that ends the wait of a page for its answer. @type {Map<number, (value: unknown) => void>} */
const early = new Map();

/** @param {number} tab */
export const answerArrived = (tab) => early.get(tab)?.(undefined);

/** @param {number} tab */
async function answerOf(tab) {
  /** @type {(value: unknown) => void} */
  let arrived = () => {};
  await new Promise((resolve) => {
    arrived = resolve;
    early.set(tab, resolve);
    setTimeout(resolve, performance.now() < START ? WAIT_AT_START : WAIT);
  });
  // Another page of the tab may wait by now.
  if (early.get(tab) === arrived) early.delete(tab);
}

/** This map holds, by tab, the function that ends the wait until a page was examined. @type {Map<number, () => void>} */
const waiting = new Map();

/**
 * Resolves once the next page of a tab was examined, at the latest after `limit` ms.
 * @param {number} tab
 * @param {number} limit
 * @returns {Promise<void>}
 */
export function pageExamined(tab, limit) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      if (waiting.get(tab) === end) waiting.delete(tab);
      resolve();
    };
    const timer = setTimeout(end, limit);
    waiting.get(tab)?.();
    waiting.set(tab, end);
  });
}

/**
 * Tells the core of an event, and does what it wants done.
 * @param {number} tab
 * @param {import("./tabs.js").Event} event
 */
export async function tellAndShow(tab, event) {
  const { effects, missing } = await happen(tab, event);
  if (missing) await perform(tab, [{ kind: "paint", badge: { kind: "unseen" }, settles: false }]);
  await perform(tab, effects);
  return effects;
}

/**
 * Hands the report of a page to the core. If the core holds the report, hands it over again once the answer has arrived.
 * @param {number} tab
 * @param {Evidence} evidence
 * @param {Reporter | undefined} reporter
 * @param {boolean} waited it has not to wait for its answer
 */
export async function pageReported(tab, evidence, reporter, waited) {
  const heard = performance.now();
  const { load = "", at = 0, ago = 0, answered, restored = false } = reporter ?? {};
  const source = {
    load: String(load).slice(0, NAME),
    at: sound(at),
    began: { ago: sound(ago), heard },
    ...(answered !== undefined && { answered: { ago: sound(answered), heard } }),
    restored: restored === true,
    waited,
  };
  const whole = { alerts: [], requests: [], guests: [], ...evidence };
  const effects = await tellAndShow(tab, { reported: { evidence: whole, source } });
  if (effects.some(({ kind }) => kind === "hold")) {
    await answerOf(tab);
    await tellAndShow(tab, { reported: { evidence: whole, source: { ...source, waited: true } } });
  }
  if (evidence.page) waiting.get(tab)?.();
}

/**
 * This map holds, by tab, the failed requests that came while others of their tab are examined.
 * @type {Map<number, import("../core/access_medic.js").Failure[]>}
 */
const crowds = new Map();

/**
 * Takes up a request of the page that the tab shows, which got no answer. A page can make thousands of them, so they are looked
 * at together.
 * @param {number} tab
 * @param {import("../core/access_medic.js").Failure} request
 */
export async function requestFailed(tab, request) {
  const crowd = crowds.get(tab);
  if (crowd) {
    if (crowd.push(request) > REQUESTS) crowd.shift();
    return;
  }
  const waiting = [request];
  crowds.set(tab, waiting);
  try {
    while (waiting.length > 0) {
      // The tab may be closed by now.
      const { url: shown = "" } = await chrome.tabs.get(tab).catch(() => ({ url: "" }));
      await tellAndShow(tab, { requests_failed: { requests: waiting.splice(0), shown } });
      await new Promise((resolve) => setTimeout(resolve, APART));
    }
  } finally {
    crowds.delete(tab);
  }
}
