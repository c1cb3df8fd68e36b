// This module makes the pictures for the stores, of the real product: 1280 x 800, in three languages, in
// target/screenshots. A popup stands over the page as the toolbar opens it.

import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { PNG } from "pngjs";
import { play } from "./network.mjs";
import { pause, until } from "./patience.mjs";
import { LANGUAGES, openStage } from "./record.mjs";
import { OPENAI_SEEDS, sow } from "./seeds.mjs";
import { View } from "./views.mjs";

const OUT = fileURLToPath(new URL("../../target/screenshots", import.meta.url));
const WIDTH = 1280;
const HEIGHT = 800;
/** The largest size that browsers give a popup, and the place where it hangs. */
const POPUP = { width: 380, height: 600, top: 12, side: 28 };
const SHADOW = 10;

/**
 * @typedef {import("./launch.mjs").Tab} Tab
 * @typedef {object} Picture
 * @property {string} page recorded
 * @property {"light" | "dark"} theme
 * @property {(view: View) => Promise<unknown>=} overlay
 * @property {(view: View) => Promise<unknown>=} popup absent: the overlay is shown instead
 * @property {string=} from what the popup is scrolled to; absent: its beginning
 */

const LOGIN = "login_expired/invalid-state";
const REFUSED = "edge_refused/unable-to-load-site-ipv4";

/** @type {Picture[]} */
const PICTURES = [
  { page: LOGIN, theme: "light", overlay: (view) => view.click('[data-key="why"]') },
  {
    page: REFUSED,
    theme: "light",
    popup: async (view) => {
      await view.apply("run_checks");
      await until(
        () => view.tab.evaluate(() => document.querySelector(".findings") ?? undefined),
        "findings",
        12_000,
      );
    },
    from: '[data-key="checks"]',
  },
  { page: REFUSED, theme: "dark", popup: (view) => view.click('[data-key="step-other_network"]') },
  {
    page: LOGIN,
    theme: "light",
    popup: async (view) => {
      await view.click('[data-key="tools"]');
      await view.click('label:has([data-key="tool-clear_site_data"])');
    },
    from: '[data-key="tools"]',
  },
  {
    page: "region_unsupported/auth-error-country-en",
    theme: "dark",
    popup: async (view) => {
      await view.click('[data-key="guides"]');
      await view.click('[data-key="guide-countries"]');
      await view.click('[data-key="own"]');
      await pause(500);
    },
  },
];

/** Draws a popup over a page, with a soft shadow. @param {PNG} page @param {PNG} popup @param {number} left */
function over(page, popup, left) {
  for (let y = -SHADOW; y < popup.height + SHADOW; y++) {
    for (let x = -SHADOW; x < popup.width + SHADOW; x++) {
      const beside = Math.max(-x, x - popup.width + 1, -y, y - popup.height + 1);
      if (beside <= 0 || POPUP.top + y < 0) continue;
      const at = 4 * ((POPUP.top + y) * page.width + left + x);
      const light = beside === 1 ? 0.72 : 1 - 0.16 * (1 - beside / SHADOW) ** 2;
      for (let shade = at; shade < at + 3; shade++) page.data[shade] *= light;
    }
  }
  PNG.bitblt(popup, page, 0, 0, popup.width, popup.height, left, POPUP.top);
}

/** @param {Tab} tab */
const pictureOf = async (tab) => PNG.sync.read(await tab.picture());

mkdirSync(OUT, { recursive: true });
const stage = await openStage();
for (const language of LANGUAGES) {
  for (const [at, { page, theme, overlay, popup, from = "main" }] of PICTURES.entries()) {
    play(stage.player, {});
    await stage.driver.inExtension(
      async (chosen) => {
        await chrome.storage.local.clear();
        await chrome.storage.local.set(chosen);
      },
      { language, theme, overlay: popup ? "never" : "all" },
    );
    const tab = await stage.driver.newTab();
    await tab.resize(WIDTH, HEIGHT);
    await tab.prefer({ scheme: theme, still: true });
    await sow(stage.player, tab, OPENAI_SEEDS);
    await stage.show(stage.recording(page), { tab });
    await stage.waitForCase(tab, ({ report }) => report.diagnosis !== undefined, "a diagnosis");
    if (overlay) {
      await View.overlay(tab).waitFor(({ text }) => text !== "", "the overlay");
      await overlay(View.overlay(tab));
    }
    const view = popup && (await View.popup(stage.driver, tab));
    if (popup && view) {
      await view.tab.prefer({ scheme: theme, still: true });
      await view.waitFor(({ text }) => text !== "", "the popup");
      await popup(view);
    }
    await tab.toFront();
    await pause(400);
    const picture = await pictureOf(tab);
    if (view) {
      await view.tab.toFront();
      await view.tab.resize(POPUP.width, 100);
      const height = await view.tab.evaluate(() => document.documentElement.scrollHeight);
      await view.tab.resize(POPUP.width, Math.min(POPUP.height, height));
      await view.tab.evaluate((to) => document.querySelector(to)?.scrollIntoView(), from);
      await pause(300);
      const side = language === "ar" ? POPUP.side : WIDTH - POPUP.width - POPUP.side;
      over(picture, await pictureOf(view.tab), side);
      await view.tab.close();
    }
    writeFileSync(join(OUT, `${language}-${at + 1}.png`), PNG.sync.write(picture));
    await tab.close();
  }
}
await stage.close();
