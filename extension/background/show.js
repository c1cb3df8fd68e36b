// Brings the overlay into the page, only where the report allows it. It draws nothing: the overlay asks for its case,
// and leaves when there is none.

/** @param {AccessMedic.Case | undefined} entry */
function wanted(entry) {
  if (!entry || entry.closed) return false;
  const { diagnosis, judgement } = entry.report;
  return diagnosis ? diagnosis.overlay : judgement !== undefined;
}

/** @param {number} tab @param {AccessMedic.Case | undefined} before @param {AccessMedic.Case | undefined} after */
export async function show(tab, before, after) {
  // One that is there already must see that its case is over.
  const over = wanted(before) && (!after || after.at === before?.at);
  if (!wanted(after) && !over) return;
  await chrome.scripting
    .executeScript({
      target: { tabId: tab, frameIds: [0] },
      files: ["views/report.js", "content/overlay.js"],
      injectImmediately: true,
    })
    .catch(() => undefined); // an error page of the browser, a viewer, another site by now: the badge tells
}
