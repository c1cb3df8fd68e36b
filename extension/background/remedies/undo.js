// This module puts back the cookies that the last clearing in a tab took, exactly as they were, and counts how many of them are
// there afterwards. Storage cannot be put back, because no browser lets an extension read it.

import { CALL, stillIn } from "./jar.js";
import { NoAnswer, within } from "./limit.js";

/** @typedef {import("./clear.js").Cookie} Cookie */

/** Puts a cookie back. Resolves to the cookie that is there now, or to `NoAnswer` where nobody knows. @param {Cookie} cookie */
function put(cookie) {
  const { name, value, domain, path, secure, httpOnly, sameSite, storeId } = cookie;
  const { hostOnly, session, expirationDate, partitionKey, firstPartyDomain } = cookie;
  const url = `${secure ? "https" : "http"}://${domain.replace(/^\./, "")}${path}`;
  const details = { url, name, value, path, secure, httpOnly, sameSite, storeId };
  const set = chrome.cookies.set({
    ...details,
    ...(!hostOnly && { domain }),
    ...(!session && { expirationDate }),
    ...(partitionKey && { partitionKey }),
    ...(firstPartyDomain !== undefined && { firstPartyDomain }),
  });
  return within(set, CALL).catch((error) => (error instanceof NoAnswer ? error : null));
}

/**
 * Puts cookies back, and returns how many are back and whether the browser answered in time. They go only into the cookie store
 * that they were taken from: the function throws when the tab has another one.
 * @param {number} tab
 * @param {Cookie[]} cookies
 */
export async function putBack(tab, cookies) {
  for (const store of new Set(cookies.map(({ storeId }) => storeId))) await stillIn(tab, store);
  const set = await Promise.all(cookies.map(put));
  const answered = !set.some((one) => one instanceof NoAnswer);
  const back = set.filter(
    (one, at) => one && !(one instanceof NoAnswer) && one.value === cookies[at].value,
  );
  return { back: back.length, answered };
}
