// One photo of the answer: the picture with its hairs, and the selected hair.

import { button, byId, drawing, element } from "../common/dom.js";
import { t } from "../common/texts.js";
import { badgeCentres, hairAt } from "./badges.js";
import { hairCard } from "./hair_card.js";
import { KINDS, labelBar, nameOf } from "./kinds.js";
import { badge, boxed, outlined, pending, ruled } from "./marks.js";
import { Viewer } from "./viewer.js";

const MISSED_KINDS = KINDS.filter((kind) => kind !== "not_hair");
const STANDING = byId("standing"); // the share, which stays in view beside the hair that is corrected
const SCROLL_MS = 450; // after the time for a second tap, which enlarges the picture

export class PhotoCard {
  #photo;
  #index;
  #tools;
  #viewer = null;
  #outlines = drawing("g");
  #centres = [];
  #chips = element("div", { class: "chips", role: "group", "aria-label": t("page.photo.filter") });
  #beside = element("div", { class: "beside" });
  #caption = element("p", { class: "caption", role: "status" });
  #only = null;
  #chosen = null;
  #marking = false;
  #scrolling = null;

  /** @param tools `{labels, crops}` of all photos; `source` the address of the user's own file */
  constructor(photo, index, source, tools) {
    this.#photo = photo;
    this.#index = index;
    this.#tools = tools;
    this.node = element("article", { class: "photo", "aria-label": photo.photo }, ...notes(photo));
    if (photo.width) this.#addPicture(source);
  }

  /** Redraws everything after a label has changed. */
  draw() {
    if (!this.#viewer) return;
    const hairs = this.#hairs();
    if (this.node.isConnected && !this.#beside.parentNode.contains(STANDING)) this.#beside.before(STANDING);
    this.#drawMarks(this.#shown(hairs));
    this.#chips.replaceChildren(...this.#filters(hairs));
    this.#drawBeside(hairs);
  }

  #hairs() {
    return this.#tools.labels.standing(this.#index);
  }

  #shown(hairs) {
    return hairs.filter((hair) => !this.#only || hair.kind === this.#only);
  }

  #drawMarks(hairs) {
    this.#centres = badgeCentres(hairs, this.#photo, this.#viewer.unit);
    this.#outlines.replaceChildren(...outlined(hairs, this.#photo, this.#centres, { chosen: this.#chosen }));
  }

