// This module plays recorded pages to a real browser. It is a TLS server that answers for every host name and
// sends the bytes of a recording as they were written. One recording is on air at a time and answers at its
// own address; a harness can add pages of its own; everything else gets a small page (or 204 for a
// sub-resource), so that no request ever leaves this computer.
//
// These things are real: TLS for any host with a certificate made at start, bytes on the wire, cookies read
// from the actual Cookie header, connections reset or closed by the server, a proxy that answers 502, and an
// untrusted certificate. The drivers bring about what a server cannot play (no such name, nobody at the port,
// no network); chromium.mjs and firefox.mjs say how, and which parts are emulated.

import { createServer as createNetServer } from "node:net";
import { TLSSocket } from "node:tls";
import { makeAuthority } from "./certificates.mjs";
import { pause } from "./patience.mjs";

/** If a request head is larger than this, the answer is 431, as from a real server. */
const LARGEST_HEAD = 1024 * 1024;

/**
 * @typedef {import("./recordings.mjs").Recording} Recording
 * @typedef {import("./recordings.mjs").Failure} Failure
 * @typedef {object} Reply
 * @property {number} status
 * @property {string=} reason
 * @property {[name: string, value: string][]=} headers
 * @property {string | Buffer=} body
 * @property {Buffer=} raw set: these bytes and nothing else, for answers that are not HTTP at all
 * @property {number=} delay milliseconds that the answer takes
 * @property {"reset" | "timed_out"=} failure set: the connection breaks, or nothing ever comes
 * @typedef {object} Asked one request that reached the player
 * @property {string} method
 * @property {string} url
 * @property {Record<string, string>} headers
 * @property {number} at
 * @typedef {Reply | ((asked: Asked) => Reply)} Answer
 */

export class Player {
  /** This list holds every request since the start or the last `forget`. @type {Asked[]} */
  asked = [];
  /** This lists every TLS client since the start: the host that it named, and when. @type {{host: string, at: number}[]} */
  greeted = [];
  /** @type {{recording: Recording, stays: boolean} | undefined} */
  #onAir;
  /** @type {Map<string, Answer>} by address */
  #answers = new Map();
  /** @type {Map<string, (asked: Asked) => Reply>} by host */
  #hosts = new Map();
  /** @type {Set<import("node:net").Socket>} */
  #sockets = new Set();
  /** These are the connections on which nothing was asked yet. @type {Set<import("node:net").Socket>} */
  #idle = new Set();
  /** @type {import("./certificates.mjs").Authority} */
  authority;
  /** @type {Recording} */
  #healed;

  /** @type {import("node:net").Server} */
  #secure;
  /** @type {import("node:net").Server} */
  #plain;
  /** @type {import("node:net").Server} */
  #proxy;
  /** @type {{secure: number, plain: number, proxy: number, closed: number}} */
  ports = { secure: 0, plain: 0, proxy: 0, closed: 0 };

  /**
   * @param {import("./certificates.mjs").Authority} authority
   * @param {Recording} healed what a recording that heals turns into
   */
  constructor(authority, healed) {
    this.authority = authority;
    this.#healed = healed;
    this.#secure = this.#listener((socket) => this.#handshake(socket));
    this.#plain = this.#listener((socket) => this.#converse(socket, socket, "http"));
    this.#proxy = this.#listener((socket) => this.#tunnel(socket));
  }

