// The one way from evidence to what a person sees: gather the visit, ask the core, keep the case, show it. It decides
// which case evidence belongs to, never what evidence means.
import { paint } from "./badge.js";
import { examine } from "./brain.js";
import { change } from "./casebook.js";
import { hides, mayShow, show } from "./show.js";
import { ourHost, withoutIds } from "./sites.js";

/** @typedef {AccessMedic.Case} Case */
/** @typedef {AccessMedic.Attempt} Attempt */
/** @typedef {AccessMedic.Report} Report */
/** @typedef {import("./casebook.js").Journal} Journal */
/** @typedef {import("./casebook.js").Known} Known */
/** @typedef {import("../core/access_medic.js").Evidence} Whole */
/** `load`: the name of the load that reports, where a page does. @typedef {Partial<Whole> & { url: string; at: number; load?: string }} Evidence */

/** How long a page waits for the answer it came with: in Firefox it often reports first. */
const WAIT = 1000;
/** A worker that has just started on a busy computer hears of the answer later: seen in Firefox 153, by more than a second. */
const WAIT_AT_START = 3000;
const START = 5000;
/**
 * Pages may see a rounded clock: where Firefox resists fingerprinting, by 16.7 ms (measured in 153). Not much more: sites
 * send people on at once, and what the first page says must not count as said by the next.
 */
const CLOCK = 40;
/** How long before a page can be observed its requests may have failed, where its answer is not known. */
const BEFORE = 200;
/** How long after a step a page of another site still counts as what came of it: signing in crosses sites. */
const CROSSING = 60000;
/** How long a finding counts: the next network may be another one. */
const CHECKED = 10 * 60000;
const LOADS = 12;
/** So much is read of what a person tells, in characters. */
const TOLD = 4000;
const REQUESTS = 20;
/** The pause between two looks at failed requests, in milliseconds: a page can make thousands of them. */
const APART = 100;
/** How long a failed request counts: the app asks again, and what works again is not heard of. */
const RECENT = 60000;

/** Where a fault belongs that was seen elsewhere. */
const HOME = "https://chatgpt.com/";

/** Pages that wait, by tab. @type {Map<number, (value: unknown) => void>} */
const early = new Map();

/** @param {number} tab */
export const answerArrived = (tab) => early.get(tab)?.(undefined);

/** @param {string} address */
const hostOf = (address) => new URL(address).host;

/** Removes from an address the query, which may carry a question or a session, and the ids in its path. @param {string} address */
function masked(address) {
  const { origin, pathname } = new URL(address);
  return origin + withoutIds(pathname);
}

/**
 * When the load that evidence speaks of began, by the clock as it is now: a load that reports by its name keeps its time
 * when the clock is set, and none lies in the future.
 * @param {Known} known
 * @param {Evidence} evidence
 */
function timeOf({ seen, journal }, { load, at }) {
  const own = load && [seen, ...(journal?.loads ?? [])].find((one) => one?.load === load);
  return own ? own.at : Math.min(at, Date.now());
}

/**
 * The answer that a page came with, found by host and time: its address may be rewritten before it can be observed, as
 * the human check does. The page is from now on the one that the tab shows.
 * @param {number} tab
 * @param {Evidence} evidence
 */
async function claim(tab, evidence) {
  const { url, load = "" } = evidence;
  /** @type {Pick<Evidence, "response">} */
  let found = {};
  await change(tab, (known) => {
    const at = timeOf(known, evidence);
    const isLate = known.seen !== undefined && known.seen.at > at + CLOCK;
    const seen = isLate || known.seen?.load === load ? known.seen : { load, at, answered: false };
    return { ...known, seen, answer: claimed(known.answer, at) };
  });
  return found;

  /** @param {Known["answer"]} answer @param {number} at @returns {Known["answer"]} */
  function claimed(answer, at) {
    if (!answer || answer.host !== hostOf(url) || answer.at > at + CLOCK) return answer;
    // Examined alone, it still is that of a page that was there by then, and not of one that came back from the history.
    const late = answer.alone !== undefined && at <= answer.alone;
    if (answer.load !== undefined && answer.load !== at && !late) return answer;
    found = { response: { status: answer.status, headers: answer.headers } };
    return { ...answer, load: at };
  }
}

/** Evidence from a content script. @param {number} tab @param {Evidence} evidence */
export async function examinePage(tab, evidence) {
  if (!evidence.page) return examineEvidence(tab, evidence);
  let found = await claim(tab, evidence);
  if (!found.response) {
    /** @type {(value: unknown) => void} */
    let arrived = () => {};
    await new Promise((resolve) => {
      arrived = resolve;
      early.set(tab, resolve);
      setTimeout(resolve, performance.now() < START ? WAIT_AT_START : WAIT);
    });
    // Another page of the tab may wait by now.
    if (early.get(tab) === arrived) early.delete(tab);
    found = await claim(tab, evidence);
  }
  return examineEvidence(tab, { ...evidence, ...found });
}

