// This module asks `cargo xtask diagnose` for the reports that the core gives natively for the recorded
// pages, to compare them with those from the browser.

import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { RUN } from "./launch.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/**
 * @typedef {import("./recordings.mjs").Recording} Recording
 * @typedef {import("./stage.mjs").Report} Report
 * @typedef {Map<Recording, Report>} NativeReports
 */

/** @param {Recording[]} recordings @returns {Promise<NativeReports>} */
export async function diagnoseNatively(recordings) {
  const lines = await ask(recordings);
  /** @type {(Report & {file: string})[]} */
  const reports = lines
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return new Map(
    recordings.map((recording) => {
      const report = reports.find(({ file }) => file.endsWith(`/${recording.name}.http`));
      if (report === undefined) throw new Error(`cargo xtask diagnose left out ${recording.name}`);
      return [recording, report];
    }),
  );
}

/** @param {Recording[]} recordings */
async function ask(recordings) {
  const files = recordings.map(({ path }) => path);
  const { stdout } = await promisify(execFile)(
    "cargo",
    ["xtask", "diagnose", "--browser", RUN.browser, ...files],
    { cwd: ROOT, maxBuffer: 64 * 1024 * 1024 },
  );
  return stdout;
}
