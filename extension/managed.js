// This module reads what an organisation has set for its computers, which the browser hands over in storage.managed, and checks
// each value by the rules of docs/fleets.md. A value that breaks its rule does not count, and its key is told to the settings page;
// nothing stops because of it. No other code reads storage.managed; background and views both use this module.

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

/** These remedies may be withheld. The checks have a key of their own; the administrator is always there to be asked. */
const WITHHOLDABLE = [
  "clear_check_cookies",
  "clear_login_cookies",
  "clear_site_data",
  "clear_sites",
  "private_window",
  "other_browser",
  "other_network",
  "leave_vpn",
  "disable_extensions",
  "turn_off_inspection",
  "reset_password",
  "use_other_email",
  "use_own_mobile",
  "contact_support",
];
/** This remedy is withheld where no checks are allowed. */
const CHECKS = "run_checks";

/** The number of characters that the values of a contact may have. */
const TEXT = 300;
const ADDRESS = 300;
const TELEPHONE = 40;

/**
 * This says whom to ask, in the place of "your administrator".
 * @typedef {AccessMedic.Contact} Contact
 */
/** @typedef {import("./settings.js").Settings} Settings */
/**
 * `settings` holds the settings that a person cannot change; with `locked`, that is all of them. `withheld` lists the remedies
 * that are not offered. `checks` tells whether a host may be asked for anything. `ignored` names the values that do not count.
 * @typedef {object} Managed
 * @property {Partial<Pick<Settings, "overlay" | "language" | "theme">>} settings
 * @property {string[]} withheld
 * @property {boolean} checks
 * @property {boolean} locked
 * @property {Contact} contact
 * @property {string[]} ignored
 */

/** @param {string[]} words */
const oneOf = (words) => (/** @type {unknown} */ value) =>
  typeof value === "string" && words.includes(value) ? value : undefined;

/** Takes yes or no. Firefox hands over 1 and 0 where a registry of Windows holds the value. @param {unknown} value */
function yesOrNo(value) {
  if (value === true || value === 1) return true;
  return value === false || value === 0 ? false : undefined;
}

/** Takes a text of one paragraph, without signs that cannot be drawn. @param {unknown} value */
function text(value) {
  if (typeof value !== "string") return;
  const line = value.replace(/\s+/g, " ").trim();
  return line !== "" && line.length <= TEXT && !/\p{Cc}/u.test(line) ? line : undefined;
}

/** Takes an address of the web or of e-mail. @param {unknown} value */
function address(value) {
  if (typeof value !== "string" || value.length > ADDRESS || !URL.canParse(value)) return;
  const { protocol, href, hostname, username, password, pathname } = new URL(value);
  if (protocol === "mailto:") return pathname.includes("@") ? href : undefined;
  const isPlain = protocol === "https:" && hostname !== "" && username === "" && password === "";
  return isPlain ? href : undefined;
}

/** Takes a telephone number as people write it. @param {unknown} value */
function telephone(value) {
  const isNumber =
    typeof value === "string" &&
    value.length <= TELEPHONE &&
    /^\+?[\d ()./-]+$/.test(value) &&
    /\d.*\d.*\d/.test(value);
  return isNumber ? value.trim() : undefined;
}

/** @param {unknown} value */
const list = (value) => (Array.isArray(value) ? value : undefined);

/**
 * This map holds the rule of each key: a function that returns the value as it counts, or undefined.
 * @type {Record<string, (value: unknown) => any>}
 */
const RULES = {
  overlay: oneOf(["all", "pages", "never"]),
  remedies_not_offered: list,
  checks: yesOrNo,
  contact_text: text,
  contact_address: address,
  contact_telephone: telephone,
  language: oneOf(LANGUAGES),
  theme: oneOf(["light", "dark"]),
  settings_locked: yesOrNo,
};

/** Checks the values that an organisation has set. @param {Record<string, unknown>} values @returns {Managed} */
export function checked(values) {
  const taken = Object.entries(values).map(([key, value]) => {
    const rule = Object.hasOwn(RULES, key) ? RULES[key] : undefined;
    return { key, value: rule?.(value) };
  });
  const counts = Object.fromEntries(taken.map(({ key, value }) => [key, value]));
  const ignored = taken.filter(({ value }) => value === undefined).map(({ key }) => key);
  /** @type {unknown[]} */
  const asked = counts.remedies_not_offered ?? [];
  const withheld = WITHHOLDABLE.filter((remedy) => asked.includes(remedy));
  const unknown = asked.filter((remedy) => !WITHHOLDABLE.includes(/** @type {any} */ (remedy)));
  const { overlay, language, theme } = counts;
  const { contact_text, contact_address, contact_telephone, checks = true } = counts;
  return {
    settings: given({ overlay, language, theme }),
    withheld: checks ? withheld : [...withheld, CHECKS],
    checks,
    locked: counts.settings_locked ?? false,
    contact: given({
      text: contact_text,
      address: contact_address,
      telephone: contact_telephone,
    }),
    ignored: [...ignored, ...unknown.map((remedy) => `remedies_not_offered: ${remedy}`)],
  };
}

/** Returns an object without the fields that have no value. @param {Record<string, any>} fields */
const given = (fields) =>
  Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));

/** @type {Promise<Managed> | undefined} */
let reading;

/** Returns what the organisation has set, which is read once. Where there is no organisation, nothing is set. */
export function managed() {
  // Firefox rejects where nothing is set.
  reading ??= chrome.storage.managed.get().then(checked, () => checked({}));
  return reading;
}

/**
 * Reads the values anew when the organisation changes them, and then calls back. Firefox takes changes only at its next start.
 * @param {() => unknown} changed
 */
export function watchManaged(changed) {
  chrome.storage.managed.onChanged?.addListener(() => {
    reading = undefined;
    changed();
  });
}
