// Label counts for POST /v1/advice: the person's, which are taken as correct, and the model's.

import { drawing, element } from "../common/dom.js";
import { badge } from "../hairs/marks.js";
import { ERROR_RATES, KIND_WORDS, percent, SHARE, VERDICTS } from "../common/words.js";

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
  };
}

function byKind(hairs) {
  const counts = { telogen: 0, misshapen: 0, no_bulb: 0, unsure: 0 };
  for (const { kind } of hairs) if (kind in counts) counts[kind] += 1;
  return counts;
}

/** As in model/share/posterior.py: one bare end in view, which may be the root or the tip. */
function showsBareEndOnly({ reason, ends }) {
  return reason === "root_not_seen" && ends.some(({ probabilities }) => probabilities && isBare(probabilities));
}

function isBare({ bare, club, misshapen, not_hair }) {
  return bare >= Math.max(club, misshapen, not_hair);
}

// The summary of all hairs: the verdict, one mark per hair, and the share with its interval.

const MOST_MARKS = 150;
const SHOWN = ["telogen", "misshapen", "no_bulb", "unsure"];

/** @param hairs those that count, with their current labels; `pool` their summary */
export function drawShare(place, pool, hairs) {
  const verdict = element("p", { class: "verdict" }, VERDICTS[pool.verdict]);
  place.replaceChildren(verdict, ...interval(pool), ...strip(hairs), counts(hairs), ...notes(pool, hairs));
}

function interval({ telogen_share: share, error_rates }) {
  if (!share) return [];
  const words = SHARE.interval(share);
  return [bar(share, words), element("p", {}, words, " ", element("span", { class: "hint" }, ERROR_RATES[error_rates]))];
}

function bar({ estimate, low, high }, words) {
  const at = (share) => 10 + 380 * share;
  return drawing("svg", { class: "bar", viewBox: "0 0 400 50", role: "img", "aria-label": words },
    drawing("rect", { class: "track", x: 10, y: 10, width: 380, height: 14, rx: 7 }),
    drawing("path", { class: "half", d: "M200 4V30" }),
    drawing("rect", { class: "span", x: at(low), y: 10, width: at(high) - at(low), height: 14, rx: 4 }),
    drawing("path", { class: "whisker", d: `M${at(low)} 6V28M${at(high)} 6V28` }),
    drawing("circle", { class: "estimate", cx: at(estimate), cy: 17, r: 8 }),
    drawing("text", { x: 10, y: 46 }, SHARE.none),
    drawing("text", { x: 200, y: 46, "text-anchor": "middle" }, SHARE.half),
    drawing("text", { x: 390, y: 46, "text-anchor": "end" }, SHARE.all));
}

function strip(hairs) {
  const shown = SHOWN.flatMap((kind) => hairs.filter((hair) => hair.kind === kind));
  if (!shown.length || shown.length > MOST_MARKS) return [];
  return [element("div", { class: "strip", "aria-hidden": "true" }, ...shown.map(({ kind, by }) => badge(kind, by)))];
}

function counts(hairs) {
  const number = (kind) => hairs.filter((hair) => hair.kind === kind).length;
  const items = SHOWN.map((kind) => element("li", {}, badge(kind), `${number(kind)} ${KIND_WORDS[kind].many}`));
  return element("ul", { class: "counts" }, ...items);
}

function notes({ telogen_share_worst_case: bounds, unsure }, hairs) {
  const yours = hairs.filter((hair) => hair.by === "person").length;
  const notes = [];
  if (yours) notes.push(SHARE.yours(yours, hairs.length));
  if (unsure && bounds) notes.push(SHARE.worstCase(percent(bounds.low), percent(bounds.high)));
  return notes.map((text) => element("p", { class: "hint" }, text));
}
