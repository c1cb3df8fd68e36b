// This module stands in for OpenAI's hosts as the checks ask them: it sets who answers the trace and how, what the
// status page says, and what the server's clock shows. Each test says what differs from a healthy network.

import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { RUN } from "./launch.mjs";

/**
 * @typedef {import("./player.mjs").Player} Player
 * @typedef {import("./player.mjs").Reply} Reply
 * @typedef {object} Network
 * @property {string} country
 * @property {string} address
 * @property {Record<string, {country: string, address: string}>} ways by host, where it is another way
 * @property {{country: string, address: string}[]} turns of chatgpt.com, one after the other
 * @property {Record<string, Reply>} replies by host, in the place of a trace
 * @property {{name: string, status: string}[]} incidents
 * @property {Reply=} statusPage in the place of a summary
 * @property {number} ahead seconds by which the browser's clock is ahead of the servers'
 */

/** `crate/checks` asks these hosts and this address. @type {{ TRACED: string[]; SILENT: string[]; INCIDENTS: string }} */
export const { TRACED, SILENT, INCIDENTS } = await import(
  pathToFileURL(join(RUN.extension, "core/sites.js")).href
);
export const ADDRESS = "203.0.113.77";

/** @param {Player} player @param {Partial<Network>} otherwise */
export function play(player, otherwise = {}) {
  /** @type {Network} */
  const network = {
    country: "DE",
    address: ADDRESS,
    ways: {},
    turns: [],
    replies: {},
    incidents: [],
    ahead: 0,
    ...otherwise,
  };
  let asked = 0;
  /** @type {() => [string, string][]} */
  const head = () => [
    ["date", new Date(Date.now() - network.ahead * 1000).toUTCString()],
    ["cache-control", "no-store"],
  ];
  for (const host of TRACED) {
    player.answer(`https://${host}/cdn-cgi/trace`, () => {
      const turn = host === TRACED[0] ? network.turns[asked++ % network.turns.length] : undefined;
      const { country, address } = turn ?? network.ways[host] ?? network;
      const lines = [`h=${host}`, `ip=${address}`, "visit_scheme=https", "uag=a=b", "colo=FRA"];
      const body = [...lines, `loc=${country}`, "tls=TLSv1.3", "warp=off", ""].join("\n");
      return (
        network.replies[host] ?? {
          status: 200,
          headers: [...head(), ["content-type", "text/plain"]],
          body,
        }
      );
    });
  }
  for (const host of SILENT) {
    player.answer(`https://${host}/`, network.replies[host] ?? { status: 204, headers: head() });
  }
  const incidents = network.incidents.map((one) => ({
    ...one,
    created_at: "2026-11-22T06:00:00Z",
  }));
  player.answer(INCIDENTS, () => {
    const body = JSON.stringify({ page: { id: "x" }, incidents, components: [] });
    return (
      network.statusPage ?? {
        status: 200,
        headers: [...head(), ["content-type", "application/json"]],
        body,
      }
    );
  });
}
