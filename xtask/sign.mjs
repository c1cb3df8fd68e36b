// This script does what needs the private key of the Chromium package, which it reads from the environment and from nowhere else:
// `public` writes the public key, `sign` writes the signature of what comes in (RSA, SHA-256). Both are written as hexadecimal digits.

import { createPrivateKey, createPublicKey, sign } from "node:crypto";
import { buffer } from "node:stream/consumers";

/** Chrome refuses shorter keys. */
const SHORTEST = 2048;

const key = readKey(process.env.ACCESS_MEDIC_CRX_KEY ?? "");
const bytes =
  process.argv[2] === "sign"
    ? sign("sha256", await buffer(process.stdin), key)
    : createPublicKey(key).export({ type: "spki", format: "der" });
process.stdout.write(bytes.toString("hex"));

/** @param {string} text of a private key */
function readKey(text) {
  const key = readPem(text);
  if (key?.asymmetricKeyType !== "rsa" || !fits(key.asymmetricKeyDetails?.modulusLength)) {
    console.error(
      `ACCESS_MEDIC_CRX_KEY has to hold an RSA key of at least ${SHORTEST} bits, as PEM.`,
    );
    process.exit(1);
  }
  return key;
}

/** @param {string} text */
function readPem(text) {
  try {
    return createPrivateKey(text);
  } catch {
    return undefined;
  }
}

/** @param {number | undefined} bits */
function fits(bits = 0) {
  return bits >= SHORTEST;
}