/** The attempt that the next load judges. @param {Attempt[]} history */
function pending(history) {
  const last = history.findLast(({ outcome }) => outcome === "done");
  return last?.verdict ? undefined : last;
}

/** @param {number} tab @param {string} url @param {number} at @returns {Case} */
const blank = (tab, url, at) => ({
  tab,
  url,
  at,
  report: { stands: false, plan: [], tools: [] },
  receipts: {},
  closed: false,
  history: [],
});

/** What the checks found, while it is likely to hold. @param {Case} entry */
function findingsOf({ checks }) {
  if (!checks || Date.now() - checks.at > CHECKED) return [];
  return checks.findings.map(({ id }) => id);
}

/**
 * @param {Evidence} evidence
 * @param {Case} entry
 * @param {Report["diagnosis"]} drawn
 * @param {Journal["loads"]} loads
 * @returns {Promise<Report | undefined>}
 */
async function ask(evidence, entry, drawn, loads) {
  const standing = drawn?.seen ?? drawn;
  const whole = { alerts: [], requests: [], guests: [], ...evidence };
  const { history, symptom } = entry;
  const now = Date.now();
  const offset = -new Date(now).getTimezoneOffset();
  const clock = { now, offset };
  const visit = {
    evidence: whole,
    ...(standing && { standing }),
    ...(symptom && { symptom }),
    history,
    loads,
    findings: findingsOf(entry),
    ...clock,
  };
  const answer = await examine(visit);
  if ("kind" in answer) return;
  const { turned, ...report } = answer;
  const diagnosis = report.stands && standing ? standing : report.diagnosis;
  return {
    ...report,
    ...(diagnosis && { diagnosis: turned ? turn(diagnosis, turned) : diagnosis }),
  };
}

/**
 * The diagnosis with another cause, and its own among the others.
 * @param {AccessMedic.Diagnosis} seen
 * @param {import("../core/access_medic.js").Other} other
 * @returns {AccessMedic.Diagnosis}
 */
function instead(seen, other) {
  const { cause, family, mover, confidence, reasons, others } = seen;
  const rest = others.filter((one) => one.cause !== other.cause);
  const before = { cause, family, mover, confidence, reasons };
  return { ...seen, ...other, others: [before, ...rest] };
}

/**
 * @param {AccessMedic.Diagnosis} seen
 * @param {NonNullable<import("../core/access_medic.js").Report["turned"]>} turned
 * @returns {AccessMedic.Diagnosis}
 */
function turn(seen, turned) {
  return { ...instead(seen, turned), seen };
}

/** The journal with what the evidence adds. @param {Known} known @param {Evidence} evidence @returns {Journal} */
function note({ answer, journal = { loads: [], requests: [] } }, evidence) {
  const { url, at, page, response, failure, requests = [] } = evidence;
  const now = Date.now();
  const { host, pathname } = new URL(url);
  const load = {
    at,
    place: host + withoutIds(pathname),
    ...(evidence.load && { load: evidence.load }),
  };
  const known = journal.loads.some((one) => one.at === at) || !(page || response || failure);
  if (known && requests.length === 0) return journal;
  // A page asks for things before it can be observed: what failed since its answer is its own.
  const own = answer?.load === at ? answer : undefined;
  const since = own?.at ?? at - BEFORE;
  const seen = requests.map((one) => ({ ...one, path: withoutIds(one.path), seen: now }));
  const kept = journal.requests.filter((one) => one.seen >= since);
  // A page that reports after its answer was examined alone is the same load.
  const old = journal.loads.filter((one) => one.at !== own?.at);
  const loads = known ? journal.loads : [...old, load];
  return {
    loads: loads.slice(-LOADS),
    requests: [...kept, ...seen].slice(-REQUESTS),
  };
}

/** Whether a case is of what a person sees elsewhere, and not of the page that the tab shows. @param {Case} entry */
export const isOfElsewhere = ({ symptom, told }) => symptom !== undefined || told === true;

/** The case of the page that a tab shows. @param {Case | undefined} stored */
export const caseOfPage = (stored) => (stored && isOfElsewhere(stored) ? stored.under : stored);

/**
 * Whether a diagnosis is too slight to take the place of what a person works through: merely possible, or of a
 * request that failed on a page that shows no error.
 * @param {Report["diagnosis"]} diagnosis
 */
