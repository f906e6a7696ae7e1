// The picture of the share: one mark per hair, and the share with its interval on a line.

import { drawing, element } from "../common/dom.js";
import { percent, t } from "../common/texts.js";
import { badge } from "../hairs/marks.js";

const MOST_MARKS = 60;
const SHOWN = ["telogen", "misshapen", "no_bulb", "unsure"];

/** Draws the share of `hairs` with their current labels; `pool` is their summary, `words` it in words. */
export function drawShare(place, pool, hairs, words) {
  place.replaceChildren(...bar(pool, words), ...strip(hairs), counts(hairs));
}

/** The share in one line, for the head of the page while the person corrects. */
export function drawSmallShare(place, pool, hairs, words) {
  place.replaceChildren(...bar(pool, words, true), counts(hairs));
}

/** Hairs by kind for a batch, whose hairs are only counted. */
export function hairsOf(pool) {
  return SHOWN.flatMap((kind) => Array(pool[kind]).fill({ kind, by: "machine" }));
}

/** Below ten readable roots there are no percentages, as in the sentences of the server. */
function bar({ telogen_share: share }, { share: sentence }, small = false) {
  if (!share || !sentence) return [];
  const { estimate, low, high } = share;
  const at = (part) => 10 + 380 * part;
  const text = small ? [] : [
    drawing("text", { x: 10, y: 54 }, t("page.share.none")),
    drawing("text", { x: 390, y: 54, "text-anchor": "end" }, t("page.share.all")),
    drawing("text", { class: "figure", x: Math.min(360, Math.max(40, at(estimate))), y: 14, "text-anchor": "middle" }, percent(estimate))];
  return [drawing("svg", { class: "bar", viewBox: small ? "0 18 400 22" : "0 0 400 58", role: "img", "aria-label": sentence },
    drawing("rect", { class: "track", x: 10, y: 22, width: 380, height: 14, rx: 7 }),
    drawing("path", { class: "half", d: "M200 19V39" }),
    drawing("rect", { class: "span", x: at(low), y: 22, width: at(high) - at(low), height: 14, rx: 4 }),
    drawing("path", { class: "whisker", d: `M${at(low)} 19V39M${at(high)} 19V39` }),
    drawing("circle", { class: "estimate", cx: at(estimate), cy: 29, r: 8 }), ...text)];
}

function strip(hairs) {
  const shown = SHOWN.flatMap((kind) => hairs.filter((hair) => hair.kind === kind));
  if (!shown.length || shown.length > MOST_MARKS) return [];
  return [element("div", { class: "strip", "aria-hidden": "true" }, ...shown.map(({ kind, by }) => badge(kind, by)))];
}

function counts(hairs) {
  const number = (kind) => hairs.filter((hair) => hair.kind === kind).length;
  const items = SHOWN.filter(number).map((kind) => element("li", { "data-kind": kind }, badge(kind), `${number(kind)} ${t(`page.kind.${kind}.many`)}`));
  return element("ul", { class: "counts" }, ...items);
}
