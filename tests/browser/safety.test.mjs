// These tests check what must not happen: a page cannot start a remedy, read a report or hide behind a frame; a
// stranger's message does nothing; the worker's death loses nothing; the overlay takes neither the focus nor an Escape
// that is not a person's, goes when it is told, and works under the strictest policy.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { pause } from "./patience.mjs";
import { withMore } from "./recordings.mjs";
import { keyOf, OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { buttonOf, OVERLAY, View } from "./views.mjs";

const LIMIT = 10_000;

/** This time in ms is long enough for anything that was started to be seen. */
const SETTLED = 500;

const REMEDY = "clear_login_cookies";

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
  const tab = await stage.driver.newTab();
  await sow(stage.player, tab, OPENAI_SEEDS);
  await tab.close();
  planted = await cookies();
});

after(async () => {
  await stage.close();
});

afterEach(async () => {
  if (showing !== undefined) await stage.end(showing);
  showing = undefined;
});

/** @param {import("./recordings.mjs").Recording} recording */
async function open(recording = failing) {
  showing = await stage.show(recording);
  await stage.answer(showing);
  return showing.tab;
}

/** @param {import("./launch.mjs").Tab} tab */
async function assertUntouched(tab) {
  await pause(SETTLED);
  const found = await stage.case(tab);
  assert.equal(found?.report.diagnosis?.cause, failing.cause);
  assert.deepEqual([found?.history, found?.receipts, found?.busy], [[], {}, undefined]);
  assert.equal(found?.closed, false);
  assert.deepEqual(await cookies(), planted);
  assert.equal((await View.overlay(tab).read())?.cause, failing.cause);
}

describe("a page cannot act in the place of a person", () => {
  test("events made by page script, on the button's own coordinates", async () => {
    const tab = await open();
    const spot = await View.overlay(tab).spot(buttonOf(REMEDY));
    await tab.evaluate(
      ({ x, y }, name) => {
        const host = /** @type {HTMLElement} */ (document.querySelector(name));
        const at = { bubbles: true, composed: true, cancelable: true, clientX: x, clientY: y };
        const targets = [host, document.elementFromPoint(x, y) ?? host, document, window];
        for (const target of targets) {
          for (const type of ["pointerdown", "pointerup"]) {
            target.dispatchEvent(new PointerEvent(type, at));
          }
          for (const type of ["mousedown", "mouseup", "click", "dblclick"]) {
            target.dispatchEvent(new MouseEvent(type, { ...at, detail: 1 }));
          }
          for (const key of ["Enter", " ", "Escape"]) {
            for (const type of ["keydown", "keypress", "keyup"]) {
              target.dispatchEvent(new KeyboardEvent(type, { ...at, key }));
            }
          }
        }
        host.click();
        host.focus();
      },
      spot,
      OVERLAY,
    );
    await assertUntouched(tab);
  });

  test("the root of the overlay is closed to the page", async () => {
    const tab = await open();
    const seen = await tab.evaluate((name) => {
      const host = /** @type {HTMLElement} */ (document.querySelector(name));
      return [host.shadowRoot, host.innerText, host.childNodes.length, Object.keys(host).length];
    }, OVERLAY);
    assert.deepEqual(seen, [null, "", 0, 0]);
  });

  test("messages of the page, with and without a forged chrome.runtime", async () => {
    const tab = await open();
    const origin = stage.driver.extensionUrl("");
    const replies = await tab.evaluate(
      async (id, remedy) => {
        const messages = [
          { kind: "apply", remedy },
          { kind: "apply", remedy: "clear_site_data", tab: 1 },
          { kind: "ask" },
          { kind: "close" },
        ];
        /** @type {any[]} */
        const heard = [];
        const runtime = /** @type {any} */ (globalThis).chrome?.runtime;
        for (const message of messages) {
          window.postMessage(message, "*");
          document.dispatchEvent(new CustomEvent("message", { detail: message }));
          window.dispatchEvent(new MessageEvent("message", { data: message }));
          try {
            const reply = await Promise.race([
              runtime?.sendMessage(id, message),
              new Promise((resolve) => setTimeout(resolve, 100)),
            ]);
            if (reply !== undefined && reply !== null) heard.push(reply);
          } catch {} // nobody listens, which is right
        }
        return heard;
      },
      new URL(origin).hostname,
      REMEDY,
    );
    assert.deepEqual(replies, []);
    await assertUntouched(tab);
  });
});

