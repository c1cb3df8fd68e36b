// This module decides who may ask for what. The extension's own pages may name a tab. A content script speaks for its own tab,
// and only from the top frame of an https page of OpenAI's, or of a page that a sign-in passes while a person asks for it. Every
// other sender gets no answer, and nothing happens.
import { isPrivate, picked } from "../settings.js";
import { perform } from "./effects.js";
import { lookAt, unseenOf } from "./look.js";
import { takeOrder } from "./menu.js";
import { stop } from "./remedies/check.js";
import { allowed, failed } from "./remedies/index.js";
import { pageReported } from "./reports.js";
import { appearance } from "./show.js";
import { ourHost, passedHost, withoutIds } from "./sites.js";
import { allPages, drawn, happen } from "./tabs.js";

/** @typedef {import("./reports.js").Evidence} Evidence */
/** @typedef {import("./reports.js").Reporter} Reporter */
/**
 * `tab` is the browser's number of the tab that is asked about.
 * @typedef {import("../core/access_medic.js").Asker & { tab: number }} Asker
 */
/** @typedef {{ kind: string; load?: unknown; tab?: unknown; remedy?: unknown; look?: unknown; again?: unknown; length?: unknown; skipped?: unknown; symptom?: unknown; words?: unknown; cause?: unknown; silent?: unknown; evidence?: Evidence; source?: Reporter }} Message */

/** @param {unknown} error */
const complain = (error) => console.error("Access Medic:", error);

/**
 * This map holds, by tab, the function that takes the message of a page of others that is asked for.
 * @type {Map<number, (message?: Message) => void>}
 */
const asked = new Map();

/** Looks once at a page of others. By opening the popup, the person has lent the tab to the extension. @param {number} tab */
async function look(tab) {
  /** @type {Message | undefined} */
  const message = await new Promise((resolve) => {
    asked.set(tab, resolve);
    setTimeout(resolve, 1000); // a page may have nothing to say
    chrome.scripting
      .executeScript({ target: { tabId: tab }, files: ["content/observe.js"] })
      .catch(() => resolve(undefined)); // the tab was not lent
  });
  asked.delete(tab);
  if (message?.evidence) await pageReported(tab, message.evidence, message.source, true);
}

/**
 * Returns the case that is told when the core cannot be asked: the case that was known before, or else an empty one, because
 * nobody has looked.
 * @param {Asker} asker
 * @param {AccessMedic.Case | undefined} top
 * @returns {AccessMedic.Case | undefined}
 */
function unanswered({ tab, address, page, load }, top) {
  const isList = top !== undefined && (top.symptom !== undefined || top.told === true);
  const stored = page && isList ? top.under : top;
  const host = ourHost(address);
  const isOther = page && load !== undefined && stored?.load !== load;
  if (stored && !isOther && ((isList && !page) || ourHost(stored.url) === host)) {
    const { reserve: _, under: __, ...told } = stored;
    return told;
  }
  if (page || !address || !host) return;
  const { origin, pathname } = new URL(address);
  const report = { stands: false, plan: [], tools: [] };
  const url = origin + withoutIds(pathname);
  return { tab, url, at: Date.now(), report, receipts: {}, closed: false, history: [] };
}

/** Returns what the asker has to draw, and the time for which it holds, because answers may overtake one another. @param {Asker} asker */
async function inform(asker) {
  const { found: known, stored, seen, asOf, missing } = await drawn(asker.tab, asker);
  const found = missing ? unanswered(asker, stored) : known;
  const looks = found && !asker.page && ourHost(asker.address);
  const isBlind = missing && !found?.report.diagnosis;
  const unseen = looks ? (isBlind ? "core" : await unseenOf(asker.tab, seen)) : undefined;
  const told = found ? { ...found, ...(unseen && { unseen }) } : null;
  return { case: told, asOf, life: performance.timeOrigin };
}

/** Tells the core of what a person does, and does what it wants done. @param {Asker} asker @param {import("./tabs.js").Event} event @param {boolean} [sure] */
async function act({ tab }, event, sure) {
  const { effects } = await happen(tab, event, sure);
  return perform(tab, effects);
}

/** Begins a step. If there is no room to note the step, it does not begin. @param {Asker} asker @param {import("./tabs.js").Event} event */
async function begin(asker, event) {
  try {
    return (await act(asker, event, true)).outcome ?? { kind: "refused", reason: "no_case" };
  } catch (error) {
    return failed(error);
  }
}

