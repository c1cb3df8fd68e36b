// These tests check the first thing that many people see: a page of ChatGPT fails, they install the extension because of
// that, and click its button. The extension must name the fault, in pages that were open before it and after each update.
// If it could not look, it says so and never that all is well.

import assert from "node:assert/strict";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, afterEach, before, describe, test } from "node:test";
import { RUN } from "./launch.mjs";
import { until } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY, View } from "./views.mjs";

const LIMIT = 10_000;
const FAILING = "blocked_by_rule/sorry-you-have-been-blocked";
const CAUSE = "blocked_by_rule";
const HEALTHY = "healthy/app-first-response";
/** This is a sentence of the app's, and the cause that it tells. */
const TOAST = "Something went wrong. Please try again later.";
const TOLD = "app_error";

/** @type {Stage} */
let stage;
/** This folder holds copies of the packaged extension. @type {string} */
let copies;

before(() => {
  copies = mkdtempSync(join(tmpdir(), "access-medic-copies-"));
});

after(() => rmSync(copies, { recursive: true, force: true }));

afterEach(async () => {
  const errors = await stage.errors();
  await stage.close();
  assert.deepEqual(errors, []);
});

/** Copies the packaged extension into a folder of its own. @param {string} name @returns {string} */
function copy(name) {
  const folder = join(copies, name);
  cpSync(RUN.extension, folder, { recursive: true });
  return folder;
}

/** Opens a browser without the extension, and pages in it. @param {string[]} names of recordings */
async function openBefore(...names) {
  stage = await Stage.open({ extension: undefined });
  const tabs = [];
  for (const name of names) {
    const recording = stage.recording(name);
    const tab = await stage.driver.newTab();
    stage.player.air(recording, { stays: true });
    await tab.goto(recording.url);
    tabs.push(tab);
  }
  return tabs;
}

/** Gives tabs from before the extension the numbers by which it knows them. @param {import("./launch.mjs").Tab[]} tabs */
async function number(tabs) {
  for (const tab of tabs) {
    const url = await tab.evaluate(() => location.href);
    tab.id = await stage.driver.inExtension(
      async (address) => (await chrome.tabs.query({})).find((one) => one.url === address)?.id ?? -1,
      url,
    );
  }
}

/** @param {import("./launch.mjs").Tab} tab @param {string} cause */
async function assertNamed(tab, cause) {
  const words = stage.words(`cause_${cause}_title`);
  const popup = await View.popup(stage.driver, tab);
  const drawn = await popup.waitFor((one) => one.cause !== undefined, "a diagnosis", LIMIT);
  assert.equal(drawn.title, words);
  assert.ok(!drawn.text.includes(stage.words("popup_healthy_title")));
  await popup.tab.close();
}

/** @param {import("./launch.mjs").Tab} tab */
const overlays = (tab) => tab.evaluate((name) => document.querySelectorAll(name).length, OVERLAY);

