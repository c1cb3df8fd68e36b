// These tests show every recorded page in the real browser: the folder is the answer. They check what is decided (the
// casebook), what is shown (overlay or badge, in the words of the language), how soon, and that the browser's report is
// the one that the core gives natively. On healthy pages the extension must stay silent.

import assert from "node:assert/strict";
import { after, before, describe, test } from "node:test";
import { RUN } from "./launch.mjs";
import { diagnoseNatively } from "./native.mjs";
import { HEALTHY, readRecordings } from "./recordings.mjs";
import { isPassed, Stage } from "./stage.mjs";

/** The longest time in ms from the page being ready to the cause being named. */
const BUDGET = 1000;

/** This many healthy pages whose requests go on are open at once, while the test listens for silence. */
const BATCH = 8;

const recordings = readRecordings();
const healthy = recordings.filter(({ cause }) => cause === HEALTHY);
const failing = recordings.filter(({ cause }) => cause !== HEALTHY);

/** With these causes, a check runs or could not run: nothing is put into such a page. */
const CHECKS = ["challenge", "challenge_loop", "challenge_blocked"];

/**
 * Tells whether the badge must do: nothing is put into a challenge, nothing can be put into a page of the
 * browser's own, and nothing is said on a page where nothing can be seen. Chromium shows a page of its own
 * for an error without a body, too.
 * @param {import("./recordings.mjs").Recording} recording
 */
function badgeOnly(recording) {
  const { cause, failure, response } = recording;
  if (CHECKS.includes(cause) || failure !== undefined) return true;
  const bare = response?.body.length === 0 && response.status >= 400;
  if (bare) return RUN.browser === "chromium";
  return native.get(recording)?.diagnosis?.overlay === false;
}

/** @type {Stage} */
let stage;
/** This tab shows one page after the other. @type {import("./launch.mjs").Tab | undefined} */
let spare;
/** This is the address of the last page in it, without the fragment. */
let last = "";
/** @type {import("./native.mjs").NativeReports} */
let native;

before(async () => {
  native = await diagnoseNatively(recordings);
  stage = await Stage.open({ shares: true });
});

after(async () => {
  await stage.close();
});

/**
 * Tells whether nothing goes on in its tab once the page was examined; that tab is then used again.
 * @param {import("./recordings.mjs").Recording} recording
 */
const isQuiet = (recording) =>
  recording.failure === undefined &&
  recording.answers.length === 0 &&
  recording.again === 0 &&
  !isPassed(recording);

/** @param {import("./recordings.mjs").Recording} recording */
async function show(recording) {
  if (!isQuiet(recording)) return stage.show(recording);
  spare ??= await stage.driver.newTab();
  const [address] = recording.url.split("#");
  // The browser loads nothing if only the fragment differs.
  if (address === last) await spare.goto("about:blank");
  last = address;
  return stage.show(recording, { tab: spare });
}

/** @param {import("./stage.mjs").Showing} showing */
const end = (showing) => (showing.tab === spare ? stage.renew(showing.tab) : stage.end(showing));

describe("a failing page is named", () => {
  /** @type {{name: string, ms: number}[]} */
  const measured = [];

  for (const recording of failing) {
    test(recording.name, async () => {
      const showing = await show(recording);
      const requests = recording.answers.length > 0;
      // The page's reports and later failures may say more than the first answer.
      const wanted = native.get(recording)?.diagnosis;
      const late = requests || recording.again > 0;
      /** @param {import("./stage.mjs").Showing} one */
      const read = async (one) => ({
        ...(await stage.answer(one, late ? wanted : {})),
        elements: await overlays(one),
      });
      const { found, title, where, ms, elements } = await read(showing).finally(() => end(showing));

      const { diagnosis } = found.report;
      assert.equal(diagnosis?.cause, recording.cause);
      const quiet = badgeOnly(recording);
      assert.equal(where, quiet ? "badge" : "overlay");
      assert.equal(elements, quiet ? 0 : 1);
      const words = stage.words(`cause_${recording.cause}_title`);
      assert.equal(title, quiet ? stage.words("badge_title", words) : words);
      measured.push({ name: recording.name, ms });
      assert.ok(ms <= BUDGET, `the answer took ${ms} ms`);

      assert.equal(diagnosis?.cause, wanted?.cause);
      assert.equal(diagnosis?.confidence, wanted?.confidence);
      const clues = (/** @type {typeof diagnosis | undefined} */ one) =>
        one?.reasons.map(({ clue }) => clue);
      // Nobody knows which of several requests fails first, or what each of several loads was taken for.
      if (recording.again > 0) assert.deepEqual(clues(diagnosis), clues(wanted));
      else if (!requests) assert.deepEqual(diagnosis?.reasons, wanted?.reasons);
    });
  }

  after(() => print(measured));
});

describe("about a healthy page it is silent", () => {
  const SILENCE = { diagnosis: undefined, badge: "", overlay: 0 };

  for (const recording of healthy.filter(isQuiet)) {
    test(recording.name, async () => {
      const showing = await show(recording);
      const heard = await stage.listen(showing).finally(() => end(showing));
      assert.deepEqual(heard, SILENCE);
    });
  }

  /** @type {Map<number, Promise<Awaited<ReturnType<Stage["listen"]>>[]>>} by the place of its first page */
  const batches = new Map();
  const others = healthy.filter((recording) => !isQuiet(recording));

  /** @param {number} first */
  async function hear(first) {
    const showings = [];
    for (const one of others.slice(first, first + BATCH)) showings.push(await stage.show(one));
    const heard = await Promise.all(showings.map((showing) => stage.listen(showing)));
    for (const showing of showings) await stage.end(showing);
    return heard;
  }

  for (const [index, recording] of others.entries()) {
    test(recording.name, async () => {
      const place = index % BATCH;
      const first = index - place;
      const batch = batches.get(first) ?? hear(first);
      batches.set(first, batch);
      assert.deepEqual((await batch)[place], SILENCE);
    });
  }
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});

/** @param {import("./stage.mjs").Showing} showing */
async function overlays({ tab, failed }) {
  // The browser's own error page can hold no overlay and cannot be asked.
  if (failed !== undefined) return 0;
  return tab.evaluate(() => document.querySelectorAll("access-medic").length);
}

/** @param {{name: string, ms: number}[]} measured */
function print(measured) {
  const sorted = [...measured].sort((a, b) => a.ms - b.ms);
  const slowest = sorted.at(-1);
  if (slowest === undefined) return;
  const median = sorted[Math.floor(sorted.length / 2)].ms;
  console.log(
    `${sorted.length} pages named in ${RUN.browser}; from ready to shown: ` +
      `median ${Math.round(median)} ms, longest ${Math.round(slowest.ms)} ms (${slowest.name})`,
  );
}
