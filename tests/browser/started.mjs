// This module asks a browser that was just started whether it took its settings, and says what it did not take.
// Without these questions every test of a file fails, each with a sentence about something else.

import { until } from "./patience.mjs";

/** @typedef {import("./launch.mjs").Driver} Driver */

/** This is a page of the player that no test uses. */
const PAGE = "https://started.invalid/";

/** The time in ms that a browser may need to take its settings, on a busy machine. */
const LIMIT = 20_000;

/**
 * Checks that a page of the player opens: the browser trusts the player's authority, and host names lead to its ports.
 * @param {Driver} driver
 * @param {import("./recordings.mjs").Failure=} failure that this browser was started for
 */
export async function assertPlayerOpens(driver, failure) {
  // With this failure the browser asks a proxy for every page, and there is no program behind that proxy.
  if (failure === "proxy") return;
  const tab = await driver.firstTab();
  const { failed } = await tab.goto(PAGE);
  if (failed !== undefined) {
    throw new Error(
      `${driver.name} opens no page of the player: either it does not trust the player's authority ` +
        `(tests/browser/certificates.mjs), or its proxy or host rules do not lead there. It says: ${failed}`,
    );
  }
  await tab.goto("about:blank");
}

/**
 * Checks that the extension has the language, the sites and the private windows that it was given.
 * @param {Driver} driver
 * @param {Pick<import("./launch.mjs").LaunchOptions, "language" | "privately">} options
 */
export async function assertExtensionTook(driver, { language, privately = false }) {
  await assertSees(driver, { language, privately, sites: true }, () =>
    driver.inExtension(async () => ({
      language: chrome.i18n.getUILanguage(),
      privately: await chrome.extension.isAllowedIncognitoAccess(),
      sites: await chrome.permissions.contains({
        origins: chrome.runtime.getManifest().host_permissions,
      }),
    })),
  );
}

/** Checks that the extension has its sites, or that it no longer has them. @param {Driver} driver @param {boolean} given */
export async function assertSites(driver, given) {
  await assertSees(driver, { sites: given }, () =>
    driver.inExtension(async () => ({
      sites: await chrome.permissions.contains({
        origins: chrome.runtime.getManifest().host_permissions,
      }),
    })),
  );
}

/** @param {Driver} driver @param {object} wanted @param {() => Promise<object>} ask */
async function assertSees(driver, wanted, ask) {
  const expected = JSON.stringify(wanted);
  let seen = "";
  await until(
    async () => {
      seen = JSON.stringify(await ask());
      return seen === expected || undefined;
    },
    `${driver.name} gives the extension ${expected}`,
    LIMIT,
  ).catch((error) => {
    throw new Error(`${error.message}; it has ${seen}`);
  });
}
