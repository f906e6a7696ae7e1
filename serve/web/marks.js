// The mark of each kind: a letter in a shape, so that nobody needs to tell colours apart.

import { drawing } from "./dom.js";

const LETTERS = { telogen: "T", misshapen: "M", no_bulb: "N", not_hair: "×", unsure: "?" };
const SHAPES = {
  telogen: () => drawing("circle", { r: 9 }),
  misshapen: () => drawing("rect", { x: -8.5, y: -8.5, width: 17, height: 17, rx: 2 }),
  no_bulb: () => drawing("path", { d: "M0 -11.5 11.5 0 0 11.5 -11.5 0Z" }),
  not_hair: () => drawing("path", { d: "M-10 7.5 0 -11.5 10 7.5Z" }),
  unsure: () => drawing("circle", { r: 9, "stroke-dasharray": "4 3" }),
};

/** An SVG group of about 22 by 22 units round 0, 0; one that a person gave wears a second ring. */
export function mark(kind, by) {
  const letter = drawing("text", { "text-anchor": "middle", y: 4.6 }, LETTERS[kind]);
  const rings = by === "person" ? [drawing("circle", { class: "ring", r: 13.5 })] : [];
  return drawing("g", { class: `mark ${kind} ${by}` }, ...rings, SHAPES[kind](), letter);
}

/** The mark as a picture of its own, for buttons and lists. */
export function badge(kind, by = "machine") {
  return drawing("svg", { class: "badge", viewBox: "-15 -15 30 30", "aria-hidden": "true" }, mark(kind, by));
}
