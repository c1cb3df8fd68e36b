// This module draws the guides: checklists on what people ask about most, to which no page and no cause belongs. Steps are ticked
// by hand. Addresses are OpenAI's own; what they say was checked in 2026-10 and 2026-11.
import { changeProgress, progress } from "../settings.js";
import { countries } from "./countries.js";

const { word, make, icon, button } = globalThis.accessMedicReport;

const HELP = "https://help.openai.com/en/articles/";
const KEYS = "https://platform.openai.com/api-keys";
const PHONE = `${HELP}6613520-phone-verification-faq`;
const PASSWORD = `${HELP}4936828-resetting-or-changing-your-chatgpt-password`;
const TWO_STEP = `${HELP}7967234-managing-multi-factor-authentication-mfa`;
const SUSPICIOUS = `${HELP}10471992-why-am-i-receiving-a-suspicious-activity-alert`;
const LIST = `${HELP}7947663-chatgpt-supported-countries`;
const SUPPORT = `${HELP}6614161-how-can-i-contact-support`;

/**
 * This map holds the steps of each guide, each with the page where OpenAI says or does it. The guide on countries has a list instead.
 * @type {Record<string, Record<string, string>>}
 */
export const GUIDES = {
  api_key: {
    place: `${HELP}5347006-openai-api-supported-countries-and-territories`,
    sign_up: "https://platform.openai.com/",
    phone: PHONE,
    billing: "https://platform.openai.com/",
    create: KEYS,
    secret: "",
  },
  account_closed: {
    email: `${HELP}8958977-troubleshooting-deleted-or-deactivated-account-errors`,
    reason: `${HELP}10562188-why-was-my-openai-account-deactivated`,
    appeal: "https://openai.com/form/appeal/",
    patience: "",
  },
  password: {
    method: `${HELP}7426629-why-cant-i-log-in-to-chatgpt`,
    reset: PASSWORD,
    everywhere: PASSWORD,
    switch: `${HELP}4936824-can-i-change-how-i-log-into-my-account-authentication-method`,
  },
  key_leaked: {
    revoke: KEYS,
    renew: KEYS,
    usage: "https://platform.openai.com/",
    account: SUSPICIOUS,
    report: SUPPORT,
  },
  two_step: { turn_on: TWO_STEP, spare: TWO_STEP, lost: SUPPORT },
  phone: {
    when: PHONE,
    mobile: PHONE,
    whatsapp: `${HELP}8983038-which-countries-do-you-support-for-whatsapp-phone-verification`,
    missing: "",
  },
  habits: {
    network: `${HELP}9247338-network-recommendations-for-chatgpt-errors-on-web-and-apps`,
    sign_ins: "",
    sharing: SUSPICIOUS,
    extensions: "",
    devices: TWO_STEP,
  },
  countries: {},
};

/**
 * Draws the list of the guides, with how far each is.
 * @param {(to: string) => unknown} go
 * @param {boolean} privately
 * @returns {Promise<AccessMedic.Child[]>}
 */
export async function guides(go, privately) {
  const kept = await progress(privately);
  const rows = Object.entries(GUIDES).map(([id, steps]) => {
    const [total, done] = [Object.keys(steps).length, kept[id]?.length ?? 0];
    const how = done > 0 && make("span.note", {}, word("guides_progress", done, total));
    const row = button("row-link", `guide-${id}`, word(`guide_${id}_title`), () => go(id));
    row.append(...[how, icon("turn")].filter((part) => part !== false));
    return make("li", {}, row);
  });
  return [make("p.what", {}, word("guides_what")), make("ul.list", {}, ...rows)];
}

/** @param {string} id @param {() => unknown} changed @param {boolean} privately @returns {Promise<AccessMedic.Child[]>} */
export async function guide(id, changed, privately) {
  const steps = Object.entries(GUIDES[id]);
  if (steps.length === 0) return countries(LIST);
  const { [id]: ticked = [] } = await progress(privately);
  /** @param {(ticked: string[]) => string[]} edit */
  const edit = async (edit) => {
    await changeProgress(id, edit, privately);
    changed();
  };
  const total = steps.length;
  const next = steps.find(([step]) => !ticked.includes(step))?.[0];
  const items = steps.map(([step, address], index) => {
    const done = ticked.includes(step);
    const name = `${id}_${step}`;
    const title = word(`step_${name}`);
    const dot = button("dot", `tick-${step}`, done ? icon("check") : `${index + 1}`, () =>
      edit((now) => {
        const others = now.filter((one) => one !== step);
        return done ? others : [...others, step];
      }),
    );
    dot.setAttribute("role", "checkbox");
    dot.setAttribute("aria-checked", `${done}`);
    dot.setAttribute("aria-label", word("popup_tick", title));
    return make(
      step === next ? "li.now" : "li",
      {
        "data-step": step,
        "data-state": done ? "done" : step === next ? "next" : "open",
        "aria-current": step === next && "step",
      },
      dot,
      make(
        "div",
        {},
        make("h2", {}, title),
        make("p", {}, word(`step_${name}_detail`)),
        address !== "" &&
          make(
            "a.source",
            { href: address, target: "_blank", rel: "noopener", "data-key": `read-${step}` },
            new URL(address).hostname,
            icon("out"),
          ),
      ),
    );
  });
  const count = word("popup_progress", ticked.length, total);
  const bar = {
    role: "progressbar",
    "aria-label": count,
    "aria-valuenow": `${ticked.length}`,
    "aria-valuemax": `${total}`,
  };
  return [
    make("p.row", {}, count),
    make(
      "div.bar",
      bar,
      ...steps.map(([step]) =>
        make("i", { "data-state": ticked.includes(step) ? "done" : "open" }),
      ),
    ),
    make("ol.steps guide", {}, ...items),
    ticked.length > 0 && button("quiet", "restart", word("popup_restart"), () => edit(() => [])),
  ];
}