describe("a page that failed before the extension was there", () => {
  test("is named at the button, on the page and on the welcome page", async () => {
    const [tab] = await openBefore(FAILING);
    await stage.driver.install(RUN.extension);
    await number([tab]);
    await stage.driver.clickButton(tab);
    await assertNamed(tab, CAUSE);
    await View.overlay(tab).waitFor(({ cause }) => cause === CAUSE, "the overlay", LIMIT);
    assert.equal(await overlays(tab), 1);

    const welcome = new View(await stage.driver.newTab());
    await welcome.tab.goto(stage.driver.extensionUrl("views/welcome.html"));
    const hello = await welcome.waitFor(({ cause }) => cause === CAUSE, "the failing tab", LIMIT);
    const first = hello.text.indexOf(stage.words(`cause_${CAUSE}_title`));
    assert.ok(first >= 0 && first < hello.text.indexOf(stage.words("welcome_says")));
    await welcome.click("button", stage.words("hello_go"));
    await until(
      async () => (await tab.evaluate(() => !document.hidden)) || undefined,
      "the failing tab in front",
      LIMIT,
    );
  });

  test("is named when it is the browser's own error page, once it loads again", async () => {
    stage = await Stage.open({ extension: undefined });
    const recording = stage.recording("connection_reset/reset");
    const tab = await stage.driver.newTab();
    stage.player.air(recording, { stays: true });
    await tab.goto(recording.url);
    await stage.driver.install(RUN.extension);
    tab.id = await stage.driver.inExtension(
      async (address) => (await chrome.tabs.query({})).find((one) => one.url === address)?.id ?? -1,
      recording.url,
    );
    const popup = await View.popup(stage.driver, tab);
    const drawn = await popup.waitFor(({ text }) => text.length > 100, "the popup", LIMIT);
    assert.ok(!drawn.text.includes(stage.words("popup_healthy_title")), drawn.text);
    assert.ok(drawn.text.includes(stage.words("unseen_closed")), drawn.text);
    await popup.click("button", stage.words("look_reload"));
    await popup.waitFor(({ cause }) => cause === recording.cause, "a diagnosis", LIMIT);
  });

  test("is all well only after it was looked at", async () => {
    const [tab] = await openBefore(HEALTHY);
    await stage.driver.install(RUN.extension);
    await number([tab]);
    const popup = await View.popup(stage.driver, tab);
    const healthy = stage.words("popup_healthy_title");
    await popup.waitFor(({ text }) => text.includes(healthy), "all well", LIMIT);
    const loads = await stage.loads(tab);
    assert.equal(loads.length, 1, "the page was examined");
  });
});

describe("after an update", () => {
  test("the failing page is named, once", async () => {
    const [tab] = await openBefore(FAILING);
    const folder = copy("update");
    await stage.driver.install(folder);
    await number([tab]);
    await View.overlay(tab).waitFor(({ cause }) => cause === CAUSE, "the overlay", LIMIT);
    const path = join(folder, "manifest.json");
    const manifest = JSON.parse(readFileSync(path, "utf8"));
    writeFileSync(path, JSON.stringify({ ...manifest, version: "0.1.0.1" }));
    await stage.driver.install(folder);
    await number([tab]);
    await assertNamed(tab, CAUSE);
    await tab.toFront();
    await View.overlay(tab).waitFor(({ cause }) => cause === CAUSE, "the overlay", LIMIT);
    const news = () => stage.driver.inExtension(() => chrome.storage.local.get("news"));
    assert.equal((await news()).news, true, "the popup has to tell what is new");
  });
});

describe("a core that cannot be loaded", () => {
  for (const name of [FAILING, HEALTHY]) {
    test(`is never called well: ${name}`, async () => {
      const folder = copy(`no-core-${name.replace("/", "-")}`);
      writeFileSync(join(folder, "core/access_medic_bg.wasm"), "no WebAssembly");
      stage = await Stage.open({ extension: folder });
      const recording = stage.recording(name);
      const tab = await stage.driver.newTab();
      stage.player.air(recording, { stays: true });
      await tab.goto(recording.url);
      await stage.driver.clickButton(tab);
      const popup = await View.popup(stage.driver, tab);
      const drawn = await popup.waitFor(({ text }) => text.length > 100, "the popup", LIMIT);
      assert.ok(!drawn.text.includes(stage.words("popup_healthy_title")), drawn.text);
      assert.ok(drawn.text.includes(stage.words("unseen_core")), drawn.text);
      assert.ok(drawn.text.includes(stage.words("look_now")), drawn.text);
      const { title, text } = await stage.badge(tab);
      assert.equal(title, stage.words("badge_title_unseen"));
      assert.equal(text, "");
    });
  }
});

test("a page that was known to fail is not called well when the core is lost", async () => {
  const folder = copy("core-lost");
  stage = await Stage.open({ extension: folder });
  const showing = await stage.show(stage.recording(FAILING), { stays: true });
  await stage.answer(showing);
  writeFileSync(join(folder, "core/access_medic_bg.wasm"), "no WebAssembly");
  await stage.driver.killBackground();
  const popup = await View.popup(stage.driver, showing.tab);
  const drawn = await popup.waitFor(({ text }) => text.length > 100, "the popup", LIMIT);
  assert.ok(!drawn.text.includes(stage.words("popup_healthy_title")), drawn.text);
  assert.equal(drawn.cause, CAUSE, drawn.text);
});

