// This module asks OpenAI's host once what it sees of the connection: the address and the country. It asks without cookies, past
// the cache and for a few seconds, and reads no more of the answer than a trace has. Only the caller may keep the answer. Where an
// organisation allows no checks, it asks nothing.
import { TRACED } from "../core/sites.js";
import { managed } from "../managed.js";

const PATIENCE = 5000;
/** The number of bytes that an answer may have; a trace has a few hundred. */
const LIMIT = 4096;

/** @param {Response} answer */
async function beginningOf({ body }) {
  if (!body) return "";
  const reader = body.pipeThrough(new TextDecoderStream()).getReader();
  let text = "";
  while (text.length < LIMIT) {
    const { done, value } = await reader.read();
    if (done) return text;
    text += value;
  }
  await reader.cancel();
  return "";
}

/**
 * Asks for the address and the country; each is empty where the answer does not tell it.
 * @returns {Promise<{ address: string; country: string }>}
 */
export async function askTrace() {
  if (!(await managed()).checks) return { address: "", country: "" };
  const answer = await fetch(`https://${TRACED[0]}/cdn-cgi/trace`, {
    credentials: "omit",
    cache: "no-store",
    redirect: "error",
    signal: AbortSignal.timeout(PATIENCE),
  });
  const text = answer.ok ? await beginningOf(answer) : "";
  return {
    address: /^ip=([\da-f.:]{3,45})$/m.exec(text)?.[1] ?? "",
    country: /^loc=([A-Z]{2})$/m.exec(text)?.[1] ?? "",
  };
}
