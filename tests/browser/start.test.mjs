// These tests start the browser again and again while the computer is busy, and ask each time for all that every other
// test relies on. STARTS says how often; a handful shows that it works, forty that it is reliable.

import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { Worker } from "node:worker_threads";
import { Stage } from "./stage.mjs";

const STARTS = Number(process.env.STARTS ?? 2);

/** The number of this computer's processors that are kept busy. */
const LOOPS = 2;

/** @type {Worker[]} */
let loops = [];

before(() => {
  loops = Array.from({ length: LOOPS }, () => new Worker("for (;;);", { eval: true }));
});

after(() => Promise.all(loops.map((loop) => loop.terminate())));

for (let start = 1; start <= STARTS; start++) {
  test(`start ${start} of ${STARTS}: pages open, and a failing one is named`, async (context) => {
    const from = Date.now();
    const stage = await Stage.open();
    try {
      context.diagnostic(`ready after ${Date.now() - from} ms`);
      const { driver, player } = stage;
      const early = player.greeted.filter(({ at }) => at < driver.trusts);
      assert.deepEqual(early, [], "somebody asked before the authority was trusted");
      const showing = await stage.show(stage.recording("login_expired/invalid-state"));
      assert.equal(showing.failed, undefined);
      const { title } = await stage.answer(showing);
      assert.equal(title, stage.words("cause_login_expired_title"));
      await stage.end(showing);
      assert.deepEqual(await stage.errors(), []);
    } finally {
      await stage.close();
    }
  });
}
