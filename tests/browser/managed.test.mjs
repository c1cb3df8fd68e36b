// These tests install the packaged extension as an organisation does on its computers, by policy and with managed values. The first
// failing page is named, what is withheld is neither offered nor carried out, whom to ask is the organisation's own contact, and
// values that break a rule change nothing and are named in the settings.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import { pathToFileURL } from "node:url";
import { makeFleet, obstacle } from "./fleet.mjs";
import { RUN } from "./launch.mjs";
import { until } from "./patience.mjs";
import { keyOf, OPENAI_SEEDS, sow } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { OVERLAY, View } from "./views.mjs";

const LIMIT = 20_000;
/** Chromium takes a change of its policy files a few seconds after it was written. */
const TAKEN = 40_000;

const FAILING = "blocked_by_rule/sorry-you-have-been-blocked";
const CAUSE = "blocked_by_rule";
/** This recording's plan has a private window, a clearing and the administrator. */
const ASKS = "workspace_deactivated/json-deactivated-workspace";

/** Defines `axe` where it runs. */
const define = new Function(
  readFileSync(new URL(import.meta.resolve("axe-core/axe.min.js")), "utf8"),
);

const { checked } = await import(pathToFileURL(join(RUN.extension, "managed.js")).href);

/** These are values that count, and values that do not, of a type that Chromium hands over. */
const VALUES = {
  overlay: "pages",
  theme: "blue",
  language: "klingon",
  checks: false,
  remedies_not_offered: ["clear_site_data", "clear_sites", "private_window", "format_disk"],
  contact_text: "Ask the service desk <b>before</b> noon.",
  contact_address: "https://help.fleet.example/chatgpt",
  contact_telephone: "+49 30 1234-567",
};
const WITHHELD = ["clear_site_data", "clear_sites", "private_window", "run_checks"];
const IGNORED = ["theme", "language", "remedies_not_offered: format_disk"];

describe("the rules for managed values", () => {
  test("take what is allowed, and name what is not", () => {
    const { settings, withheld, checks, locked, contact, ignored } = checked(VALUES);
    assert.deepEqual(settings, { overlay: "pages" });
    assert.deepEqual(withheld.sort(), [...WITHHELD].sort());
    assert.deepEqual([checks, locked], [false, false]);
    assert.deepEqual(contact, {
      text: VALUES.contact_text,
      address: VALUES.contact_address,
      telephone: VALUES.contact_telephone,
    });
    assert.deepEqual(ignored, IGNORED);
  });

  test("never fail, whatever the value is", () => {
    const keys = [
      ...Object.keys(VALUES),
      "settings_locked",
      "__proto__",
      "toString",
      "no such key",
    ];
    const long = "x".repeat(301);
    const wrong = [null, 7, -1, NaN, "", " ", long, {}, { a: [] }, "\u0000"];
    for (const key of keys) {
      for (const value of wrong) {
        const { ignored, ...rest } = checked(Object.fromEntries([[key, value]]));
        assert.deepEqual(ignored, [key], `${key}: ${JSON.stringify(value)}`);
        assert.deepEqual(rest, withoutIgnored(checked({})), `${key}: ${JSON.stringify(value)}`);
      }
    }
    assert.deepEqual(checked({ remedies_not_offered: [null, {}] }).withheld, []);
    assert.equal(checked({ contact_text: ` ${"x".repeat(300)}\n` }).contact.text.length, 300);
    // The registry of Windows knows no yes and no.
    assert.deepEqual(
      [checked({ checks: 0 }).checks, checked({ settings_locked: 1 }).locked],
      [false, true],
    );
  });

  test("let only addresses of the web, of e-mail and of telephones be links", () => {
    for (const address of [
      "http://help.example/",
      "javascript:alert(1)",
      "data:text/html,x",
      "https://name:word@help.example/",
      "mailto:",
      "mailto:nobody",
      "help.example",
      "ftp://help.example/",
      `https://help.example/${"x".repeat(300)}`,
    ])
      assert.deepEqual(checked({ contact_address: address }).ignored, ["contact_address"], address);
    for (const address of ["https://help.example/", "mailto:desk@help.example?subject=ChatGPT"])
      assert.equal(checked({ contact_address: address }).contact.address, address);
    for (const number of ["12", "call 112", "+49 30 1234;ext=5", "1".repeat(41)])
      assert.deepEqual(checked({ contact_telephone: number }).ignored, ["contact_telephone"]);
  });
});

