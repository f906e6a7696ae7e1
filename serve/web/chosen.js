// The photos that a person took, chose, dropped or pasted.

import { button, element } from "./dom.js";
import { CHOSEN } from "./words.js";

/** Thumbnails of more would take the memory of a phone. */
const MOST_SHOWN = 24;

export class Chosen extends EventTarget {
  #list;
  files = [];

  /** @param list the element that shows them; `inputs` those that choose; `drop` where to drop */
  constructor(list, inputs, drop) {
    super();
    this.#list = list;
    for (const input of inputs) input.addEventListener("change", () => this.#take(input));
    for (const kind of ["dragover", "dragleave", "drop"]) drop.addEventListener(kind, (event) => this.#drag(event, drop));
    document.addEventListener("paste", ({ clipboardData }) => this.add(clipboardData.files));
  }

  add(files) {
    if (!files.length) return;
    this.files = [...this.files, ...files];
    this.#draw();
  }

  clear() {
    this.files = [];
    this.#draw();
  }

  #take(input) {
    this.add([...input.files]);
    input.value = ""; // so that the same photo can be chosen again
  }

  #drag(event, drop) {
    event.preventDefault();
    drop.classList.toggle("over", event.type === "dragover");
    if (event.type === "drop") this.add(event.dataTransfer.files);
  }

  #draw() {
    for (const image of this.#list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    const shown = this.files.slice(0, MOST_SHOWN).map((file, index) => this.#thumbnail(file, index));
    this.#list.replaceChildren(...shown, ...this.#others(this.files.length - shown.length));
    this.dispatchEvent(new Event("change"));
  }

  #thumbnail(file, index) {
    const image = element("img", { src: URL.createObjectURL(file), alt: file.name });
    image.addEventListener("error", () => image.replaceWith(element("span", { class: "unseen" }, file.name)), { once: true });
    return element("li", {}, image, button({ "aria-label": CHOSEN.remove(file.name) }, () => this.#remove(index), "×"));
  }

  #others(number) {
    if (!number) return [];
    const removal = button({ class: "link" }, () => { this.clear(); document.getElementById("choose").focus(); }, CHOSEN.removeAll);
    return [element("li", { class: "others" }, CHOSEN.more(number), removal)];
  }

  #remove(index) {
    this.files = this.files.filter((_, other) => other !== index);
    this.#draw();
    (this.#list.querySelectorAll("button")[Math.max(0, index - 1)] ?? document.getElementById("choose")).focus();
  }
}
