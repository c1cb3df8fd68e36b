// This module carries out the step that the core has begun, and tells the core how the step ended. The next load shows whether
// the step helped. Links open by themselves in the views, where the person clicks them.
import { ourHost, PATTERNS, passedHost } from "../sites.js";
import { endRun, happen, keepUndo, undoOf } from "../tabs.js";
import { check } from "./check.js";
import { clear } from "./clear.js";
import { NoAnswer } from "./limit.js";
import { openPrivate } from "./private.js";
import { putBack } from "./undo.js";

/** @typedef {AccessMedic.Case} Case */
/** @typedef {AccessMedic.Step["action"]} Action */
/** @typedef {AccessMedic.ApplyReply["outcome"]} Outcome */
/** @typedef {import("../../core/access_medic.js").Ended} Ended */
/** @typedef {{ outcome: Outcome } & Pick<Ended, "receipt" | "checks">} Result */

/** @param {string} reason @returns {Outcome} */
const refused = (reason) => ({ kind: "refused", reason });

/** @param {unknown} error @returns {Outcome} */
export const failed = (error) =>
  error instanceof NoAnswer
    ? { kind: "failed", reason: "no_answer" }
    : { kind: "failed", reason: `browser: ${error}` };

export const allowed = () => chrome.permissions.contains({ origins: PATTERNS });

/**
 * This is the last change of cookies in the queue. Cookies belong to the whole browser, so their changes run in turn, whichever tab asks.
 * @type {Promise<unknown>}
 */
let changes = Promise.resolve();

/** @template T @param {() => Promise<T>} act @returns {Promise<T>} */
function inTurn(act) {
  const done = changes.then(act);
  changes = done.catch(() => {});
  return done;
}

/**
 * Clears, and keeps the cookies before they are taken. If there is no room to keep them, the clearing goes on, and the receipt
 * says that it cannot be undone. A clearing that takes nothing leaves the undo of the clearing before it.
 * @param {Case} entry
 * @param {string} remedy
 * @param {import("./clear.js").Scope} scope
 * @returns {Promise<Result>}
 */
async function clearAndKeep(entry, remedy, scope) {
  const { tab } = entry;
  const before = await undoOf(tab);
  const at = Date.now();
  let kept = true;
  const { receipt, answered } = await clear(scope, entry, async (cookies) => {
    const undo = cookies.length > 0 ? { remedy, at, cookies } : before;
    kept = await keepUndo(tab, undo).then(
      () => true,
      () => false,
    );
  });
  // Without the permission the extension sees no cookies, and would take them for cleared.
  if (!(await allowed())) return { outcome: { kind: "failed", reason: "no_permission" } };
  if (receipt.cookies.gone > 0 && !kept) receipt.cookies.final = true;
  return { outcome: answered ? { kind: "done" } : failed(new NoAnswer()), receipt };
}

/** @param {Case} entry @param {string} remedy @param {Action} action @returns {Promise<Result>} */
async function act(entry, remedy, action) {
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

/**
 * Loads the page again. The tab may be closed by now; the step counts all the same. The tab may also show a page of others,
 * because the step began there (a symptom was picked there) or because the person went there since. Unless the case belongs to
 * that page, it is not loaded again, because a form on it may be half filled in.
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
 * Tells the core what came of a step. If there is no room left to note that, what could be undone is dropped.
 * @param {number} tab
 * @param {import("../tabs.js").Event} event
 */
async function tellEnd(tab, event) {
  const { effects } = await happen(tab, event, true).catch(async () => {
    await keepUndo(tab, undefined);
    return happen(tab, event, true);
  });
  return effects;
}

/** `effects` is what the core wants done next. @typedef {{ outcome: Outcome; effects: import("../tabs.js").Effect[] }} Carried */

/** @param {Outcome} outcome @returns {Carried} */
const nothingNext = (outcome) => ({ outcome, effects: [] });

/** @param {number} tab @param {Extract<import("../tabs.js").Effect, { kind: "run" }>} effect @returns {Promise<Carried>} */
export async function carryOut(tab, { remedy, action, case: entry }) {
  try {
    const { outcome, ...rest } = await act(entry, remedy, action);
    const { url, at } = entry;
    const result = { ...rest, outcome: outcome.kind };
    const effects = await tellEnd(tab, { ended: { remedy, url, at, result } });
    const again =
      action.kind === "manual" ? action.check : ["clear", "reload", "wait"].includes(action.kind);
    // Data that was cleared must not come back from the HTTP cache.
    const bypassCache = action.kind === "clear";
    if (again && outcome.kind === "done") await reload(entry, { bypassCache });
    return { outcome, effects };
  } catch {
    return nothingNext({ kind: "failed", reason: "not_noted" });
  } finally {
    endRun(tab);
  }
}

/**
 * Puts back what the last clearing took.
 * @param {number} tab
 * @param {Extract<import("../tabs.js").Effect, { kind: "put_back" }>} effect
 * @returns {Promise<Carried>}
 */
export async function putBackCookies(tab, { undo, case: entry }) {
  try {
    const kept = await undoOf(tab);
    if (!kept) return nothingNext(refused("too_late"));
    const { back, answered } = await inTurn(() => putBack(tab, kept.cookies));
    if (!answered) return nothingNext(failed(new NoAnswer())); // the undo can be tried again
    const { url, at } = entry;
    const of = kept.cookies.length;
    const effects = await tellEnd(tab, { put_back: { undo, back, of, url, at } });
    await reload(entry);
    return { outcome: { kind: "done" }, effects };
  } catch (error) {
    return nothingNext(failed(error));
  } finally {
    endRun(tab);
  }
}