  /** @param {Recording} healed @returns {Promise<Player>} */
  static async start(healed) {
    const player = new Player(await makeAuthority(), healed);
    player.ports.secure = await listen(player.#secure, 0);
    player.ports.plain = await listen(player.#plain, 0);
    player.ports.proxy = await listen(player.#proxy, 0);
    const closed = createNetServer();
    player.ports.closed = await listen(closed, 0);
    await close(closed);
    return player;
  }

  /**
   * Puts one recording on air at its own address, and takes the one before off air.
   * @param {Recording} recording
   * @param {{stays?: boolean}} options stays: broken whatever cookies are sent
   */
  air(recording, { stays = false } = {}) {
    this.#onAir = { recording, stays };
    this.#dropConnections();
  }

  /** Takes the recording off air: its address answers like any other. */
  silence() {
    this.#onAir = undefined;
    this.#dropConnections();
  }

  /** @param {string} url @param {Answer} answer */
  answer(url, answer) {
    this.#answers.set(new URL(url).href, answer);
  }

  /** @param {string} host @param {(asked: Asked) => Reply} answer for all its addresses */
  answerHost(host, answer) {
    this.#hosts.set(host, answer);
  }

  /**
   * Makes an address on `host` that sets cookies by real Set-Cookie headers, and then goes on to `next`.
   * @param {string} host
   * @param {string[]} cookies Set-Cookie lines
   * @param {{next?: string, path?: string, body?: string}} options
   * @returns {string}
   */
  seed(host, cookies, { next, path = "/seed", body = "<!doctype html><title>Seed</title>" } = {}) {
    const url = `https://${host}${path}`;
    /** @type {[string, string][]} */
    const headers = cookies.map((cookie) => ["set-cookie", cookie]);
    if (next !== undefined) headers.push(["location", next]);
    headers.push(["content-type", "text/html; charset=utf-8"], ["cache-control", "no-store"]);
    this.answer(url, { status: next === undefined ? 200 : 302, headers, body });
    return url;
  }

  forget() {
    this.asked.length = 0;
  }

  async stop() {
    for (const socket of this.#sockets) socket.destroy();
    for (const server of [this.#secure, this.#plain, this.#proxy]) await close(server);
  }

  /** Browsers open connections before they need them; such a connection must not outlive a change of the recording. */
  #dropConnections() {
    for (const socket of this.#idle) socket.destroy();
  }

  /** @param {(socket: import("node:net").Socket) => void} accept */
  #listener(accept) {
    return createNetServer((socket) => {
      this.#sockets.add(socket);
      this.#idle.add(socket);
      socket.on("close", () => {
        this.#sockets.delete(socket);
        this.#idle.delete(socket);
      });
      // Browsers drop connections whenever they like; that is not a fault of the player.
      socket.on("error", () => socket.destroy());
      accept(socket);
    });
  }

  /** @param {string} host @returns {Failure | undefined} */
  #failureOf(host) {
    const recording = this.#onAir?.recording;
    if (recording?.failure === undefined) return undefined;
    return new URL(recording.url).hostname === host ? recording.failure : undefined;
  }

  /**
   * Reads the first message of a TLS client to learn the host, and plays failures at this level.
   * @param {import("node:net").Socket} socket
   */
  #handshake(socket) {
    /** @type {Buffer} */
    let hello = Buffer.alloc(0);
    const onReadable = async () => {
      for (let chunk = socket.read(); chunk !== null; chunk = socket.read()) {
        hello = Buffer.concat([hello, chunk]);
      }
      if (!isWhole(hello)) return;
      socket.off("readable", onReadable);
      // A client that was given an IP address names no server.
      const host = serverName(hello) ?? "127.0.0.1";
      this.greeted.push({ host, at: Date.now() });
      const failure = this.#failureOf(host);
      if (failure === "reset") return void socket.resetAndDestroy();
      if (failure === "closed") return void socket.end();
      if (failure === "not_tls") return void socket.end("HTTP/1.1 400 Bad Request\r\n\r\n");
      // The browser waits for a handshake that never comes; see firefox.mjs.
      if (failure === "timed_out") return;
      const secureContext =
        failure === "untrusted"
          ? await this.authority.untrustedContextFor(host)
          : await this.authority.contextFor(host);
      if (socket.destroyed) return;
      socket.unshift(hello);
      const secured = new TLSSocket(socket, {
        isServer: true,
        secureContext,
        ALPNProtocols: ["http/1.1"],
      });
      secured.on("error", () => socket.destroy());
      this.#converse(secured, socket, "https");
    };
    socket.on("readable", onReadable);
  }

  /**
   * Plays a proxy for browsers that cannot map ports: every host name leads to this player.
   * @param {import("node:net").Socket} socket
   */
  async #tunnel(socket) {
    const head = await readHead(socket);
    if (head === undefined) return void socket.destroy();
    const target = /^CONNECT ([^ :]+):(\d+) HTTP/.exec(head);
    if (target === null) {
      // A client asks for an http address in full, in the request line itself.
      socket.unshift(Buffer.from(head, "latin1"));
      return this.#converse(socket, socket, "http");
    }
    if (this.#failureOf(/** @type {string} */ (target[1])) === "tunnel") {
      return void socket.end("HTTP/1.1 502 Bad Gateway\r\ncontent-length: 0\r\n\r\n");
    }
    socket.write("HTTP/1.1 200 Connection established\r\n\r\n");
    if (target[2] === "80") this.#converse(socket, socket, "http");
    else this.#handshake(socket);
  }

  /**
   * Reads one request, sends one answer and ends the connection, so that an answer of an earlier recording
   * can never arrive late.
   * @param {import("node:net").Socket | TLSSocket} stream
   * @param {import("node:net").Socket} socket below the stream, or the same
   * @param {"http" | "https"} scheme
   */
  async #converse(stream, socket, scheme) {
    const head = await readHead(stream);
    if (head === undefined) return void stream.destroy();
    this.#idle.delete(socket);
    // A request body is of no interest, but unread bytes would turn the end into a reset.
    stream.resume();
    const [requestLine = "", ...headerLines] = head.split("\r\n").filter((line) => line !== "");
    const [method = "GET", target = "/"] = requestLine.split(" ");
    /** @type {Record<string, string>} */
    const headers = {};
    for (const line of headerLines) {
      const colon = line.indexOf(":");
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const base = `${scheme}://${headers.host}`;
    if (!URL.canParse(target, base)) return void stream.destroy();
    const address = new URL(target, base);
    const asked = { method, url: address.href, headers, at: Date.now() };
    this.asked.push(asked);
    const recorded = this.#recordedFor(asked);
    // The drivers play the other failures before a request comes here.
    if (recorded?.failure === "reset") return void socket.resetAndDestroy();
    if (recorded?.failure !== undefined) return void socket.destroy();
    const reply = recorded === undefined ? this.#replyTo(asked) : recordedReply(asked, recorded);
    if (reply.failure === "timed_out") return;
    if (reply.failure === "reset") return void socket.resetAndDestroy();
    if (reply.delay) await pause(reply.delay);
    stream.end(reply.raw ?? bytesOf(reply, method));
  }

  /** @param {Asked} asked */
  #recordedFor({ url }) {
    const bare = url.replace(/[?#].*/, "");
    return this.#onAir?.recording.answers.find((answer) => answer.url === bare);
  }

  /** @param {Asked} asked @returns {Reply} */
  #replyTo(asked) {
    const answer = this.#answers.get(asked.url);
    if (answer !== undefined) return typeof answer === "function" ? answer(asked) : answer;
    const host = this.#hosts.get(new URL(asked.url).host);
    if (host !== undefined) return host(asked);
    const onAir = this.#onAir;
    if (onAir?.recording.failure === "redirects" && isDocument(asked)) {
      return { status: 302, headers: [["location", onAir.recording.url]] };
    }
    if (onAir?.recording.response !== undefined && asked.url === withoutHash(onAir.recording.url)) {
      const { recording } = onAir;
      const heals = !onAir.stays && recording.healsWithout.length > 0;
      const names = cookieNames(asked.headers.cookie ?? "");
      const healed = heals && !recording.healsWithout.some((name) => names.has(name));
      return /** @type {Reply} */ ((healed ? this.#healed : recording).response);
    }
    return isDocument(asked) ? offAir(asked) : { status: 204 };
  }
}

/**
 * Returns the reply to a request of the page, which may go to another host.
 * @param {Asked} asked
 * @param {import("./recordings.mjs").RecordedAnswer} recorded
 * @returns {Reply}
 */
function recordedReply({ method, headers }, { status = 200, challenged = false }) {
  return {
    status: method === "OPTIONS" ? 204 : status,
    headers: [
      ["access-control-allow-origin", headers.origin ?? "*"],
      ["access-control-allow-credentials", "true"],
      ["access-control-allow-headers", headers["access-control-request-headers"] ?? "*"],
      ["access-control-allow-methods", headers["access-control-request-method"] ?? "*"],
      ["content-type", challenged ? "text/html; charset=UTF-8" : "application/json"],
      ["cache-control", "no-store"],
      ...(challenged ? [/** @type {[string, string]} */ (["cf-mitigated", "challenge"])] : []),
    ],
    // Chromium reports a request only when its body was read, which a page may not do.
    body: "",
  };
}

/** @param {string} url */
const withoutHash = (url) => url.replace(/#.*$/, "");

/** @param {string} header @returns {Set<string>} */
function cookieNames(header) {
  return new Set(header.split(";").map((pair) => pair.split("=")[0].trim()));
}

/** @param {Asked} asked */
function isDocument({ headers }) {
  const dest = headers["sec-fetch-dest"];
  if (dest !== undefined) return ["document", "iframe", "frame"].includes(dest);
  return (headers.accept ?? "").includes("text/html");
}

/** @param {Asked} asked @returns {Reply} */
function offAir(asked) {
  return {
    status: 200,
    headers: [
      ["content-type", "text/html; charset=utf-8"],
      ["cache-control", "no-store"],
    ],
    body: `<!doctype html><html lang="en"><title>Not on air</title><p>Nothing is recorded for ${
      new URL(asked.url).hostname
    }.</p></html>`,
  };
}

/** @param {Reply} reply @param {string} method @returns {Buffer} */
function bytesOf(reply, method) {
  const body = Buffer.from(reply.body ?? "");
  const written = (reply.headers ?? []).filter(
    ([name]) => !/^(content-length|transfer-encoding|connection|keep-alive)$/i.test(name),
  );
  const headers = [...written, ["connection", "close"]];
  // A 204 has no body and so no length.
  if (reply.status !== 204) headers.push(["content-length", String(body.length)]);
  const head = [
    `HTTP/1.1 ${reply.status} ${reply.reason ?? ""}`,
    ...headers.map(([name, value]) => `${name}: ${value}`),
    "",
    "",
  ].join("\r\n");
  return Buffer.concat([Buffer.from(head, "latin1"), method === "HEAD" ? Buffer.alloc(0) : body]);
}

/**
 * Returns the head of a request as latin1, without its body, or undefined when the other side went away.
 * @param {import("node:net").Socket | TLSSocket} stream
 * @returns {Promise<string | undefined>}
 */
function readHead(stream) {
  return new Promise((resolve) => {
    let head = "";
    const gone = () => resolve(undefined);
    const onReadable = () => {
      for (let chunk = stream.read(); chunk !== null; chunk = stream.read()) {
        head += chunk.toString("latin1");
      }
      const end = head.indexOf("\r\n\r\n");
      if (end === -1 && head.length < LARGEST_HEAD) return;
      stream.off("readable", onReadable);
      stream.off("end", gone);
      stream.off("close", gone);
      resolve(end === -1 ? undefined : head.slice(0, end + 4));
    };
    stream.on("readable", onReadable);
    stream.once("end", gone);
    stream.once("close", gone);
  });
}

/** @param {Buffer} hello whether the first TLS record has arrived */
function isWhole(hello) {
  return hello.length >= 5 && hello.length >= 5 + hello.readUInt16BE(3);
}

/**
 * Returns the server name in a TLS ClientHello (RFC 6066, section 3).
 * @param {Buffer} hello
 * @returns {string | undefined}
 */
function serverName(hello) {
  if (hello[0] !== 22) return undefined;
  // The record header has 5 bytes, the handshake header 4, version 2, random 32; three lists with their lengths follow.
  let at = 43;
  at += 1 + hello.readUInt8(at);
  at += 2 + hello.readUInt16BE(at);
  at += 1 + hello.readUInt8(at);
  const end = at + 2 + hello.readUInt16BE(at);
  at += 2;
  while (at + 4 <= end) {
    const type = hello.readUInt16BE(at);
    const length = hello.readUInt16BE(at + 2);
    if (type === 0) {
      const nameLength = hello.readUInt16BE(at + 7);
      return hello.subarray(at + 9, at + 9 + nameLength).toString("latin1");
    }
    at += 4 + length;
  }
  return undefined;
}

/** @param {import("node:net").Server} server @param {number} port @returns {Promise<number>} */
function listen(server, port) {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, "127.0.0.1", () => {
      server.off("error", reject);
      resolve(/** @type {import("node:net").AddressInfo} */ (server.address()).port);
    });
  });
}

/** @param {import("node:net").Server} server @returns {Promise<void>} */
function close(server) {
  return new Promise((resolve) => server.close(() => resolve()));
}
