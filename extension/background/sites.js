// Which sites are OpenAI's: the one list that says what may be heard, read and cleared.

/** Registrable domains; their sub-hosts belong to them. */
export const DOMAINS = ["chatgpt.com", "openai.com"];
export const PATTERNS = DOMAINS.map((domain) => `*://*.${domain}/*`);

/** @param {string} host */
export const isOurs = (host) =>
  DOMAINS.some((domain) => host === domain || host.endsWith(`.${domain}`));

/** The host of an https page of OpenAI's, else nothing. @param {string | undefined} address */
export function ourHost(address) {
  if (!address || !URL.canParse(address)) return;
  const { protocol, hostname } = new URL(address);
  return protocol === "https:" && isOurs(hostname) ? hostname : undefined;
}
