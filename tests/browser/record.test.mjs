// These tests compare the visual record: every view looks as on the contact sheet that was approved, pixel by pixel. If a
// view changed on purpose, look at it in target/record and write the sheet again: `cargo xtask record`.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import pixelmatch from "pixelmatch";
import { RUN } from "./launch.mjs";
import { known, OUT, openStage, record, SCENES, writeSheets } from "./record.mjs";

/** The share of a view's pixels that may differ: about as many as a word of two letters has. */
const TOLERANCE = 0.001;
/** A difference of one shade of the eight is allowed: another processor may smooth a letter so. */
const THRESHOLD = 0.2;
/** These views show the time of day. */
const TIMED = ["support"];
const TIMED_TOLERANCE = 0.01;
/** These are fonts of the packages that fonts.conf names. */
const FONTS = [
  "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
  "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
];

// One browser is enough, because the other one has other controls. A computer without Debian's fonts draws other letters.
const skip =
  RUN.browser !== "chromium" ||
  (process.env.CI === undefined && !FONTS.every((path) => existsSync(path)));

describe("the visual record", { skip }, () => {
  /** @type {import("./stage.mjs").Stage} */
  let stage;
  /** @type {import("./record.mjs").Shot[]} */
  const shots = [];

  before(async () => {
    stage = await openStage();
  });

  after(async () => {
    await stage.close();
    if (shots.length > 0) writeSheets(shots, join(OUT, "contact-sheet.png"));
  });

  for (const name of Object.keys(SCENES)) {
    test(name, async () => {
      const taken = await record(stage, name);
      shots.push(...taken);
      const changed = taken.flatMap((shot) => {
        const place = `${name}, ${shot.language}, ${shot.theme}`;
        const before = known(shot);
        if (before === undefined) return [`${place}: not on the sheet`];
        const { width, height, data } = shot.picture;
        const count = pixelmatch(before.data, data, undefined, width, height, {
          threshold: THRESHOLD,
        });
        const most = width * height * (TIMED.includes(name) ? TIMED_TOLERANCE : TOLERANCE);
        return count <= most ? [] : [`${place}: ${count} of ${width * height} pixels`];
      });
      assert.deepEqual(changed, [], `see ${OUT}`);
    });
  }
});
