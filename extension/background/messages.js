// Who may ask for what. Our own pages may name a tab; a content script speaks for its own tab, and only from the top of
// an https page of OpenAI's, or of a page that a sign-in passes while a person asks for it. Everything else gets no
// answer, and nothing happens.
import { allCases, changeCase, recall } from "./casebook.js";
import {
  choose,
  goBack,
  mark,
  pick,
  remember,
  silenceKind,
  startOver,
  tell,
  unmark,
} from "./checklist.js";
import { lookAt, unseenOf } from "./look.js";
import { stop } from "./remedies/check.js";
import { apply, settle, undo } from "./remedies/index.js";
import { dueOf, end, wish } from "./remedies/wait.js";
import { appearance, hides } from "./show.js";
import { ourHost, passedHost } from "./sites.js";
import { caseOfPage, examineEvidence, examinePage, healthyCase, isOfElsewhere } from "./visit.js";

/** @typedef {import("./visit.js").Evidence} Evidence */
/**
 * `page`: a content script, not a view of ours. `load`: the load that the content script belongs to, as far as it knows.
 * @typedef {{ tab: number; address?: string; page: boolean; load?: string }} Asker
 */
/** @typedef {{ kind: string; load?: unknown; tab?: unknown; remedy?: unknown; look?: unknown; again?: unknown; length?: unknown; skipped?: unknown; symptom?: unknown; words?: unknown; cause?: unknown; silent?: unknown; evidence?: Evidence }} Message */

/** @param {unknown} error */
const complain = (error) => console.error("Access Medic:", error);

/** Pages of others that are asked for, by tab. @type {Map<number, (evidence?: Evidence) => void>} */
const asked = new Map();

/** Looks once at a page of others; opening the popup has lent us the tab. @param {number} tab */
async function look(tab) {
  /** @type {Evidence | undefined} */
  const evidence = await new Promise((resolve) => {
    asked.set(tab, resolve);
    setTimeout(resolve, 1000); // a page may have nothing to say
    chrome.scripting
      .executeScript({ target: { tabId: tab }, files: ["content/observe.js"] })
      .catch(() => resolve(undefined)); // it was not lent
  });
  asked.delete(tab);
  if (evidence) await examineEvidence(tab, evidence);
}

/** The case of what the tab shows now. @param {Asker} asker @returns {Promise<AccessMedic.Case | null>} */
async function caseOf({ tab, address, page, load }, known = recall(tab)) {
  const ours = ourHost(address);
  const host = ours ?? passedHost(address);
  const { entry: stored, undo, seen } = await known;
  const entry = page ? caseOfPage(stored) : stored;
  const picked = entry && isOfElsewhere(entry) && !page;
  if (!picked && (!host || !address)) return null;
  // A case that is drawn for one load is not told to the next load in the same tab.
  if (page && load && entry?.load && load !== entry.load) return null;
  const unseen = page || !ours ? undefined : await unseenOf(tab, seen);
  if (entry && (picked || new URL(entry.url).hostname === host)) {
    // What the person does not want to see is closed.
    const closed = entry.closed || (page && (await hides(entry)));
    const told = {
      closed,
      unseen,
      reserve: undefined,
      under: undefined,
      ...(undo && { undo: undo.remedy }),
    };
    return { ...(await settle(entry)), ...told };
  }
  if (!address || page || !ours) return null;
  return { ...(await healthyCase(tab, address)), ...(unseen && { unseen }) };
}

/** The same for a view, and when it was so: answers may overtake one another. @param {Asker} asker */
async function inform(asker) {
  const known = recall(asker.tab);
  await known;
  const asOf = performance.now();
  return { case: await caseOf(asker, known), asOf, life: performance.timeOrigin };
}

