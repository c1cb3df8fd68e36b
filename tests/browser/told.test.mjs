// These tests check what a person tells in words of their own: the popup explains it on any page, once by pointer and once
// by keyboard alone, offers what else it may mean, and gives the page's own fault back. Only those words that are known
// are kept, and nothing is sent.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { until } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const LIMIT = 10_000;

/** @type {Stage} */
let stage;
/** @type {View | undefined} */
let popup;
/** @type {import("./stage.mjs").Showing | undefined} */
let showing;
/** @type {import("./launch.mjs").Tab | undefined} */
let open;

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  const errors = await stage.errors();
  await stage.close();
  assert.deepEqual(errors, []);
});

afterEach(async () => {
  await popup?.tab.close();
  if (showing !== undefined) await stage.end(showing);
  else await open?.close();
  popup = open = showing = undefined;
  await stage.driver.inExtension(() => chrome.storage.local.clear());
});

/** @param {string} key @param {string[]} values */
const words = (key, ...values) => stage.words(key, ...values);

/** @param {View} view @param {string} text */
const reads = (view, text) => view.waitFor((drawn) => drawn.text.includes(text), text, LIMIT);

/** Opens the popup over a page of others. */
async function openElsewhere() {
  open = await stage.driver.newTab();
  await open.goto("https://example.com/");
  popup = await View.popup(stage.driver, open);
  await reads(popup, words("tell_label"));
  return popup;
}

const stored = () =>
  stage.driver.inExtension(async () => {
    const areas = [chrome.storage.session, chrome.storage.local, chrome.storage.sync];
    return JSON.stringify(await Promise.all(areas.map((area) => area.get())));
  });

/** @param {View} view */
const focused = (view) =>
  view.tab.evaluate(() => document.activeElement?.getAttribute("data-cause"));

/** Puts a text into the box. @param {View} view @param {string} text */
const put = (view, text) =>
  view.tab.evaluate((value) => {
    /** @type {any} */ (document.querySelector("#told")).value = value;
  }, text);

for (const hand of /** @type {const} */ (["pointer", "keyboard"])) {
  /** @param {View} view @param {string} name */
  const press = (view, name) => (hand === "keyboard" ? view.walk(name) : view.press(name));

  describe(`by ${hand}`, () => {
    test("a sentence of the phone is explained, and the list can be worked through and closed", async () => {
      const view = await openElsewhere();
      await press(view, words("tell_label"));
      await view.tab.type("You've reached your limit. Try again later.");
      await press(view, words("tell_button"));
      await reads(view, words("cause_usage_cap_title"));
      await until(
        async () => (await focused(view)) === "usage_cap" || undefined,
        "the focus",
        LIMIT,
      );
      await press(view, words("overlay_why"));
      await reads(view, words("tell_words"));
      await press(view, words("popup_tick", words("remedy_other_model_title")));
      await view.waitFor(
        ({ steps }) =>
          steps.some(({ remedy, state }) => remedy === "other_model" && state === "done"),
        "the tick",
        LIMIT,
      );
      await press(view, words("popup_symptom_end"));
      await reads(view, words("popup_elsewhere_title"));
    });

    test("words that say nothing are answered, heard, and stand in the box still", async () => {
      const view = await openElsewhere();
      await press(view, words("tell_label"));
      await view.tab.type("the cat sat");
      await press(view, words("tell_button"));
      await reads(view, words("tell_unknown"));
      const [heard, value, here] = await view.tab.evaluate(() => {
        const box = /** @type {any} */ (document.querySelector("#told"));
        return [
          document.querySelector("[role=status]")?.textContent,
          box.value,
          document.activeElement === box,
        ];
      });
      assert.equal(heard, words("tell_unknown"));
      assert.match(value, /the cat sat/);
      assert.ok(here);
    });

    test("what else it may mean can be chosen", async () => {
      const view = await openElsewhere();
      await press(view, words("tell_label"));
      await view.tab.type("Something went wrong");
      await press(view, words("tell_button"));
      const { cause: first } = await view.waitFor(({ cause }) => cause !== undefined, "one", LIMIT);
      const [other] = await view.tab.evaluate(() =>
        [...document.querySelectorAll(".choices button")].map((one) => one.textContent ?? ""),
      );
      assert.ok(other);
      await press(view, other);
      const { cause } = await view.waitFor(({ cause }) => cause !== first, "the other", LIMIT);
      assert.equal(other, words(`cause_${cause}_title`));
      // This goes back to the first cause.
      await press(view, words(`cause_${first}_title`));
      await view.waitFor(({ cause }) => cause === first, "the first", LIMIT);
    });
  });
}

