// This module drives Chromium with the extension, over CDP through a pipe. It is the counterpart of firefox.mjs:
// both give the same operations (see launch.mjs) and neither knows what the extension should answer.
//
// How network failures come about here:
//   real      reset, closed, untrusted,           by the player, on the wire
//             redirects, not_tls
//   real      proxy, tunnel                       by --proxy-server; needs a launch of its own
//   real      dns, refused                        by --host-resolver-rules: ~NOTFOUND, or a port where
//                                                 nobody listens; likewise
//   emulated  offline                             CDP Network.emulateNetworkConditions
//   emulated  timed_out, blocked                  CDP Fetch.failRequest (a real time-out takes minutes)
// A single request of a page fails for real with reset and closed, and else by Fetch.failRequest.

import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import puppeteer from "puppeteer-core";
import { pause, until } from "./patience.mjs";
import { assertExtensionTook, assertSites } from "./started.mjs";

/** With these switches Chromium runs as root, as in continuous integration, and sends nothing to anybody outside. */
const SWITCHES = [
  // Chromium refuses to sandbox root.
  ...(process.getuid?.() === 0 ? ["--no-sandbox"] : []),
  "--disable-gpu",
  "--disable-software-rasterizer",
  "--disable-quic",
  "--no-first-run",
  "--no-default-browser-check",
  "--disable-component-update",
  "--disable-sync",
  // An error page that loads itself again would change the answer under the eyes of a test.
  "--disable-auto-reload",
  // A process that is kept ready for the next site costs each page of a test as much as the page itself.
  "--disable-features=SpareRendererForSitePerProcess",
];

/** Without the network in the background, Chromium installs nothing from an update address. */
const QUIET = "--disable-background-networking";

/**
 * @typedef {import("./recordings.mjs").Failure} Failure
 * @typedef {import("./launch.mjs").LaunchOptions} LaunchOptions
 * @typedef {import("./launch.mjs").Cookie} Cookie
 * @typedef {import("./launch.mjs").Jar} Jar
 * @typedef {import("puppeteer-core").Page} Page
 */

/** The longest time in ms that an extension may take to start, on a busy machine. */
const START = 20_000;

/** This map holds the reasons with which a single request can be made to fail. */
const REASONS = /** @type {const} */ ({
  dns: "NameNotResolved",
  refused: "ConnectionRefused",
  timed_out: "TimedOut",
  offline: "InternetDisconnected",
  blocked: "BlockedByClient",
});

/** Chromium takes these failures from its command line. */
const OWN_LAUNCH = new Set(["dns", "refused", "proxy", "tunnel"]);

/** @param {LaunchOptions} options @returns {Promise<Chromium>} */
export async function launchChromium(options) {
  const browser = await puppeteer.launch({
    ...(options.headless ? {} : { userDataDir: makeProfile(options.extension) }),
    ...(options.profile && { userDataDir: options.profile }),
    browser: "chrome",
    executablePath: options.executable,
    headless: options.headless,
    pipe: true,
    enableExtensions: true,
    ...(options.forced && { ignoreDefaultArgs: [QUIET] }),
    defaultViewport: options.headless ? { width: 1280, height: 800 } : null,
    args: [
      ...SWITCHES,
      // Debian's script keeps Chromium from installing extensions of others, unless it is told this.
      options.forced ? "--enable-remote-extensions" : QUIET,
      ...network(options),
      ...(options.shares ? ["--process-per-site"] : []),
      `--ignore-certificate-errors-spki-list=${options.player.authority.fingerprint}`,
      `--lang=${options.language}`,
    ],
    // Chromium on Linux reads the language of its own windows from here, and not from --lang.
    env: {
      ...process.env,
      ...options.clock?.environment,
      LANGUAGE: options.language.replace("-", "_"),
    },
  });
  return new Chromium(browser, options);
}

/**
 * Makes a fresh profile for a window, with the extension's button on the toolbar, because half of what the
 * extension says is shown there. Without a window puppeteer's own profile will do.
 * @param {string | undefined} extension
 * @returns {string}
 */