const isSlight = (diagnosis) =>
  diagnosis !== undefined &&
  (diagnosis.confidence === "possible" || diagnosis.surface === "request");

/**
 * The case with new evidence, or none if there is none any more; nothing at all if the core did not answer.
 * @param {Case | undefined} stored
 * @param {number} tab
 * @param {Evidence} evidence
 * @param {Journal["loads"]} loads
 * @returns {Promise<{ entry: Case | undefined } | undefined>}
 */
async function follow(stored, tab, evidence, loads) {
  const { url, at, page } = evidence;
  if (stored && isOfElsewhere(stored) && stored.under?.at === at) {
    const answer = await follow(stored.under, tab, evidence, loads);
    return answer && { entry: { ...stored, under: answer.entry } };
  }
  const waiting = pending(stored?.history ?? []);
  const crossed = stored && hostOf(stored.url) !== hostOf(url);
  const foreign = crossed && !(waiting && at - waiting.at < CROSSING);
  // What a person told of stays until a page shows a fault of its own.
  const entry = stored && !foreign && !isOfElsewhere(stored) ? stored : blank(tab, url, at);
  const earlier = entry.at === at ? entry.report : undefined;
  const standing = page ? undefined : earlier?.diagnosis;
  const report = await ask(evidence, entry, standing, loads);
  if (!report) return undefined;

  const attempt = foreign ? undefined : waiting;
  const { diagnosis, judgement } = report;
  const known = diagnosis?.cause === entry.report.diagnosis?.cause;
  const verdict = judgement ?? (diagnosis && earlier?.judgement);
  const next = {
    ...entry,
    // Who loads the page again does not wait any more.
    waiting: entry.at === at ? entry.waiting : undefined,
    url: masked(url),
    load: evidence.load ?? (entry.at === at ? entry.load : undefined),
    at,
    report: { ...report, ...(verdict && { judgement: verdict }) },
    closed: entry.closed && known && !judgement,
    history:
      attempt && judgement
        ? entry.history.with(entry.history.lastIndexOf(attempt), {
            ...attempt,
            verdict: judgement.verdict,
          })
        : entry.history,
  };
  if (stored && isOfElsewhere(stored) && isSlight(diagnosis)) return { entry: stored };
  if (diagnosis || judgement) return { entry: next };

  // Nothing is known to be wrong. Only a page can say so; a toast or a bare answer cannot.
  if (!page || !stored) return { entry: stored };
  if (isOfElsewhere(stored)) return { entry: { ...stored, under: undefined } };
  if (foreign) return { entry: undefined };
  if (earlier) return { entry: earlier.diagnosis ? undefined : stored };
  // A step was carried out on the load before this one: its receipt stays, and it may still be judged.
  const steps = [attempt, ...Object.values(entry.receipts)];
  return { entry: steps.some((step) => step && step.at > entry.at) ? next : undefined };
}

/**
 * Which load was examined last, after the core has answered or not.
 * @param {Known["seen"]} seen
 * @param {Evidence} evidence
 * @param {boolean} answered
 * @returns {Known["seen"]}
 */
function lookedAt(seen, { load = "", at, page, response, failure }, answered) {
  if (page || response || failure) return { load, at, answered };
  return seen && !answered && seen.at === at ? { ...seen, answered } : seen;
}

/** Who waits until a page of a tab was examined. @type {Map<number, () => void>} */
const waiting = new Map();

/**
 * Resolves once the next page of a tab was examined, at the latest after `limit` ms.
 * @param {number} tab
 * @param {number} limit
 * @returns {Promise<void>}
 */
export function pageExamined(tab, limit) {
  return new Promise((resolve) => {
    const end = () => {
      clearTimeout(timer);
      if (waiting.get(tab) === end) waiting.delete(tab);
      resolve();
    };
    const timer = setTimeout(end, limit);
    waiting.get(tab)?.();
    waiting.set(tab, end);
  });
}

