// Root ends cut from the person's own files, in the browser: nothing is asked of the server.

import { outward } from "./geometry.js";

const SHAFT_WIDTHS = 20; // across a crop, as the model sees it
const END_AT = 0.55; // how far from the left a root end lies

/** Draws crops one after the other, with one decoded photo in memory at a time. */
export class Crops {
  #files;
  #photos;
  #open = { index: null, bitmap: null };
  #turn = Promise.resolve();

  constructor(files, photos) {
    this.#files = files;
    this.#photos = photos;
  }

  /** Draws the root end of a standing hair on a canvas, pointing right; true once it is drawn. */
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
    const { x, y, out, shaft } = seen(hair, photo);
    const scale = canvas.width / (SHAFT_WIDTHS * shaft);
    const context = canvas.getContext("2d");
    context.setTransform(1, 0, 0, 1, 0, 0);
    context.clearRect(0, 0, canvas.width, canvas.height);
    context.translate(END_AT * canvas.width, canvas.height / 2);
    context.scale(scale, scale);
    context.transform(out.x, -out.y, out.y, out.x, 0, 0);
    context.drawImage(bitmap, -x, -y, photo.width, photo.height);
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

/** The end that may be the root: the one that is said to be, or the likelier one in view. */
export function rootEnd({ end, machine }) {
  if (end !== null || !machine) return end;
  const bulb = ({ probabilities: p }) => (p ? p.club + p.misshapen : -1);
  return bulb(machine.ends[1]) > bulb(machine.ends[0]) ? 1 : 0;
}

function seen(hair, photo) {
  if (!hair.machine) return { ...hair.place, out: { x: 1, y: 0 }, shaft: usualShaft(photo) };
  const end = rootEnd(hair);
  const { x, y } = hair.machine.ends[end];
  return { x, y, out: outward(hair.machine, end), shaft: hair.machine.shaft_px };
}

/** The middle one of the shaft widths in a photo; a 150th of its width without hairs. */
function usualShaft({ hairs, width }) {
  const widths = hairs.map((hair) => hair.shaft_px).sort((a, b) => a - b);
  return widths[widths.length >> 1] ?? width / 150;
}
