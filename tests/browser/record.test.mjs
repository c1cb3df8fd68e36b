// The visual record: every view looks as on the contact sheet that was looked at, pixel by pixel. A view that
// changed on purpose is looked at in target/record, and the sheet is written anew: `cargo xtask record`.

import assert from "node:assert/strict";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { after, before, describe, test } from "node:test";
import pixelmatch from "pixelmatch";
import { RUN } from "./launch.mjs";
import { known, OUT, openStage, record, SCENES, writeSheets } from "./record.mjs";

/** Of the pixels of a view: about as many as a word of two letters has. */
const TOLERANCE = 0.001;
/** One shade more or less of the eight: another processor may smooth a letter so. */
const THRESHOLD = 0.2;
/** These views show the time of day. */
const TIMED = ["support"];
const TIMED_TOLERANCE = 0.01;
/** Of the packages that fonts.conf names. */
const FONTS = [
  "/usr/share/fonts/truetype/noto/NotoSansArabic-Regular.ttf",
  "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc",
];

// One browser is enough: the other one has other controls. A computer without Debian's fonts draws other letters.
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
