// This module starts either browser with a fresh profile and the extension, and gives one driver for both.
// The environment that `cargo xtask` sets says which browser it is, where it is, and which extension to
// use. This module knows nothing of causes or remedies.

import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { launchChromium } from "./chromium.mjs";
import { launchFirefox } from "./firefox.mjs";
import { assertPlayerOpens } from "./started.mjs";

/**
 * @typedef {object} LaunchOptions
 * @property {import("./player.mjs").Player} player
 * @property {string} executable
 * @property {string | undefined} extension folder of the unpacked extension; undefined: none
 * @property {boolean} headless
 * @property {string} language of the browser, as in "zh-CN"
 * @property {string} geckoId the extension's id in Firefox
 * @property {import("./recordings.mjs").Failure=} failure that needs a launch of its own
 * @property {string=} host to which that failure belongs
 * @property {boolean=} privately whether the extension may go into private windows
 * @property {import("./clock.mjs").Clock=} clock that the browser goes by; absent: the computer's
 * @property {string=} profile a folder that outlives the browser; absent: a fresh one
 * @property {string=} forced the id of the extension that the browser installs because a policy says so
 * @property {boolean=} shares whether all pages of a site share a process: a new process costs twice what a page does
 *
 * @typedef {"default" | "container" | "private"} Jar of cookies: of the profile, of one container of
 *   Firefox's, of the private windows
 *
 * @typedef {object} Cookie
 * @property {Jar} jar
 * @property {string} name
 * @property {string} host with a leading dot when sub-hosts get it too
 * @property {string} path
 * @property {boolean} httpOnly
 * @property {boolean} secure
 * @property {string} value
 * @property {string=} sameSite in the browser's own terms
 * @property {number=} expires seconds since 1970; absent: with the session
 * @property {string=} partition the site under which it was set, when it is a partitioned one
 *
 * @typedef {"Escape" | "Enter" | "Tab" | "Shift+Tab" | "ArrowDown" | "ArrowRight" | " " | "D"} Key
 *
 * @typedef {object} Preferences of a reader
 * @property {"light" | "dark"=} scheme
 * @property {boolean=} forced colours of the reader's own, whatever a page says
 * @property {boolean=} still as little motion as can be
 *
 * @typedef {import("./chromium.mjs").Chromium | import("./firefox.mjs").Firefox} Driver
 * @typedef {import("./chromium.mjs").ChromiumTab | import("./firefox.mjs").FirefoxTab} Tab
 */

/** These are the settings that `cargo xtask` gives this run; each one is read only when it is needed. */
export const RUN = {
  get browser() {
    return required("BROWSER");
  },
  get executable() {
    return required("BROWSER_PATH");
  },
  get extension() {
    return required("EXTENSION_DIR");
  },
};

/**
 * Starts the browser, and gives it the extension once it opens pages of the player.
 * @param {Pick<LaunchOptions, "player"> & Partial<LaunchOptions>} options
 * @returns {Promise<Driver>}
 */
export async function launch(options) {
  const complete = {
    executable: RUN.executable,
    extension: RUN.extension,
    headless: true,
    language: "en-US",
    geckoId: geckoId(RUN.extension),
    ...options,
  };
  const driver = await (RUN.browser === "firefox" ? launchFirefox : launchChromium)(complete);
  try {
    await assertPlayerOpens(driver, complete.failure);
    if (complete.forced !== undefined) await driver.adopt(complete.forced);
    else if (complete.extension !== undefined) await driver.install(complete.extension);
    return driver;
  } catch (error) {
    await driver.close();
    throw error;
  }
}

/** @param {string} folder */
function geckoId(folder) {
  const path = join(folder, "manifest.json");
  if (!existsSync(path)) throw new Error(`There is no extension in ${folder}: cargo xtask build`);
  const manifest = JSON.parse(readFileSync(path, "utf8"));
  return manifest.browser_specific_settings?.gecko?.id ?? "";
}

/** @param {string} name */
function required(name) {
  const value = process.env[name];
  if (value === undefined || value === "") {
    throw new Error(
      `${name} is not set: run this through \`cargo xtask test\` or \`cargo xtask run\``,
    );
  }
  return value;
}
