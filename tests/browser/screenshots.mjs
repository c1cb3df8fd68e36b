// This module makes the pictures for the stores, in three languages, in store/pictures: screenshots of 1280 x 800 and tiles
// of 440 x 280. Each shows the real extension in the real browser; composition.mjs lays it out. A release copies the
// pictures from there, so that somebody has looked at what is shown in the stores.

import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PNG } from "pngjs";
import { SCREENSHOT, screenshot, TILE, tile } from "./composition.mjs";
import { play } from "./network.mjs";
import { until } from "./patience.mjs";
import { LANGUAGES, measureAlike, openStage } from "./record.mjs";
import { OPENAI_SEEDS, sow } from "./seeds.mjs";
import { View } from "./views.mjs";

const STORE = fileURLToPath(new URL("../../store", import.meta.url));
const OUT = join(STORE, "pictures");
/** @type {Record<string, Record<string, import("./composition.mjs").Caption>>} */
const CAPTIONS = JSON.parse(readFileSync(join(STORE, "captions.json"), "utf8"));

/** The stores show a picture at half its size, so the product is drawn larger than on a screen. */
const SCALE = 1.16;
/** The page in the drawn window: as much of it as the picture has room for. */
const PAGE = { width: 662, height: 610 };
/** The width that browsers give our popup, and the height for which the picture has room. */
const POPUP = { width: 380, height: 586 };
/** An address that is none of OpenAI's. */
const ELSEWHERE = "https://example.com/";

/**
 * @typedef {import("./launch.mjs").Tab} Tab
 * @typedef {object} Scene
 * @property {string=} page recorded; absent: a page of others
 * @property {string} address
 * @property {import("./composition.mjs").Theme} theme
 * @property {(view: View) => Promise<unknown>=} popup absent: the overlay is shown instead
 * @property {string=} from what the popup is scrolled to; absent: its beginning
 * @property {boolean=} heals whether the page is well after the right cookies are cleared
 */

const BLOCKED = "blocked_by_rule/error-code-1020-2026";
const LOGIN = "login_expired/invalid-state";
const REFUSED = "edge_refused/unable-to-load-site-ipv4";

/** @type {Record<string, Scene>} */
const SCENES = {
  explain: { page: BLOCKED, address: "chatgpt.com", theme: "light" },
  clear: {
    page: LOGIN,
    address: "auth.openai.com",
    theme: "light",
    heals: true,
    popup: async (view) => {
      await view.apply("clear_login_cookies");
      await view.waitFor(({ verdict }) => verdict !== undefined, "the verdict", 8000);
      await view.click('[data-key="tools"]');
    },
  },
  check: {
    page: REFUSED,
    address: "chatgpt.com",
    theme: "dark",
    popup: async (view) => {
      await view.apply("run_checks");
      await until(
        () => view.tab.evaluate(() => document.querySelector(".findings") ?? undefined),
        "findings",
        12_000,
      );
      await view.tab.evaluate(measureAlike);
      await view.tab.evaluate(steady);
    },
    from: '[data-key="checks"]',
  },
  elsewhere: {
    address: "example.com",
    theme: "light",
    popup: async (view) => {
      // A click would leave the pointer there, and one of the buttons would look as if it were touched.
      await view.tab.evaluate(() =>
        /** @type {HTMLElement | null} */ (document.querySelector("#told"))?.focus(),
      );
      await view.tab.type("ERROR: stream disconnected before completion");
      // A caret blinks.
      await view.tab.evaluate(() => /** @type {HTMLElement} */ (document.activeElement).blur());
    },
    from: "details:has(#told)",
  },
};

mkdirSync(OUT, { recursive: true });
const stage = await openStage();
for (const language of LANGUAGES) {
  for (const [at, [name, scene]] of Object.entries(SCENES).entries()) {
    const { theme, address } = scene;
    const pieces = await piecesOf(scene, language);
    const markup = screenshot({
      language,
      theme,
      caption: CAPTIONS[language][name],
      address,
      ...pieces,
    });
    await draw(markup, SCREENSHOT, `${language}-${at + 1}-${name}.png`);
  }
  await draw(tile(language, CAPTIONS[language].tile), TILE, `${language}-tile.png`);
}
await stage.close();

