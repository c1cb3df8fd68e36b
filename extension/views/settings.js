// This module draws the settings: what is shown on pages, in which language and colours, and what is kept. Each choice counts at once.
import { choose, erase, settings, silence } from "../settings.js";

const { word, make, button } = globalThis.accessMedicReport;

/** These are the folders of `_locales`. */
export const LANGUAGES = [
  "ar",
  "de",
  "en",
  "es",
  "fr",
  "hi",
  "id",
  "it",
  "ja",
  "ko",
  "pt_BR",
  "ru",
  "tr",
  "vi",
  "zh_CN",
  "zh_TW",
];

/** Returns the name of a language in that language. @param {string} language */
function nameOf(language) {
  const tag = language.replace("_", "-").replace("-CN", "-Hans").replace("-TW", "-Hant");
  return new Intl.DisplayNames(tag, { type: "language" }).of(tag) ?? tag;
}

/**
 * Draws a list in which the reader makes one choice of several.
 * @param {string} key
 * @param {string} title
 * @param {[value: string, name: string][]} choices
 * @param {string} current
 * @param {(value: string) => unknown} act
 */
function choice(key, title, choices, current, act) {
  const id = `settings-${key}`;
  const select = make(
    "select",
    { id, "data-key": id },
    ...choices.map(([value, name]) =>
      make("option", { value, selected: value === current && "" }, name),
    ),
  );
  select.addEventListener("change", (event) => {
    if (event.isTrusted) act(/** @type {any} */ (select).value);
  });
  return make("p.choice", {}, make("label", { for: id }, title), select);
}

let erased = false;

/** @param {() => unknown} changed @param {boolean} privately @returns {Promise<AccessMedic.Child[]>} */
export async function settingsParts(changed, privately) {
  const { overlay, silenced, language, theme } = await settings(privately);
  /** @param {Partial<import("../settings.js").Settings>} some */
  const take = async (some) => {
    erased = false;
    await choose(some);
    changed();
  };
  const shown = /** @type {const} */ (["all", "pages", "never"]);
  const themes = /** @type {const} */ (["light", "dark"]);
  return [
    choice(
      "overlay",
      word("settings_overlay"),
      shown.map((one) => [one, word(`settings_overlay_${one}`)]),
      overlay,
      (value) => take({ overlay: /** @type {typeof overlay} */ (value) }),
    ),
    choice(
      "language",
      word("settings_language"),
      [["", word("settings_auto_language")], ...LANGUAGES.map((one) => [one, nameOf(one)])].map(
        ([value, name]) => [value, name],
      ),
      language,
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
      (value) => take({ theme: /** @type {typeof theme} */ (value) }),
    ),
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
