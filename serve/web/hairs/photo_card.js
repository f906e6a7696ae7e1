// Quality findings of a photo, numbered as in the picture.

import { button, drawing, element } from "../common/dom.js";
import { distance } from "./geometry.js";
import { hairCard } from "./hair_card.js";
import { KINDS, labelBar } from "./kinds.js";
import { badge, boxed, outlined } from "./marks.js";
import { Viewer } from "./viewer.js";
import { FINDINGS, HAIR, KIND_WORDS, PHOTO, VIEWER } from "../common/words.js";

/** The list of findings; a click on one with a box shows it in the picture. */
export function findingsList(quality, show) {
  const items = quality.map((finding, index) => element("li", {}, element("strong", {}, `!${index + 1}`), ` ${finding.message} `, ...where(finding, show)));
  return element("div", { class: "findings" }, element("h4", {}, FINDINGS.title), element("ul", {}, ...items));
}

function where({ box }, show) {
  return box ? [button({ class: "link" }, () => show(box), FINDINGS.show)] : [];
}

// One photo of the answer: the picture with its hairs, and the selected hair.

const MISSED_KINDS = KINDS.filter((kind) => kind !== "not_hair");

export class PhotoCard {
  #photo;
  #index;
  #tools;
  #viewer = null;
  #outlines = drawing("g");
  #chips = element("div", { class: "chips", role: "group", "aria-label": PHOTO.filter });
  #beside = element("div", { class: "beside" });
  #only = null;
  #chosen = null;
  #marking = false;

  /** @param tools `{labels, crops}` of all photos; `source` the address of the user's own file */
  constructor(photo, index, source, tools) {
    this.#photo = photo;
    this.#index = index;
    this.#tools = tools;
    this.node = element("article", { class: "photo" }, element("h3", {}, photo.photo), ...notes(photo));
    if (photo.width) this.#addPicture(source);
  }

  /** Redraws everything after a label has changed. */
  draw() {
    if (!this.#viewer) return;
    const hairs = this.#hairs();
    this.#outlines.replaceChildren(...this.#shown(hairs).map((hair) => outlined(hair, this.#photo, hair.number === this.#chosen)));
    this.#chips.replaceChildren(...this.#filters(hairs));
    this.#drawBeside(hairs);
  }

  fit() {
    this.#viewer?.fit();
  }

  #hairs() {
    return this.#tools.labels.standing(this.#index);
  }

  #shown(hairs) {
    return hairs.filter((hair) => !this.#only || hair.kind === this.#only);
  }

