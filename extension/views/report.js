// This script draws a report, for the overlay and the popup alike: it turns a case into nodes. It decides nothing: states and
// their order come from the report, words from _locales under keys made of its ids. It keeps the latest
// answer, the end of the countdown that is shown and, where the reader chose another language than the browser's, its words.

// An element of the page with this id would otherwise be taken for ours.
if (!Object.hasOwn(globalThis, "accessMedicReport"))
  globalThis.accessMedicReport = /** @type {any} */ (undefined);

globalThis.accessMedicReport ??= (() => {
  /** @typedef {AccessMedic.Drawing} Drawing */
  /** @typedef {AccessMedic.Scene} Scene */
  /** @typedef {AccessMedic.Step} Step */
  /** @typedef {AccessMedic.Diagnosis} Diagnosis */

  /** This map holds the path of each icon, drawn on a grid of 16. @type {Record<string, string>} */
  const ICONS = {
    mark: "M6 1h4a5 5 0 0 1 5 5v4a5 5 0 0 1-5 5H2.5A1.5 1.5 0 0 1 1 13.5V6a5 5 0 0 1 5-5ZM7 4v3H4v2h3v3h2V9h3V7H9V4Z",
    you: "M8 8a3 3 0 1 0 0-6 3 3 0 0 0 0 6Zm-5.5 6a5.5 5.5 0 0 1 11 0",
    wait: "M8 2a6 6 0 1 0 0 12A6 6 0 0 0 8 2Zm0 2.6V8l2.3 1.6",
    network:
      "M2 6.2a9 9 0 0 1 12 0M4.2 8.8a5.6 5.6 0 0 1 7.6 0m-5.4 2.5a2.4 2.4 0 0 1 3.2 0M8 13.4v.01",
    openai: "M2.5 13.5V5.2L8 2.4l5.5 2.8v8.3M6 13.5V9.8h4v3.7",
    administrator:
      "M5.5 7.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5ZM1.5 13a4 4 0 0 1 8 0m.4-10.1a2.3 2.3 0 0 1 0 4.3m1.6 2.4a4 4 0 0 1 3 3.4",
    check: "m3.5 8.5 3 3 6-7",
    again: "M12.8 6.2A5.2 5.2 0 1 0 13 9.4m0-6.6v3.4H9.6",
    bang: "M8 3.2v6m0 3.4v.01",
    close: "m4 4 8 8m0-8-8 8",
    turn: "M6 3.5 10.5 8 6 12.5",
    open: "M4 8h8",
    out: "M6.5 3.5h-3v9h9v-3m-3-6h3v3m-.2-2.8L7.5 8.5",
    copy: "M6 5.5h7v8H6Zm-2.5 5H3v-8h7V3",
    skip: "m3.5 4.5 4 3.5-4 3.5m5-7 4 3.5-4 3.5",
    back: "M10 3.5 5.5 8 10 12.5",
    book: "M8 4.2C6.6 3.2 4.6 2.9 2.5 3v9.4c2.1-.1 4.1.2 5.5 1.2 1.4-1 3.4-1.3 5.5-1.2V3c-2.1-.1-4.1.2-5.5 1.2Zm0 0v9.4",
    gear: "M8 10.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4ZM8 1.8v2m0 8.4v2m6.2-6.2h-2m-8.4 0h-2m10.6-4.4-1.4 1.4m-6 6-1.4 1.4m8.8 0-1.4-1.4m-6-6L3.6 3.6",
  };
  /** @type {Record<string, string>} */
  const MARKS = { done: "check", tried: "again", failed: "bang", skipped: "skip" };
  /** These are the kinds of steps that a person does, and ticks by hand. */
  const BY_HAND = ["manual", "open", "private", "wait"];

  /** This remedy clears the site of the page and its sign-in. */
  const SWEEP = "clear_site_data";

  /** The number of seconds in a day. */
  const DAY = 24 * 60 * 60;

  /** The number of characters of the longest name that others chose and that is drawn in full. */
  const LONG = 60;

  /** This is the document without the properties that the page's own names lay over it, as `<img name="hidden">` does. @type {Document} */
  const page = new Proxy(/** @type {any} */ ({}), {
    get(_, key) {
      const value = Reflect.get(Document.prototype, key, document);
      return typeof value === "function" ? value.bind(document) : value;
    },
  });

  /** Tells whether an event of a person counts; a view in a page that may cheat is stricter. @type {(event: Event) => boolean} */
  let counts = () => true;

  /** @type {Drawing["listenOnlyTo"]} */
  function listenOnlyTo(rule) {
    counts = rule;
  }

  /** @param {Event} event */
  const heard = (event) => event.isTrusted && counts(event);

  /** Reads messages in Chrome's format, for a language other than the browser's. @type {Drawing["tongueOf"]} */
  function tongueOf(messages) {
    /** @type {AccessMedic.Tongue["word"]} */
    const word = (key, ...values) => {
      const { message = "", placeholders = {} } = messages[key] ?? {};
      return message.replace(/\$(\w+)\$/g, (_, name) => {
        const { content = "" } = placeholders[name.toLowerCase()] ?? {};
        return values[Number(content.slice(1)) - 1] ?? "";
      });
    };
    return { word, language: word("language") };
  }

  /** @type {AccessMedic.Tongue | undefined} */
  let tongue;

  /** @type {Drawing["speak"]} */
  function speak(messages) {
    tongue = messages && tongueOf(messages);
  }

  /** This is whom the organisation names to be asked. @type {AccessMedic.Contact} */
  let contact = {};

  /** @type {Drawing["setContact"]} */
  function setContact(given) {
    contact = given;
  }

  const direction = () => (/^(ar|fa|he|ur)\b/.test(word("language")) ? "rtl" : "ltr");

  /** @type {Drawing["word"]} */
  function word(key, ...values) {
    if (tongue) return tongue.word(key, ...values.map(String));
    try {
      return chrome.i18n.getMessage(key, values.map(String));
    } catch {
      return ""; // the extension was updated or removed while this page stayed open
    }
  }

  /** @param {string[]} items @param {string} [language] */
  const listed = (items, language = word("language")) =>
    new Intl.ListFormat(language, { style: "narrow" }).format(items);

  /** @param {number} amount @param {string} unit @param {string} [language] */
  const measured = (amount, unit, language = word("language")) =>
    new Intl.NumberFormat(language, { style: "unit", unit }).format(amount);

  /**
   * This map holds, by the kind of a finding's value, the function that says it.
   * @type {Record<string, (value: any, language: string) => string>}
   */
  const SAID = {
    // Two letters are a country. Tor and an unknown place are told by sentences of their own.
    country: (code, language) =>
      /^[A-Z]{2}$/.test(code)
        ? (new Intl.DisplayNames(language, { type: "region" }).of(code) ?? code)
        : code,
    hosts: (hosts, language) => listed(hosts.map(brief), language),
    name: brief,
    host: brief,
    count: (count, language) => new Intl.NumberFormat(language).format(count),
    milliseconds: (time, language) => measured(time, "millisecond", language),
    seconds: (time, language) =>
      time < 120
        ? measured(time, "second", language)
        : measured(Math.round(time / 60), "minute", language),
    bytes: (size, language) =>
      size < 1000
        ? measured(size, "byte", language)
        : measured(Math.round(size / 100) / 10, "kilobyte", language),
    day: (day, language) =>
      new Intl.DateTimeFormat(language, { dateStyle: "medium", timeZone: "UTC" }).format(
        new Date(day),
      ),
    time: (time, language) =>
      new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short" }).format(time),
  };

  /** Cuts a name that others chose, keeps it in one direction, and replaces signs that cannot be seen. @type {Drawing["brief"]} */
  function brief(name) {
    const plain = name.replace(/\p{C}+/gu, "·");
    return plain.length > LONG ? `${plain.slice(0, LONG)}…` : plain;
  }

  /** @param {AccessMedic.Finding["values"][0]} value @param {string} language */
  const said = ({ kind, value }, language) => SAID[kind]?.(value, language) ?? `${value}`;

  /** @type {Drawing["found"]} */
  const found = ({ id, values }, tongue = { word, language: word("language") }) =>
    tongue.word(`finding_${id}`, ...values.map((value) => said(value, tongue.language)));

  /** @param {AccessMedic.Child} child */
  const shown = (child) => child != null && child !== false;

  /** @type {Drawing["make"]} */
  function make(name, attributes, ...children) {
    const [tag, look] = name.split(/\.(.*)/);
    const space = tag === "svg" || tag === "path" ? "2000/svg" : "1999/xhtml";
    /** @type {any} */
    const node = page.createElementNS(`http://www.w3.org/${space}`, tag);
    for (const [key, value] of Object.entries({ class: look, ...attributes })) {
      if (typeof value === "string") node.setAttribute(key, value);
    }
    node.append(...children.filter(shown));
    return node;
  }

  /** @type {Drawing["icon"]} */
  const icon = (name) =>
    make(
      `svg.icon ${name}`,
      { viewBox: "0 0 16 16", "aria-hidden": "true" },
      make("path", { d: ICONS[name] }),
    );

  /** @type {Drawing["button"]} */
  function button(look, key, content, act) {
    const node = make(`button.${look}`, { type: "button", "data-key": key }, content);
    node.addEventListener("click", (event) => {
      if (heard(event)) act(node);
    });
    return node;
  }

  /** This is the latest that any answer told. @type {AccessMedic.Told | undefined} */
  let latest;

  /**
   * Sends a message to the worker. Resolves to undefined when nobody answers: the worker failed, or the extension is gone. If a
   * later answer has overtaken this one, its case is that of the later answer.
   * @param {object} message
   * @returns {Promise<any>}
   */
  async function send(message) {
    try {
      // In a page, the message names the load that this view is drawn on; the extension's own pages have none.
      const { accessMedicObserves: observer } = globalThis;
      const load = typeof observer?.load === "function" ? observer.load() : undefined;
      const reply = await chrome.runtime.sendMessage({ ...message, load });
      if (!reply?.life) return reply;
      if (!latest || latest.life !== reply.life || latest.asOf <= reply.asOf) latest = reply;
      return { ...reply, case: latest?.case };
    } catch {
      return undefined;
    }
  }

  /** Draws anew without moving the reader: unfolded parts, focus and scroll stay. @type {Drawing["place"]} */
  function place(root, ...nodes) {
    arrange(root, ...nodes)?.focus({ preventScroll: true });
  }

  /**
   * Draws anew, and returns the element that should get the focus. The caller gives it the focus, because that lets the page's
   * listeners run.
   * @type {Drawing["arrange"]}
   */
  function arrange(root, ...nodes) {
    const tree = root.getRootNode();
    /** @type {any} */
    const { activeElement } = tree === document ? page : tree;
    const active = root.contains(activeElement) ? activeElement : null;
    const key = active?.getAttribute("data-key");
    const home = active?.closest("[data-remedy]")?.getAttribute("data-remedy");
    const top = root.querySelector(".body")?.scrollTop;
    const open = [...root.querySelectorAll("[open] > summary")].map((node) =>
      node.getAttribute("data-key"),
    );
    root.replaceChildren(...nodes.filter(shown));
    for (const summary of root.querySelectorAll("summary")) {
      if (open.includes(summary.getAttribute("data-key")))
        summary.parentElement?.setAttribute("open", "");
    }
    root.querySelector(".body")?.scrollTo({ top });
    if (!active) return undefined;
    /** @type {any[]} */
    const [heir] = [`[data-key="${key}"]`, `li[data-remedy="${home}"]`, ".headline"].flatMap(
      (selector) => [...root.querySelectorAll(selector)],
    );
    return heir;
  }

  /** @type {Drawing["fold"]} */
  function fold(key, title, ...children) {
    return make(
      "details",
      {},
      make("summary", { "data-key": key }, make("span", {}, ...title), icon("turn")),
      ...children,
    );
  }

  /**
   * Draws the control of a step; for an address, it is a real link.
   * @param {Scene} scene
   * @param {Step} step
   * @param {string} look
   * @param {string} [key] of its words
   */
  function control({ case: { busy }, apply }, { remedy, action }, look, key) {
    const link = action.kind === "open";
    const node = make(
      `${link ? "a" : "button"}.${look}`,
      {
        ...(link
          ? { href: action.address, target: "_blank", rel: "noopener" }
          : { type: "button" }),
        "data-key": look + remedy,
        "data-remedy": remedy,
        "aria-busy": busy === remedy && "true",
        "aria-disabled": !!busy && "true", // `disabled` would drop the keyboard's focus
      },
      word(busy === remedy ? "popup_busy" : (key ?? `remedy_${remedy}_button`)),
      link && icon("out"),
    );
    node.addEventListener("click", (event) => {
      if (heard(event) && !busy) apply(remedy, link);
      else event.preventDefault();
    });
    return node;
  }

  /** Returns a length of time as a clock shows it. @param {number} ms */
  function clock(ms) {
    const total = Math.ceil(ms / 1000);
    const parts = [Math.floor(total / 3600), Math.floor(total / 60) % 60, total % 60];
    const form = new Intl.NumberFormat(word("language"), { minimumIntegerDigits: 2 });
    return parts
      .slice(parts[0] ? 0 : 1)
      .map((part) => form.format(part))
      .join(":");
  }

  /** Draws how long a step waits, before its countdown is begun. @param {Step} step */
  function pause({ action }) {
    if (action.kind !== "wait") return undefined;
    const { seconds, until } = action;
    // If the time is on another day than today, it is shown with the day.
    const near = seconds < DAY && new Date(until ?? 0).getDate() === new Date().getDate();
    const time = new Intl.DateTimeFormat(word("language"), {
      timeStyle: "short",
      ...(!near && { dateStyle: "medium" }),
    });
    const length = SAID.seconds(seconds, word("language"));
    return make(
      "p.because",
      {},
      until ? word("wait_until", time.format(until)) : word("wait_for", length),
    );
  }

  /**
   * This is when the countdown that is shown ends, also by a watch that nobody can set, because a clock that is set back would
   * prolong it. The clock counts as well, since a watch stands still while the computer sleeps.
   */
  let watch = { until: 0, end: 0 };

  /** Counts down while somebody looks and the browser is online, and ends with its drawing. @param {Scene} scene @param {Step} step */
  function countdown(scene, step) {
    const { until, from, again } = /** @type {NonNullable<Scene["case"]["waiting"]>} */ (
      scene.case.waiting
    );
    const { change = (work) => work() } = scene;
    const gone = new AbortController();
    const time = make("b.clock", { role: "timer" });
    const over = make("p.because", { role: "status" });
    /** @type {any} */
    const bar = make("progress", { "aria-hidden": "true", max: `${until - from}` });
    /** @type {any} */
    const tick = make("input", { type: "checkbox", checked: again && "", "data-key": "again" });
    tick.addEventListener("change", (/** @type {Event} */ event) => {
      if (heard(event)) scene.wish(tick.checked);
    });
    if (watch.until !== until)
      watch = { until, end: performance.now() + Math.min(until - from, until - Date.now()) };
    let timer = 0;
    const run = () => {
      clearTimeout(timer);
      if (!time.isConnected) return gone.abort();
      if (page.hidden) return;
      const left = Math.max(0, Math.min(until - Date.now(), watch.end - performance.now()));
      change(() => {
        time.textContent = clock(left);
        bar.value = bar.max - left;
      });
      if (left > 0) {
        timer = setTimeout(run, left % 1000 || 1000);
        return;
      }
      change(() => {
        over.textContent = word(navigator.onLine ? "wait_over" : "wait_offline");
        time.closest(".now")?.setAttribute("data-over", "");
      });
      if (navigator.onLine) scene.due(until - from);
    };
    page.addEventListener("visibilitychange", run, gone);
    addEventListener("online", run, gone);
    setTimeout(run);
    return [
      make("div.countdown", {}, time, bar),
      over,
      make("label.tick", {}, tick, word("wait_again")),
      control(scene, step, "go", "wait_now"),
      button("mini", "stop-waiting", word("wait_stop"), scene.stop),
    ];
  }

  /** Draws what is known of a step's last use. @param {Scene} scene @param {Step} step */
  function notes({ case: { receipts }, notice }, { remedy, state, action }) {
    const { cookies, storage, undone } = receipts[remedy] ?? {};
    const some = action.kind === "clear" && action.scope.cookies;
    return [
      MARKS[state] && make("span.note", {}, word(`popup_state_${state}`)),
      undone && make("span.note", {}, word("receipt_undone", undone.back, undone.of)),
      cookies &&
        !undone &&
        make(
          "span.note",
          {},
          cookies.found || storage
            ? word("receipt_cookies", cookies.gone, cookies.found)
            : word("receipt_none"),
          cookies.gone > 0 && ` · ${word(some ? "receipt_signed_in" : "receipt_signed_out")}`,
        ),
      cookies?.final && !undone && make("span.note", {}, word("receipt_final")),
      notice?.remedy === remedy && notice.text && make("span.note bad", {}, notice.text),
    ];
  }

  /** Draws a receipt in full. @param {Scene} scene @param {Step} step */
  function account({ case: { receipts } }, { remedy }) {
    if (!receipts[remedy] || receipts[remedy].undone) return undefined;
    const { cookies, storage = { cleared: [], stayed: [] } } = receipts[remedy];
    /** @param {string[]} names */
    const kinds = (names) => listed(names.map((name) => word(`storage_${name}`)));
    const lines = [
      cookies.hosts.length > 0 && word("receipt_hosts", listed(cookies.hosts.map(brief))),
      storage.cleared.length > 0 && word("receipt_storage", kinds(storage.cleared)),
      ...storage.stayed.map(
        ({ kind, why }) =>
          `${word("receipt_storage_stayed", kinds([kind]))} (${word(`stayed_${why}`)})`,
      ),
      storage.stayed.some(({ why }) => why !== "failed") && word("receipt_by_hand"),
      cookies.stayed.length > 0 && word("receipt_stayed", cookies.stayed.length),
    ];
    return make(
      "ul.account",
      {},
      ...lines.map((line) => line && make("li", {}, line)),
      ...cookies.stayed.map(({ name, host, why }) =>
        make(
          "li",
          {},
          make("code", { dir: "auto" }, brief(name)),
          " ",
          make("bdi", {}, brief(host)),
          `: ${word(`stayed_${why}`)}`,
        ),
      ),
    );
  }

  /** Draws the button that undoes a step, while it can be undone. @param {Scene} scene @param {Step} step */
  const undoing = ({ case: { undo: undoes, busy }, undo }, { remedy }) =>
    undoes === remedy && !busy && button("mini", `undo-${remedy}`, word("popup_undo"), undo);

  /** Returns what to say of an outcome, or an empty string when the step was done. @type {Drawing["told"]} */
  function told({ kind, reason = "" }) {
    if (kind === "done") return "";
    const [id, detail = ""] = reason.split(/: (.*)/s);
    return [word(`outcome_${kind}`), id && word(`reason_${id}`, detail)]
      .filter(Boolean)
      .join(" · ");
  }

  /** @type {Drawing["judged"]} */
  const judged = ({ verdict, remedy }) => [
    word(`verdict_${verdict}`),
    word(`verdict_${verdict}_detail`, word(`remedy_${remedy}_title`)),
  ];

  /** @type {Drawing["verdict"]} */
  function verdict({ case: { report } }) {
    if (!report.judgement) return undefined;
    const [short, long] = judged(report.judgement);
    const { verdict } = report.judgement;
    return make(
      `p.verdict ${verdict}`,
      { "data-verdict": verdict },
      icon(verdict === "resolved" ? "check" : "again"),
      make("span", {}, make("b", {}, short), ` ${long}`),
    );
  }

  /** @type {Drawing["diagnosis"]} */
  function diagnosis({ case: { report } }, whole) {
    const { cause, mover } = /** @type {Diagnosis} */ (report.diagnosis);
    const total = report.plan.length;
    const used = report.plan.filter(({ state }) => MARKS[state]).length;
    const count = (whole || used > 0) && word("popup_progress", used, total);
    const bar = {
      role: "progressbar",
      "aria-label": count,
      "aria-valuenow": `${used}`,
      "aria-valuemax": `${total}`,
    };
    return [
      make("h2.headline", { "data-cause": cause, tabindex: "-1" }, word(`cause_${cause}_title`)),
      make("p.what", {}, word(`cause_${cause}_what`)),
      make("p.row", {}, make(`span.move ${mover}`, {}, icon(mover), word(`move_${mover}`)), count),
      count &&
        make("div.bar", bar, ...report.plan.map(({ state }) => make("i", { "data-state": state }))),
    ];
  }

  /** Draws why a step comes first. @param {Scene} scene @param {Step} step */
  function because({ case: { checks } }, { why }) {
    const finding = checks?.findings.find(({ id }) => id === why);
    return finding && make("p.because", {}, word("popup_because", found(finding)));
  }

  /** Draws the link to the page where OpenAI itself says this. @param {Step} step */
  const source = ({ remedy, read }) =>
    read &&
    make(
      "a.source",
      { href: read, target: "_blank", rel: "noopener", "data-key": `read-${remedy}` },
      word("popup_read"),
      icon("out"),
    );

  /** Tells whether a step asks the organisation, which may name whom to ask. @param {Step} step */
  const asksOrganisation = ({ remedy }) => remedy === "contact_administrator";

  /** Draws how a step is done. @param {Step} step @param {string} [look] */
  function detail(step, look = "") {
    const own = asksOrganisation(step) && contact.text;
    const words = own || word(`remedy_${step.remedy}_detail`);
    return make(`p.${look}`, { dir: own && "auto" }, words);
  }

  /** Draws the links to whom the organisation names. @param {Step} step */
  function reach(step) {
    const { address, telephone } = asksOrganisation(step) ? contact : {};
    if (!address && !telephone) return undefined;
    const isWeb = address?.startsWith("https:");
    const shown = address?.replace(/^https:\/\/|^mailto:|\?.*$|\/$/g, "");
    return make(
      "p.reach",
      {},
      address &&
        make(
          "a.source",
          {
            href: address,
            "data-key": "contact",
            ...(isWeb && { target: "_blank", rel: "noopener" }),
          },
          make("bdi", {}, brief(shown ?? "")),
          isWeb && icon("out"),
        ),
      telephone &&
        make(
          "a.source",
          { href: `tel:${telephone.replace(/[^+\d]/g, "")}`, "data-key": "telephone" },
          make("bdi", { dir: "ltr" }, telephone),
        ),
    );
  }

  /** Tells whether the countdown of a step runs. @param {Scene} scene @param {Step} step */
  const waits = ({ case: { waiting } }, { remedy }) => waiting?.remedy === remedy;

  /** Draws the step to do now, with the one filled button of the card. @param {Scene} scene @param {Step} step */
  const panel = (scene, step) => [
    make("h3", {}, word(`remedy_${step.remedy}_title`)),
    detail(step),
    reach(step),
    because(scene, step),
    ...notes(scene, step),
    ...(waits(scene, step) ? countdown(scene, step) : [pause(step), control(scene, step, "go")]),
    make(
      "div.aside",
      {},
      source(step),
      button("quiet", `skip-${step.remedy}`, word("popup_skip"), () =>
        scene.mark(step.remedy, true),
      ),
    ),
  ];

  /**
   * Draws the number of a step, its mark, or the box to tick it by hand.
   * @param {Scene} scene
   * @param {Step} step
   * @param {number} index
   * @param {boolean} whole
   */
  function dot(scene, { remedy, state, action }, index, whole) {
    const mark = MARKS[state] ? icon(MARKS[state]) : `${index + 1}`;
    if (!whole || scene.case.busy || !BY_HAND.includes(action.kind))
      return make("span.dot", { "aria-hidden": "true" }, mark);
    const node = button("dot", `tick-${remedy}`, mark, () =>
      MARKS[state] ? scene.unmark(remedy) : scene.mark(remedy, false),
    );
    node.setAttribute("role", "checkbox");
    node.setAttribute("aria-checked", `${state === "done"}`);
    node.setAttribute("aria-label", word("popup_tick", word(`remedy_${remedy}_title`)));
    return node;
  }

  /** @type {Drawing["next"]} */
  function next(scene) {
    const { plan } = scene.case.report;
    const step =
      plan.find((one) => waits(scene, one)) ?? plan.find(({ state }) => state === "next");
    return step && make("section.now", { "data-remedy": step.remedy }, ...panel(scene, step));
  }

  /** @type {Drawing["checklist"]} */
  function checklist(scene, whole) {
    const items = scene.case.report.plan.map((step, index) => {
      const { remedy, state } = step;
      const now = state === "next" || waits(scene, step);
      const title = word(`remedy_${remedy}_title`);
      return make(
        now && whole ? "li.now" : "li",
        {
          "data-remedy": remedy,
          "data-state": state,
          "aria-current": now && "step",
          tabindex: "-1",
        },
        dot(scene, step, index, whole),
        now
          ? make("div", {}, ...(whole ? panel(scene, step) : [make("b", {}, title)]))
          : fold(
              `step-${remedy}`,
              [title, ...notes(scene, step)],
              detail(step, "what"),
              reach(step),
              account(scene, step),
              undoing(scene, step),
              state !== "done" && control(scene, step, "mini"),
              source(step),
              MARKS[state] &&
                button("quiet", `back-${remedy}`, word("popup_take_back"), () =>
                  scene.unmark(remedy),
                ),
            ),
      );
    });
    const begun = scene.case.report.plan.some(({ state }) => MARKS[state]);
    return make(
      "div",
      {},
      make("ol.steps", {}, ...items),
      whole && begun && button("quiet", "restart", word("popup_restart"), scene.restart),
    );
  }

  /**
   * Draws a code that a person may have to tell somebody, with a button that copies it.
   * @param {Scene} scene
   * @param {"code" | "ray_id"} name
   * @param {string} value
   */
  function copied({ change = (work) => work() }, name, value) {
    const code = make("code", { dir: "ltr" }, brief(value));
    const label = word(`fact_${name}`);
    const copy = button("quiet", `copy-${name}`, icon("copy"), async () => {
      const done = await navigator.clipboard.writeText(value).then(
        () => true,
        () => false,
      );
      change(() => {
        if (done) {
          copy.replaceChildren(icon("check"));
          copy.setAttribute("aria-label", `${word("popup_copied")}: ${label}`);
        } else page.getSelection()?.selectAllChildren(code); // a page can forbid it, and then the person can copy it by hand
      });
    });
    copy.setAttribute("aria-label", `${word("popup_copy")}: ${label}`);
    return make("li.copied", {}, label, " ", code, copy);
  }

  /** @type {Drawing["reasons"]} */
  function reasons(scene) {
    const { report, checks } = scene.case;
    const { reasons, confidence, others, surface, facts } = /** @type {Diagnosis} */ (
      report.diagnosis
    );
    /** @param {AccessMedic.Diagnosis["reasons"][0]["clue"]} clue */
    const named = (clue) =>
      word(surface === "told" && clue === "text" ? "tell_words" : `clue_${clue}`);
    /** @param {string} title @param {Diagnosis["reasons"]} clues */
    const line = (title, clues) =>
      make(
        "li",
        {},
        title,
        // The name of a symptom that was picked here says nothing to the reader.
        ...clues.flatMap(({ clue, quote }) =>
          clue === "told" ? [] : [" ", make("code", { dir: "auto" }, quote)],
        ),
      );
    const items = [
      ...reasons.map((reason) => {
        const finding = checks?.findings.find(
          ({ id }) => reason.clue === "finding" && id === reason.quote,
        );
        return finding ? make("li", {}, found(finding)) : line(named(reason.clue), [reason]);
      }),
      ...others.map(({ cause, reasons }) =>
        line(word("popup_others", word(`cause_${cause}_title`)), reasons),
      ),
      facts.code && copied(scene, "code", facts.code),
      facts.ray_id && copied(scene, "ray_id", facts.ray_id),
    ];
    const node = fold("why", [word("overlay_why")], make("ul.why", {}, ...items));
    node.querySelector(".turn")?.before(make("span.sure", {}, word(`confidence_${confidence}`)));
    return node;
  }

  /** @type {Drawing["sweep"]} */
  function sweep(scene) {
    const { plan, tools } = scene.case.report;
    const tool = tools.find(({ remedy }) => remedy === SWEEP);
    const step = plan.find(({ remedy }) => remedy === SWEEP);
    if (!tool || step?.state === "next") return [];
    return [
      control(scene, tool, "quiet", "overlay_clear"),
      // If the plan has this step, the step itself tells what came of it.
      ...(step ? [] : [...notes(scene, tool), undoing(scene, tool)]),
    ];
  }

  return {
    tongueOf,
    page,
    listenOnlyTo,
    speak,
    setContact,
    direction,
    word,
    make,
    icon,
    button,
    send,
    place,
    arrange,
    brief,
    fold,
    told,
    judged,
    verdict,
    diagnosis,
    next,
    checklist,
    reasons,
    found,
    sweep,
    said,
    listed,
    control,
    notes,
    account,
    undoing,
  };
})();