/** Shows a scene in the browser, and returns what it looks like. @param {Scene} scene @param {string} language */
async function piecesOf({ page, theme, popup, from = "html", heals = false }, language) {
  play(stage.player, {});
  await stage.driver.inExtension(
    async (chosen) => {
      await chrome.storage.local.clear();
      await chrome.storage.local.set(chosen);
    },
    { language, theme, overlay: popup ? "never" : "all" },
  );
  const tab = await stage.driver.newTab();
  await tab.resize(PAGE.width, PAGE.height, SCALE);
  await tab.prefer({ scheme: theme, still: true });
  await sow(stage.player, tab, OPENAI_SEEDS);
  if (page === undefined) {
    await tab.goto(ELSEWHERE);
  } else {
    await stage.show(stage.recording(page), { tab, stays: !heals });
    await stage.waitForCase(tab, ({ report }) => report.diagnosis !== undefined, "a diagnosis");
  }
  if (popup === undefined) {
    await View.overlay(tab).waitFor(({ text }) => text !== "", "the overlay");
    const pieces = { page: await pieceOf(tab, PAGE) };
    await tab.close();
    return pieces;
  }
  const view = await View.popup(stage.driver, tab);
  await view.tab.prefer({ scheme: theme, still: true });
  await view.waitFor(({ text }) => text !== "", "the popup");
  await popup(view);
  await view.tab.resize(POPUP.width, POPUP.height, SCALE);
  const height = await view.tab.evaluate(heightOf, from, POPUP.height);
  await view.tab.resize(POPUP.width, height, SCALE);
  await view.tab.evaluate((to) => document.querySelector(to)?.scrollIntoView(), from);
  const pieces = { popup: await pieceOf(view.tab, { width: POPUP.width, height }) };
  await view.tab.close();
  await tab.close();
  return pieces;
}

/**
 * Returns the largest height at which the edges of a popup, scrolled to an element, cut through nothing.
 * @param {string} from @param {number} most
 */
function heightOf(from, most) {
  const start = document.querySelector(from)?.getBoundingClientRect().top ?? 0;
  const parts = [...document.querySelectorAll("main *:not(input, path)")].filter(
    (one) => one.childElementCount === 0 && one.checkVisibility(),
  );
  const boxes = parts.map((one) => one.getBoundingClientRect()).filter(({ height }) => height > 0);
  const end = document.documentElement.getBoundingClientRect().bottom - start;
  let height = Math.floor(Math.min(most, end));
  if (height < end) {
    while (boxes.some((box) => box.top - start < height && box.bottom - start > height - 8))
      height--;
  }
  return height;
}

/** Puts the spread of the lengths of time that `measureAlike` has put in place of the measured ones. */
async function steady() {
  const cases = await chrome.storage.session.get();
  for (const [key, found] of Object.entries(/** @type {Record<string, any>} */ (cases))) {
    for (const { times, values } of found.checks?.findings ?? []) {
      const lengths = values.filter((/** @type {any} */ { kind }) => kind === "milliseconds");
      if (times && lengths.length > 1) lengths[1].value = 15;
    }
    if (found.checks) await chrome.storage.session.set({ [key]: found });
  }
}

/** @param {Tab} tab @param {{width: number, height: number}} size @returns {Promise<import("./composition.mjs").Piece>} */
async function pieceOf(tab, { width, height }) {
  await tab.toFront();
  await settle(tab);
  const png = await tab.picture();
  return { png, width: width * SCALE, height: height * SCALE };
}

/** Waits for the fonts, and until two pictures in a row are the same. @param {Tab} tab */
async function settle(tab) {
  await tab.evaluate(async () => void (await document.fonts.ready));
  /** @type {Buffer | undefined} */
  let before;
  await until(
    async () => {
      const last = before;
      before = await tab.picture();
      return last?.equals(before) || undefined;
    },
    "a picture that stays",
    5000,
  );
}

/** Draws a composition into a file. @param {string} markup @param {{width: number, height: number}} size @param {string} file */
async function draw(markup, { width, height }, file) {
  const tab = await stage.driver.newTab();
  await tab.resize(width, height);
  await tab.goto("about:blank");
  await tab.evaluate((text) => {
    document.open();
    document.write(text);
    document.close();
  }, markup);
  await tab.toFront();
  await settle(tab);
  writeFileSync(join(OUT, file), packed(PNG.sync.read(await tab.picture())));
  await tab.close();
}

/** Packs a picture without transparency, as the stores want it, by the filter that makes it smallest. @param {PNG} picture */
function packed(picture) {
  const filters = [0, 1, 2, 3, 4, -1];
  const files = filters.map((filterType) =>
    PNG.sync.write(picture, { colorType: 2, filterType, deflateLevel: 9, deflateStrategy: 0 }),
  );
  return files.reduce((best, file) => (file.length < best.length ? file : best));
}
