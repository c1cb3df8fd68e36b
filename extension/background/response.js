// What the network says about the main request of a tab: status and a few headers, or why it failed; and which other
// requests of its page got no answer. It compares none of them; it sees to it that they reach the load they belong to.
import { changeAnswer } from "./casebook.js";
import { noteError } from "./remedies/check.js";
import { ourHost, PATTERNS, withoutIds } from "./sites.js";
import { answerArrived, examineEvidence, examineRequest } from "./visit.js";

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
/** Address of our own worker. */
const OWN = chrome.runtime.getURL("");
const VALUE = 1000;
/** A server may repeat a header as often as it likes. */
const MOST_HEADERS = 16;
/** The load was stopped or replaced: the old page stays. */
const ABORTED = ["net::ERR_ABORTED", "NS_BINDING_ABORTED"];
const FOLLOW_UP = 300;
const FOLLOW_UPS = 30;

/** A page rendered ahead of time is not what the tab shows. @param {{ tabId: number; documentLifecycle?: string }} details */
const shown = (details) => details.tabId >= 0 && details.documentLifecycle !== "prerender";

/** How often the main request that was redirected last was redirected. */
let hops = { id: "", count: 0 };

/** @param {{ requestId: string }} details */
function redirected({ requestId: id }) {
  hops = { id, count: (hops.id === id ? hops.count : 0) + 1 };
}

/** @param {chrome.webRequest.OnResponseStartedDetails} details */
async function started(details) {
  if (!shown(details)) return;
  const { tabId, requestId: request, url, timeStamp: at, statusCode: status } = details;
  const headers = (details.responseHeaders ?? [])
    .map(({ name, value = "" }) => ({ name: name.toLowerCase(), value: value.slice(0, VALUE) }))
    .filter(({ name }) => HEADERS.includes(name))
    .slice(0, MOST_HEADERS);
  const { host } = new URL(url);
  await changeAnswer(tabId, () => ({ request, host, at, status, headers }));
  answerArrived(tabId);
}

/** The answer to a request while no page has claimed it. @param {number} tab @param {string} request @param {boolean} claim */
async function unclaimed(tab, request, claim) {
  /** @type {import("./casebook.js").Answer | undefined} */
  let found;
  await changeAnswer(tab, (answer) => {
    if (answer?.request !== request || answer.load !== undefined) return answer;
    found = answer;
    return claim ? { ...answer, load: answer.at, alone: Date.now() } : answer;
  });
  return found;
}

/**
 * Not every answer becomes a page that can report: an error without a body does not in Chromium, nor JSON in Firefox's
 * viewer. Once the tab has settled on such an address, the answer is all there is to examine.
 * @param {chrome.webRequest.OnCompletedDetails} details
 */
async function completed(details) {
  if (!shown(details)) return;
  const { tabId, requestId, url } = details;
  for (let round = 0; round < FOLLOW_UPS; round++) {
    await new Promise((resolve) => setTimeout(resolve, FOLLOW_UP));
    if (!(await unclaimed(tabId, requestId, false))) return;
    const tab = await chrome.tabs.get(tabId).catch(() => undefined);
    if (tab?.status === "loading") continue;
    const answer = await unclaimed(tabId, requestId, true);
    // After a download, or an answer without content, the tab still shows the page before it.
    if (!answer || tab?.url?.split("#")[0] !== url.split("#")[0]) return;
    const { at, status, headers } = answer;
    return examineEvidence(tabId, { url, at, response: { status, headers } });
  }
}

/** @param {chrome.webRequest.OnErrorOccurredDetails & { documentUrl?: string; originUrl?: string }} details */
async function failed(details) {
  const { tabId, requestId, frameId, url, timeStamp: at, error } = details;
  // A service worker of a page has no tab either, and its failures are not those of our own requests.
  const asker = details.originUrl ?? details.initiator;
  if (tabId < 0 && `${asker}/`.startsWith(OWN)) noteError(url, error);
  // Chromium gives up after so many redirects, and calls that aborted, too.
  const endless = error === ABORTED[0] && hops.id === requestId && hops.count >= 20;
  const failure = endless ? "net::ERR_TOO_MANY_REDIRECTS" : error;
  if (!shown(details) || ABORTED.includes(failure)) return;
  if (details.type !== "main_frame") {
    if (frameId !== 0 || !ourHost(details.documentUrl ?? details.initiator)) return;
    const { hostname: host, pathname } = new URL(url);
    return examineRequest(tabId, { host, path: withoutIds(pathname), failure, seen: at });
  }
  const answer = await unclaimed(tabId, requestId, true);
  const response = answer && { response: { status: answer.status, headers: answer.headers } };
  await examineEvidence(tabId, { url, at, ...response, failure });
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
