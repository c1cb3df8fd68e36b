// What a person has chosen, in storage.local, and how far the checklists are that belong to no page. Nothing of any page
// is in it. The only code that touches that storage; background and views read it alike.

/**
 * `overlay`: drawn on whole error pages and in the app, on whole pages only, or never. `silenced`: causes that are not
 * drawn. `language`: a folder of `_locales`; empty: the browser's. `theme`: empty: the system's. `where`: what the popup
 * showed last.
 * @typedef {{ overlay: "all" | "pages" | "never"; silenced: string[]; language: string; theme: "" | "light" | "dark"; where: string }} Settings
 */
/** Ticked steps by checklist. @typedef {Record<string, string[]>} Progress */
/** A symptom that was picked, with what was tried. @typedef {{ symptom: string; at: number; history: AccessMedic.Attempt[] }} Picked */

const store = chrome.storage.local;

/** @type {Settings} */
const DEFAULTS = { overlay: "all", silenced: [], language: "", theme: "", where: "" };

/** @returns {Promise<Settings>} */
export async function settings() {
  return /** @type {Settings} */ (await store.get(DEFAULTS));
}

/** @param {Partial<Settings>} some */
export const choose = (some) => store.set(some);

/** @param {string} cause @param {boolean} silent */
export async function silence(cause, silent) {
  const { silenced } = await settings();
  const others = silenced.filter((one) => one !== cause);
  await choose({ silenced: silent ? [...others, cause] : others });
}

/** @returns {Promise<Progress>} */
export async function progress() {
  const { progress: kept } = await store.get({ progress: {} });
  return /** @type {Progress} */ (kept);
}

/** One after the other: two ticks may be quicker than the storage. @type {Promise<unknown>} */
let ticking = Promise.resolve();

/** @param {string} list @param {(ticked: string[]) => string[]} edit */
export function changeProgress(list, edit) {
  const change = async () => {
    const { [list]: before = [], ...others } = await progress();
    const ticked = edit(before);
    await store.set({ progress: { ...others, ...(ticked.length > 0 && { [list]: ticked }) } });
  };
  const done = ticking.then(change);
  ticking = done.catch(() => {});
  return done;
}

/** @returns {Promise<Picked | undefined>} */
export async function picked() {
  const { picked: kept } = await store.get("picked");
  return /** @type {Picked | undefined} */ (kept);
}

/** @param {Picked | undefined} one */
export const keepPicked = (one) => (one ? store.set({ picked: one }) : store.remove("picked"));

/** Everything that was chosen and ticked. */
export const erase = () => store.clear();
