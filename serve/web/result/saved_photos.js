// A saved result, opened by its link: the ids follow the #, which browsers do not send to servers.

import { askAdvice } from "./advice.js";
import { button, element } from "../common/dom.js";
import { Labels } from "../hairs/labels.js";
import { KEEP } from "../common/words.js";

// Photos that the person saved: every correction is sent, and all photos can be deleted.

const PHOTOS = "v1/photos";

/** The value of the form's two checkboxes: "no", "link" or "improve", which includes a link. */
export function keepAsked(form) {
  if (form.elements.keep_improve.checked) return "improve";
  return form.elements.keep_link.checked ? "link" : "no";
}

/** A random text of letters and digits. */
export function randomToken() {
  return [...crypto.getRandomValues(new Uint8Array(16))].map((byte) => byte.toString(16).padStart(2, "0")).join("");
}

export class Kept {
  #place;
  #photos;
  #client = randomToken();
  #waiting = [];
  #sending = false;
  #told;
  #numbers;
  #hairs = new Map();

  /** @param photos those of the answer, of which the saved ones have an `id`; `told` maps events
   *  that the server knows already to their numbers there */
  constructor(place, photos, labels, told = new Map()) {
    this.#place = place;
    this.#photos = photos;
    this.#numbers = told;
    this.#told = element("p", { role: "status" });
    labels.addEventListener("change", ({ detail }) => this.#corrected(detail));
    this.#draw();
  }

  #ids() {
    return this.#photos.flatMap(({ id }) => (id ? [id] : []));
  }

  #draw() {
    const ids = this.#ids();
    this.#place.hidden = !ids.length;
    if (!ids.length) return;
    const address = `${location.origin}${location.pathname}#photos=${ids.join(",")}`;
    const until = this.#photos.flatMap(({ expires_at: end }) => (end ? [new Date(end)] : [])).sort((a, b) => a - b)[0];
    const link = element("input", { id: "link", readonly: "", value: address, "aria-label": KEEP.link });
    link.addEventListener("focus", () => link.select());
    this.#place.replaceChildren(
      element("p", {}, KEEP.until(until.toLocaleDateString())), element("p", {}, KEEP.whoHasTheLink), link,
      button({ class: "button quiet", id: "delete" }, () => this.#delete(), KEEP.delete), this.#told);
  }

  async #delete() {
    if (!window.confirm(KEEP.sure)) return;
    try {
      for (const photo of this.#photos.filter(({ id }) => id)) {
        const { status } = await fetch(`${PHOTOS}/${photo.id}`, { method: "DELETE" });
        if (status !== 204 && status !== 404) throw new Error();
        photo.id = null;
      }
      this.#waiting = [];
      this.#place.replaceChildren(element("p", { role: "status" }, KEEP.deleted));
    } catch {
      this.#told.textContent = KEEP.notDeleted;
    }
  }

  #corrected(event) {
    if (!this.#photos[event.photo].id) return;
    this.#waiting.push(event);
    this.#send();
  }

  /** Sends pending corrections in order; unsent ones wait for the next correction. */
  async #send() {
    if (this.#sending) return;
    this.#sending = true;
    try {
      while (this.#waiting.length) {
        await this.#post(this.#waiting[0]);
        this.#waiting.shift();
      }
      this.#told.textContent = KEEP.saved;
      document.dispatchEvent(new Event("labelled"));
    } catch {
      this.#told.textContent = KEEP.notSaved;
    }
    this.#sending = false;
  }

  async #post(event) {
    const [path, body] = this.#request(event);
    const answer = await fetch(`${PHOTOS}/${this.#photos[event.photo].id}/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Client": this.#client },
      body: JSON.stringify(body),
    });
    if (!answer.ok) throw new Error();
    const { number, hair } = (await answer.json()).event;
    this.#numbers.set(event, number);
    if (event.place) this.#hairs.set(`${event.photo} ${event.hair}`, hair);
  }

  #request({ photo, hair, label, root_end, place, undoes }) {
    if (undoes) return ["undo", { event: this.#numbers.get(undoes) }];
    if (place) return ["hairs", { ...place, label }];
    const number = this.#hairs.get(`${photo} ${hair}`) ?? hair;
    return [`hairs/${number}/label`, label ? { label } : { root_end }];
  }
}

/** The ids in the address, or none. */
export function linkedIds() {
  const ids = /^#photos=([\w,-]+)$/.exec(location.hash)?.[1];
  return ids ? ids.split(",") : [];
}

/** `{files, answer, events, told}` as for a new answer; throws an Error with a message for the user. */
export async function openKept(ids) {
  const kept = await Promise.all(ids.map(one));
  const photos = kept.map(({ photo, expires_at }, index) => ({ ...photo, id: ids[index], expires_at }));
  const told = new Map();
  const events = kept.flatMap((each, index) => past(each.events, index, told));
  const { pool, advice } = await askAdvice(new Labels(photos, events).counted(), {});
  const answer = { photos, pool: kept.length === 1 ? kept[0].pool : pool, advice };
  return { files: kept.map(({ picture }) => picture), answer, events, told };
}

async function one(id) {
  const answers = await Promise.all(["", "/picture.jpg"].map((part) => fetch(`v1/photos/${id}${part}`)));
  if (!answers.every(({ ok }) => ok)) throw new Error(KEEP.gone);
  const [kept, picture] = [await answers[0].json(), await answers[1].blob()];
  return { ...kept, picture };
}

/** The corrections so far, as events of the page; adds their numbers on the server to `told`. */
function past(said, photo, told) {
  const byNumber = new Map();
  for (const { number, kind: what, hair, place, root_end, undoes } of said) {
    const event = { photo, hair };
    if (what === "undo") event.undoes = byNumber.get(undoes);
    else if (what === "root_moved") event.root_end = root_end;
    else event.label = what;
    if (place) event.place = place;
    byNumber.set(number, event);
    told.set(event, number);
  }
  return [...byNumber.values()];
}
