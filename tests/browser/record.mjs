// This module makes the visual record: every view in every state, light and dark, in English, Chinese and Arabic.
// It is one contact sheet at half the size, with which `record.test.mjs` compares. Beside it there are sheets in
// full size to look at, in target/record. If this module is run by itself, it writes them all.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PNG } from "pngjs";
import { play } from "./network.mjs";
import { until } from "./patience.mjs";
import { OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

export const LANGUAGES = ["en", "zh_CN", "ar"];
export const THEMES = /** @type {const} */ (["light", "dark"]);

const FOLDER = fileURLToPath(new URL("../record", import.meta.url));
export const OUT = fileURLToPath(new URL("../../target/record", import.meta.url));
/** A change is compared with this sheet. */
const SHEET = join(FOLDER, "contact-sheet.png");

const WIDTH = 480;
const HEIGHT = 760;
/** The space around each view of a sheet. */
const GAP = 8;

/**
 * @typedef {import("./launch.mjs").Tab} Tab
 * @typedef {(view: View) => Promise<unknown>} Act
 * @typedef {object} Scene one view, which is then drawn in each language and theme
 * @property {string=} page recorded; or an address that is well; absent: the view belongs to no page
 * @property {"overlay" | "popup" | string} view the last: a page of the extension's
 * @property {Act=} before done once, to the popup
 * @property {Act=} act done each time it is drawn
 * @property {boolean=} barred without the sites' permission
 * @property {boolean=} forgotten as if the extension had not been there when the page was loaded
 */

/** Clicks the controls one after the other, each as soon as it is there. @param {string[]} keys @returns {Act} */
const clicks = (keys) => async (view) => {
  for (const key of keys) await view.click(`[data-key="${key}"]`);
};

const FAULT = "edge_refused/unable-to-load-site-ipv4";
const LOGIN = "login_expired/invalid-state";
const BROKEN = "connection_reset/reset";
const WELL = "https://chatgpt.com/";
const ELSEWHERE = "https://example.com/";

/** @type {Record<string, Scene>} */
export const SCENES = {
  overlay: { page: LOGIN, view: "overlay" },
  unfolded: { page: LOGIN, view: "overlay", act: clicks(["why", "steps"]) },
  chip: { page: "connection_lost/message-error-2026-03", view: "overlay" },
  network: { page: "blocked_by_rule/error-code-1020-2026", view: "overlay" },
  country: { page: "region_unsupported/auth-error-country-en", view: "overlay" },
  fault: { page: FAULT, view: "popup" },
  steps: { page: FAULT, view: "popup", act: clicks(["step-other_network", "why"]) },
  ticked: {
    page: FAULT,
    view: "popup",
    before: async (view) => {
      await view.click('[data-key="skip-run_checks"]');
      await view.waitFor(({ steps }) => steps[0].state === "skipped", "the skip");
      await view.click('[data-key="tick-other_network"]');
      await view.waitFor(({ steps }) => steps[1].state === "done", "the tick");
    },
  },
  checks: {
    page: FAULT,
    view: "popup",
    before: async (view) => {
      await view.apply("run_checks");
      await until(
        () => view.tab.evaluate(() => document.querySelector(".findings") !== null || undefined),
        "findings",
        12_000,
      );
      await view.tab.evaluate(measureAlike);
    },
  },
  receipt: {
    page: LOGIN,
    view: "popup",
    before: async (view) => {
      await view.apply("clear_login_cookies");
      await view.waitFor(({ verdict }) => verdict !== undefined, "the verdict", 8000);
    },
    act: clicks(["step-clear_login_cookies"]),
  },
  support: { page: LOGIN, view: "popup", act: clicks(["facts"]) },
  clear: { page: FAULT, view: "popup", act: clicks(["tools"]) },
  healthy: { page: WELL, view: "popup" },
  symptoms: { page: ELSEWHERE, view: "popup" },
  told: {
    page: ELSEWHERE,
    view: "popup",
    before: async (view) => {
      await view.click("#told");
      await view.tab.type("Something went wrong");
      await view.click('[data-key="tell"]');
      await view.waitFor(({ steps }) => steps.length > 0, "the list");
    },
  },
  "told-unknown": {
    page: ELSEWHERE,
    view: "popup",
    act: async (view) => {
      await view.click("#told");
      await view.tab.type("xyzzy");
      await view.click('[data-key="tell"]');
      await until(
        () =>
          view.tab.evaluate(() => document.querySelector("#told-answer")?.textContent || undefined),
        "the answer",
        3000,
      );
    },
  },
  symptom: {
    page: ELSEWHERE,
    view: "popup",
    before: async (view) => {
      await clicks(["symptom-login"])(view);
      await view.waitFor(({ steps }) => steps.length > 0, "the list");
    },
  },
  guides: { view: "popup.html?view=guides" },
  guide: { view: "popup.html?view=account_closed" },
  countries: { view: "popup.html?view=countries" },
  settings: { view: "popup.html?view=settings" },
  welcome: { view: "welcome.html" },
  "welcome-failing": {
    page: FAULT,
    view: "welcome.html",
    act: async (view) => {
      await view.waitFor(({ cause }) => cause !== undefined, "the tab that fails");
    },
  },
  unseen: { page: BROKEN, view: "popup", forgotten: true },
  plea: { page: WELL, view: "popup", barred: true },
};

/** Returns a picture at half the size and with eight shades of each colour, as the sheet is kept. @param {PNG} picture */
function halved(picture) {
  const half = new PNG({ width: WIDTH / 2, height: HEIGHT / 2 });
  const row = WIDTH * 4;
  for (let at = 0; at < half.data.length; at++) {
    const [x, y] = [(at >> 2) % half.width, Math.floor((at >> 2) / half.width)];
    const from = 2 * (y * row + x * 4) + (at & 3);
    const { data } = picture;
    const sum = data[from] + data[from + 4] + data[from + row] + data[from + row + 4];
    half.data[at] = Math.round(((sum >> 7) * 255) / 7);
  }
  return half;
}

/** @param {PNG[][]} rows of pictures of one size */
function sheetOf(rows) {
  const [{ width, height }] = rows[0];
  const sheet = new PNG({
    width: GAP + Math.max(...rows.map((row) => row.length)) * (width + GAP),
    height: GAP + rows.length * (height + GAP),
  });
  sheet.data.fill(0x80);
  for (const [y, row] of rows.entries()) {
    for (const [x, one] of row.entries()) {
      PNG.bitblt(
        one,
        sheet,
        0,
        0,
        width,
        height,
        GAP + x * (width + GAP),
        GAP + y * (height + GAP),
      );
    }
  }
  return sheet;
}

/** @typedef {{name: string, language: string, theme: typeof THEMES[number], whole: PNG, picture: PNG}} Shot `picture`: halved */

/** Opens the browser with the record's own fonts. */
export function openStage() {
  process.env.FONTCONFIG_FILE = join(FOLDER, "fonts.conf");
  return Stage.open();
}

/** Draws a view in every language and theme. @param {Stage} stage @param {string} name @returns {Promise<Shot[]>} */
export async function record(stage, name) {
  const { page = "", view, before, act, barred = false, forgotten = false } = SCENES[name];
  play(stage.player, {});
  stage.player.silence();
  await choose(stage, "en", "light");
  const tab = await newTab(stage);
  if (before) await sow(stage.player, tab, OPENAI_SEEDS);
  if (page.startsWith("https:")) await tab.goto(page);
  else if (page) await stage.answer(await stage.show(stage.recording(page), { tab }));
  const own = view === "overlay" ? tab : await newTab(stage);
  if (before) await before(await openPopup(stage, tab, own));
  if (barred) await stage.driver.giveSites(false);
  if (forgotten) await stage.driver.inExtension(() => chrome.storage.session.clear());
  /** @type {Shot[]} */
  const shots = [];
  for (const language of LANGUAGES) {
    for (const theme of THEMES) {
      await choose(stage, language, theme);
      const shown = await open(stage, view, tab, own);
      await act?.(shown);
      await own.toFront();
      await settle(own);
      const whole = PNG.sync.read(await own.picture());
      shots.push({ name, language, theme, whole, picture: halved(whole) });
    }
  }
  if (barred) await stage.driver.giveSites(true);
  if (own !== tab) await own.close();
  await tab.close();
  return shots;
}

/** Puts fixed lengths of time in the place of the measured ones: otherwise the picture would differ on a busy computer. */
export async function measureAlike() {
  const LENGTHS = [40, 60, 50, 90, 45, 55];
  const cases = await chrome.storage.session.get();
  for (const [key, found] of Object.entries(/** @type {Record<string, any>} */ (cases))) {
    for (const { times, values } of found.checks?.findings ?? []) {
      times?.splice(0, times.length, ...LENGTHS.slice(0, times.length));
      for (const value of times ? values : []) if (value.kind === "milliseconds") value.value = 50;
    }
    if (found.checks) await chrome.storage.session.set({ [key]: found });
  }
}

/** @param {Stage} stage @param {string} view @param {Tab} tab @param {Tab} own @returns {Promise<View>} */
async function open(stage, view, tab, own) {
  if (view === "popup") return openPopup(stage, tab, own);
  if (view === "overlay") {
    await own.reload();
    await View.overlay(own).waitFor(({ text }) => text !== "", "the overlay");
    return View.overlay(own);
  }
  await own.goto(stage.driver.extensionUrl(`views/${view}`));
  await until(
    () => own.evaluate(() => document.querySelector("h1")?.textContent || undefined),
    view,
    3000,
  );
  return new View(own);
}

/** @param {Stage} stage @param {Tab} tab @param {Tab} own */
async function openPopup(stage, tab, own) {
  const view = await View.popup(stage.driver, tab, own);
  await own.resize(WIDTH, HEIGHT);
  await view.waitFor(({ text }) => text !== "", "the popup");
  return view;
}

/** @param {Stage} stage */
async function newTab({ driver }) {
  const tab = await driver.newTab();
  await tab.resize(WIDTH, HEIGHT);
  await tab.prefer({ still: true });
  return tab;
}

/** @param {Stage} stage @param {string} language @param {string} theme */
const choose = (stage, language, theme) =>
  stage.driver.inExtension((chosen) => chrome.storage.local.set(chosen), {
    language: language === "en" ? "" : language,
    theme,
    where: "",
  });

/** Scrolls the last unfolded part into sight, and waits for the fonts and for two frames. @param {Tab} tab */
const settle = (tab) =>
  tab.evaluate(async () => {
    [...document.querySelectorAll("details[open]")].at(-1)?.scrollIntoView({ block: "end" });
    await document.fonts.ready;
    await new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)));
  });

