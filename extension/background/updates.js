// This module listens to the state of tabs, but only while somebody waits for it: in Chromium a lasting listener would be woken by
// each page of each site, and would never let the worker sleep.

/** @typedef {(tabId: number, changes: { status?: string }) => void} Watcher */

/** @type {Set<Watcher>} */
const watchers = new Set();

/** @type {Watcher} */
function updated(tabId, changes) {
  for (const watcher of watchers) watcher(tabId, changes);
}

/**
 * Begins to tell a watcher of each change of a tab.
 * @param {Watcher} watcher
 * @returns {() => void} ends that
 */
export function watchTabs(watcher) {
  if (watchers.size === 0) chrome.tabs.onUpdated.addListener(updated);
  watchers.add(watcher);
  return () => {
    if (watchers.delete(watcher) && watchers.size === 0)
      chrome.tabs.onUpdated.removeListener(updated);
  };
}

/**
 * Takes back the listener of a worker that died while it waited. Chromium remembers it and wakes each next worker for it, until
 * one of them takes it back (measured on 2026-12-01 in Chromium 156).
 */
export function takeBackListener() {
  watchTabs(() => {})();
}
