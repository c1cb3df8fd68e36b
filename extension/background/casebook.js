// What is known of each tab, in storage.session, so that the worker may end between any two calls: its case, the last
// answer to its main request, and a journal of its loads. Never a page's text. The only code that touches that storage.

/** @typedef {AccessMedic.Case} Case */
/**
 * The answer to a main request; of its address only the host, with its port. `load`: the one (its `at`) that the answer
 * turned out to belong to. `alone`: when it was examined without a page.
 * @typedef {import("../core/access_medic.js").Response & {
 *   request: string; host: string; at: number; load?: number; alone?: number;
 * }} Answer
 */
/**
 * The load that was examined last. `load`: its name, empty where only the network told of it. `answered`: whether the
 * core has answered all that was said of it.
 * @typedef {{ load: string; at: number; answered: boolean }} Seen
 */
/**
 * `loads`: the last few, oldest first. `requests`: those of the present load that failed, with when that was seen.
 * @typedef {{
 *   loads: (import("../core/access_medic.js").Load & { load?: string })[];
 *   requests: (import("../core/access_medic.js").Request & { seen: number })[];
 * }} Journal
 */
/** What the last clearing took, for a while. @typedef {{ remedy: string; at: number; cookies: chrome.cookies.Cookie[] }} Undo */
/** `clock`: what the clock showed when this was written. @typedef {{ case?: Case; answer?: Answer; journal?: Journal; undo?: Undo; seen?: Seen; clock?: number }} Known */

const store = chrome.storage.session;
/** @type {(keyof Known)[]} */
const KINDS = ["case", "answer", "journal", "undo", "seen", "clock"];

/** Answers, loads and failed requests are kept for so long, in milliseconds. */
const REMEMBERED = 30 * 60000;
/** The alarm at which they are forgotten, in all tabs. */
const TIDY = "tidy";
/** No two tidyings are closer than this. */
const APART = 5 * 60000;
/** How long a clearing can be undone. */
const UNDO = 10 * 60000;
/** How much of storage.session, which has ten million bytes for all tabs, may hold what one tab can undo. */
const UNDO_OF_TAB = 1_000_000;
/** The same for what all tabs can undo together. */
const UNDO_OF_ALL = 4_000_000;
/** An entry that is further ahead of the clock than this shows that the clock was set back. */
const MOMENT = 2000;
/** The alarm of a tab whose undo ends. Each tab has its own: one for all would be put off by each later clearing. */
const FORGET = "forget:";

/** What reads and writes the entries of one tab runs in turn. @type {Map<number, Promise<unknown>>} */
const queues = new Map();

/** Tabs that were closed in the life of this worker: a step that still runs there must not bring their entries back. @type {Set<number>} */
const gone = new Set();

/** The kind and the tab of a key; nothing for a key that belongs to no tab. @param {string} key */
function ownerOf(key) {
  const [, kind, tab] = /^(\w+):(\d+)$/.exec(key) ?? [];
  return tab === undefined ? undefined : { kind, tab: Number(tab) };
}

/** Forgets the tabs that are gone. The browser may have closed some while no worker could hear of it. */
async function prune() {
  const keys = Object.keys(await store.get()); // before the tabs: a new one may come in between
  const open = (await chrome.tabs.query({})).map(({ id }) => id);
  await store.remove(
    keys.filter((key) => {
      const owner = ownerOf(key);
      return owner && !open.includes(owner.tab);
    }),
  );
}

/**
 * Entries of a tab whose times lie so much earlier. A clock that was set back would else make all that is known lie in the
 * future, where no later load could follow it. What could be undone is dropped: how old it is nobody knows any more, and
 * values of cookies must not stay too long.
 * @param {Known} known
 * @param {number} by in milliseconds
 * @returns {Known}
 */
