// Carries out a remedy that the report of a case offers, one at a time in a tab, and records the attempt. Whether it
// helped is for the next load to show. Links open themselves in the views, where the person clicks them.
import { changeCase } from "../casebook.js";
import { PATTERNS } from "../sites.js";
import { replan } from "../visit.js";
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

/** @param {Case} entry @param {Action} action @returns {Promise<{ outcome: Outcome; receipt?: Receipt }>} */
async function carryOut(entry, action) {
  try {
    if (action.kind !== "clear") return { outcome: { kind: "done" } };
    const allowed = await chrome.permissions.contains({ origins: PATTERNS });
    if (!allowed) return { outcome: refused("no_permission") };
    return { outcome: { kind: "done" }, receipt: await clear(action.scope, entry) };
  } catch (error) {
    return { outcome: { kind: "failed", reason: `browser: ${error}` } };
  }
}

/** @param {Case} entry @param {string} remedy @param {Outcome} outcome @param {Receipt | undefined} receipt */
function record({ busy: _, ...entry }, remedy, { kind: outcome }, receipt) {
  const at = Date.now();
  const { diagnosis } = entry.report;
  // Where nothing was known to be wrong there is nothing to judge.
  const attempts = diagnosis
    ? [{ remedy, cause: diagnosis.cause, surface: diagnosis.surface, at, outcome }]
    : [];
  return replan({
    ...entry,
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
  if (!step) return refused(report.tools.length > 0 ? "not_in_plan" : "challenge_running");
  if (running.has(tab)) return refused("busy");
  running.add(tab);
  try {
    const { action } = step;
    await changeCase(tab, () => ({ ...entry, busy: remedy }));
    const { outcome, receipt } = await carryOut(entry, action);
    await changeCase(tab, (stored = entry) => record(stored, remedy, outcome, receipt));
    const again = action.kind === "manual" ? action.check : action.kind !== "open";
    // What was cleared must not come back from the HTTP cache.
    const bypassCache = action.kind === "clear";
    if (again && outcome.kind === "done") await chrome.tabs.reload(tab, { bypassCache });
    return outcome;
  } finally {
    running.delete(tab);
  }
}
