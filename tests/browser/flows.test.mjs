// These tests walk the ways of a newcomer by what a person can see and read: names of buttons, boxes and links in their
// language, without marks made for tests. They walk each way once by pointer and once by keyboard alone.

import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { RUN } from "./launch.mjs";
import { play } from "./network.mjs";
import { pause, until } from "./patience.mjs";
import { OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";
import { readWords } from "./words.mjs";

const LIMIT = 10_000;

const PROFILE = mkdtempSync(join(tmpdir(), "access-medic-"));

/** @type {Stage} */
let stage;
/** @type {import("./stage.mjs").Showing | undefined} */
let showing;
/** @type {View | undefined} */
let popup;

before(async () => {
  stage = await Stage.open({ profile: PROFILE });
});

after(async () => {
  await stage.close();
  rmSync(PROFILE, { recursive: true, force: true, maxRetries: 10 });
});

afterEach(async () => {
  await popup?.tab.close();
  if (showing !== undefined) await stage.end(showing);
  showing = popup = undefined;
  await stage.driver.inExtension(() => chrome.storage.local.clear());
});

/** @param {string} key @param {string[]} values */
const words = (key, ...values) => stage.words(key, ...values);

/** @param {View} view @param {string} text */
const reads = (view, text) => view.waitFor((drawn) => drawn.text.includes(text), text, LIMIT);

/** Waits until a screen reader is told this text. @param {View} view @param {string} text */
const hears = (view, text) =>
  until(
    async () =>
      (
        await view.tab.evaluate(() => document.querySelector("[role=status]")?.textContent)
      )?.includes(text) || undefined,
    `said: ${text}`,
    LIMIT,
  );

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

/** @param {{remedy: string, state: string}[]} steps @param {string} remedy */
const state = (steps, remedy) => steps.find((step) => step.remedy === remedy)?.state;

/** @param {string} remedy */
const tick = (remedy) => words("popup_tick", words(`remedy_${remedy}_title`));

for (const hand of /** @type {const} */ (["pointer", "keyboard"])) {
  /** Presses a control by its name, as a screen reader says it. @param {View} view @param {string} name */
  const press = (view, name) => (hand === "keyboard" ? view.walk(name) : view.press(name));

  /** Chooses an entry of a list by its first letter. @param {View} view @param {string} name @param {"D"} letter */
  async function choose(view, name, letter) {
    if (hand === "keyboard") await view.walk(name, letter);
    else {
      await view.press(name);
      await view.tab.type(letter);
    }
  }

  describe(`by ${hand}: an error on the page`, () => {
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
      // The diagnosis has a button of the same name, and is still there until the settings are drawn.
      await reads(view, words("settings_silenced"));
      await press(view, words("popup_unsilence"));
      await reads(view, words("settings_silenced_none"));
      await tab.toFront();
      await tab.reload();
      await reads(View.overlay(tab), words("cause_login_expired_title"));
    });
  });

  describe(`by ${hand}: the checklist`, () => {
    test("run the checks, tick, skip, take back, start over", async () => {
      play(stage.player, {});
      const tab = await open("edge_refused/unable-to-load-site-ipv4");
      const view = await openPopup(tab);
      await press(view, words("remedy_run_checks_button"));
      await hears(view, words("popup_busy"));
      await reads(view, words("check_route"));
      await hears(view, words("popup_state_done"));
      await press(view, tick("other_network"));
      await view.waitFor(({ steps }) => state(steps, "other_network") === "done", "ticked");
      await hears(view, `${words("remedy_other_network_title")}: ${words("popup_state_done")}`);
      await press(view, words("popup_skip"));
      await view.waitFor(({ steps }) => state(steps, "leave_vpn") === "skipped", "skipped");
      await hears(view, words("popup_state_skipped"));
      await press(view, tick("other_network"));
      await view.waitFor(({ steps }) => state(steps, "other_network") === "next", "taken back");
      await press(view, words("popup_restart"));
      await view.waitFor(({ steps }) => state(steps, "leave_vpn") === "open", "from the start");
    });

    test("of a symptom, over three page loads and a browser that starts anew", async () => {
      let tab = await stage.driver.newTab();
      await tab.goto("https://example.com/");
      let view = await openPopup(tab);
      // On a page of others there is nothing else, so the list is open.
      await press(view, words("symptom_login"));
      await reads(view, words("cause_login_error_title"));
      await press(view, tick("retry_login"));
      await view.waitFor(({ steps }) => state(steps, "retry_login") === "done", "ticked");
      for (let load = 0; load < 3; load++) {
        await tab.goto("https://chatgpt.com/");
        view = await openPopup(tab);
        await view.waitFor(({ steps }) => state(steps, "retry_login") === "done", "still ticked");
      }
      await stage.restart();
      popup = undefined;
      tab = await stage.driver.newTab();
      await tab.goto("https://chatgpt.com/");
      view = await openPopup(tab);
      await press(view, words("popup_symptoms_title"));
      await press(view, words("popup_go_on", words("symptom_login")));
      const { steps } = await view.waitFor(
        ({ steps }) => state(steps, "retry_login") === "done",
        "still ticked",
      );
      // This goes to the end of the list: it ticks what a person does and skips what the program could do.
      const boxes = await view.tab.evaluate(() =>
        [...document.querySelectorAll("[role=checkbox]")].map((box) =>
          box.closest("li")?.getAttribute("data-remedy"),
        ),
      );
      for (const { remedy } of steps.filter((step) => state([step], step.remedy) !== "done")) {
        const byHand = boxes.includes(remedy);
        if (!byHand)
          await view.waitFor(({ steps }) => state(steps, remedy) === "next", `${remedy} is next`);
        await press(view, byHand ? tick(remedy) : words("popup_skip"));
        await view.waitFor(
          ({ steps }) => ["done", "skipped"].includes(state(steps, remedy) ?? ""),
          `${remedy} is over`,
        );
      }
      await reads(view, words("popup_progress", `${steps.length}`, `${steps.length}`));
      await press(view, words("popup_symptom_end"));
      await reads(view, words("popup_healthy_title"));
      await tab.close();
    });

    test("clear with a scope, read the receipt, and put the cookies back", async () => {
      const tab = await open("login_expired/invalid-state");
      const view = await openPopup(tab);
      await press(view, words("popup_tools_title"));
      const scope = words("popup_tool_clear_login_cookies");
      if (hand === "pointer") await view.press(scope);
      else await view.walk(scope, "ArrowRight");
      await reads(view, words("remedy_clear_login_cookies_detail"));
      await press(view, words("remedy_clear_login_cookies_button"));
      await reads(view, words("verdict_persists"));
      await hears(view, words("verdict_persists"));
      await press(view, words("remedy_clear_login_cookies_title"));
      await reads(view, "auth.openai.com");
      await press(view, words("popup_undo"));
      await reads(view, words("receipt_undone", "", "").slice(0, 12));
      await tab.toFront();
    });

    test("read the report for support, and copy it", async () => {
      const tab = await open("blocked_by_rule/error-code-1020-2026");
      const view = await openPopup(tab);
      await press(view, words("popup_facts"));
      const report = await until(
        () => view.tab.evaluate(() => document.querySelector("textarea")?.value || undefined),
        "the report",
        LIMIT,
      );
      assert.match(report, /1020/);
      await press(view, words("popup_copy"));
      await reads(view, words("popup_copied"));
    });
  });

  test(`by ${hand}: a guide, to its end`, async () => {
    const tab = await stage.driver.newTab();
    await tab.goto("https://chatgpt.com/");
    let view = await openPopup(tab);
    await press(view, words("guides_title"));
    await press(view, words("guide_account_closed_title"));
    for (const [at, step] of ["email", "reason", "appeal", "patience"].entries()) {
      await press(view, words("popup_tick", words(`step_account_closed_${step}`)));
      await reads(view, words("popup_progress", `${at + 1}`, "4"));
    }
    // The popup remembers where the reader was.
    view = await openPopup(tab);
    await reads(view, words("popup_progress", "4", "4"));
    await press(view, words("popup_back"));
    await reads(view, words("guides_progress", "4", "4"));
    await tab.close();
  });

  test(`by ${hand}: a country, and the one of the connection`, async () => {
    play(stage.player, {});
    const tab = await stage.driver.newTab();
    await tab.goto("https://chatgpt.com/");
    const view = await openPopup(tab);
    await press(view, words("guides_title"));
    await press(view, words("guide_countries_title"));
    if (hand === "pointer") await view.press(words("countries_search"));
    else await view.walk(words("countries_search"), "ArrowRight");
    await view.tab.type("hong");
    await reads(view, words("countries_none"));
    const { text } = await reads(view, "Hong Kong");
    assert.ok(!text.includes("Germany"), text);
    assert.match(text, /^1 of \d{3}$/m);
    await press(view, words("countries_ask"));
    await view.tab.evaluate(() => {
      const field = /** @type {HTMLInputElement} */ (document.querySelector("input"));
      field.value = "";
      field.dispatchEvent(new Event("input"));
    });
    await reads(view, words("countries_here"));
    await tab.close();
  });

  test(`by ${hand}: another language and other colours, on the page, too`, async () => {
    const german = readWords(RUN.extension, "de");
    const tab = await open("login_expired/invalid-state");
    const view = await openPopup(tab);
    await press(view, words("settings_title"));
    await choose(view, words("settings_language"), "D");
    await reads(view, german("settings_theme"));
    await choose(view, german("settings_theme"), "D");
    await until(
      async () =>
        (await view.tab.evaluate(() => getComputedStyle(document.body).colorScheme)) === "dark" ||
        undefined,
      "dark",
      LIMIT,
    );
    assert.equal(await view.tab.evaluate(() => document.documentElement.lang), "de");
    await tab.toFront();
    await tab.reload();
    await reads(View.overlay(tab), german("cause_login_expired_title"));
  });
}

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
