// This module draws what the popup shows of a tab: the diagnosis with its checklist, or that all is well, with the checks, the
// ways to clear and the symptoms that can be picked instead.
import { ourHost } from "../background/sites.js";
import { choose, silence } from "../settings.js";
import { announce } from "./announce.js";
import { support } from "./preview.js";
import { checks, pickTool, tools } from "./tools.js";

const {
  page,
  word,
  make,
  icon,
  button,
  send,
  fold,
  told,
  judged,
  verdict,
  diagnosis,
  checklist,
  reasons,
} = globalThis.accessMedicReport;

/** These are the symptoms as `crate/catalog/findings.toml` has them. */
const SYMPTOMS = [
  "cannot_open",
  "blocked",
  "country",
  "login",
  "code",
  "broken_off",
  "limit",
  "account",
  "api",
];

const SITES = { origins: chrome.runtime.getManifest().host_permissions };
/** This tells whether the extension has its sites. People can take them away, and a browser can give them only at a click. */
let permitted = true;
/** This promise resolves when that is known; nothing may be drawn before. */
export const ready = chrome.permissions.contains(SITES).then((given) => {
  permitted = given;
});

async function permit() {
  permitted = await chrome.permissions.request(SITES).catch(() => false);
  return permitted;
}

/** Draws the request for the sites, without which there is nothing to be seen or done. @param {View} view */
const plea = ({ tab, ask }) =>
  make(
    "section.leave",
    {},
    make("b", {}, word("permit_title")),
    make("p", {}, word("permit_what")),
    // A page of OpenAI's that was loaded meanwhile was not looked at, so it is loaded again. Other pages are left alone.
    button("go", "permit", word("permit_button"), async () => {
      if ((await permit()) && ourHost((await chrome.tabs.get(tab)).url))
        await chrome.tabs.reload(tab);
      ask(true);
    }),
  );

/**
 * Draws that nothing can be said of the page that the tab shows, because it was not examined, with the button that helps, if there is one.
 * @param {AccessMedic.Unseen} unseen
 * @param {View} view
 */
function notLookedAt(unseen, { tab, ask }) {
  /** @type {Record<AccessMedic.Unseen, AccessMedic.Child>} */
  const buttons = {
    loading: undefined,
    core: button("go", "look", word("look_now"), () => ask(true)),
    page: button("go", "look", word("look_now"), () => ask(true)),
    closed: button("go", "reload", word("look_reload"), () => send({ kind: "reload", tab })),
  };
  return make(
    "section.calm",
    { "data-unseen": unseen },
    make("span.seal", {}, icon("open")),
    make("h2.headline", { tabindex: "-1" }, word("look_title")),
    make("p.what", {}, word(`unseen_${unseen}`)),
    buttons[unseen],
  );
}

/** Draws what the popup shows when no fault is known. @param {AccessMedic.Case | null} found */
function calm(found) {
  const key = found ? "popup_healthy" : "popup_elsewhere";
  const judgement = found?.report.judgement;
  const [title, what] = judgement ? judged(judgement) : [word(`${key}_title`), word(`${key}_what`)];
  return make(
    "section.calm",
    { "data-verdict": judgement?.verdict },
    make("span.seal", {}, icon(found ? "check" : "mark")),
    make("h2.headline", { tabindex: "-1" }, title),
    make("p.what", {}, what),
  );
}

/** Draws what came of a step that has no place in the drawing, such as one that was chosen in the menu and is refused. @param {AccessMedic.Case | null} found */
function elsewhere(found) {
  const { plan = [], tools = [] } = found?.report ?? {};
  const placed = [...plan, ...tools].some(({ remedy }) => remedy === notice?.remedy);
  return !placed && notice?.text ? make("p.note bad", {}, notice.text) : undefined;
}

/** This tells whether the reader closed the line on what is new. */
let isRead = false;

/** Draws in one line what an update brought. @param {View} view */
function recent({ news, privately }) {
  if (!news || isRead) return undefined;
  const read = button("quiet", "news-read", icon("close"), () => {
    isRead = true;
    line.remove();
    choose({ news: false }, privately);
  });
  read.setAttribute("aria-label", word("overlay_close"));
  const line = make("p.news", {}, make("span", {}, word("popup_news")), read);
  return line;
}