  #addPicture(source) {
    const { photo, width, height, quality, summary } = this.#photo;
    const boxes = quality.flatMap(({ box }, index) => (box ? [boxed(box, index + 1)] : []));
    const image = element("img", { src: source, alt: t("page.viewer.picture", { name: photo, count: summary.hairs }) });
    const drawn = drawing("svg", { class: "marks", viewBox: `0 0 ${width} ${height}`, "aria-hidden": "true" }, ...boxes, ...ruled(this.#photo), this.#outlines);
    this.#viewer = new Viewer(this.#photo, t("page.viewer.label", { name: photo }), [image, drawn], this.#caption);
    this.#viewer.addEventListener("tap", ({ detail }) => this.#tapped(detail));
    this.#viewer.addEventListener("settled", () => !this.#marking && this.#drawMarks(this.#shown(this.#hairs())));
    this.#viewer.surface.addEventListener("keydown", (event) => this.#key(event));
    this.node.append(element("div", { class: "photo-and-hair" }, element("div", { class: "left" }, this.#viewer.node, this.#chips), element("div", { class: "right" }, this.#beside)));
    image.addEventListener("error", () => this.#viewer.node.after(element("p", { class: "hint" }, t("page.viewer.unseen"))));
    if (quality.length) this.node.append(findingsList(quality, (box) => this.#viewer.show(box)));
    this.draw();
  }

  #filters(hairs) {
    const chip = (kind, ...content) => button({ class: "chip", "aria-pressed": String(this.#only === kind) }, () => this.#filter(kind), ...content);
    const number = (kind) => hairs.filter((hair) => hair.kind === kind).length;
    const present = KINDS.filter((kind) => number(kind) || kind === this.#only);
    const named = (kind) => t("page.photo.only", { number: String(number(kind)), name: nameOf(kind) });
    return [chip(null, t("page.photo.all")), ...present.map((kind) => {
      const node = chip(kind, badge(kind)); // the numbers stand beside the share
      node.setAttribute("aria-label", named(kind));
      return node;
    })];
  }

  #filter(kind) {
    const at = [...this.#chips.children].indexOf(document.activeElement);
    this.#only = kind;
    this.draw();
    this.#chips.children[at]?.focus();
  }

  #tapped(at) {
    if (this.#marking) return this.#askWhatIsIt(at);
    const hair = hairAt(at, this.#shown(this.#hairs()), this.#centres, this.#viewer.unit);
    this.#choose(hair?.number ?? null);
  }

  #choose(number) {
    this.#chosen = number;
    this.draw();
    clearTimeout(this.#scrolling);
    const hair = this.#hairs().find((each) => each.number === number);
    if (!hair) return;
    const [x, y] = hair.machine?.path[0] ?? [];
    this.#viewer.reveal(hair.place ?? { x, y });
    this.#scrolling = setTimeout(() => this.#showCard(), SCROLL_MS);
  }

  #showCard() {
    const box = this.#beside.querySelector("canvas")?.getBoundingClientRect();
    if (box && (box.top < 0 || box.bottom > window.innerHeight)) this.#beside.firstChild.scrollIntoView();
  }

  #drawBeside(hairs) {
    const focused = this.#beside.contains(document.activeElement) ? pathOf(document.activeElement) : null;
    const hair = hairs.find((each) => each.number === this.#chosen);
    const shown = hair ? hairCard(hair, hairs.length, this.#tools, () => this.#step(hairs, 1)) : element("p", { class: "hint" }, hairs.length ? t("page.photo.tap") : "");
    this.#beside.replaceChildren(shown, this.#steps(hairs));
    this.#drawCaption(hair, hairs.length);
    if (focused) (this.#beside.querySelector(focused) ?? this.#beside.querySelector('[data-step="1"]'))?.focus();
  }

  #drawCaption(hair, all) {
    const look = button({ class: "button small" }, () => { this.#viewer.shrink(); this.#choose(this.#chosen); }, t("page.photo.look"));
    const words = hair && t("page.hair.title", { number: String(hair.number + 1), all: String(all), name: nameOf(hair.kind) });
    this.#caption.replaceChildren(...(hair ? [badge(hair.kind, hair.by), words, look] : [t("page.photo.tap")]));
  }

  #steps(hairs) {
    const step = (by) => () => this.#step(hairs, by);
    const walk = hairs.length ? [
      button({ class: "link", "data-step": "-1" }, step(-1), t("page.photo.previous")),
      button({ class: "link", "data-step": "1" }, step(1), t("page.photo.next"))] : [];
    if (this.#tools.labels.inForce().length) walk.push(button({ class: "link", "data-step": "undo" }, () => this.#tools.labels.undo(), t("page.hair.undo")));
    const mark = button({ class: "link", "data-step": "mark" }, () => this.#mark(true), t("page.photo.mark"));
    return element("div", { class: "steps" }, ...walk, mark);
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
    this.#beside.replaceChildren(element("p", { role: "status" }, t("page.photo.marking")), this.#stop());
    this.#viewer.surface.focus();
  }

  #stop() {
    return button({ class: "link" }, () => this.#mark(false), t("page.photo.stopMarking"));
  }

  #key(event) {
    if (event.key !== "Enter" || !this.#marking) return;
    event.preventDefault();
    this.#askWhatIsIt(this.#viewer.centre());
  }

  #askWhatIsIt({ x, y }) {
    const place = { x: Math.round(x), y: Math.round(y) };
    if (place.x < 0 || place.y < 0 || place.x >= this.#photo.width || place.y >= this.#photo.height) return;
    const bar = labelBar((kind) => this.#addMissed(place, kind), { kinds: MISSED_KINDS, pictures: true });
    this.#beside.replaceChildren(element("p", { class: "ask" }, t("page.photo.whatIsIt")), bar, this.#stop());
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

function notes({ error, duplicate_of, status }) {
  const notes = [];
  if (error) notes.push(element("p", { class: "alert" }, error.message));
  if (duplicate_of) notes.push(element("p", { class: "hint" }, t("page.photo.duplicate", { name: duplicate_of })));
  if (status === "no_hairs") notes.push(element("p", {}, t("page.photo.noHairs")));
  return notes;
}

/** What would make a better picture, numbered as in the photo; a click on one with a box shows it. */
function findingsList(quality, show) {
  const where = ({ box }) => (box ? [button({ class: "link" }, () => show(box), t("page.findings.show"))] : []);
  const items = quality.map((finding, index) => element("li", {}, element("strong", {}, `!${index + 1}`), ` ${finding.message} `, ...where(finding)));
  return element("details", { class: "findings" }, element("summary", {}, t("page.findings.title")), element("ul", {}, ...items));
}

/** How to find the same button again after it has been redrawn. */
function pathOf({ dataset, classList }) {
  if (dataset.kind) return `[data-kind="${dataset.kind}"]`;
  return dataset.step ? `[data-step="${dataset.step}"]` : `.${[...classList].at(-1)}`;
}
