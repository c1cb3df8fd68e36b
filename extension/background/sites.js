// This module tells which sites are OpenAI's, and may be heard, read and cleared; and which pages of others a sign-in passes. The
// lists themselves stand in `crate/catalog/sites.toml`.
import { OURS, PASSED } from "../core/sites.js";

/** These are registrable domains; their sub-hosts belong to them. */
export const DOMAINS = OURS;
/** These are the patterns of all their addresses. Chromium counts web sockets by themselves, so they have patterns of their own. */
export const PATTERNS = DOMAINS.flatMap((domain) => [`*://*.${domain}/*`, `wss://*.${domain}/*`]);
/** These are the patterns of their https pages. */
export const OURS_SECURE = DOMAINS.map((domain) => `https://*.${domain}/*`);

/** The number of characters of a path that are kept, because a page can ask for a long one. */
const PATH = 300;

/** Puts `*` in place of what may be the id of a conversation or a person. @param {string} path */
export const withoutIds = (path) =>
  path.replace(/[^/]*[%@:][^/]*|[^/]{33,}|(?=[^/]*\d)[^/]{8,}/g, "*").slice(0, PATH);

/** @param {string} host */
export const isOurs = (host) =>
  DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`));

/** Returns the host of an https page of OpenAI's, else undefined. @param {string | undefined} address */
export function ourHost(address) {
  if (!address || !URL.canParse(address)) return;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" && isOurs(hostname) ? hostname : undefined;
}

/** Turns a glob of the list into a regular expression: `*` stands for anything. @param {string} glob */
const pathOf = (glob) =>
  new RegExp(`^${glob.replace(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`);

const PASSES = PASSED.map(({ paths, ...page }) => ({ ...page, paths: paths.map(pathOf) }));

/**
 * Returns the host of a page of others that a sign-in passes. Such a page is looked at when a person asks for it.
 * @param {string | undefined} address
 */
export function passedHost(address = "") {
  if (!URL.canParse(address)) return;
  const { protocol, hostname, port, pathname } = new URL(address);
  const passes = PASSES.some(
    ({ schemes, hosts, ports, paths }) =>
      schemes.includes(protocol.slice(0, -1)) &&
      hosts.includes(hostname) &&
      (ports.length > 0 ? ports.includes(port) : port === "") &&
      paths.some((path) => path.test(pathname)),
  );
  return passes ? hostname : undefined;
}
