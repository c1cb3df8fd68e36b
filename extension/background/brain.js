// This module calls the core, which is loaded once in the life of the worker. If the core cannot be loaded, or if it refuses an
// event, the result is an error value, and the rest stays silent then.
import init, { learn, step as stepOf, view as viewOf } from "../core/access_medic.js";

/** @typedef {{ kind: "core_missing" | "words_missing" | "event_refused"; detail: string }} Fault */
/** @typedef {import("../core/access_medic.js").Event} Event */

/** @type {Promise<Fault | undefined> | undefined} */
let loading;

/** @param {Fault["kind"]} kind @param {unknown} error @returns {Fault} */
function fault(kind, error) {
  console.error("Access Medic:", kind, error);
  return { kind, detail: String(error) };
}

export function load() {
  loading ??= init({ module_or_path: chrome.runtime.getURL("core/access_medic_bg.wasm") }).then(
    () => undefined,
    (error) => {
      loading = undefined; // the next event tries again
      return fault("core_missing", error);
    },
  );
  return loading;
}

/** @type {Promise<Fault | void> | undefined} */
let learning;

/**
 * Loads the words by which the core understands a sentence. They take up 850 kB, and a page of the app that shows no alert never
 * needs them.
 */
function learnWords() {
  learning ??= fetch(chrome.runtime.getURL("core/words.bin"))
    .then((file) => file.arrayBuffer())
    .then((words) => learn(new Uint8Array(words)))
    .catch((error) => {
      learning = undefined; // the next event tries again
      return fault("words_missing", error);
    });
  return learning;
}

/** Tells whether an event brings words that the core has to understand. @param {Event} event */
function speaks(event) {
  if (typeof event === "string") return false;
  if (!("reported" in event)) return "tell" in event;
  const { page, alerts = [] } = event.reported.evidence;
  return alerts.length > 0 || (page !== undefined && !page.app && page.text !== "");
}

/**
 * Loads all that the core needs for an event. Without the words the core still knows what codes, marks and whole messages say.
 * @param {Event} event
 * @returns {Promise<Fault | undefined>}
 */
export async function prepare(event) {
  const missing = await load();
  if (!missing && speaks(event)) await learnWords();
  return missing;
}

/**
 * @param {Parameters<typeof stepOf>} given
 * @returns {ReturnType<typeof stepOf> | Fault}
 */
export function step(...given) {
  try {
    return stepOf(...given);
  } catch (error) {
    return fault("event_refused", error);
  }
}

/** @param {Parameters<typeof viewOf>} given @returns {AccessMedic.Case | undefined} */
export function view(...given) {
  try {
    return viewOf(...given) ?? undefined;
  } catch (error) {
    fault("event_refused", error);
    return undefined;
  }
}
