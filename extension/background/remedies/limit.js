// This module sets a time limit for calls that the browser may never answer. Clearings of all tabs run one after the other, so
// one such call would stop them all. A call that has no answer in time is not cancelled, since no browser offers that; the
// extension only stops waiting for it.

/** This error says that the browser gave no answer in time. */
export class NoAnswer extends Error {}

/**
 * @template T
 * @param {Promise<T>} call
 * @param {number} ms
 * @returns {Promise<T>} rejects with `NoAnswer`
 */
export async function within(call, ms) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  const late = new Promise((_, reject) => {
    timer = setTimeout(() => reject(new NoAnswer()), ms);
  });
  try {
    return await /** @type {Promise<T>} */ (Promise.race([call, late]));
  } finally {
    clearTimeout(timer);
  }
}