describe("the background checks who asks", () => {
  /**
   * Sends a message from the extension's own world inside a page.
   * @param {number} tabId
   * @param {object} message
   * @param {boolean} framed from a frame of the page
   */
  const fromPage = (tabId, message, framed) =>
    stage.driver.inExtension(
      async (id, sent, inFrame) => {
        const every = { target: { tabId: id, allFrames: true }, func: () => location.href };
        const frames = await chrome.scripting.executeScript(every);
        const frame = frames.find(({ frameId }) => (frameId !== 0) === inFrame);
        if (frame === undefined) throw new Error("The page has no such frame");
        const [{ result }] = await chrome.scripting.executeScript({
          target: { tabId: id, frameIds: [frame.frameId] },
          // This resolves with nothing when nobody answers.
          func: async (/** @type {any} */ body) => {
            // A page says how old it is at the moment when it sends.
            if (body?.source) body.source.ago = Date.now() - body.source.at;
            return (await chrome.runtime.sendMessage(body).catch(() => undefined)) ?? "nothing";
          },
          args: [sent],
        });
        return result;
      },
      tabId,
      message,
      framed,
    );

  /** @param {object} message */
  const fromView = (message) =>
    stage.driver.inExtension(
      async (sent) => (await chrome.runtime.sendMessage(sent).catch(() => undefined)) ?? "nothing",
      message,
    );

  test("a frame is not heard", async () => {
    const frame = stage.player.seed("auth.openai.com", [], { path: "/frame" });
    const tab = await open(withMore(failing, { html: `<iframe src="${frame}"></iframe>` }));
    const evidence = { url: frame, alerts: [{ text: "x", markers: [] }] };
    for (const message of [
      { kind: "apply", remedy: REMEDY },
      { kind: "ask" },
      { kind: "close" },
      { kind: "evidence", evidence },
    ]) {
      assert.equal(await fromPage(tab.id, message, true), "nothing", message.kind);
    }
    await assertUntouched(tab);
  });

  test("a page's word for its tab is not taken", async () => {
    const tab = await open();
    const other = await stage.driver.newTab();
    await other.goto("https://chatgpt.com/elsewhere");
    const asked = await fromPage(other.id, { kind: "ask", tab: tab.id }, false);
    assert.equal(asked.case, null);
    await fromPage(other.id, { kind: "apply", remedy: REMEDY, tab: tab.id }, false);
    await fromPage(other.id, { kind: "close", tab: tab.id }, false);
    await other.close();
    await assertUntouched(tab);
  });

  const healthy = {
    content_type: "text/html",
    app: true,
    elements: 900,
    title: "",
    text: "",
    markers: [],
  };

  test("evidence for another host is not taken", async () => {
    const tab = await open();
    const evidence = { url: "https://chatgpt.com/", page: healthy, alerts: [] };
    await fromPage(tab.id, { kind: "evidence", evidence }, false);
    await assertUntouched(tab);
  });

  test("what an earlier page says late does not undo what is known of this one", async () => {
    const tab = await open();
    const url = new URL("/log-in", failing.url).href;
    const { at = 0 } = (await stage.case(tab)) ?? {};
    // Sites send people on within a few frames.
    for (const earlier of [60_000, 60]) {
      const source = { load: `gone-${earlier}`, at: at - earlier, restored: false };
      const evidence = { url, page: healthy, alerts: [] };
      await fromPage(tab.id, { kind: "evidence", evidence, source }, false);
    }
    // A page may wait this long for the answer with which it came.
    await pause(1200);
    await assertUntouched(tab);
  });

  test("our own view cannot name a tab of another site, or none at all", async () => {
    const tab = await open();
    const foreign = await stage.driver.newTab();
    await foreign.goto("https://example.com/");
    for (const id of [foreign.id, -1, 2 ** 30, "1", null]) {
      const reply = await fromView({ kind: "apply", remedy: "clear_site_data", tab: id });
      assert.notEqual(reply.outcome?.kind, "done", `tab ${id}`);
      const asked = await fromView({ kind: "ask", tab: id });
      assert.equal(asked.case ?? null, null, `tab ${id}`);
    }
    await foreign.close();
    await assertUntouched(tab);
  });

  test("a remedy that the report does not offer is refused", async () => {
    const tab = await open();
    for (const remedy of ["reset_password", "__proto__", "constructor", ""]) {
      const reply = await fromView({ kind: "apply", remedy, tab: tab.id });
      assert.equal(reply.outcome.kind, "refused", remedy);
    }
    await assertUntouched(tab);
  });

  test("nothing is cleared while a challenge runs", async () => {
    showing = await stage.show(stage.recording("challenge/own-shell"));
    await stage.answer(showing);
    const { tab } = showing;
    for (const remedy of ["clear_check_cookies", "clear_login_cookies", "clear_site_data"]) {
      const reply = await fromView({ kind: "apply", remedy, tab: tab.id });
      assert.equal(reply.outcome.kind, "refused", remedy);
    }
    assert.deepEqual(await cookies(), planted);
  });

  test("messages that make no sense are survived", async () => {
    const tab = await open();
    const senseless = [
      null,
      "apply",
      7,
      [],
      {},
      { kind: "toString" },
      { kind: 1 },
      { kind: "apply" },
    ];
    for (const message of senseless) await fromPage(tab.id, /** @type {any} */ (message), false);
    await assertUntouched(tab);
  });
});

