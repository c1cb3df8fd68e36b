// Brings the overlay into the page. It draws nothing: the overlay asks for its case, and leaves when there is none.

import { ourHost } from "./sites.js";

/** Only on OpenAI's pages, and where the report allows it. @param {AccessMedic.Case | undefined} entry */
export function mayShow(entry) {
  if (!entry || entry.closed || !ourHost(entry.url)) return false;
  const { diagnosis, judgement } = entry.report;
  return diagnosis ? diagnosis.overlay : judgement !== undefined;
}

/** @type {Promise<string> | undefined} */
let style;

/** The overlay's style sheet, as text: a page's policy would keep it from being loaded. */
export function overlayStyle() {
  style ??= fetch(chrome.runtime.getURL("views/report.css")).then((file) => file.text());
  return style;
}

/** @param {number} tabId */
export function show(tabId) {
  overlayStyle(); // asked for in a moment
  return chrome.scripting
    .executeScript({
      target: { tabId, frameIds: [0] },
      files: ["views/report.js", "content/overlay.js"],
      injectImmediately: true,
    })
    .catch(() => undefined); // an error page of the browser, a viewer, another site by now: the badge tells
}