  #addPicture(source) {
    const { photo, width, height, quality } = this.#photo;
    const boxes = quality.flatMap(({ box }, index) => (box ? [boxed(box, index + 1)] : []));
    const image = element("img", { src: source, alt: VIEWER.picture(photo, this.#photo.summary) });
    const drawn = drawing("svg", { viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...boxes, this.#outlines);
    this.#viewer = new Viewer(this.#photo, VIEWER.label(photo), [image, drawn], (at, reach) => this.#tapped(at, reach));
    this.#viewer.surface.addEventListener("keydown", (event) => this.#key(event));
    this.node.append(element("p", { class: "hint" }, VIEWER.hint), this.#chips, this.#viewer.node, this.#beside);
    image.addEventListener("error", () => this.#viewer.node.after(element("p", { class: "hint" }, VIEWER.unseen)));
    if (quality.length) this.node.append(findingsList(quality, (box) => this.#viewer.show(box)));
    this.draw();
  }

  #filters(hairs) {
    const chip = (kind, ...content) => button({ class: "chip", "aria-pressed": String(this.#only === kind) }, () => this.#filter(kind), ...content);
    const number = (kind) => hairs.filter((hair) => hair.kind === kind).length;
    const present = KINDS.filter((kind) => number(kind) || kind === this.#only);
    return [chip(null, PHOTO.all(hairs.length)), ...present.map((kind) => chip(kind, badge(kind), `${number(kind)} ${KIND_WORDS[kind].many}`))];
  }

  #filter(kind) {
    const at = [...this.#chips.children].indexOf(document.activeElement);
    this.#only = kind;
    this.draw();
    this.#chips.children[at]?.focus();
  }

  #tapped(at, reach) {
    if (this.#marking) return this.#askWhatIsIt(at);
    const far = ({ machine, place }) => (machine ? distance(at, machine.path) : Math.hypot(at.x - place.x, at.y - place.y));
    const near = this.#shown(this.#hairs()).map((hair) => [far(hair), hair.number]).sort((a, b) => a[0] - b[0])[0];
    this.#choose(near && near[0] <= reach ? near[1] : null);
  }

  #choose(number) {
    this.#chosen = number;
    this.draw();
    const hair = this.#hairs().find((each) => each.number === number);
    if (!hair) return;
    const [x, y] = hair.machine?.path[0] ?? [];
    this.#viewer.reveal(hair.place ?? { x, y });
    this.#beside.querySelector("canvas").scrollIntoView({ block: "nearest" });
  }

  #drawBeside(hairs) {
    const focused = this.#beside.contains(document.activeElement) ? pathOf(document.activeElement) : null;
    const hair = hairs.find((each) => each.number === this.#chosen);
    const shown = hair ? hairCard(hair, hairs.length, this.#tools) : element("p", { class: "hint" }, hairs.length ? PHOTO.tap : "");
    this.#beside.replaceChildren(shown, this.#steps(hairs));
    if (focused) this.#beside.querySelector(focused)?.focus();
  }

  #steps(hairs) {
    const step = (by) => () => this.#step(hairs, by);
    const walk = hairs.length ? [
      button({ class: "link", "data-step": "-1" }, step(-1), PHOTO.previous),
      button({ class: "link", "data-step": "1" }, step(1), PHOTO.next)] : [];
    if (this.#tools.labels.inForce().length) walk.push(button({ class: "link", "data-step": "undo" }, () => this.#tools.labels.undo(), HAIR.undo));
    return element("div", { class: "steps" }, ...walk, button({ class: "link", "data-step": "mark" }, () => this.#mark(true), PHOTO.mark));
  }

  #step(hairs, by) {
    const shown = this.#shown(hairs);
    const at = shown.findIndex((hair) => hair.number === this.#chosen);
    const next = at < 0 ? (by > 0 ? 0 : shown.length - 1) : (at + by + shown.length) % shown.length;
    this.#choose(shown[next]?.number ?? null);
  }

  #mark(marking) {
    this.#marking = marking;
    this.#chosen = null;
    this.#viewer.surface.classList.toggle("marking", marking);
    this.draw();
    if (!marking) return;
    const stop = button({ class: "link" }, () => this.#mark(false), PHOTO.stopMarking);
    this.#beside.replaceChildren(element("p", { role: "status" }, PHOTO.marking), stop);
    this.#viewer.surface.focus();
  }

  #key(event) {
    if (event.key !== "Enter" || !this.#marking) return;
    event.preventDefault();
    this.#askWhatIsIt(this.#viewer.centre());
  }

  #askWhatIsIt({ x, y }) {
    const place = { x: Math.round(x), y: Math.round(y) };
    if (place.x < 0 || place.y < 0 || place.x >= this.#photo.width || place.y >= this.#photo.height) return;
    const bar = labelBar((kind) => this.#addMissed(place, kind), { kinds: MISSED_KINDS });
    const stop = button({ class: "link" }, () => this.#mark(false), PHOTO.stopMarking);
    this.#beside.replaceChildren(element("p", { class: "ask" }, PHOTO.whatIsIt), bar, stop);
    this.#outlines.querySelector(".pending")?.remove();
    this.#outlines.append(pending(place));
    bar.querySelector("button").focus();
  }

  #addMissed(place, kind) {
    this.#mark(false);
    this.#only = null;
    this.#choose(this.#tools.labels.addMissed(this.#index, place, kind));
  }
}

function pending({ x, y }) {
  return drawing("g", { class: "pending", transform: `translate(${x} ${y})` },
    drawing("g", { class: "steady" }, drawing("path", { class: "pin", d: "M0 -14V14M-14 0H14" })));
}

function notes({ error, duplicate_of, status }) {
  const notes = [];
  if (error) notes.push(element("p", { class: "alert" }, error.message));
  if (duplicate_of) notes.push(element("p", { class: "hint" }, PHOTO.duplicate(duplicate_of)));
  if (status === "no_hairs") notes.push(element("p", {}, PHOTO.noHairs));
  return notes;
}

/** How to find the same button again after it has been redrawn. */
function pathOf({ dataset, classList }) {
  if (dataset.kind) return `[data-kind="${dataset.kind}"]`;
  return dataset.step ? `[data-step="${dataset.step}"]` : `.${[...classList].at(-1)}`;
}
