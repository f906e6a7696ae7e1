// Share and advice from the server, asked for again when labels, photos or answers change.

import { element } from "../common/dom.js";
import { section, t } from "../common/texts.js";

const MOST_CARDS = 3;
const MOST_WORDS = 45; // with titles, so that a result has 150 words at most before "more"

/** The `{pool, in_words, advice}` for labels, answers and what is wrong with most photos. */
export async function askAdvice(hairs, context, findings = []) {
  return ask("v1/advice", { ...countsOf(hairs), context, findings });
}

/** The same for a batch, by its address. */
export async function askAdviceOnBatch(address, context) {
  return ask(`${address}/advice`, { context });
}

/** Throws an Error with a message for the user. */
async function ask(address, question) {
  const answer = await fetch(address, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(question),
  }).catch(() => { throw new Error(t("page.advice.unreachable")); });
  const body = await answer.json().catch(() => null);
  if (!answer.ok || !body) throw new Error(body?.error?.message ?? t("page.advice.unreachable"));
  return body;
}

/** `{counts, by_machine}` of hairs with their current labels (`Standing` in labels.js). */
export function countsOf(hairs) {
  const read = hairs.filter(({ by }) => by === "machine");
  const machines = read.map(({ machine }) => machine);
  const seen = machines.filter(({ reason }) => reason !== "root_not_seen");
  return {
    counts: byKind(hairs.filter(({ by }) => by === "person")),
    by_machine: {
      ...byKind(read),
      bare_end_only: machines.filter(showsBareEndOnly).length,
      shafts_px: seen.map(({ shaft_px }) => shaft_px),
    },
    measures: measured(hairs),
  };
}

/** The measures of the hairs of photos with a scale. */
function measured(hairs) {
  const known = hairs.filter(({ kind }) => kind !== "not_hair").map(({ machine }) => machine?.measures).filter(Boolean);
  return known.map(({ width_um, visible_mm, whole, scale_error }) => ({ width_um, visible_mm, whole, scale_error }));
}

function byKind(hairs) {
  const counts = { telogen: 0, misshapen: 0, no_bulb: 0, unsure: 0 };
  for (const { kind } of hairs) if (kind in counts) counts[kind] += 1;
  return counts;
}

/** As in model/share/answer.py: one bare end in view, which may be the root or the tip. */
function showsBareEndOnly({ reason, ends }) {
  return reason === "root_not_seen" && ends.some(({ probabilities }) => probabilities && isBare(probabilities));
}

function isBare({ bare, club, misshapen, not_hair }) {
  return bare >= Math.max(club, misshapen, not_hair);
}

/** The first cards on `place`, as many as are read at a glance, and the rest on `rest`. */
export function drawAdvice(place, rest, advice) {
  const number = firstCards(advice);
  place.replaceChildren(...advice.slice(0, number).map(card));
  rest.replaceChildren(...advice.slice(number).map(card));
}

/** A red flag stands alone; else up to three cards, and not too many words. */
export function firstCards(advice) {
  if (isRedFlag(advice)) return advice.filter(({ urgency }) => urgency === "red_flag").length;
  let words = 0;
  const fits = advice.slice(0, MOST_CARDS).filter(({ title, text }) => {
    words += `${title} ${text}`.split(/\s+/).length;
    return words <= MOST_WORDS;
  });
  return Math.max(1, fits.length);
}

export function isRedFlag(advice) {
  return advice[0]?.urgency === "red_flag";
}

function card({ urgency, title, text, sources, strength }) {
  return element("li", { class: urgency },
    element("strong", {}, title), element("p", {}, text),
    element("details", {}, element("summary", {}, t("page.advice.origin")), element("p", {}, section("strength")[strength]),
      ...(sources.length ? [element("ul", {}, ...sources.map((source) => element("li", {}, source)))] : [])));
}
