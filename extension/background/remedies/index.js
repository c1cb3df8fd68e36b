// Carries out a remedy that the report of a case offers, one at a time in a tab, and records the attempt. Whether it
// helped is for the next load to show. Links open themselves in the views, where the person clicks them.
import { changeCase, keepUndo, noteCase, recall } from "../casebook.js";
import { ourHost, PATTERNS, passedHost } from "../sites.js";
import { healthyCase, replan } from "../visit.js";
import { check } from "./check.js";
import { clear } from "./clear.js";
import { NoAnswer } from "./limit.js";
import { openPrivate } from "./private.js";
import { putBack } from "./undo.js";
import { begin } from "./wait.js";

/** @typedef {AccessMedic.Case} Case */
/** @typedef {Omit<AccessMedic.Receipt, "remedy" | "at">} Receipt */
/** @typedef {AccessMedic.Step["action"]} Action */
/** @typedef {AccessMedic.ApplyReply["outcome"]} Outcome */

/**
 * What a step keeps free, from its beginning, for what will be noted of it. A receipt takes about two kilobytes; without
 * this, cookies could be gone and no word of it kept.
 */
const RESERVE = "-".repeat(8192);

/** @type {Set<number>} */
const running = new Set();

/** @param {string} reason @returns {Outcome} */
const refused = (reason) => ({ kind: "refused", reason });

/** @param {unknown} error @returns {Outcome} */
const failed = (error) =>
  error instanceof NoAnswer
    ? { kind: "failed", reason: "no_answer" }
    : { kind: "failed", reason: `browser: ${error}` };

const allowed = () => chrome.permissions.contains({ origins: PATTERNS });

/** Without leave the address of a tab is hidden, too. */
const nothing = async () => refused((await allowed()) ? "no_case" : "no_permission");

/** The cookies are the whole browser's: what changes them runs in turn, whichever tab asks. @type {Promise<unknown>} */
let changes = Promise.resolve();

/** @template T @param {() => Promise<T>} act @returns {Promise<T>} */
function inTurn(act) {
  const done = changes.then(act);
  changes = done.catch(() => {});
  return done;
}

/** @typedef {{ outcome: Outcome; receipt?: Receipt; checks?: Case["checks"] }} Result */

/**
 * Clears, and keeps what it takes before it takes it. Without room for that the clearing goes on, and the receipt says that
 * it cannot be undone. A clearing that takes nothing leaves the way back of the one before.
 * @param {Case} entry
 * @param {string} remedy
 * @param {import("./clear.js").Scope} scope
 * @returns {Promise<Result>}
 */
async function clearAndKeep(entry, remedy, scope) {
  const { tab } = entry;
  const { undo: before } = await recall(tab);
  const at = Date.now();
  let kept = true;
  const { receipt, answered } = await clear(scope, entry, async (cookies) => {
    const undo = cookies.length > 0 ? { remedy, at, cookies } : before;
    kept = await keepUndo(tab, undo).then(
      () => true,
      () => false,
    );
  });
  // Whoever may no longer look sees no cookies, and would take them for cleared.
  if (!(await allowed())) return { outcome: { kind: "failed", reason: "no_permission" } };
  if (receipt.cookies.gone > 0 && !kept) receipt.cookies.final = true;
  return { outcome: answered ? { kind: "done" } : failed(new NoAnswer()), receipt };
}

/** @param {Case} entry @param {string} remedy @param {Action} action @returns {Promise<Result>} */
async function carryOut(entry, remedy, action) {
  try {
    if (action.kind === "private") return { outcome: await openPrivate(action.address) };
    if (action.kind !== "clear" && action.kind !== "check") return { outcome: { kind: "done" } };
    if (!(await allowed())) return { outcome: refused("no_permission") };
    if (action.kind === "check")
      return { outcome: { kind: "done" }, checks: await check(entry, action) };
    return await inTurn(() => clearAndKeep(entry, remedy, action.scope));
  } catch (error) {
    return { outcome: failed(error) };
  }
}

