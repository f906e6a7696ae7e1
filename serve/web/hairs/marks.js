import { drawing } from "../common/dom.js";
import { corridor, outward } from "./geometry.js";

// The mark of each kind: a letter in a shape, so that colours are not needed to distinguish them.

const LETTERS = { telogen: "T", misshapen: "M", no_bulb: "N", not_hair: "×", unsure: "?" };
const SHAPES = {
  telogen: () => drawing("circle", { r: 9 }),
  misshapen: () => drawing("rect", { x: -8.5, y: -8.5, width: 17, height: 17, rx: 2 }),
  no_bulb: () => drawing("path", { d: "M0 -11.5 11.5 0 0 11.5 -11.5 0Z" }),
  not_hair: () => drawing("path", { d: "M-10 7.5 0 -11.5 10 7.5Z" }),
  unsure: () => drawing("circle", { r: 9, "stroke-dasharray": "4 3" }),
};

/** An SVG group of about 22 by 22 units around 0, 0; a person's label has a second ring. */
export function mark(kind, by) {
  const letter = drawing("text", { "text-anchor": "middle", y: 4.6 }, LETTERS[kind]);
  const rings = by === "person" ? [drawing("circle", { class: "ring", r: 13.5 })] : [];
  return drawing("g", { class: `mark ${kind} ${by}` }, ...rings, SHAPES[kind](), letter);
}

/** The mark as a separate image, for buttons and lists. */
export function badge(kind, by = "machine") {
  return drawing("svg", { class: "badge", viewBox: "-15 -15 30 30", "aria-hidden": "true" }, mark(kind, by));
}

// The hairs of a photo drawn over it, in pixels of the upright photo.

const BEYOND_SHAFTS = 2; // so that the mark does not cover a club

/** One outlined hair with its mark. `chosen` is drawn in bold. */
export function outlined(hair, photo, chosen) {
  const lines = hair.machine ? outline(hair.machine, photo) : [];
  const classes = ["hair", hair.kind, hair.by, chosen ? "chosen" : ""].join(" ").trim();
  return drawing("g", { class: classes, "data-hair": hair.number }, ...lines, markAt(hair, photo));
}

/** A finding's box, with its number in the list of findings. */
export function boxed([x, y, width, height], number) {
  return drawing("g", { class: "finding" },
    drawing("rect", { class: "dark", x, y, width, height }),
    drawing("rect", { x, y, width, height }),
    placed(x, y, drawing("g", { transform: "translate(12 12)" }, drawing("circle", { r: 10 }), drawing("text", { "text-anchor": "middle", y: 4.6 }, `!${number}`))));
}

function outline({ path, shaft_px }, { width, height }) {
  const gap = 1.1 * shaft_px + Math.max(width, height) / 500;
  const d = corridor(path, gap);
  return [drawing("path", { class: "dark", d }), drawing("path", { class: "line", d })];
}

function markAt(hair, photo) {
  if (!hair.machine) return placed(hair.place.x, hair.place.y, drawing("g", { transform: "translate(0 -18)" }, mark(hair.kind, hair.by)), pin());
  const { path, shaft_px: shaft } = hair.machine;
  if (hair.end === null) return placed(...path[Math.floor(path.length / 2)], mark(hair.kind, hair.by));
  const out = inside(outward(hair.machine, hair.end), hair.place, photo, BEYOND_SHAFTS * shaft);
  return beside(hair, out, BEYOND_SHAFTS * shaft);
}

/** The mark beyond the root, with a line that leads to it. */
function beside({ place: { x, y }, kind, by }, out, reach) {
  const lead = ({ x: dx, y: dy }, length) => drawing("path", { class: "leader", d: `M0 0L${length * dx} ${length * dy}` });
  const beyond = drawing("g", { transform: `translate(${14 * out.x} ${14 * out.y})` }, mark(kind, by));
  return drawing("g", {},
    drawing("g", { transform: `translate(${x} ${y})` }, lead(out, reach)),
    placed(x + reach * out.x, y + reach * out.y, lead(out, 14), beyond));
}

/** Turns a direction that would lead out of the picture. */
function inside(out, { x, y }, { width, height }, reach) {
  const ways = [out, { x: -out.y, y: out.x }, { x: out.y, y: -out.x }];
  const margin = reach + Math.max(width, height) / 25;
  const fits = (way) => x + margin * way.x > 0 && x + margin * way.x < width && y + margin * way.y > 0 && y + margin * way.y < height;
  return ways.find(fits) ?? out;
}

/** Keeps the size on the screen constant at any zoom. */
function placed(x, y, ...children) {
  return drawing("g", { transform: `translate(${x} ${y})` }, drawing("g", { class: "steady" }, ...children));
}

function pin() {
  return drawing("path", { class: "pin", d: "M0 -7V7M-7 0H7" });
}
