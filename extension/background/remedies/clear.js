// Clears what a scope names: cookies one by one, by name, host and partition, and storage if the scope says so. Only on
// OpenAI's hosts, whatever the scope says. It reads again afterwards: a receipt counts what is really gone.
import { DOMAINS, isOurs } from "../sites.js";
import { CALL, stillIn, storeOf } from "./jar.js";
import { NoAnswer, within } from "./limit.js";
import { clearStorage, GECKO } from "./storage.js";

/** @typedef {Extract<AccessMedic.Step["action"], { kind: "clear" }>["scope"]} Scope */
/** Whose cookies the checks count. @typedef {Extract<AccessMedic.Step["action"], { kind: "check" }>} Counted */
/** @typedef {chrome.cookies.Cookie & { firstPartyDomain?: string }} Cookie */
/** Is told what will be gone, before it is. @typedef {(cookies: Cookie[]) => Promise<void>} Remember */

/** Firefox removes one cookie of several that share a name and fit an address. */
const ROUNDS = 3;

/** A site may give a cookie a name of four thousand characters. A receipt keeps what tells them apart. */
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
 * The host of the scope that gets what belongs to a host, if any does.
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

/** Every cookie of the scope, partitioned ones too. @param {Scope} scope @param {string} storeId */
async function read(scope, storeId) {
  // Only Firefox knows the key, and hides cookies without it when it isolates by first party.
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

/** Whether the browser answered in time, whatever it said. @param {Scope} scope @param {Cookie} cookie */
async function remove(scope, cookie) {
  const { name, storeId, partitionKey, firstPartyDomain, secure, path, hostOnly } = cookie;
  // By an address in the scope: its parent domain may have a cookie of the same name for itself.
  const url = `${secure ? "https" : "http"}://${sentTo(scope, hostOf(cookie), !hostOnly)}${path}`;
  const party = firstPartyDomain === undefined ? {} : { firstPartyDomain };
  const details = { url, name, storeId, ...(partitionKey && { partitionKey }), ...party };
  try {
    await within(chrome.cookies.remove(details), CALL);
  } catch (error) {
    return !(error instanceof NoAnswer); // a cookie that was refused is still there when read again
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
      // The next private window has the same store, and other cookies.
      await stillIn(tab, storeId);
      // All at once: in Chromium twenty at a time take five times as long.
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
 * What would be sent to each host: how much and how many, by no value and no name. Absent where no host is to be counted.
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
      // "name=value; name=value"
      bytes: sent.reduce((sum, { name, value }) => sum + name.length + value.length + 3, 0),
      twice: names.length - new Set(names).size,
      leftovers: names.filter((name) => named(leftovers, name)).length,
    };
  });
}

/**
 * `answered`: whether the browser answered all calls about cookies in time. The receipt is true either way.
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
