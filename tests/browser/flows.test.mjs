// The ways of a newcomer, walked by what a person can see and read: names of buttons, boxes and links in
// their language, no marks made for tests.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { RUN } from "./launch.mjs";
import { play } from "./network.mjs";
import { pause, until } from "./patience.mjs";
import { OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";
import { readWords } from "./words.mjs";

const LIMIT = 10_000;

/** @type {Stage} */
let stage;
/** @type {import("./stage.mjs").Showing | undefined} */
let showing;
/** @type {View | undefined} */
let popup;

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  await stage.close();
});

afterEach(async () => {
  await popup?.tab.close();
  if (showing !== undefined) await stage.end(showing);
  showing = popup = undefined;
  await stage.driver.inExtension(() => chrome.storage.local.clear());
});

/** @param {string} key @param {string[]} values */
const words = (key, ...values) => stage.words(key, ...values);

/** A control by its name, as a screen reader says it. @param {View} view @param {string} name */
const press = (view, name) => view.press(name);

/** @param {View} view @param {string} text */
const reads = (view, text) => view.waitFor((drawn) => drawn.text.includes(text), text, LIMIT);

/** @param {string} page @param {boolean} [stays] */
async function open(page, stays = true) {
  const tab = await stage.driver.newTab();
  await sow(stage.player, tab, OPENAI_SEEDS);
  showing = await stage.show(stage.recording(page), { tab, stays });
  await stage.answer(showing);
  await tab.toFront();
  return tab;
}

/** @param {import("./launch.mjs").Tab} tab */
async function openPopup(tab) {
  popup = await View.popup(stage.driver, tab, popup?.tab);
  await popup.waitFor(({ text }) => text !== "", "the popup");
  return popup;
}

describe("an error on the page", () => {
  test("see it, understand it, clear, and see that it helped", async () => {
    const tab = await open("login_expired/invalid-state", false);
    const overlay = View.overlay(tab);
    await reads(overlay, words("cause_login_expired_title"));
    await reads(overlay, words("move_you"));
    await press(overlay, words("overlay_why"));
    await press(overlay, words("remedy_clear_login_cookies_button"));
    await reads(overlay, words("verdict_resolved"));
  });

  test("silence its kind, and lift that in the settings", async () => {
    const page = "login_expired/invalid-state";
    const tab = await open(page);
    await press(View.overlay(tab), words("overlay_silence"));
    await until(
      async () => ((await View.overlay(tab).read()) === undefined ? true : undefined),
      "no overlay",
      LIMIT,
    );
    await tab.reload();
    await pause(1000);
    assert.equal(await View.overlay(tab).read(), undefined);
    const view = await openPopup(tab);
    await reads(view, words("popup_silenced"));
    await press(view, words("settings_title"));
    await reads(view, words("cause_login_expired_title"));
    await press(view, words("popup_unsilence"));
    await reads(view, words("settings_silenced_none"));
    await tab.toFront();
    await tab.reload();
    await reads(View.overlay(tab), words("cause_login_expired_title"));
  });
});

