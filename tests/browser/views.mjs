// This module sees and uses the extension as a person does: it reads the overlay and the popup as drawn, and
// clicks with trusted clicks at real coordinates. It never calls into the extension's code.

import { pause, until } from "./patience.mjs";

/** The time in ms that the overlay waits before it takes a click, and by which it may be late to notice that it grew. */
const SEEN = 450;

/** The overlay assumes that nobody has seen it if its last frame is longer ago than this, in ms. */
const STUTTER = 200;

/** The time in ms that a person waits for a page that stutters, before they click all the same. */
const PATIENCE = 2000;

/** After this time, in ms, a click that has not come does not come any more. */
const LATE = 300;

/** A person who misses clicks at most this many times. */
const MISSES = 3;

/** No view has as many controls as this. */
const MOST = 120;

/** The name of the overlay's element in the page. */
export const OVERLAY = "access-medic";

/**
 * @typedef {import("./launch.mjs").Tab} Tab
 * @typedef {object} Drawn
 * @property {string=} title of the cause that is shown
 * @property {string=} cause its id, as the view marks it
 * @property {string=} verdict
 * @property {{remedy: string, state: string}[]} steps of the checklist
 * @property {string=} next the remedy behind the one filled button
 * @property {string} text everything that can be read
 */

export class View {
  /** @type {Tab} */
  tab;
  /** @type {string | undefined} */
  #host;

  /**
   * @param {Tab} tab
   * @param {string=} host the element whose closed shadow root is the view; absent: the whole page
   */
  constructor(tab, host) {
    this.tab = tab;
    this.#host = host;
  }

  /** @param {Tab} tab */
  static overlay(tab) {
    return new View(tab, OVERLAY);
  }

  /**
   * Opens the popup of a tab as a page, because a browser's own popup cannot be driven.
   * @param {import("./launch.mjs").Driver} driver
   * @param {Tab} tab
   * @param {Tab=} given a tab to open it in; absent: a new one
   */
  static async popup(driver, tab, given) {
    const page = given ?? (await driver.newTab());
    // A tab in the background is not drawn.
    if (given !== undefined) await given.toFront();
    await page.resize(400, 600);
    await page.goto(driver.extensionUrl(`views/popup.html?tab=${tab.id}`));
    return new View(page);
  }

  /** @returns {Promise<Drawn | undefined>} */
  async read() {
    return this.tab.inRoot(this.#host, readDrawn);
  }

  /**
   * @param {(drawn: Drawn) => boolean} holds
   * @param {string} what is waited for
   * @param {number} limit ms
   * @returns {Promise<Drawn>}
   */
  async waitFor(holds, what, limit = 3000) {
    return until(
      async () => {
        const drawn = await this.read();
        return drawn !== undefined && holds(drawn) ? drawn : undefined;
      },
      what,
      limit,
    );
  }

  /**
   * Makes a trusted click in the middle of the first visible element that matches.
   * @param {string} selector
   * @param {string} words that it shows; empty: whatever it shows
   */
  async click(selector, words = "") {
    await this.#hit(
      () => this.spot(selector, words),
      () => this.tab.evaluate(watchFor, selector, words),
    );
  }