/** @param {Case} entry @param {string} remedy @param {Result} result */
function record(
  { busy: _, progress: __, reserve: ___, waiting, ...entry },
  remedy,
  { outcome: { kind: outcome }, receipt, checks },
) {
  const at = Date.now();
  const { diagnosis: drawn } = entry.report;
  const diagnosis = drawn?.seen ?? drawn;
  // Where nothing was known to be wrong there is nothing to judge, and to look is no remedy.
  const attempts =
    diagnosis && !checks
      ? [{ remedy, cause: diagnosis.cause, surface: diagnosis.surface, at, outcome }]
      : [];
  return replan({
    ...entry,
    ...(waiting && waiting.remedy !== remedy && { waiting }),
    ...(checks && { checks }),
    history: [...entry.history, ...attempts],
    receipts: { ...entry.receipts, ...(receipt && { [remedy]: { remedy, at, ...receipt } }) },
  });
}

/**
 * One thing at a time in a tab.
 * @param {number} tab
 * @param {() => Promise<Outcome>} act
 */
async function alone(tab, act) {
  if (running.has(tab)) return refused("busy");
  running.add(tab);
  try {
    return await act();
  } finally {
    running.delete(tab);
  }
}

/**
 * Loads the page again. The tab may be closed by now, which takes nothing back. It may also show somebody else's page, where
 * the step began (a symptom was picked there) or since then: with a form that is half filled in, it stays as it is.
 * @param {Case} entry
 * @param {chrome.tabs.ReloadProperties} [how]
 */
async function reload({ tab, url }, how) {
  const shown = await chrome.tabs.get(tab).catch(() => undefined);
  const addresses = [shown?.url, shown?.pendingUrl].filter((address) => address !== undefined);
  const passed = passedHost(url);
  const concerned = addresses.every(
    (address) => ourHost(address) || (passed && passedHost(address) === passed),
  );
  if (addresses.length > 0 && concerned) await chrome.tabs.reload(tab, how ?? {}).catch(() => {});
}

/**
 * Notes what came of a step. The page may have healed while it ran: then no fault is known any more, and none is brought
 * back. Where there is no room left, what could be undone makes way.
 * @param {Case} entry
 * @param {string} remedy
 * @param {Result} result
 * @returns {Promise<Outcome>}
 */
async function note(entry, remedy, result) {
  const { tab, url, at } = entry;
  const healed = async () => ({ ...(await healthyCase(tab, url)), at });
  const write = () =>
    noteCase(tab, async (stored) => record(stored ?? (await healed()), remedy, result));
  try {
    await write().catch(async () => {
      await keepUndo(tab, undefined);
      await write();
    });
    return result.outcome;
  } catch {
    return { kind: "failed", reason: "not_noted" };
  }
}

/** @param {Case} entry @param {string} remedy */
const stepOf = ({ report: { plan, tools } }, remedy) =>
  [...plan, ...tools].find((step) => step.remedy === remedy);

/** A step that the worker did not live to see the end of has failed. @param {Case} entry @returns {Promise<Case>} */
export async function settle(entry) {
  const { tab, busy } = entry;
  if (!busy || running.has(tab)) return entry;
  const step = stepOf(entry, busy);
  /** @type {Result} */
  const result = { outcome: { kind: "failed" } };
  const settled = await changeCase(tab, async (stored) => {
    if (stored?.busy !== busy || running.has(tab)) return stored;
    // To look leaves nothing half done.
    const { busy: _, progress: __, reserve: ___, ...rest } = stored;
    return step?.action.kind === "check" ? rest : record(stored, busy, result);
  });
  return settled ?? entry;
}

/**
 * Why a step is refused that is not offered. A human check alone takes away ways to clear that the same page would have
 * otherwise: to clear would throw away what the check is about to earn.
 * @param {Case} entry
 * @param {string} remedy
 */
