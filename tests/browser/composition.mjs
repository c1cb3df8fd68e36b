// This module lays out the pictures for the stores: a headline, and beside it a piece of the real product as the browser
// drew it. It gives markup; screenshots.mjs makes the pieces and takes the pictures.

import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

const ICON = readFileSync(
  fileURLToPath(new URL("../../extension/icons/icon.svg", import.meta.url)),
  "utf8",
);

/** The sizes that the stores ask for. */
export const SCREENSHOT = { width: 1280, height: 800 };
export const TILE = { width: 440, height: 280 };

/**
 * @typedef {"light" | "dark"} Theme
 * @typedef {{title: string, text: string}} Caption
 * @typedef {object} Piece a picture of the product
 * @property {Buffer} png
 * @property {number} width in pixels of the composition
 * @property {number} height
 *
 * @typedef {object} Composition
 * @property {string} language as in extension/_locales
 * @property {Theme} theme
 * @property {Caption} caption
 * @property {string} address that the drawn window shows
 * @property {Piece=} page with the overlay; absent: grey lines stand for a page
 * @property {Piece=} popup hangs from the window's button
 */

/** All colours are plain: shades that run into each other would make the files large. */
const COLOURS = {
  light: {
    ground: "#e6f1ee",
    shape: "#d5e8e2",
    ink: "#0f2a24",
    soft: "#43605a",
    bar: "#f3f6f5",
    field: "#ffffff",
    line: "#c9d6d2",
    quiet: "#5d706b",
    lines: "#e4ebe9",
  },
  dark: {
    ground: "#0c2a25",
    shape: "#103730",
    ink: "#f0f7f5",
    soft: "#a9c6be",
    bar: "#1c2422",
    field: "#29322f",
    line: "#35413d",
    quiet: "#a3b3ae",
    lines: "#3a4643",
  },
};

const FONTS = `
  * { box-sizing: border-box; margin: 0; padding: 0; }
  body { font-family: "Noto Sans", sans-serif; overflow: hidden; position: relative; }
  h1, p { text-wrap: balance; }
`;

/** @param {string} language */
const opening = (language) =>
  `<!doctype html><html lang="${language.replace("_", "-")}" dir="${language === "ar" ? "rtl" : "ltr"}"><meta charset="utf-8">`;

/** The mark in white, for a green ground. */
const WHITE_ICON = ICON.replace("url(#ground)", "#ffffff").replace('fill="#fff"', 'fill="#0b6e5f"');

/** Lines that stand for the text of some page, by their widths. */
const LINES = [
  150, 0, 228, 208, 224, 132, 0, 216, 228, 192, 221, 96, 0, 204, 228, 212, 160, 0, 228, 190,
]
  .map((width) => `<u style="width: ${width}px"></u>`)
  .join("");

/** Breaks lines where a caption says so: Chinese has no spaces that would tell. @param {Caption} caption */
const words = ({ title, text }) =>
  `<h1>${title.replaceAll("\n", "<br>")}</h1><p>${text.replaceAll("\n", "<br>")}</p>`;

/** @param {Piece} piece @param {string} kind */
const image = ({ png, width, height }, kind) =>
  `<img class="${kind}" alt="" width="${width}" height="${height}" src="data:image/png;base64,${png.toString("base64")}">`;

