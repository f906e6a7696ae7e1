// A picture that zooms and pans by touch, mouse, wheel, buttons and keys.

import { button, element } from "../common/dom.js";
import { VIEWER } from "../common/words.js";

const CLOSEST = 16;
const STEP = 1.5;
const TAP_PX = 8;
const MOVES = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };

/** Calls `onTap({x, y}, reach)`, both in pixels of the picture, whose size is `width`, `height`. */
export class Viewer {
  #size;
  #onTap;
  #stage;
  #scale = 1;
  #at = { x: 0, y: 0 };
  #pointers = new Map();
  #moved = 0;

  constructor({ width, height }, label, layers, onTap) {
    this.#size = { width, height };
    this.#onTap = onTap;
    this.#stage = element("div", { class: "stage" }, ...layers);
    this.surface = element("div", { class: "surface", tabindex: "0", role: "group", "aria-label": label }, this.#stage);
    this.surface.style.setProperty("--ratio", width / height);
    this.node = element("div", { class: "viewer" }, this.surface, this.#buttons());
    this.#listen();
  }

  fit() {
    this.#scale = 1;
    this.#place({ x: 0, y: 0 });
  }

  /** Zooms around a point of the surface, by default its centre. */
  zoom(factor, about = this.#middle()) {
    const scale = Math.min(CLOSEST, Math.max(1, this.#scale * factor));
    const grown = scale / this.#scale;
    this.#scale = scale;
    this.#place({ x: about.x - (about.x - this.#at.x) * grown, y: about.y - (about.y - this.#at.y) * grown });
  }

  /** Centres a point of the picture if it is out of view or `always`. */
  reveal({ x, y }, always = false) {
    const [px, py] = [this.#at.x + x / this.#unit(), this.#at.y + y / this.#unit()];
    const { clientWidth: width, clientHeight: height } = this.surface;
    if (!always && px > 20 && py > 20 && px < width - 20 && py < height - 20) return;
    this.#place({ x: this.#at.x + width / 2 - px, y: this.#at.y + height / 2 - py });
  }

  /** Shows a box (x, y, width, height) as large as it fits with some room around it. */
  show([x, y, width, height]) {
    this.fit();
    this.zoom(0.6 * Math.min(this.#size.width / width, this.#size.height / height));
    this.reveal({ x: x + width / 2, y: y + height / 2 }, true);
  }

  /** The point of the picture at the centre of the view. */
  centre() {
    return this.#inPicture(this.#middle());
  }

  /** Picture pixels per screen pixel. */
  #unit() {
    return this.#size.width / (this.surface.clientWidth * this.#scale || 1);
  }

  #middle() {
    return { x: this.surface.clientWidth / 2, y: this.surface.clientHeight / 2 };
  }

  #inPicture({ x, y }) {
    return { x: (x - this.#at.x) * this.#unit(), y: (y - this.#at.y) * this.#unit() };
  }

  #place({ x, y }) {
    const { clientWidth: width, clientHeight: height } = this.surface;
    const within = (value, length) => Math.min(0, Math.max(length * (1 - this.#scale), value));
    this.#at = { x: within(x, width), y: within(y, height) };
    this.#stage.style.transform = `translate(${this.#at.x}px, ${this.#at.y}px) scale(${this.#scale})`;
    this.#stage.style.setProperty("--unit", this.#unit());
    this.surface.classList.toggle("enlarged", this.#scale > 1);
    this.surface.dataset.scale = this.#scale.toFixed(2);
  }

  #buttons() {
    const make = (text, label, action) => button({ "aria-label": label, title: label }, action, text);
    return element("div", { class: "zooms" },
      make("−", VIEWER.farther, () => this.zoom(1 / STEP)),
      make("+", VIEWER.closer, () => this.zoom(STEP)),
      make("⤢", VIEWER.fit, () => this.fit()));
  }

  #listen() {
    const { surface } = this;
    surface.addEventListener("pointerdown", (event) => this.#down(event));
    surface.addEventListener("pointermove", (event) => this.#move(event));
    surface.addEventListener("pointerup", (event) => this.#up(event));
    surface.addEventListener("pointercancel", ({ pointerId }) => this.#pointers.delete(pointerId));
    surface.addEventListener("wheel", (event) => this.#wheel(event), { passive: false });
    surface.addEventListener("keydown", (event) => this.#key(event));
    // Two fingers zoom the picture; otherwise the browser might scroll the page.
    surface.addEventListener("touchstart", (event) => event.touches.length > 1 && event.preventDefault(), { passive: false });
    new ResizeObserver(() => this.#place(this.#at)).observe(surface);
  }

  #on({ clientX, clientY }) {
    const { left, top } = this.surface.getBoundingClientRect();
    return { x: clientX - left, y: clientY - top };
  }

  #down(event) {
    if (!this.#pointers.size) this.#moved = 0;
    this.#pointers.set(event.pointerId, this.#on(event));
    if (this.#pointers.size > 1) this.#moved = Infinity;
    this.surface.setPointerCapture(event.pointerId);
  }

  #move(event) {
    const before = this.#pointers.get(event.pointerId);
    if (!before) return;
    const now = this.#on(event);
    const others = [...this.#pointers].filter(([id]) => id !== event.pointerId).map(([, at]) => at);
    this.#moved += Math.hypot(now.x - before.x, now.y - before.y);
    this.#pointers.set(event.pointerId, now);
    if (others.length === 1) this.#pinch(before, now, others[0]);
    else if (this.#moved > TAP_PX) this.#place({ x: this.#at.x + now.x - before.x, y: this.#at.y + now.y - before.y });
  }

  #pinch(before, now, other) {
    const apart = (a) => Math.hypot(a.x - other.x, a.y - other.y) || 1;
    this.zoom(apart(now) / apart(before), { x: (now.x + other.x) / 2, y: (now.y + other.y) / 2 });
  }

  #up(event) {
    const at = this.#pointers.get(event.pointerId);
    this.#pointers.delete(event.pointerId);
    if (at && this.#moved <= TAP_PX) this.#onTap(this.#inPicture(at), 24 * this.#unit());
  }

  /** The wheel scrolls the page until the picture has been clicked. */
  #wheel(event) {
    if (!event.ctrlKey && !this.surface.contains(document.activeElement)) return;
    event.preventDefault();
    this.zoom(Math.exp(-event.deltaY / 300), this.#on(event));
  }

  #key(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const move = this.#scale > 1 && MOVES[event.key]; // otherwise the arrows scroll the page
    if (move) this.#place({ x: this.#at.x + move[0], y: this.#at.y + move[1] });
    else if (event.key === "+" || event.key === "=") this.zoom(STEP);
    else if (event.key === "-") this.zoom(1 / STEP);
    else if (event.key === "0") this.fit();
    else return;
    event.preventDefault();
  }
}
