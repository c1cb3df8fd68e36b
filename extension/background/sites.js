// Which sites are OpenAI's: the one list that says what may be heard, read and cleared; and whose pages a sign-in passes.

/** Registrable domains; their sub-hosts belong to them. */
export const DOMAINS = ["chatgpt.com", "openai.com"];
/** Chromium counts web sockets by themselves. */
export const PATTERNS = DOMAINS.flatMap((domain) => [`*://*.${domain}/*`, `wss://*.${domain}/*`]);

/** `*` for what may be the id of a conversation or a person. @param {string} path */
export const withoutIds = (path) =>
  path.replace(/[^/]*[%@:][^/]*|[^/]{33,}|(?=[^/]*\d)[^/]{8,}/g, "*");

/** @param {string} host */
export const isOurs = (host) =>
  DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`));

/** The host of an https page of OpenAI's, else nothing. @param {string | undefined} address */
export function ourHost(address) {
  if (!address || !URL.canParse(address)) return;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" && isOurs(hostname) ? hostname : undefined;
}

/** Where a sign-in goes by way of others, or ends in a program of one's own. */
const PASSED =
  /^https?:\/\/(accounts\.google\.com|appleid\.apple\.com|login\.(?:microsoftonline|live)\.com|localhost|127\.0\.0\.1)[:/]/;

/** The host of such a page, which is looked at when a person asks for it. @param {string | undefined} address */
export const passedHost = (address = "") => PASSED.exec(address)?.[1];
