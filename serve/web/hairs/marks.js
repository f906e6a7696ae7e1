import { drawing } from "../common/dom.js";
import { corridor } from "./geometry.js";
import { rootOf } from "./badges.js";

// The mark of each kind: a letter in a shape, so that colours are not needed to distinguish them.

const LETTERS = { telogen: "T", misshapen: "M", no_bulb: "N", not_hair: "×", unsure: "?" };
const SHAPES = {
  telogen: () => drawing("circle", { r: 9 }),
  misshapen: () => drawing("rect", { x: -8.5, y: -8.5, width: 17, height: 17, rx: 2 }),
  no_bulb: () => drawing("path", { d: "M0 -11.5 11.5 0 0 11.5 -11.5 0Z" }),
  not_hair: () => drawing("path", { d: "M-10 7.5 0 -11.5 10 7.5Z" }),
  unsure: () => drawing("circle", { r: 9, "stroke-dasharray": "4 3" }),
};

/**
 * An SVG group of about 22 by 22 units around 0, 0; a person's label has a second ring. On paper the
 * hair's `number` stands in the place of the letter.
 */
function mark(kind, by, number = "") {
  const letter = drawing("text", { "text-anchor": "middle", y: 4.6, ...(number.length > 2 && { class: "long" }) }, number || LETTERS[kind]);
  const rings = by === "person" ? [drawing("circle", { class: "ring", r: 13.5 })] : [];
  return drawing("g", { class: `mark ${kind} ${by}` }, ...rings, SHAPES[kind](), letter);
}

/** The mark as a separate image, for buttons and lists. */
export function badge(kind, by = "machine", number = "") {
  return drawing("svg", { class: "badge", viewBox: "-15 -15 30 30", "aria-hidden": "true" }, mark(kind, by, number));
}

/**
 * The hairs in pixels of the upright photo, with their badges at `centres`; the one numbered `chosen` is
 * drawn in bold. All badges come last, so that no hair's outline is drawn over another's badge.
 */
export function outlined(hairs, photo, centres, { chosen = null, numberOf = () => "" } = {}) {
  const parts = hairs.map((hair, index) => partsOf(hair, photo, centres[index], numberOf(hair)));
  const groups = (layer) => hairs.map((hair, index) => {
    const classes = [layer, hair.kind, hair.by, ...(hair.number === chosen ? ["chosen"] : [])].join(" ");
    return drawing("g", { class: classes, "data-hair": hair.number }, ...parts[index][layer]);
  });
  return [...groups("hair"), ...groups("marker")];
}

function partsOf(hair, photo, centre, number) {
  const { x, y } = rootOf(hair);
  const leader = drawing("path", { class: "leader", d: `M${x} ${y}L${centre.x} ${centre.y}` });
  const lines = hair.machine ? outline(hair.machine, photo) : [];
  const pins = hair.machine ? [] : [placed(x, y, drawing("path", { class: "pin", d: "M0 -7V7M-7 0H7" }))];
  return { hair: [...lines, leader, ...pins], marker: [placed(centre.x, centre.y, mark(hair.kind, hair.by, number))] };
}

/** A finding's box, with its number in the list of findings. */
export function boxed([x, y, width, height], number) {
  return drawing("g", { class: "finding" },
    drawing("rect", { class: "dark", x, y, width, height }),
    drawing("rect", { x, y, width, height }),
    placed(x, y, drawing("g", { transform: "translate(12 12)" }, drawing("circle", { r: 10 }), drawing("text", { "text-anchor": "middle", y: 4.6 }, `!${number}`))));
}

/** Lines round what the photo's scale was taken from. */
export function ruled({ scale }) {
  return (scale?.outlines ?? []).map((outline) => drawing("polygon", { class: "scale-outline", points: outline.map((place) => place.join(",")).join(" ") }));
}

/** Where a person is asked what a root is. */
export function pending({ x, y }) {
  const group = placed(x, y, drawing("path", { class: "pin", d: "M0 -14V14M-14 0H14" }));
  group.classList.add("pending");
  return group;
}

function outline({ path, shaft_px }, { width, height }) {
  const gap = 1.1 * shaft_px + Math.max(width, height) / 500;
  const d = corridor(path, gap);
  return [drawing("path", { class: "dark", d }), drawing("path", { class: "line", d })];
}

/** Keeps the size on the screen constant at any zoom. */
function placed(x, y, ...children) {
  return drawing("g", { transform: `translate(${x} ${y})` }, drawing("g", { class: "steady" }, ...children));
}
