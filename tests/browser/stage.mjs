// This module brings a player, a browser with the extension and the recorded pages together: it puts a
// recording on air, opens it in a tab of its own, and measures how long the extension takes to answer. It
// judges nothing; the tests and run.mjs do that.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { launch, RUN } from "./launch.mjs";
import { pause, until } from "./patience.mjs";
import { Player } from "./player.mjs";
import { HEALED, readRecordings } from "./recordings.mjs";
import { OVERLAY, View } from "./views.mjs";
import { readWords } from "./words.mjs";

/**
 * @typedef {import("./launch.mjs").Driver} Driver
 * @typedef {import("./launch.mjs").Tab} Tab
 * @typedef {import("./recordings.mjs").Recording} Recording
 * @typedef {import("./recordings.mjs").Failure} Failure
 *
 * @typedef {{remedy: string, cause: string, at: number, outcome: string, verdict?: string}} Attempt
 * @typedef {{remedy: string, action: {kind: string, scope?: any, address?: string}, state: string}} Step
 * @typedef {object} Diagnosis
 * @property {string} cause
 * @property {string} confidence
 * @property {string} surface
 * @property {boolean} overlay
 * @property {{clue: string, quote: string}[]} reasons
 * @property {{cause: string, confidence: string, reasons: {clue: string, quote: string}[]}[]} others
 * @typedef {{diagnosis?: Diagnosis, plan: Step[], tools: Step[], judgement?: {verdict: string, remedy: string, cause: string}}} Report
 * @typedef {object} Receipt
 * @property {string} remedy
 * @property {{found: number, gone: number, hosts: string[], stayed: {name: string, host: string, why: string}[]}} cookies
 * @property {{cleared: string[], stayed: {kind: string, why: string}[]}=} storage
 * @property {number} ms
 * @property {{back: number, of: number}=} undone
 * @typedef {object} Case
 * @property {number} tab
 * @property {string} url
 * @property {Report} report
 * @property {Record<string, Receipt>} receipts
 * @property {boolean} closed
 * @property {Attempt[]} history
 * @property {string=} busy
 * @property {{done: number, total: number}=} progress
 * @property {number} at
 * @property {{remedy: string, from: number, until: number, again: boolean}=} waiting
 * @property {{at: number, findings: {check: string, id: string, state: string}[]}=} checks
 *
 * @typedef {object} Showing a recording, opened
 * @property {Driver} driver
 * @property {Tab} tab
 * @property {Recording} recording
 * @property {number} from ms epoch: the load began
 * @property {number} ready ms epoch: the document was there, or the load had failed
 * @property {string=} failed what the browser said
 */

/** This time in ms is longer than any answer may take, so that a late answer is measured and not lost. */
const LIMIT = 3000;

const { passedHost } = await import(pathToFileURL(join(RUN.extension, "background/sites.js")).href);

/** Tells whether it is a page of others, which is looked at when the popup is opened on it. @param {Recording} recording */
export const isPassed = ({ url }) => passedHost(url) !== undefined;

/** These are the hosts where each page is examined, and where its load is kept in the journal. */
const OURS = /^(.+\.)?(chatgpt|openai)\.com$/;

/** The time in ms for which a page is listened to if its requests go on, or if it is not examined when it loads. */
const SILENCE = 500;

export class Stage {
  /** @type {Player} */
  player;
  /** @type {Driver} */
  driver;
  /** @type {Recording[]} */
  recordings;
  words = readWords(RUN.extension);
  /** This map holds the browsers that had to be started for one failure each. @type {Map<string, Promise<Driver>>} */
  #others = new Map();
  /** @type {Partial<import("./launch.mjs").LaunchOptions>} */
  #options;

  /**
   * @param {Player} player
   * @param {Driver} driver
   * @param {Recording[]} recordings
   * @param {Partial<import("./launch.mjs").LaunchOptions>} options
   */
  constructor(player, driver, recordings, options) {
    this.player = player;
    this.driver = driver;
    this.recordings = recordings;
    this.#options = options;
  }

  /**
   * @param {Partial<import("./launch.mjs").LaunchOptions>} options
   * @param {(player: Player) => void} [prepare] what the player answers before the browser starts
   */
  static async open(options = {}, prepare = () => {}) {
    const recordings = readRecordings();
    const player = await Player.start(named(recordings, HEALED));
    prepare(player);
    try {
      return new Stage(player, await launch({ player, ...options }), recordings, options);
    } catch (error) {
      await player.stop();
      throw error;
    }
  }

