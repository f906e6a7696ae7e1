// The answer of POST /v1/photos on the page, updated after corrections.

import { askAdvice, drawAdvice } from "./advice.js";
import { byId } from "../common/dom.js";
import { Crops } from "../hairs/hair_card.js";
import { Labels } from "../hairs/labels.js";
import { PhotoCard } from "../hairs/photo_card.js";
import { Review } from "../hairs/review.js";
import { Kept } from "./saved_photos.js";
import { drawShare } from "./share.js";
import { ADVICE } from "../common/words.js";

export class Result {
  #context;
  #sources;
  #crops;
  #cards;
  #review;
  #asked = 0;

  /** @param context a function that returns the answers to the questionnaire; `past` the
   *  `{events, told}` of a saved photo */
  constructor(files, answer, context, past = {}) {
    this.#context = context;
    this.answer = answer;
    this.labels = new Labels(answer.photos, past.events);
    this.#sources = files.map((file) => URL.createObjectURL(file));
    this.#crops = new Crops(files, answer.photos);
    this.#draw();
    new Kept(byId("kept"), answer.photos, this.labels, past.told);
    this.labels.addEventListener("change", ({ detail }) => this.#corrected(detail));
  }

  /** The current share and advice, with the person's labels. */
  get standing() {
    return { pool: this.pool, advice: this.advice };
  }

  /** Whether labels of the person would be lost. */
  get isCorrected() {
    return this.labels.inForce().length > 0;
  }

  openReview() {
    this.#review.open();
  }

  fit() {
    for (const card of this.#cards) card.fit();
  }

  /** Requests share and advice again. */
  async renew() {
    this.#asked += 1;
    const turn = this.#asked;
    try {
      const { pool, advice } = await askAdvice(this.labels.counted(), this.#context());
      if (turn === this.#asked) this.#show(pool, advice);
    } catch (error) {
      if (turn === this.#asked) this.#stale(error.message);
    }
  }

  /** Releases the pictures. */
  close() {
    this.#asked += 1;
    for (const source of this.#sources) URL.revokeObjectURL(source);
    this.#crops.close();
    byId("photos").replaceChildren();
    byId("review").replaceChildren();
    byId("kept").hidden = true;
  }

  #draw() {
    const tools = { labels: this.labels, crops: this.#crops };
    const { photos, pool, advice } = this.answer;
    this.#cards = photos.map((photo, index) => new PhotoCard(photo, index, this.#sources[index], tools));
    this.#review = new Review(byId("review"), photos, tools);
    byId("photos").replaceChildren(...this.#cards.map((card) => card.node));
    this.#show(pool, advice);
  }

  #show(pool, advice) {
    [this.pool, this.advice] = [pool, advice];
    drawShare(byId("pool"), pool, this.labels.counted());
    drawAdvice(byId("advice"), advice);
    byId("renew").hidden = pool.verdict !== "roots_not_shown";
    this.#stale("");
  }

  #stale(text) {
    byId("stale").textContent = text;
    byId("stale").hidden = !text;
  }

  #corrected(event) {
    this.#cards[event.photo].draw();
    this.#review.draw(event);
    this.renew();
  }
}
