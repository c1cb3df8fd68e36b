// This module makes the extension's own pages speak and look in the reader's language and colours, if they were chosen, else in
// the browser's.
import { settings } from "../settings.js";

const { word, speak, direction } = globalThis.accessMedicReport;

/** @param {string} title key of the page's */
export async function dress(title) {
  const { language, theme } = await settings();
  const file =
    language && (await fetch(chrome.runtime.getURL(`_locales/${language}/messages.json`)));
  speak(file ? await file.json() : undefined);
  const { documentElement: root } = document;
  Object.assign(root, { lang: word("language"), dir: direction() });
  root.dataset.theme = theme;
  document.title = word(title);
}
