// This module keeps the state of each tab in storage.session, so that the worker may end between any two calls. It hands each
// event to the core, writes the state that the core makes of it, and returns what is to be done. The values of cookies that can
// be put back stand beside the state, and the core never sees them. No other code reads or writes the state of the tabs.
import { managed } from "../managed.js";
import { isPrivate, settings } from "../settings.js";
import * as core from "./brain.js";

/** @typedef {AccessMedic.Case} Case */
/** @typedef {import("../core/access_medic.js").Tab} Tab */
/** @typedef {import("../core/access_medic.js").Event} Event */
/** @typedef {import("../core/access_medic.js").Effect} Effect */
/** @typedef {import("../core/access_medic.js").Asker} Asker */
/** @typedef {import("../core/access_medic.js").Moment} Moment */
/** @typedef {import("../core/access_medic.js").Field} Field */
/** This is what the last clearing took. @typedef {{ remedy: string; at: number; cookies: chrome.cookies.Cookie[] }} Undo */
/**
 * This is what an event made of a tab. `missing` tells that the core could not answer, so the event changed nothing.
 * @typedef {{ tab: Tab; effects: Effect[]; missing: boolean }} Stepped
 */

const store = chrome.storage.session;
/** @type {Field[]} */
const FIELDS = ["case", "answers", "journal", "undo", "seen"];
const CLOCK = "clock";

/** The number of milliseconds for which answers, loads and failed requests are kept. */
const REMEMBERED = 30 * 60000;
/** This is the name of the alarm at which they are forgotten, in all tabs. */
const TIDY = "tidy";
/** The number of milliseconds that lie at least between two tidyings. */
const APART = 5 * 60000;
/** The number of milliseconds for which a clearing can be undone. */
const UNDO = 10 * 60000;
/** A time that is further ahead of the clock than this shows that the clock was set back. */
const MOMENT = 2000;
/** The size that the undo of one tab may have in storage.session, which has ten million bytes for all tabs. */
const UNDO_OF_TAB = 1_000_000;
/** The same for the undos of all tabs together. */
const UNDO_OF_ALL = 4_000_000;
/**
 * This begins the name of the alarm at which the undo of a tab ends. Each tab has its own alarm, because each later clearing
 * would put off a common one.
 */
const FORGET = "forget:";

/**
 * This map holds, by tab, the last job of its queue. Jobs that read and write the state of one tab run in turn.
 * @type {Map<number, Promise<unknown>>}
 */
const queues = new Map();

/**
 * This set holds the tabs that were closed in the life of this worker. A step that still runs there must not bring their state back.
 * @type {Set<number>}
 */
const gone = new Set();

/** This set holds the tabs in which a step is being carried out, in the life of this worker. @type {Set<number>} */
const running = new Set();

/** Returns the kind and the tab of a key, or undefined for a key that belongs to no tab. @param {string} key */
function ownerOf(key) {
  const [, kind, tab] = /^(\w+):(\d+)$/.exec(key) ?? [];
  return tab === undefined ? undefined : { kind, tab: Number(tab) };
}

/** Forgets the tabs that are gone. The browser may have closed some while no worker could hear of it. */
async function prune() {
  const keys = Object.keys(await store.get()); // read before the tabs, because a new tab may come in between
  const open = (await chrome.tabs.query({})).map(({ id }) => id);
  await store.remove(
    keys.filter((key) => {
      const owner = ownerOf(key);
      return owner && !open.includes(owner.tab);
    }),
  );
}

/** @template T @param {number} tab @param {() => Promise<T>} job @returns {Promise<T>} */
function inTurn(tab, job) {
  const done = (queues.get(tab) ?? Promise.resolve()).then(job);
  const turn = done.catch((error) => console.error("Access Medic:", error));
  queues.set(tab, turn);
  turn.then(() => queues.get(tab) === turn && queues.delete(tab));
  return done;
}

/** @param {number} tab @returns {Promise<Tab & { undo?: Undo }>} */
async function read(tab) {
  const keys = [...FIELDS, CLOCK].map((field) => [field, `${field}:${tab}`]);
  const stored = await store.get(keys.map(([, key]) => key));
  const full = keys.filter(([, key]) => stored[key] !== undefined);
  return Object.fromEntries(full.map(([field, key]) => [field, stored[key]]));
}

/**
 * Writes the new fields in one call, so that they fit together even if the worker ends meanwhile.
 * @param {number} tab
 * @param {Tab} after
 * @param {Field[]} changed
 */