describe("the worker may die", () => {
  test("between the diagnosis and the click", async () => {
    const tab = await open();
    await stage.driver.killBackground();
    assert.equal(await stage.driver.backgroundRuns(), false);
    await View.overlay(tab).apply(REMEDY);
    const { report } = await stage.waitForCase(
      tab,
      ({ report }) => report.judgement !== undefined,
      "a verdict",
      { limit: LIMIT },
    );
    assert.equal(report.judgement?.verdict, "persists");
    assert.equal(report.plan.find(({ remedy }) => remedy === REMEDY)?.state, "tried");
    assert.notDeepEqual(await cookies(), planted);
  });

  test("between the diagnosis and the popup", async () => {
    const tab = await open();
    await stage.driver.killBackground();
    assert.equal(await stage.driver.backgroundRuns(), false);
    const popup = await View.popup(stage.driver, tab);
    const drawn = await popup.waitFor(({ cause }) => cause !== undefined, "the popup");
    await popup.tab.close();
    assert.equal(drawn.title, stage.words(`cause_${failing.cause}_title`));
    assert.equal(drawn.next, REMEDY);
  });
});

describe("the overlay is polite", () => {
  /** @param {import("./launch.mjs").Tab} tab */
  const overlays = (tab) => tab.evaluate((name) => document.querySelectorAll(name).length, OVERLAY);

  /** @param {import("./launch.mjs").Tab} tab */
  const closed = (tab) => stage.waitForCase(tab, (found) => found.closed, "closed");

  test("it does not take the focus, and Escape closes it", async () => {
    const field = '<input id="field" autofocus>';
    const tab = await open(withMore(failing, { html: field }));
    await tab.toFront();
    await tab.type("abc");
    const typed = await tab.evaluate(() => [
      document.activeElement?.id,
      /** @type {HTMLInputElement} */ (document.querySelector("#field")).value,
    ]);
    assert.deepEqual(typed, ["field", "abc"]);
    await tab.press("Escape");
    await closed(tab);
    assert.equal(await overlays(tab), 0);
  });

  test("closed, it does not come back for the same case, but for another", async () => {
    const tab = await open();
    await View.overlay(tab).click('[data-key="close"]');
    await closed(tab);
    assert.equal(await overlays(tab), 0);

    await tab.reload();
    await pause(SETTLED);
    assert.equal(await overlays(tab), 0);
    const again = await stage.case(tab);
    assert.equal(again?.report.diagnosis?.cause, failing.cause);
    assert.notEqual((await stage.badge(tab)).text, "");

    const other = stage.recording("server_error/cloudflare-502-bad-gateway");
    const { title } = await stage.answer(await stage.show(other, { tab }));
    assert.equal(title, stage.words("cause_server_error_title"));
  });

  test("it can be reached and used by the keyboard alone", async () => {
    const tab = await open();
    await tab.toFront();
    const reached = async () =>
      tab.inRoot(OVERLAY, (root) =>
        /** @type {ShadowRoot} */ (root).activeElement?.getAttribute("data-remedy"),
      );
    for (let presses = 0; presses < 30 && (await reached()) !== REMEDY; presses++) {
      await tab.press("Tab");
    }
    assert.equal(await reached(), REMEDY);
    // The overlay takes no key before the reader can have seen what is there.
    await pause(SETTLED);
    await tab.press("Enter");
    await stage.waitForCase(tab, ({ history }) => history.length === 1, "the attempt", {
      limit: LIMIT,
    });
  });

  test("it works under default-src 'none' and trusted types", async () => {
    const policy = "default-src 'none'; require-trusted-types-for 'script'; trusted-types 'none'";
    /** @type {[string, string][]} */
    const headers = [["content-security-policy", policy]];
    const tab = await open(withMore(failing, { headers }));
    const overlay = View.overlay(tab);
    assert.equal((await overlay.read())?.title, stage.words(`cause_${failing.cause}_title`));
    const drawn = await tab.inRoot(
      OVERLAY,
      (root, button) => {
        const { host, adoptedStyleSheets } = /** @type {ShadowRoot} */ (root);
        const { backgroundColor } = getComputedStyle(
          /** @type {Element} */ (root.querySelector(button)),
        );
        const painted = !["transparent", "rgba(0, 0, 0, 0)"].includes(backgroundColor);
        return [host.matches(":popover-open"), adoptedStyleSheets.length, painted];
      },
      buttonOf(REMEDY),
    );
    assert.deepEqual(drawn, [true, 2, true]);
    await overlay.apply(REMEDY);
    await stage.waitForCase(tab, ({ report }) => report.judgement !== undefined, "a verdict", {
      limit: LIMIT,
    });
  });
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