/** @type {Record<string, (message: Message, asker: Asker) => Promise<object>>} */
const HANDLERS = {
  async evidence({ evidence }, { tab, address, page }) {
    // The page's own word for its address, which changes in place, but never for its host.
    if (page && evidence && ourHost(evidence.url) === ourHost(address))
      examinePage(tab, evidence).catch(complain);
    return {}; // at once: the page may leave before the examination ends
  },
  async ask({ look: wanted }, asker) {
    if (wanted && !asker.page) {
      if (passedHost(asker.address)) await look(asker.tab);
      else if (ourHost(asker.address)) await lookAt(asker.tab);
    }
    const [found, looks] = await Promise.all([inform(asker), asker.page && appearance()]);
    return { ...found, ...looks };
  },
  async apply({ remedy }, asker) {
    const outcome = await apply(await caseOf(asker), String(remedy));
    const found = await inform(asker);
    await remember(found.case ?? undefined);
    return { outcome, ...found };
  },
  async mark({ remedy, skipped }, asker) {
    await mark(await caseOf(asker), String(remedy), skipped ? "skipped" : "done");
    return inform(asker);
  },
  async unmark({ remedy }, asker) {
    await unmark(await caseOf(asker), String(remedy));
    return inform(asker);
  },
  async restart(_message, asker) {
    await startOver(await caseOf(asker));
    return inform(asker);
  },
  async pick({ symptom }, asker) {
    if (!asker.page) await pick(asker.tab, String(symptom));
    return inform(asker);
  },
  async tell({ words }, asker) {
    const answer = asker.page ? undefined : await tell(asker.tab, String(words));
    return { answer, ...(await inform(asker)) };
  },
  async choose({ cause }, asker) {
    if (!asker.page) await choose(asker.tab, String(cause));
    return inform(asker);
  },
  async silence({ silent }, asker) {
    await silenceKind(await caseOf(asker), silent === true);
    return inform(asker);
  },
  async undo(_message, asker) {
    const outcome = await undo(await caseOf(asker));
    return { outcome, ...(await inform(asker)) };
  },
  async stop(_message, { tab }) {
    stop(tab);
    await changeCase(tab, end);
    return {};
  },
  async wish({ again }, { tab }) {
    await changeCase(tab, (entry) => wish(entry, again === true));
    return {};
  },
  async due({ length }, asker) {
    const entry = await caseOf(asker);
    const remedy = dueOf(entry, length);
    if (remedy) await apply(entry, remedy);
    return {};
  },
  async reload(_message, { tab, address, page }) {
    // A page of others may hold what a person has typed, so it is never loaded again.
    if (!page && ourHost(address)) await chrome.tabs.reload(tab);
    return {};
  },
  async close(_message, { tab }) {
    await changeCase(tab, (entry) => entry && { ...entry, closed: true });
    return {};
  },
};

/** By these a page does nothing to a case. */
const READS = ["evidence", "ask", "close"];

/** Whether a view of ours sends, and no content script. @param {chrome.runtime.MessageSender} sender */
const isView = (sender) =>
  sender.id === chrome.runtime.id && sender.url?.startsWith(chrome.runtime.getURL("")) === true;

/** @param {Message} message @param {chrome.runtime.MessageSender} sender @returns {Promise<Asker | undefined>} */
async function askerOf(message, sender) {
  if (sender.id !== chrome.runtime.id) return;
  if (isView(sender)) {
    if (!Number.isInteger(message.tab)) return;
    const tab = await chrome.tabs.get(Number(message.tab));
    return { tab: Number(message.tab), address: tab.url, page: false };
  }
  if (sender.tab?.id === undefined || sender.frameId !== 0) return;
  const { evidence } = message;
  const passed = passedHost(sender.url);
  if (passed && passedHost(evidence?.url) === passed) asked.get(sender.tab.id)?.(evidence);
  if (!ourHost(sender.url)) return;
  const { load } = message;
  const address = sender.url;
  return { tab: sender.tab.id, address, page: true, ...(typeof load === "string" && { load }) };
}

/** The tabs in which a page of OpenAI's fails, for the welcome page. @returns {Promise<AccessMedic.Failing[]>} */
async function failingTabs() {
  const open = new Map((await chrome.tabs.query({})).map((tab) => [tab.id, tab]));
  return (await allCases()).flatMap((entry) => {
    const { tab, url, report } = entry;
    const { diagnosis } = report;
    const host = ourHost(url);
    // The welcome page stands in a normal window and tells nothing of private ones.
    if (!host || !diagnosis || isOfElsewhere(entry) || open.get(tab)?.incognito !== false)
      return [];
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
  if (!message || !Object.hasOwn(HANDLERS, message.kind)) return false;
  askerOf(message, sender)
    .then(async (asker) => {
      if (asker?.page && !READS.includes(message.kind)) await goBack(asker.tab);
      return asker && HANDLERS[message.kind](message, asker);
    })
    .catch(complain)
    .then((answer) => reply(answer ?? undefined));
  return true;
}
