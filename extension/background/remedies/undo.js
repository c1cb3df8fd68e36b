// Puts back the cookies that the last clearing in a tab took, exactly as they were, and reads afterwards which of them
// are there. Storage cannot be put back: no browser lets an extension read it.

/** @typedef {import("./clear.js").Cookie} Cookie */

/** @param {Cookie} cookie */
function put(cookie) {
  const { name, value, domain, path, secure, httpOnly, sameSite, storeId } = cookie;
  const { hostOnly, session, expirationDate, partitionKey, firstPartyDomain } = cookie;
  const url = `${secure ? "https" : "http"}://${domain.replace(/^\./, "")}${path}`;
  const details = { url, name, value, path, secure, httpOnly, sameSite, storeId };
  return chrome.cookies
    .set({
      ...details,
      ...(!hostOnly && { domain }),
      ...(!session && { expirationDate }),
      ...(partitionKey && { partitionKey }),
      ...(firstPartyDomain !== undefined && { firstPartyDomain }),
    })
    .catch(() => null);
}

/** How many are back. @param {Cookie[]} cookies */
export async function putBack(cookies) {
  const set = await Promise.all(cookies.map(put));
  return set.filter((cookie, at) => cookie?.value === cookies[at].value).length;
}