  /** @param {string} name @returns {Recording} */
  recording(name) {
    return named(this.recordings, name);
  }

  /**
   * Puts a recording on air and opens its address in a new tab, or in one that is open.
   * @param {Recording} recording
   * @param {{stays?: boolean, tab?: Tab}} options stays: broken whatever cookies are sent
   * @returns {Promise<Showing>}
   */
  async show(recording, { stays = true, tab: given } = {}) {
    const driver = await this.#driverFor(recording);
    const tab = given ?? (await driver.newTab());
    this.player.air(recording, { stays });
    await tab.conditions(recording.failure, recording.answers);
    for (let load = 1; load <= recording.again; load++) {
      const from = Date.now();
      await tab.goto(recording.url);
      await this.examined(tab, from, driver);
    }
    const from = Date.now();
    const { failed } = await tab.goto(recording.url);
    const showing = { driver, tab, recording, from, failed };
    if (!isPassed(recording)) {
      return { ...showing, ready: await readyAt(tab, recording.failure) };
    }
    await driver.clickButton(tab);
    return { ...showing, ready: Date.now() };
  }

  /** Closes the tab of a showing, ends its network conditions and silences the player. @param {Showing} showing */
  async end({ tab }) {
    await tab.conditions(undefined);
    await tab.close();
    this.player.silence();
  }

  /**
   * Makes the extension forget a tab, so that it is as good as a new one for the next page. A new tab, and even an empty page in
   * between, takes longer than the page itself. Nothing may be under way in the tab any more.
   * @param {Tab} tab
   */
  async renew(tab) {
    this.player.silence();
    await this.driver.inExtension(async (id) => {
      const keys = Object.keys(await chrome.storage.session.get());
      await chrome.storage.session.remove(keys.filter((key) => key.endsWith(`:${id}`)));
    }, tab.id);
  }

  /**
   * Returns the casebook's entry of a tab, read through a page of the extension.
   * @param {Tab} tab
   * @param {Driver} driver
   * @returns {Promise<Case | undefined>}
   */
  async case(tab, driver = this.driver) {
    return /** @type {Promise<Case | undefined>} */ (
      driver.inExtension(
        async (key) => (await chrome.storage.session.get(key))[key],
        `case:${tab.id}`,
      )
    );
  }

  /**
   * Returns the loads of a tab that the extension knows.
   * @param {Tab} tab
   * @param {Driver} driver
   * @returns {Promise<{at: number}[]>}
   */
  async loads(tab, driver = this.driver) {
    return driver.inExtension(async (key) => {
      const found = /** @type {any} */ ((await chrome.storage.session.get(key))[key]);
      return found?.loads ?? [];
    }, `journal:${tab.id}`);
  }

  /**
   * Returns what the extension knows of a tab beside its case, for messages of tests.
   * @param {Tab} tab
   * @param {Driver} driver
   */
  known(tab, driver = this.driver) {
    return driver.inExtension(
      (id) =>
        chrome.storage.session.get(["seen", "journal", "answers"].map((key) => `${key}:${id}`)),
      tab.id,
    );
  }

  /**
   * Resolves when the page that was loaded since `from` was examined: its load is then in the journal, and the
   * casebook holds what has to be said of it.
   * @param {Tab} tab
   * @param {number} from ms epoch
   * @param {Driver} driver
   */
  async examined(tab, from, driver = this.driver) {
    await until(
      async () => (await this.loads(tab, driver)).some(({ at }) => at >= from) || undefined,
      "the load in the journal",
      LIMIT,
    );
  }

  /**
   * @param {Tab} tab
   * @param {Driver} driver
   * @returns {Promise<{text: string, title: string}>}
   */
  async badge(tab, driver = this.driver) {
    return driver.inExtension(
      async (tabId) => ({
        text: await chrome.action.getBadgeText({ tabId }),
        title: await chrome.action.getTitle({ tabId }),
      }),
      tab.id,
    );
  }

  /**
   * Waits until the case of a tab is as wanted.
   * @param {Tab} tab
   * @param {(found: Case) => boolean} holds
   * @param {string} what
   * @param {{driver?: Driver, limit?: number}} options
   * @returns {Promise<Case>}
   */
  async waitForCase(tab, holds, what, { driver = this.driver, limit = LIMIT } = {}) {
    return until(
      async () => {
        const found = await this.case(tab, driver);
        return found !== undefined && holds(found) ? found : undefined;
      },
      what,
      limit,
    );
  }