function makeProfile(extension) {
  const profile = mkdtempSync(join(tmpdir(), "access-medic-"));
  process.once("exit", () => rmSync(profile, { recursive: true, force: true, maxRetries: 10 }));
  if (extension === undefined) return profile;
  // The id of an unpacked extension is the hash of its path, in letters from a to p.
  const hash = createHash("sha256").update(extension).digest("hex").slice(0, 32);
  const id = hash.replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
  mkdirSync(join(profile, "Default"));
  const preferences = { extensions: { pinned_extensions: [id] } };
  writeFileSync(join(profile, "Default", "Preferences"), JSON.stringify(preferences));
  return profile;
}

/** @param {LaunchOptions} options @returns {string[]} */
function network({ player, failure, host = "*" }) {
  const { ports } = player;
  const names = `MAP localhost:3000 127.0.0.1:${ports.plain}, MAP localhost 127.0.0.1:${ports.secure}, MAP 127.0.0.1:1455 127.0.0.1:${ports.secure}, MAP *:443 127.0.0.1:${ports.secure}, MAP *:80 127.0.0.1:${ports.plain}`;
  if (failure === "dns") return [`--host-resolver-rules=MAP ${host} ~NOTFOUND, ${names}`];
  if (failure === "refused") {
    return [`--host-resolver-rules=MAP ${host}:443 127.0.0.1:${ports.closed}, ${names}`];
  }
  if (failure === "proxy") return [`--proxy-server=127.0.0.1:${ports.closed}`];
  if (failure === "tunnel") return [`--proxy-server=127.0.0.1:${ports.proxy}`];
  return [`--host-resolver-rules=${names}`];
}

/** This is the answer to a call of a worker that has ended meanwhile. */
const ENDED = "Error: No SW";

export class Chromium {
  name = "chromium";
  /** @type {Jar[]} */
  jars = ["default", "private"];
  /** @type {string[]} what went wrong, uncaught, in the extension's own code */
  errors = [];
  /** @type {import("puppeteer-core").Browser} */
  #browser;
  /** @type {string | undefined} */
  #id;
  /** @type {Promise<Page> | undefined} */
  #probe;

  /** @type {LaunchOptions} */
  #options;
  /** The time when the browser began to trust the player's authority, ms epoch: 0, as its command line names it. */
  trusts = 0;

  /** @param {import("puppeteer-core").Browser} browser @param {LaunchOptions} options */
  constructor(browser, options) {
    this.#browser = browser;
    this.#options = options;
    browser.on("targetcreated", (target) => void this.#listen(target));
  }

  /** Resolves when the browser was closed, by us or by its user. @returns {Promise<void>} */
  get closed() {
    return new Promise((resolve) => this.#browser.once("disconnected", () => resolve()));
  }

  /** @param {string} folder */
  async install(folder) {
    // If the extension was loaded before, it is updated: its pages are closed, and it gets another worker.
    const earlier = this.#worker();
    this.#probe = undefined;
    const { id } = await this.#ask("Extensions.loadUnpacked", {
      path: folder,
      enableInIncognito: this.#options.privately ?? false,
    });
    await this.#begun(id, earlier);
  }

  /** Waits for the extension that the browser installs because a policy says so. @param {string} id */
  async adopt(id) {
    await this.#begun(id);
  }

