// Carries out a remedy that the report of a case offers, one at a time in a tab, and records the attempt. Whether it
// helped is for the next load to show. Links open themselves in the views, where the person clicks them.
import { changeCase } from "../casebook.js";
import { PATTERNS } from "../sites.js";
import { replan } from "../visit.js";
import { check } from "./check.js";
import { clear } from "./clear.js";

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

/** @param {Case} entry @param {Action} action @returns {Promise<Result>} */
async function carryOut(entry, action) {
  try {
    if (action.kind === "check") return { outcome: { kind: "done" }, checks: await check(entry) };
    if (action.kind !== "clear") return { outcome: { kind: "done" } };
    const allowed = await chrome.permissions.contains({ origins: PATTERNS });
    if (!allowed) return { outcome: refused("no_permission") };
    return { outcome: { kind: "done" }, receipt: await clear(action.scope, entry) };
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

/** @param {Case | null} entry @param {string} remedy @returns {Promise<Outcome>} */
export async function apply(entry, remedy) {
  if (!entry) return refused("no_case");
  const { tab, report } = entry;
  const step = [...report.plan, ...report.tools].find((offered) => offered.remedy === remedy);
  // A human check leaves no way to clear: that would throw away what it is about to earn.
  const clears = report.tools.some(({ action }) => action.kind === "clear");
  if (!step) return refused(clears ? "not_in_plan" : "challenge_running");
  if (running.has(tab)) return refused("busy");
  running.add(tab);
  try {
    const { action } = step;
    await changeCase(tab, () => ({ ...entry, busy: remedy }));
    const result = await carryOut(entry, action);
    const { outcome } = result;
    await changeCase(tab, (stored = entry) => record(stored, remedy, result));
    const again =
      action.kind === "manual" ? action.check : action.kind === "clear" || action.kind === "reload";
    // What was cleared must not come back from the HTTP cache.
    const bypassCache = action.kind === "clear";
    if (again && outcome.kind === "done") await chrome.tabs.reload(tab, { bypassCache });
    return outcome;
  } finally {
    running.delete(tab);
  }
}
