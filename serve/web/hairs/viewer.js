// A picture that zooms and pans by touch, mouse, wheel, buttons and keys, also on the whole screen.

import { button, drawing, element } from "../common/dom.js";
import { t } from "../common/texts.js";

const CLOSEST = 16;
const STEP = 1.5;
const TAP_PX = 8;
const DOUBLE = { ms: 400, px: 30, zoom: 2.5 };
const SETTLED_MS = 120;
const MOVES = { ArrowLeft: [60, 0], ArrowRight: [-60, 0], ArrowUp: [0, 60], ArrowDown: [0, -60] };
const ICONS = {
  farther: "M5 12H19", closer: "M5 12H19M12 5V19", fit: "M4 9V4H9M15 4H20V9M20 15V20H15M9 20H4V15",
  marks: "M2 12C6 5 18 5 22 12C18 19 6 19 2 12ZM12 9A3 3 0 1 0 12 15A3 3 0 1 0 12 9", full: "M14 4H20V10M20 4L13 11M10 20H4V14M4 20L11 13",
};

/**
 * Dispatches "tap" with the point `{x, y}` in pixels of the picture, whose size is `width`,
 * `height`, and "settled" after the enlargement has changed.
 */
export class Viewer extends EventTarget {
  #size;
  #stage;
  #scale = 1;
  #at = { x: 0, y: 0 };
  #pointers = new Map();
  #moved = 0;
  #lastTap = { at: -Infinity, x: 0, y: 0 };
  #settling = null;
  #whole;

  /** @param caption an element that is shown with the picture on the whole screen */
  constructor({ width, height }, label, layers, caption) {
    super();
    this.#size = { width, height };
    this.#stage = element("div", { class: "stage" }, ...layers);
    this.surface = element("div", { class: "surface", tabindex: "0", role: "group", "aria-label": label }, this.#stage);
    this.surface.style.setProperty("--ratio", width / height);
    const inner = element("div", { class: "inner" }, this.surface, this.#buttons());
    this.#whole = element("dialog", { class: "whole-screen", "aria-label": label });
    this.node = element("div", { class: "viewer" }, inner, this.#whole);
    this.#whole.addEventListener("close", () => { this.node.prepend(inner); this.fit(); });
    this.enlarge = () => { this.#whole.replaceChildren(inner, caption); this.#whole.showModal(); this.fit(); };
    this.#listen();
  }

  /** Picture pixels per screen pixel. */
  get unit() {
    return this.#size.width / (this.surface.clientWidth * this.#scale || 1);
  }

  fit() {
    this.#scale = 1;
    this.#place({ x: 0, y: 0 });
  }

  /** Leaves the whole screen, if the picture fills it. */
  shrink() {
    this.#whole.close();
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
    const [px, py] = [this.#at.x + x / this.unit, this.#at.y + y / this.unit];
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

  #middle() {
    return { x: this.surface.clientWidth / 2, y: this.surface.clientHeight / 2 };
  }

  #inPicture({ x, y }) {
    return { x: (x - this.#at.x) * this.unit, y: (y - this.#at.y) * this.unit };
  }

  #place({ x, y }) {
    const { clientWidth: width, clientHeight: height } = this.surface;
    const within = (value, length) => Math.min(0, Math.max(length * (1 - this.#scale), value));
    this.#at = { x: within(x, width), y: within(y, height) };
    this.#stage.style.transform = `translate(${this.#at.x}px, ${this.#at.y}px) scale(${this.#scale})`;
    this.#stage.style.setProperty("--unit", this.unit);
    this.surface.classList.toggle("enlarged", this.#scale > 1);
    this.surface.dataset.scale = this.#scale.toFixed(2);
    clearTimeout(this.#settling);
    this.#settling = setTimeout(() => this.dispatchEvent(new Event("settled")), SETTLED_MS);
  }

  #buttons() {
    const make = (name, action, more = {}) => button({ "aria-label": t(`page.viewer.${name}`), title: t(`page.viewer.${name}`), ...more }, action,
      drawing("svg", { viewBox: "0 0 24 24", "aria-hidden": "true" }, drawing("path", { d: ICONS[name] })));
    const marks = make("marks", () => {
      const hidden = this.surface.classList.toggle("unmarked");
      marks.setAttribute("aria-pressed", String(hidden));
    }, { "aria-pressed": "false" });
    return element("div", { class: "zooms" },
      marks, make("farther", () => this.zoom(1 / STEP)), make("closer", () => this.zoom(STEP)), make("fit", () => this.fit()),
      make("full", () => (this.#whole.open ? this.shrink() : this.enlarge())));
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
    if (!at || this.#moved > TAP_PX) return;
    const twice = event.timeStamp - this.#lastTap.at < DOUBLE.ms && Math.hypot(at.x - this.#lastTap.x, at.y - this.#lastTap.y) < DOUBLE.px;
    this.#lastTap = { ...at, at: twice ? -Infinity : event.timeStamp };
    if (!twice) this.dispatchEvent(new CustomEvent("tap", { detail: this.#inPicture(at) }));
    else if (this.#scale > 1) this.fit();
    else this.zoom(DOUBLE.zoom, at);
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
