// These tests check that a page that tries to cheat gets nothing: it cannot dress up, move, cover or copy the overlay so
// that a person's own, trusted click does what that person did not mean. An honest click afterwards still works.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { pause } from "./patience.mjs";
import { withMore } from "./recordings.mjs";
import { keyOf, OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { buttonOf, OVERLAY, View } from "./views.mjs";

const LIMIT = 10_000;

/** This time in ms is long enough for anything that was started to be seen. */
const SETTLED = 300;
/** A trick is set for this time in ms, after which the overlay would take a click. */
const STILL = 450;

const REMEDY = "clear_login_cookies";

/** @typedef {import("./launch.mjs").Tab} Tab */

/** @type {Stage} */
let stage;
/** @type {import("./recordings.mjs").Recording} a page whose first step is REMEDY */
let failing;
/** @type {import("./stage.mjs").Showing | undefined} */
let showing;
/** @type {string[]} */
let planted;

const cookies = async () => (await stage.driver.cookies()).map(keyOf).sort();

before(async () => {
  stage = await Stage.open();
  failing = stage.recording("login_expired/invalid-state");
});

after(async () => {
  await stage.close();
});

afterEach(async () => {
  if (showing !== undefined) await stage.end(showing);
  showing = undefined;
});

async function open() {
  const seeds = OPENAI_SEEDS.filter(({ host, under }) => host === "auth.openai.com" && !under);
  const tab = await stage.driver.newTab();
  await sow(stage.player, tab, seeds);
  showing = await stage.show(failing, { tab });
  planted = await cookies();
  await stage.answer(showing);
  await tab.toFront();
  return tab;
}

/** @param {Tab} tab */
async function assertUntouched(tab, what = "") {
  await pause(SETTLED);
  const found = await stage.case(tab);
  assert.equal(found?.report.diagnosis?.cause, failing.cause, `${what} ${JSON.stringify(found)}`);
  assert.deepEqual([found?.history, found?.receipts, found?.busy], [[], {}, undefined], what);
  assert.equal(found?.closed, false, what);
  assert.deepEqual(await cookies(), planted, what);
}

/** Checks that an honest click on the same button works. @param {Tab} tab */
async function assertWorks(tab) {
  await View.overlay(tab).apply(REMEDY);
  await stage.waitForCase(tab, ({ history }) => history.length === 1, "the attempt", {
    limit: LIMIT,
  });
  assert.notDeepEqual(await cookies(), planted);
}

/** Returns how the overlay stands there, as the page itself can measure it. @param {Tab} tab */
const drawn = (tab) =>
  tab.evaluate((name) => {
    const host = /** @type {HTMLElement} */ (document.querySelector(name));
    const { left, top, width, height } = host.getBoundingClientRect();
    const style = getComputedStyle(host);
    const looks = {
      display: style.display,
      position: style.position,
      visibility: style.visibility,
      opacity: style.opacity,
      filter: style.filter,
      mask: style.maskImage,
      clip: style.clipPath,
      transform: `${style.transform} ${style.translate} ${style.scale} ${style.rotate}`,
      contents: style.contentVisibility,
      overflow: style.overflow,
      pointer: style.pointerEvents,
      layer: style.zIndex,
      guests: ["::before", "::after"].map((guest) => getComputedStyle(host, guest).content),
    };
    const met = document.elementFromPoint(left + width / 2, top + height / 2) === host;
    return { box: [left, top, width, height].map(Math.round), looks, met };
  }, OVERLAY);

/** These are changes that a page may make to the looks of our element. @type {Record<string, (name: string) => void>} */
const COSTUMES = {
  "its style": (name) => {
    const looks =
      "opacity:0;visibility:hidden;display:none;transform:scale(0);translate:-900px;scale:.1;rotate:90deg;" +
      "inset:0 auto auto 0;clip-path:inset(50%);pointer-events:none;filter:opacity(0);mask:linear-gradient(#0000,#0000);" +
      "position:absolute;width:1px;height:1px;overflow:hidden;content-visibility:hidden;z-index:-1;zoom:.1;margin:900px;" +
      "color:transparent;font-size:0;mix-blend-mode:difference;contain:strict;transition:all 9s;animation:none;";
    document.querySelector(name)?.setAttribute("style", looks.replaceAll(";", "!important;"));
  },
  "a sheet": (name) => {
    const sheet = document.createElement("style");
    sheet.textContent = `
      ${name}, ${name}[popover]:popover-open { opacity: 0 !important; visibility: hidden !important;
        display: none !important; transform: translate(-900px) !important; inset: 0 auto auto 0 !important;
        clip-path: circle(0) !important; pointer-events: none !important; --card: transparent !important; }
      ${name}::before, ${name}::after { content: "Win a prize" !important; position: fixed !important;
        inset: 0 !important; background: red !important; display: block !important; z-index: 9 !important; }
      html { opacity: 0 !important; visibility: hidden !important;
        clip-path: circle(0) !important; overflow: hidden !important; pointer-events: none !important; }
      body { display: none !important; }`;
    document.head.append(sheet);
  },
  animations: (name) => {
    const host = /** @type {HTMLElement} */ (document.querySelector(name));
    for (const element of [host, document.documentElement]) {
      const last = { opacity: 0, visibility: "hidden", translate: "-900px", scale: 0, inset: "0" };
      element.animate([last, last], { duration: 1e8, fill: "both" });
    }
  },
  attributes: (name) => {
    const host = /** @type {HTMLElement} */ (document.querySelector(name));
    host.hidden = true;
    host.setAttribute("aria-hidden", "true");
    host.className = "hidden opacity-0";
    host.slot = host.id = host.part.value = "x";
    host.append("Win a prize");
  },
  "the other direction": (name) => {
    const host = /** @type {HTMLElement} */ (document.querySelector(name));
    host.dir = document.documentElement.dir = host.dir === "rtl" ? "ltr" : "rtl";
    host.style.setProperty("direction", "rtl", "important");
  },
};

/** Each pair hides or bars the overlay and undoes it. @type {Record<string, [(name: string) => void, (name: string) => void]>} */
const VEILS = {
  "the page without display": [
    () => document.documentElement.style.setProperty("display", "none", "important"),
    () => document.documentElement.style.removeProperty("display"),
  ],
  "the page without contents": [
    () => document.documentElement.style.setProperty("content-visibility", "hidden", "important"),
    () => document.documentElement.style.removeProperty("content-visibility"),
  ],
  "the page inert": [
    () => document.documentElement.setAttribute("inert", ""),
    () => document.documentElement.removeAttribute("inert"),
  ],
  "our element inert": [
    (name) => document.querySelector(name)?.setAttribute("inert", ""),
    (name) => document.querySelector(name)?.removeAttribute("inert"),
  ],
};

describe("restyled", () => {
  test("it looks and stands as before", async () => {
    const tab = await open();
    const before = await drawn(tab);
    assert.equal(before.met, true);
    for (const [what, dress] of Object.entries(COSTUMES)) {
      await tab.evaluate(dress, OVERLAY);
      assert.deepEqual(await drawn(tab), before, what);
    }
    const title = stage.words(`cause_${failing.cause}_title`);
    assert.equal((await View.overlay(tab).read())?.title, title);
    await assertWorks(tab);
  });

  test("out of sight or out of reach, it takes no click", async () => {
    const tab = await open();
    const { x, y } = await View.overlay(tab).spot(buttonOf(REMEDY));
    for (const [what, [veil, unveil]] of Object.entries(VEILS)) {
      await tab.evaluate(veil, OVERLAY);
      await tab.click(x, y);
      await assertUntouched(tab, what);
      await tab.evaluate(unveil, OVERLAY);
    }
    await assertWorks(tab);
  });
});

/**
 * This is what a page does so that a click meets what its reader did not see.
 * @typedef {object} Trick
 * @property {(name: string) => void} set long before the click
 * @property {(name: string) => void} spring as the pointer comes, or as it goes down
 * @property {(name: string) => void} clear the page leaves us alone
 * @property {"pointermove" | "pointerdown"=} on absent: at no time
 */

/** @type {Record<string, Trick>} */
const TRICKS = {
  "moved to the other corner": {
    set: (name) => document.querySelector(name)?.setAttribute("data-corner", "top"),
    on: "pointermove",
    spring: (name) => document.querySelector(name)?.setAttribute("data-corner", "bottom"),
    clear: () => {},
  },
  "moved by the size of the page": {
    set: () => document.documentElement.style.setProperty("zoom", "1.4"),
    on: "pointermove",
    spring: () => document.documentElement.style.removeProperty("zoom"),
    clear: () => {},
  },
  "taken from the top layer": {
    set: () => {},
    on: "pointermove",
    spring: (name) => document.querySelector(name)?.removeAttribute("popover"),
    clear: () => {},
  },
  "put elsewhere": {
    set: () => {},
    on: "pointermove",
    spring: (name) => {
      const host = document.querySelector(name);
      if (host !== null) document.body.append(host);
    },
    clear: () => {},
  },
  "hidden, and shown again under the pointer": {
    set: (name) => {
      /** @type {HTMLElement} */ (document.querySelector(name)).hidePopover();
      const decoy = document.createElement("div");
      decoy.id = "decoy";
      decoy.style.cssText = "position:fixed;inset:0;background:#fff;z-index:2147483647";
      document.documentElement.append(decoy);
      for (const type of ["beforetoggle", "toggle"]) {
        addEventListener(type, (event) => event.stopImmediatePropagation(), true);
      }
    },
    on: "pointermove",
    spring: (name) => {
      /** @type {HTMLElement} */ (document.querySelector(name)).showPopover();
    },
    clear: () => document.querySelector("#decoy")?.remove(),
  },
  "covered by a picture": {
    set: () => {
      const decoy = document.createElement("div");
      decoy.id = "decoy";
      decoy.popover = "manual";
      decoy.style.cssText =
        "width:100vw;height:100vh;background:#fff;pointer-events:none;inset:0;margin:0";
      document.body.append(decoy);
      decoy.showPopover();
    },
    spring: () => {},
    clear: () => document.querySelector("#decoy")?.remove(),
  },
  "covered by what a picture casts": {
    set: () => {
      const decoy = document.createElement("div");
      decoy.id = "decoy";
      decoy.popover = "manual";
      decoy.style.cssText =
        "width:0;height:0;padding:0;border:0;inset:0;margin:0;pointer-events:none;box-shadow:0 0 0 9999px #fff";
      document.body.append(decoy);
      decoy.showPopover();
    },
    spring: () => {},
    clear: () => document.querySelector("#decoy")?.remove(),
  },
  "covered by a picture until the pointer is down": {
    set: () => {
      const decoy = document.createElement("div");
      decoy.id = "decoy";
      decoy.popover = "manual";
      decoy.style.cssText =
        "width:100vw;height:100vh;background:#fff;pointer-events:none;inset:0;margin:0";
      document.body.append(decoy);
      decoy.showPopover();
    },
    on: "pointerdown",
    spring: () => document.querySelector("#decoy")?.remove(),
    clear: () => {},
  },
  "covered by a modal dialog": {
    set: () => {
      const decoy = document.createElement("dialog");
      decoy.id = "decoy";
      decoy.style.cssText = "width:100vw;height:100vh;pointer-events:none";
      document.body.append(decoy);
      decoy.showModal();
    },
    spring: () => {},
    clear: () => document.querySelector("#decoy")?.remove(),
  },
  "covered by a button": {
    set: () => {
      const decoy = document.createElement("button");
      decoy.id = "decoy";
      decoy.popover = "manual";
      decoy.style.cssText = "width:100vw;height:100vh;inset:0;margin:0";
      document.body.append(decoy);
      decoy.showPopover();
    },
    spring: () => {},
    clear: () => document.querySelector("#decoy")?.remove(),
  },
  "covered by a button until the pointer comes": {
    set: () => {
      const decoy = document.createElement("button");
      decoy.id = "decoy";
      decoy.popover = "manual";
      decoy.style.cssText = "width:100vw;height:100vh;inset:0;margin:0";
      document.body.append(decoy);
      decoy.showPopover();
    },
    on: "pointermove",
    spring: () => document.querySelector("#decoy")?.remove(),
    clear: () => {},
  },
  "covered by a view transition": {
    set: () => {
      const sheet = document.createElement("style");
      sheet.id = "decoy";
      sheet.textContent = `
        html { height: 1px; overflow: visible; }
        ::view-transition { pointer-events: none; background: #fff; }
        ::view-transition-group(*) { animation-duration: 1000s; }`;
      document.head.append(sheet);
      Object.assign(globalThis, { passing: document.startViewTransition(() => {}) });
    },
    spring: () => {},
    clear: () => {
      /** @type {any} */ (globalThis).passing.skipTransition();
      document.querySelector("#decoy")?.remove();
    },
  },
};

describe("moved or covered as a person clicks", () => {
  for (const [what, { set, on, spring, clear }] of Object.entries(TRICKS)) {
    test(what, async () => {
      const tab = await open();
      const { x, y } = await View.overlay(tab).spot(buttonOf(REMEDY));
      await tab.evaluate(set, OVERLAY);
      if (on !== undefined) {
        const listen = `addEventListener(type, () => (${spring})(name), { capture: true, once: true })`;
        const arm = /** @type {(type: string, name: string) => void} */ (
          new Function("type", "name", listen)
        );
        await tab.evaluate(arm, on, OVERLAY);
      }
      await pause(STILL);
      await tab.click(x, y);
      await assertUntouched(tab);
      await tab.evaluate(clear, OVERLAY);
      await assertWorks(tab);
    });
  }
});

describe("removed", () => {
  test("each time at once: the badge and the popup still tell, and nobody fights", async () => {
    const script = `
      let returns = 0;
      const remove = () => {
        const host = document.querySelector("${OVERLAY}");
        if (host === null) return;
        document.documentElement.dataset.returns = ++returns;
        host.remove();
      };
      new MutationObserver(remove).observe(document, { childList: true, subtree: true });
      // Sooner still: while it is being shown.
      addEventListener("beforetoggle", (event) => event.newState === "open" && remove(), true);`;
    const tab = await stage.driver.newTab();
    showing = await stage.show(withMore(failing, { html: `<script>${script}</script>` }), { tab });
    await stage.waitForCase(tab, ({ report }) => report.diagnosis !== undefined, "a diagnosis");
    await pause(1000);
    const title = stage.words(`cause_${failing.cause}_title`);
    assert.ok((await stage.badge(tab)).title.includes(title));
    const returns = Number(await tab.evaluate(() => document.documentElement.dataset.returns));
    assert.ok(returns >= 1 && returns <= 3, `it came ${returns} times`);
    const popup = await View.popup(stage.driver, tab);
    const shown = await popup.waitFor(({ cause }) => cause !== undefined, "the popup");
    await popup.tab.close();
    assert.deepEqual([shown.title, shown.next], [title, REMEDY]);
  });
});

describe("copied", () => {
  test("a copy of the overlay is nothing to the extension", async () => {
    const tab = await open();
    await tab.evaluate(
      (name, remedy, cause) => {
        const copy = document.createElement(name);
        copy.popover = "manual";
        copy.style.cssText = "position:fixed;inset:0 auto auto 0;margin:0";
        copy.attachShadow({ mode: "open" }).innerHTML = `<div class="medic" role="region">
          <section class="card" data-cause="${cause}"><div class="now">
          <button class="go" type="button" data-key="go" data-remedy="${remedy}">Clear</button>
          <button class="quiet" type="button" data-key="close">Close</button></div></section></div>`;
        document.body.append(copy);
        copy.showPopover();
      },
      OVERLAY,
      REMEDY,
      failing.cause,
    );
    // The page's own button stands before ours, so the search finds the page's button.
    for (const button of ["[data-key=close]", buttonOf(REMEDY)]) {
      await View.overlay(tab).click(button);
      await assertUntouched(tab, button);
    }
    await tab.evaluate((name) => document.querySelector(name)?.remove(), OVERLAY);
    await assertWorks(tab);
  });

  test("who defines our element is not let into it", async () => {
    const script = `
      customElements.define("${OVERLAY}", class extends HTMLElement {
        constructor() {
          super();
          const inside = this.attachInternals();
          globalThis.look = () => inside.shadowRoot?.innerHTML ?? "";
          try { this.attachShadow({ mode: "open" }); } catch {}
        }
      });`;
    const tab = await stage.driver.newTab();
    showing = await stage.show(withMore(failing, { html: `<script>${script}</script>` }), { tab });
    const { title } = await stage.answer(showing);
    assert.equal(title, stage.words(`cause_${failing.cause}_title`));
    const seen = await tab.evaluate(() => /** @type {any} */ (globalThis).look());
    assert.equal(seen, "");
  });

  test("nothing of ours is to be seen in the page's world", async () => {
    const tab = await open();
    const found = await tab.evaluate((name) => {
      const host = /** @type {HTMLElement} */ (document.querySelector(name));
      return [globalThis, document, document.documentElement, host]
        .flatMap((place) => Reflect.ownKeys(place).map(String))
        .filter((key) => /medic|observe|overlay|report/i.test(key))
        .concat(`${document.adoptedStyleSheets.length} sheets`);
    }, OVERLAY);
    const plain = await stage.driver.newTab();
    await plain.goto("https://example.com/");
    const own = await plain.evaluate(() => Reflect.ownKeys(globalThis).map(String));
    await plain.close();
    const ours = found.filter((key) => !own.includes(key));
    assert.deepEqual(ours, ["0 sheets"]);
  });
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
