// Calls the core, loaded once in the life of the worker. A core that cannot be loaded, or a visit that it refuses, is an
// error value; the rest stays silent then.
import init, { examine as core } from "../core/access_medic.js";

/** @typedef {{ kind: "core_missing" | "visit_refused"; detail: string }} Fault */

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

/** @param {import("../core/access_medic.js").Visit} visit */
export async function examine(visit) {
  const missing = await load();
  if (missing) return missing;
  try {
    return core(visit);
  } catch (error) {
    return fault("visit_refused", error);
  }
}
