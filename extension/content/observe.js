// Turns the page into evidence: one small message for each load, another when an error surface of the app appears, a
// request of its is refused, or the address or title changes in place. It decides nothing, changes nothing and forces no
// layout; conversations and the app's own pages are never read.
(() => {
  /** @typedef {import("../core/access_medic.js").Page} Page */

  if ("accessMedicObserves" in globalThis) return;
  Object.assign(globalThis, { accessMedicObserves: true });

  const SMALL = 400;
  const TITLE = 300;
  const TEXT = 16000;
  const MARKERS = 800;
  const MARKER = 200;
  const ALERTS = 12;
  const ALERT_TEXT = 600;
  const ALERT_MARKERS = 80;
  const REQUESTS = 20;
  const TOGETHER = 1000;
  /** Where to give up on one text or list of tokens, and on one selector. */
  const ENOUGH = 20000;
  const CANDIDATES = 60;
  /** Where pages have the names that people gave to conversations. */
  const OWN = /^\/(c|g|share)\//;
  /** No page with a conversation is as small. */
  const BLANK = 60;
  const OURS = /^https:\/\/([^/]+\.)?(chatgpt|openai)\.com\//;

  // Asked one by one: both engines pass over whole subtrees for a single class or data attribute, never for a list.
  const TURNS = [
    "[data-message-author-role]",
    "[data-turn]",
    "[data-turn-key]",
    '[data-testid^="conversation-turn-"]',
  ];
  const APP = [
    "html[data-build]",
    "script#client-bootstrap",
    "#prompt-textarea",
    "[data-composer-markdown]",
    ...TURNS,
  ];
  const RETRY = '[data-testid="regenerate-thread-error-button"]';
  const THREAD = "[data-has-thread-error]";
  const WORDS = ".text-token-text-error";
  const ALERT = '[role^="alert"]';
  const FIELDS = [
    ".react-aria-FieldError",
    '[slot="errorMessage"]',
    '[id$="-error"]',
    '[id^="error-element"]',
  ];
  const ANYWHERE = [RETRY, THREAD, WORDS, ".toast-root", '[data-testid*="toast"]'];
  const AROUND = [ALERT, '[role$="dialog"]', ...FIELDS];
  const DIALOG = "[role=dialog], [role=alertdialog]";
  const IN_MAIN = '.toast-root, [role=alert], [role=alertdialog], [data-testid^="toast"]';
  const SURFACE = `${[RETRY, THREAD, WORDS, IN_MAIN, '[data-testid$="toaster"]', DIALOG, ...FIELDS]}`;
  const NEVER = ".sr-only, [role=menu], [role=menuitem], nav, #prompt-textarea, access-medic";
  const UNREAD = "script, style, noscript, template, textarea, select, svg";

  /** @param {Node | null} root @param {number} limit */
  function textOf(root, limit) {
    let text = "";
    const walker = root && document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let left = ENOUGH; walker?.nextNode() && left > 0 && text.length < limit; left--) {
      /** @type {any} */
      const node = walker.currentNode;
      if (node.parentElement?.closest(UNREAD)) continue;
      const piece = node
        .substringData(0, 4 * TEXT)
        .trim()
        .replace(/\s+/g, " ");
      if (piece) text += text ? `\n${piece}` : piece;
    }
    return text.slice(0, limit);
  }

  /** The first distinct tokens. @param {number} limit @param {Iterable<string>} tokens */
  function first(limit, tokens) {
    const kept = new Set();
    let left = ENOUGH;
    for (const token of tokens) {
      kept.add(token.slice(0, MARKER));
      if (kept.size === limit || left-- === 0) break;
    }
    return [...kept];
  }

  /** @param {Element} element @param {RegExp} [taken] attributes */
  function* names(element, taken) {
    if (element.id) yield `#${element.id}`;
    for (const name of element.classList) yield `.${name}`;
    if (element.localName.includes("-")) yield `tag:${element.localName}`;
    for (const name of taken ? element.getAttributeNames() : []) {
      if (!taken?.test(name)) continue;
      const value = element.getAttribute(name) ?? "";
      if (value.length <= 64) yield `[${name}=${value}]`;
    }
  }

  /** Of the app's own shell: what stands beside it, as other extensions do, and what they note on it. */
  function* guestMarkers() {
    for (const element of [document.documentElement, document.body]) {
      yield* names(element, /^data-/);
      for (const guest of element.children) yield* names(guest);
    }
  }

  function* pageMarkers() {
    for (const element of document.getElementsByTagName("*")) {
      yield* names(element, /^(role$|name$|data-)/);
      const kind = element.localName;
      const refers = { script: "src", iframe: "src", link: "href", a: "href" }[kind];
      const value = refers && element.getAttribute(refers);
      if (value) yield `${kind}:${value}`;
      else if (kind === "script") {
        const source = (element.textContent ?? "").slice(0, 20000);
        for (const [, name] of source.matchAll(/\bwindow\.([A-Za-z_$][\w$]*)\s*=[^=]/g)) {
          yield `window.${name}`;
        }
      }
    }
  }

  /** @param {Element} surface */
  function* alertMarkers(surface) {
    yield* names(surface, /^(role$|name$|data-)/);
    let above = surface.parentElement;
    for (let up = 0; above && up < 3; up++, above = above.parentElement) {
      yield* names(above, /^(role$|data-)/);
    }
    for (const below of surface.getElementsByTagName("*")) yield* names(below, /^data-/);
  }

  let app = false;
  /** Whether the title may be read: a conversation's is a person's, unless an error stands in its place. */
  let titled = false;
  const shownAddress = () => location.pathname + location.search;
  const shownTitle = () => (titled ? document.title.slice(0, TITLE) : "");

  /** @returns {Page} */
  function page() {
    const elements = document.getElementsByTagName("*").length;
    app = APP.some((selector) => document.querySelector(selector));
    const small = !app && elements <= SMALL;
    /** @type {Partial<PerformanceNavigationTiming>[]} */
    const [{ responseStatus: status = 0 } = {}] = performance.getEntriesByType("navigation");
    titled = small && (status >= 400 || !OWN.test(location.pathname));
    return {
      ...(status && { status }),
      content_type: document.contentType,
      app,
      elements,
      title: shownTitle(),
      text:
        titled || (small && elements < BLANK)
          ? textOf(document.body ?? document.documentElement, TEXT)
          : "",
      markers: small ? first(MARKERS, pageMarkers()) : [],
    };
  }

  /** What may be an error surface, in document order. */
  function candidates() {
    /** @type {Set<Element>} */
    const found = new Set();
    /** @param {ParentNode} root @param {string[]} selectors */
    const gather = (root, selectors) => {
      for (const selector of selectors) {
        const list = root.querySelectorAll(selector);
        for (let at = 0; at < list.length && at < CANDIDATES; at++) found.add(list[at]);
      }
    };
    gather(document, ANYWHERE);
    // The main part of the app is nearly all of it, and only alerts count there: ask for the rest around it.
    let inner = app ? document.querySelector("main") : null;
    if (inner) gather(inner, [ALERT]);
    else gather(document, AROUND);
    for (; inner?.parentElement; inner = inner.parentElement) {
      for (const aside of inner.parentElement.children) {
        if (aside !== inner) gather(aside, AROUND);
        found.add(aside);
      }
    }
    return [...found]
      .filter((element) => element.matches(SURFACE))
      .sort((one, two) => (one.compareDocumentPosition(two) & 4 ? -1 : 1));
  }

  /**
   * The surface that a candidate stands for, and the element whose text may be read.
   * @param {Element} element
   * @returns {[Element, Element | null] | []}
   */
  function surfaceOf(element) {
    if (element.closest(NEVER)) return [];
    if (element.matches(RETRY)) {
      let holder = element.parentElement;
      for (let up = 0; holder && up < 4; up++, holder = holder.parentElement) {
        const words = holder.querySelector(WORDS);
        if (words) return [holder, words];
      }
      return [element, null];
    }
    if (element.matches(THREAD)) return [element, element.querySelector(WORDS)];
    if (element.closest(`article, ${TURNS}`)) return [];
    const counts = element.matches(app ? IN_MAIN : `${[IN_MAIN, ...FIELDS]}`);
    if (!counts && element.closest("main")) return [];
    return [element, element.matches(DIALOG) ? element.querySelector("h1, h2, h3") : element];
  }

  /** What was sent of each surface. @type {WeakMap<Element, string>} */
  let sent = new WeakMap();

  /** Error surfaces that were not sent yet. */
  function alerts() {
    /** @type {Map<Element, string>} */
    const texts = new Map();
    for (const candidate of candidates()) {
      const [surface, words = null] = surfaceOf(candidate);
      if (!surface || texts.has(surface)) continue;
      const text = textOf(words, ALERT_TEXT);
      const named = candidate.id || candidate.matches(`[data-testid], ${THREAD}`);
      if (text || named) texts.set(surface, text);
    }
    const surfaces = [...texts.keys()];
    return [...texts]
      .filter(([inner]) => !surfaces.some((outer) => outer !== inner && outer.contains(inner)))
      .slice(0, ALERTS)
      .filter(([surface, text]) => sent.get(surface) !== text && sent.set(surface, text))
      .map(([surface, text]) => ({ text, markers: first(ALERT_MARKERS, alertMarkers(surface)) }));
  }

  /** When refused requests were sent last. */
  let told = -Infinity;
  /** Refused requests that were not sent yet. @type {{ host: string; path: string; status: number }[]} */
  let requests = [];

  const refusals = new PerformanceObserver((list) => {
    const before = requests.length;
    /** @type {Partial<PerformanceResourceTiming>[]} */
    const entries = list.getEntries();
    for (const { name = "", responseStatus: status = 0 } of entries) {
      if (status < 400 || !OURS.test(name)) continue;
      const { hostname: host, pathname: path } = new URL(name);
      if (requests.push({ host, path, status }) > REQUESTS) requests.shift();
    }
    if (before || !requests.length) return;
    clearTimeout(timer);
    // Where one follows the other, together.
    timer = setTimeout(look, performance.now() - told > TOGETHER ? QUIET : TOGETHER);
  });

  /** When this load was seen: the same in all its messages. */
  let at = 0;
  let address = "";
  let title = "";

  /** Sends what is new; `whole`: the page with every surface on it. @param {boolean} whole */
  async function report(whole) {
    if (whole) sent = new WeakMap();
    const seen = { ...(whole && { page: page() }), alerts: alerts(), requests };
    if (requests.length) told = performance.now();
    requests = [];
    address = shownAddress();
    title = shownTitle();
    if (whole || seen.alerts.length || seen.requests.length) {
      const guests = app ? first(MARKERS, guestMarkers()) : [];
      const evidence = { url: location.href.slice(0, 8192), at, guests, ...seen };
      await chrome.runtime.sendMessage({ kind: "evidence", evidence });
    }
  }

  // On an idle page nothing runs. The first mutation is looked at QUIET ms later. Where more follow, as in an answer that
  // streams in, one ends the observing for REST ms, so that thousands cost no more than a few callbacks a second; then a
  // pause of QUIET ms is the moment to look. A page that never pauses is looked at each PATIENCE.
  const QUIET = 80;
  const REST = 120;
  const PATIENCE = 10000;
  let timer = 0;
  let restless = 0;
  let looked = 0;

  const observer = new MutationObserver(() => {
    clearTimeout(timer);
    const now = performance.now();
    const alone = !restless && now - looked > 1000;
    restless ||= now;
    if (alone) {
      timer = setTimeout(look, QUIET);
      return;
    }
    observer.disconnect();
    timer = now - restless > PATIENCE ? setTimeout(look) : setTimeout(listen, REST);
  });
  const watch = () => observer.observe(document, { childList: true, subtree: true });

  function listen() {
    watch();
    timer = setTimeout(look, QUIET);
  }

  function look() {
    restless = 0;
    looked = performance.now();
    watch();
    report(address !== shownAddress() || title !== shownTitle()).catch(stop);
  }

  /** Nobody listens any more, as when the extension was updated while the page stayed open. */
  function stop() {
    Reflect.deleteProperty(globalThis, "accessMedicObserves");
    observer.disconnect();
    refusals.disconnect();
    clearTimeout(timer);
    removeEventListener("pageshow", returned);
  }

  function begin() {
    if (!at) refusals.observe({ type: "resource", buffered: true });
    at = Date.now();
    watch();
    // A page of others is looked at once.
    report(true).then(() => OURS.test(location.href) || stop(), stop);
  }

  /** A page can come back from the history without a load. @param {PageTransitionEvent} event */
  function returned(event) {
    if (event.persisted) begin();
  }

  addEventListener("pageshow", returned);
  // A page rendered ahead of time is not what the tab shows.
  if ("prerendering" in document && document.prerendering) {
    document.addEventListener("prerenderingchange", begin, { once: true });
  } else begin();
})();
