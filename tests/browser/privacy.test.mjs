// These tests check that conversations are never read. They use pages of each generation of the app, full of planted words
// in turns, the prompt box, the sidebar and titles, which go on growing while they are watched. They listen to every message
// that the extension sends, in the extension itself, and read everything that it stores. None of it holds a planted word.
// Toasts, whose text does come, show that the listening works.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { pause } from "./patience.mjs";
import { parseRecording, withMore } from "./recordings.mjs";
import { Stage } from "./stage.mjs";

/** The number of words that are planted on each page. */
const PLANTED = 100;
/** The time in ms for which a page is watched while it grows; longer than any of the content script's pauses. */
const WATCHED = 2500;

/** These are texts as people paste and write them, with a word in each that stands nowhere else. */
const LOOKS = [
  (/** @type {string} */ word) => `network error ${word}`,
  (/** @type {string} */ word) => `Error 1020 ${word}: Access denied`,
  (/** @type {string} */ word) => `Something went wrong ${word}`,
  (/** @type {string} */ word) => `${word}@example.com`,
  (/** @type {string} */ word) => `req_${word}`,
  (/** @type {string} */ word) => `${word} unsupported_country`,
  (/** @type {string} */ word) => `a walk with ${word} by the lake`,
  (/** @type {string} */ word) => `Ray ID: 8f2c0a1b2c3d4e5f ${word}`,
  (/** @type {string} */ word) => `您的会话已过期 ${word}`,
  (/** @type {string} */ word) => `{"error":{"code":"${word}"}}`,
];

/** @typedef {{plant: () => string, words: string[]}} Words */

/** Returns a planter that makes the same words on every run. @param {string} seed @returns {Words} */
function planter(seed) {
  /** @type {string[]} */
  const words = [];
  let state = [...seed].reduce((sum, char) => sum * 31 + char.charCodeAt(0), 7) >>> 0;
  const letter = () => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return String.fromCharCode(97 + ((state >>> 16) % 26));
  };
  const plant = () => {
    const word = `zq${Array.from({ length: 8 }, letter).join("")}`;
    words.push(word);
    return LOOKS[words.length % LOOKS.length](word).replace(/"/g, "&quot;");
  };
  return { plant, words };
}

/** @param {number} count @param {(at: number) => string} one */
const many = (count, one) => Array.from({ length: count }, (_, at) => one(at)).join("\n");

/** @param {Words} words */
const sidebar = ({ plant }) => `<nav aria-label="Chat history"><ol id="history">
  ${many(12, (at) => `<li><a href="/c/6712f0aa-000${at}" title="${plant()}" data-sidebar-item="true"><span dir="auto">${plant()}</span></a></li>`)}
  <li role="alert">${plant()}</li></ol></nav>`;

/** @param {Words} words */
const announcer = ({ plant }) =>
  `<div id="aria-notify-live-region-assertive" class="sr-only" role="alert">${plant()}</div>`;

/** Returns parts of a turn that look like a surface. @param {Words} words */
const inner = ({ plant }) => `<p>${plant()}</p><p class="text-token-text-error">${plant()}</p>
  <pre><code>${plant()}</code></pre><p id="net-error">${plant()}</p><div role="alert">${plant()}</div>`;

/** Returns parts of an answer that look like a failure of the app. @param {Words} words */
const framed = ({ plant }) => `<h2>${plant()}</h2><button>${plant()}</button>
  <blockquote class="border-red-500 bg-red-500">${plant()}<button>Retry</button></blockquote>
  <pre><span class="token-error bg-error border-error">${plant()}</span></pre>`;

