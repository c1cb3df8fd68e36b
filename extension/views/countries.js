// This module draws OpenAI's lists of countries. The reader can search them by name, in the reader's language, and can ask to
// have the connection's own place marked. What the lists leave open is "not known".

import { managed } from "../managed.js";
import { askTrace } from "./trace.js";

const { word, make, icon, button } = globalThis.accessMedicReport;

/** @typedef {{ code: string; name: string; chatgpt: string; api: string; checked: string }} Place */

/** @returns {Promise<Place[]>} */
async function places() {
  const file = await fetch(chrome.runtime.getURL("core/countries.csv"));
  const [, ...lines] = (await file.text()).trim().split("\n");
  const names = new Intl.DisplayNames(word("language"), { type: "region" });
  const { compare } = new Intl.Collator(word("language"));
  return lines
    .map((line) => {
      const [code, chatgpt, api, checked] = line.split(",");
      return { code, name: names.of(code) ?? code, chatgpt, api, checked };
    })
    .sort((one, other) => compare(one.name, other.name));
}

/** @param {Place} place */
function said({ chatgpt, api }) {
  if (chatgpt === "yes" && api === "yes") return word("countries_both");
  if (chatgpt === "yes") return word("countries_chatgpt");
  if (api === "yes") return word("countries_api");
  return word(chatgpt === "no" && api === "no" ? "countries_none" : "countries_open");
}

/** This map holds letters that are not another letter with a mark. @type {Record<string, string>} */
const LETTERS = { đ: "d", ı: "i", ø: "o", ł: "l" };

/** Returns a text without case and marks, as people type it. @param {string} text */
const plain = (text) =>
  text
    .normalize("NFD")
    .replace(/[\u0300-\u036f]/g, "")
    .toLowerCase()
    .replace(/[đıøł]/g, (letter) => LETTERS[letter]);

/** @param {string} address of the list @returns {Promise<AccessMedic.Child[]>} */
export async function countries(address) {
  const [all, { checks }] = await Promise.all([places(), managed()]);
  const listed = all.filter(({ chatgpt, api }) => chatgpt === "yes" || api === "yes");
  const day =
    all
      .map(({ checked }) => checked)
      .sort()
      .at(-1) ?? "";
  const date = new Intl.DateTimeFormat(word("language"), { dateStyle: "medium", timeZone: "UTC" });
  let own = "";
  const list = make("ul.list", {});
  const notice = make("p.note", { role: "status" });
  /** @type {any} */
  const field = make("input.search", {
    type: "search",
    "data-key": "search",
    placeholder: word("countries_search"),
    "aria-label": word("countries_search"),
  });
  const show = () => {
    const wanted = plain(field.value.trim());
    const fits = all.filter(
      ({ name, code }) => plain(name).includes(wanted) || plain(code) === wanted,
    );
    const first = fits.filter(({ code }) => code === own);
    const rows = [...first, ...fits.filter((place) => !first.includes(place))].map((place) => {
      const yes = listed.includes(place);
      return make(
        "li",
        { "data-code": place.code, "data-state": yes ? "good" : "open" },
        icon(yes ? "check" : "open"),
        make(
          "span",
          {},
          make("b", {}, place.name),
          place.code === own && make("span.sure", {}, ` ${word("countries_here")}`),
          make("span.note", {}, said(place)),
        ),
      );
    });
    list.replaceChildren(...rows);
    notice.textContent = wanted && word("guides_progress", fits.length, all.length);
  };
  field.addEventListener("input", show);
  show();
  return [
    make("p.what", {}, word("countries_what", date.format(new Date(day)), listed.length)),
    field,
    checks &&
      button("mini", "own", word("countries_ask"), async () => {
        const { country } = await askTrace().catch(() => ({ country: "" }));
        own = country;
        show();
        if (!own) notice.textContent = word("countries_silent");
      }),
    notice,
    make(
      "div.places",
      { tabindex: "0", role: "region", "aria-label": word("guide_countries_title") },
      list,
    ),
    make(
      "a.source",
      { href: address, target: "_blank", rel: "noopener", "data-key": "read-list" },
      word("popup_read"),
      icon("out"),
    ),
  ];
}
