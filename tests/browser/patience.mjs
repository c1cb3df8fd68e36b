// Waiting for something to come about, with a limit and a sentence that says what was missing.

/** Short against what is measured (tens of milliseconds), long against a question to a browser. */
const PAUSE = 10;

/** @param {number} ms @returns {Promise<void>} */
export const pause = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/**
 * Asks until there is an answer.
 * @template T
 * @param {() => Promise<T | undefined>} ask
 * @param {string} what for the sentence of the failure
 * @param {number} limit ms
 * @returns {Promise<T>}
 */
export async function until(ask, what, limit) {
  const end = Date.now() + limit;
  /** @type {unknown} */
  let trouble;
  for (;;) {
    // A page that is just being replaced cannot be asked; that is no answer yet.
    const answer = await ask().catch((error) => {
      trouble = error;
      return undefined;
    });
    if (answer !== undefined) return answer;
    if (Date.now() > end) {
      throw new Error(`Not within ${limit} ms: ${what}${trouble ? ` (${trouble})` : ""}`);
    }
    await pause(PAUSE);
  }
}
