// This script only connects the other modules to the events of the browser. It registers everything while it starts, because any
// event may be the one that wakes it.

import { watchManaged } from "../managed.js";
import { choose, forgetPrivate } from "../settings.js";
import { load } from "./brain.js";
import { lookAtOpenTabs } from "./look.js";
import { makeMenu, onMenu } from "./menu.js";
import { receive } from "./messages.js";
import { watchRequests } from "./response.js";
import { forgetAt, forgetOld, forgetTab, replan } from "./tabs.js";
import { takeBackListener } from "./updates.js";

chrome.runtime.onMessage.addListener(receive);
watchRequests();
watchManaged(replan);
chrome.alarms.onAlarm.addListener(forgetAt);
chrome.tabs.onRemoved.addListener((tab) => Promise.all([forgetTab(tab), forgetPrivate(tab)]));
chrome.contextMenus.onClicked.addListener(onMenu);
chrome.runtime.onInstalled.addListener(async ({ reason, previousVersion }) => {
  makeMenu();
  // Many people install the extension because a page that is open already fails, and an update ends the scripts in open pages.
  lookAtOpenTabs();
  if (reason === "update" && previousVersion !== chrome.runtime.getManifest().version)
    choose({ news: true });
  if (reason !== "install") return;
  // Nobody has asked for the welcome page where an organisation installs the extension on its computers.
  const { installType } = await chrome.management.getSelf();
  if (installType !== "admin")
    chrome.tabs.create({ url: chrome.runtime.getURL("views/welcome.html") });
});
chrome.permissions.onAdded.addListener(lookAtOpenTabs);
Promise.all([forgetOld(), forgetPrivate()]).catch((error) => console.error("Access Medic:", error));
// Whatever woke the worker needs the core a moment later. Firefox would keep a listener that is added before the script has ended.
load().finally(takeBackListener);
