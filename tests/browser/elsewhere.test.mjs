// These tests check a tab that has gone on. Somebody else's page, with a form half filled in, is never loaded again. A step
// that is no longer offered is refused for the true reason, and what a page has shown since is not overwritten.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { pause, until } from "./patience.mjs";
import { OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const LIMIT = 10_000;
const PAGE = "server_error/cloudflare-502-bad-gateway";
const FORM = "https://shop.example/form";
const FILLED = "12 Lake Road";

/** @type {Stage} */
let stage;
/** @type {import("./launch.mjs").Tab} */
let tab;

before(async () => {
  stage = await Stage.open();
  stage.player.answer(FORM, {
    status: 200,
    headers: [["content-type", "text/html"]],
    body: "<!doctype html><title>Form</title><form><textarea></textarea></form>",
  });
});

after(async () => {
  await stage.close();
});

afterEach(async () => {
  await stage.driver.inBackground((scope) => {
    /** @type {any} */ (scope).release?.();
    for (const mend of /** @type {any} */ (scope).mends?.splice(0) ?? []) mend();
  });
  await stage.driver.giveSites(true);
  await tab.close();
  stage.player.silence();
});

/** @param {string} kind @param {string} [remedy] */
const send = (kind, remedy) =>
  stage.driver.inExtension((message) => chrome.runtime.sendMessage(message), {
    kind,
    remedy,
    tab: tab.id,
  });

/** Holds a call of the browser in the background until it is released, and lets it fail then, if wanted. @param {string[]} path */
const hold = (path, fails = false) =>
  stage.driver.inBackground(
    (scope, names, refuse) => {
      const whole = /** @type {any} */ (scope);
      const api = names.slice(0, -1).reduce((found, name) => found[name], whole.chrome);
      const name = /** @type {string} */ (names.at(-1));
      const real = api[name];
      whole.held = 0;
      const released = new Promise((resolve) => {
        whole.release = resolve;
      });
      whole.mends ??= [];
      whole.mends.push(() => {
        api[name] = real;
      });
      api[name] = async (/** @type {unknown[]} */ ...args) => {
        whole.held += 1;
        await released;
        if (refuse) throw new Error("no");
        return real.apply(api, args);
      };
    },
    path,
    fails,
  );

const held = () =>
  until(
    async () =>
      (await stage.driver.inBackground((scope) => /** @type {any} */ (scope).held)) > 0 ||
      undefined,
    "the call",
    LIMIT,
  );

const release = () =>
  stage.driver.inBackground((scope) => {
    /** @type {any} */ (scope).release();
  });

async function openFailing() {
  tab = await stage.driver.newTab();
  await sow(stage.player, tab, OPENAI_SEEDS);
  await stage.answer(await stage.show(stage.recording(PAGE), { tab }));
}

async function fillForm() {
  await tab.goto(FORM);
  await tab.evaluate((text) => {
    const field = /** @type {HTMLTextAreaElement} */ (document.querySelector("textarea"));
    field.value = text;
    // Firefox keeps what is filled in when a page is loaded again, but not what its scripts know.
    Object.assign(globalThis, { stays: true });
  }, FILLED);
}

/** Returns what stands in the form, after a time in which anything that was started could happen. */
async function filled() {
  await pause(1000);
  return tab.evaluate(() =>
    "stays" in globalThis ? document.querySelector("textarea")?.value : "loaded again",
  );
}

for (const remedy of ["clear_check_cookies", "clear_site_data"]) {
  test(`the tab goes to a form of others while ${remedy} runs: the form stays`, async () => {
    await openFailing();
    await hold(["cookies", "getAll"]);
    const clearing = send("apply", remedy);
    await held();
    await fillForm();
    await release();
    assert.equal((await clearing)?.outcome.kind, "done");
    assert.equal(await filled(), FILLED);
  });
}

test("the same while cookies are put back", async () => {
  await openFailing();
  await send("apply", "clear_check_cookies");
  await stage.waitForCase(tab, ({ report }) => report.judgement !== undefined, "a verdict", {
    limit: LIMIT,
  });
  await hold(["cookies", "set"]);
  const undoing = send("undo");
  await held();
  await fillForm();
  await release();
  assert.equal((await undoing)?.outcome.kind, "done");
  assert.equal(await filled(), FILLED);
});

test("sites that are given at the popup on a form of others: the form stays", async () => {
  tab = await stage.driver.newTab();
  await fillForm();
  await stage.driver.giveSites(false);
  const popup = await View.popup(stage.driver, tab);
  if (stage.driver.name === "chromium") {
    // Chromium asks in a window of its own, which no program can click: only the answer there is the test's own.
    await popup.tab.evaluate(() => {
      chrome.permissions.request = /** @type {any} */ (async () => true);
    });
  }
  await popup.click('[data-key="permit"]');
  await popup.waitFor(
    ({ text }) => !text.includes(stage.words("permit_title")),
    "no plea any more",
    LIMIT,
  );
  assert.equal(await filled(), FILLED);
  await popup.tab.close();
});

test("a way to clear is refused because of a human check only where one runs", async () => {
  tab = await stage.driver.newTab();
  const challenge = stage.recordings.find(
    ({ cause, response }) => cause === "challenge" && response?.body.length,
  );
  assert.ok(challenge);
  stage.player.air(challenge, { stays: true });
  await tab.goto(challenge.url);
  await stage.waitForCase(tab, ({ report }) => report.diagnosis?.cause === "challenge", "a check");
  const check = await send("apply", "clear_site_data");
  assert.deepEqual(check.outcome, { kind: "refused", reason: "challenge_running" });
  // This step has nothing to clear, so the check is not in its way.
  const other = await send("apply", "update_browser");
  assert.deepEqual(other.outcome, { kind: "refused", reason: "not_in_plan" });

  const passed = stage.recording("login_expired/codex-access-denied");
  const showing = await stage.show(passed, { tab });
  await stage.waitForCase(tab, ({ report }) => report.diagnosis?.cause === passed.cause, "a page");
  const elsewhere = await send("apply", "clear_site_data");
  assert.deepEqual(elsewhere.outcome, { kind: "refused", reason: "not_in_plan" });
  await showing.tab.conditions(undefined);
});

test("a page that has healed meanwhile is not overwritten by the step that was clicked before", async () => {
  await openFailing();
  const overlay = View.overlay(tab);
  const { next } = await overlay.waitFor((drawn) => drawn.next !== undefined, "a step");
  const { at } = await stage.waitForCase(tab, () => true, "the case");
  await hold(["permissions", "contains"]);
  await overlay.apply(/** @type {string} */ (next));
  await held();
  stage.player.silence();
  await tab.reload();
  await until(
    async () => (await stage.loads(tab)).some((load) => load.at > at) || undefined,
    "the new load in the journal",
    LIMIT,
  );
  const seen = await stage.case(tab);
  await release();
  await pause(1000);
  assert.deepEqual(await stage.case(tab), seen);
});

test("nor by a step that fails after the page has healed", async () => {
  await openFailing();
  await hold(["cookies", "getAll"], true);
  const clearing = send("apply", "clear_check_cookies");
  await held();
  stage.player.silence();
  await tab.reload();
  await until(
    async () => ((await stage.case(tab)) === undefined ? true : undefined),
    "no fault known",
    LIMIT,
  );
  await release();
  assert.equal((await clearing)?.outcome.kind, "failed");
  assert.equal((await stage.case(tab))?.report.diagnosis, undefined);
  const popup = await View.popup(stage.driver, tab);
  const { text, cause } = await popup.waitFor(
    (drawn) => drawn.text.includes(stage.words("popup_tools_title")),
    "the popup",
  );
  assert.equal(cause, undefined, text);
  await popup.tab.close();
});

test("no uncaught error in the extension's own code", async () => {
  tab = await stage.driver.newTab();
  assert.deepEqual(await stage.errors(), []);
});