test("on a page with a fault of its own the fault comes back, with what was done", async () => {
  open = await stage.driver.newTab();
  showing = await stage.show(stage.recording("edge_refused/unable-to-load-site-ipv4"), {
    tab: open,
    stays: true,
  });
  await stage.answer(showing);
  popup = await View.popup(stage.driver, open);
  await reads(popup, words("cause_edge_refused_title"));
  await popup.press(words("popup_skip"));
  await popup.waitFor(({ steps }) => steps[0]?.state === "skipped", "skipped", LIMIT);
  await popup.press(words("popup_symptoms_title"));
  await put(popup, '{"error":{"code":"insufficient_quota"}}');
  await popup.press(words("tell_button"));
  await reads(popup, words("cause_api_quota_exhausted_title"));
  // The page shows its own fault all the while, and a person who goes on there goes on with that fault.
  const overlay = View.overlay(open);
  assert.equal((await overlay.read())?.cause, "edge_refused");
  await popup.press(words("popup_symptom_end"));
  const { steps } = await reads(popup, words("cause_edge_refused_title"));
  assert.equal(steps[0].state, "skipped");
});

test("of what is told nothing is kept but the words that are known", async () => {
  const view = await openElsewhere();
  await view.press(words("tell_label"));
  const secrets = [
    "zqxsecretword",
    "alice@example.com",
    "sk-proj-zqxkey1234567890",
    "6712f0aa-1c2d-8009-b0d1",
  ];
  await put(
    view,
    `Hi ${secrets[0]}, mail ${secrets[1]}, key ${secrets[2]}, chat https://chatgpt.com/c/${secrets[3]}-2f7d1c900000. Too many requests. Please slow down.`,
  );
  await view.press(words("tell_button"));
  await reads(view, words("cause_too_many_requests_title"));
  await view.press(words("popup_facts"));
  const report = await until(
    () =>
      view.tab.evaluate(
        () => /** @type {any} */ (document.querySelector("textarea.report"))?.value || undefined,
      ),
    "the report",
    LIMIT,
  );
  const kept = await stored();
  for (const secret of secrets) {
    assert.ok(!kept.includes(secret), `kept: ${secret}`);
    assert.ok(!report.includes(secret), `reported: ${secret}`);
  }
  assert.equal(
    await view.tab.evaluate(() => /** @type {any} */ (document.querySelector("#told"))?.value),
    "",
  );
  assert.ok(!(await view.tab.evaluate(() => document.body.textContent ?? "")).includes(secrets[0]));
});

test("a page may not tell anything", async () => {
  open = await stage.driver.newTab();
  await open.goto("https://chatgpt.com/");
  const answers = await stage.driver.inExtension(async (tabId) => {
    const [{ result }] = await chrome.scripting.executeScript({
      target: { tabId },
      func: async () => [
        await chrome.runtime.sendMessage({ kind: "tell", words: "Too many requests" }),
        await chrome.runtime.sendMessage({ kind: "choose", cause: "app_error" }),
      ],
    });
    return result;
  }, open.id);
  for (const { answer, case: found } of /** @type {any[]} */ (answers)) {
    assert.equal(answer, undefined);
    assert.ok(!found?.told);
  }
  assert.ok(!(await stored()).includes("too_many_requests"));
});
