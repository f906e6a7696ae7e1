// Photos that the person stores on the server after the result: a link to them, and every correction.

import { button, element, randomToken } from "../common/dom.js";
import { t } from "../common/texts.js";
import { upload } from "../common/upload.js";
import { body } from "../start/form.js";
import { storeCorrections } from "./unsaved.js";

const PHOTOS = "v1/photos";
const MINE = "shedlight links";

/** The card "make a link" of a result, and what it becomes once the photos are stored. */
export class SavedPhotos {
  #place;
  #result;
  #days;
  #client = randomToken();
  #waiting = [];
  #sending = false;
  #numbers;
  #hairs = new Map();
  #told = element("p", { role: "status" });

  /** @param days `{link, improve}` for which the server stores photos; `told` maps events that the
   *  server knows already to their numbers there */
  constructor(place, result, days, told = new Map()) {
    this.#place = place;
    this.#result = result;
    this.#days = days;
    this.#numbers = told;
    result.labels.addEventListener("change", ({ detail }) => this.#corrected(detail));
  }

  /** Shows the offer, or the link once photos are stored. */
  draw() {
    if (this.#stored().length) this.#drawLink();
    else this.#drawOffer();
  }

  #stored() {
    return this.#result.photos.filter(({ id }) => id);
  }

  /** The indices of photos that could be stored. */
  #unstored() {
    return [...this.#result.photos.keys()].filter((index) => this.#result.photos[index].width && !this.#result.photos[index].id);
  }

  #drawOffer() {
    const improve = element("input", { type: "checkbox", autocomplete: "off" });
    const make = button({ class: "button", id: "make-link" }, () => this.#store(improve.checked, make), t("page.link.make"));
    this.#place.replaceChildren(
      element("p", {}, t("page.link.offer", { count: this.#days.link })),
      element("label", { class: "tick" }, improve, t("page.link.improve", { count: this.#days.improve })), make, this.#told);
  }

  /** Sends the photos again, to be stored this time, and then all corrections so far. */
  async #store(improve, make) {
    make.disabled = true;
    this.#told.textContent = t("page.link.storing");
    try {
      for (const index of this.#unstored()) {
        await this.#storePhoto(index, improve);
        for (const event of this.#result.labels.inForce()) if (event.photo === index) this.#corrected(event);
      }
      this.#drawLink();
      storeCorrections(this.#result);
    } catch (error) {
      make.disabled = false;
      this.#told.textContent = error.message;
    }
  }

  async #storePhoto(index, improve) {
    const { files, photos, rootsInView } = this.#result;
    const data = await body([files[index]], { rootsInView: rootsInView[index], context: {}, retention: improve ? "improve" : "link" });
    const headers = { "Idempotency-Key": `${this.#client}-${index}`, "X-Client": this.#client };
    const [stored] = (await upload(PHOTOS, data, { headers })).photos;
    if (stored.hairs.length !== photos[index].hairs.length) throw new Error(t("page.link.otherModel"));
    Object.assign(photos[index], { id: stored.id, expires_at: stored.expires_at });
    remember(stored.id, this.#client);
  }

  #drawLink() {
    const stored = this.#stored();
    const end = new Date(Math.min(...stored.map(({ expires_at: time }) => new Date(time))));
    const until = end.toLocaleDateString("sv"); // 2026-01-31
    const address = `${location.origin}${location.pathname}#photos=${stored.map(({ id }) => id).join(",")}&until=${until}`;
    const link = element("input", { id: "link", readonly: "", value: address, "aria-label": t("page.link.label") });
    link.addEventListener("focus", () => link.select());
    const share = navigator.share ? [button({ class: "button quiet", id: "share-link" }, () => navigator.share({ title: "Shedlight", url: address }).catch(() => {}), t("page.link.share"))] : [];
    const mine = stored.every(({ id }) => tokenOf(id));
    const more = button({ class: "button quiet", id: "make-link" }, () => this.#store(false, more), t("page.link.addNew", { count: this.#unstored().length }));
    this.#place.replaceChildren(
      element("p", {}, t("page.link.until", { date: end.toLocaleDateString() })), element("p", {}, t(mine ? "page.link.whoMine" : "page.link.who")), link,
      element("p", { class: "row" }, ...(this.#unstored().length ? [more] : []), button({ class: "button", id: "copy-link" }, () => this.#copy(link), t("page.link.copy")), ...share,
        ...(mine ? [button({ class: "button quiet", id: "delete" }, () => this.#delete(), t("page.link.delete"))] : [])), this.#told);
    this.#told.textContent = "";
  }

  async #copy(link) {
    link.select();
    try {
      if (navigator.clipboard) await navigator.clipboard.writeText(link.value);
      else document.execCommand("copy"); // without https there is no clipboard
      this.#told.textContent = t("page.link.copied");
    } catch {
      this.#told.textContent = t("page.link.notCopied");
    }
  }

  async #delete() {
    if (!window.confirm(t("page.link.sure"))) return;
    try {
      for (const photo of this.#stored()) {
        const { status } = await fetch(`${PHOTOS}/${photo.id}`, { method: "DELETE", headers: { "X-Client": tokenOf(photo.id) } });
        if (status !== 204 && status !== 404) throw new Error();
        forget(photo.id);
        photo.id = null;
      }
      this.#waiting = [];
      this.#place.replaceChildren(element("p", { role: "status" }, t("page.link.deleted")));
    } catch {
      this.#told.textContent = t("page.link.notDeleted");
    }
  }

  #corrected(event) {
    if (!this.#result.photos[event.photo].id) return;
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
      this.#told.textContent = t("page.link.saved");
    } catch {
      this.#told.textContent = t("page.link.notSaved");
    }
    this.#sending = false;
  }

  async #post(event) {
    const [path, content] = this.#request(event);
    const answer = await fetch(`${PHOTOS}/${this.#result.photos[event.photo].id}/${path}`, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-Client": this.#client },
      body: JSON.stringify(content),
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

// Which stored photos were stored by this browser: only it may delete them.

function tokenOf(id) {
  return links()[id];
}

function remember(id, token) {
  write({ ...links(), [id]: token });
}

function forget(id) {
  write(Object.fromEntries(Object.entries(links()).filter(([each]) => each !== id)));
}

function links() {
  try {
    return JSON.parse(localStorage.getItem(MINE)) ?? {};
  } catch {
    return {}; // storage is off
  }
}

function write(stored) {
  try {
    localStorage.setItem(MINE, JSON.stringify(stored));
  } catch {
    // storage is off: the photos are deleted when they expire
  }
}
