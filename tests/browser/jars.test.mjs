// These tests use other cookie jars than the profile's own. A clearing from a tab of a container or of a private window
// takes only what is in that jar, a clearing from a usual tab leaves those jars alone, and cookies are put back where they
// were. The tests check this in the browser's own cookie store and in the storage as a page in each jar sees it. They
// also check the step that opens a private window.

import assert from "node:assert/strict";
import { after, afterEach, before, describe, test } from "node:test";
import { RUN } from "./launch.mjs";
import { until } from "./patience.mjs";
import { count, ground, keyOf, OPENAI_SEEDS, plant, sow, WORKER } from "./seeds.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

/**
 * @typedef {import("./launch.mjs").Jar} Jar
 * @typedef {import("./seeds.mjs").Stored} Stored
 */

const LIMIT = 10_000;

const REMEDY = "clear_site_data";

/** The first of the hosts that have storage shows this page; the others are OpenAI's, too. */
const PAGE = "server_error/cloudflare-502-bad-gateway";
const HOSTS = ["chatgpt.com", "auth.openai.com"];

/** Each pair names the jar from which is cleared, and the jar that is left. @type {[Jar, Jar][]} */
const PAIRS = [
  ["private", "default"],
  ["default", "private"],
];
if (RUN.browser === "firefox") {
  PAIRS.push(
    ["container", "default"],
    ["default", "container"],
    ["private", "container"],
    ["container", "private"],
  );
}

/** These are the errors of every browser that was started here. @type {string[]} */
const errors = [];

/** @type {Stage} */
let stage;

async function close() {
  errors.push(...(await stage.errors()));
  await stage.close();
}

describe("a clearing stays in its jar", () => {
  /** @type {Map<Jar, import("./launch.mjs").Tab>} */
  const tabs = new Map();

  before(async () => {
    stage = await Stage.open({ privately: true });
  });

  after(close);

  afterEach(async () => {
    for (const tab of tabs.values()) await tab.close();
    tabs.clear();
  });

  /** @param {Jar} jar */
  const tabOf = (jar) => /** @type {import("./launch.mjs").Tab} */ (tabs.get(jar));

  /** Returns every cookie of a jar, as a line. @param {Jar} wanted */
  const cookies = async (wanted) =>
    (await stage.driver.cookies())
      .filter(({ jar }) => jar === wanted)
      .map((cookie) => `${keyOf(cookie)} ${JSON.stringify(cookie)}`)
      .sort();

  /** Returns what the hosts have stored in a jar. @param {Jar} jar */
  async function stored(jar) {
    stage.player.silence();
    /** @type {Record<string, Stored>} */
    const found = {};
    for (const host of HOSTS) {
      await tabOf(jar).goto(ground(stage.player, host));
      found[host] = await tabOf(jar).evaluate(count);
    }
    return found;
  }

  /** Plants cookies with values of the jar's own, and storage. @param {Jar} jar */
  async function fill(jar) {
    stage.player.silence();
    tabs.set(jar, await stage.driver.newTab(jar));
    await sow(stage.player, tabOf(jar), OPENAI_SEEDS, jar);
    for (const host of HOSTS) {
      await tabOf(jar).goto(ground(stage.player, host));
      await tabOf(jar).evaluate(plant, WORKER);
    }
    const found = { cookies: await cookies(jar), stored: await stored(jar) };
    assert.equal(found.cookies.length, OPENAI_SEEDS.length);
    for (const host of HOSTS) {
      const { fileSystems, ...kinds } = found.stored[host];
      assert.ok(Object.values(kinds).every((entries) => entries === 1));
      // A private window of Firefox has no such directory.
      assert.equal(fileSystems, jar === "private" && stage.driver.name === "firefox" ? 0 : 1);
    }
    return found;
  }

  for (const [cleared, left] of PAIRS) {
    test(`from ${cleared}: ${left} is left, and what was taken is put back into ${cleared}`, async () => {
      const planted = await fill(cleared);
      const untouched = await fill(left);

      const tab = tabOf(cleared);
      await stage.answer(await stage.show(stage.recording(PAGE), { tab }));
      const earlier = await cookies(cleared);
      const popup = await View.popup(stage.driver, tab);
      await popup.click("summary", stage.words("popup_tools_title"));
      await popup.click("label", stage.words(`popup_tool_${REMEDY}`));
      await popup.apply(REMEDY);
      const { receipts } = await stage.waitForCase(
        tab,
        (found) => found.receipts[REMEDY] !== undefined && found.busy === undefined,
        "a receipt",
        { limit: LIMIT },
      );
      const receipt = receipts[REMEDY];
      const gone = OPENAI_SEEDS.filter(({ clearedBy }) => clearedBy.includes(REMEDY)).length;
      assert.equal(receipt.cookies.gone, gone);
      assert.equal((await cookies(cleared)).length, OPENAI_SEEDS.length - gone);
      assert.deepEqual(await cookies(left), untouched.cookies);

      // The page is there again and judged, and the popup stands still. Only then does the tab go to where the
      // storage can be seen.
      await popup.waitFor(({ verdict }) => verdict !== undefined, "a verdict", LIMIT);
      await popup.click(`[data-key="undo-${REMEDY}"]`);
      const { receipts: later } = await stage.waitForCase(
        tab,
        (found) => found.receipts[REMEDY]?.undone !== undefined,
        "cookies back",
        { limit: LIMIT },
      );
      await popup.tab.close();
      assert.deepEqual(later[REMEDY].undone, { back: gone, of: gone });
      assert.deepEqual(await cookies(cleared), earlier);
      assert.deepEqual(await cookies(left), untouched.cookies);

      assert.deepEqual(await stored(left), untouched.stored);
      const stays = await stored(cleared);
      for (const host of HOSTS) {
        const { sessionStorage: _, ...kinds } = planted.stored[host];
        for (const [kind, entries] of Object.entries(kinds)) {
          const why = receipt.storage?.stayed.filter((one) => one.kind === kind) ?? [];
          const elsewhere = host !== HOSTS[0] && why.some((one) => one.why === "elsewhere");
          const said = receipt.storage?.cleared.includes(kind) && !elsewhere;
          assert.equal(stays[host][kind], said ? 0 : entries, `${kind} of ${host}`);
          // In its own tab, the page of the site can empty everything that the browser cannot.
          if (host === HOSTS[0]) assert.equal(stays[host][kind], 0, kind);
        }
      }
      assert.equal(stays[HOSTS[0]].sessionStorage, 0);
    });
  }
});