/** This is the same text field in every drawing, with what stands in it. @type {HTMLTextAreaElement} */
const box = /** @type {any} */ (
  make("textarea", {
    id: "told",
    "data-key": "told",
    rows: "3",
    maxlength: "4000",
    dir: "auto",
    autocomplete: "off",
    autocapitalize: "off",
    // A browser may send a text to its maker to check the spelling.
    spellcheck: "false",
    "aria-describedby": "told-what told-answer",
  })
);

/** This is the answer to the words that were told last. @type {AccessMedic.TellReply["answer"] | undefined} */
let answer;

/** Returns a note on the words that were told last, or an empty string where they became a diagnosis. */
function said() {
  if (answer === "unknown") return word("tell_unknown");
  return answer === "failed" ? word("tell_unread") : "";
}

/** Draws a place for the words of a failure that this tab does not show. @param {View} view */
function telling({ tab, draw }) {
  async function tell() {
    if (box.value.trim() === "") return box.focus();
    const reply = await send({ kind: "tell", tab, words: box.value });
    answer = reply?.answer ?? "failed";
    await draw(reply?.case ?? null);
    if (answer !== "known") return box.focus();
    box.value = "";
    page.querySelector("h2")?.focus();
  }
  return [
    make("label.ask", { for: "told" }, word("tell_label")),
    make("p.what", { id: "told-what" }, word("tell_what")),
    box,
    make("p.note bad", { id: "told-answer" }, said()),
    button("go", "tell", word("tell_button"), tell),
  ];
}

/**
 * Draws the symptoms of faults that this tab does not show.
 * @param {View} view
 * @param {boolean} first whether there is nothing else to see
 */
function symptoms(view, first) {
  const { tab, draw, picked } = view;
  /** @param {string} symptom */
  const pick = async (symptom) => draw((await send({ kind: "pick", tab, symptom }))?.case ?? null);
  const node = fold(
    "symptoms",
    [word("popup_symptoms_title")],
    ...telling(view),
    make("p.what", {}, word("tell_or")),
    picked &&
      button("mini wide", "go-on", word("popup_go_on", word(`symptom_${picked.symptom}`)), () =>
        pick(picked.symptom),
      ),
    make(
      "ul.picks",
      {},
      ...SYMPTOMS.map((symptom) =>
        make(
          "li",
          {},
          button("mini wide", `symptom-${symptom}`, word(`symptom_${symptom}`), () =>
            pick(symptom),
          ),
        ),
      ),
    ),
  );
  if (first) node.setAttribute("open", "");
  return node;
}

/** Draws what else the words of a person may mean. @param {AccessMedic.Case} found @param {View} view */
function choices({ told, report: { diagnosis } }, { tab, draw }) {
  const others = told ? (diagnosis?.others ?? []) : [];
  if (others.length === 0) return undefined;
  return make(
    "section.choices",
    { "aria-labelledby": "choices" },
    make("p.what", { id: "choices" }, word("tell_others")),
    make(
      "ul.picks",
      {},
      ...others.map(({ cause }) =>
        make(
          "li",
          {},
          button("mini wide", `choose-${cause}`, word(`cause_${cause}_title`), async () => {
            await draw((await send({ kind: "choose", tab, cause }))?.case ?? null);
            page.querySelector("h2")?.focus();
          }),
        ),
      ),
    ),
  );
}

/**
 * This is the popup around the case. `ask` asks for the case anew, and looks at a page of others, too, if `look`. `silenced`
 * lists causes that are not drawn. `checks` tells whether a host may be asked for anything, and `news` whether the person has not
 * read yet what an update brought.
 * @typedef {{
 *   tab: number;
 *   ask: (look?: boolean) => unknown;
 *   draw: (found: AccessMedic.Case | null) => unknown;
 *   silenced: string[];
 *   privately: boolean;
 *   picked: import("../settings.js").Picked | undefined;
 *   news: boolean;
 *   checks: boolean;
 * }} View
 */

/** This is kept from one drawing to the next, because the casebook changes right after a refusal. @type {AccessMedic.Scene["notice"]} */
let notice;

let drawn = false;

/** This part is unfolded in the first drawing: the reader asked for it in the menu of the toolbar button. */
let unfolded = "";

/** @param {string} choice a step, or `tell` */
export function unfold(choice) {
  if (choice === "tell") unfolded = "symptoms";
  else if (choice === "run_checks") unfolded = "checks";
  else if (choice.startsWith("clear_")) {
    unfolded = "tools";
    pickTool(choice);
  }
}

/**
 * Carries out a step that the reader chose in the menu, as a click on its button does.
 * @param {string} remedy
 * @param {AccessMedic.Case | null} found
 * @param {Pick<View, "tab" | "draw">} view
 */
