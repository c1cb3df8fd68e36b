// Carries out a remedy that the report of a case offers, one at a time in a tab, and records the attempt. Whether it
// helped is for the next load to show. Links open themselves in the views, where the person clicks them.
import { changeCase, keepUndo, noteCase, recall } from "../casebook.js";
import { ourHost, PATTERNS } from "../sites.js";
import { replan } from "../visit.js";
import { check } from "./check.js";
import { clear } from "./clear.js";
import { openPrivate } from "./private.js";
import { putBack } from "./undo.js";
import { begin } from "./wait.js";

/** @typedef {AccessMedic.Case} Case */
/** @typedef {Omit<AccessMedic.Receipt, "remedy" | "at">} Receipt */
/** @typedef {AccessMedic.Step["action"]} Action */
/** @typedef {AccessMedic.ApplyReply["outcome"]} Outcome */

/** @type {Set<number>} */
const running = new Set();

/** @param {string} reason @returns {Outcome} */
const refused = (reason) => ({ kind: "refused", reason });

/** @param {unknown} error @returns {Outcome} */
const failed = (error) => ({ kind: "failed", reason: `browser: ${error}` });

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

/** @param {Case} entry @param {string} remedy @param {Action} action @returns {Promise<Result>} */
async function carryOut(entry, remedy, action) {
  try {
    if (action.kind === "private") return { outcome: await openPrivate(action.address) };
    if (action.kind !== "clear" && action.kind !== "check") return { outcome: { kind: "done" } };
    if (!(await allowed())) return { outcome: refused("no_permission") };
    if (action.kind === "check") return { outcome: { kind: "done" }, checks: await check(entry) };
    const at = Date.now();
    const { scope } = action;
    const receipt = await inTurn(() =>
      clear(scope, entry, (cookies) =>
        // Without room for them the clearing goes on, and cannot be undone. One that takes nothing leaves the way back
        // of the one before.
        cookies.length > 0
          ? keepUndo(entry.tab, { remedy, at, cookies }).catch(() => {})
          : Promise.resolve(),
      ),
    );
    // Whoever may no longer look sees no cookies, and would take them for cleared.
    if (!(await allowed())) return { outcome: { kind: "failed", reason: "no_permission" } };
    return { outcome: { kind: "done" }, receipt };
  } catch (error) {
    return { outcome: failed(error) };
  }
}

/** @param {Case} entry @param {string} remedy @param {Result} result */
function record(
  { busy: _, progress: __, waiting, ...entry },
  remedy,
  { outcome: { kind: outcome }, receipt, checks },
) {
  const at = Date.now();
  const { diagnosis } = entry.report;
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
 * The tab may be closed by now, which takes nothing back; and a symptom may have been picked on anybody's page.
 * @param {Case} entry
 * @param {chrome.tabs.ReloadProperties} [how]
 */
async function reload({ tab, symptom }, how) {
  const { url } = await chrome.tabs.get(tab).catch(() => ({ url: "" }));
  if (!symptom || ourHost(url)) await chrome.tabs.reload(tab, how ?? {}).catch(() => {});
}

/**
 * Notes what came of a step. Where there is no room left, what could be undone makes way.
 * @param {Case} entry
 * @param {string} remedy
 * @param {Result} result
 * @returns {Promise<Outcome>}
 */
async function note(entry, remedy, result) {
  const write = () => noteCase(entry.tab, (stored = entry) => record(stored, remedy, result));
  try {
    await write().catch(async () => {
      await keepUndo(entry.tab, undefined);
      await write();
    });
    return result.outcome;
  } catch {
    return { kind: "failed", reason: "not_noted" };
  }
}

/** A step that the worker did not live to see the end of has failed. @param {Case} entry @returns {Promise<Case>} */
export async function settle(entry) {
  const { tab, busy } = entry;
  if (!busy || running.has(tab)) return entry;
  const step = [...entry.report.plan, ...entry.report.tools].find(({ remedy }) => remedy === busy);
  /** @type {Result} */
  const result = { outcome: { kind: "failed" } };
  const settled = await changeCase(tab, async (stored) => {
    if (stored?.busy !== busy || running.has(tab)) return stored;
    // To look leaves nothing half done.
    const { busy: _, progress: __, ...rest } = stored;
    return step?.action.kind === "check" ? rest : record(stored, busy, result);
  });
  return settled ?? entry;
}

/** @param {Case | null} entry @param {string} remedy @returns {Promise<Outcome>} */
export async function apply(entry, remedy) {
  if (!entry) return nothing();
  const { tab, report } = entry;
  const step = [...report.plan, ...report.tools].find((offered) => offered.remedy === remedy);
  // A human check leaves no way to clear: that would throw away what it is about to earn.
  const clears = report.tools.some(({ action }) => action.kind === "clear");
  if (!step) return refused(clears ? "not_in_plan" : "challenge_running");
  return alone(tab, async () => {
    const { action } = step;
    const waits = action.kind === "wait" && entry.waiting?.remedy !== remedy;
    const known = { ...entry, undo: undefined };
    try {
      await noteCase(tab, () =>
        waits ? begin(known, remedy, action) : { ...known, busy: remedy },
      );
    } catch (error) {
      return failed(error); // nothing was begun
    }
    if (waits) return { kind: "done" };
    const outcome = await note(entry, remedy, await carryOut(entry, remedy, action));
    const again =
      action.kind === "manual" ? action.check : ["clear", "reload", "wait"].includes(action.kind);
    // What was cleared must not come back from the HTTP cache.
    const bypassCache = action.kind === "clear";
    if (again && outcome.kind === "done") await reload(entry, { bypassCache });
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
    const back = await inTurn(() => putBack(kept.cookies));
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
