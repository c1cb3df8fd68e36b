// These tests check that private windows leave nothing on the disk: what a person picks, ticks and silences there works
// there, and is gone with the last of them. And if two views choose at once, they lose nothing of each other.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { until } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY, View } from "./views.mjs";

const LIMIT = 10_000;
const PAGE = "server_error/cloudflare-502-bad-gateway";
const OTHER = "login_expired/invalid-state";

/** @type {Stage} */
let stage;

before(async () => {
  stage = await Stage.open({ privately: true });
});

after(async () => {
  await stage.close();
});

const written = () => stage.driver.inExtension(() => chrome.storage.local.get(null));

/** @param {import("./launch.mjs").Tab} tab @param {object} message */
const send = (tab, message) =>
  stage.driver.inExtension((whole) => chrome.runtime.sendMessage(whole), {
    ...message,
    tab: tab.id,
  });

test("nothing of a private window is written, and all of it works there", async () => {
  const usual = await stage.driver.newTab();
  await stage.answer(await stage.show(stage.recording(OTHER), { tab: usual }));
  await send(usual, { kind: "silence", silent: true });
  const earlier = await written();
  assert.deepEqual(earlier.silenced, ["login_expired"]);

  const tab = await stage.driver.newTab("private");
  await stage.answer(await stage.show(stage.recording(PAGE), { tab }));
  // The overlay itself is told not to be shown again.
  const overlay = View.overlay(tab);
  // A click in a window without the focus counts for nothing.
  await tab.toFront();
  await overlay.click('[data-key="silence"]');
  const overlays = () => tab.evaluate((name) => document.querySelectorAll(name).length, OVERLAY);
  await until(async () => ((await overlays()) === 0 ? true : undefined), "no overlay", LIMIT);
  let popup = await View.popup(stage.driver, tab);
  await popup.waitFor(({ text }) => text.includes(stage.words("popup_silenced")), "silenced");

  // Here a step of a guide is ticked.
  await popup.click('[data-key="guides"]');
  await popup.click('[data-key="guide-password"]');
  await popup.click('[data-key="tick-reset"]');
  await popup.waitFor(
    ({ text }) => text.includes(stage.words("popup_progress", "1", "4")),
    "a step ticked",
    LIMIT,
  );

  // Here a symptom is picked and a step of its plan is ticked.
  stage.player.silence();
  await tab.goto("https://chatgpt.com/");
  await stage.waitForCase(tab, () => true, "").catch(() => undefined);
  const { case: picked } = await send(tab, { kind: "pick", symptom: "login" });
  assert.equal(picked.symptom, "login");
  await send(tab, { kind: "mark", remedy: picked.report.plan[0].remedy });
  await popup.tab.close();
  assert.deepEqual(await written(), earlier);

  // In another private tab the guide stands as it was left.
  const second = await stage.driver.newTab("private");
  await second.goto("https://chatgpt.com/");
  popup = await View.popup(stage.driver, second);
  await popup.waitFor(
    ({ text }) => text.includes(stage.words("popup_progress", "1", "4")),
    "the guide as it was left",
    LIMIT,
  );
  await popup.tab.close();
  await stage.answer(await stage.show(stage.recording(PAGE), { tab: usual }));
  const { case: shown } = await send(second, { kind: "pick", symptom: "login" });
  assert.deepEqual(
    shown.history.map((/** @type {{remedy: string}} */ { remedy }) => remedy),
    [picked.report.plan[0].remedy],
  );
  await second.close();
  await tab.close();
  await until(
    async () => {
      const kept = await stage.driver.inExtension(() => chrome.storage.session.get(null));
      return "private" in kept ? undefined : true;
    },
    "nothing kept of the private windows",
    LIMIT,
  );
  assert.deepEqual(await written(), earlier);
  await usual.close();
  stage.player.silence();
});

test("two views that silence at once lose none", async () => {
  await stage.driver.inExtension(() => chrome.storage.local.clear());
  const one = await stage.driver.newTab();
  await stage.answer(await stage.show(stage.recording(PAGE), { tab: one }));
  const other = await stage.driver.newTab();
  await stage.answer(await stage.show(stage.recording(OTHER), { tab: other }));
  await stage.driver.inExtension(
    async (ids) => {
      const silence = (/** @type {number} */ tab) =>
        chrome.runtime.sendMessage({ kind: "silence", silent: true, tab });
      await Promise.all(ids.map(silence));
    },
    [one.id, other.id],
  );
  const { silenced } = await written();
  assert.deepEqual([.../** @type {string[]} */ (silenced)].sort(), [
    "login_expired",
    "server_error",
  ]);
  await one.close();
  await other.close();
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
