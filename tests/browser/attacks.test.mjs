// These tests show pages that attack: they cover the overlay where its own looks do not reach, keep its script from
// looking, take the browser's interfaces from it, move the focus, or (in Firefox) reach into its closed root. None of them
// gets a click for what the person could not see, changes a word unnoticed, or takes a cookie. An honest click still works.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { pause, until } from "./patience.mjs";
import { withMore } from "./recordings.mjs";
import { keyOf, OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { buttonOf, OVERLAY, View } from "./views.mjs";

const LIMIT = 10_000;

/** This time in ms is long enough for anything that was started to be seen. */
const SETTLED = 300;
/** An attack stands for this time in ms, after which the overlay would take a click. */
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

/** @param {string} html more of the page */
async function open(html = "") {
  const seeds = OPENAI_SEEDS.filter(({ host, under }) => host === "auth.openai.com" && !under);
  const tab = await stage.driver.newTab();
  await sow(stage.player, tab, seeds);
  showing = await stage.show(withMore(failing, { html }), { tab });
  planted = await cookies();
  await stage.answer(showing);
  await tab.toFront();
  return tab;
}

/** @param {Tab} tab */
async function assertUntouched(tab, what = "") {
  await pause(SETTLED);
  const found = await stage.case(tab);
  assert.equal(found?.report.diagnosis?.cause, failing.cause, what);
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

/** Runs a function in the page as a first pointer event comes. @param {Tab} tab @param {string} type @param {() => void} run */
const armed = (tab, type, run) =>
  tab.evaluate(
    /** @type {(type: string) => void} */ (
      new Function(
        "type",
        `addEventListener(type, () => (${run})(), { capture: true, once: true })`,
      )
    ),
    type,
  );

/**
 * This is an attack on a click.
 * @typedef {object} Attack
 * @property {() => void} set long before the click
 * @property {string=} on the event at which it springs
 * @property {(() => void)=} spring
 * @property {() => void} clear the page leaves us alone
 */

/** The attacks share these functions of the page; they run in the page. */
const WEAPONS = `<script>
  const COVER = "position:fixed;inset:0;margin:0;border:0;padding:0;width:100vw;height:100vh;max-width:none;max-height:none;background:#fff;pointer-events:none";
  const cover = (parent = document.body, id = "cover") => {
    const decoy = document.createElement("div");
    decoy.id = id;
    decoy.popover = "manual";
    decoy.style.cssText = COVER;
    parent.append(decoy);
    decoy.showPopover();
    return decoy;
  };
  const uncover = () => document.querySelector("#cover")?.remove();
  const block = (ms) => { const end = performance.now() + ms; while (performance.now() < end); };
  const frames = (count, then) => count ? requestAnimationFrame(() => frames(count - 1, then)) : then();
</script>`;

/** @type {Record<string, Attack>} */
const ATTACKS = {
  "a cover that goes behind a script that blocks": {
    set: () => {
      addEventListener(
        "pointermove",
        () => {
          cover();
          // Once the cover is painted, it stays in sight for as long as nothing else is painted.
          frames(2, () => {
            block(900);
            uncover();
          });
        },
        { capture: true, once: true },
      );
    },
    clear: () => {},
  },
  "hidden for as long as a script blocks": {
    set: () => {
      addEventListener(
        "pointermove",
        () => {
          const host = /** @type {HTMLElement} */ (document.querySelector("access-medic"));
          host.hidePopover();
          frames(2, () => {
            block(900);
            host.showPopover();
          });
        },
        { capture: true, once: true },
      );
    },
    clear: () => {},
  },
  "a hidden popover that stays painted for its transition": {
    set: () => {
      const sheet = document.createElement("style");
      sheet.id = "lingering";
      sheet.textContent = `#cover { display: block; transition: overlay 1000s allow-discrete, display 1000s allow-discrete }
        #cover:not(:popover-open) { display: none }`;
      document.head.append(sheet);
      frames(2, () => {
        const decoy = cover();
        frames(2, () => decoy.hidePopover());
      });
    },
    clear: () => {
      document.querySelector("#lingering")?.remove();
      uncover();
    },
  },
  "a dialog that is closed and stays painted": {
    set: () => {
      const sheet = document.createElement("style");
      sheet.id = "lingering";
      sheet.textContent =
        "dialog { transition: overlay 1000s allow-discrete, display 1000s allow-discrete } dialog::backdrop { background: #fff; transition: overlay 1000s allow-discrete, display 1000s allow-discrete }";
      document.head.append(sheet);
      frames(2, () => {
        const decoy = document.createElement("dialog");
        decoy.id = "cover";
        decoy.style.cssText = COVER;
        document.body.append(decoy);
        decoy.showModal();
        frames(2, () => decoy.close());
      });
    },
    clear: () => {
      document.querySelector("#lingering")?.remove();
      uncover();
    },
  },
  "a cover in a closed shadow root": {
    set: () => {
      const box = document.createElement("div");
      box.id = "cover";
      document.body.append(box);
      cover(box.attachShadow({ mode: "closed" }));
    },
    clear: () => uncover(),
  },
  "a cover in a closed shadow root within another": {
    set: () => {
      const box = document.createElement("div");
      box.id = "cover";
      document.body.append(box);
      const inner = document.createElement("section");
      box.attachShadow({ mode: "closed" }).append(inner);
      cover(inner.attachShadow({ mode: "closed" }));
    },
    clear: () => uncover(),
  },
  "a cover in a closed shadow root until the pointer is down": {
    set: () => {
      const box = document.createElement("div");
      box.id = "cover";
      document.body.append(box);
      cover(box.attachShadow({ mode: "closed" }));
    },
    on: "pointerdown",
    spring: () => uncover(),
    clear: () => {},
  },
  "a cover that is away at each tenth of a second": {
    set: () => {
      const state = { on: true };
      Object.assign(globalThis, { strobe: state });
      const round = () => {
        if (!state.on) return;
        const late = performance.now() % 100;
        if (late > 20 && late < 95) document.querySelector("#cover") ?? cover();
        else uncover();
        requestAnimationFrame(round);
      };
      round();
    },
    on: "pointermove",
    spring: () => {
      /** @type {any} */ (globalThis).strobe.on = false;
      uncover();
    },
    clear: () => {},
  },
  "a cover that is painted, but never there when a timer runs": {
    set: () => {
      const state = { on: true };
      Object.assign(globalThis, { strobe: state });
      const { port1, port2 } = new MessageChannel();
      port1.onmessage = uncover;
      const round = () => {
        if (!state.on) return uncover();
        requestAnimationFrame(round);
        cover();
        port2.postMessage(0);
      };
      round();
    },
    on: "pointermove",
    spring: () => {
      /** @type {any} */ (globalThis).strobe.on = false;
      uncover();
    },
    clear: () => {},
  },
  "an animation that takes the page away": {
    set: () => {
      document.documentElement.animate({ zoom: [0.1, 0.1] }, { duration: 1e6, fill: "both" });
    },
    on: "pointermove",
    spring: () => {
      for (const one of document.getAnimations()) one.cancel();
    },
    clear: () => {},
  },
  "interfaces that throw": {
    set: () => {
      cover();
      const { body } = document;
      const names =
        "elementFromPoint querySelectorAll hasFocus getAnimations visibilityState defaultView activeElement hidden";
      for (const name of names.split(" ")) {
        const image = document.createElement("img");
        image.name = name;
        const form = document.createElement("form");
        form.name = name;
        body.append(image, form);
      }
    },
    clear: () => {
      for (const one of [...document.images, ...document.forms]) one.remove();
      uncover();
    },
  },
  "interfaces of the page's own world that lie": {
    set: () => {
      cover();
      const host = document.querySelector("access-medic");
      const truth = {
        point: Document.prototype.elementFromPoint,
        all: Document.prototype.querySelectorAll,
        box: Element.prototype.getBoundingClientRect,
        matches: Element.prototype.matches,
        animations: Document.prototype.getAnimations,
      };
      Object.assign(globalThis, { truth });
      Document.prototype.elementFromPoint = () => host;
      Document.prototype.getAnimations = () => [];
      /** @type {any} */ (Document.prototype).querySelectorAll = () => [];
      Element.prototype.getBoundingClientRect = () => new DOMRect(0, 0, 9999, 9999);
      /** @type {any} */ (Element.prototype).matches = () => true;
    },
    clear: () => {
      const { truth } = /** @type {any} */ (globalThis);
      Document.prototype.elementFromPoint = truth.point;
      Document.prototype.getAnimations = truth.animations;
      Document.prototype.querySelectorAll = truth.all;
      Element.prototype.getBoundingClientRect = truth.box;
      Element.prototype.matches = truth.matches;
      uncover();
    },
  },
};

// The functions of WEAPONS, and the root that was reached, exist only in the page.
const { cover, uncover, block, frames, COVER, reached } = /** @type {any} */ ({});

/** @param {Tab} tab */
const supportsLingering = (tab) => tab.evaluate(() => CSS.supports("overlay", "auto"));

describe("a click on what the person could not see", () => {
  for (const [what, { set, on, spring, clear }] of Object.entries(ATTACKS)) {
    test(what, async () => {
      const tab = await open(WEAPONS);
      // Without this support nothing hidden stays in the top layer, so nothing hidden lies above the overlay.
      if (what.includes("stays painted") && !(await supportsLingering(tab))) return;
      const { x, y } = await View.overlay(tab).spot(buttonOf(REMEDY));
      await pause(STILL);
      await tab.evaluate(set);
      await pause(STILL);
      if (on !== undefined && spring !== undefined) await armed(tab, on, spring);
      await tab.click(x, y);
      await assertUntouched(tab);
      await tab.evaluate(clear);
      await assertWorks(tab);
    });
  }

  test("the window has just come back to the front", async () => {
    const tab = await open();
    const { x, y } = await View.overlay(tab).spot(buttonOf(REMEDY));
    const other = await stage.driver.newTab();
    await other.toFront();
    await pause(STILL);
    await tab.toFront();
    await tab.click(x, y);
    await other.close();
    await assertUntouched(tab);
    await tab.toFront();
    await assertWorks(tab);
  });

  test("the second click of two, when the first was for something that went away", async () => {
    const tab = await open(WEAPONS);
    const { x, y } = await View.overlay(tab).spot(buttonOf(REMEDY));
    await pause(STILL);
    await tab.evaluate(() => {
      const decoy = cover();
      decoy.style.pointerEvents = "auto";
      decoy.addEventListener("pointerdown", uncover);
    });
    await pause(STILL);
    await tab.click(x, y);
    await tab.click(x, y);
    await assertUntouched(tab);
    await assertWorks(tab);
  });

  test("pressed somewhere else, with the pointer captured for our element", async () => {
    const tab = await open();
    await reach(tab);
    await tab.evaluate((name) => {
      const node = /** @type {any} */ (globalThis).reached?.querySelector(".go");
      addEventListener(
        "pointerdown",
        ({ pointerId }) => (node ?? document.querySelector(name)).setPointerCapture(pointerId),
        { capture: true, once: true },
      );
    }, OVERLAY);
    await pause(STILL);
    await tab.click(20, 20);
    await assertUntouched(tab);
    await assertWorks(tab);
  });

  test("a list to choose from lies over it", async () => {
    const tab = await open();
    const { x, y } = await View.overlay(tab).spot(buttonOf(REMEDY));
    await tab.evaluate(() => {
      const list = document.createElement("select");
      list.id = "list";
      list.style.cssText = "position:fixed;left:0;top:0;width:100vw;height:40px";
      for (let name = 0; name < 60; name++) list.append(new Option(`Entry ${name}`));
      document.body.append(list);
    });
    await pause(STILL);
    await tab.click(200, 20);
    await pause(STILL);
    await tab.click(x, y);
    await assertUntouched(tab);
    await tab.evaluate(() => document.querySelector("#list")?.remove());
    await assertWorks(tab);
  });

  test("all of the page is blurred", async () => {
    // In other browsers the filter of a root ends below the top layer: tests/browser/disguise.test.mjs.
    if (stage.driver.name !== "firefox") return;
    const tab = await open();
    const { x, y } = await View.overlay(tab).spot(buttonOf(REMEDY));
    await tab.evaluate(() => {
      document.documentElement.style.filter = "blur(40px)";
    });
    await pause(STILL);
    await tab.click(x, y);
    await assertUntouched(tab);
    await tab.evaluate(() => {
      document.documentElement.style.filter = "invert(1) hue-rotate(180deg)";
    });
    await assertWorks(tab);
  });

  test("a window too small for reading", async () => {
    const tab = await open();
    await tab.resize(180, 120);
    await pause(STILL);
    const spot = await tab.inRoot(
      OVERLAY,
      (root, selector) => {
        const found = /** @type {Element} */ (root.querySelector(selector));
        found.scrollIntoView({ block: "center", behavior: "instant" });
        const box = found.getBoundingClientRect();
        return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
      },
      buttonOf(REMEDY),
    );
    await pause(STILL);
    if (spot !== undefined) await tab.click(spot.x, spot.y);
    await assertUntouched(tab);
    await tab.resize(1280, 800);
    await assertWorks(tab);
  });
});

/**
 * Takes what the browser gives to a page that listens, which in Firefox is a node within the closed root.
 * @param {Tab} tab
 */
async function reach(tab) {
  await tab.evaluate(() => {
    /** @type {any} */ (globalThis).reached = undefined;
    for (const type of ["pointermove", "pointerover", "mouseover", "mousemove", "focusin"]) {
      addEventListener(
        type,
        (event) => {
          const { originalTarget, explicitOriginalTarget } = /** @type {any} */ (event);
          for (const node of [originalTarget, explicitOriginalTarget, event.composedPath()[0]]) {
            const root = node?.getRootNode?.();
            if (root instanceof ShadowRoot) /** @type {any} */ (globalThis).reached = root;
          }
        },
        true,
      );
    }
  });
  const { x, y } = await View.overlay(tab).spot(".headline");
  await tab.click(x, y);
  return tab.evaluate(() => /** @type {any} */ (globalThis).reached !== undefined);
}

/** Returns the words of the card. @param {Tab} tab */
const words = (tab) =>
  tab.inRoot(OVERLAY, (root) => /** @type {HTMLElement} */ (root.querySelector(".card")).innerText);

/** These are the changes that a page makes to a root that it has reached. @type {Record<string, () => void>} */
const REWRITINGS = {
  "the words of the button": () => {
    reached.querySelector(".go").textContent = "Win a prize";
  },
  "a letter of a text": () => {
    reached.querySelector(".headline").firstChild.data = "All is well here";
  },
  "a style of the card": () => {
    reached.querySelector(".what").style.opacity = "0";
  },
  "what a button is for": () => {
    reached.querySelector(".go").setAttribute("aria-label", "Win a prize");
    reached.querySelector(".go").removeAttribute("data-remedy");
  },
  "a sheet of its own": () => {
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(".card > * { opacity: 0 } .card::before { content: 'Win a prize' }");
    reached.adoptedStyleSheets.push(sheet);
  },
  "a rule in our sheet": () => {
    reached.adoptedStyleSheets[0].insertRule(
      ".card > * { opacity: 0 }",
      reached.adoptedStyleSheets[0].cssRules.length,
    );
  },
  "our sheet, replaced": () => {
    reached.adoptedStyleSheets[0].replaceSync(".what { display: none }");
  },
  "a style element": () => {
    const style = document.createElement("style");
    style.textContent = ".what, .headline { opacity: 0 }";
    reached.append(style);
  },
  "an animation": () => {
    reached.querySelector(".what").animate({ opacity: [0, 0] }, { duration: 1e6, fill: "both" });
  },
  "a root within": () => {
    reached.querySelector(".headline").attachShadow({ mode: "closed" }).textContent = "A prize";
  },
  "our button in a place of its own": () => {
    const place = document.createElement("div");
    place.id = "place";
    place.style.cssText = "position:fixed;left:20px;top:20px;width:200px;height:60px";
    place.append(reached.querySelector(".go"));
    document.body.append(place);
  },
  "the order of the steps": () => {
    const list = reached.querySelector(".steps");
    list.prepend(list.lastElementChild);
  },
};

describe("what is drawn, rewritten by a page that reaches into the root", () => {
  for (const [what, rewrite] of Object.entries(REWRITINGS)) {
    test(what, async () => {
      const tab = await open();
      const { x, y } = await View.overlay(tab).spot(buttonOf(REMEDY));
      const own = await words(tab);
      if (!(await reach(tab))) {
        assert.equal(
          stage.driver.name,
          "chromium",
          "Firefox tells a page the nodes of a closed root",
        );
        return;
      }
      await pause(STILL);
      await tab.evaluate(rewrite);
      // This clicks at once on the button where it was, and then on the place to which it may have been moved.
      await tab.click(x, y);
      await tab.click(60, 40);
      await assertUntouched(tab);
      await until(
        async () => ((await words(tab)) === own ? true : undefined),
        "our own words",
        LIMIT,
      );
      await tab.evaluate(() => document.querySelector("#place")?.remove());
      await assertWorks(tab);
    });
  }

  test("again and again: in the end there is nothing to rewrite", async () => {
    const tab = await open();
    const { x, y } = await View.overlay(tab).spot(buttonOf(REMEDY));
    if (!(await reach(tab))) return;
    await tab.evaluate(() => {
      const rewrite = (/** @type {any} */ { originalTarget }) => {
        const root = originalTarget?.getRootNode?.();
        if (root instanceof ShadowRoot) {
          for (const one of root.querySelectorAll("button")) one.textContent = "Win a prize";
        }
      };
      for (const type of ["pointermove", "pointerdown", "click"])
        addEventListener(type, rewrite, true);
    });
    const drawn = () => tab.evaluate((name) => document.querySelectorAll(name).length > 0, OVERLAY);
    for (let tries = 0; tries < 12 && (await drawn()); tries++) {
      await tab.click(x, y);
      await pause(STILL);
    }
    const left = await tab.evaluate((name) => document.querySelectorAll(name).length, OVERLAY);
    assert.equal(left, 0);
    await assertUntouched(tab);
    assert.notEqual((await stage.badge(tab)).text, "");
  });

  test("where a link leads, in the moment of the click", async () => {
    const recording = stage.recording("site_misconfigured/could-not-find-host-1018");
    showing = await stage.show(recording);
    const { tab } = showing;
    await stage.answer(showing);
    await tab.toFront();
    const wanted = await tab.inRoot(
      OVERLAY,
      (root) => /** @type {HTMLAnchorElement} */ (root.querySelector("a.go")).href,
    );
    assert.ok(wanted?.startsWith("https://"), `the first step is a link: ${wanted}`);
    await tab.evaluate(() => {
      for (const type of ["pointerdown", "mousedown", "mouseup", "click"]) {
        addEventListener(
          type,
          (event) => {
            const node = /** @type {any} */ (event).originalTarget;
            const link = node?.closest?.("a");
            if (!link) return;
            // This listener runs after everybody else has looked at the link.
            link.addEventListener("click", () => {
              link.href = "https://evil.example/";
            });
            link.parentNode.addEventListener("click", () => {
              link.href = "https://evil.example/";
            });
          },
          true,
        );
      }
    });
    const addresses = () =>
      stage.driver.inExtension(async () =>
        (await chrome.tabs.query({})).map(
          ({ url, pendingUrl }) => pendingUrl ?? url ?? "elsewhere",
        ),
      );
    const before = await addresses();
    await View.overlay(tab).click("a.go");
    const after = await until(
      async () => {
        const now = await addresses();
        const more = now.slice().filter((one) => one !== "about:blank");
        return more.length > before.filter((one) => one !== "about:blank").length
          ? more
          : undefined;
      },
      "a tab with the address",
      LIMIT,
    );
    assert.deepEqual(
      after.filter(
        (one) => !before.includes(one) && new URL(one).origin !== new URL(String(wanted)).origin,
      ),
      [],
    );
    assert.ok(!after.includes("elsewhere") || before.includes("elsewhere"), `${after}`);
    await stage.driver.inExtension(
      async (id, known) => {
        const more = (await chrome.tabs.query({})).filter(
          (one) => one.id !== id && !known.includes(one.pendingUrl ?? one.url ?? "elsewhere"),
        );
        await chrome.tabs.remove(more.flatMap((one) => one.id ?? []));
      },
      tab.id,
      before,
    );
  });
});

test("an element with the name of one of our globals does not take its place", async () => {
  const names = ["accessMedicReport", "accessMedicOverlay"];
  const tab = await open(
    names.map((name) => `<a id="${name}"></a><form name="${name}"></form>`).join(""),
  );
  const title = stage.words(`cause_${failing.cause}_title`);
  assert.equal((await View.overlay(tab).read())?.title, title);
  await assertWorks(tab);
});

test("a cookie's name cannot pretend to be a word of ours", async () => {
  const tab = await open();
  const name = `Done.\u202e\u0000 All well. ${"Call 555 0100 for help ".repeat(100)}`;
  await stage.driver.inExtension(
    async (key, remedy, chosen) => {
      const found = /** @type {any} */ ((await chrome.storage.session.get(key))[key]);
      const stayed = [{ name: chosen, host: "auth.openai.com", why: "came_back" }];
      const cookies = { found: 1, gone: 0, hosts: ["auth.openai.com"], stayed };
      const receipts = { [remedy]: { remedy, at: Date.now(), cookies, ms: 1 } };
      await chrome.storage.session.set({ [key]: { ...found, receipts } });
    },
    `case:${tab.id}`,
    "clear_site_data", // its receipt lies in a fold
    name,
  );
  const popup = await View.popup(stage.driver, tab);
  const drawn = await until(
    () =>
      popup.tab.evaluate(() => {
        const code = document.querySelector(".account code");
        if (!code) return undefined;
        const { unicodeBidi } = getComputedStyle(code);
        return { text: code.textContent ?? "", unicodeBidi };
      }),
    "the receipt",
    LIMIT,
  );
  await popup.tab.close();
  assert.ok(drawn.text.startsWith("Done."), drawn.text);
  assert.ok(drawn.text.length <= 64, `${drawn.text.length} characters`);
  assert.doesNotMatch(drawn.text, /\p{C}/u);
  assert.equal(drawn.unicodeBidi, "isolate");
});

test("a page that tries all of them at once gets nothing", async () => {
  const tab = await open(WEAPONS);
  const { x, y } = await View.overlay(tab).spot(buttonOf(REMEDY));
  const own = await words(tab);
  await reach(tab);
  await pause(STILL);
  await tab.evaluate(
    (attacks, rewritings) => {
      for (const attack of attacks) {
        try {
          new Function(`(${attack})()`)();
        } catch {} // one in the way of another
      }
      addEventListener(
        "pointermove",
        () => {
          for (const rewriting of rewritings) {
            try {
              new Function(`(${rewriting})()`)();
            } catch {} // there is nothing to rewrite
          }
        },
        { capture: true, once: true },
      );
    },
    Object.values(ATTACKS).map(({ set }) => `${set}`),
    Object.values(REWRITINGS).map(String),
  );
  for (let tries = 0; tries < 4; tries++) {
    await tab.click(x, y);
    await pause(STILL);
  }
  await assertUntouched(tab);
  const left = await words(tab).catch(() => undefined);
  assert.ok(left === undefined || left === own, left);
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
