// This module collects what the network says about the main request of a tab: status and a few headers, or why it failed; and which other
// requests of its page got no answer. It compares none of them; it makes sure that they reach the load they belong to.
import { isReadable } from "./look.js";
import { noteError } from "./remedies/check.js";
import { answerArrived, requestFailed, tellAndShow } from "./reports.js";
import { ourHost, PATTERNS } from "./sites.js";
import { watchTabs } from "./updates.js";

const HEADERS = [
  "server",
  "cf-mitigated",
  "cf-ray",
  "cf-error-type",
  "cf-error-origin",
  "cf-cache-status",
  "content-type",
  "retry-after",
  "x-request-id",
  "openai-processing-ms",
  "server-timing",
];
/** This is the address of the extension's own worker. */
const OWN = chrome.runtime.getURL("");
const VALUE = 1000;
/** The number of headers that are kept at most. A server may repeat a header as often as it likes. */
const MOST_HEADERS = 16;
/** These errors say that the load was stopped or replaced, so that the old page stays. */
const ABORTED = ["net::ERR_ABORTED", "NS_BINDING_ABORTED"];

/**
 * Tells whether the tab shows what was requested. A page that is rendered ahead of time is not what the tab shows.
 * @param {{ tabId: number; documentLifecycle?: string }} details
 */
const shown = (details) => details.tabId >= 0 && details.documentLifecycle !== "prerender";

/** The number of milliseconds that an event takes at most to reach the worker. If it seems to take longer, the clock was set meanwhile. */
const LONGEST = 60000;

/** Returns when an event was. @param {{ timeStamp: number }} details @returns {import("../core/access_medic.js").When} */
function whenOf({ timeStamp }) {
  const ago = Date.now() - timeStamp;
  return { ago: ago > 0 && ago < LONGEST ? ago : 0, heard: performance.now() };
}

/** This is the main request that was redirected last, and how often it was redirected. */
let hops = { id: "", count: 0 };

/** @param {{ requestId: string }} details */
function redirected({ requestId: id }) {
  hops = { id, count: (hops.id === id ? hops.count : 0) + 1 };
}

/** @param {chrome.webRequest.OnResponseStartedDetails} details */
async function started(details) {
  if (!shown(details)) return;
  const { tabId, requestId: request, url, statusCode: status } = details;
  const headers = (details.responseHeaders ?? [])
    .map(({ name, value = "" }) => ({ name: name.toLowerCase(), value: value.slice(0, VALUE) }))
    .filter(({ name }) => HEADERS.includes(name))
    .slice(0, MOST_HEADERS);
  const { host } = new URL(url);
  const when = whenOf(details);
  await tellAndShow(tabId, { answered: { request, host, status, headers, when } });
  answerArrived(tabId);
}

/**
 * Resolves to the tab once it loads no more, or to undefined if it was closed.
 * @param {number} tabId
 */
async function settled(tabId) {
  /** @type {(() => void)[]} */
  const ends = [];
  /** @type {Promise<void>} */
  const loaded = new Promise((resolve) => {
    const closed = (/** @type {number} */ id) => id === tabId && resolve();
    chrome.tabs.onRemoved.addListener(closed);
    ends.push(
      () => chrome.tabs.onRemoved.removeListener(closed),
      watchTabs((id, { status }) => {
        if (id === tabId && status === "complete") resolve();
      }),
    );
  });
  const tab = await chrome.tabs.get(tabId).catch(() => undefined);
  if (tab?.status === "loading") await loaded;
  for (const end of ends) end();
  return chrome.tabs.get(tabId).catch(() => undefined);
}

/**
 * Tells the core what a tab shows once the answer to its main request is complete, because not every answer becomes a page.
 * @param {chrome.webRequest.OnCompletedDetails} details
 */
async function completed(details) {
  if (!shown(details)) return;
  const { tabId, requestId: request, url } = details;
  const tab = await settled(tabId);
  const now = tab && { url: tab.url ?? "", readable: await isReadable(tabId) };
  await tellAndShow(tabId, { completed: { request, url, ...(now && { shown: now }) } });
}

/** @param {chrome.webRequest.OnErrorOccurredDetails & { documentUrl?: string; originUrl?: string }} details */
async function failed(details) {
  const { tabId, requestId, frameId, url, error } = details;
  const when = whenOf(details);
  // A service worker of a page has no tab either, and its failures are not those of our own requests.
  const asker = details.originUrl ?? details.initiator;
  if (tabId < 0 && `${asker}/`.startsWith(OWN)) noteError(url, error);
  // Chromium gives up after so many redirects, and reports that as aborted, too.
  const endless = error === ABORTED[0] && hops.id === requestId && hops.count >= 20;
  const failure = endless ? "net::ERR_TOO_MANY_REDIRECTS" : error;
  if (!shown(details)) return;
  if (ABORTED.includes(failure)) {
    if (details.type === "main_frame")
      await tellAndShow(tabId, { aborted: { request: requestId } });
    return;
  }
  if (details.type !== "main_frame") {
    const page = details.documentUrl ?? details.initiator;
    if (frameId !== 0 || !page || !ourHost(page)) return;
    const { hostname: host, pathname: path } = new URL(url);
    const { host: site } = new URL(page);
    return requestFailed(tabId, { request: { host, path, failure }, site, when });
  }
  await tellAndShow(tabId, { failed: { request: requestId, url, failure, when } });
}

export function watchRequests() {
  /** @type {chrome.webRequest.RequestFilter} */
  const filter = { urls: PATTERNS, types: ["main_frame"] };
  // onResponseStarted comes once, after redirects.
  chrome.webRequest.onBeforeRedirect.addListener(redirected, filter);
  chrome.webRequest.onResponseStarted.addListener(started, filter, ["responseHeaders"]);
  chrome.webRequest.onCompleted.addListener(completed, filter);
  chrome.webRequest.onErrorOccurred.addListener(failed, { urls: PATTERNS });
}
