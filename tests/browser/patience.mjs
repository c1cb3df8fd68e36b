// This module waits until something comes about, with a limit and a sentence that says what was missing.

/** The shortest pause: short against what is measured (tens of milliseconds), long against a question to a browser. */
const PAUSE = 10;
/** The longest pause. Questions become rarer as the wait grows: each one takes computing time from what is waited for. */
const LONGEST = 100;
/** The pause is this share of the time that was waited so far, between the shortest and the longest pause. */
const SHARE = 0.1;

/** @param {number} ms @returns {Promise<void>} */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Tells whether the test itself is wrong, which no waiting can repair. An error that a page throws comes as a plain
 * Error, and puppeteer's own type errors mean that a page went away.
 * @param {unknown} error
 */
function isMistake(error) {
  if (!(error instanceof TypeError || error instanceof ReferenceError)) return false;
  const [, thrower = ""] = error.stack?.split(/\n\s+at /) ?? [];
  return !thrower.includes("node_modules");
}

/**
 * Asks until there is an answer.
 * @template T
 * @param {() => Promise<T | undefined>} ask
 * @param {string} what for the sentence of the failure
 * @param {number} limit ms
 * @returns {Promise<T>}
 */
export async function until(ask, what, limit) {
  const began = Date.now();
  const end = began + limit;
  /** @type {unknown} */
  let trouble;
  for (;;) {
    // A page that is just being replaced cannot be asked; that is no answer yet.
    const answer = await ask().catch((error) => {
      if (isMistake(error)) throw error;
      trouble = error;
      return undefined;
    });
    if (answer !== undefined) return answer;
    const now = Date.now();
    if (now > end) {
      throw new Error(`Not within ${limit} ms: ${what}${trouble ? ` (${trouble})` : ""}`);
    }
    await pause(Math.min(LONGEST, Math.max(PAUSE, SHARE * (now - began))));
  }
}