/** Returns how a view looks on the contact sheet, or undefined if it is not there. @param {Shot} shot */
export function known({ name, language, theme }) {
  if (!existsSync(SHEET)) return undefined;
  sheet ??= PNG.sync.read(readFileSync(SHEET));
  const cell = new PNG({ width: WIDTH / 2, height: HEIGHT / 2 });
  const left = GAP + columnOf(language, theme) * (cell.width + GAP);
  const top = GAP + Object.keys(SCENES).indexOf(name) * (cell.height + GAP);
  if (left + cell.width > sheet.width || top + cell.height > sheet.height) return undefined;
  PNG.bitblt(sheet, cell, left, top, cell.width, cell.height, 0, 0);
  return cell;
}

/** @type {PNG | undefined} */
let sheet;

/** @param {string} language @param {Shot["theme"]} theme */
const columnOf = (language, theme) =>
  LANGUAGES.indexOf(language) * THEMES.length + THEMES.indexOf(theme);

/** Writes the sheets in full size, and the contact sheet to `path`. @param {Shot[]} shots @param {string} path */
export function writeSheets(shots, path) {
  mkdirSync(OUT, { recursive: true });
  for (const language of LANGUAGES) {
    for (const theme of THEMES) {
      const these = shots.filter((shot) => shot.language === language && shot.theme === theme);
      const rows = [];
      for (let at = 0; at < these.length; at += 5) {
        rows.push(these.slice(at, at + 5).map(({ whole }) => whole));
      }
      writeFileSync(join(OUT, `${language}-${theme}.png`), PNG.sync.write(sheetOf(rows)));
    }
  }
  const rows = Object.keys(SCENES).map((name) =>
    shots.filter((shot) => shot.name === name).map(({ picture }) => picture),
  );
  const options = { colorType: /** @type {const} */ (2), deflateLevel: 9 };
  writeFileSync(path, PNG.sync.write(sheetOf(rows), options));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const stage = await openStage();
  const shots = [];
  for (const name of Object.keys(SCENES)) shots.push(...(await record(stage, name)));
  await stage.close();
  writeSheets(shots, SHEET);
}
