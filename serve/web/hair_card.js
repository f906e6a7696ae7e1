// One hair: its root from nearby, what the model says of it, and what the person says.

import { rootEnd } from "./crops.js";
import { button, element } from "./dom.js";
import { kindOf } from "./kinds.js";
import { labelBar } from "./label_bar.js";
import { badge } from "./marks.js";
import { HAIR, KIND_WORDS, reasonWords } from "./words.js";

const CROP = { width: 320, height: 192 };

/** @param hair as it stands, one of `all` in its photo */
export function hairCard(hair, all, { labels, crops }) {
  const number = hair.number + 1;
  const canvas = element("canvas", { ...CROP, role: "img", "aria-label": HAIR.crop(number) });
  crops.draw(canvas, hair);
  const title = element("h4", {}, badge(hair.kind, hair.by), `${HAIR.number(hair, all)}: ${KIND_WORDS[hair.kind].name}`);
  const told = element("div", {}, title, ...said(hair).map((text) => element("p", {}, text)));
  const bar = labelBar((kind) => labels.say(hair.photo, hair.number, kind), { standing: hair.by === "person" ? hair.kind : null });
  return element("div", { class: "hair-card" }, element("div", { class: "seen" }, canvas, told), element("p", { class: "ask" }, HAIR.ask), bar, ...otherEnd(hair, labels));
}

function said(hair) {
  const lines = [];
  if (hair.by === "person") lines.push(HAIR.byYou(KIND_WORDS[hair.kind].name.toLowerCase()));
  if (hair.rootBy === "person") lines.push(hair.machine ? HAIR.rootMoved : HAIR.missed);
  if (!hair.machine) return lines;
  const kind = kindOf(hair.machine);
  return [...lines, HAIR.machine(KIND_WORDS[kind].name, reasonWords({ kind, machine: hair.machine })), HAIR.chances(hair.machine.probabilities)];
}

function otherEnd(hair, labels) {
  if (!hair.machine) return [];
  return [button({ class: "link other-end" }, () => moveRoot(hair, labels), HAIR.otherEnd)];
}

/** Says that the root is at the end that is not shown as such now. */
export function moveRoot(hair, labels) {
  labels.moveRoot(hair.photo, hair.number, 1 - rootEnd(hair));
}
