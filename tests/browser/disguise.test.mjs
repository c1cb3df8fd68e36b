// These tests check that a page cannot change how the overlay looks. The page itself plays each trick, and the card is
// compared with itself before the trick, pixel by pixel, as a person sees it.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { PNG } from "pngjs";
import { RUN } from "./launch.mjs";
import { pause } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY, View } from "./views.mjs";

/** @typedef {import("./launch.mjs").Tab} Tab */

/** The card has rounded corners, and the page shows behind them. */
const INSET = 6;

/** Edges of letters are drawn slightly differently each time that a page is laid out again. */
const FAINT = 48;
const FEW = 60;

/** Animations of the card last 200 ms; a trick may also show a moment later. */
const SETTLED = 500;

/** @type {Stage} */
let stage;
/** @type {import("./stage.mjs").Showing | undefined} */
let showing;

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  await stage.close();
});

afterEach(async () => {
  if (showing !== undefined) await stage.end(showing);
  showing = undefined;
  await stage.driver.inExtension(() => chrome.storage.local.clear());
});

async function open() {
  showing = await stage.show(stage.recording("login_expired/invalid-state"));
  await stage.answer(showing);
  await showing.tab.toFront();
  await pause(SETTLED);
  return showing.tab;
}

/** Returns the pixels of the card, and where it stands. @param {Tab} tab */
async function look(tab) {
  const box = await tab.inRoot(OVERLAY, (root) => {
    const { left, top, width, height } = /** @type {Element} */ (
      root.querySelector(".card, .chip")
    ).getBoundingClientRect();
    return { left, top, width, height };
  });
  assert.ok(box, "there is no card");
  const from = PNG.sync.read(await tab.picture());
  const [left, top] = [Math.round(box.left) + INSET, Math.round(box.top) + INSET];
  const [width, height] = [Math.round(box.width) - 2 * INSET, Math.round(box.height) - 2 * INSET];
  const to = new PNG({ width, height });
  PNG.bitblt(from, to, left, top, width, height, 0, 0);
  return { box: JSON.stringify(box), pixels: to.data };
}

/** Says how the card differs. @param {Awaited<ReturnType<typeof look>>} one @param {Awaited<ReturnType<typeof look>>} other */
function difference(one, other) {
  if (one.box !== other.box) return `stands at ${other.box}, not at ${one.box}`;
  const count = one.pixels.filter((value, at) => Math.abs(value - other.pixels[at]) > FAINT).length;
  return count > FEW ? `${count} values differ` : "";
}

const TOKENS =
  "card raise line edge ink soft accent you-wash good good-wash bad medic medic-card tw-shadow".split(
    " ",
  );

