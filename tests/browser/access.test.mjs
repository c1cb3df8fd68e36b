// These tests check whether everybody can use the extension. axe-core sees no violation of WCAG 2.2 AA or of best
// practice on every view and state, in both themes, with colours forced, and in both directions of writing. Targets
// are large enough for a shaky hand; nothing is cut off when narrow, zoomed or in a language with long words; nothing
// moves where no motion is wanted. The overlay's root is closed to axe, so its drawing is copied, with its styles,
// into a page of its own.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { after, afterEach, before, beforeEach, describe, test } from "node:test";
import { RUN } from "./launch.mjs";
import { play } from "./network.mjs";
import { pause, until } from "./patience.mjs";
import { OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY, View } from "./views.mjs";
import { readWords } from "./words.mjs";

const LIMIT = 12_000;

/** Defines `axe` where it runs, whatever the page's policy says. */
const define = new Function(
  readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8"),
);

const RULES = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];

/** These rules depend on the colours. All other rules find the same in each look, and axe takes a second for them. */
const COLOURS = ["color-contrast", "link-in-text-block"];

/** @type {(import("./launch.mjs").Preferences & {rules: object})[]} */
const LOOKS = [
  { scheme: "light", rules: { type: "tag", values: RULES } },
  { scheme: "dark", rules: { type: "rule", values: COLOURS } },
  { scheme: "dark", forced: true, rules: { type: "rule", values: COLOURS } },
];

/** These pages of the popup belong to no tab. */
const PLACES = [
  "guides",
  "api_key",
  "account_closed",
  "password",
  "key_leaked",
  "two_step",
  "phone",
  "habits",
  "countries",
  "settings",
];

const FAULT = "edge_refused/unable-to-load-site-ipv4";

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

/** @param {string} language */
const speak = (language) =>
  stage.driver.inExtension((one) => chrome.storage.local.set({ language: one }), language);

/** @param {import("./launch.mjs").Tab} tab @param {string} what */
async function clean(tab, what) {
  await tab.toFront();
  await tab.prefer({ still: true });
  await tab.evaluate(/** @type {any} */ (define));
  for (const { rules, ...look } of LOOKS) {
    await tab.prefer({ ...look, still: true });
    const found = await tab.evaluate(async (runOnly) => {
      const { axe } = /** @type {any} */ (globalThis);
      const { violations } = await axe.run(document, { runOnly });
      return violations.map((/** @type {any} */ { id, nodes }) => [
        id,
        ...nodes.map((/** @type {any} */ node) => `${node.html} ${node.failureSummary}`),
      ]);
    }, rules);
    assert.deepEqual(found, [], `${what}, ${JSON.stringify(look)}`);
  }
  assert.deepEqual(await tab.inRoot(undefined, smallTargets), [], what);
  assert.deepEqual(await tab.inRoot(undefined, motions), [], what);
}

/** Returns the targets that a shaky hand could miss: under 24 pixels. @param {Document | ShadowRoot} root */
function smallTargets(root) {
  const targets = [...root.querySelectorAll("button, a[href], summary, input, select, textarea")];
  return targets.flatMap((target) => {
    const { labels } = /** @type {HTMLInputElement} */ (target);
    const hit = target.matches("input") && labels?.[0] ? labels[0] : target;
    if (!hit.checkVisibility()) return [];
    const { width, height } = hit.getBoundingClientRect();
    return width < 24 || height < 24
      ? [`${hit.outerHTML.slice(0, 120)}: ${width} x ${height}`]
      : [];
  });
}

/** Returns what the style sheet gives a motion, though it may be over by now. @param {Document | ShadowRoot} root */
function motions(root) {
  return [...root.querySelectorAll("*")].flatMap((one) =>
    [undefined, "::before"].flatMap((part) => {
      const { animationName, transitionDuration } = getComputedStyle(one, part);
      const moves = animationName !== "none" || transitionDuration !== "0s";
      return moves ? [`${one.outerHTML.slice(0, 120)} ${part ?? ""}`] : [];
    }),
  );
}

/** Returns what sticks out at the side of the page, and controls whose content overflows. @param {Document | ShadowRoot} root */
function stickingOut(root) {
  const { clientWidth } = document.documentElement;
  return [...root.querySelectorAll("body *, .medic *")].flatMap((one) => {
    if (one.matches(".unseen, path") || !one.checkVisibility()) return [];
    const { left, right } = one.getBoundingClientRect();
    const pressed =
      one.matches("button, a, label, summary") && one.scrollWidth > one.clientWidth + 1;
    return left < -0.5 || right > clientWidth + 0.5 || (pressed && one.clientWidth > 0)
      ? [`${one.outerHTML.slice(0, 160)}: ${left} to ${right}, ${one.scrollWidth} wide`]
      : [];
  });
}

