// What is known of each tab, in storage.session, so that the worker may end between any two calls: its case, the last
// answer to its main request, and a journal of its loads. Never a page's text. The only code that touches that storage.

/** @typedef {AccessMedic.Case} Case */
/**
 * `load`: the one (its `at`) that the answer turned out to belong to. `alone`: when it was examined without a page.
 * @typedef {import("../core/access_medic.js").Response & {
 *   request: string; url: string; at: number; load?: number; alone?: number;
 * }} Answer
 */
/**
 * `loads`: the last few, oldest first. `requests`: those of the present load that failed, with when that was seen.
 * @typedef {{
 *   loads: import("../core/access_medic.js").Load[];
 *   requests: (import("../core/access_medic.js").Request & { seen: number })[];
 * }} Journal
 */
/** What the last clearing took, for a while. @typedef {{ remedy: string; at: number; cookies: chrome.cookies.Cookie[] }} Undo */
/** @typedef {{ case?: Case; answer?: Answer; journal?: Journal; undo?: Undo }} Known */

const store = chrome.storage.session;
/** @type {(keyof Known)[]} */
const KINDS = ["case", "answer", "journal", "undo"];

/** How long a clearing can be undone. */
const UNDO = 10 * 60000;
const FORGET = "forget";

/** What reads and writes the entries of one tab runs in turn. @type {Map<number, Promise<unknown>>} */
const queues = new Map();

/** Drops tabs that are gone, when a tab gets its first entry: nothing needs to wake up for a closed tab. */
async function prune() {
  const keys = Object.keys(await store.get()); // before the tabs: a new one may come in between
  const open = (await chrome.tabs.query({})).map(({ id }) => String(id));
  await store.remove(keys.filter((key) => !open.includes(key.replace(/^\w+:/, ""))));
}

/**
 * Makes of what is known what `edit` says. Resolves to that before it is written, for the next one in the queue will find
 * it written; or, with `sure`, once it is, and rejects when there is no room.
 * @param {number} tab
 * @param {(known: Known) => Known | Promise<Known>} edit
 * @param {boolean} [sure]
 * @returns {Promise<Known>}
 */
export function change(tab, edit, sure) {
  const keys = KINDS.map((kind) => `${kind}:${tab}`);
  return new Promise((resolve, reject) => {
    const job = async () => {
      const stored = await store.get(keys);
      /** @type {Known} */
      const before = Object.fromEntries(KINDS.map((kind, at) => [kind, stored[keys[at]]]));
      const after = await edit(before);
      if (!sure) resolve(after);
      for (const [at, kind] of KINDS.entries()) {
        const entry = after[kind];
        if (entry === before[kind]) continue;
        await (entry ? store.set({ [keys[at]]: entry }) : store.remove(keys[at]));
      }
      resolve(after);
      if (!Object.keys(stored).length) prune().catch(reject);
    };
    const turn = (queues.get(tab) ?? Promise.resolve()).then(job).catch((error) => {
      console.error("Access Medic:", error);
      reject(error);
    });
    queues.set(tab, turn);
    turn.then(() => queues.get(tab) === turn && queues.delete(tab));
  });
}

/**
 * One entry alone; `undefined`: none.
 * @template {keyof Known} Kind
 * @param {Kind} kind
 * @param {number} tab
 * @param {(entry: Known[Kind]) => Known[Kind] | Promise<Known[Kind]>} edit
 * @param {boolean} [sure]
 * @returns {Promise<Known[Kind]>}
 */
const changeOne = async (kind, tab, edit, sure) =>
  (await change(tab, async (known) => ({ ...known, [kind]: await edit(known[kind]) }), sure))[kind];

/** @param {Undo | undefined} undo */
const lasts = (undo) => undo && Date.now() - undo.at < UNDO;

/** The case of a tab, and what can be undone there. @param {number} tab */
export async function recall(tab) {
  const { case: entry, undo } = await change(tab, (known) => known);
  return { entry, undo: lasts(undo) ? undo : undefined };
}

/** @param {number} tab @param {Undo | undefined} undo */
export async function keepUndo(tab, undo) {
  await changeOne("undo", tab, () => undo, true);
  if (undo) await chrome.alarms.create(FORGET, { when: undo.at + UNDO });
}

/** Cookies are values: they stay no longer than they can be of use. */
export async function forget() {
  const stored = await store.get();
  const old = Object.entries(stored).filter(
    ([key, entry]) => key.startsWith("undo:") && !lasts(/** @type {Undo} */ (entry)),
  );
  await store.remove(old.map(([key]) => key));
}

/** @param {number} tab @param {(entry: Case | undefined) => Case | undefined | Promise<Case | undefined>} edit */
export const changeCase = (tab, edit) => changeOne("case", tab, edit);

/** The same, and written for sure. @type {typeof changeCase} */
export const noteCase = (tab, edit) => changeOne("case", tab, edit, true);

/** @param {number} tab @param {(entry: Answer | undefined) => Answer | undefined} edit */
export const changeAnswer = (tab, edit) => changeOne("answer", tab, edit);
