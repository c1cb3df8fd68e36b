// This module shows a run without a window: a progress bar on standard error, if that is a terminal, and a
// table on standard output. It knows nothing of pages.

const WIDTH = 24;

export class Progress {
  #total;
  #done = 0;

  /** @param {number} total */
  constructor(total) {
    this.#total = total;
  }

  /** @param {string} now what comes next */
  step(now) {
    this.#done += 1;
    const { stderr } = process;
    if (!stderr.isTTY) {
      // A log needs only a line from time to time, not a bar.
      const tenth = Math.max(1, Math.ceil(this.#total / 10));
      if (this.#done % tenth === 0) stderr.write(`${this.#done} of ${this.#total} pages\n`);
      return;
    }
    const filled = Math.round((WIDTH * this.#done) / this.#total);
    const bar = "█".repeat(filled) + "░".repeat(WIDTH - filled);
    const line = `${bar} ${this.#done}/${this.#total} ${now}`;
    stderr.write(`\r\x1b[K${line.slice(0, (stderr.columns ?? 80) - 1)}`);
  }

  end() {
    if (process.stderr.isTTY) process.stderr.write("\r\x1b[K");
  }
}

/**
 * @param {string[]} head
 * @param {string[][]} rows
 * @returns {string}
 */
export function table(head, rows) {
  const widths = head.map((_, column) =>
    Math.max(...[head, ...rows].map((row) => row[column].length)),
  );
  const line = (/** @type {string[]} */ row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column]))
      .join("  ")
      .trimEnd();
  return [line(head), widths.map((width) => "─".repeat(width)).join("  "), ...rows.map(line)].join(
    "\n",
  );
}
