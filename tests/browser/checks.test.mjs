// These tests start the checks by a trusted click in the popup, against a double of OpenAI's hosts on their real
// names. They test what is found, that the plan's first step follows from it, that it is over within ten seconds,
// that it can be stopped, and that no address of the visitor's stays anywhere.

import assert from "node:assert/strict";
import { after, afterEach, before, test } from "node:test";
import { ADDRESS, play, SILENT, TRACED } from "./network.mjs";
import { pause } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const LIMIT = 12_000;
const ELSEWHERE = { country: "JP", address: "198.51.100.9" };
const HERE = { country: "DE", address: ADDRESS };

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
});

/**
 * Shows a page, runs the checks and returns what the case then holds.
 * @param {string} page
 * @param {Partial<import("./network.mjs").Network>} network
 * @param {(tab: import("./launch.mjs").Tab) => Promise<void>} [prepare]
 * @param {() => Promise<void>} [opened] right before the checks
 */
async function check(page, network, prepare, opened) {
  play(stage.player, network);
  const tab = await stage.driver.newTab();
  await prepare?.(tab);
  showing = await stage.show(stage.recording(page), { tab });
  await stage.answer(showing);
  popup = await View.popup(stage.driver, showing.tab);
  stage.player.forget();
  await opened?.();
  await start();
  const started = Date.now();
  const found = await stage.waitForCase(
    showing.tab,
    (one) => one.checks !== undefined && one.busy === undefined,
    "findings",
    { limit: LIMIT },
  );
  const took = Date.now() - started;
  // Some recorded pages set cookies.
  const ids =
    found.checks?.findings.map(({ id }) => (id === "cookies_none" ? "cookies_fine" : id)) ?? [];
  const steps = found.report.plan.map(({ remedy }) => remedy);
  await popup.waitFor(({ text }) => text.includes(stage.words("check_country")), "the findings");
  return { found, ids, steps, took, cause: found.report.diagnosis?.cause };
}

/** Starts the checks by the step, if it is the next one, and otherwise by the section. */
async function start() {
  const view = /** @type {View} */ (popup);
  const drawn = await view.waitFor(({ steps }) => steps.length > 0, "the checklist");
  if (drawn.next === "run_checks") return view.click('.now [data-remedy="run_checks"]');
  await view.click('[data-key="checks"]');
  await view.click('.wide[data-remedy="run_checks"]');
}

const ALL_WELL = [
  "country_supported",
  "route_one",
  "steady",
  "all_answer",
  "no_incident",
  "clock_right",
  "cookies_fine",
];

/** @param {string[]} ids */
const unusual = (ids) => ids.filter((id) => !ALL_WELL.includes(id));

test("all well: seven findings, and only OpenAI's hosts and the human check were asked", async () => {
  const { ids, took, found } = await check("edge_refused/unable-to-load-site-ipv4", {});
  assert.deepEqual(ids, ALL_WELL);
  assert.ok(took < 10_000, `${took} ms`);
  // This leaves out what the browsers ask for themselves.
  const asked = stage.player.asked.map(({ url }) => new URL(url).hostname);
  const hosts = new Set(asked.filter((host) => !/\.(google|mozilla)\.com$/.test(host)));
  assert.deepEqual([...hosts].sort(), [...TRACED, ...SILENT, "status.openai.com"].sort());
  const traces = stage.player.asked.filter(({ url }) => url.endsWith("/cdn-cgi/trace"));
  assert.ok(traces.length >= TRACED.length);
  assert.ok(
    traces.every(({ headers, method }) => headers.cookie === undefined && method === "GET"),
  );
  assert.equal(found.report.plan.find(({ remedy }) => remedy === "run_checks")?.state, "done");
});

test("no address of the visitor's stays anywhere", async () => {
  await check("edge_refused/unable-to-load-site-ipv4", { ways: { "auth.openai.com": ELSEWHERE } });
  const stored = await stage.driver.inExtension(async () => {
    const areas = [chrome.storage.session, chrome.storage.local];
    return JSON.stringify(await Promise.all(areas.map((area) => area.get(null))));
  });
  for (const { address } of [HERE, ELSEWHERE]) assert.ok(!stored.includes(address), stored);
  const text = (await popup?.read())?.text ?? "";
  for (const { address } of [HERE, ELSEWHERE]) assert.ok(!text.includes(address), text);
});

/** @type {[string, string, Partial<import("./network.mjs").Network>, string[], string, string][]} */
const SCENARIOS = [
  [
    "unsupported",
    "edge_refused/status-451",
    { country: "HK" },
    ["country_unsupported"],
    "region_unsupported",
    "check_supported_list",
  ],
  [
    "not on the list",
    "edge_refused/status-451",
    { country: "AQ" },
    ["country_open"],
    "edge_refused",
    "run_checks",
  ],
  [
    "country not known",
    "edge_refused/status-451",
    { country: "XX" },
    ["country_hidden"],
    "edge_refused",
    "run_checks",
  ],
  [
    "Tor",
    "edge_refused/status-451",
    { country: "T1" },
    ["country_tor"],
    "edge_refused",
    "leave_vpn",
  ],
  [
    "split route",
    "login_error/route-error-500",
    { ways: { "auth.openai.com": ELSEWHERE } },
    ["route_split_countries"],
    "login_error",
    "one_route",
  ],
  [
    "address changes",
    "edge_refused/status-451",
    { turns: [HERE, HERE, { country: "DE", address: "198.51.100.9" }] },
    ["address_changes"],
    "edge_refused",
    "stable_network",
  ],
  [
    "open incident",
    "server_error/cloudflare-502-bad-gateway",
    {
      incidents: [
        { name: "Elevated error rates", status: "investigating" },
        { name: "Old", status: "resolved" },
      ],
    },
    ["incident"],
    "server_error",
    "open_status",
  ],
  [
    "status page down",
    "edge_refused/status-451",
    { statusPage: { status: 503 } },
    ["no_answer"],
    "edge_refused",
    "run_checks",
  ],
  [
    "clock five minutes off",
    "edge_refused/status-451",
    { ahead: 300 },
    ["clock_ahead"],
    "edge_refused",
    "fix_clock",
  ],
];