/** @param {{ ignored: string[] }} managed */
const withoutIgnored = ({ ignored: _, ...rest }) => rest;

describe("on the computers of an organisation", { skip: obstacle() }, () => {
  /** @type {import("./fleet.mjs").Fleet} */
  let fleet;
  /** @type {Stage} */
  let stage;

  before(async () => {
    fleet = makeFleet(VALUES);
    try {
      stage = await Stage.open(fleet.options, fleet.serve);
      // Chromium hands managed values over a few seconds after it has installed an extension for the first time.
      const given = async () =>
        (await stage.driver.inExtension(() => chrome.storage.managed.get())).overlay;
      await until(given, "the managed values", TAKEN);
    } catch (error) {
      fleet.end();
      throw error;
    }
  });

  after(async () => {
    try {
      assert.deepEqual(await stage?.errors(), []);
      await stage?.close();
    } finally {
      fleet.end();
    }
  });

  /** @param {import("./launch.mjs").Tab} tab @param {string} view */
  async function open(tab, view) {
    await tab.resize(400, 900);
    await tab.goto(stage.driver.extensionUrl(`views/popup.html?view=${view}`));
    return new View(tab);
  }

  test("the first failing page is named, and no welcome page opens", async () => {
    const showing = await stage.show(stage.recording(FAILING));
    const { where, found } = await stage.answer(showing, { cause: CAUSE });
    assert.equal(where, "overlay");
    const offered = [...found.report.plan, ...found.report.tools].map(({ remedy }) => remedy);
    assert.ok(offered.includes("clear_check_cookies"), offered.join());
    assert.deepEqual(
      offered.filter((remedy) => WITHHELD.includes(remedy)),
      [],
    );
    await stage.end(showing);
    const urls = await stage.driver.inExtension(async () =>
      (await chrome.tabs.query({})).map(({ url }) => url ?? ""),
    );
    assert.deepEqual(
      urls.filter((url) => url.endsWith("welcome.html")),
      [],
    );
  });

  test("a message that asks for a withheld step is refused, and nothing is cleared", async () => {
    const tab = await stage.driver.newTab();
    await sow(stage.player, tab, OPENAI_SEEDS);
    const before = (await stage.driver.cookies()).map(keyOf).sort();
    const showing = await stage.show(stage.recording(FAILING), { tab });
    await stage.answer(showing, { cause: CAUSE });
    for (const remedy of WITHHELD) {
      const reply = await stage.driver.inExtension(
        (kind, remedy, tab) => chrome.runtime.sendMessage({ kind, remedy, tab }),
        "apply",
        remedy,
        tab.id,
      );
      assert.deepEqual(reply.outcome, { kind: "refused", reason: "withheld" }, remedy);
    }
    assert.deepEqual((await stage.driver.cookies()).map(keyOf).sort(), before);
    await stage.end(showing);
  });

  test("the popup and the overlay name the organisation's own contact, as text and links", async () => {
    const showing = await stage.show(stage.recording(ASKS));
    const { found } = await stage.answer(showing);
    const step = found.report.plan.at(-1)?.remedy;
    assert.equal(step, "contact_administrator");
    assert.deepEqual(
      found.report.plan.filter(({ remedy }) => WITHHELD.includes(remedy)),
      [],
    );
    const popup = await View.popup(stage.driver, showing.tab);
    await popup.waitFor(({ cause }) => cause === found.report.diagnosis?.cause, "the case", LIMIT);
    await popup.press(stage.words("remedy_contact_administrator_title"));
    for (const [view, host] of /** @type {const} */ ([[popup.tab], [showing.tab, OVERLAY]])) {
      const drawn = await until(() => view.inRoot(host, contactIn), "the contact", LIMIT);
      assert.deepEqual(drawn.links, [VALUES.contact_address, "tel:+49301234567"]);
      assert.ok(drawn.text.includes(VALUES.contact_text), drawn.text);
    }
    await popup.tab.close();
    await stage.end(showing);
  });

  test("the settings show what is managed, what is not offered, and what does not count", async () => {
    const { words } = stage;
    const tab = await stage.driver.newTab();
    const view = await open(tab, "settings");
    await view.waitFor(
      ({ text }) => text.includes(words("settings_ignored")),
      "the settings",
      LIMIT,
    );
    const drawn = await tab.evaluate(() => ({
      chosen: [...document.querySelectorAll("select")].map(({ id, value, disabled }) => [
        id,
        value,
        disabled,
      ]),
      notes: [...document.querySelectorAll(".choice .note")].map((note) => note.textContent),
      ignored: [...document.querySelectorAll("#ignored code")].map((name) => name.textContent),
      withheld: [...document.querySelectorAll(".kinds [data-remedy]")].map((one) =>
        one.getAttribute("data-remedy"),
      ),
    }));
    assert.deepEqual(drawn.chosen, [
      ["settings-overlay", "pages", true],
      ["settings-language", "", false],
      ["settings-theme", "", false],
    ]);
    assert.deepEqual(drawn.notes, [words("settings_managed")]);
    assert.deepEqual(drawn.ignored.sort(), [...IGNORED].sort());
    assert.deepEqual(drawn.withheld.sort(), [...WITHHELD].sort());
    await tab.evaluate(/** @type {any} */ (define));
    const found = await tab.evaluate(async () => {
      const { violations } = await /** @type {any} */ (globalThis).axe.run(document);
      return violations.map((/** @type {any} */ { id, nodes }) => [id, nodes[0].html]);
    });
    assert.deepEqual(found, []);
    const wide = () => document.documentElement.scrollWidth > innerWidth;
    await tab.resize(320, 900);
    assert.equal(await tab.evaluate(wide), false);
    await tab.close();
  });

  test("nothing is asked of a host where checks are not allowed", async () => {
    const tab = await stage.driver.newTab();
    const view = await open(tab, "countries");
    const { words } = stage;
    const { text } = await view.waitFor(
      (drawn) => drawn.text.includes(words("popup_read")),
      "the list of countries",
      LIMIT,
    );
    assert.ok(!text.includes(words("countries_ask")), text);
    await tab.close();
  });

  test("what the organisation changes counts without a restart", {
    skip: atNextStart(),
  }, async () => {
    const showing = await stage.show(stage.recording(FAILING));
    await stage.answer(showing, { cause: CAUSE });
    // The person's own choice counts for nothing from now on.
    await stage.driver.inExtension(() =>
      chrome.storage.local.set({ theme: "light", overlay: "all" }),
    );
    const tab = await stage.driver.newTab();
    const view = await open(tab, "settings");
    fleet.set({ settings_locked: true, theme: "dark", remedies_not_offered: ["leave_vpn"] });
    const { words } = stage;
    await view.waitFor(({ text }) => text.includes(words("settings_locked")), "the lock", TAKEN);
    const chosen = await tab.evaluate(() => [
      document.documentElement.dataset.theme,
      ...[...document.querySelectorAll("select")].map(({ disabled }) => disabled),
    ]);
    assert.deepEqual(chosen, ["dark", true, true, true]);
    await stage.waitForCase(
      showing.tab,
      ({ report: { plan, tools } }) =>
        tools.some(({ remedy }) => remedy === "clear_sites") &&
        plan.some(({ remedy }) => remedy === "run_checks") &&
        !plan.some(({ remedy }) => remedy === "leave_vpn"),
      "the plan as it is now",
      { limit: LIMIT },
    );
    await tab.close();
    await stage.end(showing);
  });
});

/** Returns why a change is not waited for. */
function atNextStart() {
  return RUN.browser === "firefox" && "Firefox reads policies only when it starts.";
}

/** Runs in a view, and returns how the contact is drawn. @param {Document | ShadowRoot} root */
function contactIn(root) {
  const step = root.querySelector('li[data-remedy="contact_administrator"]');
  const links = [...(step?.querySelectorAll(".reach a") ?? [])];
  if (links.length === 0) return undefined;
  return {
    text: step?.textContent ?? "",
    links: links.map((link) => /** @type {HTMLAnchorElement} */ (link).href),
  };
}
