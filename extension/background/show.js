// This module brings the overlay into the page. It draws nothing: the overlay asks for its case, and leaves when there is none.

import { managed } from "../managed.js";
import { settings } from "../settings.js";

/** @type {Promise<string> | undefined} */
let style;

/**
 * Returns the overlay's style sheet as text, because a page's policy would keep it from being loaded. The text has no custom
 * properties any more: a page can register any name and so decide which values it takes, also within a shadow root.
 */
function overlayStyle() {
  style ??= fetch(chrome.runtime.getURL("views/report.css"))
    .then((file) => file.text())
    .then(withoutTokens);
  return style;
}

/** @param {string} text */
function withoutTokens(text) {
  const token = /(--[\w-]+):\s*([^;]+);/g;
  const values = new Map([...text.matchAll(token)].map(([, name, value]) => [name, value]));
  return text
    .replace(token, "")
    .replace(/var\((--[\w-]+)\)/g, (_, name) => values.get(name) ?? name);
}

/**
 * Returns how the overlay looks and speaks: its style, the language and the colours that the reader chose, whom the organisation
 * names to be asked, and whether the reader may change settings.
 */
export async function appearance() {
  const [style, { language, theme }, { contact, locked }] = await Promise.all([
    overlayStyle(),
    settings(),
    managed(),
  ]);
  if (!language) return { style, theme, contact, locked };
  const file = await fetch(chrome.runtime.getURL(`_locales/${language}/messages.json`));
  return { style, theme, contact, locked, words: await file.json() };
}

/** @param {number} tabId */
export function show(tabId) {
  overlayStyle(); // the overlay asks for it in a moment
  return chrome.scripting
    .executeScript({
      target: { tabId, frameIds: [0] },
      files: ["views/report.js", "content/overlay.js"],
      injectImmediately: true,
    })
    .catch(() => undefined); // the tab shows an error page of the browser, a viewer or another site by now: the badge tells
}
