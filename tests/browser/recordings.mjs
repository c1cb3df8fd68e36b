// This module reads the recorded pages, tests/pages/<cause>/<name>.http, byte for byte: a request block
// (the address and directives), a blank line, and the raw response. It does not interpret a response and
// does not know what a cause means; the folder name is only the expected answer.

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";

/** This is the folder of the recorded pages of this project. */
export const PAGES = fileURLToPath(new URL("../pages", import.meta.url));

/** This is the address of a recording that has no request block. */
const DEFAULT_ADDRESS = "https://chatgpt.com/";

/** This healthy page answers in the place of a recording once its cookies are gone. */
export const HEALED = "healthy/app-first-response";

/** This folder holds the pages about which the extension must stay silent. */
export const HEALTHY = "healthy";

/**
 * @typedef {"dns"|"refused"|"reset"|"closed"|"proxy"|"tunnel"|"untrusted"|"timed_out"|"offline"|"redirects"|"blocked"|"not_tls"|"changed"|"administrator"|"unknown"} Failure
 * @typedef {object} RecordedResponse
 * @property {number} status
 * @property {string} reason the words behind the status
 * @property {[name: string, value: string][]} headers as written, bytes as latin1
 * @property {Buffer} body
 * @typedef {object} RecordedAnswer
 * @property {string} url without its query, https even where the page asks for wss
 * @property {number=} status
 * @property {boolean=} challenged answered with Cloudflare's human check
 * @property {Failure=} failure
 * @typedef {object} Recording
 * @property {string} name cause/file, without the ending
 * @property {string} cause the name of its folder
 * @property {string} path of the file
 * @property {string} url
 * @property {string[]} healsWithout cookie names; empty: the page does not depend on cookies
 * @property {RecordedAnswer[]} answers to requests that the page makes
 * @property {number} again how many times the page is loaded before
 * @property {Failure=} failure set: there is no response
 * @property {RecordedResponse=} response
 */

/**
 * No program can bring about these failures in a browser; only the native tests cover them.
 * @type {readonly (Failure | undefined)[]}
 */
const UNPLAYED = ["changed", "administrator", "unknown"];
/** @type {readonly Failure[]} */
const FAILURES = [
  "dns",
  "refused",
  "reset",
  "closed",
  "proxy",
  "tunnel",
  "untrusted",
  "timed_out",
  "offline",
  "redirects",
  "blocked",
  "not_tls",
  "changed",
  "administrator",
  "unknown",
];

/** This error says that a recording cannot be read; its message names the file. */
export class RecordingError extends Error {
  /** @param {string} path @param {string} problem */
  constructor(path, problem) {
    super(`${path}: ${problem}`);
    this.kind = "recording";
  }
}

/**
 * Returns all recordings below a folder that a browser can be made to show, in the order of their names.
 * @param {string} folder
 * @returns {Recording[]}
 */