describe("the checklist", () => {
  test("run the checks, tick, skip, take back, start over", async () => {
    play(stage.player, {});
    const tab = await open("edge_refused/unable-to-load-site-ipv4");
    const view = await openPopup(tab);
    await press(view, words("remedy_run_checks_button"));
    await reads(view, words("check_route"));
    /** @param {string} remedy */
    const tick = (remedy) => words("popup_tick", words(`remedy_${remedy}_title`));
    await press(view, tick("leave_vpn"));
    await view.waitFor(({ steps }) => state(steps, "leave_vpn") === "done", "ticked");
    await press(view, words("popup_skip"));
    await view.waitFor(({ steps }) => state(steps, "other_network") === "skipped", "skipped");
    await press(view, tick("leave_vpn"));
    await view.waitFor(({ steps }) => state(steps, "leave_vpn") === "next", "taken back");
    await press(view, words("popup_restart"));
    await view.waitFor(({ steps }) => state(steps, "other_network") === "open", "from the start");
  });

  test("of a symptom, over three page loads and a browser that starts anew", async () => {
    const tab = await stage.driver.newTab();
    await tab.goto("https://example.com/");
    let view = await openPopup(tab);
    await press(view, words("popup_symptoms_title"));
    await press(view, words("symptom_login"));
    await reads(view, words("cause_login_error_title"));
    const title = words("popup_tick", words("remedy_retry_login_title"));
    await press(view, title);
    await view.waitFor(({ steps }) => state(steps, "retry_login") === "done", "ticked");
    for (let load = 0; load < 3; load++) {
      await tab.goto("https://chatgpt.com/");
      view = await openPopup(tab);
      await view.waitFor(({ steps }) => state(steps, "retry_login") === "done", "still ticked");
    }
    // What a start anew leaves: nothing of the session.
    await stage.driver.inExtension(() => chrome.storage.session.clear());
    view = await openPopup(tab);
    await press(view, words("popup_symptoms_title"));
    await press(view, words("popup_go_on", words("symptom_login")));
    await view.waitFor(({ steps }) => state(steps, "retry_login") === "done", "still ticked");
    await press(view, words("popup_symptom_end"));
    await reads(view, words("popup_healthy_title"));
    await tab.close();
  });
});

test("a guide, to its end", async () => {
  const tab = await stage.driver.newTab();
  await tab.goto("https://chatgpt.com/");
  let view = await openPopup(tab);
  await press(view, words("guides_title"));
  await press(view, words("guide_account_closed_title"));
  for (const [at, step] of ["email", "reason", "appeal", "patience"].entries()) {
    await press(view, words("popup_tick", words(`step_account_closed_${step}`)));
    await reads(view, words("popup_progress", `${at + 1}`, "4"));
  }
  // It is remembered where the reader was.
  view = await openPopup(tab);
  await reads(view, words("popup_progress", "4", "4"));
  await press(view, words("popup_back"));
  await reads(view, words("guides_progress", "4", "4"));
  await tab.close();
});

test("a country, and the one of the connection", async () => {
  play(stage.player, {});
  const tab = await stage.driver.newTab();
  await tab.goto("https://chatgpt.com/");
  const view = await openPopup(tab);
  await press(view, words("guides_title"));
  await press(view, words("guide_countries_title"));
  await press(view, words("countries_search"));
  await view.tab.type("hong");
  await reads(view, words("countries_none"));
  const { text } = await reads(view, "Hong Kong");
  assert.ok(!text.includes("Germany"), text);
  await press(view, words("countries_ask"));
  await view.tab.evaluate(() => {
    const field = /** @type {HTMLInputElement} */ (document.querySelector("input"));
    field.value = "";
    field.dispatchEvent(new Event("input"));
  });
  await reads(view, words("countries_here"));
  await tab.close();
});

test("another language and other colours, on the page, too", async () => {
  const chinese = readWords(RUN.extension, "zh_CN");
  const tab = await open("login_expired/invalid-state");
  await openPopup(tab);
  await stage.driver.inExtension(() =>
    chrome.storage.local.set({ language: "zh_CN", theme: "dark" }),
  );
  await tab.reload();
  await reads(View.overlay(tab), chinese("cause_login_expired_title"));
  const view = await openPopup(tab);
  await reads(view, chinese("cause_login_expired_title"));
  const [language, scheme] = await view.tab.evaluate(() => [
    document.documentElement.lang,
    getComputedStyle(document.body).colorScheme,
  ]);
  assert.deepEqual([language, scheme], ["zh-CN", "dark"]);
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});

/** @param {{remedy: string, state: string}[]} steps @param {string} remedy */
function state(steps, remedy) {
  return steps.find((step) => step.remedy === remedy)?.state;
}
