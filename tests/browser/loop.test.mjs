// These tests go through the whole loop, with a real page load as the proof: a failing page, a trusted click on a remedy,
// the cookies gone (and no others), the page again, and the verdict. They do it once with a page that heals and once
// with one that does not.

import assert from "node:assert/strict";
import { after, before, beforeEach, describe, test } from "node:test";
import { readRecordings } from "./recordings.mjs";
import { keyOf, keyOfSeed, OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

/** The time in ms for a clearing and a page load, on a slow machine. */
const LIMIT = 10_000;

/** @type {Stage} */
let stage;
/** @type {import("./launch.mjs").Tab} */
let tab;

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  await stage.close();
});

beforeEach(async () => {
  stage.player.silence();
  tab = await stage.driver.newTab();
  await sow(stage.player, tab, OPENAI_SEEDS);
});

/** @param {import("./seeds.mjs").Clearing} clearing */
const remaining = (clearing) =>
  OPENAI_SEEDS.filter(({ clearedBy }) => !clearedBy.includes(clearing))
    .map(keyOfSeed)
    .sort();

const cookies = async () => (await stage.driver.cookies()).map(keyOf).sort();

/** @param {string} verdict */
const judged = (verdict) =>
  stage.waitForCase(
    tab,
    (found) => found.report.judgement?.verdict === verdict,
    `the verdict ${verdict}`,
    { limit: LIMIT },
  );

test("the seeds are there", async () => {
  assert.deepEqual(await cookies(), OPENAI_SEEDS.map(keyOfSeed).sort());
  await tab.close();
});

describe("a page that heals", () => {
  test("clear_check_cookies, from the overlay", async () => {
    const recording = stage.recording("challenge_in_login/route-error-html-en");
    await stage.answer(await stage.show(recording, { tab, stays: false }));
    await View.overlay(tab).apply("clear_check_cookies");
    await resolves("clear_check_cookies", "challenge_in_login");
  });

  test("clear_login_cookies, from the overlay", async () => {
    const recording = stage.recording("login_expired/invalid-state");
    await stage.answer(await stage.show(recording, { tab, stays: false }));
    await View.overlay(tab).apply("clear_login_cookies");
    await resolves("clear_login_cookies", "login_expired");
  });

  test("clear_site_data, from the popup", async () => {
    const recording = stage.recording("cookies_too_large/nginx-400");
    await stage.answer(await stage.show(recording, { tab, stays: false }));
    const popup = await View.popup(stage.driver, tab);
    await popup.apply("clear_site_data");
    await popup.waitFor(({ verdict }) => verdict === "resolved", "resolved, in the popup", LIMIT);
    await popup.tab.close();
    await resolves("clear_site_data", "cookies_too_large");
  });

  /** @param {import("./seeds.mjs").Clearing} remedy @param {string} cause */
  async function resolves(remedy, cause) {
    const { report, history, receipts } = await judged("resolved");
    const { text } = await View.overlay(tab).waitFor(
      ({ verdict }) => verdict === "resolved",
      "the overlay with the verdict",
    );
    const badge = await stage.badge(tab);
    const left = await cookies();
    await tab.close();

    assert.deepEqual(report.judgement, { verdict: "resolved", remedy, cause });
    assert.equal(report.diagnosis, undefined);
    assert.deepEqual(
      history.map(({ remedy, cause, outcome, verdict }) => ({ remedy, cause, outcome, verdict })),
      [{ remedy, cause, outcome: "done", verdict: "resolved" }],
    );
    assert.deepEqual(left, remaining(remedy));
    assert.equal(receipts[remedy].cookies.gone, OPENAI_SEEDS.length - left.length);
    assert.ok(text.includes(stage.words("verdict_resolved")), text);
    const title = stage.words(`remedy_${remedy}_title`);
    assert.ok(text.includes(stage.words("verdict_resolved_detail", title)), text);
    assert.equal(badge.title, stage.words("badge_title_resolved"));
  }
});

const [endless] = readRecordings().filter(({ cause }) => cause === "challenge_loop");

// Nothing is cleared while a check runs; when it comes again and again, its own cookies may be the reason.
test("a check without end: clear_check_cookies, from the popup", { skip: !endless }, async () => {
  const remedy = "clear_check_cookies";
  const { found } = await stage.answer(await stage.show(endless, { tab }), {
    cause: endless.cause,
  });
  const tools = found.report.tools.map((tool) => tool.remedy);
  assert.deepEqual(tools, ["run_checks"]);
  const popup = await View.popup(stage.driver, tab);
  await popup.apply(remedy);
  const { history } = await stage.waitForCase(
    tab,
    (one) => one.at > (one.history[0]?.at ?? Infinity),
    "an attempt, and the load after it",
    { limit: LIMIT },
  );
  const left = await cookies();
  await popup.tab.close();
  assert.deepEqual([history[0].remedy, history[0].outcome], [remedy, "done"]);
  assert.deepEqual(left, remaining(remedy));
  assert.equal(await tab.evaluate(() => document.querySelectorAll("access-medic").length), 0);
  await tab.close();
});

describe("a page that stays broken", () => {
  test("clear_login_cookies, from the overlay: the plan moves on", async () => {
    const recording = stage.recording("login_expired/invalid-state");
    await persists(recording, "clear_login_cookies", View.overlay(tab));
  });

  test("clear_site_data, from the overlay: the plan moves on", async () => {
    const recording = stage.recording("cookies_too_large/nginx-400");
    await persists(recording, "clear_site_data", View.overlay(tab));
  });

  /**
   * @param {import("./recordings.mjs").Recording} recording
   * @param {import("./seeds.mjs").Clearing} remedy
   * @param {View} view
   */
  async function persists(recording, remedy, view) {
    const { found } = await stage.answer(await stage.show(recording, { tab, stays: true }));
    assert.equal(found.report.plan.find(({ state }) => state === "next")?.remedy, remedy);
    await view.apply(remedy);

    const { report, history } = await judged("persists");
    const drawn = await view.waitFor(({ verdict }) => verdict === "persists", "persists, drawn");
    const left = await cookies();
    await tab.close();

    assert.equal(report.diagnosis?.cause, recording.cause);
    assert.deepEqual(report.judgement, { verdict: "persists", remedy, cause: recording.cause });
    assert.equal(history[0].verdict, "persists");
    assert.equal(report.plan.find((step) => step.remedy === remedy)?.state, "tried");
    const next = report.plan.filter(({ state }) => state === "next");
    assert.equal(next.length, 1);
    assert.notEqual(next[0].remedy, remedy);
    assert.equal(drawn.next, next[0].remedy);
    assert.equal(drawn.title, stage.words(`cause_${recording.cause}_title`));
    assert.ok(drawn.text.includes(stage.words("verdict_persists")), drawn.text);
    assert.deepEqual(left, remaining(remedy));
  }
});

test("no uncaught error in the extension's own code", async () => {
  await tab.close();
  assert.deepEqual(await stage.errors(), []);
});
