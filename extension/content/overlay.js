// The overlay on a failing page: a closed shadow root in the top layer, which asks for the case and draws it. It never
// takes the focus, decides nothing, and goes when it is closed or there is nothing left to say.
globalThis.accessMedicOverlay ??= (() => {
  const {
    word,
    make,
    icon,
    button,
    send,
    place,
    fold,
    told,
    verdict,
    diagnosis,
    next,
    checklist,
    reasons,
  } = globalThis.accessMedicReport;

  const LINGER = 8000;

  const host = make("access-medic", { popover: "manual", dir: word("@@bidi_dir") });
  const root = host.attachShadow({ mode: "closed" });
  const sheet = new CSSStyleSheet();
  const status = make("p.unseen", { role: "status" });
  const view = make("div", {});
  // The language stands inside: `all: initial` on the host would undo what it does to fonts.
  const region = { role: "region", "aria-label": word("overlay_label"), lang: word("language") };
  root.append(make("div.medic", region, status, view));
  root.adoptedStyleSheets = [sheet];

  // Looked up now: a page that outlives the extension gets no more words.
  const lost = word("overlay_lost");
  const closing = word("overlay_close");
  /** The cause whose chip was unfolded. */
  let unfolded = "";
  let leaving = 0;

  function leave() {
    clearTimeout(leaving);
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

  /** Changes the corner when what the reader works in would lie underneath. */
  function keepClear() {
    const active = document.activeElement;
    if (!active || active === host || active === document.body) return;
    const { left, right, top, bottom } = (active.closest("form") ?? active).getBoundingClientRect();
    const own = view.getBoundingClientRect();
    if (left >= own.right || right <= own.left) return;
    const under = bottom > innerHeight - own.height - 16;
    if (under !== top < own.height + 16) host.dataset.corner = under ? "top" : "bottom";
  }

  /** Goes by itself, but not from under a hand. @param {number} wait */
  function leaveSoon(wait) {
    leaving = setTimeout(() => {
      if (host.matches(":hover") || root.activeElement) leaveSoon(1000);
      else close();
    }, wait);
  }

  /** @param {string} text @param {AccessMedic.Child[]} nodes */
  function show(text, ...nodes) {
    // The page is on its way out: Firefox gives no timers any more.
    if (!document.defaultView) return;
    place(view, ...nodes);
    if (!host.isConnected) {
      document.documentElement.append(host);
      document.addEventListener("keydown", onKey, true);
      document.addEventListener("focusin", keepClear);
    }
    if (!host.matches(":popover-open")) host.showPopover();
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
      stop: () => send({ kind: "stop" }),
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
      notice?.text || title,
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

  return {
    async show() {
      const reply = await send({ kind: "ask" });
      if (!reply) return;
      sheet.replaceSync(reply.style ?? "");
      draw(reply.case);
    },
  };
})();

globalThis.accessMedicOverlay.show();