function moveBack({ case: entry, answer, journal, seen }, by) {
  /** @template {{ at: number }} T @param {T} one @returns {T} */
  const moved = (one) => ({ ...one, at: one.at - by });
  /** @param {Case} entry @returns {Case} */
  const movedCase = (entry) => ({
    ...moved(entry),
    history: entry.history.map(moved),
    receipts: Object.fromEntries(
      Object.entries(entry.receipts).map(([remedy, receipt]) => [remedy, moved(receipt)]),
    ),
    ...(entry.under && { under: movedCase(entry.under) }),
    ...(entry.checks && { checks: moved(entry.checks) }),
    ...(entry.waiting && {
      waiting: {
        ...entry.waiting,
        from: entry.waiting.from - by,
        until: entry.waiting.until - by,
      },
    }),
  });
  return {
    case: entry && movedCase(entry),
    answer: answer && {
      ...moved(answer),
      ...(answer.load !== undefined && { load: answer.load - by }),
      ...(answer.alone !== undefined && { alone: answer.alone - by }),
    },
    journal: journal && {
      loads: journal.loads.map(moved),
      requests: journal.requests.map((one) => ({ ...one, seen: one.seen - by })),
    },
    seen: seen && moved(seen),
  };
}

/**
 * Whether a clearing can still be undone. An entry from the future was made before the clock was set back: how old it is
 * nobody knows, so it is over.
 * @param {Undo | undefined} undo
 */
function lasts(undo) {
  const age = undo ? Date.now() - undo.at : UNDO;
  return age > -MOMENT && age < UNDO;
}

/**
 * Removes what is over: a clearing that can no longer be undone, and answers, loads and failed requests that are older
 * than half an hour.
 * @param {Known} known
 * @returns {Known}
 */
function withoutOld(known) {
  const { undo, answer, journal } = known;
  const since = Date.now() - REMEMBERED;
  const loads = journal?.loads.filter(({ at }) => at > since) ?? [];
  const requests = journal?.requests.filter(({ seen }) => seen > since) ?? [];
  const dropped =
    journal && (loads.length < journal.loads.length || requests.length < journal.requests.length);
  return {
    ...known,
    ...(undo && !lasts(undo) && { undo: undefined }),
    ...(answer && answer.at <= since && { answer: undefined }),
    ...(dropped && {
      journal: loads.length + requests.length > 0 ? { loads, requests } : undefined,
    }),
  };
}

/**
 * Makes of what is known what `edit` says. Resolves to that before it is written, for the next one in the queue will find
 * it written; or, with `sure`, once it is, and rejects when there is no room.
 * @param {number} tab
 * @param {(known: Known) => Known | Promise<Known>} edit
 * @param {boolean} [sure]
 * @returns {Promise<Known>}
 */
export function change(tab, edit, sure) {
  const keys = KINDS.map((kind) => `${kind}:${tab}`);
  return new Promise((resolve, reject) => {
    const job = async () => {
      const stored = await store.get(keys);
      /** @type {Known} */
      const kept = Object.fromEntries(KINDS.map((kind, at) => [kind, stored[keys[at]]]));
      const now = Date.now();
      const ahead = (kept.clock ?? now) - now;
      const edited = await edit(withoutOld(ahead > 0 ? moveBack(kept, ahead) : kept));
      const after = gone.has(tab) ? {} : edited;
      if (!sure) resolve(after);
      const changed = KINDS.filter((kind) => kind !== "clock" && after[kind] !== kept[kind]);
      if (changed.length > 0) {
        // Entries are written in one call: a worker that dies meanwhile leaves no two of them apart.
        const full = changed.filter((kind) => after[kind] !== undefined);
        const entries = full.map((kind) => [`${kind}:${tab}`, after[kind]]);
        const empty = changed.filter((kind) => after[kind] === undefined);
        // If nothing is known of a tab, not even the time is kept.
        if (KINDS.some((kind) => kind !== "clock" && after[kind] !== undefined))
          await store.set(Object.fromEntries([...entries, [`clock:${tab}`, Date.now()]]));
        else empty.push("clock");
        if (empty.length > 0) await store.remove(empty.map((kind) => `${kind}:${tab}`));
        if (after.journal || after.answer) tidyLater();
      }
      resolve(after);
    };
    const turn = (queues.get(tab) ?? Promise.resolve()).then(job).catch((error) => {
      console.error("Access Medic:", error);
      reject(error);
    });
    queues.set(tab, turn);
    turn.then(() => queues.get(tab) === turn && queues.delete(tab));
  });
}

/**
 * One entry alone; `undefined`: none.
 * @template {keyof Known} Kind
 * @param {Kind} kind
 * @param {number} tab
 * @param {(entry: Known[Kind]) => Known[Kind] | Promise<Known[Kind]>} edit
 * @param {boolean} [sure]
 * @returns {Promise<Known[Kind]>}
 */
