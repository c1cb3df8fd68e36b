// These tests open pages of others that a sign-in passes: they are not looked at until a person opens the popup there,
// then once, and nothing is drawn. Other sites are not looked at even then.

import assert from "node:assert/strict";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { RUN } from "./launch.mjs";
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
  stage.player.answer("https://accounts.google.com/v3/signin/rejected", {
    status: 400,
    headers: [["content-type", "text/html"]],
    body: "<title>Sign in</title><p>This browser or app may not be secure</p>",
  });
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

/** Returns what the background answers to a message of the page's content script. @param {string} kind */
const unasked = (kind) =>
  stage.driver.inExtension(
    async (tabId, what) => {
      const [{ result }] = await chrome.scripting.executeScript({
        target: { tabId },
        func: async (/** @type {string} */ kind) => {
          const evidence = { url: location.href, alerts: [], requests: [] };
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

/** These pages lie beside those of a sign-in. */
const BESIDE = [
  "https://example.com/v3/signin/rejected",
  // Somebody may develop a program of their own here.
  "http://localhost:3000/admin",
  "http://localhost:3000/auth/callback?error=access_denied",
  "https://localhost:1455/admin",
  // These are a person's account at Google, and the mail behind it.
  "https://accounts.google.com/b/0/ManageAccount",
  "https://accounts.google.com/",
  "https://appleid.apple.com/account/manage",
];

/** Browsers rewrite these before they load a page; code that reads addresses must know them all the same. */
const REWRITTEN = [
  "https://accounts.google.com:x@evil.example/o/oauth2/auth",
  "http://accounts.google.com/o/oauth2/auth",
  "https://accounts.google.com:8443/o/oauth2/auth",
  "about:blank",
  "",
];

for (const url of BESIDE) {
  test(`left alone: ${url}`, async () => {
    stage.player.answer(url, {
      status: 500,
      headers: [["content-type", "text/html"]],
      body: "<title>Mine alone</title><p>This browser or app may not be secure</p>",
    });
    await open(url);
    assert.equal(await tab.evaluate(() => document.title), "Mine alone");
    await stage.driver.clickButton(tab);
    await pause(SETTLED);
    assert.deepEqual(await heard(), []);
    assert.deepEqual(await stage.loads(tab), []);
    assert.equal(await stage.case(tab), undefined);
    await tab.close();
  });
}

test("the pages that a sign-in passes, and those beside them, by their addresses", async () => {
  const { passedHost } = await import(
    pathToFileURL(join(RUN.extension, "background/sites.js")).href
  );
  for (const url of [...BESIDE, ...REWRITTEN]) assert.equal(passedHost(url), undefined, url);
  assert.equal(passedHost(undefined), undefined);
  for (const [url, host] of [
    ["https://accounts.google.com/o/oauth2/v2/auth?client_id=x", "accounts.google.com"],
    ["https://accounts.google.com/v3/signin/rejected", "accounts.google.com"],
    ["https://appleid.apple.com/auth/authorize?client_id=x", "appleid.apple.com"],
    ["https://login.microsoftonline.com/common/oauth2/v2.0/authorize", "login.microsoftonline.com"],
    ["https://login.live.com/oauth20_authorize.srf", "login.live.com"],
    ["http://localhost:1455/auth/callback?code=x", "localhost"],
    ["http://127.0.0.1:1457/auth/callback", "127.0.0.1"],
  ]) {
    assert.equal(passedHost(url), host, url);
  }
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
