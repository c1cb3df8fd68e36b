// These tests check the report for support: what is in it, in English and below in the reader's language, that exactly this
// is copied, and that nothing which identifies a person can get into it, whatever the case holds.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { pathToFileURL } from "node:url";
import { RUN } from "./launch.mjs";
import { ADDRESS, play } from "./network.mjs";
import { until } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const { reportOf, browserOf } = await import(
  pathToFileURL(join(RUN.extension, "views/support.js")).href
);

await import(pathToFileURL(join(RUN.extension, "views/report.js")).href);
const { tongueOf } = /** @type {any} */ (globalThis).accessMedicReport;
const { initSync, step } = await import(
  pathToFileURL(join(RUN.extension, "core/access_medic.js")).href
);
initSync({ module: readFileSync(join(RUN.extension, "core/access_medic_bg.wasm")) });

/** Returns what the core reports of evidence in a tab of which nothing is known. @param {any} visit */
function examine({ evidence, now, offset }) {
  const event = { reported: { evidence, source: { waited: true } } };
  const { tab } = step({}, event, { tab: 1, now, offset, runs: false });
  return tab.case?.report ?? { stands: false, plan: [], tools: [] };
}

/** @type {Stage} */
let stage;

before(async () => {
  stage = await Stage.open();
});

after(async () => {
  await stage.close();
});

/** @param {string} language */
const tongue = (language) =>
  tongueOf(
    JSON.parse(readFileSync(join(RUN.extension, `_locales/${language}/messages.json`), "utf8")),
  );

/** Returns a source of numbers that are the same in each run. @param {number} seed */
function random(seed) {
  let state = seed;
  return (/** @type {number} */ below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state % below;
  };
}

/** @param {(below: number) => number} next */
function secretsOf(next) {
  const letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789";
  const text = (/** @type {number} */ length, from = letters) =>
    Array.from({ length }, () => from[next(from.length)]).join("");
  const hex = (/** @type {number} */ length) => text(length, "0123456789abcdef");
  const uuid = () => `${hex(8)}-${hex(4)}-${hex(4)}-${hex(4)}-${hex(12)}`;
  /** These functions make what a page could try to plant. @type {(() => string)[]} */
  const secrets = [
    () => `sk-proj-${text(24)}7`,
    () => `eyJ${text(20)}9.${text(12)}`,
    () => `${text(8)}@example.com`,
    () => `203.0.${next(256)}.${next(256)}`,
    () => `2001:db8:${hex(4)}::${hex(4)}`,
    () => `user-${text(22)}1`,
    () => `${text(30)}2`,
  ];
  return { secrets, uuid, hex };
}

/** @param {string} report @param {string[]} planted */
function assertWithout(report, planted) {
  for (const secret of planted) {
    for (const written of [secret, encodeURIComponent(secret)]) {
      assert.ok(!report.includes(written), `${written} in ${report}`);
    }
  }
}