const changeOne = async (kind, tab, edit, sure) =>
  (await change(tab, async (known) => ({ ...known, [kind]: await edit(known[kind]) }), sure))[kind];

/** The case of a tab, what can be undone there, and which load was examined last. @param {number} tab */
export async function recall(tab) {
  const { case: entry, undo, seen } = await change(tab, (known) => known);
  return { entry, seen, undo };
}

/** The cases of all tabs. @returns {Promise<Case[]>} */
export async function allCases() {
  const stored = await store.get();
  return Object.keys(stored)
    .filter((key) => key.startsWith("case:"))
    .map((key) => /** @type {Case} */ (stored[key]));
}

/** Whether there is room for what a tab can undo. A site may set cookies that are as large as it likes. @param {number} tab @param {Undo} undo */
async function hasRoom(tab, undo) {
  const size = JSON.stringify(undo).length;
  const others = Object.entries(await store.get()).filter(
    ([key]) => ownerOf(key)?.kind === "undo" && key !== `undo:${tab}`,
  );
  const taken = JSON.stringify(others).length;
  return size <= UNDO_OF_TAB && size + taken <= UNDO_OF_ALL;
}

/** Rejects when there is no room; then what could be undone before can be undone still. @param {number} tab @param {Undo | undefined} undo */
export async function keepUndo(tab, undo) {
  if (undo && !(await hasRoom(tab, undo))) throw new Error("There is no room for an undo.");
  await changeOne("undo", tab, () => undo, true);
  if (!undo) return;
  await chrome.alarms.create(FORGET + tab, { when: undo.at + UNDO });
}

/** @param {number} tab */
const dropUndo = (tab) => change(tab, (known) => ({ ...known, undo: undefined }));

/** The ten minutes of a tab are over by the alarm, whatever the clock says now. @param {{ name: string }} alarm */
export async function forgetAt({ name }) {
  if (name === TIDY) {
    arranged = false;
    await forgetOld();
  }
  if (name.startsWith(FORGET)) await dropUndo(Number(name.slice(FORGET.length)));
}

/** Everything that was known of a closed tab goes with it: it may have been a private one. @param {number} tab */
export async function forgetTab(tab) {
  gone.add(tab);
  await change(tab, () => ({}));
  await chrome.alarms.clear(FORGET + tab);
}

/**
 * Forgets what is over whenever the worker starts: an alarm may come late after sleep, and in Chromium it waits for a
 * clock that was set back.
 */
export async function forgetOld() {
  await prune();
  const owners = Object.keys(await store.get()).flatMap((key) => ownerOf(key)?.tab ?? []);
  // What can still be undone is written anew, with what the clock shows now: the later that was, the less can the clock be
  // set back unnoticed.
  const written = (/** @type {Known} */ known) => ({
    ...known,
    undo: known.undo && { ...known.undo },
  });
  const tabs = await Promise.all([...new Set(owners)].map((tab) => change(tab, written)));
  const times = tabs.flatMap(({ journal, answer }) =>
    [answer, ...(journal?.loads ?? [])].flatMap((one) => one?.at ?? []),
  );
  if (times.length > 0) await tidyLater(Math.min(...times));
}

/** Whether the next tidying is arranged, as far as this worker knows. */
let arranged = false;

/**
 * Sees to it that what is over is forgotten although no tab changes any more.
 * @param {number} [oldest] when the oldest of what is kept was noted
 */
async function tidyLater(oldest = Date.now()) {
  if (arranged) return;
  arranged = true;
  const when = Math.max(oldest + REMEMBERED, Date.now() + APART);
  const alarm = await chrome.alarms.get(TIDY);
  // After the clock was set back, an alarm that stands already would ring much too late.
  if (!alarm || alarm.scheduledTime > when + APART) await chrome.alarms.create(TIDY, { when });
}

/** @param {number} tab @param {(entry: Case | undefined) => Case | undefined | Promise<Case | undefined>} edit */
export const changeCase = (tab, edit) => changeOne("case", tab, edit);

/** The same, and written for sure. @type {typeof changeCase} */
export const noteCase = (tab, edit) => changeOne("case", tab, edit, true);

/** @param {number} tab @param {(entry: Answer | undefined) => Answer | undefined} edit */
export const changeAnswer = (tab, edit) => changeOne("answer", tab, edit);
