// Opens an address in a private window, which starts without the cookies of this one. Where the browser does not let the
// extension do that, the person does it, and is told so.

/** @param {string} address @returns {Promise<AccessMedic.ApplyReply["outcome"]>} */
export async function openPrivate(address) {
  try {
    await chrome.windows.create({ url: address, incognito: true });
    return { kind: "done" };
  } catch {
    return { kind: "refused", reason: "no_private_window" };
  }
}
