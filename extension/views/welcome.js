// This script draws the page that opens once, after the installation. It shows which open tab fails, if one does, because that is
// why most people come; then what Access Medic does, what it may touch, and where to find it.
import { dress } from "./manner.js";

const { word, make, icon, button, send, place } = globalThis.accessMedicReport;

/**
 * This map holds the lines of each picture, with their looks, on a grid of 96 by 64.
 * @type {Record<string, [look: string, line: string][]>}
 */
const PICTURES = {
  says: [
    ["page", "M10 6h76a4 4 0 0 1 4 4v44a4 4 0 0 1-4 4H10a4 4 0 0 1-4-4V10a4 4 0 0 1 4-4Z"],
    ["line", "M6 16h84M12 11v.01M17 11v.01M22 11v.01M16 28h26M16 35h18M16 42h22"],
    ["card", "M52 26h30a4 4 0 0 1 4 4v20a4 4 0 0 1-4 4H52a4 4 0 0 1-4-4V30a4 4 0 0 1 4-4Z"],
    ["line", "M54 33h18m-18 5h24"],
    ["mark", "M56 43h22a2.5 2.5 0 0 1 0 6H56a2.5 2.5 0 0 1 0-6Z"],
  ],
  does: [
    ["card", "M26 5h44a5 5 0 0 1 5 5v44a5 5 0 0 1-5 5H26a5 5 0 0 1-5-5V10a5 5 0 0 1 5-5Z"],
    ["mark", "M33 13a5 5 0 1 0 .01 0Z"],
    ["tick", "m30.5 18 2 2 3.5-4"],
    ["mark", "M33 27a5 5 0 1 0 .01 0Z"],
    ["tick", "m30.5 32 2 2 3.5-4"],
    ["line", "M33 41a5 5 0 1 0 .01 0ZM44 16h22m-22 5h14m-14 9h22m-22 5h10m-10 9h22m-22 5h16"],
  ],
  stays: [
    ["page", "M10 6h76a4 4 0 0 1 4 4v44a4 4 0 0 1-4 4H10a4 4 0 0 1-4-4V10a4 4 0 0 1 4-4Z"],
    ["line", "M6 16h84M12 11v.01M17 11v.01M22 11v.01"],
    ["card", "M48 21l15 5v10c0 9-6 14-15 18-9-4-15-9-15-18V26Z"],
    ["line", "m41 37 5 5 9-10"],
  ],
};

/** @param {string} name */
const picture = (name) =>
  make(
    "svg.picture",
    { viewBox: "0 0 96 64", "aria-hidden": "true" },
    ...PICTURES[name].map(([look, d]) => make(`path.${look}`, { d })),
  );

/** @param {number} tab */
async function go(tab) {
  const shown = await chrome.tabs.update(tab, { active: true });
  if (shown) await chrome.windows.update(shown.windowId, { focused: true });
}

const failing = make("section.failing", { "aria-live": "polite" });

/** Draws the open tabs of OpenAI's that fail; they are examined while this page opens. */
async function drawFailing() {
  const { failing: tabs } = (await send({ kind: "failing" })) ?? { failing: [] };
  place(
    failing,
    ...tabs.map(({ tab, host, cause }) =>
      make(
        "article.broken",
        { "data-cause": cause },
        make("p.note", {}, `${word("hello_failing")} · ${host}`),
        make("h2", {}, word(`cause_${cause}_title`)),
        make("p.what", {}, word(`cause_${cause}_what`)),
        button("go", `go-${tab}`, word("hello_go"), () => go(tab)),
      ),
    ),
  );
}

await dress("hello_title");
chrome.storage.session.onChanged.addListener(drawFailing);
document
  .querySelector("main")
  ?.append(
    make("header.hello", {}, icon("mark"), make("h1", {}, word("hello_title"))),
    failing,
    make(
      "ul.points",
      {},
      ...Object.keys(PICTURES).map((name) =>
        make(
          "li",
          {},
          picture(name),
          make("h2", {}, word(`welcome_${name}`)),
          make("p", {}, word(`welcome_${name}_detail`)),
        ),
      ),
    ),
    make("p.where", {}, word("hello_where")),
    make(
      "p.links",
      {},
      make("a", { href: "popup.html?view=guides" }, word("guides_title")),
      make("a", { href: "popup.html?view=settings" }, word("settings_title")),
    ),
  );
await drawFailing();
