// The core as it ships, in WebAssembly, gives the whole report that the native one gives, on every recorded page. No
// browser is started; one run is enough.

import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { test } from "node:test";
import { fileURLToPath, pathToFileURL } from "node:url";
import { RUN } from "./launch.mjs";

const ROOT = fileURLToPath(new URL("../..", import.meta.url));

/** @param {string[]} words @param {string} input @returns {string} */
function cargo(words, input = "") {
  const options = /** @type {const} */ ({ cwd: ROOT, input, encoding: "utf8" });
  const { status, stdout, stderr } = spawnSync("cargo", words, {
    ...options,
    maxBuffer: 256 * 1024 * 1024,
  });
  assert.equal(status, 0, stderr);
  return stdout;
}

/** @param {string} lines */
const objects = (lines) =>
  lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));

test("each recorded page gets the same report natively and in WebAssembly", {
  skip: RUN.browser !== "chromium",
}, async () => {
  const { initSync, examine, learn } = await import(
    pathToFileURL(join(RUN.extension, "core/access_medic.js")).href
  );
  initSync({ module: readFileSync(join(RUN.extension, "core/access_medic_bg.wasm")) });
  learn(readFileSync(join(RUN.extension, "core/words.bin")));
  // Built as the native tests are: the profile of benchmarks takes minutes to compile.
  const bench = ["test", "--locked", "--quiet", "--package", "recordings", "--bench", "phrases"];
  const printed = cargo([...bench, "--", "--visits"]);
  const visits = objects(printed);
  const reports = objects(cargo(["xtask", "diagnose", "--visits", "-"], printed));
  assert.equal(reports.length, visits.length);
  for (const [at, visit] of visits.entries()) {
    const { line, ...report } = reports[at];
    assert.equal(line, at + 1);
    assert.deepEqual(JSON.parse(JSON.stringify(examine(visit))), report, visit.evidence?.url);
  }
});