  /**
   * Waits until an extension runs and has what it was given.
   * @param {string} id
   * @param {import("puppeteer-core").Target} [earlier] its worker before an update
   */
  async #begun(id, earlier) {
    this.#id = id;
    const target = await this.#browser.waitForTarget(
      (one) => this.#isWorker(one) && one !== earlier,
    );
    const worker = await target.worker();
    // Until the worker's script has run, the worker hears nothing of the network.
    await until(
      async () =>
        (await worker?.evaluate(() => chrome.webRequest.onErrorOccurred.hasListeners())) ||
        undefined,
      "the extension's worker",
      START,
    );
    await assertExtensionTook(this, this.#options);
  }

  /** @param {string} path */
  extensionUrl(path) {
    return `chrome-extension://${this.#id}/${path}`;
  }

  /** @param {Failure | undefined} failure */
  plays(failure) {
    return failure === undefined || !OWN_LAUNCH.has(failure);
  }

  /** Returns the tab that the browser started with. @returns {Promise<ChromiumTab>} */
  async firstTab() {
    return new ChromiumTab((await this.#browser.pages())[0], -1);
  }

  /** Returns the extension's number of the newest tab, or -1 without the extension. @param {number[]} before */
  async #newTabId(before) {
    if (this.#id === undefined) return -1;
    return until(
      async () => (await this.#tabIds()).find((id) => !before.includes(id)),
      "the new tab among those of the browser",
      START,
    );
  }

  /** @param {Jar} jar @returns {Promise<ChromiumTab>} */
  async newTab(jar = "default") {
    const before = this.#id === undefined ? [] : await this.#tabIds();
    const page = jar === "private" ? await this.#newPrivatePage() : await this.#browser.newPage();
    const id = await this.#newTabId(before);
    this.#watch(page);
    return new ChromiumTab(page, id);
  }

  /** Opens a page in a private window, as the browser does it: no extension sees what puppeteer calls private. */
  async #newPrivatePage() {
    const address = "about:blank";
    const before = this.#browser.targets();
    await this.inExtension(
      async (url) => void (await chrome.windows.create({ url, incognito: true })),
      address,
    );
    const target = await this.#browser.waitForTarget(
      (one) => one.type() === "page" && one.url() === address && !before.includes(one),
    );
    const page = await target.page();
    if (page === null) throw new Error("The private window has no page");
    return page;
  }

  /** Returns what the browser knows of the pages in private windows. @returns {Promise<{targetId: string, url: string}[]>} */
  async #privateTargets() {
    const { defaultBrowserContextId } = await this.#ask("Target.getBrowserContexts");
    const { targetInfos } = await this.#ask("Target.getTargets", { filter: [{ type: "page" }] });
    return targetInfos.filter(
      (/** @type {any} */ one) => one.browserContextId !== defaultBrowserContextId,
    );
  }

  /** Returns the addresses that private windows show, read from the browser. @returns {Promise<string[]>} */
  async privatePages() {
    return (await this.#privateTargets()).map(({ url }) => url);
  }

  /**
   * Gives the sites to the extension or takes them away, as people do it on the page of extensions.
   * @param {boolean} given
   */
  async giveSites(given) {
    const page = await this.#browser.newPage();
    await page.goto("chrome://extensions");
    await page.evaluate(
      async (extensionId, hostAccess) => {
        const { developerPrivate } = /** @type {any} */ (chrome);
        await developerPrivate.updateExtensionConfiguration({ extensionId, hostAccess });
      },
      this.#id,
      given ? "ON_ALL_SITES" : "ON_CLICK",
    );
    await page.close();
    await assertSites(this, given);
  }

  /**
   * Runs a function in a page of the extension, with its chrome.* interfaces.
   * @template {unknown[]} A
   * @template R
   * @param {(...args: A) => R} run
   * @param {A} args
   * @returns {Promise<Awaited<R>>}
   */
  async inExtension(run, ...args) {
    // The manifest, shown as text, is a page without a script of its own.
    this.#probe ??= this.#browser.newPage().then(async (page) => {
      await page.goto(this.extensionUrl("manifest.json"));
      return page;
    });
    return /** @type {Awaited<R>} */ (
      await (await this.#probe).evaluate(/** @type {any} */ (run), ...args)
    );
  }

  /**
   * Runs a function in the extension's worker, to make a call of the browser slow or fail there.
   * @template {unknown[]} A
   * @template R
   * @param {(scope: typeof globalThis, ...args: A) => R} run
   * @param {A} args
   * @returns {Promise<Awaited<R>>}
   */
  async inBackground(run, ...args) {
    // A worker that sleeps cannot be asked anything: a message wakes it.
    await this.inExtension(() => chrome.runtime.sendMessage({ kind: "" })).catch(() => undefined);
    const worker = await this.#worker()?.worker();
    if (!worker) throw new Error("The extension has no worker");
    const source = `(${run})(globalThis, ...${JSON.stringify(args)})`;
    return /** @type {any} */ (await worker.evaluate(source));
  }

  /** @returns {Promise<number[]>} */
  #tabIds() {
    return this.inExtension(async () =>
      (await chrome.tabs.query({})).map((tab) => /** @type {number} */ (tab.id)),
    );
  }

  /** Clicks the extension's button: its popup opens, and the tab is lent. @param {import("./launch.mjs").Tab} tab */
  async clickButton(tab) {
    await tab.toFront();
    const url = await tab.evaluate(() => location.href);
    const { targetInfos } = await this.#ask("Target.getTargets", { filter: [{ type: "tab" }] });
    const target = targetInfos.find((/** @type {{url: string}} */ one) => one.url === url);
    await this.#ask("Extensions.triggerAction", { id: this.#id, targetId: target.targetId });
  }

  /**
   * Chooses from the menu of the extension's button. No command of the browser's opens that menu, so the event is handed to
   * the extension as the browser does it.
   * @param {import("./launch.mjs").Tab} tab
   * @param {string} item its id
   */
  async chooseInMenu(tab, item) {
    await tab.toFront();
    await this.inBackground(
      async (scope, id, tabId) => {
        const { contextMenus, tabs } = scope.chrome;
        /** @type {any} */ (contextMenus.onClicked).dispatch(
          { menuItemId: id },
          await tabs.get(tabId),
        );
      },
      item,
      tab.id,
    );
  }

  /**
   * Sends a command to the browser itself.
   * @param {string} method
   * @param {object} params
   * @returns {Promise<any>}
   */
  async #ask(method, params = {}) {
    const session = await this.#browser.target().createCDPSession();
    try {
      return await /** @type {any} */ (session).send(method, params);
    } finally {
      await session.detach();
    }
  }

  /** Tells whether the extension's worker runs at this moment. */
  async backgroundRuns() {
    return (await this.#lives()).length > 0;
  }

  /** Takes the network from the extension's worker. @param {boolean} offline */
  async backgroundOffline(offline) {
    const worker = await this.#worker()?.worker();
    await worker?.client.send("Network.enable");
    const speed = { latency: 0, downloadThroughput: -1, uploadThroughput: -1 };
    await worker?.client.send("Network.emulateNetworkConditions", { offline, ...speed });
  }

  async killBackground() {
    const killed = await this.#lives();
    const target = this.#worker();
    const worker = await target?.worker();
    // Closing the worker also lets go of it; it may be gone before that.
    await worker?.close().catch(() => undefined);
    // An open view may have started the worker again by now: then the target is the same, but its context is new.
    const goes = async () => !(await this.#lives()).some((life) => !killed.includes(life));
    while (target && this.#browser.targets().includes(target) && (await goes())) await pause(10);
  }

  /** Returns the background's context, which is new each time that the worker starts. @returns {Promise<string[]>} */
  #lives() {
    return this.inExtension(async () => {
      const found = await chrome.runtime.getContexts({ contextTypes: ["BACKGROUND"] });
      return found.map(({ contextId }) => contextId);
    });
  }

  #worker() {
    return this.#browser.targets().find((target) => this.#isWorker(target));
  }

  /** @param {import("puppeteer-core").Target} target */
  #isWorker(target) {
    return target.type() === "service_worker" && target.url().startsWith(this.extensionUrl(""));
  }

  /**
   * Returns every cookie of the profile, read from the browser and not through the extension.
   * @returns {Promise<Cookie[]>}
   */
  async cookies() {
    const { cookies } = await this.#ask("Storage.getCookies");
    return [...cookies.map(toCookie("default")), ...(await this.#privateCookies())];
  }

  /** Returns the cookies of private windows: only a page in such a window tells them. @returns {Promise<Cookie[]>} */
  async #privateCookies() {
    const [page] = await this.#privateTargets();
    if (page === undefined) return [];
    const target = this.#browser
      .targets()
      .find((one) => /** @type {any} */ (one)._targetId === page.targetId);
    const session = await target?.createCDPSession();
    const { cookies = [] } = (await session?.send("Network.getAllCookies")) ?? {};
    await session?.detach();
    return cookies.map(toCookie("private"));
  }

  async close() {
    await this.#browser.close();
  }

  /** @param {import("puppeteer-core").Target} target */
  async #listen(target) {
    if (target.type() !== "service_worker" || !target.url().startsWith("chrome-extension://"))
      return;
    // This uses only puppeteer's own session: a second one would keep the worker from being stopped. The
    // worker may be gone before it can be asked; then it has nothing to say.
    const worker = await target.worker().catch(() => null);
    worker?.client.on("Runtime.exceptionThrown", ({ exceptionDetails }) => {
      this.#note(exceptionDetails);
    });
  }

  /** @param {Page} page */
  #watch(page) {
    void page.createCDPSession().then(async (session) => {
      session.on("Runtime.exceptionThrown", ({ exceptionDetails }) => {
        if (JSON.stringify(exceptionDetails).includes("chrome-extension://")) {
          this.#note(exceptionDetails);
        }
      });
      await session.send("Runtime.enable");
    });
  }

  /**
   * Notes an uncaught error, but not what Chromium answers to the calls of a worker that was ended: nobody is left
   * there who could catch it.
   * @param {import("puppeteer-core").Protocol.Runtime.ExceptionDetails} details
   */
  #note(details) {
    if (details.exception?.description === ENDED) return;
    this.errors.push(
      `${details.text} ${details.exception?.description ?? ""} ${details.url ?? ""}`,
    );
  }
}

