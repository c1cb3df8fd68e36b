// This module drives Firefox with the extension, over WebDriver BiDi. It is the counterpart of chromium.mjs: both
// give the same operations (see launch.mjs) and neither knows what the extension should answer.
//
// puppeteer starts the browser and carries the messages. The messages themselves are BiDi commands:
// puppeteer has no call for extension pages, closed shadow roots or the browser's own scope.
// That scope (--remote-allow-system-access) serves to set the scene and to read, never to act in the
// place of the extension.
//
// Every name leads to the player through its CONNECT proxy. How network failures come about here:
//   real      reset, closed, untrusted, tunnel,   by the player, on the wire
//             redirects, not_tls
//   real      proxy                               the proxy setting points to a closed port
//   real      refused                             no proxy, all names are 127.0.0.1, port 443 closed
//   real      timed_out                           the player never answers the handshake; the browser's
//                                                 patience is lowered to 1 s and one attempt, and its
//                                                 clock kept awake
//   emulated  blocked                             as another extension does it: the channel is cancelled
//   emulated  dns                                 no proxy, and the pref network.dns.disabled
//   emulated  offline                             no proxy, and the browser's own "work offline"
// A single request of a page fails for real with reset and closed, and else by cancelling its channel.

import { cpSync, existsSync, mkdirSync, mkdtempSync, renameSync, rmSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import puppeteer from "puppeteer-core";
import { pause, until } from "./patience.mjs";
import { assertExtensionTook, assertSites } from "./started.mjs";

/** The longest time in ms that an extension may take to start, on a busy machine. */
const START = 20_000;

/** This id is fixed, so that the extension's pages can be opened by address. */
const UUID = "5c1f6a1e-3f5b-4f0e-9a53-0d6c3c0ffee0";

/**
 * This folder keeps what Firefox makes of its own scripts when it starts for the first time, which takes more than a second
 * (measured in 140, 2026-11). The first Firefox that ends leaves it to the next ones; another version throws it away.
 */
const STARTUP = fileURLToPath(new URL("../../target/tests/firefox-startup", import.meta.url));
const STARTUP_PARTS = ["compatibility.ini", "startupCache"];

/**
 * @typedef {import("./recordings.mjs").Failure} Failure
 * @typedef {import("./launch.mjs").LaunchOptions} LaunchOptions
 * @typedef {import("./launch.mjs").Cookie} Cookie
 * @typedef {import("./launch.mjs").Jar} Jar
 * @typedef {(method: string, params: object) => Promise<any>} Send
 */

/** This map holds the errors with which a single request can be made to fail: names of Components.results. */
const RESULTS = /** @type {const} */ ({
  dns: "NS_ERROR_UNKNOWN_HOST",
  refused: "NS_ERROR_CONNECTION_REFUSED",
  timed_out: "NS_ERROR_NET_TIMEOUT",
  offline: "NS_ERROR_OFFLINE",
  blocked: "NS_ERROR_ABORT",
});

/** @param {LaunchOptions} options @returns {Promise<Firefox>} */
export async function launchFirefox(options) {
  const { ports } = options.player;
  const profile = options.profile ?? makeProfile();
  const browser = await puppeteer.launch({
    browser: "firefox",
    executablePath: options.executable,
    headless: options.headless,
    userDataDir: profile,
    args: [
      "--remote-allow-system-access",
      ...(options.headless ? ["--width=1280", "--height=886"] : []),
    ],
    defaultViewport: null,
    env: { ...process.env, ...options.clock?.environment },
    extraPrefsFirefox: {
      "extensions.webextensions.uuids": JSON.stringify({ [options.geckoId]: UUID }),
      "intl.locale.requested": options.language,
      // No request reaches the player before its authority is trusted; see `Firefox.open`.
      "network.proxy.type": 0,
      "network.dns.disabled": true,
      "network.proxy.http": "127.0.0.1",
      "network.proxy.http_port": ports.proxy,
      "network.proxy.ssl": "127.0.0.1",
      "network.proxy.allow_hijacking_localhost": true,
      "network.proxy.ssl_port": ports.proxy,
      // A connection that is opened before it is needed would be one more that the player has to drop.
      "network.http.speculative-parallel-limit": 0,
      // Firefox grants a permission that is asked for at a click: the browser's own question cannot be clicked.
      "extensions.webextOptionalPermissionPrompts": false,
      // An extension that is loaded for a test is a temporary one, whose data would go with it.
      "extensions.webextensions.keepStorageOnUninstall": options.profile !== undefined,
      "extensions.webextensions.keepUuidOnUninstall": options.profile !== undefined,
      // Mozilla has not signed what was just built.
      "xpinstall.signatures.required": options.forced === undefined,
    },
  });
  try {
    return await Firefox.open(browser, profile, options);
  } catch (error) {
    await browser.close();
    throw error;
  }
}

/** Makes a fresh profile, which is removed when the tests end. @returns {string} */
function makeProfile() {
  const profile = mkdtempSync(join(tmpdir(), "access-medic-"));
  process.once("exit", () => rmSync(profile, { recursive: true, force: true, maxRetries: 10 }));
  if (existsSync(STARTUP)) cpSync(STARTUP, profile, { recursive: true });
  return profile;
}

/** Leaves to the next Firefox what this one has made of its own scripts. @param {string} profile */
function keepStartup(profile) {
  if (existsSync(STARTUP)) return;
  mkdirSync(dirname(STARTUP), { recursive: true });
  const copy = mkdtempSync(`${STARTUP}-`);
  for (const part of STARTUP_PARTS)
    cpSync(join(profile, part), join(copy, part), { recursive: true });
  try {
    renameSync(copy, STARTUP);
  } catch {
    // Another run was faster.
    rmSync(copy, { recursive: true });
  }
}

export class Firefox {
  name = "firefox";
  /** @type {Jar[]} */
  jars = ["default", "container", "private"];
  /** @type {import("puppeteer-core").Browser} */
  #browser;
  /** @type {Send} */
  #send;
  /** @type {string} the browser's own window, the scope of `inBrowser` */
  #window;
  #profile;
  /** @type {LaunchOptions} */
  #options;
  /** @type {Promise<FirefoxTab> | undefined} */
  #probe;
  /** @type {string | undefined} a tab of the usual window, the probe's */
  #home;
  #installed = false;
  /** This tells whether a test has killed the background page. */
  #killed = false;
  /** @type {Promise<string> | undefined} BiDi's name of the container */
  #container;
  /** The time when the browser was told to trust the player's authority, ms epoch. */
  trusts = 0;

  /**
   * @param {import("puppeteer-core").Browser} browser
   * @param {Send} send
   * @param {string} window
   * @param {string} profile its folder
   * @param {LaunchOptions} options
   */
  constructor(browser, send, window, profile, options) {
    this.#browser = browser;
    this.#send = send;
    this.#window = window;
    this.#profile = profile;
    this.#options = options;
  }

  /**
   * Gives the authority before the network. Firefox remembers how far it trusts each certificate. If Firefox
   * judges a request of its own while the authority is imported, it keeps "unknown issuer" in that memory
   * for as long as the browser runs.
   * @param {import("puppeteer-core").Browser} browser
   * @param {string} profile its folder
   * @param {LaunchOptions} options
   */
  static async open(browser, profile, options) {
    const { connection } = /** @type {any} */ (browser);
    /** @type {Send} */
    const send = async (method, params) => (await connection.send(method, params)).result;
    // Nobody here listens to these events: Firefox would report each request and each line of a console.
    await send("session.unsubscribe", { events: ["network", "log", "script"] });
    const tree = await send("browsingContext.getTree", { "moz:scope": "chrome" });
    const driver = new Firefox(browser, send, tree.contexts[0].context, profile, options);
    await driver.inBrowser(
      (certificate, language) => {
        const { Cc, Ci, Services } = /** @type {any} */ (globalThis);
        Cc["@mozilla.org/security/x509certdb;1"]
          .getService(Ci.nsIX509CertDB)
          .addCertFromBase64(certificate, "CT,,");
        // The extension's words follow the language of the browser, which without a language pack
        // knows English alone; an available language without a pack is enough for chrome.i18n.
        Services.locale.availableLocales = [...new Set([language, "en-US"])];
        Services.locale.requestedLocales = [language];
      },
      options.player.authority.certificate.replace(/-----[^-]+-----|\s/g, ""),
      options.language,
    );
    driver.trusts = Date.now();
    await driver.conditions(undefined);
    return driver;
  }

  /** Resolves when the browser was closed, by us or by its user. @returns {Promise<void>} */
  get closed() {
    return new Promise((resolve) => this.#browser.once("disconnected", () => resolve()));
  }

  /** @param {string} folder */
  async install(folder) {
    // If the extension was loaded before, it is updated, and its pages are closed.
    this.#probe = undefined;
    await this.inBrowser(() => /** @type {any} */ (globalThis).Services.console.reset());
    await this.#send("webExtension.install", {
      extensionData: { type: "path", path: folder },
      "moz:allowPrivateBrowsing": this.#options.privately ?? false,
    });
    await this.#begun();
  }

  /** Waits for the extension that the browser installs because a policy says so. @param {string} _id is that of the manifest */
  async adopt(_id) {
    await this.#begun();
  }

  /** Waits until the extension runs and has what it was given. */
  async #begun() {
    this.#installed = true;
    // Until the event page's script has run, the event page hears nothing of the network.
    const runs = async () => (await this.backgroundRuns()) || undefined;
    await until(runs, "the extension's event page", START);
    await assertExtensionTook(this, this.#options);
    if (!this.#options.headless) await this.#pin();
  }

  /** Puts the extension's button on the toolbar, because half of what the extension says is shown there. */
  async #pin() {
    await this.inBrowser((id) => {
      const { CustomizableUI } = /** @type {any} */ (globalThis);
      // Firefox gives this name to the button of an extension.
      const widget = `${id.toLowerCase().replace(/[^a-z0-9_-]/g, "_")}-browser-action`;
      CustomizableUI.addWidgetToArea(widget, CustomizableUI.AREA_NAVBAR);
    }, this.#options.geckoId);
  }

  /** @param {string} path */
  extensionUrl(path) {
    return `moz-extension://${UUID}/${path}`;
  }

  /** @param {Failure | undefined} _failure Firefox takes all of them while it runs. */
  plays(_failure) {
    return true;
  }

  /** Returns the tab that the browser started with. @returns {Promise<FirefoxTab>} */
  async firstTab() {
    const { contexts } = await this.#send("browsingContext.getTree", {});
    return new FirefoxTab(this, this.#send, contexts[0].context, -1);
  }

  /** Returns the extension's number of the newest tab, or -1 without the extension. @param {number[]} before */
  async #newTabId(before) {
    if (!this.#installed) return -1;
    return until(
      async () => (await this.#tabIds()).find((id) => !before.includes(id)),
      "the new tab among those of the browser",
      START,
    );
  }

  /** @param {Jar} jar @returns {Promise<FirefoxTab>} */
  async newTab(jar = "default") {
    const before = this.#installed ? await this.#tabIds() : [];
    const context =
      jar === "private" ? await this.#newPrivateContext() : await this.#newContext(jar);
    const id = await this.#newTabId(before);
    return new FirefoxTab(this, this.#send, context, id);
  }

  /** @param {Jar} jar @returns {Promise<string>} */
  async #newContext(jar) {
    if (jar === "container") {
      this.#container ??= this.#send("browser.createUserContext", {}).then(
        ({ userContext }) => userContext,
      );
    }
    const { context } = await this.#send("browsingContext.create", {
      type: "tab",
      ...(jar === "container" && { userContext: await this.#container }),
      // The window in front may be a private one.
      ...(this.#options.privately && { referenceContext: this.#home }),
    });
    return context;
  }

  /** Opens a private window and returns its context. @returns {Promise<string>} */
  async #newPrivateContext() {
    const contexts = async () =>
      (await this.#send("browsingContext.getTree", {})).contexts.map(
        (/** @type {{context: string}} */ { context }) => context,
      );
    const before = await contexts();
    await this.inExtension(
      async () => void (await chrome.windows.create({ url: "about:blank", incognito: true })),
    );
    return until(
      async () => (await contexts()).find((/** @type {string} */ one) => !before.includes(one)),
      "a private window",
      START,
    );
  }

  /** Returns the addresses that private windows show, read from the browser. @returns {Promise<string[]>} */
  privatePages() {
    return this.inBrowser(() => {
      const { Services, PrivateBrowsingUtils } = /** @type {any} */ (globalThis);
      return [...Services.wm.getEnumerator("navigator:browser")]
        .filter((one) => PrivateBrowsingUtils.isWindowPrivate(one))
        .flatMap((one) => one.gBrowser.browsers)
        .map((one) => one.currentURI.spec);
    });
  }

  /**
   * Gives the sites to the extension or takes them away, as people do it on the page of add-ons.
   * @param {boolean} given
   */
  async giveSites(given) {
    await this.inBrowser(
      async (id, wanted) => {
        const { ChromeUtils, WebExtensionPolicy } = /** @type {any} */ (globalThis);
        const { ExtensionPermissions } = ChromeUtils.importESModule(
          "resource://gre/modules/ExtensionPermissions.sys.mjs",
        );
        const { extension } = WebExtensionPolicy.getByID(id);
        const { host_permissions, content_scripts } = extension.manifest;
        // The sites where content scripts run are a permission of their own.
        const scripted = content_scripts.flatMap((/** @type {any} */ one) => one.matches);
        const origins = [...host_permissions, ...scripted];
        const sites = { origins, permissions: [], data_collection: [] };
        await ExtensionPermissions[wanted ? "add" : "remove"](id, sites, extension);
      },
      this.#options.geckoId,
      given,
    );
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
    this.#probe ??= this.#openProbe();
    return (await this.#probe).evaluate(run, ...args);
  }

  /**
   * Runs a function with the scope of the extension's event page, to make a call of the browser slow or fail there.
   * @template {unknown[]} A
   * @template R
   * @param {(scope: typeof globalThis, ...args: A) => R} run
   * @param {A} args
   * @returns {Promise<Awaited<R>>}
   */
  async inBackground(run, ...args) {
    // If the event page sleeps, asking for it starts it.
    this.#probe ??= this.#openProbe();
    const probe = await this.#probe;
    return probe.evaluateSource(
      `(${run})(await chrome.runtime.getBackgroundPage(), ...${JSON.stringify(args)})`,
    );
  }

  async #openProbe() {
    const { context } = await this.#send("browsingContext.create", {
      type: "tab",
      background: true,
    });
    this.#home = context;
    const tab = new FirefoxTab(this, this.#send, context, -1);
    // The manifest, shown as text, is a page without a script of its own.
    await tab.goto(this.extensionUrl("manifest.json"));
    return tab;
  }

  /**
   * Runs a function with the browser's own rights.
   * @template {unknown[]} A
   * @template R
   * @param {(...args: A) => R} run
   * @param {A} args
   * @returns {Promise<Awaited<R>>}
   */
  inBrowser(run, ...args) {
    return evaluate(this.#send, this.#window, run, args);
  }

  /** @returns {Promise<number[]>} */
  #tabIds() {
    return this.inExtension(async () =>
      (await chrome.tabs.query({})).map((tab) => /** @type {number} */ (tab.id)),
    );
  }

  /**
   * Does what a click on the extension's button does: it lends the tab and opens the popup. Here the popup
   * is opened as a page, because a browser's own popup cannot be driven.
   * @param {import("./launch.mjs").Tab} tab
   */
  async clickButton(tab) {
    await this.inBrowser(
      (id, tabId) => {
        const { WebExtensionPolicy } = /** @type {any} */ (globalThis);
        const { tabManager } = WebExtensionPolicy.getByID(id).extension;
        tabManager.addActiveTabPermission(tabManager.get(tabId).nativeTab);
      },
      this.#options.geckoId,
      tab.id,
    );
    const popup = await this.newTab();
    await popup.goto(this.extensionUrl(`views/popup.html?tab=${tab.id}`));
    await until(
      () => popup.evaluate(() => (document.querySelector(".body") ? true : undefined)),
      "the popup",
      START,
    );
    await popup.close();
  }

  /**
   * Opens the menu of the extension's button by the right button of the mouse, and chooses from it.
   * @param {import("./launch.mjs").Tab} tab
   * @param {string} item its id
   */
  async chooseInMenu(tab, item) {
    await tab.toFront();
    await this.inBrowser(
      async (id, tabId, wanted) => {
        const { WebExtensionPolicy } = /** @type {any} */ (globalThis);
        const { extension } = WebExtensionPolicy.getByID(id);
        const { nativeTab } = extension.tabManager.get(tabId);
        const window = nativeTab.ownerDocument.defaultView;
        const { document, CustomizableUI } = window;
        const widget = `${id.toLowerCase().replace(/[^a-z0-9_-]/g, "_")}-browser-action`;
        CustomizableUI.addWidgetToArea(widget, CustomizableUI.AREA_NAVBAR);
        const button = document
          .getElementById(widget)
          .querySelector(".unified-extensions-item-action-button");
        const menu = document.getElementById("toolbar-context-menu");
        const shown = new Promise((resolve) => {
          menu.addEventListener("popupshown", resolve, { once: true });
        });
        // An event that the browser's own code makes is a trusted one.
        button.dispatchEvent(new window.MouseEvent("contextmenu", { bubbles: true, button: 2 }));
        await shown;
        menu.activateItem(menu.querySelector(`[id$="-menuitem-_${wanted}"]`));
      },
      this.#options.geckoId,
      tab.id,
      item,
    );
  }

  /** Gives the focus to the window of a tab. @param {number} tabId */
  async focus(tabId) {
    await this.inBrowser(
      (id, number) => {
        const { WebExtensionPolicy } = /** @type {any} */ (globalThis);
        const found = WebExtensionPolicy.getByID(id)?.extension.tabManager.get(number);
        const window = found?.nativeTab.ownerDocument.defaultView;
        window?.focus();
        found?.nativeTab.linkedBrowser.focus();
      },
      this.#options.geckoId,
      tabId,
    );
  }

  /** Tells whether the extension's event page runs at this moment. @returns {Promise<boolean>} */
  backgroundRuns() {
    return this.inBrowser((id) => {
      const { WebExtensionPolicy } = /** @type {any} */ (globalThis);
      return WebExtensionPolicy.getByID(id).extension.backgroundState === "running";
    }, this.#options.geckoId);
  }

  /** Takes the network from the whole browser. @param {boolean} offline */
  async backgroundOffline(offline) {
    await this.conditions(offline ? "offline" : undefined);
  }

  async killBackground() {
    this.#killed = true;
    await this.inBrowser((id) => {
      const { WebExtensionPolicy } = /** @type {any} */ (globalThis);
      // This ends it at once, whatever it is doing; Firefox would otherwise let it finish.
      const options = { disableResetIdleForTest: true };
      return WebExtensionPolicy.getByID(id).extension.terminateBackground(options);
    }, this.#options.geckoId);
  }

  /**
   * Returns every cookie of the profile, read from the browser and not through the extension.
   * @returns {Promise<Cookie[]>}
   */
  async cookies() {
    const cookies = await this.inBrowser(() => {
      const { cookies } = /** @type {any} */ (globalThis).Services;
      const hidden = JSON.stringify({ privateBrowsingId: 1 });
      const all = [...cookies.cookies, ...cookies.getCookiesWithOriginAttributes(hidden)];
      return all.map((/** @type {any} */ cookie) => ({
        jar: cookie.originAttributes.privateBrowsingId
          ? "private"
          : cookie.originAttributes.userContextId
            ? "container"
            : "default",
        name: cookie.name,
        host: cookie.host,
        path: cookie.path,
        httpOnly: cookie.isHttpOnly,
        secure: cookie.isSecure,
        value: cookie.value,
        sameSite: String(cookie.sameSite),
        // This is in seconds in older versions and in milliseconds in newer ones.
        expires: cookie.isSession
          ? undefined
          : Math.round(cookie.expiry > 1e11 ? cookie.expiry / 1000 : cookie.expiry),
        partition: cookie.originAttributes.partitionKey,
      }));
    });
    return cookies.map(
      (/** @type {any} */ cookie) =>
        /** @type {Cookie} */ ({
          ...cookie,
          // This is "(https,chatgpt.com)" and, below a frame of another site, "(https,chatgpt.com,f)".
          partition: cookie.partition.replace(/^\((\w+),([^,)]+).*\)$/, "$1://$2") || undefined,
        }),
    );
  }

  /** Returns the uncaught errors in the extension's own code. @returns {Promise<string[]>} */
  get errors() {
    return this.inBrowser(
      (origin, killed) => {
        const { Services, Ci } = /** @type {any} */ (globalThis);
        return (
          Services.console
            .getMessageArray()
            .filter((/** @type {any} */ message) => message instanceof Ci.nsIScriptError)
            .filter((/** @type {any} */ error) => !(error.flags & Ci.nsIScriptError.warningFlag))
            // This leaves out Firefox's own notes that a page went away while it waited for a reply, as any reload may cause.
            .filter(
              (/** @type {any} */ error) =>
                !/after context unloaded|while context is inactive/.test(error.errorMessage),
            )
            // A script that a test kills while it speaks to the browser gets this answer.
            .filter(
              (/** @type {any} */ error) =>
                !(killed && error.errorMessage === "InvalidStateError: An exception was thrown"),
            )
            // Firefox's own code also complains of our pages when an extension is loaded again.
            .filter((/** @type {any} */ error) => !error.sourceName.startsWith("resource:"))
            .map(
              (/** @type {any} */ error) =>
                `${error.errorMessage} ${error.sourceName}:${error.lineNumber}`,
            )
            .filter((/** @type {string} */ line) => line.includes(origin))
        );
      },
      this.extensionUrl(""),
      this.#killed,
    );
  }

  /** @param {Failure | undefined} failure @param {import("./recordings.mjs").RecordedAnswer[]} answers */
  async conditions(failure, answers = []) {
    const { ports } = this.#options.player;
    const all = failure === "blocked" ? [...answers, { url: "https://", failure }] : answers;
    await this.#cancel(
      all.flatMap(({ url, failure: kind }) =>
        kind !== undefined && kind in RESULTS
          ? [[url, RESULTS[/** @type {keyof typeof RESULTS} */ (kind)]]]
          : [],
      ),
    );
    await this.#keepClockAwake(failure === "timed_out");
    const direct = failure === "dns" || failure === "refused" || failure === "offline";
    await this.inBrowser(
      (prefs, offline) => {
        const { Services } = /** @type {any} */ (globalThis);
        for (const [name, value] of prefs) {
          if (typeof value === "boolean") Services.prefs.setBoolPref(name, value);
          else if (typeof value === "number") Services.prefs.setIntPref(name, value);
          else Services.prefs.setStringPref(name, value);
        }
        // A page in the cache would open without a network, too.
        if (offline) Services.cache2.clear();
        Services.io.offline = offline;
      },
      /** @type {[string, string | number | boolean][]} */ ([
        ["network.proxy.type", direct ? 0 : 1],
        ["network.proxy.ssl_port", failure === "proxy" ? ports.closed : ports.proxy],
        // Without the proxy, no name may lead out of this computer.
        ["network.dns.disabled", failure === "dns" || failure === "offline"],
        ["network.dns.forceResolve", failure === "refused" ? "127.0.0.1" : ""],
        ["network.http.tls-handshake-timeout", failure === "timed_out" ? 1 : 30],
        ["network.http.request.max-attempts", failure === "timed_out" ? 1 : 10],
      ]),
      failure === "offline",
    );
  }

  /**
   * Keeps Firefox awake. Once a second it looks for handshakes that take too long; but if it looks just while
   * the proxy is being asked, it finds none and sleeps for an hour. Any other request wakes it.
   * @param {boolean} awake
   */
  async #keepClockAwake(awake) {
    await this.inBrowser((wanted) => {
      const scope = /** @type {any} */ (globalThis);
      clearInterval(scope.waking);
      if (!wanted) return;
      const wake = () => void fetch("https://wake.invalid/", { cache: "no-store" }).catch(() => {});
      scope.waking = setInterval(wake, 500);
    }, awake);
  }

  /** Lets requests fail; an empty list ends this. @param {string[][]} failing addresses with names of results */
  async #cancel(failing) {
    await this.inBrowser((list) => {
      const scope = /** @type {any} */ (globalThis);
      const { Services, Ci, Components } = scope;
      if (scope.cancelling) Services.obs.removeObserver(scope.cancelling, "http-on-modify-request");
      scope.cancelling = undefined;
      if (list.length === 0) return;
      scope.cancelling = (/** @type {any} */ subject) => {
        const channel = subject.QueryInterface(Ci.nsIHttpChannel);
        const found = list.find(([url]) => channel.URI.spec.startsWith(url));
        if (found) channel.cancel(Components.results[found[1]]);
      };
      Services.obs.addObserver(scope.cancelling, "http-on-modify-request");
    }, failing);
  }

  async close() {
    await this.#browser.close();
    keepStartup(this.#profile);
  }
}

