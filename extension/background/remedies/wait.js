// Waits: notes until when, and whether the page is to be loaded again then. The countdown is drawn and watched by the
// views, which only the tab that is looked at has; nothing here runs meanwhile.

/** @typedef {AccessMedic.Case} Case */
/** @typedef {Extract<AccessMedic.Step["action"], { kind: "wait" }>} Wait */

/** @param {Case} entry @param {string} remedy @param {Wait} action @returns {Case} */
export function begin(entry, remedy, { seconds, until }) {
  const from = Date.now();
  const waiting = { remedy, from, until: until ?? from + seconds * 1000, again: false };
  return { ...entry, waiting };
}

/** @param {Case | undefined} entry */
export const end = (entry) => entry && { ...entry, waiting: undefined };

/** @param {Case | undefined} entry @param {boolean} again whether the page is to be loaded by itself */
export const wish = (entry, again) =>
  entry?.waiting ? { ...entry, waiting: { ...entry.waiting, again } } : entry;

/**
 * The remedy whose countdown is over and which is to go on by itself. That it is over is the word of the view that counted,
 * since the clock may have been moved meanwhile. Its length says which countdown that view means: its times move with the clock.
 * @param {Case | null} entry
 * @param {unknown} length
 */
export function dueOf(entry, length) {
  const { waiting } = entry ?? {};
  return waiting?.again && waiting.until - waiting.from === length ? waiting.remedy : undefined;
}