/** @param {Jar} jar @returns {(cookie: import("puppeteer-core").Protocol.Network.Cookie) => Cookie} */
const toCookie = (jar) => (cookie) => ({
  jar,
  name: cookie.name,
  host: cookie.domain,
  path: cookie.path,
  httpOnly: cookie.httpOnly,
  secure: cookie.secure,
  value: cookie.value,
  sameSite: cookie.sameSite,
  expires: cookie.session ? undefined : Math.round(cookie.expires),
  // Chromium's own protocol has an object here, while older versions have a string.
  partition: /** @type {any} */ (cookie.partitionKey)?.topLevelSite ?? cookie.partitionKey,
});

export class ChromiumTab {
  /** @type {Page} */
  #page;
  /** This is the extension's number for this tab. @type {number} */
  id;

  /** @param {Page} page @param {number} id */
  constructor(page, id) {
    this.#page = page;
    this.id = id;
  }

  /**
   * Sets up the failures that belong to a tab; undefined: none.
   * @param {Failure | undefined} failure
   * @param {import("./recordings.mjs").RecordedAnswer[]} answers to requests of the page
   */
  async conditions(failure, answers = []) {
    await this.#page.setOfflineMode(failure === "offline");
    const failing = answers.flatMap(({ url, failure: kind }) =>
      kind !== undefined && kind in REASONS ? [{ url, kind }] : [],
    );
    if (failure === "timed_out" || failure === "blocked") failing.push({ url: "", kind: failure });
    if (failing.length === 0) return;
    const session = await this.#page.createCDPSession();
    session.on("Fetch.requestPaused", ({ requestId, request }) => {
      const kind = failing.find(({ url }) => request.url.startsWith(url))?.kind;
      const errorReason = REASONS[/** @type {keyof typeof REASONS} */ (kind)];
      void session.send("Fetch.failRequest", { requestId, errorReason });
    });
    const patterns = failing.map(({ url }) => ({ urlPattern: `${url}*` }));
    await session.send("Fetch.enable", { patterns });
  }

