// These tests check what may go wrong in the middle of a step: the worker dies, the tab is closed, there is no room
// left, two clicks or two tabs come at once. Nothing half done is reported as done, nothing is lost, and nothing
// runs twice.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { play } from "./network.mjs";
import { pause, until } from "./patience.mjs";
import { OPENAI_SEEDS, SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const LIMIT = 10_000;
const REMEDY = "clear_sites";
const PAGE = "server_error/cloudflare-502-bad-gateway";

/** @type {Stage} */
let stage;
/** @type {import("./stage.mjs").Showing[]} */
let showings = [];

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  await stage.close();
});

afterEach(async () => {
  for (const showing of showings) await stage.end(showing);
  showings = [];
});

/** @param {import("./seeds.mjs").Seed[]} seeds */
async function open(seeds = OPENAI_SEEDS) {
  const tab = await stage.driver.newTab();
  await sow(stage.player, tab, seeds);
  const showing = await stage.show(stage.recording(PAGE), { tab });
  showings.push(showing);
  await stage.answer(showing);
  return tab;
}

/** Returns every cookie with all that belongs to it, as a line. */
const jar = async () =>
  (await stage.driver.cookies()).map((cookie) => JSON.stringify(cookie)).sort();

/** @param {import("./launch.mjs").Tab} tab @param {string} remedy @param {string} kind */
const send = (tab, remedy = REMEDY, kind = "apply") =>
  stage.driver.inExtension(
    async (message) => (await chrome.runtime.sendMessage(message).catch(() => undefined)) ?? null,
    { kind, remedy, tab: tab.id },
  );

/** Opens the popup and unfolds the ways to clear. @param {import("./launch.mjs").Tab} tab */
async function unfolded(tab) {
  const popup = await View.popup(stage.driver, tab);
  await popup.click("summary", stage.words("popup_tools_title"));
  await popup.click("label", stage.words(`popup_tool_${REMEDY}`));
  return popup;
}

describe("the worker dies", () => {
  for (const wait of [0, 40, 120, 300]) {
    test(`in the middle of a clearing, after ${wait} ms`, async () => {
      const tab = await open(SEEDS);
      const earlier = await jar();
      let popup = await unfolded(tab);
      await popup.apply(REMEDY);
      await stage.waitForCase(tab, (one) => one.busy !== undefined || one.history.length > 0, "");
      await pause(wait);
      await stage.driver.killBackground();
      const dead = await stage.case(tab);
      if (wait === 0) assert.equal(dead?.busy, REMEDY);
      popup = await View.popup(stage.driver, tab, popup.tab);
      await popup.waitFor(({ steps }) => steps.length > 0, "the popup");
      const found = await stage.waitForCase(tab, ({ busy }) => busy === undefined, "an end");
      await pause(500);
      const left = await jar();
      if (dead?.history.length === 0) {
        assert.deepEqual(
          found.history.map(({ remedy, outcome }) => [remedy, outcome]),
          [[REMEDY, "failed"]],
        );
        assert.deepEqual(found.receipts, {});
      } else {
        // The clearing was over already.
        assert.deepEqual(found.history.length, 1);
        assert.notDeepEqual(left, earlier);
      }
      // Whatever was taken can be put back.
      if (left.length < earlier.length) {
        await popup.click("summary", stage.words("popup_tools_title"));
        await popup.click("label", stage.words(`popup_tool_${REMEDY}`));
        await popup.click(`[data-key="undo-${REMEDY}"]`);
        await until(
          async () => ((await jar()).length === earlier.length ? true : undefined),
          "the jar",
          LIMIT,
        );
        assert.deepEqual(await jar(), earlier);
      }
      await popup.tab.close();
    });
  }

  test("after a clearing: it counts, once, and is judged", async () => {
    const tab = await open();
    const popup = await unfolded(tab);
    await popup.apply(REMEDY);
    await stage.waitForCase(tab, (one) => one.receipts[REMEDY] !== undefined, "a receipt", {
      limit: LIMIT,
    });
    await stage.driver.killBackground();
    await tab.reload();
    // The step's own load may have been judged already; the next one then has nothing to judge.
    const { history } = await stage.waitForCase(
      tab,
      (one) => one.history.at(-1)?.verdict !== undefined,
      "a verdict",
      { limit: LIMIT },
    );
    assert.deepEqual(
      history.map(({ remedy, outcome, verdict }) => [remedy, outcome, verdict]),
      [[REMEDY, "done", "persists"]],
    );
    await popup.tab.close();
  });

  test("in the middle of an undo: it can be done again", async () => {
    const tab = await open(SEEDS);
    const earlier = await jar();
    assert.equal((await send(tab)).outcome.kind, "done");
    await stage.driver.inExtension((id) => {
      chrome.runtime.sendMessage({ kind: "undo", tab: id }).catch(() => undefined);
    }, tab.id);
    await pause(20);
    await stage.driver.killBackground();
    const { outcome } = await send(tab, REMEDY, "undo");
    // The clearing may have been over before the worker died.
    if (outcome.kind !== "done") assert.equal(outcome.reason, "too_late");
    assert.deepEqual(await jar(), earlier);
  });

  test("in the middle of the checks: nothing was tried, and they can be run again", async () => {
    play(stage.player, {});
    const tab = await open();
    await stage.driver.inExtension((id) => {
      const message = { kind: "apply", remedy: "run_checks", tab: id };
      chrome.runtime.sendMessage(message).catch(() => undefined);
    }, tab.id);
    await stage.waitForCase(tab, ({ progress }) => (progress?.done ?? 0) > 0, "progress", {
      limit: LIMIT,
    });
    await stage.driver.killBackground();
    const { case: found } = await send(tab, "", "ask");
    assert.deepEqual([found.busy, found.progress, found.history], [undefined, undefined, []]);
    const { outcome } = await send(tab, "run_checks");
    assert.equal(outcome.kind, "done");
    assert.equal((await stage.case(tab))?.checks?.findings.length, 7);
  });
});

