// Which cookies belong to a tab: those of its profile, of its container or of its private window. Asked for cookies
// without a store, browsers take the normal profile's; so where the store is not known, nothing is read or changed.
import { within } from "./limit.js";

/** @typedef {chrome.tabs.Tab & { cookieStoreId?: string }} Tab */

/**
 * How long one call about cookies is waited for, in milliseconds. To clear 300 of them, with the storage of their sites, took
 * half a second in either browser on a busy machine (2026-11).
 */
export const CALL = 10_000;

/** The store of a tab, which ends with its window: then this throws. @param {Tab} tab */
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