export class FirefoxTab {
  /** @type {Firefox} */
  #driver;
  /** @type {Send} */
  #send;
  /** @type {string} */
  #context;
  /** This is the extension's number for this tab. @type {number} */
  id;

  /** @param {Firefox} driver @param {Send} send @param {string} context @param {number} id */
  constructor(driver, send, context, id) {
    this.#driver = driver;
    this.#send = send;
    this.#context = context;
    this.id = id;
  }

  /**
   * Sets up a failure, which here holds for the whole browser; undefined means none.
   * @param {Failure | undefined} failure
   * @param {import("./recordings.mjs").RecordedAnswer[]} answers to requests of the page
   */
  async conditions(failure, answers = []) {
    await this.#driver.conditions(failure, answers);
  }

  /** @param {string} url @returns {Promise<{failed?: string}>} */
  async goto(url) {
    if (url.startsWith("moz-extension:")) return this.#gotoExtension(url);
    return this.#send("browsingContext.navigate", {
      context: this.#context,
      url,
      wait: "complete",
    }).then(
      () => ({}),
      (error) => ({ failed: String(error.message).split("\n")[0] }),
    );
  }

  /** The change of process can stall "complete", so this asks the document itself. @param {string} url */
  async #gotoExtension(url) {
    await this.#send("browsingContext.navigate", { context: this.#context, url, wait: "none" });
    for (;;) {
      // While the process changes there is no document to ask.
      const ready = await this.evaluate(
        (expected) => location.href === expected && document.readyState === "complete",
        url,
      ).catch(() => false);
      if (ready) return {};
      await pause(10);
    }
  }

  /** @returns {Promise<{failed?: string}>} */
  async reload() {
    return this.#send("browsingContext.reload", { context: this.#context, wait: "complete" }).then(
      () => ({}),
      (error) => ({ failed: String(error.message).split("\n")[0] }),
    );
  }

  /**
   * @template {unknown[]} A
   * @template R
   * @param {(...args: A) => R} run
   * @param {A} args
   * @returns {Promise<Awaited<R>>}
   */
  evaluate(run, ...args) {
    return evaluate(this.#send, this.#context, run, args);
  }

  /** Evaluates an expression that may await. @param {string} expression @returns {Promise<any>} */
  evaluateSource(expression) {
    return evaluateSource(this.#send, this.#context, expression);
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
    const target = { context: this.#context };
    const found = await this.#send("script.evaluate", {
      expression: selector === undefined ? "document" : `document.querySelector("${selector}")`,
      target,
      awaitPromise: false,
    });
    // BiDi gives the shadow root of a node, closed or not.
    const node = selector === undefined ? found.result : found.result?.value?.shadowRoot;
    if (node?.sharedId === undefined) return undefined;
    const answer = await this.#send("script.callFunction", {
      functionDeclaration: `async (root, args) => JSON.stringify(await (${run})(root, ...JSON.parse(args)))`,
      arguments: [{ sharedId: node.sharedId }, { type: "string", value: JSON.stringify(args) }],
      target,
      awaitPromise: true,
    });
    return resultOf(answer);
  }

  /** Clicks as the user does: the events are trusted. @param {number} x @param {number} y */
  async click(x, y) {
    await this.#send("input.performActions", {
      context: this.#context,
      actions: [
        {
          type: "pointer",
          id: "mouse",
          actions: [
            { type: "pointerMove", x: Math.round(x), y: Math.round(y) },
            { type: "pointerDown", button: 0 },
            { type: "pointerUp", button: 0 },
          ],
        },
      ],
    });
  }

  /** @param {import("./launch.mjs").Key} key */
  async press(key) {
    // The WebDriver specification defines these code points for keys without a character.
    /** @type {Record<string, string>} */
    const codes = {
      Escape: "\uE00C",
      Enter: "\uE007",
      Tab: "\uE004",
      ArrowDown: "\uE015",
      ArrowRight: "\uE014",
    };
    if (key !== "Shift+Tab") return this.type(codes[key] ?? key);
    const shift = "\uE008";
    await this.#keys([
      { type: "keyDown", value: shift },
      ...stroke(codes.Tab),
      { type: "keyUp", value: shift },
    ]);
  }

  /** @param {string} text */
  async type(text) {
    await this.#keys([...text].flatMap(stroke));
  }

  /** @param {{type: string, value: string}[]} actions */
  async #keys(actions) {
    await this.#send("input.performActions", {
      context: this.#context,
      actions: [{ type: "key", id: "keyboard", actions }],
    });
  }

  async toFront() {
    await this.#send("browsingContext.activate", { context: this.#context });
    // Without a window manager, nothing else gives the focus to a second window.
    const focused = await this.evaluate(() => document.hasFocus()).catch(() => true);
    if (this.id >= 0 && !focused) await this.#driver.focus(this.id);
  }

  /** Sets what the reader prefers in the browser. @param {import("./launch.mjs").Preferences} preferences */
  async prefer({ scheme = "light", forced = false, still = false }) {
    await this.#driver.inBrowser(
      (dark, always, reduced) => {
        const { prefs } = /** @type {any} */ (globalThis).Services;
        prefs.setIntPref("layout.css.prefers-color-scheme.content-override", dark ? 0 : 1);
        // The value 2 means the reader's colours instead of any page's, and 0 means as high contrast has it.
        prefs.setIntPref("browser.display.document_color_use", always ? 2 : 0);
        prefs.setIntPref("ui.prefersReducedMotion", reduced ? 1 : 0);
      },
      scheme === "dark",
      forced,
      still,
    );
    // The page's process hears of the change later than the browser's, and of the system's colours later still. Forced colours
    // are those of a light scheme.
    const wanted = [
      `(prefers-color-scheme: ${forced ? "light" : scheme})`,
      `(forced-colors: ${forced ? "active" : "none"})`,
      `(prefers-reduced-motion: ${still ? "reduce" : "no-preference"})`,
    ].join(" and ");
    await until(
      () =>
        this.evaluate(
          (query, coloured) => {
            if (!matchMedia(query).matches) return undefined;
            if (!coloured) return true;
            const field = document.createElement("input");
            field.style.background = "Field";
            document.documentElement.append(field);
            const colour = getComputedStyle(field).backgroundColor;
            field.remove();
            return colour === "rgb(255, 255, 255)" || undefined;
          },
          wanted,
          forced,
        ),
      `the tab with ${wanted}`,
      5000,
    );
  }

  /** Returns a picture of the tab, as a .png file. */
  async picture() {
    const { data } = await this.#send("browsingContext.captureScreenshot", {
      context: this.#context,
    });
    return Buffer.from(data, "base64");
  }

  /** @param {string} path a .png file */
  async screenshot(path) {
    await writeFile(path, await this.picture());
  }

  /** @param {number} width @param {number} height @param {number} scale dots of a picture for each pixel */
  async resize(width, height, scale = 1) {
    await this.#send("browsingContext.setViewport", {
      context: this.#context,
      viewport: { width, height },
      ...(scale !== 1 && { devicePixelRatio: scale }),
    });
  }

  async close() {
    await this.#send("browsingContext.close", { context: this.#context });
  }
}

/** Returns the actions that press a key and let it go. @param {string} value */
const stroke = (value) => [
  { type: "keyDown", value },
  { type: "keyUp", value },
];

/**
 * @param {Send} send
 * @param {string} context
 * @param {(...args: any[]) => any} run
 * @param {unknown[]} args
 */
function evaluate(send, context, run, args) {
  return evaluateSource(send, context, `(${run})(...${JSON.stringify(args)})`);
}

/** @param {Send} send @param {string} context @param {string} expression */
async function evaluateSource(send, context, expression) {
  const answer = await send("script.evaluate", {
    expression: `(async () => JSON.stringify(await ${expression}))()`,
    target: { context },
    awaitPromise: true,
  });
  return resultOf(answer);
}

/** @param {any} answer */
function resultOf(answer) {
  if (answer.type === "exception") throw new Error(answer.exceptionDetails.text);
  const { value } = answer.result;
  return value === undefined ? undefined : JSON.parse(value);
}
