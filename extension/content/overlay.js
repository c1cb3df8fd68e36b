// This content script draws the overlay on a failing page: a closed shadow root in the top layer, which asks for the case and
// draws it. The overlay never takes the focus, decides nothing, and goes when it is closed or there is nothing left to say. The
// page around it may be hostile: a click counts only if the person could see what is clicked, and in doubt it is refused.

// An element of the page with this id would otherwise be taken for ours.
if (!Object.hasOwn(globalThis, "accessMedicOverlay"))
  globalThis.accessMedicOverlay = /** @type {any} */ (undefined);

globalThis.accessMedicOverlay ??= (() => {
  const {
    speak,
    setContact,
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
    sweep,
    page,
    listenOnlyTo,
  } = globalThis.accessMedicReport;

  const NAME = "access-medic";
  const LINGER = 8000;
  /** The number of milliseconds that something has to be there before it counts as seen by the person. */
  const SEEN = 300;
  /** The limits in milliseconds between which the time to the next look is random, so that a page cannot foresee the looks. */
  const LOOKS = { least: 30, most: 80 };
  /**
   * The number of milliseconds without a look after which nobody knows what the person saw meanwhile. `told` holds where Chromium
   * tells some of it.
   */
  const BLIND = { alone: 250, told: 600 };
  /** The shortest delay, in milliseconds, that Chromium allows for telling whether something is covered. */
  const DELAY = 100;
  const BEAT = 1000;
  /** The number of milliseconds without a beat after which the script has ended; then the drawing goes with it. */
  const DEAD = 5000;
  /** This is the smallest window and the smallest scale in which a person can read the card. */
  const LEAST = { width: 200, height: 140, scale: 0.5 };
  /** The number of times that a page rewrites the overlay before the overlay is not drawn again. */
  const MEDDLINGS = 3;
  /** These are the corners, the best one first, as the style sheet knows them; `GAP` is their distance from the edge in pixels. */
  const CORNERS = ["bottom", "top", "bottom start", "top start"];
  const GAP = 16;
  /** This selector finds what a page offers for use; `MANY` is the number of such elements that are looked at. */
  const USED = "button, a[href], input, select, textarea, summary, [role=button]";
  const MANY = 200;
  /**
   * This selector finds elements with an open window of the browser's own, such as a list of choices. Such windows lie above
   * every page and have no box.
   */
  const WINDOWS = ":is(select:open), :is(input:open)";
  /** This matches filters that leave text readable. Firefox applies the filter of the root element to everything in the window. */
  const CLEAR = /^(none|((invert\(1\)|hue-rotate\([^)]*\)|grayscale\([^)]*\)|sepia\([^)]*\)) ?)+)$/;
  /** This selector finds everything that can lie above the overlay. Not every browser knows each of its parts. */
  const ABOVE = `:popover-open, :modal, :fullscreen, :is(:active-view-transition), ${WINDOWS}`;
  /** These are properties by which a page could make the overlay's elements look different. */
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
  /** This selector finds elements that a person can press. */
  const CONTROLS = "label, button, a, summary, input";
  /** This is true in Firefox, which hands the nodes of a closed shadow root to the page's listeners. They may then rewrite the nodes. */
  const EXPOSED = "originalTarget" in Event.prototype;

  let meddlings = 0;
  let current = raise();

  function raise() {
    /** This message goes before all else: for its first message Chromium keeps the page waiting as long as the answer takes. */
    let first = /** @type {Promise<AccessMedic.AskReply | undefined> | undefined} */ (
      send({ kind: "ask" })
    );

    // An earlier version of the extension may have left its own overlay, for which nobody answers any more.
    for (const old of page.querySelectorAll(NAME)) old.remove();

    // The host is made in another document, because a page that defines the element is let into a shadow root that is made in its
    // own document.
    const host = page.adoptNode(page.implementation.createHTMLDocument().createElement(NAME));
    const root = host.attachShadow({ mode: "closed" });
    const sheet = new CSSStyleSheet();
    /** This sheet sets what `all: initial` in the style sheet leaves to the page, and the size of the text. */
    const bounds = new CSSStyleSheet();
    const status = make("p.unseen", { role: "status" });
    const view = make("div", {});
    // The language is set inside, because `all: initial` on the host would undo what it does to fonts. The overlay's words need
    // no translator.
    const region = make("div.medic", { role: "region", translate: "no" }, status, view);
    root.append(region);
    root.adoptedStyleSheets = [sheet, bounds];

    // These words are looked up now, because a page that outlives the extension gets no more words.
    const lost = word("overlay_lost");
    const closing = word("overlay_close");
    /** This is the cause whose chip was unfolded. */
    let unfolded = "";
    /** This tells that the reader may change no setting. */
    let locked = false;
    let leaving = 0;
    let looking = 0;
    let beating = 0;
    let retired = false;
    /** This is the time when the drawing, or its place, last changed. */
    let settled = 0;
    let looked = 0;
    let stood = "";
    /** This is the text of the sheet `bounds`. */
    let bounded = "";
    /** These are the other elements in the top layer above which the overlay was put. @type {Element[]} */
    let under = [];
    /**
     * These are the things that lately lay over the overlay; one without a box may lie anywhere.
     * @type {{ at: number; box?: DOMRect }[]}
     */
    let covers = [];
    /**
     * This tells whether the overlay is visible, by what Chromium says; it is undefined where a browser says nothing.
     * @type {boolean | undefined}
     */
    let visible;
    /** This is the control on which the pointer went down, if the person could see it. @type {Element | undefined} */
    let pressed;
    /** This is the time of the last click with the pointer. */
    let clicked = 0;
    /** This is the time when the person moved the focus by a key or by pressing something here. */
    let moved = 0;
    /** This tells whether somebody else put the focus here. */
    let lent = false;
    /** This map holds the address of each link, as it was drawn. @type {Map<Element, string>} */
    let addresses = new Map();
    /** This is the overlay's style sheet as text, and the number of its rules. */
    let style = "";
    let count = 0;
    /** These are the shadow roots of the page, closed ones too, as far as the browser tells. @type {ShadowRoot[]} */
    let roots = [];
    let searched = 0;

    /** @type {WeakSet<Event>} */
    const allowed = new WeakSet();
    listenOnlyTo((event) =>
      event.type === "click"
        ? allowed.has(event)
        : view.contains(/** @type {Node} */ (event.target)),
    );

    /** Tells whether the page is being left: Firefox then gives it no sizes and no timers any more. */
    const gone = () => !page.defaultView;

    /**
     * Returns hidden elements that stay in the top layer, and painted, for as long as their transition lasts.
     * @param {Document | ShadowRoot} tree
     */
    const lingering = (tree) =>
      tree.getAnimations().flatMap((one) => {
        const { transitionProperty = "", effect } = /** @type {any} */ (one);
        const stays = transitionProperty === "overlay" && effect?.target;
        return stays ? [/** @type {Element} */ (effect.target)] : [];
      });

    /**
     * Finds the shadow roots of the page, because Firefox lets extensions into closed ones. On a page of many elements the search
     * is long, so it is made less often.
     */
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

    /**
     * Returns where the drawing stands and how far it is scrolled. The place is measured from the nearer edge, from which the
     * drawing grows when a part is unfolded.
     */
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

    /** Takes back the zoom of a page that is zoomed by its own style sheet, which would make the overlay unreadable. */
    function bound() {
      const zoom = 1 / (host.parentElement?.currentCSSZoom ?? 1);
      const rule = `:host { zoom: ${zoom} !important; direction: ${direction()} !important; unicode-bidi: isolate !important; }`;
      if (rule === bounded) return;
      bounded = rule;
      bounds.replaceSync(rule);
      settle();
    }

    /** Puts the overlay before everything else. A page can do the same with its own elements, again and again. */
    function rise() {
      under = others().filter((one) => one !== page.documentElement);
      try {
        host.popover = "manual"; // a page can take the attribute away
        host.hidePopover();
        host.showPopover();
      } catch {} // a page can also take the overlay away while it is being shown
      settle();
    }

    /** Tells whether anything in this window can be read at all. A window that lies over this one takes its focus. */
    const readable = () =>
      page.visibilityState === "visible" &&
      page.hasFocus() &&
      innerWidth >= LEAST.width &&
      innerHeight >= LEAST.height &&
      (visualViewport?.scale ?? 1) >= LEAST.scale &&
      (!EXPOSED || CLEAR.test(getComputedStyle(page.documentElement).filter));

    /** Looks whether the overlay can be seen. A page can hide, move or cover it, and undo that just as the click comes. */
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
        // An element may be painted outside its box.
        const inBox = under.includes(one) && !one.matches(WINDOWS);
        covers.push({ at, ...(inBox && { box: one.getBoundingClientRect() }) });
      }
    }

    /** This observer looks right before the page is painted, when the page's own scripts have done what they want in a frame. */
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
      // The overlay may have been covered between two looks.
      if (visible && entries.some((entry) => !(/** @type {any} */ (entry).isVisible))) settle();
      visible = last.isVisible;
    }

    // Chromium tells whether anything is painted over the overlay, whoever did it and however.
    const occlusion = new IntersectionObserver(
      note,
      /** @type {any} */ ({ trackVisibility: true, delay: DELAY, threshold: [0, 0.5, 1] }),
    );

    /**
     * Tells whether somebody else changed the drawing. Only this script may change it, and the browser when a fold is opened.
     * @param {MutationRecord[]} records
     */
    const foreign = (records) =>
      records.some(
        ({ attributeName, target }) => attributeName !== "open" || target.nodeName !== "DETAILS",
      );

    const changes = new MutationObserver((records) => {
      if (foreign(records)) retreat();
    });

    /** Runs a change of the drawing. Every change that this script makes itself is made in here. @param {() => void} work */
    function change(work) {
      if (foreign(changes.takeRecords())) return retreat();
      work();
      changes.takeRecords();
    }

    /** Describes how each element of the overlay looks, to see whether a page has changed it. */
    const looks = () =>
      [region, ...region.querySelectorAll("*")].map((one) => {
        const { left, top, width, height } = one.getBoundingClientRect();
        const styles = [undefined, "::before", "::after"].map((part) => {
          const style = getComputedStyle(one, part);
          return LOOKS_LIKE.map((property) => style.getPropertyValue(property));
        });
        return `${[left, top, width, height, styles]}`;
      });

    /** Tells whether the overlay was rewritten. Animations and shadow roots leave no record of a change. */
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

    /**
     * Tells whether the drawing is still the overlay's own. Firefox lets nobody read which sheets a shadow root has, so they are
     * put in anew.
     */
    function genuine() {
      if (meddled()) return false;
      if (!EXPOSED) return true;
      const before = looks();
      sheet.replaceSync(style);
      root.adoptedStyleSheets = [sheet, bounds];
      return `${before}` === `${looks()}`;
    }

    /** Leaves the overlay that somebody rewrote, and draws a new one that nobody knows yet. */
    function retreat() {
      if (retired) return;
      leave();
      retired = true;
      meddlings++;
      if (meddlings >= MEDDLINGS) return;
      current = raise();
      current.show();
    }

    /**
     * Tells whether the person could see what an event is about.
     * @param {Event} event
     * @param {Element} target
     * @param {number} x
     * @param {number} y
     */
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
      // An event may have waited for a long time behind a script.
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

    /** Notes the control on which the pointer goes down. From here on the control must have been in sight. @param {MouseEvent} event */
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
        // The first of the two clicks was for something that went away.
        const second = detail > 1 && timeStamp - clicked > 1000;
        const allows = pressed === control && seen(event, control, clientX, clientY) && !second;
        clicked = timeStamp;
        return allows;
      }
      // A label passes its click on to its control, at once and without a position.
      if (control === pressed && timeStamp - clicked < 50) return true;
      const { left, top, width, height } = control.getBoundingClientRect();
      if (lent) {
        lent = false;
        settle();
      }
      return seen(event, control, left + width / 2, top + height / 2);
    }

    /** Stops a click on something that the reader could not see. At the next click the reader can see it. @param {MouseEvent} event */
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
      const address = link && !link.ariaDisabled ? addresses.get(link) : undefined;
      // A page that only begins a mail or a call needs no tab of its own.
      const place = address?.startsWith("https:") ? "_blank" : "_self";
      if (address && event.button < 2) open(address, place, "noopener");
    }
    view.addEventListener("pointerdown", press, true);
    view.addEventListener("mousedown", press, true);
    view.addEventListener("click", guard, true);
    view.addEventListener("auxclick", guard, true);
    // Unfolding and scrolling move what the reader saw; this has to be known at once, not at the next look.
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

    /** Shows that the script still runs. Firefox ends a script with its extension, but leaves what the script drew. */
    function beat() {
      if (!chrome.runtime?.id) return leave();
      life.currentTime = 0;
    }

    /** Starts the time for seeing anew. A person who comes back to this window has not seen yet what is there. */
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

    /**
     * Closes the overlay at Escape, which reaches the page, too. An Escape that ends a composition is meant for neither.
     * @param {KeyboardEvent} event
     */
    function onKey(event) {
      if (event.key === "Escape" && event.isTrusted && !event.isComposing && host.isConnected)
        close();
    }

    /** Moves the overlay to the corner where the least of the page lies underneath, and nothing that the reader works in. */
    function keepClear() {
      // The overlay stays while the reader points at it or works in it.
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

    /** Closes the overlay by itself, but not while the reader points at it or works in it. @param {number} wait */
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
      // The text is set a moment later, and once, because a live region is read out when it changes, not when it appears.
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
              ...sweep(scene),
              !locked &&
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
     * Draws what came of a step.
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
      setContact(reply.contact ?? {});
      locked = reply.locked ?? false;
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