/** A worker that died left its listeners with Chromium, which wakes the next worker for them: at first it has to take them back. */
test("a worker that died while it listened to tabs is not woken by each page of each site", async () => {
  showings.push(await stage.show(stage.recording("connection_reset/reset")));
  await stage.answer(showings[0]);
  const tab = await stage.driver.newTab();
  const load = async (/** @type {string} */ address) => {
    await stage.driver.killBackground();
    await tab.goto(address);
    return Date.now();
  };
  await load("https://example.com/?first");
  // The next worker has its core once it has answered.
  await stage.driver.inExtension(
    (id) => chrome.runtime.sendMessage({ kind: "ask", tab: id }),
    tab.id,
  );
  const loaded = await load("https://example.com/?second");
  const born = await stage.driver.inBackground((scope) => scope.performance.timeOrigin);
  await tab.close();
  assert.ok(born >= loaded, `the worker began ${loaded - born} ms before the page was loaded`);
});

describe("the tab is closed", () => {
  for (const wait of [0, 60, 200]) {
    test(`${wait} ms after the click`, async () => {
      const tab = await open(SEEDS);
      const bystanders = (await stage.driver.cookies()).filter(
        ({ host }) => host === "shop.example",
      );
      const asked = stage.driver.inExtension(
        (id, remedy) =>
          chrome.runtime.sendMessage({ kind: "apply", remedy, tab: id }).catch(() => undefined),
        tab.id,
        REMEDY,
      );
      await pause(wait);
      await stage.end(/** @type {any} */ (showings.pop()));
      const reply = await asked;
      // Either the clearing was over, or it says that it was not.
      if (reply?.outcome.kind === "done") {
        const left = (await stage.driver.cookies()).map(({ name }) => name);
        assert.ok(!left.some((name) => name.startsWith("crowd-")), `${left}`);
      }
      const after = (await stage.driver.cookies()).filter(({ host }) => host === "shop.example");
      assert.deepEqual(after, bystanders);
      const next = await open();
      assert.equal((await send(next)).outcome.kind, "done");
    });
  }
});

