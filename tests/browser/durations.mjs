// This module is a reporter for Node's test runner: it prints how long each file and each test took, one line each.
// Files run one after the other, so the time of a file, with its start and its browser, ends with the last of its tests.

import { relative } from "node:path";

/** @param {AsyncIterable<{type: string, data: any}>} events */
export default async function* durations(events) {
  let from = performance.now();
  let until = from;
  /** @type {string | undefined} */
  let current;
  for await (const { type, data } of events) {
    if (type !== "test:pass" && type !== "test:fail") continue;
    const { name, file, details } = data;
    if (file === undefined || details === undefined) continue;
    if (current !== undefined && file !== current) {
      yield line(until - from, "file", shortened(current));
      from = until;
    }
    current = file;
    until = performance.now();
    // A suite takes as long as its tests, and a file may be reported as a test of its own: both are left out.
    if (details.type === "suite" || name === file) continue;
    yield line(details.duration_ms, "test", name);
  }
  if (current !== undefined) yield line(until - from, "file", shortened(current));
}

/** @param {string} file */
const shortened = (file) => relative(process.cwd(), file);

/** @param {number} ms @param {"file" | "test"} kind @param {string} name */
const line = (ms, kind, name) => `${Math.round(ms)} ${kind} ${name.replaceAll("\n", " ")}\n`;
