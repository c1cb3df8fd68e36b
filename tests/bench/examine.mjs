// This module measures what `step` costs in WASM for a page that reports, with the boundary, beside the same job in
// plain JavaScript, and how fast the core starts: on pages of 1, 4, 16 and 64 kB, on the recorded pages, and with ten
// times the phrases. It prints one JSON figure a line. The figures are ratios, because machines differ; whatever is
// compared is timed in turns.
//
// The baseline is what one would write without a core: it folds the text, then matches one alternation of the same
// phrases, or one pattern for each of them. It has no signature, no ranking and no plan, and knows no whole messages
// by their hashes, so the comparison favours the baseline.
//
// CORE is the folder of the core; CORES is the folder of other cores, built with ten times the phrases. With BRIEF there are
// few rounds, which show that everything can be measured, but no figure to compare with.

import { execFileSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";

const root = new URL("../../", import.meta.url);
const core = new URL(process.env.CORE ?? "target/extension/chromium/core/", root);
const cores = new URL(process.env.CORES ?? "target/bench/cores/", root);
/** The first rounds warm up: patterns and WebAssembly are compiled well only once they have been used for a while. */
const ROUNDS = process.env.BRIEF ? { warm: 4, timed: 5 } : { warm: 40, timed: 60 };

/** @param {string} name @param {number} value @param {string} unit @param {number | null} budget @param {boolean | null} within */
const figure = (name, value, unit, budget = null, within = null) =>
  console.log(JSON.stringify({ name, value: Number(value.toPrecision(3)), unit, budget, within }));

// The start is to compile, to instantiate and to give the first answer. It comes first, because later starts find warm caches.
const wasm = readFileSync(new URL("access_medic_bg.wasm", core));
const glue = await import(new URL("access_medic.js", core).href);
const started = performance.now();
glue.initSync({ module: wasm });
look(glue)(visit("error code: 1020"));
const start = performance.now() - started;
figure("core_start", start, "ms", 10, start <= 10);

/** Asks the benchmark in Rust, which knows the catalogue's phrases and reads the recordings. @param {string} what */
const told = (what) =>
  execFileSync("cargo", ["bench", "-q", "-p", "recordings", "--bench", "phrases", "--", what], {
    cwd: root,
    encoding: "utf8",
    maxBuffer: 1 << 28,
    stdio: ["ignore", "pipe", "ignore"],
  });
const article = readFileSync(new URL("tests/bench/page-16k.txt", root), "utf8");
/** @type {Record<string, string[]>} */
const phrases = JSON.parse(told("--list"));
/** @type {ReturnType<typeof visit>[]} */
const recorded = told("--visits")
  .split("\n")
  .filter(Boolean)
  .map((line) => JSON.parse(line))
  .filter((visit) => visit.evidence.page?.text || visit.evidence.alerts.length);
const bytes = new Uint8Array(1 << 18);
const encoder = new TextEncoder();
const script = matchers(phrases[1]);

for (const size of [1, 4, 16, 64]) {
  const text = article.repeat(Math.ceil(size / 16)).slice(0, size * 1000);
  const input = visit(text);
  compare(`examine_${size}k`, size === 16, [
    () => look(glue)(input),
    () => script.alternation(text),
    () => script.each(text),
    () => encoder.encodeInto(text, bytes),
  ]);
}

// Each text is all that is read of a page, for the baseline as one text.
const texts = recorded.map(({ evidence: { page, alerts } }) =>
  [page?.title, page?.text, ...alerts.map(({ text }) => text)].filter(Boolean).join("\n"),
);
figure("recorded_pages", recorded.length, "pages");
figure("recorded_page_size", texts.join("").length / texts.length, "characters");
compare("examine_recorded_page", false, [
  each(recorded, look(glue)),
  each(texts, script.alternation),
  each(texts, script.each),
  each(texts, (text) => encoder.encodeInto(text, bytes)),
]);

await growing();

/**
 * Compares the core with its baselines: alternation, one by one, and only the copy.
 * @param {string} name @param {boolean} held Are the budgets meant for this one?
 * @param {(() => unknown)[]} jobs
 */
function compare(name, held, jobs) {
  // Each baseline takes turns with the core alone: otherwise the processor's caches would hold what the others left there.
  const [core, ...baselines] = jobs;
  const [alternation, each, copy] = baselines.map((baseline) => inTurns([core, baseline]));
  figure(name, median(copy[0]) * 1000, "us");
  const faster = ratio(alternation[1], alternation[0]);
  figure(`${name}_vs_script`, faster, "x faster", held ? 3 : null, held ? faster >= 3 : null);
  figure(`${name}_vs_script_one_by_one`, ratio(each[1], each[0]), "x faster");
  const copies = ratio(copy[0], copy[1]);
  figure(`${name}_vs_copy`, copies, "x the copy", held ? 20 : null, held ? copies <= 20 : null);
}

/** Measures what ten times the phrases cost, for the core and for the script. */
async function growing() {
  const folder = new URL("10/", cores);
  if (process.env.BRIEF || !existsSync(folder)) return;
  const input = visit(article);
  const grown = await import(new URL("access_medic.js", folder).href);
  grown.initSync({ module: readFileSync(new URL("access_medic_bg.wasm", folder)) });
  const more = matchers(phrases[10]);
  const [inCore, inScript, core, alternation] = inTurns([
    () => look(glue)(input),
    () => script.alternation(article),
    () => look(grown)(input),
    () => more.alternation(article),
  ]);
  const growth = ratio(core, inCore);
  figure("examine_16k_10x_phrases", growth, "ratio", 1.3, growth <= 1.3);
  figure("examine_16k_10x_phrases_vs_script", ratio(alternation, core), "x faster");
  figure("script_16k_10x_phrases", ratio(alternation, inScript), "ratio");
}

/** Returns the two baselines for some phrases. @param {string[]} phrases */
function matchers(phrases) {
  const patterns = phrases.map((phrase) =>
    ` ${fold(phrase)} `.replace(/[.*+?^${}()|[\]\\]/g, "\\$&"),
  );
  const all = new RegExp(patterns.join("|"), "g");
  const single = patterns.map((pattern) => new RegExp(pattern));
  return {
    alternation: (/** @type {string} */ text) => ` ${fold(text)} `.match(all),
    each: (/** @type {string} */ text) => {
      const folded = ` ${fold(text)} `;
      return single.filter((pattern) => pattern.test(folded));
    },
  };
}

/** Returns a job that runs on each input, and their number. @template I @param {I[]} inputs @param {(input: I) => unknown} job */
function each(inputs, job) {
  const work = () => inputs.forEach(job);
  return Object.assign(work, { calls: inputs.length });
}

/** Folds text as a plain script would: compatibility forms, lower case, everything else one space. @param {string} text */
function fold(text) {
  return text
    .normalize("NFKC")
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\p{M}_]+/gu, " ")
    .trim();
}

