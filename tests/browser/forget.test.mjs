// These tests check that what is kept of a tab ends: values of cookies after ten minutes by a clock of its own for each tab,
// also when the clock is moved or the worker slept; everything else with the tab, above all with a private window.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { pause, until } from "./patience.mjs";
import { OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";

const LIMIT = 10_000;
const MINUTE = 60_000;
const REMEDY = "clear_check_cookies";
const PAGE = "server_error/cloudflare-502-bad-gateway";

/** @type {Stage} */
let stage;
/** @type {import("./launch.mjs").Tab[]} */
let tabs = [];

before(async () => {
  stage = await Stage.open({ privately: true });
});

after(async () => {
  await stage.close();
});

afterEach(async () => {
  for (const tab of tabs) await tab.close();
  tabs = [];
});

/** Opens a tab in which check cookies were cleared. @param {import("./launch.mjs").Jar} [jar] */
async function cleared(jar) {
  const tab = await stage.driver.newTab(jar);
  tabs.push(tab);
  await sow(stage.player, tab, OPENAI_SEEDS, jar);
  await stage.answer(await stage.show(stage.recording(PAGE), { tab }));
  const { outcome, case: found } = await send(tab, "apply", REMEDY);
  assert.equal(outcome.kind, "done");
  assert.ok(found.receipts[REMEDY].cookies.gone > 0);
  assert.ok((await kept()).includes(`undo:${tab.id}`));
  return tab;
}

/** @param {import("./launch.mjs").Tab} tab @param {string} kind @param {string} [remedy] */
const send = (tab, kind, remedy) =>
  stage.driver.inExtension((message) => chrome.runtime.sendMessage(message), {
    kind,
    remedy,
    tab: tab.id,
  });

/** Returns the keys of all that is kept in memory. */
const kept = () =>
  stage.driver.inExtension(async () => Object.keys(await chrome.storage.session.get(null)));

/** @param {(key: string) => boolean} wanted */
const gone = (wanted) =>
  until(async () => ((await kept()).some(wanted) ? undefined : true), "nothing kept of it", LIMIT);

/** Moves the time at which something was kept, as moving the clock the other way does. @param {string} key @param {number} by */
const move = (key, by) =>
  stage.driver.inExtension(
    async (name, ms) => {
      const { [name]: entry } = /** @type {any} */ (await chrome.storage.session.get(name));
      const { clock } = entry;
      const moved = clock
        ? { ...entry, clock: { ...clock, now: clock.now + ms } }
        : { ...entry, at: entry.at + ms };
      await chrome.storage.session.set({ [name]: moved });
    },
    key,
    by,
  );

/** Ends the worker, and starts it by a question about another tab. */
async function restartWorker() {
  const other = await stage.driver.newTab();
  tabs.push(other);
  await stage.driver.killBackground();
  await send(other, "ask");
}

test("a clearing in another tab does not put off the end of the first", async () => {
  const first = await cleared();
  await pause(3000);
  const second = await cleared();
  const { ends, alarms } = await stage.driver.inExtension(
    async (ids) => {
      const found = /** @type {any} */ (await chrome.storage.session.get(null));
      return {
        ends: ids.map((id) => found[`undo:${id}`].at + 600_000),
        alarms: (await chrome.alarms.getAll()).map(({ scheduledTime }) => scheduledTime),
      };
    },
    /** @type {number[]} */ ([first.id, second.id]),
  );
  assert.ok(ends[1] - ends[0] >= 3000);
  for (const end of ends) {
    assert.ok(
      alarms.some((time) => Math.abs(time - end) < 1000),
      `no alarm at ${end}: ${alarms}`,
    );
  }
});

test("what is over is gone when the worker starts, though no alarm came", async () => {
  const tab = await cleared();
  await move(`undo:${tab.id}`, -10 * MINUTE - 1);
  await restartWorker();
  await gone((key) => key === `undo:${tab.id}`);
});

test("a clock that was set back does not keep values for longer", async () => {
  const tab = await cleared();
  // The clock is now five minutes before the clearing.
  await move(`undo:${tab.id}`, 5 * MINUTE);
  assert.equal((await send(tab, "ask")).case.undo, undefined);
  await gone((key) => key === `undo:${tab.id}`);
});

test("nor one that was set back to a time after the clearing", async () => {
  const tab = await cleared();
  const clock = `clock:${tab.id}`;
  const noted = () =>
    stage.driver.inExtension(
      async (key) => /** @type {any} */ ((await chrome.storage.session.get(key))[key]).clock.now,
      clock,
    );
  await stage.waitForCase(tab, ({ report }) => report.judgement !== undefined, "a verdict", {
    limit: LIMIT,
  });
  const before = await noted();
  await restartWorker();
  const note = async () => ((await noted()) > before ? true : undefined);
  await until(note, "a worker that has noted the clock", LIMIT);
  await move(`undo:${tab.id}`, -2 * MINUTE);
  await move(clock, 3 * MINUTE);
  await restartWorker();
  await gone((key) => key === `undo:${tab.id}`);
});

test("while they last, a worker that starts anew leaves them", async () => {
  const tab = await cleared();
  await move(`undo:${tab.id}`, -9 * MINUTE);
  await restartWorker();
  await pause(500);
  assert.equal((await send(tab, "ask")).case.undo, REMEDY);
});

for (const sleeps of [false, true]) {
  test(`a private window takes all that is known of it along, ${sleeps ? "with the worker asleep" : "at once"}`, async () => {
    const other = await cleared();
    const tab = await cleared("private");
    const of = (/** @type {string} */ key) => key.endsWith(`:${tab.id}`);
    const names = (await kept()).filter(of).map((key) => key.split(":")[0]);
    for (const kind of ["answers", "case", "journal", "undo"]) assert.ok(names.includes(kind));
    if (sleeps) await stage.driver.killBackground();
    tabs.pop();
    await tab.close();
    await gone(of);
    const alarms = await stage.driver.inExtension(() => chrome.alarms.getAll());
    assert.ok(!alarms.some(({ name }) => of(name)), JSON.stringify(alarms));
    assert.ok((await kept()).includes(`undo:${other.id}`));
  });
}

test("a step that was running in a closed private window brings nothing back", async () => {
  const tab = await stage.driver.newTab("private");
  await sow(stage.player, tab, OPENAI_SEEDS);
  await stage.answer(await stage.show(stage.recording(PAGE), { tab }));
  const asked = send(tab, "apply", "clear_sites").catch(() => undefined);
  await until(
    async () => ((await kept()).includes(`undo:${tab.id}`) ? true : undefined),
    "the clearing begun",
    LIMIT,
  );
  await tab.close();
  await asked;
  await gone((key) => key.endsWith(`:${tab.id}`));
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
