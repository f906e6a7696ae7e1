import { button, element } from "../common/dom.js";
import { outward } from "./geometry.js";
import { kindOf, labelBar } from "./kinds.js";
import { badge } from "./marks.js";
import { HAIR, KIND_WORDS, reasonWords } from "../common/words.js";

// Crops of root ends from the user's own files, made in the browser.

const SHAFT_WIDTHS = 20; // width of a crop, as for the model
const END_AT = 0.55; // position of the root end from the left

/** Draws crops one by one, with one decoded photo in memory at a time. */
export class Crops {
  #files;
  #photos;
  #open = { index: null, bitmap: null };
  #turn = Promise.resolve();

  constructor(files, photos) {
    this.#files = files;
    this.#photos = photos;
  }

  /** Draws the root end of a hair on a canvas, pointing right; true once it is drawn. */
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

/** The end that is probably the root: the marked one, or the more probable one in view. */
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

/** The median shaft width in a photo; a 150th of its width if it has no hairs. */
function usualShaft({ hairs, width }) {
  const widths = hairs.map((hair) => hair.shaft_px).sort((a, b) => a - b);
  return widths[widths.length >> 1] ?? width / 150;
}

// One hair: the crop of its root, the model's label, and the person's label.

const CROP = { width: 320, height: 192 };

/** @param hair with its current label, one of `all` in its photo */
export function hairCard(hair, all, { labels, crops }) {
  const number = hair.number + 1;
  const canvas = element("canvas", { ...CROP, role: "img", "aria-label": HAIR.crop(number) });
  crops.draw(canvas, hair);
  const title = element("h4", {}, badge(hair.kind, hair.by), `${HAIR.number(hair, all)}: ${KIND_WORDS[hair.kind].name}`);
  const told = element("div", {}, title, ...said(hair).map((text) => element("p", {}, text)));
  const bar = labelBar((kind) => labels.say(hair.photo, hair.number, kind), { standing: hair.by === "person" ? hair.kind : null });
  return element("div", { class: "hair-card" }, element("div", { class: "seen" }, canvas, told), element("p", { class: "ask" }, HAIR.ask), bar, ...otherEnd(hair, labels));
}

function said(hair) {
  const lines = [];
  if (hair.by === "person") lines.push(HAIR.byYou(KIND_WORDS[hair.kind].name.toLowerCase()));
  if (hair.rootBy === "person") lines.push(hair.machine ? HAIR.rootMoved : HAIR.missed);
  if (!hair.machine) return lines;
  const kind = kindOf(hair.machine);
  return [...lines, HAIR.machine(KIND_WORDS[kind].name, reasonWords({ kind, machine: hair.machine })), HAIR.chances(hair.machine.probabilities)];
}

function otherEnd(hair, labels) {
  if (!hair.machine) return [];
  return [button({ class: "link other-end" }, () => moveRoot(hair, labels), HAIR.otherEnd)];
}

/** Marks the other end as the root. */
export function moveRoot(hair, labels) {
  labels.moveRoot(hair.photo, hair.number, 1 - rootEnd(hair));
}
