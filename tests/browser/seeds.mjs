// This module holds cookies of every shape, on OpenAI's hosts and on hosts that must never be touched. Each
// names the clearings that are to remove it, written down by hand after the list of OpenAI's cookies. The
// module also plants and reads every kind of site storage. It does not use the catalogue of the core,
// because it is there to check the scopes of that catalogue.

/** @typedef {"clear_check_cookies" | "clear_login_cookies" | "clear_site_data" | "clear_sites"} Clearing */

/**
 * @typedef {object} Seed
 * @property {string} host that sets it
 * @property {string} name
 * @property {string} attributes of Set-Cookie
 * @property {Clearing[]} clearedBy
 * @property {boolean=} kept found by clearing all data, and kept on purpose
 * @property {string=} under the site whose page frames the host: the cookie is a partitioned one
 */

/** @type {Clearing[]} */
const BY_CHECK = ["clear_check_cookies", "clear_site_data", "clear_sites"];
/** @type {Clearing[]} */
const BY_LOGIN = ["clear_login_cookies", "clear_site_data", "clear_sites"];
/** @type {Clearing[]} */
const BY_ALL = ["clear_site_data", "clear_sites"];
/** @type {Clearing[]} */
const BY_SITES = ["clear_sites"];

/** This site frames ChatGPT. */
const FRAMER = "news-reader.example";

/** @type {Seed[]} */
const OPENAI = [
  // These belong to Cloudflare's check: HttpOnly, for the domain, for one host, below a path, without Secure.
  [
    "chatgpt.com",
    "cf_clearance",
    "Domain=chatgpt.com; Path=/; Secure; HttpOnly; SameSite=None",
    BY_CHECK,
  ],
  ["chatgpt.com", "__cf_bm", "Domain=chatgpt.com; Path=/; Secure; HttpOnly", BY_CHECK],
  ["chatgpt.com", "_cfuvid", "Path=/; Secure; HttpOnly; SameSite=None", BY_CHECK],
  ["chatgpt.com", "cf_chl_rc_i", "Path=/cdn-cgi/challenge-platform/h", BY_CHECK],
  ["chatgpt.com", "cf_use_ob", "Path=/", BY_CHECK],
  ["ws.chatgpt.com", "__cf_bm", "Path=/; Secure; HttpOnly", BY_CHECK],
  ["auth.openai.com", "cf_clearance", "Path=/; Secure; HttpOnly", BY_CHECK],
  ["auth.openai.com", "__cf_bm", "Domain=openai.com; Path=/; Secure; HttpOnly", BY_CHECK],
  // These belong to a login in progress, with the prefixes that bind a cookie to a host or to TLS.
  [
    "chatgpt.com",
    "__Host-next-auth.csrf-token",
    "Path=/; Secure; HttpOnly; SameSite=Lax",
    BY_LOGIN,
  ],
  ["chatgpt.com", "__Secure-next-auth.callback-url", "Path=/; Secure; HttpOnly", BY_LOGIN],
  ["auth.openai.com", "login_session", "Path=/; Secure; HttpOnly", BY_LOGIN],
  ["auth.openai.com", "auth-session-minimized", "Domain=auth.openai.com; Path=/; Secure", BY_LOGIN],
  ["auth.openai.com", "oai-login-csrf_dev_3671622", "Path=/log-in; Secure; HttpOnly", BY_LOGIN],
  // These are the cookies of the session and the rest.
  [
    "chatgpt.com",
    "__Secure-next-auth.session-token.0",
    "Domain=chatgpt.com; Path=/; Secure; HttpOnly",
    BY_ALL,
  ],
  ["chatgpt.com", "oai-sc", "Domain=chatgpt.com; Path=/; Secure", BY_ALL],
  ["chatgpt.com", "oai-hlib", "Path=/", BY_ALL],
  ["chatgpt.com", "a-name-nobody-knows", "Path=/c; HttpOnly", BY_ALL],
  ["chat.openai.com", "_puid", "Path=/; Secure; HttpOnly", BY_ALL],
  ["auth.openai.com", "unified_session_manifest", "Path=/; Secure; HttpOnly", BY_ALL],
  // Other products of OpenAI have sessions of their own.
  ["platform.openai.com", "platform-session", "Path=/; Secure; HttpOnly", BY_SITES],
  ["community.openai.com", "_t", "Path=/; Secure; HttpOnly", BY_SITES],
].map(toSeed);

/** These are choices of the user, which clearing all data finds and keeps. @type {Seed[]} */
const KEPT = [
  ["chatgpt.com", "oai-allow-ne", "Domain=chatgpt.com; Path=/; Secure", []],
  ["openai.com", "analytics_cookie_setting", "Domain=openai.com; Path=/; Secure", []],
].map((row) => ({ ...toSeed(row), kept: true }));