/** @param {number} tab @param {Evidence} reported */
export async function examineEvidence(tab, reported) {
  /** @type {Case | undefined} */
  let before;
  let at = 0;
  const { case: kept, seen } = await change(tab, async (known) => {
    before = known.case;
    at = timeOf(known, reported);
    const evidence = { ...reported, at };
    const { loads, ...journal } = note(known, evidence);
    // Said late by a page that is gone.
    if (loads.some((load) => load.at > at + CLOCK)) return known;
    const requests = journal.requests.filter(({ seen }) => seen > Date.now() - RECENT);
    const earlier = loads.filter((load) => load.at < at);
    const answer = await follow(before, tab, { ...evidence, requests }, earlier);
    const next = answer ? answer.entry : before;
    const load = loads.at(-1);
    const shown = caseOfPage(next);
    const { diagnosis } = shown?.report ?? {};
    const cause = shown?.at === at && (diagnosis?.seen ?? diagnosis)?.cause;
    if (cause && load?.at === at) load.cause = cause;
    const seen = lookedAt(known.seen, evidence, answer !== undefined);
    return { ...known, case: next, seen, journal: { loads, ...journal } };
  });
  if (reported.page) waiting.get(tab)?.();
  const [after, earlier] = [caseOfPage(kept), caseOfPage(before)];
  // A diagnosis of this load that was made before still holds.
  const stands = after?.at === at && after.report.diagnosis !== undefined;
  const unseen = seen !== undefined && !seen.answered && !stands;
  if (after === earlier && !unseen) return;
  // An overlay that is there already must see that its case is over.
  const over = earlier?.at === at && mayShow(earlier);
  await Promise.all([
    (over || (mayShow(after) && !(await hides(after)))) && show(tab),
    paint(tab, after?.report, reported.failure !== undefined, unseen),
  ]);
}

/** Failed requests that came while others of their tab are examined. @type {Map<number, Journal["requests"]>} */
const crowds = new Map();

/**
 * A request of the page that the tab shows got no answer. A page can make thousands: they are looked at together.
 * @param {number} tab
 * @param {Journal["requests"][0]} request
 */
export async function examineRequest(tab, request) {
  const crowd = crowds.get(tab);
  if (crowd) {
    if (crowd.push(request) > REQUESTS) crowd.shift();
    return;
  }
  const waiting = [request];
  crowds.set(tab, waiting);
  try {
    while (waiting.length > 0) {
      await examineRequests(tab, waiting.splice(0));
      await new Promise((resolve) => setTimeout(resolve, APART));
    }
  } finally {
    crowds.delete(tab);
  }
}

/** @param {number} tab @param {Journal["requests"]} requests */
async function examineRequests(tab, requests) {
  const { answer, seen } = await change(tab, (known) => {
    const { loads = [], requests: others = [] } = known.journal ?? {};
    return { ...known, journal: { loads, requests: [...others, ...requests].slice(-REQUESTS) } };
  });
  // A page that is about to come in takes it along.
  if (!seen || (answer && !answer.load)) return;
  // The tab may be closed by now.
  const { url = "" } = await chrome.tabs.get(tab).catch(() => ({ url: "" }));
  const { at, load } = seen;
  if (ourHost(url)) await examineEvidence(tab, { url, at, ...(load && { load }) });
}

/** The plan anew after a step, without new evidence. @param {Case} entry @returns {Promise<Case>} */
export async function replan(entry) {
  const { url, at } = entry;
  const report = await ask({ url, at }, entry, entry.report.diagnosis, []);
  return report ? { ...entry, report } : entry;
}

/**
 * What a person says they see, wherever that is: the plan for it.
 * @param {number} tab
 * @param {string} symptom
 * @param {Attempt[]} history
 * @returns {Promise<Case | undefined>}
 */
export async function symptomCase(tab, symptom, history) {
  const entry = await replan({ ...blank(tab, HOME, Date.now()), symptom, history });
  return entry.report.diagnosis && entry;
}

/**
 * What a person tells in words of their own, and which plan fits it. The words are looked at once and not kept.
 * @param {number} tab
 * @param {string} words
 * @returns {Promise<{ entry?: Case; fault?: true }>} neither: nothing in the words is known
 */
export async function toldCase(tab, words) {
  const entry = { ...blank(tab, HOME, Date.now()), told: /** @type {const} */ (true) };
  const { url, at } = entry;
  const report = await ask({ url, at, told: words.slice(0, TOLD) }, entry, undefined, []);
  if (!report) return { fault: true };
  return report.diagnosis ? { entry: { ...entry, report } } : {};
}

/** Another cause that what was told may speak of. @param {Case} entry @param {string} cause @returns {Promise<Case>} */
export async function chosenCase(entry, cause) {
  const { diagnosis } = entry.report;
  const other = diagnosis?.others.find((one) => one.cause === cause);
  if (!entry.told || !diagnosis || !other) return entry;
  // A choice of the person's counts for more than what the checks made of the words.
  const chosen = { ...instead(diagnosis, other), seen: undefined };
  return replan({ ...entry, report: { ...entry.report, diagnosis: chosen } });
}

/** What can be done where nothing is known to be wrong; kept once something is done. @param {number} tab @param {string} url */
export const healthyCase = (tab, url) => replan(blank(tab, masked(url), Date.now()));
