// The answers of POST /v1/photos on the page: photos are added to it one after the other, and labels
// are corrected; share and advice follow.

import { button, byId, element } from "../common/dom.js";
import { t } from "../common/texts.js";
import { Crops } from "../hairs/crops.js";
import { Labels } from "../hairs/labels.js";
import { PhotoCard } from "../hairs/photo_card.js";
import { Review } from "../hairs/review.js";
import { askAdvice } from "./advice.js";
import { drawAnswer, sayStale } from "./answer.js";
import { storeCorrections, storedCorrections } from "./unsaved.js";

/** Dispatches "change" after every change of photos, labels, share or advice. */
export class Result extends EventTarget {
  #context;
  #cards = [];
  #sources = [];
  #review;
  #asked = 0;
  #shown = 0;
  files = [];
  photos = [];
  rootsInView = [];
  restored = 0;
  /** `{pool, in_words, advice}` for the current labels and answers. */
  answer = null;

  /** @param context a function that returns the answers to the questionnaire */
  constructor(context) {
    super();
    this.#context = context;
    this.labels = new Labels(this.photos);
    this.crops = new Crops(this.files, this.photos);
    this.#review = new Review(byId("review"), this.photos, this);
    this.labels.addEventListener("change", ({ detail }) => this.#corrected(detail));
  }

  /** Whether hairs were found in any photo. */
  get hasHairs() {
    return this.photos.some(({ hairs }) => hairs.length);
  }

  /** Whether corrections would be lost, since no server stores them. */
  get hasUnsaved() {
    return this.labels.inForce().some(({ photo }) => !this.photos[photo].id);
  }

  /** Adds the photos of an answer; `events` are corrections of them that a server stores. */
  async add(files, { photos, ...answer }, rootsInView, events = null) {
    const first = this.photos.length;
    this.rootsInView.push(...files.map(() => rootsInView));
    files.forEach((file, index) => this.#addPhoto(file, photos[index]));
    const earlier = events ?? storedCorrections(photos, first);
    this.labels.restore(earlier);
    this.restored = events ? 0 : earlier.length;
    this.#showPhoto(first);
    if (first || earlier.length || !answer.pool) await this.renew();
    else this.#show(answer);
  }

  openReview() {
    this.#review.open();
  }

  /** Requests share and advice again. */
  async renew() {
    this.#asked += 1;
    const turn = this.#asked;
    try {
      const answer = await askAdvice(this.labels.counted(), this.#context(), this.#commonFindings());
      if (turn === this.#asked) this.#show(answer);
    } catch (error) {
      if (turn === this.#asked) sayStale(error.message);
    }
  }

  /** Releases the pictures. */
  close() {
    this.#asked += 1;
    for (const source of this.#sources) URL.revokeObjectURL(source);
    this.crops.close();
    for (const id of ["photos", "photo-tabs", "review"]) byId(id).replaceChildren();
  }

  /** The answer with corrections beside the model's labels, as it is downloaded. */
  record() {
    const corrected = this.photos.map((photo, index) => withCorrections(photo, this.labels.standing(index)));
    return { photos: corrected, ...this.answer, context: this.#context() };
  }

  #addPhoto(file, { picture, ...photo }) {
    const index = this.photos.length;
    const twin = photo.sha256 && this.photos.find(({ sha256 }) => sha256 === photo.sha256);
    const shown = picture ? blobOf(picture) : file; // a format that this browser cannot show
    this.files.push(shown);
    this.photos.push({ ...photo, photo: this.#unusedName(photo.photo), ...(twin && { duplicate_of: twin.photo }) });
    this.#sources.push(URL.createObjectURL(shown));
    this.#cards.push(new PhotoCard(this.photos[index], index, this.#sources[index], this));
  }

  /** Phones name every photo alike. */
  #unusedName(name) {
    const [, stem, suffix] = /^(.*?)(\.\w+)?$/.exec(name);
    for (let number = 1; ; number += 1) {
      const candidate = number === 1 ? name : `${stem} (${number})${suffix ?? ""}`;
      if (this.photos.every(({ photo }) => photo !== candidate)) return candidate;
    }
  }

  /** Shows one photo; the others have a tab each. */
  #showPhoto(index) {
    this.#shown = index;
    const tabs = this.photos.map(({ photo }, each) => button(
      { class: "tab", "aria-pressed": String(each === index), "aria-label": t("page.photo.show", { number: String(each + 1), name: photo }) },
      () => this.#showPhoto(each), element("img", { src: this.#sources[each], alt: "" })));
    byId("photo-tabs").replaceChildren(...(tabs.length > 1 ? tabs : []));
    byId("photos").replaceChildren(this.#cards[index].node);
    this.#cards[index].draw();
  }

  #commonFindings() {
    const judged = this.photos.filter(({ error, duplicate_of: twin }) => !error && !twin);
    const codes = judged.flatMap(({ quality }) => [...new Set(quality.map(({ code }) => code))]);
    return [...new Set(codes)].filter((code) => 2 * codes.filter((each) => each === code).length >= judged.length);
  }

  #show(answer) {
    this.answer = answer;
    drawAnswer(answer, this.labels.counted());
    this.dispatchEvent(new Event("change"));
  }

  #corrected(event) {
    if (event.photo === this.#shown) this.#cards[event.photo].draw();
    this.#review.draw(event);
    storeCorrections(this);
    this.renew();
  }
}

function withCorrections(photo, hairs) {
  const byNumber = new Map(hairs.map((hair) => [hair.number, hair]));
  const missed = hairs.filter((hair) => !hair.machine).map(({ number, place, kind }) => ({ id: number, root: place, corrected_label: kind }));
  const beside = ({ by, kind, rootBy, place }) => ({ ...(by === "person" && { corrected_label: kind }), ...(rootBy === "person" && { corrected_root: place }) });
  return { ...photo, hairs: photo.hairs.map((hair) => ({ ...hair, ...beside(byNumber.get(hair.id)) })), missed_roots: missed };
}

function blobOf(dataUrl) {
  const bytes = Uint8Array.from(atob(dataUrl.split(",")[1]), (letter) => letter.charCodeAt(0));
  return new Blob([bytes], { type: "image/jpeg" });
}
