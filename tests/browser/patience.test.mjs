// These tests check that the tests wait for pages, and not for their own mistakes. No browser is started here.

import assert from "node:assert/strict";
import { test } from "node:test";
import { until } from "./patience.mjs";

const LIMIT = 2000;

test("a page that cannot be asked is asked again", async () => {
  let asked = 0;
  const ask = async () => {
    asked += 1;
    if (asked < 3) throw new Error("Execution context was destroyed");
    return asked;
  };
  assert.equal(await until(ask, "an answer", LIMIT), 3);
});

for (const [what, ask] of /** @type {const} */ ([
  ["calls what is no function", async () => /** @type {any} */ (undefined)()],
  ["names what nobody declared", async () => Function("return undeclared")()],
])) {
  test(`a test that ${what} fails at once`, async () => {
    const from = Date.now();
    const wait = until(ask, "an answer", LIMIT);
    await assert.rejects(
      wait,
      (error) => error instanceof TypeError || error instanceof ReferenceError,
    );
    assert.ok(Date.now() - from < LIMIT);
  });
}

test("what never comes is named, with the last trouble", async () => {
  const ask = async () => {
    throw new Error("Execution context was destroyed");
  };
  await assert.rejects(
    until(ask, "an answer", 50),
    /Not within 50 ms: an answer \(Error: Execution/,
  );
});