async function refusalOf({ tab, url, report }, remedy) {
  const usual = stepOf(await healthyCase(tab, url), remedy);
  const withheld = report.tools.length > 0 && usual?.action.kind === "clear";
  return refused(withheld ? "challenge_running" : "not_in_plan");
}

/** Removes the fields that only views are told. @param {Case} entry @returns {Case} */
const untold = (entry) => ({ ...entry, undo: undefined, unseen: undefined });

/**
 * The case that a step was asked for, as it stands now: between the question and this moment a page may have been examined.
 * @param {Case} entry
 * @param {Case | undefined} stored
 */
async function latest(entry, stored) {
  const { tab, url, report } = entry;
  const { hostname } = new URL(url);
  if (stored && new URL(stored.url).hostname === hostname) return stored;
  // The fault that was known has gone.
  if (!stored) return report.diagnosis ? healthyCase(tab, url) : untold(entry);
  // The stored one belongs to another host, which the tab has left, or has gone to since.
  const { url: shown } = await chrome.tabs.get(tab);
  return ourHost(shown) === hostname ? untold(entry) : stored;
}

/** @param {Case | null} entry @param {string} remedy @returns {Promise<Outcome>} */
export async function apply(entry, remedy) {
  if (!entry) return nothing();
  const { tab } = entry;
  return alone(tab, async () => {
    /** @type {Case} */
    let begun = entry;
    /** @type {AccessMedic.Step | undefined} */
    let step;
    let waits = false;
    try {
      await noteCase(tab, async (stored) => {
        begun = await latest(entry, stored);
        step = stepOf(begun, remedy);
        if (!step) return stored;
        const { action } = step;
        waits = action.kind === "wait" && begun.waiting?.remedy !== remedy;
        if (action.kind === "wait" && waits) return begin(begun, remedy, action);
        return { ...begun, busy: remedy, reserve: RESERVE };
      });
    } catch (error) {
      return failed(error); // nothing was begun
    }
    if (!step) return refusalOf(begun, remedy);
    if (waits) return { kind: "done" };
    const { action } = /** @type {AccessMedic.Step} */ (step);
    const outcome = await note(begun, remedy, await carryOut(begun, remedy, action));
    const again =
      action.kind === "manual" ? action.check : ["clear", "reload", "wait"].includes(action.kind);
    // What was cleared must not come back from the HTTP cache.
    const bypassCache = action.kind === "clear";
    if (again && outcome.kind === "done") await reload(begun, { bypassCache });
    return outcome;
  });
}

/** Puts back what the last clearing took; then it is as if it had not been tried. @param {Case | null} entry @returns {Promise<Outcome>} */
export async function undo(entry) {
  if (!entry) return nothing();
  const { tab } = entry;
  const { undo: kept } = await recall(tab);
  if (!kept) return refused("too_late");
  return alone(tab, async () => {
    if (!(await allowed())) return refused("no_permission");
    /** @type {Awaited<ReturnType<typeof putBack>>} */
    let put;
    try {
      put = await inTurn(() => putBack(tab, kept.cookies));
    } catch (error) {
      return failed(error);
    }
    const { back, answered } = put;
    if (!answered) return failed(new NoAnswer()); // it can be tried again
    await keepUndo(tab, undefined);
    await changeCase(tab, (stored = entry) => {
      const history = stored.history.filter(
        (attempt) => attempt.remedy !== kept.remedy || attempt.at < kept.at,
      );
      const receipt = stored.receipts[kept.remedy];
      const undone = { back, of: kept.cookies.length };
      const receipts = receipt && { [kept.remedy]: { ...receipt, undone } };
      return replan({ ...stored, history, receipts: { ...stored.receipts, ...receipts } });
    });
    await reload(entry);
    return { kind: "done" };
  });
}