/** These are style sheets of a page, by what they try. @type {Record<string, string>} */
const SHEETS = {
  // Firefox filters all of a window when its root is filtered: tests/browser/attacks.test.mjs.
  ...(RUN.browser === "chromium" && {
    "a filter": "html { filter: invert(1) blur(9px) !important }",
  }),
  "registered properties": TOKENS.map(
    (name) =>
      `@property --${name} { syntax: "<color>"; inherits: false; initial-value: transparent; }`,
  ).join("\n"),
  "registered properties of another type": TOKENS.map(
    (name) => `@property --${name} { syntax: "<length>"; inherits: false; initial-value: 0px; }`,
  ).join("\n"),
  "values for custom properties": `* , ${OVERLAY} { ${TOKENS.map((name) => `--${name}: transparent !important`).join(";")} }`,
  "counter styles": `@counter-style disc { system: fixed; symbols: "WIN"; }
    @counter-style decimal { system: fixed; symbols: "WIN"; }`,
  "keyframes with our names": `@keyframes rise { to, from { opacity: 0; visibility: hidden; } }
    @keyframes turn { to, from { opacity: 0; } } ${OVERLAY} { animation: rise 9s infinite !important; }`,
  "a backdrop": `${OVERLAY}::backdrop { background: red !important; inset: 0 !important; opacity: 1 !important;
      position: fixed !important; z-index: 2147483647 !important; pointer-events: none !important; }`,
  "layers and scopes": `@layer reset, late; @layer late { ${OVERLAY}, ${OVERLAY} * { opacity: 0 !important; color: red !important } }
    @scope (${OVERLAY}) { :scope, * { opacity: 0 !important; font-size: 3px !important } }`,
  "shadow parts and slots": `${OVERLAY}::part(card), ${OVERLAY}::part(x) { display: none !important } ::slotted(*) { display: none !important }`,
  "anchor positions": `@position-try --out { inset: 0 auto auto 0; width: 1px }
    ${OVERLAY} { position-try-fallbacks: --out !important; position-area: top left !important; position-anchor: --a !important; width: anchor-size(width) !important }`,
  "view transition names": `@view-transition { navigation: auto } ${OVERLAY} { view-transition-name: medic !important }`,
  "filters on the page": `html { opacity: 0.01 !important; mix-blend-mode: difference !important;
      backdrop-filter: blur(9px) !important; mask: linear-gradient(#0000, #0000) !important; transform: scale(0.2) !important; perspective: 9px !important; }
    body { isolation: auto !important; display: none !important }`,
  "text that inherits": `html, ${OVERLAY} { font-size: 3px !important; letter-spacing: 9px !important; word-spacing: 90px !important;
      line-height: 9 !important; text-transform: uppercase !important; text-indent: 99px !important; color: transparent !important;
      -webkit-text-fill-color: transparent !important; -webkit-text-security: disc !important; text-shadow: 0 0 9px red !important; hyphens: auto !important; quotes: "W" "N" !important;
      font-variant-caps: all-small-caps !important; font-feature-settings: "smcp" !important; font-size-adjust: 3 !important; tab-size: 99 !important;
      -webkit-text-stroke: 3px red !important; text-emphasis: filled red !important; cursor: none !important; hanging-punctuation: first !important; }`,
  directions: `html, body, ${OVERLAY} { writing-mode: vertical-rl !important; text-orientation: upright !important; unicode-bidi: bidi-override !important; }`,
  "the direction of our element": `${OVERLAY} { direction: rtl !important; inset: auto 16px 16px auto !important }`,
  "colour schemes": `:root, ${OVERLAY} { color-scheme: only dark !important; accent-color: red !important; forced-color-adjust: none !important }`,
  selections: `::selection, ${OVERLAY}::selection, html::selection { color: transparent !important; background: red !important }
    ${OVERLAY} { user-select: all !important }`,
  containers: `${OVERLAY} { container-type: size !important; contain: strict !important; content-visibility: hidden !important; interpolate-size: allow-keywords !important }`,
  "zoom of the page": "html { zoom: 0.3 }",
  "zoom of our element": `${OVERLAY} { zoom: 0.3 !important }`,
  "a scroll timeline": `${OVERLAY} { animation: away 1s linear both !important; animation-timeline: scroll(root) !important; animation-range: 0 1px !important } @keyframes away { from { opacity: 0 } to { opacity: 0 } }`,
  "starting styles": `@starting-style { ${OVERLAY} { opacity: 0 } } ${OVERLAY} { transition: all 9s allow-discrete !important }`,
};

