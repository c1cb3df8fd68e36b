// This module draws what only the popup offers, whatever the plan says: the checks with what they found, and the ways to clear. The
// overlay does without it, so a failing page does not have to load it.

const {
  word,
  make,
  icon,
  button,
  fold,
  place,
  found,
  said,
  listed,
  control,
  notes,
  account,
  undoing,
} = globalThis.accessMedicReport;

/** @typedef {AccessMedic.Scene} Scene */

/** This is the way to clear that is shown. */
let chosen = "";

/** @type {Record<AccessMedic.Finding["state"], string>} */
const STATES = { good: "check", bad: "bang", open: "open", not_run: "open" };

/** Draws how long each answer took: one bar each, and a cross for one that was lost. @param {AccessMedic.Finding["times"]} times */
function chart(times = []) {
  if (times.length === 0) return undefined;
  const most = Math.max(1, ...times.map((time) => time ?? 0));
  const bars = times.map((time, at) => {
    const left = at * 10 + 1;
    if (time == null) return make("path.bad", { d: `m${left} 14 6 6m0-6-6 6` });
    return make("path", {
      d: `M${left} 22v-${Math.max(2, Math.round((time / most) * 20))}h6V22Z`,
    });
  });
  const each = times.map((time) =>
    time == null
      ? word("popup_lost")
      : said({ kind: "milliseconds", value: time }, word("language")),
  );
  const frame = {
    viewBox: `0 0 ${times.length * 10} 24`,
    role: "img",
    "aria-label": listed(each),
  };
  return make("svg.chart", frame, ...bars);
}

/** @param {AccessMedic.Finding} finding */
function outcome(finding) {
  const { check, state, rows = [], times } = finding;
  const lines = rows.map((row) =>
    make(
      "li",
      {},
      ...row.flatMap((value) => [
        make("span", { dir: "auto" }, said(value, word("language"))),
        " ",
      ]),
    ),
  );
  const told = [
    icon(STATES[state]),
    make(
      "span",
      {},
      make("b", {}, word(`check_${check}`)),
      make("span.unseen", {}, ` ${word(`finding_state_${state}`)}`),
      make("span.note", {}, found(finding)),
    ),
  ];
  return make(
    "li.finding",
    { "data-check": check, "data-state": state, "data-finding": finding.id },
    lines.length > 0
      ? fold(`check-${check}`, told, make("ul.account", {}, ...lines))
      : make("div.flat", {}, ...told),
    chart(times),
  );
}

/**
 * Draws the checks: their button or how far they are, and what they found.
 * @param {Scene} scene
 * @param {string} look of the button
 * @returns {AccessMedic.Child[]}
 */
export function checks(scene, look) {
  const { busy, checks, progress, report } = scene.case;
  const step = report.tools.find(({ action }) => action.kind === "check");
  if (!step) return [];
  const { done = 0, total = 1 } = progress ?? {};
  const running = busy === step.remedy;
  const label = word("popup_checks_progress", done, total);
  const bar = {
    role: "progressbar",
    "aria-label": label,
    "aria-valuenow": `${done}`,
    "aria-valuemax": `${total}`,
  };
  return [
    make("p.what", {}, word("popup_checks_what")),
    ...(running
      ? [
          make("progress", { ...bar, value: `${done}`, max: `${total}` }),
          button("mini", "stop", word("popup_checks_stop"), scene.stop),
        ]
      : [control(scene, step, look)]),
    checks && make("ul.findings", {}, ...checks.findings.map(outcome)),
  ];
}

/** Shows this way to clear from now on. @param {string} remedy */
export function pickTool(remedy) {
  chosen = remedy;
}

/**
 * Draws the ways to clear, of which one is chosen.
 * @param {Scene} scene
 * @param {string} look of the button
 * @returns {AccessMedic.Child[]}
 */
export function tools(scene, look) {
  const { plan } = scene.case.report;
  const tools = scene.case.report.tools.filter(({ action }) => action.kind === "clear");
  if (tools.length === 0) return [];
  const scope = make("div", {});
  const current = () => tools.find(({ remedy }) => remedy === chosen) ?? tools[0];
  const show = () => {
    const tool = current();
    const told = plan.some(({ remedy }) => remedy === tool.remedy); // the step itself tells this
    place(
      scope,
      make("p.what", {}, word(`remedy_${tool.remedy}_detail`)),
      control(scene, tool, look),
      ...(told ? [] : [...notes(scene, tool), account(scene, tool), undoing(scene, tool)]),
    );
  };
  const choices = tools.map((tool) => {
    const on = tool === current() && "";
    const radio = make("input.unseen", {
      type: "radio",
      name: "tool",
      checked: on,
      "data-key": `tool-${tool.remedy}`,
    });
    radio.addEventListener("change", () => {
      chosen = tool.remedy;
      show();
    });
    return make("label", {}, radio, word(`popup_tool_${tool.remedy}`));
  });
  show();
  return [
    make("p.what", {}, word("popup_tools_what")),
    make("fieldset.seg", { "aria-label": word("popup_tools_title") }, ...choices),
    scope,
  ];
}