/** @type {Record<string, (message: Message, asker: Asker) => Promise<object>>} */
const HANDLERS = {
  async evidence({ evidence, source }, { tab, address, page }) {
    // The page's own word counts for its address, which changes in place, but never for its host.
    if (page && evidence && ourHost(evidence.url) === ourHost(address))
      pageReported(tab, evidence, source, false).catch(complain);
    return {}; // answered at once, because the page may leave before the examination ends
  },
  async ask({ look: wanted }, asker) {
    if (wanted && !asker.page) {
      if (passedHost(asker.address)) await look(asker.tab);
      else if (ourHost(asker.address)) await lookAt(asker.tab);
    }
    const [found, looks] = await Promise.all([inform(asker), asker.page && appearance()]);
    return { ...found, ...looks };
  },
  async apply({ remedy }, by) {
    const permitted = await allowed();
    const outcome = await begin(by, { apply: { by, remedy: String(remedy), permitted } });
    return { outcome, ...(await inform(by)) };
  },
  async mark({ remedy, skipped }, by) {
    await act(by, { mark: { by, remedy: String(remedy), skipped: skipped === true } });
    return inform(by);
  },
  async unmark({ remedy }, by) {
    await act(by, { unmark: { by, remedy: String(remedy) } });
    return inform(by);
  },
  async restart(_message, by) {
    await act(by, { restart: { by } });
    return inform(by);
  },
  async pick({ symptom }, by) {
    const kept = await picked(await isPrivate(by.tab));
    await act(by, { pick: { by, symptom: String(symptom), ...(kept && { kept }) } });
    return inform(by);
  },
  async tell({ words }, by) {
    const { known } = await act(by, { tell: { by, words: String(words) } });
    const answer = known === undefined ? "failed" : known ? "known" : "unknown";
    return { ...(by.page ? {} : { answer }), ...(await inform(by)) };
  },
  async choose({ cause }, by) {
    await act(by, { choose: { by, cause: String(cause) } });
    return inform(by);
  },
  async silence({ silent }, by) {
    await act(by, { silence: { by, silent: silent === true } });
    return inform(by);
  },
  async undo(_message, by) {
    const outcome = await begin(by, { undo: { by, permitted: await allowed() } });
    return { outcome, ...(await inform(by)) };
  },
  async stop(_message, by) {
    stop(by.tab);
    await act(by, { stop: { by } });
    return {};
  },
  async wish({ again }, by) {
    await act(by, { wish: { by, again: again === true } });
    return {};
  },
  async due({ length }, by) {
    const permitted = await allowed();
    await begin(by, { counted_down: { by, length: Number(length), permitted } });
    return {};
  },
  async reload(_message, { tab, address, page }) {
    // A page of others may hold what a person has typed, so it is never loaded again.
    if (!page && ourHost(address)) await chrome.tabs.reload(tab);
    return {};
  },
  async close(_message, by) {
    await act(by, "close");
    return {};
  },
};

/**
 * Tells whether a message comes from a view of the extension, and not from a content script.
 * @param {chrome.runtime.MessageSender} sender
 */
const isView = (sender) =>
  sender.id === chrome.runtime.id && sender.url?.startsWith(chrome.runtime.getURL("")) === true;

/** @param {Message} message @param {chrome.runtime.MessageSender} sender @returns {Promise<Asker | undefined>} */
async function askerOf(message, sender) {
  if (sender.id !== chrome.runtime.id) return;
  if (isView(sender)) {
    if (!Number.isInteger(message.tab)) return;
    const tab = await chrome.tabs.get(Number(message.tab));
    return { tab: Number(message.tab), page: false, ...(tab.url && { address: tab.url }) };
  }
  if (sender.tab?.id === undefined || sender.frameId !== 0) return;
  const { evidence } = message;
  const passed = passedHost(sender.url);
  if (passed && passedHost(evidence?.url) === passed) asked.get(sender.tab.id)?.(message);
  if (!ourHost(sender.url)) return;
  const { load } = message;
  const address = sender.url;
  return { tab: sender.tab.id, address, page: true, ...(typeof load === "string" && { load }) };
}

/** Returns the tabs in which a page of OpenAI's fails, for the welcome page. @returns {Promise<AccessMedic.Failing[]>} */
async function failingTabs() {
  const open = new Map((await chrome.tabs.query({})).map((tab) => [tab.id, tab]));
  return (await allPages()).flatMap(({ tab, url, report }) => {
    const { diagnosis } = report;
    const host = ourHost(url);
    // The welcome page stands in a normal window and tells nothing of private ones.
    if (!host || !diagnosis || open.get(tab)?.incognito !== false) return [];
    return diagnosis.surface === "request" ? [] : [{ tab, host, cause: diagnosis.cause }];
  });
}

/**
 * @param {Message | undefined} message
 * @param {chrome.runtime.MessageSender} sender
 * @param {(reply?: object) => void} reply
 */
export function receive(message, sender, reply) {
  if (message?.kind === "failing" && isView(sender)) {
    failingTabs().then((failing) => reply({ failing }), complain);
    return true;
  }
  if (message?.kind === "order" && isView(sender)) {
    reply({ remedy: takeOrder(Number(message.tab)) });
    return false;
  }
  if (!message || !Object.hasOwn(HANDLERS, message.kind)) return false;
  askerOf(message, sender)
    .then((asker) => asker && HANDLERS[message.kind](message, asker))
    .catch(complain)
    .then((answer) => reply(answer ?? undefined));
  return true;
}