async function write(tab, after, changed) {
  if (changed.length === 0) return;
  const full = changed.filter((field) => after[field] !== undefined);
  /** @type {string[]} */
  const empty = changed.filter((field) => after[field] === undefined);
  // If nothing is known of a tab, not even the time is kept.
  if (FIELDS.some((field) => after[field] !== undefined)) {
    const entries = full.map((field) => [`${field}:${tab}`, after[field]]);
    await store.set(Object.fromEntries([...entries, [`${CLOCK}:${tab}`, after.clock]]));
  } else empty.push(CLOCK);
  if (empty.length > 0) await store.remove(empty.map((field) => `${field}:${tab}`));
  if (after.journal || after.answers) tidyLater();
}

/** @param {number} tab @returns {Promise<(now: number) => Moment>} */
async function chosenFor(tab) {
  const { overlay: draws, silenced } = await settings(await isPrivate(tab));
  const { withheld } = await managed();
  return (now) => ({
    tab,
    now,
    watch: performance.now(),
    life: performance.timeOrigin,
    offset: -new Date(now).getTimezoneOffset(),
    zone: Intl.DateTimeFormat().resolvedOptions().timeZone ?? "",
    runs: running.has(tab),
    draws,
    silenced,
    withheld,
  });
}

/**
 * Notes that the load of an event was not looked at, because the core could not answer.
 * @param {Tab} known
 * @param {Event} event
 * @returns {Tab}
 */
function unanswered(known, event) {
  if (typeof event === "string") return known;
  const isPage = "reported" in event && event.reported.evidence.page !== undefined;
  if (!isPage && !("failed" in event)) return known;
  const load = isPage ? (event.reported.source.load ?? "") : "";
  return { ...known, seen: { load, at: Date.now(), answered: false } };
}

/**
 * Tells the core of an event, and keeps what it makes of the tab. Resolves before that is written, because the next event in the
 * queue will find it written. With `sure` it resolves once that is written, and rejects when there is no room.
 * @param {number} tab
 * @param {Event} event
 * @param {boolean} [sure]
 * @returns {Promise<Stepped>}
 */
export function happen(tab, event, sure) {
  const chosen = chosenFor(tab);
  return new Promise((resolve, reject) => {
    inTurn(tab, async () => {
      // Events keep their order, also where the core has to be loaded for one of them.
      const [momentAt, missing] = await Promise.all([chosen, core.prepare(event)]);
      const { undo, ...known } = await read(tab);
      const before = { ...known, ...(undo && { undo: { remedy: undo.remedy, at: undo.at } }) };
      const stepped = missing ?? core.step(before, event, momentAt(Date.now()));
      /** @type {import("../core/access_medic.js").Stepped} */
      const {
        tab: after,
        changed,
        effects,
      } = "kind" in stepped
        ? { tab: unanswered(before, event), changed: ["seen"], effects: [] }
        : stepped;
      const begins = effects.some(({ kind }) => kind === "run" || kind === "put_back");
      if (begins) running.add(tab);
      const result = { tab: after, effects, missing: "kind" in stepped };
      if (!sure) resolve(result);
      const values = after.undo && undo ? { ...after, undo } : after;
      try {
        if (!gone.has(tab)) await write(tab, values, changed);
      } catch (error) {
        // A step that was not noted does not begin.
        if (begins) running.delete(tab);
        throw error;
      }
      resolve(result);
    }).catch(reject);
  });
}

/** Notes that a step of the tab is not carried out any more. @param {number} tab */
export const endRun = (tab) => running.delete(tab);

/** Has every plan made anew, because the organisation withholds other remedies than before. */
export async function replan() {
  const kept = Object.keys(await store.get()).map(ownerOf);
  const cases = kept.flatMap((owner) => (owner?.kind === "case" ? owner.tab : []));
  await Promise.all(cases.map((tab) => happen(tab, "managed")));
}

/** Returns what the asker has to draw, and which load was examined last. @param {number} tab @param {Asker} asker */
export async function drawn(tab, asker) {
  const [{ tab: known, missing }, momentAt] = await Promise.all([
    happen(tab, "asked"),
    chosenFor(tab),
  ]);
  const asOf = performance.now();
  const found = missing ? undefined : core.view(known, asker, momentAt(Date.now()));
  return { found, stored: known.case, seen: known.seen, asOf, missing };
}

/** Returns which load of a tab was examined last. @param {number} tab */
export const seenOf = async (tab) => (await inTurn(tab, () => read(tab))).seen;

