// The overlay on a failing page: a closed shadow root in the top layer, which asks for the case and draws it. It never
// takes the focus, decides nothing, and goes when it is closed or there is nothing left to say.
globalThis.accessMedicOverlay ??= (() => {
  const {
    speak,
    direction,
    word,
    make,
    icon,
    button,
    send,
    place,
    fold,
    told,
    judged,
    verdict,
    diagnosis,
    next,
    checklist,
    reasons,
  } = globalThis.accessMedicReport;

  const LINGER = 8000;
  /** Who clicks sooner has not seen what stands there now. */
  const SEEN = 300;
  const LOOK = 100;
  /** Best first, as the style sheet knows them, and how far from the edge. */
  const CORNERS = ["bottom", "top", "bottom start", "top start"];
  const GAP = 16;
  /** What a page wants to be used, and how many of them are looked at. */
  const USED = "button, a[href], input, select, textarea, summary, [role=button]";
  const MANY = 200;
  /** What can lie above us. A transition lies above everything, and not every browser knows it. */
  const ABOVE = ":popover-open, :modal, :fullscreen, :is(:active-view-transition)";

  /** Asked before anything else: for its first word Chromium keeps the page waiting as long as the answer takes. */
  let first = /** @type {Promise<AccessMedic.AskReply | undefined> | undefined} */ (
    send({ kind: "ask" })
  );

  // Made in another document: a page that defines the element is let into a root that is made in its own.
  const host = document.adoptNode(
    document.implementation.createHTMLDocument().createElement("access-medic"),
  );
  host.dir = word("@@bidi_dir");
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  const status = make("p.unseen", { role: "status" });
  const view = make("div", {});
  // The language stands inside: `all: initial` on the host would undo what it does to fonts.
  const region = make("div.medic", { role: "region" }, status, view);
  root.append(region);
  root.adoptedStyleSheets = [sheet];

  // Looked up now: a page that outlives the extension gets no more words.
  const lost = word("overlay_lost");
  const closing = word("overlay_close");
  /** The cause whose chip was unfolded. */
  let unfolded = "";
  let leaving = 0;
  let looking = 0;
  /** When what stands here, or where it stands, last changed. */
  let settled = 0;
  let stood = "";
  /** Others in the top layer, above which we were put. @type {Element[]} */
  let under = [];
  /** What lay before us lately; without a box, anywhere. @type {{ at: number; box?: DOMRect }[]} */
  let covers = [];

  /** The page is on its way out: Firefox gives it no sizes and no timers any more. */
  const gone = () => !document.defaultView;

  const others = () => [...document.querySelectorAll(ABOVE)].filter((one) => one !== host);

  /** Told from the nearer edge: what unfolds grows from there. */
  function stand() {
    const { left, right, top, bottom } = view.getBoundingClientRect();
    return `${[left, right, top < innerHeight - bottom ? top : bottom - innerHeight]}`;
  }

  function settle() {
    if (gone()) return;
    settled = performance.now();
    stood = stand();
  }

  /** Puts us before everything else, which a page can do too, again and again. */
  function rise() {
    under = others().filter((one) => one !== document.documentElement);
    try {
      host.popover = "manual"; // a page can take that away
      host.hidePopover();
      host.showPopover();
    } catch {} // and us, while we are shown
    settle();
  }

  /** A page can hide, move or cover us, and undo it just as the click comes. */
  function look() {
    if (gone() || !host.isConnected) return leave();
    const at = performance.now();
    if (!host.matches(":popover-open") || stood !== stand()) settle();
    covers = covers.filter((cover) => at - cover.at < SEEN);
    for (const one of others()) {
      // What is drawn of it may lie outside its box.
      covers.push({ at, ...(under.includes(one) && { box: one.getBoundingClientRect() }) });
    }
  }

  /** What the reader could not see does nothing; the next click will be one that could. @param {MouseEvent} event */
  function guard(event) {
    look();
    const { detail, clientX, clientY, isTrusted } = event;
    const { left, top, width, height } = /** @type {Element} */ (
      event.target
    ).getBoundingClientRect();
    // By keyboard, it has no place.
    const [x, y] = detail ? [clientX, clientY] : [left + width / 2, top + height / 2];
    const covered = covers.some(
      ({ box }) => !box || (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom),
    );
    const still = performance.now() - settled >= SEEN;
    if (still && !covered && document.elementFromPoint(x, y) === host) return;
    event.preventDefault();
    event.stopPropagation();
    if (isTrusted && (covered || !host.matches(":popover-open"))) rise();
  }
  view.addEventListener("click", guard, true);
  // What unfolds moves what the reader saw: known at once, not at the next look.
  view.addEventListener("toggle", settle, true);

  function leave() {
    clearTimeout(leaving);
    clearInterval(looking);
    document.removeEventListener("keydown", onKey, true);
    document.removeEventListener("focusin", keepClear);
    host.remove();
    status.textContent = "";
    view.replaceChildren();
  }

  function close() {
    leave();
    send({ kind: "close" });
  }

  /** Escape stays the page's too; one that ends a composition means neither. @param {KeyboardEvent} event */
  function onKey(event) {
    if (event.key === "Escape" && event.isTrusted && !event.isComposing && host.isConnected)
      close();
  }

  /** Goes to the corner where the least of the page lies underneath, and nothing that the reader works in. */
  function keepClear() {
    // Not from under a hand.
    if (gone() || host.matches(":hover") || root.activeElement) return;
    const { width, height } = view.getBoundingClientRect();
    const active = document.activeElement;
    const worked =
      active !== host && active !== document.body && (active?.closest("form") ?? active);
    const used = [...document.querySelectorAll(USED)].slice(0, MANY);
    const under = CORNERS.map((corner) => {
      const top = corner.includes("top") ? GAP : innerHeight - GAP - height;
      const start = corner.includes("start") === (host.dir !== "rtl");
      const left = start ? GAP : innerWidth - GAP - width;
      /** @param {Element} one */
      const lies = (one) => {
        const box = one.getBoundingClientRect();
        const beside = box.right <= left || box.left >= left + width;
        return !beside && box.bottom > top && box.top < top + height && box.width > 0;
      };
      return used.filter(lies).length + (worked && lies(worked) ? MANY : 0);
    });
    const corner = CORNERS[under.indexOf(Math.min(...under))];
    if (corner === (host.dataset.corner ?? CORNERS[0])) return;
    host.dataset.corner = corner;
    settle();
  }

  /** Goes by itself, but not from under a hand. @param {number} wait */
  function leaveSoon(wait) {
    if (gone()) return;
    leaving = setTimeout(() => {
      if (host.matches(":hover") || root.activeElement) leaveSoon(1000);
      else close();
    }, wait);
  }

  /** @param {string} text @param {AccessMedic.Child[]} nodes */
  function show(text, ...nodes) {
    if (gone()) return;
    place(view, ...nodes);
    if (!host.isConnected) {
      document.documentElement.append(host);
      clearInterval(looking);
      looking = setInterval(look, LOOK);
      document.addEventListener("keydown", onKey, true);
      document.addEventListener("focusin", keepClear);
    }
    if (host.matches(":popover-open")) settle();
    else rise();
    keepClear();
    // A moment later, and once: a live region is read out when it changes, not when it appears.
    setTimeout(() => {
      if (status.textContent !== text) status.textContent = text;
    }, 100);
  }

  function closer() {
    const node = button("quiet", "close", icon("close"), close);
    node.setAttribute("aria-label", closing);
    return node;
  }

  /** @param {AccessMedic.Child[]} nodes */
  const chip = (...nodes) => make("div.chip", {}, ...nodes, closer());

  /** @param {AccessMedic.Case | null} found @param {AccessMedic.Scene["notice"]} [notice] */
  function draw(found, notice) {
    clearTimeout(leaving);
    const { diagnosis: fault, judgement, plan } = found?.report ?? {};
    if (!found || found.closed || !(fault ? fault.overlay : judgement)) return leave();
    /** @type {AccessMedic.Scene} */
    const scene = {
      case: found,
      notice,
      apply: (...use) => apply(found, ...use),
      undo: () => tell(found, found.undo ?? "", send({ kind: "undo" })),
      stop: () => send({ kind: "stop" }).then(ask),
      mark: (remedy, skipped) => send({ kind: "mark", remedy, skipped }).then(redraw),
      unmark: (remedy) => send({ kind: "unmark", remedy }).then(redraw),
      restart: () => send({ kind: "restart" }).then(redraw),
      due: (length) => send({ kind: "due", length }),
      wish: (again) => send({ kind: "wish", again }),
    };
    if (!fault) {
      show(word("verdict_resolved"), chip(verdict(scene)));
      return leaveSoon(LINGER);
    }
    const title = word(`cause_${fault.cause}_title`);
    if (fault.surface !== "page" && !judgement && unfolded !== fault.cause) {
      const help = button("mini", "help", word("overlay_help"), () => {
        unfolded = fault.cause;
        draw(found);
      });
      return show(title, chip(icon("mark"), make("b", { "data-cause": fault.cause }, title), help));
    }
    show(
      notice?.text || [...(judgement ? judged(judgement) : []), title].join("\n"),
      make(
        "section.card",
        {},
        make("header.head", {}, icon("mark"), make("b", {}, word("extension_name")), closer()),
        make(
          "div.body",
          {},
          verdict(scene),
          ...diagnosis(scene, false),
          next(scene),
          fold("steps", [word("overlay_steps", plan?.length ?? 0)], checklist(scene, false)),
          reasons(scene),
          make(
            "div.foot",
            {},
            button("quiet", "silence", word("overlay_silence"), () =>
              send({ kind: "silence", silent: true }).then(redraw),
            ),
          ),
        ),
      ),
    );
  }

  /** @param {AccessMedic.Case} found @param {string} remedy @param {boolean} link */
  function apply(found, remedy, link) {
    const sent = send({ kind: "apply", remedy });
    if (!link) draw({ ...found, busy: remedy });
    return tell(found, remedy, sent);
  }

  /**
   * What came of it.
   * @param {AccessMedic.Case} found
   * @param {string} remedy
   * @param {Promise<AccessMedic.ApplyReply | undefined>} sent
   */
  async function tell(found, remedy, sent) {
    const reply = await sent;
    if (reply) draw(reply.case ?? found, { remedy, text: told(reply.outcome) });
    else show(lost, chip(icon("mark"), make("span", {}, lost)));
  }

  async function ask() {
    const asked = first ?? send({ kind: "ask" });
    first = undefined;
    const reply = await asked;
    if (!reply) return;
    sheet.replaceSync(reply.style ?? "");
    speak(reply.words);
    Object.assign(region, { lang: word("language"), ariaLabel: word("overlay_label") });
    host.dir = direction();
    region.dataset.theme = reply.theme ?? "";
    draw(reply.case);
  }

  /** @param {AccessMedic.AskReply | undefined} reply */
  const redraw = (reply) => reply && draw(reply.case);

  return { show: ask };
})();

globalThis.accessMedicOverlay.show();
