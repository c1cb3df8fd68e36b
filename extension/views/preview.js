// This module draws the report for support as a section of the popup, where the reader can read it, choose its form and copy it.
import { browserOf, reportOf } from "./support.js";
import { askTrace } from "./trace.js";

const { word, make, fold, button, tongueOf, found: said } = globalThis.accessMedicReport;

const english = (async () => {
  const file = await fetch(chrome.runtime.getURL("_locales/en/messages.json"));
  return tongueOf(await file.json());
})();

/** Returns English, for support, and the reader's language beneath it, when that is another. */
async function tongues() {
  const first = await english;
  const own = { word, language: word("language") };
  return own.language === first.language ? [first] : [first, own];
}

/** This is what the reader chose for the report. The address is asked for when it is wanted, and kept nowhere else. */
const choice = { markdown: true, address: "" };

/** @param {AccessMedic.Case} entry @param {boolean} asks whether a host may be asked for the address */
export function support(entry, asks) {
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
      await tongues(),
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
  let asking = 0;
  tick.addEventListener("change", async (event) => {
    if (!event.isTrusted) return;
    const wanted = () => /** @type {HTMLInputElement} */ (tick).checked;
    const asked = ++asking;
    choice.address = "";
    notice.textContent = "";
    write();
    if (!wanted()) return;
    const { address } = await askTrace().catch(() => ({ address: "" }));
    // The reader took the wish back meanwhile, or asked anew.
    if (!wanted() || asked !== asking) return;
    choice.address = address;
    notice.textContent = address ? "" : word("support_no_ip");
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
    asks && make("label.tick", {}, tick, word("support_add_ip")),
    notice,
    copy,
  );
}
