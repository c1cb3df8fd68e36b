// These tests check that texts that others choose are cut at a length: one page can fill neither what the extension keeps
// nor what it says, whatever it asks for and however its server answers. And a slight fault does not push aside what a
// person works through.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { until } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const LIMIT = 10_000;
const APP = "healthy/app-first-response";
/** The number of bytes that one tab may take of the ten megabytes that all tabs share. */
const MOST = 64 * 1024;

/** @type {Stage} */
let stage;
/** @type {import("./launch.mjs").Tab} */
let tab;

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  const errors = await stage.errors();
  await stage.close();
  assert.deepEqual(errors, []);
});

afterEach(async () => {
  stage.player.silence();
  await tab.close();
});

/** Reads everything that is kept of the tab, as text. */
const kept = () =>
  stage.driver.inExtension(async (id) => {
    const entries = Object.entries(await chrome.storage.session.get());
    return JSON.stringify(entries.filter(([key]) => key.endsWith(`:${id}`)));
  }, tab.id);

async function openApp() {
  const recording = stage.recording(APP);
  tab = await stage.driver.newTab();
  stage.player.air(recording, { stays: true });
  await tab.goto(recording.url);
  await until(async () => (await stage.loads(tab)).length > 0 || undefined, "the page", LIMIT);
}

test("requests for long paths that fail take little room", async () => {
  await openApp();
  const path = `/backend-api/${"a/".repeat(15_000)}end`;
  for (let at = 0; at < 25; at++) {
    stage.player.answer(`https://chatgpt.com${path}${at}`, { status: 500 });
  }
  await tab.evaluate(async (long) => {
    for (let at = 0; at < 25; at++) await fetch(`${long}${at}`).catch(() => undefined);
  }, path);
  stage.player.answer("https://chatgpt.com/backend-api/last", { status: 500 });
  await tab.evaluate(async () => void (await fetch("/backend-api/last").catch(() => undefined)));
  await until(async () => ((await kept()).includes("/last") ? true : undefined), "it", LIMIT);
  const { length } = await kept();
  assert.ok(length < MOST, `${length} bytes are kept`);
});

test("an answer with many and long headers takes little room", async () => {
  const url = "https://chatgpt.com/headers";
  tab = await stage.driver.newTab();
  stage.player.answer(url, {
    status: 502,
    headers: Array.from({ length: 200 }, (_, at) => [
      ["server-timing", "x-request-id", "cf-ray"][at % 3],
      `${at}${"x".repeat(1000)}`,
    ]),
    body: "<!doctype html><title>Bad gateway</title><h1>502 Bad gateway</h1>",
  });
  await tab.goto(`${url}?${"q".repeat(20_000)}`);
  stage.player.answer(`${url}?${"q".repeat(20_000)}`, { status: 502, body: "" });
  await tab.goto(url);
  await until(async () => (await stage.loads(tab)).length > 0 || undefined, "the page", LIMIT);
  const { length } = await kept();
  assert.ok(length < MOST, `${length} bytes are kept`);
});

test("a request that fails once does not push aside a symptom that a person works through", async () => {
  await openApp();
  const popup = await View.popup(stage.driver, tab);
  await popup.click("summary", stage.words("popup_symptoms_title"));
  await popup.click("button", stage.words("symptom_login"));
  const { steps } = await popup.waitFor((one) => one.steps.length > 0, "the list", LIMIT);
  await tab.toFront();
  stage.player.answer("https://chatgpt.com/backend-api/me", { status: 500 });
  await tab.evaluate(async () => void (await fetch("/backend-api/me").catch(() => undefined)));
  await until(
    async () => ((await kept()).includes("backend-api/me") ? true : undefined),
    "it",
    LIMIT,
  );
  // A second look at the page comes after the first one has been answered.
  await tab.evaluate(async () => void (await fetch("/backend-api/me").catch(() => undefined)));
  await until(
    async () => ((await kept()).split("backend-api/me").length > 2 ? true : undefined),
    "the second one",
    LIMIT,
  );
  const found = await stage.case(tab);
  assert.equal(/** @type {any} */ (found).symptom, "login");
  await popup.tab.toFront();
  assert.deepEqual((await popup.read())?.steps, steps);
  await popup.tab.close();
});
