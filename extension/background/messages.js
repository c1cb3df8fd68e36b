// Who may ask for what. Our own pages may name a tab; a content script speaks for its own tab, and only from the top of
// an https page of OpenAI's. Everything else gets no answer, and nothing happens.
import { changeCase } from "./casebook.js";
import { apply, isRunning } from "./remedies/index.js";
import { overlayStyle } from "./show.js";
import { ourHost } from "./sites.js";
import { examinePage, healthyCase } from "./visit.js";

/** `page`: a content script, not a view of ours. @typedef {{ tab: number; address?: string; page: boolean }} Asker */
/** @typedef {{ [key: string]: unknown; kind: string }} Message */

/** @param {unknown} error */
const complain = (error) => console.error("Access Medic:", error);

/** The case of what the tab shows now. @param {Asker} asker @returns {Promise<AccessMedic.Case | null>} */
async function caseOf({ tab, address, page }) {
  const host = ourHost(address);
  if (!host || !address) return null;
  const entry = await changeCase(tab, (stored) => stored);
  if (entry && ourHost(entry.url) === host) {
    const { busy, ...rest } = entry;
    // A worker that ended in the middle of a step leaves the word behind.
    return busy && isRunning(tab) ? entry : rest;
  }
  return page ? null : healthyCase(tab, address);
}

/** @type {Record<string, (message: Message, asker: Asker) => Promise<object>>} */
const HANDLERS = {
  async evidence({ evidence }, { tab, address, page }) {
    const seen = /** @type {import("./visit.js").Evidence} */ (evidence);
    // The page's own word for its address, which changes in place, but never for its host.
    if (page && ourHost(seen?.url) === ourHost(address)) examinePage(tab, seen).catch(complain);
    return {}; // at once: the page may leave before the examination ends
  },
  async ask(_message, asker) {
    const style = asker.page && { style: await overlayStyle() };
    return { case: await caseOf(asker), ...style };
  },
  async apply({ remedy }, asker) {
    const outcome = await apply(await caseOf(asker), String(remedy));
    return { outcome, case: await caseOf(asker) };
  },
  async close(_message, { tab }) {
    await changeCase(tab, (entry) => entry && { ...entry, closed: true });
    return {};
  },
};

/** @param {Message} message @param {chrome.runtime.MessageSender} sender @returns {Promise<Asker | undefined>} */
async function askerOf(message, sender) {
  if (sender.id !== chrome.runtime.id) return;
  if (sender.url?.startsWith(chrome.runtime.getURL(""))) {
    if (!Number.isInteger(message.tab)) return;
    const tab = await chrome.tabs.get(Number(message.tab));
    return { tab: Number(message.tab), address: tab.url, page: false };
  }
  if (sender.tab?.id === undefined || sender.frameId !== 0 || !ourHost(sender.url)) return;
  return { tab: sender.tab.id, address: sender.url, page: true };
}

/**
 * @param {Message | undefined} message
 * @param {chrome.runtime.MessageSender} sender
 * @param {(reply?: object) => void} reply
 */
export function receive(message, sender, reply) {
  if (!message || !Object.hasOwn(HANDLERS, message.kind)) return false;
  askerOf(message, sender)
    .then((asker) => asker && HANDLERS[message.kind](message, asker))
    .catch(complain)
    .then((answer) => reply(answer ?? undefined));
  return true;
}
