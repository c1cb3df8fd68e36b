// These tests check where the overlay stands: in the corner where it covers least of what can be used in the page, and
// never over what the reader works in.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { until } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY } from "./views.mjs";

/** @type {Stage} */
let stage;
/** @type {import("./stage.mjs").Showing | undefined} */
let showing;
/** @type {import("./launch.mjs").Tab} */
let tab;

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

/** @param {string} [page] */
async function open(page = "login_expired/invalid-state") {
  showing = await stage.show(stage.recording(page));
  tab = showing.tab;
  await stage.answer(showing);
  await tab.toFront();
  await tab.resize(1280, 800);
}

/** Returns where the card or the chip is. @returns {Promise<{left: number, right: number, top: number, bottom: number}>} */
const box = () =>
  until(
    () =>
      tab.inRoot(OVERLAY, (root) => {
        const { left, right, top, bottom } = /** @type {Element} */ (
          root.querySelector(".card, .chip")
        ).getBoundingClientRect();
        return { left, right, top, bottom };
      }),
    "the overlay",
    3000,
  );

/** @param {Awaited<ReturnType<typeof box>>} box */
const cornerOf = ({ left, right, top, bottom }) =>
  `${top < 800 - bottom ? "top" : "bottom"} ${left < 1280 - right ? "left" : "right"}`;

/**
 * Puts a control onto the page; an input also gets the focus, as what is worked in has.
 * @param {string} corner
 * @param {"input" | "button"} kind
 */
const put = (corner, kind) =>
  tab.evaluate(
    (place, name) => {
      const node = document.createElement(name);
      const [block, inline] = place.split(" ");
      Object.assign(node.style, {
        position: "fixed",
        width: "260px",
        height: "60px",
        [block]: "40px",
        [inline]: "40px",
      });
      node.id = place.replace(" ", "-");
      document.body.append(node);
      if (name === "input") node.focus();
    },
    corner,
    kind,
  );

const CORNERS = ["bottom right", "bottom left", "top right", "top left"];

describe("what the reader works in", () => {
  for (const corner of CORNERS) {
    test(`at the ${corner}`, async () => {
      await open();
      // If only controls counted, this corner would be the emptiest, even with the page's own controls in it.
      for (const other of CORNERS.filter((one) => one !== corner)) {
        for (let more = 0; more < 6; more++) await put(other, "button");
      }
      await put(corner, "input");
      const worked = await tab.evaluate(
        (id) => {
          const { left, right, top, bottom } = /** @type {Element} */ (
            document.getElementById(id)
          ).getBoundingClientRect();
          return { left, right, top, bottom };
        },
        corner.replace(" ", "-"),
      );
      await until(
        async () => {
          const { left, right, top, bottom } = await box();
          const beside = right <= worked.left || left >= worked.right;
          return beside || bottom <= worked.top || top >= worked.bottom || undefined;
        },
        "an overlay beside it",
        2000,
      );
    });
  }
});

test("it stands at the bottom, where lines end, as long as nothing is there", async () => {
  await open();
  assert.equal(cornerOf(await box()), "bottom right");
});

test("where lines run from right to left, on the other side", async () => {
  await stage.driver.inExtension(() => chrome.storage.local.set({ language: "ar" }));
  await open();
  assert.equal(cornerOf(await box()), "bottom left");
});

test("buttons in three corners leave the fourth", async () => {
  await open();
  // These are more than the page has of its own in the fourth corner.
  for (const corner of ["bottom right", "top right", "bottom left"]) {
    for (let more = 0; more < 6; more++) await put(corner, "button");
  }
  // The overlay looks again when the focus moves.
  await tab.evaluate(() =>
    /** @type {HTMLElement} */ (document.querySelector("#top-right")).focus(),
  );
  await until(
    async () => (cornerOf(await box()) === "top left" ? true : undefined),
    "the corner that is left",
    2000,
  );
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
