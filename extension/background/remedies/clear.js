// This module clears what a scope names: cookies one by one, by name, host and partition, and storage if the scope says so. It clears only
// on OpenAI's hosts, whatever the scope says. Afterwards it reads the cookies again, so that a receipt counts what is really gone.
import { DOMAINS, isOurs } from "../sites.js";
import { CALL, stillIn, storeOf } from "./jar.js";
import { NoAnswer, within } from "./limit.js";
import { clearStorage, GECKO } from "./storage.js";

/** @typedef {Extract<AccessMedic.Step["action"], { kind: "clear" }>["scope"]} Scope */
/** This action names the hosts whose cookies the checks count. @typedef {Extract<AccessMedic.Step["action"], { kind: "check" }>} Counted */
/** @typedef {chrome.cookies.Cookie & { firstPartyDomain?: string }} Cookie */
/**
 * This function is told which cookies will be gone, before they are, and afterwards which of them are gone.
 * @typedef {(cookies: Cookie[]) => Promise<void>} Remember
 */

/** The number of rounds in which cookies are removed. Firefox removes only one of several cookies that share a name and fit an address. */
const ROUNDS = 3;

/**
 * The number of characters of a cookie's name that a receipt keeps to tell cookies apart. A site may give a cookie a name of four
 * thousand characters.
 */
const NAME = 80;

/** @param {Cookie} cookie */
const hostOf = (cookie) => cookie.domain.replace(/^\./, "");

/** @param {Cookie} cookie */
function keyOf({ name, domain, path, partitionKey }) {
  const { topLevelSite, hasCrossSiteAncestor } = partitionKey ?? {}; // null in Firefox
  return JSON.stringify([name, domain, path, topLevelSite, hasCrossSiteAncestor]);
}

/** @param {string[]} patterns @param {string} name */
const named = (patterns, name) =>
  patterns.some((pattern) =>
    pattern.endsWith("*") ? name.startsWith(pattern.slice(0, -1)) : name === pattern,
  );

/**
 * Returns the host of the scope that gets what belongs to a host, or undefined if none does.
 * @param {Scope} scope
 * @param {string} host
 * @param {boolean} [shared] with the sub-hosts of that host
 */
function sentTo(scope, host, shared) {
  for (const pattern of scope.hosts) {
    const base = pattern.replace(/^\*\./, "");
    if (host === base || (base !== pattern && host.endsWith(`.${base}`))) return host;
    if (shared && base.endsWith(`.${host}`)) return base;
  }
}

/** Reads every cookie of the scope, partitioned ones too. @param {Scope} scope @param {string} storeId */
async function read(scope, storeId) {
  // Only Firefox knows this key. Without it, Firefox hides cookies when it isolates sites by first party.
  const everyParty = GECKO ? { firstPartyDomain: null } : {};
  const query = { partitionKey: {}, ...everyParty, storeId };
  const found = await Promise.all(
    DOMAINS.map((domain) => within(chrome.cookies.getAll({ ...query, domain }), CALL)),
  );
  return found.flat().filter((/** @type {Cookie} */ cookie) => {
    const host = hostOf(cookie);
    if (!isOurs(host) || !sentTo(scope, host, !cookie.hostOnly)) return false;
    return !scope.cookies || named(scope.cookies, cookie.name);
  });
}

/**
 * Removes a cookie, and tells whether the browser answered in time, whatever its answer was.
 * @param {Scope} scope
 * @param {Cookie} cookie
 */
async function remove(scope, cookie) {
  const { name, storeId, partitionKey, firstPartyDomain, secure, path, hostOnly } = cookie;
  // The address lies in the scope, because the parent domain may have a cookie of the same name for itself.
  const url = `${secure ? "https" : "http"}://${sentTo(scope, hostOf(cookie), !hostOnly)}${path}`;
  const party = firstPartyDomain === undefined ? {} : { firstPartyDomain };
  const details = { url, name, storeId, ...(partitionKey && { partitionKey }), ...party };
  try {
    await within(chrome.cookies.remove(details), CALL);
  } catch (error) {
    return !(error instanceof NoAnswer); // a cookie that the browser did not remove is still there when the cookies are read again
  }
  return true;
}