/** Lays out a picture of 1280 x 800. @param {Composition} composition @returns {string} markup */
export function screenshot({ language, theme, caption, address, page, popup }) {
  const colours = COLOURS[theme];
  const names = Object.entries(colours).map(([name, value]) => `--${name}: ${value};`);
  return `${opening(language)}<style>${FONTS}
  body { ${names.join(" ")} width: ${SCREENSHOT.width}px; height: ${SCREENSHOT.height}px; background: var(--ground); color: var(--ink); }
  .shape { position: absolute; width: 900px; height: 900px; border-radius: 50%; background: var(--shape); inset-block-start: -130px; inset-inline-start: 560px; }
  .words { position: absolute; inset-block: 0; inset-inline-start: 64px; width: 392px; display: flex; flex-direction: column; justify-content: center; }
  .brand { position: absolute; inset-block-start: 60px; inset-inline-start: 64px; display: flex; align-items: center; gap: 14px; font-size: 22px; font-weight: 700; }
  .brand svg { width: 44px; height: 44px; }
  h1 { font-size: 42px; line-height: 1.22; font-weight: 700; letter-spacing: -0.01em; }
  :lang(zh) h1 { font-size: 43px; line-height: 1.34; letter-spacing: 0; }
  :lang(ar) h1 { font-size: 44px; line-height: 1.42; letter-spacing: 0; }
  p { margin-block-start: 24px; font-size: 21px; line-height: 1.5; color: var(--soft); }
  :lang(ar) p { font-size: 22px; line-height: 1.65; }
  .window { position: absolute; inset-block-start: 40px; inset-inline-start: 512px; padding-inline-end: 32px; border-radius: 16px; overflow: hidden; background: var(--field); box-shadow: 0 0 0 1px var(--line), 0 18px 40px -8px rgb(8 40 34 / 0.28); }
  .bar { height: 52px; margin-inline-end: -32px; display: flex; align-items: center; gap: 9px; padding-inline: 20px 52px; background: var(--bar); border-block-end: 1px solid var(--line); }
  .bar i { width: 12px; height: 12px; border-radius: 50%; background: var(--line); }
  .bar b { flex: 1; margin-inline: 14px; height: 32px; line-height: 32px; border-radius: 16px; padding-inline: 18px; background: var(--field); color: var(--quiet); font-size: 15px; font-weight: 400; direction: ltr; }
  :lang(ar) .bar b { text-align: right; }
  .bar span { width: 36px; height: 36px; border-radius: 10px; display: grid; place-items: center; background: ${popup ? "var(--line)" : "none"}; }
  .bar svg { width: 24px; height: 24px; }
  img { display: block; }
  .lines { width: 768px; height: 720px; padding: 34px 26px; }
  .lines u { display: block; height: 13px; margin-block-end: 15px; border-radius: 7px; background: var(--lines); }
  .popup { position: absolute; inset-block-start: 98px; inset-inline-end: 36px; border-radius: 14px; box-shadow: 0 0 0 1px var(--line), 0 24px 48px -6px rgb(8 40 34 / 0.38); }
  </style><div class="shape"></div>
  <div class="brand">${ICON}Access Medic</div>
  <div class="words">${words(caption)}</div>
  <div class="window"><div class="bar"><i></i><i></i><i></i><b>${address}</b><span>${ICON}</span></div>${page ? image(page, "page") : `<div class="lines">${LINES}</div>`}</div>
  ${popup ? image(popup, "popup") : ""}`;
}

/** Lays out a tile of 440 x 280. @param {string} language @param {Caption} caption @returns {string} markup */
export function tile(language, caption) {
  return `${opening(language)}<style>${FONTS}
  body { width: ${TILE.width}px; height: ${TILE.height}px; background: #0b6e5f; color: #ffffff; }
  .shape { position: absolute; width: 360px; height: 360px; border-radius: 50%; background: #0d7c6b; inset-block-start: -96px; inset-inline-start: 236px; }
  .mark { position: absolute; inset-block-start: 26px; inset-inline-end: 30px; }
  .mark svg { width: 116px; height: 116px; display: block; }
  .words { position: absolute; inset-inline: 34px; inset-block-end: 30px; }
  .brand { position: absolute; inset-block-start: 34px; inset-inline-start: 34px; font-size: 21px; line-height: 1.3; font-weight: 700; color: #d2ece6; }
  h1 { font-size: 34px; line-height: 1.25; font-weight: 700; }
  p { margin-block-start: 8px; max-width: 330px; font-size: 18px; line-height: 1.42; color: #e2f3ef; text-wrap: pretty; }
  :lang(ar) h1 { line-height: 1.4; }
  :lang(ar) p { line-height: 1.6; }
  </style><div class="shape"></div><div class="brand">Access Medic</div><div class="mark">${WHITE_ICON}</div>
  <div class="words">${words(caption)}</div>`;
}