export async function carryOut(remedy, found, view) {
  if (found) return sceneOf(found, view).apply(remedy, false);
  notice = { remedy, text: told({ kind: "refused", reason: "no_case" }) };
  await view.draw(null);
}

/** @param {AccessMedic.Case} found @param {Pick<View, "tab" | "draw">} view @returns {AccessMedic.Scene} */
function sceneOf(found, { tab, draw }) {
  /** @param {AccessMedic.AskReply | undefined} reply */
  const redraw = (reply) => draw(reply?.case ?? found);
  return {
    case: found,
    notice,
    async apply(remedy, link) {
      // The browser asks for the permission only within the click itself.
      if (!permitted && !link) await permit();
      const sent = send({ kind: "apply", remedy, tab });
      notice = undefined;
      if (!link) draw({ ...found, busy: remedy });
      const reply = await sent;
      // The sites may have been taken away meanwhile; from now on they are asked for.
      permitted &&= reply?.outcome.reason !== "no_permission";
      notice = { remedy, text: told(reply?.outcome ?? { kind: "failed" }) };
      redraw(reply);
    },
    async undo() {
      const reply = await send({ kind: "undo", tab });
      notice = { remedy: found.undo ?? "", text: told(reply?.outcome ?? { kind: "failed" }) };
      redraw(reply);
    },
    stop: () => send({ kind: "stop", tab }),
    due: (length) => send({ kind: "due", length, tab }),
    wish: (again) => send({ kind: "wish", again, tab }),
    mark: async (remedy, skipped) => redraw(await send({ kind: "mark", remedy, skipped, tab })),
    unmark: async (remedy) => redraw(await send({ kind: "unmark", remedy, tab })),
    restart: async () => redraw(await send({ kind: "restart", tab })),
  };
}

/** Draws what stands below the checklist of a fault. @param {AccessMedic.Case} found @param {View} view */
function ending(
  { symptom, told, report: { diagnosis: fault } },
  { tab, draw, silenced, ask, privately },
) {
  if (symptom || told)
    return button("mini wide", "end", word("popup_symptom_end"), async () =>
      draw((await send({ kind: "pick", tab, symptom: "" }))?.case ?? null),
    );
  if (!fault || !silenced.includes(fault.cause)) return undefined;
  return make(
    "p.silenced",
    {},
    word("popup_silenced"),
    " ",
    button("mini", "unsilence", word("popup_unsilence"), async () => {
      await silence(fault.cause, false, privately);
      ask();
    }),
  );
}

/** @param {AccessMedic.Case | null} found @param {View} view @returns {AccessMedic.Child[]} */
export function caseParts(found, view) {
  const fault = found?.report.diagnosis;
  const scene = found && sceneOf(found, view);
  const cleaning = scene ? tools(scene, "mini wide") : [];
  const title = cleaning.length > 0 && word("popup_tools_title");
  const checking = scene ? checks(scene, "mini wide") : [];
  const checkup = checking.length > 0 && fold("checks", [word("popup_checks_title")], ...checking);
  const clearing = title && fold("tools", [title], ...cleaning);
  const first = !drawn;
  drawn = true;
  // The checks are unfolded for a reader who asked for them, by a step too; then they stay as the reader leaves them.
  const wants = found?.busy === "run_checks" || (first && (found?.checks || unfolded === "checks"));
  if (checkup && wants) checkup.setAttribute("open", "");
  if (clearing && first && unfolded === "tools") clearing.setAttribute("open", "");
  const tells = first && unfolded === "symptoms";
  const unseen = permitted && found?.unseen && notLookedAt(found.unseen, view);
  const parts =
    scene && fault
      ? [
          unseen,
          verdict(scene),
          ...diagnosis(scene, true),
          choices(scene.case, view),
          checklist(scene, true),
          ending(scene.case, view),
          reasons(scene),
          support(scene.case, view.checks),
          checkup,
          clearing,
          symptoms(view, tells),
        ]
      : [
          // Nothing is known of a page that may not be looked at, not even whose page it is.
          permitted ? unseen || calm(found) : undefined,
          symptoms(view, tells || (first && permitted && !found)),
          checkup,
          clearing,
        ];
  return [permitted ? undefined : plea(view), recent(view), elsewhere(found), ...parts];
}

/** Returns what a screen reader is told, now that the case is drawn. @param {AccessMedic.Case | null} found */
export const announced = (found) => announce(found, notice?.text ?? said());