/** These cookies are set in a frame below another site's page. @type {Seed[]} */
const FRAMED = [
  {
    host: "chatgpt.com",
    name: "cf_clearance",
    attributes: "Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
    clearedBy: BY_CHECK,
    under: FRAMER,
  },
  {
    host: "auth.openai.com",
    name: "__Host-next-auth.csrf-token",
    attributes: "Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
    clearedBy: BY_LOGIN,
    under: "chatgpt.com",
  },
  {
    host: "challenges.cloudflare.com",
    name: "cf_clearance",
    attributes: "Path=/; Secure; HttpOnly; SameSite=None; Partitioned",
    clearedBy: [],
    under: "chatgpt.com",
  },
];

/** These hosts are not OpenAI's, but some of them have names that look as if they were. */
export const BYSTANDERS = [
  "notchatgpt.com",
  "chatgpt.com.example",
  "chatgpt.co",
  "my-chatgpt.com",
  "openai.com.example",
  "myopenai.com",
  "openai.org",
  "auth-openai.com",
  "cloudflare.com",
  "challenges.cloudflare.com",
  "accounts.google.com",
  "login.microsoftonline.com",
  "appleid.apple.com",
  "example.com",
  "example.org",
  "shop.example",
  "bank.example",
  "mail.example.net",
  "xn--chtgpt-4nf.com", // with a Cyrillic letter
  FRAMER,
];

const BYSTANDER_COOKIES = [
  ["cf_clearance", "Path=/; Secure; HttpOnly; SameSite=None"],
  ["__cf_bm", "Path=/; Secure; HttpOnly"],
  ["_cfuvid", "Path=/; Secure"],
  ["login_session", "Path=/; Secure; HttpOnly"],
  ["__Host-next-auth.csrf-token", "Path=/; Secure; HttpOnly"],
  ["__Secure-next-auth.session-token.0", "Path=/; Secure; HttpOnly"],
  ["oai-sc", "Path=/"],
  ["oai-did", "Path=/account"],
  ["session", "Path=/; HttpOnly"],
  ["theme", "Path=/"],
];

/** These are 20 hosts with 10 cookies each. @type {Seed[]} */
const ELSEWHERE = BYSTANDERS.flatMap((host) =>
  BYSTANDER_COOKIES.map(([name, attributes]) => ({ host, name, attributes, clearedBy: [] })),
);

/** These are more of OpenAI's hosts, with who clears them; browsers keep 180 of one site. @type {[string, Clearing[]][]} */
const CROWDED = [
  ["chatgpt.com", BY_ALL],
  ["www.chatgpt.com", BY_ALL],
  ["ws.chatgpt.com", BY_ALL],
  ["ab.chatgpt.com", BY_ALL],
  ["cdn.chatgpt.com", BY_ALL],
  ["chat.openai.com", BY_ALL],
  ["auth.openai.com", BY_ALL],
  ["sentinel.openai.com", BY_ALL],
  ["openai.com", BY_SITES],
  ["help.openai.com", BY_SITES],
  ["developers.openai.com", BY_SITES],
];

/** @type {Seed[]} */
const CROWD = CROWDED.flatMap(([host, clearedBy]) =>
  Array.from({ length: 25 }, (_, at) => ({
    host,
    name: `crowd-${at}`,
    attributes: at % 2 ? "Path=/; Secure; HttpOnly" : "Path=/crowd",
    clearedBy,
  })),
);

/** These are 500 cookies and more, on more than 30 hosts. */
export const SEEDS = [...OPENAI, ...KEPT, ...FRAMED, ...CROWD, ...ELSEWHERE];

/** These are the seeds of OpenAI's hosts alone, for tests that need no bystander. */
export const OPENAI_SEEDS = [...OPENAI, ...KEPT, ...FRAMED.filter(({ under }) => under === FRAMER)];

/** @param {any[]} row @returns {Seed} */
function toSeed([host, name, attributes, clearedBy]) {
  return { host, name, attributes, clearedBy };
}

/**
 * Returns the key by which a seed is found again in the cookie store.
 * @param {Seed} seed
 * @returns {string}
 */
export function keyOfSeed({ host, name, attributes, under }) {
  const domain = /Domain=([^;]+)/.exec(attributes)?.[1];
  const path = /Path=([^;]+)/.exec(attributes)?.[1] ?? "/";
  return keyOf({
    name,
    host: domain === undefined ? host : `.${domain}`,
    path,
    partition: under === undefined ? undefined : `https://${under}`,
  });
}

/** @param {Pick<import("./launch.mjs").Cookie, "name" | "host" | "path" | "partition">} cookie */
export function keyOf({ name, host, path, partition }) {
  return `${host}${path} ${name}${partition === undefined ? "" : ` under ${partition}`}`;
}

/**
 * Plants cookies by real answers of the hosts themselves, in a tab.
 * @param {import("./player.mjs").Player} player
 * @param {import("./launch.mjs").Tab} tab
 * @param {Seed[]} seeds
 * @param {string} value of each
 */
