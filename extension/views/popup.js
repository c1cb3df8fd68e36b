// The toolbar's window: asks for the case of a tab (`?tab=ID`, else the active one), draws it with all its steps, and asks
// again whenever the casebook changes. It decides nothing.
import { browserOf, reportOf, tongueOf } from "./support.js";

const {
  word,
  make,
  icon,
  send,
  place,
  fold,
  told,
  judged,
  verdict,
  diagnosis,
  checklist,
  reasons,
  button,
  found: said,
  checks,
  tools,
} = globalThis.accessMedicReport;

document.documentElement.lang = word("language");
document.documentElement.dir = word("@@bidi_dir");
document.title = word("popup_title");
/** @type {HTMLCollectionOf<any>} */
const [status, main] = document.body.children;

const tab =
  Number(new URLSearchParams(location.search).get("tab")) ||
  (await chrome.tabs.query({ active: true, currentWindow: true }))[0].id;

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

/** When no fault is known. @param {AccessMedic.Case | null} found */
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

/** English, for support, and the reader's language beneath it, when that is another. */
const tongues = (async () => {
  const file = await fetch(chrome.runtime.getURL("_locales/en/messages.json"));
  const english = tongueOf(await file.json());
  const own = { word, language: word("language") };
  return own.language === english.language ? [english] : [english, own];
})();

/** What the reader chose for the report; the address is asked for when it is wanted, and kept nowhere else. */
const choice = { markdown: true, address: "" };

/** The address that OpenAI's host sees. */
async function ownAddress() {
  const init = /** @type {const} */ ({ credentials: "omit", cache: "no-store" });
  const answer = await fetch("https://chatgpt.com/cdn-cgi/trace", init);
  return /^ip=([\da-f.:]{3,45})$/m.exec(await answer.text())?.[1] ?? "";
}

/** The report for support: to read, and to copy. @param {AccessMedic.Case} entry */
function support(entry) {
  const preview = make("textarea.report", {
    readonly: "",
    rows: "12",
    dir: "auto",
    "data-key": "report",
    "aria-label": word("support_preview"),
  });
  const notice = make("p.note", { role: "status" });
  const write = async () => {
    const { version } = chrome.runtime.getManifest();
    const program = { version, browser: browserOf(navigator.userAgent), address: choice.address };
    /** @type {any} */ (preview).value = reportOf(
      entry,
      await tongues,
      program,
      said,
      choice.markdown,
    );
  };
  const forms = [true, false].map((markdown) => {
    const key = markdown ? "support_markdown" : "support_plain";
    const radio = make("input.unseen", {
      type: "radio",
      name: "form",
      checked: markdown === choice.markdown && "",
      "data-key": key,
    });
    radio.addEventListener("change", () => {
      choice.markdown = markdown;
      write();
    });
    return make("label", {}, radio, word(key));
  });
  const tick = make("input", {
    type: "checkbox",
    checked: choice.address !== "" && "",
    "data-key": "support_add_ip",
  });
  tick.addEventListener("change", async (event) => {
    if (!event.isTrusted) return;
    const { checked } = /** @type {any} */ (tick);
    choice.address = checked ? await ownAddress().catch(() => "") : "";
    notice.textContent = checked && !choice.address ? word("support_no_ip") : "";
    write();
  });
  const copy = button("mini wide", "copy", word("popup_copy"), async (node) => {
    await navigator.clipboard.writeText(/** @type {any} */ (preview).value);
    node.textContent = word("popup_copied");
  });
  write();
  return fold(
    "facts",
    [word("popup_facts")],
    make("p.what", {}, word("support_what")),
    make("fieldset.seg", { "aria-label": word("support_preview") }, ...forms),
    preview,
    make("label.tick", {}, tick, word("support_add_ip")),
    notice,
    copy,
  );
}

const SITES = { origins: chrome.runtime.getManifest().host_permissions };
/** People can take the sites away from an extension, and a browser can give them only at a click. */
let permitted = await chrome.permissions.contains(SITES);

async function permit() {
  permitted = await chrome.permissions.request(SITES).catch(() => false);
  return permitted;
}

/** Without the sites there is nothing to be seen or done. */
const plea = () =>
  make(
    "section.leave",
    {},
    make("b", {}, word("permit_title")),
    make("p", {}, word("permit_what")),
    // A page that was loaded meanwhile was not looked at.
    button("go", "permit", word("permit_button"), async () => {
      if (await permit()) await chrome.tabs.reload(tab);
      ask(true);
    }),
  );

/** Kept over a drawing: the casebook changes right after a refusal. @type {AccessMedic.Scene["notice"]} */
let notice;

let drawn = false;

/** @param {AccessMedic.Case | null} found */
function draw(found) {
  /** @type {AccessMedic.Scene["apply"]} */
  const apply = async (remedy, link) => {
    // Asked in the click itself, or the browser would not ask.
    if (!permitted && !link) await permit();
    const sent = send({ kind: "apply", remedy, tab });
    notice = undefined;
    if (!link) draw(found && { ...found, busy: remedy });
    const reply = await sent;
    // Taken away meanwhile: from now on they are asked for.
    permitted &&= reply?.outcome.reason !== "no_permission";
    notice = { remedy, text: told(reply?.outcome ?? { kind: "failed" }) };
    draw(reply?.case ?? found);
  };
  const fault = found?.report.diagnosis;
  const stop = () => send({ kind: "stop", tab });
  const undo = async () => {
    const reply = await send({ kind: "undo", tab });
    notice = { remedy: found?.undo ?? "", text: told(reply?.outcome ?? { kind: "failed" }) };
    draw(reply?.case ?? found);
  };
  const due = () => send({ kind: "due", tab });
  /** @param {boolean} again */
  const wish = (again) => send({ kind: "wish", again, tab });
  const scene = found && { case: found, notice, apply, undo, stop, due, wish };
  const cleaning = scene ? tools(scene, fault ? "mini wide" : "go") : [];
  const title = cleaning.length > 0 && word("popup_tools_title");
  const checking = scene ? checks(scene, "mini wide") : [];
  const checkup = checking.length > 0 && fold("checks", [word("popup_checks_title")], ...checking);
  // Whoever asked for it, by a step too, sees it; then it stays as the reader leaves it.
  if (checkup && found && (found.busy === "run_checks" || (found.checks && !drawn)))
    checkup.setAttribute("open", "");
  drawn = true;
  const parts =
    scene && fault
      ? [
          verdict(scene),
          ...diagnosis(scene, true),
          checklist(scene, true),
          reasons(scene),
          support(scene.case),
          checkup,
          title && fold("tools", [title], ...cleaning),
        ]
      : [
          // Of a page that may not be looked at nothing is known, not even whose it is.
          permitted ? calm(found) : undefined,
          title && make("h2", {}, title),
          ...cleaning,
          checkup,
        ];
  const name = found ? new URL(found.url).hostname : word("popup_title");
  const when = found && make("span", {}, checked(found.at));
  place(
    main,
    make("header.head", {}, icon("mark"), make("h1", {}, name), when),
    make("div.body", {}, permitted ? undefined : plea(), ...parts),
  );
  status.textContent = notice?.text ?? "";
}

/** @param {boolean} [look] at a page of others, too */
const ask = async (look) => draw((await send({ kind: "ask", tab, look }))?.case ?? null);

chrome.storage.session.onChanged.addListener((changes) => {
  if (`case:${tab}` in changes) ask();
});
await ask(true);