/** @param {Scope} scope @param {number} tab @param {string} storeId @param {Remember} remember */
async function clearCookies(scope, tab, storeId, remember) {
  const found = await read(scope, storeId);
  const kept = found.filter((cookie) => named(scope.keep, cookie.name));
  const targets = found.filter((cookie) => !kept.includes(cookie));
  await remember(targets);
  /** @type {Set<string>} */
  const back = new Set();
  /** @param {{ removed: boolean; cookie: Cookie }} change */
  const changed = ({ removed, cookie }) => {
    if (!removed) back.add(keyOf(cookie));
  };
  chrome.cookies.onChanged.addListener(changed);
  let left = targets;
  let answered = true;
  try {
    for (let round = 0; round < ROUNDS && left.length > 0 && answered; round++) {
      // The next private window has the same cookie store, but other cookies.
      await stillIn(tab, storeId);
      // All are removed at once, because in Chromium removing twenty at a time takes five times as long.
      const answers = await Promise.all(left.map((cookie) => remove(scope, cookie)));
      answered = answers.every((one) => one);
      const there = (await read(scope, storeId)).map(keyOf);
      left = left.filter((cookie) => there.includes(keyOf(cookie)));
    }
  } finally {
    chrome.cookies.onChanged.removeListener(changed);
  }
  const gone = targets.filter((cookie) => !left.includes(cookie));
  await remember(gone);
  /** @param {Cookie} cookie @param {"keep" | "refused" | "came_back"} why */
  const stay = (cookie, why) => ({ name: cookie.name.slice(0, NAME), host: hostOf(cookie), why });
  /** @type {AccessMedic.Receipt["cookies"]} */
  const cookies = {
    found: found.length,
    gone: gone.length,
    hosts: [...new Set(gone.map(hostOf))].sort(),
    stayed: [
      ...kept.map((cookie) => stay(cookie, "keep")),
      ...left.map((cookie) => stay(cookie, back.has(keyOf(cookie)) ? "came_back" : "refused")),
    ],
  };
  return { cookies, answered };
}

/**
 * Counts what would be sent to each host: how many cookies and how many bytes, without any value or name. Returns undefined where
 * no host is to be counted.
 * @param {Counted} counted
 * @param {import("./storage.js").Tab} tab
 */
export async function census({ hosts, leftovers }, tab) {
  if (hosts.length === 0) return;
  const storeId = await storeOf(tab);
  const all = await read(
    { hosts: DOMAINS.map((domain) => `*.${domain}`), keep: [], storage: false },
    storeId,
  );
  return hosts.map((host) => {
    const scope = { hosts: [host], keep: [], storage: false };
    const sent = all.filter(
      (cookie) => cookie.path === "/" && sentTo(scope, hostOf(cookie), !cookie.hostOnly),
    );
    const names = sent.map(({ name }) => name);
    return {
      host,
      count: sent.length,
      // The header reads "name=value; name=value", so each cookie adds three characters.
      bytes: sent.reduce((sum, { name, value }) => sum + name.length + value.length + 3, 0),
      twice: names.length - new Set(names).size,
      leftovers: names.filter((name) => named(leftovers, name)).length,
    };
  });
}

/**
 * Clears what the scope names. `answered` tells whether the browser answered all calls about cookies in time; the receipt is true
 * either way.
 * @param {Scope} scope
 * @param {AccessMedic.Case} entry
 * @param {Remember} remember
 */
export async function clear(scope, entry, remember) {
  const start = performance.now();
  const tab = await within(chrome.tabs.get(entry.tab), CALL);
  const storeId = await storeOf(tab);
  const { cookies, answered } = await clearCookies(scope, entry.tab, storeId, remember);
  const bases = scope.hosts.map((pattern) => pattern.replace(/^\*\./, ""));
  const here = new URL(entry.url).hostname;
  const hosts = [...new Set([...bases, ...cookies.hosts, here])].filter((host) =>
    sentTo(scope, host),
  );
  const enter = entry.report.diagnosis?.overlay !== false;
  const storage = scope.storage ? { storage: await clearStorage(hosts, tab, enter) } : {};
  const ms = Math.round(performance.now() - start);
  return { receipt: { cookies, ...storage, ms }, answered };
}
