// This module tells whether the document that a tab shows was examined, and has it examined where it was not: after an
// installation or an update, when a report was lost, or when the core could not be loaded. It never says that a page is well; it
// only says what kept the page from being examined.

import { pageExamined } from "./reports.js";
import { OURS_SECURE } from "./sites.js";
import { seenOf } from "./tabs.js";

/** @typedef {AccessMedic.Unseen} Unseen */
/** @typedef {{ state: DocumentReadyState; load: string }} Probe `load`: empty where no observer runs */

/** The number of milliseconds within which a page has to answer. A page that does not is busy, and the popup does not wait for it. */
const PATIENCE = 250;
/** The number of milliseconds that an examination may take while somebody waits for it. The worker may have to load the core first. */
const EXAMINATION = 2000;

/** Runs in the page. @returns {Probe} */
function probePage() {
  const { accessMedicObserves: observer } = globalThis;
  const listens = typeof observer?.listens === "function" && observer.listens();
  return { state: document.readyState, load: listens ? (observer?.load() ?? "") : "" };
}

/**
 * Asks the page of a tab about its observer. Resolves to "busy" if the page does not answer, and to "closed" if no script can
 * enter it, as in an error page of the browser.
 * @param {number} tabId
 * @returns {Promise<Probe | "busy" | "closed">}
 */
function probe(tabId) {
  /** @type {Promise<"busy">} */
  const late = new Promise((resolve) => setTimeout(resolve, PATIENCE, "busy"));
  const asked = chrome.scripting
    .executeScript({ target: { tabId }, func: probePage, injectImmediately: true })
    .then(
      ([page]) => page?.result ?? /** @type {const} */ ("closed"),
      () => /** @type {const} */ ("closed"),
    );
  return Promise.race([asked, late]);
}

/**
 * Tells whether a script can enter the document that a tab shows. None can enter an error page of the browser, or Firefox's viewer
 * of JSON. A page that is busy answers late.
 * @param {number} tabId
 */
export const isReadable = (tabId) =>
  chrome.scripting
    .executeScript({ target: { tabId }, func: () => true, injectImmediately: true })
    .then(
      ([page]) => page?.result === true,
      () => false,
    );

/** @param {number} tabId */
const isLoading = async (tabId) =>
  (await chrome.tabs.get(tabId).catch(() => undefined))?.status === "loading";

/**
 * Tells why the document that a tab shows was not examined. Resolves to undefined if it was.
 * @param {number} tab
 * @param {import("../core/access_medic.js").Seen | undefined} seen
 * @returns {Promise<Unseen | undefined>}
 */
export async function unseenOf(tab, seen) {
  const found = await probe(tab);
  // A page that is busy cannot be asked which one it is.
  if (found === "busy") return seen?.answered ? undefined : "page";
  if (found === "closed") {
    // Only the network tells of such a page.
    if (seen?.load === "") return seen.answered ? undefined : "core";
    return (await isLoading(tab)) ? "loading" : "closed";
  }
  if (found.load && found.load === seen?.load) return seen.answered ? undefined : "core";
  return found.state === "loading" ? "loading" : "page";
}

/** @param {number} tabId */
const observe = (tabId) =>
  chrome.scripting
    .executeScript({ target: { tabId }, files: ["content/observe.js"] })
    .catch(() => {}); // The tab was closed, or it goes to another site.

/** Runs in the page, and lets its observer report once more. */
const repeat = () => globalThis.accessMedicObserves?.again().catch(() => {});

/** Has the document that a tab shows examined, unless that was done already. @param {number} tab */
export async function lookAt(tab) {
  const found = await probe(tab);
  if (found === "busy" || found === "closed" || found.state === "loading") return;
  const seen = await seenOf(tab);
  if (found.load && found.load === seen?.load && seen.answered) return;
  const examined = pageExamined(tab, EXAMINATION);
  if (found.load)
    chrome.scripting.executeScript({ target: { tabId: tab }, func: repeat }).catch(() => {});
  else observe(tab);
  await examined;
}

/**
 * Looks at the pages that were open before this version of the extension was there, or before it was given the sites. Firefox
 * does the same by itself; that does no harm, because a page has only one observer.
 */
export async function lookAtOpenTabs() {
  const tabs = await chrome.tabs.query({ url: OURS_SECURE });
  await Promise.all(tabs.map(({ id, discarded }) => id !== undefined && !discarded && observe(id)));
}
