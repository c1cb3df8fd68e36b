// What is known of each tab, in storage.session, so that the worker may end between any two calls: cases, and the last
// answer to each tab's main request. Never a page's text. The only code that touches that storage.

/** @typedef {AccessMedic.Case} Case */
/**
 * `load`: the one (its `at`) that the answer turned out to belong to.
 * @typedef {import("../core/access_medic.js").Response & {
 *   request: string; url: string; at: number; load?: number;
 * }} Answer
 */

const store = chrome.storage.session;

/** What reads and writes the entries of one tab runs in turn. @type {Map<number, Promise<unknown>>} */
const queues = new Map();

/** Drops tabs that are gone, when a tab gets its first entry: nothing needs to wake up for a closed tab. */
async function prune() {
  const keys = Object.keys(await store.get()); // before the tabs: a new one may come in between
  const open = (await chrome.tabs.query({})).map(({ id }) => String(id));
  await store.remove(keys.filter((key) => !open.includes(key.replace(/^\w+:/, ""))));
}

/**
 * Makes of an entry what `edit` says (`undefined`: none). Resolves to that before it is written: the next one in the
 * queue will find it written.
 * @template Entry
 * @typedef {(entry: Entry | undefined) => Entry | undefined | Promise<Entry | undefined>} Edit
 */

/** @template Entry @param {string} kind @param {number} tab @param {Edit<Entry>} edit @returns {Promise<Entry | undefined>} */
function change(kind, tab, edit) {
  const key = `${kind}:${tab}`;
  return new Promise((resolve, reject) => {
    const job = async () => {
      const before = /** @type {Entry | undefined} */ ((await store.get(key))[key]);
      const after = await edit(before);
      resolve(after);
      if (after === before) return;
      await (after ? store.set({ [key]: after }) : store.remove(key));
      if (!before) prune().catch(reject);
    };
    const turn = (queues.get(tab) ?? Promise.resolve()).then(job).catch(reject);
    queues.set(tab, turn);
    turn.then(() => queues.get(tab) === turn && queues.delete(tab));
  });
}

/** @param {number} tab @param {Edit<Case>} edit */
export const changeCase = (tab, edit) => change("case", tab, edit);

/** @param {number} tab @param {Edit<Answer>} edit */
export const changeAnswer = (tab, edit) => change("answer", tab, edit);
