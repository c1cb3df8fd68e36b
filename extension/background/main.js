// Wiring only. Everything is registered while the script starts, because any event may be the one that wakes it.
import { load } from "./brain.js";
import { forget } from "./casebook.js";
import { receive } from "./messages.js";
import { watchRequests } from "./response.js";

chrome.runtime.onMessage.addListener(receive);
watchRequests();
chrome.alarms.onAlarm.addListener(forget);
chrome.runtime.onInstalled.addListener(({ reason }) => {
  if (reason === "install")
    chrome.tabs.create({ url: chrome.runtime.getURL("views/welcome.html") });
});
load(); // whatever woke us needs the core a moment later
