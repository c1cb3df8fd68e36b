// Wiring only. Everything is registered while the script starts, because any event may be the one that wakes it.

import { forgetPrivate } from "../settings.js";
import { load } from "./brain.js";
import { lookAtOpenTabs } from "./look.js";
import { receive } from "./messages.js";
import { watchRequests } from "./response.js";
import { forgetAt, forgetOld, forgetTab } from "./tabs.js";

chrome.runtime.onMessage.addListener(receive);
watchRequests();
chrome.alarms.onAlarm.addListener(forgetAt);
chrome.tabs.onRemoved.addListener((tab) => Promise.all([forgetTab(tab), forgetPrivate(tab)]));
chrome.runtime.onInstalled.addListener(({ reason }) => {
  // Many install this because a page fails that is open already, and an update ends the scripts in open pages.
  lookAtOpenTabs();
  if (reason === "install")
    chrome.tabs.create({ url: chrome.runtime.getURL("views/welcome.html") });
});
chrome.permissions.onAdded.addListener(lookAtOpenTabs);
Promise.all([forgetOld(), forgetPrivate()]).catch((error) => console.error("Access Medic:", error));
load(); // whatever woke us needs the core a moment later
