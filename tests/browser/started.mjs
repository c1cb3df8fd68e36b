// Asks a browser that was just started whether it took what it was told, and says what it did not take.
// Without these questions every test of a file falls, each with a sentence about something else.

import { until } from "./patience.mjs";

/** @typedef {import("./launch.mjs").Driver} Driver */

/** A page of the player that no test uses. */
const PAGE = "https://started.invalid/";

/** How long a browser may take for what it was told, on a busy machine. */
const LIMIT = 20_000;

/**
 * A page of the player opens: the browser trusts its authority, and names lead to its ports.
 * @param {Driver} driver
 * @param {import("./recordings.mjs").Failure=} failure that this browser was started for
 */
export async function assertPlayerOpens(driver, failure) {
  // A proxy that nobody is behind is asked for every page.
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
 * The extension has the language, the sites and the private windows that it was given.
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

/** The extension has its sites, or has them no more. @param {Driver} driver @param {boolean} given */
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