/** Tells a core of a visit, as the extension does, in a tab of which nothing is known. @param {any} core */
function look(core) {
  return (/** @type {any} */ { evidence, now }) =>
    core.step(
      {},
      { reported: { evidence, source: { waited: true } } },
      { tab: 1, now, offset: 0, runs: false },
    );
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

/**
 * Runs many short batches, in each the candidates one after the other.
 * @param {(((() => unknown) & { calls?: number }))[]} jobs @returns {number[][]} ms for one call, in the order of the rounds
 */
function inTurns(jobs) {
  const times = jobs.map(() => /** @type {number[]} */ ([]));
  const least = jobs.map(({ calls = 1 }) => Math.ceil(5 / calls));
  const batches = [...least];
  for (let round = -ROUNDS.warm; round < ROUNDS.timed; round++) {
    jobs.forEach((job, at) => {
      const from = performance.now();
      for (let call = 0; call < batches[at]; call++) job();
      const took = (performance.now() - from) / batches[at];
      if (round >= 0) times[at].push(took / (job.calls ?? 1));
      // Each batch takes about a millisecond, so that other programs on the machine slow all jobs alike.
      else batches[at] = Math.max(least[at], Math.min(500, Math.ceil(1 / took)));
    });
  }
  return times;
}

/** @param {number[]} list */
function median(list) {
  return list.toSorted((a, b) => a - b)[list.length >> 1];
}

/** Returns the median of the ratios of two jobs timed in turns, round by round. @param {number[]} one @param {number[]} other */
function ratio(one, other) {
  return median(one.map((time, at) => time / other[at]));
}
