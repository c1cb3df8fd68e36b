// This script is the popup of the toolbar. It asks for the case of a tab (`?tab=ID`, else the active one), draws it with all its
// steps, and asks again whenever the casebook changes; or it shows the guides or the settings. It decides nothing.
import { managed, watchManaged } from "../managed.js";
import { choose, isPrivate, picked, settings } from "../settings.js";
import { announced, carryOut, caseParts, ready, unfold } from "./case.js";
import { dress } from "./manner.js";

const { word, make, icon, button, send, place, setContact } = globalThis.accessMedicReport;

/** @type {HTMLCollectionOf<any>} */
const [status, main] = document.body.children;

const query = new URLSearchParams(location.search);
const tab =
  Number(query.get("tab")) ||
  (await chrome.tabs.query({ active: true, currentWindow: true }))[0].id ||
  0;

/** This is asked before all else, which can be read meanwhile, because the answer takes longest. A page of others is looked at, too. */
const first = send({ kind: "ask", tab, look: true });

/** This is the case of the last answer. @type {AccessMedic.Case | null} */
let known = null;
/** This tells whether the tab is in a private window. What is chosen for it must not outlive that window. */
const privately = await isPrivate(tab);
let { silenced, where, news } = await settings(privately);
where = query.get("view") ?? where;

/** @param {number} at */
function checked(at) {
  const minutes = Math.ceil((at - Date.now()) / 60_000);
  if (minutes === 0) return word("popup_checked_now");
  const ago = new Intl.RelativeTimeFormat(word("language"));
  return word(
    "popup_checked",
    minutes > -60 ? ago.format(minutes, "minute") : ago.format(Math.ceil(minutes / 60), "hour"),
  );
}

/** @param {string} look @param {string} key @param {string} name @param {string} to */
function link(look, key, name, to) {
  const node = button("quiet", key, icon(look), () => go(to));
  node.setAttribute("aria-label", name);
  return node;
}

/** @param {string} to */
async function go(to) {
  where = to;
  await choose({ where }, privately);
  await show();
  main.querySelector("h1")?.focus();
}

/** Returns what the head and the body show, by where the reader is. @returns {Promise<[AccessMedic.Child[], AccessMedic.Child[]]>} */
async function parts() {
  const { contact, checks } = await managed();
  setContact(contact);
  /** @param {string} title @param {string} to */
  const head = (title, to) => [
    link("back", "back", word("popup_back"), to),
    make("h1", { tabindex: "-1" }, title),
  ];
  // These modules are loaded when the reader goes there, so that what is wrong does not wait for them.
  if (where === "settings") {
    const { settingsParts } = await import("./settings.js");
    return [head(word("settings_title"), ""), await settingsParts(changed, privately)];
  }
  if (where) {
    const { GUIDES, guide, guides } = await import("./guides.js");
    if (where === "guides") return [head(word("guides_title"), ""), await guides(go, privately)];
    if (Object.hasOwn(GUIDES, where))
      return [head(word(`guide_${where}_title`), "guides"), await guide(where, show, privately)];
  }
  const { diagnosis } = known?.report ?? {};
  // A fault that a person sees elsewhere belongs to no page that was looked at.
  const looked = known && !known.symptom && !known.told ? known : undefined;
  const name = looked ? new URL(looked.url).hostname : word("popup_title");
  const when = looked && !looked.unseen && make("span", {}, checked(looked.at));
  const before = diagnosis ? undefined : await picked(privately);
  const view = { tab, ask, draw, silenced, privately, picked: before, checks, news };
  return [
    [
      icon("mark"),
      make("h1", { tabindex: "-1" }, name),
      when,
      link("book", "guides", word("guides_title"), "guides"),
      link("gear", "settings", word("settings_title"), "settings"),
    ],
    caseParts(known, view),
  ];
}

/** This promise is resolved while a drawing may come. A click needs the button that it began on. */
let released = Promise.resolve();
/** Drawings wait while an input method composes, because they would end that: Chinese, Japanese and Korean are written so. */
addEventListener("compositionstart", () => {
  released = new Promise((free) => {
    addEventListener("compositionend", () => setTimeout(free), { once: true });
  });
});
addEventListener("pointerdown", () => {
  released = new Promise((free) => {
    // The timer runs after the click, which comes last.
    const end = () => setTimeout(free);
    addEventListener("pointerup", end, { once: true });
    addEventListener("pointercancel", end, { once: true });
  });
});

async function show() {
  const [head, body] = await parts();
  await released;
  place(main, make("header.head", {}, ...head), make("div.body", {}, ...body));
  const news = announced(known);
  if (news) status.textContent = news;
}

/** @param {AccessMedic.Case | null} found */
function draw(found) {
  known = found;
  return show();
}

/** Draws anew after a choice in the settings. */
async function changed() {
  ({ silenced } = await settings(privately));
  await dress("popup_title");
  await show();
}

/** @param {boolean} [look] at a page of others, too */
const ask = async (look) => {
  ({ silenced } = await settings(privately));
  await draw((await send({ kind: "ask", tab, look }))?.case ?? null);
};

chrome.storage.session.onChanged.addListener(async (changes) => {
  if (!(`case:${tab}` in changes || `seen:${tab}` in changes)) return;
  ({ silenced } = await settings(privately));
  const found = (await send({ kind: "ask", tab }))?.case ?? null;
  // A step of the reader was already drawn with its answer, so the same case is not drawn again.
  if (JSON.stringify(found) !== JSON.stringify(known)) draw(found);
});
watchManaged(changed);
const [answer] = await Promise.all([first, dress("popup_title"), ready]);
const menu = query.get("menu");
// A present fault goes before the view where the reader was, and so does what was chosen in the menu.
if (menu || (!query.has("view") && answer?.case?.report.diagnosis)) where = "";
const ordered = menu === "order" ? (await send({ kind: "order", tab }))?.remedy : undefined;
if (menu) unfold(ordered ?? menu);
await draw(answer?.case ?? null);
if (menu === "tell") document.getElementById("told")?.focus();
if (ordered) await carryOut(ordered, known, { tab, draw });