/** Unfolds everything. @param {View} view */
const unfold = (view) =>
  view.tab.evaluate(() => {
    for (const one of document.querySelectorAll("details")) one.open = true;
  });

/** @param {string} page @param {boolean} [stays] */
async function open(page, stays = true) {
  const tab = await stage.driver.newTab();
  await sow(stage.player, tab, OPENAI_SEEDS);
  showing = await stage.show(stage.recording(page), { tab, stays });
  await stage.waitForCase(tab, ({ report }) => report.diagnosis !== undefined, "a diagnosis");
  await tab.toFront();
  return tab;
}

/** @param {import("./launch.mjs").Tab} tab @param {number} [width] */
async function openPopup(tab, width = 400) {
  popup = await View.popup(stage.driver, tab, popup?.tab);
  await popup.tab.resize(width, 700);
  await popup.tab.prefer({ still: true });
  await popup.waitFor(({ text }) => text !== "", "the popup");
  return popup;
}

/** @param {import("./launch.mjs").Tab} tab @param {string} place */
async function openPlace(tab, place) {
  await tab.goto(stage.driver.extensionUrl(`views/popup.html?view=${place}`));
  await until(
    () =>
      tab.evaluate(() => (document.querySelector(".body")?.childElementCount ? true : undefined)),
    place,
    LIMIT,
  );
}

