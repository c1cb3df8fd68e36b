// These tests set the clock while a page is open: by minutes, by hours, by a year, to either side, as a person does whose
// clock was wrong and as one of our own steps asks. Evidence still counts, verdicts still come, and nothing lasts longer
// than it should. The browser's clock really moves.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { CAN_SET_CLOCK, Clock } from "./clock.mjs";
import { until } from "./patience.mjs";
import { withMore } from "./recordings.mjs";
import { OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const LIMIT = 10_000;
const MINUTE = 60;
const HOUR = 60 * MINUTE;
const YEAR = 365 * 24 * HOUR;

const MOVES = {
  "back by five minutes": -5 * MINUTE,
  "back by two hours": -2 * HOUR,
  "back by a year": -YEAR,
  "forward by two hours": 2 * HOUR,
  "forward by a year": YEAR,
};

const FAILING = "blocked_by_rule/sorry-you-have-been-blocked";
const OTHER = "server_error/cloudflare-502-bad-gateway";
const APP = "healthy/app-first-response";

describe("the clock is set", { skip: !CAN_SET_CLOCK }, () => {
  /** @type {Clock} */
  let clock;
  /** @type {Stage} */
  let stage;
  /** @type {import("./launch.mjs").Tab} */
  let tab;
  /** @type {View | undefined} */
  let popup;

  before(async () => {
    clock = new Clock();
    stage = await Stage.open({ clock });
  });

  after(async () => {
    const errors = await stage.errors();
    await stage.close();
    assert.deepEqual(errors, []);
  });

  beforeEach(async () => {
    clock.set(0);
    stage.player.silence();
    await stage.driver.inExtension(() => chrome.storage.session.clear());
    tab = await stage.driver.newTab();
  });

  afterEach(async () => {
    await popup?.tab.close();
    popup = undefined;
    await tab.close();
  });

  /** @param {string} name @param {boolean} [stays] */
  async function show(name, stays = true) {
    const recording = stage.recording(name);
    stage.player.air(recording, { stays });
    await tab.goto(recording.url);
    return recording;
  }

  /** @param {string} cause */
  const named = (cause) =>
    stage.waitForCase(tab, ({ report }) => report.diagnosis?.cause === cause, cause, {
      limit: LIMIT,
    });

  for (const [how, seconds] of Object.entries(MOVES)) {
    describe(how, () => {
      test("the next failing page is named, on the page and in the popup", async () => {
        const first = await show(FAILING);
        await named(first.cause);
        clock.set(seconds);
        const second = await show(OTHER);
        await View.overlay(tab).waitFor(({ cause }) => cause === second.cause, "overlay", LIMIT);
        popup = await View.popup(stage.driver, tab);
        await popup.waitFor(({ cause }) => cause === second.cause, "popup", LIMIT);
      });

      test("a page that is healthy again is said to be", async () => {
        const { cause } = await show(FAILING);
        await named(cause);
        clock.set(seconds);
        stage.player.silence();
        await tab.reload();
        popup = await View.popup(stage.driver, tab);
        const well = stage.words("popup_healthy_title");
        await popup.waitFor(({ text }) => text.includes(well), "all well", LIMIT);
      });

      test("a step that was taken before is judged", async () => {
        const { cause } = await show(FAILING);
        const { report } = await named(cause);
        const step = report.plan.find(({ action }) => /** @type {any} */ (action).check);
        assert.ok(step, "a step that a person carries out and has checked");
        popup = await View.popup(stage.driver, tab);
        await popup.waitFor((one) => one.cause === cause, "popup", LIMIT);
        clock.set(seconds);
        await popup.click(`li[data-remedy="${step.remedy}"] summary`);
        await popup.apply(step.remedy);
        await stage.waitForCase(
          tab,
          (one) => one.history.some(({ verdict }) => verdict === "persists"),
          "the verdict",
          { limit: LIMIT },
        );
      });

      test("an error in a page that was open before is named", async () => {
        await show(APP);
        await until(
          async () => ((await stage.loads(tab)).length > 0 ? true : undefined),
          "the page in the journal",
          LIMIT,
        );
        clock.set(seconds);
        await tab.evaluate(() => {
          const toast = document.createElement("div");
          toast.className = "toast-root";
          toast.setAttribute("role", "alert");
          toast.dataset.testid = "toast-error";
          toast.textContent = "Something went wrong. Please try again later.";
          document.body.append(toast);
        });
        await View.overlay(tab).waitFor(({ cause }) => cause === "app_error", "a chip", LIMIT);
      });

      test("a countdown never shows more than it began with", async () => {
        const asked = 90;
        const page = withMore(stage.recording(OTHER), { headers: [["retry-after", `${asked}`]] });
        stage.player.air(page, { stays: true });
        await tab.goto(page.url);
        await named(page.cause);
        popup = await View.popup(stage.driver, tab);
        await popup.apply("wait");
        await popup.waitFor(({ text }) => /\b01:[0-3]\d\b/.test(text), "a countdown", LIMIT);
        clock.set(seconds);
        await popup.tab.goto(stage.driver.extensionUrl(`views/popup.html?tab=${tab.id}`));
        const over = stage.words("wait_over");
        const { text } = await popup.waitFor(
          (one) => one.text.includes(over) || /\b\d\d:\d\d\b/.test(one.text),
          "the countdown",
          LIMIT,
        );
        const left = /(?:(\d+):)?(\d\d):(\d\d)/.exec(text);
        const shown = left
          ? Number(left[1] ?? 0) * HOUR + Number(left[2]) * 60 + Number(left[3])
          : 0;
        assert.ok(shown <= asked, `${shown} s are shown`);
        if (seconds < 0) assert.ok(shown > 0, "it is not over");
      });
    });
  }

  describe("cookies that could be put back", () => {
    const stored = async () =>
      JSON.stringify(await stage.driver.inExtension(() => chrome.storage.session.get()));

    for (const seconds of [-2 * HOUR, -YEAR, 2 * HOUR]) {
      test(`are gone ten minutes later, by a clock that was moved by ${seconds} s`, async () => {
        await sow(stage.player, tab, OPENAI_SEEDS);
        const secret = "zqvalueofacookie";
        await tab.goto(stage.player.seed("chatgpt.com", [`oai-secret=${secret}; Path=/; Secure`]));
        const { cause } = await show(OTHER);
        await named(cause);
        popup = await View.popup(stage.driver, tab);
        await popup.click("summary", stage.words("popup_tools_title"));
        await popup.click("label", stage.words("popup_tool_clear_sites"));
        await popup.apply("clear_sites");
        await stage.waitForCase(tab, (one) => one.receipts.clear_sites !== undefined, "", {
          limit: LIMIT,
        });
        assert.ok((await stored()).includes(secret), "it can be put back");
        clock.set(seconds);
        await tab.reload();
        clock.set(seconds + 11 * MINUTE);
        await tab.reload();
        await until(
          async () => ((await stored()).includes(secret) ? undefined : true),
          "the values gone",
          LIMIT,
        );
        await popup.tab.goto(stage.driver.extensionUrl(`views/popup.html?tab=${tab.id}`));
        const drawn = await popup.waitFor(({ text }) => text.length > 100, "popup", LIMIT);
        assert.ok(!drawn.text.includes(stage.words("popup_undo")), "undo is not offered");
      });
    }
  });
});