/** Returns what can be put back in a tab. @param {number} tab */
export const undoOf = async (tab) => (await inTurn(tab, () => read(tab))).undo;

/**
 * Returns the cases of the pages that tabs show. A case that a person told or picked lies over them and is left out.
 * @returns {Promise<Case[]>}
 */
export async function allPages() {
  const stored = await store.get();
  return Object.keys(stored)
    .filter((key) => key.startsWith("case:"))
    .map((key) => /** @type {Case} */ (stored[key]))
    .flatMap((top) => (top.symptom || top.told ? (top.under ?? []) : top));
}

/**
 * Tells whether there is room for the undo of a tab. A site may set cookies that are as large as it likes.
 * @param {number} tab
 * @param {Undo} undo
 */
async function hasRoom(tab, undo) {
  const size = JSON.stringify(undo).length;
  const others = Object.entries(await store.get()).filter(
    ([key]) => ownerOf(key)?.kind === "undo" && key !== `undo:${tab}`,
  );
  const taken = JSON.stringify(others).length;
  return size <= UNDO_OF_TAB && size + taken <= UNDO_OF_ALL;
}

/**
 * Keeps what can be undone in a tab. Rejects when there is no room; then what could be undone before can still be undone.
 * @param {number} tab
 * @param {Undo | undefined} undo
 */
export async function keepUndo(tab, undo) {
  if (undo && !(await hasRoom(tab, undo))) throw new Error("There is no room for an undo.");
  await inTurn(tab, async () => {
    if (gone.has(tab)) return;
    if (undo) await store.set({ [`undo:${tab}`]: undo });
    else await store.remove(`undo:${tab}`);
  });
  if (undo) await chrome.alarms.create(FORGET + tab, { when: undo.at + UNDO });
}

/**
 * Forgets what is over when its alarm rings. The ten minutes of a tab are over at its alarm, whatever the clock says now.
 * @param {{ name: string }} alarm
 */
export async function forgetAt({ name }) {
  if (name === TIDY) {
    arranged = false;
    await forgetOld();
  }
  if (name.startsWith(FORGET)) await keepUndo(Number(name.slice(FORGET.length)), undefined);
}

/** Forgets everything that was known of a closed tab, because it may have been a private one. @param {number} tab */
export async function forgetTab(tab) {
  gone.add(tab);
  await inTurn(tab, () => store.remove([...FIELDS, CLOCK].map((field) => `${field}:${tab}`)));
  await chrome.alarms.clear(FORGET + tab);
}

/**
 * Removes the values of cookies that can no longer be put back. It does not ask the core, which may be missing. A value whose
 * time lies in the future was kept before the clock was set back; nobody knows how old it is, so it is removed, too.
 */
async function dropOldValues() {
  const stored = await store.get();
  const old = Object.keys(stored).filter((key) => {
    if (ownerOf(key)?.kind !== "undo") return false;
    const age = Date.now() - /** @type {Undo} */ (stored[key]).at;
    return !(age > -MOMENT && age < UNDO);
  });
  if (old.length > 0) await store.remove(old);
}

/**
 * Forgets what is over whenever the worker starts: an alarm may come late after sleep, and in Chromium it waits for a
 * clock that was set back.
 */
export async function forgetOld() {
  await prune();
  await dropOldValues();
  const owners = Object.keys(await store.get()).flatMap((key) => ownerOf(key)?.tab ?? []);
  const woken = [...new Set(owners)].map((tab) => happen(tab, "woke"));
  const times = (await Promise.all(woken)).flatMap(({ tab: { journal, answers } }) =>
    [...(answers ?? []), ...(journal?.loads ?? [])].map(({ at }) => at),
  );
  if (times.length > 0) await tidyLater(Math.min(...times));
}

/** This tells whether the next tidying is arranged, as far as this worker knows. */
let arranged = false;

/**
 * Makes sure that what is over is forgotten even if no tab changes any more.
 * @param {number} [oldest] when the oldest of what is kept was noted
 */
async function tidyLater(oldest = Date.now()) {
  if (arranged) return;
  arranged = true;
  const when = Math.max(oldest + REMEMBERED, Date.now() + APART);
  const alarm = await chrome.alarms.get(TIDY);
  // After the clock was set back, an alarm that stands already would ring much too late.
  if (!alarm || alarm.scheduledTime > when + APART) await chrome.alarms.create(TIDY, { when });
}