describe("what was lost on the way", () => {
  test("a report that is forgotten is asked for again", async () => {
    stage = await Stage.open();
    const showing = await stage.show(stage.recording(FAILING));
    await stage.answer(showing);
    await stage.driver.inExtension(() => chrome.storage.session.clear());
    await assertNamed(showing.tab, CAUSE);
  });

  test("an observer that is gone is put there again", async () => {
    stage = await Stage.open();
    const showing = await stage.show(stage.recording(FAILING));
    await stage.answer(showing);
    await stage.driver.inExtension(async (tabId) => {
      await chrome.scripting.executeScript({
        target: { tabId },
        func: () => /** @type {any} */ (globalThis).accessMedicObserves.stop(),
      });
      await chrome.storage.session.clear();
    }, showing.tab.id);
    await assertNamed(showing.tab, CAUSE);
  });

  test("one message that nobody hears does not blind the observer", async () => {
    stage = await Stage.open();
    const tab = await stage.driver.newTab();
    const recording = stage.recording(HEALTHY);
    stage.player.air(recording, { stays: true });
    await tab.goto(recording.url);
    await until(
      async () => ((await stage.loads(tab)).length > 0 ? true : undefined),
      "the page in the journal",
      LIMIT,
    );
    const failed = await stage.driver.inExtension(
      async (tabId, sentence) => {
        const [{ result }] = await chrome.scripting.executeScript({
          target: { tabId },
          func: async (/** @type {string} */ words) => {
            const { runtime } = chrome;
            const { sendMessage } = runtime;
            /** @type {any} */ (runtime).sendMessage = () => Promise.reject(new Error("nobody"));
            const toast = document.createElement("div");
            toast.className = "toast-root";
            toast.setAttribute("role", "alert");
            toast.dataset.testid = "toast-error";
            toast.textContent = words;
            document.body.append(toast);
            await new Promise((resolve) => setTimeout(resolve, 400));
            const swapped = runtime.sendMessage !== sendMessage;
            runtime.sendMessage = sendMessage;
            return swapped;
          },
          args: [sentence],
        });
        return result;
      },
      tab.id,
      TOAST,
    );
    assert.ok(failed, "the message went nowhere");
    await View.overlay(tab).waitFor(({ cause }) => cause === TOLD, "a chip", LIMIT);
  });
});

describe("a page whose elements are named like properties", () => {
  const NAMES = [
    "title body documentElement querySelector querySelectorAll getElementsByTagName contentType",
    "createTreeWalker children prerendering addEventListener accessMedicObserves",
    "classList id localName getAttribute getAttributeNames parentElement closest matches textContent",
    "contains compareDocumentPosition",
  ]
    .join(" ")
    .split(" ");

  test("is named all the same", async () => {
    stage = await Stage.open();
    const recording = stage.recording(FAILING);
    const clobber = [
      ...NAMES.map((name) => `<img name="${name}" alt=""><img id="${name}" alt="">`),
      `<form>${NAMES.map((name) => `<input name="${name}">`).join("")}</form>`,
    ].join("");
    const body = String(recording.response?.body).replace(/<body[^>]*>/, (tag) => tag + clobber);
    assert.ok(body.includes(clobber));
    stage.player.answer(recording.url, {
      status: recording.response?.status ?? 403,
      headers: [["content-type", "text/html; charset=utf-8"]],
      body,
    });
    const tab = await stage.driver.newTab();
    await tab.goto(recording.url);
    await assertNamed(tab, CAUSE);
    const reasons = (await stage.case(tab))?.report.diagnosis?.reasons ?? [];
    assert.ok(reasons.length > 0);
  });
});
