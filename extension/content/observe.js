// This content script turns the page into evidence. It sends one small message for each load, and another when an error surface
// of the app appears, when a request of the app is refused, or when the address or title changes in place. It decides nothing,
// changes nothing and forces no layout, and it never reads conversations or the app's own pages.
(() => {
  /** @typedef {import("../core/access_medic.js").Page} Page */

  const scope = globalThis;
  // Only an own property of the window was set by this script: an element of the page with this id is a property of the window, too.
  const earlier = Object.hasOwn(scope, "accessMedicObserves")
    ? scope.accessMedicObserves
    : undefined;
  if (earlier) {
    if (earlier.listens()) return;
    earlier.stop(); // It belongs to an earlier version of the extension, which nobody answers any more.
  }

  // Elements of a page can shadow the properties of their form and of the document by their names, in Chromium for
  // content scripts too. The getters and methods of the prototypes cannot be shadowed.
  /** @param {{ prototype: object }} type @param {string} name @returns {(object: object) => any} */
  const getter = (type, name) => {
    const { get } = Object.getOwnPropertyDescriptor(type.prototype, name) ?? {};
    return (object) => get?.call(object);
  };
  /** @param {{ prototype: any }} type @param {string} name @returns {(object: object, ...values: any[]) => any} */
  const method = (type, name) => {
    const act = type.prototype[name];
    return (object, ...values) => act.apply(object, values);
  };
  const parentOf = getter(Node, "parentElement");
  const contentOf = getter(Node, "textContent");
  const nextOf = getter(Element, "nextElementSibling");
  const contains = method(Node, "contains");
  const comparePosition = method(Node, "compareDocumentPosition");
  const idOf = getter(Element, "id");
  const classesOf = getter(Element, "classList");
  const nameOf = getter(Element, "localName");
  const childrenOf = getter(Element, "children");
  const attributeOf = method(Element, "getAttribute");
  const attributesOf = method(Element, "getAttributeNames");
  const matches = method(Element, "matches");
  const closest = method(Element, "closest");
  const findIn = method(Element, "querySelector");
  const findAllIn = method(Element, "querySelectorAll");
  const tagsIn = method(Element, "getElementsByTagName");
  const byId = method(Document, "getElementById");
  const find = method(Document, "querySelector");
  const findAll = method(Document, "querySelectorAll");
  const tags = method(Document, "getElementsByTagName");
  const walk = method(Document, "createTreeWalker");
  const titleOf = getter(Document, "title");
  const rootOf = getter(Document, "documentElement");
  const bodyOf = getter(Document, "body");
  const typeOf = getter(Document, "contentType");
  const prerenders = getter(Document, "prerendering");
  const windowOf = getter(Document, "defaultView");
  const hear = method(EventTarget, "addEventListener");
  const ignore = method(EventTarget, "removeEventListener");

  const SMALL = 400;
  const TITLE = 300;
  const TEXT = 16000;
  const MARKERS = 800;
  const MARKER = 200;
  const ALERTS = 12;
  const ALERT_TEXT = 600;
  const ALERT_MARKERS = 80;
  const REQUESTS = 20;
  const PATH = 300;
  const TOGETHER = 1000;
  /** These are the numbers at which to give up on one text or list of tokens, and on one selector. */
  const ENOUGH = 20000;
  const CANDIDATES = 60;
  /** This matches the paths of pages whose titles are names that people gave to conversations. */
  const OWN = /^\/(c|g|share)\//;
  /** The number of elements below which a page cannot hold a conversation. */
  const BLANK = 60;
  const OURS = /^https:\/\/([^/]+\.)?(chatgpt|openai)\.com\//;
  const CHAT = /^https:\/\/(chatgpt\.com|chat\.openai\.com)\//;
  const THREADS = /^\/(g\/[^/]+\/)?c\//;
  /** This matches the paths where people talk to the model. A failure may stand there in a turn that is not known as one. */
  const TALKS = /^\/$|^\/(g\/[^/]+\/)?c\//;

  // These selectors are asked for one by one: both engines pass over whole subtrees for a single class or data attribute, never for a list.
  const TURNS = [
    "[data-message-author-role]",
    "[data-turn]",
    "[data-turn-key]",
    '[data-testid^="conversation-turn-"]',
    "[data-message-role]",
    "[data-content-search-turn-key]",
    "[data-content-search-unit-key]",
    "[data-assistant-markdown]",
  ];
  const APP = [
    "html[data-build]",
    "script#client-bootstrap",
    "#prompt-textarea",
    "[data-composer-markdown]",
    "[data-chatgpt-composer]",
    "[data-composer-submit]",
    "[data-conversation-transcript]",
    "[data-app-shell-main-surface]",
    "#app-shell-sidebar",
    ...TURNS,
  ];
  /** These selectors find the composer, in which people write to the model, whatever the app calls it. No error page has one. */
  const COMPOSERS = ["main textarea", "main [contenteditable]"];
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
  const AROUND = [ALERT, '[role$="dialog"]', "dialog[open]", ...FIELDS];
  /** This selector finds a choice that is taken away. Such a choice says why in an element of its own. */
  const TAKEN = '[aria-disabled="true"][aria-describedby]';
  const DIALOG = "[role=dialog], [role=alertdialog], dialog[open]";
  const HEADING = "h1, h2, h3, [role=heading]";
  const IN_MAIN = '.toast-root, [role=alert], [role=alertdialog], [data-testid^="toast"]';
  const SURFACE = `${[RETRY, THREAD, WORDS, IN_MAIN, '[data-testid$="toaster"]', DIALOG, ...FIELDS]}`;
  const NEVER = ".sr-only, [role=menu], [role=menuitem], nav, #prompt-textarea, access-medic";
  /** This map holds, by element name, the attribute by which an element refers to an address. */
  const REFERENCES = { script: "src", iframe: "src", link: "href", a: "href" };
  const UNREAD = "script, style, noscript, template, textarea, select, svg";

  // A failure inside a turn is known by at least two of these signs: its role, a colour of failure on itself, such a colour on both its
  // background and its border, and a button in it or right behind it. No model and no person can write roles and classes.
  /** This matches classes that name the colour of a failure. A class with a colon is left out, because it holds only in some state. */
  const TONE =
    /(?:^|\s)[^\s:]*?(?:error|danger|destructive|critical|negative|fail|invalid|(?<![a-z])(?:red|bad)(?![a-z]))[^\s:]*(?=\s|$)/gi;
  const GROUND = /^!?(bg|border)-/;
  /** This selector finds what is said in a conversation, written there or asked. The script looks into none of it. */
  const SAID =
    ".markdown, .prose, pre, code, blockquote, table, form, nav, svg, button, a, label, textarea, [role=button], [role=dialog], [role=alertdialog], [contenteditable], [data-assistant-markdown], [data-markdown-text-style], [data-markdown-text-tone], [data-user-message-bubble], [data-message-author-role=user], [data-message-role=user], [data-turn=user]";
  /** The largest size of a failure in a turn, in elements and in characters. */
  const BOX = 40;
  const BOX_TEXT = 600;
  /** The number of elements that are looked at from the end of a conversation, where its last failure stands. */
  const BACK = 150;

  /** @param {Node | null} root @param {number} limit @param {string} [unread] */
  function textOf(root, limit, unread = UNREAD) {
    let text = "";
    const walker = root && walk(document, root, NodeFilter.SHOW_TEXT);
    for (let left = ENOUGH; walker?.nextNode() && left > 0 && text.length < limit; left--) {
      /** @type {any} */
      const node = walker.currentNode;
      const parent = parentOf(node);
      if (parent && closest(parent, unread)) continue;
      const piece = node
        .substringData(0, 4 * TEXT)
        .trim()
        .replace(/\s+/g, " ");
      if (piece) text += text ? `\n${piece}` : piece;
    }
    return text.slice(0, limit);
  }

  /** Returns the first distinct tokens. @param {number} limit @param {Iterable<string>} tokens */
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
    const id = idOf(element);
    if (id) yield `#${id}`;
    for (const name of classesOf(element)) yield `.${name}`;
    const tag = nameOf(element);
    if (tag.includes("-")) yield `tag:${tag}`;
    for (const name of taken ? attributesOf(element) : []) {
      if (!taken?.test(name)) continue;
      const value = attributeOf(element, name) ?? "";
      if (value.length <= 64) yield `[${name}=${value}]`;
    }
  }

  /** Yields markers around the app's own shell: of what stands beside it, as other extensions do, and of what they note on it. */
  function* guestMarkers() {
    for (const element of [rootOf(document), bodyOf(document)]) {
      if (!element) continue;
      yield* names(element, /^data-/);
      for (const guest of childrenOf(element)) yield* names(guest);
    }
  }

  function* pageMarkers() {
    for (const element of tags(document, "*")) {
      yield* names(element, /^(role$|name$|data-)/);
      const kind = nameOf(element);
      const refers = /** @type {Record<string, string>} */ (REFERENCES)[kind];
      const value = refers && attributeOf(element, refers);
      if (value) yield `${kind}:${value}`;
      else if (kind === "script") {
        const source = (contentOf(element) ?? "").slice(0, 20000);
        for (const [, name] of source.matchAll(/\bwindow\.([A-Za-z_$][\w$]*)\s*=[^=]/g)) {
          yield `window.${name}`;
        }
      }
    }
  }

  /** @param {Element} surface @param {string} [place] */
  function* alertMarkers(surface, place) {
    if (place) yield place;
    yield* names(surface, /^(role$|name$|data-)/);
    let above = parentOf(surface);
    for (let up = 0; above && up < 3; up++, above = parentOf(above)) {
      yield* names(above, /^(role$|data-)/);
    }
    for (const below of tagsIn(surface, "*")) yield* names(below, /^data-/);
  }

  let app = false;
  /** This tells whether the title may be read. The title of a conversation belongs to a person, unless an error stands in its place. */
  let titled = false;
  const shownAddress = () => location.pathname + location.search;
  const shownTitle = () => (titled ? titleOf(document).slice(0, TITLE) : "");

  /** @returns {Page} */
  function page() {
    const elements = tags(document, "*").length;
    app = [...APP, ...(CHAT.test(location.href) ? COMPOSERS : [])].some((selector) =>
      find(document, selector),
    );
    const small = !app && elements <= SMALL;
    /** @type {Partial<PerformanceNavigationTiming>[]} */
    const [{ responseStatus: status = 0 } = {}] = performance.getEntriesByType("navigation");
    titled = small && (status >= 400 || !OWN.test(location.pathname));
    return {
      ...(status && { status }),
      content_type: typeOf(document),
      app,
      elements,
      title: shownTitle(),
      text:
        titled || (small && elements < BLANK)
          ? textOf(bodyOf(document) ?? rootOf(document), TEXT)
          : "",
      markers: small ? first(MARKERS, pageMarkers()) : [],
    };
  }

  /**
   * Tells whether an element inside a turn is a failure that the app draws there.
   * @param {Element} element
   */
  function isFailure(element) {
    const tones = (attributeOf(element, "class") ?? "").match(TONE) ?? [];
    const announced = matches(element, ALERT);
    if (!announced && !tones.length) return false;
    const grounds = tones.flatMap(
      (/** @type {string} */ tone) => GROUND.exec(tone.trim())?.[1] ?? [],
    );
    const after = nextOf(element);
    const signs = [
      announced,
      tones.length > 0,
      new Set(grounds).size > 1,
      tagsIn(element, "button").length > 0 || (after && isButton(after)),
    ];
    return (
      signs.filter(Boolean).length > 1 &&
      tagsIn(element, "*").length <= BOX &&
      (contentOf(element) ?? "").length <= BOX_TEXT
    );
  }

  /** Tells whether an element is a button, alone or with no more than its wrapping. @param {Element} element */
  const isButton = (element) =>
    nameOf(element) === "button" ||
    (tagsIn(element, "button").length === 1 &&
      tagsIn(element, "*").length <= 6 &&
      !findIn(element, "form, textarea, [contenteditable]"));

  /** Yields the failures that the app draws in a conversation, the last one first. @param {Element} main */
  function* failuresIn(main) {
    let left = BACK;
    /** @param {Element} parent @returns {Generator<Element>} */
    function* back(parent) {
      const children = childrenOf(parent);
      for (let at = children.length; at-- > 0 && left-- > 0; ) {
        const child = children[at];
        if (matches(child, SAID)) continue;
        if (isFailure(child)) yield child;
        else yield* back(child);
      }
    }
    yield* back(main);
  }

  /**
   * Returns the heading that stands alone with a button where a conversation should be, but neither turns nor a composer are.
   * @returns {Element | undefined}
   */
  function lonelyHeading() {
    if (!CHAT.test(location.href) || !THREADS.test(location.pathname)) return undefined;
    const main = find(document, "main");
    const there = [...TURNS, ...COMPOSERS].some((selector) => find(document, selector));
    if (!main || there || tagsIn(main, "*").length > BOX) return undefined;
    return findIn(main, "button") ? (findIn(main, HEADING) ?? undefined) : undefined;
  }

  /** Returns the elements that may be an error surface, in document order. */
  function candidates() {
    /** @type {Set<Element>} */
    const found = new Set();
    /** @param {Document | Element} root @param {string[]} selectors */
    const gather = (root, selectors) => {
      for (const selector of selectors) {
        const list = root === document ? findAll(root, selector) : findAllIn(root, selector);
        for (let at = 0; at < list.length && at < CANDIDATES; at++) found.add(list[at]);
      }
    };
    gather(document, ANYWHERE);
    // The main part is nearly all of the app, and only alerts count in it, so the other selectors are asked for only around it.
    let inner = app ? find(document, "main") : null;
    if (inner) {
      gather(inner, [ALERT]);
      for (const failure of failuresIn(inner)) found.add(failure);
    } else gather(document, AROUND);
    for (let above = inner && parentOf(inner); above; inner = above, above = parentOf(above)) {
      for (const aside of childrenOf(above)) {
        if (aside !== inner) gather(aside, AROUND);
        found.add(aside);
      }
    }
    return [...found]
      .filter(
        (element) =>
          matches(element, SURFACE) || (app && closest(element, "main") && isFailure(element)),
      )
      .sort((one, two) => (comparePosition(one, two) & 4 ? -1 : 1));
  }

  /**
   * Returns the surface that a candidate stands for, the element whose text may be read, and where it stands.
   * @param {Element} element
   * @returns {[Element, Element | null, string?] | []}
   */
  function surfaceOf(element) {
    if (closest(element, NEVER)) return [];
    if (matches(element, RETRY)) {
      let holder = parentOf(element);
      for (let up = 0; holder && up < 4; up++, holder = parentOf(holder)) {
        const words = findIn(holder, WORDS);
        if (words) return [holder, words];
      }
      return [element, null];
    }
    if (matches(element, THREAD)) return [element, findIn(element, WORDS)];
    const turn = closest(element, `article, ${TURNS}`);
    if (turn || (app && TALKS.test(location.pathname) && closest(element, "main"))) {
      const drawn = !closest(element, SAID) && isFailure(element);
      if (drawn) return [element, element, "in:turn"];
      if (turn) return [];
    }
    const counts = matches(element, app ? IN_MAIN : `${[IN_MAIN, ...FIELDS]}`);
    if (!counts && closest(element, "main")) return [];
    if (!matches(element, DIALOG)) return [element, element];
    // A dialog that only informs has one button; a dialog that asks has more.
    const place = tagsIn(element, "button").length === 1 ? "has:one-button" : undefined;
    return [element, findIn(element, HEADING), place];
  }

  /** This map holds the text that was sent of each surface. @type {WeakMap<Element, string>} */
  let sent = new WeakMap();

  /** Returns the error surfaces that were not sent yet. */
  function alerts() {
    /** @type {Map<Element, string>} */
    const texts = new Map();
    /** @type {Map<Element, string | undefined>} */
    const places = new Map();
    const heading = lonelyHeading();
    if (heading) {
      texts.set(heading, textOf(heading, ALERT_TEXT));
      places.set(heading, "in:empty-thread");
    }
    const taken = findAll(document, TAKEN);
    for (let at = 0; at < taken.length && at < ALERTS; at++) {
      const [id] = (attributeOf(taken[at], "aria-describedby") ?? "").split(" ");
      const why = id && byId(document, id);
      if (!why || closest(why, `main, ${NEVER}`)) continue;
      texts.set(why, textOf(why, ALERT_TEXT));
      places.set(why, "of:disabled");
    }
    for (const candidate of candidates()) {
      const [surface, words = null, place] = surfaceOf(candidate);
      if (!surface || texts.has(surface)) continue;
      // The words of a button in the surface belong to no message.
      const text = textOf(words, ALERT_TEXT, place ? `${UNREAD}, button` : UNREAD);
      const named =
        place === "in:turn" || idOf(candidate) || matches(candidate, `[data-testid], ${THREAD}`);
      if (!text && !named) continue;
      texts.set(surface, text);
      places.set(surface, place);
    }
    const surfaces = [...texts.keys()];
    return [...texts]
      .filter(([inner]) => !surfaces.some((outer) => outer !== inner && contains(outer, inner)))
      .slice(0, ALERTS)
      .filter(([surface, text]) => sent.get(surface) !== text && sent.set(surface, text))
      .map(([surface, text]) => {
        const markers = first(ALERT_MARKERS, alertMarkers(surface, places.get(surface)));
        return { text, markers };
      });
  }

  /** This is the time when refused requests were sent last. */
  let told = -Infinity;
  /** These are the refused requests that were not sent yet. @type {{ host: string; path: string; status: number; html?: boolean }[]} */
  let requests = [];

  const refusals = new PerformanceObserver((list) => {
    const before = requests.length;
    /** @type {(Partial<PerformanceResourceTiming> & { contentType?: string })[]} */
    const entries = list.getEntries();
    for (const { name = "", responseStatus: status = 0, contentType } of entries) {
      if (status < 400 || !OURS.test(name)) continue;
      const { hostname: host, pathname } = new URL(name);
      const path = pathname.slice(0, PATH);
      // A request that asked for data and got a page has met Cloudflare.
      const html = contentType === "text/html";
      if (requests.push({ host, path, status, ...(html && { html }) }) > REQUESTS) requests.shift();
    }
    if (before || !requests.length) return;
    clearTimeout(timer);
    // Refusals that soon follow one another are sent together.
    timer = setTimeout(look, performance.now() - told > TOGETHER ? QUIET : TOGETHER);
  });

  /** This is the name of this load in all its messages, whatever the clock does meanwhile. */
  let load = "";
  /** This is the time when the observation of this load began, in milliseconds since 1970 by the clock of that moment. */
  let at = 0;
  /** This is the same time by the watch of this page, which nobody sets. */
  let began = 0;
  /** This tells whether the page came back from the history; then no answer is its own. */
  let restored = false;
  let address = "";
  let title = "";

  /** Returns who reports, and how old the load is. */
  function source() {
    const now = performance.now();
    const [navigation] = /** @type {PerformanceNavigationTiming[]} */ (
      performance.getEntriesByType("navigation")
    );
    const answered = restored ? 0 : (navigation?.responseStart ?? 0);
    return {
      load,
      at,
      ago: now - began,
      ...(answered > 0 && { answered: now - answered }),
      restored,
    };
  }

  /** Sends what is new; with `whole`, sends the page with every surface on it. @param {boolean} whole */
  async function report(whole) {
    if (whole) sent = new WeakMap();
    const failed = requests;
    const seen = { ...(whole && { page: page() }), alerts: alerts(), requests: failed };
    address = shownAddress();
    title = shownTitle();
    if (!whole && !seen.alerts.length && !failed.length) return;
    if (failed.length) told = performance.now();
    requests = [];
    const guests = app ? first(MARKERS, guestMarkers()) : [];
    const evidence = { url: location.href.slice(0, 8192), guests, ...seen };
    try {
      await chrome.runtime.sendMessage({ kind: "evidence", evidence, source: source() });
    } catch (error) {
      requests = [...failed, ...requests].slice(-REQUESTS);
      throw error;
    }
  }

  /** Tells whether this script can still be answered: after an update or the removal of the extension nobody can do that any more. */
  const listens = () => chrome.runtime?.id !== undefined;

  /** The number of milliseconds before a report that failed is made again; it doubles each time. */
  const AGAIN = 400;
  const TRIES = 8;
  let tries = 0;
  let trying = 0;

  /**
   * Reports, and repeats a failed report as a whole, because the worker may have failed to start this once, and a page may be in
   * a state that cannot be read. @param {boolean} whole
   */
  async function tell(whole) {
    clearTimeout(trying);
    try {
      await report(whole || tries > 0);
      tries = 0;
    } catch {
      // Firefox gives no timers any more to a page that is being left.
      if (!listens() || !windowOf(document)) return stop();
      if (tries < TRIES) trying = setTimeout(tell, AGAIN * 2 ** tries++, true);
    }
  }

  // Nothing runs on an idle page. The script looks QUIET ms after the first mutation. If more mutations follow, as in an answer
  // that streams in, the next one ends the observing for REST ms, so that thousands of them cost no more than a few callbacks a
  // second; then the script looks at a pause of QUIET ms. A page that never pauses is looked at every PATIENCE ms.
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
    tell(address !== shownAddress() || title !== shownTitle());
  }

  function stop() {
    Reflect.deleteProperty(scope, "accessMedicObserves");
    observer.disconnect();
    refusals.disconnect();
    clearTimeout(timer);
    clearTimeout(trying);
    removeEventListener("pageshow", returned);
    ignore(document, "prerenderingchange", begin);
  }

  function begin() {
    if (!at) refusals.observe({ type: "resource", buffered: true });
    at = Date.now();
    began = performance.now();
    load = Math.random().toString(36).slice(2);
    watch();
    // A page of others is looked at only once.
    tell(true).then(() => OURS.test(location.href) || stop());
  }

  /** Begins anew when the page comes back from the history, which happens without a load. @param {PageTransitionEvent} event */
  function returned(event) {
    if (!event.persisted) return;
    restored = true;
    begin();
  }

  scope.accessMedicObserves = { listens, stop, load: () => load, again: () => report(true) };
  addEventListener("pageshow", returned);
  // A page that is rendered ahead of time is not what the tab shows.
  if (prerenders(document)) hear(document, "prerenderingchange", begin, { once: true });
  else begin();
})();