  /**
   * Waits until the diagnosis is shown where it belongs, and returns how long that took.
   * @param {Showing} showing
   * @param {Partial<Diagnosis>} wanted that is waited for: a request fails later than the page is there, and says more
   * @returns {Promise<{found: Case, ms: number, title: string, where: "overlay" | "badge"}>}
   */
  async answer({ driver, tab, ready }, { cause, confidence, overlay } = {}) {
    return until(
      async () => {
        const found = await this.case(tab, driver);
        const { diagnosis } = found?.report ?? {};
        const wanted =
          diagnosis !== undefined &&
          (cause ?? diagnosis.cause) === diagnosis.cause &&
          (confidence ?? diagnosis.confidence) === diagnosis.confidence &&
          (overlay ?? diagnosis.overlay) === diagnosis.overlay;
        if (found === undefined || !wanted) {
          // These entries show whether an observer was never heard, or whether a rule decided otherwise.
          const known = JSON.stringify(await this.known(tab, driver));
          throw new Error(`no such diagnosis: ${diagnosis?.cause}, known: ${known}`);
        }
        const shown = await this.#shown(diagnosis, tab, driver);
        return { found, ...shown, ms: Math.max(0, Date.now() - ready) };
      },
      "the answer",
      LIMIT,
    );
  }

  /**
   * Returns where a diagnosis is shown, and in which words. If an earlier diagnosis still stands there, that is an error.
   * @param {Diagnosis} diagnosis
   * @param {Tab} tab
   * @param {Driver} driver
   */
  async #shown({ cause, overlay }, tab, driver) {
    if (overlay) {
      const drawn = await View.overlay(tab).read();
      if (drawn?.cause !== cause) throw new Error(`the overlay says ${drawn?.cause}, not ${cause}`);
      return { where: /** @type {const} */ ("overlay"), title: drawn.title ?? "" };
    }
    // The browser takes a badge away when its own error page comes in; then the badge is painted again.
    const { text, title } = await this.badge(tab, driver);
    const words = this.words("badge_title", this.words(`cause_${cause}_title`));
    if (text === "" || title !== words) throw new Error(`the badge says ${title}, not ${words}`);
    return { where: /** @type {const} */ ("badge"), title };
  }

  /**
   * Returns what the extension says of a page once it was examined; it says nothing if all is well.
   * @param {Showing} showing
   */
  async listen({ driver, tab, recording, from }) {
    const { answers, failure, url } = recording;
    const examined = answers.length === 0 && failure === undefined && OURS.test(new URL(url).host);
    if (examined) await this.examined(tab, from, driver);
    else await pause(SILENCE);
    const found = await this.case(tab, driver);
    return {
      diagnosis: found?.report.diagnosis?.cause,
      badge: (await this.badge(tab, driver)).text,
      overlay: await tab.evaluate((name) => document.querySelectorAll(name).length, OVERLAY),
    };
  }

  /** Returns the uncaught errors in the extension's own code. @returns {Promise<string[]>} */
  async errors() {
    const drivers = [this.driver, ...(await Promise.all(this.#others.values()))];
    const found = await Promise.all(drivers.map(async (driver) => driver.errors));
    return [...new Set(found.flat())];
  }

  /** Ends the browser and starts it again on the same profile, which `Stage.open` must have been given. */
  async restart() {
    await this.driver.close();
    this.driver = await launch({ player: this.player, ...this.#options });
  }

  async close() {
    for (const driver of this.#others.values()) await (await driver).close();
    await this.driver.close();
    await this.player.stop();
  }

  /** @param {Recording} recording @returns {Promise<Driver>} */
  async #driverFor({ failure, url }) {
    if (failure === undefined || this.driver.plays(failure)) return this.driver;
    const host = new URL(url).hostname;
    const key = `${failure} ${host}`;
    const started =
      this.#others.get(key) ?? launch({ player: this.player, ...this.#options, failure, host });
    this.#others.set(key, started);
    return started;
  }
}

/** @param {Recording[]} recordings @param {string} name @returns {Recording} */
function named(recordings, name) {
  const found = recordings.find((recording) => recording.name === name);
  if (found === undefined) throw new Error(`There is no recording tests/pages/${name}.http`);
  return found;
}

/** @param {Tab} tab @param {Failure | undefined} failure @returns {Promise<number>} */
async function readyAt(tab, failure) {
  if (failure !== undefined) return Date.now();
  return tab.evaluate(() => {
    const [navigation] = performance.getEntriesByType("navigation");
    const { domContentLoadedEventEnd } = /** @type {PerformanceNavigationTiming} */ (navigation);
    return performance.timeOrigin + domContentLoadedEventEnd;
  });
}
