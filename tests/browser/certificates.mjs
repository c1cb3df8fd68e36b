// This module makes the certificates of the player at start: an authority, a certificate for each host
// name when it is first asked for, and one self-signed certificate that nobody trusts. It writes nothing
// to disk, and no key outlives the process.

import { createHash, createPublicKey, X509Certificate } from "node:crypto";
import { createSecureContext } from "node:tls";
import selfsigned from "selfsigned";

const DAY = 24 * 60 * 60 * 1000;

/** Browsers refuse a certificate that is not valid yet, or no longer, by their clock, which a test may move by a year. */
const validity = () => ({
  notBeforeDate: new Date(Date.now() - 400 * DAY),
  notAfterDate: new Date(Date.now() + 400 * DAY),
});

const KEY = /** @type {const} */ ({ keyType: "ec", curve: "P-256", algorithm: "sha256" });

/** Returns the alternative name for a host name, or for an address of this computer. @param {string} host */
const nameOf = (host) =>
  /^[\d.]+$/.test(host)
    ? { type: /** @type {const} */ (7), ip: host }
    : { type: /** @type {const} */ (2), value: host };

/**
 * @typedef {import("node:tls").SecureContext} SecureContext
 * @typedef {object} Authority
 * @property {string} certificate PEM, for a browser that imports authorities (Firefox)
 * @property {string} fingerprint base64 SHA-256 of its public key, for Chromium's
 *   --ignore-certificate-errors-spki-list, which looks at every certificate of the chain
 * @property {(host: string) => Promise<SecureContext>} contextFor
 * @property {(host: string) => Promise<SecureContext>} untrustedContextFor
 */

/** @returns {Promise<Authority>} */
export async function makeAuthority() {
  const authority = await selfsigned.generate([{ name: "commonName", value: "Recorded pages" }], {
    ...KEY,
    ...validity(),
    extensions: [
      { name: "basicConstraints", cA: true, critical: true },
      { name: "keyUsage", keyCertSign: true, cRLSign: true, critical: true },
    ],
  });

  /** @param {string} host @param {boolean} trusted */
  const issue = async (host, trusted) => {
    const leaf = await selfsigned.generate([{ name: "commonName", value: host }], {
      ...KEY,
      ...validity(),
      extensions: [
        { name: "basicConstraints", cA: false, critical: true },
        { name: "keyUsage", digitalSignature: true, critical: true },
        { name: "extKeyUsage", serverAuth: true },
        { name: "subjectAltName", altNames: [nameOf(host)] },
      ],
      ...(trusted ? { ca: { key: authority.private, cert: authority.cert } } : {}),
    });
    return createSecureContext({
      key: leaf.private,
      cert: trusted ? `${leaf.cert}\n${authority.cert}` : leaf.cert,
    });
  };

  /** @type {Map<string, Promise<SecureContext>>} */
  const issued = new Map();
  /** @param {string} host @param {boolean} trusted */
  const contextFor = (host, trusted) => {
    const key = `${trusted} ${host}`;
    const known = issued.get(key) ?? issue(host, trusted);
    issued.set(key, known);
    return known;
  };

  const spki = createPublicKey(
    new X509Certificate(authority.cert).publicKey.export({
      type: "spki",
      format: "pem",
    }),
  ).export({ type: "spki", format: "der" });
  return {
    certificate: authority.cert,
    fingerprint: createHash("sha256").update(spki).digest("base64"),
    contextFor: (host) => contextFor(host, true),
    untrustedContextFor: (host) => contextFor(host, false),
  };
}
