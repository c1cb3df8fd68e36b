// Calls the core, loaded once in the life of the worker. A core that cannot be loaded, or a visit that it refuses, is an
// error value; the rest stays silent then.
import init, { examine as core, learn } from "../core/access_medic.js";

/** @typedef {{ kind: "core_missing" | "words_missing" | "visit_refused"; detail: string }} Fault */

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
      loading = undefined; // the next evidence tries again
      return fault("core_missing", error);
    },
  );
  return loading;
}

/** @type {Promise<Fault | void> | undefined} */
let learning;

/** The words by which the core understands a sentence: 850 kB, which a page of the app never needs that shows no alert. */
function learnWords() {
  learning ??= fetch(chrome.runtime.getURL("core/words.bin"))
    .then((file) => file.arrayBuffer())
    .then((words) => learn(new Uint8Array(words)))
    .catch((error) => {
      learning = undefined; // the next evidence tries again
      return fault("words_missing", error);
    });
  return learning;
}

/** Whether there are words to be understood. @param {import("../core/access_medic.js").Visit} visit */
const speaks = ({ evidence: { page, alerts = [], told } }) =>
  alerts.length > 0 || !!told || (page !== undefined && !page.app && page.text !== "");

/** @param {import("../core/access_medic.js").Visit} visit */
export async function examine(visit) {
  const missing = await load();
  if (missing) return missing;
  // Without them the core still knows what codes, marks and whole messages say.
  if (speaks(visit)) await learnWords();
  try {
    return core(visit);
  } catch (error) {
    return fault("visit_refused", error);
  }
}