/** @type {Record<string, {marks: string, bodyOf: (words: Words) => string, turn: string}>} */
const GENERATIONS = {
  2024: {
    marks: "",
    turn: '<article data-testid="conversation-turn-9"><h6 class="sr-only">ChatGPT said:</h6><div data-message-author-role="assistant"><p></p></div></article>',
    bodyOf: (words) => `${sidebar(words)}<main>
      ${many(7, (at) => `<article data-testid="conversation-turn-${at}"><h5 class="sr-only">You said:</h5><div data-message-author-role="${at % 2 ? "assistant" : "user"}">${inner(words)}</div></article>`)}
      <form><textarea id="prompt-textarea">${words.plant()}</textarea></form></main>`,
  },
  "2026-03": {
    marks: ' data-build="prod-1"',
    turn: '<section data-testid="conversation-turn-9" data-turn="assistant"><h4 class="sr-only">ChatGPT said:</h4><div data-message-author-role="assistant"><p></p></div></section>',
    bodyOf: (words) => `${announcer(words)}${sidebar(words)}<main id="main">
      ${many(7, (at) => `<section data-testid="conversation-turn-${at}" data-turn="${at % 2 ? "assistant" : "user"}"><h4 class="sr-only">You said:</h4><div data-message-author-role="user">${inner(words)}</div></section>`)}
      <form><div contenteditable="true" id="prompt-textarea"><p>${words.plant()}</p><p role="alert">${words.plant()}</p></div></form></main>`,
  },
  "2026-09": {
    marks: ' data-build="prod-2"',
    turn: '<div data-turn-key="turn-9"><h4 data-conversation-role="assistant" class="sr-only">ChatGPT</h4><div data-content-search-unit-key="unit-9:assistant"><p></p></div></div>',
    bodyOf: (words) => `${announcer(words)}${sidebar(words)}<main id="main">
      ${many(7, (at) => `<div data-turn-key="turn-${at}"><h4 data-conversation-role="user" class="sr-only">You</h4><div data-content-search-unit-key="unit-${at}:user" data-user-message-bubble="true">${inner(words)}</div></div>`)}
      <form><div contenteditable="true" role="textbox" data-composer-markdown="true"><p>${words.plant()}</p></div></form></main>`,
  },
  "2026-08, signed out": {
    marks: "",
    turn: '<li data-message-role="assistant" data-message-complete="false"><div data-assistant-markdown=""><div data-assistant-stream-block=""><p></p></div></div></li>',
    bodyOf: (words) => `<div id="root"><main><ol data-conversation-transcript="">
      ${many(7, (at) => `<li data-message-role="${at % 2 ? "assistant" : "user"}" data-message-complete="true"><div data-assistant-markdown="">${inner(words)}${framed(words)}</div></li>`)}
      </ol><form><textarea id="mobile-composer-prompt" name="prompt">${words.plant()}</textarea><button data-composer-submit="" aria-disabled="true"></button></form></main></div>`,
  },
  "2026-09, the new shell": {
    marks: "",
    turn: '<div data-turn-key="turn-9"><div data-content-search-turn-key="turn-9"><h4 class="sr-only">ChatGPT</h4><div data-content-search-unit-key="turn-9:assistant"><div data-markdown-text-tone="default"><p></p></div></div></div></div>',
    bodyOf: (
      words,
    ) => `<div id="root"><aside id="app-shell-sidebar">${sidebar(words)}</aside><main data-app-shell-main-surface=""><div data-thread-find-target="conversation">
      ${many(7, (at) => `<div data-turn-key="t${at}"><div data-content-search-turn-key="t${at}"><div data-content-search-unit-key="t${at}:assistant"><div data-markdown-text-tone="default">${inner(words)}${framed(words)}</div></div></div></div>`)}
      </div><form data-chatgpt-composer=""><div contenteditable="true" data-composer-markdown=""><p>${words.plant()}</p></div></form></main></div>`,
  },
  "2026-09, the fallback renderer": {
    marks: "",
    turn: '<div class="block-a1b2c3"><h4 class="sr-only">ChatGPT</h4><p></p></div>',
    bodyOf: (
      words,
    ) => `<div id="root"><aside id="app-shell-sidebar">${sidebar(words)}</aside><main data-app-shell-main-surface="">
      ${many(9, () => `<div class="block-a1b2c3"><h4 class="sr-only">ChatGPT</h4><h2>${words.plant()}</h2><p>${words.plant()}</p><button>${words.plant()}</button></div>`)}
      <form data-chatgpt-composer=""><div contenteditable="true" data-composer-markdown=""><p>${words.plant()}</p></div></form></main></div>`,
  },
  // On these pages nothing of the app is known but its address and what stands around the conversation.
  "with dialogs, menus and toasts": {
    marks: ' data-build="prod-3"',
    turn: '<div class="turn"><p></p></div>',
    bodyOf: (words) => `${announcer(words)}${sidebar(words)}<main id="main">
      ${many(10, () => `<div class="turn"><p>${words.plant()}</p><p class="text-token-text-secondary">${words.plant()}</p></div>`)}</main>
      <div role="dialog" data-testid="delete-conversation"><h2>Delete chat?</h2><p>This will delete <strong>${words.plant()}</strong>.</p></div>
      <div role="dialog" data-testid="share"><h2>Share</h2><input value="${words.plant()}"><p role="alert">${words.plant()}</p></div>
      <div role="menu"><div role="menuitem" class="text-token-text-error">${words.plant()}</div></div>`,
  },
};

