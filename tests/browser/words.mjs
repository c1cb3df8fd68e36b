// This module reads the words of the interface in one language, as the extension ships them, to compare
// them with what it shows. It does not check that they are complete: tests/locales.rs does that.

import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * @typedef {(key: string, ...values: string[]) => string} Words
 */

/**
 * @param {string} extension folder of the unpacked extension
 * @param {string} language as in _locales
 * @returns {Words}
 */
export function readWords(extension, language = "en") {
  const path = join(extension, "_locales", language, "messages.json");
  /** @type {Record<string, {message: string, placeholders?: Record<string, {content: string}>}>} */
  const messages = JSON.parse(readFileSync(path, "utf8"));
  return (key, ...values) => {
    const entry = messages[key];
    if (entry === undefined) throw new Error(`${path}: no ${key}`);
    return entry.message
      .replace(/\$(\w+)\$/g, (_, name) => entry.placeholders?.[name.toLowerCase()]?.content ?? "")
      .replace(/\$(\d)/g, (_, place) => values[Number(place) - 1] ?? "");
  };
}
