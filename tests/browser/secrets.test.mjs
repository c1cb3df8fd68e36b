// These tests check that the extension keeps only what PRIVACY.md says. They play a long session as people have it, full of
// planted secrets: questions and codes in addresses, ids of conversations, cookies' values, a private window, clearings in
// two tabs, a clock that moves. Then they read all that the extension keeps: it holds none of the secrets, and nothing that
// is older than promised.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { CAN_SET_CLOCK, Clock } from "./clock.mjs";
import { until } from "./patience.mjs";
import { Stage } from "./stage.mjs";
import { View } from "./views.mjs";

const LIMIT = 10_000;
const MINUTE = 60;
const FAILING = "server_error/cloudflare-502-bad-gateway";
const CLEARING = "clear_sites";

/** @type {Clock} */
let clock;
/** @type {Stage} */
let stage;

/** This list holds every secret that was planted so far. @type {string[]} */
const planted = [];

/** Makes a word that stands nowhere else, and plants it. */
function word() {
  const letters = planted.length
    .toString(26)
    .replace(/./g, (digit) => "abcdefghijklmnopqrstuvwxyz"[Number.parseInt(digit, 26)]);
  const secret = `zqx${letters.padStart(3, "k")}vw`;
  planted.push(secret);
  return secret;
}

/** Makes an id as conversations, projects and accounts have them, and plants it. */
function id() {
  const secret = `6712f0aa-1c2d-8009-b0d1-${(0x2f7d1c900000 + planted.length).toString(16)}`;
  planted.push(secret);
  return secret;
}

before(async () => {
  clock = new Clock();
  stage = await Stage.open({ privately: true, ...(CAN_SET_CLOCK && { clock }) });
});

after(async () => {
  const errors = await stage.errors();
  await stage.close();
  assert.deepEqual(errors, []);
});

const stored = () =>
  stage.driver.inExtension(async () => {
    const areas = [chrome.storage.session, chrome.storage.local, chrome.storage.sync];
    const [session, local, sync] = await Promise.all(areas.map((area) => area.get()));
    return { session, local, sync };
  });

/** @param {Record<string, unknown>} kept */
const leaked = (kept) => planted.filter((secret) => JSON.stringify(kept).includes(secret));