describe("there is no room left", () => {
  /** Leaves so many bytes of the session's storage free. @param {number} free */
  const fill = (free) =>
    stage.driver.inExtension(async (left) => {
      const { session } = chrome.storage;
      if (left > 0) await session.set({ reserve: "x".repeat(left) });
      // Chromium does not count the shortest entries.
      for (let size = 4_000_000, at = 0; size > 24; at++) {
        const taken = await session.set({ [`filler-${at}`]: "x".repeat(size) }).then(
          () => true,
          () => false,
        );
        if (!taken) size = Math.floor(size / 2);
      }
      await session.remove("reserve");
    }, free);
  const empty = () =>
    stage.driver.inExtension(async () => {
      const { session } = chrome.storage;
      const keys = Object.keys(await session.get(null));
      await session.remove(keys.filter((key) => key.startsWith("filler-")));
    });

  /** Tells whether the browser enforces a limit at all. */
  const minds = () =>
    stage.driver.inExtension(async () => {
      const { session } = chrome.storage;
      const most = session.QUOTA_BYTES ?? 10485760;
      const refused = await session.set({ probe: "x".repeat(most + 1) }).then(
        () => false,
        () => true,
      );
      await session.remove("probe");
      return refused;
    });

  // If there is room to note that a step begins, but none for its result, the step must not begin either.
  for (const free of [0, 50, 400, 1600]) {
    test(`but for ${free} bytes: the step is not begun, and says so`, async () => {
      const tab = await open();
      const earlier = await jar();
      const full = await minds();
      if (full) await fill(free);
      const { outcome } = await send(tab);
      await empty();
      if (full) {
        assert.equal(outcome.kind, "failed", JSON.stringify(outcome));
        assert.deepEqual(await jar(), earlier);
        assert.deepEqual((await stage.case(tab))?.history, []);
        // Once there is room again, it is carried out.
        assert.equal((await send(tab)).outcome.kind, "done");
      } else {
        assert.equal(outcome.kind, "done");
      }
    });
  }

  test("for what an undo needs: it is cleared, and there is no way back", async () => {
    const tab = await open(SEEDS);
    const full = await minds();
    if (full) await fill(20_000);
    const { outcome, case: found } = await send(tab);
    await empty();
    assert.equal(outcome.kind, "done", JSON.stringify(outcome));
    assert.ok(found.receipts[REMEDY].cookies.gone > 250);
    assert.equal(found.undo, full ? undefined : REMEDY);
    assert.deepEqual(found.history.length, 1);
  });
});

test("two clicks at once: one does it, the other is refused", async () => {
  const tab = await open();
  const replies = await stage.driver.inExtension(
    (id, remedy) =>
      Promise.all(
        [1, 2, 3].map(() => chrome.runtime.sendMessage({ kind: "apply", remedy, tab: id })),
      ),
    tab.id,
    REMEDY,
  );
  const said = replies.map(({ outcome }) => outcome.reason ?? outcome.kind).sort();
  assert.deepEqual(said, ["busy", "busy", "done"]);
  assert.equal((await stage.case(tab))?.history.length, 1);
});

test("two tabs in the same case: each cookie is counted once, and comes back once", async () => {
  const one = await open(SEEDS);
  const other = await open([]);
  const earlier = await jar();
  const replies = await stage.driver.inExtension(
    (ids, remedy) =>
      Promise.all(ids.map((id) => chrome.runtime.sendMessage({ kind: "apply", remedy, tab: id }))),
    [one.id, other.id],
    REMEDY,
  );
  const later = await jar();
  assert.deepEqual(
    replies.map(({ outcome }) => outcome.kind),
    ["done", "done"],
  );
  const gone = replies.map(({ case: found }) => found.receipts[REMEDY].cookies.gone);
  assert.equal(gone[0] + gone[1], earlier.length - later.length);
  for (const tab of [one, other]) await send(tab, REMEDY, "undo");
  assert.deepEqual(await jar(), earlier);
});

test("an answer that a later one has overtaken does not bring back what was", async () => {
  const tab = await open();
  const popup = await View.popup(stage.driver, tab);
  const { steps } = await popup.waitFor((drawn) => drawn.steps.length > 1, "the checklist");
  const [other, { remedy }] = steps;
  /** @param {boolean} done */
  const reads = (done) =>
    popup.waitFor(
      (drawn) =>
        drawn.steps.some((step) => step.remedy === remedy && (step.state === "done") === done),
      `${remedy}, done: ${done}`,
    );
  // The next answer to the popup is kept back on its way.
  await popup.tab.evaluate(() => {
    /** @type {any} */
    const scope = globalThis;
    const send = chrome.runtime.sendMessage.bind(chrome.runtime);
    /** @param {object} message */
    scope.chrome.runtime.sendMessage = async (message) => {
      const reply = send(message);
      if (!scope.kept) await new Promise((resolve) => Object.assign(scope, { kept: resolve }));
      return reply;
    };
  });
  await send(tab, remedy, "mark");
  await until(
    () => popup.tab.evaluate(() => (/** @type {any} */ (globalThis).kept ? true : undefined)),
    "a question",
    3000,
  );
  await send(tab, other.remedy, "mark");
  await reads(true);
  await send(tab, remedy, "unmark");
  await reads(false);
  await popup.tab.evaluate(() => /** @type {any} */ (globalThis).kept());
  await pause(300);
  await reads(false);
  await popup.tab.close();
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
