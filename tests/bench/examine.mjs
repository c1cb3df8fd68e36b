// What `examine` costs in WASM, boundary included, beside the same job in plain JavaScript, and how fast the core
// starts. Prints one JSON figure a line. Ratios, because machines differ; every pair is timed in turns.
//
// The baseline is what one would write without a core: fold the text, then one alternation of the same phrases.
// It reimplements no signature, no ranking and no plan, so the comparison leans its way.

import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const core = new URL(process.env.CORE ?? "target/extension/chromium/core/", root);
const wasm = readFileSync(new URL("access_medic_bg.wasm", core));
const glue = await import(new URL("access_medic.js", core).href);
const article = readFileSync(new URL("tests/bench/page-16k.txt", root), "utf8");
/** @type {string[]} */
const phrases = JSON.parse(
  execFileSync("cargo", ["bench", "-q", "-p", "recordings", "--bench", "phrases", "--", "--list"], {
    cwd: root,
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  }),
);

/** @param {string} name @param {number} value @param {string} unit @param {number | null} budget @param {boolean | null} within */
const figure = (name, value, unit, budget = null, within = null) =>
  console.log(JSON.stringify({ name, value: Number(value.toPrecision(3)), unit, budget, within }));

// Start: compile, instantiate, first answer. The first of all, because later ones find warm caches.
const started = performance.now();
glue.initSync({ module: wasm });
glue.examine(visit("error code: 1020"));
const start = performance.now() - started;
figure("core_start", start, "ms", 10, start <= 10);

const alternation = new RegExp(
  phrases.map((phrase) => ` ${fold(phrase)} `.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")).join("|"),
  "g",
);
const each = phrases.map(
  (phrase) => new RegExp(` ${fold(phrase)} `.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")),
);
const bytes = new Uint8Array(1 << 18);
const encoder = new TextEncoder();

for (const size of [1, 4, 16, 64]) {
  const text = article.repeat(Math.ceil(size / 16)).slice(0, size * 1000);
  const input = visit(text);
  const [inCore, inScript, oneByOne, copied] = inTurns([
    () => glue.examine(input),
    () => ` ${fold(text)} `.match(alternation),
    () => {
      const folded = ` ${fold(text)} `;
      return each.filter((pattern) => pattern.test(folded));
    },
    () => encoder.encodeInto(text, bytes),
  ]);
  figure(`examine_${size}k`, inCore * 1000, "us");
  const faster = inScript / inCore;
  figure(
    `examine_${size}k_vs_script`,
    faster,
    "x faster",
    size === 16 ? 3 : null,
    size === 16 ? faster >= 3 : null,
  );
  figure(`examine_${size}k_vs_script_one_by_one`, oneByOne / inCore, "x faster");
  const copies = inCore / copied;
  figure(
    `examine_${size}k_vs_copy`,
    copies,
    "x the copy",
    size === 16 ? 20 : null,
    size === 16 ? copies <= 20 : null,
  );
}

/** What a plain script would do: compatibility forms, lower case, everything else one space. @param {string} text */
function fold(text) {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_]+/gu, " ")
    .trim();
}

/** @param {string} text */
function visit(text) {
  const at = 1;
  return {
    evidence: {
      url: "https://chatgpt.com/",
      at,
      response: { status: 403, headers: [{ name: "server", value: "cloudflare" }] },
      page: {
        content_type: "text/html",
        app: false,
        elements: 60,
        title: "Access denied",
        text,
        markers: ["#cf-wrapper", ".cf-footer", "[role=main]"],
      },
      alerts: [],
    },
    history: [],
    now: at,
  };
}

/** Medians of many short batches, the candidates one after the other in each. @param {(() => unknown)[]} jobs @returns {number[]} ms for one call */
function inTurns(jobs) {
  const times = jobs.map(() => /** @type {number[]} */ ([]));
  for (let round = 0; round < 60; round++) {
    jobs.forEach((job, at) => {
      const from = performance.now();
      for (let call = 0; call < 5; call++) job();
      times[at].push((performance.now() - from) / 5);
    });
  }
  return times.map((list) => list.sort((a, b) => a - b)[list.length >> 1]);
}
