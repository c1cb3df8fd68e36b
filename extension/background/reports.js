// This module brings evidence to the core: what pages report, and which requests of theirs failed. It waits for what has to be
// waited for; the core says what it means.
import { perform } from "./effects.js";
import { happen } from "./tabs.js";

/** What a page reports. @typedef {Partial<import("../core/access_medic.js").Evidence> & { url: string }} Evidence */
/**
 * The page that reports. `load`: the name that it gave itself. `at`: when it began to be observed, by the clock of that moment.
 * `ago`, `answered`: how long ago that was, and the first byte of its answer, by its own watch, in milliseconds. `restored`: it
 * came back from the history.
 * @typedef {{ load: string; at: number; ago: number; answered?: number; restored: boolean }} Reporter
 */

/** A page waits so long for the answer it came with: in Firefox it often reports first. In milliseconds. */
const WAIT = 1000;
/** A worker that has just started on a busy computer hears of the answer later: seen in Firefox 153, by more than a second. */
const WAIT_AT_START = 3000;
const START = 5000;
/** The pause between two looks at failed requests, in milliseconds: a page can make thousands of them. */
const APART = 100;
/** So many of them are handed over together. */
const REQUESTS = 20;

/** So much of a name that a page gives itself is kept, in characters. */
const NAME = 64;

/** A time as an observer tells it: a page may have got hold of one. @param {unknown} value */
const sound = (value) => (Number.isFinite(value) ? Math.max(0, Number(value)) : 0);

/** Pages that wait for their answer, by tab. @type {Map<number, (value: unknown) => void>} */
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

/** Who waits until a page of a tab was examined. @type {Map<number, () => void>} */
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
 * A page reports.
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

/** Failed requests that came while others of their tab are examined. @type {Map<number, import("../core/access_medic.js").Failure[]>} */
const crowds = new Map();

/**
 * A request of the page that the tab shows got no answer. A page can make thousands: they are looked at together.
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
