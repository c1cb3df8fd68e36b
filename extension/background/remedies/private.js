// This module opens an address in a private window, which starts without the cookies of this one. Where the browser does not let
// the extension do that, the person is told to do it.

import { NoAnswer, within } from "./limit.js";

/** The number of milliseconds that the browser may take to open a window. A busy machine takes seconds. */
const WINDOW = 20_000;

/** @param {string} address @returns {Promise<AccessMedic.ApplyReply["outcome"]>} */
export async function openPrivate(address) {
  try {
    await within(chrome.windows.create({ url: address, incognito: true }), WINDOW);
    return { kind: "done" };
  } catch (error) {
    if (error instanceof NoAnswer) return { kind: "failed", reason: "no_answer" };
    return { kind: "refused", reason: "no_private_window" };
  }
}
