// The overlay on a failing page: a closed shadow root in the top layer, which asks for the case and draws it. It never
// takes the focus, decides nothing, and goes when it is closed or there is nothing left to say. The page around it may be
// hostile: a click counts only if the person could see what is clicked, and in doubt it is refused.

// An element of the page with this id would otherwise be taken for ours.
if (!Object.hasOwn(globalThis, "accessMedicOverlay"))
  globalThis.accessMedicOverlay = /** @type {any} */ (undefined);

globalThis.accessMedicOverlay ??= (() => {
  const {
    speak,
    direction,
    word,
    make,
    icon,
    button,
    send,
    arrange,
    fold,
    told,
    judged,
    verdict,
    diagnosis,
    next,
    checklist,
    reasons,
    page,
    listenOnlyTo,
  } = globalThis.accessMedicReport;

  const NAME = "access-medic";
  const LINGER = 8000;
  /** A person has not seen what has been there for a shorter time, in ms. */
  const SEEN = 300;
  /** Looks follow one another at random within this, so that a page cannot foresee them. */
  const LOOKS = { least: 30, most: 80 };
  /** After so long without a look nobody knows what the person saw meanwhile; Chromium tells some of it. */
  const BLIND = { alone: 250, told: 600 };
  /** The shortest delay that Chromium allows for its own word on whether something is covered. */
  const DELAY = 100;
  const BEAT = 1000;
  /** Without a beat for so long, the script has ended, and the drawing goes with it. */
  const DEAD = 5000;
  /** Nobody can read the card in a smaller window, or at a smaller scale. */
  const LEAST = { width: 200, height: 140, scale: 0.5 };
  /** A page that rewrites us more often gets nothing to rewrite any more. */
  const MEDDLINGS = 3;
  /** Best first, as the style sheet knows them, and how far from the edge. */
  const CORNERS = ["bottom", "top", "bottom start", "top start"];
  const GAP = 16;
  /** What a page wants to be used, and how many of them are looked at. */
  const USED = "button, a[href], input, select, textarea, summary, [role=button]";
  const MANY = 200;
  /** Windows of the browser's own, as a list to choose from has one: they lie above every page, and have no box. */
  const WINDOWS = ":is(select:open), :is(input:open)";
  /** Firefox filters everything in a window as its root is filtered; these leave text readable. */
  const CLEAR = /^(none|((invert\(1\)|hue-rotate\([^)]*\)|grayscale\([^)]*\)|sepia\([^)]*\)) ?)+)$/;
  /** Everything that can lie above us. Not every browser knows each of them. */
  const ABOVE = `:popover-open, :modal, :fullscreen, :is(:active-view-transition), ${WINDOWS}`;
  /** Properties by which a page could make our elements look otherwise. */
  const LOOKS_LIKE = [
    "color",
    "background-color",
    "background-image",
    "opacity",
    "visibility",
    "filter",
    "clip-path",
    "content",
    "font-size",
  ];
  /** Elements that a person can press. */
  const CONTROLS = "label, button, a, summary, input";
  /** Firefox hands the nodes of a closed root to the page's listeners, which may then rewrite them. */
  const EXPOSED = "originalTarget" in Event.prototype;

  let meddlings = 0;
  let current = raise();

  function raise() {
    /** Asked before anything else: for its first word Chromium keeps the page waiting as long as the answer takes. */
    let first = /** @type {Promise<AccessMedic.AskReply | undefined> | undefined} */ (
      send({ kind: "ask" })
    );

    // An earlier version of the extension may have left its own, which nobody answers for any more.
    for (const old of page.querySelectorAll(NAME)) old.remove();

    // Made in another document: a page that defines the element is let into a root that is made in its own.
    const host = page.adoptNode(page.implementation.createHTMLDocument().createElement(NAME));
    const root = host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    /** What `all: initial` in the style sheet leaves to the page, and the size of its text. */
    const bounds = new CSSStyleSheet();
    const status = make("p.unseen", { role: "status" });
    const view = make("div", {});
    // The language stands inside: `all: initial` on the host would undo what it does to fonts. Our words need no translator.
    const region = make("div.medic", { role: "region", translate: "no" }, status, view);
    root.append(region);
    root.adoptedStyleSheets = [sheet, bounds];

    // Looked up now: a page that outlives the extension gets no more words.
    const lost = word("overlay_lost");
    const closing = word("overlay_close");
    /** The cause whose chip was unfolded. */
    let unfolded = "";
    let leaving = 0;
    let looking = 0;
    let beating = 0;
    let retired = false;
    /** When what stands here, or where it stands, last changed. */
    let settled = 0;
    let looked = 0;
    let stood = "";
    /** The text of the sheet `bounds`. */
    let bounded = "";
    /** Others in the top layer, above which we were put. @type {Element[]} */
    let under = [];
    /** What lay before us lately; without a box, anywhere. @type {{ at: number; box?: DOMRect }[]} */
    let covers = [];
    /** What Chromium says of us; undefined where a browser says nothing. @type {boolean | undefined} */
    let visible;
    /** Where the pointer went down on what the person could see. @type {Element | undefined} */
    let pressed;
    /** The last click that counted. */
    let clicked = 0;
    /** When the person moved the focus by a key or by pressing something here. */
    let moved = 0;
    /** The focus was put here by somebody else. */
    let lent = false;
    /** Where each link leads, as it was drawn. @type {Map<Element, string>} */
    let addresses = new Map();
    /** Our style sheet, as text, and how many rules it has. */
    let style = "";
    let count = 0;
    /** Roots of the page, closed ones too, as far as the browser tells us. @type {ShadowRoot[]} */
    let roots = [];
    let searched = 0;

    /** @type {WeakSet<Event>} */
    const allowed = new WeakSet();
    listenOnlyTo((event) =>
      event.type === "click"
        ? allowed.has(event)
        : view.contains(/** @type {Node} */ (event.target)),
    );

    /** The page is on its way out: Firefox gives it no sizes and no timers any more. */
    const gone = () => !page.defaultView;

    /** Hidden elements stay in the top layer, and painted, for as long as their transition lasts. @param {Document | ShadowRoot} tree */
    const lingering = (tree) =>
      tree.getAnimations().flatMap((one) => {
        const { transitionProperty = "", effect } = /** @type {any} */ (one);
        const stays = transitionProperty === "overlay" && effect?.target;
        return stays ? [/** @type {Element} */ (effect.target)] : [];
      });

    /** Firefox lets extensions into closed roots. On a page of many elements the search is long, and made less often. */
    function search() {
      if (!("openOrClosedShadowRoot" in Element.prototype)) return;
      const from = performance.now();
      if (from < searched) return;
      /** @type {(tree: Document | ShadowRoot) => ShadowRoot[]} */
      const within = (tree) =>
        [...tree.querySelectorAll("*")].flatMap((one) => {
          const inner = one !== host && /** @type {any} */ (one).openOrClosedShadowRoot;
          return inner ? [inner, ...within(inner)] : [];
        });
      roots = within(page);
      searched = performance.now() + 20 * (performance.now() - from);
    }

    const others = () => {
      search();
      return [page, ...roots]
        .flatMap((tree) => [...tree.querySelectorAll(ABOVE), ...lingering(tree)])
        .filter((one) => one !== host);
    };

    /** Told from the nearer edge: what unfolds grows from there. What is scrolled moves too. */
    function stand() {
      const { left, right, top, bottom } = view.getBoundingClientRect();
      const { scrollTop } = view.querySelector(".body") ?? view;
      return `${[left, right, top < innerHeight - bottom ? top : bottom - innerHeight, scrollTop]}`;
    }

    function settle() {
      if (gone()) return;
      settled = performance.now();
      stood = stand();
    }

    /** A page that is zoomed by its own style sheet would make us unreadable; the zoom is taken back. */
    function bound() {
      const zoom = 1 / (host.parentElement?.currentCSSZoom ?? 1);
      const rule = `:host { zoom: ${zoom} !important; direction: ${direction()} !important; unicode-bidi: isolate !important; }`;
      if (rule === bounded) return;
      bounded = rule;
      bounds.replaceSync(rule);
      settle();
    }

    /** Puts us before everything else, which a page can do too, again and again. */
    function rise() {
      under = others().filter((one) => one !== page.documentElement);
      try {
        host.popover = "manual"; // a page can take that away
        host.hidePopover();
        host.showPopover();
      } catch {} // and us, while we are shown
      settle();
    }

    /** Can anything in this window be read at all? A window over ours takes its focus. */
    const readable = () =>
      page.visibilityState === "visible" &&
      page.hasFocus() &&
      innerWidth >= LEAST.width &&
      innerHeight >= LEAST.height &&
      (visualViewport?.scale ?? 1) >= LEAST.scale &&
      (!EXPOSED || CLEAR.test(getComputedStyle(page.documentElement).filter));

    /** A page can hide, move or cover us, and undo it just as the click comes. */
    function look() {
      if (gone() || !host.isConnected || !chrome.runtime?.id) return leave();
      if (meddled()) return retreat();
      const at = performance.now();
      bound();
      const blind = at - looked > (visible === undefined ? BLIND.alone : BLIND.told);
      if (blind || !readable() || !host.matches(":popover-open") || stood !== stand()) settle();
      looked = at;
      note(occlusion.takeRecords());
      covers = covers.filter((cover) => at - cover.at < SEEN);
      if (visible === false) covers.push({ at });
      for (const one of others()) {
        // What is drawn of it may lie outside its box.
        const inBox = under.includes(one) && !one.matches(WINDOWS);
        covers.push({ at, ...(inBox && { box: one.getBoundingClientRect() }) });
      }
    }

    /** A size is told right before the page is painted: when the page's own scripts have done what they want in a frame. */
    const sizes = new ResizeObserver(look);

    function lookLater() {
      const wait = LOOKS.least + Math.random() * (LOOKS.most - LOOKS.least);
      clearTimeout(looking);
      looking = setTimeout(() => {
        requestAnimationFrame(() => {
          if (!host.isConnected) return leave();
          sizes.disconnect();
          sizes.observe(view);
          lookLater();
        });
      }, wait);
    }

    /** @param {IntersectionObserverEntry[]} entries */
    function note(entries) {
      const last = /** @type {any} */ (entries.at(-1));
      if (last?.isVisible === undefined) return;
      // It may have been covered between two of our looks.
      if (visible && entries.some((entry) => !(/** @type {any} */ (entry).isVisible))) settle();
      visible = last.isVisible;
    }

    // Chromium tells whether anything is painted over us, whoever did it and however.
    const occlusion = new IntersectionObserver(
      note,
      /** @type {any} */ ({ trackVisibility: true, delay: DELAY, threshold: [0, 0.5, 1] }),
    );

    /** What is drawn here is changed by nobody but us, and by the browser when a fold is opened. @param {MutationRecord[]} records */
    const foreign = (records) =>
      records.some(
        ({ attributeName, target }) => attributeName !== "open" || target.nodeName !== "DETAILS",
      );

    const changes = new MutationObserver((records) => {
      if (foreign(records)) retreat();
    });

    /** Everything that we change ourselves is changed in here. @param {() => void} work */
    function change(work) {
      if (foreign(changes.takeRecords())) return retreat();
      work();
      changes.takeRecords();
    }

    /** Describes how each of our elements looks, to see whether a page has changed it. */
    const looks = () =>
      [region, ...region.querySelectorAll("*")].map((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        const styles = [undefined, "::before", "::after"].map((part) => {
          const style = getComputedStyle(one, part);
          return LOOKS_LIKE.map((property) => style.getPropertyValue(property));
        });
        return `${[left, top, width, height, styles]}`;
      });

    /** Were we rewritten? Animations and roots leave no record of a change. */
    function meddled() {
      if (foreign(changes.takeRecords()) || sheet.cssRules.length !== count) return true;
      return (
        EXPOSED &&
        (root.getAnimations().some((one) => one !== life && one.constructor === Animation) ||
          [...region.querySelectorAll("*")].some(
            (one) => /** @type {any} */ (one).openOrClosedShadowRoot,
          ))
      );
    }

    /** Is what is drawn still all ours? Firefox lets nobody read which sheets a root has, so ours are put in anew. */
    function genuine() {
      if (meddled()) return false;
      if (!EXPOSED) return true;
      const before = looks();
      sheet.replaceSync(style);
      root.adoptedStyleSheets = [sheet, bounds];
      return `${before}` === `${looks()}`;
    }

    /** Leaves what somebody rewrote, and draws anew where nobody knows us yet. */
    function retreat() {
      if (retired) return;
      leave();
      retired = true;
      meddlings++;
      if (meddlings >= MEDDLINGS) return;
      current = raise();
      current.show();
    }

    /** Could the person see what an event is about? @param {Event} event @param {Element} target @param {number} x @param {number} y */
    function seen(event, target, x, y) {
      look();
      if (!host.isConnected) return false;
      if (!genuine()) {
        retreat();
        return false;
      }
      const covered = covers.some(
        ({ box }) => !box || (x >= box.left && x <= box.right && y >= box.top && y <= box.bottom),
      );
      // An event may have waited for long behind a script.
      const still = Math.min(event.timeStamp, performance.now()) - settled >= SEEN;
      const there = page.elementFromPoint(x, y) === host;
      const met = root.elementFromPoint(x, y);
      if (still && !covered && visible !== false && there && target.contains(met)) return true;
      if (event.isTrusted && (covered || visible === false || !host.matches(":popover-open")))
        rise();
      return false;
    }

    /** @param {Event} event */
    const controlOf = ({ target }) => {
      const node = /** @type {Element} */ (target);
      return node.closest("label") ?? node.closest(CONTROLS) ?? node;
    };

    /** The pointer goes down: from here on it must have been in sight. @param {MouseEvent} event */
    function press(event) {
      const control = controlOf(event);
      pressed = undefined;
      if (!event.isTrusted) return;
      moved = performance.now();
      try {
        if (seen(event, control, event.clientX, event.clientY)) pressed = control;
      } catch {} // in doubt it was not seen
    }

    /** @param {MouseEvent} event */
    function mayClick(event) {
      const control = controlOf(event);
      const { detail, clientX, clientY, isTrusted, timeStamp } = event;
      if (!isTrusted) return false;
      if (detail) {
        // The first click of two was for something that went away.
        const second = detail > 1 && timeStamp - clicked > 1000;
        const allows = pressed === control && seen(event, control, clientX, clientY) && !second;
        clicked = timeStamp;
        return allows;
      }
      // A label hands its click on to what it is for, at once and without a place.
      if (control === pressed && timeStamp - clicked < 50) return true;
      const { left, top, width, height } = control.getBoundingClientRect();
      if (lent) {
        lent = false;
        settle();
      }
      return seen(event, control, left + width / 2, top + height / 2);
    }

    /** What the reader could not see does nothing; the next click will be one that could. @param {MouseEvent} event */
    function guard(event) {
      let allows = false;
      try {
        allows = mayClick(event);
      } catch {} // in doubt it is refused
      const link = /** @type {Element} */ (event.target).closest("a");
      if (!allows || link) event.preventDefault();
      if (!allows) return event.stopImmediatePropagation();
      allowed.add(event);
      // The address could still be rewritten while the page's listeners hear of the click.
      const address = link && !link.ariaDisabled && addresses.get(link);
      if (address && event.button < 2) open(address, "_blank", "noopener");
    }
    view.addEventListener("pointerdown", press, true);
    view.addEventListener("mousedown", press, true);
    view.addEventListener("click", guard, true);
    view.addEventListener("auxclick", guard, true);
    // What unfolds or is scrolled moves what the reader saw: known at once, not at the next look.
    view.addEventListener("toggle", settle, true);
    view.addEventListener("scroll", settle, true);
    root.addEventListener("focusin", () => {
      lent = EXPOSED && performance.now() - moved > 1000;
    });

    const life = region.animate([{ visibility: "visible" }, { visibility: "hidden" }], {
      delay: DEAD,
      duration: 1,
      fill: "forwards",
    });

    /** Firefox ends a script with its extension and leaves what it drew. */
    function beat() {
      if (!chrome.runtime?.id) return leave();
      life.currentTime = 0;
    }

    /** Who comes back to this window has not seen yet what is there. */
    function onReturn() {
      beat();
      settle();
    }

    /** @param {PageTransitionEvent} event */
    function onShow({ persisted }) {
      if (persisted) ask();
    }

    /** @param {KeyboardEvent} event */
    function onTab(event) {
      if (event.isTrusted && event.key === "Tab") moved = performance.now();
    }

    function leave() {
      clearTimeout(leaving);
      clearTimeout(looking);
      clearInterval(beating);
      sizes.disconnect();
      occlusion.disconnect();
      page.removeEventListener("keydown", onKey, true);
      page.removeEventListener("focusin", keepClear);
      page.removeEventListener("visibilitychange", onReturn);
      removeEventListener("focus", onReturn);
      removeEventListener("blur", onReturn);
      removeEventListener("keydown", onTab, true);
      removeEventListener("pageshow", onShow);
      host.remove();
      changes.disconnect();
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
      const active = page.activeElement;
      const worked = active !== host && active !== page.body && (active?.closest("form") ?? active);
      const used = [...page.querySelectorAll(USED)].slice(0, MANY);
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
      if (gone() || retired) return;
      /** @type {HTMLElement | undefined} */
      let heir;
      change(() => {
        heir = arrange(view, ...nodes);
      });
      if (retired) return;
      addresses = new Map([...view.querySelectorAll("a")].map((link) => [link, link.href]));
      if (!host.isConnected) {
        page.documentElement.append(host);
        changes.observe(root, {
          subtree: true,
          childList: true,
          attributes: true,
          characterData: true,
        });
        occlusion.observe(view);
        looked = performance.now();
        clearInterval(beating);
        beating = setInterval(beat, BEAT);
        beat();
        lookLater();
        page.addEventListener("keydown", onKey, true);
        page.addEventListener("focusin", keepClear);
        page.addEventListener("visibilitychange", onReturn);
        addEventListener("focus", onReturn);
        addEventListener("blur", onReturn);
        addEventListener("keydown", onTab, true);
        addEventListener("pageshow", onShow);
      }
      bound();
      if (host.matches(":popover-open")) settle();
      else rise();
      keepClear();
      moved = performance.now();
      heir?.focus({ preventScroll: true });
      // A moment later, and once: a live region is read out when it changes, not when it appears.
      setTimeout(() => {
        if (status.textContent !== text)
          change(() => {
            status.textContent = text;
          });
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
        change,
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
        return show(
          title,
          chip(icon("mark"), make("b", { "data-cause": fault.cause }, title), help),
        );
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
      if (retired) return;
      style = reply.style ?? "";
      sheet.replaceSync(style);
      count = sheet.cssRules.length;
      speak(reply.words);
      host.dir = direction();
      change(() => {
        Object.assign(region, {
          lang: word("language"),
          dir: host.dir,
          ariaLabel: word("overlay_label"),
        });
        region.dataset.theme = reply.theme ?? "";
      });
      draw(reply.case);
    }

    /** @param {AccessMedic.AskReply | undefined} reply */
    const redraw = (reply) => reply && draw(reply.case);

    host.dir = direction();
    return { show: ask };
  }

  return { show: () => (meddlings < MEDDLINGS ? current.show() : Promise.resolve()) };
})();

globalThis.accessMedicOverlay.show();