  /**
   * Clicks, and clicks again after a miss, as a person does. Our own views may be drawn anew between the look and the
   * click, and then something else lies there. The overlay refuses a click when its page has drawn no frames for a moment.
   * @param {() => Promise<{x: number, y: number}>} aim
   * @param {() => Promise<void>} watch
   */
  async #hit(aim, watch) {
    for (let tries = 1; ; tries++) {
      const { x, y } = await aim();
      await this.#see();
      await (this.#host === undefined ? watch() : this.tab.inRoot(this.#host, watchForClick));
      await this.tab.click(x, y);
      if (tries === MISSES || !(await this.#missed())) return;
    }
  }

  /** Tells whether the last click or key press did nothing. If the page went away with it, it was a hit. */
  async #missed() {
    const missed = () => this.tab.evaluate(wasMissed).catch(() => false);
    if (!(await missed())) return false;
    // The event may still be on its way to the page.
    await pause(LATE);
    return missed();
  }

  /**
   * Looks at the overlay for as long as the overlay demands: it takes no click before the reader can have seen what is
   * there. The time counts by the frames of the page, since on a busy computer nothing is drawn for a while. If a page
   * stops its own frames, the time counts by the clock.
   */
  async #see() {
    if (this.#host === undefined) return;
    const drawn = this.tab.evaluate(drawsFor, SEEN, STUTTER).catch(() => undefined);
    await Promise.race([drawn, pause(PATIENCE)]);
  }

  /**
   * Returns the place of the first visible element that matches.
   * @param {string} selector
   * @param {string} words that it shows; empty: whatever it shows
   * @returns {Promise<{x: number, y: number}>}
   */
  async spot(selector, words = "") {
    return this.#still(
      () => this.tab.inRoot(this.#host, spotOf, selector, words),
      `something to click: ${selector} ${words}`,
    );
  }

  /**
   * Returns the place of something once it stands still: a person who aims does not hit what moves away.
   * @param {() => Promise<{x: number, y: number} | undefined>} find
   * @param {string} what
   */
  async #still(find, what) {
    /** @type {{x: number, y: number} | undefined} */
    let before;
    const look = async () => {
      const last = before;
      before = await find();
      return before && last?.x === before.x && last.y === before.y ? before : undefined;
    };
    return until(look, what, 3000).catch(async (error) => {
      const shown = (await this.read())?.text ?? "there is no view";
      throw new Error(`${error.message}; shown: ${JSON.stringify(shown)}`);
    });
  }

  /** Makes a trusted click on the control that has this name for a screen reader. @param {string} name */
  async press(name) {
    const aim = () =>
      this.#still(() => this.tab.inRoot(this.#host, spotOfName, name), `a control named ${name}`);
    await this.#hit(aim, () => this.tab.evaluate(watchForName, name));
  }

