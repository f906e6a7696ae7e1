// Labels by the person: an append-only list of events, and the current labels.

import { kindOf } from "./kinds.js";

/**
 * A hair with its current label: `by` is "machine" or "person", `machine` the hair of the answer (null for
 * a root that only a person marked), `end` the index of its root end (null if unknown),
 * `place` the root in pixels of the upright photo (null if unknown).
 * @typedef {{photo: number, number: number, kind: string, by: string, machine: object|null,
 *   end: number|null, rootBy: string, place: {x: number, y: number}|null}} Standing
 */

export class Labels extends EventTarget {
  #photos;
  #events;

  /** @param photos those of the answer of POST /v1/photos, to which more may be added; `events` the earlier corrections */
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

  /** Adds a missed root and returns its number, which follows those of the answer. */
  addMissed(photo, place, label) {
    const earlier = this.#events.filter((event) => event.photo === photo).map((event) => event.hair);
    const hair = 1 + Math.max(this.#photos[photo].hairs.length - 1, ...earlier);
    this.#add({ photo, hair, place, label });
    return hair;
  }

  /** Adds corrections of an earlier visit, without a "change". */
  restore(events) {
    this.#events.push(...events);
  }

  /** Undoes the last active event and returns it, or undefined. */
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

  /** All hairs that count, without those of duplicate photos. */
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
