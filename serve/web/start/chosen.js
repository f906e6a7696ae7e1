// The photos that the user took, chose, dropped or pasted, before they are sent.

import { button, byId, element } from "../common/dom.js";
import { t } from "../common/texts.js";
import { isHeic, jpegOf } from "./heic.js";

/** More thumbnails would exceed the memory of a phone. */
const MOST_SHOWN = 24;

/** Dispatches "change", and "refused" with the names of the photos that nobody here can open. */
export class Chosen extends EventTarget {
  #list;
  #serverReadsHeic;
  files = [];

  /** @param list the element that shows them; `inputs` the file inputs; `serverReadsHeic` an async function */
  constructor(list, inputs, serverReadsHeic) {
    super();
    this.#list = list;
    this.#serverReadsHeic = serverReadsHeic;
    for (const input of inputs) input.addEventListener("change", () => this.#take(input));
    for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => this.#drag(event));
    document.addEventListener("paste", ({ clipboardData }) => this.add(clipboardData.files));
  }

  async add(files) {
    const opened = await Promise.all([...files].map((file) => this.#opened(file)));
    const refused = [...files].filter((_, index) => !opened[index]);
    this.files = [...this.files, ...opened.filter(Boolean)];
    if (this.files.length || !refused.length) this.#draw();
    if (refused.length) this.dispatchEvent(new CustomEvent("refused", { detail: refused.map(({ name }) => name) }));
  }

  /** Removes all photos, without a "change". */
  empty() {
    this.files = [];
    this.#drawList();
  }

  /** The file, as JPEG if it is HEIC and the browser can convert it; null if it can be read nowhere. */
  async #opened(file) {
    if (!await isHeic(file)) return file;
    return await jpegOf(file) ?? (await this.#serverReadsHeic() ? file : null);
  }

  #take(input) {
    if (input.files.length) this.add([...input.files]);
    input.value = ""; // so that the same photo can be chosen again
  }

  #drag(event) {
    if (![...event.dataTransfer.types].includes("Files")) return;
    event.preventDefault();
    byId("drop").classList.toggle("over", event.type === "dragover");
    if (event.type === "drop") this.add(event.dataTransfer.files);
  }

  #draw() {
    this.#drawList();
    this.dispatchEvent(new Event("change"));
  }

  #drawList() {
    for (const image of this.#list.querySelectorAll("img")) URL.revokeObjectURL(image.src);
    const shown = this.files.slice(0, MOST_SHOWN).map((file, index) => this.#thumbnail(file, index));
    this.#list.replaceChildren(...shown, ...this.#others(this.files.length - shown.length));
  }

  #thumbnail(file, index) {
    const image = element("img", { src: URL.createObjectURL(file), alt: file.name });
    image.addEventListener("error", () => image.replaceWith(element("span", { class: "unseen" }, file.name)), { once: true });
    return element("li", {}, image, button({ "aria-label": t("page.chosen.remove", { name: file.name }) }, () => this.#remove(index), "×"));
  }

  #others(number) {
    if (!number) return [];
    const removal = button({ class: "link" }, () => { this.empty(); this.#draw(); }, t("page.chosen.removeAll"));
    return [element("li", { class: "others" }, t("page.chosen.more", { count: number }), removal)];
  }

  #remove(index) {
    this.files = this.files.filter((_, other) => other !== index);
    this.#draw();
    this.#list.querySelectorAll("button")[Math.max(0, index - 1)]?.focus();
  }
}
