// What people say of the hairs: events that are only ever added, and what stands after them all.

import { kindOf } from "./kinds.js";

/**
 * A hair as it stands: `by` is "machine" or "person", `machine` the hair of the answer (null for
 * a root that only a person saw), `end` the index of its root end (null when nobody says),
 * `place` the root in pixels of the upright photo (null when nobody says).
 * @typedef {{photo: number, number: number, kind: string, by: string, machine: object|null,
 *   end: number|null, rootBy: string, place: {x: number, y: number}|null}} Standing
 */

export class Labels extends EventTarget {
  #photos;
  #events;

  /** @param photos those of the answer of POST /v1/photos; `events` what was said before */
  constructor(photos, events = []) {
    super();
    this.#photos = photos;
    this.#events = [...events];
  }

  say(photo, hair, label) {
    this.#add({ photo, hair, label });
  }

  moveRoot(photo, hair, root_end) {
    this.#add({ photo, hair, root_end });
  }

  /** Adds a root that was missed, and returns its number: those of the answer come first. */
  addMissed(photo, place, label) {
    const earlier = this.#events.filter((event) => event.photo === photo && event.place).length;
    const hair = this.#photos[photo].hairs.length + earlier;
    this.#add({ photo, hair, place, label });
    return hair;
  }

  /** Takes back the last thing that still stands; returns it, or undefined. */
  undo() {
    const last = this.inForce().at(-1);
    if (last) this.#add({ photo: last.photo, hair: last.hair, undoes: last });
    return last;
  }

  inForce() {
    const undone = new Set();
    for (const event of [...this.#events].reverse()) if (event.undoes && !undone.has(event)) undone.add(event.undoes);
    return this.#events.filter((event) => !event.undoes && !undone.has(event));
  }

  /** @returns {Standing[]} the hairs of one photo, by number */
  standing(photo) {
    const hairs = new Map(this.#photos[photo].hairs.map((hair) => [hair.id, byMachine(photo, hair)]));
    for (const event of this.inForce().filter((each) => each.photo === photo)) {
      hairs.set(event.hair, after(hairs.get(event.hair), event));
    }
    return [...hairs.values()];
  }

  /** All hairs that count: those of photos that came twice are left out. */
  counted() {
    return this.#photos.flatMap((photo, index) => (photo.duplicate_of ? [] : this.standing(index)));
  }

  #add(event) {
    this.#events.push(event);
    this.dispatchEvent(new CustomEvent("change", { detail: event }));
  }
}

function byMachine(photo, hair) {
  const end = hair.root && hair.ends.findIndex(({ x, y }) => x === hair.root.x && y === hair.root.y);
  return { photo, number: hair.id, kind: kindOf(hair), by: "machine", machine: hair, end, rootBy: "machine", place: hair.root };
}

function after(hair, { photo, hair: number, label, root_end: end, place }) {
  const kind = label && kindOf({ label, root_type: hair?.machine?.root_type });
  if (place) return { photo, number, kind, by: "person", machine: null, end: null, rootBy: "person", place };
  if (label) return { ...hair, kind, by: "person" };
  const { x, y } = hair.machine.ends[end];
  return { ...hair, end, rootBy: "person", place: { x, y } };
}
