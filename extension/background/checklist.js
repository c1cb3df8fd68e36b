// This file changes the checklist as a person asks: a step is ticked, passed over or taken back, the list starts over, or it is
// made for a picked symptom or for told words. It carries out no step.
import { isPrivate, keepPicked, picked, silence } from "../settings.js";
import { changeCase } from "./casebook.js";
import { caseOfPage, chosenCase, replan, symptomCase, toldCase } from "./visit.js";

/** @typedef {AccessMedic.Case} Case */
/** What a person works through in a week is still the same thing. */
const LASTS = 7 * 24 * 3600000;

/** @param {Case | null} entry @param {(entry: Case) => AccessMedic.Attempt[]} edit */
async function edited(entry, edit) {
  if (!entry?.report.diagnosis) return;
  const after = await changeCase(entry.tab, (stored = entry) =>
    replan({ ...stored, history: edit(stored) }),
  );
  await remember(after);
}

/** Where a symptom was picked the list outlives tab and browser, but no private window. @param {Case | undefined} entry */
export async function remember(entry) {
  if (!entry?.symptom) return;
  const { symptom, history, tab } = entry;
  await keepPicked({ symptom, at: Date.now(), history }, await isPrivate(tab));
}

/** Of a step that the list has. @param {Case | null} entry @param {string} remedy @param {"done" | "skipped"} outcome */
export const mark = (entry, remedy, outcome) =>
  edited(entry, ({ history, report: { plan, diagnosis } }) => {
    if (!diagnosis || !plan.some((step) => step.remedy === remedy)) return history;
    const { cause, surface } = diagnosis.seen ?? diagnosis;
    return [...history, { remedy, cause, surface, at: Date.now(), outcome }];
  });

/** @param {Case | null} entry @param {string} remedy */
export const unmark = (entry, remedy) =>
  edited(entry, ({ history }) => history.filter((attempt) => attempt.remedy !== remedy));

/** @param {Case | null} entry */
export const startOver = (entry) => edited(entry, () => []);

/** Lays the list over the case of the page, which comes back when the list is closed. @param {number} tab @param {Case} entry */
const putOver = (tab, entry) =>
  changeCase(tab, (stored) => {
    const under = caseOfPage(stored);
    return { ...entry, ...(under && { under }) };
  });

/** Closes the list of what the person sees elsewhere. @param {number} tab @param {boolean} privately */
async function end(tab, privately) {
  let picked = false;
  await changeCase(tab, (stored) => {
    picked = stored?.symptom !== undefined;
    return caseOfPage(stored);
  });
  if (picked) await keepPicked(undefined, privately);
}

/** Whoever does something on the page goes on with the page. @param {number} tab */
export const goBack = (tab) => changeCase(tab, caseOfPage);

/** @param {number} tab @param {string} symptom empty: none any more */
export async function pick(tab, symptom) {
  const privately = await isPrivate(tab);
  const before = await picked(privately);
  const again = before?.symptom === symptom && Date.now() - before.at < LASTS;
  const entry = symptom && (await symptomCase(tab, symptom, again ? before.history : []));
  if (!entry) return end(tab, privately);
  await putOver(tab, entry);
  await remember(entry);
}

/**
 * Makes the list for what a person tells. Words that say nothing leave the tab as it is.
 * @param {number} tab
 * @param {string} words
 * @returns {Promise<"known" | "unknown" | "failed">}
 */
export async function tell(tab, words) {
  const { entry, fault } = await toldCase(tab, words);
  if (!entry) return fault ? "failed" : "unknown";
  await putOver(tab, entry);
  return "known";
}

/** @param {number} tab @param {string} cause that what was told may speak of, too */
export const choose = (tab, cause) => changeCase(tab, (entry) => entry && chosenCase(entry, cause));

/** @param {Case | null} entry @param {boolean} silent */
export async function silenceKind(entry, silent) {
  if (!entry?.report.diagnosis) return;
  await silence(entry.report.diagnosis.cause, silent, await isPrivate(entry.tab));
}
