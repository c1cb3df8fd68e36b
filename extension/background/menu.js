// This module gives the toolbar button a menu of its own. A choice there opens the popup, which takes the order and carries it out as
// it does at a click, so that the person sees what happens. An order is given by the browser's menu alone, and it is taken once.

/** This is what the menu offers: the id of each item with the key of its words. An item is a step, or `tell`. */
const ITEMS = [
  { id: "clear_check_cookies", key: "menu_clear_check_cookies" },
  { id: "clear_login_cookies", key: "menu_clear_login_cookies" },
  { id: "run_checks", key: "menu_run_checks" },
  { id: "tell", key: "menu_tell" },
];
const TELL = "tell";
const POPUP = "views/popup.html";
/** The number of milliseconds for which an order waits for the popup. */
const PATIENCE = 10_000;

/** @type {{ tab: number; remedy: string; until: number } | undefined} */
let order;

/** Makes the menu. The browser keeps it from then on. */
export function makeMenu() {
  chrome.contextMenus.removeAll(() => {
    for (const { id, key } of ITEMS)
      chrome.contextMenus.create({ id, title: chrome.i18n.getMessage(key), contexts: ["action"] });
  });
}

/**
 * @param {chrome.contextMenus.OnClickData} click
 * @param {chrome.tabs.Tab} [tab] in which the menu was opened
 */
export async function onMenu({ menuItemId }, tab) {
  if (tab?.id === undefined || tab.id < 0) return;
  const { id: tabId } = tab;
  const tells = menuItemId === TELL;
  const until = performance.now() + PATIENCE;
  order = tells ? undefined : { tab: tabId, remedy: String(menuItemId), until };
  const view = `${POPUP}?menu=${tells ? TELL : "order"}`;
  // Firefox opens the popup only before anything else is waited for.
  const set = chrome.action.setPopup({ tabId, popup: view });
  try {
    await Promise.all([set, chrome.action.openPopup({ windowId: tab.windowId })]);
  } catch {
    // Chrome before version 127 cannot open it, and a window without a toolbar has no place for it.
    await chrome.tabs.create({ url: chrome.runtime.getURL(`${view}&tab=${tabId}`) });
  } finally {
    await chrome.action.setPopup({ tabId, popup: POPUP }).catch(() => {}); // the tab may be closed by now
  }
}

/** Returns the step that the menu ordered for a tab, and forgets the order. @param {number} tab */
export function takeOrder(tab) {
  const { remedy, until = 0, tab: of } = order ?? {};
  if (of !== tab) return undefined;
  order = undefined;
  return performance.now() < until ? remedy : undefined;
}
