// Carries out a remedy that the report of a case offers, one at a time in a tab, and records the attempt. Whether it
// helped is for the next load to show. Links open themselves in the views, where the person clicks them.
import { changeCase, keepUndo, undoOf } from "../casebook.js";
import { PATTERNS } from "../sites.js";
import { replan } from "../visit.js";
import { check } from "./check.js";
import { clear } from "./clear.js";
import { putBack } from "./undo.js";

/** @typedef {AccessMedic.Case} Case */
/** @typedef {Omit<AccessMedic.Receipt, "remedy" | "at">} Receipt */
/** @typedef {AccessMedic.Step["action"]} Action */
/** @typedef {AccessMedic.ApplyReply["outcome"]} Outcome */

/** @type {Set<number>} */
const running = new Set();

/** @param {number} tab */
export const isRunning = (tab) => running.has(tab);

/** @param {string} reason @returns {Outcome} */
const refused = (reason) => ({ kind: "refused", reason });

/** @typedef {{ outcome: Outcome; receipt?: Receipt; checks?: Case["checks"] }} Result */

/** @param {Case} entry @param {string} remedy @param {Action} action @returns {Promise<Result>} */
async function carryOut(entry, remedy, action) {
  try {
    if (action.kind !== "clear" && action.kind !== "check") return { outcome: { kind: "done" } };
    const allowed = await chrome.permissions.contains({ origins: PATTERNS });
    if (!allowed) return { outcome: refused("no_permission") };
    if (action.kind === "check") return { outcome: { kind: "done" }, checks: await check(entry) };
    const at = Date.now();
    const receipt = await clear(action.scope, entry, (cookies) =>
      // Without room for them the clearing goes on, and cannot be undone.
      keepUndo(entry.tab, cookies.length > 0 ? { remedy, at, cookies } : undefined).catch(() => {}),
    );
    return { outcome: { kind: "done" }, receipt };
  } catch (error) {
    return { outcome: { kind: "failed", reason: `browser: ${error}` } };
  }
}

/** @param {Case} entry @param {string} remedy @param {Result} result */
function record(
  { busy: _, progress: __, ...entry },
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

/** @param {Case | null} entry @param {string} remedy @returns {Promise<Outcome>} */
export async function apply(entry, remedy) {
  if (!entry) return refused("no_case");
  const { tab, report } = entry;
  const step = [...report.plan, ...report.tools].find((offered) => offered.remedy === remedy);
  // A human check leaves no way to clear: that would throw away what it is about to earn.
  const clears = report.tools.some(({ action }) => action.kind === "clear");
  if (!step) return refused(clears ? "not_in_plan" : "challenge_running");
  return alone(tab, async () => {
    const { action } = step;
    await changeCase(tab, () => ({ ...entry, undo: undefined, busy: remedy }));
    const result = await carryOut(entry, remedy, action);
    const { outcome } = result;
    await changeCase(tab, (stored = entry) => record(stored, remedy, result));
    const again =
      action.kind === "manual" ? action.check : ["clear", "reload"].includes(action.kind);
    // What was cleared must not come back from the HTTP cache.
    const bypassCache = action.kind === "clear";
    if (again && outcome.kind === "done") await chrome.tabs.reload(tab, { bypassCache });
    return outcome;
  });
}

/** Puts back what the last clearing took; then it is as if it had not been tried. @param {Case | null} entry @returns {Promise<Outcome>} */
export async function undo(entry) {
  if (!entry) return refused("no_case");
  const { tab } = entry;
  const kept = await undoOf(tab);
  if (!kept) return refused("too_late");
  return alone(tab, async () => {
    if (!(await chrome.permissions.contains({ origins: PATTERNS })))
      return refused("no_permission");
    const back = await putBack(kept.cookies);
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
    await chrome.tabs.reload(tab);
    return { kind: "done" };
  });
}
