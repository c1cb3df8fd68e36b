// This module does what an organisation does on its computers: it makes the browser install the packaged extension by a policy and
// hands the extension managed values. Chromium gets the extension from an update address, which the player answers, and
// reads its policies from a folder of the system; Firefox gets a file, and reads its policies beside its own program, which is
// therefore started from a folder of links to the installed files.

import {
  copyFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, dirname, join } from "node:path";
import { pathToFileURL } from "node:url";
import { RUN } from "./launch.mjs";
import { crxOf, zipOf } from "./packing.mjs";

/** The update address has a name that leads to the player alone: no other Chromium on this computer installs anything. */
const UPDATES = "http://updates.fleet.example";

/** @typedef {Record<string, unknown>} Values */

/**
 * @typedef {object} Fleet
 * @property {Partial<import("./launch.mjs").LaunchOptions>} options to start the browser with
 * @property {(player: import("./player.mjs").Player) => void} serve puts the update address on air
 * @property {(values: Values) => void} set gives other managed values
 * @property {() => void} end removes everything that was put on this computer
 */

/** Returns the reason why policies cannot be tried on this computer, if there is one. @returns {string | undefined} */
export function obstacle() {
  if (RUN.browser === "firefox") return firefoxObstacle();
  if (process.platform !== "linux") return "Chromium's policies are tried on Linux only.";
  if (process.getuid?.() !== 0)
    return `Chromium reads policies from ${policyFolder()} alone, where only root may write.`;
  return undefined;
}

function firefoxObstacle() {
  if (process.platform !== "linux") return "Firefox's policies are tried on Linux only.";
  const folder = dirname(realpathSync(RUN.executable));
  return readdirSync(folder).includes("omni.ja")
    ? undefined
    : `${RUN.executable} does not lie in the folder of Firefox's files, so no policy can be put beside it.`;
}

/** @param {Values} values @returns {Fleet} */
export const makeFleet = (values) =>
  RUN.browser === "firefox" ? firefoxFleet(values) : chromiumFleet(values);

/** Returns the folder in which this Chromium looks for policies. */
function policyFolder() {
  const isForTesting = /chrome-linux/.test(realpathSync(RUN.executable));
  return isForTesting
    ? "/etc/opt/chrome_for_testing/policies/managed"
    : "/etc/chromium/policies/managed";
}

/** @param {Values} first @returns {Fleet} */
function chromiumFleet(first) {
  const { id, crx } = crxOf(zipOf(RUN.extension));
  const folder = policyFolder();
  const made = mkdirSync(folder, { recursive: true });
  const file = join(folder, "access-medic-test.json");
  const settings = { installation_mode: "force_installed", update_url: `${UPDATES}/update.xml` };
  /** @param {Values} values */
  const set = (values) =>
    writeFileSync(
      file,
      JSON.stringify({
        ExtensionSettings: { [id]: settings },
        // Without this policy, Chromium shows nobody the inside of what an organisation has installed.
        DeveloperToolsAvailability: 1,
        "3rdparty": { extensions: { [id]: values } },
      }),
    );
  const end = () => {
    rmSync(file, { force: true });
    if (made) rmSync(made, { recursive: true, force: true });
  };
  // Whatever ends the test, no policy stays on the computer.
  process.once("exit", end);
  for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"]))
    process.once(signal, () => process.exit(1));
  set(first);
  const { version } = JSON.parse(readFileSync(join(RUN.extension, "manifest.json"), "utf8"));
  const offer = `<updatecheck codebase="${UPDATES}/extension.crx" version="${version}"/>`;
  const update = `<?xml version="1.0" encoding="UTF-8"?>
<gupdate xmlns="http://www.google.com/update2/response" protocol="2.0"><app appid="${id}">${offer}</app></gupdate>`;
  return {
    options: { extension: undefined, forced: id },
    set,
    end,
    serve(player) {
      player.answerHost(new URL(UPDATES).host, ({ url }) =>
        new URL(url).pathname === "/extension.crx"
          ? answer("application/x-chrome-extension", crx)
          : answer("text/xml", update),
      );
    },
  };
}

/** @param {string} type @param {string | Buffer} body @returns {import("./player.mjs").Reply} */
const answer = (type, body) => ({ status: 200, headers: [["content-type", type]], body });

/** @param {Values} first @returns {Fleet} */
function firefoxFleet(first) {
  const program = realpathSync(RUN.executable);
  const folder = mkdtempSync(join(tmpdir(), "access-medic-fleet-"));
  const end = () => rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  process.once("exit", end);
  for (const name of readdirSync(dirname(program))) {
    if (name === "distribution") continue;
    // Firefox looks for its files beside the program itself, wherever a link to it lies.
    if (name === basename(program)) copyFileSync(program, join(folder, name));
    else symlinkSync(join(dirname(program), name), join(folder, name));
  }
  const { browser_specific_settings: own } = JSON.parse(
    readFileSync(join(RUN.extension, "manifest.json"), "utf8"),
  );
  const { id } = own.gecko;
  const xpi = join(folder, "access-medic.xpi");
  writeFileSync(xpi, zipOf(RUN.extension));
  mkdirSync(join(folder, "distribution"));
  const settings = { installation_mode: "force_installed", install_url: pathToFileURL(xpi).href };
  /** @param {Values} values */
  const set = (values) =>
    writeFileSync(
      join(folder, "distribution/policies.json"),
      JSON.stringify({
        policies: {
          ExtensionSettings: { [id]: settings },
          "3rdparty": { Extensions: { [id]: values } },
        },
      }),
    );
  set(first);
  const executable = join(folder, basename(program));
  return {
    options: { extension: undefined, forced: id, geckoId: id, executable },
    set,
    end,
    serve() {},
  };
}
