// This module finds what a screen reader is told when the popup is drawn anew: what is different from the drawing before. It draws nothing.
const { word, judged, found: said } = globalThis.accessMedicReport;

/** This is the case as it was drawn last while nothing was being done. @type {AccessMedic.Case | null} */
let last = null;
let busy = "";
let refused = "";

/**
 * Returns the findings that are not as they should be, or says that all are good.
 * @param {NonNullable<AccessMedic.Case["checks"]>} checks
 */
function findings({ findings }) {
  const bad = findings.filter(({ state }) => state === "bad").map((finding) => said(finding));
  return [word("popup_checks_title"), ...(bad.length > 0 ? bad : [word("finding_state_good")])];
}

/**
 * Returns what is new, or an empty string when there is nothing new to say: what was said last is then best left alone.
 * @param {AccessMedic.Case | null} now
 * @param {string} refusal why a step was not done
 * @returns {string}
 */
export function announce(now, refusal) {
  const news = refusal === refused ? "" : refusal;
  refused = refusal;
  if (now?.busy) {
    const begun = now.busy !== busy;
    busy = now.busy;
    // The result is compared with the case before the step began.
    last ??= now;
    return begun ? word("popup_busy") : news;
  }
  const was = last;
  last = now;
  busy = "";
  if (!now || now.tab !== was?.tab) return news;
  const { judgement, plan } = now.report;
  const steps = plan.filter(
    ({ remedy, state }) =>
      !["next", "open"].includes(state) &&
      was.report.plan.some((step) => step.remedy === remedy && step.state !== state),
  );
  const undone = now.receipts[was.undo ?? ""]?.undone;
  return [
    news,
    ...steps.map(
      ({ remedy, state }) => `${word(`remedy_${remedy}_title`)}: ${word(`popup_state_${state}`)}`,
    ),
    ...(now.checks && now.checks.at !== was.checks?.at ? findings(now.checks) : []),
    undone && !now.undo && word("receipt_undone", undone.back, undone.of),
    ...(judgement && JSON.stringify(judgement) !== JSON.stringify(was.report.judgement)
      ? judged(judgement)
      : []),
  ]
    .filter(Boolean)
    .join("\n");
}
