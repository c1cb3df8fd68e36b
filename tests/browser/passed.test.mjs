// Pages of others that a sign-in passes: not looked at until a person opens the popup there, then once,
// and nothing is drawn. Other sites are not looked at even then.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pause } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY } from "./views.mjs";

const SETTLED = 800;

/** @type {Stage} */
let stage;
/** @type {import("./launch.mjs").Tab} */
let tab;

before(async () => {
  stage = await Stage.open();
  for (const host of ["accounts.google.com", "example.com"]) {
    stage.player.answer(`https://${host}/v3/signin/rejected`, {
      status: 400,
      headers: [["content-type", "text/html"]],
      body: "<title>Sign in</title><p>This browser or app may not be secure</p>",
    });
  }
  await stage.driver.inExtension(() => {
    const scope = /** @type {any} */ (globalThis);
    scope.heard = [];
    chrome.runtime.onMessage.addListener((message, sender) => {
      if (message.kind === "evidence") scope.heard.push(sender.url);
    });
  });
});

after(async () => {
  await stage.close();
});

const heard = () =>
  stage.driver.inExtension(
    () => /** @type {string[]} */ (/** @type {any} */ (globalThis).heard.splice(0)),
  );

/** What the background answers to a message of the page's content script. @param {string} kind */
const unasked = (kind) =>
  stage.driver.inExtension(
    async (tabId, what) => {
      const [{ result }] = await chrome.scripting.executeScript({
        target: { tabId },
        func: async (/** @type {string} */ kind) => {
          const evidence = { url: location.href, at: Date.now(), alerts: [], requests: [] };
          const page = { content_type: "text/html", app: false, elements: 9, title: "", text: "x" };
          const message = { kind, remedy: "reload", evidence: { ...evidence, page } };
          return (await chrome.runtime.sendMessage(message).catch(() => undefined)) ?? "nothing";
        },
        args: [what],
      });
      return result;
    },
    tab.id,
    kind,
  );

/** @param {string} url */
async function open(url) {
  tab = await stage.driver.newTab();
  await tab.goto(url);
  await pause(SETTLED);
  assert.deepEqual(await heard(), []);
}

test("looked at when the popup is opened, once, and again when it is opened again", async () => {
  const url = "https://accounts.google.com/v3/signin/rejected";
  await open(`${url}?continue=secret`);
  for (let time = 1; time <= 2; time++) {
    await stage.driver.clickButton(tab);
    await pause(SETTLED);
    assert.equal((await heard()).length, 1);
    await tab.evaluate(() => {
      document.title = "Another";
      document.body.append(document.createElement("p"));
    });
    await pause(SETTLED);
    assert.deepEqual(await heard(), []);
  }
  assert.equal((await stage.loads(tab)).length, 2);
  for (const kind of ["evidence", "ask", "apply", "close"]) {
    assert.equal(await unasked(kind), "nothing", kind);
  }
  await pause(SETTLED);
  await heard();
  assert.equal((await stage.loads(tab)).length, 2);
  const drawn = await tab.evaluate((name) => document.querySelectorAll(name).length, OVERLAY);
  await tab.close();
  assert.equal(drawn, 0);
});

test("other sites are left alone", async () => {
  await open("https://example.com/v3/signin/rejected");
  await stage.driver.clickButton(tab);
  await pause(SETTLED);
  assert.deepEqual(await heard(), []);
  assert.equal((await stage.loads(tab)).length, 0);
  await tab.close();
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
