// The photos that the user took, chose, dropped or pasted.

import { button, element } from "./dom.js";
import { CHOSEN, UPLOAD } from "./words.js";

// Sending photos, with progress and a way to cancel; the selection survives a failure.

const PATIENCE_MS = 300_000;

/** The user cancelled the upload; no message is needed. */
export class Cancelled extends Error {}

/**
 * Sends a FormData to an address and returns the answer; `onProgress` gets the fraction
 * sent, 0 to 1. Throws Cancelled, or an Error with a message for the user.
 */
export function upload(address, data, headers, onProgress, signal) {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest(); // fetch has no upload progress
    request.responseType = "json";
    const start = performance.now();
    const wait = () => { request.timeout = performance.now() - start + PATIENCE_MS; }; // counted from the start
    wait();
    request.upload.addEventListener("progress", ({ loaded, total }) => { wait(); onProgress(total ? loaded / total : 0); });
    request.upload.addEventListener("load", () => { wait(); onProgress(1); });
    request.addEventListener("load", () => settle(request, resolve, reject));
    request.addEventListener("error", () => reject(new Error(UPLOAD.lost)));
    request.addEventListener("timeout", () => reject(new Error(UPLOAD.slow)));
    request.addEventListener("abort", () => reject(new Cancelled()));
    signal.addEventListener("abort", () => request.abort());
    request.open("POST", address);
    for (const [name, value] of Object.entries(headers)) request.setRequestHeader(name, value);
    request.send(data);
  });
}

function settle({ status, response }, resolve, reject) {
  if ((status === 200 || status === 202) && response) resolve(response);
  else reject(new Error(response?.error?.message ?? UPLOAD.unreadable));
}

/** More thumbnails would exceed the memory of a phone. */
const MOST_SHOWN = 24;

export class Chosen extends EventTarget {
  #list;
  files = [];

  /** @param list the element that shows them; `inputs` the file inputs; `drop` the drop area */
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
