// This module draws the toolbar badge, which is all that can be shown where no overlay may be. The badge says that there is a
// diagnosis; the popup says which one.

import { watchTabs } from "./updates.js";

const WRONG = "#b3261e";
const RIGHT = "#1a7f37";
/** The number of milliseconds after which the browser's own error page is there. */
const SETTLED = 3000;

/** This map holds, for each tab whose badge is painted again, the function that ends that. @type {Map<number, () => void>} */
const repeating = new Map();

/** This is what each kind of badge shows, with the key of its title. */
const LOOKS = {
  wrong: { text: "!", color: WRONG, key: "badge_title" },
  right: { text: "✓", color: RIGHT, key: "badge_title_resolved" },
  unseen: { text: "", color: RIGHT, key: "badge_title_unseen" },
  plain: { text: "", color: RIGHT, key: "badge_title_healthy" },
};

/**
 * @param {number} tabId
 * @param {import("../core/access_medic.js").Badge} badge
 * @param {boolean} settles the browser is about to put its own error page there, which takes a badge away
 */
export async function paint(tabId, badge, settles) {
  const { text, color, key } = LOOKS[badge.kind];
  const cause = badge.kind === "wrong" ? chrome.i18n.getMessage(`cause_${badge.cause}_title`) : "";
  const title = chrome.i18n.getMessage(key, [cause]);
  const apply = async () => {
    try {
      await chrome.action.setTitle({ tabId, title });
      await chrome.action.setBadgeBackgroundColor({ tabId, color });
      await chrome.action.setBadgeText({ tabId, text });
    } catch {} // the tab is gone, or the toolbar knows no badges
  };
  repeating.get(tabId)?.();
  if (settles) repeat(tabId, apply);
  await apply();
}

/**
 * Paints the badge again whenever the status of the tab changes, which happens twice in Firefox.
 * @param {number} tabId
 * @param {() => void} apply
 */
function repeat(tabId, apply) {
  const unwatch = watchTabs((id, { status }) => {
    if (id === tabId && status) apply();
  });
  const end = () => {
    clearTimeout(timer);
    repeating.delete(tabId);
    unwatch();
  };
  const timer = setTimeout(end, SETTLED);
  repeating.set(tabId, end);
}
