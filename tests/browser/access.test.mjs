// What axe-core says of every view in every state: no violation of WCAG 2.2 AA or of its best practice, in
// both themes and at 320 pixels. The overlay's root is closed to axe, so its drawing is copied, with its
// styles, into a page of its own.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { after, afterEach, before, describe, test } from "node:test";
import { play } from "./network.mjs";
import { pause } from "./patience.mjs";
import { OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY, View } from "./views.mjs";

const LIMIT = 12_000;

/** Defines `axe` where it runs, whatever the page's policy says. */
const define = new Function(
  readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8"),
);

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

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

/** @param {import("./launch.mjs").Tab} tab @param {string} what */
async function clean(tab, what) {
  await tab.toFront();
  for (const scheme of /** @type {const} */ (["light", "dark"])) {
    await tab.colours(scheme);
    // Until what fades in is there.
    await pause(300);
    await tab.evaluate(/** @type {any} */ (define));
    const found = await tab.evaluate(async (rules) => {
      const { axe } = /** @type {any} */ (globalThis);
      const { violations } = await axe.run(document, { runOnly: rules });
      return violations.map((/** @type {any} */ { id, nodes }) => [
        id,
        ...nodes.map((/** @type {any} */ node) => `${node.html} ${node.failureSummary}`),
      ]);
    }, RULES);
    assert.deepEqual(found, [], `${what}, ${scheme}`);
  }
}

/** Everything unfolded. @param {View} view */
const unfold = (view) =>
  view.tab.evaluate(() => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });

/** @param {string} page */
async function open(page) {
  const tab = await stage.driver.newTab();
  await sow(stage.player, tab, OPENAI_SEEDS);
  showing = await stage.show(stage.recording(page), { tab });
  await stage.answer(showing);
  return tab;
}

/** @param {import("./launch.mjs").Tab} tab @param {number} [width] */
async function openPopup(tab, width = 400) {
  popup = await View.popup(stage.driver, tab, popup?.tab);
  await popup.tab.resize(width, 700);
  await popup.waitFor(({ text }) => text !== "", "the popup");
  return popup;
}

/** The overlay as it is drawn, in a page where it can be looked into. @param {import("./launch.mjs").Tab} tab */
async function copied(tab) {
  const drawing = await tab.inRoot(OVERLAY, (root) => ({
    markup: /** @type {ShadowRoot} */ (root).innerHTML,
    style: [.../** @type {ShadowRoot} */ (root).adoptedStyleSheets]
      .flatMap(({ cssRules }) => [...cssRules])
      .map(({ cssText }) => cssText)
      .join("\n"),
  }));
  assert.ok(drawing?.markup.includes("<button"), drawing?.markup);
  const body = `<!doctype html><html lang="en"><title>Overlay</title><main><h1>Page</h1></main><aside aria-label="Copy"><div id="host"></div></aside>`;
  const page = stage.player.seed("example.com", [], { path: "/overlay", body });
  const copy = await stage.driver.newTab();
  await copy.goto(page);
  await copy.evaluate(
    (/** @type {{markup: string, style: string}} */ { markup, style }) => {
      const host = /** @type {HTMLElement} */ (document.querySelector("#host"));
      const root = host.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(style);
      root.adoptedStyleSheets = [sheet];
      root.innerHTML = markup;
    },
    /** @type {any} */ (drawing),
  );
  return copy;
}

describe("the overlay", () => {
  for (const page of [
    "login_expired/invalid-state",
    "edge_refused/unable-to-load-site-ipv4",
    "connection_lost/message-error-2026-03",
  ]) {
    test(page, async (context) => {
      if (!stage.recordings.some(({ name }) => name === page)) return context.skip("no such page");
      const copy = await copied(await open(page));
      await clean(copy, page);
      await copy.close();
    });
  }

  test("with all folds open, and the countdown", async () => {
    const tab = await open("server_error/cloudflare-502-bad-gateway");
    await View.overlay(tab).apply("wait");
    await View.overlay(tab).waitFor(({ text }) => /\d\d:\d\d/.test(text), "the clock");
    await tab.inRoot(OVERLAY, (root) => {
      for (const one of root.querySelectorAll("details")) one.open = true;
    });
    const copy = await copied(tab);
    await clean(copy, "countdown");
    await copy.close();
  });
});

describe("the popup", () => {
  for (const width of [320, 400, 800]) {
    test(`a fault with everything unfolded, ${width} wide`, async () => {
      play(stage.player, {});
      const tab = await open("edge_refused/unable-to-load-site-ipv4");
      const view = await openPopup(tab, width);
      await view.apply("run_checks");
      await view.waitFor(
        ({ text }) => text.includes(stage.words("check_route")),
        "findings",
        LIMIT,
      );
      await view.press(stage.words("popup_tick", stage.words("remedy_leave_vpn_title")));
      await unfold(view);
      await clean(view.tab, "fault");
      // Nothing sticks out at the side.
      const wider = await view.tab.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      assert.equal(wider, 0);
    });
  }

  test("a verdict and a receipt", async () => {
    const tab = await open("login_expired/invalid-state");
    await View.overlay(tab).apply("clear_login_cookies");
    await stage.waitForCase(tab, ({ report }) => report.judgement !== undefined, "a verdict", {
      limit: LIMIT,
    });
    const view = await openPopup(tab);
    await unfold(view);
    await clean(view.tab, "receipt");
  });

  test("all well, and elsewhere", async () => {
    const tab = await stage.driver.newTab();
    for (const page of ["https://chatgpt.com/", "https://example.com/"]) {
      await tab.goto(page);
      const view = await openPopup(tab);
      await unfold(view);
      await clean(view.tab, page);
    }
    await tab.close();
  });

  for (const place of ["guides", "account_closed", "habits", "countries", "settings"]) {
    test(place, async () => {
      const tab = await stage.driver.newTab();
      await tab.resize(400, 700);
      const address = stage.driver.extensionUrl(`views/popup.html?view=${place}`);
      await tab.goto(address);
      await pause(500);
      await clean(tab, place);
      await tab.close();
    });
  }
});

test("the welcome", async () => {
  const tab = await stage.driver.newTab();
  await tab.goto(stage.driver.extensionUrl("views/welcome.html"));
  await clean(tab, "welcome");
  await tab.close();
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