  /**
   * Goes to the control of this name by the keyboard alone, and presses it there. The focus has to be seen on
   * every way, and stays in the view.
   * @param {string} name
   * @param {import("./launch.mjs").Key} [key]
   */
  async walk(name, key = "Enter") {
    /** @type {string[]} */
    const passed = [];
    for (let steps = 0; steps < MOST; steps++) {
      const way = await until(
        () => this.tab.inRoot(this.#host, wayTo, name),
        `a control named ${name}`,
        3000,
      );
      if (way.here) {
        if (!way.visible) throw new Error(`The focus cannot be seen on ${name}`);
        for (let tries = 1; tries <= MISSES; tries++) {
          await this.#see();
          await this.tab.inRoot(this.#host, watchForClick);
          await this.tab.press(way.box && key === "Enter" ? " " : key);
          if (this.#host === undefined || !(await this.#missed())) return;
        }
        return;
      }
      passed.push(way.focus);
      await this.tab.press(way.back ? "Shift+Tab" : "Tab");
    }
    throw new Error(`No way by Tab to ${name}: ${passed.join(" › ")}`);
  }

  /** Makes a trusted click on the button of a remedy. @param {string} remedy */
  async apply(remedy) {
    await this.click(buttonOf(remedy));
  }
}

/** @param {string} remedy */
export const buttonOf = (remedy) => `button[data-remedy="${remedy}"], a[data-remedy="${remedy}"]`;

/** Notes whether the next click hits what matches, before the view is redrawn. @param {string} selector @param {string} words */
function watchFor(selector, words) {
  const page = /** @type {{ hit?: boolean }} */ (globalThis);
  page.hit = false;
  const note = (/** @type {Event} */ event) => {
    const found = /** @type {Element} */ (event.target).closest?.(selector);
    page.hit = !!found && (words === "" || found.textContent?.trim() === words);
  };
  addEventListener("click", note, { capture: true, once: true });
}

/** Notes whether the next click hits the control of this name. @param {string} name */
function watchForName(name) {
  const page = /** @type {{ hit?: boolean }} */ (globalThis);
  page.hit = false;
  const note = (/** @type {Event} */ event) => {
    const target = /** @type {Element} */ (event.target);
    const control = target.closest?.("button, a[href], summary, label, input, select");
    const said = control?.getAttribute("aria-label") ?? control?.textContent?.trim();
    page.hit = said === name || (control?.localName === "summary" && !!said?.startsWith(name));
  };
  addEventListener("click", note, { capture: true, once: true });
}

/** Tells whether the click that was watched for has hit nothing of what was meant. */
const wasMissed = () => /** @type {{ hit?: boolean }} */ (globalThis).hit === false;

/** Notes whether a click comes through the overlay: a refused one goes no further. @param {Document | ShadowRoot} root */
function watchForClick(root) {
  const page = /** @type {{ hit?: boolean }} */ (globalThis);
  page.hit = false;
  root.addEventListener(
    "click",
    () => {
      page.hit = true;
    },
    { once: true },
  );
}

/**
 * Resolves when frames have followed one another for some time without a gap.
 * @param {number} length ms
 * @param {number} gap ms
 */
function drawsFor(length, gap) {
  return /** @type {Promise<void>} */ (
    new Promise((resolve) => {
      let from = performance.now();
      let last = from;
      const frame = () => {
        const now = performance.now();
        if (now - last > gap) from = now;
        last = now;
        if (now - from >= length) resolve();
        else requestAnimationFrame(frame);
      };
      requestAnimationFrame(frame);
    })
  );
}

/** @param {Document | ShadowRoot} root @returns {Drawn} */
function readDrawn(root) {
  const cause = root.querySelector("[data-cause]");
  const whole = root.nodeType === Node.DOCUMENT_NODE ? [document.body] : [...root.children];
  return {
    title: cause?.textContent ?? undefined,
    cause: cause?.getAttribute("data-cause") ?? undefined,
    verdict: root.querySelector("[data-verdict]")?.getAttribute("data-verdict") ?? undefined,
    steps: [...root.querySelectorAll("li[data-remedy][data-state]")].map((step) => ({
      remedy: step.getAttribute("data-remedy") ?? "",
      state: step.getAttribute("data-state") ?? "",
    })),
    next: root.querySelector(".now .go")?.getAttribute("data-remedy") ?? undefined,
    text: whole.map((part) => /** @type {HTMLElement} */ (part).innerText ?? "").join("\n"),
  };
}

/** @param {Document | ShadowRoot} root @param {string} selector @param {string} words */
function spotOf(root, selector, words) {
  for (const found of root.querySelectorAll(selector)) {
    if (words !== "" && found.textContent?.trim() !== words) continue;
    // An element that is folded away does not count.
    if (!found.checkVisibility()) continue;
    found.scrollIntoView({ block: "center", behavior: "instant" });
    const box = found.getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  }
  return undefined;
}

/** @param {Document | ShadowRoot} root @param {string} name */
function spotOfName(root, name) {
  for (const found of root.querySelectorAll("button, a[href], summary, label, input, select")) {
    const said = found.getAttribute("aria-label") ?? found.textContent?.trim();
    // The text of a fold goes on behind its title.
    if (said !== name && !(found.localName === "summary" && said?.startsWith(name))) continue;
    if (!found.checkVisibility()) continue;
    found.scrollIntoView({ block: "center", behavior: "instant" });
    const box = found.getBoundingClientRect();
    return { x: box.left + box.width / 2, y: box.top + box.height / 2 };
  }
  return undefined;
}

/**
 * Tells where the focus is, and whether the way to the control of a name goes back.
 * @param {Document | ShadowRoot} root
 * @param {string} name
 */
function wayTo(root, name) {
  /** @param {Element | null} one */
  const said = (one) => {
    const { labels } = /** @type {HTMLInputElement} */ (one ?? {});
    return one?.getAttribute("aria-label") ?? (labels?.[0] ?? one)?.textContent?.trim() ?? "";
  };
  const controls = [...root.querySelectorAll("button, a[href], summary, input, select, textarea")];
  // The text of a fold goes on behind its title.
  const wanted = controls.find(
    (one) =>
      (said(one) === name || (one.localName === "summary" && said(one).startsWith(name))) &&
      (one.checkVisibility() || one.closest("label")?.checkVisibility()),
  );
  if (wanted === undefined) return undefined;
  const { activeElement: active } = root;
  // The controls of one group share one stop of the Tab key.
  const group = (/** @type {Element} */ one) => one.getAttribute("name") ?? one;
  const here = active !== null && group(active) === group(wanted);
  const shown = active && (active.classList.contains("unseen") ? active.closest("label") : active);
  const after = Node.DOCUMENT_POSITION_PRECEDING;
  return {
    here,
    box: wanted.matches("[role=checkbox], input"),
    visible: shown !== null && getComputedStyle(shown).outlineStyle !== "none",
    back: active !== null && (active.compareDocumentPosition(wanted) & after) !== 0,
    focus: said(active) || String(active?.localName),
  };
}
