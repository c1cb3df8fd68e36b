// This module writes the report that support can use. It turns a case into text, in English first and in the reader's language beneath. It
// takes what the core made sure of (codes, ids of requests, findings) and nothing that a page said in its own words; it takes no cookie, no
// token, no e-mail, no query and no id of a conversation. It knows no page and no browser: `preview.js` shows and copies the report.

/** @typedef {AccessMedic.Case} Case */
/** @typedef {AccessMedic.Tongue} Tongue */
/** @typedef {{ version: string; browser: string; address?: string }} Program `address`: only if the reader wants it in */

/** This matches words of an address; anything else may be an id or a name. */
const WORD = /^[a-z][a-z_-]{0,23}$/;
/** This matches codes such as a number, `invalid_state` or `AuthApiFailure`; a text with digits between letters may be a key. */
const CODE = /^(\d{3,4}|[A-Za-z][A-Za-z_]{0,47})$/;

/** This matches ids of requests: `req_011CQ…`, or a UUID with or without its hyphens. */
const REQUEST = /^(req_[\dA-Za-z]{8,40}|[\da-f]{8}(-?[\da-f]{4}){3}-?[\da-f]{12})$/;

/** @param {string} url */
function placeOf(url) {
  const { hostname, pathname } = new URL(url);
  const path = pathname.split("/").map((part) => (part === "" || WORD.test(part) ? part : "*"));
  return hostname + path.join("/");
}

/** @param {number} time */
const utc = (time) =>
  new Date(time)
    .toISOString()
    .replace("T", " ")
    .replace(/\.\d+Z/, " UTC");

/** @param {string} code @param {string} language */
const country = (code, language) =>
  /^[A-Z]{2}$/.test(code)
    ? `${new Intl.DisplayNames(language, { type: "region" }).of(code)} (${code})`
    : code;

/** @typedef {{ title: string; rows: [string, string][] }} Section */

/**
 * @param {Case} entry
 * @param {Tongue} tongue
 * @param {Program} program
 * @param {(finding: AccessMedic.Finding, tongue: Tongue) => string} found says a finding
 * @returns {Section[]}
 */
function sections(entry, { word, language }, program, found) {
  const { report, url, at, history, checks } = entry;
  const { diagnosis } = report;
  /** @type {Section[]} */
  const parts = [];
  if (diagnosis) {
    const {
      host: _,
      code,
      country: place,
      failing,
      request_id,
      resets,
      ...facts
    } = diagnosis.facts;
    /** @type {[string, unknown][]} */
    const rows = [
      ["code", code && CODE.test(code) ? code : undefined],
      ...Object.entries(facts),
      ["resets", resets && utc(resets)],
      ["request_id", request_id && REQUEST.test(request_id) ? request_id : undefined],
      ["country", place && country(place, language)],
      ["failing", failing && word(`fact_failing_${failing}`)],
    ];
    parts.push({
      title: word(`cause_${diagnosis.cause}_title`),
      rows: [
        [
          word("support_cause"),
          `${diagnosis.cause} (${word(`confidence_${diagnosis.confidence}`)})`,
        ],
        [word("support_when"), utc(at)],
        [word("clue_address"), placeOf(url)],
        ...rows.flatMap(([key, value]) =>
          value === undefined
            ? []
            : [/** @type {[string, string]} */ ([word(`fact_${key}`), `${value}`])],
        ),
      ],
    });
  }
  if (checks) {
    parts.push({
      title: `${word("popup_checks_title")} (${utc(checks.at)})`,
      rows: checks.findings.map((finding) => [
        word(`check_${finding.check}`),
        found(finding, { word, language }),
      ]),
    });
  }
  if (history.length > 0) {
    parts.push({
      title: word("support_tried"),
      rows: history.map(({ remedy, outcome, verdict, at: time }) => [
        utc(time),
        [
          word(`remedy_${remedy}_title`),
          word(`outcome_${outcome}`),
          verdict && word(`verdict_${verdict}`),
        ]
          .filter(Boolean)
          .join(" · "),
      ]),
    });
  }
  const { version, browser, address } = program;
  parts.push({
    title: word("extension_name"),
    rows: [
      [word("support_version"), version],
      [word("support_browser"), browser],
      ...(address ? [/** @type {[string, string]} */ ([word("support_ip"), address])] : []),
    ],
  });
  return parts;
}

/**
 * @param {Case} entry
 * @param {Tongue[]} tongues English first
 * @param {Program} program
 * @param {(finding: AccessMedic.Finding, tongue: Tongue) => string} found
 * @param {boolean} markdown else plain text
 */
export function reportOf(entry, tongues, program, found, markdown) {
  const [head, row] = markdown
    ? [
        (/** @type {string} */ title) => `### ${title}`,
        (/** @type {string[]} */ [name, value]) => `- **${name}:** ${value}`,
      ]
    : [
        (/** @type {string} */ title) => title,
        (/** @type {string[]} */ [name, value]) => `  ${name}: ${value}`,
      ];
  const texts = tongues.map((tongue) =>
    sections(entry, tongue, program, found)
      .map(({ title, rows }) => [head(title), ...rows.map(row)].join("\n"))
      .join("\n\n"),
  );
  return `${texts.join("\n\n---\n\n")}\n`;
}

/** Returns the browser and the system, as in `Firefox 153, Linux`, with no more of the agent than support needs. @param {string} agent */
export function browserOf(agent) {
  const [, name, version] = /(Firefox|Edg|OPR|Chrome)\/(\d+)/.exec(
    agent.replace(/Chrome\/\d+(?=.*(?:Edg|OPR)\/)/, ""),
  ) ?? ["", "?", "?"];
  const system = /Windows|Android|Mac OS|CrOS|Linux/.exec(agent)?.[0] ?? "?";
  return `${name} ${version}, ${system}`;
}