export async function sow(player, tab, seeds, value = "seed") {
  /** @param {string} place */
  const linesOf = (place) =>
    seeds
      .filter((seed) => placeOf(seed) === place)
      .map(({ name, attributes }) => `${name}=${value}; Max-Age=86400; ${attributes}`);
  /** @param {string} page @param {string} place */
  const open = async (page, place) => {
    const { failed } = await tab.goto(page);
    if (failed !== undefined) throw new Error(`seeding ${place}: ${failed}`);
  };
  const places = [...new Set(seeds.map(placeOf))];
  const framed = places.filter((place) => hostsOf(place).under);
  const plain = places.filter((place) => !hostsOf(place).under);
  for (const place of framed) {
    const { host, under } = hostsOf(place);
    const frame = player.seed(host, linesOf(place), { path: "/framed" });
    const body = `<!doctype html><title>Frame</title><iframe src="${frame}"></iframe>`;
    await open(player.seed(under, [], { path: "/framing", body }), place);
  }
  // One host sends the tab on to the next one: a page for each would take ten times as long.
  for (let first = 0; first < plain.length; first += HOPS) {
    const chain = plain.slice(first, first + HOPS).reverse();
    /** @type {string | undefined} */
    let next;
    for (const place of chain) next = player.seed(hostsOf(place).host, linesOf(place), { next });
    if (next !== undefined) await open(next, chain.join(", "));
  }
}

/** This many redirects follow one another; Firefox and Chromium follow twenty in one go. */
const HOPS = 15;

/** @param {string} place */
function hostsOf(place) {
  const [host, under] = place.split(" ");
  return { host, under };
}

/** @param {Seed} seed */
const placeOf = ({ host, under = "" }) => `${host} ${under}`;

/** @typedef {Record<string, number>} Stored how many entries of each kind, by the names of a receipt */

/** This is the address of the service worker that `plant` registers. */
export const WORKER = "/seed-worker.js";

/**
 * Makes a host answer what storage needs: a page and the script of a service worker.
 * @param {import("./player.mjs").Player} player
 * @param {string} host
 * @returns {string} the address of the page
 */
export function ground(player, host) {
  player.answer(`https://${host}${WORKER}`, {
    status: 200,
    headers: [["content-type", "text/javascript"]],
    body: "self.addEventListener('fetch', () => undefined);",
  });
  return player.seed(host, [], { path: "/ground" });
}

/** Runs in a page: puts something of every kind into the storage of its origin. @param {string} worker */
export async function plant(worker) {
  /**
   * Rejects with the name of what never ends, because an endless wait in a page says nothing.
   * @template T @param {string} what @param {Promise<T>} work @returns {Promise<T>}
   */
  const within = (what, work) =>
    Promise.race([
      work,
      new Promise((_, reject) =>
        setTimeout(() => reject(new Error(`${what} does not end`)), 20_000),
      ),
    ]);
  localStorage.setItem("seed", "1");
  sessionStorage.setItem("seed", "1");
  const database = new Promise((resolve, reject) => {
    const opening = indexedDB.open("seed", 1);
    opening.onupgradeneeded = () => opening.result.createObjectStore("seeds").put(1, "seed");
    opening.onsuccess = () => resolve(opening.result.close());
    opening.onerror = () => reject(opening.error);
  });
  await within("indexedDB.open", database);
  const cache = await within("caches.open", caches.open("seed"));
  await within("cache.put", cache.put("/seeded", new Response("seed")));
  // A private window of Firefox has no such directory.
  const root = await within(
    "getDirectory",
    navigator.storage.getDirectory().catch(() => undefined),
  );
  const file = await root?.getFileHandle("seed", { create: true });
  const stream = await file?.createWritable();
  await stream?.write("seed");
  await stream?.close();
  const registration = await within("register", navigator.serviceWorker.register(worker));
  const states = () =>
    ["installing", "waiting", "active"].filter(
      (state) => registration[/** @type {"active"} */ (state)] !== null,
    );
  await within("serviceWorker.ready", navigator.serviceWorker.ready).catch((error) => {
    throw new Error(`${error.message}, of the registration there is: ${states()}`);
  });
}

/** Runs in a page: counts what its origin has stored. @returns {Promise<Stored>} */
export async function count() {
  const root = await navigator.storage.getDirectory().catch(() => undefined);
  let files = 0;
  for await (const _ of /** @type {any} */ (root)?.keys() ?? []) files += 1;
  return {
    localStorage: localStorage.length,
    sessionStorage: sessionStorage.length,
    indexedDB: (await indexedDB.databases()).length,
    cacheStorage: (await caches.keys()).length,
    fileSystems: files,
    serviceWorkers: (await navigator.serviceWorker.getRegistrations()).length,
  };
}
