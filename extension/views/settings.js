// This module draws the settings: what is shown on pages, in which language and colours, and what is kept. Each choice counts at once.
// A value that an organisation has set is shown as that, and cannot be changed.
import { LANGUAGES, managed } from "../managed.js";
import { choose, erase, settings, silence } from "../settings.js";

const { word, make, button, brief } = globalThis.accessMedicReport;

/** Returns the name of a language in that language. @param {string} language */
function nameOf(language) {
  const tag = language.replace("_", "-").replace("-CN", "-Hans").replace("-TW", "-Hant");
  return new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
}

/** The number of values that are named as ignored. */
const NAMED = 20;

/**
 * Draws a list in which the reader makes one choice of several.
 * @param {string} key
 * @param {string} title
 * @param {[value: string, name: string][]} choices
 * @param {string} current
 * @param {"" | "set" | "locked"} rule of the organisation; then there is no choice
 * @param {(value: string) => unknown} act
 */
function choice(key, title, choices, current, rule, act) {
  const id = `settings-${key}`;
  const noted = rule === "set" && `${id}-note`;
  const select = make(
    "select",
    { id, "data-key": id, disabled: rule !== "" && "", "aria-describedby": noted },
    ...choices.map(([value, name]) =>
      make("option", { value, selected: value === current && "" }, name),
    ),
  );
  select.addEventListener("change", (event) => {
    if (event.isTrusted) act(/** @type {any} */ (select).value);
  });
  return make(
    "p.choice",
    {},
    make("label", { for: id }, title),
    select,
    noted && make("span.note", { id: noted }, word("settings_managed")),
  );
}

/** Draws what the organisation does not offer. @param {string[]} withheld */
const notOffered = (withheld) =>
  withheld.length === 0
    ? []
    : [
        make("h2", {}, word("settings_withheld")),
        make(
          "ul.kinds",
          {},
          ...withheld.map((remedy) =>
            make("li", { "data-remedy": remedy }, word(`remedy_${remedy}_title`)),
          ),
        ),
      ];

/** Names the values of the organisation that do not count. @param {string[]} ignored */
const notCounted = (ignored) =>
  ignored.length === 0
    ? []
    : [
        make("h2", {}, word("settings_ignored")),
        make("p.what", {}, word("settings_ignored_what")),
        make(
          "ul.kinds",
          { id: "ignored" },
          ...ignored
            .slice(0, NAMED)
            .map((name) => make("li", {}, make("code", { dir: "ltr" }, brief(name)))),
        ),
      ];

/**
 * Draws the kinds of faults that the reader does not want to see on pages.
 * @param {string[]} silenced
 * @param {() => unknown} changed
 * @param {boolean} privately
 */
const silencedParts = (silenced, changed, privately) => [
  make("h2", {}, word("settings_silenced")),
  silenced.length === 0
    ? make("p.what", {}, word("settings_silenced_none"))
    : make(
        "ul.kinds",
        {},
        ...silenced.map((cause) =>
          make(
            "li",
            {},
            make("span", {}, word(`cause_${cause}_title`)),
            button("mini", `lift-${cause}`, word("popup_unsilence"), async () => {
              await silence(cause, false, privately);
              changed();
            }),
          ),
        ),
      ),
];

let erased = false;

/** @param {() => unknown} changed @param {boolean} privately @returns {Promise<AccessMedic.Child[]>} */
export async function settingsParts(changed, privately) {
  const { overlay, silenced, language, theme } = await settings(privately);
  const { settings: set, locked, withheld, ignored } = await managed();
  /** @param {keyof typeof set} key */
  const rule = (key) => (key in set ? "set" : locked ? "locked" : "");
  /** @param {Partial<import("../settings.js").Settings>} some */
  const take = async (some) => {
    erased = false;
    await choose(some);
    changed();
  };
  const shown = /** @type {const} */ (["all", "pages", "never"]);
  const themes = /** @type {const} */ (["light", "dark"]);
  return [
    locked && make("p.what locked", {}, word("settings_locked")),
    choice(
      "overlay",
      word("settings_overlay"),
      shown.map((one) => [one, word(`settings_overlay_${one}`)]),
      overlay,
      rule("overlay"),
      (value) => take({ overlay: /** @type {typeof overlay} */ (value) }),
    ),
    choice(
      "language",
      word("settings_language"),
      [["", word("settings_auto_language")], ...LANGUAGES.map((one) => [one, nameOf(one)])].map(
        ([value, name]) => [value, name],
      ),
      language,
      rule("language"),
      (value) => take({ language: value }),
    ),
    choice(
      "theme",
      word("settings_theme"),
      [
        ["", word("settings_auto_theme")],
        ...themes.map(
          (one) => /** @type {[string, string]} */ ([one, word(`settings_theme_${one}`)]),
        ),
      ],
      theme,
      rule("theme"),
      (value) => take({ theme: /** @type {typeof theme} */ (value) }),
    ),
    ...(locked ? [] : silencedParts(silenced, changed, privately)),
    ...notOffered(withheld),
    ...notCounted(ignored),
    make("h2", {}, word("settings_data")),
    make("p.what", {}, word("settings_data_what")),
    button("mini apart", "erase", word("settings_erase"), async () => {
      await erase();
      erased = true;
      changed();
    }),
    make("p.note", { role: "status" }, erased && word("settings_erased")),
  ];
}
