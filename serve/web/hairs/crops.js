// Crops of root ends from the user's own files, made in the browser.

import { distance, outward } from "./geometry.js";

const SHAFT_WIDTHS = 20; // width of a crop, as for the model
const END_AT = 0.55; // position of the root end from the left
const RING_SHAFTS = 2.6;

/** Draws crops one by one, with one decoded photo in memory at a time. */
export class Crops {
  #files;
  #photos;
  #open = { index: null, bitmap: null };
  #turn = Promise.resolve();

  /** @param files those of the user, one for each of the `photos` of the answer; both may grow */
  constructor(files, photos) {
    this.#files = files;
    this.#photos = photos;
  }

  /**
   * Draws the root end of a hair on a canvas, pointing right, with the outline of the root if the
   * answer has one and a ring if another hair is in the crop; true once it is drawn.
   */
  draw(canvas, hair) {
    this.#turn = this.#turn.then(() => this.#draw(canvas, hair)).catch(() => false);
    return this.#turn;
  }

  close() {
    this.#turn = this.#turn.then(() => this.#open.bitmap?.close());
  }

  async #draw(canvas, hair) {
    const bitmap = await this.#bitmap(hair.photo);
    const photo = this.#photos[hair.photo];
    const view = viewOf(hair, photo);
    const scale = canvas.width / (SHAFT_WIDTHS * view.shaft);
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.translate(END_AT * canvas.width, canvas.height / 2);
    context.scale(scale, scale);
    context.transform(view.out.x, -view.out.y, view.out.y, view.out.x, 0, 0);
    context.translate(-view.x, -view.y);
    context.drawImage(bitmap, 0, 0, photo.width, photo.height);
    const { outline, ring } = guides(hair, photo, view);
    if (outline) trace(context, outline, canvas.width / 320 / scale);
    if (ring) circle(context, outline ? middle(outline) : view, view.shaft, canvas.width / 320 / scale);
    Object.assign(canvas.dataset, { outline: Boolean(outline), ring });
    return true;
  }

  async #bitmap(index) {
    if (this.#open.index !== index) {
      this.#open.bitmap?.close();
      this.#open = { index: null, bitmap: null };
      const bitmap = await createImageBitmap(this.#files[index], { imageOrientation: "from-image" });
      this.#open = { index, bitmap };
    }
    return this.#open.bitmap;
  }
}

/** The end that is probably the root: the marked one, or the more probable one in view. */
export function rootEnd({ end, machine }) {
  if (end !== null || !machine) return end;
  const bulb = ({ probabilities: p }) => (p ? p.club + p.misshapen : -1);
  return bulb(machine.ends[1]) > bulb(machine.ends[0]) ? 1 : 0;
}

/** The root of a crop, its direction out of the hair, and the shaft's width. */
function viewOf(hair, photo) {
  if (!hair.machine) return { ...hair.place, out: { x: 1, y: 0 }, shaft: usualShaft(photo) };
  const end = rootEnd(hair);
  const { x, y } = hair.machine.ends[end];
  return { x, y, out: outward(hair.machine, end), shaft: hair.machine.shaft_px };
}

/** The median shaft width in a photo; a 150th of its width if it has no hairs. */
function usualShaft({ hairs, width }) {
  const widths = hairs.map((hair) => hair.shaft_px).sort((a, b) => a - b);
  return widths[widths.length >> 1] ?? width / 150;
}

/** What to draw over a crop: the root's outline [x, y]... unless the person moved the root, and a ring. */
function guides(hair, photo, { x, y, shaft }) {
  const outline = hair.rootBy === "machine" ? hair.machine?.root_outline : null;
  const reach = 0.4 * SHAFT_WIDTHS * shaft;
  const ring = photo.hairs.some((other) => other !== hair.machine && distance({ x, y }, other.path) < reach);
  return { outline: outline?.length > 2 ? outline : null, ring };
}

/** @param px photo pixels of one pixel of a crop 320 wide */
function trace(context, outline, px) {
  context.beginPath();
  outline.forEach(([x, y], index) => (index ? context.lineTo(x, y) : context.moveTo(x, y)));
  context.closePath();
  twice(context, px);
}

function middle(outline) {
  const mean = (axis) => outline.reduce((sum, point) => sum + point[axis], 0) / outline.length;
  return { x: mean(0), y: mean(1) };
}

function circle(context, { x, y }, shaft, px) {
  context.beginPath();
  context.arc(x, y, RING_SHAFTS * shaft, 0, 2 * Math.PI);
  twice(context, px);
}

/** A light line on a dark one, which shows on any ground. */
function twice(context, px) {
  for (const [width, colour] of [[3.5, "#14171c"], [1.5, "#ffffff"]]) {
    context.lineWidth = width * px;
    context.strokeStyle = colour;
    context.stroke();
  }
}