/** Makes a page of OpenAI's fail, at an address. @param {string} url @param {string} extra into its body */
function fail(url, extra = "") {
  const { response } = stage.recording(FAILING);
  const body = String(response?.body).replace(/<\/body>/, `${extra}</body>`);
  const headers = (response?.headers ?? []).map(
    (/** @type {any} */ header) => /** @type {[string, string]} */ ([header[0], header[1]]),
  );
  stage.player.answer(url.replace(/#.*/, ""), { status: response?.status ?? 502, headers, body });
}

/** @param {import("./launch.mjs").Tab} tab */
const seen = (tab) =>
  stage.waitForCase(tab, ({ report }) => report.diagnosis !== undefined, "a diagnosis", {
    limit: LIMIT,
  });

/** Opens a failing page, with secrets in its address, and waits until it was examined. @param {import("./launch.mjs").Tab} tab @param {string} url */
async function visit(tab, url) {
  fail(url, `<!-- ${word()} --><p>${word()}</p>`);
  await tab.goto(url);
  await seen(tab);
}

/** Clears, with a cookie whose value is a secret. @param {import("./launch.mjs").Tab} tab @returns {Promise<string>} the value */
async function clear(tab) {
  const value = word();
  const cookies = [`oai-secret=${value}; Path=/; Secure`, `oai-other=${value}; Path=/`];
  await tab.goto(stage.player.seed("chatgpt.com", cookies, { path: "/planted" }));
  await visit(tab, `https://chatgpt.com/?q=${word()}`);
  const popup = await View.popup(stage.driver, tab);
  await popup.click("summary", stage.words("popup_tools_title"));
  await popup.click("label", stage.words(`popup_tool_${CLEARING}`));
  await popup.apply(CLEARING);
  await stage.waitForCase(tab, (one) => one.receipts[CLEARING] !== undefined, "a receipt", {
    limit: LIMIT,
  });
  await popup.tab.close();
  return value;
}

test("a long session leaves none of its secrets", { skip: !CAN_SET_CLOCK }, async () => {
  const tab = await stage.driver.newTab();
  const mail = `${word()}%40example.com`;
  await visit(tab, `https://chatgpt.com/?q=${word()}+${word()}&login_hint=${mail}#${word()}`);
  await visit(tab, `https://chatgpt.com/c/${id()}?model=${word()}`);
  await visit(tab, `https://chatgpt.com/g/g-p-${id()}-${word()}/c/${id()}`);
  await visit(tab, `https://chatgpt.com/share/${id()}`);
  await visit(tab, `https://chatgpt.com/codex/tasks/task_e_${id()}`);
  await visit(
    tab,
    `https://auth.openai.com/authorize?client_id=${id()}&state=${word()}&nonce=${word()}`,
  );
  await visit(tab, `https://auth.openai.com/error?error=${word()}&error_description=${word()}`);
  await visit(tab, `https://platform.openai.com/auth/callback?code=${word()}&state=${word()}`);
  await visit(tab, `https://platform.openai.com/settings/proj_${id()}/api-keys`);

  // This is a healthy app, whose requests fail and whose errors name a conversation.
  const app = await stage.driver.newTab();
  const recording = stage.recording("healthy/app-first-response");
  stage.player.air(recording, { stays: true });
  await app.goto(recording.url);
  await until(async () => (await stage.loads(app)).length > 0 || undefined, "the app", LIMIT);
  const paths = [
    `/backend-api/conversation/${id()}`,
    `/backend-api/f/conversation?prompt=${word()}`,
    `/backend-api/accounts/${id()}/users/${word()}@example.com`,
  ];
  for (const path of paths) {
    stage.player.answer(`https://chatgpt.com${path}`, { status: 500, body: word() });
  }
  const sentence = `Unable to load conversation ${id()}`;
  await app.evaluate(
    async (addresses, words) => {
      for (const address of addresses) await fetch(address).catch(() => undefined);
      const toast = document.createElement("div");
      toast.className = "toast-root";
      toast.setAttribute("role", "alert");
      toast.dataset.testid = "toast-error";
      toast.textContent = words;
      document.body.append(toast);
    },
    paths,
    sentence,
  );
  await seen(app);

  // This page belongs to nobody's sign-in, so it is not looked at.
  const own = await stage.driver.newTab();
  stage.player.answer("https://localhost:3000/admin", {
    status: 500,
    body: `<title>${word()}</title>`,
  });
  await own.goto(`https://localhost:3000/admin?token=${word()}`);
  const popup = await View.popup(stage.driver, own);
  await popup.waitFor(({ text }) => text.includes(stage.words("popup_elsewhere_title")), "", LIMIT);
  await popup.tab.close();

  // This is a private window, where a symptom is picked, and which is then closed.
  const secret = await stage.driver.newTab("private");
  await visit(secret, `https://chatgpt.com/c/${id()}?q=${word()}`);
  const inside = await View.popup(stage.driver, secret);
  await inside.waitFor(({ cause }) => cause !== undefined, "the popup of the private tab", LIMIT);
  await stage.driver.inExtension((message) => chrome.runtime.sendMessage(message), {
    kind: "pick",
    tab: secret.id,
    symptom: "login",
  });
  await inside.tab.close();
  await secret.close();
  await until(
    async () => {
      const { session, local } = await stored();
      const keys = Object.keys(session).filter((key) => key.endsWith(`:${secret.id}`));
      if (keys.length > 0 || "picked" in local) throw new Error(`${keys} ${Object.keys(local)}`);
      return true;
    },
    "nothing of the private window",
    LIMIT,
  );

  // These are clearings in two tabs, nine minutes apart.
  const [one, other] = [await stage.driver.newTab(), await stage.driver.newTab()];
  const first = await clear(one);
  clock.set(9 * MINUTE);
  const second = await clear(other);
  assert.deepEqual(leaked(await stored()).sort(), [first, second].sort(), "both can be put back");
  clock.set(11 * MINUTE);
  await other.reload();
  await stage.driver.killBackground();
  await one.reload();
  await until(
    async () => (JSON.stringify(await stored()).includes(first) ? undefined : true),
    "the values of the first clearing gone",
    LIMIT,
  );
  clock.set(20 * MINUTE);
  await other.reload();
  await until(async () => leaked(await stored()).length === 0 || undefined, "all gone", LIMIT);
  assert.ok(planted.length >= 40, `${planted.length} secrets were planted`);

  // The places of tabs are forgotten after half an hour, although the tabs stay open and do nothing.
  clock.set(60 * MINUTE);
  await stage.driver.killBackground();
  await tab.reload();
  await until(
    async () => {
      const { session } = await stored();
      const now = Date.now() + 60 * MINUTE * 1000;
      const journals = Object.entries(session).filter(([key]) => key.startsWith("journal:"));
      const old = journals.filter(([, journal]) =>
        /** @type {any} */ (journal).loads.some(
          (/** @type {any} */ { at }) => now - at > 31 * MINUTE * 1000,
        ),
      );
      return old.length === 0 ? true : undefined;
    },
    "loads of the last half hour alone",
    LIMIT,
  );
  assert.deepEqual(leaked(await stored()), []);
  const alarms = await stage.driver.inExtension(async () =>
    (await chrome.alarms.getAll()).map(({ name }) => name),
  );
  assert.ok(alarms.includes("tidy"), `what is over is forgotten by itself: ${alarms}`);
});
