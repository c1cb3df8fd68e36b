// This module carries out what the core wants done, and returns what came of it.
import { isPrivate, keepPicked, silence } from "../settings.js";
import { paint } from "./badge.js";
import { carryOut, putBackCookies } from "./remedies/index.js";
import { show } from "./show.js";

/** @typedef {AccessMedic.ApplyReply["outcome"]} Outcome */
/**
 * `outcome` is that of a step that was asked for. `known` tells whether told words say anything.
 * @typedef {{ outcome?: Outcome; known?: boolean }} Done
 */

/** @param {number} tab @param {import("./tabs.js").Effect[]} effects @returns {Promise<Done>} */
export async function perform(tab, effects) {
  const done = await Promise.all(effects.map((effect) => performOne(tab, effect)));
  return Object.assign({}, ...done);
}

/** @param {number} tab @param {import("./tabs.js").Effect} effect @returns {Promise<Done | undefined>} */
async function performOne(tab, effect) {
  switch (effect.kind) {
    case "show":
      await show(tab);
      return;
    case "paint":
      await paint(tab, effect.badge, effect.settles);
      return;
    case "keep_picked": {
      const { symptom, history } = effect;
      const picked = symptom === undefined ? undefined : { symptom, at: Date.now(), history };
      await keepPicked(picked, await isPrivate(tab));
      return;
    }
    case "silence":
      await silence(effect.cause, effect.silent, await isPrivate(tab));
      return;
    case "run":
      return goOn(tab, await carryOut(tab, effect));
    case "put_back":
      return goOn(tab, await putBackCookies(tab, effect));
    case "reply": {
      const { outcome: kind, reason } = effect;
      return { outcome: { kind, ...(reason && { reason }) } };
    }
    case "told":
      return { known: effect.known };
  }
}

/**
 * Carries out what the core wants done after a step has ended, and returns the outcome of that step.
 * @param {number} tab
 * @param {import("./remedies/index.js").Carried} carried
 * @returns {Promise<Done>}
 */
async function goOn(tab, { outcome, effects }) {
  await perform(tab, effects);
  return { outcome };
}
