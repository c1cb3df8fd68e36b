// This module runs the checks for a case. The module `crate/checks` asks the hosts and judges their answers; this one supplies
// what the checks cannot know themselves (cookies, network errors), tells how far they are, and stops them. No answer of a host
// is kept, only what was found.
import init, { run } from "../../core/access_medic_checks.js";
import { happen } from "../tabs.js";
import { census } from "./clear.js";

/** @typedef {AccessMedic.Case} Case */

/** This map holds, by tab, the controller that stops the checks that run for it. @type {Map<number, AbortController>} */
const stops = new Map();

/** This map holds the network errors of the extension's own requests, by address, while checks run. @type {Map<string, string>} */
const errors = new Map();

/** @type {Promise<unknown> | undefined} */
let loading;

/** @param {string} url @param {string} error */
export function noteError(url, error) {
  if (stops.size > 0) errors.set(url, error);
}

/** Stops the checks of a tab. What they have not found out by then stays unknown. @param {number} tab */
export const stop = (tab) => stops.get(tab)?.abort();

/** @param {Case} entry @param {import("./clear.js").Counted} counted @returns {Promise<NonNullable<Case["checks"]>>} */
export async function check({ tab, url }, counted) {
  loading ??= init({ module_or_path: chrome.runtime.getURL("core/access_medic_checks_bg.wasm") });
  await loading.catch((error) => {
    loading = undefined; // the next click tries again
    throw error;
  });
  const controller = new AbortController();
  stops.set(tab, controller);
  /** @param {number} done @param {number} total */
  const tell = (done, total) =>
    void happen(tab, { checked: { progress: { done, total } } }).catch(() => {});
  try {
    const jars = await census(counted, await chrome.tabs.get(tab)).catch(() => undefined);
    const order = { host: new URL(url).hostname, jars };
    const { findings } = await run(order, controller.signal, tell, (address) =>
      errors.get(address),
    );
    return { at: Date.now(), findings };
  } finally {
    stops.delete(tab);
    if (stops.size === 0) errors.clear();
  }
}
