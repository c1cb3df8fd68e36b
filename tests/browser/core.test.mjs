// This test checks that the core as it ships, in WebAssembly, gives the same whole report as the native core on every
// recorded page. It starts no browser; one run is enough.

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

/** Returns a visit as the extension tells the core of it. @param {any} visit */
const asStep = ({ evidence, loads = [], now, offset = 0 }) => ({
  tab: { journal: { loads, requests: [] } },
  event: { reported: { evidence, source: { load: "a-load", waited: true } } },
  moment: { tab: 1, now, offset, runs: false },
});

test("each recorded page makes the same of a tab natively and in WebAssembly", {
  skip: RUN.browser !== "chromium",
}, async () => {
  const { initSync, step, view, learn } = await import(
    pathToFileURL(join(RUN.extension, "core/access_medic.js")).href
  );
  initSync({ module: readFileSync(join(RUN.extension, "core/access_medic_bg.wasm")) });
  learn(readFileSync(join(RUN.extension, "core/words.bin")));
  // This is built as the native tests are: the profile of benchmarks takes minutes to compile.
  const bench = ["test", "--locked", "--quiet", "--package", "recordings", "--bench", "phrases"];
  const visits = objects(cargo([...bench, "--", "--visits"])).map(asStep);
  const printed = visits.map((visit) => JSON.stringify(visit)).join("\n");
  const native = objects(cargo(["xtask", "diagnose", "--steps"], printed));
  assert.equal(native.length, visits.length);
  let told = 0;
  for (const [at, { tab, event, moment }] of visits.entries()) {
    const stepped = step(tab, event, moment);
    const { url } = event.reported.evidence;
    assert.deepEqual(JSON.parse(JSON.stringify(stepped)), native[at], url);
    // The core can read again what it wrote.
    const drawn = view(stepped.tab, { page: false, address: url }, moment);
    if (stepped.tab.case) assert.deepEqual(drawn?.report, stepped.tab.case.report, url);
    told += stepped.tab.case ? 1 : 0;
  }
  assert.ok(told > visits.length / 2, `${told} of ${visits.length} were told`);
});
