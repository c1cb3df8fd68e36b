// The toolbar badge, all that can be shown where no overlay may be. It says that there is a diagnosis; the popup, which.

const WRONG = "#b3261e";
const RIGHT = "#1a7f37";
/** The browser's own error page is there by then. */
const SETTLED = 3000;

/** What paints again, by tab. @type {Map<number, () => void>} */
const repeating = new Map();

/**
 * @param {number} tabId
 * @param {AccessMedic.Report | undefined} report
 * @param {boolean} early the browser is about to put its own error page there, which takes a badge away
 * @param {boolean} unseen the page could not be examined, so nothing may be claimed of it
 */
export async function paint(tabId, report, early, unseen) {
  const { diagnosis, judgement } = unseen ? {} : (report ?? {});
  const text = diagnosis ? "!" : judgement ? "✓" : "";
  const key = unseen
    ? "badge_title_unseen"
    : diagnosis
      ? "badge_title"
      : judgement
        ? "badge_title_resolved"
        : "badge_title_healthy";
  const title = chrome.i18n.getMessage(key, [
    diagnosis ? chrome.i18n.getMessage(`cause_${diagnosis.cause}_title`) : "",
  ]);
  const apply = async () => {
    try {
      await chrome.action.setTitle({ tabId, title });
      await chrome.action.setBadgeBackgroundColor({ tabId, color: diagnosis ? WRONG : RIGHT });
      await chrome.action.setBadgeText({ tabId, text });
    } catch {} // the tab is gone, or the toolbar knows no badges
  };
  repeating.get(tabId)?.();
  if (early) repeat(tabId, apply);
  await apply();
}

/**
 * Paints again whenever the tab moves on, which Firefox does twice. Only for a moment: a lasting listener to all tabs
 * would never let the worker sleep.
 * @param {number} tabId
 * @param {() => void} apply
 */
function repeat(tabId, apply) {
  /** @param {number} id @param {{ status?: string }} change */
  const updated = (id, change) => {
    if (id === tabId && change.status) apply();
  };
  const end = () => {
    clearTimeout(timer);
    repeating.delete(tabId);
    chrome.tabs.onUpdated.removeListener(updated);
  };
  const timer = setTimeout(end, SETTLED);
  repeating.set(tabId, end);
  chrome.tabs.onUpdated.addListener(updated);
}
