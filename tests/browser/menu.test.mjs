// These tests check what people expect of an extension's button and of its help beside the plan: a menu, a keyboard shortcut, one click
// that clears the site, codes that can be copied, and one line on what an update brought.

import assert from "node:assert/strict";
import { after, afterEach, before, beforeEach, test } from "node:test";
import { until } from "./patience.mjs";
import { keyOf, OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const LIMIT = 10_000;
/** The plan of this page has no clearing, and the page tells a Ray ID. */
const DOWN = "server_error/cloudflare-502-bad-gateway";

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

afterEach(async () => {
  await tab.close();
});

/** @param {string} page */
async function show(page) {
  const showing = await stage.show(stage.recording(page), { tab });
  await stage.answer(showing);
  return View.overlay(tab);
}

const jar = async () => (await stage.driver.cookies()).map(keyOf).sort();

/** @param {string} remedy */
const receiptOf = async (remedy) =>
  (
    await stage.waitForCase(
      tab,
      (found) => found.receipts[remedy] !== undefined && found.busy === undefined,
      `a receipt of ${remedy}`,
      { limit: LIMIT },
    )
  ).receipts[remedy];

test("one click on the card clears the site, and can be undone there", async () => {
  const overlay = await show(DOWN);
  const { case: found } = await stage.driver.inExtension(
    (id) => chrome.runtime.sendMessage({ kind: "ask", tab: id }),
    tab.id,
  );
  assert.ok(
    !found.report.plan.some((/** @type {any} */ { remedy }) => remedy === "clear_site_data"),
    "the plan itself does not clear",
  );
  const earlier = await jar();
  await overlay.click(".foot button", stage.words("overlay_clear"));
  const { cookies } = await receiptOf("clear_site_data");
  assert.ok(cookies.gone > 0);
  assert.notDeepEqual(await jar(), earlier);
  await overlay.waitFor(
    ({ text }) => text.includes(stage.words("popup_undo")),
    "a way back on the card",
    LIMIT,
  );
  await overlay.click(".foot button", stage.words("popup_undo"));
  await stage.waitForCase(
    tab,
    ({ receipts }) => receipts.clear_site_data?.undone !== undefined,
    "cookies back",
    { limit: LIMIT },
  );
  assert.deepEqual(await jar(), earlier);
});

test("the card has no such button while a human check runs", async () => {
  const overlay = await show("challenge/captcha-titled-attention-required");
  const { report } = await stage.waitForCase(
    tab,
    ({ report: { diagnosis } }) => diagnosis?.cause === "challenge",
    "the human check",
    { limit: LIMIT },
  );
  assert.ok(!report.tools.some(({ remedy }) => remedy.startsWith("clear_")));
  const drawn = await overlay.read();
  assert.ok(!drawn?.text.includes(stage.words("overlay_clear")), drawn?.text);
});

test("a Ray ID can be copied", async () => {
  await show(DOWN);
  const popup = await View.popup(stage.driver, tab);
  await popup.waitFor(({ cause }) => cause !== undefined, "the diagnosis", LIMIT);
  await popup.click("summary[data-key=why]");
  await popup.click("[data-key=copy-ray_id]");
  const label = `${stage.words("popup_copied")}: ${stage.words("fact_ray_id")}`;
  await until(
    () =>
      popup.tab.evaluate(
        (wanted) => document.querySelector(`[aria-label="${wanted}"]`) !== null || undefined,
        label,
      ),
    "the word that it is copied",
    LIMIT,
  );
  await popup.tab.close();
});

for (const remedy of /** @type {const} */ (["clear_check_cookies", "clear_login_cookies"])) {
  test(`the button's menu: ${remedy}`, async () => {
    await show(DOWN);
    const earlier = await jar();
    await stage.driver.chooseInMenu(tab, remedy);
    const { cookies } = await receiptOf(remedy);
    assert.ok(cookies.gone > 0);
    assert.equal((await jar()).length, earlier.length - cookies.gone);
  });
}

test("the button's menu: run_checks", async () => {
  await show(DOWN);
  await stage.driver.chooseInMenu(tab, "run_checks");
  await stage.waitForCase(tab, ({ checks }) => checks !== undefined, "the checks", {
    limit: 30_000,
  });
});

test("an order of the menu is carried out once, and only in its tab", async () => {
  await show(DOWN);
  const orders = () =>
    stage.driver.inExtension(
      (id) => chrome.runtime.sendMessage({ kind: "order", tab: id }),
      tab.id,
    );
  assert.equal((await orders())?.remedy, undefined, "nobody chose anything");
  await stage.driver.chooseInMenu(tab, "clear_check_cookies");
  await receiptOf("clear_check_cookies");
  assert.equal((await orders())?.remedy, undefined, "the order was taken");
});

test("a step of the menu that is refused says why, although the popup has no place for it", async () => {
  await show("challenge/captcha-titled-attention-required");
  // The popup that the menu opens stands in a window of the browser's own, where no test can read. This one takes the order instead.
  await stage.driver.inBackground((scope) => {
    scope.chrome.action.openPopup = () => new Promise(() => {});
  });
  await stage.driver.chooseInMenu(tab, "clear_check_cookies");
  const popup = await stage.driver.newTab();
  await popup.goto(stage.driver.extensionUrl(`views/popup.html?menu=order&tab=${tab.id}`));
  const refused = stage.words("reason_challenge_running");
  // The line that only a screen reader hears does not count.
  await until(
    () =>
      popup.evaluate(
        (words) => document.querySelector("main")?.innerText.includes(words) || undefined,
        refused,
      ),
    "the reason",
    LIMIT,
  );
  await popup.close();
  await stage.driver.killBackground(); // the next one opens popups again
});

test("a shortcut opens the popup", async () => {
  const commands = await stage.driver.inExtension(() => chrome.commands.getAll());
  const [{ name, shortcut }] = commands;
  assert.equal(name, "_execute_action");
  assert.match(`${shortcut}`, /M$/);
});

test("an update says once, in one line, what is new", async () => {
  await show(DOWN);
  await stage.driver.inExtension(() => chrome.storage.local.set({ news: true }));
  const popup = await View.popup(stage.driver, tab);
  const news = stage.words("popup_news");
  await popup.waitFor(({ text }) => text.includes(news), "what is new", LIMIT);
  await popup.click("[data-key=news-read]");
  await popup.waitFor(({ text }) => !text.includes(news), "the line gone", LIMIT);
  await until(
    () =>
      stage.driver.inExtension(async () =>
        (await chrome.storage.local.get("news")).news === false ? true : undefined,
      ),
    "the line read",
    LIMIT,
  );
  await popup.tab.close();
  const again = await View.popup(stage.driver, tab);
  const drawn = await again.waitFor(({ cause }) => cause !== undefined, "the diagnosis", LIMIT);
  assert.ok(!drawn.text.includes(news), drawn.text);
  await again.tab.close();
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