  /** @param {string} url @returns {Promise<{failed?: string}>} */
  async goto(url) {
    return this.#page.goto(url, { waitUntil: "load" }).then(
      () => ({}),
      (error) => ({ failed: String(error.message) }),
    );
  }

  /** @returns {Promise<{failed?: string}>} */
  async reload() {
    return this.#page.reload({ waitUntil: "load" }).then(
      () => ({}),
      (error) => ({ failed: String(error.message) }),
    );
  }

  /**
   * @template {unknown[]} A
   * @template R
   * @param {(...args: A) => R} run
   * @param {A} args
   * @returns {Promise<Awaited<R>>}
   */
  async evaluate(run, ...args) {
    return /** @type {Awaited<R>} */ (await this.#page.evaluate(/** @type {any} */ (run), ...args));
  }

  /**
   * Runs a function on the document or, with a selector, on the closed shadow root of the element.
   * @template {unknown[]} A
   * @template R
   * @param {string | undefined} selector
   * @param {(root: Document | ShadowRoot, ...args: A) => R} run
   * @param {A} args
   * @returns {Promise<Awaited<R> | undefined>} undefined: no such element, or no root
   */
  async inRoot(selector, run, ...args) {
    const handle = await this.#page.evaluateHandle(
      (host) => (host === null ? document : document.querySelector(host)),
      selector ?? null,
    );
    const { objectId } = handle.remoteObject();
    try {
      if (objectId === undefined) return undefined;
      const client = /** @type {any} */ (this.#page)._client();
      const root = selector === undefined ? objectId : await shadowOf(client, objectId);
      if (root === undefined) return undefined;
      const { result, exceptionDetails } = await client.send("Runtime.callFunctionOn", {
        objectId: root,
        functionDeclaration: `function (...args) { return (${run})(this, ...args); }`,
        arguments: args.map((value) => ({ value })),
        returnByValue: true,
        awaitPromise: true,
      });
      if (exceptionDetails !== undefined) throw new Error(exceptionDetails.exception?.description);
      return result.value;
    } finally {
      await handle.dispose();
    }
  }

  /** Clicks as the user does: the events are trusted. @param {number} x @param {number} y */
  async click(x, y) {
    await this.#page.mouse.click(x, y);
  }

  /** @param {import("./launch.mjs").Key} key */
  async press(key) {
    const { keyboard } = this.#page;
    if (key !== "Shift+Tab") return keyboard.press(key === " " ? "Space" : key);
    await keyboard.down("Shift");
    await keyboard.press("Tab");
    await keyboard.up("Shift");
  }

  /** @param {string} text */
  async type(text) {
    await this.#page.keyboard.type(text);
  }

  async toFront() {
    await this.#page.bringToFront();
  }

  /** Sets what the reader prefers in the browser. @param {import("./launch.mjs").Preferences} preferences */
  async prefer({ scheme = "light", forced = false, still = false }) {
    const client = /** @type {any} */ (this.#page)._client();
    await client.send("Emulation.setEmulatedMedia", {
      features: [
        { name: "prefers-color-scheme", value: scheme },
        { name: "forced-colors", value: forced ? "active" : "none" },
        { name: "prefers-reduced-motion", value: still ? "reduce" : "no-preference" },
      ],
    });
  }

  /** Returns a picture of the tab, as a .png file. */
  async picture() {
    // Right after a failed load the browser's own error page is not there yet.
    return Buffer.from(await until(() => this.#page.screenshot(), "a picture", 5000));
  }

  /** @param {string} path a .png file */
  async screenshot(path) {
    await writeFile(path, await this.picture());
  }

  /** @param {number} width @param {number} height @param {number} scale dots of a picture for each pixel */
  async resize(width, height, scale = 1) {
    await this.#page.setViewport({ width, height, deviceScaleFactor: scale });
  }

  async close() {
    const closed = this.#page.close().then(() => true);
    // A tab that is told to close while its page is being replaced may stay open without an error, so it is told again.
    while (!(await Promise.race([closed, pause(1000)]))) this.#page.close().catch(() => undefined);
  }
}

/**
 * Returns the shadow root of an element, closed or not, as the developer tools see it.
 * @param {import("puppeteer-core").CDPSession} client
 * @param {string} objectId
 * @returns {Promise<string | undefined>}
 */
async function shadowOf(client, objectId) {
  const { node } = await client.send("DOM.describeNode", { objectId, depth: 1, pierce: true });
  const backendNodeId = node.shadowRoots?.[0]?.backendNodeId;
  if (backendNodeId === undefined) return undefined;
  return (await client.send("DOM.resolveNode", { backendNodeId })).object.objectId;
}
