// Clears what hosts have stored besides cookies. The kinds are a fixed list: another one given by mistake would wipe, in
// Firefox, the history or the passwords of all sites. What a browser cannot do is said, not hidden.
import { isOurs } from "../sites.js";
import { NoAnswer, within } from "./limit.js";

/** @typedef {NonNullable<AccessMedic.Receipt["storage"]>} Storage */
/** @typedef {chrome.tabs.Tab & { cookieStoreId?: string }} Tab */

/** The browsers take other options and other kinds, and one wrong key fails a whole call. */
export const GECKO = chrome.runtime.getURL("").startsWith("moz-extension:");

/** How long the browser may take to clear, in milliseconds: the cache of a site can be large, and lies on the disk. */
const BROWSER = 20_000;
/** How long the page may take: one that answers at all has done it within a tenth of that, even on a busy machine. */
const PAGE = 5_000;

const KINDS = [
  "localStorage",
  "indexedDB",
  "serviceWorkers",
  "cacheStorage",
  "fileSystems",
  "cache",
];

/**
 * What the browser itself clears for single sites, in one call each.
 * @param {string[]} hosts
 * @param {Tab} tab
 * @returns {{ options: object; kinds: string[] }[]}
 */
function calls(hosts, tab) {
  // It would act on the normal profile, which a private tab has nothing to do with; in Firefox on nothing, silently.
  if (tab.incognito) return [];
  if (GECKO) {
    const { cookieStoreId } = tab;
    // Not the service workers: it would take those of every container and of the private windows, too.
    const kinds = ["localStorage", "indexedDB"];
    return [{ options: { hostnames: hosts, cookieStoreId }, kinds }];
  }
  const origins = hosts.flatMap((host) => [`https://${host}`, `http://${host}`]);
  return [{ options: { origins }, kinds: KINDS }];
}

/**
 * Runs in the tab, for what only the site itself can clear there.
 * @param {string[]} hosts
 * @param {string[]} kinds
 */
async function emptyPage(hosts, kinds) {
  /** @type {string[]} */
  const done = [];
  if (!hosts.includes(location.hostname)) return done;
  /** @type {Record<string, () => unknown>} */
  const ways = {
    localStorage: () => localStorage.clear(),
    async indexedDB() {
      for (const { name = "" } of await indexedDB.databases()) {
        await new Promise((resolve, reject) => {
          const asked = indexedDB.deleteDatabase(name);
          asked.onsuccess = resolve;
          asked.onerror = asked.onblocked = reject; // the page has it open
        });
      }
    },
    async serviceWorkers() {
      for (const one of await navigator.serviceWorker.getRegistrations()) await one.unregister();
    },
    async cacheStorage() {
      for (const name of await caches.keys()) await caches.delete(name);
    },
    async fileSystems() {
      const root = await navigator.storage.getDirectory();
      const names = root.keys(); // Firefox shows content scripts no iterable here
      for (let next = await names.next(); !next.done; next = await names.next()) {
        await root.removeEntry(next.value, { recursive: true });
      }
    },
  };
  try {
    sessionStorage.clear();
  } catch {} // a page without storage of its own
  for (const kind of kinds) {
    if (!Object.hasOwn(ways, kind)) continue;
    try {
      await ways[kind]();
      done.push(kind);
    } catch {} // nor has it this kind
  }
  return done;
}

/**
 * @param {string[]} hosts exact
 * @param {Tab} tab
 * @param {boolean} enter whether the page in the tab may be touched
 * @returns {Promise<Storage>}
 */
export async function clearStorage(hosts, tab, enter) {
  const ours = hosts.filter(isOurs);
  /** @type {string[]} */
  const cleared = [];
  /** @type {Storage["stayed"]} */
  const stayed = [];
  const clearing = calls(ours, tab).map(async ({ options, kinds }) => {
    try {
      const types = Object.fromEntries(kinds.map((kind) => [kind, true]));
      await within(chrome.browsingData.remove(options, types), BROWSER);
      cleared.push(...kinds);
    } catch {
      for (const kind of kinds) stayed.push({ kind, why: "failed" });
    }
  });
  await Promise.all(clearing);
  const known = [...cleared, ...stayed.map(({ kind }) => kind)];
  const left = KINDS.filter((kind) => !known.includes(kind));
  if (enter && left.length > 0) {
    const target = { tabId: tab.id ?? -1 };
    const asked = chrome.scripting.executeScript({ target, func: emptyPage, args: [ours, left] });
    const [page] = await within(asked, PAGE).catch((error) => {
      // A page that hangs. Any other error: a page of the browser's own, or another site by now.
      if (error instanceof NoAnswer) for (const kind of left) stayed.push({ kind, why: "failed" });
      return [];
    });
    const emptied = page?.result ?? [];
    cleared.push(...emptied);
    // The page reaches its own host's alone.
    if (ours.length > 1) for (const kind of emptied) stayed.push({ kind, why: "elsewhere" });
  }
  const told = [...cleared, ...stayed.map(({ kind }) => kind)];
  for (const kind of left) if (!told.includes(kind)) stayed.push({ kind, why: "browser_cannot" });
  return { cleared: KINDS.filter((kind) => cleared.includes(kind)), stayed };
}
