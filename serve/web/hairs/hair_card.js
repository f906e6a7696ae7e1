// One hair: the crop of its root, what was read, and the person's label.

import { button, element } from "../common/dom.js";
import { percent, t } from "../common/texts.js";
import { rootEnd } from "./crops.js";
import { kindOf, labelBar, nameOf } from "./kinds.js";
import { badge } from "./marks.js";

const CROP = { width: 640, height: 384 };

/**
 * @param hair with its current label, one of `all` in its photo
 * @param onDone called after "looks right", to go on to the next hair
 */
export function hairCard(hair, all, { labels, crops }, onDone) {
  const number = hair.number + 1;
  const canvas = element("canvas", { ...CROP, role: "img", "aria-label": t("page.hair.crop", { number: String(number) }) });
  crops.draw(canvas, hair);
  const title = element("h3", {}, badge(hair.kind, hair.by), t("page.hair.title", { number: String(number), all: String(all), name: nameOf(hair.kind) }));
  const told = element("div", { class: "told" }, ...said(hair).map((text) => element("p", {}, text)), ...looksRight(hair, labels, onDone));
  const bar = labelBar((kind) => labels.say(hair.photo, hair.number, kind), { standing: hair.by === "person" ? hair.kind : null, pictures: true });
  return element("div", { class: "hair-card" }, title,
    element("div", { class: "seen" }, canvas, element("div", {}, told, element("p", { class: "ask" }, t("page.hair.ask")), bar, ...otherEnd(hair, labels))));
}

function said(hair) {
  const { by, rootBy, kind, machine } = hair;
  if (!machine) return [t("page.hair.missed")];
  if (rootBy === "person") return [t("page.hair.rootMoved"), ...(by === "person" ? [t("page.hair.byYou", { name: nameOf(kind) })] : [])];
  const read = kindOf(machine);
  const words = read === "unsure" ? t("page.hair.unread", { why: t(`page.reason.${machine.reason ?? "ambiguous"}`) }) : t("page.hair.read", { name: nameOf(read), percent: likely(machine, read) });
  return by === "person" ? [t("page.hair.byYou", { name: nameOf(kind) }), words] : [words];
}

/** The probability of what was read, never 100 %. */
function likely({ probabilities: { telogen, anagen } }, kind) {
  const share = kind === "telogen" ? telogen : anagen;
  return percent(Math.min(0.99, Math.max(0.01, share)));
}

/** One tap confirms what was read, and goes on. */
function looksRight({ photo, number, by, rootBy, kind }, labels, onDone) {
  if (by === "person" || rootBy === "person" || kind === "unsure") return [];
  return [button({ class: "button small right" }, () => { labels.say(photo, number, kind); onDone(); }, `✓ ${t("page.hair.looksRight")}`)];
}

function otherEnd(hair, labels) {
  if (!hair.machine) return [];
  return [button({ class: "link other-end" }, () => moveRoot(hair, labels), t("page.hair.otherEnd"))];
}

/** Marks the other end as the root. */
export function moveRoot(hair, labels) {
  labels.moveRoot(hair.photo, hair.number, 1 - rootEnd(hair));
}
