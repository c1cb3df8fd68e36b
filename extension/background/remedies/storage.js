// This module clears what hosts have stored besides cookies. The kinds are a fixed list, because another kind given by mistake would wipe,
// in Firefox, the history or the passwords of all sites. The result says what a browser cannot clear, and hides nothing.
import { isOurs } from "../sites.js";
import { NoAnswer, within } from "./limit.js";

/** @typedef {NonNullable<AccessMedic.Receipt["storage"]>} Storage */
/** @typedef {chrome.tabs.Tab & { cookieStoreId?: string }} Tab */

/** This is true in Firefox. Each browser takes other options and other kinds, and one wrong key makes a whole call fail. */
export const GECKO = chrome.runtime.getURL("").startsWith("moz-extension:");

/** The number of milliseconds that the browser may take to clear. The cache of a site can be large, and it lies on the disk. */
const BROWSER = 20_000;
/**
 * The number of milliseconds that the page may take. A page that answers at all needs less than a tenth of that, even on a busy machine.
 */
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
 * Returns the calls by which the browser itself clears single sites, each with its options and its kinds.
 * @param {string[]} hosts
 * @param {Tab} tab
 * @returns {{ options: object; kinds: string[] }[]}
 */
function calls(hosts, tab) {
  // In a private tab the call would act on the normal profile, which the tab has nothing to do with; in Firefox it silently does nothing.
  if (tab.incognito) return [];
  if (GECKO) {
    const { cookieStoreId } = tab;
    // The service workers are left out: the call would remove those of every container and of the private windows, too.
    const kinds = ["localStorage", "indexedDB"];
    return [{ options: { hostnames: hosts, cookieStoreId }, kinds }];
  }
  const origins = hosts.flatMap((host) => [`https://${host}`, `http://${host}`]);
  return [{ options: { origins }, kinds: KINDS }];
}

/**
 * Runs in the tab, and clears what only the site itself can clear there.
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
          asked.onerror = asked.onblocked = reject; // the page has the database open
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
  } catch {} // the page has no storage of its own
  for (const kind of kinds) {
    if (!Object.hasOwn(ways, kind)) continue;
    try {
      await ways[kind]();
      done.push(kind);
    } catch {} // the page does not have this kind either
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
      // The page hangs. Any other error means that the tab shows a page of the browser's own, or another site by now.
      if (error instanceof NoAnswer) for (const kind of left) stayed.push({ kind, why: "failed" });
      return [];
    });
    const emptied = page?.result ?? [];
    cleared.push(...emptied);
    // The page can clear only the storage of its own host.
    if (ours.length > 1) for (const kind of emptied) stayed.push({ kind, why: "elsewhere" });
  }
  const told = [...cleared, ...stayed.map(({ kind }) => kind)];
  for (const kind of left) if (!told.includes(kind)) stayed.push({ kind, why: "browser_cannot" });
  return { cleared: KINDS.filter((kind) => cleared.includes(kind)), stayed };
}