/** Copies the overlay as it is drawn into a page where it can be looked into. @param {import("./launch.mjs").Tab} tab */
async function copied(tab) {
  await View.overlay(tab).waitFor(({ text }) => text !== "", "the overlay");
  const drawing = await tab.inRoot(OVERLAY, (root) => ({
    direction: /** @type {ShadowRoot} */ (root).host.getAttribute("dir"),
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
  // While the overlay fades in, its colours are different.
  await copy.prefer({ still: true });
  await copy.goto(page);
  await copy.evaluate(
    (/** @type {{direction: string, markup: string, style: string}} */ drawing) => {
      const host = /** @type {HTMLElement} */ (document.querySelector("#host"));
      host.dir = drawing.direction;
      const root = host.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(drawing.style);
      root.adoptedStyleSheets = [sheet];
      root.innerHTML = drawing.markup;
    },
    /** @type {any} */ (drawing),
  );
  return copy;
}

for (const language of ["en", "ar"]) {
  describe(`in ${language}`, () => {
    const words = readWords(RUN.extension, language);

    beforeEach(async () => {
      await speak(language);
    });

    for (const page of [
      "login_expired/invalid-state",
      FAULT,
      "connection_lost/message-error-2026-03",
    ]) {
      test(`the overlay on ${page}`, async () => {
        const copy = await copied(await open(page));
        await clean(copy, page);
        await copy.close();
      });
    }

    test("the overlay with all folds open, and the countdown", async () => {
      const tab = await open("server_error/cloudflare-502-bad-gateway");
      await View.overlay(tab).apply("wait");
      await View.overlay(tab).waitFor(
        ({ text }) => /[\d٠-٩]{2}:[\d٠-٩]{2}/.test(text),
        "the clock",
      );
      await tab.inRoot(OVERLAY, (root) => {
        for (const one of root.querySelectorAll("details")) one.open = true;
      });
      const copy = await copied(tab);
      await clean(copy, "countdown");
      await copy.close();
    });

    test("overlay and popup when it worked", async () => {
      const tab = await open("login_expired/invalid-state", false);
      await View.overlay(tab).apply("clear_login_cookies");
      const resolved = (/** @type {import("./views.mjs").Drawn} */ { verdict }) =>
        verdict === "resolved";
      await View.overlay(tab).waitFor(resolved, "the verdict", LIMIT);
      const copy = await copied(tab);
      await clean(copy, "resolved");
      await copy.close();
      const view = await openPopup(tab);
      await view.waitFor(resolved, "the verdict");
      await clean(view.tab, "resolved");
    });

    test("the popup while it checks, and where its kind is silenced", async () => {
      play(stage.player, {});
      const tab = await open(FAULT);
      await View.overlay(tab).press(words("overlay_silence"));
      const view = await openPopup(tab);
      await view.waitFor(({ text }) => text.includes(words("popup_silenced")), "silenced");
      await view.apply("run_checks");
      await view.waitFor(({ text }) => text.includes(words("popup_checks_stop")), "the checks");
      await clean(view.tab, "checking");
    });

    test("the popup on a symptom", async () => {
      const tab = await stage.driver.newTab();
      await tab.goto("https://example.com/");
      const view = await openPopup(tab);
      await clean(view.tab, "box for words");
      await view.press(words("symptom_blocked"));
      await view.waitFor(({ steps }) => steps.length > 0, "the list");
      await unfold(view);
      await clean(view.tab, "symptom");
      await view.press(words("popup_symptom_end"));
      await tab.close();
    });

    test("the popup without the sites", async () => {
      const tab = await stage.driver.newTab();
      await tab.goto("https://chatgpt.com/");
      await stage.driver.giveSites(false);
      try {
        const view = await openPopup(tab);
        await view.waitFor(({ text }) => text.includes(words("permit_title")), "the plea");
        await clean(view.tab, "plea");
        await zoomed(view.tab, "plea");
      } finally {
        await stage.driver.giveSites(true);
        await tab.close();
      }
    });

    test("the popup on a fault, with findings and everything unfolded", async () => {
      play(stage.player, {});
      const tab = await open(FAULT);
      const view = await openPopup(tab);
      await view.apply("run_checks");
      await view.waitFor(({ text }) => text.includes(words("check_route")), "findings", LIMIT);
      await view.press(words("popup_tick", words("remedy_other_network_title")));
      await unfold(view);
      await clean(view.tab, "fault");
      for (const width of [320, 400, 600, 800]) {
        await view.tab.resize(width, 700);
        assert.deepEqual(await view.tab.inRoot(undefined, stickingOut), [], `${width} wide`);
      }
      await zoomed(view.tab, "fault");
    });

    test("the popup with a verdict and a receipt", async () => {
      const tab = await open("login_expired/invalid-state");
      await View.overlay(tab).apply("clear_login_cookies");
      await stage.waitForCase(tab, ({ report }) => report.judgement !== undefined, "a verdict", {
        limit: LIMIT,
      });
      const view = await openPopup(tab);
      await unfold(view);
      await clean(view.tab, "receipt");
      await zoomed(view.tab, "receipt");
    });

    test("the popup where all is well, and elsewhere", async () => {
      const tab = await stage.driver.newTab();
      for (const page of ["https://chatgpt.com/", "https://example.com/"]) {
        await tab.goto(page);
        const view = await openPopup(tab);
        await unfold(view);
        await clean(view.tab, page);
        await zoomed(view.tab, page);
      }
      await tab.close();
    });

    for (const place of PLACES) {
      test(place, async () => {
        const tab = await stage.driver.newTab();
        await tab.resize(400, 700);
        await openPlace(tab, place);
        await clean(tab, place);
        await zoomed(tab, place);
        await tab.close();
      });
    }

    test("the welcome", async () => {
      const tab = await stage.driver.newTab();
      await tab.goto(stage.driver.extensionUrl("views/welcome.html"));
      await pause(300);
      await clean(tab, "welcome");
      await zoomed(tab, "welcome");
      await tab.close();
    });
  });
}

/** Zooms to 400 % in a window of 1280 pixels, which leaves 320. @param {import("./launch.mjs").Tab} tab @param {string} what */
async function zoomed(tab, what) {
  await tab.resize(1280, 800);
  /** @param {number} factor */
  const zoom = (factor) =>
    tab.evaluate(async (to) => {
      const own = await chrome.tabs.getCurrent();
      await chrome.tabs.setZoom(own?.id ?? 0, to);
    }, factor);
  await zoom(4);
  await until(
    async () => Math.abs((await tab.evaluate(() => innerWidth)) - 320) <= 1 || undefined,
    "the zoom",
    LIMIT,
  );
  assert.deepEqual(await tab.inRoot(undefined, stickingOut), [], `${what} at 400 %`);
  await zoom(1);
  await tab.resize(400, 700);
}

test("no language has words too long for 320 pixels", async () => {
  const languages = readdirSync(join(RUN.extension, "_locales"));
  const tab = await open(FAULT);
  const place = await stage.driver.newTab();
  await tab.resize(320, 600);
  for (const language of languages) {
    await speak(language);
    await tab.toFront();
    await tab.reload();
    await View.overlay(tab).waitFor(({ text }) => text !== "", "the overlay");
    assert.deepEqual(await tab.inRoot(OVERLAY, stickingOut), [], `${language}, overlay`);
    const view = await openPopup(tab, 320);
    await unfold(view);
    assert.deepEqual(await view.tab.inRoot(undefined, stickingOut), [], language);
    await place.toFront();
    await place.resize(320, 700);
    for (const name of ["settings", "guides", "account_closed"]) {
      await openPlace(place, name);
      assert.deepEqual(await place.inRoot(undefined, stickingOut), [], `${language}, ${name}`);
    }
  }
  await place.close();
});

test("what moves stands still when the reader wants it to", async () => {
  const tab = await open("login_expired/invalid-state");
  await tab.prefer({ still: true });
  await View.overlay(tab).waitFor(({ text }) => text !== "", "the overlay");
  await View.overlay(tab).click('[data-key="why"]');
  assert.deepEqual(await tab.inRoot(OVERLAY, motions), []);
  await tab.prefer({});
  assert.notDeepEqual(await tab.inRoot(OVERLAY, motions), []);
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