/** Clicks the step about a page with it, and returns what came of it. */
async function openPrivately() {
  const remedy = "private_window";
  const showing = await stage.show(stage.recording("login_expired/invalid-state"));
  await stage.answer(showing);
  assert.deepEqual(await stage.driver.privatePages(), []);
  const { tab } = showing;
  const popup = await View.popup(stage.driver, tab);
  await popup.click(`[data-key="step-${remedy}"]`);
  await popup.apply(remedy);
  const { history, report } = await stage.waitForCase(
    tab,
    (found) => found.history.length > 0 && found.busy === undefined,
    "an attempt",
    { limit: LIMIT },
  );
  const address = report.plan.find((one) => one.remedy === remedy)?.action.address;
  return { popup, outcome: history[0].outcome, address };
}

/** @param {string | undefined} address */
const opened = (address) =>
  until(
    async () => {
      const pages = await stage.driver.privatePages();
      return pages.length === 1 && pages[0] === address ? true : undefined;
    },
    "the address in a private window",
    LIMIT,
  );

describe("a private window, in an extension that may go there", () => {
  before(async () => {
    stage = await Stage.open({ privately: true });
  });

  after(close);

  test("it opens at the address of the step", async () => {
    const { outcome, address } = await openPrivately();
    assert.equal(outcome, "done");
    await opened(address);
    await until(
      async () => {
        const windows = await stage.driver.inExtension(() =>
          chrome.windows.getAll({ populate: true }),
        );
        const tabs = windows.flatMap((one) => (one.incognito ? (one.tabs ?? []) : []));
        return tabs.length === 1 && tabs[0].incognito && tabs[0].url === address ? true : undefined;
      },
      "the same, as the extension sees it",
      LIMIT,
    );
  });
});

describe("a private window, in an extension that may not go there", () => {
  before(async () => {
    stage = await Stage.open({ privately: false });
  });

  after(close);

  if (RUN.browser === "chromium") {
    test("Chromium opens it all the same, and the extension does not see it", async () => {
      const { outcome, address } = await openPrivately();
      assert.equal(outcome, "done");
      await opened(address);
      const windows = await stage.driver.inExtension(() => chrome.windows.getAll());
      assert.ok(windows.every(({ incognito }) => !incognito));
    });
  } else {
    test("Firefox refuses, and the way to do it oneself is told", async () => {
      const { popup, outcome } = await openPrivately();
      assert.equal(outcome, "refused");
      await popup.waitFor(
        ({ text }) => text.includes(stage.words("reason_no_private_window")),
        "the reason",
        LIMIT,
      );
      assert.deepEqual(await stage.driver.privatePages(), []);
    });
  }
});

test("no uncaught error in the extension's own code", () => {
  assert.deepEqual(errors, []);
});