export function readRecordings(folder = PAGES) {
  const found = [];
  const causes = readdirSync(folder, { withFileTypes: true }).filter((entry) =>
    entry.isDirectory(),
  );
  for (const cause of causes) {
    for (const file of readdirSync(join(folder, cause.name))) {
      if (!file.endsWith(".http")) continue;
      const path = join(folder, cause.name, file);
      const name = `${cause.name}/${file.slice(0, -".http".length)}`;
      found.push({ name, cause: cause.name, path, ...parseRecording(path, readFileSync(path)) });
    }
  }
  const played = found.filter(({ failure }) => !UNPLAYED.includes(failure));
  return played.sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Returns the same recording with more headers and more HTML in it.
 * @param {Recording} recording
 * @param {{headers?: [string, string][], html?: string}} more
 * @returns {Recording}
 */
export function withMore(recording, { headers = [], html = "" }) {
  const { response } = recording;
  if (response === undefined) throw new RecordingError(recording.path, "there is no response");
  return {
    ...recording,
    response: {
      ...response,
      headers: [...response.headers, ...headers],
      body: Buffer.concat([response.body, Buffer.from(html)]),
    },
  };
}

/**
 * @param {string} path only for messages
 * @param {Buffer} bytes
 * @returns {Omit<Recording, "name"|"cause"|"path">}
 */
export function parseRecording(path, bytes) {
  if (bytes.subarray(0, 5).toString("latin1") === "HTTP/") {
    return { ...nothing(DEFAULT_ADDRESS), response: parseResponse(path, bytes) };
  }
  const [request, rest] = splitAtBlankLine(bytes);
  const [requestLine, ...directives] = lines(request);
  const address = /^GET (https?:\/\/\S+) HTTP\/\d(?:\.\d)?$/.exec(requestLine ?? "")?.[1];
  if (address === undefined) {
    throw new RecordingError(path, `not a request line: ${JSON.stringify(requestLine)}`);
  }
  const parsed = nothing(new URL(address).href);
  /** @type {Failure | undefined} */
  let failure;
  for (const directive of directives) {
    const [name, value] = splitHeader(path, directive);
    if (name.toLowerCase() === "x-heals-without") {
      parsed.healsWithout = value.split(",").map((cookie) => cookie.trim());
    } else if (name.toLowerCase() === "x-failure") {
      failure = FAILURES.find((kind) => kind === value);
      if (failure === undefined) throw new RecordingError(path, `unknown failure ${value}`);
    } else if (name.toLowerCase() === "x-answers") {
      parsed.answers.push(parseAnswer(path, parsed.url, value));
    } else if (name.toLowerCase() === "x-again") {
      parsed.again = Number(value);
      if (!Number.isInteger(parsed.again)) throw new RecordingError(path, `no number: ${value}`);
    } else {
      throw new RecordingError(path, `unknown directive ${name}`);
    }
  }
  if (failure !== undefined) {
    if (rest.toString("latin1").trim() !== "") {
      throw new RecordingError(path, "a failure has no response, but one follows");
    }
    return { ...parsed, failure };
  }
  return { ...parsed, response: parseResponse(path, rest) };
}

/** @param {string} url */
const nothing = (url) => ({
  url,
  healsWithout: /** @type {string[]} */ ([]),
  answers: /** @type {RecordedAnswer[]} */ ([]),
  again: 0,
});

/**
 * @param {string} path
 * @param {string} page its address
 * @param {string} value
 * @returns {RecordedAnswer}
 */
function parseAnswer(path, page, value) {
  const [what, address = ""] = value.split(/ +/);
  if (!URL.canParse(address, page)) throw new RecordingError(path, `no address: ${value}`);
  const url = new URL(address, page).href.replace(/^wss:/, "https:").replace(/[?#].*/, "");
  if (/^\d{3}$/.test(what)) return { url, status: Number(what) };
  if (what === "challenged") return { url, status: 403, challenged: true };
  const failure = FAILURES.find((kind) => kind === what);
  if (failure === undefined) throw new RecordingError(path, `unknown failure ${what}`);
  return { url, failure };
}

/**
 * @param {string} path
 * @param {Buffer} bytes
 * @returns {RecordedResponse}
 */
function parseResponse(path, bytes) {
  const [head, body] = splitAtBlankLine(bytes);
  const [statusLine, ...headerLines] = lines(head);
  const status = /^HTTP\/\d(?:\.\d)? (\d{3})(?: (.*))?$/.exec(statusLine ?? "");
  if (status === null) {
    throw new RecordingError(path, `not a status line: ${JSON.stringify(statusLine)}`);
  }
  return {
    status: Number(status[1]),
    reason: status[2] ?? "",
    headers: headerLines.map((line) => splitHeader(path, line)),
    body,
  };
}

/**
 * Returns the bytes before and after the first blank line; LF and CRLF are both line ends.
 * @param {Buffer} bytes
 * @returns {[Buffer, Buffer]}
 */
function splitAtBlankLine(bytes) {
  for (let at = bytes.indexOf(10); at !== -1; at = bytes.indexOf(10, at + 1)) {
    if (bytes[at + 1] === 10) return [bytes.subarray(0, at), bytes.subarray(at + 2)];
    if (bytes[at + 1] === 13 && bytes[at + 2] === 10) {
      return [bytes.subarray(0, at), bytes.subarray(at + 3)];
    }
  }
  return [bytes, Buffer.alloc(0)];
}

/** @param {Buffer} head @returns {string[]} */
function lines(head) {
  return head
    .toString("latin1")
    .split(/\r?\n/)
    .map((line) => line.replace(/\r$/, ""))
    .filter((line) => line !== "");
}

/** @param {string} path @param {string} line @returns {[string, string]} */
function splitHeader(path, line) {
  const colon = line.indexOf(":");
  if (colon < 1) throw new RecordingError(path, `not a header: ${JSON.stringify(line)}`);
  return [line.slice(0, colon), line.slice(colon + 1).trim()];
}