describe("a sheet of the page", () => {
  test("changes no pixel of the card", async () => {
    const tab = await open();
    const bare = await look(tab);
    /** @type {Record<string, string>} */
    const changed = {};
    for (const [what, text] of Object.entries(SHEETS)) {
      await tab.evaluate(
        (css) => {
          const sheet = document.createElement("style");
          sheet.id = "trick";
          sheet.textContent = css;
          document.head.append(sheet);
          getSelection()?.selectAllChildren(document.documentElement);
        },
        what === "selections" ? text : `${text}\nhtml { --seen: 1 }`,
      );
      if (what !== "selections") await tab.evaluate(() => getSelection()?.removeAllRanges());
      await pause(SETTLED);
      const found = difference(bare, await look(tab));
      // Text that a person has selected is drawn as selected, but it can be read.
      if (found !== "" && what !== "selections") changed[what] = found;
      if (what === "selections") {
        const colours = await tab.inRoot(OVERLAY, (root) => {
          const { color, backgroundColor } = getComputedStyle(
            /** @type {Element} */ (root.querySelector(".what")),
            "::selection",
          );
          return [color, backgroundColor];
        });
        if (colours?.some((colour) => ["rgba(0, 0, 0, 0)", "rgb(255, 0, 0)"].includes(colour))) {
          changed[what] = `${colours}`;
        }
      }
      await tab.evaluate(() => {
        document.querySelector("#trick")?.remove();
        getSelection()?.removeAllRanges();
      });
      await pause(SETTLED);
    }
    assert.deepEqual(changed, {});
  });
});

describe("a script of the page", () => {
  for (const [syntax, value] of [
    ["<color>", "transparent"],
    ["<length>", "0px"],
  ]) {
    test(`registers our names as ${syntax}`, async () => {
      const tab = await open();
      const bare = await look(tab);
      await tab.evaluate(
        (names, form, initial) => {
          for (const name of names) {
            CSS.registerProperty({
              name: `--${name}`,
              syntax: form,
              inherits: false,
              initialValue: initial,
            });
          }
        },
        TOKENS,
        syntax,
        value,
      );
      await pause(SETTLED);
      assert.equal(difference(bare, await look(tab)), "");
    });
  }

  test("defines fonts under the names that ours have, in a language that needs more than one", async () => {
    await stage.driver.inExtension(() => chrome.storage.local.set({ language: "zh_CN" }));
    const tab = await open();
    // Codes are in a font of their own.
    await View.overlay(tab).click('[data-key="why"]');
    // Any new font makes the browser lay out all text again, which moves lines by a part of a pixel.
    await tab.evaluate(() => {
      const sheet = document.createElement("style");
      sheet.textContent = '@font-face { font-family: "Other"; src: local("DejaVu Sans Mono") }';
      document.head.append(sheet);
    });
    await pause(2 * SETTLED);
    const bare = await look(tab);
    await tab.evaluate(() => {
      const families = [
        "Segoe UI",
        "Noto Sans",
        "system-ui",
        "sans-serif",
        "ui-monospace",
        "monospace",
        "serif",
        "-apple-system",
        "BlinkMacSystemFont",
        "Arial",
        "Noto Sans CJK SC",
      ];
      const sources = ["Noto Sans CJK JP", "DejaVu Sans Mono", "Noto Sans"]
        .map((name) => `local("${name}")`)
        .join(",");
      const sheet = document.createElement("style");
      sheet.textContent = families
        .map(
          (family) =>
            `@font-face { font-family: "${family}"; src: ${sources}; size-adjust: 300%; font-weight: 1 1000; }`,
        )
        .join("\n");
      // The keyword itself can be the name of a font too.
      sheet.textContent += ["system-ui", "ui-monospace", "monospace", "sans-serif"]
        .map(
          (family) =>
            `@font-face { font-family: ${family}; src: ${sources}; size-adjust: 300%; font-weight: 1 1000; }`,
        )
        .join("\n");
      document.head.append(sheet);
    });
    await pause(2 * SETTLED);
    assert.equal(difference(bare, await look(tab)), "");
  });

  test("asks for another scale of the window", async () => {
    const tab = await open();
    const bare = await look(tab);
    await tab.evaluate(() => {
      for (const content of ["width=10000, initial-scale=0.1", "width=100, maximum-scale=9"]) {
        const meta = document.createElement("meta");
        Object.assign(meta, { name: "viewport", content });
        document.head.append(meta);
      }
      const scheme = document.createElement("meta");
      Object.assign(scheme, { name: "color-scheme", content: "only dark" });
      document.head.append(scheme);
    });
    await pause(SETTLED);
    assert.equal(difference(bare, await look(tab)), "");
  });
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
