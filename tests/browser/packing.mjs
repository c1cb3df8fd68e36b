// This module packs the unpacked extension as the browsers install it: a zip file, which Firefox takes as it is, and a
// .crx file, signed with a key that is made here and that nobody keeps.

import { createHash, createSign, generateKeyPairSync } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative, sep } from "node:path";
import { crc32 } from "node:zlib";

/** Puts numbers into bytes, the lowest byte first. @param {[size: number, value: number][]} fields */
function numbers(...fields) {
  const bytes = Buffer.alloc(fields.reduce((sum, [size]) => sum + size, 0));
  let at = 0;
  for (const [size, value] of fields) at = bytes.writeUIntLE(value, at, size);
  return bytes;
}

/** Returns a zip file of a folder. The files are stored as they are, without compression. @param {string} folder */
export function zipOf(folder) {
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  const parts = [];
  const index = [];
  let offset = 0;
  for (const entry of entries.filter((one) => one.isFile())) {
    const path = join(entry.parentPath, entry.name);
    const name = Buffer.from(relative(folder, path).replaceAll(sep, "/"));
    const data = readFileSync(path);
    // These are the fields that the file's own head and its line in the index share: version, flags, method, time, day,
    // check sum, both sizes, length of the name, length of what else there is.
    const about = numbers(
      [2, 20],
      [2, 0],
      [2, 0],
      [2, 0],
      [2, 0x21],
      [4, crc32(data)],
      [4, data.length],
      [4, data.length],
      [2, name.length],
      [2, 0],
    );
    parts.push(Buffer.from("PK\x03\x04"), about, name, data);
    const place = numbers([2, 0], [2, 0], [2, 0], [4, 0], [4, offset]);
    index.push(Buffer.from("PK\x01\x02"), numbers([2, 20]), about, place, name);
    offset += 4 + about.length + name.length + data.length;
  }
  const list = Buffer.concat(index);
  const count = index.length / 5;
  const end = numbers(
    [2, 0],
    [2, 0],
    [2, count],
    [2, count],
    [4, list.length],
    [4, offset],
    [2, 0],
  );
  return Buffer.concat([...parts, list, Buffer.from("PK\x05\x06"), end]);
}

/** Returns a field of a protocol buffer that holds bytes. @param {number} field @param {Buffer} bytes */
function protocolField(field, bytes) {
  return Buffer.concat([varint(field * 8 + 2), varint(bytes.length), bytes]);
}

/** @param {number} value */
function varint(value) {
  const bytes = [];
  for (let rest = value; ; rest = Math.floor(rest / 128)) {
    if (rest < 128) return Buffer.from([...bytes, rest]);
    bytes.push((rest % 128) + 128);
  }
}

/**
 * Signs a zip file in the third version of Chrome's format, and returns it with the id that its key gives it: the hash of the
 * key, in letters from a to p.
 * @param {Buffer} zip
 * @returns {{id: string, crx: Buffer}}
 */
export function crxOf(zip) {
  const { publicKey, privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
  const key = publicKey.export({ type: "spki", format: "der" });
  const hash = createHash("sha256").update(key).digest().subarray(0, 16);
  const signed = protocolField(1, hash);
  const signature = createSign("sha256")
    .update("CRX3 SignedData\0")
    .update(numbers([4, signed.length]))
    .update(signed)
    .update(zip)
    .sign(privateKey);
  const proof = Buffer.concat([protocolField(1, key), protocolField(2, signature)]);
  const head = Buffer.concat([protocolField(2, proof), protocolField(10000, signed)]);
  const crx = Buffer.concat([Buffer.from("Cr24"), numbers([4, 3], [4, head.length]), head, zip]);
  const id = hash
    .toString("hex")
    .replace(/./g, (digit) => String.fromCharCode(97 + Number.parseInt(digit, 16)));
  return { id, crx };
}
