// This module keeps what a person has chosen, and how far the checklists are that belong to no page. It keeps nothing of any
// page. The data stands in storage.local. What is chosen in a private window stands in memory and counts before that, until the
// last private window is closed. What an organisation has set goes before it (managed.js). No other code touches storage.local;
// background and views both use this module.
import { managed } from "./managed.js";

/**
 * `overlay` tells where the overlay is drawn: on whole error pages and in the app, on whole pages only, or never. `silenced`
 * lists causes that are not drawn. `language` is a folder of `_locales`, or empty for the browser's language. `theme` is empty
 * for the system's. `where` is what the popup showed last. `news` tells whether the extension was updated and the person has not
 * read yet what is new.
 * @typedef {{ overlay: "all" | "pages" | "never"; silenced: string[]; language: string; theme: "" | "light" | "dark"; where: string; news: boolean }} Settings
 */
/** This holds the ticked steps by checklist. @typedef {Record<string, string[]>} Progress */
/**
 * This is a symptom that was picked, with what was tried.
 * @typedef {{ symptom: string; at: number; history: AccessMedic.Attempt[] }} Picked
 */

/** @typedef {{ progress: Progress; picked: Picked | null }} Lists */

const store = chrome.storage.local;
/** The key in storage.session that holds what was chosen in private windows. */
const PRIVATE = "private";

/** @type {Settings & Lists} */
const DEFAULTS = {
  overlay: "all",
  silenced: [],
  language: "",
  theme: "",
  where: "",
  news: false,
  progress: {},
  picked: null,
};

/** Tells whether a tab is in a private window. A closed tab counts as private, because it may have been. @param {number} tab */
export async function isPrivate(tab) {
  const found = await chrome.tabs.get(tab).catch(() => undefined);
  return found?.incognito ?? true;
}

/**
 * Runs an edit while no other edit runs. Views and background edit the same entries, so each waits for the others.
 * @template T
 * @param {() => Promise<T>} act
 * @returns {Promise<T>}
 */
const alone = (act) => navigator.locks.request("settings", act);

async function privateOnes() {
  const { [PRIVATE]: some = {} } = await chrome.storage.session.get(PRIVATE);
  return /** @type {Partial<Settings & Lists>} */ (some);
}

/** @param {boolean} privately */
async function read(privately) {
  const written = /** @type {Settings & Lists} */ (await store.get(DEFAULTS));
  return privately ? { ...written, ...(await privateOnes()) } : written;
}

/** @param {Partial<Settings & Lists>} some @param {boolean} privately */
async function write(some, privately) {
  if (!privately) return store.set(some);
  await chrome.storage.session.set({ [PRIVATE]: { ...(await privateOnes()), ...some } });
}

/**
 * Returns the settings that count. Where the organisation has locked them, what a person chose does not count.
 * @param {boolean} [privately]
 * @returns {Promise<Settings>}
 */
export async function settings(privately = false) {
  const [chosen, { settings: set, locked }] = await Promise.all([read(privately), managed()]);
  const { overlay, silenced, language, theme } = DEFAULTS;
  return { ...chosen, ...(locked && { overlay, silenced, language, theme }), ...set };
}

/** @param {Partial<Settings>} some @param {boolean} [privately] */
export const choose = (some, privately = false) => alone(() => write(some, privately));

/** @param {string} cause @param {boolean} silent @param {boolean} privately */
export const silence = (cause, silent, privately) =>
  alone(async () => {
    if ((await managed()).locked) return;
    const { silenced } = await read(privately);
    const others = silenced.filter((one) => one !== cause);
    await write({ silenced: silent ? [...others, cause] : others }, privately);
  });

/** @param {boolean} privately @returns {Promise<Progress>} */
export const progress = async (privately) => (await read(privately)).progress;

/** @param {string} list @param {(ticked: string[]) => string[]} edit @param {boolean} privately */
export const changeProgress = (list, edit, privately) =>
  alone(async () => {
    const { [list]: before = [], ...others } = await progress(privately);
    const ticked = edit(before);
    const all = { ...others, ...(ticked.length > 0 && { [list]: ticked }) };
    await write({ progress: all }, privately);
  });

/** @param {boolean} privately @returns {Promise<Picked | undefined>} */
export const picked = async (privately) => (await read(privately)).picked ?? undefined;

/** @param {Picked | undefined} one @param {boolean} privately */
export const keepPicked = (one, privately) =>
  alone(() => write({ picked: one ?? null }, privately));

/** Erases everything that was chosen and ticked. */
export const erase = () =>
  alone(async () => {
    await store.clear();
    await chrome.storage.session.remove(PRIVATE);
  });

/** Forgets what was chosen in private windows when the last of them is closed. @param {number} [closing] a tab that is just being closed */
export const forgetPrivate = (closing) =>
  alone(async () => {
    const tabs = await chrome.tabs.query({});
    if (!tabs.some(({ id, incognito }) => incognito && id !== closing))
      await chrome.storage.session.remove(PRIVATE);
  });