/** @type {Stage} */
let stage;

before(async () => {
  stage = await Stage.open();
  // Messages go to every page of the extension, so this one hears what the background hears.
  await stage.driver.inExtension(() => {
    const scope = /** @type {any} */ (globalThis);
    scope.heard = [];
    chrome.runtime.onMessage.addListener((message) => {
      scope.heard.push(JSON.stringify(message));
    });
    chrome.runtime.onConnect.addListener((port) => {
      scope.heard.push(`port ${port.name}`);
      port.onMessage.addListener((message) => scope.heard.push(JSON.stringify(message)));
    });
  });
});

after(async () => {
  await stage.close();
});

/** Returns all messages since the last time, and all that is stored. */
const heardAndStored = () =>
  stage.driver.inExtension(async () => {
    const scope = /** @type {any} */ (globalThis);
    /** @type {string[]} */
    const heard = scope.heard.splice(0);
    const areas = [chrome.storage.session, chrome.storage.local, chrome.storage.sync];
    const stored = await Promise.all(areas.map((area) => area.get()));
    return { heard, stored: JSON.stringify(stored) };
  });

for (const [generation, { marks, bodyOf, turn }] of Object.entries(GENERATIONS)) {
  for (const path of ["/c/6712f0aa-1c2d-8009", "/share/6712f0aa-1c2d-8009"]) {
    test(`${generation}, at ${path}`, async () => {
      await heardAndStored();
      const words = planter(generation + path);
      const title = words.plant();
      const body = bodyOf(words);
      const later = Array.from({ length: Math.max(10, PLANTED - words.words.length) }, () =>
        words.plant(),
      );
      assert.ok(words.words.length >= PLANTED);
      assert.equal(new Set(words.words).size, words.words.length);

      const file = `GET https://chatgpt.com${path} HTTP/1.1\n\nHTTP/1.1 200 OK\ncontent-type: text/html; charset=utf-8\n\n`;
      const recording = { name: "", cause: "", path: "", ...parseRecording("", Buffer.from(file)) };
      const html = `<!doctype html><html lang="en"${marks}><title>ChatGPT - ${title}</title><body>${body}
        <script>self.conversation = ${JSON.stringify(words.plant())}</script></body></html>`;
      const showing = await stage.show(withMore(recording, { html }));
      await showing.tab.evaluate(grow, later, turn, path);
      await pause(WATCHED);
      const { heard, stored } = await heardAndStored();
      await stage.end(showing);

      assert.ok(heard.length >= 2, "the page was seen, and a surface on it");
      assert.ok(
        heard.some((message) => message.includes("The toast that does count")),
        "what may be read is read",
      );
      for (const word of words.words) {
        for (const message of heard) assert.ok(!message.includes(word), `${word} in ${message}`);
        assert.ok(!stored.includes(word), `${word} is stored`);
      }
    });
  }
}

/**
 * Runs in the page: turns, chats and titles come in piece by piece, the address changes in place, and a
 * toast appears.
 * @param {string[]} planted
 * @param {string} turn markup of a turn, with an empty paragraph
 * @param {string} path
 */
function grow(planted, turn, path) {
  const main = /** @type {Element} */ (document.querySelector("main"));
  const make = (/** @type {string} */ markup) => {
    const made = new DOMParser().parseFromString(markup, "text/html").body.firstElementChild;
    return document.importNode(/** @type {Element} */ (made), true);
  };
  for (const [at, phrase] of planted.entries()) {
    setTimeout(() => {
      const text = new DOMParser().parseFromString(phrase, "text/html").body.textContent ?? "";
      if (at % 5 === 0) main.append(make(turn));
      const paragraph = [...main.querySelectorAll("p")].at(-1);
      for (const piece of text.split(/(?<=\s)/)) {
        const span = document.createElement("span");
        if (at % 3 === 0) span.className = "text-token-text-error";
        span.textContent = piece;
        paragraph?.append(span);
      }
      const chat = make('<li><a href="/c/1"><span></span></a></li>');
      /** @type {Element} */ (chat.querySelector("span")).textContent = text;
      document.querySelector("#history")?.prepend(chat);
      document.title = text;
      if (at === 5) history.pushState(null, "", `${path}-in-place`);
    }, at * 30);
  }
  const toast = make(
    '<div class="toast-root"><div role="alert" data-testid="toast-error">The toast that does count</div></div>',
  );
  setTimeout(() => document.body.append(toast), 700);
}

test("no uncaught error in the extension's own code", async () => {
  assert.deepEqual(await stage.errors(), []);
});
