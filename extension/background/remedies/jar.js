// This module finds the cookies that belong to a tab: those of its profile, of its container or of its private window. A browser that is
// asked for cookies without a store takes those of the normal profile, so nothing is read or changed where the store is not known.
import { within } from "./limit.js";

/** @typedef {chrome.tabs.Tab & { cookieStoreId?: string }} Tab */

/**
 * The number of milliseconds that the extension waits for one call about cookies. Clearing 300 cookies, with the storage of their
 * sites, took half a second in either browser on a busy machine (2026-11).
 */
export const CALL = 10_000;

/** Returns the cookie store of a tab. Throws when there is none any more, because the store ends with its window. @param {Tab} tab */
export async function storeOf(tab) {
  if (tab.cookieStoreId) return tab.cookieStoreId;
  const stores = await within(chrome.cookies.getAllCookieStores(), CALL);
  const store = stores.find(({ tabIds }) => tabIds.includes(tab.id ?? -1));
  if (!store) throw new Error("The tab has no cookie store any more.");
  return store.id;
}

/** Throws unless the tab is still open and its cookies are in that store. @param {number} tab @param {string} store */
export async function stillIn(tab, store) {
  if ((await storeOf(await within(chrome.tabs.get(tab), CALL))) !== store)
    throw new Error("The tab is in another cookie store now.");
}