for (const [name, page, network, wanted, cause, first] of SCENARIOS) {
  test(name, async () => {
    const { ids, steps, took, ...shown } = await check(page, network);
    assert.deepEqual(
      unusual(ids).filter((id) => id !== "route_split"),
      wanted,
    );
    assert.equal(shown.cause, cause);
    assert.equal(steps[0], first);
    assert.ok(took < 10_000, `${took} ms`);
  });
}

/** Gives this reply to all that can be read or reached. @param {import("./player.mjs").Reply} reply */
const everywhere = (reply) => ({
  replies: Object.fromEntries([...TRACED, ...SILENT].map((host) => [host, reply])),
  statusPage: reply,
});

/** Returns the findings of a run in which each check says that it cannot run. @param {string} id @param {string} reached */
const unknown = (id, reached) => [id, id, id, reached, id, "not_asked", "cookies_fine"];

test("slow: nothing answers in time", async () => {
  const { ids, took, steps } = await check(
    "edge_refused/status-451",
    everywhere({ status: 0, failure: "timed_out" }),
  );
  assert.deepEqual(ids, unknown("timed_out", "none_answers"));
  assert.equal(steps[0], "check_connection");
  assert.ok(took < 10_500, `${took} ms`);
});

test("offline", async () => {
  const [page, network] = ["edge_refused/status-451", {}];
  const { ids, took, steps } = await check(page, network, undefined, async () => {
    await stage.driver.backgroundOffline(true);
  }).finally(() => stage.driver.backgroundOffline(false));
  assert.deepEqual(ids, unknown("no_answer", "none_answers"));
  assert.equal(steps[0], "check_connection");
  assert.ok(took < 10_500, `${took} ms`);
});

test("refused: connections break", async () => {
  const { ids, found, steps } = await check(
    "edge_refused/status-451",
    everywhere({ status: 0, failure: "reset" }),
  );
  assert.deepEqual(ids, unknown("no_answer", "none_answers"));
  assert.match(JSON.stringify(found.checks), /ERR_CONNECTION_RESET|NS_ERROR_NET_RESET/);
  assert.equal(steps[0], "check_connection");
});

test("a page instead of a trace", async () => {
  const body = "<!doctype html><title>Just a moment...</title><p>ip=1.2.3.4 loc=DE";
  const { ids, steps, cause } = await check(
    "edge_refused/status-451",
    everywhere({ status: 200, headers: [["content-type", "text/html"]], body }),
  );
  assert.deepEqual(ids.slice(0, 5), unknown("unreadable", "all_answer").slice(0, 5));
  assert.deepEqual([cause, steps[0]], ["edge_refused", "run_checks"]);
});

test("garbage of 1 MB", async () => {
  const body = Buffer.alloc(1024 * 1024, "loc=DE\nip=\u0000\n");
  const { ids, took } = await check("edge_refused/status-451", everywhere({ status: 200, body }));
  assert.deepEqual(ids.slice(0, 5), unknown("unreadable", "all_answer").slice(0, 5));
  assert.ok(took < 10_000, `${took} ms`);
});

test("40 kB of cookies", async () => {
  // Chromium keeps 180 cookies of a site.
  const cookies = Array.from(
    { length: 150 },
    (_, at) => `big${at}=${"x".repeat(260)}; path=/; secure`,
  );
  const { ids, steps } = await check("server_error/cloudflare-502-bad-gateway", {}, async (tab) => {
    await tab.goto(stage.player.seed("chatgpt.com", cookies));
  });
  assert.deepEqual(unusual(ids), ["cookies_heavy"]);
  assert.equal(steps[0], "clear_site_data");
});

test("40 kB of cookies on a human check", async () => {
  const cookies = Array.from(
    { length: 150 },
    (_, at) => `big${at}=${"x".repeat(260)}; path=/; secure`,
  );
  const { ids, found } = await check("challenge/stock-en", {}, async (tab) => {
    await tab.goto(stage.player.seed("chatgpt.com", cookies));
  });
  assert.deepEqual(unusual(ids), ["cookies_heavy"]);
  // Nothing is cleared while a human check runs.
  const kinds = [...found.report.plan, ...found.report.tools].map(({ action }) => action.kind);
  assert.ok(!kinds.includes("clear"), `${kinds}`);
});

test("they can be stopped, and show how far they are", async () => {
  play(stage.player, everywhere({ status: 0, failure: "timed_out" }));
  showing = await stage.show(stage.recording("edge_refused/status-451"));
  await stage.answer(showing);
  popup = await View.popup(stage.driver, showing.tab);
  await start();
  const { tab } = showing;
  await popup.waitFor(
    ({ text }) => text.includes(stage.words("popup_checks_stop")),
    "a way to stop",
  );
  await pause(500);
  const stopped = Date.now();
  await popup.click('[data-key="stop"]');
  const { checks } = await stage.waitForCase(tab, (one) => one.checks !== undefined, "an end");
  assert.ok(Date.now() - stopped < 2000);
  assert.ok(checks?.findings.slice(0, 5).every(({ id }) => id === "not_asked"));
});
