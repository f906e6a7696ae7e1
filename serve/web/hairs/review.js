// All roots side by side, the most uncertain first, to label with one key each.

import { button, byId, element } from "../common/dom.js";
import { moveRoot } from "./hair_card.js";
import { doubt, KINDS, labelBar, nameOf } from "./kinds.js";
import { badge } from "./marks.js";
import { t } from "../common/texts.js";

const CROP = { width: 240, height: 144 };
const STEPS = { ArrowRight: () => 1, ArrowLeft: () => -1, ArrowDown: (row) => row, ArrowUp: (row) => -row };

export class Review {
  #photos;
  #tools;
  #place;
  #order = [];
  #at = 0;
  #grid = element("ul", { class: "grid", "aria-label": t("page.review.list") });
  #progress = element("p", { class: "hint", role: "status" });

  /** @param tools `{labels, crops}` of all `photos` */
  constructor(place, photos, tools) {
    this.#place = place;
    this.#photos = photos;
    this.#tools = tools;
    this.#grid.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Shows the grid; the order stays as it is while the person works through it. */
  open() {
    this.#order = this.#tools.labels.counted().sort((a, b) => doubt(b) - doubt(a));
    this.#at = 0;
    this.#grid.replaceChildren(...this.#order.map((hair, index) => this.#tile(hair, index)));
    const standing = element("div", { class: "standing" }, ...byId("standing").cloneNode(true).childNodes);
    const bar = element("div", { class: "review-bar" }, standing, labelBar((kind) => this.#label(kind), { keys: true }), this.#others(), this.#progress);
    this.#place.replaceChildren(bar, this.#grid);
    this.#choose(0, true);
    this.#say("");
  }

  /** Updates one hair's tile, if it is shown. */
  draw({ photo, hair: number }) {
    const index = this.#order.findIndex((hair) => hair.photo === photo && hair.number === number);
    const now = this.#tools.labels.standing(photo).find((hair) => hair.number === number);
    if (index < 0 || !now) return;
    const moved = now.end !== this.#order[index].end;
    this.#order[index] = now;
    this.#name(index);
    if (moved) this.#tools.crops.draw(this.#grid.children[index].querySelector("canvas"), now);
    this.#say("");
  }

  #tile(hair, index) {
    const canvas = element("canvas", CROP);
    const tile = button({ class: "tile", tabindex: "-1" }, () => this.#choose(index, true), canvas, element("span", {}));
    this.#tools.crops.draw(canvas, hair);
    const item = element("li", {}, tile);
    describe(item, hair, this.#photos);
    return item;
  }

  #name(index) {
    describe(this.#grid.children[index], this.#order[index], this.#photos);
  }

  #others() {
    const key = (name) => element("kbd", {}, name);
    return element("div", { class: "others" },
      button({ class: "link" }, () => this.#confirm(), t("page.hair.looksRight"), key("R")),
      button({ class: "link" }, () => this.#moveRoot(), t("page.hair.otherEnd"), key("O")),
      button({ class: "link" }, () => this.#undo(), t("page.hair.undo"), key("U")),
      button({ class: "link" }, () => this.#step(1), t("page.review.skip"), key("S")));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const kind = KINDS[Number(event.key) - 1];
    const step = STEPS[event.key];
    const action = { r: () => this.#confirm(), u: () => this.#undo(), s: () => this.#step(1, true), o: () => this.#moveRoot() }[event.key.toLowerCase()];
    if (kind) this.#label(kind, true);
    else if (step) this.#choose(this.#at + step(this.#inRow()), true);
    else if (action) action();
    else return;
    event.preventDefault();
  }

  #label(kind, byKey = false) {
    const hair = this.#order[this.#at];
    if (!hair) return;
    this.#tools.labels.say(hair.photo, hair.number, kind);
    this.#say(t("page.review.said", { number: String(hair.number + 1), name: nameOf(kind) }));
    this.#step(1, byKey);
  }

  /** What was read, or labelled before, is right; an unreadable root cannot be. */
  #confirm() {
    const hair = this.#order[this.#at];
    if (hair && hair.kind !== "unsure") this.#label(hair.kind, true);
  }

  #moveRoot() {
    const hair = this.#order[this.#at];
    if (hair?.machine) moveRoot(hair, this.#tools.labels);
  }

  #undo() {
    const undone = this.#tools.labels.undo();
    if (!undone) return this.#say(t("page.review.nothingToUndo"));
    const index = this.#order.findIndex((hair) => hair.photo === undone.photo && hair.number === undone.hair);
    if (index >= 0) this.#choose(index, this.#grid.contains(document.activeElement));
    this.#say(t("page.review.undone", { number: String(undone.hair + 1) }));
  }

  #step(by, focus = false) {
    if (this.#at + by >= this.#order.length) this.#say(t("page.review.end"));
    else this.#choose(this.#at + by, focus);
  }

  #choose(index, focus) {
    if (index < 0 || index >= this.#order.length) return;
    this.#at = index;
    this.#grid.querySelector("[aria-current]")?.removeAttribute("aria-current");
    for (const tile of this.#grid.querySelectorAll('[tabindex="0"]')) tile.tabIndex = -1;
    const tile = this.#grid.children[index].firstChild;
    tile.setAttribute("aria-current", "true");
    tile.tabIndex = 0;
    if (focus) tile.focus();
    else tile.scrollIntoView({ block: "nearest" });
  }

  #inRow() {
    const tiles = [...this.#grid.children];
    const second = tiles.findIndex((tile) => tile.offsetTop > tiles[0].offsetTop);
    return second < 0 ? tiles.length : second;
  }

  #say(text) {
    const yours = this.#order.filter((hair) => hair.by === "person").length;
    this.#progress.textContent = `${text} ${t("page.review.progress", { yours: String(yours), all: String(this.#order.length) })}`;
  }
}

function describe(item, hair, photos) {
  const name = nameOf(hair.kind);
  const tile = item.firstChild;
  tile.setAttribute("aria-label", t(hair.by === "person" ? "page.review.tileByYou" : "page.review.tile", { photo: photos[hair.photo].photo, number: String(hair.number + 1), name }));
  tile.lastChild.replaceChildren(badge(hair.kind, hair.by), t(`page.kind.${hair.kind}.plain`));
}
