// This module sets the clock of a browser while the browser runs, as a person does whose clock was wrong. The library
// `tests/clock` takes the place of the functions that read the clock; the clock of the computer stays as it is.

import { mkdtempSync, openSync, rmSync, writeFileSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Tells whether a clock can be set here: the library is for Linux. There it must be named, or the tests would not run. */
export const CAN_SET_CLOCK = process.platform === "linux";

export class Clock {
  #path;
  #file;

  constructor() {
    if (CAN_SET_CLOCK && !process.env.CLOCK_LIBRARY) {
      throw new Error("CLOCK_LIBRARY is not set: run this through `cargo xtask test`");
    }
    const folder = mkdtempSync(join(tmpdir(), "access-medic-clock-"));
    process.once("exit", () => rmSync(folder, { recursive: true, force: true }));
    this.#path = join(folder, "offset");
    writeFileSync(this.#path, Buffer.alloc(4096));
    this.#file = openSync(this.#path, "r+");
  }

  /** Returns the variables that the browser's environment needs. @returns {Record<string, string>} */
  get environment() {
    return { LD_PRELOAD: process.env.CLOCK_LIBRARY ?? "", CLOCK_OFFSET_FILE: this.#path };
  }

  /** @param {number} seconds by which the browser's clock is ahead of the computer's; behind it, negative */
  set(seconds) {
    const bytes = Buffer.alloc(8);
    bytes.writeBigInt64LE(BigInt(seconds));
    writeSync(this.#file, bytes, 0, bytes.length, 0);
  }
}