test("whatever stands on a page, in its address or in its headers, none of it is in the report", () => {
  const next = random(20261123);
  const { secrets, uuid, hex } = secretsOf(next);
  const tongues = [tongue("en"), tongue("zh_CN")];
  /** @template T @param {T[]} list @returns {T} */
  const one = (list) => list[next(list.length)];
  /** These functions return what errors say around a secret, in the forms in which they say it. */
  const around = [
    (/** @type {string} */ secret) => `error code: 1020 Ray ID: ${secret}`,
    (/** @type {string} */ secret) => `Sorry, you have been blocked. Your IP: ${secret}`,
    (/** @type {string} */ secret) => `{"error":{"code":"${secret}","request_id":"${secret}"}}`,
    (/** @type {string} */ secret) => `Oops, an error occurred! (${secret})\nerror_code: ${secret}`,
    (/** @type {string} */ secret) =>
      `Too many requests until 3:05 PM ${secret}. Request ID: ${secret}`,
    (/** @type {string} */ secret) => `Your account ${secret} has been deactivated. ${secret}`,
    (/** @type {string} */ secret) =>
      `country or region (${secret}) has banned error 1009 ${secret}`,
  ];
  const headers = [
    "cf-ray",
    "cf-mitigated",
    "cf-error-type",
    "retry-after",
    "x-request-id",
    "server",
    "content-type",
  ];
  let diagnosed = 0;
  for (let round = 0; round < 2000; round++) {
    const planted = Array.from({ length: 6 }, () => one(secrets)());
    // This UUID stands for a conversation's id in the address: errors print UUIDs of their own, which support needs.
    planted.push(uuid());
    const [a, b, c, d, e, f, id] = planted;
    const host = one(["chatgpt.com", "auth.openai.com", "platform.openai.com"]);
    const [path, query, fragment] = [a, b, c].map(encodeURIComponent);
    const url = `https://${host}/${one(["c", "error", "auth"])}/${path}/${id}?error=${query}&payload=${query}#${fragment}`;
    const page = {
      status: one([403, 429, 500, 200]),
      content_type: "text/html",
      app: false,
      elements: 20,
      title: d,
      text: one(around)(d),
      markers: [one([".blocked-icon", "#cf-wrapper", `#${e}`, `[data-id=${f}]`])],
    };
    const response = {
      status: page.status,
      headers: [
        { name: one(headers), value: e },
        { name: one(headers), value: one([e, `${hex(16)}-FRA`]) },
      ],
    };
    const alerts = [{ text: one(around)(f), markers: ["[role=alert]"] }];
    const requests = [{ host, path: `/backend-api/${f}`, status: 500 }];
    const evidence = { url, at: 1, response, page, alerts, requests, guests: [a] };
    const visit = { evidence, history: [], loads: [], findings: [], now: 2, offset: 60 };
    const report = examine(visit);
    if (report.diagnosis) diagnosed += 1;
    /** @type {any} */
    const entry = {
      tab: 1,
      url: url.replace(/[?#].*/s, ""),
      at: 1,
      history: [],
      receipts: {},
      report,
    };
    const program = { version: "1.0.0", browser: "Firefox 153, Linux" };
    assertWithout(
      reportOf(entry, tongues, program, () => "", round % 2 === 0),
      planted,
    );
  }
  assert.ok(diagnosed > 1000, `${diagnosed} of 2000 with a diagnosis`);
});

test("whatever a case holds, none of it is in the report", () => {
  const next = random(20261122);
  const { secrets, uuid, hex } = secretsOf(next);
  secrets.push(uuid);
  const tongues = [tongue("en"), tongue("zh_CN")];
  for (let round = 0; round < 2000; round++) {
    const planted = Array.from({ length: 4 }, () => secrets[next(secrets.length)]());
    const [one, two, three, four] = planted.map(encodeURIComponent);
    /** @type {any} */
    const entry = {
      tab: 1,
      url: `https://${one.length % 2 ? "auth.openai.com" : "chatgpt.com"}/c/${one}/x?token=${two}#${three}`,
      at: Date.now(),
      closed: false,
      receipts: {
        clear_site_data: { cookies: { stayed: [{ name: planted[1], host: planted[2] }] } },
      },
      history: [{ remedy: "leave_vpn", cause: "login_error", at: Date.now(), outcome: "done" }],
      report: {
        plan: [],
        tools: [],
        diagnosis: {
          cause: "login_error",
          confidence: "likely",
          reasons: [{ clue: "text", quote: planted[0] }],
          others: [{ cause: "app_error", reasons: [{ clue: "alert", quote: planted[3] }] }],
          facts: { host: "chatgpt.com", code: planted[next(4)], status: 403, ray_id: hex(16) },
        },
      },
    };
    const program = { version: "1.0.0", browser: browserOf(`Mozilla/5.0 ${four} Firefox/153.0`) };
    const report = reportOf(entry, tongues, program, () => "", round % 2 === 0);
    assertWithout(report, planted);
  }
});

test("no id of a conversation, an account or a workspace passes for a request's", () => {
  const next = random(20261129);
  const { uuid } = secretsOf(next);
  for (const around of [
    (/** @type {string} */ id) => `Unable to load conversation ${id}`,
    (/** @type {string} */ id) => `Unable to load conversation (${id})`,
    (/** @type {string} */ id) => `Something went wrong in workspace ${id}`,
    (/** @type {string} */ id) => `您的会话已过期 ${id}`,
    (/** @type {string} */ id) => `Your account ${id} has been deactivated`,
  ]) {
    const id = uuid();
    const page = {
      content_type: "text/html",
      app: true,
      elements: 900,
      title: "",
      text: "",
      markers: [],
    };
    const alerts = [{ text: around(id), markers: [".text-token-text-error", "[role=alert]"] }];
    const evidence = { url: "https://chatgpt.com/", at: 1, page, alerts, requests: [], guests: [] };
    const report = examine({ evidence, history: [], loads: [], findings: [], now: 2, offset: 60 });
    assert.ok(!JSON.stringify(report).includes(id), JSON.stringify(report.diagnosis));
  }
});

test("browsers are named, and no more", () => {
  for (const [agent, named] of [
    [
      "Mozilla/5.0 (X11; Linux x86_64; rv:153.0) Gecko/20100101 Firefox/153.0",
      "Firefox 153, Linux",
    ],
    [
      "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/157.0.0.0 Safari/537.36",
      "Chrome 157, Windows",
    ],
    ["Mozilla/5.0 (Windows NT 10.0) Chrome/157.0.0.0 Safari/537.36 Edg/157.0", "Edg 157, Windows"],
    ["", "? ?, ?"],
  ]) {
    assert.equal(browserOf(agent), named);
  }
});

test("it is shown before it is copied, and holds what support asks for", async () => {
  play(stage.player, {});
  const showing = await stage.show(stage.recording("edge_refused/unable-to-load-site-ipv4"));
  const { found } = await stage.answer(showing);
  const popup = await View.popup(stage.driver, showing.tab);
  await popup.click(".now button");
  await stage.waitForCase(showing.tab, (one) => one.checks !== undefined && !one.busy, "findings", {
    limit: 12_000,
  });
  await popup.click('[data-key="facts"]');
  const shown = () =>
    popup.tab.evaluate(
      () => /** @type {HTMLTextAreaElement} */ (document.querySelector(".report")).value,
    );
  const report = await until(
    async () => {
      const text = await shown();
      return text.includes(stage.words("check_country")) ? text : undefined;
    },
    "a report with the findings",
    3000,
  );
  const { facts } = /** @type {any} */ (found.report.diagnosis);
  for (const part of [
    "### ",
    stage.words("cause_edge_refused_title"),
    "edge_refused (",
    facts.ray_id,
    "chatgpt.com/",
    " UTC",
    stage.words("extension_name"),
    RUN.browser === "firefox" ? "Firefox " : "Chrome ",
  ]) {
    assert.ok(report.includes(part), `${part} is missing in ${report}`);
  }
  assert.ok(!report.includes(ADDRESS), report);

  await popup.click("label", stage.words("support_plain"));
  await until(
    async () => {
      const text = await shown();
      return text !== "" && !text.includes("### ") ? true : undefined;
    },
    "plain text",
    3000,
  );
  await popup.click('[data-key="support_add_ip"]');
  await until(
    async () => ((await shown()).includes(ADDRESS) ? true : undefined),
    "the address",
    3000,
  );
  const stored = await stage.driver.inExtension(async () =>
    JSON.stringify(await chrome.storage.session.get(null)),
  );
  assert.ok(!stored.includes(ADDRESS));
  await popup.click('[data-key="support_add_ip"]');
  await until(
    async () => {
      const text = await shown();
      return text !== "" && !text.includes(ADDRESS) ? true : undefined;
    },
    "no address",
    3000,
  );
  await popup.tab.close();
  await stage.end(showing);
});

/** Opens the report of a failing page in the popup. */
async function opened() {
  const showing = await stage.show(stage.recording("edge_refused/unable-to-load-site-ipv4"));
  await stage.answer(showing);
  const popup = await View.popup(stage.driver, showing.tab);
  await popup.click('[data-key="facts"]');
  const report = () =>
    popup.tab.evaluate(
      () => /** @type {HTMLTextAreaElement} */ (document.querySelector(".report")).value,
    );
  await until(async () => (await report()) || undefined, "a report", 5000);
  return { showing, popup, report };
}

/** @param {Partial<import("./player.mjs").Reply>} reply */
const traced = (reply) => ({
  replies: {
    "chatgpt.com": { status: 200, body: `h=x\nip=${ADDRESS}\nloc=DE\n`, ...reply },
  },
});

test("the address stays out of it where the tick is taken back before it is known", async () => {
  play(stage.player, traced({ delay: 1500 }));
  const { showing, popup, report } = await opened();
  await popup.click('[data-key="support_add_ip"]');
  await until(
    async () => stage.player.asked.some(({ url }) => url.endsWith("/cdn-cgi/trace")) || undefined,
    "the question",
    3000,
  );
  await popup.click('[data-key="support_add_ip"]');
  await until(
    async () =>
      (await popup.tab.evaluate(() =>
        performance.getEntriesByType("resource").some(({ name }) => name.endsWith("/trace")),
      )) || undefined,
    "the answer",
    5000,
  );
  await popup.tab.evaluate(() => new Promise((resolve) => setTimeout(resolve, 300)));
  assert.ok(!(await report()).includes(ADDRESS), await report());
  // If it is ticked again, the address is asked for again.
  await popup.click('[data-key="support_add_ip"]');
  await until(async () => (await report()).includes(ADDRESS) || undefined, "the address", 5000);
  await popup.tab.close();
  await stage.end(showing);
});

test("an address that nobody tells, or in a megabyte, is said not to be known", async () => {
  for (const reply of [
    { failure: /** @type {const} */ ("timed_out") },
    { body: `${"x=y\n".repeat(300_000)}ip=${ADDRESS}\n` },
    {
      body: `ip=${ADDRESS}\n`,
      status: 302,
      headers: /** @type {[string, string][]} */ ([["location", "https://example.com/"]]),
    },
  ]) {
    play(stage.player, traced(reply));
    const { showing, popup, report } = await opened();
    await popup.click('[data-key="support_add_ip"]');
    await popup.waitFor(
      ({ text }) => text.includes(stage.words("support_no_ip")),
      "a word of it",
      8000,
    );
    assert.ok(!(await report()).includes(ADDRESS));
    await popup.tab.close();
    await stage.end(showing);
  }
});

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
